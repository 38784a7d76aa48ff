/*
 * authorize/hint.h - what a refusal says besides the evaluator's explanation, because only the
 * service knows it: that a change of roles does not act yet, and that a group has what the caller
 * lacks.
 */
#ifndef SERVER_AUTHORIZE_HINT_H
#define SERVER_AUTHORIZE_HINT_H

#include "authorize/state.h"
#include "rbac/explain.h"

#define HINT_GROUPS_MAX 64 /* groups with roles that are tried */

/* In the arena; NULL when there is nothing to say. */
struct hints {
    const char *propagation; /* a change that waits would allow it */
    const char *membership;  /* no role is the caller's own, but one of a group would do */
};

/* With the roles' lock held. `asked` was denied. */
void hints_find(struct request *request, const struct roles *roles,
    const struct rbac_request *asked, enum rbac_rules rules,
    const struct rbac_explanation *explanation, struct hints *out);

#endif
