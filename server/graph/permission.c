/* What applications ask for (requiredResourceAccess) and what they offer (api). */
#include "directory/permission.h"
#include "base/error.h"
#include "graph/graph.h"

#define PERMISSIONS_MAX 400 /* of one application, as in Entra */

/* ---- As JSON --------------------------------------------------------------------------------- */

bool graph_write_required(struct request *request, struct json_writer *writer,
    const struct application *application, struct azb_error *err)
{
    struct required_permission *required;
    const char *resource = NULL;
    size_t count;
    if (!required_permission_list(request->service, request->store, application->row,
            &request->arena, &required, &count, err))
        return false;
    json_name(writer, "requiredResourceAccess");
    json_begin_array(writer);
    for (size_t i = 0; i < count; i++) {
        if (!resource || strcmp(resource, required[i].resource_app_id) != 0) {
            if (resource) {
                json_end_array(writer);
                json_end_object(writer);
            }
            resource = required[i].resource_app_id;
            json_begin_object(writer);
            json_member(writer, "resourceAppId", resource);
            json_name(writer, "resourceAccess");
            json_begin_array(writer);
        }
        json_begin_object(writer);
        json_member(writer, "id", required[i].permission_id);
        json_member(writer, "type", required[i].is_role ? "Role" : "Scope");
        json_end_object(writer);
    }
    if (resource) {
        json_end_array(writer);
        json_end_object(writer);
    }
    json_end_array(writer);
    return true;
}

static void write_scope(struct json_writer *writer, const struct permission *permission)
{
    const char *description =
        permission->description ? permission->description : permission->display_name;
    json_begin_object(writer);
    json_member(writer, "id", permission->id);
    json_member(writer, "value", permission->value);
    json_member(writer, "type", permission->admin_only ? "Admin" : "User");
    json_member_bool(writer, "isEnabled", !permission->disabled);
    json_member(writer, "adminConsentDisplayName", permission->display_name);
    json_member(writer, "adminConsentDescription", description);
    json_member(writer, "userConsentDisplayName", permission->display_name);
    json_member(writer, "userConsentDescription", description);
    json_end_object(writer);
}

void graph_write_scopes(
    struct json_writer *writer, const struct permission *permissions, size_t count)
{
    json_name(writer, "oauth2PermissionScopes");
    json_begin_array(writer);
    for (size_t i = 0; i < count; i++)
        write_scope(writer, &permissions[i]);
    json_end_array(writer);
}

bool graph_write_offered(struct request *request, struct json_writer *writer,
    const struct application *application, struct azb_error *err)
{
    struct permission *permissions;
    size_t count;
    if (!exposed_permission_list(
            request->store, application->row, &request->arena, &permissions, &count, err))
        return false;
    json_name(writer, "requestedAccessTokenVersion");
    if (application->token_version)
        json_write_i64(writer, application->token_version);
    else
        json_write_null(writer);
    graph_write_scopes(writer, permissions, count);
    return true;
}

/* One entry a client, with the permissions that it has without being asked. */
bool graph_write_trusted(struct request *request, struct json_writer *writer,
    const struct application *application, struct azb_error *err)
{
    struct pre_authorized *trusted;
    size_t count;
    if (!pre_authorized_list(
            request->store, application->row, &request->arena, &trusted, &count, err))
        return false;
    json_name(writer, "preAuthorizedApplications");
    json_begin_array(writer);
    for (size_t i = 0; i < count; i++) {
        const char *client = trusted[i].client_app_id;
        if (i == 0 || strcmp(client, trusted[i - 1].client_app_id) != 0) {
            json_begin_object(writer);
            json_member(writer, "appId", client);
            json_name(writer, "delegatedPermissionIds");
            json_begin_array(writer);
        }
        json_write_string(writer, trusted[i].permission_id);
        if (i + 1 == count || strcmp(client, trusted[i + 1].client_app_id) != 0) {
            json_end_array(writer);
            json_end_object(writer);
        }
    }
    json_end_array(writer);
    return true;
}

/* ---- requiredResourceAccess ------------------------------------------------------------------ */

static bool add_required(struct request *request, const struct application *application,
    const char *resource, const struct json *access, const char *what, struct azb_error *err)
{
    const char *id, *type;
    if (access->type != JSON_OBJECT)
        return graph_bad(err, "%s: an object with id and type is expected.", what);
    if (!graph_read_string(request, json_get(access, "id"), what, &id, err) ||
        !graph_read_string(request, json_get(access, "type"), what, &type, err))
        return false;
    if (!id || !text_is_guid(text_of(id)))
        return graph_bad(err, "%s.id: it is not a GUID.", what);
    bool is_role = type && strcmp(type, "Role") == 0;
    if (!is_role && (!type || strcmp(type, "Scope") != 0))
        return graph_bad(err, "%s.type: 'Scope' or 'Role' is expected.", what);
    bool added = is_role
                     ? required_role_add(request->store, application->row, resource, id, err)
                     : required_permission_add(request->store, application->row, resource, id, err);
    if (!added && err->kind == AZB_ERROR_CONFLICT)
        return graph_bad(err,
            "Request contains a property with duplicate values: %s, the permission '%s'.", what,
            id);
    return added || graph_refuse(TEXT_NONE, err);
}

static bool add_resource(struct request *request, const struct application *application,
    const struct json *entry, size_t index, struct azb_error *err)
{
    char what[80];
    const char *resource;
    size_t at = 0;
    const struct json *accesses = json_get(entry, "resourceAccess");
    snprintf(what, sizeof what, "requiredResourceAccess[%zu].resourceAppId", index);
    if (!graph_read_string(request, json_get(entry, "resourceAppId"), what, &resource, err))
        return false;
    if (!resource || !text_is_guid(text_of(resource)))
        return graph_bad(err, "%s: it is not a GUID.", what);
    if (!accesses || accesses->type != JSON_ARRAY)
        return graph_bad(
            err, "requiredResourceAccess[%zu].resourceAccess: a list is expected.", index);
    for (const struct json *access = accesses->first; access; access = access->next) {
        snprintf(what, sizeof what, "requiredResourceAccess[%zu].resourceAccess[%zu]", index, at++);
        if (!add_required(request, application, resource, access, what, err))
            return false;
    }
    return true;
}

static bool too_many(size_t count, const char *what, struct azb_error *err)
{
    return count > PERMISSIONS_MAX &&
           !graph_bad(err, "%s: at most %d are allowed.", what, PERMISSIONS_MAX);
}

bool graph_set_required(struct request *request, const struct application *application,
    const struct json *list, struct azb_error *err)
{
    size_t index = 0, count = 0;
    for (const struct json *entry = list->first; entry; entry = entry->next) {
        const struct json *accesses = json_get(entry, "resourceAccess");
        count += accesses ? accesses->count : 0;
    }
    if (too_many(count, "requiredResourceAccess", err) ||
        !required_permission_clear(request->store, application->row, err))
        return false;
    for (const struct json *entry = list->first; entry; entry = entry->next)
        if (!add_resource(request, application, entry, index++, err))
            return false;
    return true;
}

/* ---- api.oauth2PermissionScopes -------------------------------------------------------------- */

static bool read_type(
    struct request *request, const struct json *entry, bool *admin_only, struct azb_error *err)
{
    const char *type;
    if (!graph_read_string(request, json_get(entry, "type"), "type", &type, err))
        return false;
    *admin_only = type && strcmp(type, "Admin") == 0;
    return !type || *admin_only || strcmp(type, "User") == 0 ||
           graph_bad(err, "type: 'User' or 'Admin' is expected.");
}

static bool read_scope(struct request *request, const struct json *entry, struct permission *out,
    struct azb_error *err)
{
    const char *user_name, *user_description;
    bool enabled = true;
    *out = (struct permission){0};
    if (!graph_read_string(request, json_get(entry, "id"), "id", &out->id, err) ||
        !graph_read_string(request, json_get(entry, "value"), "value", &out->value, err) ||
        !graph_read_string(request, json_get(entry, "adminConsentDisplayName"),
            "adminConsentDisplayName", &out->display_name, err) ||
        !graph_read_string(request, json_get(entry, "adminConsentDescription"),
            "adminConsentDescription", &out->description, err) ||
        !graph_read_string(request, json_get(entry, "userConsentDisplayName"),
            "userConsentDisplayName", &user_name, err) ||
        !graph_read_string(request, json_get(entry, "userConsentDescription"),
            "userConsentDescription", &user_description, err) ||
        !graph_read_bool(json_get(entry, "isEnabled"), "isEnabled", &enabled, err) ||
        !read_type(request, entry, &out->admin_only, err))
        return false;
    /* One text is kept: the one for users is what the consent page shows. */
    if (user_name && *user_name)
        out->display_name = user_name;
    if (user_description && *user_description)
        out->description = user_description;
    out->disabled = !enabled;
    return out->id ? true : graph_bad(err, "id: a GUID is required.");
}

static bool add_scope(struct request *request, const struct application *application,
    const struct json *entry, struct azb_error *err)
{
    struct permission permission;
    if (entry->type != JSON_OBJECT)
        return graph_bad(err, "an object is expected, not %s.", json_type_text(entry->type));
    return read_scope(request, entry, &permission, err) &&
           (exposed_permission_add(request->store, application->row, &permission, err) ||
               graph_refuse(TEXT_NONE, err));
}

bool graph_set_scopes(struct request *request, const struct application *application,
    const struct json *list, struct azb_error *err)
{
    size_t index = 0;
    if (too_many(list->count, "api.oauth2PermissionScopes", err) ||
        !exposed_permission_clear(request->store, application->row, err))
        return false;
    for (const struct json *entry = list->first; entry; entry = entry->next, index++)
        if (!add_scope(request, application, entry, err))
            return fail_while(err, "api.oauth2PermissionScopes[%zu]", index);
    return true;
}

/* ---- api.preAuthorizedApplications ----------------------------------------------------------- */

static bool add_trusted(struct request *request, const struct application *application,
    const struct json *entry, struct azb_error *err)
{
    static const char *const known[] = {"appId", "delegatedPermissionIds", "permissionIds", NULL};
    const struct json *ids = json_get(entry, "delegatedPermissionIds");
    struct pre_authorized what;
    if (entry->type != JSON_OBJECT || !text_is_guid(json_get_text(entry, "appId")) || !ids ||
        ids->type != JSON_ARRAY)
        return graph_bad(
            err, "an object with appId and the list delegatedPermissionIds is expected.");
    if (!graph_check_members(entry, known, err))
        return false;
    for (const struct json *id = ids->first; id; id = id->next) {
        if (!graph_read_string(
                request, json_get(entry, "appId"), "appId", &what.client_app_id, err) ||
            !graph_read_string(request, id, "delegatedPermissionIds", &what.permission_id, err))
            return false;
        if (!pre_authorized_add(request->store, application->row, &what, err))
            return graph_bad(err,
                "delegatedPermissionIds: the application offers no permission with the id '%.*s'.",
                TEXT_ARGS(text_slice(json_text(id), 0, 80)));
    }
    return true;
}

bool graph_set_trusted(struct request *request, const struct application *application,
    const struct json *list, struct azb_error *err)
{
    size_t index = 0;
    if (too_many(list->count, "api.preAuthorizedApplications", err) ||
        !pre_authorized_clear(request->store, application->row, err))
        return false;
    for (const struct json *entry = list->first; entry; entry = entry->next, index++)
        if (!add_trusted(request, application, entry, err))
            return fail_while(err, "api.preAuthorizedApplications[%zu]", index);
    return true;
}
