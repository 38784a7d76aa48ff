/*
 * Deny assignments of an index: placed in the table of grants, at every scope that they reach, for
 * each of their principals. A decision finds them where it looks anyway.
 */
#include "base/error.h"
#include "rbac/index_data.h"

static bool refuse(const struct rbac_deny_assignment *from, const char *what, struct azb_error *err)
{
    return fail(err, AZB_ERROR_ARGUMENT, "deny assignment %s: %s",
        from->id ? from->id : "without id", what);
}

static bool add_principals(struct rbac_index *index, const struct rbac_names *names,
    const uint32_t **out, struct azb_error *err)
{
    uint32_t *numbers = arena_array(&index->arena, names->count + 1, sizeof(*numbers));
    if (!numbers)
        return fail_memory(err);
    for (size_t i = 0; i < names->count; i++)
        if (!index_add_principal(index, names->at[i], &numbers[i], err))
            return false;
    *out = numbers;
    return true;
}

static bool compile(struct rbac_index *index, const struct rbac_deny_assignment *from,
    struct indexed_denial *to, struct azb_error *err)
{
    const struct rbac_role role = {.id = "",
        .name = "",
        .description = "",
        .permissions = from->permissions,
        .permission_count = from->permission_count};
    to->id = arena_string(&index->arena, from->id);
    to->name = arena_string(&index->arena, from->name ? from->name : "");
    if (!to->name || (from->id && !to->id) || !role_copy(&role, &index->arena, &to->role) ||
        !role_compile(&to->role, &index->arena, &to->what) ||
        !condition_compile(from->condition, &index->arena, &to->condition))
        return fail_memory(err);
    return true;
}

static bool has_empty(const struct rbac_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (!names->at[i] || !*names->at[i])
            return true;
    return false;
}

static bool add_scope(struct rbac_index *index, const struct rbac_deny_assignment *from,
    const struct reach_map *map, struct indexed_denial *to, struct azb_error *err)
{
    if (!from->scope)
        return refuse(from, "the scope is missing", err);
    if (!scope_parse(text_of(from->scope), &index->arena, &to->scope, err))
        return fail_while(err, "deny assignment %s", from->id ? from->id : "without id");
    to->own_scope_only = from->does_not_apply_to_child_scopes;
    to->reach = &to->scope;
    to->reach_count = 1;
    return to->own_scope_only ||
           reach_of(map, &to->scope, &index->arena, &to->reach, &to->reach_count, err);
}

static bool add_denial(struct rbac_index *index, const struct rbac_deny_assignment *from,
    const struct reach_map *map, struct azb_error *err)
{
    struct indexed_denial *to = &index->denials[index->denial_count];
    if (from->principal_ids.count == 0 || has_empty(&from->principal_ids) ||
        has_empty(&from->exclude_principal_ids))
        return refuse(from, "a principal id is missing", err);
    if (!add_scope(index, from, map, to, err) || !compile(index, from, to, err) ||
        !add_principals(index, &from->principal_ids, &to->principals, err) ||
        !add_principals(index, &from->exclude_principal_ids, &to->excluded, err))
        return false;
    to->principal_count = from->principal_ids.count;
    to->excluded_count = from->exclude_principal_ids.count;
    index->denial_count++;
    return true;
}

bool index_add_denials(struct rbac_index *index, const struct rbac_index_input *input,
    const struct reach_map *map, struct azb_error *err)
{
    index->denials = arena_array(&index->arena, input->denial_count + 1, sizeof(*index->denials));
    if (!index->denials)
        return fail_memory(err);
    for (size_t i = 0; i < input->denial_count; i++)
        if (!add_denial(index, &input->denials[i], map, err))
            return false;
    index->everybody = index_principal(index, TEXT(RBAC_EVERYBODY));
    return true;
}

static bool place(struct rbac_index *index, const struct indexed_denial *denial, uint32_t principal,
    const struct scope *scope, struct azb_error *err)
{
    struct grant_extras *extras =
        index_add_extras(index, index_add_place(index, principal, scope), err);
    struct placed_denial *placed = arena_alloc(&index->arena, sizeof(*placed));
    if (!extras || !placed)
        return fail_memory(err);
    *placed = (struct placed_denial){.denial = denial, .next = extras->denials};
    extras->denials = placed;
    return true;
}

bool index_place_denials(struct rbac_index *index, struct azb_error *err)
{
    for (size_t i = 0; i < index->denial_count; i++) {
        const struct indexed_denial *denial = &index->denials[i];
        for (size_t j = 0; j < denial->principal_count; j++)
            for (size_t k = 0; k < denial->reach_count; k++)
                if (!place(index, denial, denial->principals[j], &denial->reach[k], err))
                    return false;
    }
    return true;
}
