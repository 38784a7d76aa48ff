/*
 * rbac/compiled_role.h - a role definition with its patterns compiled and its grants of known
 * operations worked out.
 */
#ifndef RBAC_COMPILED_ROLE_H
#define RBAC_COMPILED_ROLE_H

#include "rbac/compiled_condition.h"
#include "rbac/operation_set.h"
#include "rbac/pattern.h"
#include "rbac/role.h"

struct pattern_list {
    struct pattern *at;
    size_t count;
};

/* Indexed by enum rbac_kind. */
struct compiled_permission {
    struct pattern_list granted[2];
    struct pattern_list taken[2];
    struct compiled_condition condition;
};

/* More than the catalogue can count: '*' reaches providers that it does not list. */
#define GRANTS_UNBOUNDED SIZE_MAX

struct compiled_role {
    const struct rbac_role *role;
    struct compiled_permission *permissions;
    struct operation_set grants;   /* known operations, by objects without a condition */
    struct operation_set possible; /* the same, if every condition were true */
    bool has_conditions;
    size_t operations; /* how many `grants`; GRANTS_UNBOUNDED when of any provider */
    size_t changing;   /* how many of these are no reads; the same */
};

/* `role` must outlive the result, which lives in the arena. False when out of memory. */
bool role_compile(const struct rbac_role *role, struct arena *arena, struct compiled_role *out);

/* Any operation, known or not, by objects without a condition; `name` in lower case. The slow way.
 */
bool compiled_role_grants(const struct compiled_role *role, struct text name, enum rbac_kind kind);

/* The same by all objects: TRUE when one without a condition, or whose condition is true, lists it;
 * UNKNOWN when one with a condition that cannot be decided does. `action` as condition_result(). */
enum condition_result compiled_role_result(const struct compiled_role *role,
    const struct rbac_request *request, struct text name, enum rbac_kind kind, const char *action);

/* The first pattern of the list that covers `name`, or NULL. */
const struct pattern *pattern_list_find(const struct pattern_list *list, struct text name);

#endif
