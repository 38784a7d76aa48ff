/*
 * /_azb/: azbd's own controls. Answers only on its own address (a name that somebody else's DNS
 * points here is not ours) and never to a web page.
 */
#include "control.h"

#include "authorize/authorize.h"
#include "base/error.h"
#include "directory/directory.h"
#include "document.h"
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

// clang-format off
static const struct route routes[] = {
    {"GET",    "/_azb/health",         ROUTE_READS, serve_health, NULL},
    {"GET",    "/_azb/clock",          ROUTE_READS, control_get_clock, NULL},
    {"POST",   "/_azb/clock",          ROUTE_READS, control_move_clock, NULL},
    {"GET",    "/_azb/tokenLifetime",  ROUTE_READS, control_get_lifetime, NULL},
    {"POST",   "/_azb/tokenLifetime",  ROUTE_READS, control_set_lifetime, NULL},
    {"GET",    "/_azb/keys",           ROUTE_READS, control_list_keys, NULL},
    {"POST",   "/_azb/keys",           ROUTE_READS, control_rotate_keys, NULL},
    {"DELETE", "/_azb/keys/{kid}",     ROUTE_READS, control_retire_key, NULL},
    {"GET",    "/_azb/switches",       ROUTE_READS, control_get_switches, NULL},
    {"POST",   "/_azb/switches",       ROUTE_READS, control_set_switches, NULL},
    {"GET",    "/_azb/propagation",    ROUTE_READS, control_get_propagation, NULL},
    {"POST",   "/_azb/propagation",    ROUTE_READS, control_set_propagation, NULL},
    {"GET",    "/_azb/operations",     ROUTE_READS, control_get_operations, NULL},
    {"POST",   "/_azb/operations",     ROUTE_READS, control_set_operations, NULL},
    {"POST",   "/_azb/issuers",        ROUTE_WRITES, control_set_issuer, NULL},
    {"POST",   "/_azb/denyAssignments",      ROUTE_WRITES, control_set_denial, NULL},
    {"DELETE", "/_azb/denyAssignments/{id}", ROUTE_WRITES, control_remove_denial, NULL},
    {"GET",    "/_azb/failures",       ROUTE_READS, control_list_failures, NULL},
    {"POST",   "/_azb/failures",       ROUTE_READS, control_add_failure, NULL},
    {"DELETE", "/_azb/failures",       ROUTE_READS, control_clear_failures, NULL},
    {"DELETE", "/_azb/failures/{id}",  ROUTE_READS, control_remove_failure, NULL},
    {"GET",    "/_azb/challenges",     ROUTE_READS, control_list_challenges, NULL},
    {"POST",   "/_azb/challenges",     ROUTE_READS, control_add_challenge, NULL},
    {"DELETE", "/_azb/challenges",     ROUTE_READS, control_clear_challenges, NULL},
};
// clang-format on

/* The audiences that azb has tokens for anyway. */
static const char *const audiences[] = {
    "https://management.core.windows.net/",
    "https://management.core.windows.net",
    "https://management.azure.com/",
    "https://management.azure.com",
};

static bool check_administrator(struct request *request, struct azb_error *err)
{
    const char *const *all =
        request_audiences(request, audiences, sizeof audiences / sizeof *audiences, NULL);
    struct administrator administrator;
    if (!all)
        return fail_memory(err);
    if (!authorize_bearer(request, all, err) ||
        !directory_administrator(request->service, &request->arena, &administrator, err))
        return false;
    return string_equal_nocase(request->caller.object_id, administrator.object_id) ||
           fail_status(err, 403, "Forbidden",
               "azbd's test controls are for the administrator's application (azb env)");
}

static bool check_test_control(struct request *request, struct azb_error *err)
{
    if (!request->service->options.test_controls)
        return fail_status(err, 403, "TestControlsOff",
            "azbd has test controls only when it is started with --test-controls");
    return check_administrator(request, err);
}

static bool prepare(struct request *request, struct azb_error *err)
{
    struct text name;
    int port;
    if (request_header(request, "Origin"))
        return fail_status(err, 403, "Forbidden", "azbd's controls are not for web pages");
    if (!host_split(request->host, &name, &port) || !host_is_local(name))
        return fail_status(err, 403, "Forbidden",
            "azbd's controls answer on localhost and loopback addresses only");
    return request->route->serve == serve_health || check_test_control(request, err);
}

static void finish(struct request *request, struct reply *reply)
{
    (void)request;
    reply_header(reply, "Cache-Control", "no-store");
    reply_header(reply, "X-Content-Type-Options", "nosniff");
}

void control_refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    int status = refusal_status(err);
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
    authorize_challenge(request, reply, err);
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
