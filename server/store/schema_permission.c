/*
 * store/schema_permission.c - what version 2 adds to the directory: users with passwords,
 * permissions and consents, federated credentials, managed identities.
 */
#include "store/store.h"

const char *const schema_permission =
    "ALTER TABLE user ADD COLUMN given_name TEXT;"
    "ALTER TABLE user ADD COLUMN surname TEXT;"
    "ALTER TABLE user ADD COLUMN home_tenant_id TEXT COLLATE NOCASE;" /* of a guest */
    "ALTER TABLE user ADD COLUMN password_hash TEXT;"                 /* directory/password.c */
    "ALTER TABLE user ADD COLUMN wrong_passwords INTEGER NOT NULL DEFAULT 0;" /* in a row */
    "ALTER TABLE user ADD COLUMN locked_until INTEGER NOT NULL DEFAULT 0;"

    "ALTER TABLE application ADD COLUMN sign_in_audience INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE application ADD COLUMN home_tenant_id TEXT COLLATE NOCASE;"       /* NULL: here */
    "ALTER TABLE application ADD COLUMN token_version INTEGER NOT NULL DEFAULT 0;" /* 0: null */

    /* Of one without an application in this state: a managed identity. */
    "ALTER TABLE service_principal ADD COLUMN display_name TEXT;"
    /* Graph's appRoleAssignmentRequired. */
    "ALTER TABLE service_principal ADD COLUMN assignment_required INTEGER NOT NULL DEFAULT 0;"

    "CREATE TABLE identifier_uri ("
    " application INTEGER NOT NULL,"
    " position INTEGER NOT NULL,"
    " uri TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " PRIMARY KEY (application, position)) STRICT, WITHOUT ROWID;"

    /* What an application's API offers: Graph's api.oauth2PermissionScopes. */
    "CREATE TABLE exposed_permission ("
    " row INTEGER PRIMARY KEY,"
    " application INTEGER NOT NULL,"
    " id TEXT NOT NULL COLLATE NOCASE,"
    " value TEXT NOT NULL,"
    " display_name TEXT NOT NULL,"
    " description TEXT,"
    " admin_only INTEGER NOT NULL DEFAULT 0,"
    " enabled INTEGER NOT NULL DEFAULT 1,"
    " UNIQUE (application, id),"
    " UNIQUE (application, value)) STRICT;"

    /* Roles that an application defines for those who use it: Graph's appRoles. */
    "CREATE TABLE app_role ("
    " row INTEGER PRIMARY KEY,"
    " application INTEGER NOT NULL,"
    " id TEXT NOT NULL COLLATE NOCASE,"
    " value TEXT," /* NULL: not in tokens */
    " display_name TEXT NOT NULL,"
    " description TEXT,"
    " members INTEGER NOT NULL," /* enum app_role_members */
    " enabled INTEGER NOT NULL DEFAULT 1,"
    " UNIQUE (application, id),"
    " UNIQUE (application, value)) STRICT;"

    /* Who has one: object ids, of the resource's service principal and of the principal. */
    "CREATE TABLE app_role_assignment ("
    " row INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " resource_id TEXT NOT NULL COLLATE NOCASE,"
    " principal_id TEXT NOT NULL COLLATE NOCASE,"
    " role_id TEXT NOT NULL COLLATE NOCASE,"
    " created INTEGER NOT NULL,"
    " UNIQUE (resource_id, principal_id, role_id)) STRICT;"
    "CREATE INDEX app_role_assignment_principal ON app_role_assignment (principal_id);"

    /* What an application asks for: Graph's requiredResourceAccess. */
    "CREATE TABLE required_permission ("
    " row INTEGER PRIMARY KEY,"
    " application INTEGER NOT NULL,"
    " resource_app_id TEXT NOT NULL COLLATE NOCASE,"
    " permission_id TEXT NOT NULL COLLATE NOCASE,"
    " UNIQUE (application, resource_app_id, permission_id)) STRICT;"

    /* oauth2PermissionGrants. user_id NULL: for everybody. */
    "CREATE TABLE consent ("
    " row INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " client_app_id TEXT NOT NULL COLLATE NOCASE,"
    " resource_app_id TEXT NOT NULL COLLATE NOCASE,"
    " user_id TEXT COLLATE NOCASE,"
    " scopes TEXT NOT NULL,"
    " created INTEGER NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX consent_of ON consent"
    " (client_app_id, resource_app_id, coalesce(user_id, '') COLLATE NOCASE);"

    "CREATE TABLE federated_credential ("
    " row INTEGER PRIMARY KEY,"
    " application INTEGER NOT NULL,"
    " id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " name TEXT NOT NULL COLLATE NOCASE,"
    " issuer TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " audience TEXT NOT NULL,"
    " description TEXT,"
    " UNIQUE (application, name),"
    " UNIQUE (application, issuer, subject)) STRICT;"

    /* The keys of other issuers: a JWKS as it was given. */
    "CREATE TABLE issuer ("
    " issuer TEXT PRIMARY KEY,"
    " jwks TEXT NOT NULL) STRICT, WITHOUT ROWID;"

    "CREATE TABLE managed_identity ("
    " row INTEGER PRIMARY KEY,"
    " client_id TEXT NOT NULL UNIQUE COLLATE NOCASE," /* app_id of its service principal */
    " name TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " resource_id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " system_assigned INTEGER NOT NULL) STRICT;";
