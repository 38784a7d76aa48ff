/*
 * arm/roles.h - custom roles and role assignments in the store, with Azure's rules. The plane's
 * calls and the configuration file change them through the same functions.
 *
 * Changes run on the writer's connection; the caller sees to authorize_roles_changed(). Refusals
 * carry ARM's status and code. What comes back lives in the arena.
 */
#ifndef SERVER_ARM_ROLES_H
#define SERVER_ARM_ROLES_H

#include "directory/management_group.h"
#include "rbac/role.h"
#include "rbac/scope.h"
#include "store/store.h"

#define CUSTOM_ROLES_MAX 5000          /* a tenant */
#define ROLE_ASSIGNMENTS_MAX 4000      /* a subscription, with all that lies in it */
#define ROLE_ASSIGNMENTS_GROUP_MAX 500 /* a management group, and the root */
#define ASSIGNMENT_TEXT_MAX 1024       /* bytes of a description */

/* The built-in or custom role of that GUID; *found. */
bool role_find(struct store_connection *connection, struct text guid, struct arena *arena,
    struct rbac_role *out, bool *found, struct azb_error *err);
/* A custom role out of the table's `body`. */
bool role_from_body(
    struct text body, struct arena *arena, struct rbac_role *out, struct azb_error *err);
/* True when the role may be assigned at the scope: its own scopes are that one or above. */
bool role_assignable_at(
    const struct management_tree *tree, const struct rbac_role *role, struct text scope);

/* 400 InvalidActionOrNotAction or InvalidDataActionOrNotDataAction: an operation of Microsoft.Batch
 * that there is not, or that belongs in the other list. Wildcards and other providers pass. */
bool role_check_operations(const struct rbac_role *role, struct azb_error *err);

/*
 * Creates the role, or replaces the one with its id. `role` has an id, and its members are checked
 * here; `by` is an object id or NULL. `out` has the times.
 */
bool role_put(struct store_connection *connection, const struct rbac_role *role, int64_t now,
    const char *by, struct arena *arena, struct rbac_role *out, struct azb_error *err);
/* 400 RoleDefinitionHasAssignments while somebody has it. */
bool role_remove(struct store_connection *connection, const char *guid, struct azb_error *err);

struct assignment {
    const char *id;    /* GUID */
    const char *scope; /* without a final slash */
    const char *principal_id;
    const char *principal_type;          /* NULL in assignment_put: what the directory says */
    const char *role_id;                 /* GUID */
    const char *description;             /* or NULL */
    const char *condition;               /* of version 2.0, or NULL */
    const char *created_by, *updated_by; /* or NULL */
    int64_t created, updated;            /* ticks */
};

/*
 * Gives a principal a role at a scope. `scope` must be there: the caller asks that. The same one
 * under the same name is not an error (*made false): description and condition are replaced, and
 * nothing else of it can be.
 */
bool assignment_put(struct store_connection *connection, const struct assignment *what,
    struct arena *arena, struct assignment *out, bool *made, struct azb_error *err);
bool assignment_find(struct store_connection *connection, struct text scope, struct text id,
    struct arena *arena, struct assignment *out, bool *found, struct azb_error *err);
bool assignment_remove(struct store_connection *connection, const struct assignment *assignment,
    struct azb_error *err);

/* What was given and denied at the scope and below goes with what was there: another resource of
 * its name must not inherit it. */
bool assignments_remove_below(
    struct store_connection *connection, const char *scope, struct azb_error *err);

/* "/subscriptions/" in any case: a subscription, or what lies in one. */
bool scope_in_subscription(struct text scope);

/* How many count against the limit of the scope's subscription, management group or root. */
bool assignment_count(
    struct store_connection *connection, const char *scope, int64_t *out, struct azb_error *err);

/* The principal and all groups that it is in, directly or through others: whom an assignment may
 * name to reach it. */
bool assignment_principals(struct store_connection *connection, struct text object_id,
    struct arena *arena, struct rbac_names *out, struct azb_error *err);

/* Columns that assignment_read() reads, and their number: one's own follow. */
#define ASSIGNMENT_COLUMN_COUNT 11
#define ASSIGNMENT_COLUMNS                                                                         \
    "id, scope, principal_id, principal_type, role_id, created, created_by, description,"          \
    " condition, updated, updated_by"
void assignment_read(struct statement *s, struct arena *arena, struct assignment *out);

#endif
