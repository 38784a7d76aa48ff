/* Access tokens as Entra makes them: of version 1.0 for Batch, ARM, Graph and whoever does not ask
 * for another, of version 2.0 for applications of this directory that do. */
#include "base/error.h"
#include "base/json.h"
#include "base/jwt.h"
#include "directory/user.h"
#include "entra/claim_roles.h"
#include "entra/requested_claims.h"
#include "entra/state.h"
#include "hosts.h"

#define CLAIMS_MAX (64 * 1024) /* 250 roles are the most of it */
#define HEADER_MAX 256
#define BACKDATED_S 300 /* iat and nbf lie before the issue: clock skew in clients shows */
#define LIFETIME_MIN_S 3599
#define LIFETIME_MAX_S 5399
#define CAE_LIFETIME_MIN_S (20 * 3600)
#define CAE_LIFETIME_MAX_S (28 * 3600)
#define HTTPS_PORT 443

char *entra_base_url(struct request *request)
{
    const struct service *service = request->service;
    struct text name;
    int port;
    bool split = host_split(request->host, &name, &port);
    bool own = split && host_is_local(name) && port == service->port;
    const struct public_host *row = split ? host_find(name) : NULL;
    bool public = row && row->plane == PLANE_ENTRA && (port == 0 || port == HTTPS_PORT);
    if (own || public)
        return arena_format(&request->arena, "https://%.*s", TEXT_ARGS(request->host));
    return arena_string(&request->arena, service->base_url);
}

char *entra_token_issuer(struct request *request)
{
    return arena_format(
        &request->arena, "https://sts.windows.net/%s/", directory_tenant_id(request->service));
}

char *entra_token_issuer_v2(struct request *request)
{
    const char *base = entra_base_url(request);
    return base ? arena_format(
                      &request->arena, "%s/%s/v2.0", base, directory_tenant_id(request->service))
                : NULL;
}

char *entra_home_issuer(struct request *request, const struct user *user)
{
    return user->home_tenant_id
               ? arena_format(&request->arena, "https://sts.windows.net/%s/", user->home_tenant_id)
               : entra_token_issuer(request);
}

/* Nothing is hidden by it (oid is in the token), so it needs no secret. */
char *entra_subject(struct request *request, const char *app_id, const char *user_object_id)
{
    unsigned char hash[SHA256_BYTES];
    const char *whom = arena_format(&request->arena, "%s %s", app_id, user_object_id);
    if (!whom)
        return NULL;
    hmac_sha256(text_of(directory_tenant_id(request->service)), text_of(whom), hash);
    return base64url_encode(&request->arena, (struct text){(const char *)hash, sizeof hash});
}

/* One draw of randomness a token: the opaque claims, and the lifetime. */
struct chance {
    unsigned char aio[36], rh[33], uti[16], lifetime[2];
};

/* Random, so that a client that counts on one hour is found out. */
static int64_t lifetime_of(
    struct request *request, const struct token_grant *grant, const struct chance *chance)
{
    int64_t configured = atomic_load(&request->service->entra->token_lifetime_s);
    if (grant->lifetime_s || configured)
        return configured ? configured : grant->lifetime_s;
    bool is_long = entra_cae_tokens(request->service->entra) && requested_cp1(grant->claims);
    int64_t least = is_long ? CAE_LIFETIME_MIN_S : LIFETIME_MIN_S;
    int64_t most = is_long ? CAE_LIFETIME_MAX_S : LIFETIME_MAX_S;
    return least + (chance->lifetime[0] | chance->lifetime[1] << 8) % (most - least + 1);
}

static void write_bytes(struct request *request, struct json_writer *writer, const char *name,
    const void *bytes, size_t length)
{
    json_member(writer, name, base64url_encode(&request->arena, (struct text){bytes, length}));
}

/* Claims that clients must not interpret: of the usual length, meaning nothing. */
static void write_opaque(
    struct request *request, struct json_writer *writer, const struct chance *chance)
{
    write_bytes(request, writer, "aio", chance->aio, sizeof chance->aio);
    write_bytes(request, writer, "rh", chance->rh, sizeof chance->rh);
    write_bytes(request, writer, "uti", chance->uti, sizeof chance->uti);
}

/* ---- Claims --------------------------------------------------------------------------------- */

static const char *proof_of(const struct token_grant *grant)
{
    if (grant->is_public)
        return "0";
    return grant->by_certificate ? "2" : "1";
}

static void write_application(struct json_writer *writer, const struct token_grant *grant)
{
    bool v2 = grant->version == 2;
    json_member(writer, v2 ? "azp" : "appid", grant->app_id);
    json_member(writer, v2 ? "azpacr" : "appidacr", proof_of(grant));
}

static void write_app_only(
    struct request *request, struct json_writer *writer, const struct token_grant *grant)
{
    json_member(writer, "idp", entra_token_issuer(request));
    json_member(writer, "idtyp", "app");
    json_member(writer, "oid", grant->object_id);
    json_member(writer, "sub", grant->object_id);
}

/* A guest's account lives elsewhere, and has no user principal name here. */
static void write_names(
    struct json_writer *writer, const struct token_grant *grant, const struct user *user)
{
    json_member(writer, "name", user->display_name);
    if (grant->version == 2) {
        json_member(writer, "preferred_username", user->user_principal_name);
        return;
    }
    json_member(writer, "given_name", user->given_name);
    json_member(writer, "family_name", user->surname);
    json_member(writer, "unique_name", user->user_principal_name);
    json_member(writer, user->home_tenant_id ? "email" : "upn", user->user_principal_name);
}

static void write_list(struct json_writer *writer, const char *name, const char *only)
{
    if (!only)
        return;
    json_name(writer, name);
    json_begin_array(writer);
    json_write_string(writer, only);
    json_end_array(writer);
}

static void write_user(
    struct request *request, struct json_writer *writer, const struct token_grant *grant)
{
    const struct user *user = grant->user;
    const char *subject = entra_subject(request, grant->resource_app_id, user->object_id);
    if (grant->version != 2) {
        json_member(writer, "acr", "1");
        write_list(writer, "amr", "pwd");
        json_member(writer, "ipaddr", "127.0.0.1");
    }
    if (grant->version != 2 || user->home_tenant_id)
        json_member(writer, "idp", entra_home_issuer(request, user));
    json_member(writer, "idtyp", "user");
    write_names(writer, grant, user);
    json_member(writer, "oid", user->object_id);
    json_member(writer, "scp", grant->scopes);
    json_member(writer, "sid", grant->session_id);
    json_member(writer, "sub", subject);
}

static void write_claims(struct request *request, struct json_writer *writer,
    const struct token_grant *grant, const struct chance *chance, int64_t lifetime_s)
{
    int64_t now_s = request->now / TICKS_PER_SECOND;
    bool v2 = grant->version == 2;
    json_begin_object(writer);
    json_member_text(writer, "aud", grant->audience);
    json_member(writer, "iss", v2 ? entra_token_issuer_v2(request) : entra_token_issuer(request));
    json_member_i64(writer, "iat", now_s - BACKDATED_S);
    json_member_i64(writer, "nbf", requested_not_before(grant->claims, now_s - BACKDATED_S, now_s));
    json_member_i64(writer, "exp", now_s + lifetime_s);
    write_application(writer, grant);
    (grant->user ? write_user : write_app_only)(request, writer, grant);
    json_member(writer, "tid", directory_tenant_id(request->service));
    if (grant->roles)
        claim_roles_write(writer, grant->roles);
    write_opaque(request, writer, chance);
    json_member(writer, "xms_mirid", grant->resource_id);
    requested_claims_write(writer, grant->claims);
    json_member(writer, "ver", v2 ? "2.0" : "1.0");
    json_end_object(writer);
}

char *entra_sign(
    struct request *request, enum token_header form, struct text claims, struct azb_error *err)
{
    const struct signing_key *key = entra_signing_key(request->service->entra);
    if (!key) {
        fail(err, AZB_ERROR_IO, "no signing key is in service");
        return NULL;
    }
    scoped_buffer struct buffer header = {0};
    struct json_writer writer;
    buffer_init(&header, HEADER_MAX);
    json_writer_init(&writer, &header, 0);
    json_begin_object(&writer);
    json_member(&writer, "typ", "JWT");
    json_member(&writer, "alg", jwt_algorithm(RSA_PKCS1_SHA256));
    if (form == TOKEN_HEADER_V1)
        json_member(&writer, "x5t", key->kid);
    json_member(&writer, "kid", key->kid);
    json_end_object(&writer);
    if (header.failed) {
        fail_memory(err);
        return NULL;
    }
    return jwt_sign(key->key, RSA_PKCS1_SHA256, buffer_text(&header), claims, &request->arena, err);
}

char *entra_issue(struct request *request, const struct token_grant *grant, int64_t *expires_in,
    struct azb_error *err)
{
    struct chance chance;
    if (!random_bytes(&chance, sizeof chance)) {
        fail(err, AZB_ERROR_IO, "the system gives no random numbers");
        return NULL;
    }
    int64_t lifetime_s = lifetime_of(request, grant, &chance);
    scoped_buffer struct buffer claims = {0};
    struct json_writer writer;
    buffer_init(&claims, CLAIMS_MAX);
    json_writer_init(&writer, &claims, 0);
    write_claims(request, &writer, grant, &chance, lifetime_s);
    if (claims.failed || request->arena.failed) {
        fail_memory(err);
        return NULL;
    }
    *expires_in = lifetime_s;
    return entra_sign(request, grant->version == 2 ? TOKEN_HEADER_V2 : TOKEN_HEADER_V1,
        buffer_text(&claims), err);
}
