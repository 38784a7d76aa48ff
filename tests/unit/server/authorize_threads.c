/* Many threads check tokens and ask for permissions while roles, keys and accounts change. Run it
 * under TSan, too. */
#include "made_token.h"

#include <pthread.h>

#define THREADS 4
#define ROUNDS 200
#define CHANGES 20

static struct service service;

static int start(void **state)
{
    (void)state;
    made_start(&service);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

static bool ask_once(const char *header)
{
    static const char *const audiences[] = {BATCH, NULL};
    struct made made;
    made_request(&made, &service, PLANE_BATCH, "GET", "/jobs");
    made_header(&made, "Authorization", header);
    const struct account *account = account_default(&service);
    bool allowed = authorize_bearer(&made.request, audiences, &made.err) &&
                   authorize_batch(&made.request, account, PERMISSION_DATA, "jobs/write", false,
                       false, &made.err);
    made_free(&made);
    return allowed;
}

static void *ask(void *header)
{
    size_t refused = 0;
    for (int i = 0; i < ROUNDS; i++)
        refused += !ask_once(header);
    return (void *)(uintptr_t)refused;
}

static bool change_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    struct request request = {.service = &service, .store = connection};
    const struct account *account = account_default(&service);
    authorize_roles_changed(&request);
    account_changed(&service, connection);
    return account_set_keys(connection, account->row, "YWJj", "ZGVm", err);
}

static void test_threads(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const struct claims claims = GOOD_CLAIMS;
    char *header = arena_format(&arena, "Bearer %s", sign_for(&service, &arena, &claims));
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, header), 0);
    for (int i = 0; i < CHANGES; i++) {
        made_write(&service, change_work, NULL);
        authorizer_forget_tokens(service.authorizer);
    }
    for (int i = 0; i < THREADS; i++) {
        void *refused;
        pthread_join(threads[i], &refused);
        assert_null(refused);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests_name("server/authorize_threads", tests, start, stop);
}
