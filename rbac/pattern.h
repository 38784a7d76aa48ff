/*
 * rbac/pattern.h - the wildcard of role definitions: '*' is any run of characters, '/' included.
 *
 * Compiled once; names are compared in lower case, so that matching is a comparison of bytes.
 */
#ifndef RBAC_PATTERN_H
#define RBAC_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/text.h"

struct pattern {
    const char *source; /* as written in the role */
    struct text head;   /* literal up to the first '*', lower case */
    struct text middle; /* between the first and the last '*', both left out */
    struct text tail;   /* literal after the last '*' */
    bool wild;          /* false: `head` is the whole name */
};

/* `source` must outlive the pattern; the rest is in the arena. False when out of memory. */
bool pattern_compile(const char *source, struct arena *arena, struct pattern *out);

/* `name` in lower case. */
bool pattern_matches(const struct pattern *pattern, struct text name);

/* How near the pattern came to `name` (lower case): bytes of the name that its literal beginning
 * and end cover. */
size_t pattern_nearness(const struct pattern *pattern, struct text name);

/* A lower-case copy (ASCII) in the arena; at is NULL when out of memory. */
struct text text_lower(struct arena *arena, struct text text);

#endif
