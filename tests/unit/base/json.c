/* The reader, the tree and the writer. What is valid JSON is compared with jansson elsewhere. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/json.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void problems_have_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *input;
        const char *message;
    } cases[] = {
        {"", "line 1, column 1: expected a value, but the text ends"},
        {"  ", "line 1, column 3: expected a value, but the text ends"},
        {"{\n  \"a\": ?\n}", "line 2, column 8: expected a value"},
        {"{\"\xc3\xa9\": ?}", "line 1, column 7: expected a value"},
        {"[1 2]", "line 1, column 4: expected ',' or ']'"},
        {"[1,]", "line 1, column 4: expected a value"},
        {"{\"a\" 1}", "line 1, column 6: expected ':' after the member name"},
        {"{\"a\":1 \"b\":2}", "line 1, column 8: expected ',' or '}'"},
        {"{a:1}", "line 1, column 2: expected a member name in quotes"},
        {"{\"a\":1,}", "line 1, column 8: expected a member name in quotes"},
        {"\"abc", "line 1, column 1: the string has no closing quote"},
        {"\"abc\\", "line 1, column 1: the string has no closing quote"},
        {"\"a\tb\"", "line 1, column 3: a control character in a string must be escaped"},
        {"\"a\\x\"", "line 1, column 3: an escape that JSON does not have"},
        {"\"a\\u12g4\"", "line 1, column 3: \\u needs four hexadecimal digits"},
        {"\"a\\ud800\"", "line 1, column 3: half of a surrogate pair"},
        {"\"\xc3\xa9\xff\"", "line 1, column 3: a string is not UTF-8"},
        {"01", "line 1, column 1: a number that JSON does not have"},
        {"-", "line 1, column 1: a number that JSON does not have"},
        {"tru", "line 1, column 1: a word that is not true, false or null"},
        {"1 1", "line 1, column 3: something follows the value"},
        {"[{\"\\u0061\":1,\"\\u0061\":3}]",
            "line 1, column 24: the member \"a\" is there twice in one object"},
        {"[{\"\\u0061\":1,\"a\":3}]",
            "line 1, column 14: the member \"a\" is there twice in one object"},
        {"{\"a\":1,\n\"b\":2,\"a\":3}",
            "line 2, column 7: the member \"a\" is there twice in one object"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena;
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        assert_null(json_parse(text_of(cases[i].input), &arena, &err));
        assert_int_equal(err.kind, AZB_ERROR_PROTOCOL);
        assert_string_equal(err.message, cases[i].message);
    }
}

static void a_document_is_pulled(void **state)
{
    (void)state;
    struct json_reader r;
    struct text name, id = TEXT_NONE, number = TEXT_NONE, raw = TEXT_NONE;
    bool flag = false;
    int elements = 0;
    scoped_arena struct arena arena;
    arena_init(&arena, 0);
    json_reader_init(&r,
        TEXT(" {\"id\":\"t\\u00e91\",\"n\":-1.50e2 ,\"f\":true,\"list\":[1,[],{\"x\":{}}],"
             "\"raw\": {\"a\" : [ ]} ,\"skip\":[{\"\\n\":null}],\"z\":null}\n"),
        &arena);
    assert_true(json_enter_object(&r));
    while (json_next_member(&r, &name)) {
        if (text_is(name, "id"))
            assert_true(json_read_string(&r, &id));
        else if (text_is(name, "n"))
            assert_true(json_read_number(&r, &number));
        else if (text_is(name, "f"))
            assert_true(json_read_bool(&r, &flag));
        else if (text_is(name, "raw"))
            assert_true(json_read_raw(&r, &raw));
        else if (text_is(name, "z"))
            assert_true(json_read_null(&r));
        else if (text_is(name, "list")) {
            assert_true(json_enter_array(&r));
            for (; json_next_element(&r); elements++)
                assert_true(json_skip(&r));
        } else
            assert_true(json_skip(&r));
    }
    assert_true(json_reader_end(&r));
    assert_false(json_read_failed(&r, NULL));
    assert_true(text_is(id, "t\xc3\xa9"
                            "1"));
    assert_true(text_is(number, "-1.50e2"));
    assert_true(flag);
    assert_int_equal(elements, 3);
    assert_true(text_is(raw, "{\"a\" : [ ]}"));
}

static void a_wrong_type_is_a_problem(void **state)
{
    (void)state;
    struct json_reader r;
    struct text text = TEXT("untouched");
    bool flag = true;
    struct azb_error err = AZB_ERROR_INIT;
    json_reader_init(&r, TEXT("  12"), NULL);
    assert_false(json_read_string(&r, &text));
    assert_false(json_read_number(&r, &text));
    assert_false(json_read_bool(&r, &flag));
    assert_false(json_enter_object(&r));
    assert_false(json_next_member(&r, &text));
    assert_false(json_skip(&r));
    assert_false(json_reader_end(&r));
    assert_true(json_read_failed(&r, &err));
    assert_string_equal(err.message, "line 1, column 3: expected a string");
    assert_true(text_is(text, "untouched"));
}

static void strings_without_escapes_are_not_copied(void **state)
{
    (void)state;
    struct json_reader r;
    struct text text;
    const char input[] = "\"a string that is long enough \xe2\x82\xac\"";
    scoped_arena struct arena arena;
    arena_init(&arena, 0);
    json_reader_init(&r, text_of(input), &arena);
    assert_true(json_read_string(&r, &text));
    assert_ptr_equal(text.at, input + 1);
    assert_int_equal(arena.used, 0);
}

static void escapes_are_decoded(void **state)
{
    (void)state;
    const struct {
        const char *input;
        struct text value;
    } cases[] = {
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", TEXT("\"\\/\b\f\n\r\t")},
        {"\"\\u0041\\u00e9\\u20AC\\uFFFF\"", TEXT("A\xc3\xa9\xe2\x82\xac\xef\xbf\xbf")},
        {"\"\\ud83d\\uDE00\"", TEXT("\xf0\x9f\x98\x80")},
        {"\"\\udbff\\udfff!\"", TEXT("\xf4\x8f\xbf\xbf!")},
        {"\"a\\u0000b\"", TEXT("a\0b")},
        {"\"1234567\\\"890123456\\\\\"", TEXT("1234567\"890123456\\")},
        {"\"\xc3\xa9\\n\xc3\xa9\"", TEXT("\xc3\xa9\n\xc3\xa9")},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena;
        arena_init(&arena, 0);
        const struct json *value = json_parse(text_of(cases[i].input), &arena, NULL);
        assert_non_null(value);
        assert_true(text_equal(value->text, cases[i].value));
    }
}

/* The quote is found wherever it lies in a word of eight bytes, whatever stands before it. */
static void strings_end_anywhere(void **state)
{
    (void)state;
    static const char *const fillers[] = {"x", "!", "#", "~", "\x7f", "\xc3\xa9", "[", "]"};
    for (size_t f = 0; f < COUNT(fillers); f++)
        for (size_t length = 0; length < 40; length++) {
            scoped_arena struct arena arena;
            scoped_buffer struct buffer document;
            arena_init(&arena, 0);
            buffer_init(&document, 1000);
            buffer_add_char(&document, '"');
            for (size_t i = 0; i < length; i++)
                buffer_add_string(&document, fillers[f]);
            buffer_add_string(&document, "\"");
            char *exact = arena_copy(&arena, document.at, document.length);
            const struct json *value =
                json_parse((struct text){exact, document.length}, &arena, NULL);
            assert_non_null(value);
            assert_int_equal(value->text.length, document.length - 2);
            assert_null(json_parse((struct text){exact, document.length - 1}, &arena, NULL));
        }
}

static void nested(struct buffer *out, int depth, char open, char close)
{
    buffer_reset(out);
    for (int i = 0; i < depth; i++)
        buffer_add_char(out, open);
    for (int i = 0; i < depth; i++)
        buffer_add_char(out, close);
}

static void depth_has_a_limit(void **state)
{
    (void)state;
    scoped_arena struct arena arena;
    scoped_buffer struct buffer document;
    struct azb_error err = AZB_ERROR_INIT;
    struct json_reader r;
    arena_init(&arena, 0);
    buffer_init(&document, 1 << 20);
    nested(&document, JSON_DEPTH_MAX, '[', ']');
    assert_non_null(json_parse(buffer_text(&document), &arena, &err));
    nested(&document, JSON_DEPTH_MAX + 1, '[', ']');
    assert_null(json_parse(buffer_text(&document), &arena, &err));
    assert_non_null(strstr(err.message, "64"));
    nested(&document, 100000, '[', ']');
    json_reader_init(&r, buffer_text(&document), &arena);
    assert_false(json_skip(&r));
}

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

static void assert_double_written(double number, const char *expected)
{
    scoped_buffer struct buffer out;
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
    scoped_buffer struct buffer out;
    struct json_writer w;
    buffer_init(&out, 100);
    json_writer_init(&w, &out, 0);
    json_begin_array(&w);
    json_write_double(&w, INFINITY);
    json_write_double(&w, NAN);
    json_end_array(&w);
    assert_string_equal(out.at, "[null,null]");
}

static void tree_is_asked(void **state)
{
    (void)state;
    scoped_arena struct arena arena;
    arena_init(&arena, 0);
    const struct json *v = json_parse(TEXT("{\"a\":{\"b\":{\"c\":\"deep\"}},\"N\":7,\"t\":true,"
                                           "\"s\":\"str\",\"f\":1.5,\"nul\":\"a\\u0000b\","
                                           "\"e\":\"\",\"list\":[1,2,3]}"),
        &arena, NULL);
    assert_non_null(v);
    assert_int_equal(v->count, 8);
    assert_true(text_is(json_text(json_path(v, "a.b.c")), "deep"));
    assert_null(json_path(v, "a.x.c"));
    assert_null(json_path(v, "s.x"));
    assert_null(json_path(NULL, "s"));
    assert_null(json_get(v, "n"));
    assert_non_null(json_get_nocase(v, "n"));
    assert_int_equal(json_get_i64(v, "N", -1), 7);
    assert_int_equal(json_get_i64(v, "f", -1), -1);
    assert_int_equal(json_get_i64(v, "s", -1), -1);
    assert_int_equal(json_get_i64(NULL, "s", -1), -1);
    assert_true(json_get_bool(v, "t", false));
    assert_true(json_get_bool(v, "s", true));
    assert_null(json_get_text(v, "N").at);
    assert_non_null(json_get_text(v, "e").at);
    assert_string_equal(json_get_string(v, "s", &arena), "str");
    assert_string_equal(json_get_string(v, "e", &arena), "");
    assert_null(json_get_string(v, "nul", &arena));
    assert_null(json_get_string(v, "absent", &arena));
    assert_int_equal(json_get(v, "list")->count, 3);
    assert_null(json_get(json_get(v, "list"), "a"));
    assert_string_equal(json_type_text(json_get(v, "list")->type), "an array");
}

static void add_members(struct buffer *out, int count, const char *last)
{
    buffer_reset(out);
    buffer_add_char(out, '{');
    for (int i = 0; i < count; i++)
        buffer_format(out, "\"m%d\":%d,", i, i);
    buffer_format(out, "\"%s\":0}", last);
}

static void members_are_unique_in_any_size(void **state)
{
    (void)state;
    scoped_buffer struct buffer document;
    buffer_init(&document, 1 << 24);
    for (int count = 1; count < 40; count++) {
        scoped_arena struct arena arena;
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        add_members(&document, count, "other");
        assert_non_null(json_parse(buffer_text(&document), &arena, &err));
        add_members(&document, count, "m0");
        assert_null(json_parse(buffer_text(&document), &arena, &err));
        assert_non_null(strstr(err.message, "the member \"m0\" is there twice in one object"));
        add_members(&document, count, "\\u006d0");
        assert_null(json_parse(buffer_text(&document), &arena, &err));
    }
    scoped_arena struct arena arena;
    arena_init(&arena, 0);
    add_members(&document, 200000, "m"); /* would take minutes if each were compared with each */
    int64_t before = (int64_t)clock();
    assert_non_null(json_parse(buffer_text(&document), &arena, NULL));
    assert_true((int64_t)clock() - before < 10 * CLOCKS_PER_SEC);
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
        scoped_buffer struct buffer out;
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
        scoped_arena struct arena arena;
        scoped_buffer struct buffer out;
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
    scoped_buffer struct buffer out;
    struct json_writer w;
    buffer_init(&out, 1000);
    json_writer_init(&w, &out, 0);
    json_begin_array(&w);
    json_write_i64(&w, INT64_MIN);
    json_write_i64(&w, INT64_MAX);
    json_end_array(&w);
    assert_string_equal(out.at, "[-9223372036854775808,9223372036854775807]");
}

static void a_tree_survives_any_failed_allocation(void **state)
{
    (void)state;
    scoped_buffer struct buffer document;
    buffer_init(&document, 1 << 20);
    add_members(&document, 400, "x\\ny");
    const struct json *value = NULL;
    long n = 1;
    for (; !value; n++) {
        scoped_arena struct arena arena;
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        memory_fail_after(n);
        value = json_parse(buffer_text(&document), &arena, &err);
        memory_fail_after(0);
        assert_int_equal(err.kind, value ? AZB_ERROR_NONE : AZB_ERROR_MEMORY);
        assert_in_range(n, 1, 100);
    }
    assert_true(n > 4);
}

static void an_arena_maximum_is_an_error(void **state)
{
    (void)state;
    scoped_arena struct arena arena;
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 200);
    assert_null(json_parse(TEXT("[1,2,3,4,5,6,7,8]"), &arena, &err));
    assert_int_equal(err.kind, AZB_ERROR_MEMORY);
    arena_free(&arena);
    assert_null(json_parse(TEXT("\"\\n.................................................."
                                ".................................................."
                                ".................................................."
                                "..................................................\""),
        &arena, &err));
    assert_int_equal(err.kind, AZB_ERROR_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_have_a_place),
        cmocka_unit_test(a_document_is_pulled),
        cmocka_unit_test(a_wrong_type_is_a_problem),
        cmocka_unit_test(strings_without_escapes_are_not_copied),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(strings_end_anywhere),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(whole_numbers_are_exact),
        cmocka_unit_test(doubles),
        cmocka_unit_test(doubles_are_short_and_exact),
        cmocka_unit_test(locale_changes_nothing),
        cmocka_unit_test(infinite_is_null),
        cmocka_unit_test(tree_is_asked),
        cmocka_unit_test(members_are_unique_in_any_size),
        cmocka_unit_test(writer_puts_the_commas),
        cmocka_unit_test(written_strings_are_json),
        cmocka_unit_test(integers_are_written_whole),
        cmocka_unit_test(a_tree_survives_any_failed_allocation),
        cmocka_unit_test(an_arena_maximum_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
