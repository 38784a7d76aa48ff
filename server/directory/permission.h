/*
 * directory/permission.h - delegated permissions: what applications offer (scopes), what others ask
 * for (requiredResourceAccess), and what was consented to (oauth2PermissionGrants).
 *
 * https://learn.microsoft.com/entra/identity-platform/permissions-consent-overview
 */
#ifndef SERVER_DIRECTORY_PERMISSION_H
#define SERVER_DIRECTORY_PERMISSION_H

#include "directory/directory.h"

#define APP_ID_BATCH "ddbf3205-c6bd-46ae-8127-60eb93363864"
#define APP_ID_GRAPH "00000003-0000-0000-c000-000000000000"
#define APP_ID_ARM "797f4846-ba00-4fd7-ba43-dac1f8f63013"
#define APP_ID_STORAGE "e406a681-f3d4-42a8-90b6-c2b029497af1"
#define APP_ID_PORTAL "74658136-14ec-4630-ad9b-26e160ff0fc6"
#define APP_ID_AZURE_CLI "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
/* Graph's User.Read, which a new application asks for by itself. */
#define PERMISSION_USER_READ "e1fe6dd8-ba31-4d61-89e7-88639da4683d"

/* One delegated permission that a resource offers. */
struct permission {
    const char *id;           /* GUID, as requiredResourceAccess names it */
    const char *value;        /* "user_impersonation": what stands in scp */
    const char *display_name; /* "Access Azure Batch Service": what the consent page says */
    bool admin_only;          /* type "Admin": only an administrator may consent */
    const char *description;  /* or NULL */
    bool disabled;            /* isEnabled false: nobody can consent to it any more */
};

/* An application as the target of a token: Microsoft's own (data) or one of this directory that
 * exposes an API (identifierUris, api.oauth2PermissionScopes). */
struct resource_application {
    const char *app_id;
    const char *object_id; /* of its service principal here; NULL: it has none */
    const char *display_name;
    const struct permission *permissions;
    size_t permission_count;
    bool microsoft;    /* tokens for it have version 1.0 and RBAC decides */
    int token_version; /* 1 or 2: api.requestedAccessTokenVersion */
};

/* By app id or by any of its identifier URIs, final slash or not. NOT_FOUND otherwise. */
bool resource_application_find(struct service *service, struct store_connection *connection,
    struct text identifier, struct arena *arena, struct resource_application *out,
    struct azb_error *err);

/* By its id or value; NULL: the resource does not offer it. */
const struct permission *resource_permission(
    const struct resource_application *resource, struct text id_or_value);

/* What an application of this directory exposes. id NULL makes one; a second permission of the same
 * id or value is CONFLICT. */
bool exposed_permission_list(struct store_connection *connection, int64_t application_row,
    struct arena *arena, struct permission **out, size_t *count, struct azb_error *err);
bool exposed_permission_add(struct store_connection *connection, int64_t application_row,
    const struct permission *what, struct azb_error *err);
/* RFC 6749 section 3.3, without what Entra keeps for itself: of permissions and of app roles. */
bool permission_value_check(const char *value, struct azb_error *err);
bool exposed_permission_clear(
    struct store_connection *connection, int64_t application_row, struct azb_error *err);

/* A client that needs no consent to a permission: api.preAuthorizedApplications. */
struct pre_authorized {
    const char *client_app_id;
    const char *permission_id;
};
/* By client. */
bool pre_authorized_list(struct store_connection *connection, int64_t application_row,
    struct arena *arena, struct pre_authorized **out, size_t *count, struct azb_error *err);
/* NOT_FOUND: the application does not offer the permission. Twice is as good as once. */
bool pre_authorized_add(struct store_connection *connection, int64_t application_row,
    const struct pre_authorized *what, struct azb_error *err);
bool pre_authorized_clear(
    struct store_connection *connection, int64_t application_row, struct azb_error *err);

/* What an application asks for by its registration: pairs of resource and permission, which is a
 * delegated one ("Scope") or an app role of the resource ("Role"). */
struct required_permission {
    const char *resource_app_id;
    const char *permission_id;
    bool is_role;
    const char *value; /* resolved; NULL when the resource does not offer it (any more) */
    const char *display_name;
};
bool required_permission_list(struct service *service, struct store_connection *connection,
    int64_t application_row, struct arena *arena, struct required_permission **out, size_t *count,
    struct azb_error *err);
bool required_permission_add(struct store_connection *connection, int64_t application_row,
    const char *resource_app_id, const char *permission_id, struct azb_error *err);
/* The same for an app role of the resource. */
bool required_role_add(struct store_connection *connection, int64_t application_row,
    const char *resource_app_id, const char *role_id, struct azb_error *err);
bool required_permission_clear(
    struct store_connection *connection, int64_t application_row, struct azb_error *err);

/* A consent: application `client_app_id` may act at the resource with these scopes, for one user or
 * (user_id NULL, "AllPrincipals") for everybody. */
struct consent {
    const char *id;
    const char *client_app_id;
    const char *resource_app_id;
    const char *user_id; /* or NULL */
    const char *scopes;  /* space-separated values */
};
/* The union of what the user and the administrator consented to and what the resource lets the
 * client have without asking (pre_authorized), space-separated; "" is nothing.
 * Microsoft's own clients (az) hold all permissions of Microsoft's resources without asking. */
bool consent_scopes(struct service *service, struct store_connection *connection,
    struct text client_app_id, struct text user_id, struct text resource_app_id,
    struct arena *arena, const char **scopes, struct azb_error *err);
/* Adds the scopes to what is there. In work that writes. */
bool consent_add(struct store_connection *connection, const char *client_app_id,
    const char *resource_app_id, const char *user_id, struct text scopes, int64_t now,
    struct azb_error *err);
/* Of one client, or of all (TEXT_NONE). */
bool consent_list(struct store_connection *connection, struct text client_app_id,
    struct arena *arena, struct consent **out, size_t *count, struct azb_error *err);
/* NOT_FOUND, too, in the two that follow. */
bool consent_find(struct store_connection *connection, struct text id, struct arena *arena,
    struct consent *out, struct azb_error *err);
bool consent_set_scopes(
    struct store_connection *connection, struct text id, struct text scopes, struct azb_error *err);
bool consent_remove(struct store_connection *connection, struct text id, struct azb_error *err);

/* An administrator's consent to all that an application asks for: its delegated permissions for
 * everybody, its app roles for its service principal, which is made when it has none. What is not
 * offered is passed over. In work that writes. */
bool consent_to_required(struct service *service, struct store_connection *connection,
    const struct application *application, int64_t now, struct arena *arena, struct azb_error *err);

/* One of those app roles. That it is not offered, or was given already, is no error. */
bool consent_give_role(struct store_connection *connection, const char *client_app_id,
    const char *resource_app_id, const char *role_id, int64_t now, struct arena *arena,
    struct azb_error *err);

/* Whether the space-separated `scopes` hold exactly this value. */
bool scopes_hold(struct text scopes, struct text value);

#endif
