/*
 * entra/flight.h - one request in flight for each key; whoever wants the same waits for it.
 *
 * A flight carries only success or failure: the leader puts what it fetched where the others look
 * (the cache, the authority) before it lands. No lock is held while the leader works.
 */
#ifndef ENTRA_FLIGHT_H
#define ENTRA_FLIGHT_H

#include <pthread.h>
#include <stdint.h>
#include <azb/entra.h>
#include "base/text.h"

struct flight;

struct flights {
    pthread_mutex_t lock;
    pthread_cond_t landed; /* on the monotonic clock */
    struct flight *first;
};

/* How long a caller is prepared to wait. */
struct patience {
    int64_t deadline_ms; /* of monotonic_ms() */
    const azb_cancel_flag *cancel;
};

enum flight_outcome {
    FLIGHT_LEAD,   /* nobody is on it: do the work, then flight_land() */
    FLIGHT_DONE,   /* another thread did it just now: look where it puts things */
    FLIGHT_AGAIN,  /* another thread gave up for reasons of its own (its deadline, its cancel flag)
                    */
    FLIGHT_FAILED, /* err is set: the other thread's failure, or this caller's patience is at an end
                    */
};

/* There is nothing to close: on Linux lock and condition hold nothing, and destroying the condition
 * would wait for ever, in a forked child, for waiters that only the parent has. */
AZB_MUST_CHECK bool flights_init(struct flights *flights, struct azb_error *err);

/* `*mine` is set with FLIGHT_LEAD only and goes to flight_land(), exactly once. */
enum flight_outcome flight_board(struct flights *flights, struct text key, struct patience patience,
    struct flight **mine, struct azb_error *err);

/* Wakes the others. `failure` is NULL after success and is copied otherwise. */
void flight_land(struct flights *flights, struct flight *mine, const struct azb_error *failure);

/* How many callers wait for others at this moment: tests wait for a number. */
int flights_waiting(struct flights *flights);

/* How much of the caller's time is left, at least 1; 0 and err (TIMEOUT, CANCELLED) when none. */
int64_t patience_left_ms(struct patience patience, struct azb_error *err);

#endif
