/* The file: which one is trusted, how it is replaced, and what becomes of one that is damaged. */
#include "cache_folder.h"

#include <signal.h>
#include <sys/resource.h>

static void make_link(struct folder *folder)
{
    char target[128];
    snprintf(target, sizeof(target), "%s/target", folder->path);
    folder_write(folder, target, "{}");
    assert_int_equal(symlink(target, folder->file), 0);
}

static void make_fifo(struct folder *folder)
{
    assert_int_equal(mkfifo(folder->file, 0600), 0);
}

static void make_shared(struct folder *folder)
{
    folder_write(folder, folder->file, "{}");
    assert_int_equal(chmod(folder->file, 0620), 0);
}

static void make_large(struct folder *folder)
{
    folder_write(folder, folder->file, "{}");
    assert_int_equal(truncate(folder->file, (16 << 20) + 1), 0);
}

static const struct {
    const char *name;
    void (*make)(struct folder *folder);
    const char *word;
} refused_files[] = {
    {"a symbolic link", make_link, "symbolic link"},
    {"a pipe", make_fifo, "no regular file"},
    {"others may write it", make_shared, "others may write"},
    {"too large", make_large, "larger than 16 MB"},
};

static void test_refused_files(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(refused_files); i++) {
        struct folder folder;
        struct azb_token token = AZB_TOKEN_INIT;
        struct azb_error err = AZB_ERROR_INIT;
        print_message("  %s\n", refused_files[i].name);
        folder_make(&folder);
        refused_files[i].make(&folder);
        struct azb_cache *cache = folder_cache(&folder);
        struct cache_owner owner = owner_of(NULL);
        struct token_reply reply = reply_of_app("t");
        assert_int_equal(
            disk_cache_find_token(cache, &owner, BATCH_SCOPE, NOW, 0, &token, &err), -1);
        assert_int_equal(err.kind, AZB_ERROR_IO);
        assert_non_null(strstr(err.message, refused_files[i].word));
        assert_non_null(strstr(err.message, folder.file));
        assert_false(disk_cache_save(cache, &owner, BATCH_SCOPE, &reply, NOW, &err));
        assert_non_null(strstr(err.message, refused_files[i].word));
        assert_int_equal(folder_count(&folder, "lockfile"), 0);
        azb_cache_free(cache);
        folder_remove(&folder);
    }
}

static void test_folder(void **unused)
{
    (void)unused;
    struct folder folder;
    struct stat status;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_cache_options options = AZB_CACHE_OPTIONS_INIT;
    char path[256];
    folder_make(&folder);
    snprintf(path, sizeof(path), "%s/a/b/tokens.json", folder.path);
    options.path = path;
    struct azb_cache *cache = azb_cache_open(&options, &err);
    assert_non_null(cache);
    azb_cache_free(cache);
    snprintf(path, sizeof(path), "%s/a/b", folder.path);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(chmod(path, 0770), 0); /* the group may put files in the way */
    snprintf(path, sizeof(path), "%s/a/b/tokens.json", folder.path);
    assert_null(azb_cache_open(&options, &err));
    assert_non_null(strstr(err.message, "chmod 700"));
    options.path = "/dev/null/tokens.json";
    assert_null(azb_cache_open(&options, &err));
    assert_int_equal(err.kind, AZB_ERROR_IO);
    options.path = "/proc/azb/tokens.json"; /* nobody can make a folder there */
    assert_null(azb_cache_open(&options, &err));
    assert_non_null(strstr(err.message, "'/proc/azb'"));
    snprintf(path, sizeof(path), "%s/a/b", folder.path);
    rmdir(path);
    snprintf(path, sizeof(path), "%s/a", folder.path);
    rmdir(path);
    folder_remove(&folder);
}

static void test_default_path(void **unused)
{
    (void)unused;
    struct folder folder;
    struct azb_error err = AZB_ERROR_INIT;
    char path[256];
    folder_make(&folder);
    unsetenv("XDG_DATA_HOME");
    setenv("HOME", folder.path, 1);
    struct azb_cache *cache = azb_cache_open(NULL, &err);
    assert_non_null(cache);
    struct cache_owner owner = owner_of(NULL);
    struct token_reply reply = reply_of_app("t");
    save(cache, &owner, &reply);
    azb_cache_free(cache);
    snprintf(path, sizeof(path), "%s/.local/share/azb/tokens.json", folder.path);
    assert_int_equal(unlink(path), 0);
    static const char *const made[] = {".local/share/azb", ".local/share", ".local"};
    for (size_t i = 0; i < COUNT(made); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder.path, made[i]);
        assert_int_equal(rmdir(path), 0);
    }
    unsetenv("HOME");
    assert_null(azb_cache_open(NULL, &err));
    assert_int_equal(err.kind, AZB_ERROR_CONFIGURATION);
    folder_remove(&folder);
}

static const char *const damaged[] = {"{\"AccessToken\":{\"k\":{\"secret\":\"geheim", "[]",
    "no JSON", "{\"AccessToken\":[]}", "{\"a\":1,\"a\":2}", "\xff\xfe{}"};

/* Set aside once, with a word, and never shown. */
static void test_damaged(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(damaged); i++) {
        struct folder folder;
        print_message("  %s\n", damaged[i]);
        folder_make(&folder);
        folder_write(&folder, folder.file, damaged[i]);
        struct azb_cache *cache = folder_cache(&folder);
        struct cache_owner owner = owner_of(NULL);
        assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "");
        assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "");
        assert_int_equal(folder.warnings, 1);
        assert_non_null(strstr(folder.warning, "set aside"));
        assert_null(strstr(folder.warning, "geheim"));
        char *aside = strstr(folder.warning, ".unreadable-");
        assert_non_null(aside);
        aside = strstr(folder.warning, "as '") + 4;
        *strchr(aside, '\'') = '\0';
        assert_string_equal(folder_read(aside), damaged[i]);
        struct token_reply reply = reply_of_app("new");
        save(cache, &owner, &reply);
        assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "new");
        assert_int_equal(folder_count(&folder, ""), 2);
        azb_cache_free(cache);
        folder_remove(&folder);
    }
}

/* The first thing that is done is to save: the same. */
static void test_damaged_at_save(void **unused)
{
    (void)unused;
    struct folder folder;
    folder_make(&folder);
    folder_write(&folder, folder.file, "{\"AccessToken\":");
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    struct token_reply reply = reply_of_app("new");
    save(cache, &owner, &reply);
    assert_int_equal(folder.warnings, 1);
    assert_int_equal(folder_count(&folder, ".unreadable-"), 1);
    azb_cache_free(cache);
    folder_remove(&folder);
}

#define WHOLE                                                                                      \
    "{\"AccessToken\":{\"k\":{\"secret\":\"whole\",\"client_id\":\"" CLIENT                        \
    "\",\"realm\":\"" TENANT "\",\"environment\":\"" HOST "\",\"target\":\"" BATCH_SCOPE           \
    "\",\"cached_at\":\"1\",\"expires_on\":\"1900000000\"}}}"

static void writer_finishes(struct folder *folder)
{
    if (folder->waited_ms >= 40)
        folder_write(folder, folder->file, WHOLE);
}

/* msal-extensions writes in place: half a file, or an empty one, may be whole a moment later. */
static void test_half_written(void **unused)
{
    (void)unused;
    static const char *const halves[] = {"{\"AccessToken\":{\"k\":{\"secret\":", ""};
    for (size_t i = 0; i < COUNT(halves); i++) {
        struct folder folder;
        folder_make(&folder);
        folder_write(&folder, folder.file, halves[i]);
        folder.on_wait = writer_finishes;
        struct azb_cache *cache = folder_cache(&folder);
        struct cache_owner owner = owner_of(NULL);
        assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "whole");
        assert_int_equal(folder.warnings, 0);
        azb_cache_free(cache);
        folder_remove(&folder);
    }
}

/* Another process renames a new file into place, or writes into it with the same size and, as far
 * as the kernel's clock can tell, at the same time. */
static void test_reload(void **unused)
{
    (void)unused;
    struct folder folder;
    folder_make(&folder);
    struct azb_cache *cache = folder_cache(&folder), *other = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    char name[8];
    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof(name), "t%02d", i);
        struct token_reply reply = reply_of_app(name);
        save(other, &owner, &reply);
        assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), name);
        for (char letter = 'a'; letter < 'e'; letter++) {
            char *content = folder_read(folder.file);
            *strstr(content, name) = letter;
            folder_write(&folder, folder.file, content);
            name[0] = letter;
            assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), name);
        }
    }
    unlink(folder.file);
    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "");
    azb_cache_free(cache);
    azb_cache_free(other);
    folder_remove(&folder);
}

/* The disk is full (here: a file may not grow): an error, and the old file is whole. */
static void test_full_disk(void **unused)
{
    (void)unused;
    struct folder folder;
    struct azb_error err = AZB_ERROR_INIT;
    struct rlimit old, small;
    folder_make(&folder);
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    struct token_reply reply = reply_of_app("old"), next = reply_of_app("new");
    save(cache, &owner, &reply);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 100;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool saved = disk_cache_save(cache, &owner, BATCH_SCOPE, &next, NOW, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_false(saved);
    assert_int_equal(err.kind, AZB_ERROR_IO);
    assert_non_null(strstr(err.message, "cannot be written: File too large"));
    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "old");
    assert_int_equal(folder_count(&folder, ""), 1);
    save(cache, &owner, &next);
    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "new");
    azb_cache_free(cache);
    folder_remove(&folder);
}

/* Root may write anywhere, so it becomes somebody else for this. */
static void become(uid_t user)
{
    if (getuid() == 0)
        assert_int_equal(seteuid(user), 0);
}

static void make_read_only(struct folder *folder, const char *content)
{
    folder_make(folder);
    folder_write(folder, folder->file, content);
    if (getuid() == 0) {
        assert_int_equal(chown(folder->file, 65534, (gid_t)-1), 0);
        assert_int_equal(chown(folder->path, 65534, (gid_t)-1), 0);
    }
    assert_int_equal(chmod(folder->path, 0500), 0);
    become(65534);
}

static void remove_read_only(struct folder *folder)
{
    become(0);
    assert_int_equal(chmod(folder->path, 0700), 0);
    folder_remove(folder);
}

static void test_read_only(void **unused)
{
    (void)unused;
    struct folder folder;
    struct azb_error err = AZB_ERROR_INIT;
    make_read_only(&folder, WHOLE);
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    struct token_reply reply = reply_of_app("new");
    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "whole");
    assert_false(disk_cache_save(cache, &owner, BATCH_SCOPE, &reply, NOW, &err));
    assert_int_equal(err.kind, AZB_ERROR_IO);
    assert_non_null(strstr(err.message, "Permission denied"));
    azb_cache_free(cache);
    remove_read_only(&folder);
}

/* It cannot be set aside there: it is passed over, with one word. */
static void test_read_only_damaged(void **unused)
{
    (void)unused;
    struct folder folder;
    make_read_only(&folder, "{");
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "");
    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "");
    assert_int_equal(folder.warnings, 1);
    assert_non_null(strstr(folder.warning, "nor set aside"));
    azb_cache_free(cache);
    remove_read_only(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_default_path),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_damaged_at_save),
        cmocka_unit_test(test_half_written),
        cmocka_unit_test(test_reload),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_read_only_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
