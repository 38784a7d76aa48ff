/*
 * Pools through Resource Manager: the pools of the Batch API in ARM's words. What is asked for is
 * translated (batch_pool_body.c) and done by the functions of the Batch plane, so that both planes
 * have one set of rules and one set of pools.
 */
#include "arm/batch_application.h"
#include "arm/batch_pool_body.h"
#include "arm/page.h"
#include "base/error.h"
#include "document.h"
#include "query_filter.h"

/* A request on its way through functions of the Batch plane. */
struct crossing {
    struct request *request;
    const struct arm_call *call;
    struct text first; /* the request's own first variable */
    struct batch_call batch;
};

/* {pool} is the fourth variable; the Batch plane looks for it in the first. */
static void cross(struct crossing *crossing, struct request *request, size_t operation, void *body)
{
    *crossing = (struct crossing){.request = request,
        .call = arm_call(request),
        .first = request->values[0],
        .batch = {.operation = operation_at(operation),
            .account = arm_call(request)->account,
            .body = body}};
    request->values[0] = request->values[3];
    request->prepared = &crossing->batch;
}

static void cross_back(struct crossing *crossing)
{
    crossing->request->values[0] = crossing->first;
    crossing->request->prepared = (void *)(uintptr_t)crossing->call;
}

/* Runs a serve function of the Batch plane; its reply is of no use here. */
static bool serve_as_batch(
    struct request *request, size_t operation, void *body, serve_fn *serve, struct azb_error *err)
{
    struct crossing crossing;
    struct reply reply = {.file = -1};
    cross(&crossing, request, operation, body);
    bool done = serve(request, &reply, err);
    cross_back(&crossing);
    return done;
}

static bool find(struct request *request, struct pool_row *out, struct azb_error *err)
{
    struct crossing crossing;
    cross(&crossing, request, OPERATION_pool_get, NULL);
    bool found = pool_find(request, out, err);
    cross_back(&crossing);
    return found;
}

/* *found false: there is none. */
static bool look_up(
    struct request *request, struct pool_row *out, bool *found, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    *found = find(request, out, &why);
    if (*found)
        return true;
    if (why.http_status != 404)
        return error_move(err, &why);
    azb_error_free(&why);
    return true;
}

/* The account may have gone since `prepare` saw it. */
static bool check_account(struct request *request, struct azb_error *err)
{
    struct account account;
    return account_read(
               request->store, arm_call(request)->account->row, &request->arena, &account, err) &&
           account_check_open(&account, err);
}

/* ---- Showing --------------------------------------------------------------------------------- */

static bool reply_pool(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct pool_row row;
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    if (!find(request, &row, err))
        return false;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    reply_header(reply, "ETag", arm_etag(request, row.modified));
    return pool_body_write(request, arm_call(request)->account, &row, &writer, err) &&
           reply_document(request, reply, 200, &text, err);
}

bool arm_get_pool(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_pool(request, reply, err);
}

static const char *pool_name(const void *item)
{
    return item;
}

static const struct query_property pool_properties[] = {
    {"name", QUERY_EQ | QUERY_STARTS, pool_name},
};

static bool write_listed(
    struct request *request, struct text id, struct json_writer *writer, struct azb_error *err)
{
    struct pool_row row;
    request->values[3] = id;
    return find(request, &row, err) &&
           pool_body_write(request, arm_call(request)->account, &row, writer, err);
}

static bool list_page(struct request *request, const struct query_filter *filter,
    struct arm_page *page, struct azb_error *err)
{
    bool row = true;
    scoped_statement struct statement s = statement(request->store,
        "SELECT id FROM pool WHERE account = ?1 AND (?2 IS NULL OR id > ?2) ORDER BY id");
    statement_bind_i64(&s, 1, arm_call(request)->account->row);
    statement_bind_text(&s, 2, page->after);
    while (statement_step(&s, &row, err)) {
        struct text id = row ? statement_text(&s, 0, &request->arena) : TEXT_NONE;
        if (row && !query_filter_passes(filter, id.at))
            continue;
        if (!row || !arm_page_wants(page, id))
            return true;
        if (!write_listed(request, id, &page->writer, err))
            return false;
    }
    return false;
}

bool arm_list_pools(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct arm_page page;
    struct query_filter filter;
    scoped_buffer struct buffer text = {0};
    if (!query_filter_parse(
            request_query(request, "$filter"), pool_properties, 1, &request->arena, &filter, err))
        return refuse_as(err, "InvalidFilter");
    return batch_page_begin(&page, request, &text, err) &&
           list_page(request, &filter, &page, err) && arm_page_end(&page, reply, err);
}

/* ---- Making and changing ----------------------------------------------------------------------
 */

static bool create(struct request *request, struct reply *reply, struct azb_error *err)
{
    char *id = text_string(&request->arena, request->values[3]);
    if (!id)
        return fail_memory(err);
    if (request_header(request, "If-Match"))
        return fail_status(
            err, 412, "ConditionNotMet", "If-Match is given, and there is no such pool.");
    struct azb_pool *pool = pool_body_read(request, SHAPE_CREATE, id, err);
    return pool && serve_as_batch(request, OPERATION_pool_create, pool, serve_pool_create, err) &&
           reply_pool(request, reply, err);
}

static bool is_same_machine(struct request *request,
    const struct azb_virtual_machine_configuration *a,
    const struct azb_virtual_machine_configuration *b, bool *same, struct azb_error *err)
{
    struct text texts[2];
    const struct model *model = model_virtual_machine_configuration();
    *same = false;
    if (!a || !b)
        return true;
    if (!document_write(request, model, a, &texts[0], err) ||
        !document_write(request, model, b, &texts[1], err))
        return false;
    *same = text_equal(texts[0], texts[1]);
    return true;
}

/* What the pool is already is no change: nodes need not go for it. */
static bool leave_out_what_is_so(struct request *request, const struct pool_row *row,
    struct azb_pool *change, struct azb_error *err)
{
    bool same;
    const struct azb_pool *kept = document_read(request, model_pool(), row->document, err);
    if (!kept || !is_same_machine(request, change->virtual_machine_configuration,
                     kept->virtual_machine_configuration, &same, err))
        return false;
    if (same)
        change->virtual_machine_configuration = NULL;
    if (change->vm_size && string_equal_nocase(change->vm_size, kept->vm_size))
        change->vm_size = NULL;
    if (change->task_slots_per_node.value == kept->task_slots_per_node.value)
        change->task_slots_per_node.set = false;
    return true;
}

static bool resize(struct request *request, const struct pool_row *row, struct azb_error *err)
{
    struct azb_pool_resize_options options;
    bool given;
    if (!pool_body_read_scale(request, &options, &given, err))
        return false;
    bool differs = (options.target_dedicated_nodes.set &&
                       options.target_dedicated_nodes.value != row->target_dedicated) ||
                   (options.target_low_priority_nodes.set &&
                       options.target_low_priority_nodes.value != row->target_low);
    /* Its conditions were looked at with the change before: an operation without any. */
    return !given || !differs ||
           serve_as_batch(request, OPERATION_supported_images, &options, serve_pool_resize, err);
}

static bool change(
    struct request *request, const struct pool_row *row, struct reply *reply, struct azb_error *err)
{
    struct azb_pool *pool = pool_body_read(request, SHAPE_PATCH, NULL, err);
    return pool && leave_out_what_is_so(request, row, pool, err) &&
           serve_as_batch(request, OPERATION_pool_patch, pool, serve_pool_patch, err) &&
           resize(request, row, err) && reply_pool(request, reply, err);
}

bool arm_put_pool(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct pool_row row;
    bool found;
    if (!check_account(request, err) || !look_up(request, &row, &found, err))
        return false;
    return found ? change(request, &row, reply, err) : create(request, reply, err);
}

bool arm_patch_pool(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct pool_row row;
    return find(request, &row, err) && change(request, &row, reply, err);
}

bool arm_stop_resize(struct request *request, struct reply *reply, struct azb_error *err)
{
    return serve_as_batch(request, OPERATION_pool_stop_resize, NULL, serve_pool_stop_resize, err) &&
           reply_pool(request, reply, err);
}

/* No pool of azbd scales by a formula: what is asked for is so already. */
bool arm_disable_autoscale(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_pool(request, reply, err);
}

/* ---- Deleting -------------------------------------------------------------------------------- */

static bool begin_delete(
    struct request *request, const struct pool_row *row, struct reply *reply, struct azb_error *err)
{
    const struct account *account = arm_call(request)->account;
    const struct new_operation what = {
        .kind = OPERATION_POOL_DELETE,
        .subscription_id = account->subscription_id,
        .resource_id =
            arena_format(&request->arena, "%s/pools/%s", account->resource_id, row->shown.id),
        .location = account->location,
        .target = row->row,
    };
    return what.resource_id ? operation_begin(request, reply, &what, err) : fail_memory(err);
}

bool arm_delete_pool(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct pool_row row;
    bool found;
    if (!look_up(request, &row, &found, err))
        return false;
    if (!found) {
        reply->status = 204;
        reply->body = TEXT("");
        return true;
    }
    return (row.state == AZB_POOL_STATE_DELETING ||
               serve_as_batch(request, OPERATION_pool_delete, NULL, serve_pool_delete, err)) &&
           begin_delete(request, &row, reply, err);
}

bool pool_delete_advance(struct operation_pass *pass, const struct async_operation *operation,
    bool *done, struct azb_error *err)
{
    bool found;
    scoped_statement struct statement s =
        statement(pass->store, "SELECT 1 FROM pool WHERE row = ?1 AND state = ?2");
    statement_bind_i64(&s, 1, operation->target);
    statement_bind_i64(&s, 2, AZB_POOL_STATE_DELETING);
    if (!statement_step(&s, &found, err))
        return false;
    *done = !found;
    return true;
}
