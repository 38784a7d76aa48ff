/* A resource group is deleted with all that is in it: as long as its accounts take. */
#include "arm/arm.h"
#include "arm/batch_account.h"
#include "arm/resource_group.h"
#include "arm/roles.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "engine/engine.h"
#include "store/rows.h"

static bool read_row(struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    (void)arena, (void)err;
    *(int64_t *)item = statement_i64(s, 0);
    return true;
}

/* The rows of the accounts of the group with that row. */
static const int64_t *accounts_of(struct store_connection *connection, int64_t group,
    struct arena *arena, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "SELECT a.row FROM account a JOIN resource_group g ON g.name = a.resource_group"
        " AND g.subscription_id = a.subscription_id WHERE g.row = ?1 ORDER BY a.row");
    statement_bind_i64(&s, 1, group);
    return rows_read(&s, sizeof(int64_t), read_row, arena, count, err);
}

/* ---- Beginning ------------------------------------------------------------------------------- */

static bool begin_accounts(
    struct request *request, const struct resource_group *group, struct azb_error *err)
{
    size_t count;
    const int64_t *rows = accounts_of(request->store, group->row, &request->arena, &count, err);
    for (size_t i = 0; rows && i < count; i++)
        if (!account_delete_begin(request->service, request->store, rows[i], request->now, err))
            return false;
    return rows != NULL;
}

static bool mark(struct request *request, const struct resource_group *group, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "UPDATE resource_group SET deleting = 1 WHERE row = ?1");
    statement_bind_i64(&s, 1, group->row);
    return statement_run(&s, err);
}

bool arm_delete_group(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct resource_group group;
    struct new_operation what = {.kind = OPERATION_GROUP_DELETE};
    bool found;
    if (!resource_group_find(request->store, request->values[0], request->values[1],
            &request->arena, &group, &found, err))
        return false;
    if (!found)
        return fail_status(err, 404, "ResourceGroupNotFound", "The resource group is gone.");
    what.subscription_id = text_string(&request->arena, request->values[0]);
    what.resource_id = arena_format(&request->arena, "/subscriptions/%.*s/resourceGroups/%s",
        TEXT_ARGS(request->values[0]), group.name);
    what.target = group.row;
    if (!what.subscription_id || !what.resource_id)
        return fail_memory(err);
    return mark(request, &group, err) && begin_accounts(request, &group, err) &&
           operation_begin(request, reply, &what, err);
}

/* ---- Going on -------------------------------------------------------------------------------- */

static bool remove_group(struct operation_pass *pass, int64_t row, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(pass->store, "DELETE FROM resource_group WHERE row = ?1");
    statement_bind_i64(&s, 1, row);
    return statement_run(&s, err);
}

bool resource_group_delete_advance(struct operation_pass *pass,
    const struct async_operation *operation, bool *done, struct azb_error *err)
{
    size_t count, left = 0;
    const int64_t *rows = accounts_of(pass->store, operation->target, pass->arena, &count, err);
    for (size_t i = 0; rows && i < count; i++) {
        bool gone = false;
        if (!account_delete_go_on(pass, rows[i], &gone, err))
            return false;
        left += !gone;
    }
    if (!rows)
        return false;
    *done = left == 0;
    if (!*done)
        return true;
    struct request request = {.service = pass->service, .store = pass->store};
    authorize_roles_changed(&request);
    return assignments_remove_below(pass->store, operation->resource_id, err) &&
           remove_group(pass, operation->target, err);
}
