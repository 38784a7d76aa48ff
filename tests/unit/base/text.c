/* Text by pointer and length, percent encoding, growing buffers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/arena.h"
#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_text(struct text text, const char *expected)
{
    assert_non_null(text.at);
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.at, expected, text.length);
}

static void comparisons(void **state)
{
    (void)state;
    assert_true(text_equal(TEXT("a"), text_of("a")));
    assert_false(text_equal(TEXT("a"), TEXT("ab")));
    assert_true(text_equal(TEXT_NONE, TEXT("")));
    assert_true(text_equal_nocase(TEXT("Bearer"), TEXT("bEARER")));
    assert_false(text_equal_nocase(TEXT("@"), TEXT("`")));
    assert_false(text_equal_nocase(TEXT("[z"), TEXT("{z")));
    assert_true(string_equal_nocase("Pool", "pOOL"));
    assert_true(text_is(TEXT("id"), "id"));
    assert_false(text_is(TEXT_NONE, "id"));
    assert_true(text_starts(TEXT("https://x"), "https://"));
    assert_false(text_starts(TEXT("http"), "https://"));
    assert_true(text_starts(TEXT_NONE, ""));
    assert_true(text_ends(TEXT("a/.default"), "/.default"));
    assert_false(text_ends(TEXT("default"), "/.default"));
    assert_null(text_of(NULL).at);
}

static void slices_are_clamped(void **state)
{
    (void)state;
    assert_text(text_slice(TEXT("abcdef"), 1, 3), "bc");
    assert_text(text_slice(TEXT("abcdef"), 4, 99), "ef");
    assert_text(text_slice(TEXT("abcdef"), 99, 100), "");
    assert_text(text_slice(TEXT("abcdef"), 5, 2), "");
    assert_null(text_slice(TEXT_NONE, 1, 2).at);
    assert_text(text_trim(TEXT(" \t\r\n a b \n")), "a b");
    assert_text(text_trim(TEXT("  ")), "");
    assert_null(text_trim(TEXT_NONE).at);
}

static void cut_gives_every_piece(void **state)
{
    (void)state;
    struct text rest = TEXT("a,,b,");
    struct text piece;
    static const char *const expected[] = {"a", "", "b", ""};
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_true(text_cut(&rest, ',', &piece));
        assert_text(piece, expected[i]);
    }
    assert_false(text_cut(&rest, ',', &piece));
    rest = TEXT("");
    assert_true(text_cut(&rest, ',', &piece));
    assert_text(piece, "");
    assert_false(text_cut(&rest, ',', &piece));
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t max;
        bool ok;
        uint64_t value;
    } cases[] = {
        {"0", 10, true, 0},
        {"10", 10, true, 10},
        {"11", 10, false, 0},
        {"007", 10, true, 7},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0},
        {"99999999999999999999", UINT64_MAX, false, 0},
        {"", 10, false, 0},
        {"-1", 10, false, 0},
        {"+1", 10, false, 0},
        {" 1", 10, false, 0},
        {"1x", 10, false, 0},
        {"0x1", 10, false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t value = 42;
        print_message("  \"%s\"\n", cases[i].text);
        assert_int_equal(text_to_u64(text_of(cases[i].text), cases[i].max, &value), cases[i].ok);
        assert_true(value == (cases[i].ok ? cases[i].value : 42));
    }
}

static void percent_decoding(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        bool plus_is_space;
        const char *to; /* NULL is refused */
    } cases[] = {
        {"plain", false, "plain"},
        {"%41%62", false, "Ab"},
        {"a+b%2B", true, "a b+"},
        {"a+b", false, "a+b"},
        {"%e4%BD%a0", false, "\xe4\xbd\xa0"},
        {"", false, ""},
        {"%", false, NULL},
        {"%4", false, NULL},
        {"%4g", false, NULL},
        {"%g4", false, NULL},
        {"%-1", false, NULL},
        {"%00", false, NULL},
        {"%%41", false, NULL},
    };
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text out = TEXT("untouched");
        print_message("  \"%s\"\n", cases[i].from);
        bool ok = text_percent_decode(&arena, text_of(cases[i].from), cases[i].plus_is_space, &out);
        assert_int_equal(ok, cases[i].to != NULL);
        assert_text(out, cases[i].to ? cases[i].to : "untouched");
    }
    struct text out;
    assert_false(text_percent_decode(&arena, (struct text){"a\0b", 3}, false, &out));
}

static void form_lookup(void **state)
{
    (void)state;
    static const struct {
        const char *form;
        const char *name;
        int result;
        const char *value;
    } cases[] = {
        {"a=1&b=2", "a", 1, "1"},
        {"a=1&b=2", "b", 1, "2"},
        {"a=1&b=2", "c", 0, NULL},
        {"a=1&a=2", "a", 2, "1"},
        {"a=1&%61=2", "a", 2, "1"},
        {"client%5Fid=x%20y+z", "client_id", 1, "x y z"},
        {"$filter=a", "$filter", 1, "a"},
        {"%24filter=a", "$filter", 1, "a"},
        {"a", "a", 1, ""},
        {"a=", "a", 1, ""},
        {"a==b=", "a", 1, "=b="},
        {"a=%zz", "a", -1, NULL},
        {"b=%zz&a=1", "a", 1, "1"},
        {"%6=1&a=2", "a", 1, "2"},
        {"ab=1&a=2", "a", 1, "2"},
        {"a=1", "ab", 0, NULL},
        {"A=1", "a", 0, NULL},
        {"&&a=1&", "a", 1, "1"},
        {"", "a", 0, NULL},
    };
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text out = TEXT("untouched");
        print_message("  \"%s\"\n", cases[i].form);
        assert_int_equal(
            text_form_get(&arena, text_of(cases[i].form), cases[i].name, &out), cases[i].result);
        assert_text(out, cases[i].value ? cases[i].value : "untouched");
    }
    struct text out;
    assert_int_equal(text_form_get(&arena, TEXT_NONE, "a", &out), 0);
}

static void utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool valid;
    } cases[] = {
        {"", true},
        {"plain ascii that is longer than eight", true},
        {"\xc3\xa9", true},
        {"12345678\xc3\xa9", true},
        {"\xe2\x82\xac", true},
        {"\xf0\x9f\x98\x80", true},
        {"\xf4\x8f\xbf\xbf", true},
        {"\xed\x9f\xbf", true},
        {"\xee\x80\x80", true},
        {"\x80", false},
        {"\xc3", false},
        {"\xc3x", false},
        {"\xc0\xaf", false},
        {"\xc1\xbf", false},
        {"\xe0\x9f\xbf", false},
        {"\xe2\x82", false},
        {"\xe2\x28\xa1", false},
        {"\xed\xa0\x80", false},
        {"\xf0\x8f\xbf\xbf", false},
        {"\xf0\x9f\x98", false},
        {"\xf4\x90\x80\x80", false},
        {"\xf5\x80\x80\x80", false},
        {"\xff", false},
        {"12345678\xff", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("  case %zu\n", i);
        assert_int_equal(text_valid_utf8(text_of(cases[i].bytes)), cases[i].valid);
    }
    assert_int_equal(text_utf8_length(TEXT("\xe2\x82\xac!")), 3);
    assert_int_equal(text_utf8_length(TEXT("a")), 1);
    assert_int_equal(text_utf8_length(TEXT("\xe2\x82")), 0);
    assert_int_equal(text_utf8_length(TEXT_NONE), 0);
    assert_true(text_valid_utf8(TEXT_NONE));
}

static void guids(void **state)
{
    (void)state;
    assert_true(text_is_guid(TEXT("88888888-8888-8888-8888-88888888aBcF")));
    assert_false(text_is_guid(TEXT("88888888-8888-8888-8888-88888888aBc")));
    assert_false(text_is_guid(TEXT("88888888-8888-8888-8888-88888888aBcg")));
    assert_false(text_is_guid(TEXT("88888888x8888-8888-8888-888888888888")));
    assert_false(text_is_guid(TEXT("8888888--8888-8888-8888-888888888888")));
    assert_false(text_is_guid(TEXT_NONE));
}

static void buffer_grows_to_its_maximum(void **state)
{
    (void)state;
    scoped_buffer struct buffer buffer = {0};
    buffer_init(&buffer, 1000);
    assert_text(buffer_text(&buffer), "");
    for (int i = 0; i < 1000; i++)
        buffer_add_char(&buffer, 'x');
    assert_false(buffer.failed);
    assert_int_equal(strlen(buffer.at), 1000);
    buffer_add_char(&buffer, 'y');
    assert_true(buffer.failed);
    assert_int_equal(buffer_text(&buffer).length, 1000);
    buffer_reset(&buffer);
    assert_false(buffer.failed);
    assert_string_equal(buffer.at, "");
    buffer_add_string(&buffer, "again");
    assert_text(buffer_text(&buffer), "again");
}

static void a_failed_buffer_takes_nothing(void **state)
{
    (void)state;
    scoped_buffer struct buffer buffer = {0};
    buffer_init(&buffer, 4);
    buffer_add_string(&buffer, "abc");
    buffer_add_string(&buffer, "de");
    assert_true(buffer.failed);
    buffer_add_char(&buffer, 'd');
    buffer_format(&buffer, "%d", 1);
    assert_text(buffer_text(&buffer), "abc");
}

static void buffer_formats(void **state)
{
    (void)state;
    scoped_buffer struct buffer buffer = {0};
    buffer_init(&buffer, 100000);
    buffer_format(&buffer, "%s=%d", "n", 5);
    buffer_format(&buffer, "%300d", 1);
    assert_int_equal(buffer.length, 303);
    buffer_format(&buffer, "%*d", 99698, 1);
    assert_true(buffer.failed);
    buffer_reset(&buffer);
    buffer_format(&buffer, "%*d", 100000, 1);
    assert_false(buffer.failed);
    assert_int_equal(strlen(buffer.at), 100000);
}

static void buffer_encodes(void **state)
{
    (void)state;
    scoped_buffer struct buffer buffer = {0};
    buffer_init(&buffer, 1000);
    buffer_add_form(&buffer, "grant_type", TEXT("client_credentials"));
    buffer_add_form(&buffer, "scope", TEXT("https://b/.default a~b-c"));
    buffer_add_form(&buffer, "u", TEXT("\xc3\xa9+"));
    buffer_add_form(&buffer, "empty", TEXT_NONE);
    assert_string_equal(buffer.at, "grant_type=client_credentials"
                                   "&scope=https%3A%2F%2Fb%2F.default%20a~b-c&u=%C3%A9%2B&empty=");
}

static void buffer_survives_any_failed_allocation(void **state)
{
    (void)state;
    bool failed = true;
    for (long n = 1; failed; n++) {
        scoped_buffer struct buffer buffer = {0};
        buffer_init(&buffer, 1 << 20);
        memory_fail_after(n);
        for (int i = 0; i < 2000; i++)
            buffer_format(&buffer, "%d,", i);
        memory_fail_after(0);
        failed = buffer.failed;
        assert_memory_equal(buffer_text(&buffer).at, "0,1,2,", n > 1 ? 6 : 0);
        assert_in_range(n, 1, 12);
    }
}

static const struct {
    const char *bytes, *printable;
    size_t whole;
} characters[] = {
    {"", "", 0},
    {"Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x98\x80", "Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x98\x80", 13},
    {"a\x1b[2J\r\n\x7f", "a [2J   ", 8},
    {"a\xc2\x9b"
     "2J",
        "a  2J", 5},               /* CSI, which terminals obey too */
    {"a\xc2\xa0", "a\xc2\xa0", 3}, /* a space that does not break */
    {"a\x9b"
     "2J",
        "a?2J", 4},
    {"a\xe2\x82", "a??", 1},
    {"\xf0\x9f\x98", "???", 0},
    {"a\xe2\x82\xac\x82", "a\xe2\x82\xac?", 5},
    {"\x82\x82\x82\x82\x82", "?????", 5},
};

static void terminals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
        char copy[32];
        snprintf(copy, sizeof(copy), "%s", characters[i].bytes);
        text_make_printable(copy);
        assert_string_equal(copy, characters[i].printable);
        assert_int_equal(text_is_printable(text_of(characters[i].bytes)),
            strcmp(characters[i].bytes, characters[i].printable) == 0);
        assert_int_equal(text_whole_length(text_of(characters[i].bytes)), characters[i].whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons),
        cmocka_unit_test(slices_are_clamped),
        cmocka_unit_test(cut_gives_every_piece),
        cmocka_unit_test(numbers),
        cmocka_unit_test(percent_decoding),
        cmocka_unit_test(form_lookup),
        cmocka_unit_test(utf8),
        cmocka_unit_test(terminals),
        cmocka_unit_test(guids),
        cmocka_unit_test(buffer_grows_to_its_maximum),
        cmocka_unit_test(a_failed_buffer_takes_nothing),
        cmocka_unit_test(buffer_formats),
        cmocka_unit_test(buffer_encodes),
        cmocka_unit_test(buffer_survives_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
