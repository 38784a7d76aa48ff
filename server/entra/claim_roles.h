/*
 * entra/claim_roles.h - the claim roles of a token, and whether there is one at all: an application
 * may let in only those who were assigned to it (appRoleAssignmentRequired).
 */
#ifndef SERVER_ENTRA_CLAIM_ROLES_H
#define SERVER_ENTRA_CLAIM_ROLES_H

#include "base/json.h"
#include "directory/app_role.h"
#include "directory/permission.h"
#include "directory/user.h"
#include "request.h"

/* An application that asks in its own name. */
struct role_bearer {
    const char *app_id, *display_name;
    const char *object_id; /* of its service principal */
};

/* Of an application at a resource; false: AADSTS501051. */
bool claim_roles_of_application(struct request *request,
    const struct resource_application *resource, const struct role_bearer *who,
    struct app_roles *out, struct azb_error *err);

/* Of a user at an application, as resource or as the client that signs in; false: AADSTS50105. */
bool claim_roles_of_user(struct request *request, const char *app_id, const char *display_name,
    const struct user *user, struct app_roles *out, struct azb_error *err);

/* Nothing when there are none, as in Entra. */
void claim_roles_write(struct json_writer *writer, const struct app_roles *roles);

#endif
