/* Test controls of time: the service's clock, and how long tokens live. */
#include "control.h"

#include "base/error.h"
#include "document.h"
#include "engine/engine.h"
#include "entra/entra.h"

#define MOVE_MAX_S (3650LL * 24 * 3600)
#define LIFETIME_MAX_S (90LL * 24 * 3600)
#define MS_PER_SECOND 1000

static bool reply_clock(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct clock *clock = &request->service->clock;
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    buffer_init(&out, 1024);
    json_writer_init(&writer, &out, 0);
    json_begin_object(&writer);
    json_member_time(&writer, "now", clock_ticks(clock));
    json_member_i64(&writer, "movedSeconds", atomic_load(&clock->offset_ms) / MS_PER_SECOND);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &out, err);
}

bool control_get_clock(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_clock(request, reply, err);
}

/* Far dates would leave what the formats of Batch can write, so the sum is limited too. */
bool control_move_clock(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct service *service = request->service;
    int64_t move_s = 0;
    static const struct control_field fields[] = {
        {"move", CONTROL_SPAN, 0, -MOVE_MAX_S, MOVE_MAX_S, NULL}};
    if (!control_read(request, fields, 1, &move_s, err))
        return false;
    if (move_s == 0)
        return control_bad(err, "'move' is missing or 0: say by how much, such as \"P1D\"");
    int64_t sum_s = atomic_load(&service->clock.offset_ms) / MS_PER_SECOND + move_s;
    if (sum_s > MOVE_MAX_S || sum_s < -MOVE_MAX_S)
        return control_bad(err, "the clock would be %lld seconds away from real time; %lld at most",
            (long long)sum_s, MOVE_MAX_S);
    clock_move(&service->clock, move_s * MS_PER_SECOND);
    engine_clock_moved(service);
    return reply_clock(request, reply, err);
}

static bool reply_lifetime(struct request *request, struct reply *reply, struct azb_error *err)
{
    int64_t lifetime_s = entra_token_lifetime(request->service->entra);
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    buffer_init(&out, 1024);
    json_writer_init(&writer, &out, 0);
    json_begin_object(&writer);
    json_member(&writer, "mode", lifetime_s ? "fixed" : "entra");
    if (lifetime_s)
        json_member_i64(&writer, "lifetimeSeconds", lifetime_s);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &out, err);
}

bool control_get_lifetime(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_lifetime(request, reply, err);
}

bool control_set_lifetime(struct request *request, struct reply *reply, struct azb_error *err)
{
    int64_t lifetime_s = -1;
    static const struct control_field fields[] = {
        {"lifetime", CONTROL_SPAN, 0, 0, LIFETIME_MAX_S, NULL}};
    if (!control_read(request, fields, 1, &lifetime_s, err))
        return false;
    if (lifetime_s < 0)
        return control_bad(err, "'lifetime' is missing: \"PT10M\", or 0 for Entra's own lifetimes");
    entra_set_token_lifetime(request->service->entra, lifetime_s);
    return reply_lifetime(request, reply, err);
}
