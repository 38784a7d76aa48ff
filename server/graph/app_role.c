/* App roles of applications, and who was given them: appRoleAssignedTo, appRoleAssignments. */
#include "directory/app_role.h"
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

#define KIND "appRoleAssignments"

/* ---- appRoles -------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    enum app_role_members members;
} member_types[] = {
    {"User", APP_ROLE_USERS},
    {"Application", APP_ROLE_APPLICATIONS},
};

#define MEMBER_TYPES (sizeof member_types / sizeof *member_types)

static void write_or_null(struct json_writer *writer, const char *name, const char *value)
{
    json_name(writer, name);
    json_write_string(writer, value);
}

static void write_role(struct json_writer *writer, const struct app_role *role)
{
    json_begin_object(writer);
    json_name(writer, "allowedMemberTypes");
    json_begin_array(writer);
    for (size_t i = 0; i < MEMBER_TYPES; i++)
        if (role->members & member_types[i].members)
            json_write_string(writer, member_types[i].word);
    json_end_array(writer);
    json_member(writer, "description", role->description ? role->description : role->display_name);
    json_member(writer, "displayName", role->display_name);
    json_member(writer, "id", role->id);
    json_member_bool(writer, "isEnabled", !role->disabled);
    json_member(writer, "origin", "Application");
    write_or_null(writer, "value", role->value);
    json_end_object(writer);
}

bool graph_write_app_roles(struct request *request, struct json_writer *writer,
    const struct application *application, struct azb_error *err)
{
    struct app_role *roles;
    size_t count;
    if (!app_role_list(request->store, application->row, &request->arena, &roles, &count, err))
        return false;
    json_name(writer, "appRoles");
    json_begin_array(writer);
    for (size_t i = 0; i < count; i++)
        write_role(writer, &roles[i]);
    json_end_array(writer);
    return true;
}

static bool add_member_type(const struct json *type, int *members, struct azb_error *err)
{
    for (size_t i = 0; i < MEMBER_TYPES; i++)
        if (text_is(json_text(type), member_types[i].word)) {
            *members |= member_types[i].members;
            return true;
        }
    return graph_bad(err, "allowedMemberTypes: 'User' and 'Application' are allowed.");
}

static bool read_members(const struct json *entry, int *members, struct azb_error *err)
{
    const struct json *types = json_get(entry, "allowedMemberTypes");
    if (!types || types->type != JSON_ARRAY || types->count == 0)
        return graph_bad(
            err, "allowedMemberTypes: a list with 'User', 'Application' or both is expected.");
    for (const struct json *type = types->first; type; type = type->next)
        if (!add_member_type(type, members, err))
            return false;
    return true;
}

static bool read_role(
    struct request *request, const struct json *entry, struct app_role *out, struct azb_error *err)
{
    static const char *const known[] = {"allowedMemberTypes", "description", "displayName", "id",
        "isEnabled", "origin", "value", NULL};
    bool enabled = true;
    *out = (struct app_role){0};
    if (entry->type != JSON_OBJECT)
        return graph_bad(err, "an object is expected, not %s.", json_type_text(entry->type));
    if (!graph_check_members(entry, known, err) ||
        !graph_read_string(request, json_get(entry, "id"), "id", &out->id, err) ||
        !graph_read_string(request, json_get(entry, "value"), "value", &out->value, err) ||
        !graph_read_string(
            request, json_get(entry, "displayName"), "displayName", &out->display_name, err) ||
        !graph_read_string(
            request, json_get(entry, "description"), "description", &out->description, err) ||
        !graph_read_bool(json_get(entry, "isEnabled"), "isEnabled", &enabled, err) ||
        !read_members(entry, &out->members, err))
        return false;
    out->disabled = !enabled;
    if (!out->id)
        return graph_bad(err, "id: a GUID is required.");
    return out->display_name ? true : graph_bad(err, "displayName: a name is required.");
}

/* Who had a role that is not in the new list has it no longer. */
bool graph_set_app_roles(struct request *request, const struct application *application,
    const struct json *list, struct azb_error *err)
{
    struct app_role role;
    size_t index = 0;
    if (!app_role_clear(request->store, application->row, err))
        return false;
    for (const struct json *entry = list->first; entry; entry = entry->next, index++)
        if (!read_role(request, entry, &role, err) ||
            !(app_role_add(request->store, application->row, &role, err) ||
                graph_refuse(TEXT_NONE, err)))
            return fail_while(err, "appRoles[%zu]", index);
    return app_role_forget_removed(request->store, application, err);
}

/* ---- Assignments as JSON --------------------------------------------------------------------- */

static struct text assignment_json(
    struct request *request, const struct app_role_assignment *assignment, struct azb_error *err)
{
    const struct principal *principal = &assignment->principal;
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "id", assignment->id);
    write_or_null(&writer, "deletedDateTime", NULL);
    json_member(&writer, "appRoleId", assignment->role_id);
    graph_write_time(&writer, "createdDateTime", assignment->created);
    json_member(&writer, "principalDisplayName", principal->display_name);
    json_member(&writer, "principalId", principal->object_id);
    json_member(&writer, "principalType", principal_kind_text(principal->kind));
    json_member(&writer, "resourceDisplayName", assignment->resource_name);
    json_member(&writer, "resourceId", assignment->resource_id);
    json_end_object(&writer);
    return graph_keep(request, &text, err);
}

/* ---- Whose ----------------------------------------------------------------------------------- */

/* The object id of what values[0] names. */
static bool find_owner(struct request *request, struct text *out, struct azb_error *err)
{
    struct graph_subject subject;
    if (!graph_find_subject(request, &subject, err))
        return false;
    *out = text_of(subject.object_id);
    return true;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static const char *id_of(const void *item)
{
    return ((const struct app_role_assignment *)item)->id;
}

static const char *principal_of(const void *item)
{
    return ((const struct app_role_assignment *)item)->principal.object_id;
}

static const char *resource_of(const void *item)
{
    return ((const struct app_role_assignment *)item)->resource_id;
}

static const char *role_of(const void *item)
{
    return ((const struct app_role_assignment *)item)->role_id;
}

static const struct query_property properties[] = {
    {"id", QUERY_EQ, id_of},
    {"principalId", QUERY_EQ, principal_of},
    {"resourceId", QUERY_EQ, resource_of},
    {"appRoleId", QUERY_EQ, role_of},
};

static bool reply_list(
    struct request *request, enum app_role_side side, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    struct app_role_assignment *items;
    struct text owner = TEXT_NONE;
    size_t count;
    if (!find_owner(request, &owner, err) ||
        !graph_list_begin(
            &list, request, KIND, properties, sizeof properties / sizeof *properties, err) ||
        !app_role_assignment_list(
            request->store, side, owner, &request->arena, &items, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!graph_list_wants(&list, &items[i]))
            continue;
        struct text item = assignment_json(request, &items[i], err);
        if (!item.at)
            return false;
        graph_list_add(&list, item);
    }
    return graph_list_end(&list, reply, err);
}

bool graph_list_assigned_to(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_list(request, APP_ROLES_OF_RESOURCE, reply, err);
}

bool graph_list_assignments(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_list(request, APP_ROLES_OF_PRINCIPAL, reply, err);
}

/* The assignment that values[1] names; it must have to do with the owner of the path. */
static bool find_assignment(
    struct request *request, struct app_role_assignment *out, struct azb_error *err)
{
    struct text owner = TEXT_NONE, id = request->values[1];
    if (!find_owner(request, &owner, err))
        return false;
    if (!app_role_assignment_find(request->store, id, &request->arena, out, err))
        return graph_refuse(id, err);
    return text_equal_nocase(owner, text_of(out->resource_id)) ||
           text_equal_nocase(owner, text_of(out->principal.object_id)) || graph_not_found(id, err);
}

bool graph_get_assignment(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct app_role_assignment assignment;
    return find_assignment(request, &assignment, err) &&
           graph_reply(request, reply, 200, KIND, assignment_json(request, &assignment, err), err);
}

/* ---- Changing -------------------------------------------------------------------------------- */

static bool read_id(
    struct request *request, const char *member, struct text *out, struct azb_error *err)
{
    *out = json_get_text(graph_body(request), member);
    return text_is_guid(*out) || graph_bad(err, "%s: a GUID is expected.", member);
}

static bool refuse_assignment(struct azb_error *err)
{
    if (err->kind == AZB_ERROR_CONFLICT)
        return graph_bad(err, "Permission being assigned already exists on the object.");
    if (err->kind == AZB_ERROR_NOT_FOUND)
        return refuse_as(err, "Request_ResourceNotFound");
    return graph_refuse(TEXT_NONE, err);
}

/* What Microsoft Graph lets programs do is given by those who give directory roles: an application
 * administrator could take everything by way of it. */
static bool check_graph_role(
    struct request *request, struct text resource, struct text role, struct azb_error *err)
{
    struct service_principal principal;
    bool may = text_is(role, APP_ROLE_DEFAULT_ACCESS);
    if (!service_principal_by_object_id(request->store, resource, &request->arena, &principal, err))
        return refuse_assignment(err);
    if (may || strcmp(principal.app_id, APP_ID_GRAPH) != 0)
        return true;
    return graph_require_right(request, GRAPH_GIVES_GRAPH_ROLES, err);
}

/* `owner` is the member of the body that must be the object of the path. */
static bool create(
    struct request *request, const char *owner_member, struct reply *reply, struct azb_error *err)
{
    static const char *const known[] = {"principalId", "resourceId", "appRoleId", NULL};
    struct app_role_assignment added;
    struct text owner = TEXT_NONE, principal = TEXT_NONE, resource = TEXT_NONE, role = TEXT_NONE;
    const char *id;
    if (!find_owner(request, &owner, err) ||
        !graph_check_members(graph_body(request), known, err) ||
        !read_id(request, "principalId", &principal, err) ||
        !read_id(request, "resourceId", &resource, err) ||
        !read_id(request, "appRoleId", &role, err))
        return false;
    if (!text_equal_nocase(owner, json_get_text(graph_body(request), owner_member)))
        return graph_bad(err, "%s: the id of the object in the path, %.*s, is expected.",
            owner_member, TEXT_ARGS(owner));
    if (!check_graph_role(request, resource, role, err))
        return false;
    if (!app_role_assign(
            request->store, resource, principal, role, request->now, &request->arena, &id, err))
        return refuse_assignment(err);
    return app_role_assignment_find(request->store, text_of(id), &request->arena, &added, err) &&
           graph_reply(request, reply, 201, KIND, assignment_json(request, &added, err), err);
}

bool graph_create_assigned_to(struct request *request, struct reply *reply, struct azb_error *err)
{
    return create(request, "resourceId", reply, err);
}

bool graph_create_assignment(struct request *request, struct reply *reply, struct azb_error *err)
{
    return create(request, "principalId", reply, err);
}

bool graph_delete_assignment(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct app_role_assignment assignment;
    if (!find_assignment(request, &assignment, err) ||
        !app_role_assignment_remove(request->store, text_of(assignment.id), err))
        return false;
    reply->status = 204;
    return true;
}
