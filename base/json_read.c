/*
 * The pull reader (RFC 8259).
 */
#include "base/json.h"

#include <string.h>

#include "base/error.h"
#include "base/json_string.h"

static const char out_of_memory[] = "out of memory";

static const char *const type_texts[] = {
    [JSON_NULL] = "null",
    [JSON_BOOL] = "true or false",
    [JSON_NUMBER] = "a number",
    [JSON_STRING] = "a string",
    [JSON_ARRAY] = "an array",
    [JSON_OBJECT] = "an object",
};

static const char *const expected_texts[] = {
    [JSON_NULL] = "expected null",
    [JSON_BOOL] = "expected true or false",
    [JSON_NUMBER] = "expected a number",
    [JSON_STRING] = "expected a string",
    [JSON_ARRAY] = "expected an array",
    [JSON_OBJECT] = "expected an object",
};

const char *json_type_text(enum json_type type)
{
    return type_texts[type];
}

void json_reader_init(struct json_reader *reader, struct text input, struct arena *arena)
{
    *reader = (struct json_reader){.input = input, .arena = arena};
}

/* The first problem is the one that counts. */
static bool problem_at(struct json_reader *reader, size_t at, const char *problem)
{
    if (!reader->problem) {
        reader->problem = problem;
        reader->problem_at = at;
    }
    return false;
}

static bool at_end(const struct json_reader *reader)
{
    return reader->at >= reader->input.length;
}

/* The next byte that is not white space, 0 at the end (a NUL in the input starts nothing either).
 */
static inline unsigned char next_byte(struct json_reader *reader)
{
    const char *bytes = reader->input.at;
    for (; reader->at < reader->input.length; reader->at++) {
        unsigned char c = (unsigned char)bytes[reader->at];
        if (c > ' ' || (c != ' ' && c != '\n' && c != '\r' && c != '\t'))
            return c;
    }
    return 0;
}

/* Which type a value has by its first byte, plus one; 0 is none. */
static const unsigned char value_starts[256] = {
    ['n'] = JSON_NULL + 1,
    ['t'] = JSON_BOOL + 1,
    ['f'] = JSON_BOOL + 1,
    ['-'] = JSON_NUMBER + 1,
    ['0'] = JSON_NUMBER + 1,
    ['1'] = JSON_NUMBER + 1,
    ['2'] = JSON_NUMBER + 1,
    ['3'] = JSON_NUMBER + 1,
    ['4'] = JSON_NUMBER + 1,
    ['5'] = JSON_NUMBER + 1,
    ['6'] = JSON_NUMBER + 1,
    ['7'] = JSON_NUMBER + 1,
    ['8'] = JSON_NUMBER + 1,
    ['9'] = JSON_NUMBER + 1,
    ['"'] = JSON_STRING + 1,
    ['['] = JSON_ARRAY + 1,
    ['{'] = JSON_OBJECT + 1,
};

bool json_peek(struct json_reader *reader, enum json_type *type)
{
    if (reader->problem)
        return false;
    unsigned char start = value_starts[next_byte(reader)];
    if (start == 0)
        return problem_at(reader, reader->at,
            at_end(reader) ? "expected a value, but the text ends" : "expected a value");
    *type = (enum json_type)(start - 1);
    return true;
}

/* True when the value that comes next is of this type. */
static bool expect(struct json_reader *reader, enum json_type wanted)
{
    enum json_type type = JSON_NULL;
    if (!json_peek(reader, &type))
        return false;
    return type == wanted || problem_at(reader, reader->at, expected_texts[wanted]);
}

static bool enter(struct json_reader *reader, enum json_type type)
{
    if (!expect(reader, type))
        return false;
    if (reader->depth >= JSON_DEPTH_MAX)
        return problem_at(reader, reader->at, "more than 64 arrays and objects inside each other");
    reader->at++;
    reader->depth++;
    reader->first = true;
    return true;
}

bool json_enter_object(struct json_reader *reader)
{
    return enter(reader, JSON_OBJECT);
}

bool json_enter_array(struct json_reader *reader)
{
    return enter(reader, JSON_ARRAY);
}

/* Steps over the comma before the next member or element; false at the container's end. */
static bool next_item(struct json_reader *reader, unsigned char close, const char *expected)
{
    if (reader->problem)
        return false;
    unsigned char c = next_byte(reader);
    if (c == close) {
        reader->at++;
        reader->depth--;
        reader->first = false;
        return false;
    }
    if (!reader->first && c != ',')
        return problem_at(reader, reader->at, expected);
    if (!reader->first)
        reader->at++;
    reader->first = false;
    return true;
}

bool json_next_element(struct json_reader *reader)
{
    return next_item(reader, ']', "expected ',' or ']'");
}

bool json_next_member(struct json_reader *reader, struct text *name)
{
    if (!next_item(reader, '}', "expected ',' or '}'"))
        return false;
    if (next_byte(reader) != '"')
        return problem_at(reader, reader->at, "expected a member name in quotes");
    if (!json_read_string(reader, name))
        return false;
    if (next_byte(reader) != ':')
        return problem_at(reader, reader->at, "expected ':' after the member name");
    reader->at++;
    return true;
}

/* Steps over the string that comes next, checked but for its escapes. */
static bool pass_string(struct json_reader *reader, struct json_string *string)
{
    const char *problem = json_string_scan(reader->input, reader->at, string);
    if (problem)
        return problem_at(reader, string->problem_at, problem);
    reader->at = string->to + 1;
    return true;
}

/* `to` is NULL when only the escapes are checked. */
static bool unescape(
    struct json_reader *reader, struct json_string *string, char *to, size_t *length)
{
    const char *problem = json_string_unescape(reader->input, string, to, length);
    return !problem || problem_at(reader, string->problem_at, problem);
}

bool json_read_string(struct json_reader *reader, struct text *out)
{
    struct json_string string;
    if (!expect(reader, JSON_STRING) || !pass_string(reader, &string))
        return false;
    struct text text = text_slice(reader->input, string.from, string.to);
    if (string.escaped) {
        /* An escape is never shorter than what it stands for: the raw length is room enough. */
        char *plain = arena_alloc(reader->arena, text.length + 1);
        if (!plain)
            return problem_at(reader, string.from, out_of_memory);
        if (!unescape(reader, &string, plain, &text.length))
            return false;
        text.at = plain;
    }
    *out = text;
    return true;
}

static bool skip_string(struct json_reader *reader)
{
    struct json_string string;
    size_t length;
    return pass_string(reader, &string) &&
           (!string.escaped || unescape(reader, &string, NULL, &length));
}

bool json_read_number(struct json_reader *reader, struct text *out)
{
    if (!expect(reader, JSON_NUMBER))
        return false;
    struct text rest = text_slice(reader->input, reader->at, reader->input.length);
    size_t length = json_number_length(rest);
    if (length == 0)
        return problem_at(reader, reader->at, "a number that JSON does not have");
    *out = text_slice(rest, 0, length);
    reader->at += length;
    return true;
}

static bool read_word(struct json_reader *reader, const char *word)
{
    struct text rest = text_slice(reader->input, reader->at, reader->input.length);
    if (!text_starts(rest, word))
        return problem_at(reader, reader->at, "a word that is not true, false or null");
    reader->at += strlen(word);
    return true;
}

bool json_read_bool(struct json_reader *reader, bool *out)
{
    if (!expect(reader, JSON_BOOL))
        return false;
    bool value = reader->input.at[reader->at] == 't';
    if (!read_word(reader, value ? "true" : "false"))
        return false;
    *out = value;
    return true;
}

bool json_read_null(struct json_reader *reader)
{
    return expect(reader, JSON_NULL) && read_word(reader, "null");
}

static bool skip_array(struct json_reader *reader)
{
    if (!json_enter_array(reader))
        return false;
    while (json_next_element(reader))
        if (!json_skip(reader))
            return false;
    return !reader->problem;
}

static bool skip_member_name(struct json_reader *reader)
{
    if (next_byte(reader) != '"')
        return problem_at(reader, reader->at, "expected a member name in quotes");
    if (!skip_string(reader))
        return false;
    if (next_byte(reader) != ':')
        return problem_at(reader, reader->at, "expected ':' after the member name");
    reader->at++;
    return true;
}

static bool skip_object(struct json_reader *reader)
{
    if (!json_enter_object(reader))
        return false;
    while (next_item(reader, '}', "expected ',' or '}'"))
        if (!skip_member_name(reader) || !json_skip(reader))
            return false;
    return !reader->problem;
}

bool json_skip(struct json_reader *reader)
{
    enum json_type type;
    struct text number;
    bool boolean;
    if (!json_peek(reader, &type))
        return false;
    switch (type) {
    case JSON_NULL:
        return json_read_null(reader);
    case JSON_BOOL:
        return json_read_bool(reader, &boolean);
    case JSON_NUMBER:
        return json_read_number(reader, &number);
    case JSON_STRING:
        return skip_string(reader);
    case JSON_ARRAY:
        return skip_array(reader);
    case JSON_OBJECT:
        return skip_object(reader);
    }
    return false;
}

bool json_read_raw(struct json_reader *reader, struct text *out)
{
    next_byte(reader);
    size_t from = reader->at;
    if (!json_skip(reader))
        return false;
    *out = text_slice(reader->input, from, reader->at);
    return true;
}

bool json_reader_end(struct json_reader *reader)
{
    if (reader->problem)
        return false;
    next_byte(reader);
    return at_end(reader) || problem_at(reader, reader->at, "something follows the value");
}

bool json_read_failed(const struct json_reader *reader, struct azb_error *err)
{
    size_t line = 1;
    size_t column = 1;
    if (!reader->problem)
        return false;
    if (reader->problem == out_of_memory) {
        fail_memory(err);
        return true;
    }
    for (size_t i = 0; i < reader->problem_at && i < reader->input.length; i++) {
        unsigned char c = (unsigned char)reader->input.at[i];
        line += c == '\n';
        column = c == '\n' ? 1 : column + ((c & 0xC0) != 0x80); /* characters, not bytes */
    }
    fail(err, AZB_ERROR_PROTOCOL, "line %zu, column %zu: %s", line, column, reader->problem);
    return true;
}
