/*
 * store/schema_role.c - what version 3 adds to access: management groups, conditions, deny
 * assignments, tags.
 */
#include "store/store.h"

const char *const schema_role =
    "CREATE TABLE management_group ("
    " row INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE COLLATE NOCASE," /* the name in its scope */
    " display_name TEXT NOT NULL,"
    " parent_id TEXT COLLATE NOCASE) STRICT;" /* NULL: the tenant's root group */

    "ALTER TABLE subscription ADD COLUMN management_group_id TEXT COLLATE NOCASE;" /* NULL: root */
    "ALTER TABLE resource_group ADD COLUMN tags TEXT;"                             /* JSON object */
    "ALTER TABLE resource_group ADD COLUMN deleting INTEGER NOT NULL DEFAULT 0;" /* 1: going away */

    /* What a subscription may not use; it begins with all providers registered. */
    "CREATE TABLE unregistered_provider ("
    " subscription_id TEXT NOT NULL COLLATE NOCASE,"
    " provider TEXT NOT NULL COLLATE NOCASE,"
    " PRIMARY KEY (subscription_id, provider)) STRICT, WITHOUT ROWID;"

    "ALTER TABLE role_assignment ADD COLUMN condition TEXT;"  /* version 2.0 */
    "ALTER TABLE role_assignment ADD COLUMN updated INTEGER;" /* NULL: as created */
    "ALTER TABLE role_assignment ADD COLUMN updated_by TEXT;"

    /* Made by the system: here by the configuration or a test control. `body` is ARM's
     * "properties". */
    "CREATE TABLE deny_assignment ("
    " row INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE COLLATE NOCASE," /* GUID */
    " scope TEXT NOT NULL COLLATE NOCASE,"
    " name TEXT NOT NULL,"
    " body TEXT NOT NULL) STRICT;";
