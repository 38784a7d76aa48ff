/*
 * libcurl behind http_transport_fn. The library is loaded at the first request; a handle (with its
 * connections) is used by one request at a time and then kept for the next.
 *
 * The cancel flag is looked at in curl's progress callback, which runs with every packet and at
 * least once a second.
 *
 * When a kept-alive connection turns out to be closed before any byte of an answer, curl itself
 * sends the request once more on a new one, whatever the method: the usual race with a server that
 * closes idle connections.
 */
#include "base/http_curl.h"

#include <errno.h>
#include <pthread.h>
#include "base/crypto.h"
#include "base/curl_library.h"
#include "base/curl_pin.h"
#include "base/error.h"

#define IDLE_MAX 16
#define RESPONSE_HEADERS_MAX 100
#define HEADER_LINE_MAX (64 * 1024) /* of a request: bearer tokens are long */

struct curl_pool {
    pthread_mutex_t lock;
    CURL *idle[IDLE_MAX]; /* the last one used is on top */
    size_t idle_count;
    char *ca_file;
    char *user_agent;
};

/* One request on its way. */
struct exchange {
    const struct curl_functions *curl;
    CURL *handle;
    const struct http_request *request;
    const char *host; /* "name:port", for messages */
    const char *ca_file;
    struct arena *arena;
    struct azb_error *err;
    bool failed; /* a callback has set err */
    int status;
    struct buffer body;
    struct http_header headers[RESPONSE_HEADERS_MAX];
    size_t header_count;
    struct curl_slist *request_headers;
    char detail[CURL_ERROR_SIZE];
};

struct curl_pool *curl_pool_new(const char *ca_file, const char *user_agent)
{
    struct curl_pool *pool = memory_alloc(sizeof(*pool));
    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pool->ca_file = ca_file ? memory_string(ca_file) : NULL;
    pool->user_agent = memory_string(user_agent);
    if (pool->user_agent && (!ca_file || pool->ca_file))
        return pool;
    curl_pool_free(pool);
    return NULL;
}

void curl_pool_abandon(struct curl_pool *pool)
{
    if (!pool)
        return;
    memory_free(pool->ca_file);
    memory_free(pool->user_agent);
    memory_free(pool);
}

void curl_pool_free(struct curl_pool *pool)
{
    if (!pool)
        return;
    for (size_t i = 0; i < pool->idle_count; i++)
        curl_functions(NULL)->easy_cleanup(pool->idle[i]);
    pthread_mutex_destroy(&pool->lock);
    curl_pool_abandon(pool);
}

static CURL *take_handle(struct curl_pool *pool, const struct curl_functions *curl)
{
    CURL *handle = NULL;
    pthread_mutex_lock(&pool->lock);
    if (pool->idle_count)
        handle = pool->idle[--pool->idle_count];
    pthread_mutex_unlock(&pool->lock);
    return handle ? handle : curl->easy_init();
}

static void return_handle(struct curl_pool *pool, const struct curl_functions *curl, CURL *handle)
{
    curl->easy_reset(handle); /* options and pointers go, connections stay */
    pthread_mutex_lock(&pool->lock);
    bool kept = pool->idle_count < IDLE_MAX;
    if (kept)
        pool->idle[pool->idle_count++] = handle;
    pthread_mutex_unlock(&pool->lock);
    if (!kept)
        curl->easy_cleanup(handle);
}

/* Ends the transfer from inside a callback: the error has been set. */
static size_t stop(struct exchange *exchange)
{
    exchange->failed = true;
    return 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    const struct http_request *request = exchange->request;
    size_t length = size * count;
    if (request->sink && exchange->status / 100 == 2) {
        if (request->sink(request->sink_context, bytes, length))
            return length;
        fail(exchange->err, AZB_ERROR_IO, "%s: the receiver of the body stopped the transfer",
            exchange->host);
        return stop(exchange);
    }
    if (length > exchange->body.maximum - exchange->body.length) {
        fail(exchange->err, AZB_ERROR_MEMORY, "%s: the answer is longer than %zu bytes",
            exchange->host, exchange->body.maximum);
        return stop(exchange);
    }
    buffer_add(&exchange->body, bytes, length);
    if (!exchange->body.failed)
        return length;
    fail_memory(exchange->err);
    return stop(exchange);
}

/* "HTTP/1.1 200 OK": a new answer begins (an earlier one was a 100). */
static void begin_answer(struct exchange *exchange, struct text line)
{
    struct text word;
    uint64_t status = 0;
    text_cut(&line, ' ', &word);
    if (text_cut(&line, ' ', &word))
        text_to_u64(word, 999, &status);
    exchange->status = (int)status;
    exchange->header_count = 0;
}

static bool add_header(struct exchange *exchange, struct text line)
{
    struct text name;
    if (!memchr(line.at, ':', line.length) || !text_cut(&line, ':', &name))
        return true;
    if (exchange->header_count == RESPONSE_HEADERS_MAX)
        return fail(exchange->err, AZB_ERROR_PROTOCOL, "%s: the answer has more than %d headers",
            exchange->host, RESPONSE_HEADERS_MAX);
    struct http_header *header = &exchange->headers[exchange->header_count];
    header->name = text_string(exchange->arena, text_trim(name));
    header->value = text_string(exchange->arena, text_trim(line));
    if (!header->name || !header->value)
        return fail_memory(exchange->err);
    exchange->header_count++;
    return true;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    struct text line = text_trim((struct text){bytes, size * count});
    if (text_starts(line, "HTTP/"))
        begin_answer(exchange, line);
    else if (line.length && !add_header(exchange, line))
        return stop(exchange);
    return size * count;
}

static int on_progress(
    void *context, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
    const struct exchange *exchange = context;
    const atomic_bool *cancel = exchange->request->cancel;
    (void)down_all;
    (void)down;
    (void)up_all;
    (void)up;
    return cancel && atomic_load(cancel) ? 1 : 0;
}

static bool append(struct exchange *exchange, const char *line)
{
    struct curl_slist *longer = exchange->curl->slist_append(exchange->request_headers, line);
    if (longer)
        exchange->request_headers = longer;
    return longer != NULL;
}

static bool append_header(struct exchange *exchange, const struct http_header *header)
{
    scoped_buffer struct buffer line = {0};
    buffer_init(&line, HEADER_LINE_MAX);
    buffer_add_string(&line, header->name);
    buffer_add_string(&line, header->value[0] ? ": " : ";"); /* curl's form of an empty value */
    buffer_add_string(&line, header->value);
    return !line.failed && append(exchange, line.at);
}

static bool set_headers(struct exchange *exchange)
{
    const struct http_request *request = exchange->request;
    bool typed = false;
    for (size_t i = 0; i < request->header_count; i++) {
        typed = typed || string_equal_nocase(request->headers[i].name, "content-type");
        if (!append_header(exchange, &request->headers[i]))
            return false;
    }
    /* No waiting for a 100, and no form type that nobody asked for. */
    if (!append(exchange, "Expect:") || (!typed && !append(exchange, "Content-Type:")))
        return false;
    return exchange->curl->easy_setopt(
               exchange->handle, CURLOPT_HTTPHEADER, exchange->request_headers) == CURLE_OK;
}

static bool has_body(const struct http_request *request)
{
    return request->body.at || strcmp(request->method, "POST") == 0 ||
           strcmp(request->method, "PUT") == 0 || strcmp(request->method, "PATCH") == 0;
}

static void set_method(const struct exchange *exchange)
{
    const struct http_request *request = exchange->request;
    CURLcode (*set)(CURL *, CURLoption, ...) = exchange->curl->easy_setopt;
    CURL *handle = exchange->handle;
    if (strcmp(request->method, "HEAD") == 0) {
        set(handle, CURLOPT_NOBODY, 1L);
        return;
    }
    if (has_body(request)) {
        set(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
        set(handle, CURLOPT_POSTFIELDS, request->body.at ? request->body.at : "");
    }
    set(handle, CURLOPT_CUSTOMREQUEST, request->method);
}

/* A download has no deadline of its own, but it has to go on. */
static void set_stall(const struct exchange *exchange)
{
    int64_t ms = exchange->request->stall_ms;
    if (!exchange->request->sink)
        return;
    ms = ms > 0 ? ms : HTTP_TIMEOUT_DEFAULT_MS;
    exchange->curl->easy_setopt(exchange->handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    exchange->curl->easy_setopt(
        exchange->handle, CURLOPT_LOW_SPEED_TIME, (long)((ms + 999) / 1000));
}

static void set_options(
    const struct exchange *exchange, const struct curl_pool *pool, int64_t timeout_ms)
{
    const struct http_request *request = exchange->request;
    CURLcode (*set)(CURL *, CURLoption, ...) = exchange->curl->easy_setopt;
    CURL *handle = exchange->handle;
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    set(handle, CURLOPT_PATH_AS_IS, 1L);
    set(handle, CURLOPT_FOLLOWLOCATION, 0L);
    set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    set(handle, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    set(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_timeout_ms); /* 0: curl's own */
    set(handle, CURLOPT_USERAGENT, pool->user_agent);
    if (request->no_proxy)
        set(handle, CURLOPT_NOPROXY, "*");
    if (!pool->ca_file)
        return;
    set(handle, CURLOPT_CAINFO, pool->ca_file);
    set(handle, CURLOPT_CAPATH, NULL); /* this file's authorities and no others */
}

static void set_callbacks(struct exchange *exchange)
{
    CURLcode (*set)(CURL *, CURLoption, ...) = exchange->curl->easy_setopt;
    CURL *handle = exchange->handle;
    set(handle, CURLOPT_ERRORBUFFER, exchange->detail);
    set(handle, CURLOPT_WRITEFUNCTION, on_body);
    set(handle, CURLOPT_WRITEDATA, exchange);
    set(handle, CURLOPT_HEADERFUNCTION, on_header);
    set(handle, CURLOPT_HEADERDATA, exchange);
    set(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
    set(handle, CURLOPT_XFERINFODATA, exchange);
    set(handle, CURLOPT_NOPROGRESS, 0L);
}

/* What a code of curl means to the caller. `unsent`: the server cannot have seen the request, so
 * it may be repeated. `detail`: curl's own words help (they name certificates, not URLs). */
static const struct {
    CURLcode code;
    enum azb_error_kind kind;
    bool unsent, detail;
    const char *text;
} problems[] = {
    {CURLE_COULDNT_RESOLVE_PROXY, AZB_ERROR_NETWORK, true, false,
        "the name of the proxy could not be resolved (see HTTPS_PROXY)"},
    {CURLE_COULDNT_RESOLVE_HOST, AZB_ERROR_NETWORK, true, false, "the name could not be resolved"},
    {CURLE_SSL_CONNECT_ERROR, AZB_ERROR_NETWORK, true, true, "the TLS handshake failed"},
    {CURLE_PEER_FAILED_VERIFICATION, AZB_ERROR_NETWORK, false, true,
        "the server's TLS certificate is not trusted; SSL_CERT_FILE can name a PEM file with "
        "its CA"},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, AZB_ERROR_NETWORK, false, false,
        "the server's TLS certificate is another one than the thumbprint names"},
    {CURLE_SSL_CACERT_BADFILE, AZB_ERROR_CONFIGURATION, false, false,
        "the CA file cannot be read; SSL_CERT_FILE must name a PEM file"},
    {CURLE_OPERATION_TIMEDOUT, AZB_ERROR_TIMEOUT, false, false, "no answer within the deadline"},
    {CURLE_ABORTED_BY_CALLBACK, AZB_ERROR_CANCELLED, false, false, "cancelled"},
    {CURLE_OUT_OF_MEMORY, AZB_ERROR_MEMORY, false, false, "out of memory"},
    {CURLE_URL_MALFORMAT, AZB_ERROR_ARGUMENT, false, false, "the URL is malformed"},
    {CURLE_UNSUPPORTED_PROTOCOL, AZB_ERROR_PROTOCOL, false, false, "the answer is not HTTP/1"},
    {CURLE_WEIRD_SERVER_REPLY, AZB_ERROR_PROTOCOL, false, false, "the answer is not HTTP"},
    {CURLE_GOT_NOTHING, AZB_ERROR_NETWORK, false, false,
        "the server closed the connection without an answer"},
    {CURLE_PARTIAL_FILE, AZB_ERROR_NETWORK, false, false,
        "the connection was lost in the middle of the answer"},
    {CURLE_SEND_ERROR, AZB_ERROR_NETWORK, false, false, "the connection was lost while sending"},
    {CURLE_RECV_ERROR, AZB_ERROR_NETWORK, false, false,
        "the connection was lost while waiting for the answer"},
};

/* With a proxy curl's words name it, and not the host of the URL: it has to be told. */
static bool is_other_peer(const struct exchange *exchange)
{
    const char *found = strstr(exchange->detail, " port ");
    struct text rest = text_of(found ? found + strlen(" port ") : NULL), port = TEXT_NONE;
    return text_cut(&rest, ' ', &port) && !text_is(port, strrchr(exchange->host, ':') + 1);
}

static bool fail_connect(const struct exchange *exchange)
{
    long number = 0;
    char reason[128] = "";
    exchange->curl->easy_getinfo(exchange->handle, CURLINFO_OS_ERRNO, &number);
    const char *text = number ? strerror_r((int)number, reason, sizeof(reason)) : "no route";
    bool other = is_other_peer(exchange);
    fail(exchange->err, AZB_ERROR_NETWORK, "%s: the connection failed: %s%s%s%s", exchange->host,
        text, other ? " (by way of a proxy, see HTTPS_PROXY: " : "", other ? exchange->detail : "",
        other ? ")" : "");
    exchange->err->retryable = true;
    if (number == ECONNREFUSED) /* nobody listens: an answer, as curl --retry takes it */
        snprintf(exchange->err->code, sizeof(exchange->err->code), "ConnectionRefused");
    return false;
}

/* True when a proxy answered CONNECT with something else than 200; err is set then. */
static bool proxy_refused(const struct exchange *exchange)
{
    long status = 0;
    exchange->curl->easy_getinfo(exchange->handle, CURLINFO_HTTP_CONNECTCODE, &status);
    if (status == 0 || status == 200)
        return false;
    fail(exchange->err, AZB_ERROR_NETWORK, "%s: the proxy refused the connection with status %ld",
        exchange->host, status);
    exchange->err->retryable = status >= 500;
    if (status < 500)
        snprintf(exchange->err->code, sizeof(exchange->err->code), "ProxyRefused");
    return true;
}

static bool fail_code(const struct exchange *exchange, CURLcode code)
{
    struct azb_error *err = exchange->err;
    if (code == CURLE_COULDNT_CONNECT)
        return fail_connect(exchange);
    if (code == CURLE_RECV_ERROR && proxy_refused(exchange))
        return false;
    for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++) {
        if (problems[i].code != code)
            continue;
        bool detail = problems[i].detail && exchange->detail[0];
        fail(err, problems[i].kind, "%s: %s%s%s%s", exchange->host, problems[i].text,
            detail ? " (" : "", detail ? exchange->detail : "", detail ? ")" : "");
        err->retryable = problems[i].unsent;
        if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
            snprintf(err->code, sizeof(err->code), "TlsNotTrusted");
        return false;
    }
    return fail(
        err, AZB_ERROR_NETWORK, "%s: %s", exchange->host, exchange->curl->easy_strerror(code));
}

static bool fill_response(const struct exchange *exchange, struct http_response *response)
{
    const struct buffer *body = &exchange->body;
    struct http_header *headers =
        arena_array(exchange->arena, exchange->header_count + 1, sizeof(*headers));
    char *bytes = arena_copy(exchange->arena, body->at ? body->at : "", body->length);
    if (!headers || !bytes)
        return fail_memory(exchange->err);
    memcpy(headers, exchange->headers, exchange->header_count * sizeof(*headers));
    response->status = exchange->status;
    response->headers = headers;
    response->header_count = exchange->header_count;
    response->body = (struct text){bytes, body->length};
    return true;
}

static bool perform(struct exchange *exchange, const struct curl_pool *pool, int64_t timeout_ms)
{
    set_options(exchange, pool, timeout_ms);
    set_stall(exchange);
    set_callbacks(exchange);
    set_method(exchange);
    if (exchange->curl->easy_setopt(exchange->handle, CURLOPT_URL, exchange->request->url) !=
            CURLE_OK ||
        !set_headers(exchange))
        return fail_memory(exchange->err);
    CURLcode code = CURLE_OK;
    if (exchange->request->peer_thumbprint)
        code = curl_pin_peer(exchange->curl, exchange->handle, exchange->request->peer_thumbprint);
    if (code == CURLE_OK)
        code = exchange->curl->easy_perform(exchange->handle);
    if (exchange->failed)
        return false;
    return code == CURLE_OK || fail_code(exchange, code);
}

static void end_exchange(struct exchange *exchange, struct curl_pool *pool)
{
    return_handle(pool, exchange->curl, exchange->handle);
    for (struct curl_slist *line = exchange->request_headers; line; line = line->next)
        secret_wipe_string(line->data);
    exchange->curl->slist_free_all(exchange->request_headers);
    buffer_free(&exchange->body);
}

bool curl_transport(void *context, const struct http_request *request, int64_t timeout_ms,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    struct curl_pool *pool = context;
    struct url url;
    struct exchange exchange = {.request = request, .arena = arena, .err = err};
    exchange.curl = curl_functions(err);
    if (!exchange.curl)
        return false;
    if (!url_parse(text_of(request->url), &url))
        return fail(err, AZB_ERROR_ARGUMENT, "the URL is malformed");
    exchange.host = arena_format(arena, "%.*s:%d", TEXT_ARGS(url.host), url.port);
    if (exchange.host)
        exchange.handle = take_handle(pool, exchange.curl);
    if (!exchange.handle)
        return fail_memory(err);
    buffer_init(
        &exchange.body, request->body_maximum ? request->body_maximum : HTTP_BODY_MAX_DEFAULT);
    bool done = perform(&exchange, pool, timeout_ms) && fill_response(&exchange, response);
    end_exchange(&exchange, pool);
    return done;
}
