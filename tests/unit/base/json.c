/* The reader and the tree. What is valid JSON is compared with jansson elsewhere. */
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
        scoped_arena struct arena arena = {0};
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
    scoped_arena struct arena arena = {0};
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
    scoped_arena struct arena arena = {0};
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
        scoped_arena struct arena arena = {0};
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
            scoped_arena struct arena arena = {0};
            scoped_buffer struct buffer document = {0};
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

static void control_characters_are_found_anywhere(void **state)
{
    (void)state;
    for (int control = 0; control < 0x20; control++)
        for (size_t at = 1; at < 24; at++) {
            char document[] = "\"plain text of 24 bytes.\"";
            scoped_arena struct arena arena = {0};
            arena_init(&arena, 0);
            assert_non_null(json_parse(TEXT("\"plain text of 24 bytes.\""), &arena, NULL));
            document[at] = (char)control;
            assert_null(json_parse((struct text){document, sizeof(document) - 1}, &arena, NULL));
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
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer document = {0};
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

static void tree_is_asked(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
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
    scoped_buffer struct buffer document = {0};
    buffer_init(&document, 1 << 24);
    for (int count = 1; count < 40; count++) {
        scoped_arena struct arena arena = {0};
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
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    add_members(&document, 200000, "m"); /* would take minutes if each were compared with each */
    int64_t before = (int64_t)clock();
    assert_non_null(json_parse(buffer_text(&document), &arena, NULL));
    assert_true((int64_t)clock() - before < 10 * CLOCKS_PER_SEC);
}

static void a_tree_survives_any_failed_allocation(void **state)
{
    (void)state;
    scoped_buffer struct buffer document = {0};
    buffer_init(&document, 1 << 20);
    add_members(&document, 400, "x\\ny");
    const struct json *value = NULL;
    long n = 1;
    for (; !value; n++) {
        scoped_arena struct arena arena = {0};
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
    scoped_arena struct arena arena = {0};
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
        cmocka_unit_test(control_characters_are_found_anywhere),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(tree_is_asked),
        cmocka_unit_test(members_are_unique_in_any_size),
        cmocka_unit_test(a_tree_survives_any_failed_allocation),
        cmocka_unit_test(an_arena_maximum_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
