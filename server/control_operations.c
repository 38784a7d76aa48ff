/* Test control of Resource Manager's asynchronous operations: how long they take, how they end. */
#include "control.h"

#include "base/error.h"
#include "document.h"

#define DURATION_MAX_S (24 * 3600)
#define MS_PER_SECOND 1000

static const char *const outcomes[] = {"succeeded", "failed", NULL};

static bool reply_operations(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct service *service = request->service;
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    buffer_init(&out, 1024);
    json_writer_init(&writer, &out, 0);
    json_begin_object(&writer);
    json_member_i64(
        &writer, "durationSeconds", atomic_load(&service->operation_ms) / MS_PER_SECOND);
    json_member(&writer, "outcome", outcomes[atomic_load(&service->operations_fail)]);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &out, err);
}

bool control_get_operations(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_operations(request, reply, err);
}

/* For operations that begin from now on; those under way keep what they began with. */
bool control_set_operations(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct service *service = request->service;
    struct wanted {
        int64_t duration_s;
        size_t outcome;
    } wanted = {atomic_load(&service->operation_ms) / MS_PER_SECOND,
        atomic_load(&service->operations_fail)};
    static const struct control_field fields[] = {
        {"duration", CONTROL_SPAN, offsetof(struct wanted, duration_s), 0, DURATION_MAX_S, NULL},
        {"outcome", CONTROL_CHOICE, offsetof(struct wanted, outcome), 0, 0, outcomes}};
    if (!control_read(request, fields, sizeof fields / sizeof *fields, &wanted, err))
        return false;
    atomic_store(&service->operation_ms, wanted.duration_s * MS_PER_SECOND);
    atomic_store(&service->operations_fail, wanted.outcome == 1);
    return reply_operations(request, reply, err);
}
