#include "entra/background.h"

#include <signal.h>

void background_init(struct background *background)
{
    pthread_mutex_init(&background->lock, NULL);
}

bool background_is_due(const struct background *background, int64_t now_s)
{
    return now_s >= atomic_load_explicit(&background->not_before_s, memory_order_relaxed);
}

static void join(struct background *background)
{
    if (background->joinable)
        pthread_join(background->thread, NULL);
    background->joinable = false;
}

/* Signals are for the program's own threads. */
static bool start_quietly(struct background *background, void *(*run)(void *), void *context)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    background->joinable = pthread_create(&background->thread, NULL, run, context) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return background->joinable;
}

bool background_start(
    struct background *background, int64_t now_s, void *(*run)(void *), void *context)
{
    bool started = false;
    pthread_mutex_lock(&background->lock);
    if (background_is_due(background, now_s)) {
        join(background); /* the last one has said that it is done */
        background->not_before_s = INT64_MAX;
        started = start_quietly(background, run, context);
        if (!started)
            background->not_before_s = now_s + BACKGROUND_PAUSE_S;
    }
    pthread_mutex_unlock(&background->lock);
    return started;
}

void background_rest(struct background *background, int64_t not_before_s)
{
    background->not_before_s = not_before_s;
}

void background_stop(struct background *background)
{
    background->stop = true;
    join(background);
}
