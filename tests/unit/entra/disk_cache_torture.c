/* Every allocation fails once: an error of kind MEMORY, the old file whole, nothing leaked. */
#include "cache_folder.h"

#include "base/arena.h"
#include "entra/foreign_cache.h"

static bool run_save(struct azb_cache *cache, struct azb_error *err)
{
    struct cache_owner owner = owner_of(NULL);
    struct token_reply reply = reply_of_user(BEN, "ben@contoso.com");
    return disk_cache_save(cache, &owner, BATCH_SCOPE, &reply, NOW, err);
}

static bool run_find(struct azb_cache *cache, struct azb_error *err)
{
    struct azb_token token = AZB_TOKEN_INIT;
    struct cache_owner owner = owner_of(ANN);
    int found = disk_cache_find_token(cache, &owner, BATCH_SCOPE, NOW, 0, &token, err);
    assert_int_not_equal(found, 0);
    azb_token_free(&token);
    return found == 1;
}

static bool run_find_refresh_token(struct azb_cache *cache, struct azb_error *err)
{
    char *secret, *home;
    scoped_arena struct arena arena = {0};
    struct cache_owner owner = owner_of(ANN);
    arena_init(&arena, 0);
    int found = disk_cache_find_refresh_token(cache, &owner, &arena, &secret, &home, err);
    assert_int_not_equal(found, 0);
    return found == 1;
}

static bool run_find_account(struct azb_cache *cache, struct azb_error *err)
{
    char *home;
    scoped_arena struct arena arena = {0};
    struct cache_owner owner = owner_of(NULL);
    arena_init(&arena, 0);
    int found = disk_cache_find_account(cache, &owner, &arena, &home, err);
    assert_int_not_equal(found, 0);
    return found == 1;
}

static bool run_accounts(struct azb_cache *cache, struct azb_error *err)
{
    struct azb_account_list list;
    bool listed = azb_cache_accounts(cache, &list, err);
    azb_account_list_free(&list);
    return listed;
}

static bool run_remove(struct azb_cache *cache, struct azb_error *err)
{
    return azb_cache_remove_account(cache, ANN, err);
}

static const struct {
    const char *name;
    bool (*run)(struct azb_cache *cache, struct azb_error *err);
} calls[] = {
    {"save", run_save},
    {"find", run_find},
    {"find a refresh token", run_find_refresh_token},
    {"find an account", run_find_account},
    {"accounts", run_accounts},
    {"remove", run_remove},
};

/* The folder with one account in it; the cache is opened while memory may fail. */
static bool attempt(struct folder *folder, size_t call, long n, struct azb_error *err)
{
    struct azb_cache_options options = AZB_CACHE_OPTIONS_INIT;
    options.path = folder->file;
    memory_fail_after(n);
    struct azb_cache *cache = azb_cache_open(&options, err);
    bool done = cache && calls[call].run(cache, err);
    memory_fail_after(0);
    azb_cache_free(cache);
    return done;
}

static void test_calls(void **unused)
{
    (void)unused;
    for (size_t call = 0; call < COUNT(calls); call++) {
        struct folder folder;
        long n = 0;
        bool done = false;
        folder_make(&folder);
        struct azb_cache *cache = folder_cache(&folder);
        struct cache_owner owner = owner_of(NULL);
        struct token_reply reply = reply_of_user(ANN, "ann@contoso.com");
        save(cache, &owner, &reply);
        azb_cache_free(cache);
        while (!done) {
            struct azb_error err = AZB_ERROR_INIT;
            done = attempt(&folder, call, ++n, &err);
            if (!done && err.kind != AZB_ERROR_MEMORY)
                fail_test("%s, allocation %ld: %s", calls[call].name, n, err.message);
            json_t *root = folder_json(&folder);
            if (!done)
                assert_int_equal(json_object_size(json_object_get(root, "Account")), 1);
            json_decref(root);
            assert_int_equal(folder_count(&folder, ""), 1);
        }
        print_message("  %s: %ld allocations failed\n", calls[call].name, n - 1);
        assert_true(n > 3);
        folder_remove(&folder);
    }
}

static const char *folder_variable;

static const char *variable(const char *name)
{
    return strcmp(name, "AZURE_CONFIG_DIR") == 0 || strcmp(name, "HOME") == 0 ? folder_variable
                                                                              : NULL;
}

static bool read_foreign(long n, struct azb_error *err)
{
    const struct entra_environment world = {.variable = variable};
    struct foreign_places places;
    struct foreign_accounts accounts;
    struct azb_token token = AZB_TOKEN_INIT;
    struct foreign_ask ask = {.scope = BATCH_SCOPE, .now = NOW};
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    memory_fail_after(n);
    bool done = foreign_places_find(&world, &arena, &places, err) &&
                foreign_accounts(&places, &arena, &accounts, err) &&
                foreign_cache_find_token(&places, &ask, &token, err) == 1;
    memory_fail_after(0);
    if (done)
        assert_int_equal(accounts.count, 2);
    azb_token_free(&token);
    return done;
}

static void test_foreign(void **unused)
{
    (void)unused;
    struct folder folder;
    char path[128];
    long n = 0;
    bool done = false;
    folder_make(&folder);
    folder_variable = folder.path;
    snprintf(folder.file, sizeof(folder.file), "%s/msal_token_cache.json", folder.path);
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    struct token_reply reply = reply_of_user(ANN, "ann@contoso.com");
    save(cache, &owner, &reply);
    azb_cache_free(cache);
    snprintf(path, sizeof(path), "%s/azureProfile.json", folder.path);
    folder_write(&folder, path,
        "{\"subscriptions\":[{\"id\":\"s\",\"name\":\"S\",\"isDefault\":true,\"tenantId\":\"" TENANT
        "\",\"environmentName\":\"AzureCloud\",\"user\":{\"name\":\"ann@contoso.com\",\"type\":"
        "\"user\"}}]}");
    snprintf(path, sizeof(path), "%s/service_principal_entries.json", folder.path);
    folder_write(
        &folder, path, "[{\"client_id\":\"id\",\"tenant\":\"t\",\"client_secret\":\"\\u0041\"}]");
    while (!done) {
        struct azb_error err = AZB_ERROR_INIT;
        done = read_foreign(++n, &err);
        if (!done && err.kind != AZB_ERROR_MEMORY)
            fail_test("allocation %ld: %s", n, err.message);
    }
    print_message("  %ld allocations failed\n", n - 1);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_foreign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
