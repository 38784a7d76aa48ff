/*
 * A person signs in with the system's browser: authorization code with PKCE, the answer comes to a
 * listener on loopback (RFC 8252, RFC 7636). The page in the browser is answered last, when it is
 * known whether there is a token.
 */
#include "entra/user_credential.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "base/error.h"
#include "entra/authorization_request.h"
#include "entra/browser.h"
#include "entra/claims.h"
#include "entra/loopback.h"

static const char *process_variable(const char *name)
{
    return getenv(name);
}

static bool write_url(struct azb_credential *credential, const struct token_ask *ask,
    const struct authorization_secrets *secrets, const char *redirect_uri, struct arena *arena,
    char **url, struct azb_error *err)
{
    const struct azb_user_options *options =
        &((const struct user_credential *)credential->state)->options;
    const struct authority_endpoints *endpoints = NULL;
    if (!authority_find_endpoints(
            credential->authority, credential->http, ask->patience, &endpoints, err))
        return false;
    struct authorization_request request = {
        .endpoint = endpoints->authorization,
        .client_id = credential->client_id,
        .redirect_uri = redirect_uri,
        .scope = ask->scope,
        .response_mode = "form_post",
        .claims = ask->claims,
        .prompt = options->prompt,
        .login_hint = options->login_hint ? options->login_hint : options->username,
        .domain_hint = options->domain_hint,
        .secrets = secrets,
    };
    if (!request.endpoint)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "the authority has no authorization endpoint: sign in with a device code");
    if (credential->is_capable) {
        request.claims = claims_with_capability(ask->claims, arena, err);
        if (!request.claims)
            return false;
    }
    *url = authorization_request_url(&request, arena, err);
    return *url != NULL;
}

/* Opens the browser, and says where to go in case that none comes up. */
static bool send_person(const struct user_credential *state, const char *url, struct arena *arena,
    struct azb_error *err)
{
    const struct azb_user_options *options = &state->options;
    bool opened = options->open_url ? options->open_url(options->open_url_context, url)
                                    : browser_open(url, process_variable);
    const char *message = arena_format(arena, "%s\n%s",
        opened ? "Sign in with the browser that has just opened. If none has, go to:"
               : "To sign in, open this address in a browser on this computer:",
        url);
    if (!message)
        return fail_memory(err);
    struct azb_user_prompt prompt = {sizeof(prompt), message, url, NULL, 0};
    user_tell(state, &prompt);
    return true;
}

/* The redirect carried an error (RFC 6749 section 4.1.2.1); the description has Entra's code. */
static bool fail_refused(const struct loopback_answer *answer, struct azb_error *err)
{
    const char *text = answer->description ? answer->description : answer->error;
    size_t digits = strncmp(text, "AADSTS", 6) == 0 ? strspn(text + 6, "0123456789") : 0;
    const char *words = digits ? text + 6 + digits : text; /* the code is told by itself */
    const char *advice = digits ? token_advice(strtoll(text + 6, NULL, 10)) : NULL;
    fail(err, AZB_ERROR_AUTHENTICATION, "the sign-in was refused: %s%s%s",
        words + strspn(words, ": "), advice ? " " : "", advice ? advice : "");
    if (err && digits)
        snprintf(err->code, sizeof(err->code), "%.*s", (int)(6 + digits), text);
    else if (err)
        snprintf(err->code, sizeof(err->code), "%s", answer->error);
    error_add_value(err, "error", "%s", answer->error);
    return false;
}

static bool redeem(struct azb_credential *credential, const struct token_ask *ask, const char *code,
    const char *redirect_uri, const struct authorization_secrets *secrets, struct arena *arena,
    struct token_reply *reply, struct azb_error *err)
{
    struct token_request request;
    if (!user_request(credential, ask, &request, err))
        return false;
    request.once = true;
    token_request_add(&request, "grant_type", TEXT("authorization_code"));
    token_request_add(&request, "code", text_of(code));
    token_request_add(&request, "redirect_uri", text_of(redirect_uri));
    token_request_add(&request, "code_verifier", text_of(secrets->code_verifier));
    if (!token_request_send(&request, credential->http, arena, reply, err))
        return false;
    if (reply->nonce && secret_equal(text_of(reply->nonce), text_of(secrets->nonce)))
        return true;
    return fail(err, AZB_ERROR_PROTOCOL,
        reply->id_token ? "the ID token's nonce is not the one that was sent"
                        : "the token answer has no usable ID token, though openid was asked for");
}

/* From the listener to the token. */
static bool sign_in_at(struct loopback *loopback, struct azb_credential *credential,
    const struct token_ask *ask, const struct authorization_secrets *secrets, struct arena *arena,
    struct token_reply *reply, struct azb_error *err)
{
    const char *redirect_uri = loopback_redirect_uri(loopback);
    struct loopback_answer answer = {0};
    char *url = NULL;
    if (!write_url(credential, ask, secrets, redirect_uri, arena, &url, err) ||
        !send_person(credential->state, url, arena, err) ||
        !loopback_wait(loopback, secrets->state, ask->patience, arena, &answer, err))
        return false;
    bool got = answer.error
                   ? fail_refused(&answer, err)
                   : redeem(credential, ask, answer.code, redirect_uri, secrets, arena, reply, err);
    loopback_finish(loopback, got ? NULL : err);
    return got;
}

static bool sign_in(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    const struct user_credential *state = credential->state;
    struct authorization_secrets secrets;
    struct loopback_address address;
    if (!loopback_address_read(state->options.redirect_uri, arena, &address, err) ||
        !authorization_secrets_make(&secrets, err))
        return false;
    struct loopback *loopback = loopback_listen(&address, err);
    bool got = loopback && sign_in_at(loopback, credential, ask, &secrets, arena, reply, err);
    loopback_free(loopback);
    secret_wipe(&secrets, sizeof(secrets));
    return got;
}

static const struct credential_kind interactive_browser = USER_KIND("interactive_browser");

static bool check(const struct user_credential *state, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct loopback_address address;
    arena_init(&arena, 0);
    return loopback_address_read(state->options.redirect_uri, &arena, &address, err) &&
           authorization_prompt_check(state->options.prompt, err);
}

struct azb_credential *interactive_browser_new(const struct azb_user_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct user_credential *state = user_state_new(options, sign_in, err);
    if (!state)
        return NULL;
    if (check(state, err))
        return user_credential_new(&interactive_browser, state, world, err);
    user_state_free(state);
    return NULL;
}

struct azb_credential *azb_credential_interactive_browser(
    const struct azb_user_options *options, struct azb_error *err)
{
    return interactive_browser_new(options, NULL, err);
}
