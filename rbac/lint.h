/*
 * rbac/lint.h - what is wrong, or probably not meant, in a role definition.
 *
 * The codes are stable; README.md of this room lists them.
 */
#ifndef RBAC_LINT_H
#define RBAC_LINT_H

#include "rbac/operation.h"
#include "rbac/role.h"

enum lint_level {
    LINT_ERROR,   /* Azure refuses the role, or it cannot work */
    LINT_WARNING, /* it works, but hardly as meant */
    LINT_HINT,    /* right as it is for some, a surprise to others */
};

/* "error", "warning", "hint". */
const char *lint_level_text(enum lint_level level);

/* One finding. Texts live in the arena. */
struct lint_finding {
    enum lint_level level;
    const char *code;    /* "wrong-list", "unknown-operation", ... */
    const char *where;   /* "permissions[0].actions[3]", "assignableScopes[0]", "Actions[3]" */
    const char *value;   /* the entry itself, or "" */
    const char *message; /* a sentence, without its full stop */
    const char *fix;     /* what to write instead, or NULL */
    size_t line, column; /* of a document, from 1, in bytes; 0 when it is of no one place */
};

/*
 * Findings by place: the permission objects, the assignable scopes, then the role as a whole.
 * `scope` (may be NULL) is where the role shall be assigned: one that is not below the role's
 * assignable scopes is a finding. Uses the catalogue (operations.def): it is complete for
 * Microsoft.Batch, of other providers it knows some operations and the form. NULL and err only
 * without memory.
 *
 * What keeps the document from being read as a role definition comes first: no JSON ("syntax",
 * `where` is its line and column), members that there are not, values of the wrong type; the rest
 * is looked at all the same. A list of definitions is looked at one by one:
 * "[2].permissions[0].actions[3]".
 */
const struct lint_finding *role_lint_text(struct text json, const char *scope, struct arena *arena,
    size_t *count, struct azb_error *err) AZB_MUST_CHECK;

/* The known operation that is nearest to `name`, of either kind; NULL when none is near. Case does
 * not count. */
const struct rbac_operation *operation_nearest(struct text name);

#endif
