/*
 * Who a user's credential stands for: what the token answers said, and what the cache knows.
 */
#include "entra/user_account.h"

#include "base/error.h"

bool user_may_sign_in(const struct user_credential *state)
{
    return state->sign_in && !state->options.silent_only;
}

/* Puts a copy of `value` into `slot`; what is NULL leaves it alone. */
static bool set_string(char **slot, const char *value)
{
    char *copy = value ? memory_string(value) : NULL;
    if (value && !copy)
        return false;
    if (copy) {
        user_secret_free(*slot);
        *slot = copy;
    }
    return true;
}

static bool is_other(const char *wanted, const char *found)
{
    return wanted && found && !string_equal_nocase(wanted, found);
}

/* The account of the answer is the one that was asked for, and the one from before. */
static bool check_account(
    struct user_credential *state, const struct token_reply *reply, struct azb_error *err)
{
    const struct azb_user_options *options = &state->options;
    const char *wanted = options->home_account_id ? options->home_account_id : options->username;
    const char *found = options->home_account_id ? reply->home_account_id : reply->username;
    if (is_other(wanted, found))
        return fail(err, AZB_ERROR_AUTHENTICATION, "'%.200s' has signed in, not '%.200s'",
            reply->username ? reply->username : found, wanted);
    pthread_mutex_lock(&state->lock);
    bool changed = is_other(state->home_account_id, reply->home_account_id);
    pthread_mutex_unlock(&state->lock);
    return !changed || fail(err, AZB_ERROR_AUTHENTICATION,
                           "another account has signed in than before: make a new credential");
}

bool user_remember(
    struct user_credential *state, const struct token_reply *reply, struct azb_error *err)
{
    if (!check_account(state, reply, err))
        return false;
    pthread_mutex_lock(&state->lock);
    bool kept = set_string(&state->refresh_token, reply->refresh_token) &&
                set_string(&state->home_account_id, reply->home_account_id) &&
                set_string(&state->username, reply->username) &&
                set_string(&state->name, reply->name) &&
                set_string(&state->tenant_id, reply->tenant_id);
    pthread_mutex_unlock(&state->lock);
    return kept || fail_memory(err);
}

/* A person whom the program wants to be asked is asked once, whatever the cache has. */
bool user_is_to_be_asked(const struct user_credential *state)
{
    return state->options.prompt && !state->home_account_id && user_may_sign_in(state);
}

/* The account's id that is known without looking anywhere; NULL is none. */
static bool known_account(
    struct user_credential *state, struct arena *arena, char **id, struct azb_error *err)
{
    pthread_mutex_lock(&state->lock);
    const char *known =
        state->home_account_id ? state->home_account_id : state->options.home_account_id;
    bool hidden = user_is_to_be_asked(state);
    *id = hidden ? NULL : arena_string(arena, known);
    pthread_mutex_unlock(&state->lock);
    return hidden || !known || *id || fail_memory(err);
}

/* The owner with what is known of the account. A tenant that is no GUID is none of a user's, whose
 * tokens are kept under the GUID. */
bool user_owner_begin(struct azb_credential *credential, struct arena *arena,
    struct cache_owner *owner, struct azb_error *err)
{
    struct user_credential *state = credential->state;
    char *id = NULL;
    credential_owner(credential, owner);
    if (!text_is_guid(text_of(owner->realm)) && strcmp(owner->realm, "adfs") != 0)
        owner->realm = NULL;
    if (!known_account(state, arena, &id, err))
        return false;
    owner->home_account_id = id;
    owner->username = id ? NULL : state->options.username;
    return true;
}

/* Several accounts are no obstacle where the person can choose. */
int user_settle(const struct user_credential *state, int found, struct azb_error *problem,
    struct azb_error *err)
{
    if (found >= 0)
        return found;
    if (strcmp(problem->code, "multiple_accounts") != 0 || !user_may_sign_in(state)) {
        error_move(err, problem);
        return -1;
    }
    azb_error_free(problem);
    return 0;
}

static bool adopt(struct user_credential *state, const char *id, struct azb_error *err)
{
    pthread_mutex_lock(&state->lock);
    bool kept = state->home_account_id || set_string(&state->home_account_id, id);
    pthread_mutex_unlock(&state->lock);
    return kept || fail_memory(err);
}

int user_owner(struct azb_credential *credential, struct arena *arena, struct cache_owner *owner,
    struct azb_error *err)
{
    struct user_credential *state = credential->state;
    struct azb_error problem = AZB_ERROR_INIT;
    char *id = NULL;
    if (!user_owner_begin(credential, arena, owner, err))
        return -1;
    if (owner->home_account_id)
        return 1;
    if (user_is_to_be_asked(state))
        return 0;
    int found = disk_cache_find_account(credential->disk, owner, arena, &id, &problem);
    found = user_settle(state, found, &problem, err);
    if (found > 0 && !adopt(state, id, err))
        return -1;
    owner->home_account_id = id;
    owner->username = NULL;
    return found;
}

/* Names that only the cache knows. */
static bool read_names(struct azb_credential *credential, struct azb_error *err)
{
    struct user_credential *state = credential->state;
    struct azb_account_list list = {NULL, 0, NULL};
    bool read = true;
    if (!credential->disk || state->username)
        return true;
    if (!azb_cache_accounts(credential->disk, &list, err))
        return false;
    for (size_t i = 0; i < list.count && state->home_account_id; i++)
        if (string_equal_nocase(list.accounts[i].home_account_id, state->home_account_id))
            read = set_string(&state->username, list.accounts[i].username) &&
                   set_string(&state->name, list.accounts[i].name) &&
                   set_string(&state->tenant_id, list.accounts[i].tenant_id);
    azb_account_list_free(&list);
    return read || fail_memory(err);
}

static bool copy_account(const struct user_credential *state, struct azb_credential *credential,
    struct arena *arena, struct azb_account *account)
{
    const struct authority_name *authority = authority_name(credential->authority);
    *account = (struct azb_account){
        .home_account_id = arena_string(arena, state->home_account_id),
        .username = arena_string(arena, state->username ? state->username : ""),
        .name = arena_string(arena, state->name),
        .tenant_id = arena_string(arena, state->tenant_id ? state->tenant_id : authority->tenant),
        .environment = arena_string(arena, authority->host),
        .client_id = arena_string(arena, credential->client_id),
    };
    return !arena->failed;
}

/* With the lock held. */
static bool list_account(struct azb_credential *credential, struct arena *arena,
    struct azb_account_list *out, struct azb_error *err)
{
    const struct user_credential *state = credential->state;
    if (!state->home_account_id)
        return fail(err, AZB_ERROR_AUTHENTICATION, "nobody has signed in yet");
    struct azb_account *account = arena_alloc(arena, sizeof(*account));
    if (!read_names(credential, err))
        return false;
    if (!account || !copy_account(state, credential, arena, account))
        return fail_memory(err);
    *out = (struct azb_account_list){account, 1, arena};
    return true;
}

bool user_account(
    struct azb_credential *credential, struct azb_account_list *out, struct azb_error *err)
{
    struct user_credential *state = credential->state;
    struct arena *arena = memory_alloc(sizeof(*arena));
    if (!arena)
        return fail_memory(err);
    arena_init(arena, 0);
    pthread_mutex_lock(&state->lock);
    bool listed = list_account(credential, arena, out, err);
    pthread_mutex_unlock(&state->lock);
    if (listed)
        return true;
    arena_free(arena);
    memory_free(arena);
    return false;
}
