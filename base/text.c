#include "base/text.h"

#include <stdio.h>
#include <strings.h>

#include "base/arena.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct text text_of(const char *string)
{
    return string ? (struct text){string, strlen(string)} : TEXT_NONE;
}

bool text_equal(struct text a, struct text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

bool text_equal_nocase(struct text a, struct text b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

bool string_equal_nocase(const char *a, const char *b)
{
    return text_equal_nocase(text_of(a), text_of(b));
}

bool text_is(struct text text, const char *string)
{
    return text_equal(text, text_of(string));
}

bool text_starts(struct text text, const char *prefix)
{
    size_t length = strlen(prefix);
    return text.length >= length && text_is((struct text){text.at, length}, prefix);
}

bool text_ends(struct text text, const char *suffix)
{
    size_t length = strlen(suffix);
    return text.length >= length &&
           text_is(text_slice(text, text.length - length, text.length), suffix);
}

struct text text_slice(struct text text, size_t from, size_t to)
{
    if (!text.at)
        return TEXT_NONE;
    if (to > text.length)
        to = text.length;
    if (from > to)
        from = to;
    return (struct text){text.at + from, to - from};
}

struct text text_trim(struct text text)
{
    while (text.length > 0 && is_space(text.at[0]))
        text = text_slice(text, 1, text.length);
    while (text.length > 0 && is_space(text.at[text.length - 1]))
        text.length--;
    return text;
}

bool text_cut(struct text *rest, char separator, struct text *piece)
{
    if (!rest->at)
        return false;
    const char *end = rest->length ? memchr(rest->at, separator, rest->length) : NULL;
    if (!end) {
        *piece = *rest;
        *rest = TEXT_NONE;
        return true;
    }
    size_t length = (size_t)(end - rest->at);
    *piece = (struct text){rest->at, length};
    *rest = (struct text){end + 1, rest->length - length - 1};
    return true;
}

bool text_to_u64(struct text text, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(text.at[i] - '0'), &value))
            return false;
    }
    if (text.length == 0 || value > max)
        return false;
    *out = value;
    return true;
}

char *text_string(struct arena *arena, struct text text)
{
    return arena_copy(arena, text.at, text.length);
}

/* The byte at `*at`, unescaped, and `*at` behind it; -1 on a bad escape or a NUL. */
static int decode_byte(struct text text, size_t *at, bool plus_is_space)
{
    char c = text.at[(*at)++];
    if (c == '+' && plus_is_space)
        return ' ';
    if (c != '%')
        return c ? (unsigned char)c : -1;
    if (text.length - *at < 2)
        return -1;
    int high = hex_value(text.at[*at]);
    int low = hex_value(text.at[*at + 1]);
    *at += 2;
    return high < 0 || low < 0 || high + low == 0 ? -1 : high * 16 + low;
}

bool text_percent_decode(
    struct arena *arena, struct text text, bool plus_is_space, struct text *out)
{
    char *decoded = arena_alloc(arena, text.length + 1);
    if (!decoded)
        return false;
    size_t length = 0;
    for (size_t at = 0; at < text.length;) {
        int byte = decode_byte(text, &at, plus_is_space);
        if (byte < 0)
            return false;
        decoded[length++] = (char)byte;
    }
    *out = (struct text){decoded, length};
    return true;
}

static bool decoded_is(struct text text, const char *name)
{
    for (size_t at = 0; at < text.length; name++)
        if (*name == '\0' || decode_byte(text, &at, true) != (unsigned char)*name)
            return false;
    return *name == '\0';
}

int text_form_get(struct arena *arena, struct text form, const char *name, struct text *out)
{
    int found = 0;
    struct text pair;
    while (found < 2 && text_cut(&form, '&', &pair)) {
        struct text key;
        struct text value = pair;
        if (pair.length == 0 || !text_cut(&value, '=', &key) || !decoded_is(key, name))
            continue;
        if (found == 0 && !text_percent_decode(arena, value, true, out))
            return -1;
        found++;
    }
    return found;
}

/* What follows a lead byte: how many, and what range the first of them must be in. */
struct utf8_lead {
    unsigned char from, to;
    unsigned char length;
    unsigned char second_from, second_to;
};

/* RFC 3629, section 4. */
static const struct utf8_lead utf8_leads[] = {
    {0x00, 0x7F, 1, 0, 0}, {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF},
    {0xE1, 0xEC, 3, 0x80, 0xBF}, {0xED, 0xED, 3, 0x80, 0x9F}, /* no surrogates */
    {0xEE, 0xEF, 3, 0x80, 0xBF}, {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF},
    {0xF4, 0xF4, 4, 0x80, 0x8F}, /* up to U+10FFFF */
};

static const struct utf8_lead *find_lead(unsigned char byte)
{
    for (size_t i = 0; i < sizeof(utf8_leads) / sizeof(utf8_leads[0]); i++)
        if (byte >= utf8_leads[i].from && byte <= utf8_leads[i].to)
            return &utf8_leads[i];
    return NULL;
}

size_t text_utf8_length(struct text text)
{
    if (text.length == 0)
        return 0;
    const unsigned char *at = (const unsigned char *)text.at;
    const struct utf8_lead *lead = find_lead(at[0]);
    if (!lead || text.length < lead->length)
        return 0;
    if (lead->length > 1 && (at[1] < lead->second_from || at[1] > lead->second_to))
        return 0;
    for (size_t i = 2; i < lead->length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return lead->length;
}

/* Bytes at the start that are ASCII, eight at a time. */
static size_t ascii_run(struct text text)
{
    size_t run = 0;
    for (; text.length - run >= sizeof(uint64_t); run += sizeof(uint64_t)) {
        uint64_t eight;
        memcpy(&eight, text.at + run, sizeof(eight));
        if (eight & 0x8080808080808080U)
            break;
    }
    while (run < text.length && (unsigned char)text.at[run] < 0x80)
        run++;
    return run;
}

bool text_valid_utf8(struct text text)
{
    while (text.length > 0) {
        text = text_slice(text, ascii_run(text), text.length);
        if (text.length == 0)
            return true;
        size_t length = text_utf8_length(text);
        if (length == 0)
            return false;
        text = text_slice(text, length, text.length);
    }
    return true;
}

size_t text_whole_length(struct text text)
{
    size_t lead = text.at ? text.length : 0;
    while (lead > 0 && text.length - lead < 4 && ((unsigned char)text.at[lead - 1] & 0xC0) == 0x80)
        lead--;
    if (lead == 0 || (unsigned char)text.at[lead - 1] < 0xC0)
        return text.length;
    const struct utf8_lead *last = find_lead((unsigned char)text.at[lead - 1]);
    bool is_cut = last && text.length - (lead - 1) < last->length;
    return is_cut ? lead - 1 : text.length;
}

static bool is_control(const char *character, size_t length)
{
    unsigned char first = (unsigned char)character[0];
    return first < ' ' || first == 0x7f ||
           (length == 2 && first == 0xC2 && (unsigned char)character[1] < 0xA0);
}

bool text_is_printable(struct text text)
{
    for (size_t at = 0, length; at < text.length; at += length) {
        length = text_utf8_length(text_slice(text, at, text.length));
        if (length == 0 || is_control(text.at + at, length))
            return false;
    }
    return true;
}

void text_make_printable(char *string)
{
    while (*string) {
        size_t length = text_utf8_length(text_of(string));
        if (length == 0)
            *string = '?';
        else if (is_control(string, length))
            memset(string, ' ', length);
        string += length ? length : 1;
    }
}

bool text_is_guid(struct text text)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text.length != sizeof(shape) - 1)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        if (shape[i] == '-' ? text.at[i] != '-' : hex_value(text.at[i]) < 0)
            return false;
    }
    return true;
}

void buffer_init(struct buffer *buffer, size_t maximum)
{
    *buffer = (struct buffer){.maximum = maximum};
}

void buffer_free(struct buffer *buffer)
{
    if (buffer->at)
        explicit_bzero(buffer->at, buffer->capacity);
    memory_free(buffer->at);
    buffer_init(buffer, buffer->maximum);
}

void buffer_reset(struct buffer *buffer)
{
    buffer->length = 0;
    buffer->failed = false;
    if (buffer->at)
        buffer->at[0] = '\0';
}

/* Moves by hand instead of realloc: what is left behind may be a secret and is overwritten. */
static bool move_buffer(struct buffer *buffer, size_t capacity)
{
    char *at = memory_resize(NULL, capacity);
    if (!at)
        return false;
    if (buffer->at) {
        memcpy(at, buffer->at, buffer->length + 1);
        explicit_bzero(buffer->at, buffer->capacity);
        memory_free(buffer->at);
    }
    buffer->at = at;
    buffer->capacity = capacity;
    return true;
}

static bool buffer_fits(const struct buffer *buffer, size_t length)
{
    return !buffer->failed && length < buffer->capacity - buffer->length;
}

static bool buffer_grow(struct buffer *buffer, size_t length)
{
    if (buffer->failed || length > buffer->maximum - buffer->length || buffer->maximum == SIZE_MAX)
        return false;
    size_t capacity = buffer->capacity < 128 ? 256 : buffer->capacity * 2;
    size_t needed = buffer->length + length + 1;
    if (capacity > buffer->maximum)
        capacity = buffer->maximum + 1;
    return move_buffer(buffer, capacity < needed ? needed : capacity);
}

/* Room for `length` more bytes and the final NUL, or the buffer has failed. */
static bool buffer_room(struct buffer *buffer, size_t length)
{
    if (buffer_fits(buffer, length))
        return true;
    buffer->failed = !buffer_grow(buffer, length);
    return !buffer->failed;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
    if (!buffer_room(buffer, length))
        return;
    if (length > 0)
        memcpy(buffer->at + buffer->length, bytes, length);
    buffer->length += length;
    buffer->at[buffer->length] = '\0';
}

void buffer_add_char(struct buffer *buffer, char c)
{
    if (!buffer_room(buffer, 1))
        return;
    buffer->at[buffer->length++] = c;
    buffer->at[buffer->length] = '\0';
}

void buffer_add_text(struct buffer *buffer, struct text text)
{
    buffer_add(buffer, text.at, text.length);
}

void buffer_add_string(struct buffer *buffer, const char *string)
{
    buffer_add(buffer, string, strlen(string));
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buffer_format_v(buffer, format, args);
    va_end(args);
}

void buffer_format_v(struct buffer *buffer, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length < 0)
        buffer->failed = true;
    else if (buffer_room(buffer, (size_t)length)) {
        vsnprintf(buffer->at + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
}

/* RFC 3986, section 2.3. */
static bool is_unreserved(char c)
{
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

void buffer_add_encoded(struct buffer *buffer, struct text text)
{
    static const char digits[] = "0123456789ABCDEF";
    buffer_add(buffer, NULL, 0);
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (is_unreserved(text.at[i]))
            buffer_add_char(buffer, text.at[i]);
        else
            buffer_add(buffer, (char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
    }
}

void buffer_add_form(struct buffer *buffer, const char *name, struct text value)
{
    if (buffer->length > 0)
        buffer_add_char(buffer, '&');
    buffer_add_string(buffer, name);
    buffer_add_char(buffer, '=');
    buffer_add_encoded(buffer, value);
}

struct text buffer_text(const struct buffer *buffer)
{
    return (struct text){buffer->at ? buffer->at : "", buffer->length};
}
