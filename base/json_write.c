/*
 * The writer.
 */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void json_writer_init(struct json_writer *writer, struct buffer *out, int indent)
{
    *writer = (struct json_writer){.out = out, .indent = indent, .first = true};
}

static void new_line(struct json_writer *writer)
{
    if (writer->indent <= 0)
        return;
    buffer_add_char(writer->out, '\n');
    for (int i = 0; i < writer->depth * writer->indent; i++)
        buffer_add_char(writer->out, ' ');
}

/* What stands before a name, or before a value that has none. */
static void begin_item(struct json_writer *writer)
{
    if (writer->after_name) {
        writer->after_name = false;
        return;
    }
    if (!writer->first)
        buffer_add_char(writer->out, ',');
    if (writer->depth > 0)
        new_line(writer);
    writer->first = false;
}

static void begin_container(struct json_writer *writer, char open)
{
    begin_item(writer);
    buffer_add_char(writer->out, open);
    writer->depth++;
    writer->first = true;
}

static void end_container(struct json_writer *writer, char close)
{
    assert(writer->depth > 0 && !writer->after_name);
    writer->depth--;
    if (!writer->first)
        new_line(writer);
    buffer_add_char(writer->out, close);
    writer->first = false;
}

void json_begin_object(struct json_writer *writer)
{
    begin_container(writer, '{');
}

void json_end_object(struct json_writer *writer)
{
    end_container(writer, '}');
}

void json_begin_array(struct json_writer *writer)
{
    begin_container(writer, '[');
}

void json_end_array(struct json_writer *writer)
{
    end_container(writer, ']');
}

/* 0 stands as it is, 'u' is written as \u00XX, any other letter is escaped with it. */
static const char escapes[256] = {
    ['"'] = '"',
    ['\\'] = '\\',
    ['\b'] = 'b',
    ['\f'] = 'f',
    ['\n'] = 'n',
    ['\r'] = 'r',
    ['\t'] = 't',
    /* the other control characters */
    [0] = 'u',
    [1] = 'u',
    [2] = 'u',
    [3] = 'u',
    [4] = 'u',
    [5] = 'u',
    [6] = 'u',
    [7] = 'u',
    [11] = 'u',
    [14] = 'u',
    [15] = 'u',
    [16] = 'u',
    [17] = 'u',
    [18] = 'u',
    [19] = 'u',
    [20] = 'u',
    [21] = 'u',
    [22] = 'u',
    [23] = 'u',
    [24] = 'u',
    [25] = 'u',
    [26] = 'u',
    [27] = 'u',
    [28] = 'u',
    [29] = 'u',
    [30] = 'u',
    [31] = 'u',
};

static void add_escape(struct buffer *out, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    if (escapes[c] == 'u')
        buffer_add(out, (char[]){'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}, 6);
    else
        buffer_add(out, (char[]){'\\', escapes[c]}, 2);
}

/* Bytes at the start that can be written as they are. */
static size_t plain_run(struct text text)
{
    size_t run = 0;
    for (;;) {
        unsigned char c = 0;
        while (run < text.length && (c = (unsigned char)text.at[run]) < 0x80 && !escapes[c])
            run++;
        if (run == text.length || c < 0x80)
            return run;
        size_t length = text_utf8_length(text_slice(text, run, text.length));
        if (length == 0)
            return run;
        run += length;
    }
}

static void add_string(struct buffer *out, struct text text)
{
    buffer_add_char(out, '"');
    while (text.length > 0) {
        size_t run = plain_run(text);
        buffer_add(out, text.at, run);
        text = text_slice(text, run, text.length);
        if (text.length == 0)
            break;
        if ((unsigned char)text.at[0] < 0x80)
            add_escape(out, (unsigned char)text.at[0]);
        else
            buffer_add_string(out, "\xEF\xBF\xBD");
        text = text_slice(text, 1, text.length);
    }
    buffer_add_char(out, '"');
}

void json_name_text(struct json_writer *writer, struct text name)
{
    assert(writer->depth > 0 && !writer->after_name);
    begin_item(writer);
    add_string(writer->out, name);
    buffer_add_string(writer->out, writer->indent > 0 ? ": " : ":");
    writer->after_name = true;
}

void json_name(struct json_writer *writer, const char *name)
{
    json_name_text(writer, text_of(name));
}

void json_write_raw(struct json_writer *writer, struct text json)
{
    begin_item(writer);
    buffer_add_text(writer->out, json);
}

void json_write_null(struct json_writer *writer)
{
    json_write_raw(writer, TEXT("null"));
}

void json_write_bool(struct json_writer *writer, bool value)
{
    json_write_raw(writer, value ? TEXT("true") : TEXT("false"));
}

void json_write_text(struct json_writer *writer, struct text text)
{
    if (!text.at) {
        json_write_null(writer);
        return;
    }
    begin_item(writer);
    add_string(writer->out, text);
}

void json_write_string(struct json_writer *writer, const char *string)
{
    json_write_text(writer, text_of(string));
}

void json_write_i64(struct json_writer *writer, int64_t number)
{
    char digits[24];
    int length = snprintf(digits, sizeof(digits), "%" PRId64, number);
    json_write_raw(writer, (struct text){digits, (size_t)length});
}

/* printf takes the decimal point from the locale: whatever it wrote there becomes ".". */
static struct text use_point(char *number)
{
    size_t plain = strspn(number, "+-0123456789e");
    size_t point = strcspn(number + plain, "+-0123456789e");
    if (point > 0) {
        number[plain] = '.';
        memmove(number + plain + 1, number + plain + point, strlen(number + plain + point) + 1);
    }
    return text_of(number);
}

void json_write_double(struct json_writer *writer, double number)
{
    char digits[64];
    struct text text = TEXT_NONE;
    if (!isfinite(number)) { /* JSON has no word for these */
        json_write_null(writer);
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        double back;
        snprintf(digits, sizeof(digits), "%.*g", precision, number);
        text = use_point(digits);
        if (json_number_to_double(text, &back) && back == number)
            break;
    }
    json_write_raw(writer, text);
}

static void write_children(struct json_writer *writer, const struct json *value)
{
    for (const struct json *child = value->first; child; child = child->next) {
        if (value->type == JSON_OBJECT)
            json_name_text(writer, child->name);
        json_write_tree(writer, child);
    }
}

void json_write_tree(struct json_writer *writer, const struct json *value)
{
    switch (value ? value->type : JSON_NULL) {
    case JSON_NULL:
        json_write_null(writer);
        break;
    case JSON_BOOL:
        json_write_bool(writer, value->boolean);
        break;
    case JSON_NUMBER:
        json_write_raw(writer, value->text);
        break;
    case JSON_STRING:
        json_write_text(writer, value->text);
        break;
    case JSON_ARRAY:
        json_begin_array(writer);
        write_children(writer, value);
        json_end_array(writer);
        break;
    case JSON_OBJECT:
        json_begin_object(writer);
        write_children(writer, value);
        json_end_object(writer);
        break;
    }
}

void json_member(struct json_writer *writer, const char *name, const char *string)
{
    json_member_text(writer, name, text_of(string));
}

void json_member_text(struct json_writer *writer, const char *name, struct text text)
{
    if (!text.at)
        return;
    json_name(writer, name);
    json_write_text(writer, text);
}

void json_member_i64(struct json_writer *writer, const char *name, int64_t number)
{
    json_name(writer, name);
    json_write_i64(writer, number);
}

void json_member_bool(struct json_writer *writer, const char *name, bool value)
{
    json_name(writer, name);
    json_write_bool(writer, value);
}
