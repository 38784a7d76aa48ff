/* One client, one credential's provider, sixteen threads: for the tsan preset above all. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "batch/client.h"

#define THREADS 16
#define CALLS 50

static atomic_int sent, asked;
static azb_cancel_flag cancelled;

/* Half of the calls are refused at first, so that tokens are asked for by force in between. */
static bool transport(void *context, const struct http_request *request, int64_t timeout_ms,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    (void)context;
    (void)request;
    (void)timeout_ms;
    (void)err;
    response->status = atomic_fetch_add(&sent, 1) % 3 == 1 ? 401 : 200;
    response->body = text_of(arena_string(arena, "{\"value\":[{\"id\":\"a\"}]}"));
    return true;
}

static bool provider(void *context, const struct azb_token_request *request,
    struct azb_token *token, struct azb_error *err)
{
    (void)context;
    (void)request;
    atomic_fetch_add(&asked, 1);
    return azb_token_set(token, "a-token", 1, err);
}

static void *work(void *context)
{
    struct azb_reply page = AZB_REPLY_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    for (int i = 0; i < CALLS; i++) {
        bool got = azb_job_list(context, AZB_ARGS(job_list, .cancel = &cancelled), &page, &err);
        if (!got && err.kind == AZB_ERROR_CANCELLED)
            break;
        if (i == CALLS / 2 && atomic_load(&sent) > THREADS * CALLS / 2)
            atomic_store(&cancelled, true);
        azb_error_free(&err);
    }
    bool stopped = err.kind == AZB_ERROR_NONE || err.kind == AZB_ERROR_CANCELLED;
    azb_error_free(&err);
    azb_reply_free(&page);
    return stopped ? NULL : context;
}

static void a_client_is_shared(void **state)
{
    struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    pthread_t threads[THREADS];
    (void)state;
    options.account_url = "https://azb.eastus.batch.azure.com";
    options.token_provider = (struct azb_token_provider){provider, NULL};
    struct azb_batch *batch = batch_open(&options, transport, NULL, &err);
    assert_non_null(batch);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, batch), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed = batch;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_true(atomic_load(&asked) >= atomic_load(&sent));
    azb_batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_client_is_shared)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
