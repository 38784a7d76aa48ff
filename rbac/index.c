#include "rbac/index.h"

#include "base/error.h"
#include "rbac/hash.h"
#include "rbac/index_data.h"
#include "rbac/reach.h"

static size_t table_size(size_t count)
{
    size_t size = 16;
    while (size < 2 * count)
        size *= 2;
    return size;
}

/* ---- looking up ---- */

static bool principal_is(const struct principal *principal, struct text id, uint64_t hash)
{
    if (principal->hash != hash || principal->length != id.length)
        return false;
    return memcmp(principal->id, id.at, id.length) == 0 ||
           text_equal_nocase((struct text){principal->id, principal->length}, id);
}

/* The place where `id` is or would be. */
static size_t principal_place(const struct rbac_index *index, struct text id, uint64_t hash)
{
    size_t at = hash & index->principal_mask;
    while (index->principals[at].id && !principal_is(&index->principals[at], id, hash))
        at = (at + 1) & index->principal_mask;
    return at;
}

uint32_t index_principal(const struct rbac_index *index, struct text id)
{
    if (!id.at)
        return PRINCIPAL_NONE;
    size_t at = principal_place(index, id, hash_text(id));
    return index->principals[at].id ? (uint32_t)at : PRINCIPAL_NONE;
}

static uint64_t grant_hash(uint32_t principal, const struct scope_level *level)
{
    return hash_mix(level->hash, principal);
}

static size_t grant_place(const struct rbac_index *index, uint32_t principal, const char *scope_key,
    const struct scope_level *level)
{
    uint64_t hash = grant_hash(principal, level);
    size_t at = hash & index->grant_mask;
    for (;; at = (at + 1) & index->grant_mask) {
        const struct grant *grant = &index->grants[at];
        if (!grant->scope_key)
            return at;
        if (grant->hash == hash && grant->principal == principal &&
            grant->scope_length == level->length &&
            memcmp(grant->scope_key, scope_key, level->length) == 0)
            return at;
    }
}

const struct grant *index_grant(const struct rbac_index *index, uint32_t principal,
    const char *scope_key, const struct scope_level *level)
{
    const struct grant *grant = &index->grants[grant_place(index, principal, scope_key, level)];
    return grant->scope_key ? grant : NULL;
}

/* The same name may be asked as action and as data action. */
static uint64_t operation_hash(struct text name, enum rbac_kind kind)
{
    return hash_mix(hash_text(name), kind);
}

const struct rbac_operation *index_operation(
    const struct rbac_index *index, struct text name, enum rbac_kind kind)
{
    const struct rbac_operation *rows = rbac_operations(NULL);
    size_t at = operation_hash(name, kind) & index->operation_mask;
    for (; index->operations[at]; at = (at + 1) & index->operation_mask) {
        const struct rbac_operation *row = &rows[index->operations[at] - 1];
        if (row->kind == kind && text_equal_nocase(text_of(row->name), name))
            return row;
    }
    return NULL;
}

static bool reaches(const struct scope *reach, size_t count, const struct scope *scope)
{
    for (size_t i = 0; i < count; i++)
        if (scope_contains(&reach[i], scope))
            return true;
    return false;
}

bool assignment_applies(const struct indexed_assignment *assignment, const struct scope *scope)
{
    return reaches(assignment->reach, assignment->reach_count, scope);
}

bool denial_applies(const struct indexed_denial *denial, const struct scope *scope)
{
    if (denial->own_scope_only)
        return scope_equal(&denial->scope, scope);
    return reaches(denial->reach, denial->reach_count, scope);
}

/* The place of the table where the role is or would be. */
static size_t role_place(const struct rbac_index *index, struct text guid)
{
    size_t at = hash_text(guid) & index->role_mask;
    for (; index->role_ids[at]; at = (at + 1) & index->role_mask)
        if (text_equal_nocase(text_of(index->roles[index->role_ids[at] - 1].role->id), guid))
            break;
    return at;
}

static const struct compiled_role *find_role(const struct rbac_index *index, struct text id)
{
    struct text guid = role_guid_of(id);
    if (!guid.at)
        return NULL;
    uint32_t found = index->role_ids[role_place(index, guid)];
    return found ? &index->roles[found - 1] : NULL;
}

/* ---- building ---- */

static bool add_operations(struct rbac_index *index, struct azb_error *err)
{
    size_t count;
    const struct rbac_operation *rows = rbac_operations(&count);
    size_t size = table_size(count);
    index->operations = arena_array(&index->arena, size, sizeof(*index->operations));
    index->operation_names = arena_array(&index->arena, count, sizeof(*index->operation_names));
    if (!index->operations || !index->operation_names)
        return fail_memory(err);
    index->operation_mask = size - 1;
    for (size_t i = 0; i < count; i++) {
        index->operation_names[i] = text_lower(&index->arena, text_of(rows[i].name));
        if (!index->operation_names[i].at)
            return fail_memory(err);
        size_t at = operation_hash(text_of(rows[i].name), rows[i].kind) & index->operation_mask;
        while (index->operations[at])
            at = (at + 1) & index->operation_mask;
        index->operations[at] = (uint16_t)(i + 1);
    }
    index->list_keys = rbac_batch_operation("listKeys/action", RBAC_ACTION);
    index->account_read = rbac_batch_operation("read", RBAC_ACTION);
    index->pools_write = rbac_batch_operation("pools/write", RBAC_ACTION);
    return true;
}

static bool add_role(struct rbac_index *index, const struct rbac_role *role, struct azb_error *err)
{
    struct rbac_role *copy = arena_alloc(&index->arena, sizeof(*copy));
    if (!copy || !role_copy(role, &index->arena, copy) ||
        !role_compile(copy, &index->arena, &index->roles[index->role_count]))
        return fail_memory(err);
    size_t place = role_place(index, text_of(copy->id));
    index->role_count++;
    if (!index->role_ids[place]) /* the first one stays: nothing replaces a built-in role */
        index->role_ids[place] = (uint32_t)index->role_count;
    return true;
}

static bool add_roles(
    struct rbac_index *index, const struct rbac_index_input *input, struct azb_error *err)
{
    size_t builtin_count;
    const struct rbac_role *builtin = rbac_builtin_roles(&builtin_count);
    size_t count = builtin_count + input->role_count;
    size_t size = table_size(count);
    index->roles = arena_array(&index->arena, count, sizeof(*index->roles));
    index->role_ids = arena_array(&index->arena, size, sizeof(*index->role_ids));
    index->role_mask = size - 1;
    if (!index->roles || !index->role_ids)
        return fail_memory(err);
    for (size_t i = 0; i < builtin_count; i++)
        if (!add_role(index, &builtin[i], err))
            return false;
    for (size_t i = 0; i < input->role_count; i++)
        if (!add_role(index, &input->roles[i], err))
            return false;
    return true;
}

bool index_add_principal(
    struct rbac_index *index, const char *id, uint32_t *out, struct azb_error *err)
{
    struct text text = text_of(id);
    uint64_t hash = hash_text(text);
    size_t at = principal_place(index, text, hash);
    *out = (uint32_t)at;
    if (index->principals[at].id)
        return true;
    struct text lower = text_lower(&index->arena, text);
    if (!lower.at)
        return fail_memory(err);
    index->principals[at] =
        (struct principal){.id = lower.at, .length = (uint32_t)lower.length, .hash = hash};
    return true;
}

static bool add_assignment(struct rbac_index *index, const struct rbac_assignment *from,
    const struct reach_map *map, struct azb_error *err)
{
    struct indexed_assignment *to = &index->assignments[index->assignment_count];
    if (!from->principal_id || !*from->principal_id)
        return fail(err, AZB_ERROR_ARGUMENT, "role assignment %s: the principal id is missing",
            from->id ? from->id : "without id");
    if (!from->scope)
        return fail(err, AZB_ERROR_ARGUMENT, "role assignment %s: the scope is missing",
            from->id ? from->id : "without id");
    if (!scope_parse(text_of(from->scope), &index->arena, &to->scope, err))
        return fail_while(err, "role assignment %s", from->id ? from->id : "without id");
    if (!index_add_principal(index, from->principal_id, &to->principal, err) ||
        !reach_of(map, &to->scope, &index->arena, &to->reach, &to->reach_count, err))
        return false;
    to->principal_id = index->principals[to->principal].id;
    to->id = arena_string(&index->arena, from->id);
    to->role_id = arena_string(&index->arena, from->role_id ? from->role_id : "");
    if (!to->role_id || (from->id && !to->id) ||
        !condition_compile(from->condition, &index->arena, &to->condition))
        return fail_memory(err);
    to->role = find_role(index, text_of(to->role_id));
    index->assignment_count++;
    return true;
}

static size_t denied_principals(const struct rbac_index_input *input)
{
    size_t count = 0;
    for (size_t i = 0; i < input->denial_count; i++)
        count +=
            input->denials[i].principal_ids.count + input->denials[i].exclude_principal_ids.count;
    return count;
}

static bool add_assignments(
    struct rbac_index *index, const struct rbac_index_input *input, struct azb_error *err)
{
    size_t size = table_size(input->assignment_count + denied_principals(input));
    struct reach_map map;
    index->principals = arena_array(&index->arena, size, sizeof(*index->principals));
    index->principal_mask = size - 1;
    index->assignments =
        arena_array(&index->arena, input->assignment_count + 1, sizeof(*index->assignments));
    if (!index->principals || !index->assignments)
        return fail_memory(err);
    if (!reach_map_build(input->parents, input->parent_count, &index->arena, &map, err))
        return false;
    for (size_t i = 0; i < input->assignment_count; i++)
        if (!add_assignment(index, &input->assignments[i], &map, err))
            return false;
    return index_add_denials(index, input, &map, err);
}

struct grant *index_add_place(
    struct rbac_index *index, uint32_t principal, const struct scope *scope)
{
    const struct scope_level *level = &scope->levels[scope->level_count - 1];
    struct grant *grant = &index->grants[grant_place(index, principal, scope->key, level)];
    grant->scope_key = scope->key;
    grant->scope_length = level->length;
    grant->principal = principal;
    grant->hash = grant_hash(principal, level);
    return grant;
}

struct grant_extras *index_add_extras(
    struct rbac_index *index, struct grant *grant, struct azb_error *err)
{
    if (!grant->extras)
        grant->extras = arena_alloc(&index->arena, sizeof(*grant->extras));
    if (!grant->extras)
        fail_memory(err);
    return grant->extras;
}

static bool add_conditional(struct rbac_index *index, const struct indexed_assignment *assignment,
    struct grant *grant, struct azb_error *err)
{
    struct grant_extras *extras = index_add_extras(index, grant, err);
    struct conditional_grant *conditional = arena_alloc(&index->arena, sizeof(*conditional));
    if (!extras || !conditional)
        return fail_memory(err);
    *conditional =
        (struct conditional_grant){.assignment = assignment, .next = extras->conditional};
    extras->conditional = conditional;
    return true;
}

static bool add_grant(struct rbac_index *index, const struct indexed_assignment *assignment,
    const struct scope *scope, struct azb_error *err)
{
    struct grant *grant = index_add_place(index, assignment->principal, scope);
    bool conditional = assignment->condition.text || assignment->role->has_conditions;
    if (conditional && !add_conditional(index, assignment, grant, err))
        return false;
    if (assignment->condition.text)
        return true;
    struct granted_role *role = arena_alloc(&index->arena, sizeof(*role));
    if (!role)
        return fail_memory(err);
    *role = (struct granted_role){.role = assignment->role, .next = grant->roles};
    grant->roles = role;
    operation_set_unite(&grant->known, &assignment->role->grants);
    return true;
}

/* How many pairs of a principal and a scope there may be. */
static size_t places(const struct rbac_index *index)
{
    size_t count = 0;
    for (size_t i = 0; i < index->assignment_count; i++)
        count += index->assignments[i].reach_count;
    for (size_t i = 0; i < index->denial_count; i++)
        count += index->denials[i].reach_count * index->denials[i].principal_count;
    return count;
}

static bool add_grants(struct rbac_index *index, struct azb_error *err)
{
    size_t size = table_size(places(index));
    index->grants = arena_array(&index->arena, size, sizeof(*index->grants));
    if (!index->grants)
        return fail_memory(err);
    index->grant_mask = size - 1;
    for (size_t i = 0; i < index->assignment_count; i++) {
        const struct indexed_assignment *assignment = &index->assignments[i];
        for (size_t j = 0; assignment->role && j < assignment->reach_count; j++)
            if (!add_grant(index, assignment, &assignment->reach[j], err))
                return false;
    }
    return index_place_denials(index, err);
}

struct rbac_index *rbac_index_new(const struct rbac_index_input *input, struct azb_error *err)
{
    struct rbac_index *index = memory_alloc(sizeof(*index));
    if (!index) {
        fail_memory(err);
        return NULL;
    }
    arena_init(&index->arena, 0);
    if (add_operations(index, err) && add_roles(index, input, err) &&
        add_assignments(index, input, err) && add_grants(index, err))
        return index;
    rbac_index_free(index);
    return NULL;
}

void rbac_index_free(struct rbac_index *index)
{
    if (!index)
        return;
    arena_free(&index->arena);
    memory_free(index);
}
