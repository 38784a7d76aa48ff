#include "waiting_room.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"

#define MS 1000
#define NS_PER_MS 1000000L

struct waiting_room {
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    struct waiting *first;
    atomic_size_t count; /* also read without the lock */
    bool started, rung, closed, ending;
};

struct waiting_room *waiting_room_new(struct azb_error *err)
{
    struct waiting_room *room = memory_alloc(sizeof *room);
    pthread_condattr_t monotonic;
    if (!room) {
        fail_memory(err);
        return NULL;
    }
    pthread_mutex_init(&room->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&room->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return room;
}

/* ---- The thread ------------------------------------------------------------------------------ */

static int64_t earliest(const struct waiting_room *room)
{
    int64_t until = INT64_MAX;
    for (const struct waiting *at = room->first; at; at = at->next)
        until = at->until_ms < until ? at->until_ms : until;
    return until;
}

static struct timespec timespec_of(int64_t ms)
{
    return (struct timespec){.tv_sec = ms / MS, .tv_nsec = (long)(ms % MS) * NS_PER_MS};
}

/* Until somebody rings, a time is over, or the room closes. With the lock held. */
static void sleep_on(struct waiting_room *room)
{
    int64_t until = earliest(room);
    struct timespec at = timespec_of(until);
    while (!room->rung && !room->ending && !(room->closed && room->first) &&
           earliest(room) == until && monotonic_ms() < until) {
        if (until == INT64_MAX)
            pthread_cond_wait(&room->changed, &room->lock);
        else
            pthread_cond_timedwait(&room->changed, &room->lock, &at);
    }
    room->rung = false;
}

/* Rings gather meanwhile. Ends at once when the room closes. With the lock held. */
static void pause_on(struct waiting_room *room)
{
    struct timespec at = timespec_of(monotonic_ms() + WAITING_PAUSE_MS);
    while (!room->closed && pthread_cond_timedwait(&room->changed, &room->lock, &at) == 0)
        ;
}

/* The one to be run next, taken out of the list, or NULL. With the lock held: `ready` must not come
 * back here. */
static struct waiting *take(struct waiting_room *room, int64_t now_ms)
{
    for (struct waiting **at = &room->first; *at; at = &(*at)->next) {
        struct waiting *waiting = *at;
        if (!room->closed && now_ms < waiting->until_ms && !waiting->ready(waiting->context))
            continue;
        *at = waiting->next;
        room->count--;
        return waiting;
    }
    return NULL;
}

static void run_ready(struct waiting_room *room)
{
    int64_t now_ms = monotonic_ms();
    for (struct waiting *waiting; (waiting = take(room, now_ms));) {
        pthread_mutex_unlock(&room->lock);
        waiting->run(waiting->context);
        pthread_mutex_lock(&room->lock);
    }
}

static void *look_after(void *context)
{
    struct waiting_room *room = context;
    pthread_mutex_lock(&room->lock);
    while (!room->ending || room->first) {
        sleep_on(room);
        run_ready(room);
        pause_on(room);
    }
    pthread_mutex_unlock(&room->lock);
    return NULL;
}

/* ---- From outside ---------------------------------------------------------------------------- */

static bool start(struct waiting_room *room)
{
    if (!room->started)
        room->started = pthread_create(&room->thread, NULL, look_after, room) == 0;
    return room->started;
}

void waiting_room_add(struct waiting_room *room, struct waiting *waiting)
{
    pthread_mutex_lock(&room->lock);
    bool taken = !room->closed && start(room);
    if (taken) {
        waiting->next = room->first;
        room->first = waiting;
        room->count++;
        room->rung = true;
        pthread_cond_signal(&room->changed);
    }
    pthread_mutex_unlock(&room->lock);
    if (!taken)
        waiting->run(waiting->context);
}

bool waiting_room_is_full(struct waiting_room *room)
{
    pthread_mutex_lock(&room->lock);
    bool full = room->count >= WAITING_MAX;
    pthread_mutex_unlock(&room->lock);
    return full;
}

/* What was changed before the ring was changed under a lock that `ready` takes, too: either `ready`
 * sees it, or it took the lock before us, and we see that somebody waits. */
void waiting_room_ring(void *context)
{
    struct waiting_room *room = context;
    if (atomic_load_explicit(&room->count, memory_order_relaxed) == 0)
        return;
    pthread_mutex_lock(&room->lock);
    room->rung = true;
    pthread_cond_signal(&room->changed);
    pthread_mutex_unlock(&room->lock);
}

void waiting_room_close(struct waiting_room *room)
{
    if (!room)
        return;
    pthread_mutex_lock(&room->lock);
    room->closed = true;
    pthread_cond_signal(&room->changed);
    pthread_mutex_unlock(&room->lock);
}

void waiting_room_free(struct waiting_room *room)
{
    if (!room)
        return;
    waiting_room_close(room);
    pthread_mutex_lock(&room->lock);
    room->ending = true;
    bool started = room->started;
    pthread_cond_signal(&room->changed);
    pthread_mutex_unlock(&room->lock);
    if (started)
        pthread_join(room->thread, NULL);
    pthread_cond_destroy(&room->changed);
    pthread_mutex_destroy(&room->lock);
    memory_free(room);
}
