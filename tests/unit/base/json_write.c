/* What the writer puts out is JSON, and is what was meant. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/json.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_double_written(double number, const char *expected)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer w;
    double back;
    buffer_init(&out, 100);
    json_writer_init(&w, &out, 0);
    json_write_double(&w, number);
    if (expected)
        assert_string_equal(out.at, expected);
    assert_true(json_number_to_double(buffer_text(&out), &back));
    assert_true(back == number);
}

static void doubles_are_short_and_exact(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {0.1, "0.1"},
        {0.3, "0.3"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {1e21, "1e+21"},
        {5e-324, "4.94065645841247e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {123456789, "123456789"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_double_written(cases[i].number, cases[i].text);
    uint64_t bits = 1;
    for (int i = 0; i < 20000; i++) {
        double number;
        bits = bits * 6364136223846793005U + 1442695040888963407U;
        memcpy(&number, &bits, sizeof(number));
        if (isfinite(number))
            assert_double_written(number, NULL);
    }
}

static void locale_changes_nothing(void **state)
{
    (void)state;
    static const char *const comma[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    const char *chosen = NULL;
    for (size_t i = 0; !chosen && i < COUNT(comma); i++)
        chosen = setlocale(LC_NUMERIC, comma[i]);
    if (!chosen)
        skip(); /* no such locale on this machine */
    assert_double_written(1.5, "1.5");
    assert_double_written(-1.25e-30, "-1.25e-30");
    setlocale(LC_NUMERIC, "C");
}

static void infinite_is_null(void **state)
{
    (void)state;
    scoped_buffer struct buffer out = {0};
    struct json_writer w;
    buffer_init(&out, 100);
    json_writer_init(&w, &out, 0);
    json_begin_array(&w);
    json_write_double(&w, INFINITY);
    json_write_double(&w, NAN);
    json_end_array(&w);
    assert_string_equal(out.at, "[null,null]");
}

static void writer_puts_the_commas(void **state)
{
    (void)state;
    static const struct {
        int indent;
        const char *expected;
    } cases[] = {
        {0, "{\"id\":\"j1\",\"n\":-5,\"on\":true,\"list\":[1,\"x\",null,[],{}],\"raw\":[1],"
            "\"o\":{}}"},
        {2, "{\n  \"id\": \"j1\",\n  \"n\": -5,\n  \"on\": true,\n  \"list\": [\n    1,\n    "
            "\"x\",\n    null,\n    [],\n    {}\n  ],\n  \"raw\": [1],\n  \"o\": {}\n}"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_buffer struct buffer out = {0};
        struct json_writer w;
        buffer_init(&out, 1000);
        json_writer_init(&w, &out, cases[i].indent);
        json_begin_object(&w);
        json_member(&w, "id", "j1");
        json_member(&w, "absent", NULL);
        json_member_text(&w, "absent", TEXT_NONE);
        json_member_i64(&w, "n", -5);
        json_member_bool(&w, "on", true);
        json_name(&w, "list");
        json_begin_array(&w);
        json_write_i64(&w, 1);
        json_write_text(&w, TEXT("x"));
        json_write_string(&w, NULL);
        json_begin_array(&w);
        json_end_array(&w);
        json_begin_object(&w);
        json_end_object(&w);
        json_end_array(&w);
        json_name(&w, "raw");
        json_write_raw(&w, TEXT("[1]"));
        json_name(&w, "o");
        json_begin_object(&w);
        json_end_object(&w);
        json_end_object(&w);
        assert_string_equal(out.at, cases[i].expected);
    }
}

static void written_strings_are_json(void **state)
{
    (void)state;
    const struct {
        struct text text;
        const char *expected;
    } cases[] = {
        {TEXT(""), "\"\""},
        {TEXT("plain/\x7f"), "\"plain/\x7f\""},
        {TEXT("\"\\\b\f\n\r\t\x01\x1f\0"), "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\\u0000\""},
        {TEXT("\xc3\xa9\xf0\x9f\x98\x80"), "\"\xc3\xa9\xf0\x9f\x98\x80\""},
        {TEXT("a\xff\xc3z"), "\"a\xef\xbf\xbd\xef\xbf\xbdz\""},
        {TEXT("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        scoped_buffer struct buffer out = {0};
        struct json_writer w;
        arena_init(&arena, 0);
        buffer_init(&out, 1000);
        json_writer_init(&w, &out, 0);
        json_write_text(&w, cases[i].text);
        assert_string_equal(out.at, cases[i].expected);
        assert_non_null(json_parse(buffer_text(&out), &arena, NULL));
    }
}

static void integers_are_written_whole(void **state)
{
    (void)state;
    scoped_buffer struct buffer out = {0};
    struct json_writer w;
    buffer_init(&out, 1000);
    json_writer_init(&w, &out, 0);
    json_begin_array(&w);
    json_write_i64(&w, INT64_MIN);
    json_write_i64(&w, INT64_MAX);
    json_end_array(&w);
    assert_string_equal(out.at, "[-9223372036854775808,9223372036854775807]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_are_short_and_exact),
        cmocka_unit_test(locale_changes_nothing),
        cmocka_unit_test(infinite_is_null),
        cmocka_unit_test(writer_puts_the_commas),
        cmocka_unit_test(written_strings_are_json),
        cmocka_unit_test(integers_are_written_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
