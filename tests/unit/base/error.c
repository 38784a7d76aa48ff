/* Errors are values: what each filler sets and resets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* cmocka has a macro of that name */
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

static struct azb_error filled(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    fail_status(&err, 503, "ServerBusy", "the server is busy");
    snprintf(err.correlation_id, sizeof(err.correlation_id), "some-id");
    err.claims = memory_string("{}");
    err.retry_after_ms = 1000;
    error_add_value(&err, "Reason", "load is %d", 9);
    return err;
}

static void assert_reset_but_message(const struct azb_error *err)
{
    assert_int_equal(err->http_status, 0);
    assert_string_equal(err->code, "");
    assert_string_equal(err->correlation_id, "");
    assert_int_equal(err->retry_after_ms, 0);
    assert_false(err->retryable);
    assert_null(err->claims);
    assert_int_equal(err->value_count, 0);
}

static void fail_resets_the_rest(void **state)
{
    (void)state;
    struct azb_error err = filled();
    assert_int_equal(err.value_count, 1);
    assert_string_equal(err.values[0].value, "load is 9");
    assert_false(fail(&err, AZB_ERROR_ARGUMENT, "poolId \"%s\" is too long", "x"));
    assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
    assert_string_equal(err.message, "poolId \"x\" is too long");
    assert_reset_but_message(&err);
}

static void arguments_may_be_the_error_itself(void **state)
{
    (void)state;
    struct azb_error err = filled();
    assert_false(fail(&err, AZB_ERROR_NETWORK, "%s (%s)", err.message, err.code));
    assert_string_equal(err.message, "the server is busy (ServerBusy)");
    assert_false(fail_status(&err, 404, "JobNotFound", "%s", err.message));
    assert_false(fail_status(&err, 404, err.code, "%s", err.message));
    assert_string_equal(err.code, "JobNotFound");
    assert_string_equal(err.message, "the server is busy (ServerBusy)");
}

static void status_decides_kind_and_retry(void **state)
{
    (void)state;
    static const struct {
        int status;
        enum azb_error_kind kind;
        bool retryable;
    } cases[] = {
        {400, AZB_ERROR_SERVICE, false},
        {401, AZB_ERROR_AUTHENTICATION, false},
        {403, AZB_ERROR_PERMISSION, false},
        {404, AZB_ERROR_NOT_FOUND, false},
        {408, AZB_ERROR_SERVICE, true},
        {409, AZB_ERROR_CONFLICT, false},
        {412, AZB_ERROR_CONFLICT, false},
        {429, AZB_ERROR_SERVICE, true},
        {500, AZB_ERROR_SERVICE, true},
        {503, AZB_ERROR_SERVICE, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        print_message("  %d\n", cases[i].status);
        assert_false(fail_status(&err, cases[i].status, NULL, "no"));
        assert_int_equal(err.http_status, cases[i].status);
        assert_int_equal(err.kind, cases[i].kind);
        assert_int_equal(err.retryable, cases[i].retryable);
        assert_string_equal(err.code, "");
    }
}

static void context_goes_in_front(void **state)
{
    (void)state;
    struct azb_error err = filled();
    assert_false(fail_while(&err, "job \"%s\"", "j1"));
    assert_false(fail_while(&err, "adding"));
    assert_string_equal(err.message, "adding: job \"j1\": the server is busy");
    assert_string_equal(err.code, "ServerBusy");
    assert_string_equal(err.claims, "{}");
    azb_error_free(&err);
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    char text[3000];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    struct azb_error err = AZB_ERROR_INIT;
    fail_status(&err, 500, text, "%s", text);
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
    assert_int_equal(strlen(err.code), sizeof(err.code) - 1);
    fail_while(&err, "here");
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
    assert_memory_equal(err.message, "here: xxx", 9);
    fail_while(&err, "%s", text);
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
    for (int i = 0; i < 10; i++)
        error_add_value(&err, text, "%s", text);
    assert_int_equal(err.value_count, AZB_ERROR_VALUES_MAX);
    assert_int_equal(strlen(err.values[3].key), sizeof(err.values[3].key) - 1);
    assert_int_equal(strlen(err.values[3].value), sizeof(err.values[3].value) - 1);
}

/* Between two characters: half of one is no UTF-8, and no JSON. */
static void cut_between_characters(void **state)
{
    (void)state;
    char text[3001];
    for (size_t i = 0; i + 3 < sizeof(text); i += 3)
        memcpy(text + i, "\xe2\x82\xac", 4);
    for (int shift = 0; shift < 3; shift++) {
        struct azb_error err = AZB_ERROR_INIT;
        fail(&err, AZB_ERROR_IO, "%.*s%s", shift, "xy", text);
        assert_true(text_valid_utf8(text_of(err.message)));
        assert_true(strlen(err.message) > sizeof(err.message) - 4);
        fail_while(&err, "%.*s", shift, "xy");
        assert_true(text_valid_utf8(text_of(err.message)));
        error_add_value(&err, "key", "%.*s%s", shift, "xy", text);
        assert_true(text_valid_utf8(text_of(err.values[0].value)));
        azb_error_free(&err);
    }
}

static void every_kind_has_a_word(void **state)
{
    (void)state;
    for (int kind = AZB_ERROR_NONE; kind <= AZB_ERROR_MEMORY; kind++) {
        const char *text = azb_error_kind_text((enum azb_error_kind)kind);
        assert_string_not_equal(text, "unknown");
        for (int other = AZB_ERROR_NONE; other < kind; other++)
            assert_string_not_equal(text, azb_error_kind_text((enum azb_error_kind)other));
    }
    assert_string_equal(azb_error_kind_text(AZB_ERROR_PERMISSION), "permission");
    assert_string_equal(azb_error_kind_text((enum azb_error_kind)99), "unknown");
    assert_string_equal(azb_error_kind_text((enum azb_error_kind) - 1), "unknown");
}

static void nobody_needs_an_error(void **state)
{
    (void)state;
    assert_false(fail(NULL, AZB_ERROR_IO, "x"));
    assert_false(fail_status(NULL, 500, "c", "x"));
    assert_false(fail_while(NULL, "x"));
    assert_false(fail_memory(NULL));
    error_add_value(NULL, "k", "v");
    azb_error_free(NULL);
    struct azb_error err = AZB_ERROR_INIT;
    assert_false(fail_memory(&err));
    assert_int_equal(err.kind, AZB_ERROR_MEMORY);
    assert_string_not_equal(err.message, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_resets_the_rest),
        cmocka_unit_test(arguments_may_be_the_error_itself),
        cmocka_unit_test(status_decides_kind_and_retry),
        cmocka_unit_test(context_goes_in_front),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(cut_between_characters),
        cmocka_unit_test(every_kind_has_a_word),
        cmocka_unit_test(nobody_needs_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
