/*
 * exchange.h - one request and its reply, apart from how they travel: listen.c feeds it, nothing
 * here knows libmicrohttpd, so that tests and fuzzers run whole requests in memory.
 */
#ifndef SERVER_EXCHANGE_H
#define SERVER_EXCHANGE_H

#include "route.h"
#include "slow_lane.h"
#include "waiting_room.h"

#define EXCHANGE_HEADERS_MAX 64
#define EXCHANGE_HEAD_MAX (16 * 1024) /* bytes of header names and values */
#define EXCHANGE_TARGET_MAX (8 * 1024)
/* A body that is too long is read and thrown away up to here, so that the client hears why and the
 * connection lives. */
#define EXCHANGE_DISCARD_MAX (64 * 1024 * 1024)

enum exchange_state {
    EXCHANGE_NEW,    /* the target is known */
    EXCHANGE_BODY,   /* the headers are known; the body comes in */
    EXCHANGE_QUEUED, /* at the store, in the slow lane, or in the waiting room */
    EXCHANGE_READY,  /* the reply is complete */
};

struct exchange {
    struct request request;
    struct reply reply;
    struct azb_error err; /* kind NONE while all is well */
    enum exchange_state state;
    bool from_proxy; /* came in clear text through the proxy: absolute-form for known hosts only */
    struct http_header headers[EXCHANGE_HEADERS_MAX];
    size_t head_length;
    struct buffer body;   /* the memory of request.body */
    unsigned char id[16]; /* of the last request: the next one's has the next number */
    bool has_id;
    bool reset; /* no reply: the connection ends (test controls) */
    uint64_t discarded;
    void (*wake)(void *context); /* when what was queued is done */
    void *context;               /* for wake */
    struct slow_work slow;       /* its place in the slow lane */
    struct waiting waiting;      /* its place in the waiting room */
    struct exchange *next;       /* in a list of spare ones */
};

/* From zeroed memory, or again after exchange_reset. Copies the target. */
void exchange_start(struct exchange *exchange, struct service *service, const char *target);
/* Name and value must live as long as the exchange. */
void exchange_add_header(struct exchange *exchange, const char *name, const char *value);
/* All headers are there: decides plane and limits. `method` must live as long as the exchange. */
void exchange_begin(struct exchange *exchange, const char *method);
/* True when it makes no sense to read the body: reply at once (the connection ends then). */
bool exchange_refuses_body(const struct exchange *exchange);
void exchange_add_body(struct exchange *exchange, const void *bytes, size_t length);
/* The body is complete: finds the route and prepares. True: the route writes, is slow or waits, and
 * `wake` is called (on the writer's, the slow lane's or the waiting room's thread) after
 * exchange_queue; false: exchange_finish comes next. */
bool exchange_dispatch(struct exchange *exchange);
void exchange_queue(struct exchange *exchange, void (*wake)(void *context), void *context);
/* Makes the reply complete. */
void exchange_finish(struct exchange *exchange);
/* Forgets everything but one block of memory. */
void exchange_reset(struct exchange *exchange);
void exchange_free(struct exchange *exchange); /* NULL is legal */

#endif
