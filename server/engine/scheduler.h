/*
 * engine/scheduler.h - what runs where: one pass over what has changed, on the store's writer
 * thread, inside a transaction.
 *
 * A pass applies the ends that the engine told (retries, results, exit conditions, dependencies),
 * gives pools their nodes, moves jobs on, and marks as running what fits into free slots. What the
 * engine shall do is in `orders`, to be carried out after the commit: an order that was lost with
 * azbd is found again by the next start (a running task without a run is run again).
 */
#ifndef SERVER_ENGINE_SCHEDULER_H
#define SERVER_ENGINE_SCHEDULER_H

#include "base/arena.h"
#include "engine/engine.h"
#include "store/store.h"

#define SCHEDULER_GRACE_MS 5000
#define SCHEDULER_FORCE 100 /* in job.disable_option: end tasks without grace */

/* Why a run is being cancelled (task.ending). */
enum task_ending {
    ENDING_NONE,
    ENDING_TERMINATE, /* by its user, or with its job: completed */
    ENDING_REQUEUE,   /* its node goes, or its job is disabled: active again */
    ENDING_DELETE,    /* the task is gone when the run is */
};

struct scheduler_start {
    struct scheduler_start *next;
    struct engine_task task;
};

struct scheduler_cancel {
    struct scheduler_cancel *next;
    int64_t task, attempt, grace_ms;
};

struct scheduler_removal {
    struct scheduler_removal *next;
    const char *directory; /* below STATE/nodes: "POOL/NODE/..." */
    bool node_gone;        /* then what is empty above it goes as well */
};

struct scheduler_orders {
    struct scheduler_start *starts;
    struct scheduler_cancel *cancels;
    struct scheduler_removal *removals;
    int64_t next_time; /* ticks: a pass is due then; 0: none */
    bool again;        /* there is more to do than one pass should */
};

struct scheduler_pass {
    const struct service *service;
    const struct engine_event *events;
    size_t event_count;
    int64_t most_nodes; /* of a pool: the engine's capacity */
    bool first;         /* after a start: orders that an earlier azbd was given are given again */
    struct arena arena; /* of the orders */
    struct scheduler_orders orders;
};

bool scheduler_run(
    struct store_connection *connection, struct scheduler_pass *pass, struct azb_error *err);

/* Tasks that the store says are running, for a start: calls `found` for each. */
bool scheduler_running(struct store_connection *connection,
    void (*found)(void *context, int64_t task, int64_t attempt), void *context,
    struct azb_error *err);

#endif
