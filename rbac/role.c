#include "rbac/role.h"

#include "base/error.h"
#include "rbac/condition.h"
#include "rbac/scope.h"

const char *role_type_text(enum rbac_role_type type)
{
    return type == ROLE_BUILT_IN ? "BuiltInRole" : "CustomRole";
}

struct text role_guid_of(struct text role_definition_id)
{
    struct text guid = role_definition_id;
    if (guid.length > 36 && guid.at[guid.length - 37] == '/')
        guid = text_slice(guid, guid.length - 36, guid.length);
    return text_is_guid(guid) ? guid : TEXT_NONE;
}

/* ---- copying ---- */

static bool copy_string(const char *from, struct arena *arena, const char **to)
{
    *to = arena_string(arena, from);
    return *to || !from;
}

static bool copy_names(const struct rbac_names *from, struct arena *arena, struct rbac_names *to)
{
    *to = (struct rbac_names){NULL, 0};
    if (from->count == 0)
        return true;
    const char **names = arena_array(arena, from->count, sizeof(*names));
    if (!names)
        return false;
    for (size_t i = 0; i < from->count; i++)
        if (!copy_string(from->at[i], arena, &names[i]))
            return false;
    *to = (struct rbac_names){names, from->count};
    return true;
}

static bool copy_permissions(
    const struct rbac_role *from, struct arena *arena, struct rbac_role *to)
{
    to->permissions = NULL;
    if (from->permission_count == 0)
        return true;
    struct rbac_permission *copies = arena_array(arena, from->permission_count, sizeof(*copies));
    if (!copies)
        return false;
    to->permissions = copies;
    for (size_t i = 0; i < from->permission_count; i++) {
        const struct rbac_permission *permission = &from->permissions[i];
        if (!copy_names(&permission->actions, arena, &copies[i].actions) ||
            !copy_names(&permission->not_actions, arena, &copies[i].not_actions) ||
            !copy_names(&permission->data_actions, arena, &copies[i].data_actions) ||
            !copy_names(&permission->not_data_actions, arena, &copies[i].not_data_actions) ||
            !copy_string(permission->condition, arena, &copies[i].condition))
            return false;
    }
    return true;
}

bool role_copy(const struct rbac_role *role, struct arena *arena, struct rbac_role *out)
{
    struct rbac_role copy = *role;
    if (!copy_string(role->id, arena, &copy.id) || !copy_string(role->name, arena, &copy.name) ||
        !copy_string(role->description, arena, &copy.description) ||
        !copy_string(role->created_on, arena, &copy.created_on) ||
        !copy_string(role->updated_on, arena, &copy.updated_on) ||
        !copy_string(role->created_by, arena, &copy.created_by) ||
        !copy_string(role->updated_by, arena, &copy.updated_by) ||
        !copy_names(&role->assignable_scopes, arena, &copy.assignable_scopes) ||
        !copy_permissions(role, arena, &copy))
        return false;
    *out = copy;
    return true;
}

/* ---- what custom roles must keep to ---- */

static bool check_scope(const char *text, size_t *groups, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct scope scope;
    arena_init(&arena, 0);
    if (!scope_parse(text_of(text), &arena, &scope, err))
        return fail_while(err, "assignableScopes");
    if (scope.kind == SCOPE_ROOT)
        return fail(err, AZB_ERROR_ARGUMENT,
            "assignableScopes: \"/\" is for built-in roles only; name a management group, "
            "subscription, resource group or resource");
    if (scope.kind == SCOPE_MANAGEMENT_GROUP && ++*groups > 1)
        return fail(err, AZB_ERROR_ARGUMENT,
            "assignableScopes: a custom role may have one management group, \"%.200s\" is one "
            "too many",
            text);
    return true;
}

static bool check_scopes(const struct rbac_names *scopes, struct azb_error *err)
{
    size_t groups = 0;
    if (scopes->count == 0)
        return fail(err, AZB_ERROR_ARGUMENT,
            "assignableScopes: at least one is required, such as \"/subscriptions/{id}\"");
    for (size_t i = 0; i < scopes->count; i++)
        if (!check_scope(scopes->at[i], &groups, err))
            return false;
    return true;
}

bool role_is_operation_pattern(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c <= ' ' || *c >= 0x7f || *c == '?' || *c == '\\')
            return false;
    return strcmp(text, "*") == 0 || (strchr(text, '/') && text[0] != '/');
}

static bool check_names(const struct rbac_names *names, const char *member, struct azb_error *err)
{
    for (size_t i = 0; i < names->count; i++)
        if (!role_is_operation_pattern(names->at[i]))
            return fail(err, AZB_ERROR_ARGUMENT,
                "%s: \"%.200s\" is no operation; expected \"*\" or a name such as "
                "\"Microsoft.Batch/batchAccounts/read\", with '*' for any run of characters",
                member, names->at[i]);
    return true;
}

static bool check_condition(const char *condition, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    if (!condition || condition_parse(text_of(condition), &arena, err))
        return true;
    return fail_while(err, "condition");
}

static bool check_permissions(const struct rbac_role *role, struct azb_error *err)
{
    size_t granting = 0;
    for (size_t i = 0; i < role->permission_count; i++) {
        const struct rbac_permission *permission = &role->permissions[i];
        granting += permission->actions.count + permission->data_actions.count;
        if (!check_names(&permission->actions, "actions", err) ||
            !check_names(&permission->not_actions, "notActions", err) ||
            !check_names(&permission->data_actions, "dataActions", err) ||
            !check_names(&permission->not_data_actions, "notDataActions", err) ||
            !check_condition(permission->condition, err))
            return false;
    }
    if (granting == 0)
        return fail(err, AZB_ERROR_ARGUMENT,
            "permissions: at least one entry in actions or dataActions is required");
    return true;
}

bool role_check_custom(const struct rbac_role *role, struct azb_error *err)
{
    if (role->type != ROLE_CUSTOM)
        return fail(err, AZB_ERROR_ARGUMENT,
            "type: \"%s\" cannot be created or changed, only CustomRole",
            role_type_text(role->type));
    return check_permissions(role, err) && check_scopes(&role->assignable_scopes, err);
}
