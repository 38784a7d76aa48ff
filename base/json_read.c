/*
 * The pull reader (RFC 8259).
 */
#include "base/json.h"

#include <string.h>

#include "base/error.h"

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
    enum json_type type;
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

/* What a string holds besides plain ASCII. */
struct string_span {
    size_t from, to; /* without the quotes */
    bool escaped;
    bool not_ascii;
};

#define EACH_BYTE(byte) (0x0101010101010101U * (byte))

/* Marks at least the first of the eight bytes that is '"', '\\' or below 0x20, if there is one. */
static inline uint64_t special_bytes(uint64_t eight)
{
    uint64_t quote = eight ^ EACH_BYTE('"');
    uint64_t slash = eight ^ EACH_BYTE('\\');
    return ((quote - EACH_BYTE(1)) & ~quote) | ((slash - EACH_BYTE(1)) & ~slash) |
           ((eight - EACH_BYTE(0x20)) & ~eight);
}

/* Moves `at` over eight plain bytes at a time and gathers all of them in `seen`. */
static inline size_t skip_plain(struct text input, size_t at, uint64_t *seen)
{
    while (input.length - at >= sizeof(uint64_t)) {
        uint64_t eight;
        memcpy(&eight, input.at + at, sizeof(eight));
        if (special_bytes(eight) & EACH_BYTE(0x80))
            break;
        *seen |= eight;
        at += sizeof(eight);
    }
    return at;
}

/* Finds the end of the string that begins at reader->at, and steps behind it. */
static bool find_string_end(struct json_reader *reader, struct string_span *span)
{
    struct text input = reader->input;
    uint64_t seen = 0;
    size_t at = reader->at + 1;
    *span = (struct string_span){.from = at};
    while ((at = skip_plain(input, at, &seen)) < input.length) {
        unsigned char c = (unsigned char)input.at[at];
        if (c == '"') {
            span->to = at;
            span->not_ascii = (seen & EACH_BYTE(0x80)) != 0;
            reader->at = at + 1;
            return true;
        }
        if (c < 0x20)
            return problem_at(reader, at, "a control character in a string must be escaped");
        span->escaped = span->escaped || c == '\\';
        seen |= c;
        at += c == '\\' ? 2 : 1;
        if (at > input.length)
            break;
    }
    return problem_at(reader, reader->at, "the string has no closing quote");
}

static bool check_utf8(struct json_reader *reader, const struct string_span *span)
{
    struct text rest = text_slice(reader->input, span->from, span->to);
    if (!span->not_ascii || text_valid_utf8(rest))
        return true;
    for (size_t length; (length = text_utf8_length(rest)) > 0;)
        rest = text_slice(rest, length, rest.length);
    return problem_at(reader, span->to - rest.length, "a string is not UTF-8");
}

static const char simple_escapes[256] = {
    ['"'] = '"',
    ['\\'] = '\\',
    ['/'] = '/',
    ['b'] = '\b',
    ['f'] = '\f',
    ['n'] = '\n',
    ['r'] = '\r',
    ['t'] = '\t',
};

static bool read_hex4(struct text text, unsigned *out)
{
    unsigned value = 0;
    if (text.length < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)text.at[i];
        unsigned letter = (c | 0x20U) - 'a';
        if (c >= '0' && c <= '9')
            value = value * 16 + (c - '0');
        else if (letter < 6)
            value = value * 16 + letter + 10;
        else
            return false;
    }
    *out = value;
    return true;
}

static size_t put_utf8(unsigned code, char *to)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xC0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (char)(0xE0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3F));
        to[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | code >> 18);
    to[1] = (char)(0x80 | (code >> 12 & 0x3F));
    to[2] = (char)(0x80 | (code >> 6 & 0x3F));
    to[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* The code point of "\uXXXX" or of a surrogate pair of these at `*at`; moves `*at` behind it. */
static const char *read_unicode_escape(struct text raw, size_t *at, unsigned *code)
{
    unsigned low;
    if (!read_hex4(text_slice(raw, *at + 2, raw.length), code))
        return "\\u needs four hexadecimal digits";
    *at += 6;
    if (*code < 0xD800 || *code > 0xDFFF)
        return NULL;
    struct text next = text_slice(raw, *at, raw.length);
    if (*code > 0xDBFF || !text_starts(next, "\\u") ||
        !read_hex4(text_slice(next, 2, next.length), &low) || low < 0xDC00 || low > 0xDFFF)
        return "half of a surrogate pair";
    *at += 6;
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return NULL;
}

/* The bytes of the escape at `*at` go to `to` (room for 4); a problem, or NULL. */
static const char *read_escape(struct text raw, size_t *at, char *to, size_t *length)
{
    unsigned code;
    unsigned char letter = (unsigned char)raw.at[*at + 1];
    if (simple_escapes[letter]) {
        to[0] = simple_escapes[letter];
        *length = 1;
        *at += 2;
        return NULL;
    }
    if (letter != 'u')
        return "an escape that JSON does not have";
    const char *problem = read_unicode_escape(raw, at, &code);
    if (!problem)
        *length = put_utf8(code, to);
    return problem;
}

/* Checks the escapes of a string and, unless `to` is NULL, writes it without them. An escape is
 * never shorter than what it stands for, so the raw length is room enough. */
static bool decode_string(
    struct json_reader *reader, const struct string_span *span, char *to, size_t *to_length)
{
    struct text raw = text_slice(reader->input, span->from, span->to);
    size_t length = 0;
    for (size_t at = 0; at < raw.length;) {
        const char *slash = memchr(raw.at + at, '\\', raw.length - at);
        size_t plain = slash ? (size_t)(slash - raw.at) - at : raw.length - at;
        if (to)
            memcpy(to + length, raw.at + at, plain);
        length += plain;
        at += plain;
        if (!slash)
            break;
        char bytes[4];
        size_t count;
        size_t escape = span->from + at;
        const char *problem = read_escape(raw, &at, bytes, &count);
        if (problem)
            return problem_at(reader, escape, problem);
        if (to)
            memcpy(to + length, bytes, count);
        length += count;
    }
    *to_length = length;
    return true;
}

bool json_read_string(struct json_reader *reader, struct text *out)
{
    struct string_span span;
    struct text string;
    if (!expect(reader, JSON_STRING) || !find_string_end(reader, &span) ||
        !check_utf8(reader, &span))
        return false;
    string = text_slice(reader->input, span.from, span.to);
    if (span.escaped) {
        char *decoded = arena_alloc(reader->arena, string.length + 1);
        if (!decoded)
            return problem_at(reader, span.from, out_of_memory);
        if (!decode_string(reader, &span, decoded, &string.length))
            return false;
        string.at = decoded;
    }
    *out = string;
    return true;
}

static bool skip_string(struct json_reader *reader)
{
    struct string_span span;
    size_t length;
    return find_string_end(reader, &span) && check_utf8(reader, &span) &&
           (!span.escaped || decode_string(reader, &span, NULL, &length));
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
