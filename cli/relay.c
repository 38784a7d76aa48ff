#include "cli/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"

#define PIECE 16384

/* One way of a connection: bytes from one end that the other end has not taken yet. */
struct way {
    char bytes[PIECE];
    size_t from, to;
    bool ended;  /* the sender is done */
    bool closed; /* and the receiver was told */
};

/* ways[0] goes from ends[0], the accepted one, to ends[1]; ways[1] goes back. */
struct connection {
    int ends[2];
    bool connecting;
    struct way ways[2];
};

struct relay {
    const struct relay_route *routes;
    size_t route_count;
    const struct relay_watch *watch;
    struct connection *connections[RELAY_CONNECTIONS_MAX];
    size_t count;
    bool full; /* no file descriptor or memory for another one until one ends */
};

#define POLLS_MAX (1 + RELAY_ROUTES_MAX + 2 * RELAY_CONNECTIONS_MAX)

bool relay_address(struct relay_route *route, const char *host, int port, struct azb_error *err)
{
    struct sockaddr_in *four = (struct sockaddr_in *)&route->to;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&route->to;
    if (strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    memset(&route->to, 0, sizeof route->to);
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)port);
        route->to_length = sizeof *four;
        return true;
    }
    if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        route->to_length = sizeof *six;
        return true;
    }
    return fail(err, AZB_ERROR_CONFIGURATION, "'%s' is not an IP address", host);
}

bool relay_reaches(const struct relay_route *route)
{
    int fd = socket(route->to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool reached =
        fd >= 0 && connect(fd, (const struct sockaddr *)&route->to, route->to_length) == 0;
    if (fd >= 0)
        close(fd);
    return reached;
}

/* ---- one connection ------------------------------------------------------------------------ */

static void end_connection(struct connection *connection)
{
    for (int i = 0; i < 2; i++)
        if (connection->ends[i] >= 0)
            close(connection->ends[i]);
    memory_free(connection);
}

static bool wait_and_see(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* False: the connection is broken. */
static bool receive(struct way *way, int from)
{
    ssize_t length = recv(from, way->bytes, sizeof way->bytes, 0);
    if (length < 0)
        return wait_and_see();
    way->from = 0;
    way->to = (size_t)length;
    way->ended = length == 0;
    return true;
}

static bool deliver(struct way *way, int to)
{
    ssize_t length = send(to, way->bytes + way->from, way->to - way->from, MSG_NOSIGNAL);
    if (length < 0)
        return wait_and_see();
    way->from += (size_t)length;
    return true;
}

static bool has_bytes(const struct way *way)
{
    return way->from < way->to;
}

static bool finish_connect(struct connection *connection)
{
    int problem = 0;
    socklen_t length = sizeof problem;
    connection->connecting = false;
    return getsockopt(connection->ends[1], SOL_SOCKET, SO_ERROR, &problem, &length) == 0 &&
           problem == 0;
}

static bool carry(struct connection *connection, int i, short events)
{
    struct way *way = &connection->ways[i];
    const short readable = POLLIN | POLLHUP | POLLERR;
    if ((events & readable) && !way->ended && !has_bytes(way) && !receive(way, connection->ends[i]))
        return false;
    /* Straight on: most of the time the other end takes it at once. */
    if (has_bytes(way) && !deliver(way, connection->ends[!i]))
        return false;
    if (!way->ended || has_bytes(way) || way->closed)
        return true;
    way->closed = true;
    return shutdown(connection->ends[!i], SHUT_WR) == 0 || errno == ENOTCONN;
}

/* False: it is over, by both ends or by an error. */
static bool serve(struct connection *connection, short near, short far)
{
    if (connection->connecting) {
        if (!far)
            return true;
        if (!finish_connect(connection))
            return false;
    }
    if (!carry(connection, 0, near) || !carry(connection, 1, far))
        return false;
    return !(connection->ways[0].closed && connection->ways[1].closed);
}

/* What to wait for at one end; an end that nothing is wanted of is left out, for poll would report
 * its hang-up again and again. */
static struct pollfd interest(const struct connection *connection, int end)
{
    const struct way *out = &connection->ways[end], *in = &connection->ways[!end];
    short events = 0;
    if (connection->connecting)
        events = end == 1 ? POLLOUT : 0;
    else
        events =
            (short)((!out->ended && !has_bytes(out) ? POLLIN : 0) | (has_bytes(in) ? POLLOUT : 0));
    return (struct pollfd){events ? connection->ends[end] : -1, events, 0};
}

/* ---- new ones ------------------------------------------------------------------------------ */

static bool begin_connect(struct connection *connection, const struct relay_route *route)
{
    int fd = socket(route->to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    connection->ends[1] = fd;
    if (fd < 0)
        return false;
    if (connect(fd, (const struct sockaddr *)&route->to, route->to_length) == 0)
        return true;
    connection->connecting = errno == EINPROGRESS;
    return connection->connecting;
}

static void accept_from(struct relay *relay, const struct relay_route *route)
{
    struct connection *connection = memory_alloc(sizeof *connection);
    int fd = -1;
    if (connection)
        fd = accept4(route->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        relay->full = relay->count > 0 && (!connection || errno == EMFILE || errno == ENFILE);
        memory_free(connection);
        return;
    }
    connection->ends[0] = fd;
    if (begin_connect(connection, route))
        relay->connections[relay->count++] = connection;
    else
        end_connection(connection);
}

/* ---- the loop ------------------------------------------------------------------------------ */

static size_t fill(const struct relay *relay, struct pollfd *polls)
{
    bool room = relay->count < RELAY_CONNECTIONS_MAX && !relay->full;
    size_t count = 0;
    polls[count++] = (struct pollfd){relay->watch->fd, POLLIN, 0};
    for (size_t i = 0; i < relay->route_count; i++)
        polls[count++] = (struct pollfd){room ? relay->routes[i].listener : -1, POLLIN, 0};
    for (size_t i = 0; i < relay->count; i++)
        for (int end = 0; end < 2; end++)
            polls[count++] = interest(relay->connections[i], end);
    return count;
}

static void serve_all(struct relay *relay, const struct pollfd *polls)
{
    size_t kept = 0, count = relay->count;
    for (size_t i = 0; i < count; i++) {
        struct connection *connection = relay->connections[i];
        short near = polls[2 * i].revents, far = polls[2 * i + 1].revents;
        if ((near || far) && !serve(connection, near, far)) {
            end_connection(connection);
            relay->full = false;
        } else {
            relay->connections[kept++] = connection;
        }
    }
    relay->count = kept;
}

static bool turn(struct relay *relay, struct pollfd *polls, bool *more, struct azb_error *err)
{
    size_t count = fill(relay, polls);
    if (poll(polls, (nfds_t)count, -1) < 0)
        return errno == EINTR ||
               fail(err, AZB_ERROR_IO, "cannot wait for connections: %s", strerror(errno));
    if (polls[0].revents)
        *more = relay->watch->readable(relay->watch->context);
    serve_all(relay, polls + 1 + relay->route_count);
    for (size_t i = 0; i < relay->route_count; i++)
        if (polls[1 + i].revents && relay->count < RELAY_CONNECTIONS_MAX)
            accept_from(relay, &relay->routes[i]);
    return true;
}

bool relay_run(const struct relay_route *routes, size_t count, const struct relay_watch *watch,
    struct azb_error *err)
{
    struct relay *relay = memory_alloc(sizeof *relay);
    struct pollfd *polls = memory_alloc(POLLS_MAX * sizeof *polls);
    bool more = relay && polls, ok = more || fail_memory(err);
    if (relay)
        *relay = (struct relay){.routes = routes, .route_count = count, .watch = watch};
    while (ok && more)
        ok = turn(relay, polls, &more, err);
    for (size_t i = 0; relay && i < relay->count; i++)
        end_connection(relay->connections[i]);
    memory_free(relay);
    memory_free(polls);
    return ok;
}
