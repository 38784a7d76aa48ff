/*
 * cli/roles.h - what the commands on role definitions and role assignments share.
 */
#ifndef CLI_ROLES_H
#define CLI_ROLES_H

#include "cli/management.h"
#include "rbac/role.h"

#define DEFINITIONS "/providers/Microsoft.Authorization/roleDefinitions"
#define ASSIGNMENTS "/providers/Microsoft.Authorization/roleAssignments"

/* A resource id as a path: names in it may have characters that a URL may not. NULL and err:
 * memory. */
const char *path_of_scope(struct session *session, const char *scope, struct azb_error *err);

/* The subscription of the environment. NULL and err: it is not set. */
const char *subscription_scope(struct session *session, struct azb_error *err);

/* --scope, --resource-group, or the Batch account, as a resource id. NULL and err. */
const char *scope_id_of(
    struct session *session, const struct arguments *arguments, struct azb_error *err);
/* The same as a path. */
const char *scope_of(
    struct session *session, const struct arguments *arguments, struct azb_error *err);

/* The definitions that are seen at a scope; with `name` those that are called so. */
bool list_definitions_at(struct session *session, const char *scope, const char *name,
    const struct json **items, struct azb_error *err);

/* One definition by name, GUID or id. NULL and err: none. */
const struct json *find_definition(
    struct session *session, const char *scope, const char *role, struct azb_error *err);

/* "arm", "az", "az-input", "powershell". */
bool role_form_of(const char *name, enum role_form *form, struct azb_error *err);
#define ROLE_FORMS_HELP                                                                            \
    "arm, az (as az role definition list prints it), az-input (for az role definition create) or " \
    "powershell"

/* JSON of the role in this form, as a tree. NULL and err: the form cannot hold it. */
const struct json *role_in_form(struct session *session, const struct rbac_role *role,
    enum role_form form, const char *id_scope, struct azb_error *err);

#endif
