/* Sixteen threads on one cache: readers and writers, what each saved is there, and (under TSan) no
 * two of them touch the same memory unguarded. */
#include "cache_folder.h"

#include <pthread.h>

#define THREADS 16
#define ROUNDS 12

struct worker {
    pthread_t thread;
    struct azb_cache *cache;
    int number;
    bool failed;
};

static bool save_and_find(struct worker *worker, int round)
{
    char home[64], secret[64];
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    snprintf(home, sizeof(home), "%d.%s", worker->number, TENANT);
    snprintf(secret, sizeof(secret), "%d-%d", worker->number, round);
    struct cache_owner owner = owner_of(home);
    struct token_reply reply = {.access_token = secret, .expires_in = 3600};
    bool same =
        disk_cache_save(worker->cache, &owner, BATCH_SCOPE, &reply, NOW, &err) &&
        disk_cache_find_token(worker->cache, &owner, BATCH_SCOPE, NOW, 0, &token, &err) == 1 &&
        strcmp(token.token, secret) == 0;
    azb_token_free(&token);
    return same;
}

static bool list(struct worker *worker)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_account_list accounts;
    bool listed = azb_cache_accounts(worker->cache, &accounts, &err);
    azb_account_list_free(&accounts);
    return listed;
}

static void *work(void *context)
{
    struct worker *worker = context;
    for (int round = 0; round < ROUNDS && !worker->failed; round++)
        worker->failed = !(save_and_find(worker, round) && list(worker));
    return NULL;
}

static void test_threads(void **unused)
{
    (void)unused;
    static struct worker workers[THREADS];
    struct folder folder;
    folder_make(&folder);
    struct azb_cache_options options = AZB_CACHE_OPTIONS_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    options.path = folder.file;
    struct azb_cache *cache = azb_cache_open(&options, &err);
    assert_non_null(cache);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.cache = cache, .number = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_false(workers[i].failed);
    }
    json_t *root = folder_json(&folder);
    assert_int_equal(json_object_size(json_object_get(root, "AccessToken")), THREADS);
    json_decref(root);
    azb_cache_free(cache);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
