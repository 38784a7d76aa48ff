/* Nodes: list and get; and their counts by pool. */
#include "batch/node.h"

#include "base/error.h"

#define COLUMNS                                                                                    \
    "row, id, dedicated, state, state_time, scheduling, boot_time, allocation_time, slots_used,"   \
    " running, total_run, total_succeeded"

enum column {
    COLUMN_ROW,
    COLUMN_ID,
    COLUMN_DEDICATED,
    COLUMN_STATE,
    COLUMN_STATE_TIME,
    COLUMN_SCHEDULING,
    COLUMN_BOOT_TIME,
    COLUMN_ALLOCATION_TIME,
    COLUMN_SLOTS_USED,
    COLUMN_RUNNING,
    COLUMN_TOTAL_RUN,
    COLUMN_TOTAL_SUCCEEDED,
};

static struct azb_i32 number(struct statement *s, enum column column)
{
    return AZB_I32((int32_t)statement_i64(s, column));
}

static void read_counts(struct statement *s, struct azb_node *node)
{
    node->total_tasks_run = number(s, COLUMN_TOTAL_RUN);
    node->running_tasks_count = number(s, COLUMN_RUNNING);
    node->running_task_slots_count = number(s, COLUMN_SLOTS_USED);
    node->total_tasks_succeeded = number(s, COLUMN_TOTAL_SUCCEEDED);
}

static void read_times(struct request *request, struct statement *s, struct azb_node *node)
{
    node->state_transition_time = iso_of(request, statement_i64(s, COLUMN_STATE_TIME));
    node->last_boot_time = iso_of(request, statement_i64(s, COLUMN_BOOT_TIME));
    node->allocation_time = iso_of(request, statement_i64(s, COLUMN_ALLOCATION_TIME));
}

static void read_row(struct request *request, struct statement *s, const struct pool_row *pool,
    const char *vm_size, struct node_row *out)
{
    struct azb_node *node = &out->shown;
    struct arena *arena = &request->arena;

    *out = (struct node_row){.row = statement_i64(s, COLUMN_ROW)};
    node->id = statement_string(s, COLUMN_ID, arena);
    node->url = arena_format(arena, "%s/nodes/%s", pool->shown.url, node->id);
    node->affinity_id = arena_format(arena, "TVM:%s", node->id);
    node->state.value = (int)statement_i64(s, COLUMN_STATE);
    node->scheduling_state.value = (int)statement_i64(s, COLUMN_SCHEDULING);
    node->is_dedicated = AZB_BOOL(statement_i64(s, COLUMN_DEDICATED) != 0);
    node->ip_address = "127.0.0.1";
    node->vm_size = vm_size;
    read_times(request, s, node);
    read_counts(s, node);
}

static const char *vm_size_of(
    struct request *request, const struct pool_row *pool, struct azb_error *err)
{
    const struct azb_pool *document = document_read(request, model_pool(), pool->document, err);

    return document ? document->vm_size : NULL;
}

bool node_find(
    struct request *request, struct pool_row *pool, struct node_row *out, struct azb_error *err)
{
    bool found = false;
    const char *vm_size = NULL;
    scoped_statement struct statement s =
        statement(request->store, "SELECT " COLUMNS " FROM node WHERE pool = ?1 AND id = ?2");

    if (!pool_find(request, pool, err) || !(vm_size = vm_size_of(request, pool, err)))
        return false;
    statement_bind_i64(&s, 1, pool->row);
    statement_bind_text(&s, 2, request->values[1]);
    if (!statement_step(&s, &found, err))
        return false;
    if (!found)
        return fail_status(err, 404, "NodeNotFound", "The specified node does not exist.");
    read_row(request, &s, pool, vm_size, out);
    return true;
}

bool serve_node_get(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct pool_row pool;
    struct node_row node;
    struct view view;

    return view_init(&view, request, model_node(), NULL, err) &&
           node_find(request, &pool, &node, err) &&
           reply_resource(&view, &node.shown, TEXT_NONE, reply, err);
}

bool serve_node_list(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct page page;
    struct pool_row pool;
    struct node_row node;
    const char *vm_size = NULL;
    scoped_buffer struct buffer out = {0};
    bool found = false;
    scoped_statement struct statement s = statement(
        request->store, "SELECT " COLUMNS " FROM node WHERE pool = ?1 AND id > ?2 ORDER BY id");

    if (!page_begin(&page, request, model_node(), "nodes", &out, err) ||
        !pool_find(request, &pool, err) || !(vm_size = vm_size_of(request, &pool, err)))
        return false;
    statement_bind_i64(&s, 1, pool.row);
    statement_bind_text(&s, 2, page.after);
    while (statement_step(&s, &found, err)) {
        if (!found || !page_takes(&page))
            return page_end(&page, reply, err);
        read_row(request, &s, &pool, vm_size, &node);
        if (!page_add(&page, text_of(node.shown.id), &node.shown, TEXT_NONE, err))
            return false;
    }
    return false;
}

/* ---- Counts ---- */

static struct azb_node_counts no_nodes(void)
{
    struct azb_i32 zero = AZB_I32(0);

    return (struct azb_node_counts){zero, zero, zero, zero, zero, zero, zero, zero, zero, zero,
        zero, zero, zero, zero, zero, zero, zero};
}

static struct azb_i32 *count_of(struct azb_node_counts *counts, int64_t state)
{
    struct azb_i32 *const all[] = {[AZB_NODE_STATE_IDLE] = &counts->idle,
        [AZB_NODE_STATE_REBOOTING] = &counts->rebooting,
        [AZB_NODE_STATE_REIMAGING] = &counts->reimaging,
        [AZB_NODE_STATE_RUNNING] = &counts->running,
        [AZB_NODE_STATE_UNUSABLE] = &counts->unusable,
        [AZB_NODE_STATE_CREATING] = &counts->creating,
        [AZB_NODE_STATE_STARTING] = &counts->starting,
        [AZB_NODE_STATE_WAITING_FOR_START_TASK] = &counts->waiting_for_start_task,
        [AZB_NODE_STATE_START_TASK_FAILED] = &counts->start_task_failed,
        [AZB_NODE_STATE_UNKNOWN] = &counts->unknown,
        [AZB_NODE_STATE_LEAVING_POOL] = &counts->leaving_pool,
        [AZB_NODE_STATE_OFFLINE] = &counts->offline,
        [AZB_NODE_STATE_PREEMPTED] = &counts->preempted,
        [AZB_NODE_STATE_UPGRADING_OS] = &counts->upgrading_os,
        [AZB_NODE_STATE_DEALLOCATED] = &counts->deallocated,
        [AZB_NODE_STATE_DEALLOCATING] = &counts->deallocating};

    return all[state];
}

static bool count_nodes(struct request *request, int64_t pool, struct azb_node_counts *dedicated,
    struct azb_node_counts *low, struct azb_error *err)
{
    bool found = false;
    scoped_statement struct statement s = statement(request->store,
        "SELECT dedicated, state, count(*) FROM node WHERE pool = ?1 GROUP BY dedicated, state");

    statement_bind_i64(&s, 1, pool);
    while (statement_step(&s, &found, err)) {
        struct azb_node_counts *counts = NULL;

        if (!found)
            return true;
        counts = statement_i64(&s, 0) ? dedicated : low;
        count_of(counts, statement_i64(&s, 1))->value += (int32_t)statement_i64(&s, 2);
        counts->total.value += (int32_t)statement_i64(&s, 2);
    }
    return false;
}

static bool add_pool(
    struct request *request, struct page *page, struct statement *s, struct azb_error *err)
{
    struct azb_node_counts dedicated = no_nodes(), low = no_nodes();
    struct azb_pool_node_counts counts = {
        statement_string(s, 1, &request->arena), &dedicated, &low};

    return count_nodes(request, statement_i64(s, 0), &dedicated, &low, err) &&
           page_add(page, text_of(counts.pool_id), &counts, TEXT_NONE, err);
}

bool serve_pool_node_counts(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct page page;
    scoped_buffer struct buffer out = {0};
    bool found = false;
    scoped_statement struct statement s = statement(
        request->store, "SELECT row, id FROM pool WHERE account = ?1 AND id > ?2 ORDER BY id");

    if (!page_begin(&page, request, model_pool_node_counts(), "nodecounts", &out, err))
        return false;
    statement_bind_i64(&s, 1, batch_call(request)->account->row);
    statement_bind_text(&s, 2, page.after);
    while (statement_step(&s, &found, err)) {
        if (!found || !page_takes(&page))
            return page_end(&page, reply, err);
        if (!add_pool(request, &page, &s, err))
            return false;
    }
    return false;
}
