/*
 * Any bytes: the reader and the tree agree, and a tree that is written and read again is the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

static bool same(const struct json *a, const struct json *b)
{
    if (a->type != b->type || a->boolean != b->boolean || a->count != b->count ||
        !text_equal(a->text, b->text) || !text_equal(a->name, b->name))
        return false;
    const struct json *left = a->first;
    const struct json *right = b->first;
    for (; left && right; left = left->next, right = right->next)
        if (!same(left, right))
            return false;
    return !left && !right;
}

static void check_numbers(const struct json *value)
{
    int64_t whole;
    double real;
    if (value->type == JSON_NUMBER && json_number_to_i64(value->text, &whole))
        CHECK(json_number_to_double(value->text, &real) && real == (double)whole);
    for (const struct json *child = value->first; child; child = child->next)
        check_numbers(child);
}

static void check_round_trip(const struct json *value, struct arena *arena, int indent)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    buffer_init(&out, 1 << 26);
    json_writer_init(&writer, &out, indent);
    json_write_tree(&writer, value);
    CHECK(!out.failed);
    const struct json *again = json_parse(buffer_text(&out), arena, NULL);
    CHECK(again && same(value, again));
}

/* Strings of any bytes become JSON. */
static void check_any_string(struct text bytes, struct arena *arena)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    buffer_init(&out, 1 << 26);
    json_writer_init(&writer, &out, 0);
    json_write_text(&writer, bytes);
    const struct json *value = json_parse(buffer_text(&out), arena, NULL);
    CHECK(value && value->type == JSON_STRING);
    CHECK(!text_valid_utf8(bytes) || text_equal(value->text, bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct json_reader reader;
    struct text input = {(const char *)data, size};
    arena_init(&arena, 0);
    const struct json *value = json_parse(input, &arena, &err);
    json_reader_init(&reader, input, NULL);
    bool skipped = json_skip(&reader) && json_reader_end(&reader);
    CHECK(value ? err.kind == AZB_ERROR_NONE : err.message[0] != '\0');
    CHECK(skipped == (value != NULL) || strstr(err.message, "twice"));
    if (value) {
        check_numbers(value);
        check_round_trip(value, &arena, 0);
        check_round_trip(value, &arena, 2);
    }
    if (size > 0)
        check_any_string(input, &arena);
    return 0;
}
