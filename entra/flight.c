#include "entra/flight.h"

#include <errno.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"

/* A waiter that can be cancelled looks at its flag this often: nobody signals it. */
#define CANCEL_LOOK_MS 20

struct flight {
    struct flight *next;
    char *key;
    size_t key_length;
    int aboard; /* the leader and those who wait; the last one frees it */
    bool landed;
    bool failed;
    struct azb_error failure;
};

bool flights_init(struct flights *flights, struct azb_error *err)
{
    pthread_condattr_t monotonic;
    flights->first = NULL;
    if (pthread_condattr_init(&monotonic) != 0)
        return fail_memory(err);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    bool made = pthread_cond_init(&flights->landed, &monotonic) == 0;
    pthread_condattr_destroy(&monotonic);
    if (!made)
        return fail_memory(err);
    pthread_mutex_init(&flights->lock, NULL);
    return true;
}

static void flight_free(struct flight *flight)
{
    if (!flight)
        return;
    azb_error_free(&flight->failure);
    memory_free(flight->key);
    memory_free(flight);
}

static struct flight *flight_new(struct text key)
{
    struct flight *flight = memory_alloc(sizeof(*flight));
    if (!flight)
        return NULL;
    flight->key = memory_alloc(key.length + 1);
    if (!flight->key) {
        memory_free(flight);
        return NULL;
    }
    memcpy(flight->key, key.at, key.length);
    flight->key_length = key.length;
    flight->aboard = 1;
    return flight;
}

static struct flight *find(const struct flights *flights, struct text key)
{
    for (struct flight *flight = flights->first; flight; flight = flight->next)
        if (text_equal((struct text){flight->key, flight->key_length}, key))
            return flight;
    return NULL;
}

static void leave(struct flight *flight)
{
    if (--flight->aboard == 0)
        flight_free(flight);
}

int64_t patience_left_ms(struct patience patience, struct azb_error *err)
{
    if (patience.cancel && atomic_load_explicit(patience.cancel, memory_order_relaxed)) {
        fail(err, AZB_ERROR_CANCELLED, "getting a token was cancelled");
        return 0;
    }
    int64_t left = patience.deadline_ms - monotonic_ms();
    if (left > 0)
        return left;
    fail(err, AZB_ERROR_TIMEOUT, "no token within the time that the request allowed");
    return 0;
}

static void wait_a_while(struct flights *flights, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + ms % 1000 * 1000000;
    until.tv_sec += ms / 1000 + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_cond_timedwait(&flights->landed, &flights->lock, &until);
}

/* Errors that say something about the leader only. */
static bool is_personal(enum azb_error_kind kind)
{
    return kind == AZB_ERROR_CANCELLED || kind == AZB_ERROR_TIMEOUT || kind == AZB_ERROR_MEMORY;
}

/* All but the claims are values; without memory for those, the rest still says what happened. */
static void error_copy(struct azb_error *to, const struct azb_error *from)
{
    azb_error_free(to);
    *to = *from;
    to->claims = from->claims ? memory_string(from->claims) : NULL;
}

static enum flight_outcome outcome_of(const struct flight *flight, struct azb_error *err)
{
    if (!flight->failed)
        return FLIGHT_DONE;
    if (is_personal(flight->failure.kind))
        return FLIGHT_AGAIN;
    error_copy(err, &flight->failure);
    return FLIGHT_FAILED;
}

static enum flight_outcome ride_along(
    struct flights *flights, struct flight *flight, struct patience patience, struct azb_error *err)
{
    flight->aboard++;
    while (!flight->landed) {
        int64_t left = patience_left_ms(patience, err);
        if (left == 0) {
            leave(flight);
            return FLIGHT_FAILED;
        }
        wait_a_while(flights, patience.cancel && left > CANCEL_LOOK_MS ? CANCEL_LOOK_MS : left);
    }
    enum flight_outcome outcome = outcome_of(flight, err);
    leave(flight);
    return outcome;
}

static enum flight_outcome start(
    struct flights *flights, struct text key, struct flight **mine, struct azb_error *err)
{
    struct flight *flight = flight_new(key);
    if (!flight) {
        fail_memory(err);
        return FLIGHT_FAILED;
    }
    flight->next = flights->first;
    flights->first = flight;
    *mine = flight;
    return FLIGHT_LEAD;
}

enum flight_outcome flight_board(struct flights *flights, struct text key, struct patience patience,
    struct flight **mine, struct azb_error *err)
{
    pthread_mutex_lock(&flights->lock);
    struct flight *other = find(flights, key);
    enum flight_outcome outcome =
        other ? ride_along(flights, other, patience, err) : start(flights, key, mine, err);
    pthread_mutex_unlock(&flights->lock);
    return outcome;
}

static void unlist(struct flights *flights, const struct flight *flight)
{
    struct flight **at = &flights->first;
    while (*at != flight)
        at = &(*at)->next;
    *at = flight->next;
}

void flight_land(struct flights *flights, struct flight *mine, const struct azb_error *failure)
{
    pthread_mutex_lock(&flights->lock);
    unlist(flights, mine);
    mine->landed = true;
    mine->failed = failure != NULL;
    if (failure)
        error_copy(&mine->failure, failure);
    leave(mine);
    pthread_cond_broadcast(&flights->landed);
    pthread_mutex_unlock(&flights->lock);
}

int flights_waiting(struct flights *flights)
{
    int waiting = 0;
    pthread_mutex_lock(&flights->lock);
    for (const struct flight *flight = flights->first; flight; flight = flight->next)
        waiting += flight->aboard - 1;
    pthread_mutex_unlock(&flights->lock);
    return waiting;
}
