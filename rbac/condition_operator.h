/*
 * rbac/condition_operator.h - the comparison functions of conditions, as a table, and one
 * comparison of two values.
 */
#ifndef RBAC_CONDITION_OPERATOR_H
#define RBAC_CONDITION_OPERATOR_H

#include "base/text.h"
#include "rbac/condition.h"

enum condition_type {
    CONDITION_STRING,
    CONDITION_NUMERIC,
    CONDITION_DATE_TIME,
    CONDITION_BOOL,
    CONDITION_GUID,
};

enum condition_test {
    TEST_EQUALS,
    TEST_STARTS_WITH,
    TEST_LIKE,
    TEST_LESS,
    TEST_LESS_EQUALS,
    TEST_GREATER,
    TEST_GREATER_EQUALS,
};

struct condition_operator {
    const char *name;
    enum condition_type type;
    enum condition_test test;
    bool negated;     /* StringNotEquals and its like */
    bool ignore_case; /* of strings */
};

/* How several values on either side are put together: ForAnyOfAnyValues: and its like. */
enum condition_quantifier {
    QUANTIFIER_NONE, /* one value on each side */
    QUANTIFIER_ANY_OF_ANY,
    QUANTIFIER_ALL_OF_ANY,
    QUANTIFIER_ANY_OF_ALL,
    QUANTIFIER_ALL_OF_ALL,
};

/* "StringEquals", in any case; NULL when there is none. */
const struct condition_operator *condition_operator_find(struct text name);
/* The one whose name is most like it, for messages. */
const struct condition_operator *condition_operator_nearest(struct text name);
/* "ForAnyOfAnyValues", in any case. */
bool condition_quantifier_find(struct text name, enum condition_quantifier *out);

/* What a value of the type looks like: for messages. */
const char *condition_type_text(enum condition_type type);
/* True when `value` can be read as the type. */
bool condition_value_is(enum condition_type type, struct text value);

/* One pair of values. UNKNOWN: one of them is not of the operator's type. For TEST_LIKE `right` is
 * the pattern, with its backslashes. */
enum condition_result condition_compare(
    const struct condition_operator *operator, struct text left, struct text right);

#endif
