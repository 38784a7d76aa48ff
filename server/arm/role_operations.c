/* The operations that a custom role names: Resource Manager takes those that there are. */
#include "arm/roles.h"
#include "base/error.h"
#include "rbac/lint.h"

#define PROVIDER "Microsoft.Batch/"

static const struct {
    const char *code, *list;
} words[] = {
    [RBAC_ACTION] = {"InvalidActionOrNotAction", "actions"},
    [RBAC_DATA_ACTION] = {"InvalidDataActionOrNotDataAction", "data actions"},
};

/* Only of Microsoft.Batch all operations are known; a wildcard may mean those that are to come. */
static bool is_known(const char *name, enum rbac_kind kind)
{
    struct text text = text_of(name);
    return strchr(name, '*') ||
           !text_equal_nocase(text_slice(text, 0, strlen(PROVIDER)), TEXT(PROVIDER)) ||
           rbac_operation_find(text, kind);
}

static bool refuse_name(const char *name, enum rbac_kind kind, struct azb_error *err)
{
    enum rbac_kind other = kind == RBAC_ACTION ? RBAC_DATA_ACTION : RBAC_ACTION;
    if (rbac_operation_find(text_of(name), other))
        return fail_status(err, 400, words[kind].code,
            "'%.200s' does not match any of the %s supported by the providers. It is one of the "
            "%s.",
            name, words[kind].list, words[other].list);
    const struct rbac_operation *near = operation_nearest(text_of(name));
    return fail_status(err, 400, words[kind].code,
        "'%.200s' does not match any of the %s supported by the providers.%s%s%s", name,
        words[kind].list, near ? " The nearest operation is '" : "", near ? near->name : "",
        near ? "'." : "");
}

static bool check_names(const struct rbac_names *names, enum rbac_kind kind, struct azb_error *err)
{
    for (size_t i = 0; i < names->count; i++)
        if (!is_known(names->at[i], kind))
            return refuse_name(names->at[i], kind, err);
    return true;
}

bool role_check_operations(const struct rbac_role *role, struct azb_error *err)
{
    for (size_t i = 0; i < role->permission_count; i++) {
        const struct rbac_permission *permission = &role->permissions[i];
        if (!check_names(&permission->actions, RBAC_ACTION, err) ||
            !check_names(&permission->not_actions, RBAC_ACTION, err) ||
            !check_names(&permission->data_actions, RBAC_DATA_ACTION, err) ||
            !check_names(&permission->not_data_actions, RBAC_DATA_ACTION, err))
            return false;
    }
    return true;
}
