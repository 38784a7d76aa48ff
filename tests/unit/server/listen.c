/* The listener and the proxy over real sockets: TLS, both address families, clients that go away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */
#include <arpa/inet.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/socket.h>
#include "base/error.h"
#include "base/http.h"
#include "ca.h"
#include "folder.h"
#include "listen.h"
#include "planes.h"
#include "proxy.h"
#include "state.h"
#include "store/store.h"

/* The planes */

static bool test_prepare(struct request *request, struct azb_error *err)
{
    (void)request, (void)err;
    return true;
}

static void test_finish(struct request *request, struct reply *reply)
{
    (void)request, (void)reply;
}

static void test_refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    reply->status = err->http_status ? err->http_status : 500;
    reply->body = text_of(arena_string(&request->arena, err->message));
}

static bool serve_echo(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)err;
    char *echo = arena_format(&request->arena, "%.*s %.*s %zu", TEXT_ARGS(request->host),
        TEXT_ARGS(request->values[0]), request->body.length);
    reply_json(reply, 200, text_of(echo));
    return true;
}

/* Writes that say when they run, and wait: the only way for a test to be in their midst. */
static struct gate {
    sem_t running, go;
} gate;

static bool serve_gate(struct request *request, struct reply *reply, struct azb_error *err)
{
    sem_post(&gate.running);
    sem_wait(&gate.go);
    return serve_echo(request, reply, err);
}

static bool serve_file(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)err;
    FILE *file = tmpfile();
    fputs("0123456789", file);
    fflush(file);
    reply->file = dup(fileno(file));
    fclose(file);
    reply->file_from = 2;
    reply->file_length = 5;
    reply->status = 200;
    (void)request;
    return true;
}

static const struct route routes[] = {
    {"GET", "/things/{id}", ROUTE_READS, serve_echo, NULL},
    {"POST", "/things/{id}", ROUTE_READS, serve_echo, NULL},
    {"PUT", "/things/{id}", ROUTE_WRITES, serve_echo, NULL},
    {"PUT", "/gate/{id}", ROUTE_WRITES, serve_gate, NULL},
    {"GET", "/file", ROUTE_READS, serve_file, NULL},
};

PLANE(entra_plane, "entra", routes)
PLANE(arm_plane, "arm", routes)
PLANE(graph_plane, "graph", routes)
PLANE(batch_plane, "batch", routes)
PLANE(control_plane, "control", routes)
PLANE(access_plane, "access", routes)

/* The service */

struct fixture {
    char folder[64], ca_file[96];
    struct service service;
    struct http_client *client;
    struct arena arena;
};

static struct listen_sockets bind_free_port(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct listen_address address;
    struct listen_sockets sockets;
    if (!listen_address_parse("127.0.0.1:0", "--listen", &address, &err) ||
        !listen_sockets_bind(&address, &sockets, &err))
        abort();
    return sockets;
}

static void start_listener(struct fixture *fixture)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_buffer struct buffer certificate = {0}, key = {0};
    struct listen_sockets https = bind_free_port(), proxy = bind_free_port();
    struct service *service = &fixture->service;
    service->port = https.port;
    service->proxy_port = proxy.port;
    assert_true(ca_open(service, &certificate, &key, &err));
    service->listener =
        listener_new(service, &https, buffer_text(&certificate), buffer_text(&key), &err);
    assert_non_null(service->listener);
    service->proxy = proxy_new(service, &proxy, &err);
    assert_non_null(service->proxy);
}

static int set_up(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    *state = fixture;
    signal(SIGPIPE, SIG_IGN);
    sem_init(&gate.running, 0, 0);
    sem_init(&gate.go, 0, 0);
    arena_init(&fixture->arena, 0);
    folder_make(fixture->folder);
    assert_true(state_open(&fixture->service, fixture->folder, &err));
    fixture->service.router = router_new(&err);
    fixture->service.store = store_open(fixture->folder, &err);
    assert_non_null(fixture->service.store);
    start_listener(fixture);
    snprintf(fixture->ca_file, sizeof(fixture->ca_file), "%s/ca.pem", fixture->folder);
    const struct http_options options = {.ca_file = fixture->ca_file};
    fixture->client = http_client_new(&options, &err);
    return fixture->client ? 0 : 1;
}

static void stop_listener(struct fixture *fixture)
{
    proxy_free(fixture->service.proxy);
    listener_free(fixture->service.listener);
    fixture->service.proxy = NULL;
    fixture->service.listener = NULL;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    http_client_free(fixture->client);
    stop_listener(fixture);
    store_close(fixture->service.store);
    router_free(fixture->service.router);
    folder_remove(fixture->folder);
    arena_free(&fixture->arena);
    free(fixture);
    return 0;
}

static void ask(struct fixture *fixture, const char *method, const char *url, size_t body,
    int status, const char *says)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct http_request request;
    struct http_response response;
    print_message("%s %s\n", method, url);
    http_request_init(&request, method, url);
    request.retries = -1;
    if (body)
        request.body = (struct text){arena_alloc(&fixture->arena, body), body};
    bool ok = http_send(fixture->client, &request, &fixture->arena, &response, &err);
    assert_string_equal(err.message, "");
    assert_true(ok);
    assert_int_equal(response.status, status);
    if (says)
        assert_true(text_is(response.body, says));
}

static char *url(struct fixture *fixture, const char *host, const char *path)
{
    return arena_format(&fixture->arena, "https://%s:%d%s", host, fixture->service.port, path);
}

static void both_families_and_every_kind_of_reply(void **state)
{
    struct fixture *fixture = *state;
    char *says = arena_format(&fixture->arena, "127.0.0.1:%d a/b 0", fixture->service.port);
    ask(fixture, "GET", url(fixture, "127.0.0.1", "/things/a%2Fb"), 0, 200, says);
    ask(fixture, "GET", url(fixture, "localhost", "/things/a"), 0, 200, NULL);
    ask(fixture, "GET", url(fixture, "[::1]", "/things/a"), 0, 200, NULL);
    ask(fixture, "HEAD", url(fixture, "localhost", "/things/a"), 0, 200, "");
    ask(fixture, "GET", url(fixture, "localhost", "/nothing"), 0, 404, NULL);
    ask(fixture, "DELETE", url(fixture, "localhost", "/things/a"), 0, 405, NULL);
    ask(fixture, "PUT", url(fixture, "localhost", "/things/a"), 10, 200, NULL);
    ask(fixture, "GET", url(fixture, "localhost", "/file"), 0, 200, "23456");
    ask(fixture, "POST", url(fixture, "localhost", "/things/a"), 1048577, 413, NULL);
    ask(fixture, "POST", url(fixture, "localhost", "/things/a"), 1048576, 200, NULL);
}

/* Clear text through the proxy's port, byte by byte as a slow or broken client sends it. */

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* Reads until the other side closes or `until` was seen. */
static void hear(int fd, const char *until)
{
    char heard[4096] = "";
    size_t length = 0;
    while (!strstr(heard, until)) {
        ssize_t now = read(fd, heard + length, sizeof(heard) - 1 - length);
        assert_true(now > 0);
        length += (size_t)now;
        heard[length] = '\0';
    }
}

static void the_proxy_leads_to_us_only(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *head, *answer;
    } cases[] = {
        {"CONNECT a.eastus.batch.azure.com:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 200"},
        {"CONNECT example.com:443 HTTP/1.1\r\n\r\n", "not to example.com:443"},
        {"CONNECT nonsense\r\n\r\n", "HTTP/1.1 400"},
        {"GET http://169.254.169.254/things/m HTTP/1.1\r\nHost: x\r\n\r\n", "169.254.169.254 m 0"},
        {"GET http://example.com/things/m HTTP/1.1\r\nHost: x\r\n\r\n", "does not lead to"},
        {"GET /things/m HTTP/1.1\r\nHost: management.azure.com\r\n\r\n", "this is a proxy"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        print_message("%s", cases[i].head);
        int fd = connect_to(fixture->service.proxy_port);
        say(fd, cases[i].head);
        hear(fd, cases[i].answer);
        close(fd);
    }
}

static void slow_clients_do_not_block_others(void **state)
{
    struct fixture *fixture = *state;
    int slow[200];
    for (size_t i = 0; i < 200; i++) {
        slow[i] = connect_to(fixture->service.proxy_port);
        say(slow[i], "CONNECT gra");
    }
    int fd = connect_to(fixture->service.proxy_port);
    say(fd, "CONNECT graph.microsoft.com:443 HTTP/1.1\r\n\r\n");
    hear(fd, "HTTP/1.1 200");
    close(fd);
    /* The newest of the slow ones is still welcome. */
    say(slow[199], "ph.microsoft.com:443 HTTP/1.1\r\n\r\n");
    hear(slow[199], "HTTP/1.1 200");
    for (size_t i = 0; i < 200; i++)
        close(slow[i]);
}

static int begin_gated_write(struct fixture *fixture)
{
    int fd = connect_to(fixture->service.proxy_port);
    say(fd, "PUT http://management.azure.com/gate/x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
            "\r\n");
    sem_wait(&gate.running);
    return fd;
}

static void a_client_that_goes_away_while_it_writes(void **state)
{
    struct fixture *fixture = *state;
    int fd = begin_gated_write(fixture);
    close(fd);
    sem_post(&gate.go);
    ask(fixture, "PUT", url(fixture, "localhost", "/things/after"), 0, 200, NULL);
}

/* More cookies than libmicrohttpd has room for: it gives the request up without a word to us, and
 * LeakSanitizer tells whether its exchange is lost. */
static void a_request_that_is_given_up(void **state)
{
    struct fixture *fixture = *state;
    char byte;
    int fd = connect_to(fixture->service.proxy_port);
    say(fd, "GET http://management.azure.com/things/m HTTP/1.1\r\nHost: x\r\nCookie: ");
    for (size_t i = 0; i < 2400; i++)
        say(fd, "a=b; ");
    say(fd, "\r\n\r\n");
    while (read(fd, &byte, 1) > 0)
        ;
    close(fd);
    ask(fixture, "PUT", url(fixture, "localhost", "/things/after"), 0, 200, NULL);
}

static void *free_listener(void *context)
{
    stop_listener(context);
    return NULL;
}

static void stopping_waits_for_what_is_written(void **state)
{
    struct fixture *fixture = *state;
    pthread_t thread;
    int fd = begin_gated_write(fixture);
    assert_int_equal(pthread_create(&thread, NULL, free_listener, fixture), 0);
    sem_post(&gate.go);
    pthread_join(thread, NULL);
    assert_null(fixture->service.listener);
    close(fd);
}

#define WITH_SERVICE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVICE(both_families_and_every_kind_of_reply),
        WITH_SERVICE(the_proxy_leads_to_us_only),
        WITH_SERVICE(slow_clients_do_not_block_others),
        WITH_SERVICE(a_client_that_goes_away_while_it_writes),
        WITH_SERVICE(a_request_that_is_given_up),
        WITH_SERVICE(stopping_waits_for_what_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
