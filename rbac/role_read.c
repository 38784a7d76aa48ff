/*
 * Role definitions from JSON. The three forms are told apart by what only they have:
 *
 *     "properties"                          ARM (the sample of the Batch documentation)
 *     "permissions", "roleName", "roleType" what `az role definition list` prints
 *     anything else                         what `az role definition create` reads, any case
 *
 * Each form is a table of members; a member that is in no table is refused by name, so that a
 * misspelt "notaction" cannot grant more than was meant. Null counts as absent.
 */
#include "rbac/role.h"

#include "base/error.h"

struct draft {
    struct arena *arena;
    struct azb_error *err;
    struct rbac_role role;
    struct rbac_permission flat; /* of the CLI input form */
    size_t actions;              /* in all lists so far */
    bool has_permissions;
};

typedef bool read_member(struct draft *draft, const struct json *value, const char *path);

struct member {
    const char *name;
    read_member *read;
};

static bool wrong_type(
    struct draft *draft, const char *path, const char *wanted, const struct json *value)
{
    return fail(draft->err, AZB_ERROR_ARGUMENT, "role definition: %s: expected %s, found %s", path,
        wanted, json_type_text(value->type));
}

static size_t characters(struct text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    return count;
}

/* A string without control characters other than those in `allowed`. */
static bool read_string(struct draft *draft, const struct json *value, const char *path,
    const char *allowed, const char **out)
{
    if (value->type != JSON_STRING)
        return wrong_type(draft, path, "a string", value);
    for (size_t i = 0; i < value->text.length; i++) {
        unsigned char c = (unsigned char)value->text.at[i];
        if ((c < 0x20 || c == 0x7f) && (c == 0 || !strchr(allowed, c)))
            return fail(draft->err, AZB_ERROR_ARGUMENT,
                "role definition: %s: control characters are not allowed", path);
    }
    *out = arena_copy(draft->arena, value->text.at ? value->text.at : "", value->text.length);
    return *out || fail_memory(draft->err);
}

static bool read_limited(struct draft *draft, const struct json *value, const char *path,
    size_t maximum, const char *allowed, const char **out)
{
    size_t length = value->type == JSON_STRING ? characters(value->text) : 0;
    if (length > maximum)
        return fail(draft->err, AZB_ERROR_ARGUMENT,
            "role definition: %s: %zu characters are too many, at most %zu", path, length, maximum);
    return read_string(draft, value, path, allowed, out);
}

static bool read_entry(
    struct draft *draft, const struct json *value, const char *path, const char **out)
{
    if (value->type != JSON_STRING)
        return wrong_type(draft, path, "a list of strings; one entry is not a string but", value);
    if (value->text.length == 0)
        return fail(draft->err, AZB_ERROR_ARGUMENT, "role definition: %s: an entry is empty", path);
    if (value->text.length > ROLE_STRING_MAX)
        return fail(draft->err, AZB_ERROR_ARGUMENT,
            "role definition: %s: an entry is longer than %d bytes", path, ROLE_STRING_MAX);
    return read_string(draft, value, path, "", out);
}

static bool read_names(
    struct draft *draft, const struct json *value, const char *path, struct rbac_names *out)
{
    if (value->type != JSON_ARRAY)
        return wrong_type(draft, path, "a list of strings", value);
    *out = (struct rbac_names){NULL, 0};
    if (value->count == 0)
        return true;
    const char **names = arena_array(draft->arena, value->count, sizeof(*names));
    if (!names)
        return fail_memory(draft->err);
    size_t count = 0;
    for (const struct json *entry = value->first; entry; entry = entry->next)
        if (!read_entry(draft, entry, path, &names[count++]))
            return false;
    *out = (struct rbac_names){names, count};
    return true;
}

static bool read_actions(
    struct draft *draft, const struct json *value, const char *path, struct rbac_names *out)
{
    if (!read_names(draft, value, path, out))
        return false;
    draft->actions += out->count;
    if (draft->actions > ROLE_ACTIONS_MAX)
        return fail(draft->err, AZB_ERROR_ARGUMENT,
            "role definition: %s: more than %d actions in all", path, ROLE_ACTIONS_MAX);
    return true;
}

/* ---- members ---- */

/* Created and updated, and the resource type: the service's own to say. */
static bool ignore(struct draft *draft, const struct json *value, const char *path)
{
    if (value->type == JSON_STRING)
        return true;
    return wrong_type(draft, path, "a string", value);
}

static bool read_id(struct draft *draft, const struct json *value, const char *path)
{
    const char *text = "";
    if (!read_limited(draft, value, path, ROLE_STRING_MAX, "", &text))
        return false;
    struct text guid = role_guid_of(text_of(text));
    if (!guid.at)
        return fail(draft->err, AZB_ERROR_ARGUMENT,
            "role definition: %s: \"%.100s\" is no GUID and does not end with one", path, text);
    if (*draft->role.id && !text_equal_nocase(text_of(draft->role.id), guid))
        return fail(draft->err, AZB_ERROR_ARGUMENT,
            "role definition: %s: \"%.100s\" contradicts the other id, %s", path, text,
            draft->role.id);
    char *id = text_string(draft->arena, guid);
    if (!id)
        return fail_memory(draft->err);
    for (char *c = id; *c; c++)
        if (*c >= 'A' && *c <= 'F')
            *c = (char)(*c + ('a' - 'A'));
    draft->role.id = id;
    return true;
}

static bool read_name(struct draft *draft, const struct json *value, const char *path)
{
    if (!read_limited(draft, value, path, ROLE_NAME_MAX, "", &draft->role.name))
        return false;
    if (text_trim(text_of(draft->role.name)).length > 0)
        return true;
    return fail(draft->err, AZB_ERROR_ARGUMENT, "role definition: %s: it is empty", path);
}

static bool read_description(struct draft *draft, const struct json *value, const char *path)
{
    return read_limited(
        draft, value, path, ROLE_DESCRIPTION_MAX, "\n\r\t", &draft->role.description);
}

static bool read_type(struct draft *draft, const struct json *value, const char *path)
{
    if (value->type != JSON_STRING)
        return wrong_type(draft, path, "CustomRole or BuiltInRole", value);
    draft->role.type =
        text_equal_nocase(value->text, TEXT("BuiltInRole")) ? ROLE_BUILT_IN : ROLE_CUSTOM;
    if (draft->role.type == ROLE_BUILT_IN || text_equal_nocase(value->text, TEXT("CustomRole")))
        return true;
    return fail(draft->err, AZB_ERROR_ARGUMENT,
        "role definition: %s: \"%.*s\" is not known, expected CustomRole or BuiltInRole", path,
        TEXT_ARGS(text_slice(value->text, 0, 100)));
}

static bool read_is_custom(struct draft *draft, const struct json *value, const char *path)
{
    if (value->type != JSON_BOOL)
        return wrong_type(draft, path, "true or false", value);
    draft->role.type = value->boolean ? ROLE_CUSTOM : ROLE_BUILT_IN;
    return true;
}

static bool read_scopes(struct draft *draft, const struct json *value, const char *path)
{
    if (!read_names(draft, value, path, &draft->role.assignable_scopes))
        return false;
    if (draft->role.assignable_scopes.count <= ROLE_SCOPES_MAX)
        return true;
    return fail(draft->err, AZB_ERROR_ARGUMENT, "role definition: %s: more than %d scopes", path,
        ROLE_SCOPES_MAX);
}

static bool read_flat_actions(struct draft *draft, const struct json *value, const char *path)
{
    return read_actions(draft, value, path, &draft->flat.actions);
}

static bool read_flat_not_actions(struct draft *draft, const struct json *value, const char *path)
{
    return read_actions(draft, value, path, &draft->flat.not_actions);
}

static bool read_flat_data_actions(struct draft *draft, const struct json *value, const char *path)
{
    return read_actions(draft, value, path, &draft->flat.data_actions);
}

static bool read_flat_not_data_actions(
    struct draft *draft, const struct json *value, const char *path)
{
    return read_actions(draft, value, path, &draft->flat.not_data_actions);
}

/* A condition narrows what a role grants: one that nobody evaluates must not be dropped. Null is
 * absent and does not come here. */
static bool refuse_condition(struct draft *draft, const struct json *value, const char *path)
{
    (void)value;
    return fail(draft->err, AZB_ERROR_ARGUMENT,
        "role definition: %s: conditions are not supported; remove it or set it to null", path);
}

static read_member read_permissions, read_properties;

static const struct member permission_members[] = {
    {"actions", read_flat_actions},
    {"notActions", read_flat_not_actions},
    {"dataActions", read_flat_data_actions},
    {"notDataActions", read_flat_not_data_actions},
    {"condition", refuse_condition},
    {"conditionVersion", refuse_condition},
    {NULL, NULL},
};

static const struct member property_members[] = {
    {"roleName", read_name},
    {"type", read_type},
    {"description", read_description},
    {"assignableScopes", read_scopes},
    {"permissions", read_permissions},
    {"createdOn", ignore},
    {"updatedOn", ignore},
    {"createdBy", ignore},
    {"updatedBy", ignore},
    {NULL, NULL},
};

static const struct member arm_members[] = {
    {"id", read_id},
    {"name", read_id},
    {"type", ignore},
    {"properties", read_properties},
    {NULL, NULL},
};

static const struct member cli_output_members[] = {
    {"id", read_id},
    {"name", read_id},
    {"type", ignore},
    {"roleName", read_name},
    {"roleType", read_type},
    {"description", read_description},
    {"assignableScopes", read_scopes},
    {"permissions", read_permissions},
    {"createdOn", ignore},
    {"updatedOn", ignore},
    {"createdBy", ignore},
    {"updatedBy", ignore},
    {NULL, NULL},
};

static const struct member cli_input_members[] = {
    {"Name", read_name},
    {"Id", read_id},
    {"IsCustom", read_is_custom},
    {"Description", read_description},
    {"Actions", read_flat_actions},
    {"NotActions", read_flat_not_actions},
    {"DataActions", read_flat_data_actions},
    {"NotDataActions", read_flat_not_data_actions},
    {"AssignableScopes", read_scopes},
    {"Condition", refuse_condition},
    {"ConditionVersion", refuse_condition},
    {NULL, NULL},
};

enum { MEMBERS_MAX = 16 };

static int find_member(const struct member *members, struct text name, bool any_case)
{
    for (int i = 0; members[i].name; i++)
        if (text_is(name, members[i].name) ||
            (any_case && text_equal_nocase(name, text_of(members[i].name))))
            return i;
    return -1;
}

static bool unknown_member(
    struct draft *draft, const struct member *members, const char *path, struct text name)
{
    char allowed[400] = "";
    size_t length = 0;
    for (int i = 0; members[i].name && length < sizeof(allowed); i++)
        length += (size_t)snprintf(
            allowed + length, sizeof(allowed) - length, "%s%s", i ? ", " : "", members[i].name);
    return fail(draft->err, AZB_ERROR_ARGUMENT,
        "role definition: unknown member \"%s%.*s\"; allowed here: %s", path,
        TEXT_ARGS(text_slice(name, 0, 100)), allowed);
}

/* `path` ends with '.' unless it is "". */
static bool read_members(struct draft *draft, const struct json *object,
    const struct member *members, const char *path, bool any_case)
{
    bool seen[MEMBERS_MAX] = {false};
    for (const struct json *value = object->first; value; value = value->next) {
        char full[160];
        int found = find_member(members, value->name, any_case);
        if (found < 0)
            return unknown_member(draft, members, path, value->name);
        snprintf(full, sizeof(full), "%s%s", path, members[found].name);
        if (seen[found])
            return fail(draft->err, AZB_ERROR_ARGUMENT,
                "role definition: %s: it is there twice, in different case", full);
        seen[found] = true;
        if (value->type != JSON_NULL && !members[found].read(draft, value, full))
            return false;
    }
    return true;
}

static bool read_permission(
    struct draft *draft, const struct json *value, const char *path, struct rbac_permission *out)
{
    if (value->type != JSON_OBJECT)
        return wrong_type(draft, path, "an object with actions and dataActions", value);
    draft->flat = (struct rbac_permission){{0}, {0}, {0}, {0}, NULL};
    char inner[120];
    snprintf(inner, sizeof(inner), "%s.", path);
    if (!read_members(draft, value, permission_members, inner, false))
        return false;
    *out = draft->flat;
    return true;
}

static bool read_permissions(struct draft *draft, const struct json *value, const char *path)
{
    if (value->type != JSON_ARRAY)
        return wrong_type(draft, path, "a list of objects", value);
    if (value->count == 0 || value->count > ROLE_PERMISSIONS_MAX)
        return fail(draft->err, AZB_ERROR_ARGUMENT,
            "role definition: %s: 1 to %d permission objects are allowed, found %zu", path,
            ROLE_PERMISSIONS_MAX, value->count);
    struct rbac_permission *permissions =
        arena_array(draft->arena, value->count, sizeof(*permissions));
    if (!permissions)
        return fail_memory(draft->err);
    size_t count = 0;
    for (const struct json *entry = value->first; entry; entry = entry->next, count++) {
        char at[100];
        snprintf(at, sizeof(at), "%s[%zu]", path, count);
        if (!read_permission(draft, entry, at, &permissions[count]))
            return false;
    }
    draft->role.permissions = permissions;
    draft->role.permission_count = count;
    draft->has_permissions = true;
    return true;
}

static bool read_properties(struct draft *draft, const struct json *value, const char *path)
{
    (void)path;
    if (value->type != JSON_OBJECT)
        return wrong_type(draft, "properties", "an object", value);
    return read_members(draft, value, property_members, "properties.", false);
}

/* The CLI input form has one permission object, written flat. */
static bool take_flat_permission(struct draft *draft)
{
    struct rbac_permission *permission = arena_alloc(draft->arena, sizeof(*permission));
    if (!permission)
        return fail_memory(draft->err);
    *permission = draft->flat;
    draft->role.permissions = permission;
    draft->role.permission_count = 1;
    draft->has_permissions = true;
    return true;
}

static enum role_form form_of(const struct json *document)
{
    if (json_get(document, "properties"))
        return ROLE_FORM_ARM;
    if (json_get(document, "permissions") || json_get(document, "roleName") ||
        json_get(document, "roleType"))
        return ROLE_FORM_CLI_OUTPUT;
    return ROLE_FORM_CLI_INPUT;
}

static const struct {
    const struct member *members;
    const char *name_member;
    const char *permissions_member;
} forms[] = {
    [ROLE_FORM_ARM] = {arm_members, "properties.roleName", "properties.permissions"},
    [ROLE_FORM_CLI_OUTPUT] = {cli_output_members, "roleName", "permissions"},
    [ROLE_FORM_CLI_INPUT] = {cli_input_members, "Name", "Actions"},
};

static bool read_document(struct draft *draft, const struct json *document, enum role_form form)
{
    bool any_case = form == ROLE_FORM_CLI_INPUT;
    if (!read_members(draft, document, forms[form].members, "", any_case))
        return false;
    if (any_case && !take_flat_permission(draft))
        return false;
    const char *missing = !*draft->role.name        ? forms[form].name_member
                          : !draft->has_permissions ? forms[form].permissions_member
                                                    : NULL;
    if (!missing)
        return true;
    return fail(draft->err, AZB_ERROR_ARGUMENT, "role definition: %s: it is missing", missing);
}

const struct rbac_role *role_from_json(
    const struct json *document, struct arena *arena, enum role_form *form, struct azb_error *err)
{
    struct draft draft = {
        .arena = arena, .err = err, .role = {.id = "", .name = "", .description = ""}};
    if (!document || document->type != JSON_OBJECT) {
        fail(err, AZB_ERROR_ARGUMENT, "role definition: expected an object, found %s",
            document ? json_type_text(document->type) : "nothing");
        return NULL;
    }
    enum role_form found = form_of(document);
    if (!read_document(&draft, document, found))
        return NULL;
    struct rbac_role *role = arena_alloc(arena, sizeof(*role));
    if (!role) {
        fail_memory(err);
        return NULL;
    }
    *role = draft.role;
    if (form)
        *form = found;
    return role;
}

const struct rbac_role *role_parse(
    struct text json, struct arena *arena, enum role_form *form, struct azb_error *err)
{
    if (json.length > ROLE_JSON_MAX) {
        fail(err, AZB_ERROR_ARGUMENT, "role definition: %zu bytes are too many, at most %zu",
            json.length, ROLE_JSON_MAX);
        return NULL;
    }
    const struct json *document = json_parse(json, arena, err);
    if (!document) {
        err->kind = AZB_ERROR_ARGUMENT;
        fail_while(err, "role definition");
        return NULL;
    }
    return role_from_json(document, arena, form, err);
}
