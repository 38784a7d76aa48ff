/*
 * entra/background.h - the one thread of a credential that renews a token while the old one is
 * still given out.
 */
#ifndef ENTRA_BACKGROUND_H
#define ENTRA_BACKGROUND_H

#include <pthread.h>
#include <stdint.h>
#include <azb/entra.h>

#define BACKGROUND_PAUSE_S 60 /* after a renewal that failed */

struct background {
    pthread_mutex_t lock;
    pthread_t thread;
    bool joinable;
    _Atomic int64_t not_before_s; /* of the credential's clock; INT64_MAX while the thread runs */
    azb_cancel_flag stop;
};

void background_init(struct background *background);

/* Cheap: no lock. False while a thread runs, and for a while after a failure. */
bool background_is_due(const struct background *background, int64_t now_s);

/* Runs `run(context)` in a thread that takes no signals. False: it was not started (another caller
 * was faster, there are no threads to be had), and `context` is still the caller's. `run` ends with
 * background_rest(). */
bool background_start(
    struct background *background, int64_t now_s, void *(*run)(void *), void *context);

/* From the thread: nothing is to be done before `not_before_s`. */
void background_rest(struct background *background, int64_t not_before_s);

/* Cancels and waits for the thread. Not in a child process, which has none. */
void background_stop(struct background *background);

#endif
