/* Numbers as written become exact numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/json.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void whole_numbers_are_exact(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"12", true, 12},
        {"1e3", true, 1000},
        {"12.0", true, 12},
        {"12.000e0", true, 12},
        {"0.5e1", true, 5},
        {"1000e-3", true, 1},
        {"1.5", false, 0},
        {"1e-1", false, 0},
        {"9007199254740993", true, 9007199254740993},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"-9223372036854775808", true, INT64_MIN},
        {"-9223372036854775809", false, 0},
        {"-9223372036854775808.000", true, INT64_MIN},
        {"922337203685477580.7e1", true, INT64_MAX},
        {"18446744073709551617", false, 0},
        {"1e18", true, 1000000000000000000},
        {"1e19", false, 0},
        {"1000000000000000000000000e-24", true, 1},
        {"0.000000000000000000000001e24", true, 1},
        {"0e99999999999999999999999999", true, 0},
        {"0.000", true, 0},
        {"1e99999999999999999999999999", false, 0},
        {"1e-99999999999999999999999999", false, 0},
        {"01", false, 0},
        {"1.", false, 0},
        {".5", false, 0},
        {"1e", false, 0},
        {"+1", false, 0},
        {"1 ", false, 0},
        {"", false, 0},
        {"-", false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t value = 42;
        print_message("  %s\n", cases[i].text);
        assert_int_equal(json_number_to_i64(text_of(cases[i].text), &value), cases[i].ok);
        assert_true(value == (cases[i].ok ? cases[i].value : 42));
    }
}

static void long_fractions_count_in_full(void **state)
{
    (void)state;
    int64_t value = 42;
    scoped_buffer struct buffer number = {0};
    buffer_init(&number, 10000);
    buffer_format(&number, "0.%01200d1e1201", 0);
    assert_true(json_number_to_i64(buffer_text(&number), &value));
    assert_int_equal(value, 1);
    buffer_reset(&number);
    buffer_format(&number, "0.%01200d1e1200", 0);
    assert_false(json_number_to_i64(buffer_text(&number), &value));
}

static void doubles(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        double value;
    } cases[] = {
        {"0", true, 0},
        {"1.5", true, 1.5},
        {"-2.25e2", true, -225},
        {"1e308", true, 1e308},
        {"1e309", false, 0},
        {"-1e309", false, 0},
        {"1e-400", true, 0},
        {"0.1000000000000000055511151231257827021181583404541015625000000000000000", true, 0.1},
        {"nan", false, 0},
        {"0x10", false, 0},
        {"1,5", false, 0},
        {"", false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double value = 42;
        print_message("  %s\n", cases[i].text);
        assert_int_equal(json_number_to_double(text_of(cases[i].text), &value), cases[i].ok);
        assert_true(value == (cases[i].ok ? cases[i].value : 42));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_are_exact),
        cmocka_unit_test(long_fractions_count_in_full),
        cmocka_unit_test(doubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
