/* One client, one credential's provider, sixteen threads: for the tsan preset above all. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "batch/client.h"
#include "entra/environment.h"

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

/* ---- All are refused together ---- */

static atomic_int tokens, refused, served;

/* Entra: token-1, token-2, ... */
static bool issue(void *context, const struct http_request *request, int64_t timeout_ms,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    (void)context;
    (void)request;
    (void)timeout_ms;
    (void)err;
    response->status = 200;
    response->body = text_of(arena_format(arena,
        "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"token-%d\"}",
        atomic_fetch_add(&tokens, 1) + 1));
    return true;
}

static void wait_until(atomic_int *number, int reached)
{
    int64_t patience = monotonic_ms() + 20000;
    while (atomic_load(number) < reached && monotonic_ms() < patience)
        sched_yield();
}

/* Batch takes token-2 only. Each thread has token-1 before the first is refused; and half of them
 * hear of it when others have the new token already. */
static bool refuse_first(void *context, const struct http_request *request, int64_t timeout_ms,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    bool is_first = false;
    (void)context;
    (void)timeout_ms;
    (void)arena;
    (void)err;
    for (size_t i = 0; i < request->header_count; i++)
        is_first |= strcmp(request->headers[i].value, "Bearer token-1") == 0;
    response->status = is_first ? 401 : 200;
    response->body = is_first ? TEXT("") : TEXT("{\"value\":[]}");
    if (!is_first) {
        atomic_fetch_add(&served, 1);
        return true;
    }
    int turn = atomic_fetch_add(&refused, 1);
    wait_until(&refused, THREADS);
    if (turn % 2)
        wait_until(&served, THREADS / 2);
    return true;
}

static void *call_once(void *context)
{
    struct azb_reply page = AZB_REPLY_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    bool got = azb_job_list(context, AZB_ARGS(job_list), &page, &err);
    azb_error_free(&err);
    azb_reply_free(&page);
    return got ? NULL : context;
}

static struct azb_credential *issuing_credential(void)
{
    struct azb_client_secret_options options = AZB_CLIENT_SECRET_OPTIONS_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    struct entra_environment world = {.http.transport = issue};
    options.tenant_id = "11111111-1111-1111-1111-111111111111";
    options.client_id = "22222222-2222-2222-2222-222222222222";
    options.client_secret = "secret";
    struct azb_credential *credential = client_secret_new(&options, &world, &err);
    assert_non_null(credential);
    return credential;
}

static void all_are_refused_and_one_token_is_asked_for(void **state)
{
    struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    pthread_t threads[THREADS];
    struct azb_credential *credential = issuing_credential();
    (void)state;
    options.account_url = "https://azb.eastus.batch.azure.com";
    options.token_provider = azb_credential_provider(credential);
    struct azb_batch *batch = batch_open(&options, refuse_first, NULL, &err);
    assert_non_null(batch);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_once, batch), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed = batch;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(atomic_load(&refused), THREADS);
    assert_int_equal(atomic_load(&tokens), 2);
    azb_batch_free(batch);
    azb_credential_free(credential);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_is_shared),
        cmocka_unit_test(all_are_refused_and_one_token_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
