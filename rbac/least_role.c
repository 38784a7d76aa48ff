#include "rbac/least_role.h"

#include "base/error.h"
#include "rbac/decide.h"

#define POOLS_WRITE "Microsoft.Batch/batchAccounts/pools/write"
/* Nobody sees these: a role under test needs an id, somebody who has it, and a place. */
#define TRIAL_ROLE "00000000-0000-4000-8000-000000000001"
#define TRIAL_PRINCIPAL "00000000-0000-4000-8000-000000000002"
#define TRIAL_SCOPE "/subscriptions/00000000-0000-4000-8000-000000000003"

/* What was used, by kind. */
struct needs {
    struct rbac_names names[2];
};

/* "Microsoft.Batch/batchAccounts/read": printable, a namespace with a dot, at least one slash. */
static bool is_full_name(struct text name)
{
    struct text rest = name, provider, segment;
    for (size_t i = 0; i < name.length; i++)
        if (name.at[i] <= ' ' || name.at[i] >= 0x7f || strchr("*?\\", name.at[i]))
            return false;
    if (!text_cut(&rest, '/', &provider) || !rest.at || !memchr(provider.at, '.', provider.length))
        return false;
    while (text_cut(&rest, '/', &segment))
        if (segment.length == 0)
            return false;
    return name.length <= ROLE_STRING_MAX;
}

static const char *spelling(const struct used_operation *used, struct arena *arena)
{
    const struct rbac_operation *known = rbac_operation_find(text_of(used->name), used->kind);
    return known ? known->name : arena_string(arena, used->name);
}

static int by_name(const void *a, const void *b)
{
    const char *left = *(const char *const *)a, *right = *(const char *const *)b;
    for (;; left++, right++) {
        int l = *left >= 'A' && *left <= 'Z' ? *left + ('a' - 'A') : *left;
        int r = *right >= 'A' && *right <= 'Z' ? *right + ('a' - 'A') : *right;
        if (l != r || !l)
            return l - r;
    }
}

static void sort_once(const char **names, size_t *count)
{
    size_t kept = 0;
    qsort(names, *count, sizeof(*names), by_name);
    for (size_t i = 0; i < *count; i++)
        if (kept == 0 || by_name(&names[kept - 1], &names[i]) != 0)
            names[kept++] = names[i];
    *count = kept;
}

/* At most one name more than there are operations: that of an autopool. */
static bool needs_of_kind(const struct used_operation *used, size_t count, enum rbac_kind kind,
    struct arena *arena, struct rbac_names *out, struct azb_error *err)
{
    const char **names = arena_array(arena, count + 1, sizeof(*names));
    size_t found = 0;
    bool autopool = false;
    if (!names)
        return fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        autopool = autopool || used[i].needs_autopool;
        if (used[i].kind == kind && !(names[found++] = spelling(&used[i], arena)))
            return fail_memory(err);
    }
    if (autopool && kind == RBAC_ACTION)
        names[found++] = POOLS_WRITE;
    sort_once(names, &found);
    *out = (struct rbac_names){names, found};
    return true;
}

static bool needs_of(const struct used_operation *used, size_t count, struct arena *arena,
    struct needs *out, struct azb_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!is_full_name(text_of(used[i].name)))
            return fail(err, AZB_ERROR_ARGUMENT,
                "\"%.200s\" is no operation; expected a full name such as \"" POOLS_WRITE "\"",
                used[i].name);
    return needs_of_kind(used, count, RBAC_ACTION, arena, &out->names[RBAC_ACTION], err) &&
           needs_of_kind(used, count, RBAC_DATA_ACTION, arena, &out->names[RBAC_DATA_ACTION], err);
}

static bool copy_scopes(
    const char *const *scopes, size_t count, struct arena *arena, struct rbac_names *out)
{
    const char **copies = arena_array(arena, count + 1, sizeof(*copies));
    if (!copies)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!(copies[i] = arena_string(arena, scopes[i])))
            return false;
    *out = (struct rbac_names){copies, count};
    return true;
}

const struct rbac_role *least_role(const char *name, const struct used_operation *used,
    size_t count, const char *const *assignable_scopes, size_t scope_count, struct arena *arena,
    struct azb_error *err)
{
    struct needs needs;
    struct rbac_permission *permission = arena_alloc(arena, sizeof(*permission));
    struct rbac_role *role = arena_alloc(arena, sizeof(*role));
    if (count == 0) {
        fail(err, AZB_ERROR_ARGUMENT, "no operation was used: there is nothing to grant");
        return NULL;
    }
    if (permission && !needs_of(used, count, arena, &needs, err))
        return NULL;
    if (role)
        *role = (struct rbac_role){.id = "", .name = arena_string(arena, name), .description = ""};
    if (!permission || !role || !role->name ||
        !copy_scopes(assignable_scopes, scope_count, arena, &role->assignable_scopes)) {
        fail_memory(err);
        return NULL;
    }
    permission->actions = needs.names[RBAC_ACTION];
    permission->data_actions = needs.names[RBAC_DATA_ACTION];
    role->permissions = permission;
    role->permission_count = 1;
    return role;
}

/* ---- checking ---- */

/* One role, assigned once. */
struct trial {
    struct rbac_index *index;
    struct scope scope;
    struct rbac_caller caller;
};

static bool trial_begin(
    struct trial *trial, const struct rbac_role *role, struct arena *arena, struct azb_error *err)
{
    struct rbac_role assigned = *role;
    assigned.id = TRIAL_ROLE;
    const struct rbac_assignment assignment = {
        .principal_id = TRIAL_PRINCIPAL, .role_id = TRIAL_ROLE, .scope = TRIAL_SCOPE};
    const struct rbac_index_input input = {
        .roles = &assigned, .role_count = 1, .assignments = &assignment, .assignment_count = 1};
    *trial = (struct trial){.caller = {.object_id = TRIAL_PRINCIPAL}};
    if (!scope_parse(TEXT(TRIAL_SCOPE), arena, &trial->scope, err))
        return false;
    trial->index = rbac_index_new(&input, err);
    return trial->index != NULL;
}

static bool trial_grants(const struct trial *trial, const char *name, enum rbac_kind kind)
{
    const struct rbac_request request = {
        .caller = &trial->caller, .scope = &trial->scope, .action = name, .kind = kind};
    return rbac_check(trial->index, &request);
}

static bool find_missing(const struct trial *trial, const struct needs *needs, struct arena *arena,
    struct rbac_names *out, struct azb_error *err)
{
    const struct rbac_names *actions = &needs->names[RBAC_ACTION];
    const char **missing = arena_array(
        arena, actions->count + needs->names[RBAC_DATA_ACTION].count + 1, sizeof(*missing));
    size_t count = 0;
    if (!missing)
        return fail_memory(err);
    for (enum rbac_kind kind = RBAC_ACTION; kind <= RBAC_DATA_ACTION; kind++)
        for (size_t i = 0; i < needs->names[kind].count; i++)
            if (!trial_grants(trial, needs->names[kind].at[i], kind))
                missing[count++] = needs->names[kind].at[i];
    *out = (struct rbac_names){missing, count};
    return true;
}

static bool is_needed(const struct needs *needs, const struct rbac_operation *operation)
{
    const struct rbac_names *names = &needs->names[operation->kind];
    return names->count > 0 &&
           bsearch(&operation->name, names->at, names->count, sizeof(*names->at), by_name);
}

static bool find_extra(const struct trial *trial, const struct needs *needs, struct arena *arena,
    struct rbac_names *out, struct azb_error *err)
{
    size_t known, count = 0;
    const struct rbac_operation *rows = rbac_operations(&known);
    const char **extra = arena_array(arena, known, sizeof(*extra));
    if (!extra)
        return fail_memory(err);
    for (size_t i = 0; i < known; i++)
        if (!is_needed(needs, &rows[i]) && trial_grants(trial, rows[i].name, rows[i].kind))
            extra[count++] = rows[i].name;
    *out = (struct rbac_names){extra, count};
    return true;
}

bool role_compare_used(const struct rbac_role *role, const struct used_operation *used,
    size_t count, struct arena *arena, struct rbac_names *missing, struct rbac_names *extra,
    struct azb_error *err)
{
    struct needs needs;
    struct trial trial;
    struct rbac_names not_granted, unused;
    if (!needs_of(used, count, arena, &needs, err) || !trial_begin(&trial, role, arena, err))
        return false;
    bool found = find_missing(&trial, &needs, arena, &not_granted, err) &&
                 find_extra(&trial, &needs, arena, &unused, err);
    rbac_index_free(trial.index);
    if (!found)
        return false;
    *missing = not_granted;
    *extra = unused;
    return true;
}
