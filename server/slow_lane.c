#include "slow_lane.h"

#include <pthread.h>

#include "base/arena.h"
#include "base/error.h"

struct slow_lane {
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t arrived;
    struct slow_work *first, *last;
    size_t count;
    bool stopping;
};

/* NULL when the lane is to stop and nothing is left. */
static struct slow_work *take(struct slow_lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    while (!lane->first && !lane->stopping)
        pthread_cond_wait(&lane->arrived, &lane->lock);
    struct slow_work *work = lane->first;
    if (work) {
        lane->first = work->next;
        lane->count--;
    }
    if (!lane->first)
        lane->last = NULL;
    pthread_mutex_unlock(&lane->lock);
    return work;
}

static void *work_off(void *context)
{
    struct slow_lane *lane = context;
    struct slow_work *work;
    while ((work = take(lane)))
        work->run(work->context);
    return NULL;
}

struct slow_lane *slow_lane_new(struct azb_error *err)
{
    struct slow_lane *lane = memory_alloc(sizeof *lane);
    if (!lane) {
        fail_memory(err);
        return NULL;
    }
    pthread_mutex_init(&lane->lock, NULL);
    pthread_cond_init(&lane->arrived, NULL);
    if (pthread_create(&lane->thread, NULL, work_off, lane) == 0)
        return lane;
    fail(err, AZB_ERROR_IO, "the thread for slow requests could not be started");
    pthread_cond_destroy(&lane->arrived);
    pthread_mutex_destroy(&lane->lock);
    memory_free(lane);
    return NULL;
}

void slow_lane_free(struct slow_lane *lane)
{
    if (!lane)
        return;
    pthread_mutex_lock(&lane->lock);
    lane->stopping = true;
    pthread_cond_signal(&lane->arrived);
    pthread_mutex_unlock(&lane->lock);
    pthread_join(lane->thread, NULL);
    pthread_cond_destroy(&lane->arrived);
    pthread_mutex_destroy(&lane->lock);
    memory_free(lane);
}

bool slow_lane_is_full(struct slow_lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    bool full = lane->count >= SLOW_LANE_MAX;
    pthread_mutex_unlock(&lane->lock);
    return full;
}

void slow_lane_add(struct slow_lane *lane, struct slow_work *work)
{
    pthread_mutex_lock(&lane->lock);
    work->next = NULL;
    *(lane->last ? &lane->last->next : &lane->first) = work;
    lane->last = work;
    lane->count++;
    pthread_cond_signal(&lane->arrived);
    pthread_mutex_unlock(&lane->lock);
}
