/*
 * entra/state.h - what entra/ keeps in memory; for its own files only.
 */
#ifndef SERVER_ENTRA_STATE_H
#define SERVER_ENTRA_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include "entra/entra.h"
#include "entra/replay.h"
#include "identity_header.h"

struct entra {
    struct service *service;
    struct arena arena;                        /* of the keys' strings; under the lock */
    pthread_rwlock_t lock;                     /* of keys and count */
    struct signing_key keys[SIGNING_KEYS_MAX]; /* oldest first; the last in service signs */
    size_t count;
    struct replay *replay;
    char identity_header[IDENTITY_HEADER_TEXT]; /* constant */
    _Atomic int64_t token_lifetime_s;           /* 0: random */
    _Atomic int64_t wrong_codes_since;          /* device_page.c, ticks */
    atomic_int wrong_codes;
    atomic_bool single_use_assertions; /* replay.h; off, as in Entra */
    _Atomic enum entra_refresh_mode refresh_mode;
    atomic_bool cae_tokens;
    atomic_bool slow_down; /* pending polls of device codes are answered so */
};

/* Why a scoped lock: most functions here return early. */
static inline void entra_unlock(pthread_rwlock_t **lock)
{
    pthread_rwlock_unlock(*lock);
}
#define scoped_rwlock __attribute__((cleanup(entra_unlock)))

#endif
