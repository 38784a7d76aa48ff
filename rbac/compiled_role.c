#include "rbac/compiled_role.h"

#include "rbac/operation.h"

static bool compile_list(
    const struct rbac_names *names, struct arena *arena, struct pattern_list *out)
{
    out->count = names->count;
    if (names->count == 0)
        return true;
    out->at = arena_array(arena, names->count, sizeof(*out->at));
    if (!out->at)
        return false;
    for (size_t i = 0; i < names->count; i++)
        if (!pattern_compile(names->at[i], arena, &out->at[i]))
            return false;
    return true;
}

static bool compile_permission(
    const struct rbac_permission *from, struct arena *arena, struct compiled_permission *out)
{
    return compile_list(&from->actions, arena, &out->granted[RBAC_ACTION]) &&
           compile_list(&from->not_actions, arena, &out->taken[RBAC_ACTION]) &&
           compile_list(&from->data_actions, arena, &out->granted[RBAC_DATA_ACTION]) &&
           compile_list(&from->not_data_actions, arena, &out->taken[RBAC_DATA_ACTION]) &&
           condition_compile(from->condition, arena, &out->condition);
}

/* One lower-case name at a time, in memory of its own: names of the catalogue are short. */
static struct text lower_name(const char *name, char *out, size_t size)
{
    size_t length = strlen(name);
    if (length >= size)
        length = size - 1;
    for (size_t i = 0; i < length; i++)
        out[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + ('a' - 'A')) : name[i];
    return (struct text){out, length};
}

static bool permission_lists(
    const struct compiled_permission *permission, struct text name, enum rbac_kind kind)
{
    return pattern_list_find(&permission->granted[kind], name) &&
           !pattern_list_find(&permission->taken[kind], name);
}

static bool lists(const struct compiled_role *role, struct text name, enum rbac_kind kind)
{
    for (size_t i = 0; i < role->role->permission_count; i++)
        if (permission_lists(&role->permissions[i], name, kind))
            return true;
    return false;
}

static void work_out_grants(struct compiled_role *role)
{
    size_t count;
    const struct rbac_operation *operations = rbac_operations(&count);
    for (size_t i = 0; i < count; i++) {
        char buffer[256];
        struct text name = lower_name(operations[i].name, buffer, sizeof(buffer));
        if (lists(role, name, operations[i].kind))
            operation_set_add(&role->possible, i);
        if (!compiled_role_grants(role, name, operations[i].kind))
            continue;
        operation_set_add(&role->grants, i);
        role->operations++;
        if (!rbac_operation_is_read(&operations[i]))
            role->changing++;
    }
    if (compiled_role_grants(role, TEXT("any.provider/things/read"), RBAC_ACTION))
        role->operations = GRANTS_UNBOUNDED;
    if (compiled_role_grants(role, TEXT("any.provider/things/write"), RBAC_ACTION))
        role->changing = GRANTS_UNBOUNDED;
}

bool role_compile(const struct rbac_role *role, struct arena *arena, struct compiled_role *out)
{
    struct compiled_role compiled = {.role = role};
    if (role->permission_count > 0) {
        compiled.permissions =
            arena_array(arena, role->permission_count, sizeof(*compiled.permissions));
        if (!compiled.permissions)
            return false;
    }
    for (size_t i = 0; i < role->permission_count; i++) {
        if (!compile_permission(&role->permissions[i], arena, &compiled.permissions[i]))
            return false;
        compiled.has_conditions = compiled.has_conditions || role->permissions[i].condition;
    }
    work_out_grants(&compiled);
    *out = compiled;
    return true;
}

const struct pattern *pattern_list_find(const struct pattern_list *list, struct text name)
{
    for (size_t i = 0; i < list->count; i++)
        if (pattern_matches(&list->at[i], name))
            return &list->at[i];
    return NULL;
}

bool compiled_role_grants(const struct compiled_role *role, struct text name, enum rbac_kind kind)
{
    for (size_t i = 0; i < role->role->permission_count; i++) {
        const struct compiled_permission *permission = &role->permissions[i];
        if (!permission->condition.text && permission_lists(permission, name, kind))
            return true;
    }
    return false;
}

enum condition_result compiled_role_result(const struct compiled_role *role,
    const struct rbac_request *request, struct text name, enum rbac_kind kind, const char *action)
{
    enum condition_result result = CONDITION_FALSE;
    for (size_t i = 0; i < role->role->permission_count && result != CONDITION_TRUE; i++) {
        const struct compiled_permission *permission = &role->permissions[i];
        if (!permission_lists(permission, name, kind))
            continue;
        enum condition_result one = condition_result(&permission->condition, request, action, NULL);
        if (one != CONDITION_FALSE)
            result = one;
    }
    return result;
}
