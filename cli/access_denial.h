/*
 * cli/access_denial.h - deny assignments, as Resource Manager writes them.
 */
#ifndef CLI_ACCESS_DENIAL_H
#define CLI_ACCESS_DENIAL_H

#include "base/json.h"
#include "rbac/index.h"

/* A list of permission objects ({actions, notActions, dataActions, ...}) as the one role called
 * `name` with this id. NULL and err (ARGUMENT names the member). Lives in the arena. */
const struct rbac_role *permissions_role(const struct json *permissions, const char *name,
    const char *id, struct arena *arena, struct azb_error *err) AZB_MUST_CHECK;

/* One item of GET denyAssignments. False and err: what it lacks. Lives in the arena. */
AZB_MUST_CHECK bool denial_read(const struct json *item, struct arena *arena,
    struct rbac_deny_assignment *out, struct azb_error *err);

#endif
