/*
 * store/schema_group.c - what version 3 adds to the directory: owners, what Graph shows of groups,
 * what applications trust, and what nothing here acts on but Graph's clients expect to read again.
 */
#include "store/store.h"

const char *const schema_group =
    /* Of applications, service principals and groups. */
    "CREATE TABLE owner ("
    " object_id TEXT NOT NULL COLLATE NOCASE,"
    " owner_id TEXT NOT NULL COLLATE NOCASE,"
    " PRIMARY KEY (object_id, owner_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX owner_of ON owner (owner_id);"

    "ALTER TABLE directory_group ADD COLUMN mail_nickname TEXT COLLATE NOCASE;"
    "ALTER TABLE directory_group ADD COLUMN description TEXT;"
    "CREATE INDEX group_member_of ON group_member (group_id);"

    /* Graph's properties that are kept as they were written: a JSON object by their paths. */
    "ALTER TABLE user ADD COLUMN properties TEXT NOT NULL DEFAULT '{}';"
    "ALTER TABLE application ADD COLUMN properties TEXT NOT NULL DEFAULT '{}';"
    "ALTER TABLE service_principal ADD COLUMN properties TEXT NOT NULL DEFAULT '{}';"

    /* 1: an app role ("Role"), 0: a delegated permission ("Scope"). */
    "ALTER TABLE required_permission ADD COLUMN is_role INTEGER NOT NULL DEFAULT 0;"

    /* Credentials of the application's service principal in this tenant: they sign in the same. */
    "ALTER TABLE client_secret ADD COLUMN of_principal INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE client_certificate ADD COLUMN of_principal INTEGER NOT NULL DEFAULT 0;"

    /* api.preAuthorizedApplications: clients that need no consent to a permission. */
    "CREATE TABLE pre_authorized ("
    " application INTEGER NOT NULL,"
    " client_app_id TEXT NOT NULL COLLATE NOCASE,"
    " permission_id TEXT NOT NULL COLLATE NOCASE,"
    " PRIMARY KEY (application, client_app_id, permission_id)) STRICT, WITHOUT ROWID;";
