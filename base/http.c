/*
 * The HTTP client: deadlines, cancelling and retries around a transport of one try.
 */
#include "base/http.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "base/crypto.h"
#include "base/error.h"
#include "base/http_curl.h"

#define RETRIES_DEFAULT 3
#define BACKOFF_FIRST_MS 800
#define BACKOFF_MAX_MS 60000
#define RETRY_AFTER_MAX_MS (3600 * 1000)
#define WAIT_SLICE_MS 50 /* how often a real wait looks at the cancel flag */

struct http_client {
    struct http_options options; /* its strings are not kept */
    struct curl_pool *pool;      /* NULL with another transport */
    pid_t pid;                   /* who made it */
};

/* Counts what reached the caller's sink: a try that delivered bytes cannot be repeated. */
struct delivery {
    http_sink_fn *sink;
    void *context;
    bool begun;
};

/* One http_send on its way. */
struct call {
    struct http_client *client;
    struct http_request request; /* the caller's, with `delivery` as its sink */
    struct delivery delivery;
    int64_t deadline_ms; /* of monotonic_ms */
    int tries_allowed;
};

void http_request_init(struct http_request *request, const char *method, const char *url)
{
    *request = (struct http_request){.method = method, .url = url};
}

void http_add_header(struct http_request *request, const char *name, const char *value)
{
    assert(name && value && request->header_count < HTTP_HEADERS_MAX);
    if (request->header_count < HTTP_HEADERS_MAX)
        request->headers[request->header_count++] = (struct http_header){name, value};
}

const char *http_header(const struct http_response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (string_equal_nocase(response->headers[i].name, name))
            return response->headers[i].value;
    return NULL;
}

/* RFC 9110 section 10.2.3: delay-seconds or HTTP-date. */
int64_t http_retry_after_ms(const struct http_response *response)
{
    struct text value = text_trim(text_of(http_header(response, "Retry-After")));
    uint64_t seconds;
    int64_t ticks;
    int64_t ms = 0;
    if (text_to_u64(value, INT64_MAX / 1000, &seconds))
        ms = (int64_t)seconds * 1000;
    else if (value.length && time_parse_http(value, &ticks))
        ms = (ticks - clock_ticks(NULL)) / TICKS_PER_MS;
    if (ms <= 0)
        return 0;
    return ms < RETRY_AFTER_MAX_MS ? ms : RETRY_AFTER_MAX_MS;
}

static const char *ca_file_of(const struct http_options *options)
{
    if (options->ca_file)
        return options->ca_file;
    const char *file = getenv("SSL_CERT_FILE");
    return file && file[0] ? file : NULL;
}

struct http_client *http_client_new(const struct http_options *options, struct azb_error *err)
{
    static const struct http_options none;
    struct http_client *client = memory_alloc(sizeof(*client));
    if (!client) {
        fail_memory(err);
        return NULL;
    }
    client->options = options ? *options : none;
    client->pid = getpid();
    if (client->options.transport)
        return client;
    const char *agent = client->options.user_agent;
    client->pool = curl_pool_new(ca_file_of(&client->options), agent ? agent : "azb/" AZB_VERSION);
    client->options.transport = curl_transport;
    client->options.transport_context = client->pool;
    if (client->pool)
        return client;
    memory_free(client);
    fail_memory(err);
    return NULL;
}

void http_client_free(struct http_client *client)
{
    if (!client)
        return;
    if (client->pid == getpid())
        curl_pool_free(client->pool);
    else
        curl_pool_abandon(client->pool);
    memory_free(client);
}

static bool deliver(void *context, const void *bytes, size_t length)
{
    struct delivery *delivery = context;
    delivery->begun = true;
    return delivery->sink(delivery->context, bytes, length);
}

/* A line break in a header would let its value write further headers. */
static bool is_header_clean(const struct http_header *header)
{
    return header->name[0] && !strpbrk(header->name, ":; \t\r\n") &&
           !strpbrk(header->value, "\r\n");
}

static bool check_request(
    const struct http_client *client, const struct http_request *request, struct azb_error *err)
{
    struct url url;
    if (client->pid != getpid())
        return fail(err, AZB_ERROR_CONFIGURATION,
            "the HTTP client was made before fork(); the child process must make its own");
    if (!url_parse(text_of(request->url), &url))
        return fail(err, AZB_ERROR_ARGUMENT, "the URL must be http:// or https:// with a host");
    if (request->peer_thumbprint && !text_is(url.scheme, "https"))
        return fail(err, AZB_ERROR_ARGUMENT, "only https has a certificate that can be compared");
    size_t method = strspn(request->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (!method || request->method[method])
        return fail(err, AZB_ERROR_ARGUMENT, "the HTTP method must be upper-case letters");
    for (size_t i = 0; i < request->header_count; i++)
        if (!is_header_clean(&request->headers[i]))
            return fail(err, AZB_ERROR_ARGUMENT,
                "the request header '%.64s' has a line break or is no header name",
                request->headers[i].name);
    return true;
}

static bool is_set(const atomic_bool *cancel)
{
    return cancel && atomic_load(cancel);
}

static bool is_cancelled(const struct call *call)
{
    return is_set(call->request.cancel);
}

static int64_t left_ms(const struct call *call)
{
    return call->deadline_ms - monotonic_ms();
}

static bool is_idempotent(const struct http_request *request)
{
    static const char *const methods[] = {"GET", "HEAD", "PUT", "DELETE"};
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (strcmp(request->method, methods[i]) == 0)
            return true;
    return request->idempotent;
}

static bool is_retry_status(int status)
{
    static const int statuses[] = {408, 429, 500, 502, 503, 504};
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (status == statuses[i])
            return true;
    return false;
}

/* After a try without an answer; see http_transport_fn. */
static bool may_send_again(const struct call *call, const struct azb_error *problem)
{
    if (problem->kind != AZB_ERROR_NETWORK || problem->code[0] || call->delivery.begun)
        return false;
    return problem->retryable || is_idempotent(&call->request);
}

/* 0.8 s, 1.6 s, 3.2 s, ... each 20 % more or less, so that clients do not come back in step. */
static int64_t backoff_ms(int tries)
{
    unsigned short noise = 0x8000;
    int64_t ms = BACKOFF_FIRST_MS;
    for (int i = 1; i < tries && ms < BACKOFF_MAX_MS; i++)
        ms *= 2;
    if (ms > BACKOFF_MAX_MS)
        ms = BACKOFF_MAX_MS;
    random_bytes(&noise, sizeof(noise)); /* without randomness: no jitter */
    return ms * 8 / 10 + ms * 4 / 10 * noise / 0xffff;
}

static void sleep_ms(int64_t ms)
{
    struct timespec span = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&span, NULL);
}

bool http_wait(struct http_client *client, int64_t ms, const atomic_bool *cancel)
{
    const struct http_options *options = &client->options;
    if (options->wait) {
        options->wait(options->wait_context, ms);
        return false;
    }
    int64_t until = monotonic_ms() + ms;
    for (int64_t left = ms; left > 0 && !is_set(cancel); left = until - monotonic_ms())
        sleep_ms(left < WAIT_SLICE_MS ? left : WAIT_SLICE_MS);
    return true;
}

/* With a hook the time counts as passed, although the clock has not moved. */
static void wait_ms(struct call *call, int64_t ms)
{
    if (!http_wait(call->client, ms, call->request.cancel))
        call->deadline_ms -= ms;
}

static void trace(const struct call *call, int status, int64_t started_ms)
{
    const struct http_options *options = &call->client->options;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0); /* before any return: it is freed at the end in any case */
    if (!options->trace)
        return;
    const char *url = call->request.url;
    const char *shown = arena_copy(&arena, url, strcspn(url, "?#"));
    options->trace(options->trace_context, call->request.method, shown ? shown : "", status,
        monotonic_ms() - started_ms);
}

static bool try_once(struct call *call, struct arena *arena, struct http_response *response,
    struct azb_error *problem)
{
    const struct http_options *options = &call->client->options;
    int64_t started = monotonic_ms();
    int64_t left = left_ms(call);
    if (is_cancelled(call))
        return fail(problem, AZB_ERROR_CANCELLED, "the request was cancelled");
    if (left <= 0)
        return fail(problem, AZB_ERROR_TIMEOUT, "the deadline of the request has passed");
    bool answered = options->transport(
        options->transport_context, &call->request, left, arena, response, problem);
    trace(call, answered ? response->status : 0, started);
    return answered;
}

/* What the request's own rules say; -1: no further try. */
static int64_t ruled_ms(const struct http_request *request, const struct http_response *response)
{
    for (size_t i = 0; i < request->retry_rule_count; i++) {
        const struct http_retry_rule *rule = &request->retry_rules[i];
        if (response->status < rule->from || response->status > rule->to)
            continue;
        int64_t ms = rule->first_ms;
        for (int tries = 1; tries < response->tries; tries++)
            ms *= rule->factor;
        return response->tries <= rule->tries ? ms : -1;
    }
    return -1;
}

/* The wait after this try, when the service names none; -1: no further try. */
static int64_t own_pause_ms(const struct call *call, const struct http_response *response,
    bool answered, const struct azb_error *problem)
{
    if (answered && call->request.retry_rules)
        return ruled_ms(&call->request, response);
    bool again = answered ? is_retry_status(response->status) : may_send_again(call, problem);
    return again && response->tries < call->tries_allowed ? backoff_ms(response->tries) : -1;
}

/* How long to wait before the next try; -1 when this one was the last. */
static int64_t pause_after(const struct call *call, const struct http_response *response,
    bool answered, const struct azb_error *problem)
{
    int64_t ms = own_pause_ms(call, response, answered, problem);
    int64_t asked_ms = answered ? http_retry_after_ms(response) : 0;
    if (ms >= 0 && asked_ms)
        ms = asked_ms;
    return ms < left_ms(call) ? ms : -1;
}

static bool send_tries(
    struct call *call, struct arena *arena, struct http_response *response, struct azb_error *err)
{
    for (int tries = 1;; tries++) {
        struct azb_error problem = AZB_ERROR_INIT;
        struct http_response answer = {.status = 0};
        bool answered = try_once(call, arena, &answer, &problem);
        answer.tries = tries;
        int64_t pause = pause_after(call, &answer, answered, &problem);
        if (pause < 0) {
            if (answered)
                *response = answer;
            else
                error_move(err, &problem);
            return answered;
        }
        wait_ms(call, pause);
    }
}

int64_t http_deadline_ms(int64_t timeout_ms)
{
    if (timeout_ms <= 0)
        timeout_ms = HTTP_TIMEOUT_DEFAULT_MS;
    return monotonic_ms() + (timeout_ms < HTTP_TIMEOUT_MAX_MS ? timeout_ms : HTTP_TIMEOUT_MAX_MS);
}

int64_t http_request_deadline_ms(const struct http_request *request)
{
    bool unlimited = request->sink && request->timeout_ms <= 0;
    return http_deadline_ms(unlimited ? HTTP_TIMEOUT_MAX_MS : request->timeout_ms);
}

bool http_send(struct http_client *client, const struct http_request *request, struct arena *arena,
    struct http_response *response, struct azb_error *err)
{
    if (!check_request(client, request, err))
        return false;
    struct call call = {.client = client, .request = *request};
    int retries = request->retries ? request->retries : RETRIES_DEFAULT;
    call.deadline_ms = http_request_deadline_ms(request);
    call.tries_allowed = retries > 0 ? retries + 1 : 1;
    if (request->sink) {
        call.delivery = (struct delivery){request->sink, request->sink_context, false};
        call.request.sink = deliver;
        call.request.sink_context = &call.delivery;
    }
    return send_tries(&call, arena, response, err);
}
