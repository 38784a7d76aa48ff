/*
 * arm/operation_status.h - work that takes longer than its request: Resource Manager's asynchronous
 * operations.
 *
 * The serve function starts the work and calls operation_begin(), which answers 202 with Location,
 * Azure-AsyncOperation and Retry-After. What is under way is a row of the store, so that a restart
 * finds it. After each pass of the engine, in its transaction, operations_advance() asks the kind's
 * `advance` whether the work is done. Until then Location answers 202, afterwards with the result;
 * Azure-AsyncOperation answers 200 with the status throughout. A finished operation is remembered
 * for a day.
 *
 * Microsoft, "Track asynchronous Azure operations" (Resource Manager documentation).
 *
 * A new kind: a value here, a row in operation_status.c, its routes if its addresses are new.
 */
#ifndef SERVER_ARM_OPERATION_STATUS_H
#define SERVER_ARM_OPERATION_STATUS_H

#include "request.h"
#include "store/store.h"

/* In the store: numbers stay. */
enum operation_kind {
    OPERATION_ACCOUNT_CREATE = 1,
    OPERATION_ACCOUNT_DELETE = 2,
    OPERATION_GROUP_DELETE = 3,
    OPERATION_POOL_DELETE = 4,
    OPERATION_KINDS,
};

struct async_operation {
    int64_t row;
    enum operation_kind kind;
    const char *id;                     /* GUID */
    const char *subscription_id;        /* GUID */
    const char *resource_id;            /* what is made or deleted */
    int64_t target;                     /* its row; 0 when it needs none */
    const char *started_by;             /* object id */
    int64_t started, not_before, ended; /* ticks; ended 0: in progress */
    bool fails;                         /* a test control wants it to */
    const char *code, *message;         /* of one that failed, else NULL */
};

/* What to begin. Texts live until operation_begin() returns. */
struct new_operation {
    enum operation_kind kind;
    const char *subscription_id, *resource_id;
    const char *location; /* "eastus": part of the addresses */
    int64_t target;
};

/* From a serve function that writes, after it has started the work: the row, and the whole reply.
 * An operation of the same kind on the same resource that is in progress is answered with again. */
bool operation_begin(struct request *request, struct reply *reply, const struct new_operation *what,
    struct azb_error *err);

/* The engine's follow function: finishes what is done. */
bool operations_advance(struct service *service, struct store_connection *connection,
    int64_t *next_time, struct azb_error *err);

/* ---- What a kind supplies ------------------------------------------------------------------ */

/* The work of one look at it, on the writer's thread. */
struct operation_pass {
    struct service *service;
    struct store_connection *store;
    struct arena *arena;
    int64_t now; /* ticks */
    bool go_on;  /* for `advance` to set: it moved something, and wants to look again soon */
};

/* Goes on with the work. *done: it is complete. */
typedef bool operation_advance_fn(struct operation_pass *pass,
    const struct async_operation *operation, bool *done, struct azb_error *err);
/* In the place of the completion of one that a test control lets fail. */
typedef bool operation_failed_fn(
    struct operation_pass *pass, const struct async_operation *operation, struct azb_error *err);
/* The final answer at Location, on a reader's thread. */
typedef bool operation_result_fn(struct request *request, const struct async_operation *operation,
    struct reply *reply, struct azb_error *err);

#endif
