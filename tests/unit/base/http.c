/*
 * Retries against a scripted transport, where waiting costs no time; then libcurl itself against
 * the server of http_server.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#undef fail /* cmocka's; ours is a function */
#include <sys/wait.h>
#include "base/error.h"
#include "base/http.h"
#include "http_server.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define STEPS_MAX 6

/* What the scripted transport does at one try: a status, or a failure when status is 0. */
struct step {
    int status;
    const char *retry_after;
    enum azb_error_kind kind;
    bool unsent;
    const char *code;
};

struct script {
    struct step steps[STEPS_MAX]; /* the last one repeats */
    size_t step_count;
    int tries;
    int waits;
    int64_t waited_ms;
    atomic_bool cancel;
    bool cancel_in_wait;
    int traces;
    char traced[200];
};

static bool play(void *context, const struct http_request *request, int64_t timeout_ms,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    struct script *script = context;
    size_t at = (size_t)script->tries++;
    const struct step *step = &script->steps[at < script->step_count ? at : script->step_count - 1];
    assert_true(timeout_ms > 0);
    assert_non_null(request->method);
    if (!step->status) {
        fail(err, step->kind, "scripted");
        err->retryable = step->unsent;
        snprintf(err->code, sizeof(err->code), "%s", step->code ? step->code : "");
        return false;
    }
    response->status = step->status;
    response->headers = arena_array(arena, 1, sizeof(*response->headers));
    response->header_count = step->retry_after ? 1 : 0;
    response->headers[0] = (struct http_header){"retry-after", step->retry_after};
    return true;
}

static void pretend_to_wait(void *context, int64_t ms)
{
    struct script *script = context;
    script->waits++;
    script->waited_ms += ms;
    if (script->cancel_in_wait)
        atomic_store(&script->cancel, true);
}

static void count_trace(void *context, const char *method, const char *url, int status, int64_t ms)
{
    struct script *script = context;
    script->traces++;
    assert_true(ms >= 0);
    snprintf(script->traced, sizeof(script->traced), "%s %s %d", method, url, status);
}

static struct http_client *scripted_client(struct script *script)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct http_options options = {.transport = play,
        .transport_context = script,
        .wait = pretend_to_wait,
        .wait_context = script,
        .trace = count_trace,
        .trace_context = script};
    struct http_client *client = http_client_new(&options, &err);
    assert_non_null(client);
    return client;
}

static void test_retries(void **state)
{
    static const struct {
        const char *name, *method;
        struct step steps[STEPS_MAX];
        size_t step_count;
        int retries;
        bool idempotent;
        int64_t timeout_ms;
        int tries, status; /* expected; status 0: no answer */
        int64_t waited_min_ms, waited_max_ms;
    } cases[] = {
        {"200 at once", "GET", {{.status = 200}}, 1, 0, false, 0, 1, 200, 0, 0},
        {"404 is an answer", "GET", {{.status = 404}}, 1, 0, false, 0, 1, 404, 0, 0},
        {"501 is not retried", "GET", {{.status = 501}}, 1, 0, false, 0, 1, 501, 0, 0},
        {"503 then 200", "GET", {{.status = 503}, {.status = 200}}, 2, 0, false, 0, 2, 200, 640,
            960},
        {"POST too", "POST", {{.status = 500}, {.status = 201}}, 2, 0, false, 0, 2, 201, 640, 960},
        {"every retried status", "GET",
            {{.status = 408}, {.status = 429}, {.status = 500}, {.status = 502}, {.status = 504},
                {.status = 200}},
            6, 5, false, 0, 6, 200, 19840, 29760},
        {"three retries by default, with growing waits", "GET", {{.status = 503}}, 1, 0, false, 0,
            4, 503, 4480, 6720},
        {"one retry", "GET", {{.status = 503}}, 1, 1, false, 0, 2, 503, 640, 960},
        {"no retries", "GET", {{.status = 503}}, 1, -1, false, 0, 1, 503, 0, 0},
        {"Retry-After in seconds", "GET", {{.status = 429, .retry_after = "7"}, {.status = 200}}, 2,
            0, false, 0, 2, 200, 7000, 7000},
        {"Retry-After of nonsense backs off", "GET",
            {{.status = 429, .retry_after = "soon"}, {.status = 200}}, 2, 0, false, 0, 2, 200, 640,
            960},
        {"Retry-After beyond the deadline: the answer at once", "GET",
            {{.status = 429, .retry_after = "61"}}, 1, 0, false, 60000, 1, 429, 0, 0},
        {"Retry-After just within the deadline", "GET",
            {{.status = 429, .retry_after = "50"}, {.status = 200}}, 2, 0, false, 60000, 2, 200,
            50000, 50000},
        {"what was waited counts", "GET", {{.status = 429, .retry_after = "25"}}, 1, 5, false,
            60000, 3, 429, 50000, 50000},
        {"backoff beyond the deadline", "GET", {{.status = 503}}, 1, 0, false, 500, 1, 503, 0, 0},
        {"POST, not connected", "POST",
            {{.kind = AZB_ERROR_NETWORK, .unsent = true}, {.status = 200}}, 2, 0, false, 0, 2, 200,
            640, 960},
        {"POST, lost mid-way", "POST", {{.kind = AZB_ERROR_NETWORK}}, 1, 0, false, 0, 1, 0, 0, 0},
        {"PATCH, lost mid-way", "PATCH", {{.kind = AZB_ERROR_NETWORK}}, 1, 0, false, 0, 1, 0, 0, 0},
        {"POST called idempotent, lost mid-way", "POST",
            {{.kind = AZB_ERROR_NETWORK}, {.status = 200}}, 2, 0, true, 0, 2, 200, 640, 960},
        {"GET, lost mid-way", "GET", {{.kind = AZB_ERROR_NETWORK}, {.status = 200}}, 2, 0, false, 0,
            2, 200, 640, 960},
        {"DELETE, never an answer", "DELETE", {{.kind = AZB_ERROR_NETWORK}}, 1, 0, false, 0, 4, 0,
            4480, 6720},
        {"an untrusted certificate is final", "GET",
            {{.kind = AZB_ERROR_NETWORK, .code = "TlsNotTrusted"}}, 1, 0, false, 0, 1, 0, 0, 0},
        {"timeout is final", "GET", {{.kind = AZB_ERROR_TIMEOUT}}, 1, 0, false, 0, 1, 0, 0, 0},
        {"out of memory is final", "GET", {{.kind = AZB_ERROR_MEMORY}}, 1, 0, false, 0, 1, 0, 0, 0},
        {"not HTTP is final", "GET", {{.kind = AZB_ERROR_PROTOCOL}}, 1, 0, false, 0, 1, 0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct script script = {.step_count = cases[i].step_count};
        struct http_request request;
        struct http_response response = {.status = -1};
        arena_init(&arena, 0);
        print_message("%s\n", cases[i].name);
        memcpy(script.steps, cases[i].steps, sizeof(script.steps));
        struct http_client *client = scripted_client(&script);
        http_request_init(&request, cases[i].method, "https://host.example/path?secret=1");
        request.retries = cases[i].retries;
        request.idempotent = cases[i].idempotent;
        request.timeout_ms = cases[i].timeout_ms;
        bool answered = http_send(client, &request, &arena, &response, &err);
        assert_int_equal(answered, cases[i].status != 0);
        assert_int_equal(response.status, answered ? cases[i].status : -1);
        assert_int_equal(err.kind != AZB_ERROR_NONE, !answered);
        assert_int_equal(script.tries, cases[i].tries);
        assert_int_equal(script.traces, cases[i].tries);
        assert_true(!answered || response.tries == cases[i].tries);
        assert_in_range(script.waited_ms, cases[i].waited_min_ms, cases[i].waited_max_ms);
        assert_null(strstr(script.traced, "secret"));
        http_client_free(client);
    }
}

static void test_trace(void **state)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct script script = {.steps = {{.status = 202}}, .step_count = 1};
    struct http_request request;
    struct http_response response;
    (void)state;
    arena_init(&arena, 0);
    struct http_client *client = scripted_client(&script);
    http_request_init(&request, "POST", "https://host.example/path?code=1#x");
    assert_true(http_send(client, &request, &arena, &response, &err));
    assert_string_equal(script.traced, "POST https://host.example/path 202");
    http_client_free(client);
}

static void test_cancel(void **state)
{
    static const struct {
        const char *name;
        bool before;
        int tries;
    } cases[] = {{"before the first try", true, 0}, {"while waiting for the next", false, 1}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct script script = {.steps = {{.status = 503}}, .step_count = 1};
        struct http_request request;
        struct http_response response;
        arena_init(&arena, 0);
        print_message("%s\n", cases[i].name);
        struct http_client *client = scripted_client(&script);
        atomic_store(&script.cancel, cases[i].before);
        script.cancel_in_wait = true;
        http_request_init(&request, "GET", "https://host.example/");
        request.cancel = &script.cancel;
        assert_false(http_send(client, &request, &arena, &response, &err));
        assert_int_equal(err.kind, AZB_ERROR_CANCELLED);
        assert_int_equal(script.tries, cases[i].tries);
        http_client_free(client);
    }
}

static void test_retry_after(void **state)
{
    char soon[TIME_TEXT_MAX];
    char past[TIME_TEXT_MAX];
    char far[TIME_TEXT_MAX];
    int64_t now = clock_ticks(NULL);
    (void)state;
    time_http(now + 120 * TICKS_PER_SECOND, soon);
    time_http(now - 120 * TICKS_PER_SECOND, past);
    time_http(now + 86400 * TICKS_PER_SECOND, far);
    const struct {
        const char *value;
        int64_t min_ms, max_ms;
    } cases[] = {
        {"0", 0, 0},
        {"1", 1000, 1000},
        {" 30 ", 30000, 30000},
        {"3600", 3600000, 3600000},
        {"3601", 3600000, 3600000},
        {"9223372036854775807", 0, 0},
        {"-1", 0, 0},
        {"1.5", 0, 0},
        {"", 0, 0},
        {"Mon, 99 Foo", 0, 0},
        {soon, 118000, 120000},
        {past, 0, 0},
        {far, 3600000, 3600000},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_header header = {"Retry-After", cases[i].value};
        struct http_response response = {.headers = &header, .header_count = 1};
        print_message("\"%s\"\n", cases[i].value);
        assert_in_range(http_retry_after_ms(&response), cases[i].min_ms, cases[i].max_ms);
    }
    struct http_response none = {.status = 503};
    assert_int_equal(http_retry_after_ms(&none), 0);
}

static void test_refused_requests(void **state)
{
    static const struct {
        const char *name, *method, *url, *header, *value;
    } cases[] = {
        {"no scheme", "GET", "host.example/", "A", "b"},
        {"file", "GET", "file:///etc/passwd", "A", "b"},
        {"user in the URL", "GET", "https://me:secret@host/", "A", "b"},
        {"line break in a value", "GET", "https://host/", "A", "b\r\nX: y"},
        {"line break in a name", "GET", "https://host/", "A\nB", "c"},
        {"colon in a name", "GET", "https://host/", "A:", "c"},
        {"no name", "GET", "https://host/", "", "c"},
        {"method with a space", "GET /x", "https://host/", "A", "b"},
        {"no method", "", "https://host/", "A", "b"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct script script = {.steps = {{.status = 200}}, .step_count = 1};
        struct http_request request;
        struct http_response response;
        arena_init(&arena, 0);
        print_message("%s\n", cases[i].name);
        struct http_client *client = scripted_client(&script);
        http_request_init(&request, cases[i].method, cases[i].url);
        http_add_header(&request, cases[i].header, cases[i].value);
        assert_false(http_send(client, &request, &arena, &response, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        assert_null(strstr(err.message, "secret"));
        assert_int_equal(script.tries, 0);
        http_client_free(client);
    }
}

static void test_child_process(void **state)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct script script = {.steps = {{.status = 200}}, .step_count = 1};
    struct http_request request;
    struct http_response response;
    int status;
    (void)state;
    arena_init(&arena, 0);
    struct http_client *client = scripted_client(&script);
    http_request_init(&request, "GET", "https://host.example/");
    pid_t child = fork();
    if (child == 0) {
        bool sent = http_send(client, &request, &arena, &response, &err);
        http_client_free(client);
        _exit(!sent && strstr(err.message, "fork") && script.tries == 0 ? 0 : 1);
    }
    assert_true(waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
    assert_true(http_send(client, &request, &arena, &response, &err));
    http_client_free(client);
}

/* From here on the real thing. */
struct fixture {
    struct server server;
    struct script script; /* for its waits alone */
    struct http_client *client;
    struct arena arena;
    struct azb_error err;
    struct http_response response;
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct http_options options = {.wait = pretend_to_wait, .wait_context = &fixture->script};
    server_start(&fixture->server);
    arena_init(&fixture->arena, 0);
    fixture->client = http_client_new(&options, &fixture->err);
    *state = fixture;
    return fixture->client ? 0 : -1;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    http_client_free(fixture->client);
    server_stop(&fixture->server);
    arena_free(&fixture->arena);
    free(fixture);
    return 0;
}

static void make(
    struct fixture *fixture, struct http_request *request, const char *method, const char *path)
{
    const char *url =
        arena_format(&fixture->arena, "http://127.0.0.1:%d%s", fixture->server.port, path);
    http_request_init(request, method, url);
    request->no_proxy = true;
}

static bool send_it(struct fixture *fixture, const struct http_request *request)
{
    return http_send(fixture->client, request, &fixture->arena, &fixture->response, &fixture->err);
}

static bool get(struct fixture *fixture, const char *path)
{
    struct http_request request;
    make(fixture, &request, "GET", path);
    return send_it(fixture, &request);
}

static void test_what_is_sent(void **state)
{
    static const struct {
        const char *name, *method, *body, *type;
        const char *has[4], *has_not[4];
    } cases[] = {
        {"GET", "GET", NULL, NULL,
            {"GET /echo?x=%2F HTTP/1.1\r\n", "\r\nUser-Agent: azb/" AZB_VERSION "\r\n",
                "\r\nX-Empty:\r\n", "\r\nAuthorization: Bearer t\r\n"},
            {"Content-Length", "Content-Type", "Expect"}},
        {"DELETE", "DELETE", NULL, NULL, {"DELETE /echo"}, {"Content-Length", "Content-Type"}},
        {"POST", "POST", "{\"a\":1}", "application/json",
            {"POST /echo", "\r\nContent-Length: 7\r\n", "\r\nContent-Type: application/json\r\n",
                "\r\n\r\n{\"a\":1}"},
            {"Expect", "urlencoded"}},
        {"POST without a body", "POST", NULL, NULL, {"POST /echo", "\r\nContent-Length: 0\r\n"},
            {"Content-Type", "Expect"}},
        {"PATCH", "PATCH", "x", NULL, {"PATCH /echo", "Content-Length: 1", "\r\n\r\nx"},
            {"Content-Type"}},
        {"PUT", "PUT", "x", NULL, {"PUT /echo", "Content-Length: 1", "\r\n\r\nx"},
            {"Content-Type", "Expect", "chunked"}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture *fixture = *state;
        struct http_request request;
        print_message("%s\n", cases[i].name);
        make(fixture, &request, cases[i].method, "/echo?x=%2F");
        request.body = text_of(cases[i].body);
        http_add_header(&request, "X-Empty", "");
        http_add_header(&request, "Authorization", "Bearer t");
        if (cases[i].type)
            http_add_header(&request, "content-type", cases[i].type);
        assert_true(send_it(fixture, &request));
        char *sent = text_string(&fixture->arena, fixture->response.body);
        for (size_t j = 0; j < 4 && cases[i].has[j]; j++)
            assert_non_null(strcasestr(sent, cases[i].has[j]));
        for (size_t j = 0; j < 4 && cases[i].has_not[j]; j++)
            assert_null(strcasestr(sent, cases[i].has_not[j]));
    }
}

static void test_what_comes_back(void **state)
{
    static const struct {
        const char *method, *path, *body;
        int status;
    } cases[] = {
        {"GET", "/chunked", "hello, world", 200},
        {"GET", "/none", "", 204},
        {"GET", "/missing", "gone", 404},
        {"GET", "/continued", "ok", 200},
        {"GET", "/moved", "", 302},
        {"HEAD", "/head", "", 200},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_request request;
        print_message("%s %s\n", cases[i].method, cases[i].path);
        make(fixture, &request, cases[i].method, cases[i].path);
        assert_true(send_it(fixture, &request));
        assert_int_equal(fixture->response.status, cases[i].status);
        assert_true(text_is(fixture->response.body, cases[i].body));
        assert_null(http_header(&fixture->response, "X-Early"));
    }
    assert_string_equal(http_header(&fixture->response, "content-length"), "5000");
    assert_string_equal(http_header(&fixture->response, "ETAG"), "\"x\"");
    assert_true(get(fixture, "/echo"));
    assert_string_equal(http_header(&fixture->response, "x-two"), "a: b");
    assert_string_equal(http_header(&fixture->response, "X-Empty"), "");
    assert_null(http_header(&fixture->response, "X-Absent"));
    assert_int_equal(atomic_load(&fixture->server.connections), 1); /* kept alive all along */
    assert_int_equal(atomic_load(&fixture->server.requests), (int)COUNT(cases) + 1);
}

static void test_real_retry(void **state)
{
    struct fixture *fixture = *state;
    assert_true(get(fixture, "/busy"));
    assert_int_equal(fixture->response.status, 503);
    assert_int_equal(fixture->response.tries, 4);
    assert_int_equal(fixture->script.waits, 3);
    assert_int_equal(atomic_load(&fixture->server.requests), 4);
}

static void test_lost_connections(void **state)
{
    static const struct {
        const char *method, *path, *says;
        int requests;
    } cases[] = {
        {"POST", "/drop", "closed the connection without an answer", 1},
        {"GET", "/drop", "closed the connection without an answer", 4},
        {"POST", "/half", "in the middle of the answer", 1},
        {"GET", "/half", "in the middle of the answer", 4},
        {"GET", "/not-http", "not HTTP", 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture *fixture = *state;
        struct http_request request;
        print_message("%s %s\n", cases[i].method, cases[i].path);
        int before = atomic_load(&fixture->server.requests);
        make(fixture, &request, cases[i].method, cases[i].path);
        assert_false(send_it(fixture, &request));
        print_message("  %s\n", fixture->err.message);
        assert_non_null(strstr(fixture->err.message, cases[i].says));
        assert_non_null(strstr(fixture->err.message, "127.0.0.1:"));
        assert_int_equal(atomic_load(&fixture->server.requests) - before, cases[i].requests);
    }
}

static void test_body_limit(void **state)
{
    struct fixture *fixture = *state;
    struct http_request request;
    make(fixture, &request, "GET", "/chunked");
    request.body_maximum = 12;
    assert_true(send_it(fixture, &request));
    request.body_maximum = 11;
    assert_false(send_it(fixture, &request));
    assert_int_equal(fixture->err.kind, AZB_ERROR_MEMORY);
    assert_non_null(strstr(fixture->err.message, "longer than 11 bytes"));
    assert_true(get(fixture, "/chunked"));
}

struct received {
    char bytes[64];
    size_t length;
    bool refuse;
};

static bool receive(void *context, const void *bytes, size_t length)
{
    struct received *received = context;
    if (received->refuse || length >= sizeof(received->bytes) - received->length)
        return false;
    memcpy(received->bytes + received->length, bytes, length);
    received->length += length;
    return true;
}

static void test_sink(void **state)
{
    static const struct {
        const char *name, *path, *got;
        bool refuse, answered;
        int requests;
    } cases[] = {
        {"a download", "/chunked", "hello, world", false, true, 1},
        {"an error's body stays in the answer", "/missing", "", false, true, 1},
        {"a receiver that refuses", "/chunked", "", true, false, 1},
        {"no second try once bytes were given", "/half", "only this", false, false, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture *fixture = *state;
        struct http_request request;
        struct received received = {.refuse = cases[i].refuse};
        print_message("%s\n", cases[i].name);
        int before = atomic_load(&fixture->server.requests);
        make(fixture, &request, "GET", cases[i].path);
        request.sink = receive;
        request.sink_context = &received;
        request.body_maximum = 4; /* not for what the sink gets */
        assert_int_equal(send_it(fixture, &request), cases[i].answered);
        assert_string_equal(received.bytes, cases[i].got);
        assert_int_equal(atomic_load(&fixture->server.requests) - before, cases[i].requests);
    }
}

static void test_deadline(void **state)
{
    struct fixture *fixture = *state;
    struct http_request request;
    make(fixture, &request, "GET", "/silent?token=secret");
    request.timeout_ms = 100;
    assert_false(send_it(fixture, &request));
    assert_int_equal(fixture->err.kind, AZB_ERROR_TIMEOUT);
    assert_null(strstr(fixture->err.message, "secret"));
    assert_int_equal(atomic_load(&fixture->server.requests), 1);
}

/* A download has no end but its own, as long as it goes on. */
static void test_stalled_download(void **state)
{
    struct fixture *fixture = *state;
    struct http_request request;
    struct received received = {.refuse = false};
    make(fixture, &request, "GET", "/silent");
    request.sink = receive;
    request.sink_context = &received;
    request.stall_ms = 1000;
    assert_true(http_request_deadline_ms(&request) - monotonic_ms() > 24 * 3600 * 1000);
    assert_false(send_it(fixture, &request));
    assert_int_equal(fixture->err.kind, AZB_ERROR_TIMEOUT);
    request.sink = NULL;
    assert_true(http_request_deadline_ms(&request) - monotonic_ms() <= HTTP_TIMEOUT_DEFAULT_MS);
}

static void test_cancel_in_flight(void **state)
{
    struct fixture *fixture = *state;
    struct http_request request;
    atomic_bool cancel = false;
    fixture->server.flag_on_request = &cancel;
    make(fixture, &request, "GET", "/silent");
    request.cancel = &cancel;
    assert_false(send_it(fixture, &request));
    assert_int_equal(fixture->err.kind, AZB_ERROR_CANCELLED);
    assert_int_equal(atomic_load(&fixture->server.requests), 1);
}

static void test_no_server(void **state)
{
    struct fixture *fixture = *state;
    struct http_request request;
    int port;
    close(server_listen(&port)); /* nobody listens there now */
    http_request_init(
        &request, "POST", arena_format(&fixture->arena, "http://127.0.0.1:%d/?token=secret", port));
    request.no_proxy = true;
    assert_false(send_it(fixture, &request));
    assert_int_equal(fixture->err.kind, AZB_ERROR_NETWORK);
    assert_non_null(strstr(fixture->err.message, "refused"));
    assert_null(strstr(fixture->err.message, "secret"));
    assert_string_equal(fixture->err.code, "ConnectionRefused"); /* an answer: not asked again */
    assert_int_equal(fixture->script.waits, 0);
}

/* Whose fault it is: the message names the proxy too. */
static void test_no_proxy_there(void **state)
{
    struct fixture *fixture = *state;
    struct http_request request;
    int port;
    close(server_listen(&port));
    setenv("HTTPS_PROXY", arena_format(&fixture->arena, "http://127.0.0.1:%d", port), 1);
    http_request_init(&request, "GET", "https://proxied.example:1/");
    assert_false(send_it(fixture, &request));
    unsetenv("HTTPS_PROXY");
    assert_non_null(strstr(fixture->err.message, "proxied.example:1: "));
    assert_non_null(
        strstr(fixture->err.message, arena_format(&fixture->arena, "127.0.0.1 port %d", port)));
    assert_non_null(strstr(fixture->err.message, "HTTPS_PROXY"));
}

/* The server closes when it sees a TLS greeting: nothing was sent, so even a POST is repeated. */
static void test_tls_handshake_fails(void **state)
{
    struct fixture *fixture = *state;
    struct http_request request;
    http_request_init(&request, "POST",
        arena_format(&fixture->arena, "https://127.0.0.1:%d/", fixture->server.port));
    request.no_proxy = true;
    assert_false(send_it(fixture, &request));
    assert_int_equal(fixture->err.kind, AZB_ERROR_NETWORK);
    assert_non_null(strstr(fixture->err.message, "TLS handshake failed"));
    assert_int_equal(atomic_load(&fixture->server.connections), 4);
}

static void test_unreadable_ca_file(void **state)
{
    struct fixture *fixture = *state;
    struct http_request request;
    struct http_options options = {.ca_file = "/nonexistent/ca.pem"};
    struct http_client *client = http_client_new(&options, &fixture->err);
    http_request_init(&request, "GET",
        arena_format(&fixture->arena, "https://127.0.0.1:%d/", fixture->server.port));
    request.no_proxy = true;
    assert_false(http_send(client, &request, &fixture->arena, &fixture->response, &fixture->err));
    assert_int_equal(fixture->err.kind, AZB_ERROR_CONFIGURATION);
    assert_non_null(strstr(fixture->err.message, "SSL_CERT_FILE"));
    http_client_free(client);
}

static void test_out_of_memory(void **state)
{
    struct fixture *fixture = *state;
    bool done = false;
    for (long n = 1; !done; n++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct http_request request;
        make(fixture, &request, "POST", "/echo");
        http_add_header(&request, "Authorization", "Bearer t");
        arena_init(&arena, 0);
        assert_true(n < 100);
        memory_fail_after(n);
        struct http_client *client = http_client_new(NULL, &err);
        done = client && http_send(client, &request, &arena, &fixture->response, &err);
        memory_fail_after(0);
        http_client_free(client);
        if (!done)
            assert_int_equal(err.kind, AZB_ERROR_MEMORY);
    }
}

struct worker {
    pthread_t thread;
    struct fixture *fixture;
    int done;
};

static void *work(void *context)
{
    struct worker *worker = context;
    for (int i = 0; i < 20; i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct http_request request;
        struct http_response response;
        char url[64];
        arena_init(&arena, 0);
        snprintf(url, sizeof(url), "http://127.0.0.1:%d/none", worker->fixture->server.port);
        http_request_init(&request, "GET", url);
        http_add_header(&request, "Connection", "close"); /* the server serves one at a time */
        request.no_proxy = true;
        if (http_send(worker->fixture->client, &request, &arena, &response, &err))
            worker->done += response.status == 204;
    }
    return NULL;
}

static void test_threads_share_a_client(void **state)
{
    struct worker workers[4] = {{.done = 0}};
    for (size_t i = 0; i < COUNT(workers); i++) {
        workers[i].fixture = *state;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < COUNT(workers); i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].done, 20);
    }
}

#define REAL(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retries),
        cmocka_unit_test(test_trace),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_refused_requests),
        cmocka_unit_test(test_child_process),
        REAL(test_what_is_sent),
        REAL(test_what_comes_back),
        REAL(test_real_retry),
        REAL(test_lost_connections),
        REAL(test_body_limit),
        REAL(test_sink),
        REAL(test_deadline),
        REAL(test_stalled_download),
        REAL(test_cancel_in_flight),
        REAL(test_no_server),
        REAL(test_no_proxy_there),
        REAL(test_tls_handshake_fails),
        REAL(test_unreadable_ca_file),
        REAL(test_out_of_memory),
        REAL(test_threads_share_a_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
