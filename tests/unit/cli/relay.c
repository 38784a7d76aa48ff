/* The relay alone: both half-closes, a target that is not there, large transfers, its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <unistd.h>
#include <cmocka.h>

#include "cli/relay.h"

struct fixture {
    struct relay_route route;
    struct relay_watch watch;
    int target;  /* listens where the relay leads to */
    int port;    /* where the relay listens */
    int stop[2]; /* a byte ends the relay */
    pthread_t thread;
    bool ended;
};

static int listen_any(int flags, int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | flags, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static bool told_to_stop(void *context)
{
    (void)context;
    return false;
}

static void *relay_thread(void *context)
{
    struct fixture *fixture = context;
    struct azb_error err = AZB_ERROR_INIT;
    fixture->ended = relay_run(&fixture->route, 1, &fixture->watch, &err);
    return NULL;
}

static int set_up(void **state)
{
    static struct fixture fixture;
    struct azb_error err = AZB_ERROR_INIT;
    int port;
    fixture = (struct fixture){.ended = false};
    fixture.target = listen_any(0, &port);
    assert_true(relay_address(&fixture.route, "localhost", port, &err));
    fixture.route.listener = listen_any(SOCK_NONBLOCK, &fixture.port);
    assert_int_equal(pipe(fixture.stop), 0);
    fixture.watch = (struct relay_watch){fixture.stop[0], told_to_stop, NULL};
    *state = &fixture;
    return pthread_create(&fixture.thread, NULL, relay_thread, &fixture);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(write(fixture->stop[1], "", 1), 1);
    pthread_join(fixture->thread, NULL);
    assert_true(fixture->ended);
    close(fixture->stop[0]);
    close(fixture->stop[1]);
    close(fixture->route.listener);
    if (fixture->target >= 0)
        close(fixture->target);
    return 0;
}

static int connect_to(int port)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval limit = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void expect(int fd, const char *wanted)
{
    char found[64];
    size_t length = strlen(wanted);
    assert_int_equal(recv(fd, found, length ? length : sizeof found, MSG_WAITALL), length);
    assert_memory_equal(found, wanted, length);
}

static void keeps_each_half(void **state)
{
    struct fixture *fixture = *state;
    for (int server_first = 0; server_first < 2; server_first++) {
        int client = connect_to(fixture->port), server = accept(fixture->target, NULL, NULL);
        int first = server_first ? server : client, second = server_first ? client : server;
        assert_int_equal(send(first, "hello", 5, 0), 5);
        shutdown(first, SHUT_WR);
        expect(second, "hello");
        expect(second, ""); /* the end arrives, and the other way is still open */
        assert_int_equal(send(second, "and you", 7, 0), 7);
        expect(first, "and you");
        close(second);
        expect(first, "");
        close(first);
    }
}

#define MANY 4000000

static void *pour(void *context)
{
    static const char piece[10000] = {1};
    for (size_t sent = 0; sent < MANY; sent += sizeof piece)
        if (send(*(int *)context, piece, sizeof piece, 0) != (ssize_t)sizeof piece)
            break;
    shutdown(*(int *)context, SHUT_WR);
    return NULL;
}

static size_t drain(int fd)
{
    static char piece[65536];
    size_t all = 0;
    for (ssize_t length; (length = recv(fd, piece, sizeof piece, 0)) > 0;)
        all += (size_t)length;
    return all;
}

static void waits_for_a_slow_reader(void **state)
{
    struct fixture *fixture = *state;
    pthread_t pouring, answering;
    int client = connect_to(fixture->port), server = accept(fixture->target, NULL, NULL);
    pthread_create(&pouring, NULL, pour, &client);
    pthread_create(&answering, NULL, pour, &server);
    assert_int_equal(drain(server), MANY);
    assert_int_equal(drain(client), MANY);
    pthread_join(pouring, NULL);
    pthread_join(answering, NULL);
    close(client);
    close(server);
}

static void closes_without_a_target(void **state)
{
    struct fixture *fixture = *state;
    char byte;
    assert_true(relay_reaches(&fixture->route));
    close(fixture->target);
    fixture->target = -1;
    assert_false(relay_reaches(&fixture->route));
    int client = connect_to(fixture->port);
    assert_true(recv(client, &byte, 1, 0) <= 0);
    close(client);
}

static void ends_open_connections(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_to(fixture->port), server = accept(fixture->target, NULL, NULL);
    assert_int_equal(send(client, "x", 1, 0), 1);
    expect(server, "x");
    tear_down(state);
    expect(client, "");
    close(client);
    close(server);
    set_up(state); /* for the tear-down of the group */
}

static void knows_addresses(void **state)
{
    static const struct {
        const char *host;
        int family; /* 0: refused */
    } hosts[] = {
        {"127.0.0.1", AF_INET}, {"localhost", AF_INET}, {"::1", AF_INET6}, {"example.org", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct relay_route route;
        struct azb_error err = AZB_ERROR_INIT;
        bool known = relay_address(&route, hosts[i].host, 8444, &err);
        assert_int_equal(known ? route.to.ss_family : 0, hosts[i].family);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keeps_each_half, set_up, tear_down),
        cmocka_unit_test_setup_teardown(waits_for_a_slow_reader, set_up, tear_down),
        cmocka_unit_test_setup_teardown(closes_without_a_target, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ends_open_connections, set_up, tear_down),
        cmocka_unit_test(knows_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
