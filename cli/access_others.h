/*
 * cli/access_others.h - the assignments that an explanation leaves out: those of others, and what
 * is far off.
 */
#ifndef CLI_ACCESS_OTHERS_H
#define CLI_ACCESS_OTHERS_H

#include "cli/access.h"
#include "rbac/explain.h"

/*
 * A copy of the explanation (rbac_explain_json) whose `assignments` has all that was read, the ones
 * of others with the reason "principal" or "group". NULL and err.
 */
const struct json *access_add_others(struct session *session, const struct access *access,
    const struct access_principal *who, const struct rbac_request *request, enum rbac_rules rules,
    const struct json *explanation, struct azb_error *err);

#endif
