/*
 * Grant jwt-bearer: on-behalf-of. An API that got a user's token asks for another one, for the next
 * API, in the same user's name.
 *
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow
 */
#include "base/error.h"
#include "entra/aadsts.h"
#include "entra/entra.h"
#include "entra/token.h"

static bool bad_assertion(struct azb_error *err, const char *why)
{
    return aadsts(err, 50013, "Assertion failed signature validation. [Reason - %s]", why);
}

static bool parse(struct token_request *token, struct jwt *out, struct azb_error *err)
{
    struct text assertion, use;
    struct azb_error why = AZB_ERROR_INIT;
    if (!form_need(&token->form, "assertion", &assertion, err) ||
        !form_need(&token->form, "requested_token_use", &use, err))
        return false;
    if (!text_is(use, "on_behalf_of"))
        return aadsts(err, 90023, "The parameter 'requested_token_use' must be 'on_behalf_of'.");
    if (jwt_parse(assertion, JWT_STRICT, &token->request->arena, out, &why))
        return true;
    if (why.kind == AZB_ERROR_MEMORY)
        return fail_memory(err);
    bad_assertion(err, why.message);
    azb_error_free(&why);
    return false;
}

/* One of our own access tokens, of either version. */
static bool check_signature(struct request *request, const struct jwt *jwt, struct azb_error *err)
{
    const struct signing_key *key =
        entra_key(request->service->entra, json_get_text(jwt->header, "kid"));
    if (!key)
        return bad_assertion(err, "The key was not found.");
    return jwt_verify(jwt, RSA_PKCS1_SHA256, key->key) ||
           bad_assertion(err, "The provided signature value did not match the expected signature "
                              "value.");
}

static bool check_issuer(struct request *request, const struct jwt *jwt, struct azb_error *err)
{
    struct text issuer = json_get_text(jwt->payload, "iss");
    const char *tail =
        arena_format(&request->arena, "/%s/v2.0", directory_tenant_id(request->service));
    const char *v1 = entra_token_issuer(request);
    if (!tail || !v1)
        return fail_memory(err);
    bool is_v2 = text_is(json_get_text(jwt->payload, "ver"), "2.0") && text_ends(issuer, tail);
    return text_is(issuer, v1) || is_v2 || bad_assertion(err, "The issuer is another one.");
}

/* The id of the application, or one of its identifier URIs: nobody passes on a token that was not
 * meant for him. */
static bool check_audience(
    struct token_request *token, const struct jwt *jwt, struct azb_error *err)
{
    struct request *request = token->request;
    struct resource_application resource;
    struct azb_error why = AZB_ERROR_INIT;
    struct text audience = json_get_text(jwt->payload, "aud");
    bool found = audience.length && resource_application_find(request->service, request->store,
                                        audience, &request->arena, &resource, &why);
    if (found && string_equal_nocase(resource.app_id, token->who.client.app_id))
        return true;
    if (!found && audience.length && why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    azb_error_free(&why);
    return aadsts(err, 50013,
        "Assertion audience does not match the Client app presenting the assertion. The audience "
        "in the assertion was '%.*s' and the expected audience is '%s' or one of the Application "
        "Uris of this application.",
        TEXT_ARGS(text_slice(audience, 0, 200)), token->who.client.app_id);
}

static bool check_time(struct request *request, const struct jwt *jwt, struct azb_error *err)
{
    int64_t expires_s = 0, from_s = 0, now_s = request->now / TICKS_PER_SECOND;
    char now[TIME_TEXT_MAX], end[TIME_TEXT_MAX];
    if (jwt_date(jwt->payload, "exp", &expires_s) != 1 ||
        jwt_date(jwt->payload, "nbf", &from_s) != 1)
        return bad_assertion(err, "The claim 'exp' or 'nbf' is missing.");
    if (from_s <= now_s && now_s < expires_s)
        return true;
    time_iso8601(request->now, now);
    time_iso8601(expires_s * TICKS_PER_SECOND, end);
    return aadsts(err, 500133,
        "Assertion is not within its valid time range. Ensure that the access token is not expired "
        "before using it for user assertion, or request a new token. Current time: %s, expiry time "
        "of assertion %s.",
        now, end);
}

static bool check_is_user(struct token_request *token, const struct jwt *jwt, struct azb_error *err)
{
    if (json_get_text(jwt->payload, "scp").length && json_get_text(jwt->payload, "oid").length)
        return true;
    return aadsts(err, 7000114,
        "Application '%s' is not allowed to make application on-behalf-of calls.",
        token->who.client.app_id);
}

static bool keep(struct token_request *token, struct azb_error *err)
{
    return delegation_keep(token, token->consumed, err);
}

bool token_grant_on_behalf_of(struct token_request *token, struct azb_error *err)
{
    struct request *request = token->request;
    struct jwt jwt = {0};
    struct delegation *delegation = arena_alloc(&request->arena, sizeof *delegation);
    if (!delegation)
        return fail_memory(err);
    if (!authenticate_client(token, &token->who, err) || !parse(token, &jwt, err) ||
        !check_signature(request, &jwt, err) || !check_issuer(request, &jwt, err) ||
        !check_audience(token, &jwt, err) || !check_time(request, &jwt, err) ||
        !check_is_user(token, &jwt, err))
        return false;
    delegation->authorization = (struct authorization){
        .client_app_id = token->who.client.app_id,
        .user_id = json_get_string(jwt.payload, "oid", &request->arena),
        .session_id = json_get_string(jwt.payload, "sid", &request->arena),
        .scope = "",
        .redirect_uri = "", /* not a device's: client_may_be_public() */
        .signed_in = request->now,
    };
    if (token->version == TOKEN_V2 && !form_need(&token->form, "scope", &(struct text){0}, err))
        return false;
    if (!delegation_sign(token, delegation, err))
        return false;
    if (token->answer.refresh_token) {
        token->consumed = delegation;
        token->consume = keep;
    }
    return true;
}
