/*
 * proxy.h - the proxy that leads public names to azbd, and nowhere else.
 *
 * A thread accepts, looks at the first bytes (without taking them), and hands the socket to the
 * HTTPS listener after CONNECT, or to the listener for clear text. It never opens a connection.
 */
#ifndef SERVER_PROXY_H
#define SERVER_PROXY_H

#include "service.h"
#include "socket.h"

struct proxy;

/* Takes over the sockets, also when it fails. service->listener must be there. */
struct proxy *proxy_new(
    struct service *service, struct listen_sockets *sockets, struct azb_error *err);
void proxy_free(struct proxy *proxy); /* NULL is legal */

#endif
