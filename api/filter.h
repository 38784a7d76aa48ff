/*
 * api/filter.h - a $filter taken apart. Private to the room; others use odata.h.
 */
#ifndef API_FILTER_H
#define API_FILTER_H

#include "api/odata.h"

enum filter_operator {
    FILTER_EQ,
    FILTER_NE,
    FILTER_GT,
    FILTER_GE,
    FILTER_LT,
    FILTER_LE,
    FILTER_STARTS,
    FILTER_OPERATOR_COUNT
};

/* One row of filters.def. */
struct filter_property {
    const char *path;
    unsigned operators; /* bits 1 << enum filter_operator */
};

struct filter_table {
    const char *list;
    const struct model *(*model)(void);
    const struct filter_property *properties;
    size_t count;
};

#define FILTER_STEPS_MAX 4

/* How a property's values compare. */
enum filter_type {
    FILTER_STRING,
    FILTER_TIME, /* ticks */
    FILTER_NUMBER,
    FILTER_TRUTH,
};

enum filter_kind { FILTER_AND, FILTER_OR, FILTER_COMPARISON };

struct filter {
    enum filter_kind kind;
    const struct filter *first;                  /* of and, or: at least two parts */
    const struct filter *next;                   /* beside it in its parent */
    const struct field *steps[FILTER_STEPS_MAX]; /* the path; all but the last are FIELD_ONE */
    size_t step_count;
    enum filter_operator op;
    enum filter_type type;
    struct text text;
    int64_t number; /* ticks, a number, or 0 and 1 */
};

/* Follows the path through the rows of `model`; 0 when it leads nowhere. */
size_t filter_steps(
    const struct model *model, const char *path, const struct field *steps[FILTER_STEPS_MAX]);
enum filter_type filter_type_of(const struct field *field);
/* 400 InvalidQueryParameterValue for one query parameter; returns false. */
bool odata_fail(struct azb_error *err, const char *name, struct text value, const char *reason);
/* Tables by number, for tests; NULL after the last one. */
const struct filter_table *filter_table_at(size_t index);

#endif
