/*
 * directory/app_role.h - app roles: what an application defines for those who use it, who was given
 * which (app role assignments), and what of that stands in tokens.
 *
 * https://learn.microsoft.com/entra/identity-platform/howto-add-app-roles-in-apps
 */
#ifndef SERVER_DIRECTORY_APP_ROLE_H
#define SERVER_DIRECTORY_APP_ROLE_H

#include "directory/directory.h"

#define APP_ROLES_MAX 250 /* of one application */

/* Assigned to an application without any role of it ("default access"): no role in the token. */
#define APP_ROLE_DEFAULT_ACCESS "00000000-0000-0000-0000-000000000000"

/* Whom a role may be given to: Graph's allowedMemberTypes. */
enum app_role_members {
    APP_ROLE_USERS = 1,        /* "User": users and groups */
    APP_ROLE_APPLICATIONS = 2, /* "Application": service principals */
};

struct app_role {
    const char *id;    /* GUID; NULL makes one */
    const char *value; /* "Jobs.Submit": what stands in the claim roles; NULL: nothing does */
    const char *display_name;
    const char *description; /* or NULL */
    int members;             /* enum app_role_members; not 0 */
    bool disabled;           /* isEnabled false: it is in no token and nobody gets it any more */
};

bool app_role_list(struct store_connection *connection, int64_t application_row,
    struct arena *arena, struct app_role **out, size_t *count, struct azb_error *err);
/* A second role of the same id or value is CONFLICT. */
bool app_role_add(struct store_connection *connection, int64_t application_row,
    const struct app_role *what, struct azb_error *err);
/* Takes them all away, to add the new list: app_role_forget_removed() must follow. */
bool app_role_clear(
    struct store_connection *connection, int64_t application_row, struct azb_error *err);
/* Assignments of roles that the application does not define (any more) are gone. */
bool app_role_forget_removed(struct store_connection *connection,
    const struct application *application, struct azb_error *err);
/* By its id or value; NULL: there is none. */
const struct app_role *app_role_find(
    const struct app_role *roles, size_t count, struct text id_or_value);

struct app_role_assignment {
    const char *id;
    const char *resource_id; /* object id of the service principal whose application has the role */
    const char *resource_name;
    const char *role_id; /* or APP_ROLE_DEFAULT_ACCESS */
    struct principal principal;
    int64_t created;
};

enum app_role_side {
    APP_ROLES_OF_RESOURCE,  /* appRoleAssignedTo: who has roles of it */
    APP_ROLES_OF_PRINCIPAL, /* appRoleAssignments: which roles it has */
};
/* Of the one with this object id, oldest first. */
bool app_role_assignment_list(struct store_connection *connection, enum app_role_side side,
    struct text object_id, struct arena *arena, struct app_role_assignment **out, size_t *count,
    struct azb_error *err);
bool app_role_assignment_find(struct store_connection *connection, struct text id,
    struct arena *arena, struct app_role_assignment *out, struct azb_error *err);
/* NOT_FOUND: no such resource, principal or role; ARGUMENT: the role is not for that kind of
 * principal, or disabled; CONFLICT: it has the role. *id, of the new one, is in the arena. */
bool app_role_assign(struct store_connection *connection, struct text resource_id,
    struct text principal_id, struct text role_id, int64_t now, struct arena *arena,
    const char **id, struct azb_error *err);
bool app_role_assignment_remove(
    struct store_connection *connection, struct text id, struct azb_error *err);

/* What a principal is at a resource. */
struct app_roles {
    bool required;             /* the resource lets in only those who are assigned */
    bool assigned;             /* it is: itself or, a user, by a group that it is a member of */
    const char *const *values; /* for the claim roles */
    size_t count;
};
/* As in Entra, a group gives roles to the users in it, not to groups or applications in it. */
bool app_roles_of(struct store_connection *connection, const char *resource_app_id,
    const char *principal_id, struct arena *arena, struct app_roles *out, struct azb_error *err);

#endif
