#include "rbac/operation.h"

#define ACTION(name, description) {name, sizeof(name) - 1, RBAC_ACTION, description},
#define DATA_ACTION(name, description) {name, sizeof(name) - 1, RBAC_DATA_ACTION, description},
static const struct rbac_operation operations[] = {
#include "rbac/operations.def"
};
#undef ACTION
#undef DATA_ACTION

#define OPERATION_COUNT (sizeof(operations) / sizeof(operations[0]))
#define BATCH_ACCOUNTS "Microsoft.Batch/batchAccounts/"

const struct rbac_operation *rbac_operations(size_t *count)
{
    if (count)
        *count = OPERATION_COUNT;
    return operations;
}

/* The lengths leave one or two rows to compare: quick enough to ask in every request. */
const struct rbac_operation *rbac_operation_find(struct text name, enum rbac_kind kind)
{
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        const struct rbac_operation *row = &operations[i];
        if (row->length == name.length && row->kind == kind &&
            text_equal_nocase((struct text){row->name, row->length}, name))
            return row;
    }
    return NULL;
}

const struct rbac_operation *rbac_batch_operation(const char *permission, enum rbac_kind kind)
{
    char name[256] = BATCH_ACCOUNTS;
    const size_t prefix = sizeof(BATCH_ACCOUNTS) - 1;
    size_t length = strlen(permission);
    if (prefix + length >= sizeof(name))
        return NULL;
    memcpy(name + prefix, permission, length + 1);
    return rbac_operation_find((struct text){name, prefix + length}, kind);
}

bool rbac_operation_is_read(const struct rbac_operation *operation)
{
    return text_ends(text_of(operation->name), "/read");
}

const char *rbac_kind_text(enum rbac_kind kind)
{
    return kind == RBAC_DATA_ACTION ? "data action" : "action";
}
