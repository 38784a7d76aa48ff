#include "entra/claim_roles.h"

#include "entra/aadsts.h"

bool claim_roles_of_application(struct request *request,
    const struct resource_application *resource, const struct role_bearer *who,
    struct app_roles *out, struct azb_error *err)
{
    if (!app_roles_of(request->store, resource->app_id, who->object_id, &request->arena, out, err))
        return false;
    return out->assigned || !out->required ||
           aadsts(err, 501051,
               "Application '%s'(%s) is not assigned to a role for the application '%s'(%s).",
               who->app_id, who->display_name, resource->app_id, resource->display_name);
}

bool claim_roles_of_user(struct request *request, const char *app_id, const char *display_name,
    const struct user *user, struct app_roles *out, struct azb_error *err)
{
    if (!app_roles_of(request->store, app_id, user->object_id, &request->arena, out, err))
        return false;
    return out->assigned || !out->required ||
           aadsts(err, 50105,
               "Your administrator has configured the application %s ('%s') to block users unless "
               "they are specifically granted ('assigned') access to the application. The "
               "signed in user '%s' is blocked because they are not a direct member of a group "
               "with access, nor had access directly assigned by an administrator.",
               display_name, app_id, user->user_principal_name);
}

void claim_roles_write(struct json_writer *writer, const struct app_roles *roles)
{
    if (roles->count == 0)
        return;
    json_name(writer, "roles");
    json_begin_array(writer);
    for (size_t i = 0; i < roles->count; i++)
        json_write_string(writer, roles->values[i]);
    json_end_array(writer);
}
