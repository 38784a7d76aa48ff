/*
 * socket.h - addresses as options give them, and the sockets that listen on them.
 */
#ifndef SERVER_SOCKET_H
#define SERVER_SOCKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <azb/error.h>

/* "127.0.0.1:8443", "[::1]:8443", "localhost:0". A loopback address has its twin of the other
 * family, because "localhost" resolves to either. */
struct listen_address {
    struct sockaddr_storage address;
    socklen_t length;
    bool is_loopback;
    int port;
};

/* `option` names the option in messages. */
bool listen_address_parse(
    const char *text, const char *option, struct listen_address *out, struct azb_error *err);

#define LISTEN_SOCKETS_MAX 2

/* Bound, not yet listening: call listen() when ready. */
struct listen_sockets {
    int fds[LISTEN_SOCKETS_MAX];
    int count;
    int port; /* the real one when 0 was asked for */
};

/* Binds the address and, for loopback, its twin on the same port where the system has IPv6. */
bool listen_sockets_bind(
    const struct listen_address *address, struct listen_sockets *out, struct azb_error *err);
void listen_sockets_close(struct listen_sockets *sockets); /* safe on {0} */

#endif
