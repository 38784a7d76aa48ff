/* The decision log: order, ids, bounds, uses, and many threads. */
#include "made_service.h"

#include <pthread.h>

#include "authorize/decision_log.h"

#define OBJECT "aaaaaaaa-0000-4000-8000-000000000001"
#define OTHER "aaaaaaaa-0000-4000-8000-000000000002"
#define SCOPE "/subscriptions/88888888-8888-8888-8888-888888888888"
#define NOW 1000

static struct decision_log *the_log;
static struct arena arena;
static struct scope scope;
static struct azb_error err;

static int start(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    err = (struct azb_error)AZB_ERROR_INIT;
    the_log = decision_log_new(NOW, &err);
    assert_non_null(the_log);
    assert_true(scope_parse(TEXT(SCOPE), &arena, &scope, &err));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    decision_log_free(the_log);
    arena_free(&arena);
    return 0;
}

static struct request request_of(const char *object_id, const char *path, int64_t now)
{
    struct request request = {
        .plane = PLANE_BATCH, .method = "GET", .path = text_of(path), .now = now};
    request.caller.kind = CALLER_APPLICATION;
    snprintf(request.caller.object_id, GUID_TEXT, "%s", object_id);
    return request;
}

static struct decision_question question_of(const char *permission)
{
    const struct rbac_operation *operation = rbac_batch_operation(permission, RBAC_DATA_ACTION);
    assert_non_null(operation);
    return (struct decision_question){.operation = operation,
        .action = operation->name,
        .kind = RBAC_DATA_ACTION,
        .scope = &scope};
}

static void allow(const char *object_id, const char *permission, int64_t now)
{
    const struct request request = request_of(object_id, "/jobs", now);
    const struct decision_question question = question_of(permission);
    decision_log_allow(the_log, &request, &question, "permission");
}

static struct decision refuse(
    const char *object_id, enum decision_outcome outcome, const char *why, int64_t now)
{
    const struct request request = request_of(object_id, "/jobs/j", now);
    const struct decision_question question = question_of("jobs/write");
    struct decision decision = {.at = now,
        .outcome = outcome,
        .plane = PLANE_BATCH,
        .status = 403,
        .method = "POST",
        .path = "/jobs/j",
        .object_id = object_id,
        .client_id = "",
        .action = question.action,
        .scope = SCOPE,
        .why_name = "explanation",
        .why = text_of(why)};
    decision_log_refuse(
        the_log, &request, outcome == DECISION_REFUSED ? NULL : &question, &decision);
    return decision;
}

static struct decision_list list_of(const struct decision_filter *filter)
{
    struct decision_list list;
    assert_true(decision_log_list(the_log, filter, &arena, &list, &err));
    assert_int_equal(decision_log_has(the_log, filter), list.count > 0);
    return list;
}

/* ---- Order, filters, ids --------------------------------------------------------------------- */

static void a_mixed_log(void)
{
    allow(OBJECT, "jobs/read", NOW + 1);
    refuse(OBJECT, DECISION_DENIED, "{\"a\":1}", NOW + 2);
    refuse("", DECISION_REFUSED, "{}", NOW + 3);
    allow(OTHER, "jobs/read", NOW + 4);
    refuse(OTHER, DECISION_WOULD_DENY, "{}", NOW + 5);
}

static void filters(void **state)
{
    static const struct {
        const char *name;
        struct decision_filter filter;
        size_t count;
        uint64_t first;
    } cases[] = {
        {"all", {0}, 5, 1},
        {"after", {.after = 3}, 2, 4},
        {"after the last", {.after = 5}, 0, 0},
        {"of a log before this one", {.after = 99}, 5, 1},
        {"since", {.since = NOW + 3}, 3, 3},
        {"of one", {.principal = {OTHER, GUID_TEXT - 1}}, 2, 4},
        {"allowed", {.wanted = DECISIONS_ALLOWED}, 2, 1},
        {"refused, and what would be", {.wanted = DECISIONS_NOT_ALLOWED}, 3, 2},
    };
    (void)state;
    a_mixed_log();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decision_list list = list_of(&cases[i].filter);
        if (list.count != cases[i].count || (list.count && list.at[0].number != cases[i].first))
            fail_msg("%s: %zu from %d", cases[i].name, list.count,
                list.count ? (int)list.at[0].number : 0);
        assert_int_equal(list.next, 5);
        assert_false(list.forgotten);
    }
}

static void what_is_kept(void **state)
{
    (void)state;
    a_mixed_log();
    struct decision_list list = list_of(&(struct decision_filter){0});
    const struct decision *allowed = &list.at[0], *denied = &list.at[1];
    assert_string_equal(allowed->path, "/jobs");
    assert_string_equal(allowed->object_id, OBJECT);
    assert_string_equal(allowed->scope, SCOPE);
    assert_string_equal(allowed->rule, "permission");
    assert_int_equal(allowed->at, NOW + 1);
    assert_int_equal(denied->status, 403);
    assert_string_equal(denied->method, "POST");
    made_text_equal(denied->why, "{\"a\":1}");
}

static void ids_lead_back(void **state)
{
    struct decision found;
    (void)state;
    a_mixed_log();
    struct decision denied = refuse(OBJECT, DECISION_DENIED, "{}", NOW + 6);
    struct decision_list list = list_of(&(struct decision_filter){0});
    for (size_t i = 0; i < list.count; i++) {
        assert_true(decision_log_find(the_log, text_of(list.at[i].id), &arena, &found));
        assert_int_equal(found.number, list.at[i].number);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(list.at[i].id, list.at[k].id);
    }
    assert_string_equal(list.at[5].id, denied.id);
}

/* Counting on or changing a digit leads nowhere. */
static void ids_cannot_be_guessed(void **state)
{
    struct decision found;
    char id[GUID_TEXT];
    (void)state;
    struct decision denied = refuse(OBJECT, DECISION_DENIED, "{}", NOW);
    refuse(OBJECT, DECISION_DENIED, "{}", NOW);
    for (size_t i = 0; i < GUID_TEXT - 1; i++) {
        memcpy(id, denied.id, GUID_TEXT);
        if (id[i] == '-')
            continue;
        id[i] = id[i] == '0' ? '1' : '0';
        assert_false(decision_log_find(the_log, text_of(id), &arena, &found));
    }
    static const char *const wrong[] = {
        "", "x", "00000000-0000-0000-0000-000000000001", "ffffffff-ffff-ffff-ffff-ffffffffffff"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(decision_log_find(the_log, text_of(wrong[i]), &arena, &found));
    struct decision_log *other = decision_log_new(NOW, &err);
    assert_false(decision_log_find(other, text_of(denied.id), &arena, &found));
    decision_log_free(other);
}

/* ---- Bounds ---------------------------------------------------------------------------------- */

static void strangers_drive_no_denial_out(void **state)
{
    struct decision found;
    (void)state;
    struct decision denied = refuse(OBJECT, DECISION_DENIED, "{}", NOW);
    for (int i = 0; i < 10 * DECISIONS_REFUSED_MAX; i++)
        refuse("", DECISION_REFUSED, "{}", NOW);
    for (int i = 0; i < 2 * DECISIONS_ALLOWED_MAX; i++)
        allow(OBJECT, "jobs/read", NOW);
    assert_true(decision_log_find(the_log, text_of(denied.id), &arena, &found));
    struct decision_list list = list_of(&(struct decision_filter){.wanted = DECISIONS_NOT_ALLOWED});
    assert_int_equal(list.count, 1 + DECISIONS_REFUSED_MAX);
    assert_true(list.forgotten);
    list = list_of(&(struct decision_filter){.wanted = DECISIONS_ALLOWED});
    assert_int_equal(list.count, DECISIONS_PAGE_MAX);
    struct decision_filter rest = {.after = list.next, .wanted = DECISIONS_ALLOWED};
    assert_int_equal(list_of(&rest).count, DECISIONS_ALLOWED_MAX - DECISIONS_PAGE_MAX);
}

static void long_explanations_are_bounded(void **state)
{
    (void)state;
    const size_t length = 64 * 1024;
    char *why = arena_alloc(&arena, length + 1);
    memset(why, ' ', length);
    for (int i = 0; i < 100; i++)
        refuse(OBJECT, DECISION_DENIED, why, NOW);
    struct decision_list list = list_of(&(struct decision_filter){0});
    assert_in_range(
        list.count, DECISIONS_DENIED_BYTES / length - 2, DECISIONS_DENIED_BYTES / length);
    assert_true(list.forgotten);
    assert_int_equal(list.at[list.count - 1].number, 100);
}

/* ---- Uses ------------------------------------------------------------------------------------ */

static struct use_list uses_of(const char *principal, int64_t since)
{
    struct use_list list;
    assert_true(decision_log_uses(the_log, text_of(principal), since, &arena, &list, &err));
    return list;
}

static void uses_are_counted(void **state)
{
    (void)state;
    for (int i = 0; i < 3000; i++) /* more than the log remembers one by one */
        allow(OBJECT, "jobs/read", NOW + i);
    refuse(OBJECT, DECISION_DENIED, "{}", NOW + 10);
    refuse(OBJECT, DECISION_WOULD_DENY, "{}", NOW + 20);
    allow(OTHER, "jobs/read", NOW);
    struct use_list list = uses_of(OBJECT, INT64_MIN);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.at[0].count, 3000);
    assert_int_equal(list.at[0].denied, 0);
    assert_int_equal(list.at[0].first, NOW);
    assert_int_equal(list.at[0].last, NOW + 2999);
    assert_int_equal(list.at[1].count, 1);
    assert_int_equal(list.at[1].denied, 1);
    assert_int_equal(list.complete_since, NOW);
    assert_false(list.forgotten);
    assert_int_equal(uses_of(OBJECT, NOW + 21).count, 1);
    assert_int_equal(uses_of(NULL, INT64_MIN).count, 3);
}

static void forgotten_uses_are_admitted(void **state)
{
    (void)state;
    for (int i = 0; i < USES_MAX + 10; i++) {
        char id[GUID_TEXT];
        snprintf(id, sizeof id, "aaaaaaaa-0000-4000-8000-%012d", i);
        allow(id, "jobs/read", NOW + i);
    }
    struct use_list list = uses_of(NULL, INT64_MIN);
    assert_int_equal(list.count, USES_MAX);
    assert_true(list.forgotten);
    assert_int_equal(list.complete_since, NOW + 10); /* the tenth, at NOW + 9, was the last to go */
}

/* ---- Memory, threads ------------------------------------------------------------------------- */

static void without_memory(void **state)
{
    (void)state;
    for (int n = 1; n < 12; n++) {
        memory_fail_after(n);
        allow(OBJECT, "jobs/read", NOW + n);
        struct decision denied = refuse(OBJECT, DECISION_DENIED, "{}", NOW + n);
        struct decision_list list;
        struct azb_error why = AZB_ERROR_INIT;
        if (!decision_log_list(the_log, &(struct decision_filter){0}, &arena, &list, &why))
            assert_int_equal(why.kind, AZB_ERROR_MEMORY);
        memory_fail_after(0);
        arena_reset(&arena);
        assert_true(scope_parse(TEXT(SCOPE), &arena, &scope, &err));
        assert_true(text_is_guid(text_of(denied.id)));
    }
}

#define THREADS 4
#define ROUNDS 2000

static void *decide(void *context)
{
    (void)context;
    for (int i = 0; i < ROUNDS; i++) {
        allow(OBJECT, i % 2 ? "jobs/read" : "jobs/write", NOW + i);
        if (i % 50 == 0)
            refuse(OTHER, DECISION_DENIED, "{}", NOW + i);
    }
    return NULL;
}

/* Whoever follows by the cursor meets every denial once, in order. */
static void a_follower_misses_nothing(void **state)
{
    pthread_t threads[THREADS];
    size_t met = 0;
    struct decision_filter filter = {.wanted = DECISIONS_NOT_ALLOWED};
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, decide, NULL), 0);
    while (met < THREADS * ROUNDS / 50) {
        struct arena own = {0};
        struct decision_list list;
        arena_init(&own, 0);
        assert_true(decision_log_list(the_log, &filter, &own, &list, &err));
        for (size_t i = 0; i < list.count; i++)
            assert_true(list.at[i].number > (i ? list.at[i - 1].number : filter.after));
        assert_true(list.next >= filter.after);
        met += list.count;
        filter.after = list.next;
        arena_free(&own);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(met, THREADS * ROUNDS / 50);
    struct use_list list = uses_of(OBJECT, INT64_MIN);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.at[0].count + list.at[1].count, THREADS * ROUNDS);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(filters),
        CASE(what_is_kept),
        CASE(ids_lead_back),
        CASE(ids_cannot_be_guessed),
        CASE(strangers_drive_no_denial_out),
        CASE(long_explanations_are_bounded),
        CASE(uses_are_counted),
        CASE(forgotten_uses_are_admitted),
        CASE(without_memory),
        CASE(a_follower_misses_nothing),
    };
    return cmocka_run_group_tests_name("server/decision_log", tests, NULL, NULL);
}
