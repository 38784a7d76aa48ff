/* azb role definition: custom roles and built-in ones (Resource Manager). */
#include "base/crypto.h"
#include "base/error.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/roles.h"

/* What is printed: what the service said, or the role in another form. */
struct printing {
    bool given;
    enum role_form form;
};

static bool read_printing(const struct session *session, const struct arguments *arguments,
    struct printing *out, struct azb_error *err)
{
    const char *form = argument(arguments, "form");
    *out = (struct printing){.given = form != NULL};
    if (form && session->format_given && session->format != OUTPUT_JSON)
        return fail(err, AZB_ERROR_ARGUMENT, "--form is a form of JSON: leave --output out");
    return !form || role_form_of(form, &out->form, err);
}

/* The scope that the id of a definition begins with. A file may have the GUID alone, or none: then
 * it is the first place of a custom role, and "" for a built-in one. */
static const char *home_of(
    struct session *session, const struct json *item, const struct rbac_role *role)
{
    struct text id = json_get_text(item, "id");
    size_t tail = sizeof(DEFINITIONS) + 36; /* with a slash and a GUID */
    if (id.length >= tail &&
        text_equal_nocase(text_slice(id, id.length - tail, id.length - 37), TEXT(DEFINITIONS)))
        return text_string(&session->arena, text_slice(id, 0, id.length - tail));
    bool nowhere = role->type == ROLE_BUILT_IN || role->assignable_scopes.count == 0;
    return nowhere ? "" : role->assignable_scopes.at[0];
}

static const struct json *item_in_form(
    struct session *session, const struct json *item, enum role_form form, struct azb_error *err)
{
    const struct json *properties = json_get(item, "properties");
    const struct json *history = properties ? properties : item;
    const struct rbac_role *read = role_from_json(item, &session->arena, NULL, err);
    const char *home = read ? home_of(session, item, read) : NULL;
    if (!home)
        return read ? (fail_memory(err), NULL) : NULL;
    struct rbac_role role = *read;
    role.created_on = json_get_string(history, "createdOn", &session->arena);
    role.created_by = json_get_string(history, "createdBy", &session->arena);
    role.updated_on = json_get_string(history, "updatedOn", &session->arena);
    role.updated_by = json_get_string(history, "updatedBy", &session->arena);
    return role_in_form(session, &role, form, home, err);
}

static const struct json *items_in_form(
    struct session *session, const struct json *items, enum role_form form, struct azb_error *err)
{
    struct json *list = arena_alloc(&session->arena, sizeof *list);
    struct json **end = list ? &list->first : NULL;
    if (!list) {
        fail_memory(err);
        return NULL;
    }
    list->type = JSON_ARRAY;
    for (const struct json *item = items->first; item; item = item->next) {
        const struct json *made = item_in_form(session, item, form, err);
        struct json *copy = made ? arena_alloc(&session->arena, sizeof *copy) : NULL;
        if (!copy) {
            if (made)
                fail_memory(err);
            return NULL;
        }
        *copy = *made;
        *end = copy;
        end = &copy->next;
        list->count++;
    }
    return list;
}

/* A definition, or a list of them. */
static int print_in_form(struct session *session, const struct json *value, enum role_form form)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *made = value->type == JSON_ARRAY ? items_in_form(session, value, form, &err)
                                                        : item_in_form(session, value, form, &err);
    if (!made)
        return session_fail(session, &err);
    session->format = OUTPUT_JSON;
    output(session, made, NULL);
    return EXIT_OK;
}

static int print_definitions(
    struct session *session, const struct json *value, const struct printing *printing)
{
    if (printing->given)
        return print_in_form(session, value, printing->form);
    output(session, value, columns_of(COLUMNS_ROLE_DEFINITION));
    return EXIT_OK;
}

/* ---- create, update ------------------------------------------------------------------------ */

static const struct option_row definition_options[] = {
    {"role-definition", OPTION_TEXT, true,
        "The definition as JSON: @FILE, - for standard input, or the text itself. The forms of "
        "ARM, az and PowerShell are understood.",
        0},
    {"form", OPTION_TEXT, false, "Prints the role as " ROLE_FORMS_HELP ".", 0},
};

static const struct rbac_role *read_definition(
    struct session *session, const char *given, struct azb_error *err)
{
    struct text text = text_of(given);
    if (given[0] != '{' && !read_input(&session->arena, given, &text, err))
        return NULL;
    const struct rbac_role *role = role_parse(text, &session->arena, NULL, err);
    if (role && role_check_custom(role, err))
        return role;
    fail_while(err, "%s", input_name(given));
    err->kind = AZB_ERROR_ARGUMENT;
    return NULL;
}

static const char *definition_path(
    struct session *session, const struct rbac_role *role, const char *id, struct azb_error *err)
{
    const char *scope = path_of_scope(session, role->assignable_scopes.at[0], err);
    return scope ? arena_format(&session->arena, "%s" DEFINITIONS "/%s?" ROLES_VERSION, scope, id)
                 : NULL;
}

static const struct json *put_definition(
    struct session *session, const struct rbac_role *from, const char *id, struct azb_error *err)
{
    const struct json *made;
    struct json_writer writer;
    scoped_buffer struct buffer body = {0};
    struct rbac_role role = *from;
    role.id = id;
    buffer_init(&body, 4 << 20);
    json_writer_init(&writer, &body, 0);
    role_write_arm(&writer, &role, role.assignable_scopes.at[0]);
    const char *path = definition_path(session, &role, id, err);
    return path && manage(session, ENDPOINT_ARM, "PUT", path, buffer_text(&body), &made, err)
               ? made
               : NULL;
}

/* A PUT on an id that is taken would change that role without a word. */
static bool check_free(struct session *session, const struct rbac_role *role, struct azb_error *err)
{
    struct azb_error none = AZB_ERROR_INIT;
    const struct json *found;
    const char *path = definition_path(session, role, role->id, err);
    if (!path)
        return false;
    if (manage(session, ENDPOINT_ARM, "GET", path, TEXT_NONE, &found, &none))
        return fail(err, AZB_ERROR_CONFLICT,
            "there is a role with the id %s, '%.*s': azb role definition update changes it",
            role->id, TEXT_ARGS(json_text(json_path(found, "properties.roleName"))));
    bool free = none.kind == AZB_ERROR_NOT_FOUND;
    if (!free)
        return error_move(err, &none);
    azb_error_free(&none);
    return true;
}

static const struct json *create(
    struct session *session, const struct rbac_role *role, struct azb_error *err)
{
    char guid[GUID_TEXT];
    if (*role->id)
        return check_free(session, role, err) ? put_definition(session, role, role->id, err) : NULL;
    if (random_guid(guid))
        return put_definition(session, role, guid, err);
    fail(err, AZB_ERROR_IO, "the system has no randomness");
    return NULL;
}

/* The role that is meant: by id if the file has one, else by name. */
static const struct json *update(
    struct session *session, const struct rbac_role *role, struct azb_error *err)
{
    const char *scope = path_of_scope(session, role->assignable_scopes.at[0], err);
    const struct json *old =
        scope ? find_definition(session, scope, *role->id ? role->id : role->name, err) : NULL;
    char *id = old ? json_get_string(old, "name", &session->arena) : NULL;
    if (id)
        return put_definition(session, role, id, err);
    if (old)
        fail_memory(err);
    else if (err->kind == AZB_ERROR_NOT_FOUND)
        fail(err, AZB_ERROR_NOT_FOUND,
            "there is no role '%s' to update: azb role definition create makes it",
            *role->id ? role->id : role->name);
    return NULL;
}

typedef const struct json *write_definition(
    struct session *session, const struct rbac_role *role, struct azb_error *err);

static int write_one(
    struct session *session, const struct arguments *arguments, write_definition *write)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct printing printing;
    const struct rbac_role *role = NULL;
    if (read_printing(session, arguments, &printing, &err))
        role = read_definition(session, argument(arguments, "role-definition"), &err);
    const struct json *made = role ? write(session, role, &err) : NULL;
    return made ? print_definitions(session, made, &printing) : session_fail(session, &err);
}

static int create_definition(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)command;
    return write_one(session, arguments, create);
}

static int update_definition(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)command;
    return write_one(session, arguments, update);
}

const struct command command_role_definition_create = {"role definition create",
    "Creates a custom role from JSON.",
    "It is created at the first of its assignable scopes. azb role lint says beforehand whether "
    "the role does what was meant.\n"
    "  azb role definition create --role-definition @role.json",
    definition_options, COUNT(definition_options), create_definition};

const struct command command_role_definition_update = {"role definition update",
    "Changes a custom role to what JSON says.",
    "The role is found by the id in the JSON, or by its name when there is none.\n"
    "  azb role definition show --name 'Job Runner' --form az-input > role.json\n"
    "  azb role definition update --role-definition @role.json",
    definition_options, COUNT(definition_options), update_definition};

/* ---- list, show, delete -------------------------------------------------------------------- */

static const struct option_row list_options[] = {
    {"name", OPTION_TEXT, false, "Only the role of this name or GUID.", 0},
    {"custom-role-only", OPTION_FLAG, false, "Without the built-in roles.", 0},
    {"scope", OPTION_TEXT, false, "Where the roles may be assigned (the Batch account).", 0},
    {"resource-group", OPTION_TEXT, false, "The same: a resource group of the subscription.", 'g'},
    {"form", OPTION_TEXT, false, "Prints them as " ROLE_FORMS_HELP ".", 0},
};

static bool is_wanted(const struct json *item, struct text guid, const char *type)
{
    return (!guid.at || text_equal_nocase(json_get_text(item, "name"), guid)) &&
           (!type || text_is(json_text(json_path(item, "properties.type")), type));
}

/* Roles of a name or GUID (NULL: all) and of a type (NULL: any) that are seen at the scope. */
static bool list_wanted(struct session *session, const char *scope, const char *name,
    const char *type, const struct json **items, struct azb_error *err)
{
    struct text guid = name ? role_guid_of(text_of(name)) : TEXT_NONE;
    struct json *all;
    const struct json *found;
    if (!list_definitions_at(session, scope, guid.at ? NULL : name, &found, err))
        return false;
    all = arena_alloc(&session->arena, sizeof *all);
    if (!all)
        return fail_memory(err);
    *all = (struct json){.type = JSON_ARRAY};
    struct json **end = &all->first;
    for (struct json *item = found->first, *next; item; item = next) {
        next = item->next;
        item->next = NULL;
        if (!is_wanted(item, guid, type))
            continue;
        *end = item;
        end = &item->next;
        all->count++;
    }
    *items = all;
    return true;
}

static const char *wanted_type(const struct arguments *arguments)
{
    return argument_flag(arguments, "custom-role-only") ? role_type_text(ROLE_CUSTOM) : NULL;
}

static int list_definitions(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct printing printing;
    const struct json *items = NULL;
    (void)command;
    const char *scope = read_printing(session, arguments, &printing, &err)
                            ? scope_of(session, arguments, &err)
                            : NULL;
    if (!scope || !list_wanted(session, scope, argument(arguments, "name"), wanted_type(arguments),
                      &items, &err))
        return session_fail(session, &err);
    return print_definitions(session, items, &printing);
}

const struct command command_role_definition_list = {"role definition list",
    "Lists role definitions.", NULL, list_options, COUNT(list_options), list_definitions};

static const struct option_row show_options[] = {
    {"name", OPTION_TEXT, true, "The role's name, GUID or resource id.", 0},
    {"scope", OPTION_TEXT, false, "Where it may be assigned (the Batch account).", 0},
    {"resource-group", OPTION_TEXT, false, "The same: a resource group of the subscription.", 'g'},
    {"form", OPTION_TEXT, false, "Prints it as " ROLE_FORMS_HELP ".", 0},
};

static int show_definition(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct printing printing;
    (void)command;
    const char *scope = read_printing(session, arguments, &printing, &err)
                            ? scope_of(session, arguments, &err)
                            : NULL;
    const struct json *role =
        scope ? find_definition(session, scope, argument(arguments, "name"), &err) : NULL;
    return role ? print_definitions(session, role, &printing) : session_fail(session, &err);
}

const struct command command_role_definition_show = {"role definition show",
    "Shows one role definition.", NULL, show_options, COUNT(show_options), show_definition};

static const struct option_row delete_options[] = {
    {"name", OPTION_TEXT, true, "The role's name, GUID or resource id.", 0},
    {"scope", OPTION_TEXT, false, "Where it may be assigned (the Batch account).", 0},
    {"resource-group", OPTION_TEXT, false, "The same: a resource group of the subscription.", 'g'},
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
    "Deletes a custom role that nobody has.", NULL, delete_options, COUNT(delete_options),
    delete_definition};

/* ---- convert ------------------------------------------------------------------------------- */

static const struct option_row convert_options[] = {
    {"FILE", OPTION_POSITIONAL, true,
        "The role definition, or a list of them, in any form; - for standard input.", 0},
    {"form", OPTION_TEXT, true, "The form that is wanted: " ROLE_FORMS_HELP ".", 0},
};

static int convert_definition(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text text;
    enum role_form form;
    const struct json *document = NULL;
    (void)command;
    if (role_form_of(argument(arguments, "form"), &form, &err) &&
        read_input(&session->arena, argument(arguments, "FILE"), &text, &err))
        document = json_parse(role_without_mark(text), &session->arena, &err);
    if (document)
        return print_in_form(session, document, form);
    if (err.kind == AZB_ERROR_PROTOCOL) {
        err.kind = AZB_ERROR_ARGUMENT;
        fail_while(&err, "%s", input_name(argument(arguments, "FILE")));
    }
    return session_fail(session, &err);
}

const struct command command_role_definition_convert = {"role definition convert",
    "Writes a role file in another form, offline.",
    "  azb role definition convert role.json --form powershell\n"
    "  az role definition list --custom-role-only | azb role definition convert - --form arm",
    convert_options, COUNT(convert_options), convert_definition};
