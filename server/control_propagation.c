/* The test control of propagation: how long a change of roles takes to act. */
#include "authorize/authorize.h"
#include "base/error.h"
#include "control.h"
#include "document.h"

#define DELAY_MAX_S (24LL * 3600)

static void write_pending(
    struct json_writer *writer, const struct pending_roles *pending, size_t count)
{
    json_name(writer, "pending");
    json_begin_array(writer);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(writer);
        json_member_time(writer, "made", pending[i].made);
        json_member_time(writer, "acts", pending[i].acts);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static bool reply_propagation(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct authorizer *authorizer = request->service->authorizer;
    struct pending_roles *pending;
    size_t count;
    char delay[TIME_TEXT_MAX];
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    if (!authorizer_pending(authorizer, &request->arena, &pending, &count, err))
        return false;
    buffer_init(&out, 64 * 1024);
    json_writer_init(&writer, &out, 0);
    duration_format(authorizer_propagation(authorizer), delay);
    json_begin_object(&writer);
    json_member(&writer, "delay", delay);
    write_pending(&writer, pending, count);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &out, err);
}

bool control_get_propagation(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_propagation(request, reply, err);
}

bool control_set_propagation(struct request *request, struct reply *reply, struct azb_error *err)
{
    int64_t delay_s = -1;
    static const struct control_field fields[] = {{"delay", CONTROL_SPAN, 0, 0, DELAY_MAX_S, NULL}};
    if (!control_read(request, fields, 1, &delay_s, err))
        return false;
    if (delay_s < 0)
        return control_bad(err, "'delay' is missing: \"PT5M\", or 0 for changes that act at once");
    authorizer_set_propagation(request->service->authorizer, delay_s * TICKS_PER_SECOND);
    return reply_propagation(request, reply, err);
}
