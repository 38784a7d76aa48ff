/*
 * The sockets: a poll loop over the listener and a few connections. The parser is
 * loopback_request.c, the page loopback_page.c.
 */
#include "entra/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/error.h"
#include "base/time.h"
#include "entra/loopback_page.h"

#define CONNECTIONS_MAX 8 /* browsers open a few to spare; the oldest has to go then */
#define CONNECTION_LIFE_MS 10000
#define GOODBYE_MS 1000 /* to let the other side read the answer */
#define LOOK_MS 50      /* how often the cancel flag is looked at */
#define READ_SIZE 4096

struct connection {
    int socket;    /* -1: free */
    bool answered; /* what still comes is thrown away until the other side closes */
    int64_t until_ms;
    struct buffer received;
};

struct loopback {
    int listener;
    int port;
    char *redirect_uri, *host, *path;
    struct connection connections[CONNECTIONS_MAX];
    struct connection *waiting; /* the browser that brought the answer */
};

/* ---- Making and freeing ---- */

static void close_connection(struct connection *connection)
{
    if (connection->socket >= 0)
        close(connection->socket);
    buffer_free(&connection->received);
    connection->socket = -1;
    connection->answered = false;
}

static socklen_t write_address(const struct loopback_address *address, struct sockaddr_storage *out)
{
    if (strcmp(address->host, "[::1]") == 0) {
        struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
        *six = (struct sockaddr_in6){.sin6_family = AF_INET6,
            .sin6_port = htons((uint16_t)address->port),
            .sin6_addr = IN6ADDR_LOOPBACK_INIT};
        return sizeof(*six);
    }
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    *four = (struct sockaddr_in){.sin_family = AF_INET,
        .sin_port = htons((uint16_t)address->port),
        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return sizeof(*four);
}

static int port_of(const struct sockaddr_storage *address)
{
    return ntohs(address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                                : ((const struct sockaddr_in *)address)->sin_port);
}

static bool open_listener(
    struct loopback *loopback, const struct loopback_address *address, struct azb_error *err)
{
    struct sockaddr_storage at = {0};
    socklen_t length = write_address(address, &at);
    int one = 1;
    loopback->listener = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (loopback->listener >= 0)
        setsockopt(loopback->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (loopback->listener < 0 || bind(loopback->listener, (struct sockaddr *)&at, length) != 0 ||
        listen(loopback->listener, CONNECTIONS_MAX) != 0 ||
        getsockname(loopback->listener, (struct sockaddr *)&at, &length) != 0)
        return fail(err, AZB_ERROR_IO, "listening on %s port %d for the browser's answer: %s",
            address->host, address->port, strerror(errno));
    loopback->port = port_of(&at);
    return true;
}

static bool write_names(
    struct loopback *loopback, const struct loopback_address *address, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const char *host = arena_format(&arena, "%s:%d", address->host, loopback->port);
    const char *uri = host ? arena_format(&arena, "http://%s%s", host, address->path) : NULL;
    if (!uri)
        return fail_memory(err);
    loopback->host = memory_string(host);
    loopback->redirect_uri = memory_string(uri);
    loopback->path = memory_string(address->path);
    return (loopback->host && loopback->redirect_uri && loopback->path) || fail_memory(err);
}

struct loopback *loopback_listen(const struct loopback_address *address, struct azb_error *err)
{
    struct loopback *loopback = memory_alloc(sizeof(*loopback));
    if (!loopback) {
        fail_memory(err);
        return NULL;
    }
    loopback->listener = -1;
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        loopback->connections[i].socket = -1;
    if (open_listener(loopback, address, err) && write_names(loopback, address, err))
        return loopback;
    loopback_free(loopback);
    return NULL;
}

void loopback_free(struct loopback *loopback)
{
    if (!loopback)
        return;
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        close_connection(&loopback->connections[i]);
    if (loopback->listener >= 0)
        close(loopback->listener);
    memory_free(loopback->redirect_uri);
    memory_free(loopback->host);
    memory_free(loopback->path);
    memory_free(loopback);
}

const char *loopback_redirect_uri(const struct loopback *loopback)
{
    return loopback->redirect_uri;
}

/* ---- Connections ---- */

/* A free one, or else the one that would have to go first. */
static struct connection *free_connection(struct loopback *loopback)
{
    struct connection *oldest = &loopback->connections[0];
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *one = &loopback->connections[i];
        if (one->socket < 0)
            return one;
        if (one->until_ms < oldest->until_ms)
            oldest = one;
    }
    close_connection(oldest);
    return oldest;
}

static void accept_one(struct loopback *loopback)
{
    int socket = accept4(loopback->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0)
        return;
    struct connection *connection = free_connection(loopback);
    connection->socket = socket;
    connection->until_ms = monotonic_ms() + CONNECTION_LIFE_MS;
    buffer_init(&connection->received, LOOPBACK_HEAD_MAX + LOOPBACK_BODY_MAX + READ_SIZE);
}

/* An answer is small: the socket's buffer takes it whole. Whoever does not read it, does not. */
static void answer_with(struct connection *connection, struct text answer)
{
    ssize_t sent = send(connection->socket, answer.at, answer.length, MSG_NOSIGNAL);
    (void)sent;
    shutdown(connection->socket, SHUT_WR);
    connection->answered = true;
    connection->until_ms = monotonic_ms() + GOODBYE_MS;
}

static void refuse(struct connection *connection, int status)
{
    scoped_buffer struct buffer page = {0};
    buffer_init(&page, LOOPBACK_PAGE_MAX);
    loopback_page_refusal(status, &page);
    if (page.failed)
        close_connection(connection);
    else
        answer_with(connection, buffer_text(&page));
}

/* True when the request that is waited for has arrived with this piece. */
static bool judge(struct connection *connection, const struct loopback_expected *expected,
    struct arena *arena, struct loopback_answer *answer)
{
    enum loopback_verdict verdict =
        loopback_read(expected, buffer_text(&connection->received), arena, answer);
    if (verdict == LOOPBACK_REFUSED)
        refuse(connection, answer->status);
    return verdict == LOOPBACK_ARRIVED;
}

static bool read_piece(struct connection *connection, const struct loopback_expected *expected,
    struct arena *arena, struct loopback_answer *answer)
{
    char piece[READ_SIZE];
    ssize_t got = recv(connection->socket, piece, sizeof(piece), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (got > 0 && !connection->answered)
        buffer_add(&connection->received, piece, (size_t)got);
    secret_wipe(piece, sizeof(piece));
    if (got <= 0 || connection->received.failed)
        close_connection(connection);
    else if (!connection->answered)
        return judge(connection, expected, arena, answer);
    return false;
}

static void close_late(struct loopback *loopback)
{
    int64_t now = monotonic_ms();
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *one = &loopback->connections[i];
        if (one->socket >= 0 && one != loopback->waiting && now >= one->until_ms)
            close_connection(one);
    }
}

static int look(struct loopback *loopback, struct pollfd *polled, int64_t ms)
{
    polled[CONNECTIONS_MAX] = (struct pollfd){loopback->listener, POLLIN, 0};
    for (int i = 0; i < CONNECTIONS_MAX; i++) /* -1 is passed over */
        polled[i] = (struct pollfd){loopback->connections[i].socket, POLLIN, 0};
    return poll(polled, CONNECTIONS_MAX + 1, (int)(ms < LOOK_MS ? ms : LOOK_MS));
}

bool loopback_wait(struct loopback *loopback, const char *state, struct patience patience,
    struct arena *arena, struct loopback_answer *answer, struct azb_error *err)
{
    const struct loopback_expected expected = {loopback->host, loopback->path, state};
    for (;;) {
        struct pollfd polled[CONNECTIONS_MAX + 1];
        int64_t left = patience_left_ms(patience, err);
        if (!left)
            return fail_while(err, "waiting for the browser");
        int ready = look(loopback, polled, left);
        if (ready < 0 && errno != EINTR)
            return fail(err, AZB_ERROR_IO, "waiting for the browser: %s", strerror(errno));
        for (int i = 0; ready > 0 && i < CONNECTIONS_MAX; i++) {
            struct connection *one = &loopback->connections[i];
            if (polled[i].revents && read_piece(one, &expected, arena, answer)) {
                loopback->waiting = one;
                return true;
            }
        }
        if (ready > 0 && polled[CONNECTIONS_MAX].revents)
            accept_one(loopback);
        close_late(loopback);
    }
}

/* ---- The end ---- */

/* Until the browser has read the page, or has had time for it. */
static void say_goodbye(struct connection *connection)
{
    char rest[READ_SIZE];
    for (;;) {
        struct pollfd polled = {connection->socket, POLLIN, 0};
        int64_t left = connection->until_ms - monotonic_ms();
        if (left <= 0 || poll(&polled, 1, (int)left) <= 0 ||
            recv(connection->socket, rest, sizeof(rest), 0) <= 0)
            return;
    }
}

void loopback_finish(struct loopback *loopback, const struct azb_error *failure)
{
    scoped_buffer struct buffer page = {0};
    struct connection *browser = loopback->waiting;
    close(loopback->listener);
    loopback->listener = -1;
    loopback->waiting = NULL;
    buffer_init(&page, LOOPBACK_PAGE_MAX);
    loopback_page_end(failure, &page);
    if (!browser || page.failed)
        return;
    answer_with(browser, buffer_text(&page));
    say_goodbye(browser);
}
