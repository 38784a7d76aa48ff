/*
 * proxy_head.h - what the proxy makes of the first bytes of a connection. Pure: no sockets.
 */
#ifndef SERVER_PROXY_HEAD_H
#define SERVER_PROXY_HEAD_H

#include <stdbool.h>
#include "base/text.h"

#define PROXY_HEAD_MAX 8192

enum proxy_verdict {
    PROXY_WAIT,     /* more bytes are needed */
    PROXY_CLEAR,    /* not CONNECT: a request in clear text, which the HTTP listener judges */
    PROXY_TUNNEL,   /* CONNECT to us or to a name that we stand for */
    PROXY_REFUSE,   /* CONNECT to anywhere else */
    PROXY_BAD,      /* a CONNECT that is not well-formed */
    PROXY_TOO_LONG, /* more than PROXY_HEAD_MAX bytes and no end */
};

struct proxy_head {
    size_t length;    /* of the head with its empty line (TUNNEL, REFUSE) */
    struct text host; /* without port and brackets */
    int port;
};

/* `own_port` is the port of our HTTPS listener on loopback addresses. */
enum proxy_verdict proxy_head_read(struct text bytes, int own_port, struct proxy_head *out);

#endif
