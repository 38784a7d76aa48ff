/*
 * store/schema_account.c - what version 3 adds to Batch accounts: what Resource Manager shows of
 * them, applications and their packages, operations that take time.
 */
#include "store/store.h"

const char *const schema_account =
    "ALTER TABLE account ADD COLUMN doc TEXT NOT NULL DEFAULT '{}';"   /* ARM's properties, tags */
    "ALTER TABLE account ADD COLUMN state INTEGER NOT NULL DEFAULT 1;" /* enum account_state */
    "ALTER TABLE account ADD COLUMN task_token_allowed INTEGER NOT NULL DEFAULT 1;"
    /* The one that localhost leads to. */
    "ALTER TABLE account ADD COLUMN is_default INTEGER NOT NULL DEFAULT 0;"
    "UPDATE account SET is_default = 1 WHERE row = (SELECT min(row) FROM account);"

    /* Work that takes longer than its request (arm/operation_status.h). */
    "CREATE TABLE operation ("
    " row INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE COLLATE NOCASE," /* GUID */
    " kind INTEGER NOT NULL,"                  /* enum operation_kind */
    " subscription_id TEXT NOT NULL COLLATE NOCASE,"
    " resource_id TEXT NOT NULL COLLATE NOCASE,"
    " target INTEGER NOT NULL," /* row of what is worked on */
    " started_by TEXT NOT NULL COLLATE NOCASE,"
    " started INTEGER NOT NULL,"
    " not_before INTEGER NOT NULL," /* ends then at the earliest: a test control */
    " fails INTEGER NOT NULL,"      /* 1: a test control wants it to */
    " ended INTEGER,"               /* NULL: in progress */
    " code TEXT,"                   /* of one that failed */
    " message TEXT) STRICT;"
    "CREATE INDEX operation_open ON operation (row) WHERE ended IS NULL;"

    /* Applications that tasks may bring along; names compare without case, as in Batch. */
    "CREATE TABLE batch_application ("
    " row INTEGER PRIMARY KEY,"
    " account INTEGER NOT NULL,"
    " name TEXT NOT NULL COLLATE NOCASE,"
    " display_name TEXT,"
    " default_version TEXT COLLATE NOCASE,"
    " allow_updates INTEGER NOT NULL,"
    " modified INTEGER NOT NULL,"
    " UNIQUE (account, name)) STRICT;"

    "CREATE TABLE batch_package ("
    " row INTEGER PRIMARY KEY,"
    " application INTEGER NOT NULL,"
    " version TEXT NOT NULL COLLATE NOCASE,"
    " format TEXT,"                    /* 'zip' once it is activated */
    " activated INTEGER,"              /* NULL: pending */
    " upload_id TEXT NOT NULL UNIQUE," /* GUID: its file below STATE/packages */
    " modified INTEGER NOT NULL,"
    " UNIQUE (application, version)) STRICT;";
