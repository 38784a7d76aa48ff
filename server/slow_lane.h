/*
 * slow_lane.h - one thread for requests that are slow by intent, as checking a password is: however
 * many come, they wait for each other, and the listener's threads serve everybody else meanwhile.
 */
#ifndef SERVER_SLOW_LANE_H
#define SERVER_SLOW_LANE_H

#include <azb/error.h>

/* Works that wait, beyond which a request is refused rather than queued: some ten seconds. */
#define SLOW_LANE_MAX 256

/* Lives where whoever adds it wants it to, until `run` is called. */
struct slow_work {
    void (*run)(void *context); /* on the lane's thread */
    void *context;
    struct slow_work *next;
};

struct slow_lane;

struct slow_lane *slow_lane_new(struct azb_error *err); /* NULL and err */
/* Runs what is queued, then ends the thread. NULL is legal. */
void slow_lane_free(struct slow_lane *lane);

/* Asked before a work is added; when several ask at once, each of them may still add its own. */
bool slow_lane_is_full(struct slow_lane *lane);
void slow_lane_add(struct slow_lane *lane, struct slow_work *work);

#endif
