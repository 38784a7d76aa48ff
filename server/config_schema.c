#include "config_schema.h"

#include "directory/federated_credential.h"

#define OPTIONAL(self, member, json, type, help)                                                   \
    {                                                                                              \
        json, type, offsetof(struct self, member), false, NULL, help                               \
    }
#define REQUIRED(self, member, json, type, help)                                                   \
    {                                                                                              \
        json, type, offsetof(struct self, member), true, NULL, help                                \
    }
#define NESTED(self, member, json, type, object, help)                                             \
    {                                                                                              \
        json, type, offsetof(struct self, member), false, &(object), help                          \
    }
#define OBJECT(self, rows)                                                                         \
    {                                                                                              \
        sizeof(struct self), rows, sizeof(rows) / sizeof((rows)[0])                                \
    }

static const struct config_member tenant_rows[] = {
    OPTIONAL(config_tenant, id, "id", CONFIG_GUID, "The tenant's id (at random)."),
    OPTIONAL(config_tenant, domain, "domain", CONFIG_STRING, "Its domain (azb.onmicrosoft.com)."),
    OPTIONAL(config_tenant, name, "name", CONFIG_STRING, "Its display name (azb)."),
};

static const struct config_member subscription_rows[] = {
    OPTIONAL(config_subscription, id, "id", CONFIG_GUID,
        "The subscription's id (" SEED_SUBSCRIPTION ")."),
    OPTIONAL(config_subscription, name, "name", CONFIG_STRING, "Its display name (azb)."),
};

static const struct config_member resource_group_rows[] = {
    OPTIONAL(
        config_group_of_resources, name, "name", CONFIG_STRING, "The resource group's name (azb)."),
    OPTIONAL(
        config_group_of_resources, location, "location", CONFIG_STRING, "Its region (eastus)."),
};

static const struct config_member account_rows[] = {
    OPTIONAL(config_account, name, "name", CONFIG_STRING,
        "The Batch account's name: 3 to 24 of a-z and 0-9 (azb)."),
    OPTIONAL(config_account, location, "location", CONFIG_STRING, "Its region (eastus)."),
    OPTIONAL(config_account, primary_key, "primaryKey", CONFIG_STRING,
        "Its first key, base64 (at random)."),
    OPTIONAL(config_account, secondary_key, "secondaryKey", CONFIG_STRING,
        "Its second key, base64 (at random)."),
    OPTIONAL(config_account, identity_client_id, "identityClientId", CONFIG_GUID,
        "The client id of its managed identity (at random)."),
    OPTIONAL(config_account, identity_object_id, "identityPrincipalId", CONFIG_GUID,
        "The object id that roles bind to give that identity something (at random)."),
};

static const struct config_member administrator_rows[] = {
    OPTIONAL(config_administrator, client_id, "clientId", CONFIG_GUID,
        "The administrator's client id (at random)."),
    OPTIONAL(config_administrator, application_id, "applicationId", CONFIG_GUID,
        "The object id of its application."),
    OPTIONAL(config_administrator, object_id, "servicePrincipalId", CONFIG_GUID,
        "The object id of its service principal."),
    OPTIONAL(
        config_administrator, name, "displayName", CONFIG_STRING, "Its name (azb administrator)."),
    OPTIONAL(
        config_administrator, secret, "secret", CONFIG_STRING, "Its client secret (at random)."),
};

static const struct config_member own_user_rows[] = {
    OPTIONAL(config_own_user, id, "id", CONFIG_GUID, "Its object id (at random)."),
    OPTIONAL(config_own_user, user_principal_name, "userPrincipalName", CONFIG_STRING,
        "Its name (user@ and the tenant's domain)."),
    OPTIONAL(config_own_user, display_name, "displayName", CONFIG_STRING,
        "What people call it (azb user)."),
    OPTIONAL(config_own_user, password, "password", CONFIG_STRING, "Its password (at random)."),
};

static const struct config_member user_rows[] = {
    OPTIONAL(config_user, id, "id", CONFIG_GUID, "The object id."),
    REQUIRED(config_user, user_principal_name, "userPrincipalName", CONFIG_STRING,
        "Such as ann@azb.onmicrosoft.com."),
    REQUIRED(config_user, display_name, "displayName", CONFIG_STRING, "What people call the user."),
    OPTIONAL(config_user, given_name, "givenName", CONFIG_STRING, "The given name."),
    OPTIONAL(config_user, surname, "surname", CONFIG_STRING, "The surname."),
    OPTIONAL(config_user, password, "password", CONFIG_STRING,
        "8 to 256 bytes (nobody can sign in as this user)."),
    OPTIONAL(config_user, home_tenant, "homeTenant", CONFIG_GUID,
        "The tenant of a guest's account (a member of this one)."),
    OPTIONAL(config_user, disabled, "disabled", CONFIG_BOOL, "The user may not sign in."),
    OPTIONAL(config_user, administrator, "globalAdministrator", CONFIG_BOOL,
        "The user may change the directory and consent for everybody."),
};

static const struct config_member group_rows[] = {
    OPTIONAL(config_group, id, "id", CONFIG_GUID, "The object id."),
    REQUIRED(
        config_group, display_name, "displayName", CONFIG_STRING, "What people call the group."),
    OPTIONAL(config_group, members, "members", CONFIG_STRINGS,
        "Users, applications and groups: names or ids."),
};

static const struct config_member secret_rows[] = {
    REQUIRED(
        config_secret, value, "value", CONFIG_STRING, "The client secret, 3 to 512 characters."),
    OPTIONAL(config_secret, key_id, "keyId", CONFIG_GUID, "Its key id."),
    OPTIONAL(config_secret, display_name, "displayName", CONFIG_STRING, "What it is for."),
    OPTIONAL(config_secret, starts, "starts", CONFIG_TIME, "When it begins to be valid (now)."),
    OPTIONAL(
        config_secret, expires, "expires", CONFIG_TIME, "When it ends (two years from its start)."),
};

static const struct config_member certificate_rows[] = {
    OPTIONAL(config_certificate, path, "path", CONFIG_STRING,
        "A PEM file, beside the configuration file if relative."),
    OPTIONAL(config_certificate, pem, "pem", CONFIG_STRING, "The PEM text itself."),
    OPTIONAL(config_certificate, key_id, "keyId", CONFIG_GUID, "Its key id."),
    OPTIONAL(config_certificate, display_name, "displayName", CONFIG_STRING, "What it is for."),
};

static const struct config_member scope_rows[] = {
    REQUIRED(config_scope, value, "value", CONFIG_STRING, "What stands in the token's scp."),
    OPTIONAL(config_scope, id, "id", CONFIG_GUID, "The permission's id."),
    OPTIONAL(config_scope, display_name, "displayName", CONFIG_STRING,
        "What the consent page says (the value)."),
    OPTIONAL(config_scope, description, "description", CONFIG_STRING, "More about it."),
    OPTIONAL(config_scope, admin_only, "adminOnly", CONFIG_BOOL,
        "Only an administrator may consent to it."),
};

static const struct config_member app_role_rows[] = {
    REQUIRED(config_app_role, value, "value", CONFIG_STRING, "What stands in the token's roles."),
    OPTIONAL(config_app_role, id, "id", CONFIG_GUID, "The role's id."),
    OPTIONAL(config_app_role, display_name, "displayName", CONFIG_STRING,
        "What people call it (the value)."),
    OPTIONAL(config_app_role, description, "description", CONFIG_STRING, "More about it."),
    OPTIONAL(config_app_role, allowed_member_types, "allowedMemberTypes", CONFIG_STRINGS,
        "Whom it may be given to: User (groups too), Application (both)."),
};

static const struct config_member app_role_assignment_rows[] = {
    REQUIRED(config_app_role_assignment, principal, "principal", CONFIG_STRING,
        "Who: an application, user or group by name or id."),
    OPTIONAL(config_app_role_assignment, role, "role", CONFIG_STRING,
        "Which of the appRoles: its value or id (none: access alone)."),
};

static const struct config_member permission_rows[] = {
    REQUIRED(config_permission, resource, "resource", CONFIG_STRING,
        "Whose permissions: a client id, an identifier URI or an application's name."),
    REQUIRED(config_permission, scopes, "scopes", CONFIG_STRINGS,
        "Their values, such as user_impersonation."),
};

static const struct config_member consent_rows[] = {
    REQUIRED(config_consent, resource, "resource", CONFIG_STRING,
        "Where: a client id, an identifier URI or an application's name."),
    REQUIRED(config_consent, scopes, "scopes", CONFIG_STRINGS, "Values of its permissions."),
    OPTIONAL(config_consent, user, "user", CONFIG_STRING,
        "For whom: a name or id (everybody, by an administrator)."),
};

static const struct config_member federated_credential_rows[] = {
    REQUIRED(config_federated_credential, name, "name", CONFIG_STRING,
        "Its name: 3 to 120 letters, digits, - and _."),
    OPTIONAL(config_federated_credential, id, "id", CONFIG_GUID, "Its id."),
    REQUIRED(config_federated_credential, issuer, "issuer", CONFIG_STRING,
        "Claim iss of the tokens, exactly."),
    REQUIRED(config_federated_credential, subject, "subject", CONFIG_STRING,
        "Claim sub of the tokens, exactly."),
    OPTIONAL(config_federated_credential, audience, "audience", CONFIG_STRING,
        "Claim aud of the tokens (" FEDERATED_AUDIENCE ")."),
    OPTIONAL(
        config_federated_credential, description, "description", CONFIG_STRING, "What it is for."),
};

static const struct config_member issuer_rows[] = {
    REQUIRED(config_issuer, issuer, "issuer", CONFIG_STRING, "Its URL, as in claim iss."),
    OPTIONAL(config_issuer, jwks, "jwks", CONFIG_JSON, "Its keys: a JSON Web Key Set."),
    OPTIONAL(config_issuer, path, "path", CONFIG_STRING,
        "A file with them, beside the configuration file if relative."),
};

static const struct config_member managed_identity_rows[] = {
    REQUIRED(config_managed_identity, name, "name", CONFIG_STRING, "Its name."),
    OPTIONAL(config_managed_identity, client_id, "clientId", CONFIG_GUID, "Its client id."),
    OPTIONAL(config_managed_identity, object_id, "principalId", CONFIG_GUID,
        "The object id of its service principal, which roles bind."),
    OPTIONAL(config_managed_identity, resource_id, "resourceId", CONFIG_STRING,
        "Its resource id (made of subscription, resource group and name)."),
};

static const struct config_object scope_object = OBJECT(config_scope, scope_rows);
static const struct config_object app_role_object = OBJECT(config_app_role, app_role_rows);
static const struct config_object app_role_assignment_object =
    OBJECT(config_app_role_assignment, app_role_assignment_rows);
static const struct config_object permission_object = OBJECT(config_permission, permission_rows);
static const struct config_object consent_object = OBJECT(config_consent, consent_rows);
static const struct config_object federated_credential_object =
    OBJECT(config_federated_credential, federated_credential_rows);
static const struct config_object secret_object = OBJECT(config_secret, secret_rows);
static const struct config_object certificate_object = OBJECT(config_certificate, certificate_rows);

static const struct config_member application_rows[] = {
    REQUIRED(config_application, display_name, "displayName", CONFIG_STRING,
        "What people call the application."),
    OPTIONAL(config_application, app_id, "appId", CONFIG_GUID,
        "Its client id. Without one the display name tells whether it is there."),
    OPTIONAL(config_application, id, "id", CONFIG_GUID, "Its object id."),
    OPTIONAL(config_application, service_principal_id, "servicePrincipalId", CONFIG_GUID,
        "The object id of its service principal, which roles bind."),
    OPTIONAL(config_application, public_client, "publicClient", CONFIG_BOOL,
        "Programs without a secret may sign users in."),
    OPTIONAL(config_application, administrator, "applicationAdministrator", CONFIG_BOOL,
        "It may change applications."),
    OPTIONAL(config_application, redirect_uris, "redirectUris", CONFIG_STRINGS,
        "Of public clients, such as http://localhost."),
    OPTIONAL(config_application, web_redirect_uris, "webRedirectUris", CONFIG_STRINGS,
        "Of web applications."),
    OPTIONAL(config_application, spa_redirect_uris, "spaRedirectUris", CONFIG_STRINGS,
        "Of single-page applications."),
    OPTIONAL(config_application, sign_in_audience, "signInAudience", CONFIG_STRING,
        "AzureADMyOrg or AzureADMultipleOrgs (AzureADMyOrg)."),
    OPTIONAL(config_application, home_tenant, "homeTenant", CONFIG_GUID,
        "The tenant that a multi-tenant application comes from (this one)."),
    OPTIONAL(config_application, token_version, "requestedAccessTokenVersion", CONFIG_STRING,
        "Of tokens for this application: \"1\" or \"2\" (\"1\")."),
    OPTIONAL(config_application, identifier_uris, "identifierUris", CONFIG_STRINGS,
        "What tokens for this application are asked for by, such as api://ID."),
    NESTED(config_application, scopes, "scopes", CONFIG_LIST, scope_object,
        "Permissions that its own API offers."),
    NESTED(config_application, app_roles, "appRoles", CONFIG_LIST, app_role_object,
        "Roles that it defines for those who use it."),
    NESTED(config_application, app_role_assignments, "appRoleAssignments", CONFIG_LIST,
        app_role_assignment_object, "Who has which of them."),
    OPTIONAL(config_application, assignment_required, "appRoleAssignmentRequired", CONFIG_BOOL,
        "Only those of appRoleAssignments get tokens for it or may sign in to it."),
    NESTED(config_application, permissions, "permissions", CONFIG_LIST, permission_object,
        "Permissions that it asks for (Microsoft Graph's User.Read)."),
    NESTED(config_application, consents, "consents", CONFIG_LIST, consent_object,
        "What was consented to."),
    NESTED(config_application, federated_credentials, "federatedCredentials", CONFIG_LIST,
        federated_credential_object, "Tokens of other issuers that it signs in with."),
    NESTED(config_application, secrets, "secrets", CONFIG_LIST, secret_object, "Client secrets."),
    NESTED(config_application, certificates, "certificates", CONFIG_LIST, certificate_object,
        "Certificates that it signs in with."),
};

static const struct config_member assignment_rows[] = {
    OPTIONAL(config_assignment, id, "id", CONFIG_GUID, "The assignment's name."),
    REQUIRED(config_assignment, principal, "principal", CONFIG_STRING,
        "Who: an application, user or group by name or id."),
    REQUIRED(config_assignment, role, "role", CONFIG_STRING, "Which role: its name or GUID."),
    OPTIONAL(config_assignment, scope, "scope", CONFIG_STRING,
        "Where: a resource id (the Batch account)."),
    OPTIONAL(config_assignment, description, "description", CONFIG_STRING, "What it is for."),
    OPTIONAL(config_assignment, condition, "condition", CONFIG_STRING,
        "A condition of version 2.0 that narrows it."),
};

static const struct config_member more_subscription_rows[] = {
    REQUIRED(config_more_subscription, id, "id", CONFIG_GUID, "The subscription's id."),
    OPTIONAL(config_more_subscription, name, "name", CONFIG_STRING, "Its display name (its id)."),
    OPTIONAL(config_more_subscription, management_group, "managementGroup", CONFIG_STRING,
        "In which it lies: the id of a management group (the root group)."),
};

static const struct config_member more_group_rows[] = {
    REQUIRED(config_more_group, name, "name", CONFIG_STRING, "The resource group's name."),
    OPTIONAL(config_more_group, location, "location", CONFIG_STRING, "Its region (eastus)."),
    OPTIONAL(config_more_group, subscription, "subscription", CONFIG_GUID,
        "Whose it is: a subscription's id (the first one's)."),
};

static const struct config_member management_group_rows[] = {
    REQUIRED(config_management_group, id, "id", CONFIG_STRING,
        "The group's id, the last part of its scope: letters, digits, - _ ( ) and dots."),
    OPTIONAL(config_management_group, display_name, "displayName", CONFIG_STRING,
        "What people call it (its id)."),
    OPTIONAL(config_management_group, parent, "parent", CONFIG_STRING,
        "In which it lies: the id of another one (the tenant's root group)."),
    OPTIONAL(config_management_group, subscriptions, "subscriptions", CONFIG_STRINGS,
        "Ids of the subscriptions that lie in it."),
};

static const struct config_member deny_assignment_rows[] = {
    OPTIONAL(config_deny_assignment, id, "id", CONFIG_GUID, "The deny assignment's id."),
    REQUIRED(config_deny_assignment, name, "name", CONFIG_STRING, "What people call it."),
    OPTIONAL(config_deny_assignment, description, "description", CONFIG_STRING, "What it is for."),
    OPTIONAL(config_deny_assignment, scope, "scope", CONFIG_STRING,
        "Where: a resource id (the Batch account)."),
    REQUIRED(config_deny_assignment, principals, "principals", CONFIG_STRINGS,
        "Whom it denies: applications, users and groups by name or id; * is everybody."),
    OPTIONAL(config_deny_assignment, exclude_principals, "excludePrincipals", CONFIG_STRINGS,
        "Whom not."),
    OPTIONAL(config_deny_assignment, actions, "actions", CONFIG_STRINGS, "Which actions."),
    OPTIONAL(
        config_deny_assignment, not_actions, "notActions", CONFIG_STRINGS, "Which of these not."),
    OPTIONAL(
        config_deny_assignment, data_actions, "dataActions", CONFIG_STRINGS, "Which data actions."),
    OPTIONAL(config_deny_assignment, not_data_actions, "notDataActions", CONFIG_STRINGS,
        "Which of these not."),
    OPTIONAL(config_deny_assignment, does_not_apply_to_child_scopes, "doNotApplyToChildScopes",
        CONFIG_BOOL, "It acts at its scope only, not below."),
    OPTIONAL(config_deny_assignment, condition, "condition", CONFIG_STRING,
        "A condition of version 2.0 that narrows it."),
};

static const struct config_object tenant_object = OBJECT(config_tenant, tenant_rows);
static const struct config_object subscription_object =
    OBJECT(config_subscription, subscription_rows);
static const struct config_object resource_group_object =
    OBJECT(config_group_of_resources, resource_group_rows);
static const struct config_object account_object = OBJECT(config_account, account_rows);
static const struct config_object administrator_object =
    OBJECT(config_administrator, administrator_rows);
static const struct config_object own_user_object = OBJECT(config_own_user, own_user_rows);
static const struct config_object issuer_object = OBJECT(config_issuer, issuer_rows);
static const struct config_object managed_identity_object =
    OBJECT(config_managed_identity, managed_identity_rows);
static const struct config_object user_object = OBJECT(config_user, user_rows);
static const struct config_object group_object = OBJECT(config_group, group_rows);
static const struct config_object application_object = OBJECT(config_application, application_rows);
static const struct config_object assignment_object = OBJECT(config_assignment, assignment_rows);
static const struct config_object more_subscription_object =
    OBJECT(config_more_subscription, more_subscription_rows);
static const struct config_object more_group_object = OBJECT(config_more_group, more_group_rows);
static const struct config_object management_group_object =
    OBJECT(config_management_group, management_group_rows);
static const struct config_object deny_assignment_object =
    OBJECT(config_deny_assignment, deny_assignment_rows);

static const struct config_member root_rows[] = {
    OPTIONAL(config, schema, "$schema", CONFIG_STRING, "Where this schema is, for editors."),
    NESTED(config, tenant, "tenant", CONFIG_OBJECT, tenant_object,
        "The tenant, fixed at the first start."),
    NESTED(config, subscription, "subscription", CONFIG_OBJECT, subscription_object,
        "The subscription."),
    NESTED(config, resource_group, "resourceGroup", CONFIG_OBJECT, resource_group_object,
        "The resource group."),
    NESTED(config, account, "account", CONFIG_OBJECT, account_object, "The Batch account."),
    NESTED(config, administrator, "administrator", CONFIG_OBJECT, administrator_object,
        "Owner of the subscription and application administrator, made at the first start."),
    NESTED(config, user, "user", CONFIG_OBJECT, own_user_object,
        "The user that a state begins with: Azure Batch Data Contributor on the account, global "
        "administrator of the directory."),
    OPTIONAL(config, strict_refresh_tokens, "strictRefreshTokens", CONFIG_BOOL,
        "A refresh token is good for one use (as at Entra, it may be used again)."),
    OPTIONAL(config, cae_tokens, "caeTokens", CONFIG_BOOL,
        "Access tokens of 20 to 28 hours for clients that say cp1 (of 60 to 90 minutes)."),
    NESTED(config, users, "users", CONFIG_LIST, user_object, "Users of the directory."),
    NESTED(config, groups, "groups", CONFIG_LIST, group_object, "Groups of the directory."),
    NESTED(config, applications, "applications", CONFIG_LIST, application_object,
        "Applications, each with a service principal."),
    NESTED(config, issuers, "issuers", CONFIG_LIST, issuer_object,
        "Issuers of federated credentials, with their keys: azbd asks nobody for them."),
    NESTED(config, managed_identities, "managedIdentities", CONFIG_LIST, managed_identity_object,
        "User-assigned managed identities."),
    OPTIONAL(config, roles, "roles", CONFIG_ROLES,
        "Custom roles, in the form of ARM or of az: each a document, or the path of a file with "
        "one."),
    NESTED(config, role_assignments, "roleAssignments", CONFIG_LIST, assignment_object,
        "Who has which role."),
    NESTED(config, deny_assignments, "denyAssignments", CONFIG_LIST, deny_assignment_object,
        "What nobody, or somebody, may do whatever roles they have."),
    NESTED(config, subscriptions, "subscriptions", CONFIG_LIST, more_subscription_object,
        "Further subscriptions."),
    NESTED(config, resource_groups, "resourceGroups", CONFIG_LIST, more_group_object,
        "Further resource groups."),
    NESTED(config, management_groups, "managementGroups", CONFIG_LIST, management_group_object,
        "Management groups, and which subscriptions lie in them."),
};

const struct config_object config_root = OBJECT(config, root_rows);

/* ---- JSON Schema ------------------------------------------------------------------------------
 */

static void write_object(struct json_writer *writer, const struct config_object *object);

static void write_strings_type(struct json_writer *writer)
{
    json_member(writer, "type", "array");
    json_name(writer, "items");
    json_begin_object(writer);
    json_member(writer, "type", "string");
    json_end_object(writer);
}

static void write_roles_type(struct json_writer *writer)
{
    json_member(writer, "type", "array");
    json_name(writer, "items");
    json_begin_object(writer);
    json_name(writer, "type");
    json_begin_array(writer);
    json_write_string(writer, "string");
    json_write_string(writer, "object");
    json_end_array(writer);
    json_end_object(writer);
}

static void write_list_type(struct json_writer *writer, const struct config_object *object)
{
    json_member(writer, "type", "array");
    json_name(writer, "items");
    json_begin_object(writer);
    write_object(writer, object);
    json_end_object(writer);
}

static void write_type(struct json_writer *writer, const struct config_member *member)
{
    switch (member->type) {
    case CONFIG_BOOL:
        json_member(writer, "type", "boolean");
        return;
    case CONFIG_STRINGS:
        write_strings_type(writer);
        return;
    case CONFIG_ROLES:
        write_roles_type(writer);
        return;
    case CONFIG_LIST:
        write_list_type(writer, member->object);
        return;
    case CONFIG_OBJECT:
        write_object(writer, member->object);
        return;
    case CONFIG_JSON:
        json_member(writer, "type", "object");
        return;
    default:
        json_member(writer, "type", "string");
        json_member(writer, "format",
            member->type == CONFIG_GUID   ? "uuid"
            : member->type == CONFIG_TIME ? "date-time"
                                          : NULL);
    }
}

static void write_required(struct json_writer *writer, const struct config_object *object)
{
    json_name(writer, "required");
    json_begin_array(writer);
    for (size_t i = 0; i < object->count; i++)
        if (object->members[i].is_required)
            json_write_string(writer, object->members[i].name);
    json_end_array(writer);
}

static void write_object(struct json_writer *writer, const struct config_object *object)
{
    json_member(writer, "type", "object");
    json_name(writer, "properties");
    json_begin_object(writer);
    for (size_t i = 0; i < object->count; i++) {
        json_name(writer, object->members[i].name);
        json_begin_object(writer);
        json_member(writer, "description", object->members[i].help);
        write_type(writer, &object->members[i]);
        json_end_object(writer);
    }
    json_end_object(writer);
    write_required(writer, object);
    json_member_bool(writer, "additionalProperties", false);
}

void config_print_schema(struct buffer *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out, 2);
    json_begin_object(&writer);
    json_member(&writer, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_member(&writer, "title", "Configuration of azbd");
    write_object(&writer, &config_root);
    json_end_object(&writer);
    buffer_add_char(out, '\n');
}
