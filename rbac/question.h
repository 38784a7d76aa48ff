/*
 * rbac/question.h - the operation of a request, resolved; and the Batch rule on a set of grants.
 */
#ifndef RBAC_QUESTION_H
#define RBAC_QUESTION_H

#include "rbac/index_data.h"

struct question {
    const struct rbac_operation *operation; /* NULL when the catalogue does not have it */
    enum rbac_kind kind;
    const char *action; /* as asked, or the catalogue's spelling */
    struct text name;   /* in lower case; set only when `operation` is NULL; absent: too long */
    char lower[ROLE_STRING_MAX + 1];
};

/* Lower-case names of known operations are not needed by decisions and not made. */
void question_of(
    const struct rbac_index *index, const struct rbac_request *request, struct question *out);

static inline size_t question_number(const struct question *question)
{
    return (size_t)(question->operation - rbac_operations(NULL));
}

/* Fills `lower` and `name` for known operations too: explanations compare patterns. */
void question_spell(struct question *question);

/* The Batch rule, given what is granted: `set` of known operations, `granted` the one asked. */
bool batch_rule(const struct rbac_index *index, const struct rbac_request *request,
    const struct question *question, const struct operation_set *set, bool granted,
    struct rbac_decision *out);

#endif
