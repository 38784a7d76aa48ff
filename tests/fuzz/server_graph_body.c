/*
 * Bodies for Graph: a digit (or what follows '9') says which call gets the JSON behind it. Each
 * runs on the writer's thread as in the service, and is rolled back, so that all inputs meet the
 * same state.
 */
#include "fuzz_service.h"

#include "base/error.h"
#include "base/json.h"
#include "graph/graph.h"

static const struct {
    serve_fn *serve;
    const char *method, *path;
} calls[] = {
    {graph_create_application, "POST", "/v1.0/applications"},
    {graph_update_application, "PATCH", "/v1.0/applications(appId='{appId}')"},
    {graph_create_user, "POST", "/v1.0/users"},
    {graph_update_user, "PATCH", "/v1.0/users/{id}"},
    {graph_create_grant, "POST", "/v1.0/oauth2PermissionGrants"},
    {graph_create_federated, "POST",
        "/v1.0/applications(appId='{appId}')/federatedIdentityCredentials"},
    {graph_create_group, "POST", "/v1.0/groups"},
    {graph_add_key, "POST", "/v1.0/applications(appId='{appId}')/addKey"},
    {graph_update_principal, "PATCH", "/v1.0/servicePrincipals(appId='{appId}')"},
    {graph_add_owner, "POST", "/v1.0/applications(appId='{appId}')/owners/$ref"},
    {graph_get_by_ids, "POST", "/v1.0/directoryObjects/getByIds"},
    {graph_check_member_ids, "POST", "/v1.0/servicePrincipals(appId='{appId}')/checkMemberGroups"},
    {graph_create_assignment, "POST",
        "/v1.0/servicePrincipals(appId='{appId}')/appRoleAssignments"},
};

struct call {
    struct request request;
    struct reply reply;
    size_t which;
};

static bool work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct call *call = context;
    struct azb_error why = AZB_ERROR_INIT;
    call->request.store = connection;
    bool served = calls[call->which].serve(&call->request, &call->reply, &why);
    if (served != (why.message[0] == '\0') || (served && call->reply.status < 200))
        abort();
    azb_error_free(&why);
    return fail(err, AZB_ERROR_ARGUMENT, "rolled back");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct graph_operation operation = {GRAPH_READS_DIRECTORY, true, 0};
    struct call call = {.reply.file = -1};
    struct azb_error err = AZB_ERROR_INIT;
    if (size < 1)
        return 0;
    call.which = (unsigned char)(data[0] - '0') % (sizeof calls / sizeof *calls);
    fuzz_request(&call.request, PLANE_GRAPH, calls[call.which].method);
    const struct route route = {
        calls[call.which].method, calls[call.which].path, ROUTE_WRITES, NULL, &operation};
    struct text body = {(const char *)data + 1, size - 1};
    const struct json *json = json_parse(body, &call.request.arena, &err);
    call.request.route = &route;
    call.request.values[0] = TEXT(FUZZ_CLIENT);
    if (calls[call.which].serve == graph_update_user)
        call.request.values[0] = TEXT("user@azb.onmicrosoft.com");
    call.request.prepared = (void *)(uintptr_t)json;
    if (json && json->type == JSON_OBJECT)
        (void)!store_write_wait(call.request.service->store, work, &call, &err);
    azb_error_free(&err);
    arena_free(&call.request.arena);
    return 0;
}
