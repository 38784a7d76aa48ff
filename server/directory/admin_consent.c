/* An administrator consents to all that an application asks for. */
#include "base/error.h"
#include "directory/app_role.h"
#include "directory/permission.h"
#include "directory/state.h"

/* What is asked for at a resource that is not here, or is not offered any more, is passed over. */
static bool pass_over(struct azb_error *why, struct azb_error *err)
{
    if (why->kind != AZB_ERROR_NOT_FOUND && why->kind != AZB_ERROR_CONFLICT)
        return error_move(err, why);
    azb_error_free(why);
    return true;
}

static bool find_principal(struct store_connection *connection, const char *app_id, int64_t now,
    struct arena *arena, struct service_principal *out, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    if (service_principal_by_app_id(connection, text_of(app_id), arena, out, &why))
        return true;
    if (why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    azb_error_free(&why);
    return service_principal_add(connection, text_of(app_id), NULL, now, arena, out, err);
}

bool consent_give_role(struct store_connection *connection, const char *client_app_id,
    const char *resource_app_id, const char *role_id, int64_t now, struct arena *arena,
    struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    struct service_principal principal, resource;
    const char *id;
    if (!find_principal(connection, client_app_id, now, arena, &principal, err))
        return false;
    return (service_principal_by_app_id(
                connection, text_of(resource_app_id), arena, &resource, &why) &&
               app_role_assign(connection, text_of(resource.object_id),
                   text_of(principal.object_id), text_of(role_id), now, arena, &id, &why)) ||
           pass_over(&why, err);
}

bool consent_to_required(struct service *service, struct store_connection *connection,
    const struct application *application, int64_t now, struct arena *arena, struct azb_error *err)
{
    struct required_permission *required;
    size_t count;
    if (!required_permission_list(
            service, connection, application->row, arena, &required, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct required_permission *one = &required[i];
        if (one->is_role && !consent_give_role(connection, application->app_id,
                                one->resource_app_id, one->permission_id, now, arena, err))
            return false;
        if (!one->is_role && one->value &&
            !consent_add(connection, application->app_id, one->resource_app_id, NULL,
                text_of(one->value), now, err))
            return false;
    }
    return true;
}
