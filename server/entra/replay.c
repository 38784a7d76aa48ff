#include "entra/replay.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/error.h"

#define BUCKETS 4096

/* 72 bytes each. `key` is the hash of client and jti, `assertion` that of the whole token. */
struct seen {
    struct seen *next;
    int64_t expires_s;
    unsigned char key[SHA256_BYTES];
    unsigned char assertion[SHA256_BYTES];
};

struct replay {
    pthread_mutex_t lock;
    size_t count;
    size_t sweep_at; /* the bucket that the next note cleans */
    struct seen *buckets[BUCKETS];
};

struct replay *replay_new(struct azb_error *err)
{
    struct replay *replay = memory_alloc(sizeof *replay);
    if (!replay) {
        fail_memory(err);
        return NULL;
    }
    pthread_mutex_init(&replay->lock, NULL);
    return replay;
}

void replay_free(struct replay *replay)
{
    if (!replay)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (replay->buckets[i]) {
            struct seen *seen = replay->buckets[i];
            replay->buckets[i] = seen->next;
            memory_free(seen);
        }
    pthread_mutex_destroy(&replay->lock);
    memory_free(replay);
}

/* The jti may be any text: its keyed hash cannot be mixed up with another
 * client's. */
static void hash_key(struct text client_id, struct text jti, unsigned char out[SHA256_BYTES])
{
    hmac_sha256(client_id, jti, out);
}

static struct seen **bucket_of(struct replay *replay, const unsigned char key[SHA256_BYTES])
{
    return &replay->buckets[(key[0] | (size_t)key[1] << 8) % BUCKETS];
}

static void drop_expired(struct replay *replay, struct seen **at, int64_t before_s)
{
    while (*at) {
        struct seen *seen = *at;
        if (seen->expires_s > before_s) {
            at = &seen->next;
            continue;
        }
        *at = seen->next;
        memory_free(seen);
        replay->count--;
    }
}

/* A few buckets at each note: what nobody asks about goes as well. When it is full, entries with
 * the shortest time left go first. */
static void sweep(struct replay *replay, int64_t now_s)
{
    int64_t before_s = now_s;
    for (int round = 0; round < 2 || replay->count >= REPLAY_MAX; round++) {
        drop_expired(replay, &replay->buckets[replay->sweep_at], before_s);
        replay->sweep_at = (replay->sweep_at + 1) % BUCKETS;
        if (round > 0 && round % BUCKETS == 0)
            before_s += before_s - now_s + 60;
    }
}

static const struct seen *find(struct seen *seen, const unsigned char key[SHA256_BYTES])
{
    for (; seen; seen = seen->next)
        if (memcmp(seen->key, key, SHA256_BYTES) == 0)
            return seen;
    return NULL;
}

static bool note(
    struct replay *replay, struct seen *made, int64_t now_s, enum replay_verdict *verdict)
{
    struct seen **bucket = bucket_of(replay, made->key);
    drop_expired(replay, bucket, now_s);
    const struct seen *old = find(*bucket, made->key);
    if (old) {
        bool same = memcmp(old->assertion, made->assertion, SHA256_BYTES) == 0;
        *verdict = same ? REPLAY_SAME : REPLAY_CONFLICT;
        return false;
    }
    sweep(replay, now_s);
    made->next = *bucket;
    *bucket = made;
    replay->count++;
    *verdict = REPLAY_FRESH;
    return true;
}

bool replay_note(struct replay *replay, struct text client_id, struct text jti,
    struct text assertion, int64_t expires_s, int64_t now_s, enum replay_verdict *verdict,
    struct azb_error *err)
{
    struct seen *made = memory_alloc(sizeof *made);
    if (!made)
        return fail_memory(err);
    made->expires_s = expires_s;
    hash_key(client_id, jti, made->key);
    sha256(assertion, made->assertion);
    pthread_mutex_lock(&replay->lock);
    bool kept = note(replay, made, now_s, verdict);
    pthread_mutex_unlock(&replay->lock);
    if (!kept)
        memory_free(made);
    return true;
}
