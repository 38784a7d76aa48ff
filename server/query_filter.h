/*
 * query_filter.h - the $filter that directory and management lists take:
 *
 *     name eq 'value'    name ne 'value'    name in ('a','b')    name eq true
 *     startswith(name,'value')    endswith(name,'value')
 *     name/any(x:x eq 'value')
 *     word()    word('value')
 *
 * joined by `and`, `or` and `not`, with brackets. A quote in a value is written twice. What each
 * list takes is a table; the rest is refused by name.
 */
#ifndef SERVER_QUERY_FILTER_H
#define SERVER_QUERY_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

#define QUERY_FILTER_MAX 2048 /* bytes */
#define QUERY_TERMS_MAX 40    /* each value of `in` is one */
#define QUERY_DEPTH_MAX 16    /* of brackets and `not` */

enum query_operator {
    QUERY_EQ = 1,
    QUERY_STARTS = 2,
    QUERY_ANY = 4,         /* name/any(x:x eq 'value') */
    QUERY_WORD = 8,        /* word(); not below `or` and `not` */
    QUERY_WORD_VALUE = 16, /* word('value'); the same */
    QUERY_NE = 32,
    QUERY_IN = 64,
    QUERY_ENDS = 128,
    QUERY_TRUTH = 256, /* eq and ne with true or false: the item's value is one of these words */
    QUERY_ORDER = 512, /* not of filters: the list can be sorted by it */
};
/* What Graph takes of most of its strings. */
#define QUERY_STRING (QUERY_EQ | QUERY_NE | QUERY_IN | QUERY_STARTS | QUERY_ENDS | QUERY_ORDER)

/* What one list takes. */
struct query_property {
    const char *name;
    unsigned operators; /* enum query_operator, added */
    /* The item's value; NULL when it has none. NULL function: the list evaluates a word itself, and
     * says by `several` what an item has of a property with several values. */
    const char *(*value)(const void *item);
};

struct query_term {
    enum query_operator op;
    const struct query_property *property;
    struct text value;
};

struct query_filter {
    bool any; /* there is an `or` or a `not`: not every term has to hold */
    size_t count;
    struct query_term terms[QUERY_TERMS_MAX];
    /* The terms and what joins them, in postfix order: a term's index, or enum query_joint. */
    uint8_t program[3 * QUERY_TERMS_MAX + QUERY_DEPTH_MAX];
    size_t length;
    const char *advanced; /* what it has that Graph takes with ConsistencyLevel only; or NULL */
    /* Set by the list: whether the item has this value among those of the property. */
    bool (*several)(const struct query_property *property, const void *item, struct text value);
};

/* An absent or empty text is a filter without terms, which everything passes. False: AZB_ERROR_
 * ARGUMENT, status 400, no code; the message says what is not understood or not supported. */
bool query_filter_parse(struct text text, const struct query_property *properties, size_t count,
    struct arena *arena, struct query_filter *out, struct azb_error *err);

/* Terms that the list evaluates itself pass. Values compare without case, as in Graph. */
bool query_filter_passes(const struct query_filter *filter, const void *item);

/* The term on that property, or NULL. */
const struct query_term *query_filter_term(const struct query_filter *filter, const char *name);

#endif
