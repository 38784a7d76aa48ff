/*
 * Whole requests to Resource Manager by the administrator: a digit says which method, the first
 * line is the target, with its query, and the rest the body. What writes runs on the writer's
 * thread, as in the service, and is rolled back, so that all inputs meet the same state. Nothing
 * but an answer comes of any: a status, and JSON when there is a body.
 */
#include "fuzz_service.h"

#include "base/error.h"
#include "base/json.h"

static const char *const methods[] = {"GET", "PUT", "DELETE", "POST", "PATCH", "HEAD"};
static char bearer[4096];

/* ---- The administrator's token --------------------------------------------------------------- */

static void sign_in(struct service *service)
{
    struct request request;
    struct reply reply = {.file = -1};
    struct azb_error err = AZB_ERROR_INIT;
    const struct http_header header = {"Content-Type", "application/x-www-form-urlencoded"};
    fuzz_request(&request, PLANE_ENTRA, "POST");
    service->router = router_new(&err);
    request.path = TEXT("/" FUZZ_TENANT "/oauth2/v2.0/token");
    request.headers = &header;
    request.header_count = 1;
    request.body =
        TEXT("grant_type=client_credentials&client_id=" FUZZ_CLIENT
             "&client_secret=a-secret&scope=https%3A%2F%2Fmanagement.azure.com%2F.default");
    if (!route_find(&request, &err) || !entra_plane()->prepare(&request, &err) ||
        !request.route->serve(&request, &reply, &err))
        abort();
    const struct json *json = json_parse(reply.body, &request.arena, &err);
    snprintf(bearer, sizeof bearer, "Bearer %.*s", TEXT_ARGS(json_get_text(json, "access_token")));
    arena_free(&request.arena);
}

/* ---- One request ----------------------------------------------------------------------------- */

struct call {
    struct request request;
    struct reply reply;
    struct azb_error why;
    bool served;
};

static bool work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct call *call = context;
    call->request.store = connection;
    call->served = call->request.route->serve(&call->request, &call->reply, &call->why);
    return fail(err, AZB_ERROR_ARGUMENT, "rolled back");
}

static void serve(struct call *call)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct request *request = &call->request;
    if (!route_find(request, &call->why) || !arm_plane()->prepare(request, &call->why))
        return;
    if (request->route->flags & ROUTE_WRITES)
        (void)!store_write_wait(request->service->store, work, call, &ignored);
    else
        call->served = request->route->serve(request, &call->reply, &call->why);
    azb_error_free(&ignored);
}

static void check(struct call *call)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct request *request = &call->request;
    if (call->served != (call->why.message[0] == '\0'))
        abort();
    if (!call->served)
        arm_plane()->refuse(request, &call->reply, &call->why);
    arm_plane()->finish(request, &call->reply);
    if (call->reply.status < 200 || call->reply.status == 500)
        abort();
    if (call->reply.body.length && !json_parse(call->reply.body, &request->arena, &err))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct call call = {.reply.file = -1};
    struct text rest = {(const char *)data + 1, size - 1};
    struct http_header header = {"Authorization", bearer};
    if (size < 2)
        return 0;
    if (!bearer[0])
        sign_in(fuzz_start());
    fuzz_request(&call.request, PLANE_ARM, methods[data[0] % (sizeof methods / sizeof *methods)]);
    call.request.target = fuzz_line(&rest);
    call.request.query = call.request.target;
    text_cut(&call.request.query, '?', &call.request.path);
    call.request.body = rest.at ? rest : TEXT("");
    call.request.headers = &header;
    call.request.header_count = 1;
    serve(&call);
    check(&call);
    azb_error_free(&call.why);
    arena_free(&call.request.arena);
    return 0;
}
