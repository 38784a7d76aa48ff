/*
 * batch/plane.c - the Batch plane: routes out of the operation rows, and what all requests have in
 * common: account, caller, api-version, permission, body, headers, errors.
 */
#include "api/decode.h"
#include "api/validate.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "base/time.h"
#include "batch/batch.h"
#include "challenge.h"
#include "document.h"

/* ---- Routes: a view of operations.def and unserved.def ---- */

#define PERMISSION(...)
#define PATH(...)
#define QUERY(...)
#define BODY(...)
#define RETURNS(...)
#define CONDITIONS(...)
#define HEADER(...)
#define END_OPERATION(name)

enum {
    FLAGS_GET = ROUTE_READS,
    FLAGS_HEAD = ROUTE_READS,
    FLAGS_POST = ROUTE_WRITES,
    FLAGS_PUT = ROUTE_WRITES,
    FLAGS_PATCH = ROUTE_WRITES,
    FLAGS_DELETE = ROUTE_WRITES,
};

/* The first OPERATION_COUNT are in the order of their ids. */
static const struct route routes[] = {
#define OPERATION(name, verb, where, ...)                                                          \
    {.method = #verb,                                                                              \
        .path = where,                                                                             \
        .flags = (enum route_flags)FLAGS_##verb,                                                   \
        .serve = serve_##name},
#include "api/operations.def"
#include "api/operations_end.h"
#define UNSERVED(verb, where, ...) {.method = #verb, .path = where, .serve = serve_unserved},
#define RETIRED(verb, where, ...) {.method = #verb, .path = where, .serve = serve_unserved},
#include "api/unserved.def"
#undef UNSERVED
#undef RETIRED
};

static const struct unserved_operation *unserved_of(const struct route *route)
{
    size_t index = (size_t)(route - routes);

    return index < OPERATION_COUNT ? NULL : unserved_at(index - OPERATION_COUNT);
}

static const struct operation *operation_of(const struct route *route)
{
    size_t index = (size_t)(route - routes);

    return index < OPERATION_COUNT ? operation_at(index) : NULL;
}

/* ---- Preparing ---- */

static bool find_account(struct request *request, struct batch_call *call, struct azb_error *err)
{
    struct text name =
        request->base.length ? text_slice(request->base, 1, request->base.length) : request->host;

    call->account = account_of_request(request);
    if (!call->account)
        return fail_status(err, 404, "ResourceNotFound",
            "There is no Batch account at the host name '%.*s'.",
            TEXT_ARGS(text_slice(name, 0, 200)));
    if (call->account->state == ACCOUNT_READY)
        return true;
    return fail_status(err, 403, "AccountIsDisabled",
        "The specified account is disabled: it is being made or "
        "deleted, or that failed.");
}

/* The account may have gone since: nothing must be put into it then. */
static bool recheck(struct request *request, struct azb_error *err)
{
    const struct account *account = batch_call(request)->account;
    bool found = false;
    scoped_statement struct statement s = statement(
        request->store, "SELECT 1 FROM account WHERE row = ?1 AND created = ?2 AND state = 1");

    statement_bind_i64(&s, 1, account->row);
    statement_bind_i64(&s, 2, account->created);
    if (!statement_step(&s, &found, err))
        return false;
    return found || fail_status(err, 403, "AccountIsDisabled",
                        "The specified account is disabled: it is being deleted.");
}

static void list_versions(struct azb_error *err)
{
    struct buffer out;

    buffer_init(&out, 390);
    for (size_t i = 0; api_version_at(i); i++)
        buffer_format(&out, "%s%s", i ? ", " : "", api_version_at(i)->name);
    error_add_value(err, "Reason", "The api-versions served are %s", out.at ? out.at : "");
    buffer_free(&out);
}

static bool check_version(struct request *request, struct batch_call *call, struct azb_error *err)
{
    struct text name = request_query(request, "api-version");

    if (!name.at || name.length == 0) {
        fail_status(err, 400, "MissingRequiredQueryParameter",
            "A query parameter that's mandatory for this request is not specified.");
        error_add_value(err, "QueryParameterName", "api-version");
        list_versions(err);
        return false;
    }
    call->version = api_version_find(name);
    if (call->version)
        return true;
    fail_status(err, 400, "UnsupportedRequestVersion",
        "The specified api-version '%.*s' is not supported.", TEXT_ARGS(name));
    error_add_value(err, "QueryParameterName", "api-version");
    error_add_value(err, "QueryParameterValue", "%.*s", TEXT_ARGS(name));
    list_versions(err);
    return false;
}

enum autopool { WITHOUT_AUTOPOOL, WITH_AUTOPOOL };

static bool check_permission(struct request *request, const struct batch_call *call,
    enum autopool autopool, struct azb_error *err)
{
    const struct operation_permission *permission =
        call->operation ? &call->operation->permission : &call->unserved->permission;
    bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;

    return authorize_batch(request, call->account, permission->kind, permission->name, reads,
        autopool == WITH_AUTOPOOL, err);
}

/* curl's form type is refused, so that a forgotten header is named; none at all is tolerated. */
static bool check_content_type(const struct request *request, struct azb_error *err)
{
    const char *type = request_header(request, "Content-Type");

    if (!type || text_starts(text_of(type), "application/json"))
        return true;
    fail_status(err, 400, "InvalidHeaderValue",
        "The value provided for one of the HTTP headers was not in the correct format.");
    error_add_value(err, "HeaderName", "Content-Type");
    error_add_value(err, "HeaderValue", "%s", type);
    error_add_value(err, "Reason", "The body must be application/json; odata=minimalmetadata");
    return false;
}

static bool body_missing(struct azb_error *err)
{
    fail_status(err, 400, "InvalidRequestBody",
        "The specified Request Body is not syntactically "
        "valid.");
    error_add_value(err, "Reason", "The body is empty; this operation needs one");
    return false;
}

/* The tasks of a collection are judged one by one, later. */
static bool is_collection(const struct operation *operation)
{
    return operation->id == OPERATION_task_create_collection;
}

static bool read_body(struct request *request, struct batch_call *call, struct azb_error *err)
{
    const struct operation *operation = call->operation;
    const struct model *model = operation && operation->body ? operation->body() : NULL;

    if (!model)
        return true;
    if (text_trim(request->body).length == 0)
        return !operation->body_required || body_missing(err);
    if (!check_content_type(request, err))
        return false;
    call->body = arena_alloc(&request->arena, model->size);
    if (!call->body)
        return fail_memory(err);
    return api_decode(model, operation->body_shape, API_STRICT, request->body, call->version,
               &request->arena, call->body, err) &&
           (is_collection(operation) ||
               api_validate(model, operation->body_shape, call->body, err));
}

static const struct azb_pool_info *pool_info_of(const struct batch_call *call)
{
    const struct operation *operation = call->operation;
    const struct azb_job *job = call->body;

    if (!job || operation->body != model_job)
        return NULL;
    return job->pool_info;
}

static bool check_autopool(
    struct request *request, const struct batch_call *call, struct azb_error *err)
{
    const struct azb_pool_info *pool = pool_info_of(call);

    if (!pool || !pool->auto_pool_specification)
        return true;
    return check_permission(request, call, WITH_AUTOPOOL, err);
}

static bool prepare(struct request *request, struct azb_error *err)
{
    struct batch_call *call = arena_alloc(&request->arena, sizeof(*call));

    if (!call)
        return fail_memory(err);
    call->operation = operation_of(request->route);
    call->unserved = unserved_of(request->route);
    request->prepared = call;
    return find_account(request, call, err) &&
           authorize_batch_caller(request, call->account, err) &&
           challenges_check(request->service->challenges, request, err) &&
           check_version(request, call, err) &&
           check_permission(request, call, WITHOUT_AUTOPOOL, err) &&
           read_body(request, call, err) && check_autopool(request, call, err);
}

/* ---- What all answers carry ---- */

static void finish(struct request *request, struct reply *reply)
{
    const char *echo = request_header(request, "return-client-request-id");

    reply_header(reply, "DataServiceVersion", "3.0");
    reply_header(reply, "Server", "Microsoft-HTTPAPI/2.0");
    reply_header(reply, "request-id", request->request_id);
    if (request_is_public(request)) /* for localhost browsers would refuse every http://localhost */
        reply_header(reply, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    reply_header(reply, "X-Content-Type-Options", "nosniff");
    if (echo && string_equal_nocase(echo, "true"))
        reply_header(reply, "client-request-id", request_header(request, "client-request-id"));
    authorize_headers(request, reply);
}

/* ---- Errors ---- */

struct shown_error {
    int status;
    const char *code;
    const char *message;
};

/* NULL: the error's own message says it best. */
static const struct shown_error not_routed[] = {
    {400, "InvalidInput", NULL},
    {403, "Forbidden", NULL},
    {404, "ResourceNotFound", "The specified resource does not exist."},
    {405, "UnsupportedHttpVerb", "The resource doesn't support the specified HTTP verb."},
    {414, "InvalidUri", NULL},
    {431, "InvalidHeaderValue", NULL},
};

/* Errors of the router and of rooms below have no code of Batch's. */
static struct shown_error shown(const struct azb_error *err)
{
    struct shown_error out = {err->http_status, err->code, err->message};

    for (size_t i = 0; i < sizeof(not_routed) / sizeof(not_routed[0]); i++) {
        const struct shown_error *row = &not_routed[i];

        if (!err->code[0] && err->http_status == row->status)
            return (struct shown_error){
                row->status, row->code, row->message ? row->message : err->message};
    }
    if (out.status == 0 || !out.code[0])
        out = (struct shown_error){out.status >= 400 ? out.status : 500, "InternalError",
            "The server encountered an internal error. Please retry the request."};
    return out;
}

static void write_value(struct json_writer *writer, const char *key, const char *value)
{
    json_begin_object(writer);
    json_member(writer, "key", key);
    json_member(writer, "value", value);
    json_end_object(writer);
}

/* Whoever may work here is told what is behind an InternalError ("the disk is full"), too. */
static void write_values(
    struct request *request, const struct azb_error *err, struct json_writer *writer)
{
    bool internal = err->http_status == 0 && request->caller.kind != CALLER_NOBODY;
    const char *explanation = authorize_link(request, err);

    if (err->value_count == 0 && !internal && !explanation)
        return;
    json_name(writer, "values");
    json_begin_array(writer);
    for (size_t i = 0; i < err->value_count; i++)
        write_value(writer, err->values[i].key, err->values[i].value);
    if (internal)
        write_value(writer, "Reason", err->message);
    if (explanation)
        write_value(writer, "ExplanationLink", explanation);
    json_end_array(writer);
}

static void write_error(struct request *request, const struct shown_error *error,
    const struct azb_error *err, struct json_writer *writer)
{
    char now[TIME_TEXT_MAX];

    time_iso8601(request->now, now);
    json_begin_object(writer);
    json_member(writer, "odata.metadata",
        arena_format(&request->arena,
            "%s/$metadata#Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element",
            account_url(request)));
    json_member(writer, "code", error->code);
    json_name(writer, "message");
    json_begin_object(writer);
    json_member(writer, "lang", "en-US");
    json_member(writer, "value",
        arena_format(&request->arena, "%s\nRequestId:%s\nTime:%s", error->message,
            request->request_id, now));
    json_end_object(writer);
    write_values(request, err, writer);
    json_end_object(writer);
}

static void refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    struct shown_error error = shown(err);

    buffer_init(&out, 64 * 1024);
    reply->status = error.status;
    reply->body = TEXT("");
    authorize_challenge(request, reply, err);
    if (error.status == 304)
        return;
    if (strcmp(request->method, "HEAD") == 0) {
        (void)authorize_link(request, err); /* its headers are there all the same */
        return;
    }
    json_writer_init(&writer, &out, 0);
    write_error(request, &error, err, &writer);
    reply->body =
        (struct text){arena_copy(&request->arena, out.at, out.length), out.failed ? 0 : out.length};
    reply_header(reply, "Content-Type", "application/json; odata=minimalmetadata");
}

const struct plane_rows *batch_plane(void)
{
    static const struct plane_rows plane = {
        .name = "batch",
        .routes = routes,
        .count = sizeof(routes) / sizeof(routes[0]),
        .prepare = prepare,
        .recheck = recheck,
        .finish = finish,
        .refuse = refuse,
    };

    return &plane;
}

/* ---- What is not served ---- */

bool serve_unserved(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct unserved_operation *unserved = batch_call(request)->unserved;

    (void)reply;
    if (unserved->retired)
        fail_status(err, 410, "FeatureRetired",
            "%s: this feature of Azure Batch has been retired and is not served any more.",
            unserved->help);
    else
        fail_status(
            err, 501, "NotImplemented", "%s: this service does not do that (yet).", unserved->help);
    error_add_value(
        err, "Operation", "%s %s", operation_method_text(unserved->method), unserved->path);
    return false;
}
