/* Tokens in memory: when they are given out again, and one request for many who ask at once. */
#include "fake_entra.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 16
#define TOKEN(life, name)                                                                          \
    {                                                                                              \
        200, "{\"token_type\":\"Bearer\",\"access_token\":\"" name "\",\"expires_in\":" life "}",  \
            NULL                                                                                   \
    }

static const struct answer hourly[] = {
    TOKEN("3600", "first"), TOKEN("3600", "second"), TOKEN("3600", "third")};
static const struct answer ten_minutes[] = {TOKEN("600", "first"), TOKEN("600", "second")};
static const struct answer one_minute[] = {TOKEN("60", "first"), TOKEN("60", "second")};

/* After `moved_s`, with `min_valid_s`, is the first token given out again or a second one got? */
static const struct {
    const char *name;
    const struct answer *answers;
    int64_t moved_s, min_valid_s;
    const char *expected;
} ages[] = {
    {"at once", hourly, 0, 0, "first"},
    {"301 s before its end", hourly, 3600 - 302, 0, "first"},
    {"5 minutes before its end", hourly, 3600 - 300, 0, "second"},
    {"after its end", hourly, 3601, 0, "second"},
    {"asked to be good for longer", hourly, 2000, 1700, "second"},
    {"asked to be good for less", hourly, 3600 - 100, 60, "first"},
    {"10 minutes, first half", ten_minutes, 290, 0, "first"},
    {"10 minutes, second half", ten_minutes, 300, 0, "second"},
    {"1 minute, first half", one_minute, 20, 0, "first"},
    {"1 minute, second half", one_minute, 30, 0, "second"},
    {"the clock went back", hourly, -1000, 0, "first"},
    {"the clock went back a day: it had been wrong", hourly, -86400, 0, "second"},
};

static void test_ages(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(ages); i++) {
        static struct fake fake;
        fake_init(&fake, ages[i].answers, 2);
        struct azb_credential *credential = fake_credential(&fake, NULL);
        struct azb_token_request request = batch_request();
        print_message("  %s\n", ages[i].name);
        expect_token(credential, &request, "first");
        clock_move(&fake.clock, ages[i].moved_s * 1000);
        request.min_valid_s = ages[i].min_valid_s;
        expect_token(credential, &request, ages[i].expected);
        azb_credential_free(credential);
    }
}

static const struct {
    const char *name, *resource, *scope, *claims;
    bool force;
    const char *expected, *expected_then; /* and what the plain request gets afterwards */
} others[] = {
    {"the same", AZB_BATCH_RESOURCE, NULL, NULL, false, "first", "first"},
    {"the same as a scope", NULL, "https://batch.core.windows.net//.default", NULL, false, "first",
        "first"},
    {"without the slash", "https://batch.core.windows.net", NULL, NULL, false, "second", "first"},
    {"another resource", AZB_GRAPH_RESOURCE, NULL, NULL, false, "second", "first"},
    {"forced", AZB_BATCH_RESOURCE, NULL, NULL, true, "second", "second"},
    {"claims", AZB_BATCH_RESOURCE, NULL, "{}", false, "second", "second"},
};

static void test_keys(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(others); i++) {
        static struct fake fake;
        fake_init(&fake, hourly, COUNT(hourly));
        struct azb_credential *credential = fake_credential(&fake, NULL);
        struct azb_token_request request = batch_request();
        struct azb_token_request other = AZB_TOKEN_REQUEST_INIT;
        print_message("  %s\n", others[i].name);
        expect_token(credential, &request, "first");
        other.resource = others[i].resource;
        other.scope = others[i].scope;
        other.claims = others[i].claims;
        other.force = others[i].force;
        expect_token(credential, &other, others[i].expected);
        expect_token(credential, &request, others[i].expected_then);
        azb_credential_free(credential);
    }
}

static void test_the_table_itself(void **unused)
{
    (void)unused;
    enum { TOKENS = 3000 };
    struct azb_error err = AZB_ERROR_INIT;
    struct token_cache *cache = token_cache_new(&err);
    assert_non_null(cache);
    for (int i = 0; i < TOKENS; i++) {
        char key[32], value[32];
        snprintf(key, sizeof(key), "key %d", i);
        snprintf(value, sizeof(value), "token %d", i);
        struct azb_token token = {.token = value, .expires_on = i % 2 ? 1000 : 5000};
        assert_true(token_cache_put(cache, text_of(key), 0, &token));
    }
    assert_int_equal(token_cache_count(cache), TOKENS);
    for (int i = 0; i < TOKENS; i++) {
        char key[32], value[32];
        struct azb_token token = AZB_TOKEN_INIT;
        snprintf(key, sizeof(key), "key %d", i);
        snprintf(value, sizeof(value), "token %d", i);
        int found = token_cache_find(cache, text_of(key), 1000, 0, &token, &err);
        assert_int_equal(found, i % 2 ? 0 : 1);
        if (found)
            assert_string_equal(token.token, value);
        azb_token_free(&token);
    }
    /* Tokens that have expired make room for new ones. */
    for (int i = 0; i < TOKENS; i++) {
        char key[32];
        snprintf(key, sizeof(key), "new %d", i);
        struct azb_token token = {.token = key, .expires_on = 9000};
        assert_true(token_cache_put(cache, text_of(key), 1000, &token));
    }
    assert_in_range(token_cache_count(cache), TOKENS * 3 / 2, TOKENS * 3 / 2 + 1000);
    token_cache_free(cache);
    token_cache_free(NULL);
}

/* ---- Many at once ---- */

struct caller {
    pthread_t thread;
    struct fake *fake;
    struct azb_token_request request;
    bool got;
    struct azb_token token;
    struct azb_error err;
};

static void *call(void *context)
{
    struct caller *caller = context;
    caller->got = azb_credential_get_token(
        caller->fake->credential, &caller->request, &caller->token, &caller->err);
    return NULL;
}

static void start(struct caller *caller, struct fake *fake)
{
    *caller = (struct caller){.fake = fake, .request = batch_request()};
    pthread_create(&caller->thread, NULL, call, caller);
}

static void finish(struct caller *caller)
{
    pthread_join(caller->thread, NULL);
    azb_token_free(&caller->token);
}

static void wait_for_waiters(struct fake *fake, int count)
{
    int64_t patience = monotonic_ms() + 20000;
    while (flights_waiting(&fake->credential->flights) < count && monotonic_ms() < patience)
        sched_yield();
}

/* The server answers only when all the others have come and wait. */
static void all_wait(struct fake *fake, size_t number)
{
    if (number == 0)
        wait_for_waiters(fake, THREADS - 1);
}

static void all_at_once(struct fake *fake, struct caller callers[THREADS])
{
    fake->before = all_wait;
    fake_credential(fake, NULL);
    for (int i = 0; i < THREADS; i++)
        start(&callers[i], fake);
    for (int i = 0; i < THREADS; i++)
        pthread_join(callers[i].thread, NULL);
}

static void test_one_request_for_all(void **unused)
{
    (void)unused;
    static struct fake fake;
    static struct caller callers[THREADS];
    fake_init(&fake, hourly, COUNT(hourly));
    all_at_once(&fake, callers);
    assert_int_equal(fake.requests, 1);
    for (int i = 0; i < THREADS; i++) {
        assert_true(callers[i].got);
        assert_string_equal(callers[i].token.token, "first");
        azb_token_free(&callers[i].token);
    }
    azb_credential_free(fake.credential);
}

static void test_all_get_the_error(void **unused)
{
    (void)unused;
    static const struct answer refused[] = {{401,
        "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000222: Expired.\","
        "\"claims\":\"{}\"}",
        NULL}};
    static struct fake fake;
    static struct caller callers[THREADS];
    fake_init(&fake, refused, COUNT(refused));
    all_at_once(&fake, callers);
    assert_int_equal(fake.requests, 1);
    for (int i = 0; i < THREADS; i++) {
        assert_false(callers[i].got);
        assert_string_equal(callers[i].err.code, "AADSTS7000222");
        assert_string_equal(callers[i].err.claims, "{}");
        azb_error_free(&callers[i].err);
    }
    azb_credential_free(fake.credential);
}

static azb_cancel_flag cancelled;

/* The first asks and is cancelled while the second waits for it: the second then asks itself. */
static void cancel_the_first(struct fake *fake, size_t number)
{
    if (number > 0)
        return;
    wait_for_waiters(fake, 1);
    atomic_store(&cancelled, true);
}

static void wait_for_requests(struct fake *fake, size_t count)
{
    for (size_t seen = 0; seen < count;) {
        pthread_mutex_lock(&fake->lock);
        seen = fake->requests;
        pthread_mutex_unlock(&fake->lock);
        sched_yield();
    }
}

static void test_a_cancelled_leader_takes_nobody_along(void **unused)
{
    (void)unused;
    static struct fake fake;
    static struct caller first, second;
    fake_init(&fake, hourly, COUNT(hourly));
    fake.before = cancel_the_first;
    atomic_store(&cancelled, false);
    fake_credential(&fake, NULL);
    first = (struct caller){.fake = &fake, .request = batch_request()};
    first.request.cancel = &cancelled;
    pthread_create(&first.thread, NULL, call, &first);
    wait_for_requests(&fake, 1);
    start(&second, &fake);
    finish(&first);
    pthread_join(second.thread, NULL);
    assert_false(first.got);
    assert_int_equal(first.err.kind, AZB_ERROR_CANCELLED);
    assert_true(second.got);
    assert_string_equal(second.token.token, "second");
    assert_int_equal(fake.requests, 2);
    azb_token_free(&second.token);
    azb_credential_free(fake.credential);
}

static azb_cancel_flag answer_now;

static void hold(struct fake *fake, size_t number)
{
    (void)fake;
    (void)number;
    while (!atomic_load(&answer_now))
        sched_yield();
}

/* Waiters have a deadline and a flag of their own; the leader goes on. */
static void test_waiters_need_not_wait(void **unused)
{
    (void)unused;
    static struct fake fake;
    static struct caller leader, hurried, stopped;
    fake_init(&fake, hourly, COUNT(hourly));
    fake.before = hold;
    atomic_store(&answer_now, false);
    atomic_store(&cancelled, false);
    fake_credential(&fake, NULL);
    start(&leader, &fake);
    wait_for_requests(&fake, 1);
    hurried = (struct caller){.fake = &fake, .request = batch_request()};
    hurried.request.timeout_ms = 1;
    call(&hurried);
    assert_false(hurried.got);
    assert_int_equal(hurried.err.kind, AZB_ERROR_TIMEOUT);
    stopped = (struct caller){.fake = &fake, .request = batch_request()};
    stopped.request.cancel = &cancelled;
    pthread_create(&stopped.thread, NULL, call, &stopped);
    wait_for_waiters(&fake, 1);
    atomic_store(&cancelled, true);
    finish(&stopped);
    assert_int_equal(stopped.err.kind, AZB_ERROR_CANCELLED);
    atomic_store(&answer_now, true);
    pthread_join(leader.thread, NULL);
    assert_true(leader.got);
    assert_int_equal(fake.requests, 1);
    azb_token_free(&leader.token);
    azb_credential_free(fake.credential);
}

/* In the child there is neither leader nor waiter; freeing must not wait for them. */
static void test_a_fork_in_mid_flight(void **unused)
{
    (void)unused;
    static struct fake fake;
    static struct caller leader, waiter;
    int status = -1;
    fake_init(&fake, hourly, COUNT(hourly));
    fake.before = hold;
    atomic_store(&answer_now, false);
    fake_credential(&fake, NULL);
    start(&leader, &fake);
    wait_for_requests(&fake, 1);
    start(&waiter, &fake);
    wait_for_waiters(&fake, 1);
    pid_t child = fork();
    if (child == 0) {
        alarm(20);
        azb_credential_free(fake.credential);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    atomic_store(&answer_now, true);
    finish(&leader);
    finish(&waiter);
    assert_true(leader.got && waiter.got);
    azb_credential_free(fake.credential);
}

/* Readers, writers and growth at the same time, for the thread sanitizer to look at. */
static void *churn(void *context)
{
    struct fake *fake = context;
    for (int i = 0; i < 300; i++) {
        char scope[32];
        struct azb_token token = AZB_TOKEN_INIT;
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
        snprintf(scope, sizeof(scope), "scope-%d", i % 40);
        request.scope = scope;
        if (azb_credential_get_token(fake->credential, &request, &token, &err))
            assert_string_equal(token.token, "first");
        azb_token_free(&token);
    }
    return NULL;
}

static void test_many_scopes_from_many_threads(void **unused)
{
    (void)unused;
    static struct fake fake;
    pthread_t threads[THREADS];
    fake_init(&fake, hourly, 1);
    fake_credential(&fake, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, churn, &fake);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(fake.requests, 40);
    assert_int_equal(token_cache_count(fake.credential->cache), 40);
    azb_credential_free(fake.credential);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ages),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_the_table_itself),
        cmocka_unit_test(test_one_request_for_all),
        cmocka_unit_test(test_all_get_the_error),
        cmocka_unit_test(test_a_cancelled_leader_takes_nobody_along),
        cmocka_unit_test(test_waiters_need_not_wait),
        cmocka_unit_test(test_a_fork_in_mid_flight),
        cmocka_unit_test(test_many_scopes_from_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
