/*
 * cli/relay.h - carries bytes between accepted connections and a fixed address.
 *
 * `azb run` listens inside the command's network namespace and relays from outside it. One thread,
 * one poll loop. A half-closed connection stays open in the other direction; memory is two buffers
 * a connection, and at most RELAY_CONNECTIONS_MAX are carried: further ones wait in the backlog.
 */
#ifndef CLI_RELAY_H
#define CLI_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <azb/error.h>

#define RELAY_CONNECTIONS_MAX 400
#define RELAY_ROUTES_MAX 4

/* What is accepted on `listener` (non-blocking) is led to `to`. */
struct relay_route {
    int listener;
    struct sockaddr_storage to;
    socklen_t to_length;
};

/* Called when its fd is readable; false ends the relay. */
struct relay_watch {
    int fd;
    bool (*readable)(void *context);
    void *context;
};

/* "127.0.0.1" or "::1" and a port. False and err: another kind of address. */
bool relay_address(struct relay_route *route, const char *host, int port, struct azb_error *err);

/* True when something accepts connections at the route's address. */
bool relay_reaches(const struct relay_route *route);

/* Relays until the watch says so; connections that are open then are closed. False: err. */
bool relay_run(const struct relay_route *routes, size_t count, const struct relay_watch *watch,
    struct azb_error *err);

#endif
