/*
 * rbac/condition_data.h - what is inside a parsed condition; for condition_parse and
 * condition_evaluate only.
 */
#ifndef RBAC_CONDITION_DATA_H
#define RBAC_CONDITION_DATA_H

#include "rbac/condition.h"
#include "rbac/condition_operator.h"
#include "rbac/pattern.h"

enum node_kind {
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_ACTION_MATCHES,
    NODE_SUB_OPERATION_MATCHES,
    NODE_EXISTS,
    NODE_COMPARISON,
};

struct condition_name {
    enum condition_source source;
    struct text name;  /* "Microsoft.Authorization/roleAssignments:PrincipalType" */
    const char *shown; /* "@Request[...]", as it was written */
};

/* One side of a comparison: an attribute, or the values that were written. */
struct condition_operand {
    bool is_attribute;
    struct condition_name attribute;
    const struct text *values;
    size_t value_count;
};

struct condition_node {
    enum node_kind kind;
    struct text source;                 /* this part of the condition */
    const struct condition_node *first; /* AND, OR, NOT */
    const struct condition_node *next;  /* the next part of the same AND or OR */
    bool has_comparison;                /* it, or something in it, asks for attributes */
    struct pattern pattern;             /* ActionMatches, SubOperationMatches */
    struct condition_operand left;      /* Exists: the attribute */
    struct condition_operand right;
    enum condition_quantifier quantifier;
    const struct condition_operator *operator;
};

struct condition {
    struct condition_node root;
};

#endif
