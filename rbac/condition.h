/*
 * rbac/condition.h - conditions of role assignments and role definitions, version 2.0: parsed once,
 * evaluated against what is known about a request ("Azure role assignment condition format and
 * syntax").
 *
 *     (!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'}))
 *     OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]
 *         ForAnyOfAnyValues:GuidEquals {29fe4964-1e60-436b-bd3a-77fd4c178b3c})
 *
 * A condition only ever narrows: an assignment whose condition is not true does not help. An
 * attribute of which nothing is known makes its comparison, and Exists, neither true nor false;
 * what is left of the condition may still decide (CONDITION_UNKNOWN when it does not).
 *
 * Left open by the documentation and settled here: words count in any case; in a quoted text \' is
 * a quote and \\ a backslash; a comparison with an attribute that is known to have no value, or
 * with a value of another type, is unknown and never true; without a ForAny... function both
 * sides have one value.
 */
#ifndef RBAC_CONDITION_H
#define RBAC_CONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

#define CONDITION_MAX 8192      /* bytes of one condition */
#define CONDITION_DEPTH_MAX 32  /* brackets and NOT within one another */
#define CONDITION_VERSION "2.0" /* the only one that is taken */

struct condition;

/* Lives in the arena and does not refer to `text`. NULL and err (AZB_ERROR_ARGUMENT): what was
 * expected at which character, or which word is not known and what is allowed in its place. */
const struct condition *condition_parse(
    struct text text, struct arena *arena, struct azb_error *err) AZB_MUST_CHECK;

enum condition_source {
    CONDITION_REQUEST,     /* @Request[...] */
    CONDITION_RESOURCE,    /* @Resource[...] */
    CONDITION_PRINCIPAL,   /* @Principal[...] */
    CONDITION_ENVIRONMENT, /* @Environment[...] */
};

/* One attribute that is known: "Microsoft.Authorization/roleAssignments:PrincipalType". */
struct condition_attribute {
    enum condition_source source;
    const char *name;          /* compared without case */
    const char *const *values; /* texts, GUIDs, numbers, booleans, ISO 8601 times */
    size_t value_count;        /* 0: known to be absent, so that Exists is false */
};

/* What is known about a request. @Environment[UtcNow] is `now`, without being listed. */
struct condition_facts {
    const char *action;        /* for ActionMatches{}; data action or action */
    const char *sub_operation; /* for SubOperationMatches{}; NULL: it has none, nothing matches */
    int64_t now;               /* ticks */
    const struct condition_attribute *attributes;
    size_t attribute_count;
};

enum condition_result {
    CONDITION_FALSE,
    CONDITION_TRUE,
    CONDITION_UNKNOWN, /* an attribute that decides is not there: *missing names it */
};

/* `missing` (may be NULL) is set to "@Resource[...]" of the condition when UNKNOWN. */
enum condition_result condition_evaluate(
    const struct condition *condition, const struct condition_facts *facts, const char **missing);

/* For messages, when it is not TRUE: the smallest part of the condition that shows why, as it was
 * written. Lives as long as the condition. */
struct text condition_untrue_part(
    const struct condition *condition, const struct condition_facts *facts);

#endif
