#include "exchange.h"

#include <ctype.h>
#include <unistd.h>

#include "arm/package.h"
#include "base/error.h"
#include "failure.h"
#include "hosts.h"
#include "store/store.h"

static const size_t body_maximum[PLANES] = {
    [PLANE_ENTRA] = 256 * 1024,
    [PLANE_ARM] = REQUEST_BODY_MAX,
    [PLANE_GRAPH] = REQUEST_BODY_MAX,
    [PLANE_BATCH] = 1024 * 1024,
    [PLANE_CONTROL] = 1024 * 1024,
    [PLANE_ACCESS] = 1024 * 1024,
    [PLANE_PACKAGE] = PACKAGE_SIZE_MAX,
};

static bool is_bad(const struct exchange *exchange)
{
    return exchange->err.kind != AZB_ERROR_NONE;
}

/* The target */

static struct text cut_scheme(struct text target)
{
    static const char *const schemes[] = {"https://", "http://"};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        struct text scheme = text_of(schemes[i]);
        if (text_equal_nocase(text_slice(target, 0, scheme.length), scheme))
            return text_slice(target, scheme.length, target.length);
    }
    return TEXT_NONE;
}

/* RFC 9112 section 3.2: origin-form, or absolute-form, whose host goes before the Host header. */
static void split_target(struct request *request)
{
    struct text rest = request->target, absolute = cut_scheme(rest);
    if (absolute.at) {
        const char *slash = memchr(absolute.at, '/', absolute.length);
        size_t length = slash ? (size_t)(slash - absolute.at) : absolute.length;
        request->host = text_slice(absolute, 0, length);
        rest = slash ? text_slice(absolute, length, absolute.length) : TEXT("/");
    }
    text_cut(&rest, '?', &request->path);
    request->query = rest;
}

static bool escapes_are_good(struct text text)
{
    const char *end = text.at + text.length;
    for (const char *at = text.at; (at = memchr(at, '%', (size_t)(end - at))); at += 3) {
        if (end - at < 3 || !isxdigit((unsigned char)at[1]) || !isxdigit((unsigned char)at[2]))
            return false;
        if (at[1] == '0' && at[2] == '0')
            return false;
    }
    return true;
}

static void check_target(struct exchange *exchange, size_t length)
{
    if (length > EXCHANGE_TARGET_MAX)
        fail_status(&exchange->err, 414, "", "the request's target is longer than %d bytes",
            EXCHANGE_TARGET_MAX);
    else if (!exchange->request.target.at)
        fail_memory(&exchange->err);
    else if (!escapes_are_good(exchange->request.target))
        fail_status(&exchange->err, 400, "",
            "the request's target is not well-formed: a '%%' must be followed by two hexadecimal "
            "digits other than 00");
}

void exchange_start(struct exchange *exchange, struct service *service, const char *target)
{
    struct request *request = &exchange->request;
    size_t length = strlen(target);
    size_t kept = length > EXCHANGE_TARGET_MAX ? 0 : length;
    request->arena.maximum = REQUEST_MEMORY_MAX;
    request->service = service;
    request->headers = exchange->headers;
    request->now = clock_ticks(&service->clock);
    exchange->reply.file = -1;
    request->target.at = arena_copy(&request->arena, target, kept);
    request->target.length = kept;
    check_target(exchange, length);
    if (request->target.at)
        split_target(request);
}

/* The headers */

void exchange_add_header(struct exchange *exchange, const char *name, const char *value)
{
    struct request *request = &exchange->request;
    if (!value)
        value = "";
    exchange->head_length += strlen(name) + strlen(value);
    if (request->header_count == EXCHANGE_HEADERS_MAX ||
        exchange->head_length > EXCHANGE_HEAD_MAX) {
        fail_status(&exchange->err, 431, "",
            "the request has more than %d headers or %d bytes of them", EXCHANGE_HEADERS_MAX,
            EXCHANGE_HEAD_MAX);
        return;
    }
    exchange->headers[request->header_count++] = (struct http_header){name, value};
}

/* Headers that mean something else when two parts of a system pick different ones. */
static bool check_once(const struct request *request, struct azb_error *err)
{
    static const char *const names[] = {"Host", "Authorization", "Content-Length"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int count = 0;
        for (size_t at = 0; at < request->header_count; at++)
            count += string_equal_nocase(request->headers[at].name, names[i]);
        if (count > 1)
            return fail_status(err, 400, "", "the header %s is there more than once", names[i]);
    }
    return true;
}

static bool is_through_proxy(struct text host)
{
    struct text name;
    int port;
    return host_split(host, &name, &port) && (host_find(name) || text_is(name, HOST_METADATA));
}

static bool check_proxied(const struct exchange *exchange, struct azb_error *err)
{
    const struct request *request = &exchange->request;
    if (!cut_scheme(request->target).at)
        return fail_status(err, 400, "", "this is a proxy: it takes CONNECT and whole URLs");
    if (!is_through_proxy(request->host))
        return fail_status(err, 403, "", "azbd's proxy does not lead to %.*s",
            TEXT_ARGS(text_slice(request->host, 0, 200)));
    return true;
}

static bool check_length(const struct request *request, struct azb_error *err)
{
    uint64_t length;
    const char *value = request_header(request, "Content-Length");
    if (!value)
        return true;
    if (!text_to_u64(text_of(value), INT64_MAX, &length))
        return fail_status(err, 400, "", "Content-Length must be a number of bytes");
    size_t maximum = body_maximum[request->plane];
    if (length <= maximum)
        return true;
    fail_status(err, 413, "RequestBodyTooLarge",
        "The request body is too large and exceeds the maximum permissible limit.");
    error_add_value(err, "MaxLimit", "%zu", maximum);
    return false;
}

/* Random bits that belong to this exchange (an exchange serves one request at a time), and a number
 * that counts its requests: unique, and cheaper than asking for randomness each time. */
static bool make_request_id(struct exchange *exchange)
{
    unsigned char *id = exchange->id;
    if (!exchange->has_id && !random_bytes(id, sizeof(exchange->id)))
        return false;
    exchange->has_id = true;
    for (size_t i = sizeof(exchange->id) - 1; i > 9 && ++id[i] == 0; i--)
        ;
    guid_format(id, exchange->request.request_id);
    return true;
}

void exchange_begin(struct exchange *exchange, const char *method)
{
    struct request *request = &exchange->request;
    request->method = method;
    exchange->state = EXCHANGE_BODY;
    if (!request->host.at)
        request->host = text_of(request_header(request, "Host"));
    request->plane =
        route_cut_base(request) ? PLANE_BATCH : route_plane(request->host, request->path);
    request->path = route_path(request->plane, request->path);
    buffer_init(&exchange->body, body_maximum[request->plane]);
    if (!make_request_id(exchange))
        fail(&exchange->err, AZB_ERROR_IO, "the system has no randomness");
    if (is_bad(exchange) || !check_once(request, &exchange->err))
        return;
    if (exchange->from_proxy && !check_proxied(exchange, &exchange->err))
        return;
    if (!check_length(request, &exchange->err))
        return;
}

/* The body */

bool exchange_refuses_body(const struct exchange *exchange)
{
    uint64_t length = 0;
    const char *value = request_header(&exchange->request, "Content-Length");
    if (!is_bad(exchange))
        return false;
    return request_header(&exchange->request, "Expect") ||
           (value &&
               (!text_to_u64(text_of(value), INT64_MAX, &length) || length > EXCHANGE_DISCARD_MAX));
}

void exchange_add_body(struct exchange *exchange, const void *bytes, size_t length)
{
    if (is_bad(exchange)) {
        exchange->discarded += length;
        return;
    }
    buffer_add(&exchange->body, bytes, length);
    if (!exchange->body.failed)
        return;
    size_t maximum = exchange->body.maximum;
    if (exchange->body.length + length <= maximum) {
        fail_memory(&exchange->err);
        return;
    }
    fail_status(&exchange->err, 413, "RequestBodyTooLarge",
        "The request body is too large and exceeds the maximum permissible limit.");
    error_add_value(&exchange->err, "MaxLimit", "%zu", maximum);
}

/* Serving */

/* A test control may want this request to fail. */
static bool strikes(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    enum failure_effect effect =
        failures_strike(request->service->failures, request, &exchange->err);
    exchange->reset = effect == FAILURE_RESET;
    return effect != FAILURE_NONE;
}

static bool prepare(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    const struct plane_rows *rows = route_rows(request->plane);
    if (!route_find(request, &exchange->err))
        return false;
    if (request->service->store) {
        request->store = store_reader(request->service->store, &exchange->err);
        if (!request->store)
            return false;
    }
    if (strikes(exchange))
        return false;
    return !rows->prepare || rows->prepare(request, &exchange->err);
}

/* A service that has no lane (tests) serves slow requests as they come. */
static bool is_slow(const struct request *request)
{
    return request->route->flags & ROUTE_SLOW && request->service->slow_lane;
}

static bool waits(const struct request *request)
{
    return request->wait_ms > 0 && request->service->waiting_room;
}

bool exchange_dispatch(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    if (exchange->body.length > 0)
        request->body = buffer_text(&exchange->body);
    exchange->state = EXCHANGE_READY;
    if (is_bad(exchange) || !prepare(exchange))
        return false;
    if (is_slow(request) && slow_lane_is_full(request->service->slow_lane))
        return fail_status(&exchange->err, 503, "ServerBusy", "too many slow requests wait");
    if (waits(request) && waiting_room_is_full(request->service->waiting_room))
        return fail_status(&exchange->err, 503, "ServerBusy", "too many requests wait");
    if (waits(request) || is_slow(request) || request->writes ||
        request->route->flags & ROUTE_WRITES) {
        exchange->state = EXCHANGE_QUEUED;
        return true;
    }
    request->route->serve(request, &exchange->reply, &exchange->err);
    return false;
}

static bool write_in_store(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    struct exchange *exchange = context;
    struct request *request = &exchange->request;
    const struct plane_rows *rows = route_rows(request->plane);
    request->store = connection;
    if ((!rows->recheck || rows->recheck(request, &exchange->err)) &&
        request->route->serve(request, &exchange->reply, &exchange->err))
        return true;
    return fail(err, exchange->err.kind, "refused");
}

static void finish_queued(struct exchange *exchange)
{
    exchange->request.store = NULL;
    exchange->state = EXCHANGE_READY;
    exchange->wake(exchange->context);
}

/* What `serve` itself said goes before the store's word for it. */
static void written(void *context, const struct azb_error *err)
{
    struct exchange *exchange = context;
    if (err && !is_bad(exchange))
        fail(&exchange->err, err->kind, "%s", err->message);
    finish_queued(exchange);
}

/* On a thread of its own: the slow lane's, or the waiting room's. */
static void serve_elsewhere(void *context)
{
    struct exchange *exchange = context;
    struct request *request = &exchange->request;
    request->store = store_reader(request->service->store, &exchange->err);
    if (request->store)
        request->route->serve(request, &exchange->reply, &exchange->err);
    finish_queued(exchange);
}

static bool is_ready(void *context)
{
    struct exchange *exchange = context;
    return exchange->request.ready(&exchange->request);
}

static void wait_in_room(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    exchange->waiting = (struct waiting){.ready = is_ready,
        .run = serve_elsewhere,
        .context = exchange,
        .until_ms = monotonic_ms() + request->wait_ms};
    waiting_room_add(request->service->waiting_room, &exchange->waiting);
}

void exchange_queue(struct exchange *exchange, void (*wake)(void *context), void *context)
{
    struct service *service = exchange->request.service;
    exchange->wake = wake;
    exchange->context = context;
    exchange->slow = (struct slow_work){.run = serve_elsewhere, .context = exchange};
    if (waits(&exchange->request))
        wait_in_room(exchange);
    else if (is_slow(&exchange->request))
        slow_lane_add(service->slow_lane, &exchange->slow);
    else
        store_write(service->store, write_in_store, written, exchange);
}

/* The reply */

static void drop_reply(struct reply *reply)
{
    if (reply->file >= 0)
        close(reply->file);
    *reply = (struct reply){.file = -1};
}

static void refuse(struct exchange *exchange, const struct plane_rows *rows)
{
    struct request *request = &exchange->request;
    struct reply *reply = &exchange->reply;
    drop_reply(reply);
    rows->refuse(request, reply, &exchange->err);
    if (exchange->err.retry_after_ms)
        reply_header(reply, "Retry-After",
            arena_format(&request->arena, "%u", (exchange->err.retry_after_ms + 999) / 1000));
    if (reply->status == 405)
        reply_header(reply, "Allow", route_allow(request));
    if (reply->status >= 500)
        service_log("request", "%s %.*s: %d: %s", request->method,
            TEXT_ARGS(text_slice(request->path, 0, 200)), reply->status, exchange->err.message);
}

/* By the service's clock: what it judges the dates of assertions and tokens by. */
static void add_date(struct exchange *exchange)
{
    char *date = arena_alloc(&exchange->request.arena, TIME_TEXT_MAX);
    if (!date)
        return;
    time_http(exchange->request.now, date);
    reply_header(&exchange->reply, "Date", date);
}

void exchange_finish(struct exchange *exchange)
{
    const struct plane_rows *rows = route_rows(exchange->request.plane);
    if (is_bad(exchange))
        refuse(exchange, rows);
    add_date(exchange);
    if (rows->finish)
        rows->finish(&exchange->request, &exchange->reply);
}

/* Life */

void exchange_reset(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    struct arena arena = request->arena;
    drop_reply(&exchange->reply);
    buffer_free(&exchange->body);
    if (is_bad(exchange))
        azb_error_free(&exchange->err);
    arena_reset(&arena);
    *request = (struct request){.arena = arena};
    exchange->state = EXCHANGE_NEW;
    exchange->from_proxy = false;
    exchange->reset = false;
    exchange->head_length = 0;
    exchange->discarded = 0;
}

void exchange_free(struct exchange *exchange)
{
    if (!exchange)
        return;
    exchange_reset(exchange);
    arena_wipe(&exchange->request.arena);
    memory_free(exchange);
}
