/* azb role: role definitions and assignments (Resource Manager). */
#include <unistd.h>

#include "base/crypto.h"
#include "base/error.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/management.h"
#include "rbac/role.h"

#define DEFINITIONS "/providers/Microsoft.Authorization/roleDefinitions"
#define ASSIGNMENTS "/providers/Microsoft.Authorization/roleAssignments"

/* Names in a resource id may have characters that a URL may not. */
static const char *path_of_scope(struct session *session, const char *scope, struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    struct text rest = text_of(scope), segment;
    buffer_init(&out, 16 * 1024);
    for (bool first = true; text_cut(&rest, '/', &segment); first = false) {
        if (!first)
            buffer_add_char(&out, '/');
        buffer_add_encoded(&out, segment);
    }
    char *path = out.failed ? NULL : arena_string(&session->arena, out.at);
    if (!path)
        fail_memory(err);
    return path;
}

static const char *scope_of(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    const char *scope = argument(arguments, "scope");
    if (!scope)
        return account_scope(session, err);
    if (scope[0] == '/')
        return path_of_scope(session, scope, err);
    fail(err, AZB_ERROR_ARGUMENT,
        "--scope '%s' is not a resource id: it begins with /subscriptions/...", scope);
    return NULL;
}

/* ---- definitions --------------------------------------------------------------------------- */

static const struct option_row definition_options[] = {
    {"role-definition", OPTION_TEXT, true,
        "The definition as JSON: @FILE, - for standard input, or the text itself. The ARM form and "
        "the form of az are understood.",
        0},
};

static const struct rbac_role *read_definition(
    struct session *session, const char *given, struct azb_error *err)
{
    struct text text = text_of(given);
    enum role_form form;
    if (given[0] != '{' && !read_input(&session->arena, given, &text, err))
        return NULL;
    const struct rbac_role *role = role_parse(text, &session->arena, &form, err);
    if (role && role_check_custom(role, err))
        return role;
    fail_while(err, "the role definition");
    err->kind = AZB_ERROR_ARGUMENT;
    return NULL;
}

static int create_definition(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char guid[GUID_TEXT];
    const struct json *made;
    struct json_writer writer;
    scoped_buffer struct buffer body = {0};
    const struct rbac_role *role =
        read_definition(session, argument(arguments, "role-definition"), &err);
    (void)command;
    if (!role)
        return session_fail(session, &err);
    struct rbac_role copy = *role;
    if (!*copy.id && random_guid(guid))
        copy.id = guid;
    buffer_init(&body, 4 << 20);
    json_writer_init(&writer, &body, 0);
    role_write_arm(&writer, &copy, copy.assignable_scopes.at[0]);
    char *path = arena_format(&session->arena, "%s" DEFINITIONS "/%s?" ROLES_VERSION,
        copy.assignable_scopes.at[0], copy.id);
    if (!manage(session, ENDPOINT_ARM, "PUT", path, buffer_text(&body), &made, &err))
        return session_fail(session, &err);
    output(session, made, columns_of(COLUMNS_ROLE_DEFINITION));
    return EXIT_OK;
}

const struct command command_role_definition_create = {"role definition create",
    "Creates a custom role from JSON.", NULL, definition_options, COUNT(definition_options),
    create_definition};

static const struct option_row list_definition_options[] = {
    {"name", OPTION_TEXT, false, "Only the role of this name.", 0},
    {"custom-role-only", OPTION_FLAG, false, "Without the built-in roles.", 0},
    {"scope", OPTION_TEXT, false, "Where the roles may be assigned (the Batch account).", 0},
};

static bool list_definitions_at(struct session *session, const char *scope, const char *name,
    bool custom, const struct json **items, struct azb_error *err)
{
    char *collection = arena_format(&session->arena, "%s" DEFINITIONS, scope);
    if (!collection)
        return fail_memory(err);
    if (name)
        return find_by(
            session, ENDPOINT_ARM, collection, "roleName", name, ROLES_VERSION, items, err);
    if (custom)
        return find_by(
            session, ENDPOINT_ARM, collection, "type", "CustomRole", ROLES_VERSION, items, err);
    char *path = arena_format(&session->arena, "%s?" ROLES_VERSION, collection);
    return manage_list(session, ENDPOINT_ARM, path, items, err);
}

static int list_definitions(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *items;
    const char *scope = scope_of(session, arguments, &err);
    (void)command;
    if (!scope || !list_definitions_at(session, scope, argument(arguments, "name"),
                      argument_flag(arguments, "custom-role-only"), &items, &err))
        return session_fail(session, &err);
    output(session, items, columns_of(COLUMNS_ROLE_DEFINITION));
    return EXIT_OK;
}

const struct command command_role_definition_list = {"role definition list",
    "Lists role definitions.", NULL, list_definition_options, COUNT(list_definition_options),
    list_definitions};

/* One definition by name or GUID. NULL and err: none. */
static const struct json *find_definition(
    struct session *session, const char *scope, const char *role, struct azb_error *err)
{
    const struct json *items, *found;
    struct text guid = role_guid_of(text_of(role));
    if (guid.at) {
        char *path = arena_format(
            &session->arena, "%s" DEFINITIONS "/%.*s?" ROLES_VERSION, scope, TEXT_ARGS(guid));
        return manage(session, ENDPOINT_ARM, "GET", path, TEXT_NONE, &found, err) ? found : NULL;
    }
    if (!list_definitions_at(session, scope, role, false, &items, err))
        return NULL;
    if (items->count == 1)
        return items->first;
    fail(err, AZB_ERROR_NOT_FOUND,
        "there is no role '%s' at %s (azb role definition list shows them)", role, scope);
    return NULL;
}

static const struct option_row delete_definition_options[] = {
    {"name", OPTION_TEXT, true, "The role's name or GUID.", 0},
    {"scope", OPTION_TEXT, false, "Where it may be assigned (the Batch account).", 0},
};

static int delete_definition(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *ignored;
    const char *scope = scope_of(session, arguments, &err);
    const struct json *role =
        scope ? find_definition(session, scope, argument(arguments, "name"), &err) : NULL;
    (void)command;
    if (!role)
        return session_fail(session, &err);
    char *path = arena_format(&session->arena, "%s" DEFINITIONS "/%.*s?" ROLES_VERSION, scope,
        TEXT_ARGS(json_get_text(role, "name")));
    if (!manage(session, ENDPOINT_ARM, "DELETE", path, TEXT_NONE, &ignored, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

const struct command command_role_definition_delete = {"role definition delete",
    "Deletes a custom role that nobody has.", NULL, delete_definition_options,
    COUNT(delete_definition_options), delete_definition};

/* ---- assignments --------------------------------------------------------------------------- */

static const struct option_row assign_options[] = {
    {"assignee", OPTION_TEXT, false, "Who: client id, object id or name, looked up in Graph.", 0},
    {"assignee-object-id", OPTION_TEXT, false,
        "Who, by object id, without a look-up: for callers that may not read the directory.", 0},
    {"assignee-principal-type", OPTION_TEXT, false,
        "ServicePrincipal, User or Group; goes with --assignee-object-id.", 0},
    {"role", OPTION_TEXT, true, "The role's name or GUID.", 0},
    {"scope", OPTION_TEXT, false, "Where: a resource id (the Batch account).", 0},
};

static struct text assignment_body(
    struct session *session, const struct json *role, const struct assignee *who)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 1 << 16);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "properties");
    json_begin_object(&writer);
    json_member_text(&writer, "roleDefinitionId", json_get_text(role, "id"));
    json_member(&writer, "principalId", who->object_id);
    json_member(&writer, "principalType", who->type);
    json_end_object(&writer);
    json_end_object(&writer);
    return (struct text){arena_copy(&session->arena, text.at, text.length), text.length};
}

/* Resource Manager says which role by its id; people know it by its name. */
static struct text name_of_role(const struct json *definitions, struct text id)
{
    struct text guid = role_guid_of(id);
    for (const struct json *item = definitions->first; item; item = item->next)
        if (text_equal_nocase(json_get_text(item, "name"), guid))
            return json_text(json_path(item, "properties.roleName"));
    return TEXT_NONE;
}

static bool add_role_name(
    struct session *session, const struct json *definitions, struct json *assignment)
{
    struct json *properties = assignment->first;
    while (properties && !text_is(properties->name, "properties"))
        properties = properties->next;
    if (!properties)
        return true;
    struct text name = name_of_role(definitions, json_get_text(properties, "roleDefinitionId"));
    struct json *member = name.at ? arena_alloc(&session->arena, sizeof *member) : NULL;
    if (!member)
        return !name.at;
    *member = (struct json){.type = JSON_STRING,
        .name = TEXT("roleDefinitionName"),
        .text = name,
        .next = properties->first};
    properties->first = member;
    properties->count++;
    return true;
}

static bool assignee_of(struct session *session, const struct arguments *arguments,
    struct assignee *out, struct azb_error *err)
{
    const char *given = argument(arguments, "assignee");
    out->object_id = argument(arguments, "assignee-object-id");
    out->type = argument(arguments, "assignee-principal-type");
    if (!given == !out->object_id)
        return fail(err, AZB_ERROR_ARGUMENT, "say --assignee or --assignee-object-id, one of them");
    return given ? find_assignee(session, given, out, err) : true;
}

static int assign(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char guid[GUID_TEXT];
    struct assignee who = {0};
    const struct json *made, *role = NULL;
    const char *scope = scope_of(session, arguments, &err);
    (void)command;
    if (scope && assignee_of(session, arguments, &who, &err))
        role = find_definition(session, scope, argument(arguments, "role"), &err);
    if (!role)
        return session_fail(session, &err);
    if (!random_guid(guid))
        return session_usage("the system has no randomness");
    char *path = arena_format(&session->arena, "%s" ASSIGNMENTS "/%s?" ROLES_VERSION, scope, guid);
    if (!manage(
            session, ENDPOINT_ARM, "PUT", path, assignment_body(session, role, &who), &made, &err))
        return session_fail(session, &err);
    struct json chosen = *role, assignment = *made;
    chosen.next = NULL;
    const struct json definitions = {.type = JSON_ARRAY, .first = &chosen};
    if (!add_role_name(session, &definitions, &assignment)) {
        fail_memory(&err);
        return session_fail(session, &err);
    }
    output(session, &assignment, columns_of(COLUMNS_ROLE_ASSIGNMENT));
    return EXIT_OK;
}

const struct command command_role_assignment_create = {"role assignment create",
    "Gives somebody a role at a scope.", NULL, assign_options, COUNT(assign_options), assign};

static const struct option_row list_assignment_options[] = {
    {"assignee", OPTION_TEXT, false, "Only those of: client id, object id or name.", 0},
    {"scope", OPTION_TEXT, false, "A resource id (the Batch account).", 0},
};

static bool list_assignments_of(struct session *session, const struct arguments *arguments,
    const struct json **items, struct azb_error *err)
{
    struct assignee who = {0};
    const char *assignee = argument(arguments, "assignee");
    const char *scope = scope_of(session, arguments, err);
    if (!scope || (assignee && !find_assignee(session, assignee, &who, err)))
        return false;
    char *collection = arena_format(&session->arena, "%s" ASSIGNMENTS, scope);
    if (assignee)
        return find_by(session, ENDPOINT_ARM, collection, "principalId", who.object_id,
            ROLES_VERSION, items, err);
    char *path = arena_format(&session->arena, "%s?" ROLES_VERSION, collection);
    return manage_list(session, ENDPOINT_ARM, path, items, err);
}

static bool add_role_names(struct session *session, const struct arguments *arguments,
    const struct json *assignments, struct azb_error *err)
{
    const struct json *definitions;
    const char *scope = scope_of(session, arguments, err);
    if (!scope || !list_definitions_at(session, scope, NULL, false, &definitions, err))
        return false;
    for (struct json *item = assignments->first; item; item = item->next)
        if (!add_role_name(session, definitions, item))
            return fail_memory(err);
    return true;
}

static int list_assignments(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *items;
    (void)command;
    if (!list_assignments_of(session, arguments, &items, &err) ||
        !add_role_names(session, arguments, items, &err))
        return session_fail(session, &err);
    output(session, items, columns_of(COLUMNS_ROLE_ASSIGNMENT));
    return EXIT_OK;
}

const struct command command_role_assignment_list = {"role assignment list",
    "Lists who has which role.", NULL, list_assignment_options, COUNT(list_assignment_options),
    list_assignments};

static const struct option_row delete_assignment_options[] = {
    {"assignee", OPTION_TEXT, true, "Whose: client id, object id or name.", 0},
    {"role", OPTION_TEXT, false, "Only the assignment of this role (name or GUID).", 0},
    {"scope", OPTION_TEXT, false, "Assigned exactly here (the Batch account).", 0},
};

static bool same_scope(struct session *session, const struct json *assignment, const char *scope)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const char *own = json_get_string(json_get(assignment, "properties"), "scope", &session->arena);
    const char *path = own ? path_of_scope(session, own, &ignored) : NULL;
    return path && string_equal_nocase(path, scope);
}

static int delete_assignments(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *items, *ignored, *role = NULL;
    const char *name = argument(arguments, "role");
    const char *scope = scope_of(session, arguments, &err);
    size_t deleted = 0;
    (void)command;
    if (!scope || !list_assignments_of(session, arguments, &items, &err))
        return session_fail(session, &err);
    if (name && !(role = find_definition(session, scope, name, &err)))
        return session_fail(session, &err);
    for (const struct json *item = items->first; item; item = item->next) {
        struct text definition = json_text(json_path(item, "properties.roleDefinitionId"));
        bool wanted =
            same_scope(session, item, scope) &&
            (!role || text_equal_nocase(role_guid_of(definition), json_get_text(role, "name")));
        if (!wanted)
            continue;
        char *path = arena_format(&session->arena, "%s" ASSIGNMENTS "/%.*s?" ROLES_VERSION, scope,
            TEXT_ARGS(json_get_text(item, "name")));
        if (!manage(session, ENDPOINT_ARM, "DELETE", path, TEXT_NONE, &ignored, &err))
            return session_fail(session, &err);
        deleted++;
    }
    if (deleted)
        return EXIT_OK;
    fail(&err, AZB_ERROR_NOT_FOUND, "no such assignment exactly at %s", scope);
    return session_fail(session, &err);
}

const struct command command_role_assignment_delete = {"role assignment delete",
    "Takes a role away.", NULL, delete_assignment_options, COUNT(delete_assignment_options),
    delete_assignments};
