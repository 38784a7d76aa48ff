/*
 * An operation from its args: the rows say which members are path, body, query and header.
 */
#include "batch/client.h"
#include "batch/print.h"
#include "batch/service_error.h"

#include "api/encode.h"
#include "base/error.h"

#define REQUEST_BODY_MAX (4 * 1024 * 1024)
#define URL_MAX (32 * 1024)

/* A size that is not ours would be read at the wrong places. */
static bool check_caller(const struct azb_batch *batch, const struct operation *operation,
    const void *args, const struct azb_reply *reply, struct azb_error *err)
{
    size_t size = 0;
    if (!batch || !args || !reply)
        return fail(err, AZB_ERROR_ARGUMENT, "%s: the %s is NULL", operation->name,
            !batch  ? "client (did azb_batch_open() fail?)"
            : !args ? "args"
                    : "reply");
    memcpy(&size, args, sizeof size);
    return size == operation_args_size(operation->id) ||
           fail(err, AZB_ERROR_ARGUMENT,
               "%s: args.size is %zu and not %zu: make args with AZB_ARGS (C++: azb_args) of the "
               "installed azb/batch.h",
               operation->name, size, operation_args_size(operation->id));
}

static bool check_paths(const struct call *call, struct azb_error *err)
{
    for (size_t i = 0; i < call->operation->path_count; i++)
        if (!call->paths[i] || !*call->paths[i])
            return fail(err, AZB_ERROR_ARGUMENT, "%s: %s is missing", call->operation->name,
                call->operation->path_parameters[i].name);
    if (call->operation->body_required && !call->body)
        return fail(err, AZB_ERROR_ARGUMENT, "%s: the body is missing", call->operation->name);
    return true;
}

/* Every member of an args struct is eight bytes wide: operations.c asserts it. */
bool call_of_args(
    const struct operation *operation, const void *args, struct call *call, struct azb_error *err)
{
    static const char *const no_conditions[4] = {NULL};
    const char *at = (const char *)args + sizeof(size_t);
    *call = (struct call){.operation = operation, .conditions = no_conditions};
    call->paths = (const char *const *)(const void *)at;
    at += operation->path_count * sizeof(char *);
    if (operation->body) {
        memcpy(&call->body, at, sizeof call->body);
        at += sizeof call->body;
    }
    call->queries = (const union call_query *)(const void *)at;
    at += operation->query_count * sizeof(union call_query);
    call->headers = (const char *const *)(const void *)at;
    at += operation->header_count * sizeof(char *);
    size_t conditions = operation->conditions == CONDITIONS_ALL     ? 4
                        : operation->conditions == CONDITIONS_DATES ? 2
                                                                    : 0;
    if (conditions)
        call->conditions = (const char *const *)(const void *)at;
    at += conditions * sizeof(char *);
    if (operation->returns_kind == RETURNS_FILE && operation->method == METHOD_GET) {
        memcpy(&call->sink, at, sizeof call->sink);
        memcpy(&call->sink_context, at + sizeof call->sink, sizeof call->sink_context);
        at += sizeof call->sink + sizeof call->sink_context;
    }
    memcpy(&call->timeout_ms, at, sizeof call->timeout_ms);
    memcpy(&call->cancel, at + sizeof call->timeout_ms, sizeof call->cancel);
    return check_paths(call, err);
}

static void add_path(const struct call *call, struct buffer *url)
{
    struct text rest = text_of(call->operation->path), piece;
    size_t variable = 0;
    text_cut(&rest, '/', &piece);
    while (rest.at && text_cut(&rest, '/', &piece)) {
        buffer_add_char(url, '/');
        if (piece.length && piece.at[0] == '{')
            buffer_add_encoded(url, text_of(call->paths[variable++]));
        else
            buffer_add_text(url, piece);
    }
}

static void add_query(
    const struct operation_parameter *query, const union call_query *value, struct buffer *url)
{
    char number[24];
    const char *text = value->text;
    enum query_type type = operation_query_type(query);
    if (type != QUERY_TEXT) {
        snprintf(number, sizeof number, "%lld", (long long)value->number);
        text = value->number == 0 ? NULL : type == QUERY_FLAG ? "true" : number;
    }
    if (!text)
        return;
    buffer_format(url, "&%s=", query->wire_name);
    buffer_add_encoded(url, text_of(text));
}

static void add_url(const struct azb_batch *batch, const struct call *call, struct buffer *url)
{
    buffer_add_string(url, batch->account_url);
    add_path(call, url);
    buffer_format(url, "?api-version=%s", batch->api_version);
    for (size_t i = 0; i < call->operation->query_count; i++)
        add_query(&call->operation->queries[i], &call->queries[i], url);
}

static void add_headers(const struct call *call, struct http_request *request)
{
    static const char *const all[] = {
        "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"};
    const char *const *names = call->operation->conditions == CONDITIONS_DATES ? all + 2 : all;
    size_t count = call->operation->conditions == CONDITIONS_DATES ? 2 : 4;
    for (size_t i = 0; i < call->operation->header_count; i++)
        if (call->headers[i])
            http_add_header(request, call->operation->headers[i].wire_name, call->headers[i]);
    for (size_t i = 0; i < count && call->operation->conditions != CONDITIONS_NONE; i++)
        if (call->conditions[i])
            http_add_header(request, names[i], call->conditions[i]);
}

static bool fail_buffer(
    const struct call *call, const char *what, const struct buffer *buffer, struct azb_error *err)
{
    return fail(err, AZB_ERROR_MEMORY, "%s: the %s is longer than %zu bytes, or memory is short",
        call->operation->name, what, buffer->maximum);
}

static bool add_body(const struct call *call, struct buffer *body, struct http_request *request,
    struct azb_error *err)
{
    enum operation_method method = call->operation->method;
    if (call->body) {
        struct json_writer writer;
        json_writer_init(&writer, body, 0);
        api_encode(call->operation->body(), call->operation->body_shape, call->body, NULL, &writer);
        if (body->failed)
            return fail_buffer(call, "body", body, err);
        request->body = buffer_text(body);
        http_add_header(request, "Content-Type", "application/json; odata=minimalmetadata");
    } else if (method == METHOD_POST || method == METHOD_PUT || method == METHOD_PATCH) {
        request->body = TEXT("");
    }
    return true;
}

/* A POST is sent again after 429 and 5xx as Microsoft's clients do: the ids are the caller's, so
 * nothing is made twice. But the conflict may then be with oneself. */
static bool tell_of_earlier_tries(
    const struct call *call, const struct http_response *response, struct azb_error *err)
{
    if (call->operation->method == METHOD_POST && response->status == 409 && response->tries > 1)
        error_add_value(err, "EarlierTries",
            "%d tries of this call were answered with an error before: one of them may have done "
            "it all the same",
            response->tries - 1);
    return false;
}

static bool call_operation(struct azb_batch *batch, const struct call *call,
    struct azb_reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer url = {0}, body = {0};
    buffer_init(&url, URL_MAX);
    buffer_init(&body, REQUEST_BODY_MAX);
    add_url(batch, call, &url);
    if (url.failed)
        return fail_buffer(call, "URL", &url, err);
    struct arena *arena = reply_arena(reply);
    if (!arena)
        return fail_memory(err);
    struct http_request request;
    http_request_init(&request, operation_method_text(call->operation->method), url.at);
    add_headers(call, &request);
    request.sink = call->sink;
    request.sink_context = call->sink_context;
    struct http_response response;
    if (!add_body(call, &body, &request, err) ||
        !client_send(batch, &request, call, arena, &response, err))
        return false;
    if (response.status != call->operation->status) {
        (void)service_error(&response, err);
        return tell_of_earlier_tries(call, &response, err);
    }
    return reply_read(call->operation, &response, reply, err);
}

bool batch_call(struct azb_batch *batch, const struct operation *operation, const void *args,
    struct azb_reply *reply, struct azb_error *err)
{
    struct azb_error own = AZB_ERROR_INIT; /* for callers who do not want to know */
    struct azb_error *problem = err ? err : &own;
    struct call call;
    bool done = check_caller(batch, operation, args, reply, problem) &&
                call_of_args(operation, args, &call, problem) &&
                call_operation(batch, &call, reply, problem);
    if (!done)
        azb_reply_free(reply);
    azb_error_free(&own);
    return done;
}
