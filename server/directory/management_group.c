#include "directory/management_group.h"

#include <ctype.h>

#include "base/error.h"
#include "store/rows.h"

/* Columns: id, display_name, parent_id. */
#define ROOT "SELECT id, 'Tenant Root Group', NULL, 0 FROM tenant"
#define OTHERS                                                                                     \
    "SELECT id, display_name, coalesce(parent_id, (SELECT id FROM tenant)), 1"                     \
    " FROM management_group"

static bool read_group(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    (void)err;
    *(struct management_group *)item = (struct management_group){
        .id = statement_string(s, 0, arena),
        .display_name = statement_string(s, 1, arena),
        .parent_id = statement_string(s, 2, arena),
    };
    return true;
}

bool management_group_find(struct store_connection *connection, struct text id, struct arena *arena,
    struct management_group *out, bool *found, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        connection, ROOT " WHERE lower(id) = lower(?1) UNION ALL " OTHERS " WHERE id = ?1 LIMIT 1");
    statement_bind_text(&s, 1, id);
    if (!statement_step(&s, found, err))
        return false;
    if (*found && !read_group(&s, arena, out, err))
        return false;
    return arena->failed ? fail_memory(err) : true;
}

bool management_group_list(struct store_connection *connection, struct arena *arena,
    const struct management_group **out, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, ROOT " UNION ALL " OTHERS " ORDER BY 4, 1");
    *out = rows_read(&s, sizeof **out, read_group, arena, count, err);
    return *out != NULL;
}

/* ---- Changes --------------------------------------------------------------------------------- */

static bool check_id(const char *id, struct azb_error *err)
{
    size_t length = strlen(id);
    bool ok = length > 0 && length <= MANAGEMENT_GROUP_ID_MAX && id[length - 1] != '.';
    for (size_t i = 0; ok && i < length; i++)
        ok = isalnum((unsigned char)id[i]) || strchr("-_().", id[i]);
    return ok || fail(err, AZB_ERROR_ARGUMENT,
                     "'%.100s' is not the id of a management group: 1 to %d of letters, digits, "
                     "'-', '_', '(', ')' and '.', not with a '.' at its end",
                     id, MANAGEMENT_GROUP_ID_MAX);
}

static bool find_parent(struct store_connection *connection, const char *id, struct arena *arena,
    struct management_group *out, struct azb_error *err)
{
    bool found;
    if (!management_group_find(connection, text_of(id), arena, out, &found, err))
        return false;
    return found || fail(err, AZB_ERROR_NOT_FOUND, "there is no management group '%.100s'", id);
}

/* From the parent up to the root: the group itself must not be on the way. */
static bool check_parent(struct store_connection *connection, const struct management_group *what,
    struct arena *arena, struct azb_error *err)
{
    struct management_group above = {.parent_id = what->parent_id};
    int depth = 1;
    while (above.parent_id) {
        if (string_equal_nocase(above.parent_id, what->id))
            return fail(err, AZB_ERROR_ARGUMENT, "'%s' would lie in itself", what->id);
        if (depth++ > MANAGEMENT_GROUP_DEPTH_MAX)
            return fail(err, AZB_ERROR_ARGUMENT,
                "'%s' would lie too deep: there are at most %d levels below the root group",
                what->id, MANAGEMENT_GROUP_DEPTH_MAX);
        if (!find_parent(connection, above.parent_id, arena, &above, err))
            return false;
    }
    return true;
}

static bool check_group(
    struct store_connection *connection, const struct management_group *what, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct management_group there;
    bool found;
    arena_init(&arena, 0);
    if (!check_id(what->id, err) ||
        !management_group_find(connection, text_of(what->id), &arena, &there, &found, err))
        return false;
    if (found && !there.parent_id)
        return fail(err, AZB_ERROR_ARGUMENT,
            "'%s' is the tenant's root group, which is always there as it is", what->id);
    return check_parent(connection, what, &arena, err);
}

bool management_group_put(
    struct store_connection *connection, const struct management_group *what, struct azb_error *err)
{
    if (!check_group(connection, what, err))
        return false;
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO management_group (id, display_name, parent_id) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name,"
        " parent_id = excluded.parent_id");
    statement_bind_string(&s, 1, what->id);
    statement_bind_string(&s, 2, what->display_name ? what->display_name : what->id);
    statement_bind_string(&s, 3, what->parent_id);
    return statement_run(&s, err);
}

bool management_group_adopt(struct store_connection *connection, const char *subscription_id,
    const char *group_id, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct management_group parent;
    arena_init(&arena, 0);
    if (group_id && !find_parent(connection, group_id, &arena, &parent, err))
        return false;
    scoped_statement struct statement s =
        statement(connection, "UPDATE subscription SET management_group_id = ?2 WHERE id = ?1");
    statement_bind_string(&s, 1, subscription_id);
    statement_bind_string(&s, 2, group_id);
    if (!statement_run(&s, err))
        return false;
    return store_changes(connection) > 0 ||
           fail(err, AZB_ERROR_NOT_FOUND, "there is no subscription '%.100s'", subscription_id);
}

/* ---- What lies in what ----------------------------------------------------------------------- */

static bool read_parent(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    (void)err;
    *(struct rbac_parent *)item = (struct rbac_parent){
        .child = statement_string(s, 0, arena),
        .parent = statement_string(s, 1, arena),
    };
    return true;
}

bool management_tree_load(struct store_connection *connection, struct arena *arena,
    struct management_tree *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT '/subscriptions/' || s.id, '" MANAGEMENT_GROUP_PATH "' ||"
        "  coalesce(s.management_group_id, t.id) FROM subscription s, tenant t"
        " UNION ALL SELECT '" MANAGEMENT_GROUP_PATH "' || g.id, '" MANAGEMENT_GROUP_PATH "' ||"
        "  coalesce(g.parent_id, t.id) FROM management_group g, tenant t");
    out->parents = rows_read(&s, sizeof *out->parents, read_parent, arena, &out->count, err);
    return out->parents != NULL;
}

static bool path_within(struct text scope, struct text above)
{
    if (text_is(above, "/"))
        return true;
    return text_equal_nocase(text_slice(scope, 0, above.length), above) &&
           (scope.length == above.length ||
               (scope.length > above.length && scope.at[above.length] == '/'));
}

static const struct rbac_parent *parent_of(const struct management_tree *tree, struct text scope)
{
    for (size_t i = 0; i < tree->count; i++)
        if (path_within(scope, text_of(tree->parents[i].child)))
            return &tree->parents[i];
    return NULL;
}

bool management_tree_within(
    const struct management_tree *tree, struct text scope, struct text above)
{
    const struct rbac_parent *up;
    if (path_within(scope, above))
        return true;
    if (!text_equal_nocase(
            text_slice(above, 0, strlen(MANAGEMENT_GROUP_PATH)), TEXT(MANAGEMENT_GROUP_PATH)))
        return false;
    /* The store has no circles; the count ends one all the same. */
    for (size_t steps = 0; steps <= tree->count && (up = parent_of(tree, scope)); steps++) {
        scope = text_of(up->parent);
        if (text_equal_nocase(scope, above))
            return true;
    }
    return false;
}
