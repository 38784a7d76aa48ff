/* The role index: built from the store, replaced whole. */
#include <stdlib.h>

#include "authorize/state.h"
#include "base/error.h"
#include "directory/deny_assignment.h"
#include "directory/management_group.h"
#include "rbac/role.h"
#include "store/rows.h"

void roles_free(struct roles *roles)
{
    if (!roles)
        return;
    rbac_index_free(roles->index);
    arena_free(&roles->arena);
    memory_free(roles);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static bool read_definition(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct rbac_role *out = item;
    const struct rbac_role *role = role_parse(statement_text(s, 1, arena), arena, NULL, err);
    if (!role)
        return fail_while(err, "role definition %.*s", TEXT_ARGS(statement_borrow(s, 0)));
    *out = *role;
    out->id = statement_string(s, 0, arena);
    return true;
}

static bool read_definitions(struct store_connection *connection, struct arena *arena,
    struct rbac_index_input *input, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT id, body FROM role_definition ORDER BY row");
    input->roles =
        rows_read(&s, sizeof *input->roles, read_definition, arena, &input->role_count, err);
    return input->roles != NULL;
}

static bool read_assignment(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct rbac_assignment *assignment = item;
    (void)err;
    *assignment = (struct rbac_assignment){
        .id = statement_string(s, 0, arena),
        .principal_id = statement_string(s, 1, arena),
        .role_id = statement_string(s, 2, arena),
        .scope = statement_string(s, 3, arena),
        .condition = statement_string(s, 4, arena),
    };
    return true;
}

/* Azure keeps the assignments of a principal that was removed, and shows them; they give nothing.
 */
static bool read_assignments(struct store_connection *connection, struct arena *arena,
    struct rbac_index_input *input, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT id, principal_id, role_id, scope, condition FROM role_assignment"
        " WHERE principal_id IN (SELECT object_id FROM service_principal"
        "  UNION ALL SELECT object_id FROM user UNION ALL SELECT object_id FROM directory_group)"
        " ORDER BY row");
    input->assignments = rows_read(
        &s, sizeof *input->assignments, read_assignment, arena, &input->assignment_count, err);
    return input->assignments != NULL;
}

/* Which management group a subscription lies in, its path does not say. */
static bool read_parents(struct store_connection *connection, struct arena *arena,
    struct rbac_index_input *input, struct azb_error *err)
{
    struct management_tree tree;
    if (!management_tree_load(connection, arena, &tree, err))
        return false;
    input->parents = tree.parents;
    input->parent_count = tree.count;
    return true;
}

static int compare_members(const void *a, const void *b)
{
    const struct membership *x = a, *y = b;
    return strcasecmp(x->member, y->member);
}

static bool read_membership(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct membership *membership = item;
    (void)err;
    *membership = (struct membership){
        .member = statement_string(s, 0, arena),
        .group = statement_string(s, 1, arena),
    };
    return true;
}

static bool read_memberships(
    struct store_connection *connection, struct roles *roles, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT member_id, group_id FROM group_member");
    roles->memberships = rows_read(&s, sizeof *roles->memberships, read_membership, &roles->arena,
        &roles->membership_count, err);
    if (!roles->memberships)
        return false;
    qsort(roles->memberships, roles->membership_count, sizeof *roles->memberships, compare_members);
    return true;
}

static bool build(struct store_connection *connection, struct roles *roles, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct rbac_index_input input = {0};
    if (!read_definitions(connection, &arena, &input, err) ||
        !read_assignments(connection, &arena, &input, err) ||
        !read_parents(connection, &arena, &input, err) ||
        !deny_assignments_load(connection, &arena, &input.denials, &input.denial_count, err) ||
        !read_memberships(connection, roles, err))
        return false;
    roles->index = rbac_index_new(&input, err);
    return roles->index != NULL;
}

/* ---- Replacing ------------------------------------------------------------------------------- */

static bool load(
    struct authorizer *authorizer, struct store_connection *connection, struct azb_error *err)
{
    struct roles *roles = memory_alloc(sizeof *roles);
    if (!roles)
        return fail_memory(err);
    arena_init(&roles->arena, 0);
    if (!build(connection, roles, err)) {
        roles_free(roles);
        return fail_while(err, "reading the roles");
    }
    if (propagation_put(authorizer, roles))
        return true;
    roles_free(roles);
    return fail_memory(err);
}

bool authorizer_load_roles(
    struct authorizer *authorizer, struct store_connection *connection, struct azb_error *err)
{
    pthread_mutex_lock(&authorizer->load_lock);
    bool loaded = load(authorizer, connection, err);
    atomic_store(&authorizer->roles_stale, !loaded);
    pthread_mutex_unlock(&authorizer->load_lock);
    return loaded;
}

static void reload(void *context)
{
    struct service *service = context;
    struct azb_error err = AZB_ERROR_INIT;
    struct store_connection *connection = store_reader(service->store, &err);
    if (connection && authorizer_load_roles(service->authorizer, connection, &err))
        return;
    atomic_store(&service->authorizer->roles_stale, true);
    service_log("authorize", "nothing is allowed until the roles can be read: %s", err.message);
    azb_error_free(&err);
}

bool roles_current(struct request *request, struct azb_error *err)
{
    struct authorizer *authorizer = request->service->authorizer;
    propagation_release(authorizer, request->now);
    if (!atomic_load(&authorizer->roles_stale))
        return true;
    struct azb_error why = AZB_ERROR_INIT;
    struct store_connection *connection = store_reader(request->service->store, &why);
    if (connection && !store_is_writer(connection) &&
        authorizer_load_roles(authorizer, connection, &why))
        return true;
    azb_error_free(&why);
    return fail_status(err, 503, "ServerBusy",
        "A change of roles was stored, but the roles cannot be read now. Retry the request.");
}

void authorize_roles_changed(struct request *request)
{
    store_after_commit(request->store, reload, request->service);
}

/* ---- Groups ---------------------------------------------------------------------------------- */

/* The first membership of `member`, or the count. */
static size_t first_membership(const struct roles *roles, const char *member)
{
    size_t low = 0, high = roles->membership_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcasecmp(roles->memberships[middle].member, member) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool listed(const char *const *groups, size_t count, const char *group)
{
    for (size_t i = 0; i < count; i++)
        if (string_equal_nocase(groups[i], group))
            return true;
    return false;
}

static size_t add_groups_of(
    const struct roles *roles, const char *member, const char **groups, size_t count)
{
    for (size_t i = first_membership(roles, member);
         i < roles->membership_count && string_equal_nocase(roles->memberships[i].member, member);
         i++)
        if (!listed(groups, count, roles->memberships[i].group))
            groups[count++] = roles->memberships[i].group;
    return count;
}

/* Each group is listed once, so a circle of groups ends. */
bool roles_groups(const struct roles *roles, const char *object_id, struct arena *arena,
    const char *const **groups, size_t *count, struct azb_error *err)
{
    *groups = NULL;
    *count = 0;
    if (!roles->membership_count)
        return true;
    const char **list = arena_array(arena, roles->membership_count, sizeof *list);
    if (!list)
        return fail_memory(err);
    size_t found = add_groups_of(roles, object_id, list, 0);
    for (size_t i = 0; i < found; i++)
        found = add_groups_of(roles, list[i], list, found);
    *groups = list;
    *count = found;
    return true;
}
