/*
 * Nodes of pools: made, started, taken away. Each step is a commit of its own, so that clients see
 * creating, starting and idle as they do at Azure, only sooner.
 */
#include <azb/models.h>

#include "base/crypto.h"
#include "base/error.h"
#include "engine/pass.h"

struct pool {
    int64_t row, target_dedicated, target_low, deallocation, slots;
    int64_t allocation_state, state;
    const char *id;
};

/* "tvmps_<64 hex>_d", or "_p" for a spot node. */
static bool make_node_id(char out[80], bool dedicated)
{
    unsigned char bytes[32];
    int at = snprintf(out, 80, "tvmps_");

    if (!random_bytes(bytes, sizeof(bytes)))
        return false;
    for (size_t i = 0; i < sizeof(bytes); i++)
        at += snprintf(out + at, 80 - (size_t)at, "%02x", bytes[i]);
    snprintf(out + at, 80 - (size_t)at, "_%c", dedicated ? 'd' : 'p');
    return true;
}

static bool add_node(struct pass *pass, const struct pool *pool, bool dedicated)
{
    char id[80];
    scoped_statement struct statement s = statement(pass->store,
        "INSERT INTO node (pool, id, dedicated, state, state_time, scheduling, boot_time,"
        " allocation_time, slots, slots_used, running, total_run, total_succeeded)"
        " VALUES (?1, ?2, ?3, ?4, ?5, 1, ?5, ?5, ?6, 0, 0, 0, 0)");

    if (!make_node_id(id, dedicated))
        return fail(pass->err, AZB_ERROR_IO, "the system gave no randomness");
    statement_bind_i64(&s, 1, pool->row);
    statement_bind_string(&s, 2, id);
    statement_bind_i64(&s, 3, dedicated);
    statement_bind_i64(&s, 4, AZB_NODE_STATE_CREATING);
    statement_bind_i64(&s, 5, pass->now);
    statement_bind_i64(&s, 6, pool->slots);
    pass->in->orders.again = true;
    return statement_run(&s, pass->err);
}

/* ---- Leaving ---- */

static bool end_tasks_on(struct pass *pass, int64_t node, int64_t deallocation)
{
    enum task_ending ending =
        deallocation == AZB_NODE_DEALLOCATION_OPTION_TERMINATE ? ENDING_TERMINATE : ENDING_REQUEUE;
    scoped_statement struct statement s = statement(
        pass->store, "UPDATE task SET ending = ?2, ending_sent = 0 WHERE node = ?1 AND ending = 0");

    if (deallocation == AZB_NODE_DEALLOCATION_OPTION_TASK_COMPLETION)
        return true;
    statement_bind_i64(&s, 1, node);
    statement_bind_i64(&s, 2, ending);
    return statement_run(&s, pass->err);
}

static bool set_node_state(struct pass *pass, int64_t node, int state)
{
    scoped_statement struct statement s =
        statement(pass->store, "UPDATE node SET state = ?2, state_time = ?3 WHERE row = ?1");

    statement_bind_i64(&s, 1, node);
    statement_bind_i64(&s, 2, state);
    statement_bind_i64(&s, 3, pass->now);
    return statement_run(&s, pass->err);
}

/* Idle nodes go first, then the youngest. */
static bool remove_nodes(struct pass *pass, const struct pool *pool, bool dedicated, int64_t count)
{
    bool found = false;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT row FROM node WHERE pool = ?1 AND dedicated = ?2 AND state <> ?4"
        " ORDER BY running, row DESC LIMIT ?3");

    statement_bind_i64(&s, 1, pool->row);
    statement_bind_i64(&s, 2, dedicated);
    statement_bind_i64(&s, 3, count);
    statement_bind_i64(&s, 4, AZB_NODE_STATE_LEAVING_POOL);
    while (statement_step(&s, &found, pass->err)) {
        int64_t node = 0;

        if (!found)
            return true;
        node = statement_i64(&s, 0);
        if (!set_node_state(pass, node, AZB_NODE_STATE_LEAVING_POOL) ||
            !end_tasks_on(pass, node, pool->deallocation))
            return false;
        pass->in->orders.again = true;
    }
    return false;
}

/* What tasks left stays until they are deleted; the rest of the node's directory goes now. */
static bool forget_node(struct pass *pass, const char *pool_id, const char *node_id)
{
    static const char *const folders[] = {"shared", "startup", "volatile"};

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        if (!engine_forget_directory(pass->store,
                arena_format(pass->arena, "%s/%s/%s", pool_id, node_id, folders[i]), pass->err))
            return false;
    return true;
}

static bool move_leaving(struct pass *pass, struct statement *s)
{
    if (statement_i64(s, 2) > 0)
        return true;
    return forget_node(
               pass, statement_string(s, 3, pass->arena), statement_string(s, 4, pass->arena)) &&
           pass_run(pass, "DELETE FROM node WHERE row = ?1", statement_i64(s, 0));
}

static bool move_node(struct pass *pass, struct statement *s)
{
    int64_t node = statement_i64(s, 0);

    switch (statement_i64(s, 1)) {
    case AZB_NODE_STATE_CREATING:
        pass->in->orders.again = true;
        return set_node_state(pass, node, AZB_NODE_STATE_STARTING);
    case AZB_NODE_STATE_STARTING:
        return set_node_state(pass, node, AZB_NODE_STATE_IDLE);
    default:
        return move_leaving(pass, s);
    }
}

static bool move_nodes(struct pass *pass)
{
    bool found = false;
    scoped_statement struct statement s =
        statement(pass->store, "SELECT node.row, node.state, running, pool.id, node.id FROM node"
                               " JOIN pool ON pool.row = node.pool WHERE node.state IN (6, 7, 11)");

    while (statement_step(&s, &found, pass->err)) {
        if (!found)
            return true;
        if (!move_node(pass, &s))
            return false;
    }
    return false;
}

/* ---- Pools ---- */

static bool count_nodes(
    struct pass *pass, const struct pool *pool, bool dedicated, int64_t *staying, int64_t *leaving)
{
    bool found = false;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT count(*) FILTER (WHERE state <> ?3), count(*) FILTER (WHERE state = ?3)"
        " FROM node WHERE pool = ?1 AND dedicated = ?2");

    statement_bind_i64(&s, 1, pool->row);
    statement_bind_i64(&s, 2, dedicated);
    statement_bind_i64(&s, 3, AZB_NODE_STATE_LEAVING_POOL);
    if (!statement_step(&s, &found, pass->err))
        return false;
    *staying = statement_i64(&s, 0);
    *leaving += statement_i64(&s, 1);
    return true;
}

/* Towards the target of one kind of node; *steady turns false while something is under way. */
static bool approach(
    struct pass *pass, const struct pool *pool, bool dedicated, int64_t target, bool *steady)
{
    int64_t staying = 0, leaving = 0;

    if (!count_nodes(pass, pool, dedicated, &staying, &leaving))
        return false;
    if (target > pass->in->most_nodes)
        target = pass->in->most_nodes;
    *steady = *steady && staying == target && leaving == 0;
    if (staying > target)
        return remove_nodes(pass, pool, dedicated, staying - target);
    for (; staying < target; staying++)
        if (!add_node(pass, pool, dedicated))
            return false;
    return true;
}

static bool set_steady(struct pass *pass, const struct pool *pool)
{
    bool short_of =
        pool->target_dedicated > pass->in->most_nodes || pool->target_low > pass->in->most_nodes;
    scoped_statement struct statement s =
        statement(pass->store, "UPDATE pool SET allocation_state = ?2, allocation_time = ?3,"
                               " resize_error = coalesce(?4, resize_error) WHERE row = ?1");

    statement_bind_i64(&s, 1, pool->row);
    statement_bind_i64(&s, 2, AZB_ALLOCATION_STATE_STEADY);
    statement_bind_i64(&s, 3, pass->now);
    if (short_of)
        statement_bind_string(&s, 4, "AccountCoreQuotaReached");
    return statement_run(&s, pass->err);
}

static bool move_pool(struct pass *pass, const struct pool *pool)
{
    bool steady = true;

    if (pool->allocation_state == AZB_ALLOCATION_STATE_STOPPING)
        return set_steady(pass, pool);
    if (!approach(pass, pool, true, pool->target_dedicated, &steady) ||
        !approach(pass, pool, false, pool->target_low, &steady))
        return false;
    if (!steady)
        return true;
    if (pool->state == AZB_POOL_STATE_DELETING)
        return pass_run(pass, "DELETE FROM pool WHERE row = ?1", pool->row);
    return set_steady(pass, pool);
}

static void read_pool(struct pass *pass, struct statement *s, struct pool *out)
{
    *out = (struct pool){.row = statement_i64(s, 0)};
    out->target_dedicated = statement_i64(s, 1);
    out->target_low = statement_i64(s, 2);
    out->deallocation = statement_i64(s, 3);
    out->slots = statement_i64(s, 4);
    out->allocation_state = statement_i64(s, 5);
    out->state = statement_i64(s, 6);
    out->id = statement_string(s, 7, pass->arena);
}

bool pass_move_pools(struct pass *pass)
{
    bool found = false;
    struct pool pool;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT row, target_dedicated, target_low, deallocation, slots, allocation_state, state, id"
        " FROM pool WHERE allocation_state <> 1");

    if (!move_nodes(pass))
        return false;
    while (statement_step(&s, &found, pass->err)) {
        if (!found)
            return true;
        read_pool(pass, &s, &pool);
        if (!move_pool(pass, &pool))
            return false;
    }
    return false;
}
