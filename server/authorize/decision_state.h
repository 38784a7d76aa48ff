/*
 * authorize/decision_state.h - how the decision log keeps what it knows; for its own files only.
 */
#ifndef SERVER_AUTHORIZE_DECISION_STATE_H
#define SERVER_AUTHORIZE_DECISION_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include "authorize/decision_id.h"
#include "authorize/decision_log.h"
#include "authorize/use_table.h"

/* An allowed request, in short. */
struct allowed {
    uint64_t number; /* 0: the place is free */
    int64_t at;
    struct counted_use *use;
    const char *method, *rule;
    unsigned char path_length;
    char path[DECISION_PATH_MAX];
};

struct shard {
    pthread_mutex_t lock;
    struct allowed *ring; /* DECISIONS_ALLOWED_MAX places, made with the first one */
    size_t place;         /* of the next one */
    uint64_t forgotten;   /* the greatest number that was overwritten */
    struct use_table uses;
};

/* A refusal: its texts follow it in the same block. */
struct kept {
    struct decision decision;
    size_t size;
    char texts[];
};

struct kept_ring {
    pthread_mutex_t lock;
    size_t maximum, bytes, bytes_maximum;
    size_t first, count; /* at[(first + i) % maximum] */
    uint64_t forgotten;
    struct kept *at[DECISIONS_DENIED_MAX];
};

struct decision_log {
    struct decision_key key;
    int64_t began;
    /* Given inside the lock of the ring that the decision goes to: whoever holds all locks knows
     * that no smaller number is still on its way. */
    _Atomic uint64_t newest;
    void (*wake)(void *context);
    void *wake_context;
    struct shard shards[LOG_SHARDS];
    struct kept_ring denied, refused;
};

#endif
