/* Bodies of AuthZEN's evaluations, and the query of the decision log in front of them. */
#include "fuzz_service.h"

#include "access/access.h"
#include "base/error.h"

static bool be_administrator(struct request *request)
{
    struct administrator administrator;
    struct azb_error err = AZB_ERROR_INIT;
    if (!directory_administrator(request->service, &request->arena, &administrator, &err))
        return false;
    memcpy(request->caller.object_id, administrator.object_id, GUID_TEXT);
    memcpy(request->caller.client_id, administrator.client_id, GUID_TEXT);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        serve_fn *serve;
        const char *path;
    } calls[] = {{access_evaluate, "/access/v1/evaluation"},
        {access_evaluate_all, "/access/v1/evaluations"}, {access_list_uses, "/access/v1/usage"}};
    struct request request;
    struct reply reply = {.file = -1};
    struct azb_error err = AZB_ERROR_INIT;
    if (size < 1)
        return 0;
    size_t which = data[0] % (sizeof calls / sizeof *calls);
    fuzz_request(&request, PLANE_ACCESS, "POST");
    const struct route route = {"POST", calls[which].path, ROUTE_READS, calls[which].serve, NULL};
    request.route = &route;
    request.body = (struct text){(const char *)data + 1, size - 1};
    request.query = request.body;
    request.caller.kind = CALLER_APPLICATION;
    if (!be_administrator(&request))
        abort();
    bool served = calls[which].serve(&request, &reply, &err);
    if (served != (err.message[0] == '\0') || (served && reply.status != 200))
        abort();
    if (!served)
        access_plane()->refuse(&request, &reply, &err);
    azb_error_free(&err);
    arena_free(&request.arena);
    return 0;
}
