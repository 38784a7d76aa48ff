/* Access tokens of version 1.0, app-only, as Entra makes them for Batch, ARM and Graph. */
#include "base/error.h"
#include "base/json.h"
#include "base/jwt.h"
#include "directory/directory.h"
#include "entra/state.h"
#include "hosts.h"

#define CLAIMS_MAX 4096
#define HEADER_MAX 256
#define BACKDATED_S 300 /* iat and nbf lie before the issue: clock skew in clients shows */
#define LIFETIME_MIN_S 3599
#define LIFETIME_MAX_S 5399
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

/* Random, so that a client that counts on one hour is found out. */
static bool choose_lifetime(
    struct request *request, const struct token_grant *grant, int64_t *out, struct azb_error *err)
{
    int64_t configured = atomic_load(&request->service->entra->token_lifetime_s);
    *out = grant->lifetime_s ? grant->lifetime_s : configured;
    if (*out)
        return true;
    unsigned char bytes[2];
    if (!random_bytes(bytes, sizeof bytes))
        return fail(err, AZB_ERROR_IO, "the system gives no random numbers");
    int64_t span = LIFETIME_MAX_S - LIFETIME_MIN_S + 1;
    *out = LIFETIME_MIN_S + (bytes[0] | bytes[1] << 8) % span;
    return true;
}

/* Claims that clients must not interpret: random, of the usual length. */
static void write_opaque(struct request *request, struct json_writer *writer)
{
    struct arena *arena = &request->arena;
    char *aio = random_token(arena, 36), *rh = random_token(arena, 33);
    char *uti = random_token(arena, 16);
    if (aio && rh && uti) {
        json_member(writer, "aio", aio);
        json_member(writer, "rh", arena_format(arena, "1.%s.", rh));
        json_member(writer, "uti", uti);
    }
}

static void write_claims(struct request *request, struct json_writer *writer,
    const struct token_grant *grant, int64_t lifetime_s)
{
    int64_t now_s = request->now / TICKS_PER_SECOND;
    const char *issuer = entra_token_issuer(request);
    json_begin_object(writer);
    json_member_text(writer, "aud", grant->audience);
    json_member(writer, "iss", issuer);
    json_member_i64(writer, "iat", now_s - BACKDATED_S);
    json_member_i64(writer, "nbf", now_s - BACKDATED_S);
    json_member_i64(writer, "exp", now_s + lifetime_s);
    json_member(writer, "appid", grant->app_id);
    json_member(writer, "appidacr", grant->by_certificate ? "2" : "1");
    json_member(writer, "idp", issuer);
    json_member(writer, "idtyp", "app");
    json_member(writer, "oid", grant->object_id);
    json_member(writer, "sub", grant->object_id);
    json_member(writer, "tid", directory_tenant_id(request->service));
    write_opaque(request, writer);
    json_member(writer, "ver", "1.0");
    json_end_object(writer);
}

static char *sign(struct request *request, struct text claims, struct azb_error *err)
{
    const struct signing_key *key = entra_signing_key(request->service->entra);
    scoped_buffer struct buffer header;
    struct json_writer writer;
    buffer_init(&header, HEADER_MAX);
    json_writer_init(&writer, &header, 0);
    json_begin_object(&writer);
    json_member(&writer, "typ", "JWT");
    json_member(&writer, "alg", jwt_algorithm(RSA_PKCS1_SHA256));
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
    int64_t lifetime_s;
    if (!choose_lifetime(request, grant, &lifetime_s, err))
        return NULL;
    scoped_buffer struct buffer claims;
    struct json_writer writer;
    buffer_init(&claims, CLAIMS_MAX);
    json_writer_init(&writer, &claims, 0);
    write_claims(request, &writer, grant, lifetime_s);
    if (claims.failed || request->arena.failed) {
        fail_memory(err);
        return NULL;
    }
    *expires_in = lifetime_s;
    return sign(request, buffer_text(&claims), err);
}
