/* Grant device_code: RFC 8628 sections 3.4 and 3.5, with Entra's words. */
#include "base/error.h"
#include "entra/aadsts.h"
#include "entra/entra.h"
#include "entra/token.h"

struct device_grant {
    struct device_code code;
    struct delegation delegation;
};

/* MSAL Python sends it twice, under both names. */
static bool read_code(struct token_request *token, struct device_code *out, struct azb_error *err)
{
    struct text value = form_get(&token->form, "device_code");
    struct azb_error why = AZB_ERROR_INIT;
    if (!value.at)
        value = form_get(&token->form, "code");
    if (!value.at)
        return form_need(&token->form, "device_code", &value, err);
    if (device_code_read(token->request, value, out, &why)) {
        if (string_equal_nocase(out->authorization.client_app_id, token->who.client.app_id))
            return true;
    } else if (why.kind != AZB_ERROR_NOT_FOUND) {
        return error_move(err, &why);
    }
    azb_error_free(&why);
    return aadsts(err, 70018, "Bad or unknown device code: this application has none like it.");
}

static bool refuse_second(struct azb_error *err)
{
    return aadsts(err, 54005,
        "The device code was already redeemed, please retry with a new one or use an existing "
        "refresh token.");
}

/* RFC 8628 section 3.5. slow_down comes only from a test: MSAL.NET and MSAL Node give up on it. */
static bool check_answer(
    struct token_request *token, const struct device_code *code, struct azb_error *err)
{
    if (code->redeemed)
        return refuse_second(err);
    if (token->request->now >= code->expires)
        return aadsts(err, 70020,
            "The provided value for the input parameter 'device_code' is not valid. This device "
            "code has expired.");
    if (!code->answered && entra_slow_down(token->request->service->entra))
        return oauth_refuse(
            err, "slow_down", "The client polls too often: it is to wait five seconds longer.");
    if (!code->answered)
        return aadsts(
            err, 70016, "OAuth 2.0 device flow error. Authorization is pending. Continue polling.");
    if (!code->authorization.user_id)
        return oauth_refuse(err, "authorization_declined",
            "The user declined: the application does not get what it asked for.");
    return true;
}

static bool redeem(struct token_request *token, struct azb_error *err)
{
    const struct device_grant *grant = token->consumed;
    bool won;
    if (!device_code_redeem(token->request, &grant->code, &won, err))
        return false;
    return won ? delegation_keep(token, &grant->delegation, err) : refuse_second(err);
}

bool token_grant_device(struct token_request *token, struct azb_error *err)
{
    struct device_grant *grant = arena_alloc(&token->request->arena, sizeof *grant);
    if (!grant)
        return fail_memory(err);
    if (!identify_client(token, &token->who, err) || !client_may_be_public(token, NULL, err) ||
        !read_code(token, &grant->code, err) || !check_answer(token, &grant->code, err))
        return false;
    token->consumed = grant;
    token->consume = redeem;
    grant->delegation.authorization = grant->code.authorization;
    return delegation_sign(token, &grant->delegation, err);
}
