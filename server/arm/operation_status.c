#include "arm/operation_status.h"

#include "arm/batch_account.h"
#include "arm/resource_group.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "engine/engine.h"
#include "store/rows.h"

#define REMEMBERED_TICKS (24 * 3600 * TICKS_PER_SECOND)
#define RETRY_AFTER "1" /* seconds; Azure says 15 */

#define COLUMNS                                                                                    \
    "row, kind, id, subscription_id, resource_id, target, started_by, started, not_before,"        \
    " coalesce(ended, 0), fails, code, message"

static const struct kind {
    const char *provider; /* NULL: its addresses are the subscription's own, without a location */
    const char *results;  /* segment of Location before the id */
    const char *action;   /* that others than who began it need at the subscription */
    operation_advance_fn *advance;
    operation_failed_fn *failed; /* NULL: a test control cannot let it fail */
    operation_result_fn *result; /* NULL: 200 without a body */
} kinds[OPERATION_KINDS] = {
    [OPERATION_ACCOUNT_CREATE] = {"Microsoft.Batch", "accountOperationResults",
        "Microsoft.Batch/locations/accountOperationResults/read", account_create_advance,
        account_operation_failed, account_create_result},
    [OPERATION_ACCOUNT_DELETE] = {"Microsoft.Batch", "accountOperationResults",
        "Microsoft.Batch/locations/accountOperationResults/read", account_delete_advance,
        account_operation_failed, NULL},
    [OPERATION_POOL_DELETE] = {"Microsoft.Batch", "poolOperationResults",
        "Microsoft.Batch/batchAccounts/poolOperationResults/read", pool_delete_advance, NULL, NULL},
    [OPERATION_GROUP_DELETE] = {NULL, "operationresults",
        "Microsoft.Resources/subscriptions/operationresults/read", resource_group_delete_advance,
        NULL, NULL},
};

/* ---- Rows ------------------------------------------------------------------------------------ */

static bool read_operation(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct async_operation *operation = item;
    *operation = (struct async_operation){
        .row = statement_i64(s, 0),
        .kind = (enum operation_kind)statement_i64(s, 1),
        .id = statement_string(s, 2, arena),
        .subscription_id = statement_string(s, 3, arena),
        .resource_id = statement_string(s, 4, arena),
        .target = statement_i64(s, 5),
        .started_by = statement_string(s, 6, arena),
        .started = statement_i64(s, 7),
        .not_before = statement_i64(s, 8),
        .ended = statement_i64(s, 9),
        .fails = statement_i64(s, 10) != 0,
        .code = statement_string(s, 11, arena),
        .message = statement_string(s, 12, arena),
    };
    if (operation->kind < OPERATION_ACCOUNT_CREATE || operation->kind >= OPERATION_KINDS)
        return fail(err, AZB_ERROR_IO, "operation %s: there is no kind %d", operation->id,
            (int)operation->kind);
    return operation->id && operation->resource_id ? true : fail_memory(err);
}

/* ---- Beginning ------------------------------------------------------------------------------- */

static bool forget_old(struct request *request, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "DELETE FROM operation WHERE ended < ?1");
    statement_bind_i64(&s, 1, request->now - REMEMBERED_TICKS);
    return statement_run(&s, err);
}

/* The one in progress, or a new id in *id. */
static bool find_open(struct request *request, const struct new_operation *what, const char **id,
    struct azb_error *err)
{
    bool found;
    scoped_statement struct statement s = statement(request->store,
        "SELECT id FROM operation WHERE ended IS NULL AND kind = ?1 AND resource_id = ?2");
    statement_bind_i64(&s, 1, what->kind);
    statement_bind_string(&s, 2, what->resource_id);
    if (!statement_step(&s, &found, err))
        return false;
    *id = found ? statement_string(&s, 0, &request->arena) : NULL;
    return true;
}

static bool insert(struct request *request, const struct new_operation *what, const char *id,
    struct azb_error *err)
{
    struct service *service = request->service;
    int64_t least = atomic_load(&service->operation_ms) * TICKS_PER_MS;
    bool fails = kinds[what->kind].failed && atomic_load(&service->operations_fail);
    scoped_statement struct statement s = statement(request->store,
        "INSERT INTO operation (id, kind, subscription_id, resource_id, target, started_by,"
        " started, not_before, fails) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    statement_bind_string(&s, 1, id);
    statement_bind_i64(&s, 2, what->kind);
    statement_bind_string(&s, 3, what->subscription_id);
    statement_bind_string(&s, 4, what->resource_id);
    statement_bind_i64(&s, 5, what->target);
    statement_bind_string(&s, 6, request->caller.object_id);
    statement_bind_i64(&s, 7, request->now);
    statement_bind_i64(&s, 8, request->now + least);
    statement_bind_i64(&s, 9, fails);
    return statement_run(&s, err);
}

static const char *address(
    struct request *request, const struct new_operation *what, const char *segment, const char *id)
{
    scoped_buffer struct buffer out = {0};
    const char *provider = kinds[what->kind].provider;
    buffer_init(&out, 4096);
    buffer_format(
        &out, "https://%.*s/subscriptions/%s", TEXT_ARGS(request->host), what->subscription_id);
    if (provider)
        buffer_format(&out, "/providers/%s/locations/%s", provider, what->location);
    buffer_format(&out, "/%s/%s?api-version=", segment, id);
    buffer_add_encoded(&out, request_query(request, "api-version"));
    return out.failed ? NULL : arena_string(&request->arena, out.at);
}

static void reply_accepted(struct reply *reply)
{
    reply->status = 202;
    reply->body = TEXT("");
    reply_header(reply, "Retry-After", RETRY_AFTER);
}

static bool reply_begun(struct request *request, struct reply *reply,
    const struct new_operation *what, const char *id, struct azb_error *err)
{
    const char *results = address(request, what, kinds[what->kind].results, id);
    const char *statuses = address(request, what, "operationStatuses", id);
    if (!results || !statuses)
        return fail_memory(err);
    reply_accepted(reply);
    reply_header(reply, "Location", results);
    reply_header(reply, "Azure-AsyncOperation", statuses);
    return true;
}

bool operation_begin(struct request *request, struct reply *reply, const struct new_operation *what,
    struct azb_error *err)
{
    char id[GUID_TEXT];
    const char *open;
    if (!forget_old(request, err) || !find_open(request, what, &open, err))
        return false;
    if (!open && !random_guid(id))
        return fail(err, AZB_ERROR_IO, "the system gives no random numbers");
    if (!open && !insert(request, what, id, err))
        return false;
    engine_changed(request->service, request->store);
    return reply_begun(request, reply, what, open ? open : id, err);
}

/* ---- Going on -------------------------------------------------------------------------------- */

static bool finish(struct operation_pass *pass, const struct async_operation *operation,
    const char *code, const char *message, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        pass->store, "UPDATE operation SET ended = ?2, code = ?3, message = ?4 WHERE row = ?1");
    statement_bind_i64(&s, 1, operation->row);
    statement_bind_i64(&s, 2, pass->now);
    statement_bind_string(&s, 3, code);
    statement_bind_string(&s, 4, message);
    return statement_run(&s, err);
}

static bool advance(
    struct operation_pass *pass, const struct async_operation *operation, struct azb_error *err)
{
    bool done = false;
    const struct kind *kind = &kinds[operation->kind];
    if (operation->fails)
        return kind->failed(pass, operation, err) &&
               finish(pass, operation, "OperationFailed",
                   "A test control of azbd lets operations fail.", err);
    if (!kind->advance(pass, operation, &done, err))
        return fail_while(err, "operation on %s", operation->resource_id);
    return !done || finish(pass, operation, NULL, NULL, err);
}

static const struct async_operation *read_open(
    struct operation_pass *pass, size_t *count, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        pass->store, "SELECT " COLUMNS " FROM operation WHERE ended IS NULL ORDER BY row");
    return rows_read(&s, sizeof(struct async_operation), read_operation, pass->arena, count, err);
}

bool operations_advance(struct service *service, struct store_connection *connection,
    int64_t *next_time, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    size_t count = 0;
    struct operation_pass pass = {service, connection, &arena, clock_ticks(&service->clock), false};
    const struct async_operation *open = read_open(&pass, &count, err);
    if (!open)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (open[i].not_before <= pass.now) {
            if (!advance(&pass, &open[i], err))
                return false;
        } else if (*next_time == 0 || open[i].not_before < *next_time) {
            *next_time = open[i].not_before;
        }
    }
    if (pass.go_on)
        *next_time = pass.now;
    return true;
}

/* ---- Asking ---------------------------------------------------------------------------------- */

/* Who began it may always ask: the addresses lie at the subscription, where one who may make an
 * account in a resource group need not have any right. */
static bool check_reader(
    struct request *request, const struct async_operation *operation, struct azb_error *err)
{
    if (string_equal_nocase(request->caller.object_id, operation->started_by))
        return true;
    const char *scope =
        arena_format(&request->arena, "/subscriptions/%s", operation->subscription_id);
    return scope ? authorize_arm(request, kinds[operation->kind].action, text_of(scope), err)
                 : fail_memory(err);
}

/* {operationId} is the last variable of all routes, {subscriptionId} the first. */
static bool find_asked(struct request *request, struct async_operation *out, struct azb_error *err)
{
    size_t last = 1;
    while (last + 1 < ROUTE_VALUES_MAX && request->values[last + 1].at)
        last++;
    scoped_statement struct statement s = statement(
        request->store, "SELECT " COLUMNS " FROM operation WHERE id = ?1 AND subscription_id = ?2");
    statement_bind_text(&s, 2, request->values[0]);
    const struct row_wanted wanted = {"operation", "id", request->values[last]};
    if (!row_find(&s, &wanted, read_operation, &request->arena, out, err))
        return refuse_as(err, "ResourceNotFound");
    return check_reader(request, out, err);
}

bool arm_get_operation_result(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct async_operation operation;
    if (!find_asked(request, &operation, err))
        return false;
    if (!operation.ended) {
        reply_accepted(reply);
        reply_header(reply, "Location",
            arena_format(&request->arena, "https://%.*s%.*s?%.*s", TEXT_ARGS(request->host),
                TEXT_ARGS(request->path), TEXT_ARGS(request->query)));
        return true;
    }
    if (operation.code)
        return fail_status(err, 409, operation.code, "%s", operation.message);
    if (kinds[operation.kind].result)
        return kinds[operation.kind].result(request, &operation, reply, err);
    reply->status = 200;
    reply->body = TEXT("");
    return true;
}

static const char *status_of(const struct async_operation *operation)
{
    if (!operation->ended)
        return "InProgress";
    return operation->code ? "Failed" : "Succeeded";
}

static void write_status(
    struct request *request, struct json_writer *writer, const struct async_operation *operation)
{
    json_begin_object(writer);
    json_member_text(writer, "id", request->path);
    json_member(writer, "name", operation->id);
    json_member(writer, "resourceId", operation->resource_id);
    json_member(writer, "status", status_of(operation));
    json_member_time(writer, "startTime", operation->started);
    json_member_time(writer, "endTime", operation->ended);
    if (operation->code) {
        json_name(writer, "error");
        json_begin_object(writer);
        json_member(writer, "code", operation->code);
        json_member(writer, "message", operation->message);
        json_end_object(writer);
    }
    json_end_object(writer);
}

bool arm_get_operation_status(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct async_operation operation;
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    if (!find_asked(request, &operation, err))
        return false;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    write_status(request, &writer, &operation);
    if (!operation.ended)
        reply_header(reply, "Retry-After", RETRY_AFTER);
    return reply_document(request, reply, 200, &text, err);
}
