/* ID tokens (OpenID Connect Core section 2), as MSAL and OpenID clients check them. */
#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "directory/user.h"
#include "entra/claim_roles.h"
#include "entra/entra.h"

#define CLAIMS_MAX (64 * 1024) /* as of access tokens */
#define BACKDATED_S 300
#define LIFETIME_S 3600

/* The issuer of the discovery document that the client has read. */
static char *issuer_of(struct request *request, const struct id_token_grant *grant)
{
    if (grant->adfs) {
        const char *base = entra_base_url(request);
        return base ? arena_format(&request->arena, "%s/adfs", base) : NULL;
    }
    return grant->version == 2 ? entra_token_issuer_v2(request) : entra_token_issuer(request);
}

static void write_names(struct json_writer *writer, const struct id_token_grant *grant)
{
    const struct user *user = grant->user;
    json_member(writer, "name", user->display_name);
    json_member(writer, "preferred_username", user->user_principal_name);
    if (grant->version == 2)
        return;
    json_member(writer, "given_name", user->given_name);
    json_member(writer, "family_name", user->surname);
    json_member(writer, "unique_name", user->user_principal_name);
    json_member(writer, "upn", user->user_principal_name);
}

static void write_times(
    struct request *request, struct json_writer *writer, const struct id_token_grant *grant)
{
    int64_t now_s = request->now / TICKS_PER_SECOND;
    json_member_i64(writer, "iat", now_s - BACKDATED_S);
    json_member_i64(writer, "nbf", now_s - BACKDATED_S);
    json_member_i64(writer, "exp", now_s + LIFETIME_S);
    if (grant->signed_in)
        json_member_i64(writer, "auth_time", grant->signed_in / TICKS_PER_SECOND);
}

static void write_claims(
    struct request *request, struct json_writer *writer, const struct id_token_grant *grant)
{
    const struct user *user = grant->user;
    json_begin_object(writer);
    json_member(writer, "aud", grant->client_app_id);
    json_member(writer, "iss", issuer_of(request, grant));
    write_times(request, writer, grant);
    if (user->home_tenant_id)
        json_member(writer, "idp", entra_home_issuer(request, user));
    write_names(writer, grant);
    json_member(writer, "nonce", grant->nonce);
    json_member(writer, "oid", user->object_id);
    claim_roles_write(writer, grant->roles);
    json_member(writer, "rh", random_token(&request->arena, 33));
    json_member(writer, "sid", grant->session_id);
    json_member(writer, "sub", entra_subject(request, grant->client_app_id, user->object_id));
    json_member(writer, "tid", directory_tenant_id(request->service));
    json_member(writer, "uti", random_token(&request->arena, 16));
    json_member(writer, "ver", grant->version == 2 ? "2.0" : "1.0");
    json_end_object(writer);
}

char *entra_issue_id_token(
    struct request *request, const struct id_token_grant *grant, struct azb_error *err)
{
    scoped_buffer struct buffer claims = {0};
    struct json_writer writer;
    buffer_init(&claims, CLAIMS_MAX);
    json_writer_init(&writer, &claims, 0);
    write_claims(request, &writer, grant);
    if (claims.failed || request->arena.failed) {
        fail_memory(err);
        return NULL;
    }
    return entra_sign(request, TOKEN_HEADER_V2, buffer_text(&claims), err);
}
