/*
 * cli/management.h - what the commands on Resource Manager and Graph share.
 */
#ifndef CLI_MANAGEMENT_H
#define CLI_MANAGEMENT_H

#include "cli/output.h"

#define ROLES_VERSION "api-version=2022-04-01"
#define SUBSCRIPTIONS_VERSION "api-version=2022-12-01"
#define ACCOUNTS_VERSION "api-version=2025-06-01"

/* The Batch account of the environment as a resource id. NULL and err: a variable is missing. */
char *account_scope(struct session *session, struct azb_error *err);

/* A request with a body written by `write`, answered with JSON. False: err. */
bool manage(struct session *session, enum endpoint endpoint, const char *method, const char *path,
    struct text body, const struct json **out, struct azb_error *err);

/* GET, and the pages that follow: the items of all of them as one list. */
bool manage_list(struct session *session, enum endpoint endpoint, const char *path,
    const struct json **items, struct azb_error *err);

/* "...?$filter=name eq 'value'" below `collection`: the items of the answer's `value`. */
bool find_by(struct session *session, enum endpoint endpoint, const char *collection,
    const char *name, const char *value, const char *version, const struct json **items,
    struct azb_error *err);

/* The application with this client id, object id or display name. NULL and err: none, or several.
 */
const struct json *find_application(struct session *session, const char *id, struct azb_error *err);

/* The one whose property `name` ("appId", "displayName") has this value. NULL and err: none, or
 * several. */
const struct json *find_service_principal(
    struct session *session, const char *name, const char *value, struct azb_error *err);

struct assignee {
    const char *object_id;
    const char *type;        /* "ServicePrincipal", "User", "Group" */
    const struct json *item; /* as Graph has it; NULL when nobody looked it up */
};
/* Who goes by this client id, object id or name; in the session's arena. */
bool find_assignee(
    struct session *session, const char *given, struct assignee *out, struct azb_error *err);

#endif
