/*
 * store/schema_account.c - what version 3 adds to Batch accounts: what Resource Manager shows of
 * them, applications and their packages, operations that take time.
 */
#include "store/store.h"

const char *const schema_account =
    "ALTER TABLE account ADD COLUMN doc TEXT NOT NULL DEFAULT '{}';"; /* ARM's properties, tags */
