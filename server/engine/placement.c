/*
 * Which task runs where. Pools with free slots; in each the jobs by priority, then age; in each job
 * the ready tasks by age, as many as its maxParallelTasks lets run; onto the emptiest node (spread)
 * or the fullest that fits (pack).
 */
#include <azb/models.h>

#include "base/error.h"
#include "base/json.h"
#include "engine/pass.h"

#define NODES_MAX 1024 /* of one pool that are looked at in one pass */
#define ORDERS_MEMORY ((size_t)64 * 1024 * 1024)
#define TASKS_LOOKED_AT 4096 /* of one job: those that fit no node are passed over */

struct node {
    int64_t row, free;
    const char *id;
    bool dedicated;
};

struct pool {
    int64_t row, account;
    const char *id;
    bool pack;
    struct node *nodes;
    size_t node_count;
    int64_t free; /* slots, all nodes */
};

struct job {
    int64_t row, may_start;
    const char *id;
    const struct json *document; /* read when the first task is placed */
};

struct ready_task {
    int64_t row, slots, attempt, max_wall_clock_ms;
    const char *id;
    const char *directory; /* of an earlier run, or NULL */
    struct text document;
};

/* ---- Nodes ---- */

static void read_node(struct pass *pass, struct statement *s, struct pool *pool)
{
    struct node *node = &pool->nodes[pool->node_count++];

    node->row = statement_i64(s, 0);
    node->free = statement_i64(s, 1);
    node->id = statement_string(s, 2, pass->arena);
    node->dedicated = statement_i64(s, 3) != 0;
    pool->free += node->free;
}

static bool find_nodes(struct pass *pass, struct pool *pool)
{
    bool found = false;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT row, slots - slots_used, id, dedicated FROM node WHERE pool = ?1"
        " AND state IN (1, 4) AND scheduling = 1 AND slots_used < slots ORDER BY row LIMIT ?2");

    pool->nodes = arena_array(pass->arena, NODES_MAX, sizeof(*pool->nodes));
    if (!pool->nodes)
        return fail_memory(pass->err);
    statement_bind_i64(&s, 1, pool->row);
    statement_bind_i64(&s, 2, NODES_MAX);
    while (statement_step(&s, &found, pass->err)) {
        if (!found)
            return true;
        read_node(pass, &s, pool);
    }
    return false;
}

static struct node *choose_node(struct pool *pool, int64_t slots)
{
    struct node *best = NULL;

    for (size_t i = 0; i < pool->node_count; i++) {
        struct node *node = &pool->nodes[i];

        if (node->free < slots)
            continue;
        if (!best || (pool->pack ? node->free < best->free : node->free > best->free))
            best = node;
    }
    return best;
}

static int64_t most_free(const struct pool *pool)
{
    int64_t most = 0;

    for (size_t i = 0; i < pool->node_count; i++)
        most = pool->nodes[i].free > most ? pool->nodes[i].free : most;
    return most;
}

static bool take_slots(struct pass *pass, struct pool *pool, struct node *node, int64_t slots)
{
    scoped_statement struct statement s = statement(pass->store,
        "UPDATE node SET slots_used = slots_used + ?2, running = running + 1,"
        " state_time = CASE WHEN state = ?3 THEN state_time ELSE ?4 END, state = ?3"
        " WHERE row = ?1");

    node->free -= slots;
    pool->free -= slots;
    statement_bind_i64(&s, 1, node->row);
    statement_bind_i64(&s, 2, slots);
    statement_bind_i64(&s, 3, AZB_NODE_STATE_RUNNING);
    statement_bind_i64(&s, 4, pass->now);
    return statement_run(&s, pass->err);
}

/* ---- One task ---- */

/* What an earlier run left on another node or under another name. */
static bool forget_earlier(struct pass *pass, const struct ready_task *task, const char *directory)
{
    if (!task->directory || strcmp(task->directory, directory) == 0)
        return true;
    return engine_forget_directory(pass->store, task->directory, pass->err);
}

static bool mark_running(struct pass *pass, const struct pool *pool, const struct node *node,
    const struct ready_task *task, const char *directory)
{
    scoped_statement struct statement s = statement(pass->store,
        "UPDATE task SET previous_state = state, previous_time = state_time, state = ?2,"
        " state_time = ?3, ready = 0, attempt = attempt + 1, start_time = ?3, end_time = NULL,"
        " node = ?4, pool_id = ?5, node_id = ?6, directory = ?7, ending = 0, ending_sent = 0"
        " WHERE row = ?1");

    statement_bind_i64(&s, 1, task->row);
    statement_bind_i64(&s, 2, AZB_TASK_STATE_RUNNING);
    statement_bind_i64(&s, 3, pass->now);
    statement_bind_i64(&s, 4, node->row);
    statement_bind_string(&s, 5, pool->id);
    statement_bind_string(&s, 6, node->id);
    statement_bind_string(&s, 7, directory);
    return statement_run(&s, pass->err);
}

static bool read_job_document(struct pass *pass, struct job *job)
{
    bool found = false;
    scoped_statement struct statement s =
        statement(pass->store, "SELECT doc FROM job WHERE row = ?1");

    if (job->document)
        return true;
    statement_bind_i64(&s, 1, job->row);
    if (!statement_step(&s, &found, pass->err))
        return false;
    job->document = json_parse(statement_text(&s, 0, pass->arena), pass->arena, pass->err);
    return job->document != NULL;
}

static bool order_start(struct pass *pass, const struct pool *pool, const struct node *node,
    struct job *job, const struct ready_task *task, const char *directory)
{
    struct scheduler_start *start = arena_alloc(pass->arena, sizeof(*start));
    const char *nodes = arena_format(pass->arena, "%s/nodes", pass->in->service->state);
    struct placed_task placed = {.account = pool->account,
        .pool_id = pool->id,
        .node_id = node->id,
        .job_id = job->id,
        .task_id = task->id,
        .dedicated = node->dedicated};

    if (!start || !nodes)
        return fail_memory(pass->err);
    if (!read_job_document(pass, job) ||
        !(placed.task = json_parse(task->document, pass->arena, pass->err)))
        return false;
    placed.job = job->document;
    placed.directory = arena_format(pass->arena, "%s/%s", nodes, directory);
    placed.node_directory = arena_format(pass->arena, "%s/%s/%s", nodes, pool->id, node->id);
    start->task.task = task->row;
    start->task.attempt = task->attempt + 1;
    start->task.directory = placed.directory;
    start->task.node_directory = placed.node_directory;
    start->task.max_wall_clock_ms = task->max_wall_clock_ms;
    start->task.command_line = json_get_string(placed.task, "commandLine", pass->arena);
    start->task.environment = pass_environment(pass, &placed);
    if (!start->task.command_line || !start->task.environment)
        return false;
    start->next = pass->in->orders.starts;
    pass->in->orders.starts = start;
    return true;
}

static bool place_task(struct pass *pass, struct pool *pool, struct node *node, struct job *job,
    const struct ready_task *task)
{
    const char *directory = arena_format(
        pass->arena, "%s/%s/workitems/%s/job-1/%s", pool->id, node->id, job->id, task->id);

    if (!directory)
        return fail_memory(pass->err);
    job->may_start--;
    return forget_earlier(pass, task, directory) &&
           mark_running(pass, pool, node, task, directory) &&
           take_slots(pass, pool, node, task->slots) &&
           order_start(pass, pool, node, job, task, directory);
}

/* ---- Jobs ---- */

static void read_task(struct pass *pass, struct statement *s, struct ready_task *out)
{
    out->row = statement_i64(s, 0);
    out->slots = statement_i64(s, 1);
    out->attempt = statement_i64(s, 2);
    out->max_wall_clock_ms = statement_i64(s, 3);
    out->id = statement_string(s, 4, pass->arena);
    out->directory = statement_string(s, 5, pass->arena);
    out->document = statement_text(s, 6, pass->arena);
}

/* Orders hold documents and environments: what is large is started in several passes. */
static bool is_full(struct pass *pass)
{
    bool full = pass->arena->used > ORDERS_MEMORY;

    pass->in->orders.again |= full;
    return full;
}

static bool place_tasks(struct pass *pass, struct pool *pool, struct job *job)
{
    bool found = false;
    struct ready_task task;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT row, slots, attempt, max_wall_clock, id, directory, doc FROM task"
        " WHERE job = ?1 AND ready = 1 AND slots <= ?3 ORDER BY row LIMIT ?2");

    statement_bind_i64(&s, 1, job->row);
    statement_bind_i64(&s, 2, TASKS_LOOKED_AT);
    statement_bind_i64(&s, 3, most_free(pool));
    while (statement_step(&s, &found, pass->err)) {
        struct node *node = NULL;

        if (!found || pool->free == 0 || job->may_start == 0 || is_full(pass))
            return true;
        node = choose_node(pool, statement_i64(&s, 1));
        if (!node)
            continue;
        read_task(pass, &s, &task);
        if (!place_task(pass, pool, node, job, &task))
            return false;
    }
    return false;
}

static bool count_running(struct pass *pass, int64_t job, int64_t *running)
{
    bool found = false;
    scoped_statement struct statement s =
        statement(pass->store, "SELECT count(*) FROM task WHERE job = ?1 AND state IN (2, 3)");

    statement_bind_i64(&s, 1, job);
    if (!statement_step(&s, &found, pass->err))
        return false;
    *running = statement_i64(&s, 0);
    return true;
}

static bool serve_job(struct pass *pass, struct pool *pool, struct statement *s)
{
    int64_t most = statement_i64(s, 2), running = 0;
    struct job job = {.row = statement_i64(s, 0), .may_start = INT64_MAX};

    job.id = statement_string(s, 1, pass->arena);
    if (most >= 0 && !count_running(pass, job.row, &running))
        return false;
    if (most >= 0)
        job.may_start = most > running ? most - running : 0;
    return place_tasks(pass, pool, &job);
}

static bool serve_pool(struct pass *pass, struct pool *pool)
{
    bool found = false;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT row, id, max_parallel FROM job WHERE account = ?1 AND pool_id = ?2 AND state = 1"
        " ORDER BY priority DESC, row");

    if (!find_nodes(pass, pool))
        return false;
    statement_bind_i64(&s, 1, pool->account);
    statement_bind_string(&s, 2, pool->id);
    while (statement_step(&s, &found, pass->err)) {
        if (!found || pool->free == 0)
            return true;
        if (!serve_job(pass, pool, &s))
            return false;
    }
    return false;
}

bool pass_place(struct pass *pass)
{
    bool found = false;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT row, account, id, pack FROM pool WHERE state = 1 AND EXISTS (SELECT 1 FROM node"
        " WHERE node.pool = pool.row AND node.state IN (1, 4) AND slots_used < node.slots)");

    while (statement_step(&s, &found, pass->err)) {
        struct pool pool = {0};

        if (!found)
            return true;
        pool.row = statement_i64(&s, 0);
        pool.account = statement_i64(&s, 1);
        pool.id = statement_string(&s, 2, pass->arena);
        pool.pack = statement_i64(&s, 3) != 0;
        if (!serve_pool(pass, &pool))
            return false;
    }
    return false;
}
