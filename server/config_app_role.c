/* App roles of the applications of a configuration, and who has them. */
#include "base/error.h"
#include "config_apply.h"
#include "directory/app_role.h"

/* ---- What an application defines ------------------------------------------------------------- */

static bool add_members(
    struct applying *applying, const char *word, size_t index, int *members, struct azb_error *err)
{
    if (strcmp(word, "User") == 0)
        *members |= APP_ROLE_USERS;
    else if (strcmp(word, "Application") == 0)
        *members |= APP_ROLE_APPLICATIONS;
    else {
        config_at(applying, "allowedMemberTypes[%zu]", index);
        return fail(err, AZB_ERROR_CONFIGURATION,
            "'%.80s' is not one of the kinds of principals, User and Application", word);
    }
    return true;
}

static bool put_role(struct applying *applying, const struct config_app_role *given,
    const struct application *application, struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!config_made_id("app role", application->app_id, given->value, id))
        return fail_memory(err);
    struct app_role what = {
        .id = given->id ? given->id : id,
        .value = given->value,
        .display_name = given->display_name ? given->display_name : given->value,
        .description = given->description,
    };
    for (size_t i = 0; i < given->allowed_member_types.count; i++)
        if (!add_members(applying, given->allowed_member_types.at[i], i, &what.members, err))
            return false;
    if (given->allowed_member_types.count == 0)
        what.members = APP_ROLE_USERS | APP_ROLE_APPLICATIONS;
    return app_role_add(applying->request.store, application->row, &what, err);
}

bool config_apply_app_roles(struct applying *applying, const struct config_application *given,
    const struct application *application, struct azb_error *err)
{
    const struct config_app_role *roles = given->app_roles.at;
    if (given->app_roles.count == 0)
        return true;
    if (!app_role_clear(applying->request.store, application->row, err))
        return false;
    for (size_t i = 0; i < given->app_roles.count; i++) {
        size_t mark = config_at(applying, "appRoles[%zu]", i);
        if (!put_role(applying, &roles[i], application, err))
            return false;
        config_back(applying, mark);
    }
    return app_role_forget_removed(applying->request.store, application, err);
}

/* ---- Who has which --------------------------------------------------------------------------- */

static bool find_role(struct applying *applying, const struct application *application,
    const char *name, const char **id, struct azb_error *err)
{
    struct app_role *roles;
    size_t count;
    *id = APP_ROLE_DEFAULT_ACCESS;
    if (!name)
        return true;
    if (!app_role_list(applying->request.store, application->row, &applying->request.arena, &roles,
            &count, err))
        return false;
    const struct app_role *role = app_role_find(roles, count, text_of(name));
    if (role) {
        *id = role->id;
        return true;
    }
    config_at(applying, "role");
    return fail(err, AZB_ERROR_CONFIGURATION, "the application has no app role '%.120s'", name);
}

static bool put_assignment(struct applying *applying,
    const struct config_app_role_assignment *given, const struct application *application,
    struct azb_error *err)
{
    struct request *request = &applying->request;
    struct service_principal resource;
    const char *principal, *role, *id;
    return service_principal_by_app_id(
               request->store, text_of(application->app_id), &request->arena, &resource, err) &&
           config_principal(applying, given->principal, &principal, err) &&
           find_role(applying, application, given->role, &role, err) &&
           (app_role_assign(request->store, text_of(resource.object_id), text_of(principal),
                text_of(role), applying->now, &request->arena, &id, err) ||
               config_was_there(err));
}

bool config_apply_app_role_assignments(struct applying *applying,
    const struct config_application *given, const struct application *application,
    struct azb_error *err)
{
    const struct config_app_role_assignment *all = given->app_role_assignments.at;
    for (size_t i = 0; i < given->app_role_assignments.count; i++) {
        size_t mark = config_at(applying, "appRoleAssignments[%zu]", i);
        if (!put_assignment(applying, &all[i], application, err))
            return false;
        config_back(applying, mark);
    }
    return true;
}
