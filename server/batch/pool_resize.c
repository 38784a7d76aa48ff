/* How many nodes a pool has. The scheduling pass that follows adds and removes them. */
#include "base/error.h"
#include "batch/pool.h"
#include "engine/engine.h"

static bool set_targets(struct request *request, const struct pool_row *pool,
    const struct azb_pool_resize_options *options, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "UPDATE pool SET modified = ?2, allocation_state = ?3, allocation_time = ?2,"
        " target_dedicated = ?4, target_low = ?5, deallocation = ?6, resize_error = NULL"
        " WHERE row = ?1");
    struct azb_i32 dedicated = options->target_dedicated_nodes;
    struct azb_i32 low = options->target_low_priority_nodes;

    statement_bind_i64(&s, 1, pool->row);
    statement_bind_i64(&s, 2, request->now);
    statement_bind_i64(&s, 3, AZB_ALLOCATION_STATE_RESIZING);
    statement_bind_i64(&s, 4, dedicated.set ? dedicated.value : pool->target_dedicated);
    statement_bind_i64(&s, 5, low.set ? low.value : pool->target_low);
    statement_bind_i64(&s, 6, options->node_deallocation_option.value);
    return statement_run(&s, err);
}

static bool accepted(struct request *request, struct reply *reply)
{
    engine_changed(request->service, request->store);
    reply_status(reply, 202);
    reply_modified(request, reply, request->now);
    reply_acted_on(request, reply);
    return true;
}

static bool check_options(const struct azb_pool_resize_options *options, struct azb_error *err)
{
    if (options->node_deallocation_option.value == AZB_NODE_DEALLOCATION_OPTION_RETAINED_DATA)
        return refuse_property(err, "UnsupportedProperty", "nodeDeallocationOption", "retaineddata",
            "Allowed are requeue, terminate and taskcompletion");
    if (options->target_dedicated_nodes.set || options->target_low_priority_nodes.set)
        return true;
    return refuse_property(err, "MissingRequiredProperty", "targetDedicatedNodes", NULL,
        "A resize needs targetDedicatedNodes, targetLowPriorityNodes or both");
}

bool serve_pool_resize(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct azb_pool_resize_options *options = batch_call(request)->body;
    struct pool_row pool;

    if (!check_options(options, err) || !pool_find_open(request, &pool, err) ||
        !check_conditions(request, pool.modified, err))
        return false;
    if (pool.allocation_state != AZB_ALLOCATION_STATE_STEADY)
        return refuse_state(err, "PoolBeingResized", "The specified pool is being resized.");
    return set_targets(request, &pool, options, err) && accepted(request, reply);
}

bool serve_pool_stop_resize(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct pool_row pool;
    scoped_statement struct statement s = statement(request->store,
        "UPDATE pool SET modified = ?2, allocation_state = ?3, allocation_time = ?2,"
        " resize_error = 'ResizeStopped' WHERE row = ?1");

    if (!pool_find_open(request, &pool, err) || !check_conditions(request, pool.modified, err))
        return false;
    if (pool.allocation_state == AZB_ALLOCATION_STATE_STEADY)
        return refuse_state(
            err, "OperationInvalidForCurrentState", "The specified pool is not being resized.");
    statement_bind_i64(&s, 1, pool.row);
    statement_bind_i64(&s, 2, request->now);
    statement_bind_i64(&s, 3, AZB_ALLOCATION_STATE_STOPPING);
    return statement_run(&s, err) && accepted(request, reply);
}
