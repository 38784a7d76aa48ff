/* Grant authorization_code: RFC 6749 section 4.1.3, RFC 7636, RFC 9700 sections 2.1.1 and 4.5. */
#include "base/error.h"
#include "entra/aadsts.h"
#include "entra/token.h"

#define VERIFIER_MIN 43
#define VERIFIER_MAX 128

struct code_grant {
    struct authorization_code code;
    struct delegation delegation;
};

/* ---- The code ------------------------------------------------------------------------------- */

static bool invalid_grant(struct azb_error *err, const char *why)
{
    return aadsts(err, 70000, "Provided grant is invalid or malformed. %s", why);
}

static bool read_code(
    struct token_request *token, struct authorization_code *out, struct azb_error *err)
{
    struct text code;
    struct azb_error why = AZB_ERROR_INIT;
    if (!form_need(&token->form, "code", &code, err))
        return false;
    if (!text_starts(code, "0."))
        return aadsts_as(err, 9002313, "invalid_grant",
            "Invalid request. Request is malformed or invalid. The code is not one of this "
            "service's.");
    if (authorization_code_read(token->request, code, out, &why))
        return true;
    if (why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    return invalid_grant(err, "The code is not known.");
}

/* "http://localhost:5000" is the same as with its final slash (RFC 3986 section 6.2.3): the
 * redirect came with it, and a client that takes its own address from there writes it so. */
static struct text without_root_slash(struct text uri)
{
    struct url url;
    if (text_ends(uri, "/") && url_parse(uri, &url) && text_is(url.path, "/"))
        uri.length--;
    return uri;
}

static bool is_same_redirect(struct text one, struct text other)
{
    return text_equal(without_root_slash(one), without_root_slash(other));
}

static bool check_binding(
    struct token_request *token, const struct authorization_code *code, struct azb_error *err)
{
    const struct authorization *authorization = &code->authorization;
    struct text redirect = form_get(&token->form, "redirect_uri");
    if (!string_equal_nocase(authorization->client_app_id, token->who.client.app_id))
        return invalid_grant(err, "The code was issued to another application.");
    if (authorization->redirect_uri && !redirect.at)
        return form_need(&token->form, "redirect_uri", &redirect, err);
    if (redirect.at && !is_same_redirect(redirect, text_of(authorization->redirect_uri)))
        return aadsts(err, 500112,
            "The reply address '%.*s' does not match the reply address '%.200s' provided when "
            "requesting Authorization code.",
            TEXT_ARGS(text_slice(redirect, 0, 200)),
            authorization->redirect_uri ? authorization->redirect_uri : "");
    return client_may_be_public(
        token, authorization->redirect_uri ? authorization->redirect_uri : "", err);
}

/* ---- PKCE ----------------------------------------------------------------------------------- */

/* RFC 7636 section 4.1: unreserved characters. */
static bool is_verifier(struct text verifier)
{
    for (size_t i = 0; i < verifier.length; i++) {
        char c = verifier.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '.' && c != '_' && c != '~')
            return false;
    }
    return verifier.length >= VERIFIER_MIN && verifier.length <= VERIFIER_MAX;
}

static bool mismatch(struct azb_error *err, const char *why)
{
    return aadsts(err, 501481,
        "The Code_Verifier does not match the code_challenge supplied in the authorization "
        "request.%s",
        why);
}

/* RFC 7636 section 4.6. RFC 9700 section 2.1.1: no verifier without a challenge, or whoever cuts
 * the challenge out of the first leg wins. */
static bool check_verifier(
    struct token_request *token, const struct authorization *authorization, struct azb_error *err)
{
    struct text verifier = form_get(&token->form, "code_verifier");
    unsigned char hash[SHA256_BYTES];
    if (!authorization->code_challenge)
        return !verifier.at ||
               mismatch(err, " There was no code_challenge in the authorization request.");
    if (!verifier.at)
        return mismatch(err, " The request has no code_verifier.");
    if (!is_verifier(verifier))
        return aadsts(err, 501491,
            "The Code_Verifier must have 43 to 128 letters, digits, '-', '.', '_' or '~'.");
    struct text expected = text_of(authorization->code_challenge);
    if (authorization->challenge_is_plain)
        return secret_equal(verifier, expected) || mismatch(err, "");
    sha256(verifier, hash);
    const char *challenge =
        base64url_encode(&token->request->arena, (struct text){(const char *)hash, sizeof hash});
    if (!challenge)
        return fail_memory(err);
    return secret_equal(text_of(challenge), expected) || mismatch(err, "");
}

/* ---- Redeeming ------------------------------------------------------------------------------ */

/* RFC 6749 section 4.1.2: what came of the first use is revoked, too, because one of the two who
 * have the code stole it. */
static bool refuse_replay(struct token_request *token, struct azb_error *err)
{
    struct code_grant *grant = token->consumed;
    struct text code = form_get(&token->form, "code");
    if (!authorization_code_read(token->request, code, &grant->code, err) ||
        !refresh_family_revoke(token->request, grant->code.family, err))
        return false;
    aadsts(&token->refused, 54005,
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use "
        "an existing refresh token.");
    return true;
}

static bool redeem(struct token_request *token, struct azb_error *err)
{
    struct code_grant *grant = token->consumed;
    bool won;
    if (!authorization_code_redeem(
            token->request, &grant->code, grant->delegation.family, &won, err))
        return false;
    return won ? delegation_keep(token, &grant->delegation, err) : refuse_replay(token, err);
}

bool token_grant_code(struct token_request *token, struct azb_error *err)
{
    struct request *request = token->request;
    bool is_spa;
    struct code_grant *grant = arena_alloc(&request->arena, sizeof *grant);
    if (!grant)
        return fail_memory(err);
    if (!identify_client(token, &token->who, err) || !read_code(token, &grant->code, err) ||
        !check_binding(token, &grant->code, err) ||
        !spa_check(token, grant->code.authorization.redirect_uri, &is_spa, err))
        return false;
    token->consumed = grant;
    token->consume = refuse_replay;
    if (grant->code.family)
        return true;
    if (request->now >= grant->code.expires)
        return aadsts(err, 70008,
            "The provided authorization code or refresh token has expired due to inactivity. Send "
            "a new interactive authorization request for this user and resource.");
    token->consume = redeem;
    grant->delegation.authorization = grant->code.authorization;
    if (is_spa)
        grant->delegation.refresh_end =
            request->now + SPA_REFRESH_TOKEN_LIFETIME_S * TICKS_PER_SECOND;
    if (!grant->code.authorization.redirect_uri) /* NULL is a device's: client_may_be_public() */
        grant->delegation.authorization.redirect_uri = "";
    return check_verifier(token, &grant->code.authorization, err) &&
           delegation_sign(token, &grant->delegation, err);
}
