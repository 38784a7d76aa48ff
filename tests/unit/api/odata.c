/* $select, $expand, maxresults, $filter: what is refused, with which words, and what matches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/filter.h"

static const char *value_of(const struct azb_error *err, const char *key)
{
    for (size_t i = 0; i < err->value_count; i++)
        if (strcmp(err->values[i].key, key) == 0)
            return err->values[i].value;
    return "";
}

static void assert_query_error(
    const struct azb_error *err, const char *name, const char *value, const char *reason)
{
    assert_int_equal(err->http_status, 400);
    assert_string_equal(err->code, "InvalidQueryParameterValue");
    assert_string_equal(value_of(err, "QueryParameterName"), name);
    assert_string_equal(value_of(err, "QueryParameterValue"), value);
    if (!strstr(value_of(err, "Reason"), reason))
        fail_msg("Reason is: %s", value_of(err, "Reason"));
}

static const struct {
    const char *name;
    const char *text;
    int number; /* 0: refused */
    const char *reason;
} maxresults[] = {
    {"absent", NULL, 1000, NULL},
    {"one", "1", 1, NULL},
    {"most", "1000", 1000, NULL},
    {"below", "-5", 0, "MaxResults cannot be less than 1"},
    {"zero", "0", 0, "MaxResults cannot be less than 1"},
    {"above", "1001", 0, "MaxResults cannot be greater than 1000"},
    {"no number", "ten", 0, "whole number"},
    {"empty", "", 0, "whole number"},
    {"too long", "99999999999999999999", 0, "whole number"},
};

static void test_maxresults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof maxresults / sizeof *maxresults; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        int number = 0;
        print_message("  %s\n", maxresults[i].name);
        bool good = api_maxresults_parse(text_of(maxresults[i].text), &number, &err);
        assert_int_equal(good, maxresults[i].number != 0);
        assert_int_equal(number, maxresults[i].number);
        if (!good)
            assert_query_error(&err, "maxresults", maxresults[i].text, maxresults[i].reason);
    }
}

static const struct {
    const char *name;
    const struct model *(*model)(void);
    const char *select, *expand;
    const char *at_fault, *value, *reason;
} bad_selects[] = {
    {"unknown", model_job, "id,colour", NULL, "$select", "id,colour", "\"colour\""},
    {"nothing between commas", model_job, "id,,state", NULL, "$select", "id,,state", "\"\""},
    {"names have a case", model_job, "ID", NULL, "$select", "ID", "\"ID\""},
    {"no paths", model_job, "executionInfo/poolId", NULL, "$select", "executionInfo/poolId",
        "executionInfo/poolId"},
    {"secret", model_user_account, "password", NULL, "$select", "password", "password"},
    {"other expand", model_job, NULL, "poolInfo", "$expand", "poolInfo", "Only stats"},
    {"nothing to expand", model_node, NULL, "stats", "$expand", "stats", "Nothing"},
};

static void test_bad_selects(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_selects / sizeof *bad_selects; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct api_select select;
        print_message("  %s\n", bad_selects[i].name);
        assert_false(api_select_parse(bad_selects[i].model(), text_of(bad_selects[i].select),
            text_of(bad_selects[i].expand), &select, &err));
        assert_query_error(
            &err, bad_selects[i].at_fault, bad_selects[i].value, bad_selects[i].reason);
    }
}

static const struct {
    const char *name;
    const char *list;
    const char *filter;
    const char *reason;
} bad_filters[] = {
    {"empty", "jobs", "", "A property is expected, but the filter ends here"},
    {"unknown property", "jobs", "colour eq 'red'", "jobs can be filtered by id, state"},
    {"another list's property", "jobs", "vmSize eq 'x'", "not by \"vmSize\""},
    {"names have a case", "jobs", "ID eq 'x'", "not by \"ID\""},
    {"unknown operator", "jobs", "id like 'x'", "At character 4: An operator"},
    {"operator missing", "jobs", "id", "An operator"},
    {"literal missing", "jobs", "id eq", "the filter ends here"},
    {"quote missing", "jobs", "id eq 'x", "A text in single quotes"},
    {"no quotes", "jobs", "id eq x", "A text in single quotes is expected, not \"x\""},
    {"double quotes", "jobs", "id eq \"x\"", "A text in single quotes"},
    {"state cannot be ordered", "jobs", "state gt 'active'", "state takes eq or ne, not gt"},
    {"unknown word", "jobs", "state eq 'asleep'", "state is one of active"},
    {"time as text", "jobs", "creationTime gt '2020-01-01'", "DateTime'"},
    {"no time", "jobs", "creationTime gt DateTime'yesterday'", "A time such as"},
    {"text as number", "tasks", "executionInfo/exitCode eq '1'", "A whole number"},
    {"number too large", "tasks", "executionInfo/exitCode eq 99999999999999999999", "whole number"},
    {"text as truth", "pools", "enableAutoScale eq 'true'", "true or false"},
    {"startswith a state", "jobs", "startswith(state,'a')", "state takes eq or ne, not startswith"},
    {"startswith without comma", "jobs", "startswith(id 'a')", "\",\" is expected"},
    {"startswith open", "jobs", "startswith(id,'a'", "\")\" is expected"},
    {"files by eq", "files", "name eq 'x'", "name takes startswith, not eq"},
    {"counts by ne", "nodecounts", "poolId ne 'x'", "poolId takes eq, not ne"},
    {"open parenthesis", "jobs", "(id eq 'a'", "\")\", and or or is expected"},
    {"close parenthesis", "jobs", "id eq 'a')", "the end of the filter"},
    {"two comparisons", "jobs", "id eq 'a' id eq 'b'", "and, or, or the end"},
    {"ends with and", "jobs", "id eq 'a' and ", "A property is expected"},
    {"strange sign", "jobs", "id = 'a'", "An operator"},
    {"too deep", "jobs", "((((((((((((((((((((((((((((((((((((((((id eq 'a'", "More than 32"},
};

static void test_bad_filters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_filters / sizeof *bad_filters; i++) {
        struct arena arena;
        struct azb_error err = AZB_ERROR_INIT;
        print_message("  %s\n", bad_filters[i].name);
        arena_init(&arena, 0);
        assert_null(api_filter_parse(
            api_filter_table(bad_filters[i].list), text_of(bad_filters[i].filter), &arena, &err));
        assert_query_error(&err, "$filter", bad_filters[i].filter, bad_filters[i].reason);
        arena_free(&arena);
    }
}

static struct azb_job_execution_info job_info = {
    .start_time = "2020-03-01T10:00:00Z", .pool_id = "Pool-1"};
static struct azb_job job = {.id = "Job-7",
    .state = {AZB_JOB_STATE_ACTIVE, NULL},
    .creation_time = "2020-03-01T09:59:59.1234567Z",
    .execution_info = &job_info};
static struct azb_task_execution_info task_info = {.exit_code = {true, 2},
    .retry_count = {true, 0},
    .result = {AZB_EXECUTION_RESULT_FAILURE, NULL}};
static struct azb_task task = {
    .id = "it's", .state = {AZB_TASK_STATE_COMPLETED, NULL}, .execution_info = &task_info};
static struct azb_pool pool = {
    .id = "p", .enable_auto_scale = {true, false}, .state = {-1, "sleeping"}};

static const struct {
    const char *filter;
    const char *list;
    const void *value;
    bool matches;
} matches[] = {
    {"id eq 'Job-7'", "jobs", &job, true},
    {"id eq 'job-7'", "jobs", &job, true},
    {"id eq 'job'", "jobs", &job, false},
    {"id ne 'job-8'", "jobs", &job, true},
    {"id gt 'JOB-6'", "jobs", &job, true},
    {"id ge 'job-7'", "jobs", &job, true},
    {"id lt 'job-70'", "jobs", &job, true},
    {"id le 'job-6'", "jobs", &job, false},
    {"startswith(id,'JOB')", "jobs", &job, true},
    {"startswith( id , 'ob' )", "jobs", &job, false},
    {"startswith(id,'job-7-and-more')", "jobs", &job, false},
    {"startswith(executionInfo/poolId,'pool')", "jobs", &job, true},
    {"state eq 'Active'", "jobs", &job, true},
    {"state ne 'active'", "jobs", &job, false},
    {"creationTime lt DateTime'2020-03-01T10:00:00Z'", "jobs", &job, true},
    {"creationTime lt datetime'Sun, 01 Mar 2020 10:00:00 GMT'", "jobs", &job, true},
    {"creationTime eq DateTime'2020-03-01T09:59:59.1234567Z'", "jobs", &job, true},
    {"creationTime gt DateTime'2020-03-01T10:59:59+01:00'", "jobs", &job, true},
    {"executionInfo/startTime ge DateTime'2020-03-01T10:00:00Z'", "jobs", &job, true},
    {"executionInfo/endTime lt DateTime'2099-01-01T00:00:00Z'", "jobs", &job, false},
    {"executionInfo/endTime ne DateTime'2099-01-01T00:00:00Z'", "jobs", &job, true},
    {"id eq 'x' or id eq 'job-7' and state eq 'active'", "jobs", &job, true},
    {"(id eq 'job-7' or id eq 'x') and state eq 'completed'", "jobs", &job, false},
    {"id eq 'job-7' or id eq 'x' and state eq 'completed'", "jobs", &job, true},
    {"id eq 'a' or id eq 'b' or id eq 'c'", "jobs", &job, false},
    {"((id eq 'job-7'))", "jobs", &job, true},
    {"id eq 'it''s'", "tasks", &task, true},
    {"executionInfo/exitCode eq 2", "tasks", &task, true},
    {"executionInfo/exitCode gt -1 and executionInfo/exitCode le 2", "tasks", &task, true},
    {"executionInfo/retryCount ne 0", "tasks", &task, false},
    {"executionInfo/result eq 'failure'", "tasks", &task, true},
    {"nodeInfo/poolId eq 'p'", "tasks", &task, false},
    {"nodeInfo/poolId ne 'p'", "tasks", &task, true},
    {"enableAutoScale eq false", "pools", &pool, true},
    {"enableAutoScale ne false", "pools", &pool, false},
    {"enableInterNodeCommunication eq false", "pools", &pool, false},
    {"state ne 'active'", "pools", &pool, true},
};

static void test_matches(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof matches / sizeof *matches; i++) {
        struct arena arena;
        struct azb_error err = AZB_ERROR_INIT;
        print_message("  %s\n", matches[i].filter);
        arena_init(&arena, 0);
        const struct filter *filter = api_filter_parse(
            api_filter_table(matches[i].list), text_of(matches[i].filter), &arena, &err);
        if (!filter)
            fail_msg("%s", err.message);
        assert_int_equal(api_filter_matches(filter, matches[i].value), matches[i].matches);
        arena_free(&arena);
    }
}

/* Every row of filters.def leads to a field, and its operators suit the field's type. */
static void test_tables(void **state)
{
    (void)state;
    const struct filter_table *table;
    for (size_t i = 0; (table = filter_table_at(i)) != NULL; i++)
        for (size_t at = 0; at < table->count; at++) {
            const struct field *steps[FILTER_STEPS_MAX];
            size_t count = filter_steps(table->model(), table->properties[at].path, steps);
            print_message("  %s %s\n", table->list, table->properties[at].path);
            assert_true(count > 0);
            bool is_text = filter_type_of(steps[count - 1]) == FILTER_STRING;
            assert_true(is_text || !(table->properties[at].operators & 1u << FILTER_STARTS));
        }
    assert_null(api_filter_table("applications"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_maxresults),
        cmocka_unit_test(test_bad_selects),
        cmocka_unit_test(test_bad_filters),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
