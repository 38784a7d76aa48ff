/* {scope}/providers/Microsoft.Authorization/permissions: what the caller itself may do there. */
#include <inttypes.h>

#include "arm/arm.h"
#include "arm/page.h"
#include "arm/roles.h"
#include "base/error.h"
#include "document.h"
#include "rbac/condition.h"

struct listing {
    struct request *request;
    struct management_tree tree;
    struct rbac_names principals; /* the caller and its groups */
    struct text scope, after;
    struct arm_page page;
};

/* The assignment's condition holds for all of the role; the permission's own for itself. */
static const char *condition_of(const struct listing *listing, const struct assignment *assignment,
    const struct rbac_permission *permission)
{
    if (!assignment->condition || !permission->condition)
        return assignment->condition ? assignment->condition : permission->condition;
    return arena_format(
        &listing->request->arena, "(%s) AND (%s)", assignment->condition, permission->condition);
}

static void write_permission(struct listing *listing, const struct assignment *assignment,
    const struct rbac_permission *permission)
{
    struct rbac_permission own = *permission;
    own.condition = condition_of(listing, assignment, permission);
    rbac_permission_write(&listing->page.writer, &own);
}

/* Keys: the assignment's row and the place of the permission in its role. */
static bool write_role(struct listing *listing, const struct assignment *assignment, int64_t row,
    struct azb_error *err)
{
    struct rbac_role role;
    bool found;
    char key[48];
    if (!role_find(listing->request->store, text_of(assignment->role_id), &listing->request->arena,
            &role, &found, err))
        return false;
    for (size_t i = 0; found && i < role.permission_count; i++) {
        snprintf(key, sizeof key, "%012" PRId64 ".%06zu", row, i);
        if (arm_page_passed(&listing->page, text_of(key)))
            continue;
        if (!arm_page_wants(&listing->page, text_of(key)))
            return true;
        write_permission(listing, assignment, &role.permissions[i]);
        if (listing->request->arena.failed) /* without its condition it would say too much */
            return fail_memory(err);
    }
    return true;
}

static bool is_own(const struct listing *listing, const struct assignment *assignment)
{
    bool own = false;
    for (size_t i = 0; !own && i < listing->principals.count; i++)
        own = string_equal_nocase(listing->principals.at[i], assignment->principal_id);
    return own &&
           management_tree_within(&listing->tree, listing->scope, text_of(assignment->scope));
}

static bool list(struct listing *listing, struct azb_error *err)
{
    struct arena *arena = &listing->request->arena;
    scoped_statement struct statement s = statement(listing->request->store,
        "SELECT " ASSIGNMENT_COLUMNS ", row FROM role_assignment ORDER BY row");
    bool row = true;
    while (row && !listing->page.more) {
        struct assignment assignment;
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            break;
        assignment_read(&s, arena, &assignment);
        if (arena->failed)
            return fail_memory(err);
        if (is_own(listing, &assignment) &&
            !write_role(listing, &assignment, statement_i64(&s, ASSIGNMENT_COLUMN_COUNT), err))
            return false;
    }
    return true;
}

/* Who may do nothing hears so wherever it asks, and learns nothing of what is there. */
static bool check_there(struct listing *listing, struct azb_error *err)
{
    struct scope scope;
    return listing->page.count == 0 ||
           arm_check_scope(listing->request, listing->scope, NULL, &scope, err);
}

bool arm_list_permissions(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct listing listing = {
        .request = request,
        .scope = text_of(arm_call(request)->scope.text),
    };
    return management_tree_load(request->store, &request->arena, &listing.tree, err) &&
           assignment_principals(request->store, text_of(request->caller.object_id),
               &request->arena, &listing.principals, err) &&
           arm_page_begin(&listing.page, request, &text, err) && list(&listing, err) &&
           check_there(&listing, err) && arm_page_end(&listing.page, reply, err);
}
