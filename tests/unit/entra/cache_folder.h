/*
 * A folder of its own for each test of the token cache on disk, the files in it, and jansson as the
 * judge of what was written.
 */
#ifndef CACHE_FOLDER_H
#define CACHE_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* cmocka's; base/error.h has its own */
#define fail_test(...)                                                                             \
    do {                                                                                           \
        print_error("ERROR: " __VA_ARGS__);                                                        \
        print_error("\n");                                                                         \
        _fail(__FILE__, __LINE__);                                                                 \
    } while (0)
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/error.h"
#include "entra/disk_cache.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOW 1800000000LL
#define HOST "login.microsoftonline.com"
#define CLIENT "22222222-2222-2222-2222-222222222222"
#define TENANT "11111111-1111-1111-1111-111111111111"
#define ANN "aaaaaaaa-0000-0000-0000-000000000001." TENANT
#define BEN "bbbbbbbb-0000-0000-0000-000000000002." TENANT
#define BATCH_SCOPE "https://batch.core.windows.net//.default"

struct folder {
    char path[64];
    char file[96];
    char warning[1024]; /* the last one */
    int warnings;
    int64_t waited_ms;
    void (*on_wait)(struct folder *folder); /* NULL, or called for each wait */
};

static inline void folder_warn(void *context, const char *message)
{
    struct folder *folder = context;
    folder->warnings++;
    snprintf(folder->warning, sizeof(folder->warning), "%s", message);
}

static inline void folder_wait(void *context, int64_t ms)
{
    struct folder *folder = context;
    folder->waited_ms += ms;
    if (folder->on_wait)
        folder->on_wait(folder);
}

static inline void folder_make(struct folder *folder)
{
    *folder = (struct folder){.path = "/tmp/azb-unit-cache.XXXXXX"};
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->file, sizeof(folder->file), "%s/tokens.json", folder->path);
}

static inline void folder_remove(struct folder *folder)
{
    char path[512];
    DIR *list = opendir(folder->path);
    assert_non_null(list);
    for (struct dirent *entry; (entry = readdir(list));) {
        snprintf(path, sizeof(path), "%s/%s", folder->path, entry->d_name);
        if (unlink(path) != 0) /* a folder that is empty by now, or "." */
            rmdir(path);
    }
    closedir(list);
    assert_int_equal(rmdir(folder->path), 0);
}

/* How many files there are whose name holds `word`. */
static inline int folder_count(struct folder *folder, const char *word)
{
    int count = 0;
    DIR *list = opendir(folder->path);
    assert_non_null(list);
    for (struct dirent *entry; (entry = readdir(list));)
        count += entry->d_name[0] != '.' && strstr(entry->d_name, word) != NULL;
    closedir(list);
    return count;
}

static inline void folder_write(struct folder *folder, const char *path, const char *content)
{
    (void)folder;
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, content, strlen(content)), (ssize_t)strlen(content));
    close(descriptor);
}

static inline char *folder_read(const char *path)
{
    static char content[1 << 20];
    int descriptor = open(path, O_RDONLY);
    assert_true(descriptor >= 0);
    ssize_t length = read(descriptor, content, sizeof(content) - 1);
    assert_true(length >= 0);
    content[length] = '\0';
    close(descriptor);
    return content;
}

/* The file as jansson understands it; json_decref() it. */
static inline json_t *folder_json(struct folder *folder)
{
    json_error_t error;
    json_t *root = json_load_file(folder->file, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        fail_test("jansson: %s, line %d", error.text, error.line);
    return root;
}

static inline struct azb_cache *folder_cache(struct folder *folder)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_cache_options options = AZB_CACHE_OPTIONS_INIT;
    struct disk_cache_wait wait = {folder_wait, folder};
    options.path = folder->file;
    options.warning = folder_warn;
    options.warning_context = folder;
    struct azb_cache *cache = disk_cache_new(&options, &wait, 0, &err);
    if (!cache)
        fail_test("%s", err.message);
    return cache;
}

static inline struct cache_owner owner_of(const char *home_account_id)
{
    return (struct cache_owner){HOST, CLIENT, TENANT, home_account_id, NULL};
}

static inline struct token_reply reply_of_app(const char *token)
{
    return (struct token_reply){.access_token = (char *)(uintptr_t)token, .expires_in = 3600};
}

#define STRING(literal) ((char *)(uintptr_t)(literal))

static inline struct token_reply reply_of_user(const char *home_account_id, const char *username)
{
    return (struct token_reply){.access_token = STRING("at-of-user"),
        .expires_in = 3600,
        .refresh_in = 1800,
        .refresh_token = STRING("rt-of-user"),
        .id_token = STRING("e30.e30."),
        .scope = STRING("https://batch.core.windows.net//user_impersonation openid"),
        .home_account_id = STRING(home_account_id),
        .username = STRING(username),
        .name = STRING("Ann"),
        .object_id = STRING("aaaaaaaa-0000-0000-0000-000000000001"),
        .tenant_id = STRING(TENANT)};
}

static inline void save(
    struct azb_cache *cache, const struct cache_owner *owner, const struct token_reply *reply)
{
    struct azb_error err = AZB_ERROR_INIT;
    if (!disk_cache_save(cache, owner, BATCH_SCOPE, reply, NOW, &err))
        fail_test("save: %s", err.message);
}

/* The token, or "" when there is none; in memory that the next call overwrites. */
static inline const char *find(
    struct azb_cache *cache, const struct cache_owner *owner, const char *scope, int64_t now)
{
    static char found[256];
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    int result = disk_cache_find_token(cache, owner, scope, now, 0, &token, &err);
    if (result < 0)
        fail_test("find: %s", err.message);
    snprintf(found, sizeof(found), "%s", result ? token.token : "");
    azb_token_free(&token);
    return found;
}

#endif
