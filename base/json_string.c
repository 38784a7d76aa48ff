#include "base/json_string.h"

#include <string.h>

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

static const char *problem_in(struct json_string *string, size_t at, const char *problem)
{
    string->problem_at = at;
    return problem;
}

/* Finds the closing quote; `seen` gathers the bytes on the way. */
static const char *find_end(struct text input, struct json_string *string, uint64_t *seen)
{
    size_t at = string->from;
    while ((at = skip_plain(input, at, seen)) < input.length) {
        unsigned char c = (unsigned char)input.at[at];
        if (c == '"') {
            string->to = at;
            return NULL;
        }
        if (c < 0x20)
            return problem_in(string, at, "a control character in a string must be escaped");
        string->escaped = string->escaped || c == '\\';
        *seen |= c;
        at += c == '\\' ? 2 : 1;
        if (at > input.length)
            break;
    }
    return problem_in(string, string->from - 1, "the string has no closing quote");
}

static const char *check_utf8(struct text input, struct json_string *string)
{
    struct text rest = text_slice(input, string->from, string->to);
    if (text_valid_utf8(rest))
        return NULL;
    for (size_t length; (length = text_utf8_length(rest)) > 0;)
        rest = text_slice(rest, length, rest.length);
    return problem_in(string, string->to - rest.length, "a string is not UTF-8");
}

const char *json_string_scan(struct text input, size_t quote, struct json_string *string)
{
    uint64_t seen = 0;
    *string = (struct json_string){.from = quote + 1};
    const char *problem = find_end(input, string, &seen);
    if (problem || (seen & EACH_BYTE(0x80)) == 0)
        return problem;
    return check_utf8(input, string);
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

const char *json_string_unescape(
    struct text input, struct json_string *string, char *to, size_t *to_length)
{
    struct text raw = text_slice(input, string->from, string->to);
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
        size_t escape = string->from + at;
        const char *problem = read_escape(raw, &at, bytes, &count);
        if (problem)
            return problem_in(string, escape, problem);
        if (to)
            memcpy(to + length, bytes, count);
        length += count;
    }
    *to_length = length;
    return NULL;
}
