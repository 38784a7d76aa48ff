/*
 * A service that acts for the user whose token it was given: the jwt-bearer grant as Entra has it.
 * A credential is for one user's assertion, and so are the tokens that it keeps. The refresh token
 * that came of it renews them when the assertion, an access token of an hour, has expired.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow
 */
#include "entra/client_proof.h"

#include <pthread.h>

#include "base/crypto.h"
#include "base/error.h"

#define USER_ASSERTION_MAX ((size_t)64 * 1024)

struct state {
    struct client_proof *proof;
    char *user_assertion;
    pthread_mutex_t lock;
    char *refresh_token; /* of the last answer that had one, or NULL; in memory only */
    bool has_expired;    /* the user's assertion: Entra said so */
};

/* ---- The refresh token, which outlives the user's assertion ---- */

/* Another answer's takes its place. */
static bool keep(struct state *state, const char *refresh_token, struct azb_error *err)
{
    if (!refresh_token)
        return true;
    char *copy = memory_string(refresh_token);
    if (!copy)
        return fail_memory(err);
    pthread_mutex_lock(&state->lock);
    char *old = state->refresh_token;
    state->refresh_token = copy;
    pthread_mutex_unlock(&state->lock);
    secret_wipe_string(old);
    memory_free(old);
    return true;
}

/* A copy when the assertion is of no use any more, else NULL. */
static bool find(
    struct state *state, struct arena *arena, char **refresh_token, struct azb_error *err)
{
    pthread_mutex_lock(&state->lock);
    bool is_needed = state->has_expired && state->refresh_token;
    *refresh_token = is_needed ? arena_string(arena, state->refresh_token) : NULL;
    pthread_mutex_unlock(&state->lock);
    return *refresh_token || !is_needed || fail_memory(err);
}

static bool is_expiry(const struct azb_error *problem)
{
    return strcmp(problem->code, "AADSTS500133") == 0;
}

/* ---- Both grants ---- */

static bool send(struct azb_credential *credential, const struct token_request *request,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    struct state *state = credential->state;
    return client_proof_send(state->proof, credential, request, arena, reply, err) &&
           keep(state, reply->refresh_token, err);
}

static bool by_assertion(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    const struct state *state = credential->state;
    struct token_request request;
    if (!credential_request(credential, ask, &request, err))
        return false;
    token_request_add(&request, "grant_type", TEXT("urn:ietf:params:oauth:grant-type:jwt-bearer"));
    token_request_add(&request, "assertion", text_of(state->user_assertion));
    token_request_add(&request, "requested_token_use", TEXT("on_behalf_of"));
    return send(credential, &request, arena, reply, err);
}

static bool by_refresh_token(struct azb_credential *credential, const struct token_ask *ask,
    const char *refresh_token, struct arena *arena, struct token_reply *reply,
    struct azb_error *err)
{
    struct token_request request;
    if (!credential_request(credential, ask, &request, err))
        return false;
    token_request_add(&request, "grant_type", TEXT("refresh_token"));
    token_request_add(&request, "refresh_token", text_of(refresh_token));
    return send(credential, &request, arena, reply, err) ||
           fail_while(
               err, "the user's assertion has expired; by the refresh token that came of it");
}

static bool acquire(struct azb_credential *credential, const struct token_ask *given,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    struct state *state = credential->state;
    struct azb_error problem = AZB_ERROR_INIT;
    struct token_ask ask = *given;
    char *refresh_token = NULL;
    ask.scope = arena_format(arena, "%s offline_access", given->scope);
    if (!ask.scope)
        return fail_memory(err);
    if (!find(state, arena, &refresh_token, err))
        return false;
    if (refresh_token)
        return by_refresh_token(credential, &ask, refresh_token, arena, reply, err);
    if (by_assertion(credential, &ask, arena, reply, &problem))
        return true;
    if (is_expiry(&problem)) {
        pthread_mutex_lock(&state->lock);
        state->has_expired = true;
        pthread_mutex_unlock(&state->lock);
        if (!find(state, arena, &refresh_token, &problem) || !refresh_token)
            return error_move(err, &problem);
        azb_error_free(&problem);
        return by_refresh_token(credential, &ask, refresh_token, arena, reply, err);
    }
    return error_move(err, &problem);
}

static void free_state(void *context)
{
    struct state *state = context;
    client_proof_free(state->proof);
    secret_wipe_string(state->user_assertion);
    memory_free(state->user_assertion);
    secret_wipe_string(state->refresh_token);
    memory_free(state->refresh_token);
    memory_free(state);
}

static const struct credential_kind on_behalf_of = {
    .name = "on_behalf_of",
    .acquire = acquire,
    .free_state = free_state,
};

static struct client_proof *proof_of(
    const struct azb_on_behalf_of_options *options, struct azb_error *err)
{
    int given = !!options->client_secret + !!options->certificate_path + !!options->assertion;
    if (given != 1) {
        fail(err, AZB_ERROR_ARGUMENT,
            "give one of client_secret, certificate_path and assertion: %s",
            given ? "more than one is set" : "none is set");
        return NULL;
    }
    if (options->client_secret)
        return client_proof_secret(options->client_secret, err);
    if (options->assertion)
        return client_proof_callback(options->assertion, options->assertion_context, err);
    struct certificate_source source = {
        .path = options->certificate_path,
        .password = options->certificate_password,
        .send_chain = options->send_certificate_chain,
    };
    return client_proof_certificate(&source, err);
}

static bool assertion_check(const char *assertion, struct azb_error *err)
{
    if (!assertion || !assertion[0])
        return fail(err, AZB_ERROR_ARGUMENT,
            "user_assertion is missing: give the access token that the service received");
    return strlen(assertion) <= USER_ASSERTION_MAX ||
           fail(err, AZB_ERROR_ARGUMENT, "user_assertion is longer than %zu characters",
               USER_ASSERTION_MAX);
}

static struct state *state_new(
    const struct azb_on_behalf_of_options *options, struct azb_error *err)
{
    if (!assertion_check(options->user_assertion, err))
        return NULL;
    struct state *state = memory_alloc(sizeof(*state));
    if (!state) {
        fail_memory(err);
        return NULL;
    }
    pthread_mutex_init(&state->lock, NULL);
    state->user_assertion = memory_string(options->user_assertion);
    if (!state->user_assertion)
        fail_memory(err);
    else
        state->proof = proof_of(options, err);
    if (state->proof)
        return state;
    free_state(state);
    return NULL;
}

struct azb_credential *on_behalf_of_new(const struct azb_on_behalf_of_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct azb_on_behalf_of_options own;
    if (!options_read(&own, sizeof(own), options, err))
        return NULL;
    struct state *state = state_new(&own, err);
    if (!state)
        return NULL;
    struct credential_names names = CREDENTIAL_NAMES(own);
    return credential_new(&on_behalf_of, state, &names, world, err);
}

struct azb_credential *azb_credential_on_behalf_of(
    const struct azb_on_behalf_of_options *options, struct azb_error *err)
{
    return on_behalf_of_new(options, NULL, err);
}
