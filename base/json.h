/*
 * base/json.h - JSON (RFC 8259): a pull reader, a tree built on it, and a writer.
 *
 * The reader checks everything it passes: syntax, UTF-8, lone surrogates, depth, duplicate member
 * names inside one object (only in trees), size. Numbers stay exact: they are kept as written and
 * converted on request, never through a double behind your back. Nothing is copied from the input
 * unless a string holds an escape; such strings go into the arena. The input must outlive the
 * values.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

#define JSON_DEPTH_MAX 64

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

/* "a string", "a number", ...: for messages. */
const char *json_type_text(enum json_type type);

/*
 * The pull reader. Every function returns false once something was wrong; ask json_read_failed()
 * for the sentence (with line and column). Walk an object or array like this:
 *
 *     if (json_enter_object(r))
 *         while (json_next_member(r, &name))
 *             if (text_is(name, "id")) json_read_string(r, &id); else json_skip(r);
 */
struct json_reader {
    struct text input;
    struct arena *arena;
    size_t at;
    int depth;
    bool first;          /* the next member or element is the first of its container */
    const char *problem; /* NULL while all is well */
    size_t problem_at;
};

void json_reader_init(struct json_reader *reader, struct text input, struct arena *arena);
bool json_peek(struct json_reader *reader, enum json_type *type);
bool json_enter_object(struct json_reader *reader);
bool json_next_member(struct json_reader *reader, struct text *name); /* false at '}' too */
bool json_enter_array(struct json_reader *reader);
bool json_next_element(struct json_reader *reader); /* false at ']' too */
bool json_read_string(struct json_reader *reader, struct text *out);
bool json_read_number(struct json_reader *reader, struct text *out); /* as written */
bool json_read_bool(struct json_reader *reader, bool *out);
bool json_read_null(struct json_reader *reader);
bool json_skip(struct json_reader *reader); /* one whole value, checked */
/* Like json_skip, and gives the bytes of the value as written. */
bool json_read_raw(struct json_reader *reader, struct text *out);
/* Nothing but white space is left, and nothing failed. */
bool json_reader_end(struct json_reader *reader);
/* True when the reader failed; sets err (AZB_ERROR_PROTOCOL, "line L, column C: ...", or
 * AZB_ERROR_MEMORY). */
bool json_read_failed(const struct json_reader *reader, struct azb_error *err);

/* Bytes of the JSON number that `text` begins with; 0 when it begins with none. */
size_t json_number_length(struct text text);
/* "-0", "12", "1e3", "12.0" count when the value is a whole number in range. No rounding. */
bool json_number_to_i64(struct text number, int64_t *out);
/* The nearest double, whatever the locale; false when it is out of a double's range. */
bool json_number_to_double(struct text number, double *out);

/* A tree, for documents whose shape is free. All of it lives in the arena. */
struct json {
    enum json_type type;
    bool boolean;
    struct text text;   /* the string, or the number as written */
    struct text name;   /* inside an object */
    struct json *first; /* of an array or object */
    struct json *next;
    size_t count;
};

/* Reads one document. NULL and err when it is not JSON, too deep, or has a member twice. */
const struct json *json_parse(struct text input, struct arena *arena, struct azb_error *err);
/* What a writer wrote, with a copy of the text in the arena. NULL and err: memory. */
const struct json *json_written(
    const struct buffer *text, struct arena *arena, struct azb_error *err);
/* All of these accept NULL and wrong types and then give NULL / absent / the fallback. */
const struct json *json_get(const struct json *object, const char *name);
const struct json *json_get_nocase(const struct json *object, const char *name);
const struct json *json_path(const struct json *from, const char *path); /* "a.b.c" */
struct text json_text(const struct json *value); /* a string's text, else TEXT_NONE */
struct text json_get_text(const struct json *object, const char *name);
bool json_get_bool(const struct json *object, const char *name, bool fallback);
int64_t json_get_i64(const struct json *object, const char *name, int64_t fallback);
/* The string as a C string in the arena, or NULL. */
char *json_get_string(const struct json *object, const char *name, struct arena *arena);

/*
 * The writer appends to a buffer and puts the commas itself. Strings that are not UTF-8 are written
 * with U+FFFD for each bad byte, so that what goes out is always JSON. With `indent` > 0 it is for
 * people: one member a line.
 */
struct json_writer {
    struct buffer *out;
    int indent;
    int depth;
    bool first;
    bool after_name;
};

void json_writer_init(struct json_writer *writer, struct buffer *out, int indent);
void json_begin_object(struct json_writer *writer);
void json_end_object(struct json_writer *writer);
void json_begin_array(struct json_writer *writer);
void json_end_array(struct json_writer *writer);
void json_name(struct json_writer *writer, const char *name);
void json_name_text(struct json_writer *writer, struct text name);
void json_write_text(struct json_writer *writer, struct text text);     /* absent writes null */
void json_write_string(struct json_writer *writer, const char *string); /* NULL writes null */
void json_write_i64(struct json_writer *writer, int64_t number);
void json_write_double(struct json_writer *writer, double number); /* shortest exact; NaN is null */
void json_write_bool(struct json_writer *writer, bool value);
void json_write_null(struct json_writer *writer);
void json_write_raw(struct json_writer *writer, struct text json); /* trusted JSON as it is */
void json_write_tree(struct json_writer *writer, const struct json *value);
/* name and value in one call; a NULL string writes nothing at all. */
void json_member(struct json_writer *writer, const char *name, const char *string);
void json_member_text(struct json_writer *writer, const char *name, struct text text);
void json_member_i64(struct json_writer *writer, const char *name, int64_t number);
void json_member_bool(struct json_writer *writer, const char *name, bool value);

#endif
