/* What the portal's own service does for `az ad app permission admin-consent`: everything that an
 * application asks for is granted, for everybody. */
#include "base/error.h"
#include "graph/graph.h"

static bool asks_graph_roles(const struct required_permission *required, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (required[i].is_role && strcmp(required[i].resource_app_id, APP_ID_GRAPH) == 0)
            return true;
    return false;
}

/* What is consented to belongs to the service principal; one that is missing is made, as by a
 * person who consents at a sign-in. */
static bool have_principal(struct request *request, struct text app_id, struct azb_error *err)
{
    struct service_principal principal;
    struct azb_error why = AZB_ERROR_INIT;
    if (service_principal_by_app_id(request->store, app_id, &request->arena, &principal, &why))
        return true;
    if (why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    azb_error_free(&why);
    return service_principal_add(
               request->store, app_id, NULL, request->now, &request->arena, &principal, err) ||
           graph_refuse(app_id, err);
}

bool graph_admin_consent(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct application application;
    struct required_permission *required;
    size_t count;
    struct text id = request->values[0];
    if (!application_by_app_id(request->store, id, &request->arena, &application, err))
        return graph_refuse(id, err);
    if (application.home_tenant_id)
        return graph_not_found(id, err);
    if (!required_permission_list(request->service, request->store, application.row,
            &request->arena, &required, &count, err))
        return false;
    if (asks_graph_roles(required, count) &&
        !graph_require_right(request, GRAPH_GIVES_GRAPH_ROLES, err))
        return false;
    if (!have_principal(request, id, err))
        return false;
    if (!consent_to_required(
            request->service, request->store, &application, request->now, &request->arena, err))
        return graph_refuse(id, err);
    reply->status = 204;
    return true;
}
