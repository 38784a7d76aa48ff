#include "rbac/difference.h"

#include "base/error.h"

/* What is compared, and the list so far: counted first, then filled. */
struct comparison {
    const struct rbac_index *before, *after;
    struct difference *at; /* NULL while counting */
    size_t count;
};

static void compare_operation(struct comparison *comparison, const struct rbac_caller *caller,
    const struct scope *scope, const struct rbac_operation *operation)
{
    const struct rbac_request request = {.caller = caller, .scope = scope, .operation = operation};
    bool before = rbac_check(comparison->before, &request);
    bool after = rbac_check(comparison->after, &request);
    if (before == after)
        return;
    if (comparison->at)
        comparison->at[comparison->count] = (struct difference){.principal_id = caller->object_id,
            .scope = scope->text,
            .operation = operation,
            .gained = after};
    comparison->count++;
}

static void compare_all(struct comparison *comparison, const struct rbac_caller *callers,
    size_t caller_count, const struct scope *scopes, size_t scope_count)
{
    size_t operation_count;
    const struct rbac_operation *operations = rbac_operations(&operation_count);
    for (size_t i = 0; i < caller_count; i++)
        for (size_t j = 0; j < scope_count; j++)
            for (size_t k = 0; k < operation_count; k++)
                compare_operation(comparison, &callers[i], &scopes[j], &operations[k]);
}

/* A difference names its caller and scope by texts of its own: the index, or the caller's list, may
 * go before it does. */
static bool own_texts(struct difference *differences, size_t count, struct arena *arena)
{
    const char *from_principal = NULL, *from_scope = NULL;
    const char *principal = NULL, *scope = NULL;
    for (size_t i = 0; i < count; i++) {
        if (differences[i].principal_id != from_principal) {
            from_principal = differences[i].principal_id;
            principal = arena_string(arena, from_principal);
        }
        if (differences[i].scope != from_scope) {
            from_scope = differences[i].scope;
            scope = arena_string(arena, from_scope);
        }
        differences[i].principal_id = principal;
        differences[i].scope = scope;
    }
    return !arena->failed;
}

const struct difference *rbac_differences(const struct rbac_index *before,
    const struct rbac_index *after, const struct rbac_caller *callers, size_t caller_count,
    const struct scope *scopes, size_t scope_count, struct arena *arena, size_t *count,
    struct azb_error *err)
{
    struct comparison comparison = {.before = before, .after = after};
    compare_all(&comparison, callers, caller_count, scopes, scope_count);
    comparison.at = arena_array(arena, comparison.count + 1, sizeof(*comparison.at));
    comparison.count = 0;
    if (!comparison.at) {
        fail_memory(err);
        return NULL;
    }
    compare_all(&comparison, callers, caller_count, scopes, scope_count);
    if (!own_texts(comparison.at, comparison.count, arena)) {
        fail_memory(err);
        return NULL;
    }
    *count = comparison.count;
    return comparison.at;
}
