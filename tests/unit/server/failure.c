/* Injected failures: which requests a rule strikes, how often, and with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "failure.h"

static const struct {
    const char *name;
    enum plane rule_plane;
    const char *rule_method, *rule_path;
    enum plane plane;
    const char *method, *path;
    bool struck;
} fits[] = {
    {"the plane", PLANE_BATCH, "", "", PLANE_BATCH, "GET", "/jobs", true},
    {"another plane", PLANE_BATCH, "", "", PLANE_ARM, "GET", "/subscriptions", false},
    {"any plane", PLANES, "", "", PLANE_GRAPH, "GET", "/v1.0/users", true},
    {"never the controls", PLANES, "", "", PLANE_CONTROL, "GET", "/_azb/failures", false},
    {"the method", PLANE_BATCH, "POST", "", PLANE_BATCH, "POST", "/jobs", true},
    {"another method", PLANE_BATCH, "POST", "", PLANE_BATCH, "GET", "/jobs", false},
    {"the path's beginning", PLANE_BATCH, "", "/jobs", PLANE_BATCH, "GET", "/jobs/j/tasks", true},
    {"another path", PLANE_BATCH, "", "/pools", PLANE_BATCH, "GET", "/jobs", false},
};

static struct failure_rule rule_of(enum plane plane, int status, double share, int64_t left)
{
    return (struct failure_rule){
        .plane = plane, .status = status, .share = share, .left = left, .retry_after_s = -1};
}

static enum failure_effect strike(struct failures *failures, enum plane plane, const char *method,
    const char *path, struct azb_error *err)
{
    struct request request = {.plane = plane, .method = method, .path = text_of(path)};
    azb_error_free(err);
    return failures_strike(failures, &request, err);
}

static void a_rule_strikes_what_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct failures *failures = failures_new(&err);
        struct failure_rule rule = rule_of(fits[i].rule_plane, 503, 1, -1);
        print_message("%s\n", fits[i].name);
        snprintf(rule.method, sizeof rule.method, "%s", fits[i].rule_method);
        snprintf(rule.path, sizeof rule.path, "%s", fits[i].rule_path);
        assert_true(failures_add(failures, &rule, &err));
        assert_int_equal(
            strike(failures, fits[i].plane, fits[i].method, fits[i].path, &err) == FAILURE_ANSWER,
            fits[i].struck);
        azb_error_free(&err);
        failures_free(failures);
    }
}

static void shares_and_counts_are_exact(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct failures *failures = failures_new(&err);
    struct failure_rule rule = rule_of(PLANE_BATCH, 503, 0.1, 3), listed[FAILURE_RULES_MAX];
    char seen[41] = "";
    (void)state;
    assert_true(failures_add(failures, &rule, &err));
    for (size_t i = 0; i < 40; i++)
        seen[i] = strike(failures, PLANE_BATCH, "GET", "/jobs", &err) == FAILURE_NONE ? '.' : 'x';
    assert_string_equal(seen, ".........x.........x.........x..........");
    assert_int_equal(failures_list(failures, listed), 1);
    assert_int_equal(listed[0].left, 0);
    assert_int_equal(listed[0].failed, 3);
    assert_true(failures_remove(failures, rule.id));
    assert_false(failures_remove(failures, rule.id));
    azb_error_free(&err);
    failures_free(failures);
}

static const struct {
    enum plane plane;
    int status;
    const char *code;
} words[] = {
    {PLANE_BATCH, 429, "TooManyRequests"},
    {PLANE_BATCH, 500, "InternalError"},
    {PLANE_BATCH, 503, "ServerBusy"},
    {PLANE_ARM, 429, "TooManyRequests"},
    {PLANE_GRAPH, 504, "ServiceUnavailable"},
    {PLANE_ENTRA, 503, "AADSTS90033"},
};

static void each_plane_has_its_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct failures *failures = failures_new(&err);
        struct failure_rule rule = rule_of(PLANES, words[i].status, 1, 1);
        rule.retry_after_s = 7;
        assert_true(failures_add(failures, &rule, &err));
        assert_int_equal(strike(failures, words[i].plane, "GET", "/", &err), FAILURE_ANSWER);
        assert_string_equal(err.code, words[i].code);
        assert_int_equal(err.http_status, words[i].status);
        assert_int_equal(err.retry_after_ms, 7000);
        assert_int_equal(strike(failures, words[i].plane, "GET", "/", &err), FAILURE_NONE);
        azb_error_free(&err);
        failures_free(failures);
    }
}

static void there_is_an_end_to_rules(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct failures *failures = failures_new(&err);
    struct failure_rule rule = rule_of(PLANE_BATCH, 0, 1, 1);
    (void)state;
    for (size_t i = 0; i < FAILURE_RULES_MAX; i++)
        assert_true(failures_add(failures, &rule, &err));
    assert_false(failures_add(failures, &rule, &err));
    assert_int_equal(err.kind, AZB_ERROR_CONFLICT);
    assert_int_equal(strike(failures, PLANE_BATCH, "GET", "/jobs", &err), FAILURE_RESET);
    failures_clear(failures);
    assert_int_equal(strike(failures, PLANE_BATCH, "GET", "/jobs", &err), FAILURE_NONE);
    assert_int_equal(strike(NULL, PLANE_BATCH, "GET", "/jobs", &err), FAILURE_NONE);
    azb_error_free(&err);
    failures_free(failures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_strikes_what_fits),
        cmocka_unit_test(shares_and_counts_are_exact),
        cmocka_unit_test(each_plane_has_its_words),
        cmocka_unit_test(there_is_an_end_to_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
