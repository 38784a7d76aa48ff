#include "rbac/operation.h"

#define ACTION(name, display_name, description)                                                    \
    {name, sizeof(name) - 1, RBAC_ACTION, display_name, description},
#define DATA_ACTION(name, display_name, description)                                               \
    {name, sizeof(name) - 1, RBAC_DATA_ACTION, display_name, description},
static const struct rbac_operation operations[] = {
#include "rbac/operations.def"
};
#undef ACTION
#undef DATA_ACTION

static const struct {
    const char *name, *display_name;
} resource_types[] = {
#define TYPE(name, display_name) {name, display_name},
#include "rbac/resource_types.def"
#undef TYPE
};

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

struct text rbac_operation_provider(const struct rbac_operation *operation)
{
    struct text rest = {operation->name, operation->length};
    struct text provider;
    text_cut(&rest, '/', &provider);
    return provider;
}

/* Without the last segment, and for "/action" without the one before. */
static struct text type_with_provider(const struct rbac_operation *operation)
{
    struct text type = {operation->name, operation->length};
    if (text_ends(type, "/action"))
        type.length -= strlen("/action");
    const char *slash = memrchr(type.at, '/', type.length);
    return text_slice(type, 0, slash ? (size_t)(slash - type.at) : 0);
}

struct text rbac_operation_resource_type(const struct rbac_operation *operation)
{
    struct text type = type_with_provider(operation);
    return text_slice(type, rbac_operation_provider(operation).length + 1, type.length);
}

const char *rbac_operation_resource_name(const struct rbac_operation *operation)
{
    struct text type = type_with_provider(operation);
    for (size_t i = 0; i < sizeof(resource_types) / sizeof(resource_types[0]); i++)
        if (text_equal_nocase(text_of(resource_types[i].name), type))
            return resource_types[i].display_name;
    return NULL;
}

bool rbac_operation_is_read(const struct rbac_operation *operation)
{
    return text_ends(text_of(operation->name), "/read");
}

const char *rbac_kind_text(enum rbac_kind kind)
{
    return kind == RBAC_DATA_ACTION ? "data action" : "action";
}
