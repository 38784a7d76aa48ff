/* The listener for the browser's answer: what ends the wait, what does not, and what is shown. */
#include "fake_entra.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "entra/loopback.h"
#include "entra/loopback_page.h"

#define STATE "st-1"
#define HOST "Host: localhost:1234\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
#define POST_OF(body, length)                                                                      \
    "POST / HTTP/1.1\r\n" HOST FORM "Content-Length: " length "\r\n\r\n" body
#define GET_OF(target) "GET " target " HTTP/1.1\r\n" HOST "\r\n"

static const struct {
    const char *name, *path, *bytes;
    enum loopback_verdict verdict;
    int status;
    const char *code, *error, *description;
} requests[] = {
    {"form_post", "", POST_OF("code=c%2B1&state=st-1", "21"), LOOPBACK_ARRIVED, 0, "c+1", NULL,
        NULL},
    {"query", "", GET_OF("/?code=c1&state=st-1&session_state=x"), LOOPBACK_ARRIVED, 0, "c1", NULL,
        NULL},
    {"a path of its own", "/signin", GET_OF("/signin?state=st-1&code=c"), LOOPBACK_ARRIVED, 0, "c",
        NULL, NULL},
    {"an error", "",
        GET_OF("/?error=access_denied&error_description=AADSTS65004%3a+No.%0d%0aTrace&state=st-1"),
        LOOPBACK_ARRIVED, 0, NULL, "access_denied", "AADSTS65004: No."},
    {"an error without words", "", GET_OF("/?error=server_error&state=st-1"), LOOPBACK_ARRIVED, 0,
        NULL, "server_error", NULL},
    {"charset", "",
        "POST / HTTP/1.1\r\nhost: LOCALHOST:1234\r\ncontent-type: "
        "application/x-www-form-urlencoded;charset=utf-8\r\ncontent-length: 17\r\n\r\n"
        "code=c&state=st-1",
        LOOPBACK_ARRIVED, 0, "c", NULL, NULL},

    {"nothing yet", "", "", LOOPBACK_MORE, 0, NULL, NULL, NULL},
    {"half a head", "", "GET /?code=c&state=st-1 HTTP/1.1\r\n" HOST, LOOPBACK_MORE, 0, NULL, NULL,
        NULL},
    {"half a body", "", POST_OF("code=c", "17"), LOOPBACK_MORE, 0, NULL, NULL, NULL},

    {"another state", "", GET_OF("/?code=c&state=st-2"), LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"the beginning of the state", "", GET_OF("/?code=c&state=st-"), LOOPBACK_REFUSED, 400, NULL,
        NULL, NULL},
    {"no state", "", GET_OF("/?code=c"), LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"an error with another state", "", GET_OF("/?error=access_denied&state=x"), LOOPBACK_REFUSED,
        400, NULL, NULL, NULL},
    {"two states", "", GET_OF("/?code=c&state=st-1&state=st-1"), LOOPBACK_REFUSED, 400, NULL, NULL,
        NULL},
    {"two codes", "", GET_OF("/?code=c&code=d&state=st-1"), LOOPBACK_REFUSED, 400, NULL, NULL,
        NULL},
    {"code and error", "", GET_OF("/?code=c&error=x&state=st-1"), LOOPBACK_REFUSED, 400, NULL, NULL,
        NULL},
    {"neither", "", GET_OF("/?state=st-1"), LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"an empty code", "", GET_OF("/?code=&state=st-1"), LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"an error that is no word", "", GET_OF("/?error=%3Cb%3E&state=st-1"), LOOPBACK_REFUSED, 400,
        NULL, NULL, NULL},
    {"the root", "", GET_OF("/"), LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"favicon", "", GET_OF("/favicon.ico"), LOOPBACK_REFUSED, 404, NULL, NULL, NULL},
    {"the root where a path is wanted", "/signin", GET_OF("/?code=c&state=st-1"), LOOPBACK_REFUSED,
        404, NULL, NULL, NULL},
    {"a path below", "/signin", GET_OF("/signin/?code=c&state=st-1"), LOOPBACK_REFUSED, 404, NULL,
        NULL, NULL},
    {"another host", "", "GET /?code=c&state=st-1 HTTP/1.1\r\nHost: evil.example:1234\r\n\r\n",
        LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"another port", "", "GET /?code=c&state=st-1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n",
        LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"no host", "", "GET /?code=c&state=st-1 HTTP/1.1\r\n\r\n", LOOPBACK_REFUSED, 400, NULL, NULL,
        NULL},
    {"two hosts", "", "GET /?code=c&state=st-1 HTTP/1.1\r\n" HOST HOST "\r\n", LOOPBACK_REFUSED,
        400, NULL, NULL, NULL},
    {"another method", "", "PUT /?code=c&state=st-1 HTTP/1.1\r\n" HOST "\r\n", LOOPBACK_REFUSED,
        405, NULL, NULL, NULL},
    {"HEAD", "", "HEAD /?code=c&state=st-1 HTTP/1.1\r\n" HOST "\r\n", LOOPBACK_REFUSED, 405, NULL,
        NULL, NULL},
    {"no length", "", "POST / HTTP/1.1\r\n" HOST FORM "\r\ncode=c&state=st-1", LOOPBACK_REFUSED,
        411, NULL, NULL, NULL},
    {"chunked", "",
        "POST / HTTP/1.1\r\n" HOST FORM
        "Content-Length: 17\r\nTransfer-Encoding: chunked\r\n\r\ncode=c&state=st-1",
        LOOPBACK_REFUSED, 411, NULL, NULL, NULL},
    {"two lengths", "",
        "POST / HTTP/1.1\r\n" HOST FORM "Content-Length: 17\r\nContent-Length: 17\r\n\r\n",
        LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"a negative length", "", POST_OF("", "-1"), LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"a large body", "", POST_OF("", "65537"), LOOPBACK_REFUSED, 413, NULL, NULL, NULL},
    {"JSON", "",
        "POST / HTTP/1.1\r\n" HOST "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"not HTTP", "", "hello\r\n\r\n", LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"TLS", "", "\x16\x03\x01\r\n\r\n", LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"HTTP/2", "", "PRI * HTTP/2.0\r\n\r\n", LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"an absolute target", "", GET_OF("http://localhost:1234/?code=c&state=st-1"), LOOPBACK_REFUSED,
        400, NULL, NULL, NULL},
    {"a header without a colon", "", "GET /?code=c&state=st-1 HTTP/1.1\r\n" HOST "X\r\n\r\n",
        LOOPBACK_REFUSED, 400, NULL, NULL, NULL},
    {"a space before the colon", "",
        "GET /?code=c&state=st-1 HTTP/1.1\r\nHost : localhost:1234\r\n\r\n", LOOPBACK_REFUSED, 400,
        NULL, NULL, NULL},
};

static void expect_same(const char *a, const char *b)
{
    assert_int_equal(a != NULL, b != NULL);
    if (a)
        assert_string_equal(a, b);
}

static void test_requests(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(requests); i++) {
        scoped_arena struct arena arena = {0};
        struct loopback_answer answer = {0};
        struct loopback_expected expected = {"localhost:1234", requests[i].path, STATE};
        arena_init(&arena, 0);
        print_message("  %s\n", requests[i].name);
        assert_int_equal(loopback_read(&expected, text_of(requests[i].bytes), &arena, &answer),
            requests[i].verdict);
        assert_int_equal(answer.status, requests[i].status);
        expect_same(answer.code, requests[i].code);
        expect_same(answer.error, requests[i].error);
        expect_same(answer.description, requests[i].description);
    }
}

static void test_a_long_head(void **unused)
{
    (void)unused;
    static char head[LOOPBACK_HEAD_MAX + 100];
    scoped_arena struct arena arena = {0};
    struct loopback_answer answer = {0};
    struct loopback_expected expected = {"localhost:1234", "", STATE};
    arena_init(&arena, 0);
    memset(head, 'x', sizeof(head));
    assert_int_equal(
        loopback_read(&expected, (struct text){head, LOOPBACK_HEAD_MAX}, &arena, &answer),
        LOOPBACK_MORE);
    assert_int_equal(
        loopback_read(&expected, (struct text){head, LOOPBACK_HEAD_MAX + 1}, &arena, &answer),
        LOOPBACK_REFUSED);
    assert_int_equal(answer.status, 413);
}

static const struct {
    const char *uri, *host, *path;
    int port;
} addresses[] = {
    {NULL, "localhost", "", 0},
    {"http://localhost", "localhost", "", 0},
    {"http://localhost/", "localhost", "/", 0},
    {"HTTP://LocalHost:8400/x/y", "localhost", "/x/y", 8400},
    {"http://127.0.0.1:80", "127.0.0.1", "", 80},
    {"http://[::1]:9/", "[::1]", "/", 9},
    {"https://localhost", NULL, NULL, 0},
    {"http://localhost.evil.example", NULL, NULL, 0},
    {"http://127.0.0.2", NULL, NULL, 0},
    {"http://0.0.0.0", NULL, NULL, 0},
    {"http://localhost?x=y", NULL, NULL, 0},
    {"http://localhost#x", NULL, NULL, 0},
    {"http://me@localhost", NULL, NULL, 0},
    {"http://localhost:0", NULL, NULL, 0},
    {"localhost", NULL, NULL, 0},
    {"urn:ietf:wg:oauth:2.0:oob", NULL, NULL, 0},
};

static void test_addresses(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        scoped_arena struct arena arena = {0};
        struct loopback_address address = {0};
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        print_message("  %s\n", addresses[i].uri ? addresses[i].uri : "(none)");
        bool read = loopback_address_read(addresses[i].uri, &arena, &address, &err);
        assert_int_equal(read, addresses[i].host != NULL);
        if (!read) {
            assert_non_null(strstr(err.message, "must be http://localhost"));
            continue;
        }
        assert_string_equal(address.host, addresses[i].host);
        assert_string_equal(address.path, addresses[i].path);
        assert_int_equal(address.port, addresses[i].port);
    }
}

/* ---- With sockets ---- */

struct client {
    pthread_t thread;
    int port;
    const char *const *sends; /* one connection each; NULL ends */
    size_t piece;             /* bytes that are sent at once; 0: all */
    char answers[8][8192];
};

static int connect_to(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int socket_ = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(socket_, (struct sockaddr *)&at, sizeof(at)), 0);
    return socket_;
}

static void read_all(int socket_, char *out, size_t size)
{
    size_t used = 0;
    ssize_t got;
    while (used + 1 < size && (got = recv(socket_, out + used, size - used - 1, 0)) > 0)
        used += (size_t)got;
    out[used] = '\0';
}

/* "PORT" in what is sent is this listener's. */
static void send_request(int socket_, const char *request, int port, size_t piece)
{
    char bytes[4096];
    const char *place = strstr(request, "PORT");
    if (place)
        snprintf(
            bytes, sizeof(bytes), "%.*s%d%s", (int)(place - request), request, port, place + 4);
    else
        snprintf(bytes, sizeof(bytes), "%s", request);
    for (size_t at = 0, length = strlen(bytes), step; at < length; at += step) {
        step = piece && piece < length - at ? piece : length - at;
        if (send(socket_, bytes + at, step, MSG_NOSIGNAL) != (ssize_t)step)
            return; /* the listener has heard enough */
    }
}

static void *browse(void *context)
{
    struct client *client = context;
    for (size_t i = 0; client->sends[i]; i++) {
        int socket_ = connect_to(client->port);
        send_request(socket_, client->sends[i], client->port, client->piece);
        read_all(socket_, client->answers[i], sizeof(client->answers[i]));
        close(socket_);
    }
    return NULL;
}

static struct loopback *listen_anywhere(int *port)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct loopback_address address = {"localhost", 0, ""};
    struct loopback *loopback = loopback_listen(&address, &err);
    if (!loopback)
        fail_test("%s", err.message);
    *port = (int)strtol(strrchr(loopback_redirect_uri(loopback), ':') + 1, NULL, 10);
    return loopback;
}

static const char *const story[] = {
    "GET /favicon.ico HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n",
    "GET /?code=evil&state=guess HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost:PORT\r\n" FORM
    "Content-Length: 22\r\n\r\ncode=good-1&state=st-1",
    NULL,
};

static struct azb_error refusal(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    fail(&err, AZB_ERROR_AUTHENTICATION, "the <b>person</b> & \"others\"");
    snprintf(err.code, sizeof(err.code), "AADSTS65004");
    return err;
}

static void tell_the_story(const struct azb_error *failure, struct client *client)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct loopback_answer answer = {0};
    struct loopback *loopback = listen_anywhere(&client->port);
    struct patience patience = {monotonic_ms() + 20000, NULL};
    int idle[6]; /* connections that a browser keeps to spare */
    arena_init(&arena, 0);
    client->sends = story;
    for (size_t i = 0; i < COUNT(idle); i++)
        idle[i] = connect_to(client->port);
    pthread_create(&client->thread, NULL, browse, client);
    if (!loopback_wait(loopback, STATE, patience, &arena, &answer, &err))
        fail_test("%s", err.message);
    assert_string_equal(answer.code, "good-1");
    loopback_finish(loopback, failure);
    pthread_join(client->thread, NULL);
    for (size_t i = 0; i < COUNT(idle); i++)
        close(idle[i]);
    loopback_free(loopback);
}

static void test_unrelated_requests_do_not_end_the_wait(void **unused)
{
    (void)unused;
    static struct client client;
    tell_the_story(NULL, &client);
    assert_non_null(strstr(client.answers[0], "HTTP/1.1 404 "));
    assert_non_null(strstr(client.answers[1], "HTTP/1.1 400 "));
    assert_null(strstr(client.answers[1], "evil"));
    assert_non_null(strstr(client.answers[2], "HTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(client.answers[2], "You are signed in"));
    assert_non_null(strstr(client.answers[2], "Content-Security-Policy: default-src 'none'"));
    assert_non_null(strstr(client.answers[2], "Cache-Control: no-store\r\n"));
    assert_null(strstr(client.answers[2], "good-1"));
}

static void test_the_page_of_a_failure(void **unused)
{
    (void)unused;
    static struct client client;
    struct azb_error err = refusal();
    tell_the_story(&err, &client);
    assert_non_null(strstr(client.answers[2], "HTTP/1.1 400 "));
    assert_non_null(strstr(client.answers[2], "You are not signed in"));
    assert_non_null(strstr(client.answers[2], "AADSTS65004"));
    assert_non_null(strstr(client.answers[2], "&#60;b&#62;person&#60;/b&#62; &#38; &#34;others"));
    assert_null(strstr(client.answers[2], "<b>"));
}

/* The form comes byte by byte, and what is sent behind it is not read as a request. */
static void test_pieces(void **unused)
{
    (void)unused;
    static const char *const pieces[] = {"POST / HTTP/1.1\r\nHost: localhost:PORT\r\n" FORM
                                         "Content-Length: 22\r\n\r\ncode=good-1&state=st-1"
                                         "GET /?code=evil&state=st-1 HTTP/1.1\r\n\r\n",
        NULL};
    scoped_arena struct arena arena = {0};
    static struct client client;
    struct azb_error err = AZB_ERROR_INIT;
    struct loopback_answer answer = {0};
    struct patience patience = {monotonic_ms() + 20000, NULL};
    arena_init(&arena, 0);
    struct loopback *loopback = listen_anywhere(&client.port);
    client.sends = pieces;
    client.piece = 1;
    pthread_create(&client.thread, NULL, browse, &client);
    assert_true(loopback_wait(loopback, STATE, patience, &arena, &answer, &err));
    assert_string_equal(answer.code, "good-1");
    loopback_finish(loopback, NULL);
    pthread_join(client.thread, NULL);
    loopback_free(loopback);
}

/* More connections than there are places: the oldest goes, the answer still comes through. */
static void test_connections_that_only_sit_there(void **unused)
{
    (void)unused;
    scoped_arena struct arena arena = {0};
    static struct client client;
    struct azb_error err = AZB_ERROR_INIT;
    struct loopback_answer answer = {0};
    struct patience moment = {monotonic_ms() + 1, NULL};
    struct patience patience = {monotonic_ms() + 20000, NULL};
    int idle[20];
    arena_init(&arena, 0);
    struct loopback *loopback = listen_anywhere(&client.port);
    for (size_t i = 0; i < COUNT(idle); i++) {
        idle[i] = connect_to(client.port); /* taken up in the moment that follows */
        moment.deadline_ms = monotonic_ms() + 2;
        assert_false(loopback_wait(loopback, STATE, moment, &arena, &answer, &err));
    }
    client.sends = story + 2;
    pthread_create(&client.thread, NULL, browse, &client);
    assert_true(loopback_wait(loopback, STATE, patience, &arena, &answer, &err));
    loopback_finish(loopback, NULL);
    pthread_join(client.thread, NULL);
    assert_non_null(strstr(client.answers[0], "You are signed in"));
    for (size_t i = 0; i < COUNT(idle); i++)
        close(idle[i]);
    loopback_free(loopback);
}

static void test_waiting_ends(void **unused)
{
    (void)unused;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct loopback_answer answer = {0};
    azb_cancel_flag cancelled = true;
    int port;
    arena_init(&arena, 0);
    struct loopback *loopback = listen_anywhere(&port);
    struct patience patience = {monotonic_ms() + 1, NULL};
    assert_false(loopback_wait(loopback, STATE, patience, &arena, &answer, &err));
    assert_int_equal(err.kind, AZB_ERROR_TIMEOUT);
    patience = (struct patience){monotonic_ms() + 20000, &cancelled};
    assert_false(loopback_wait(loopback, STATE, patience, &arena, &answer, &err));
    assert_int_equal(err.kind, AZB_ERROR_CANCELLED);
    loopback_free(loopback);
}

static void test_a_port_that_is_taken(void **unused)
{
    (void)unused;
    struct azb_error err = AZB_ERROR_INIT;
    int port;
    struct loopback *loopback = listen_anywhere(&port);
    struct loopback_address address = {"127.0.0.1", port, "/x"};
    assert_null(loopback_listen(&address, &err));
    assert_int_equal(err.kind, AZB_ERROR_IO);
    assert_non_null(strstr(err.message, "Address already in use"));
    loopback_free(loopback);
    loopback = loopback_listen(&address, &err);
    assert_non_null(loopback);
    char expected[64];
    snprintf(expected, sizeof(expected), "http://127.0.0.1:%d/x", port);
    assert_string_equal(loopback_redirect_uri(loopback), expected);
    loopback_free(loopback);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_a_long_head),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_unrelated_requests_do_not_end_the_wait),
        cmocka_unit_test(test_the_page_of_a_failure),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_connections_that_only_sit_there),
        cmocka_unit_test(test_waiting_ends),
        cmocka_unit_test(test_a_port_that_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
