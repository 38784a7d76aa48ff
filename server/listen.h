/*
 * listen.h - the HTTPS listener: TLS, connections, threads. The only room of libmicrohttpd.
 */
#ifndef SERVER_LISTEN_H
#define SERVER_LISTEN_H

#include <sys/socket.h>
#include "base/text.h"
#include "service.h"
#include "socket.h"

struct listener;

/* Serves on the bound sockets, which it takes over (also when it fails). Certificate and key are
 * PEM, read during the call only. */
struct listener *listener_new(struct service *service, struct listen_sockets *sockets,
    struct text certificate, struct text key, struct azb_error *err);
/* Takes no new request, waits for those that write, ends all connections. NULL is legal. */
void listener_free(struct listener *listener);

enum listener_entry {
    LISTENER_TLS,   /* after CONNECT: the client begins with a TLS handshake */
    LISTENER_CLEAR, /* a request in absolute-form, in clear text, for a host that we know */
};
/* Serves a connected socket, which it takes over (also when it fails). */
bool listener_add_socket(struct listener *listener, enum listener_entry entry, int fd,
    const struct sockaddr *address, socklen_t length);

#endif
