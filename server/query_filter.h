/*
 * query_filter.h - the small $filter that directory and management lists take:
 *
 *     name eq 'value'    startswith(name,'value')    name/any(x:x eq 'value')
 *     word()    word('value')
 *
 * several of them joined by `and`, or several joined by `or`; no brackets, no mixing. A quote in a
 * value is written twice. What each list takes is a table; the rest is refused by name.
 */
#ifndef SERVER_QUERY_FILTER_H
#define SERVER_QUERY_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

#define QUERY_FILTER_MAX 2048 /* bytes */
#define QUERY_TERMS_MAX 20

enum query_operator {
    QUERY_EQ = 1,
    QUERY_STARTS = 2,
    QUERY_ANY = 4,         /* name/any(x:x eq 'value') */
    QUERY_WORD = 8,        /* word() */
    QUERY_WORD_VALUE = 16, /* word('value') */
};

/* What one list takes. */
struct query_property {
    const char *name;
    unsigned operators; /* enum query_operator, added */
    /* The item's value; NULL when it has none. NULL function: the list evaluates it itself. */
    const char *(*value)(const void *item);
};

struct query_term {
    enum query_operator op;
    const struct query_property *property;
    struct text value;
};

struct query_filter {
    bool any; /* joined by `or` */
    size_t count;
    struct query_term terms[QUERY_TERMS_MAX];
};

/* An absent or empty text is a filter without terms, which everything passes. False: AZB_ERROR_
 * ARGUMENT, status 400, no code; the message says what is not understood or not supported. */
bool query_filter_parse(struct text text, const struct query_property *properties, size_t count,
    struct arena *arena, struct query_filter *out, struct azb_error *err);

/* Terms whose property has no `value` function pass. Values compare without case, as in Graph. */
bool query_filter_passes(const struct query_filter *filter, const void *item);

/* The term on that property, or NULL. */
const struct query_term *query_filter_term(const struct query_filter *filter, const char *name);

#endif
