/*
 * rbac/gather.h - what assignments grant a caller at a scope, and what deny assignments take away.
 */
#ifndef RBAC_GATHER_H
#define RBAC_GATHER_H

#include "rbac/question.h"

/* What is granted without a condition is complete. Conditions and deny assignments are looked at
 * only for what the rules ask: the operation in question, and for Batch also those that its rule
 * names. */
struct gathered {
    struct operation_set granted;
    struct operation_set denied;
    /* The same for an operation that the catalogue does not have. */
    bool name_granted;
    bool name_denied;
};

void gather(const struct rbac_index *index, const struct rbac_request *request,
    const struct question *question, enum rbac_rules rules, struct gathered *out);

/* `granted` without `denied`. */
struct operation_set gathered_rest(const struct gathered *gathered);
/* True when the operation in question is granted and not denied. */
bool gathered_allows(const struct gathered *gathered, const struct question *question);

/* True when the caller is among those whom the deny assignment means; it may act elsewhere. */
bool denial_means(const struct rbac_index *index, const struct indexed_denial *denial,
    const struct rbac_caller *caller);
/* FALSE when it does not take the operation away, UNKNOWN when its conditions cannot be decided;
 * then it counts as if they were true. */
enum condition_result denial_result(const struct indexed_denial *denial,
    const struct rbac_request *request, struct text name, enum rbac_kind kind, const char *action);

#endif
