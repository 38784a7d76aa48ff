/*
 * base/text.h - text by pointer and length, growing buffers, percent encoding.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

/* A run of bytes that somebody else owns. Not NUL-terminated. {NULL, 0} is absent. */
struct text {
    const char *at;
    size_t length;
};

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})
#define TEXT_NONE ((struct text){NULL, 0})
/* For "%.*s". */
#define TEXT_ARGS(t) (int)(t).length, (t).at ? (t).at : ""

struct text text_of(const char *string); /* NULL gives TEXT_NONE */
bool text_equal(struct text a, struct text b);
bool text_equal_nocase(struct text a, struct text b); /* ASCII only */
bool text_is(struct text text, const char *string);
bool text_starts(struct text text, const char *prefix);
bool text_ends(struct text text, const char *suffix);
struct text text_slice(struct text text, size_t from, size_t to); /* clamped */
struct text text_trim(struct text text);                          /* ASCII white space */

/* Cuts the next piece up to `separator` off `rest`; false when rest is absent ({NULL,0}).
 * "a,,b" gives "a", "", "b". */
bool text_cut(struct text *rest, char separator, struct text *piece);

/* Decimal without sign or spaces, the whole text, at most `max`. */
bool text_to_u64(struct text text, uint64_t max, uint64_t *out);

char *text_string(struct arena *arena, struct text text); /* NUL-terminated copy */

/* RFC 3986: "%41" to "A". `plus_is_space` for forms. False on a bad escape or a NUL. */
bool text_percent_decode(
    struct arena *arena, struct text text, bool plus_is_space, struct text *out);

/* Looks `name` up in "a=1&b=2" (raw); the value is decoded into the arena. Query and form alike.
 * 0 absent, 1 found, 2 found more than once (out has the first), -1 badly encoded or out of memory
 * (then arena->failed). Encoded names are decoded too; "name" without '=' has an empty value. */
int text_form_get(struct arena *arena, struct text form, const char *name, struct text *out);

bool text_valid_utf8(struct text text);
/* Bytes (1 to 4) of the well-formed UTF-8 character that `text` begins with (RFC 3629), else 0. */
size_t text_utf8_length(struct text text);

/* The length without a character at its end that was cut off in its middle. */
size_t text_whole_length(struct text text);
/* Nothing that a terminal would obey: no control characters, also not those that UTF-8 writes with
 * two bytes (U+0080 to U+009F), and well-formed. The second makes it so, with a space in place of
 * each byte of a control character and a '?' for what is no UTF-8. */
bool text_is_printable(struct text text);
void text_make_printable(char *string);

/* Same case-insensitive ASCII comparison for C strings, and a GUID check (8-4-4-4-12 hex). */
bool string_equal_nocase(const char *a, const char *b);
bool text_is_guid(struct text text);

/*
 * A buffer that grows up to a maximum that it declares when born, and remembers that it failed:
 * add as often as you like, ask `failed` once. Always NUL-terminated when not empty.
 */
struct buffer {
    char *at;
    size_t length;
    size_t capacity;
    size_t maximum;
    bool failed;
};

void buffer_init(struct buffer *buffer, size_t maximum); /* bytes, the final NUL not counted */
void buffer_free(struct buffer *buffer);                 /* overwrites the bytes, then frees them */
void buffer_reset(struct buffer *buffer);                /* empty, keeps the memory */
void buffer_add(struct buffer *buffer, const void *bytes, size_t length);
void buffer_add_text(struct buffer *buffer, struct text text);
void buffer_add_string(struct buffer *buffer, const char *string);
void buffer_add_char(struct buffer *buffer, char c);
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_format_v(struct buffer *buffer, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* Percent-encodes all but RFC 3986 unreserved characters. */
void buffer_add_encoded(struct buffer *buffer, struct text text);
/* Adds "&name=value" (without '&' when the buffer is empty), the value encoded. */
void buffer_add_form(struct buffer *buffer, const char *name, struct text value);
struct text buffer_text(const struct buffer *buffer); /* never absent; valid until the next add */

/* `scoped_buffer struct buffer b = {0};`: as scoped_arena. */
#define scoped_buffer __attribute__((cleanup(buffer_free)))

#endif
