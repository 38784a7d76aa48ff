/*
 * rbac/suggest.h - which built-in role would do.
 */
#ifndef RBAC_SUGGEST_H
#define RBAC_SUGGEST_H

#include "rbac/examine.h"

/* True when this role alone, assigned at the scope, would allow the request: what `gathered` denies
 * stays denied, what a condition of the role might grant is left out. */
bool role_allows(const struct rbac_index *index, const struct compiled_role *role,
    const struct rbac_request *request, const struct question *question, enum rbac_rules rules,
    const struct gathered *gathered);

/* Fills `suggestion` when some built-in role would do; false only when out of memory. */
bool suggest_role(const struct search *search, struct arena *arena, struct rbac_explanation *out);

#endif
