#include "entra/user_account.h"

#include "base/crypto.h"
#include "base/error.h"

#define SCOPE_PARTS_MAX 4096
#define SILENT_TIMEOUT_MS 60000 /* for one request that nobody has to be asked for */

/* ---- The state ---- */

/* Where the strings of the options are. */
static const size_t option_strings[] = {
    offsetof(struct azb_user_options, tenant_id),
    offsetof(struct azb_user_options, client_id),
    offsetof(struct azb_user_options, authority_host),
    offsetof(struct azb_user_options, ca_file),
    offsetof(struct azb_user_options, home_account_id),
    offsetof(struct azb_user_options, username),
    offsetof(struct azb_user_options, redirect_uri),
    offsetof(struct azb_user_options, login_hint),
    offsetof(struct azb_user_options, domain_hint),
    offsetof(struct azb_user_options, prompt),
};

static bool copy_options(
    struct user_credential *state, const struct azb_user_options *options, struct azb_error *err)
{
    if (!options_read(&state->options, sizeof(state->options), options, err))
        return false;
    for (size_t i = 0; i < sizeof(option_strings) / sizeof(option_strings[0]); i++) {
        const char **string = (const char **)((char *)&state->options + option_strings[i]);
        *string = *string && **string ? arena_string(&state->arena, *string) : NULL;
    }
    if (!state->options.tenant_id)
        state->options.tenant_id = "organizations";
    return !state->arena.failed || fail_memory(err);
}

struct user_credential *user_state_new(
    const struct azb_user_options *options, user_sign_in_fn *sign_in, struct azb_error *err)
{
    struct user_credential *state = memory_alloc(sizeof(*state));
    if (!state) {
        fail_memory(err);
        return NULL;
    }
    arena_init(&state->arena, 0);
    pthread_mutex_init(&state->lock, NULL);
    state->sign_in = sign_in;
    if (copy_options(state, options, err) && flights_init(&state->sign_ins, err))
        return state;
    user_state_free(state);
    return NULL;
}

void user_secret_free(char *secret)
{
    secret_wipe_string(secret);
    memory_free(secret);
}

void user_state_free(void *context)
{
    struct user_credential *state = context;
    if (!state)
        return;
    user_secret_free(state->refresh_token);
    memory_free(state->home_account_id);
    memory_free(state->username);
    memory_free(state->name);
    memory_free(state->tenant_id);
    arena_wipe(&state->arena);
    memory_free(state);
}

struct azb_credential *user_credential_new(const struct credential_kind *kind,
    struct user_credential *state, const struct entra_environment *world, struct azb_error *err)
{
    struct credential_names names = CREDENTIAL_NAMES(state->options);
    names.tenants = AUTHORITY_ORGANIZATIONS;
    names.cache = state->options.cache;
    return credential_new(kind, state, &names, world, err);
}

/* ---- Requests ---- */

static bool scope_has(struct text scope, struct text wanted)
{
    struct text part;
    while (text_cut(&scope, ' ', &part))
        if (text_equal(part, wanted))
            return true;
    return false;
}

char *user_scope(const char *scope, struct arena *arena)
{
    scoped_buffer struct buffer out = {0};
    struct text rest = TEXT(USER_SCOPES);
    struct text part;
    buffer_init(&out, SCOPE_PARTS_MAX);
    buffer_add_string(&out, scope);
    while (text_cut(&rest, ' ', &part))
        if (!scope_has(text_of(scope), part)) {
            buffer_add_char(&out, ' ');
            buffer_add_text(&out, part);
        }
    return out.failed ? NULL : text_string(arena, buffer_text(&out));
}

bool user_request(struct azb_credential *credential, const struct token_ask *ask,
    struct token_request *request, struct azb_error *err)
{
    const struct user_credential *state = credential->state;
    if (!credential_request(credential, ask, request, err))
        return false;
    token_request_add(request, "client_info", TEXT("1"));
    if (state->client_secret)
        token_request_add(request, "client_secret", text_of(state->client_secret));
    return true;
}

bool user_fail_interaction(struct azb_error *err, const char *reason)
{
    fail(err, AZB_ERROR_AUTHENTICATION, "a person has to sign in: %s", reason);
    if (err)
        snprintf(err->code, sizeof(err->code), "interaction_required");
    return false;
}

/* ---- Refresh tokens ---- */

static const char *value_of(const struct azb_error *err, const char *key)
{
    for (size_t i = 0; i < err->value_count; i++)
        if (strcmp(err->values[i].key, key) == 0)
            return err->values[i].value;
    return "";
}

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words && strcmp(word, *words) != 0)
        words++;
    return *words != NULL;
}

/* What only the person can mend (OpenID Connect Core 1.0 section 3.1.2.6, RFC 6749 section 5.2). */
static bool needs_person(const struct azb_error *refusal)
{
    static const char *const words[] = {
        "invalid_grant", "interaction_required", "login_required", "consent_required", NULL};
    return is_one_of(value_of(refusal, "error"), words);
}

/* The refresh token is still good with these: something has to be done beside it. */
static bool is_refresh_token_spent(const struct azb_error *refusal)
{
    static const char *const kept[] = {
        "basic_action", "additional_action", "message_only", "consent_required", NULL};
    return strcmp(value_of(refusal, "error"), "invalid_grant") == 0 &&
           !is_one_of(value_of(refusal, "suberror"), kept);
}

/* From memory and from the disk, unless another thread or process has replaced it meanwhile. */
static bool drop_refresh_token(
    struct azb_credential *credential, const char *refused, struct azb_error *err)
{
    struct user_credential *state = credential->state;
    struct cache_owner owner;
    pthread_mutex_lock(&state->lock);
    if (state->refresh_token && strcmp(state->refresh_token, refused) == 0) {
        user_secret_free(state->refresh_token);
        state->refresh_token = NULL;
    }
    pthread_mutex_unlock(&state->lock);
    if (!credential->disk)
        return true;
    credential_owner(credential, &owner);
    return disk_cache_drop_refresh_token(credential->disk, &owner, refused, err);
}

/* 1, 0, -1: on the disk, where another process may have put a newer one. */
static int stored_refresh_token(
    struct azb_credential *credential, struct arena *arena, char **out, struct azb_error *err)
{
    struct user_credential *state = credential->state;
    struct azb_error problem = AZB_ERROR_INIT;
    struct cache_owner owner;
    char *id = NULL;
    if (!credential->disk || user_is_to_be_asked(state))
        return 0;
    if (!user_owner_begin(credential, arena, &owner, err))
        return -1;
    int found = disk_cache_find_refresh_token(credential->disk, &owner, arena, out, &id, &problem);
    return user_settle(state, found, &problem, err);
}

static int find_refresh_token(
    struct azb_credential *credential, struct arena *arena, char **out, struct azb_error *err)
{
    struct user_credential *state = credential->state;
    int stored = stored_refresh_token(credential, arena, out, err);
    if (stored)
        return stored;
    pthread_mutex_lock(&state->lock);
    bool there = state->refresh_token != NULL;
    *out = arena_string(arena, state->refresh_token);
    pthread_mutex_unlock(&state->lock);
    if (!there || *out)
        return there;
    fail_memory(err);
    return -1;
}

static bool send_refresh(struct azb_credential *credential, const struct token_ask *ask,
    const char *refresh_token, struct arena *arena, struct token_reply *reply,
    struct azb_error *err)
{
    struct token_request request;
    struct token_ask quick = *ask;
    int64_t soon = monotonic_ms() + SILENT_TIMEOUT_MS;
    if (soon < quick.patience.deadline_ms)
        quick.patience.deadline_ms = soon;
    if (!user_request(credential, &quick, &request, err))
        return false;
    token_request_add(&request, "grant_type", TEXT("refresh_token"));
    token_request_add(&request, "refresh_token", text_of(refresh_token));
    return token_request_send(&request, credential->http, arena, reply, err);
}

/* 1 and the reply; 0: it is of no use now, and `refusal` says why; -1 and err. */
static int redeem(struct azb_credential *credential, const struct token_ask *ask,
    const char *refresh_token, struct arena *arena, struct token_reply *reply,
    struct azb_error *refusal, struct azb_error *err)
{
    struct azb_error problem = AZB_ERROR_INIT;
    if (send_refresh(credential, ask, refresh_token, arena, reply, &problem))
        return user_remember(credential->state, reply, err) ? 1 : -1;
    if (!needs_person(&problem)) {
        error_move(err, &problem);
        return -1;
    }
    bool spent = is_refresh_token_spent(&problem);
    error_move(refusal, &problem);
    return !spent || drop_refresh_token(credential, refresh_token, err) ? 0 : -1;
}

/* As above, with whatever refresh token there is; 0 also when there is none. One that was refused
 * may be an old one, which another process has replaced: then the new one is tried. */
static int get_silently(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *refusal,
    struct azb_error *err)
{
    char *refused = NULL;
    for (int tries = 0; tries < 2; tries++) {
        char *refresh_token = NULL;
        int there = find_refresh_token(credential, arena, &refresh_token, err);
        if (there <= 0)
            return there;
        if (refused && strcmp(refused, refresh_token) == 0)
            return 0;
        int redeemed = redeem(credential, ask, refresh_token, arena, reply, refusal, err);
        if (redeemed)
            return redeemed;
        refused = refresh_token;
    }
    return 0;
}

/* ---- Getting a token ---- */

static bool may_ask(const struct user_credential *state, const struct token_ask *ask,
    const struct azb_error *refusal, struct azb_error *err)
{
    if (user_may_sign_in(state) && !ask->in_background)
        return true;
    if (!refusal->message[0])
        return user_fail_interaction(err, "there is no refresh token of the account");
    user_fail_interaction(err, refusal->message);
    snprintf(err->correlation_id, sizeof(err->correlation_id), "%s", refusal->correlation_id);
    err->claims = refusal->claims ? memory_string(refusal->claims) : NULL;
    error_add_value(err, "refresh_token", "%s", refusal->code);
    return false;
}

/* The leader's part of a sign-in; the claims of a refusal are what it has to satisfy. */
static bool sign_in(struct azb_credential *credential, const struct token_ask *ask,
    const struct azb_error *refusal, struct arena *arena, struct token_reply *reply,
    struct azb_error *err)
{
    struct user_credential *state = credential->state;
    struct token_ask own = *ask;
    if (!own.claims)
        own.claims = refusal->claims;
    return state->sign_in(credential, &own, arena, reply, err) && user_remember(state, reply, err);
}

/* One person, one sign-in: who waited for it looks for its refresh token. */
static bool sign_in_or_wait(struct azb_credential *credential, const struct token_ask *ask,
    const struct azb_error *refusal, struct arena *arena, struct token_reply *reply, bool *got,
    struct azb_error *err)
{
    struct user_credential *state = credential->state;
    struct flight *mine = NULL;
    *got = false;
    if (!may_ask(state, ask, refusal, err))
        return false;
    enum flight_outcome outcome =
        flight_board(&state->sign_ins, TEXT("sign-in"), ask->patience, &mine, err);
    if (outcome != FLIGHT_LEAD)
        return outcome != FLIGHT_FAILED;
    *got = sign_in(credential, ask, refusal, arena, reply, err);
    flight_land(&state->sign_ins, mine, *got ? NULL : err);
    return *got;
}

bool user_acquire(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    struct token_ask own = *ask;
    own.scope = user_scope(ask->scope, arena);
    if (!own.scope)
        return fail_memory(err);
    for (;;) {
        struct azb_error refusal = AZB_ERROR_INIT;
        bool got = false;
        int redeemed = get_silently(credential, &own, arena, reply, &refusal, err);
        bool go_on = redeemed > 0 || (redeemed == 0 && sign_in_or_wait(credential, &own, &refusal,
                                                           arena, reply, &got, err));
        azb_error_free(&refusal);
        if (redeemed > 0 || got || !go_on)
            return go_on;
    }
}
