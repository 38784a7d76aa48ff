#include "authorize/token_cache.h"

#include <pthread.h>
#include <string.h>

#include "base/error.h"

#define SHARDS 64
#define WAYS 4
#define SETS (TOKENS_MAX / SHARDS / WAYS)

struct entry {
    bool used;
    unsigned char hash[SHA256_BYTES];
    struct verified_token token;
};

struct shard {
    pthread_mutex_t lock;
    struct entry sets[SETS][WAYS];
};

struct token_cache {
    struct shard shards[SHARDS];
};

struct token_cache *token_cache_new(struct azb_error *err)
{
    struct token_cache *cache = memory_alloc(sizeof *cache);
    if (!cache) {
        fail_memory(err);
        return NULL;
    }
    for (size_t i = 0; i < SHARDS; i++)
        pthread_mutex_init(&cache->shards[i].lock, NULL);
    return cache;
}

void token_cache_free(struct token_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < SHARDS; i++)
        pthread_mutex_destroy(&cache->shards[i].lock);
    memory_free(cache);
}

static struct shard *shard_of(struct token_cache *cache, const unsigned char *hash)
{
    return &cache->shards[hash[0] % SHARDS];
}

static struct entry *set_of(struct shard *shard, const unsigned char *hash)
{
    return shard->sets[hash[1] % SETS];
}

bool token_cache_find(
    struct token_cache *cache, const unsigned char hash[SHA256_BYTES], struct verified_token *out)
{
    struct shard *shard = shard_of(cache, hash);
    struct entry *set = set_of(shard, hash);
    bool found = false;
    pthread_mutex_lock(&shard->lock);
    for (size_t i = 0; i < WAYS && !found; i++)
        if (set[i].used && memcmp(set[i].hash, hash, SHA256_BYTES) == 0) {
            *out = set[i].token;
            found = true;
        }
    pthread_mutex_unlock(&shard->lock);
    return found;
}

/* A free place, the token's own, or the one that expires first. */
static struct entry *place_for(struct entry *set, const unsigned char *hash)
{
    struct entry *best = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (!set[i].used || memcmp(set[i].hash, hash, SHA256_BYTES) == 0)
            return &set[i];
        if (set[i].token.caller.expires_on < best->token.caller.expires_on)
            best = &set[i];
    }
    return best;
}

void token_cache_put(struct token_cache *cache, const unsigned char hash[SHA256_BYTES],
    const struct verified_token *token)
{
    struct shard *shard = shard_of(cache, hash);
    pthread_mutex_lock(&shard->lock);
    struct entry *entry = place_for(set_of(shard, hash), hash);
    entry->used = true;
    memcpy(entry->hash, hash, SHA256_BYTES);
    entry->token = *token;
    pthread_mutex_unlock(&shard->lock);
}

void token_cache_forget(struct token_cache *cache)
{
    for (size_t i = 0; i < SHARDS; i++) {
        struct shard *shard = &cache->shards[i];
        pthread_mutex_lock(&shard->lock);
        memset(shard->sets, 0, sizeof shard->sets);
        pthread_mutex_unlock(&shard->lock);
    }
}
