/*
 * The built-in roles as constants, made from builtin_roles.def.
 */
#include "rbac/role.h"

#define NAMES(...)                                                                                 \
    {                                                                                              \
        (const char *const[]){__VA_ARGS__},                                                        \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)                      \
    }
#define ROLE(role_id, role_name, text)                                                             \
    {                                                                                              \
        .id = (role_id), .name = (role_name), .description = (text), .type = ROLE_BUILT_IN,        \
        .assignable_scopes = NAMES("/"), .permission_count = 1,                                    \
        .permissions = (const struct rbac_permission[])                                            \
        {                                                                                          \
            {
#define ACTIONS(...) .actions = NAMES(__VA_ARGS__),
#define NOT_ACTIONS(...) .not_actions = NAMES(__VA_ARGS__),
#define DATA_ACTIONS(...) .data_actions = NAMES(__VA_ARGS__),
#define NOT_DATA_ACTIONS(...) .not_data_actions = NAMES(__VA_ARGS__),
#define CONDITION(text) .condition = (text),
#define END_ROLE                                                                                   \
    }                                                                                              \
    }                                                                                              \
    }                                                                                              \
    ,

static const struct rbac_role builtin_roles[] = {
#include "rbac/builtin_roles.def"
};

#define BUILTIN_COUNT (sizeof(builtin_roles) / sizeof(builtin_roles[0]))

const struct rbac_role *rbac_builtin_roles(size_t *count)
{
    if (count)
        *count = BUILTIN_COUNT;
    return builtin_roles;
}

const struct rbac_role *rbac_builtin_role(struct text name_or_id)
{
    for (size_t i = 0; i < BUILTIN_COUNT; i++) {
        const struct rbac_role *role = &builtin_roles[i];
        if (text_equal_nocase(name_or_id, text_of(role->id)) ||
            text_equal_nocase(name_or_id, text_of(role->name)))
            return role;
    }
    return NULL;
}
