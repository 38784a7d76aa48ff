/*
 * base/json_string.h - the inside of JSON strings (RFC 8259, section 7). Only the reader needs it.
 */
#ifndef BASE_JSON_STRING_H
#define BASE_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include "base/text.h"

/* A string inside `input`, by offsets. */
struct json_string {
    size_t from, to; /* without the quotes */
    bool escaped;    /* has a backslash, so it must be unescaped */
    size_t problem_at;
};

/* Both return NULL, or what was wrong at `problem_at`. */

/* From the opening quote to the closing one: control characters and UTF-8 are checked. */
const char *json_string_scan(struct text input, size_t quote, struct json_string *string);
/* Checks the escapes and, unless `to` is NULL, writes the string without them. */
const char *json_string_unescape(
    struct text input, struct json_string *string, char *to, size_t *length);

#endif
