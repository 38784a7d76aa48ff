/* Tokens in the name of a user: what all delegated grants have in common. */
#include "base/error.h"
#include "base/json.h"
#include "directory/microsoft.h"
#include "entra/aadsts.h"
#include "entra/claim_roles.h"
#include "entra/entra.h"
#include "entra/requested_claims.h"
#include "entra/token.h"

#define CLIENT_INFO_MAX 256

/* ---- Who ------------------------------------------------------------------------------------ */

static bool find_user(
    struct token_request *token, struct delegation *delegation, struct azb_error *err)
{
    struct request *request = token->request;
    struct azb_error why = AZB_ERROR_INIT;
    struct text id = text_of(delegation->authorization.user_id);
    if (!user_by_object_id(request->store, id, &request->arena, &delegation->user, &why)) {
        if (why.kind != AZB_ERROR_NOT_FOUND)
            return error_move(err, &why);
        return aadsts(err, 50034,
            "The user account '%.*s' does not exist in the %s directory. To sign into this "
            "application, the account must be added to the directory.",
            TEXT_ARGS(text_slice(id, 0, 80)), directory_tenant_name(request->service));
    }
    return delegation->user.enabled ||
           aadsts(err, 50057,
               "The user account is disabled. The account has been disabled by an "
               "administrator.");
}

/* ---- For what ------------------------------------------------------------------------------- */

static bool refuse_several(struct text scope, struct azb_error *err)
{
    return aadsts(err, 28000,
        "Provided value for the input parameter scope is not valid because it contains more than "
        "one resource. Scope %.*s is not valid.",
        TEXT_ARGS(text_slice(scope, 0, 200)));
}

/* v2 says scope=, v1 resource=, "adfs" either; a token request that says nothing gets what the
 * authorization was for. */
static bool read_scopes(
    struct token_request *token, struct delegation *delegation, struct azb_error *err)
{
    struct request *request = token->request;
    struct scopes *scopes = &delegation->scopes;
    const struct authorization *authorization = &delegation->authorization;
    struct text scope = form_get(&token->form, "scope");
    struct text resource = form_get(&token->form, "resource");
    if (token->version == TOKEN_V2 && resource.at)
        return aadsts(err, 901002, "The 'resource' request parameter is not supported.");
    if (token->adfs && !resource.at && !authorization->resource)
        token->version = TOKEN_V2;
    if (token->version == TOKEN_V1 && !resource.at)
        resource = text_of(authorization->resource);
    if (token->version == TOKEN_V1 && resource.at)
        return scopes_of_resource(request, resource, scopes, err);
    if (!scope.at)
        return scopes_parse(request, text_of(authorization->scope), scopes, err);
    return scopes_parse(request, scope, scopes, err) &&
           (!scopes->has_more || refuse_several(scope, err));
}

/* Scopes of OpenID that the user once allowed hold on for a code, whatever the second leg says. */
static bool wants_refresh(const struct token_request *token, const struct delegation *delegation)
{
    return delegation->wish == REFRESH_ALWAYS || token->version == TOKEN_V1 ||
           delegation->scopes.offline_access ||
           scopes_hold(text_of(delegation->authorization.scope), TEXT("offline_access"));
}

/* ---- As what ------------------------------------------------------------------------------- */

/* Both may let in only those who were assigned to them. */
static bool read_roles(
    struct token_request *token, struct delegation *delegation, struct azb_error *err)
{
    const struct client *client = &token->who.client;
    const struct scopes *scopes = &delegation->scopes;
    const struct user *user = &delegation->user;
    return claim_roles_of_user(token->request, client->app_id, client->display_name, user,
               &delegation->client_roles, err) &&
           (!scopes->has_resource ||
               claim_roles_of_user(token->request, scopes->resource.app_id,
                   scopes->resource.display_name, user, &delegation->resource_roles, err));
}

/* ---- Signing -------------------------------------------------------------------------------- */

static bool sign_access_token(struct token_request *token, const struct delegation *delegation,
    const char *granted, struct azb_error *err)
{
    const struct scopes *scopes = &delegation->scopes;
    struct token_answer *answer = &token->answer;
    struct token_grant grant = {
        .app_id = token->who.client.app_id,
        .by_certificate = token->who.by_certificate,
        .is_public = token->who.is_public,
        .audience = scopes->audience,
        .version = scopes->resource.token_version,
        .user = &delegation->user,
        .resource_app_id = scopes->resource.app_id,
        .scopes = scopes_claim(token->request, scopes, granted),
        .session_id = delegation->authorization.session_id,
        .roles = &delegation->resource_roles,
    };
    if (!scopes->has_resource) { /* signing in alone: a token for Graph's userinfo */
        grant.audience = TEXT(APP_ID_GRAPH);
        grant.resource_app_id = APP_ID_GRAPH;
    }
    if (!grant.scopes)
        return fail_memory(err);
    if (!requested_claims_read(
            token->request, form_get(&token->form, "claims"), &grant.claims, err))
        return false;
    answer->resource = grant.audience;
    answer->access_token = entra_issue(token->request, &grant, &answer->expires_in, err);
    return answer->access_token != NULL;
}

static bool sign_id_token(
    struct token_request *token, const struct delegation *delegation, struct azb_error *err)
{
    const struct authorization *authorization = &delegation->authorization;
    if (!delegation->scopes.openid)
        return true;
    const struct id_token_grant grant = {
        .client_app_id = token->who.client.app_id,
        .user = &delegation->user,
        .nonce = authorization->nonce,
        .session_id = authorization->session_id,
        .roles = &delegation->client_roles,
        .signed_in = authorization->signed_in,
        .version = token->version == TOKEN_V2 ? 2 : 1,
        .adfs = token->adfs,
    };
    token->answer.id_token = entra_issue_id_token(token->request, &grant, err);
    return token->answer.id_token != NULL;
}

/* MSAL's home account: {"uid","utid"}. */
static bool add_client_info(
    struct token_request *token, const struct delegation *delegation, struct azb_error *err)
{
    struct request *request = token->request;
    const struct user *user = &delegation->user;
    scoped_buffer struct buffer info = {0};
    struct json_writer writer;
    buffer_init(&info, CLIENT_INFO_MAX);
    if (!text_is(form_get(&token->form, "client_info"), "1"))
        return true;
    json_writer_init(&writer, &info, 0);
    json_begin_object(&writer);
    json_member(&writer, "uid", user->object_id);
    json_member(&writer, "utid",
        user->home_tenant_id ? user->home_tenant_id : directory_tenant_id(request->service));
    json_end_object(&writer);
    token->answer.client_info =
        info.failed ? NULL : base64url_encode(&request->arena, buffer_text(&info));
    return token->answer.client_info ? true : fail_memory(err);
}

static bool is_of_family(const struct client *client)
{
    return client->public_client && client->home_tenant_id &&
           strcmp(client->home_tenant_id, MICROSOFT_TENANT) == 0;
}

static bool make_refresh_token(
    struct token_request *token, struct delegation *delegation, struct azb_error *err)
{
    struct request *request = token->request;
    char family[GUID_TEXT];
    if (!delegation->family) {
        if (!random_guid(family))
            return fail(err, AZB_ERROR_IO, "the system gives no random numbers");
        delegation->family = arena_string(&request->arena, family);
    }
    if (!delegation->family)
        return fail_memory(err);
    if (!wants_refresh(token, delegation))
        return true;
    token->answer.family = is_of_family(&token->who.client);
    token->answer.refresh_token = refresh_token_value(request, err);
    return token->answer.refresh_token != NULL;
}

bool delegation_sign(
    struct token_request *token, struct delegation *delegation, struct azb_error *err)
{
    const char *granted = NULL;
    if (!find_user(token, delegation, err) || !read_scopes(token, delegation, err) ||
        !read_roles(token, delegation, err) ||
        !scopes_granted(token->request, &delegation->scopes, text_of(token->who.client.app_id),
            text_of(delegation->user.object_id), &granted, NULL, err) ||
        !sign_access_token(token, delegation, granted, err) ||
        !sign_id_token(token, delegation, err) || !add_client_info(token, delegation, err) ||
        !make_refresh_token(token, delegation, err))
        return false;
    token->answer.scope = scopes_reply(token->request, &delegation->scopes, granted);
    return token->answer.scope ? true : fail_memory(err);
}

bool delegation_keep(
    struct token_request *token, const struct delegation *delegation, struct azb_error *err)
{
    struct authorization kept = delegation->authorization;
    if (!token->answer.refresh_token)
        return true;
    kept.client_app_id = token->who.client.app_id;
    kept.nonce = kept.code_challenge = NULL; /* of the code alone */
    const struct new_refresh_token what = {
        text_of(token->answer.refresh_token), delegation->family, delegation->refresh_end};
    return refresh_token_add(token->request, &what, &kept, err);
}
