/*
 * rbac/nearest.h - which operation was meant by a name that there is not. Compared by segment: each
 * may have a few letters wrong, and segments may be missing ("jobs/read").
 */
#ifndef RBAC_NEAREST_H
#define RBAC_NEAREST_H

#include "rbac/lint.h"

#define NEAREST_LIMIT 6   /* two missing segments, or so many letters */
#define NEAREST_LETTERS 2 /* a few letters: for providers of which little is known */

/* The nearest within `limit`, or NULL. `name` in lower case. */
const struct rbac_operation *nearest_operation(struct text name, size_t limit);

/* The same for a pattern whose first segments have no '*': what to write in place of it, in the
 * arena, and an operation that this covers, of this kind if there is one. NULL when none is near.
 */
const char *nearest_pattern(struct text pattern, size_t limit, enum rbac_kind kind,
    struct arena *arena, const struct rbac_operation **covered);

#endif
