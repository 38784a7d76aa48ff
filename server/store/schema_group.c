/*
 * store/schema_group.c - what version 3 adds to the directory: owners, what Graph shows of groups.
 */
#include "store/store.h"

const char *const schema_group =
    /* Of applications, service principals and groups. */
    "CREATE TABLE owner ("
    " object_id TEXT NOT NULL COLLATE NOCASE,"
    " owner_id TEXT NOT NULL COLLATE NOCASE,"
    " PRIMARY KEY (object_id, owner_id)) STRICT, WITHOUT ROWID;";
