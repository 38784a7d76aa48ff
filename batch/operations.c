/*
 * The public operations: a view of api/operations.def, one line each.
 */
#include "batch/client.h"
#include "batch/print.h"

/* call.c walks the args as words of eight bytes, in the order of the rows. */
_Static_assert(sizeof(size_t) == 8 && sizeof(char *) == 8 && sizeof(void (*)(void)) == 8,
    "azb is written for 64-bit systems");

#define NO_ROWS(...)
#define OPERATION(operation_name, ...)                                                             \
    bool azb_##operation_name(struct azb_batch *batch,                                             \
        const struct azb_##operation_name##_args *args, struct azb_reply *reply,                   \
        struct azb_error *err)                                                                     \
    {                                                                                              \
        return batch_call(batch, operation_at(OPERATION_##operation_name), args, reply, err);      \
    }
#define PERMISSION NO_ROWS
#define PATH NO_ROWS
#define QUERY NO_ROWS
#define HEADER NO_ROWS
#define CONDITIONS NO_ROWS
#define BODY NO_ROWS
#define RETURNS NO_ROWS
#define END_OPERATION NO_ROWS
#include "api/operations.def"
#include "api/operations_end.h"

#define OPERATION(operation_name, ...)                                                             \
    [OPERATION_##operation_name] = sizeof(struct azb_##operation_name##_args),
#define PERMISSION NO_ROWS
#define PATH NO_ROWS
#define QUERY NO_ROWS
#define HEADER NO_ROWS
#define CONDITIONS NO_ROWS
#define BODY NO_ROWS
#define RETURNS NO_ROWS
#define END_OPERATION NO_ROWS
static const size_t args_sizes[OPERATION_COUNT] = {
#include "api/operations.def"
#include "api/operations_end.h"
};

size_t operation_args_size(size_t operation)
{
    return args_sizes[operation];
}
