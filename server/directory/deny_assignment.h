/*
 * directory/deny_assignment.h - deny assignments: made by the system, which here is the
 * configuration or a test control, and read by everybody who may.
 *
 * What travels and what is stored is ARM's "properties":
 *
 *     {"denyAssignmentName": "...", "scope": "...", "permissions": [{"actions": [...], ...}],
 *      "principals": [{"id": "...", "type": "..."}], "excludePrincipals": [...],
 *      "doNotApplyToChildScopes": false, "isSystemProtected": true, ...}
 */
#ifndef SERVER_DIRECTORY_DENY_ASSIGNMENT_H
#define SERVER_DIRECTORY_DENY_ASSIGNMENT_H

#include "base/json.h"
#include "rbac/index.h"
#include "store/store.h"

#define DENY_ASSIGNMENTS_MAX 4000 /* altogether */
#define DENY_ASSIGNMENT_JSON_MAX ((size_t)256 * 1024)

/* Of all that is there, as the index of roles takes them, in the order in which they were made. */
bool deny_assignments_load(struct store_connection *connection, struct arena *arena,
    const struct rbac_deny_assignment **out, size_t *count, struct azb_error *err);

/* Reads "properties" (description and times are not taken over). AZB_ERROR_ARGUMENT names the
 * member: unknown, of the wrong type, missing. */
bool deny_assignment_read(const struct json *properties, struct arena *arena,
    struct rbac_deny_assignment *out, struct azb_error *err);

/*
 * Makes it, or replaces the one with its id (a GUID). Its scope must be there: the caller asks
 * that. AZB_ERROR_ARGUMENT: no name, principal or permission, a principal that is not in the
 * directory, a condition that does not parse. In work that writes; the roles changed then, too.
 */
bool deny_assignment_put(struct store_connection *connection,
    const struct rbac_deny_assignment *what, const char *description, int64_t now,
    struct arena *arena, struct azb_error *err);

/* *found false: there was none. */
bool deny_assignment_remove(
    struct store_connection *connection, struct text id, bool *found, struct azb_error *err);

#endif
