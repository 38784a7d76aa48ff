#include "rbac/operation.h"

#define ACTION(name, description) {name, RBAC_ACTION, description},
#define DATA_ACTION(name, description) {name, RBAC_DATA_ACTION, description},
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

const struct rbac_operation *rbac_operation_find(struct text name, enum rbac_kind kind)
{
    for (size_t i = 0; i < OPERATION_COUNT; i++)
        if (operations[i].kind == kind && text_equal_nocase(text_of(operations[i].name), name))
            return &operations[i];
    return NULL;
}

const struct rbac_operation *rbac_batch_operation(const char *permission, enum rbac_kind kind)
{
    char name[256];
    int length = snprintf(name, sizeof(name), "%s%s", BATCH_ACCOUNTS, permission);
    if (length < 0 || (size_t)length >= sizeof(name))
        return NULL;
    return rbac_operation_find(text_of(name), kind);
}

bool rbac_operation_is_read(const struct rbac_operation *operation)
{
    return text_ends(text_of(operation->name), "/read");
}

const char *rbac_kind_text(enum rbac_kind kind)
{
    return kind == RBAC_DATA_ACTION ? "data action" : "action";
}
