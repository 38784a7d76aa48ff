/*
 * rbac/lint.h - what is wrong, or probably not meant, in a role definition.
 */
#ifndef RBAC_LINT_H
#define RBAC_LINT_H

#include "rbac/operation.h"
#include "rbac/role.h"

enum lint_level {
    LINT_ERROR,   /* Azure refuses the role, or it cannot work */
    LINT_WARNING, /* it works, but hardly as meant */
};

/* One finding. Texts live in the arena. */
struct lint_finding {
    enum lint_level level;
    const char *code;    /* "wrong-list", "unknown-operation", ...: stable, in docs/access.md */
    const char *where;   /* "permissions[0].actions[3]", "assignableScopes[0]", "Actions[3]" */
    const char *value;   /* the entry itself, or "" */
    const char *message; /* a sentence */
    const char *fix;     /* what to write instead, or NULL */
};

/*
 * Findings in the order of the document. `scope` (may be NULL) is where the role shall be assigned:
 * one that is not below the role's assignable scopes is a finding. Uses the catalogue
 * (operations.def); of other providers it knows only the form. NULL and err only without memory.
 */
const struct lint_finding *role_lint(const struct rbac_role *role, enum role_form form,
    const char *scope, struct arena *arena, size_t *count, struct azb_error *err) AZB_MUST_CHECK;

/* The known operation that is nearest to `name`, of either kind; NULL when none is near. */
const struct rbac_operation *operation_nearest(struct text name);

#endif
