/*
 * rbac/operation.h - the catalogue of known operations (operations.def).
 *
 * A role may name any operation; those in the catalogue are decided by one bit, the others by
 * matching patterns. Row numbers are not stable between versions: never store them.
 */
#ifndef RBAC_OPERATION_H
#define RBAC_OPERATION_H

#include <stddef.h>
#include "base/text.h"

/* In which list of a role an operation is granted. Actions never imply data actions. */
enum rbac_kind {
    RBAC_ACTION,
    RBAC_DATA_ACTION,
};

struct rbac_operation {
    const char *name; /* "Microsoft.Batch/batchAccounts/jobs/read" */
    size_t length;    /* of the name */
    enum rbac_kind kind;
    const char *display_name; /* "List or Get Jobs" */
    const char *description;
};

/* All rows, in the order of the .def; `count` may be NULL. */
const struct rbac_operation *rbac_operations(size_t *count);

/* By full name, case-insensitive; NULL when the catalogue has no such operation of that kind. */
const struct rbac_operation *rbac_operation_find(struct text name, enum rbac_kind kind);

/* The same for a permission below "Microsoft.Batch/batchAccounts/", as operation rows write it:
 * rbac_batch_operation("jobs/read", RBAC_DATA_ACTION). */
const struct rbac_operation *rbac_batch_operation(const char *permission, enum rbac_kind kind);

/* True for ".../read": the operation changes nothing. */
bool rbac_operation_is_read(const struct rbac_operation *operation);

/* The parts of its name: "Microsoft.Batch", and "batchAccounts/pools", the type of resource that it
 * acts on, which is empty for "Microsoft.Batch/register/action" and its like. */
struct text rbac_operation_provider(const struct rbac_operation *operation);
struct text rbac_operation_resource_type(const struct rbac_operation *operation);
/* "Pool": the display name of that type (resource_types.def); NULL when it is empty. */
const char *rbac_operation_resource_name(const struct rbac_operation *operation);

/* "action" or "data action": for messages. */
const char *rbac_kind_text(enum rbac_kind kind);

#endif
