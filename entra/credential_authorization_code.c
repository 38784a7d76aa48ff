/*
 * A web application's sign-in: the code that came to its redirect URI (RFC 6749 section 4.1.3, RFC
 * 7636 section 4.5), and from then on the refresh token.
 */
#include "entra/user_credential.h"

#include <stdatomic.h>

#include "base/crypto.h"
#include "base/error.h"

/* A code is good for one use. */
struct code {
    const char *code, *redirect_uri, *code_verifier, *nonce;
    atomic_bool used;
};

static bool send_code(struct azb_credential *credential, const struct token_ask *ask,
    const struct code *code, struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    struct token_request request;
    if (!user_request(credential, ask, &request, err))
        return false;
    request.once = true;
    token_request_add(&request, "grant_type", TEXT("authorization_code"));
    token_request_add(&request, "code", text_of(code->code));
    token_request_add(&request, "redirect_uri", text_of(code->redirect_uri));
    if (code->code_verifier)
        token_request_add(&request, "code_verifier", text_of(code->code_verifier));
    return token_request_send(&request, credential->http, arena, reply, err);
}

static bool redeem_code(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    const struct user_credential *state = credential->state;
    struct azb_error problem = AZB_ERROR_INIT;
    struct code *code = state->own;
    if (code->used)
        return user_fail_interaction(err, "the authorization code has been used");
    bool got = send_code(credential, ask, code, arena, reply, &problem);
    /* What got an answer is spent, whatever the answer was (RFC 6749 section 4.1.2). */
    code->used = got || (problem.http_status >= 400 && problem.http_status < 500);
    if (!got)
        return error_move(err, &problem);
    if (code->nonce &&
        (!reply->nonce || !secret_equal(text_of(code->nonce), text_of(reply->nonce))))
        return fail(err, AZB_ERROR_PROTOCOL,
            "the ID token's nonce is not the one of the authorization request");
    return true;
}

static const struct credential_kind authorization_code_kind = USER_KIND("authorization_code");

static bool check(const struct azb_authorization_code_options *options, struct azb_error *err)
{
    if (!options->code || !options->code[0])
        return fail(
            err, AZB_ERROR_ARGUMENT, "code is missing: give the one that came to the redirect URI");
    if (!options->redirect_uri || !options->redirect_uri[0])
        return fail(err, AZB_ERROR_ARGUMENT,
            "redirect_uri is missing: give the one of the authorization request");
    return true;
}

static struct user_credential *state_new(
    const struct azb_authorization_code_options *options, struct azb_error *err)
{
    struct azb_user_options user = AZB_USER_OPTIONS_INIT;
    user.tenant_id = options->tenant_id;
    user.client_id = options->client_id;
    user.authority_host = options->authority_host;
    user.ca_file = options->ca_file;
    user.cache = options->cache;
    struct user_credential *state = user_state_new(&user, redeem_code, err);
    if (!state)
        return NULL;
    struct code *code = arena_alloc(&state->arena, sizeof(*code));
    if (code) {
        code->code = arena_string(&state->arena, options->code);
        code->redirect_uri = arena_string(&state->arena, options->redirect_uri);
        code->code_verifier = arena_string(&state->arena, options->code_verifier);
        code->nonce = arena_string(&state->arena, options->nonce);
        state->client_secret = arena_string(&state->arena, options->client_secret);
        state->own = code;
    }
    if (!state->arena.failed)
        return state;
    user_state_free(state);
    fail_memory(err);
    return NULL;
}

struct azb_credential *authorization_code_new(const struct azb_authorization_code_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct azb_authorization_code_options own;
    if (!options_read(&own, sizeof(own), options, err) || !check(&own, err))
        return NULL;
    struct user_credential *state = state_new(&own, err);
    return state ? user_credential_new(&authorization_code_kind, state, world, err) : NULL;
}

struct azb_credential *azb_credential_authorization_code(
    const struct azb_authorization_code_options *options, struct azb_error *err)
{
    return authorization_code_new(options, NULL, err);
}
