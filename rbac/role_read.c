/*
 * Role definitions from JSON. The forms are told apart by what only they have:
 *
 *     "properties"             ARM (the sample of the Batch documentation)
 *     "permissions"            what `az role definition list` prints
 *     "roleName", "Actions"    what `az role definition update` reads: one of each
 *     "Id" or "Condition"      what PowerShell's Get-AzRoleDefinition gives
 *     anything else            what `az role definition create` reads
 *
 * Each form is a table of members; a member that is in no table is refused by name, so that a
 * misspelt "notaction" cannot grant more than was meant. Null counts as absent.
 */
#include "rbac/role.h"

#include "base/distance.h"
#include "base/error.h"
#include "rbac/draft.h"

struct member {
    const char *name;
    read_member *read;
};

static read_member read_permissions, read_properties;

static const struct member permission_members[] = {
    {"actions", read_actions},
    {"notActions", read_not_actions},
    {"dataActions", read_data_actions},
    {"notDataActions", read_not_data_actions},
    {"condition", read_condition},
    {"conditionVersion", read_condition_version},
    {NULL, NULL},
};

static const struct member property_members[] = {
    {"roleName", read_name},
    {"type", read_type},
    {"description", read_description},
    {"assignableScopes", read_scopes},
    {"permissions", read_permissions},
    {"createdOn", read_ignored},
    {"updatedOn", read_ignored},
    {"createdBy", read_ignored},
    {"updatedBy", read_ignored},
    {NULL, NULL},
};

static const struct member arm_members[] = {
    {"id", read_id},
    {"name", read_id},
    {"type", read_ignored},
    {"properties", read_properties},
    {"systemData", read_anything},
    {NULL, NULL},
};

static const struct member cli_output_members[] = {
    {"id", read_id},
    {"name", read_id},
    {"type", read_ignored},
    {"roleName", read_name},
    {"roleType", read_type},
    {"description", read_description},
    {"assignableScopes", read_scopes},
    {"permissions", read_permissions},
    {"createdOn", read_ignored},
    {"updatedOn", read_ignored},
    {"createdBy", read_ignored},
    {"updatedBy", read_ignored},
    {"systemData", read_anything},
    {NULL, NULL},
};

static const struct member cli_update_members[] = {
    {"id", read_id},
    {"name", read_id},
    {"type", read_ignored},
    {"roleName", read_name},
    {"roleType", read_type},
    {"Description", read_description},
    {"Actions", read_actions},
    {"NotActions", read_not_actions},
    {"DataActions", read_data_actions},
    {"NotDataActions", read_not_data_actions},
    {"AssignableScopes", read_scopes},
    {NULL, NULL},
};

static const struct member flat_members[] = {
    {"Name", read_name},
    {"Id", read_id},
    {"IsCustom", read_is_custom},
    {"Description", read_description},
    {"Actions", read_actions},
    {"NotActions", read_not_actions},
    {"DataActions", read_data_actions},
    {"NotDataActions", read_not_data_actions},
    {"AssignableScopes", read_scopes},
    {"Condition", read_condition},
    {"ConditionVersion", read_condition_version},
    {NULL, NULL},
};

enum { MEMBERS_MAX = 16 };

/* Member names count with their case, or without. */
enum spelling { SPELLING_EXACT, SPELLING_ANY_CASE };

static int find_member(const struct member *members, struct text name, enum spelling spelling)
{
    for (int i = 0; members[i].name; i++)
        if (text_is(name, members[i].name) ||
            (spelling == SPELLING_ANY_CASE && text_equal_nocase(name, text_of(members[i].name))))
            return i;
    return -1;
}

/* The member that was meant; case counts for less than any letter. */
static const char *nearest_member(const struct member *members, struct text name)
{
    size_t best = 1 + name.length / 4;
    const char *nearest = NULL;
    for (int i = 0; members[i].name; i++) {
        size_t distance = text_equal_nocase(name, text_of(members[i].name))
                              ? 0
                              : text_distance(name, text_of(members[i].name));
        if (distance > best || (distance == best && nearest))
            continue;
        best = distance;
        nearest = members[i].name;
    }
    return nearest;
}

static bool unknown_member(
    struct draft *draft, const struct member *members, const char *path, struct text name)
{
    char allowed[300] = "", full[DRAFT_PATH_MAX];
    size_t length = 0;
    const char *meant = nearest_member(members, name);
    for (int i = 0; members[i].name && length < sizeof(allowed); i++)
        length += (size_t)snprintf(
            allowed + length, sizeof(allowed) - length, "%s%s", i ? ", " : "", members[i].name);
    snprintf(full, sizeof(full), "%s%.*s", path, TEXT_ARGS(text_slice(name, 0, 100)));
    if (!draft_problem(draft, "unknown-member", full, TEXT_NONE,
            "there is no such member%s%s%s; allowed here: %s", meant ? ", did you mean " : "",
            meant ? meant : "", meant ? "?" : "", allowed))
        return false;
    if (meant)
        draft->findings->at[draft->findings->count - 1].fix = meant;
    return true;
}

/* `path` ends with '.' unless it is "". */
static bool read_members(struct draft *draft, const struct json *object,
    const struct member *members, const char *path, enum spelling spelling)
{
    bool seen[MEMBERS_MAX] = {false};
    for (const struct json *value = object->first; value; value = value->next) {
        char full[DRAFT_PATH_MAX];
        bool read = true;
        int found = find_member(members, value->name, spelling);
        snprintf(full, sizeof(full), "%s%s", path, found < 0 ? "" : members[found].name);
        if (found < 0)
            read = unknown_member(draft, members, path, value->name);
        else if (seen[found])
            read = draft_problem(
                draft, "member-twice", full, TEXT_NONE, "it is there twice, in different case");
        else if (value->type != JSON_NULL)
            read = members[found].read(draft, value, full);
        if (!read)
            return false;
        if (found >= 0)
            seen[found] = true;
    }
    return true;
}

static bool read_permission(
    struct draft *draft, const struct json *value, const char *path, struct rbac_permission *out)
{
    char inner[DRAFT_PATH_MAX];
    *out = draft->flat = (struct rbac_permission){.condition = NULL};
    if (value->type != JSON_OBJECT)
        return draft_wrong_type(draft, path, "an object with actions and dataActions", value);
    snprintf(inner, sizeof(inner), "%s.", path);
    if (!read_members(draft, value, permission_members, inner, SPELLING_EXACT))
        return false;
    *out = draft->flat;
    return true;
}

static bool read_permissions(struct draft *draft, const struct json *value, const char *path)
{
    draft->has_permissions = true;
    if (value->type != JSON_ARRAY)
        return draft_wrong_type(draft, path, "a list of objects", value);
    if (value->count == 0 || value->count > ROLE_PERMISSIONS_MAX)
        return draft_problem(draft, value->count ? "too-many" : "empty", path, TEXT_NONE,
            "1 to %d permission objects are allowed, found %zu", ROLE_PERMISSIONS_MAX,
            value->count);
    struct rbac_permission *permissions =
        arena_array(draft->arena, value->count, sizeof(*permissions));
    if (!permissions)
        return fail_memory(draft->err);
    size_t count = 0;
    for (const struct json *entry = value->first; entry; entry = entry->next, count++) {
        char at[DRAFT_PATH_MAX];
        snprintf(at, sizeof(at), "%s[%zu]", path, count);
        if (!read_permission(draft, entry, at, &permissions[count]))
            return false;
    }
    draft->role.permissions = permissions;
    draft->role.permission_count = count;
    return true;
}

static bool read_properties(struct draft *draft, const struct json *value, const char *path)
{
    (void)path;
    if (value->type != JSON_OBJECT)
        return draft_wrong_type(draft, "properties", "an object", value);
    return read_members(draft, value, property_members, "properties.", SPELLING_EXACT);
}

/* ---- documents ---- */

static bool has(const struct json *document, const char *name)
{
    return json_get_nocase(document, name) != NULL;
}

static bool has_flat_list(const struct json *document)
{
    return has(document, "Actions") || has(document, "NotActions") ||
           has(document, "DataActions") || has(document, "NotDataActions");
}

/* What a form is made of. */
struct form_row {
    enum role_form form;
    enum spelling spelling;
    const struct member *members;
    const char *name_member;
    const char *permissions_member; /* NULL: the one permission object is written flat */
};

static const struct form_row arm_form = {
    ROLE_FORM_ARM, SPELLING_EXACT, arm_members, "properties.roleName", "properties.permissions"};
static const struct form_row cli_output_form = {
    ROLE_FORM_CLI_OUTPUT, SPELLING_ANY_CASE, cli_output_members, "roleName", "permissions"};
static const struct form_row cli_update_form = {
    ROLE_FORM_CLI_INPUT, SPELLING_ANY_CASE, cli_update_members, "roleName", NULL};
static const struct form_row cli_input_form = {
    ROLE_FORM_CLI_INPUT, SPELLING_ANY_CASE, flat_members, "Name", NULL};
static const struct form_row powershell_form = {
    ROLE_FORM_POWERSHELL, SPELLING_ANY_CASE, flat_members, "Name", NULL};

static const struct form_row *form_of(const struct json *document)
{
    if (has(document, "properties"))
        return &arm_form;
    if (has(document, "permissions"))
        return &cli_output_form;
    if (has(document, "roleName") || has(document, "roleType"))
        return has_flat_list(document) ? &cli_update_form : &cli_output_form;
    if (has(document, "Id") || has(document, "Condition") || has(document, "ConditionVersion"))
        return &powershell_form;
    return &cli_input_form;
}

static bool take_flat_permission(struct draft *draft)
{
    struct rbac_permission *permission = arena_alloc(draft->arena, sizeof(*permission));
    if (!permission)
        return fail_memory(draft->err);
    *permission = draft->flat;
    draft->role.permissions = permission;
    draft->role.permission_count = 1;
    return true;
}

static bool read_document(
    struct draft *draft, const struct json *document, const struct form_row *form)
{
    if (!read_members(draft, document, form->members, "", form->spelling))
        return false;
    if (!form->permissions_member && !take_flat_permission(draft))
        return false;
    if (!draft->has_name &&
        !draft_problem(draft, "missing-member", form->name_member, TEXT_NONE, "it is missing"))
        return false;
    if (!form->permissions_member || draft->has_permissions)
        return true;
    return draft_problem(
        draft, "missing-member", form->permissions_member, TEXT_NONE, "it is missing");
}

const struct rbac_role *role_draft(const struct json *document, struct arena *arena,
    struct findings *findings, enum role_form *form, struct azb_error *err)
{
    struct draft draft = {.arena = arena,
        .err = err,
        .findings = findings,
        .role = {.id = "", .name = "", .description = ""}};
    const struct form_row *row = form_of(document);
    if (!read_document(&draft, document, row))
        return NULL;
    struct rbac_role *role = arena_alloc(arena, sizeof(*role));
    if (!role) {
        fail_memory(err);
        return NULL;
    }
    *role = draft.role;
    if (form)
        *form = row->form;
    return role;
}

const struct rbac_role *role_from_json(
    const struct json *document, struct arena *arena, enum role_form *form, struct azb_error *err)
{
    if (document && document->type == JSON_OBJECT)
        return role_draft(document, arena, NULL, form, err);
    fail(err, AZB_ERROR_ARGUMENT, "role definition: expected an object, found %s",
        document ? json_type_text(document->type) : "nothing");
    return NULL;
}

struct text role_without_mark(struct text json)
{
    static const char mark[] = "\xef\xbb\xbf";
    return text_starts(json, mark) ? text_slice(json, sizeof(mark) - 1, json.length) : json;
}

const struct rbac_role *role_parse(
    struct text json, struct arena *arena, enum role_form *form, struct azb_error *err)
{
    if (json.length > ROLE_JSON_MAX) {
        fail(err, AZB_ERROR_ARGUMENT, "role definition: %zu bytes are too many, at most %zu",
            json.length, ROLE_JSON_MAX);
        return NULL;
    }
    const struct json *document = json_parse(role_without_mark(json), arena, err);
    if (!document) {
        err->kind = AZB_ERROR_ARGUMENT;
        fail_while(err, "role definition");
        return NULL;
    }
    return role_from_json(document, arena, form, err);
}
