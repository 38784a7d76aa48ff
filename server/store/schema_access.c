/*
 * store/schema_access.c - what Azure Resource Manager keeps: subscriptions, resource groups, Batch
 * accounts, custom roles and role assignments. Names compare without case, as in Azure.
 */
#include "store/store.h"

const char *const schema_access =
    "CREATE TABLE subscription ("
    " row INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " tenant_id TEXT NOT NULL,"
    " display_name TEXT NOT NULL,"
    " state TEXT NOT NULL DEFAULT 'Enabled') STRICT;"

    "CREATE TABLE resource_group ("
    " row INTEGER PRIMARY KEY,"
    " subscription_id TEXT NOT NULL COLLATE NOCASE,"
    " name TEXT NOT NULL COLLATE NOCASE,"
    " location TEXT NOT NULL,"
    " UNIQUE (subscription_id, name)) STRICT;"

    /* Batch account names are unique in a region, for everybody: they are host names. */
    "CREATE TABLE account ("
    " row INTEGER PRIMARY KEY,"
    " subscription_id TEXT NOT NULL COLLATE NOCASE,"
    " resource_group TEXT NOT NULL COLLATE NOCASE,"
    " name TEXT NOT NULL COLLATE NOCASE,"
    " location TEXT NOT NULL COLLATE NOCASE,"
    " primary_key TEXT NOT NULL,"
    " secondary_key TEXT NOT NULL,"
    " shared_key_allowed INTEGER NOT NULL,"
    " entra_allowed INTEGER NOT NULL,"
    " created INTEGER NOT NULL,"
    " UNIQUE (location, name)) STRICT;"

    /* Custom roles only: the built-in ones are data of rbac/. `body` is the ARM form. */
    "CREATE TABLE role_definition ("
    " row INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE COLLATE NOCASE," /* GUID */
    " name TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " body TEXT NOT NULL) STRICT;"

    "CREATE TABLE role_assignment ("
    " row INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL COLLATE NOCASE,"    /* GUID */
    " scope TEXT NOT NULL COLLATE NOCASE," /* without a final slash; '/' for the root */
    " principal_id TEXT NOT NULL COLLATE NOCASE,"
    " principal_type TEXT NOT NULL,"
    " role_id TEXT NOT NULL COLLATE NOCASE," /* GUID of the definition */
    " created INTEGER NOT NULL,"
    " created_by TEXT,"
    " description TEXT,"
    " UNIQUE (scope, id),"
    " UNIQUE (scope, principal_id, role_id)) STRICT;"
    "CREATE INDEX role_assignment_principal ON role_assignment (principal_id);";
