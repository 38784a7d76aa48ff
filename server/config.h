/*
 * config.h - the file of `azbd --config`: what the state must hold when azbd serves.
 *
 * JSON by the rows of config_schema.c, which are also what --config-schema prints. A new state
 * begins with it (tenant, subscription, account, administrator); applications, users, groups, roles
 * and assignments are made on every start through the same functions as the planes use: what is
 * there is updated, what the file no longer names stays. Errors begin with the member:
 * "applications[1].secrets[0].expires: ...".
 */
#ifndef SERVER_CONFIG_H
#define SERVER_CONFIG_H

#include "base/json.h"
#include "directory/seed.h"
#include "service.h"

#define CONFIG_FILE_MAX ((size_t)8 * 1024 * 1024)

struct config_strings {
    const char *const *at;
    size_t count;
};

/* Items of the struct that the row names. */
struct config_list {
    const void *at;
    size_t count;
};

/* Strings are NULL, times 0 and lists empty when the file does not have them. */
struct config_tenant {
    const char *id, *domain, *name;
};
struct config_subscription {
    const char *id, *name;
};
struct config_group_of_resources {
    const char *name, *location;
};
struct config_account {
    const char *name, *location, *primary_key, *secondary_key;
    const char *identity_client_id, *identity_object_id; /* of its managed identity */
};
struct config_administrator {
    const char *client_id, *application_id, *object_id, *name, *secret;
};
/* The user that a state begins with. */
struct config_own_user {
    const char *id, *user_principal_name, *display_name, *password;
};
struct config_user {
    const char *id, *user_principal_name, *display_name, *given_name, *surname, *password;
    const char *home_tenant; /* of a guest */
    bool disabled, administrator;
};
struct config_group {
    const char *id, *display_name;
    struct config_strings members;
};
struct config_secret {
    const char *value, *key_id, *display_name;
    int64_t starts, expires; /* ticks */
};
struct config_certificate {
    const char *path, *pem, *key_id, *display_name;
};
/* What an application's API offers. */
struct config_scope {
    const char *value, *id, *display_name, *description;
    bool admin_only;
};
/* What an application defines for those who use it. */
struct config_app_role {
    const char *value, *id, *display_name, *description;
    struct config_strings allowed_member_types;
};
/* Who has one of them; role NULL: default access. */
struct config_app_role_assignment {
    const char *principal, *role;
};
/* What an application asks for: values of one resource. */
struct config_permission {
    const char *resource;
    struct config_strings scopes;
};
struct config_consent {
    const char *resource, *user; /* user NULL: for everybody */
    struct config_strings scopes;
};
struct config_federated_credential {
    const char *name, *id, *issuer, *subject, *audience, *description;
};
struct config_application {
    const char *display_name, *app_id, *id, *service_principal_id;
    const char *sign_in_audience, *home_tenant, *token_version;
    bool public_client, administrator, assignment_required;
    struct config_strings redirect_uris, web_redirect_uris, spa_redirect_uris, identifier_uris;
    struct config_list secrets;               /* struct config_secret */
    struct config_list certificates;          /* struct config_certificate */
    struct config_list scopes;                /* struct config_scope */
    struct config_list app_roles;             /* struct config_app_role */
    struct config_list app_role_assignments;  /* struct config_app_role_assignment */
    struct config_list permissions;           /* struct config_permission */
    struct config_list consents;              /* struct config_consent */
    struct config_list federated_credentials; /* struct config_federated_credential */
};
struct config_issuer {
    const char *issuer, *path;
    const struct json *jwks; /* an object; or `path` */
};
struct config_managed_identity {
    const char *name, *client_id, *object_id, *resource_id;
};
struct config_role_entry {
    const struct json *document; /* an object, or a string: a path */
};
struct config_assignment {
    const char *id, *principal, *role, *scope, *description, *condition;
};
/* A subscription besides the one that the state began with. */
struct config_more_subscription {
    const char *id, *name, *management_group;
};
/* A resource group besides the one of the account. */
struct config_more_group {
    const char *name, *location, *subscription;
};
struct config_management_group {
    const char *id, *display_name, *parent;
    struct config_strings subscriptions;
};
struct config_deny_assignment {
    const char *id, *name, *description, *scope, *condition;
    struct config_strings principals, exclude_principals;
    struct config_strings actions, not_actions, data_actions, not_data_actions;
    bool does_not_apply_to_child_scopes;
};

struct config {
    const char *path;   /* of the file */
    const char *folder; /* that relative paths in it begin at */
    const char *schema; /* "$schema": for editors */
    struct config_tenant tenant;
    struct config_subscription subscription;
    struct config_group_of_resources resource_group;
    struct config_account account;
    struct config_administrator administrator;
    struct config_own_user user;
    bool strict_refresh_tokens, cae_tokens;
    struct config_list users, groups, applications, issuers, managed_identities, roles,
        role_assignments, deny_assignments, subscriptions, resource_groups, management_groups;
};

/* Reads the file. Everything lives in the arena; wipe it, there are secrets in it. */
bool config_load(const char *path, struct arena *arena, struct config *out, struct azb_error *err);
/* The same from text; `path` is for messages and for relative paths. */
bool config_parse(struct text json, const char *path, struct arena *arena, struct config *out,
    struct azb_error *err);
/* What a new state begins with. */
struct seed config_seed(const struct config *config);
/* Makes the state hold it: after directory_open_seeded(), before authorizer_new(). */
bool config_apply(struct service *service, const struct config *config, struct azb_error *err);

/* JSON Schema of the file. */
void config_print_schema(struct buffer *out);

#endif
