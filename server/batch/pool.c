/* Pools: create, list, get, exists, change, delete. pool_resize.c has the two verbs. */
#include "batch/pool.h"

#include <ctype.h>

#include "api/decode.h"
#include "base/error.h"
#include "engine/engine.h"

#define COLUMNS                                                                                    \
    "row, id, created, modified, state, state_time, allocation_state, allocation_time,"            \
    " target_dedicated, target_low, resize_error,"                                                 \
    " (SELECT count(*) FROM node WHERE node.pool = pool.row AND dedicated = 1),"                   \
    " (SELECT count(*) FROM node WHERE node.pool = pool.row AND dedicated = 0), doc"

enum column {
    COLUMN_ROW,
    COLUMN_ID,
    COLUMN_CREATED,
    COLUMN_MODIFIED,
    COLUMN_STATE,
    COLUMN_STATE_TIME,
    COLUMN_ALLOCATION_STATE,
    COLUMN_ALLOCATION_TIME,
    COLUMN_TARGET_DEDICATED,
    COLUMN_TARGET_LOW,
    COLUMN_RESIZE_ERROR,
    COLUMN_CURRENT_DEDICATED,
    COLUMN_CURRENT_LOW,
    COLUMN_DOC,
};

/* ---- Reading ---- */

static char *pool_url(struct request *request, const char *id)
{
    return arena_format(&request->arena, "%s/pools/%s", account_url(request), id);
}

static void read_nodes(struct request *request, struct statement *s, struct pool_row *out)
{
    struct azb_pool *pool = &out->shown;

    out->target_dedicated = statement_i64(s, COLUMN_TARGET_DEDICATED);
    out->target_low = statement_i64(s, COLUMN_TARGET_LOW);
    pool->target_dedicated_nodes = AZB_I32((int32_t)out->target_dedicated);
    pool->target_low_priority_nodes = AZB_I32((int32_t)out->target_low);
    pool->current_dedicated_nodes = AZB_I32((int32_t)statement_i64(s, COLUMN_CURRENT_DEDICATED));
    pool->current_low_priority_nodes = AZB_I32((int32_t)statement_i64(s, COLUMN_CURRENT_LOW));
    if (statement_is_null(s, COLUMN_RESIZE_ERROR))
        return;
    out->resize_error.code = statement_string(s, COLUMN_RESIZE_ERROR, &request->arena);
    out->resize_error.message = "Desired number of nodes could not be allocated as the resize was "
                                "stopped";
    pool->resize_errors.items = &out->resize_error;
    pool->resize_errors.count = 1;
}

static void read_states(struct request *request, struct statement *s, struct pool_row *out)
{
    struct azb_pool *pool = &out->shown;

    out->state = (int)statement_i64(s, COLUMN_STATE);
    out->allocation_state = (int)statement_i64(s, COLUMN_ALLOCATION_STATE);
    pool->state.value = out->state;
    pool->state_transition_time = iso_of(request, statement_i64(s, COLUMN_STATE_TIME));
    pool->allocation_state.value = out->allocation_state;
    pool->allocation_state_transition_time =
        iso_of(request, statement_i64(s, COLUMN_ALLOCATION_TIME));
}

static void read_row(struct request *request, struct statement *s, struct pool_row *out)
{
    struct azb_pool *pool = &out->shown;

    *out = (struct pool_row){.row = statement_i64(s, COLUMN_ROW)};
    out->modified = statement_i64(s, COLUMN_MODIFIED);
    pool->id = statement_string(s, COLUMN_ID, &request->arena);
    pool->url = pool_url(request, pool->id);
    pool->etag = etag_of(request, out->modified);
    pool->last_modified = iso_of(request, out->modified);
    pool->creation_time = iso_of(request, statement_i64(s, COLUMN_CREATED));
    read_states(request, s, out);
    read_nodes(request, s, out);
    out->document = statement_text(s, COLUMN_DOC, &request->arena);
}

bool pool_find(struct request *request, struct pool_row *out, struct azb_error *err)
{
    bool found = false;
    scoped_statement struct statement s =
        statement(request->store, "SELECT " COLUMNS " FROM pool WHERE account = ?1 AND id = ?2");

    statement_bind_i64(&s, 1, batch_call(request)->account->row);
    statement_bind_text(&s, 2, request->values[0]);
    if (!statement_step(&s, &found, err))
        return false;
    if (!found)
        return fail_status(err, 404, "PoolNotFound", "The specified pool does not exist.");
    read_row(request, &s, out);
    return true;
}

bool pool_find_open(struct request *request, struct pool_row *out, struct azb_error *err)
{
    if (!pool_find(request, out, err))
        return false;
    if (out->state == AZB_POOL_STATE_DELETING)
        return refuse_state(err, "PoolBeingDeleted",
            "The specified pool has been marked for "
            "deletion and is being reclaimed.");
    return true;
}

bool serve_pool_list(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct page page;
    struct pool_row pool;
    scoped_buffer struct buffer out = {0};
    bool found = false;
    scoped_statement struct statement s = statement(
        request->store, "SELECT " COLUMNS " FROM pool WHERE account = ?1 AND id > ?2 ORDER BY id");

    if (!page_begin(&page, request, model_pool(), "pools", &out, err))
        return false;
    statement_bind_i64(&s, 1, batch_call(request)->account->row);
    statement_bind_text(&s, 2, page.after);
    while (statement_step(&s, &found, err)) {
        if (!found || !page_takes(&page))
            return page_end(&page, reply, err);
        read_row(request, &s, &pool);
        if (!page_add(&page, text_of(pool.shown.id), &pool.shown, pool.document, err))
            return false;
    }
    return false;
}

bool serve_pool_get(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct pool_row pool;
    struct view view;

    if (!view_init(&view, request, model_pool(), NULL, err) || !pool_find(request, &pool, err) ||
        !check_conditions(request, pool.modified, err) ||
        !reply_resource(&view, &pool.shown, pool.document, reply, err))
        return false;
    reply_modified(request, reply, pool.modified);
    return true;
}

bool serve_pool_exists(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct pool_row pool;

    if (!pool_find(request, &pool, err) || !check_conditions(request, pool.modified, err))
        return false;
    reply_status(reply, 200);
    reply_modified(request, reply, pool.modified);
    return true;
}

/* ---- Writing ---- */

static bool lower_vm_size(struct request *request, struct azb_pool *pool, struct azb_error *err)
{
    char *size = arena_string(&request->arena, pool->vm_size);

    if (!size)
        return fail_memory(err);
    for (char *at = size; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    pool->vm_size = size;
    return true;
}

static bool fill_policy(struct request *request, struct azb_pool *pool, struct azb_error *err)
{
    struct azb_task_scheduling_policy *policy = arena_alloc(&request->arena, sizeof(*policy));

    if (!policy)
        return fail_memory(err);
    if (pool->task_scheduling_policy)
        *policy = *pool->task_scheduling_policy;
    if (!policy->node_fill_type.value)
        policy->node_fill_type.value = AZB_NODE_FILL_TYPE_SPREAD;
    if (!policy->job_default_order.value)
        policy->job_default_order.value = AZB_JOB_DEFAULT_ORDER_NONE;
    pool->task_scheduling_policy = policy;
    return true;
}

/* Facts B.1; vmSize is shown in lower case. */
static bool fill_defaults(struct request *request, struct azb_pool *pool, struct azb_error *err)
{
    if (!pool->resize_timeout)
        pool->resize_timeout = "PT15M";
    if (!pool->enable_auto_scale.set)
        pool->enable_auto_scale = AZB_BOOL(false);
    if (!pool->enable_inter_node_communication.set)
        pool->enable_inter_node_communication = AZB_BOOL(false);
    if (!pool->task_slots_per_node.set)
        pool->task_slots_per_node = AZB_I32(1);
    return lower_vm_size(request, pool, err) && fill_policy(request, pool, err);
}

static bool write_document(
    struct request *request, const struct azb_pool *pool, struct text *out, struct azb_error *err)
{
    struct azb_pool kept = *pool;

    kept.id = NULL;
    kept.target_dedicated_nodes.set = false;
    kept.target_low_priority_nodes.set = false;
    return document_write(request, model_pool(), &kept, out, err);
}

static void bind_settings(struct statement *s, int at, const struct azb_pool *pool)
{
    bool pack = pool->task_scheduling_policy->node_fill_type.value == AZB_NODE_FILL_TYPE_PACK;

    statement_bind_i64(s, at, pool->task_slots_per_node.value);
    statement_bind_i64(s, at + 1, pack);
}

static bool insert_pool(struct request *request, const struct azb_pool *pool, struct azb_error *err)
{
    struct text document = TEXT_NONE;
    scoped_statement struct statement s = statement(request->store,
        "INSERT INTO pool (account, id, created, modified, state, state_time, allocation_state,"
        " allocation_time, target_dedicated, target_low, deallocation, slots, pack, doc)"
        " VALUES (?1, ?2, ?3, ?3, 1, ?3, ?4, ?3, ?5, ?6, 0, ?7, ?8, ?9)");

    if (!write_document(request, pool, &document, err))
        return false;
    statement_bind_i64(&s, 1, batch_call(request)->account->row);
    statement_bind_string(&s, 2, pool->id);
    statement_bind_i64(&s, 3, request->now);
    statement_bind_i64(&s, 4, AZB_ALLOCATION_STATE_RESIZING);
    statement_bind_i64(&s, 5, pool->target_dedicated_nodes.value);
    statement_bind_i64(&s, 6, pool->target_low_priority_nodes.value);
    bind_settings(&s, 7, pool);
    statement_bind_text(&s, 9, document);
    if (statement_run(&s, err))
        return true;
    if (err->kind == AZB_ERROR_CONFLICT)
        refuse_state(err, "PoolExists", "The specified pool already exists.");
    return false;
}

static bool check_machine(const struct azb_pool *pool, struct azb_error *err)
{
    if (pool->virtual_machine_configuration)
        return true;
    return refuse_property(err, "MissingRequiredProperty", "virtualMachineConfiguration", NULL,
        "A pool needs a virtualMachineConfiguration with imageReference and nodeAgentSKUId");
}

bool serve_pool_create(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct azb_pool *pool = batch_call(request)->body;

    if (!check_machine(pool, err) || !pool_check_supported(pool, err) ||
        !fill_defaults(request, pool, err) || !insert_pool(request, pool, err))
        return false;
    engine_changed(request->service, request->store);
    reply_created(request, reply, request->now, pool_url(request, pool->id));
    return true;
}

static bool update_pool(struct request *request, const struct pool_row *row,
    const struct azb_pool *pool, struct azb_error *err)
{
    struct text document = TEXT_NONE;
    scoped_statement struct statement s = statement(request->store,
        "UPDATE pool SET modified = ?2, doc = ?3, slots = ?4, pack = ?5 WHERE row = ?1");

    if (!write_document(request, pool, &document, err))
        return false;
    statement_bind_i64(&s, 1, row->row);
    statement_bind_i64(&s, 2, request->now);
    statement_bind_text(&s, 3, document);
    bind_settings(&s, 4, pool);
    return statement_run(&s, err);
}

/* What nodes are made of cannot change under them. */
static bool check_without_nodes(
    const struct pool_row *row, const struct azb_pool *change, struct azb_error *err)
{
    const struct azb_pool *shown = &row->shown;

    if (shown->current_dedicated_nodes.value + shown->current_low_priority_nodes.value == 0)
        return true;
    if (!change->vm_size && !change->virtual_machine_configuration &&
        !change->task_slots_per_node.set)
        return true;
    return refuse_state(err, "OperationInvalidForCurrentState",
        "vmSize, virtualMachineConfiguration and taskSlotsPerNode can be changed only while the "
        "pool has no nodes.");
}

bool serve_pool_patch(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct azb_pool *change = batch_call(request)->body;
    struct pool_row row;
    struct azb_pool *pool = NULL;

    if (!pool_find_open(request, &row, err) || !check_conditions(request, row.modified, err) ||
        !pool_check_supported(change, err) || !check_without_nodes(&row, change, err) ||
        !(pool = document_read(request, model_pool(), row.document, err)))
        return false;
    api_apply(model_pool(), SHAPE_PATCH, change, pool);
    if (!fill_defaults(request, pool, err) || !update_pool(request, &row, pool, err))
        return false;
    engine_changed(request->service, request->store);
    reply_status(reply, 200);
    reply_modified(request, reply, request->now);
    reply_acted_on(request, reply);
    return true;
}

bool serve_pool_delete(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct pool_row row;
    scoped_statement struct statement s = statement(request->store,
        "UPDATE pool SET modified = ?2, state = ?3, state_time = ?2, allocation_state = ?4,"
        " allocation_time = ?2, target_dedicated = 0, target_low = 0, deallocation = 0"
        " WHERE row = ?1");

    if (!pool_find_open(request, &row, err) || !check_conditions(request, row.modified, err))
        return false;
    statement_bind_i64(&s, 1, row.row);
    statement_bind_i64(&s, 2, request->now);
    statement_bind_i64(&s, 3, AZB_POOL_STATE_DELETING);
    statement_bind_i64(&s, 4, AZB_ALLOCATION_STATE_RESIZING);
    if (!statement_run(&s, err))
        return false;
    engine_changed(request->service, request->store);
    reply_status(reply, 202);
    return true;
}
