/* azb role assignment: who has which role where (Resource Manager). */
#include "base/crypto.h"
#include "base/error.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/roles.h"
#include "rbac/condition.h"
#include "rbac/scope.h"

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

/* ---- create -------------------------------------------------------------------------------- */

static const struct option_row create_options[] = {
    {"assignee", OPTION_TEXT, false, "Who: client id, object id or name, looked up in Graph.", 0},
    {"assignee-object-id", OPTION_TEXT, false,
        "Who, by object id, without a look-up: for callers that may not read the directory.", 0},
    {"assignee-principal-type", OPTION_TEXT, false,
        "ServicePrincipal, User or Group; goes with --assignee-object-id.", 0},
    {"role", OPTION_TEXT, true, "The role's name or GUID.", 0},
    {"scope", OPTION_TEXT, false, "Where: a resource id (the Batch account).", 0},
    {"resource-group", OPTION_TEXT, false, "Where: a resource group of the subscription.", 'g'},
    {"condition", OPTION_TEXT, false, "The role helps only where this is true.", 0},
    {"condition-version", OPTION_TEXT, false,
        "The condition's language: " CONDITION_VERSION ", which it is anyway.", 0},
    {"description", OPTION_TEXT, false, "What it is for.", 0},
    {"name", OPTION_TEXT, false, "The assignment's own GUID (a new one).", 0},
};

struct new_assignment {
    struct assignee who;
    const struct json *role;
    const char *condition, *version, *description;
};

static struct text assignment_body(struct session *session, const struct new_assignment *new)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 1 << 20);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "properties");
    json_begin_object(&writer);
    json_member_text(&writer, "roleDefinitionId", json_get_text(new->role, "id"));
    json_member(&writer, "principalId", new->who.object_id);
    json_member(&writer, "principalType", new->who.type);
    json_member(&writer, "description", new->description);
    json_member(&writer, "condition", new->condition);
    json_member(&writer, "conditionVersion", new->condition ? new->version : NULL);
    json_end_object(&writer);
    json_end_object(&writer);
    return (struct text){arena_copy(&session->arena, text.at, text.length), text.length};
}

static bool assignee_of(struct session *session, const struct arguments *arguments,
    struct assignee *out, struct azb_error *err)
{
    const char *given = argument(arguments, "assignee");
    out->object_id = argument(arguments, "assignee-object-id");
    out->type = argument(arguments, "assignee-principal-type");
    if (!given == !out->object_id)
        return fail(err, AZB_ERROR_ARGUMENT, "say --assignee or --assignee-object-id, one of them");
    if (given && out->type)
        return fail(err, AZB_ERROR_ARGUMENT,
            "--assignee-principal-type goes with --assignee-object-id; of --assignee it is known");
    return given ? find_assignee(session, given, out, err) : true;
}

static bool read_new(struct session *session, const struct arguments *arguments, const char *scope,
    struct new_assignment *new, struct azb_error *err)
{
    const char *name = argument(arguments, "name");
    *new = (struct new_assignment){.condition = argument(arguments, "condition"),
        .version = argument(arguments, "condition-version"),
        .description = argument(arguments, "description")};
    if (new->version && !new->condition)
        return fail(err, AZB_ERROR_ARGUMENT, "--condition-version goes with --condition");
    if (name && !text_is_guid(text_of(name)))
        return fail(err, AZB_ERROR_ARGUMENT, "--name '%s' is no GUID", name);
    if (!new->version)
        new->version = CONDITION_VERSION;
    if (!assignee_of(session, arguments, &new->who, err))
        return false;
    new->role = find_definition(session, scope, argument(arguments, "role"), err);
    return new->role != NULL;
}

static int assign(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char guid[GUID_TEXT];
    struct new_assignment new;
    const struct json *made;
    const char *scope = scope_of(session, arguments, &err);
    const char *name = argument(arguments, "name");
    (void)command;
    if (!scope || !read_new(session, arguments, scope, &new, &err))
        return session_fail(session, &err);
    if (!name && !random_guid(guid))
        return session_usage("the system has no randomness");
    char *path = arena_format(
        &session->arena, "%s" ASSIGNMENTS "/%s?" ROLES_VERSION, scope, name ? name : guid);
    if (!manage(session, ENDPOINT_ARM, "PUT", path, assignment_body(session, &new), &made, &err))
        return session_fail(session, &err);
    struct json chosen = *new.role, assignment = *made;
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
    "Gives somebody a role at a scope.",
    "  azb role assignment create --assignee submitter --role 'Azure Batch Job Submitter'",
    create_options, COUNT(create_options), assign};

/* ---- list ---------------------------------------------------------------------------------- */

static const struct option_row list_options[] = {
    {"assignee", OPTION_TEXT, false, "Only those of: client id, object id or name.", 0},
    {"assignee-object-id", OPTION_TEXT, false, "The same by object id, without a look-up.", 0},
    {"include-groups", OPTION_FLAG, false,
        "Those of the groups that the assignee is in, too, however deep.", 0},
    {"role", OPTION_TEXT, false, "Only of this role (name or GUID).", 0},
    {"scope", OPTION_TEXT, false, "Exactly here: a resource id (the Batch account).", 0},
    {"resource-group", OPTION_TEXT, false, "Exactly here: a resource group.", 'g'},
    {"include-inherited", OPTION_FLAG, false, "Those of what the scope lies in, too.", 0},
    {"all", OPTION_FLAG, false, "All of the subscription, at any scope.", 0},
};

/* Which assignments are wanted. */
struct selection {
    const char *scope;  /* as a path: where they are asked for */
    struct scope exact; /* where they must be; unused with `all` */
    bool all, inherited, groups;
    const char *principal;   /* object id, or NULL */
    const struct json *role; /* a definition, or NULL */
};

static bool select_scope(struct session *session, const struct arguments *arguments,
    struct selection *out, struct azb_error *err)
{
    out->all = argument_flag(arguments, "all");
    out->inherited = argument_flag(arguments, "include-inherited");
    if (out->all && (argument(arguments, "scope") || argument(arguments, "resource-group")))
        return fail(err, AZB_ERROR_ARGUMENT,
            "--all is the whole subscription: leave --scope and --resource-group out");
    const char *id =
        out->all ? subscription_scope(session, err) : scope_id_of(session, arguments, err);
    if (!id || !scope_parse(text_of(id), &session->arena, &out->exact, err))
        return false;
    out->scope = path_of_scope(session, out->exact.text, err);
    return out->scope != NULL;
}

static bool select_principal(struct session *session, const struct arguments *arguments,
    struct selection *out, struct azb_error *err)
{
    struct assignee who = {0};
    const char *given = argument(arguments, "assignee");
    out->principal = argument(arguments, "assignee-object-id");
    out->groups = argument_flag(arguments, "include-groups");
    if (given && out->principal)
        return fail(err, AZB_ERROR_ARGUMENT, "say --assignee or --assignee-object-id, one of them");
    if (out->groups && !given && !out->principal)
        return fail(err, AZB_ERROR_ARGUMENT, "--include-groups goes with --assignee");
    if (!given)
        return true;
    if (!find_assignee(session, given, &who, err))
        return false;
    out->principal = who.object_id;
    return true;
}

static bool select_assignments(struct session *session, const struct arguments *arguments,
    struct selection *out, struct azb_error *err)
{
    const char *role = argument(arguments, "role");
    *out = (struct selection){.scope = NULL};
    if (!select_scope(session, arguments, out, err) ||
        !select_principal(session, arguments, out, err))
        return false;
    return !role || (out->role = find_definition(session, out->scope, role, err)) != NULL;
}

/* Exactly at the scope, or above it: a path says that of all but management groups, below which the
 * service has looked. */
static bool is_at(struct session *session, const struct selection *selection, const char *scope)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct scope own;
    if (!scope || !scope_parse(text_of(scope), &session->arena, &own, &ignored))
        return false;
    if (scope_equal(&own, &selection->exact))
        return true;
    return selection->inherited &&
           (scope_contains(&own, &selection->exact) || own.kind == SCOPE_MANAGEMENT_GROUP);
}

static bool is_selected(
    struct session *session, const struct selection *selection, const struct json *item)
{
    const struct json *properties = json_get(item, "properties");
    if (selection->role &&
        !text_equal_nocase(role_guid_of(json_get_text(properties, "roleDefinitionId")),
            json_get_text(selection->role, "name")))
        return false;
    return selection->all ||
           is_at(session, selection, json_get_string(properties, "scope", &session->arena));
}

/* At the scope, above it and below it; those of one principal or of all. */
static bool ask_for(struct session *session, const struct selection *selection,
    const struct json **items, struct azb_error *err)
{
    scoped_buffer struct buffer filter = {0}, path = {0};
    buffer_init(&filter, 1024);
    buffer_init(&path, 16 * 1024);
    buffer_format(&path, "%s" ASSIGNMENTS "?", selection->scope);
    if (selection->principal) {
        buffer_format(&filter, selection->groups ? "assignedTo('%s')" : "principalId eq '%s'",
            selection->principal);
        buffer_add_string(&path, "$filter=");
        buffer_add_encoded(&path, buffer_text(&filter));
        buffer_add_char(&path, '&');
    }
    buffer_add_string(&path, ROLES_VERSION);
    if (filter.failed || path.failed)
        return fail(err, AZB_ERROR_ARGUMENT, "the scope or the principal is too long");
    return manage_list(session, ENDPOINT_ARM, arena_string(&session->arena, path.at), items, err);
}

static bool find_assignments(struct session *session, const struct selection *selection,
    const struct json **items, struct azb_error *err)
{
    const struct json *found;
    if (!ask_for(session, selection, &found, err))
        return false;
    struct json *list = arena_alloc(&session->arena, sizeof *list);
    if (!list)
        return fail_memory(err);
    *list = (struct json){.type = JSON_ARRAY};
    struct json **end = &list->first;
    for (struct json *item = found->first, *next; item; item = next) {
        next = item->next;
        item->next = NULL;
        if (!is_selected(session, selection, item))
            continue;
        *end = item;
        end = &item->next;
        list->count++;
    }
    *items = list;
    return true;
}

static bool add_role_names(struct session *session, const char *scope,
    const struct json *assignments, struct azb_error *err)
{
    const struct json *definitions;
    if (assignments->count == 0)
        return true;
    if (!list_definitions_at(session, scope, NULL, &definitions, err))
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
    struct selection selection;
    const struct json *items;
    (void)command;
    if (!select_assignments(session, arguments, &selection, &err) ||
        !find_assignments(session, &selection, &items, &err) ||
        !add_role_names(session, selection.scope, items, &err))
        return session_fail(session, &err);
    output(session, items, columns_of(COLUMNS_ROLE_ASSIGNMENT));
    return EXIT_OK;
}

const struct command command_role_assignment_list = {"role assignment list",
    "Lists who has which role.",
    "Those made exactly at the scope, as az does; what is inherited from above is asked for.\n"
    "  azb role assignment list --include-inherited\n"
    "  azb role assignment list --all --assignee submitter --include-groups",
    list_options, COUNT(list_options), list_assignments};

/* ---- delete -------------------------------------------------------------------------------- */

static const struct option_row delete_options[] = {
    {"ids", OPTION_LIST, false, "The assignments' own resource ids; nothing else is needed then.",
        0},
    {"assignee", OPTION_TEXT, false, "Whose: client id, object id or name.", 0},
    {"assignee-object-id", OPTION_TEXT, false, "The same by object id, without a look-up.", 0},
    {"role", OPTION_TEXT, false, "Only the assignment of this role (name or GUID).", 0},
    {"scope", OPTION_TEXT, false, "Assigned exactly here (the Batch account).", 0},
    {"resource-group", OPTION_TEXT, false, "Assigned exactly here: a resource group.", 'g'},
};

static bool delete_id(struct session *session, const char *id, struct azb_error *err)
{
    const struct json *ignored;
    const char *path = path_of_scope(session, id, err);
    return path &&
           manage(session, ENDPOINT_ARM, "DELETE",
               arena_format(&session->arena, "%s?" ROLES_VERSION, path), TEXT_NONE, &ignored, err);
}

/* Each is looked at before the first one goes. */
static bool delete_ids(
    struct session *session, const struct option_value *ids, struct azb_error *err)
{
    for (size_t i = 0; i < ids->count; i++) {
        struct text id = text_of(ids->values[i]);
        const char *at = strcasestr(ids->values[i], ASSIGNMENTS "/");
        if (id.at[0] != '/' || !at || !role_guid_of(id).at)
            return fail(err, AZB_ERROR_ARGUMENT,
                "--ids '%s' is no role assignment: it ends with " ASSIGNMENTS "/{guid}",
                ids->values[i]);
    }
    for (size_t i = 0; i < ids->count; i++)
        if (!delete_id(session, ids->values[i], err))
            return false;
    return true;
}

static bool delete_selected(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    struct selection selection;
    const struct json *items;
    if (!select_assignments(session, arguments, &selection, err))
        return false;
    if (!selection.principal)
        return fail(err, AZB_ERROR_ARGUMENT, "say --ids, --assignee or --assignee-object-id");
    if (!find_assignments(session, &selection, &items, err))
        return false;
    if (items->count == 0)
        return fail(err, AZB_ERROR_NOT_FOUND, "no such assignment exactly at %s", selection.scope);
    for (const struct json *item = items->first; item; item = item->next) {
        char *id = json_get_string(item, "id", &session->arena);
        if (!id)
            return fail(err, AZB_ERROR_PROTOCOL, "an assignment has no id");
        if (!delete_id(session, id, err))
            return false;
    }
    return true;
}

static bool is_alone(const struct arguments *arguments, const char *name, struct azb_error *err)
{
    for (size_t i = 0; i < COUNT(delete_options); i++)
        if (strcmp(delete_options[i].name, name) != 0 &&
            argument(arguments, delete_options[i].name))
            return fail(err, AZB_ERROR_ARGUMENT, "--%s says all: leave --%s out", name,
                delete_options[i].name);
    return true;
}

static int delete_assignments(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct option_value *ids = argument_list(arguments, "ids");
    (void)command;
    bool deleted = ids ? is_alone(arguments, "ids", &err) && delete_ids(session, ids, &err)
                       : delete_selected(session, arguments, &err);
    return deleted ? EXIT_OK : session_fail(session, &err);
}

const struct command command_role_assignment_delete = {"role assignment delete",
    "Takes a role away.", NULL, delete_options, COUNT(delete_options), delete_assignments};
