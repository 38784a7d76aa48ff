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
           compile_list(&from->not_data_actions, arena, &out->taken[RBAC_DATA_ACTION]);
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

static void work_out_grants(struct compiled_role *role)
{
    size_t count;
    const struct rbac_operation *operations = rbac_operations(&count);
    for (size_t i = 0; i < count; i++) {
        char name[256];
        if (!compiled_role_grants(
                role, lower_name(operations[i].name, name, sizeof(name)), operations[i].kind))
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
    for (size_t i = 0; i < role->permission_count; i++)
        if (!compile_permission(&role->permissions[i], arena, &compiled.permissions[i]))
            return false;
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
        if (role->role->permissions[i].condition)
            continue;
        if (pattern_list_find(&permission->granted[kind], name) &&
            !pattern_list_find(&permission->taken[kind], name))
            return true;
    }
    return false;
}
