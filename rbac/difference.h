/*
 * rbac/difference.h - what changes when roles or assignments do: who gains and who loses which
 * operation, and where.
 */
#ifndef RBAC_DIFFERENCE_H
#define RBAC_DIFFERENCE_H

#include "rbac/decide.h"

struct difference {
    const char *principal_id; /* of the caller that was asked about */
    const char *scope;
    const struct rbac_operation *operation;
    bool gained; /* false: lost */
};

/*
 * Asks both indexes about every known operation, for each caller at each scope, as Azure does
 * (rbac_check), and lists what differs: by caller, scope, then catalogue order. In the arena; NULL
 * and err only without memory.
 */
const struct difference *rbac_differences(const struct rbac_index *before,
    const struct rbac_index *after, const struct rbac_caller *callers, size_t caller_count,
    const struct scope *scopes, size_t scope_count, struct arena *arena, size_t *count,
    struct azb_error *err) AZB_MUST_CHECK;

#endif
