/*
 * rbac/compiled_condition.h - the condition of an assignment, of a deny assignment or of a
 * permission object, read once.
 */
#ifndef RBAC_COMPILED_CONDITION_H
#define RBAC_COMPILED_CONDITION_H

#include "rbac/condition.h"
#include "rbac/decide.h"

/* All NULL: there is none, which is always true. */
struct compiled_condition {
    const char *text;
    const struct condition *condition; /* NULL: `text` cannot be read, and is never known to hold */
    const char *problem;               /* why not */
};

/* `text` may be NULL. False only when out of memory. */
bool condition_compile(const char *text, struct arena *arena, struct compiled_condition *out);

/* `action` is the operation that it is about: the Batch rule also asks for others than the one of
 * the request. `missing` as condition_evaluate(). */
enum condition_result condition_result(const struct compiled_condition *condition,
    const struct rbac_request *request, const char *action, const char **missing);

/* The part of it that is not true (condition_untrue_part); it can be read. */
struct text condition_part(const struct compiled_condition *condition,
    const struct rbac_request *request, const char *action);

static inline enum condition_result condition_and(enum condition_result a, enum condition_result b)
{
    if (a == CONDITION_FALSE || b == CONDITION_FALSE)
        return CONDITION_FALSE;
    return a == CONDITION_TRUE ? b : a;
}

#endif
