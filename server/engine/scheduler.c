#include "engine/scheduler.h"

#include "base/error.h"
#include "base/time.h"
#include "engine/pass.h"

bool pass_run(struct pass *pass, const char *sql, int64_t row)
{
    scoped_statement struct statement s = statement(pass->store, sql);

    statement_bind_i64(&s, 1, row);
    return statement_run(&s, pass->err);
}

bool engine_forget_directory(
    struct store_connection *connection, const char *directory, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "INSERT INTO removal (directory) VALUES (?1)");

    statement_bind_string(&s, 1, directory);
    return statement_run(&s, err);
}

bool pass_delete_task(struct pass *pass, int64_t task, const char *directory)
{
    return pass_run(pass, "DELETE FROM dependency WHERE task = ?1", task) &&
           pass_run(pass, "DELETE FROM task WHERE row = ?1", task) &&
           (!directory || engine_forget_directory(pass->store, directory, pass->err));
}

/* ---- Orders that rows of the store ask for ---- */

static bool order_cancel(struct pass *pass, struct statement *s)
{
    struct scheduler_cancel *cancel = arena_alloc(pass->arena, sizeof(*cancel));
    int64_t ending = statement_i64(s, 2);
    bool forced = statement_i64(s, 3) == SCHEDULER_FORCE;

    if (!cancel)
        return fail_memory(pass->err);
    cancel->task = statement_i64(s, 0);
    cancel->attempt = statement_i64(s, 1);
    cancel->grace_ms = ending == ENDING_DELETE || forced ? 0 : SCHEDULER_GRACE_MS;
    cancel->next = pass->in->orders.cancels;
    pass->in->orders.cancels = cancel;
    return pass_run(pass, "UPDATE task SET ending_sent = 1 WHERE row = ?1", cancel->task);
}

static bool order_cancels(struct pass *pass)
{
    bool found = false;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT task.row, attempt, ending, disable_option FROM task JOIN job ON job.row = task.job"
        " WHERE ending <> 0 AND (ending_sent = 0 OR ?1) AND task.node IS NOT NULL");

    statement_bind_i64(&s, 1, pass->in->first);
    while (statement_step(&s, &found, pass->err)) {
        if (!found)
            return true;
        if (!order_cancel(pass, &s))
            return false;
    }
    return false;
}

/* "POOL/NODE/..." : is there still such a node? */
static bool node_exists(struct pass *pass, const char *directory, bool *exists)
{
    struct text rest = text_of(directory), pool, node;
    scoped_statement struct statement s =
        statement(pass->store, "SELECT 1 FROM node WHERE id = ?1 LIMIT 1");

    text_cut(&rest, '/', &pool);
    if (!text_cut(&rest, '/', &node))
        node = TEXT_NONE;
    statement_bind_text(&s, 1, node);
    return statement_step(&s, exists, pass->err);
}

static bool order_removal(struct pass *pass, struct statement *s)
{
    struct scheduler_removal *removal = arena_alloc(pass->arena, sizeof(*removal));
    bool exists = false;

    if (!removal || !(removal->directory = statement_string(s, 1, pass->arena)))
        return fail_memory(pass->err);
    if (!node_exists(pass, removal->directory, &exists))
        return false;
    removal->node_gone = !exists;
    removal->next = pass->in->orders.removals;
    pass->in->orders.removals = removal;
    return true;
}

static bool order_removals(struct pass *pass)
{
    bool found = false;
    int64_t last = 0;
    scoped_statement struct statement s =
        statement(pass->store, "SELECT row, directory FROM removal ORDER BY row");

    while (statement_step(&s, &found, pass->err)) {
        if (!found)
            return last == 0 || pass_run(pass, "DELETE FROM removal WHERE row <= ?1", last);
        last = statement_i64(&s, 0);
        if (!order_removal(pass, &s))
            return false;
    }
    return false;
}

static bool find_next_time(struct pass *pass)
{
    bool found = false;
    scoped_statement struct statement s =
        statement(pass->store, "SELECT min(deadline) FROM job WHERE deadline IS NOT NULL");

    if (!statement_step(&s, &found, pass->err))
        return false;
    pass->in->orders.next_time = found ? statement_i64(&s, 0) : 0;
    return true;
}

bool scheduler_run(
    struct store_connection *connection, struct scheduler_pass *in, struct azb_error *err)
{
    struct pass pass = {connection, in, &in->arena, clock_ticks(&in->service->clock), err};

    in->orders = (struct scheduler_orders){0};
    return pass_apply_events(&pass) && pass_move_pools(&pass) && pass_move_jobs(&pass) &&
           pass_place(&pass) && order_cancels(&pass) && order_removals(&pass) &&
           find_next_time(&pass);
}

bool scheduler_running(struct store_connection *connection,
    void (*found)(void *context, int64_t task, int64_t attempt), void *context,
    struct azb_error *err)
{
    bool row = false;
    scoped_statement struct statement s =
        statement(connection, "SELECT row, attempt FROM task WHERE node IS NOT NULL");

    while (statement_step(&s, &row, err)) {
        if (!row)
            return true;
        found(context, statement_i64(&s, 0), statement_i64(&s, 1));
    }
    return false;
}
