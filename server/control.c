/*
 * /_azb/: azbd's own controls. Answers only on its own address (a name that somebody else's DNS
 * points here is not ours) and never to a web page.
 */
#include "control.h"

#include "base/error.h"
#include "base/json.h"
#include "hosts.h"

static bool serve_health(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)err;
    const struct service *service = request->service;
    char body[256];
    int length = snprintf(body, sizeof(body),
        "{\"status\":\"serving\",\"version\":\"%s\",\"uptimeSeconds\":%lld}", AZB_VERSION,
        (long long)(monotonic_ms() - service->started) / 1000);
    struct text text = {arena_copy(&request->arena, body, (size_t)length), (size_t)length};
    if (!text.at)
        return fail_memory(err);
    reply_json(reply, 200, text);
    return true;
}

static const struct route routes[] = {
    {"GET", "/_azb/health", ROUTE_READS, serve_health, NULL},
};

static bool prepare(struct request *request, struct azb_error *err)
{
    struct text name;
    int port;
    if (request_header(request, "Origin"))
        return fail_status(err, 403, "Forbidden", "azbd's controls are not for web pages");
    if (!host_split(request->host, &name, &port) || !host_is_local(name))
        return fail_status(err, 403, "Forbidden",
            "azbd's controls answer on localhost and loopback addresses only");
    return true;
}

static void finish(struct request *request, struct reply *reply)
{
    (void)request;
    reply_header(reply, "Cache-Control", "no-store");
    reply_header(reply, "X-Content-Type-Options", "nosniff");
}

void control_refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    int status = err->http_status ? err->http_status : 500;
    struct buffer out;
    struct json_writer writer;
    buffer_init(&out, 8192);
    json_writer_init(&writer, &out, 0);
    json_begin_object(&writer);
    json_name(&writer, "error");
    json_begin_object(&writer);
    json_member(&writer, "code", err->code[0] ? err->code : azb_error_kind_text(err->kind));
    json_member(&writer, "message", err->message);
    json_end_object(&writer);
    json_end_object(&writer);
    char *copy = out.failed ? NULL : arena_copy(&request->arena, out.at, out.length);
    const struct text no_memory = TEXT("{\"error\":{\"message\":\"out of memory\"}}");
    reply_json(reply, status, copy ? (struct text){copy, out.length} : no_memory);
    buffer_free(&out);
}

const struct plane_rows *control_plane(void)
{
    static const struct plane_rows rows = {
        .name = "control",
        .routes = routes,
        .count = sizeof(routes) / sizeof(routes[0]),
        .prepare = prepare,
        .finish = finish,
        .refuse = control_refuse,
    };
    return &rows;
}
