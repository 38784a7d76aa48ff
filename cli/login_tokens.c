#include "cli/login_tokens.h"

#include "base/error.h"
#include "base/http.h"
#include "base/time.h"
#include "cli/session.h"
#include "entra/disk_cache.h"

#define SCOPE_MAX 2048

static void warn(void *context, const char *message)
{
    (void)context;
    session_note("%s", message);
}

struct azb_cache *login_tokens_open(const char *tokens_in, struct azb_error *err)
{
    struct azb_cache_options options = AZB_CACHE_OPTIONS_INIT;
    options.protection =
        strcmp(tokens_in, TOKENS_IN_KEYRING) == 0 ? AZB_CACHE_KEYRING : AZB_CACHE_FILE;
    options.warning = warn;
    return azb_cache_open(&options, err);
}

const char *login_tokens_choose(const char *wanted, struct azb_cache **cache, struct azb_error *err)
{
    struct azb_error no_keyring = AZB_ERROR_INIT;
    if (wanted && strcmp(wanted, TOKENS_IN_FILE) != 0 && strcmp(wanted, TOKENS_IN_KEYRING) != 0) {
        fail(err, AZB_ERROR_ARGUMENT, "'%s' is no place for tokens: file or keyring", wanted);
        return NULL;
    }
    if (wanted)
        return (*cache = login_tokens_open(wanted, err)) ? wanted : NULL;
    *cache = login_tokens_open(TOKENS_IN_KEYRING, &no_keyring);
    if (*cache)
        return TOKENS_IN_KEYRING;
    azb_error_free(&no_keyring);
    return (*cache = login_tokens_open(TOKENS_IN_FILE, err)) ? TOKENS_IN_FILE : NULL;
}

const char *login_tokens_place(const char *tokens_in, struct arena *arena)
{
    const char *data = environment("XDG_DATA_HOME"), *home = environment("HOME");
    if (!tokens_in)
        return "memory";
    if (strcmp(tokens_in, TOKENS_IN_KEYRING) == 0)
        return "the keyring";
    return data ? arena_format(arena, "%s/azb/tokens.json", data)
                : arena_format(arena, "%s/.local/share/azb/tokens.json", home ? home : "");
}

/* ---- An application's tokens ----------------------------------------------------------------- */

/* The strings live in the arena. */
static bool owner_of(const struct login *login, struct arena *arena, struct cache_owner *owner,
    struct azb_error *err)
{
    struct url url;
    if (!url_parse(text_of(login->authority_host), &url))
        return fail(err, AZB_ERROR_CONFIGURATION, "the login '%s' has no authority that is a URL",
            login->name);
    *owner = (struct cache_owner){.environment = text_string(arena, url.host),
        .client_id = login->client_id,
        .realm = login->tenant_id,
        .home_account_id = login->home_account_id};
    return owner->environment || fail_memory(err);
}

bool login_tokens_forget(struct azb_cache *cache, const struct login *login, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct cache_owner owner;
    arena_init(&arena, 0);
    if (login->kind == LOGIN_USER)
        return azb_cache_remove_account(cache, login->home_account_id, err);
    return owner_of(login, &arena, &owner, err) && disk_cache_drop_application(cache, &owner, err);
}

static const char *scope_of(const struct azb_token_request *request, char out[SCOPE_MAX])
{
    if (request->scope)
        return request->scope;
    int length = snprintf(out, SCOPE_MAX, "%s/.default", request->resource);
    return length > 0 && length < SCOPE_MAX ? out : NULL;
}

/* Keeps it for the next process. That it cannot be kept is no reason not to use it. */
static void keep(struct login_tokens *tokens, const struct cache_owner *owner, const char *scope,
    const struct azb_token *token, int64_t asked_on)
{
    struct azb_error problem = AZB_ERROR_INIT;
    struct token_reply reply = {
        .access_token = token->token,
        .expires_in = token->expires_on - asked_on,
        .refresh_in = token->refresh_on < token->expires_on ? token->refresh_on - asked_on : 0,
    };
    if (reply.expires_in > 0 &&
        !disk_cache_save(tokens->cache, owner, scope, &reply, asked_on, &problem))
        session_note("the token cannot be kept for the next command: %s", problem.message);
    azb_error_free(&problem);
}

static bool get_token(void *context, const struct azb_token_request *request,
    struct azb_token *token, struct azb_error *err)
{
    struct login_tokens *tokens = context;
    scoped_arena struct arena arena = {0};
    struct cache_owner owner;
    char space[SCOPE_MAX];
    int64_t now = clock_seconds(NULL);
    arena_init(&arena, 0);
    const char *scope = scope_of(request, space);
    if (!scope || !tokens->cache)
        return azb_credential_get_token(tokens->credential, request, token, err);
    if (!owner_of(tokens->login, &arena, &owner, err))
        return false;
    int found = request->force || request->claims
                    ? 0
                    : disk_cache_find_token(
                          tokens->cache, &owner, scope, now, request->min_valid_s, token, err);
    if (found != 0)
        return found > 0;
    if (!azb_credential_get_token(tokens->credential, request, token, err))
        return false;
    keep(tokens, &owner, scope, token, now);
    return true;
}

struct azb_token_provider login_tokens_provider(struct login_tokens *tokens)
{
    return (struct azb_token_provider){get_token, tokens};
}
