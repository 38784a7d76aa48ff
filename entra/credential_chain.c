/*
 * Several credentials as one: the first that gives a token is asked from then on.
 * https://learn.microsoft.com/azure/developer/python/sdk/authentication/credential-chains
 */
#include "entra/chain.h"

#include <stdarg.h>

#include "base/error.h"

#define NOBODY SIZE_MAX

struct state {
    struct chain_member *members;
    size_t count;
    _Atomic size_t chosen; /* who gave a token; NOBODY until then */
};

bool fail_unavailable(struct azb_error *err, const char *format, ...)
{
    char message[sizeof(err->message)];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    fail(err, AZB_ERROR_CONFIGURATION, "%s", message);
    return mark_unavailable(err);
}

bool mark_unavailable(struct azb_error *err)
{
    if (err)
        snprintf(err->code, sizeof(err->code), "%s", AZB_CODE_UNAVAILABLE);
    return false;
}

bool is_unavailable(const struct azb_error *err)
{
    return strcmp(err->code, AZB_CODE_UNAVAILABLE) == 0;
}

/* ---- What each member said ---- */

/* A line for each; what one does not need of its share the next ones have. */
static bool fail_all(const struct state *state, const struct azb_error *said, struct azb_error *err)
{
    char text[sizeof(err->message)] = "no credential of the chain is available:";
    size_t used = strlen(text);
    for (size_t i = 0; i < state->count; i++) {
        const char *name = state->members[i].name;
        size_t share = (sizeof(text) - used) / (state->count - i);
        int line = snprintf(text + used, share, "\n  %s: %s", name, said[i].message);
        size_t shown = line < 0 ? 0 : (size_t)line < share ? (size_t)line : share - 1;
        used += text_whole_length((struct text){text + used, shown});
    }
    fail_unavailable(err, "%s", text);
    for (size_t i = 0; i < state->count; i++)
        error_add_value(err, state->members[i].name, "%s", said[i].message);
    return false;
}

/* The refusal stays as it is; what the members before it said goes into `values`. */
static bool fail_refused(
    const struct state *state, size_t refused, struct azb_error *said, struct azb_error *err)
{
    error_move(err, &said[refused]);
    for (size_t i = 0; i < refused; i++)
        error_add_value(err, state->members[i].name, "%s", said[i].message);
    return fail_while(err, "%s", state->members[refused].name);
}

/* ---- Asking ---- */

/* By its own way to a token, so that what it keeps, it keeps. It knows when its token is worth
 * renewing, and does so by itself in the background: the chain then only looks again soon. */
static void take_reply(const struct azb_credential *credential, const struct azb_token *token,
    struct token_reply *reply)
{
    int64_t now = clock_seconds(credential->clock);
    reply->expires_in = token->expires_on > now ? token->expires_on - now : 1;
    reply->refresh_in = token->refresh_on > now ? token->refresh_on - now : 1;
    if (reply->expires_in > LIFETIME_MAX_S)
        reply->expires_in = LIFETIME_MAX_S;
    if (reply->refresh_in > reply->expires_in)
        reply->refresh_in = reply->expires_in;
}

static bool ask_credential(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *said)
{
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    request.scope = ask->scope;
    request.claims = ask->claims;
    request.min_valid_s = ask->min_valid_s;
    request.force = ask->force;
    request.cancel = ask->patience.cancel;
    request.timeout_ms = patience_left_ms(ask->patience, said);
    if (!request.timeout_ms || !azb_credential_get_token(credential, &request, &token, said))
        return false;
    struct token_reply read = {.access_token = arena_string(arena, token.token)};
    take_reply(credential, &token, &read);
    azb_token_free(&token);
    if (!read.access_token)
        return fail_memory(said);
    *reply = read;
    return true;
}

static bool ask_member(struct chain_member *member, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *said)
{
    if (member->credential)
        return ask_credential(member->credential, ask, arena, reply, said);
    if (said)
        *said = member->problem; /* which has no claims: nobody owns anything */
    return false;
}

/* From the first on. `said` has an error for each member that was asked in vain. */
static bool ask_all(struct state *state, const struct token_ask *ask, struct arena *arena,
    struct token_reply *reply, struct azb_error *said, struct azb_error *err)
{
    for (size_t i = 0; i < state->count; i++) {
        if (ask_member(&state->members[i], ask, arena, reply, &said[i])) {
            state->chosen = i;
            return true;
        }
        if (!is_unavailable(&said[i]))
            return fail_refused(state, i, said, err);
    }
    return fail_all(state, said, err);
}

static bool acquire(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    struct state *state = credential->state;
    size_t chosen = state->chosen;
    if (chosen != NOBODY)
        return ask_member(&state->members[chosen], ask, arena, reply, err);
    struct azb_error *said = arena_array(arena, state->count, sizeof(*said));
    if (!said)
        return fail_memory(err);
    bool got = ask_all(state, ask, arena, reply, said, err);
    for (size_t i = 0; i < state->count; i++)
        azb_error_free(&said[i]);
    return got;
}

static bool account(
    struct azb_credential *credential, struct azb_account_list *out, struct azb_error *err)
{
    const struct state *state = credential->state;
    size_t chosen = state->chosen;
    if (chosen == NOBODY)
        return fail(err, AZB_ERROR_AUTHENTICATION, "no credential of the chain gave a token yet");
    return azb_credential_account(state->members[chosen].credential, out, err);
}

static void free_members(const struct chain_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        azb_credential_free(members[i].credential);
}

static void free_state(void *context)
{
    struct state *state = context;
    free_members(state->members, state->count);
    memory_free(state->members);
    memory_free(state);
}

static const struct credential_kind chain = {
    .name = "chain",
    .acquire = acquire,
    .free_state = free_state,
    .account = account,
};

/* ---- Making ---- */

static struct state *state_new(const struct chain_member *members, size_t count)
{
    struct state *state = memory_alloc(sizeof(*state));
    if (!state)
        return NULL;
    state->members = memory_alloc(count * sizeof(*members));
    if (!state->members) {
        memory_free(state);
        return NULL;
    }
    memcpy(state->members, members, count * sizeof(*members));
    state->count = count;
    state->chosen = NOBODY;
    return state;
}

struct azb_credential *chain_new(const struct chain_member *members, size_t count,
    const struct entra_environment *world, struct azb_error *err)
{
    struct state *state = state_new(members, count);
    if (!state) {
        free_members(members, count);
        fail_memory(err);
        return NULL;
    }
    struct credential_names names = {.own_name = chain.name};
    return credential_new(&chain, state, &names, world, err);
}

static bool count_check(
    struct azb_credential *const *credentials, size_t count, struct azb_error *err)
{
    if (!credentials || count == 0 || count > CHAIN_MEMBERS_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "a chain has 1 to %d credentials; %zu were given",
            CHAIN_MEMBERS_MAX, credentials ? count : 0);
    for (size_t i = 0; i < count; i++)
        if (!credentials[i])
            return fail(err, AZB_ERROR_ARGUMENT, "credential %zu of the chain is NULL", i + 1);
    return true;
}

struct azb_credential *azb_credential_chain(
    struct azb_credential *const *credentials, size_t count, struct azb_error *err)
{
    struct chain_member members[CHAIN_MEMBERS_MAX] = {0};
    if (!count_check(credentials, count, err)) {
        for (size_t i = 0; credentials && i < count; i++)
            azb_credential_free(credentials[i]);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        members[i] =
            (struct chain_member){azb_credential_kind(credentials[i]), credentials[i], {0}};
    return chain_new(members, count, NULL, err);
}
