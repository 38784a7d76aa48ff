/*
 * Grant refresh_token: RFC 6749 section 6, RFC 9700 section 4.14.
 *
 * As Entra does, the old one stays valid and a new one comes with each answer. In the strict mode
 * (entra_set_refresh_mode) each is good for one use, and a second use revokes the whole family.
 */
#include "base/error.h"
#include "directory/microsoft.h"
#include "entra/aadsts.h"
#include "entra/entra.h"
#include "entra/token.h"

struct refresh_grant {
    bool is_spa; /* its time is that of the first token of the family */
    struct refresh_token token;
    struct delegation delegation;
};

static bool read_token(
    struct token_request *token, struct refresh_token *out, struct azb_error *err)
{
    struct text value;
    struct azb_error why = AZB_ERROR_INIT;
    if (!form_need(&token->form, "refresh_token", &value, err))
        return false;
    if (!text_starts(value, "1."))
        return aadsts_as(err, 9002313, "invalid_grant",
            "Invalid request. Request is malformed or invalid. The refresh token is not one of "
            "this service's.");
    if (refresh_token_read(token->request, value, out, &why))
        return true;
    if (why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    return aadsts(err, 70000,
        "Provided grant is invalid or malformed. The refresh token is not "
        "known.");
}

/* Microsoft's own public clients share their refresh tokens: foci "1". */
static bool is_family_member(const char *app_id)
{
    const struct microsoft_application *application = microsoft_application(text_of(app_id));
    return application && application->redirect_uris;
}

static bool check_client(
    struct token_request *token, const struct authorization *authorization, struct azb_error *err)
{
    const char *mine = token->who.client.app_id, *owner = authorization->client_app_id;
    if (string_equal_nocase(owner, mine))
        return client_may_be_public(token, authorization->redirect_uri, err);
    if (is_family_member(owner) && is_family_member(mine))
        return true;
    aadsts(err, 70000,
        "Provided grant is invalid or malformed. The refresh token was issued to "
        "another application.");
    error_add_value(err, "suberror", "client_mismatch");
    return false;
}

static bool check_state(
    struct token_request *token, const struct refresh_grant *grant, struct azb_error *err)
{
    const struct refresh_token *found = &grant->token;
    if (found->state == REFRESH_REVOKED)
        return aadsts(err, 50173,
            "The provided grant has expired due to it being revoked, a fresh auth token is needed. "
            "The user might have changed or reset their password, or signed out.");
    if (token->request->now >= found->expires && grant->is_spa)
        return aadsts(err, 700084,
            "The refresh token was issued to a single page app (SPA), and therefore has a fixed, "
            "limited lifetime of 1.00:00:00, which cannot be extended. It is now expired and a new "
            "sign in request must be sent by the SPA to the sign in page.");
    if (token->request->now >= found->expires)
        return aadsts(err, 700082,
            "The refresh token has expired due to inactivity. It was inactive for 90.00:00:00.");
    return true;
}

/* Whoever comes second may be the thief or the robbed: both lose. */
static bool refuse_reuse(struct token_request *token, struct azb_error *err)
{
    const struct refresh_grant *grant = token->consumed;
    if (!refresh_family_revoke(token->request, grant->token.family, err))
        return false;
    aadsts(&token->refused, 70000,
        "Provided grant is invalid or malformed. The refresh token was used before; all tokens of "
        "its family are revoked.");
    return true;
}

static bool rotate(struct token_request *token, struct azb_error *err)
{
    const struct refresh_grant *grant = token->consumed;
    bool won;
    if (!refresh_token_rotate(token->request, &grant->token, &won, err))
        return false;
    return won ? delegation_keep(token, &grant->delegation, err) : refuse_reuse(token, err);
}

/* It may have been revoked since it was read: then there is no heir. */
static bool add_heir(struct token_request *token, struct azb_error *err)
{
    struct refresh_grant *grant = token->consumed;
    struct text value = form_get(&token->form, "refresh_token");
    return refresh_token_read(token->request, value, &grant->token, err) &&
           check_state(token, grant, err) && delegation_keep(token, &grant->delegation, err);
}

bool token_grant_refresh(struct token_request *token, struct azb_error *err)
{
    struct request *request = token->request;
    struct refresh_grant *grant = arena_alloc(&request->arena, sizeof *grant);
    if (!grant)
        return fail_memory(err);
    if (!identify_client(token, &token->who, err) || !read_token(token, &grant->token, err) ||
        !check_client(token, &grant->token.authorization, err) ||
        !spa_check(token, grant->token.authorization.redirect_uri, &grant->is_spa, err) ||
        !check_state(token, grant, err))
        return false;
    token->consumed = grant;
    token->consume = refuse_reuse;
    if (grant->token.state == REFRESH_ROTATED)
        return true;
    bool strict = entra_refresh_mode(request->service->entra) == ENTRA_REFRESH_STRICT;
    token->consume = strict ? rotate : add_heir;
    grant->delegation = (struct delegation){
        .authorization = grant->token.authorization,
        .wish = REFRESH_ALWAYS,
        .family = grant->token.family,
        .refresh_end = grant->is_spa ? grant->token.expires : 0,
    };
    return delegation_sign(token, &grant->delegation, err);
}
