/* azb app role: the roles that an application defines (appRoles), and who has them. */
#include "base/crypto.h"
#include "base/error.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/management.h"

#define BODY_MAX (1 << 20)
#define DEFAULT_ACCESS "00000000-0000-0000-0000-000000000000"

#define APPLICATION_OPTION                                                                         \
    {                                                                                              \
        "id", OPTION_TEXT, true, "appId, object id or display name.", 0                            \
    }

/* By value or id; NULL: there is none. */
static const struct json *find_role(const struct json *application, const char *value)
{
    const struct json *roles = json_get(application, "appRoles");
    for (const struct json *role = roles ? roles->first : NULL; role; role = role->next)
        if (text_is(json_get_text(role, "value"), value) ||
            text_equal_nocase(json_get_text(role, "id"), text_of(value)))
            return role;
    return NULL;
}

static const struct json *need_role(
    const struct json *application, const char *value, struct azb_error *err)
{
    const struct json *role = find_role(application, value);
    if (!role)
        fail(err, AZB_ERROR_NOT_FOUND, "the application has no app role '%.120s'", value);
    return role;
}

/* ---- create, delete ------------------------------------------------------------------------ */

static void write_member_types(struct json_writer *writer, const struct option_value *types)
{
    json_name(writer, "allowedMemberTypes");
    json_begin_array(writer);
    for (size_t i = 0; types && i < types->count; i++)
        json_write_string(writer, types->values[i]);
    if (!types) {
        json_write_string(writer, "User");
        json_write_string(writer, "Application");
    }
    json_end_array(writer);
}

/* `id` is the new role's. */
static void write_role(
    struct json_writer *writer, const struct arguments *arguments, const char *id)
{
    const char *name = argument(arguments, "display-name"), *value = argument(arguments, "value");
    json_begin_object(writer);
    json_member(writer, "id", id);
    json_member(writer, "value", value);
    json_member(writer, "displayName", name ? name : value);
    json_member(writer, "description", argument(arguments, "description"));
    json_member_bool(writer, "isEnabled", true);
    write_member_types(writer, argument_list(arguments, "allowed-member-types"));
    json_end_object(writer);
}

/* PATCH replaces the list: `without` is left out, the role of `add` comes last; NULL is none. */
static struct text changed_roles(struct session *session, const struct json *application,
    const struct json *without, const struct arguments *add, const char *id)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    const struct json *roles = json_get(application, "appRoles");
    buffer_init(&text, BODY_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "appRoles");
    json_begin_array(&writer);
    for (const struct json *role = roles ? roles->first : NULL; role; role = role->next)
        if (role != without)
            json_write_tree(&writer, role);
    if (add)
        write_role(&writer, add, id);
    json_end_array(&writer);
    json_end_object(&writer);
    return (struct text){arena_copy(&session->arena, text.at, text.length), text.length};
}

static bool send_roles(struct session *session, const struct json *application, struct text body,
    struct azb_error *err)
{
    const struct json *ignored;
    char *path = arena_format(
        &session->arena, "/v1.0/applications/%.*s", TEXT_ARGS(json_get_text(application, "id")));
    return manage(session, ENDPOINT_GRAPH, "PATCH", path, body, &ignored, err);
}

static const struct option_row create_options[] = {
    APPLICATION_OPTION,
    {"value", OPTION_TEXT, true, "What stands in the claim roles of tokens.", 0},
    {"display-name", OPTION_TEXT, false, "What people call it (the value).", 0},
    {"description", OPTION_TEXT, false, "More about it.", 0},
    {"allowed-member-types", OPTION_LIST, false,
        "Whom it may be given to: User (groups too), Application (both).", 0},
};

static int create(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char id[GUID_TEXT];
    const struct json *application = find_application(session, argument(arguments, "id"), &err);
    (void)command;
    if (!random_guid(id))
        return session_usage("the system has no randomness");
    if (!application || !send_roles(session, application,
                            changed_roles(session, application, NULL, arguments, id), &err))
        return session_fail(session, &err);
    application = find_application(session, argument(arguments, "id"), &err);
    const struct json *made = application ? need_role(application, id, &err) : NULL;
    if (!made)
        return session_fail(session, &err);
    output(session, made, columns_of(COLUMNS_APP_ROLE));
    return EXIT_OK;
}

const struct command command_app_role_create = {"app role create",
    "Makes an application define a role for those who use it.",
    "Tokens for the application name the roles of whoever they are for (azb app role assignment "
    "create). Roles of Azure are another thing: azb role.",
    create_options, COUNT(create_options), create};

static const struct option_row delete_options[] = {
    APPLICATION_OPTION,
    {"value", OPTION_TEXT, true, "The role's value or id.", 0},
};

static int delete_one(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *application = find_application(session, argument(arguments, "id"), &err);
    const struct json *role =
        application ? need_role(application, argument(arguments, "value"), &err) : NULL;
    (void)command;
    if (!role || !send_roles(session, application,
                     changed_roles(session, application, role, NULL, NULL), &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

const struct command command_app_role_delete = {"app role delete",
    "Removes a role from an application.", "Whoever had it has it no longer.", delete_options,
    COUNT(delete_options), delete_one};

/* ---- list ---------------------------------------------------------------------------------- */

static const struct option_row list_options[] = {
    APPLICATION_OPTION,
};

static int list(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *application = find_application(session, argument(arguments, "id"), &err);
    (void)command;
    if (!application)
        return session_fail(session, &err);
    output(session, json_get(application, "appRoles"), columns_of(COLUMNS_APP_ROLE));
    return EXIT_OK;
}

const struct command command_app_role_list = {"app role list",
    "Lists the roles that an application defines.", NULL, list_options, COUNT(list_options), list};

/* ---- Assignments --------------------------------------------------------------------------- */

/* The service principal of the application, which has its roles, too. */
static const struct json *find_resource(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    const struct json *application = find_application(session, argument(arguments, "id"), err);
    char *app_id = json_get_string(application, "appId", &session->arena);
    if (!app_id)
        return NULL;
    return find_service_principal(session, "appId", app_id, err);
}

static char *assignments_path(struct session *session, const struct json *resource)
{
    return arena_format(&session->arena, "/v1.0/servicePrincipals/%.*s/appRoleAssignedTo",
        TEXT_ARGS(json_get_text(resource, "id")));
}

/* Graph says which role by its id; people know it by its value. */
static void write_assignment(
    struct json_writer *writer, const struct json *resource, const struct json *assignment)
{
    char id[GUID_TEXT];
    snprintf(id, sizeof id, "%.*s", TEXT_ARGS(json_get_text(assignment, "appRoleId")));
    struct text value = json_get_text(find_role(resource, id), "value");
    json_begin_object(writer);
    for (const struct json *member = assignment->first; member; member = member->next) {
        json_name_text(writer, member->name);
        json_write_tree(writer, member);
    }
    json_member_text(writer, "role", value.at ? value : TEXT(""));
    json_end_object(writer);
}

static bool show_assignments(struct session *session, const struct json *resource,
    const struct json *items, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, BODY_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_array(&writer);
    for (const struct json *item = items->first; item; item = item->next)
        write_assignment(&writer, resource, item);
    json_end_array(&writer);
    const struct json *shown = json_written(&text, &session->arena, err);
    if (shown)
        output(session, shown, columns_of(COLUMNS_APP_ROLE_ASSIGNMENT));
    return shown != NULL;
}

static const struct option_row assign_options[] = {
    APPLICATION_OPTION,
    {"assignee", OPTION_TEXT, true, "Who: client id, object id or name.", 0},
    {"role", OPTION_TEXT, false, "The role's value or id (none: access alone).", 0},
};

static struct text assignment_body(struct session *session, const struct json *resource,
    const struct assignee *who, const struct json *role)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, BODY_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "principalId", who->object_id);
    json_member_text(&writer, "resourceId", json_get_text(resource, "id"));
    json_member_text(&writer, "appRoleId", role ? json_get_text(role, "id") : TEXT(DEFAULT_ACCESS));
    json_end_object(&writer);
    return (struct text){arena_copy(&session->arena, text.at, text.length), text.length};
}

static int assign(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct assignee who = {0};
    const struct json *role = NULL, *made;
    const char *value = argument(arguments, "role");
    const struct json *resource = find_resource(session, arguments, &err);
    (void)command;
    if (!resource || (value && !(role = need_role(resource, value, &err))) ||
        !find_assignee(session, argument(arguments, "assignee"), &who, &err) ||
        !manage(session, ENDPOINT_GRAPH, "POST", assignments_path(session, resource),
            assignment_body(session, resource, &who, role), &made, &err))
        return session_fail(session, &err);
    output(session, made, columns_of(COLUMNS_APP_ROLE_ASSIGNMENT));
    return EXIT_OK;
}

const struct command command_app_role_assignment_create = {"app role assignment create",
    "Gives somebody a role of an application.",
    "A group gives it to the users in it, not to groups in it.", assign_options,
    COUNT(assign_options), assign};

static int list_assignments(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *items;
    const struct json *resource = find_resource(session, arguments, &err);
    (void)command;
    if (!resource ||
        !manage_list(session, ENDPOINT_GRAPH, assignments_path(session, resource), &items, &err) ||
        !show_assignments(session, resource, items, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

const struct command command_app_role_assignment_list = {"app role assignment list",
    "Lists who has roles of an application.", NULL, list_options, COUNT(list_options),
    list_assignments};

static const struct option_row unassign_options[] = {
    APPLICATION_OPTION,
    {"assignee", OPTION_TEXT, true, "Whose: client id, object id or name.", 0},
    {"role", OPTION_TEXT, false, "Only this role (all): value or id.", 0},
};

static int unassign(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct assignee who = {0};
    const struct json *items, *ignored, *role = NULL;
    const char *value = argument(arguments, "role");
    const struct json *resource = find_resource(session, arguments, &err);
    size_t deleted = 0;
    (void)command;
    if (!resource || (value && !(role = need_role(resource, value, &err))) ||
        !find_assignee(session, argument(arguments, "assignee"), &who, &err))
        return session_fail(session, &err);
    char *path = assignments_path(session, resource);
    if (!find_by(session, ENDPOINT_GRAPH, path, "principalId", who.object_id, NULL, &items, &err))
        return session_fail(session, &err);
    for (const struct json *item = items->first; item; item = item->next) {
        if (role && !text_equal_nocase(json_get_text(item, "appRoleId"), json_get_text(role, "id")))
            continue;
        char *one =
            arena_format(&session->arena, "%s/%.*s", path, TEXT_ARGS(json_get_text(item, "id")));
        if (!manage(session, ENDPOINT_GRAPH, "DELETE", one, TEXT_NONE, &ignored, &err))
            return session_fail(session, &err);
        deleted++;
    }
    if (deleted)
        return EXIT_OK;
    fail(&err, AZB_ERROR_NOT_FOUND, "no such assignment");
    return session_fail(session, &err);
}

const struct command command_app_role_assignment_delete = {"app role assignment delete",
    "Takes roles of an application away from somebody.", NULL, unassign_options,
    COUNT(unassign_options), unassign};
