/* Whole requests in memory: what is refused before a route sees it, reads, writes, reuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */
#include <semaphore.h>
#include "base/error.h"
#include "exchange.h"
#include "folder.h"
#include "planes.h"
#include "store/store.h"

/* The planes: a refusal is "status code" as text, a reply says what the route saw. */

static bool test_prepare(struct request *request, struct azb_error *err)
{
    if (request_header(request, "x-refuse"))
        return fail_status(err, 403, "Refused", "refused by the plane");
    return true;
}

static void test_finish(struct request *request, struct reply *reply)
{
    reply_header(reply, "request-id", request->request_id);
}

static void test_refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    reply->status = err->http_status ? err->http_status : 500;
    reply->body = text_of(arena_format(&request->arena, "%s %s", err->code, err->message));
}

static bool serve_echo(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)err;
    char *echo = arena_format(&request->arena, "%s %.*s %zu", request->method,
        TEXT_ARGS(request->values[0]), request->body.length);
    reply_json(reply, 200, text_of(echo));
    return true;
}

static bool serve_insert(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "INSERT INTO thing (id) VALUES (?1)");
    statement_bind_text(&s, 1, request->values[0]);
    if (!statement_run(&s, err))
        return fail_status(err, 409, "JobExists", "it exists");
    return serve_echo(request, reply, err);
}

/* Makes a change, then refuses: the change must be gone. */
static bool serve_half(struct request *request, struct reply *reply, struct azb_error *err)
{
    return serve_insert(request, reply, err) && fail_status(err, 400, "Half", "half done");
}

static const struct route batch_routes[] = {
    {"GET", "/jobs/{jobId}", ROUTE_READS, serve_echo, NULL},
    {"POST", "/jobs/{jobId}", ROUTE_READS, serve_echo, NULL},
    {"PUT", "/jobs/{jobId}", ROUTE_WRITES, serve_insert, NULL},
    {"PATCH", "/jobs/{jobId}", ROUTE_WRITES, serve_half, NULL},
};
static const struct route other_routes[] = {
    {"POST", "/subscriptions/{id}", ROUTE_READS, serve_echo, NULL},
    {"GET", "/metadata/{what}", ROUTE_READS, serve_echo, NULL},
};

PLANE(entra_plane, "entra", other_routes)
PLANE(arm_plane, "arm", other_routes)
PLANE(graph_plane, "graph", other_routes)
PLANE(batch_plane, "batch", batch_routes)
PLANE(control_plane, "control", other_routes)
PLANE(access_plane, "access", other_routes)

struct fixture {
    char folder[64];
    struct service service;
    struct exchange *exchange;
    sem_t woken;
};

static bool make_table(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    scoped_statement struct statement s =
        statement(connection, "CREATE TABLE IF NOT EXISTS thing (id TEXT PRIMARY KEY)");
    return statement_run(&s, err);
}

static int set_up(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    *state = fixture;
    folder_make(fixture->folder);
    sem_init(&fixture->woken, 0, 0);
    fixture->exchange = calloc(1, sizeof(*fixture->exchange));
    fixture->service.router = router_new(&err);
    fixture->service.store = store_open(fixture->folder, &err);
    bool made = store_write_wait(fixture->service.store, make_table, NULL, &err);
    return fixture->service.router && made ? 0 : 1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    exchange_free(fixture->exchange);
    store_close(fixture->service.store);
    router_free(fixture->service.router);
    folder_remove(fixture->folder);
    sem_destroy(&fixture->woken);
    free(fixture);
    return 0;
}

struct call {
    const char *name, *method, *target;
    const char *headers[3][2];
    size_t body; /* bytes, in pieces of 64 KiB */
    bool from_proxy;
    int status;
    const char *says; /* how the reply's body begins */
};

static void wake(void *context)
{
    sem_post(context);
}

static void add_body(struct exchange *exchange, size_t length)
{
    static const char piece[65536];
    while (length > 0) {
        size_t now = length < sizeof(piece) ? length : sizeof(piece);
        exchange_add_body(exchange, piece, now);
        length -= now;
    }
}

static void run(struct fixture *fixture, const struct call *call)
{
    struct exchange *exchange = fixture->exchange;
    print_message("%s\n", call->name);
    exchange_start(exchange, &fixture->service, call->target);
    exchange->from_proxy = call->from_proxy;
    for (size_t i = 0; i < 3 && call->headers[i][0]; i++)
        exchange_add_header(exchange, call->headers[i][0], call->headers[i][1]);
    exchange_begin(exchange, call->method);
    add_body(exchange, call->body);
    if (exchange_dispatch(exchange)) {
        exchange_queue(exchange, wake, &fixture->woken);
        sem_wait(&fixture->woken);
    }
    exchange_finish(exchange);
    assert_int_equal(exchange->reply.status, call->status);
    if (call->says)
        assert_true(text_starts(exchange->reply.body, call->says));
    exchange_reset(exchange);
}

#define LOCAL                                                                                      \
    {                                                                                              \
        "Host", "localhost:8443"                                                                   \
    }

static const struct call calls[] = {
    {"a read", "GET", "/jobs/a%2Fb", {LOCAL}, 0, false, 200, "GET a/b 0"},
    {"HEAD is a GET", "HEAD", "/jobs/a", {LOCAL}, 0, false, 200, "HEAD a 0"},
    {"a body", "POST", "/jobs/a", {LOCAL}, 70000, false, 200, "POST a 70000"},
    {"the largest body", "POST", "/jobs/a", {LOCAL}, 1048576, false, 200, "POST a 1048576"},
    {"a body too long for Batch", "POST", "/jobs/a", {LOCAL}, 1048577, false, 413,
        "RequestBodyTooLarge"},
    {"the same, known from the header", "POST", "/jobs/a", {LOCAL, {"Content-Length", "1048577"}},
        1048577, false, 413, "RequestBodyTooLarge"},
    {"ARM takes more", "POST", "/subscriptions/s", {LOCAL}, 1048577, false, 200, "POST s 1048577"},
    {"but not everything", "POST", "/subscriptions/s", {LOCAL}, REQUEST_BODY_MAX + 1, false, 413,
        NULL},
    {"a length that is no number", "POST", "/jobs/a", {LOCAL, {"Content-Length", "1x"}}, 0, false,
        400, " Content-Length"},
    {"two hosts", "GET", "/jobs/a", {LOCAL, {"host", "b"}}, 0, false, 400, " the header Host"},
    {"two authorizations", "GET", "/jobs/a",
        {LOCAL, {"Authorization", "a"}, {"authorization", "b"}}, 0, false, 400,
        " the header Authorization"},
    {"a bad escape in the query", "GET", "/jobs/a?x=%g0", {LOCAL}, 0, false, 400, NULL},
    {"a cut escape", "GET", "/jobs/a?x=%4", {LOCAL}, 0, false, 400, NULL},
    {"an escaped NUL", "GET", "/jobs/a%00b", {LOCAL}, 0, false, 400, NULL},
    {"no route", "GET", "/nothing", {LOCAL}, 0, false, 404, NULL},
    {"no such method", "DELETE", "/jobs/a", {LOCAL}, 0, false, 405, NULL},
    {"the plane says no", "GET", "/jobs/a", {LOCAL, {"x-refuse", "1"}}, 0, false, 403, "Refused"},
    {"no host", "GET", "/jobs/a", {{NULL}}, 0, false, 200, "GET a 0"},
    {"absolute form, host in the target", "POST", "https://management.azure.com/subscriptions/s",
        {{"Host", "x.eastus.batch.azure.com"}}, 0, false, 200, "POST s 0"},
    {"absolute form without a path", "GET", "http://localhost:1", {LOCAL}, 0, false, 404, NULL},
    {"proxy: a public name", "POST", "https://management.azure.com/subscriptions/s", {LOCAL}, 0,
        true, 200, "POST s 0"},
    {"proxy: metadata", "GET", "http://169.254.169.254/metadata/x", {LOCAL}, 0, true, 200,
        "GET x 0"},
    {"proxy: the world", "GET", "http://example.com/jobs/a", {LOCAL}, 0, true, 403, NULL},
    {"proxy: not a whole URL", "GET", "/jobs/a", {{"Host", "management.azure.com"}}, 0, true, 400,
        " this is a proxy"},
    {"proxy: ourselves in clear text", "GET", "http://localhost:8443/jobs/a", {LOCAL}, 0, true, 403,
        NULL},
    {"a write", "PUT", "/jobs/new", {LOCAL}, 3, false, 200, "PUT new 3"},
    {"a write that is refused", "PUT", "/jobs/new", {LOCAL}, 0, false, 409, "JobExists"},
    {"a write that is half done", "PATCH", "/jobs/half", {LOCAL}, 0, false, 400, "Half"},
    {"its other half is gone", "PUT", "/jobs/half", {LOCAL}, 0, false, 200, "PUT half 0"},
};

/* One exchange for all, as the listener uses them again and again. */
static void requests(void **state)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        run(*state, &calls[i]);
}

static void too_many_headers(void **state)
{
    struct fixture *fixture = *state;
    struct exchange *exchange = fixture->exchange;
    exchange_start(exchange, &fixture->service, "/jobs/a");
    for (int i = 0; i <= EXCHANGE_HEADERS_MAX; i++)
        exchange_add_header(exchange, "x", "y");
    exchange_begin(exchange, "GET");
    assert_false(exchange_dispatch(exchange));
    exchange_finish(exchange);
    assert_int_equal(exchange->reply.status, 431);
}

static void a_head_too_long(void **state)
{
    struct fixture *fixture = *state;
    struct exchange *exchange = fixture->exchange;
    static char value[EXCHANGE_HEAD_MAX + 1], target[EXCHANGE_TARGET_MAX + 2];
    memset(value, 'x', sizeof(value) - 1);
    memset(target, '/', sizeof(target) - 1);
    exchange_start(exchange, &fixture->service, "/jobs/a");
    exchange_add_header(exchange, "x", value);
    exchange_begin(exchange, "GET");
    exchange_finish(exchange);
    assert_int_equal(exchange->reply.status, 431);
    exchange_reset(exchange);
    exchange_start(exchange, &fixture->service, target);
    exchange_begin(exchange, "GET");
    assert_false(exchange_dispatch(exchange));
    exchange_finish(exchange);
    assert_int_equal(exchange->reply.status, 414);
}

static void only_a_huge_body_is_not_read(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *length, *expect;
        bool refused;
    } cases[] = {{"1048577", NULL, false}, {"1048577", "100-continue", true},
        {"67108865", NULL, true}, {"10", "100-continue", false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        exchange_start(fixture->exchange, &fixture->service, "/jobs/a");
        exchange_add_header(fixture->exchange, "Content-Length", cases[i].length);
        if (cases[i].expect)
            exchange_add_header(fixture->exchange, "Expect", cases[i].expect);
        exchange_begin(fixture->exchange, "POST");
        assert_int_equal(exchange_refuses_body(fixture->exchange), cases[i].refused);
        exchange_reset(fixture->exchange);
    }
}

/* Out of memory at any point is an answer or an error, never a crash. */
static void memory_may_fail_anywhere(void **state)
{
    struct fixture *fixture = *state;
    for (long n = 1; n < 40; n++) {
        struct exchange *exchange = fixture->exchange;
        memory_fail_after(n);
        exchange_start(exchange, &fixture->service, "/jobs/a%20b");
        exchange_add_header(exchange, "Host", "localhost");
        exchange_begin(exchange, "POST");
        add_body(exchange, 100000);
        exchange_dispatch(exchange);
        memory_fail_after(0);
        exchange_finish(exchange);
        assert_true(exchange->reply.status == 200 || exchange->reply.status == 500);
        exchange_free(exchange);
        fixture->exchange = calloc(1, sizeof(*exchange));
    }
}

#define WITH_SERVICE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVICE(requests),
        WITH_SERVICE(too_many_headers),
        WITH_SERVICE(a_head_too_long),
        WITH_SERVICE(only_a_huge_body_is_not_read),
        WITH_SERVICE(memory_may_fail_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
