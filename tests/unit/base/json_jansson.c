/*
 * The same documents through our parser and through jansson: both accept or both reject, and what
 * they accept has equal content. The differences that we want are in `deliberate()`.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/json.h"

/* Both headers have enumerators of these names. */
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY JANSSON_ARRAY
#define JSON_STRING JANSSON_STRING
#define JSON_NULL JANSSON_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_NULL

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What either of the two says about a document. */
struct verdict {
    struct text input;
    const struct json *ours;
    struct azb_error ours_error;
    json_t *theirs;
    json_error_t theirs_error;
};

/* Where we differ on purpose. */
static const char *deliberate(const struct verdict *v)
{
    enum json_error_code theirs = json_error_code(&v->theirs_error);
    if (v->theirs && !v->ours && strstr(v->ours_error.message, "more than 64"))
        return "our depth limit is 64, theirs 2048";
    if (v->theirs && !v->ours && memchr(v->input.at, '\0', v->input.length))
        return "they pass over a NUL that stands outside of strings";
    if (v->ours && !v->theirs && theirs == json_error_numeric_overflow)
        return "we keep numbers as written, they must fit int64 or double there";
    if (v->ours && !v->theirs && theirs == json_error_null_byte_in_key)
        return "they cannot hold a NUL in a member name";
    return NULL;
}

static bool equal(const struct json *ours, const json_t *theirs);

static bool equal_text(struct text ours, const json_t *theirs)
{
    return text_equal(ours, (struct text){json_string_value(theirs), json_string_length(theirs)});
}

static bool equal_array(const struct json *ours, const json_t *theirs)
{
    size_t i = 0;
    if (ours->count != json_array_size(theirs))
        return false;
    for (const struct json *child = ours->first; child; child = child->next)
        if (!equal(child, json_array_get(theirs, i++)))
            return false;
    return i == ours->count;
}

static bool equal_object(const struct json *ours, const json_t *theirs)
{
    if (ours->count != json_object_size(theirs))
        return false;
    for (const struct json *child = ours->first; child; child = child->next)
        if (!equal(child, json_object_getn(theirs, child->name.at, child->name.length)))
            return false;
    return true;
}

static bool equal_number(const struct json *ours, const json_t *theirs)
{
    int64_t integer;
    double real;
    if (json_typeof(theirs) == JSON_INTEGER)
        return json_number_to_i64(ours->text, &integer) && integer == json_integer_value(theirs);
    return json_typeof(theirs) == JSON_REAL && json_number_to_double(ours->text, &real) &&
           real == json_real_value(theirs);
}

static bool equal(const struct json *ours, const json_t *theirs)
{
    if (!theirs)
        return false;
    switch (ours->type) {
    case JSON_NULL:
        return json_typeof(theirs) == JANSSON_NULL;
    case JSON_BOOL:
        return json_typeof(theirs) == (ours->boolean ? JSON_TRUE : JSON_FALSE);
    case JSON_NUMBER:
        return equal_number(ours, theirs);
    case JSON_STRING:
        return json_typeof(theirs) == JANSSON_STRING && equal_text(ours->text, theirs);
    case JSON_ARRAY:
        return json_typeof(theirs) == JANSSON_ARRAY && equal_array(ours, theirs);
    case JSON_OBJECT:
        return json_typeof(theirs) == JANSSON_OBJECT && equal_object(ours, theirs);
    }
    return false;
}

#define JANSSON_FLAGS (JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL)

/* jansson reads what our writer makes of our tree, and finds the same. */
static bool survives_writing(const struct json *ours)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    json_error_t error;
    buffer_init(&out, 1 << 20);
    json_writer_init(&writer, &out, 0);
    json_write_tree(&writer, ours);
    json_t *theirs = json_loadb(out.at, out.length, JANSSON_FLAGS, &error);
    bool same = equal(ours, theirs);
    json_decref(theirs);
    return same;
}

/* The reader alone accepts what the tree does; at members that come twice only the tree stops. */
static bool reader_agrees(struct text input, struct arena *arena, const struct verdict *v)
{
    struct json_reader reader;
    json_reader_init(&reader, input, arena);
    bool accepted = json_skip(&reader) && json_reader_end(&reader);
    return accepted == (v->ours != NULL) || strstr(v->ours_error.message, "twice");
}

static bool agree(struct text input, struct arena *arena, struct verdict *v)
{
    v->input = input;
    v->ours = json_parse(input, arena, &v->ours_error);
    v->theirs = json_loadb(input.at, input.length, JANSSON_FLAGS, &v->theirs_error);
    if (!reader_agrees(input, arena, v))
        return false;
    if (!v->ours != !v->theirs)
        return deliberate(v) != NULL;
    return !v->ours || (equal(v->ours, v->theirs) && survives_writing(v->ours));
}

/* True when accepted by both. */
static bool compare(struct text input)
{
    scoped_arena struct arena arena = {0};
    struct verdict v = {.ours_error = AZB_ERROR_INIT};
    arena_init(&arena, 0);
    /* A copy of the exact size: reading one byte too many is seen by the sanitizer. */
    char *exact = memory_alloc(input.length);
    memcpy(exact, input.at, input.length);
    bool same = agree((struct text){exact, input.length}, &arena, &v);
    if (!same)
        print_message("document: %.*s\nours: %s (%s)\njansson: %s (%s)\n", TEXT_ARGS(input),
            v.ours ? "accepted" : "rejected", v.ours_error.message,
            v.theirs ? "accepted" : "rejected", v.theirs_error.text);
    bool both = v.ours && v.theirs;
    json_decref(v.theirs);
    memory_free(exact);
    assert_true(same);
    return both;
}

#define D(literal)                                                                                 \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

// clang-format off
static const struct text documents[] = {
    D(""), D(" "), D("null"), D("true"), D("false"), D("nul"), D("nullx"), D("True"), D("0"),
    D("-0"), D("-"), D("--1"), D("+1"), D("01"), D("-01"), D("1."), D(".1"), D("1.e1"), D("1e"),
    D("1e+"), D("1E+05"), D("1.25e-3"), D("0e0"), D("0x10"), D("NaN"), D("Infinity"), D("1e400"),
    D("-1e400"), D("1e-400"), D("9223372036854775807"), D("-9223372036854775808"),
    D("9223372036854775808"), D("123456789012345678901234567890"),
    D("0.1000000000000000055511151231257827"), D("\"\""), D("\"abc\""), D("\"abc"), D("'abc'"),
    D("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), D("\"\\a\""), D("\"\\\""), D("\"\\u\""), D("\"\\u00\""),
    D("\"\\u00zz\""), D("\"\\U0041\""), D("\"\\u0041\\u00e9\\u20ac\""), D("\"\\ud83d\\ude00\""),
    D("\"\\ud83d\""), D("\"\\ud83dx\""), D("\"\\ud83d\\n\""), D("\"\\ud83d\\ud83d\""),
    D("\"\\ude00\""), D("\"\\ude00\\ud83d\""), D("\"\\ud83d\\u0041\""), D("\"\\u0000\""),
    D("\"a\\u0000b\""), D("{\"a\\u0000\":1}"), D("\"\x01\""), D("\"\t\""), D("\"\n\""), D("\"\0\""),
    D("\"\x7f\""), D("\"\xc3\xa9\""), D("\"\xe2\x82\xac\""), D("\"\xf0\x9f\x98\x80\""),
    D("\"\xef\xbf\xbf\""), D("\"\xf4\x8f\xbf\xbf\""), D("\"\xf4\x90\x80\x80\""), D("\"\xc0\x80\""),
    D("\"\xc1\xbf\""), D("\"\xe0\x80\x80\""), D("\"\xed\xa0\x80\""), D("\"\x80\""), D("\"\xff\""),
    D("\"\xc3\""), D("\"\xe2\x82\""), D("\"abcdefgh\xe2\x82\""), D("\xef\xbb\xbfnull"),
    D("\xc3\xa9"), D("[]"), D("[ ]"), D("[1]"), D("[1,2]"), D("[1 2]"), D("[1,]"), D("[,1]"),
    D("[,]"), D("[1,,2]"), D("["), D("]"), D("[1"), D("[1}"), D("[[]]"), D("[[],[[]],{}]"), D("{}"),
    D("{ }"), D("{\"a\":1}"), D("{\"a\":1,\"b\":[null]}"), D("{\"a\":1,\"a\":2}"),
    D("{\"a\":1,\"\\u0061\":2}"), D("{\"a\":{\"a\":{\"a\":1}}}"), D("{\"\":1}"),
    D("{\"\":1,\"\":2}"), D("{\"a\"}"), D("{\"a\":}"), D("{\"a\" 1}"), D("{\"a\"::1}"), D("{a:1}"),
    D("{1:1}"), D("{\"a\":1,}"), D("{,}"), D("{\"a\":1"), D("{\"a\":1]"), D("{\"a\":1}}"),
    D("{\"a\":1} x"), D("1 2"), D("null\0"), D("\0null"), D("[1]\0"), D("[1\0]"), D("[\x0b]"),
    D("[\x0c]"), D("[\xc2\xa0]"), D(" \t\r\n[ \t\r\n1 \t\r\n, \t\r\n2 \t\r\n] \t\r\n"),
    D("/* no */ 1"), D("// no\n1"), D("[1] // no"),
    D("{\"id\":\"job-1\",\"poolInfo\":{\"poolId\":\"p\"},\"priority\":-100,\"onAllTasksComplete\":"
      "\"noaction\",\"metadata\":[{\"name\":\"k\",\"value\":\"v\\u00fc\"}],\"usesTask\":false,"
      "\"x\":1.5e-7,\"constraints\":{\"maxWallClockTime\":\"P10675199DT2H48M5.4775807S\"}}"),
};
// clang-format on

static void tricky_documents(void **state)
{
    (void)state;
    int accepted = 0;
    for (size_t i = 0; i < COUNT(documents); i++)
        accepted += compare(documents[i]);
    assert_in_range(accepted, 30, COUNT(documents) - 60);
}

/* xorshift: the same documents in every run. */
static uint32_t below(uint64_t *random, uint32_t limit)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (uint32_t)(*random >> 20) % limit;
}

static const struct text pieces[] = {
    D("\""),
    D("\\"),
    D("\\u00e9"),
    D("\\ud83d\\ude00"),
    D("\\ud800"),
    D("\\n"),
    D("{"),
    D("}"),
    D("["),
    D("]"),
    D(","),
    D(":"),
    D("1"),
    D("0"),
    D("-"),
    D("."),
    D("e+"),
    D("null"),
    D("true"),
    D("\"a\":"),
    D("\"k\""),
    D(" "),
    D("\n"),
    D("\0"),
    D("\x1f"),
    D("\xc3\xa9"),
    D("\xf0\x9f\x98\x80"),
    D("\xff"),
    D("\xe2"),
};

static void mutate(struct buffer *out, struct text from, uint64_t *random)
{
    uint32_t at = below(random, (uint32_t)from.length + 1);
    uint32_t until = at + below(random, (uint32_t)(from.length - at) + 1);
    struct text piece = pieces[below(random, COUNT(pieces))];
    buffer_reset(out);
    buffer_add_text(out, text_slice(from, 0, at));
    switch (below(random, 4)) {
    case 0: /* insert */
        buffer_add_text(out, piece);
        until = at;
        break;
    case 1: /* replace one byte */
        buffer_add_text(out, piece);
        until = at + 1;
        break;
    case 2: /* repeat a part */
        buffer_add_text(out, text_slice(from, at, until));
        until = at;
        break;
    default: /* drop a part */
        break;
    }
    buffer_add_text(out, text_slice(from, until, from.length));
}

static void mutated_documents(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252U;
    scoped_buffer struct buffer now = {0};
    scoped_buffer struct buffer next = {0};
    int accepted = 0;
    buffer_init(&now, 1 << 16);
    buffer_init(&next, 1 << 16);
    for (int i = 0; i < 12000; i++) {
        buffer_reset(&now);
        buffer_add_text(&now, documents[below(&random, COUNT(documents))]);
        for (uint32_t steps = 1 + below(&random, 3); steps > 0; steps--) {
            mutate(&next, buffer_text(&now), &random);
            buffer_reset(&now);
            buffer_add_text(&now, buffer_text(&next));
        }
        accepted += compare(buffer_text(&now));
    }
    assert_in_range(accepted, 500, 6000);
}

static void generate(struct buffer *out, uint64_t *random, int depth);

static void generate_string(struct buffer *out, uint64_t *random)
{
    buffer_add_char(out, '"');
    for (uint32_t n = below(random, 30); n > 0; n--) {
        static const char *const parts[] = {"a", "Z", " ", "/", "\\\"", "\\\\", "\\u0041",
            "\\ud834\\udd1e", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "12345678"};
        buffer_add_string(out, parts[below(random, COUNT(parts))]);
    }
    buffer_add_char(out, '"');
}

static void generate_number(struct buffer *out, uint64_t *random)
{
    char number[64];
    switch (below(random, 5)) {
    case 0:
        snprintf(number, sizeof(number), "%u", below(random, UINT32_MAX));
        break;
    case 1:
        snprintf(number, sizeof(number), "-%u", below(random, UINT32_MAX));
        break;
    case 2:
        snprintf(number, sizeof(number), "%u.%u", below(random, 1000), below(random, 100000));
        break;
    case 3:
        snprintf(number, sizeof(number), "-0.%ue-%u", below(random, 1000), below(random, 30));
        break;
    default:
        snprintf(number, sizeof(number), "%u%09uE%u", 1 + below(random, 1000),
            below(random, 1000000000), below(random, 200));
    }
    buffer_add_string(out, number);
}

static void generate_container(struct buffer *out, uint64_t *random, int depth, bool object)
{
    buffer_add_char(out, object ? '{' : '[');
    uint32_t count = below(random, 20);
    for (uint32_t i = 0; i < count; i++) {
        buffer_add_string(out, i > 0 ? " ," : " ");
        if (object)
            buffer_format(out, "\"member-%u\": ", i);
        generate(out, random, depth + 1);
    }
    buffer_add_char(out, object ? '}' : ']');
}

static void generate(struct buffer *out, uint64_t *random, int depth)
{
    static const char *const words[] = {"null", "true", "false"};
    switch (below(random, depth < 4 ? 5 : 3)) {
    case 0:
        generate_string(out, random);
        break;
    case 1:
        generate_number(out, random);
        break;
    case 2:
        buffer_add_string(out, words[below(random, COUNT(words))]);
        break;
    case 3:
        generate_container(out, random, depth, true);
        break;
    default:
        generate_container(out, random, depth, false);
    }
}

static void generated_documents(void **state)
{
    (void)state;
    uint64_t random = 362436069362436069U;
    scoped_buffer struct buffer document = {0};
    buffer_init(&document, 1 << 24);
    for (int i = 0; i < 1000; i++) {
        buffer_reset(&document);
        generate(&document, &random, 0);
        assert_false(document.failed);
        assert_true(compare(buffer_text(&document)));
    }
}

static void differences_are_the_known_ones(void **state)
{
    (void)state;
    static const struct {
        struct text document;
        bool ours;
    } cases[] = {
        {D("1e400"), true},
        {D("9223372036854775808"), true},
        {D("{\"a\\u0000\":1}"), true},
        {D("null\0"), false},
        {D("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
           "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
            false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        struct verdict v = {.ours_error = AZB_ERROR_INIT};
        arena_init(&arena, 0);
        assert_true(agree(cases[i].document, &arena, &v));
        assert_int_equal(v.ours != NULL, cases[i].ours);
        assert_int_equal(v.theirs != NULL, !cases[i].ours);
        assert_non_null(deliberate(&v));
        json_decref(v.theirs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tricky_documents),
        cmocka_unit_test(mutated_documents),
        cmocka_unit_test(generated_documents),
        cmocka_unit_test(differences_are_the_known_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
