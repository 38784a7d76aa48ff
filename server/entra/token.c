#include "entra/token.h"

#include "base/error.h"
#include "base/json.h"
#include "directory/directory.h"
#include "directory/microsoft.h"
#include "entra/aadsts.h"
#include "entra/claim_roles.h"
#include "entra/entra.h"
#include "entra/requested_claims.h"
#include "entra/resource.h"

#define REPLY_MAX (256 * 1024)
#define LONG_LIVED_S 7200 /* from here on the reply says when to refresh */

typedef bool grant_fn(struct token_request *token, struct azb_error *err);

/* ---- The reply ------------------------------------------------------------------------------ */

/* v1 writes numbers as strings. */
static void member_number(struct request *request, struct json_writer *writer,
    enum token_version version, const char *name, int64_t number)
{
    if (version == TOKEN_V1)
        json_member(writer, name, arena_format(&request->arena, "%lld", (long long)number));
    else
        json_member_i64(writer, name, number);
}

static void write_v1_members(
    struct request *request, struct json_writer *writer, const struct token_answer *answer)
{
    int64_t now_s = request->now / TICKS_PER_SECOND;
    member_number(request, writer, TOKEN_V1, "expires_on", now_s + answer->expires_in);
    member_number(request, writer, TOKEN_V1, "not_before", now_s - 300);
    json_member_text(writer, "resource", answer->resource);
}

static void write_answer(struct token_request *token, struct json_writer *writer)
{
    struct request *request = token->request;
    const struct token_answer *answer = &token->answer;
    enum token_version version = token->version;
    json_begin_object(writer);
    json_member(writer, "token_type", "Bearer");
    json_member(writer, "scope", answer->scope);
    member_number(request, writer, version, "expires_in", answer->expires_in);
    member_number(request, writer, version, "ext_expires_in", answer->expires_in);
    if (answer->expires_in >= LONG_LIVED_S)
        member_number(request, writer, version, "refresh_in", answer->expires_in / 2);
    if (version == TOKEN_V1)
        write_v1_members(request, writer, answer);
    json_member(writer, "access_token", answer->access_token);
    json_member(writer, "refresh_token", answer->refresh_token);
    json_member(writer, "id_token", answer->id_token);
    json_member(writer, "client_info", answer->client_info);
    json_member(writer, "foci", answer->family ? "1" : NULL);
    json_end_object(writer);
}

static bool reply_answer(struct token_request *token, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer body = {0};
    struct json_writer writer;
    buffer_init(&body, REPLY_MAX);
    json_writer_init(&writer, &body, 0);
    write_answer(token, &writer);
    char *copy = body.failed ? NULL : arena_copy(&token->request->arena, body.at, body.length);
    if (!copy)
        return fail_memory(err);
    reply_json(reply, 200, (struct text){copy, body.length});
    return true;
}

/* ---- Grants --------------------------------------------------------------------------------- */

/* v1 says resource=, v2 scope=; "adfs" takes either on its one path. */
static bool read_audience(struct token_request *token, struct text *audience, struct azb_error *err)
{
    struct text resource = form_get(&token->form, "resource");
    struct text scope = form_get(&token->form, "scope");
    if (token->version == TOKEN_V2 && resource.at)
        return aadsts(err, 901002,
            "The 'resource' request parameter is not supported. Use 'scope' with "
            "'RESOURCE/.default' on this endpoint.");
    if (token->version == TOKEN_V2 || (token->adfs && scope.at && !resource.at)) {
        token->version = TOKEN_V2;
        return scope_audience(token->request, scope, audience, err);
    }
    if (!form_need(&token->form, "resource", &resource, err))
        return false;
    return resource_audience(token->request, resource, audience, err);
}

/* Application permissions of Microsoft Graph are app roles of it. Who has none gets a token all the
 * same, and is refused there. */
static bool ask_microsoft(struct token_request *token, struct token_grant *grant,
    struct app_roles *roles, struct azb_error *err)
{
    struct request *request = token->request;
    const char *at_home = resource_at_own_address(request, grant->audience);
    const struct microsoft_application *resource =
        microsoft_resource(at_home ? text_of(at_home) : grant->audience);
    if (!resource || resource->role_count == 0)
        return true;
    grant->roles = roles;
    return app_roles_of(
        request->store, resource->app_id, grant->object_id, &request->arena, roles, err);
}

/* What an application of this directory wants in tokens for it: version and roles. */
static bool ask_resource(struct token_request *token, struct token_grant *grant,
    struct app_roles *roles, struct azb_error *err)
{
    const struct client *client = &token->who.client;
    const struct role_bearer who = {client->app_id, client->display_name, client->object_id};
    struct resource_application resource;
    bool is_own;
    grant->version = 1;
    if (!resource_own(token->request, grant->audience, &resource, &is_own, err))
        return false;
    if (!is_own)
        return ask_microsoft(token, grant, roles, err);
    grant->version = resource.token_version;
    grant->roles = roles;
    return claim_roles_of_application(token->request, &resource, &who, roles, err);
}

static bool client_credentials(struct token_request *token, struct azb_error *err)
{
    const struct client *client = &token->who.client;
    struct token_answer *answer = &token->answer;
    struct app_roles roles;
    const struct json *claims;
    if (!authenticate_client(token, &token->who, err) ||
        !read_audience(token, &answer->resource, err) ||
        !requested_claims_read(token->request, form_get(&token->form, "claims"), &claims, err))
        return false;
    struct token_grant grant = {
        .app_id = client->app_id,
        .object_id = client->object_id,
        .audience = answer->resource,
        .by_certificate = token->who.by_certificate,
        .claims = claims,
    };
    if (!ask_resource(token, &grant, &roles, err))
        return false;
    answer->access_token = entra_issue(token->request, &grant, &answer->expires_in, err);
    return answer->access_token != NULL;
}

/* RFC 9700 section 2.4: an application must not see its user's password. */
static bool refuse_password(struct token_request *token, struct azb_error *err)
{
    (void)token;
    return aadsts(err, 70003,
        "The grant type 'password' is not offered: an application that asks for its user's "
        "password is insecure (RFC 9700 section 2.4). Use 'authorization_code' or "
        "'urn:ietf:params:oauth:grant-type:device_code'.");
}

/* A grant is a row here. */
static const struct {
    const char *grant_type;
    grant_fn *grant;
} grants[] = {
    {"client_credentials", client_credentials},
    {"authorization_code", token_grant_code},
    {"refresh_token", token_grant_refresh},
    {"urn:ietf:params:oauth:grant-type:device_code", token_grant_device},
    {"device_code", token_grant_device}, /* MSAL Node's name for it */
    {"urn:ietf:params:oauth:grant-type:jwt-bearer", token_grant_on_behalf_of},
    {"password", refuse_password},
};

static bool find_grant(struct token_request *token, grant_fn **out, struct azb_error *err)
{
    struct text type;
    if (!form_need(&token->form, "grant_type", &type, err))
        return false;
    for (size_t i = 0; i < sizeof grants / sizeof *grants; i++)
        if (text_is(type, grants[i].grant_type)) {
            *out = grants[i].grant;
            return true;
        }
    return aadsts(err, 70003,
        "The app requested an unsupported grant type '%.*s'. This service has: "
        "'client_credentials', 'authorization_code', 'refresh_token', "
        "'urn:ietf:params:oauth:grant-type:device_code' and "
        "'urn:ietf:params:oauth:grant-type:jwt-bearer'.",
        TEXT_ARGS(text_slice(type, 0, 80)));
}

static bool run_grant(struct token_request *token, struct azb_error *err)
{
    grant_fn *grant = NULL;
    struct text client_id = form_get(&token->form, "client_id");
    if (!find_grant(token, &grant, err))
        return false;
    enum shared_tenant use =
        grant == client_credentials ? SHARED_TENANT_NEVER : SHARED_TENANT_MULTI_TENANT;
    return tenant_check_for(token->request, token->tenant, use, client_id, err) &&
           grant(token, err);
}

/* ---- The endpoint --------------------------------------------------------------------------- */

static bool prepare(struct request *request, enum token_version version, struct azb_error *err)
{
    struct token_request *token = arena_alloc(&request->arena, sizeof *token);
    if (!token)
        return fail_memory(err);
    *token = (struct token_request){
        .request = request,
        .version = version,
        .tenant = request->values[0],
        .adfs = text_equal_nocase(request->values[0], TEXT("adfs")),
    };
    request->prepared = token;
    if (!form_parse(request, &token->form, err) || !run_grant(token, err))
        return false;
    request->writes = token->consume != NULL;
    return true;
}

bool token_prepare_v1(struct request *request, struct azb_error *err)
{
    return prepare(request, TOKEN_V1, err);
}

bool token_prepare_v2(struct request *request, struct azb_error *err)
{
    return prepare(request, TOKEN_V2, err);
}

bool token_serve(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct token_request *token = request->prepared;
    if (token->consume && !token->consume(token, err))
        return false;
    if (token->refused.kind == AZB_ERROR_NONE)
        return reply_answer(token, reply, err);
    entra_refuse(request, reply, &token->refused); /* and what was written stays */
    return true;
}
