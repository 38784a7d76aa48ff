/*
 * rbac/role.h - role definitions: the struct, the JSON forms in and out, the built-in roles.
 *
 * A role grants, for each permission object by itself, actions minus notActions and dataActions
 * minus notDataActions; several objects are a union. `notActions` is a subtraction, no denial:
 * another object, role or assignment may still grant what it takes away.
 */
#ifndef RBAC_ROLE_H
#define RBAC_ROLE_H

#include <stdbool.h>
#include <stddef.h>
#include <azb/error.h>
#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"

#define ROLE_NAME_MAX 512         /* characters */
#define ROLE_DESCRIPTION_MAX 2048 /* characters */
#define ROLE_STRING_MAX 2048      /* bytes of one action or scope */
#define ROLE_ACTIONS_MAX 10000    /* in all lists of one definition together */
#define ROLE_PERMISSIONS_MAX 100
#define ROLE_SCOPES_MAX 2000
#define ROLE_JSON_MAX ((size_t)1024 * 1024) /* bytes of one document */
#define ROLE_DEFINITION_TYPE "Microsoft.Authorization/roleDefinitions"
#define ROLE_DEFINITION_PATH "/providers/Microsoft.Authorization/roleDefinitions/"

struct rbac_names {
    const char *const *at;
    size_t count;
};

struct rbac_permission {
    struct rbac_names actions;
    struct rbac_names not_actions;
    struct rbac_names data_actions;
    struct rbac_names not_data_actions;
    const char *condition; /* version 2.0 (rbac/condition.h); NULL when there is none */
};

enum rbac_role_type {
    ROLE_CUSTOM,
    ROLE_BUILT_IN,
};

/* Strings are never NULL unless it says so. Whoever filled it owns them (an arena, or constants).
 */
struct rbac_role {
    const char *id; /* GUID, lower case; "" in a document that does not give one */
    const char *name;
    const char *description;
    enum rbac_role_type type;
    struct rbac_names assignable_scopes;
    const struct rbac_permission *permissions;
    size_t permission_count;
    /* Shown when not NULL, ignored when read. */
    const char *created_on, *updated_on, *created_by, *updated_by;
};

/* The forms in which role definitions travel (facts that tell them apart: role_read.c). */
enum role_form {
    ROLE_FORM_ARM,        /* {"properties":{"roleName":...,"permissions":[...]}} */
    ROLE_FORM_CLI_OUTPUT, /* the same without "properties", "roleType" for properties.type */
    ROLE_FORM_CLI_INPUT,  /* {"Name":...,"Actions":[...],...}, member names in any case */
    ROLE_FORM_POWERSHELL, /* the same with "Id" and "Condition" */
};

/*
 * Reads a definition in any of the forms; `form` (may be NULL) tells which it was. The result and
 * its strings live in the arena and do not refer to `json`. NULL and err (AZB_ERROR_ARGUMENT) name
 * the member: missing, of the wrong type, unknown, too long. Limits that hold for custom roles only
 * are role_check_custom()'s business.
 */
const struct rbac_role *role_parse(struct text json, struct arena *arena, enum role_form *form,
    struct azb_error *err) AZB_MUST_CHECK;
/* The same from a tree that is already there (the body of a PUT). */
const struct rbac_role *role_from_json(const struct json *document, struct arena *arena,
    enum role_form *form, struct azb_error *err) AZB_MUST_CHECK;

/* The text after the byte order mark that some editors put before UTF-8; role_parse() does that. */
struct text role_without_mark(struct text json);

/*
 * What Azure demands of a custom role: type CustomRole, at least one action or data action, every
 * one of them "*" or a path with a provider, at least one assignable scope, each of them a real
 * scope, neither "/" nor with a wildcard, at most one management group; conditions that parse.
 */
bool role_check_custom(const struct rbac_role *role, struct azb_error *err) AZB_MUST_CHECK;
/* "*", or ASCII with a provider, without spaces: what an entry of a list may look like. */
bool role_is_operation_pattern(const char *text);

/*
 * Writers; role_parse() reads all of it back. `id_scope` goes before
 * "/providers/Microsoft.Authorization/roleDefinitions/{guid}": "" or "/subscriptions/S".
 */
void role_write_arm(struct json_writer *writer, const struct rbac_role *role, const char *id_scope);
void role_write_cli_output(
    struct json_writer *writer, const struct rbac_role *role, const char *id_scope);
/*
 * False and err, with nothing written, when the role has several permission objects, or a condition
 * in the form that has no place for one, CLI_INPUT. That one has no id either: `az role definition
 * create` makes one up, `update` looks for the name.
 */
bool role_write_cli_input(
    struct json_writer *writer, const struct rbac_role *role, struct azb_error *err) AZB_MUST_CHECK;
bool role_write_powershell(
    struct json_writer *writer, const struct rbac_role *role, struct azb_error *err) AZB_MUST_CHECK;
/* Any of them. */
bool role_write(struct json_writer *writer, const struct rbac_role *role, enum role_form form,
    const char *id_scope, struct azb_error *err) AZB_MUST_CHECK;

/* One object of "permissions", and one list of it. */
void rbac_permission_write(struct json_writer *writer, const struct rbac_permission *permission);
void rbac_names_write(
    struct json_writer *writer, const char *member, const struct rbac_names *names);

/* "CustomRole" or "BuiltInRole". */
const char *role_type_text(enum rbac_role_type type);

/* The built-in roles (builtin_roles.def); constants, never freed. `count` may be NULL. */
const struct rbac_role *rbac_builtin_roles(size_t *count);
/* By name (case-insensitive) or GUID; NULL when there is none. */
const struct rbac_role *rbac_builtin_role(struct text name_or_id);

/* A deep copy in the arena; false when out of memory. */
bool role_copy(const struct rbac_role *role, struct arena *arena, struct rbac_role *out);

/* The GUID at the end of a role definition id (".../roleDefinitions/{guid}", or the GUID alone);
 * TEXT_NONE when there is none. */
struct text role_guid_of(struct text role_definition_id);

#endif
