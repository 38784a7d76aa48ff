/*
 * directory/directory.h - the tenant and what lives in it: users, groups, applications, service
 * principals, client secrets and certificates.
 *
 * One tenant a state. Functions that take a `struct store_connection *` read with any connection
 * and change only with the writer's (call them from work that writes). What they give back lives in
 * the arena. A thing that is not there is AZB_ERROR_NOT_FOUND; one that is there twice is
 * AZB_ERROR_CONFLICT.
 *
 * Ids: `app_id` is the client id that programs sign in with; `object_id` of an application and of
 * its service principal are two different ids, and roles bind the service principal's.
 */
#ifndef SERVER_DIRECTORY_DIRECTORY_H
#define SERVER_DIRECTORY_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <azb/error.h>
#include "base/arena.h"
#include "base/crypto.h"
#include "base/text.h"
#include "store/store.h"

struct service;
struct directory;
struct seed; /* directory/seed.h */

/*
 * Opens the directory of service->store, which must be open. On a new state it first makes tenant,
 * signing key, administrator, subscription, resource group, Batch account, the administrator's
 * Owner assignment and a user, from `seed` (NULL: everything by default). An older state gets what
 * it lacks. Needs no other part of the service.
 */
struct directory *directory_open(struct service *service, struct azb_error *err);
struct directory *directory_open_seeded(
    struct service *service, const struct seed *seed, struct azb_error *err);
void directory_free(struct directory *directory); /* NULL is legal */

/* HMAC-SHA256 with a key of the state: what this service knows again as its own. `purpose` keeps
 * the uses apart. */
void directory_sign(struct service *service, const char *purpose, struct text text,
    unsigned char out[SHA256_BYTES]);

/* The tenant; constants while the service lives. */
const char *directory_tenant_id(const struct service *service);
const char *directory_tenant_domain(const struct service *service); /* "azb.onmicrosoft.com" */
const char *directory_tenant_name(const struct service *service);   /* display name */
/* True for the tenant's GUID, its domain (any case), or "adfs". */
bool directory_is_tenant(const struct service *service, struct text name);

/* The administrator of this state and where it works: what `azb env` prints. */
struct administrator {
    const char *tenant_id;
    const char *client_id;
    const char *object_id; /* of the service principal */
    const char *subscription_id;
    const char *resource_group;
    const char *account_name;
    const char *account_location;
    const char *account_key; /* primary, base64 */
};
bool directory_administrator(
    struct service *service, struct arena *arena, struct administrator *out, struct azb_error *err);
/* Whether `value` is one of its secrets; not so, too, when its application was deleted. */
bool directory_administrator_has_secret(
    struct service *service, const char *value, bool *has, struct azb_error *err);
/* Makes another secret; the one that an earlier call made is gone. *out is in the arena (wipe it)
 * and nowhere else. NOT_FOUND when the application was deleted. Not on the writer's thread. */
bool directory_administrator_new_secret(
    struct service *service, struct arena *arena, const char **out, struct azb_error *err);

/* The user that a state begins with: Azure Batch Data Contributor on the first account, global
 * administrator of the directory. `azb env` prints name and password. NOT_FOUND, in all three, when
 * it was deleted. As the administrator's secret, a password made here is in the arena (wipe it) and
 * nowhere else, and takes the place of the one before. */
bool directory_first_user(
    struct service *service, struct arena *arena, const char **name, struct azb_error *err);
bool directory_first_user_has_password(
    struct service *service, const char *password, bool *has, struct azb_error *err);
bool directory_first_user_new_password(
    struct service *service, struct arena *arena, const char **password, struct azb_error *err);

/* ---- Applications and service principals ------------------------------------------------ */

enum redirect_kind {
    REDIRECT_WEB,
    REDIRECT_SPA,
    REDIRECT_PUBLIC, /* Graph's publicClient: native, loopback */
};

struct redirect_uri {
    enum redirect_kind kind;
    const char *uri;
};

/* What a browser would run or show instead of handing it to an application: "javascript:" and its
 * like, in any case. No redirect URI may be one. */
bool redirect_uri_is_script(struct text uri);

/* Whose accounts may sign in: Graph's signInAudience. */
enum sign_in_audience {
    SIGN_IN_MY_ORG,        /* "AzureADMyOrg" */
    SIGN_IN_MULTIPLE_ORGS, /* "AzureADMultipleOrgs" */
};

const char *sign_in_audience_text(enum sign_in_audience audience);
bool sign_in_audience_of(struct text text, enum sign_in_audience *out); /* false: not served */

struct application {
    int64_t row;
    const char *object_id;
    const char *app_id;
    const char *display_name;
    bool public_client; /* isFallbackPublicClient */
    int64_t created;    /* ticks */
    const struct redirect_uri *redirect_uris;
    size_t redirect_uri_count;
    enum sign_in_audience audience;
    const char *home_tenant_id; /* NULL is here; else it is not ours to change */
    int token_version;          /* api.requestedAccessTokenVersion: 1, 2, or 0 for null (1) */
    const char *const *identifier_uris;
    size_t identifier_uri_count;
    const char *properties; /* what Graph's clients wrote and nothing acts on: a JSON object */
};

struct service_principal {
    int64_t row;
    const char *object_id;
    const char *app_id;
    const char *display_name;
    bool enabled; /* accountEnabled; AADSTS7000112 when not */
    int64_t created;
    bool managed_identity;      /* without an application */
    const char *home_tenant_id; /* of an application of another tenant; NULL is here */
    bool assignment_required; /* appRoleAssignmentRequired: only who has an app role gets a token */
    const char *properties;   /* as an application's */
};

/* What to add; NULL ids are made. display_name is required, 1 to 256 characters. */
struct new_application {
    const char *object_id;
    const char *app_id;
    const char *display_name;
    bool public_client;
    const struct redirect_uri *redirect_uris;
    size_t redirect_uri_count;
    enum sign_in_audience audience;
    const char *home_tenant_id;
    int token_version;
    const char *const *identifier_uris;
    size_t identifier_uri_count;
    const char *properties; /* NULL: none */
    int64_t now;            /* ticks */
};

bool application_by_app_id(struct store_connection *connection, struct text app_id,
    struct arena *arena, struct application *out, struct azb_error *err);
bool application_by_object_id(struct store_connection *connection, struct text object_id,
    struct arena *arena, struct application *out, struct azb_error *err);
/* All of this tenant, by display name. */
bool application_list(struct store_connection *connection, struct arena *arena,
    struct application **out, size_t *count, struct azb_error *err);
/* One of this tenant asks for Graph's User.Read by itself. */
bool application_add(struct store_connection *connection, const struct new_application *what,
    struct arena *arena, struct application *out, struct azb_error *err);
/* Changes all but ids, time and home tenant to what `application` holds. */
bool application_update(struct store_connection *connection, const struct application *application,
    struct azb_error *err);
/* With its credentials, permissions, consents and service principal, and that one's places in
 * groups and directory roles: call authorize_roles_changed(). As in Azure, role assignments stay,
 * and so do tokens that were issued: Batch and ARM believe them until they expire. */
bool application_remove(struct store_connection *connection, int64_t row, struct azb_error *err);

bool service_principal_by_app_id(struct store_connection *connection, struct text app_id,
    struct arena *arena, struct service_principal *out, struct azb_error *err);
bool service_principal_by_object_id(struct store_connection *connection, struct text object_id,
    struct arena *arena, struct service_principal *out, struct azb_error *err);
bool service_principal_list(struct store_connection *connection, struct arena *arena,
    struct service_principal **out, size_t *count, struct azb_error *err);
/* For an application that is there; object_id NULL makes one. A second one is CONFLICT. */
bool service_principal_add(struct store_connection *connection, struct text app_id,
    const char *object_id, int64_t now, struct arena *arena, struct service_principal *out,
    struct azb_error *err);
bool service_principal_enable(
    struct store_connection *connection, int64_t row, bool enabled, struct azb_error *err);
/* Whether only those who were assigned to it (directory/app_role.h) get tokens. */
bool service_principal_require_assignment(
    struct store_connection *connection, int64_t row, bool required, struct azb_error *err);
bool service_principal_set_properties(struct store_connection *connection, int64_t row,
    const char *properties, struct azb_error *err);
/* As application_remove(), of the principal alone. */
bool service_principal_remove(
    struct store_connection *connection, int64_t row, struct azb_error *err);

/* ---- Credentials of an application ------------------------------------------------------- */

#define SECRET_LENGTH 40
#define SECRET_LENGTH_MAX 512 /* of one that a seed brings */
#define SECRET_DAYS_DEFAULT 730

/* As lists show it: never the value. */
struct client_secret {
    const char *key_id;
    const char *display_name; /* or NULL */
    const char *hint;         /* the first three characters */
    int64_t start, end;       /* ticks */
    bool
        of_principal; /* added to the service principal: it goes with that, and signs in the same */
};

struct new_secret {
    const char *key_id;       /* NULL makes one */
    const char *value;        /* NULL makes one (SECRET_LENGTH characters) */
    const char *display_name; /* or NULL */
    int64_t start, end;       /* ticks; end must be later */
    bool of_principal;
};

/* Adds a secret; *value is the only time that anybody sees it (wipe the arena afterwards). Several
 * are valid at once. */
bool secret_add(struct service *service, struct store_connection *connection,
    int64_t application_row, const struct new_secret *what, struct arena *arena,
    struct client_secret *out, char **value, struct azb_error *err);
bool secret_list(struct store_connection *connection, int64_t application_row, struct arena *arena,
    struct client_secret **out, size_t *count, struct azb_error *err);
/* NOT_FOUND when the application has no secret of that key id. */
bool secret_remove(struct store_connection *connection, int64_t application_row, struct text key_id,
    struct azb_error *err);

struct client_certificate {
    const char *key_id;
    const char *display_name; /* or NULL */
    struct text der;
    unsigned char sha1[SHA1_BYTES];
    unsigned char sha256[SHA256_BYTES];
    int64_t start, end; /* ticks: the certificate's own validity, or a part of it */
    bool of_principal;  /* as a secret's */
};

/* From DER (Graph's keyCredentials[].key) or PEM. RSA of 2048 bits or more; CONFLICT when the
 * application has it already. key_id and display_name may be NULL. */
bool certificate_add(struct store_connection *connection, int64_t application_row,
    const struct certificate *certificate, const char *key_id, const char *display_name,
    struct arena *arena, struct client_certificate *out, struct azb_error *err);
/* Makes the credential good for a part of its certificate's time only. NOT_FOUND as below. */
bool certificate_narrow(struct store_connection *connection, int64_t application_row,
    struct text key_id, int64_t start, int64_t end, struct azb_error *err);
/* Makes it one of the service principal. NOT_FOUND as below. */
bool certificate_give_to_principal(struct store_connection *connection, int64_t application_row,
    struct text key_id, struct azb_error *err);
bool certificate_list(struct store_connection *connection, int64_t application_row,
    struct arena *arena, struct client_certificate **out, size_t *count, struct azb_error *err);
/* NOT_FOUND when the application has no certificate of that key id. */
bool certificate_remove(struct store_connection *connection, int64_t application_row,
    struct text key_id, struct azb_error *err);

/* ---- Users, groups, directory roles ------------------------------------------------------ */

enum principal_kind {
    PRINCIPAL_USER,
    PRINCIPAL_GROUP,
    PRINCIPAL_SERVICE_PRINCIPAL,
};
/* "User", "Group", "ServicePrincipal": ARM's principalType. */
const char *principal_kind_text(enum principal_kind kind);

struct principal {
    enum principal_kind kind;
    const char *object_id;
    const char *display_name;
    const char *app_id; /* of a service principal, else NULL */
};
/* Whatever has this object id. NOT_FOUND otherwise. */
bool principal_by_object_id(struct store_connection *connection, struct text object_id,
    struct arena *arena, struct principal *out, struct azb_error *err);

/* Users are in directory/user.h; more of groups, owners and directory roles in directory/group.h.
 */
bool group_add(struct store_connection *connection, const char *object_id, const char *display_name,
    int64_t now, struct azb_error *err);
/* Members may be users, service principals and groups. After a change of members call
 * authorize_roles_changed(): roles given to a group are decided with its members. */
bool group_add_member(struct store_connection *connection, const char *group_id,
    const char *member_id, struct azb_error *err);
bool group_remove_member(struct store_connection *connection, const char *group_id,
    const char *member_id, struct azb_error *err);

/* Directory roles (Entra's own, not Azure RBAC), by template id. */
#define DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
#define DIRECTORY_ROLE_USER_ADMINISTRATOR "fe930be7-5e62-47db-91af-98c3a49a38b1"
#define DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR "62e90394-69f5-4237-9190-012177145e10"
bool directory_role_add(struct store_connection *connection, const char *role_id,
    const char *principal_id, struct azb_error *err);
/* True and *has. */
bool directory_role_has(struct store_connection *connection, const char *role_id,
    const char *principal_id, bool *has, struct azb_error *err);

#endif
