/*
 * The token cache of libazb by hand, for tests against what other programs make of the same file:
 *
 *   interop_token_cache save FILE HOST CLIENT TENANT SCOPE [HOME USERNAME]   secrets from stdin
 *   interop_token_cache find FILE HOST CLIENT TENANT SCOPE [HOME]
 *   interop_token_cache refresh-token FILE HOST CLIENT TENANT SCOPE
 *   interop_token_cache accounts FILE
 *   interop_token_cache remove FILE HOME
 *   interop_token_cache many FILE HOST CLIENT TENANT SCOPE COUNT PREFIX
 *   interop_token_cache device-code FILE AUTHORITY CLIENT TENANT SCOPE   prints the code, URL and
 * token interop_token_cache refresh FILE AUTHORITY CLIENT TENANT SCOPE       never from the file's
 * tokens
 *
 * stdin of save: the access token in the first line, the refresh token in the second, if any. FILE
 * may begin with "keyring:".
 */
#include "base/error.h"
#include "base/time.h"
#include "entra/disk_cache.h"

#define LINE_MAX_SIZE 16384

static char *line_of_stdin(char *line)
{
    if (!fgets(line, LINE_MAX_SIZE, stdin))
        return NULL;
    line[strcspn(line, "\n")] = '\0';
    return line[0] ? line : NULL;
}

static void warn(void *context, const char *message)
{
    (void)context;
    fprintf(stderr, "warning: %s\n", message);
}

static struct azb_cache *open_cache(const char *path, struct azb_error *err)
{
    struct azb_cache_options options = AZB_CACHE_OPTIONS_INIT;
    bool in_keyring = strncmp(path, "keyring:", 8) == 0;
    bool automatic = strncmp(path, "auto:", 5) == 0;
    options.path = in_keyring ? path + 8 : automatic ? path + 5 : path;
    options.protection = in_keyring  ? AZB_CACHE_KEYRING
                         : automatic ? AZB_CACHE_AUTO
                                     : AZB_CACHE_FILE;
    options.warning = warn;
    return azb_cache_open(&options, err);
}

static struct cache_owner owner_of(char **arguments)
{
    return (struct cache_owner){arguments[1], arguments[2], arguments[3], NULL, NULL};
}

static int save(struct azb_cache *cache, int count, char **arguments, struct azb_error *err)
{
    char token[LINE_MAX_SIZE], refresh[LINE_MAX_SIZE], id_token[] = "e30.e30.";
    struct cache_owner owner = owner_of(arguments);
    struct token_reply reply = {.access_token = line_of_stdin(token), .expires_in = 3600};
    if (count > 6) {
        reply.refresh_token = line_of_stdin(refresh);
        reply.home_account_id = arguments[5];
        reply.username = arguments[6];
        reply.id_token = id_token;
        reply.tenant_id = arguments[3];
    }
    return disk_cache_save(cache, &owner, arguments[4], &reply, clock_seconds(NULL), err) ? 0 : 1;
}

/* `count` tokens, each with a scope of its own. */
static int many(struct azb_cache *cache, int count, char **arguments, struct azb_error *err)
{
    (void)count;
    struct cache_owner owner = owner_of(arguments);
    for (long i = 0; i < strtol(arguments[5], NULL, 10); i++) {
        char scope[256];
        struct token_reply reply = {.access_token = scope, .expires_in = 3600};
        snprintf(scope, sizeof(scope), "%s%ld", arguments[6], i);
        if (!disk_cache_save(cache, &owner, scope, &reply, clock_seconds(NULL), err))
            return 1;
    }
    return 0;
}

static int find(struct azb_cache *cache, int count, char **arguments, struct azb_error *err)
{
    struct azb_token token = AZB_TOKEN_INIT;
    struct cache_owner owner = owner_of(arguments);
    owner.home_account_id = count > 5 ? arguments[5] : NULL;
    int found =
        disk_cache_find_token(cache, &owner, arguments[4], clock_seconds(NULL), 0, &token, err);
    if (found == 1)
        printf("%s\n", token.token);
    azb_token_free(&token);
    return found < 0;
}

static int refresh_token(
    struct azb_cache *cache, int count, char **arguments, struct azb_error *err)
{
    (void)count;
    char *secret, *home;
    scoped_arena struct arena arena = {0};
    struct cache_owner owner = owner_of(arguments);
    arena_init(&arena, 0);
    int found = disk_cache_find_refresh_token(cache, &owner, &arena, &secret, &home, err);
    if (found == 1)
        printf("%s %s\n", home, secret);
    return found < 0;
}

static int accounts(struct azb_cache *cache, int count, char **arguments, struct azb_error *err)
{
    (void)count;
    (void)arguments;
    struct azb_account_list list;
    bool listed = azb_cache_accounts(cache, &list, err);
    for (size_t i = 0; listed && i < list.count; i++)
        printf("%s %s %s %s\n", list.accounts[i].home_account_id, list.accounts[i].username,
            list.accounts[i].environment,
            list.accounts[i].client_id ? list.accounts[i].client_id : "-");
    azb_account_list_free(&list);
    return !listed;
}

static int remove_account(
    struct azb_cache *cache, int count, char **arguments, struct azb_error *err)
{
    (void)count;
    return azb_cache_remove_account(cache, arguments[1], err) ? 0 : 1;
}

static void show(void *context, const struct azb_user_prompt *prompt)
{
    (void)context;
    printf("%s %s\n", prompt->user_code, prompt->url);
    fflush(stdout);
}

static struct azb_user_options user_of(struct azb_cache *cache, char **arguments)
{
    struct azb_user_options options = AZB_USER_OPTIONS_INIT;
    options.authority_host = arguments[1];
    options.client_id = arguments[2];
    options.tenant_id = arguments[3];
    options.ca_file = getenv("AZB_CA_FILE");
    options.cache = cache;
    options.user_prompt = show;
    return options;
}

static int print_token(
    struct azb_credential *credential, const char *scope, bool force, struct azb_error *err)
{
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    request.scope = scope;
    request.force = force;
    bool got = credential && azb_credential_get_token(credential, &request, &token, err);
    if (got)
        printf("%s\n", token.token);
    azb_token_free(&token);
    azb_credential_free(credential);
    return got ? 0 : 1;
}

static int device_code(struct azb_cache *cache, int count, char **arguments, struct azb_error *err)
{
    (void)count;
    struct azb_user_options options = user_of(cache, arguments);
    struct azb_credential *credential = azb_credential_device_code(&options, err);
    return print_token(credential, arguments[4], false, err);
}

static int refresh(struct azb_cache *cache, int count, char **arguments, struct azb_error *err)
{
    (void)count;
    struct azb_user_options options = user_of(cache, arguments);
    options.silent_only = true;
    struct azb_credential *credential = azb_credential_refresh_token(&options, NULL, err);
    return print_token(credential, arguments[4], true, err);
}

static const struct {
    const char *name;
    int arguments; /* FILE and those behind it, at least */
    int (*run)(struct azb_cache *cache, int count, char **arguments, struct azb_error *err);
} verbs[] = {
    {"save", 5, save},
    {"find", 5, find},
    {"refresh-token", 5, refresh_token},
    {"accounts", 1, accounts},
    {"remove", 2, remove_account},
    {"many", 7, many},
    {"device-code", 5, device_code},
    {"refresh", 5, refresh},
};

int main(int count, char **arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    for (size_t i = 0; count > 2 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(arguments[1], verbs[i].name) != 0 || count - 2 < verbs[i].arguments)
            continue;
        struct azb_cache *cache = open_cache(arguments[2], &err);
        int status = cache ? verbs[i].run(cache, count - 2, arguments + 2, &err) : 1;
        azb_cache_free(cache);
        if (status)
            fprintf(stderr, "%s: %s\n", arguments[1], err.message);
        azb_error_free(&err);
        return status;
    }
    fprintf(stderr, "usage: interop_token_cache VERB FILE ..., see tests/interop/token_cache.c\n");
    return 2;
}
