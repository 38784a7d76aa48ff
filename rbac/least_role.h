/*
 * rbac/least_role.h - the least custom role that allows what was used.
 */
#ifndef RBAC_LEAST_ROLE_H
#define RBAC_LEAST_ROLE_H

#include "rbac/operation.h"
#include "rbac/role.h"

/* One operation that a program used, as the decision log counts it. */
struct used_operation {
    const char *name; /* full name; known to the catalogue or not */
    enum rbac_kind kind;
    bool needs_autopool; /* some of the jobs brought an autopool: pools/write is needed besides */
};

/*
 * A custom role that grants exactly these operations: each in its own list, sorted, once, in the
 * catalogue's spelling, without wildcards. It has neither id nor description. Strings live in the
 * arena. NULL and err (AZB_ERROR_ARGUMENT): nothing was used, an operation is no full name with a
 * provider; AZB_ERROR_MEMORY.
 */
const struct rbac_role *least_role(const char *name, const struct used_operation *used,
    size_t count, const char *const *assignable_scopes, size_t scope_count, struct arena *arena,
    struct azb_error *err) AZB_MUST_CHECK;

/*
 * Checks a role against what was used, by the evaluator itself and as Azure asks (rbac_check, so
 * that listKeys does not stand for everything): *missing gets what it does not grant, *extra the
 * known operations that it grants and nobody used. Lists live in the arena. False and err as above.
 */
bool role_compare_used(const struct rbac_role *role, const struct used_operation *used,
    size_t count, struct arena *arena, struct rbac_names *missing, struct rbac_names *extra,
    struct azb_error *err) AZB_MUST_CHECK;

#endif
