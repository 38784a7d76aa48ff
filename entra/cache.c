#include "entra/cache.h"

#include <pthread.h>
#include <sched.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/error.h"

#define STRIPES 16
#define BUCKETS_AT_FIRST 16

struct entry {
    struct entry *next;
    uint64_t hash;
    int64_t expires_on, refresh_on;
    int64_t kept_on;
    int64_t margin_s;
    size_t key_length;
    size_t token_length;
    char text[]; /* the key, and right behind it the token: one walk through memory */
};

/* Two cache lines, so that no two locks share one wherever the array begins. */
union stripe {
    pthread_mutex_t lock;
    char lines[128];
};

struct bucket {
    struct entry *first;
};

struct token_cache {
    struct bucket *buckets; /* a power of two, at least twice as many as tokens */
    size_t bucket_count;
    size_t count;
    union stripe *stripes;
};

/* Eight bytes a step; the keys come from the program itself, so no flooding is to be feared. */
static uint64_t hash_of(struct text key)
{
    uint64_t hash = 0x9e3779b97f4a7c15u ^ key.length;
    size_t at = 0;
    for (; at + 8 <= key.length; at += 8) {
        uint64_t word;
        memcpy(&word, key.at + at, 8);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    uint64_t tail = 0;
    memcpy(&tail, key.at + at, key.length - at);
    hash = (hash ^ tail) * 0xc4ceb9fe1a85ec53u;
    return hash ^ hash >> 29;
}

static void entry_free(struct entry *entry)
{
    secret_wipe(entry->text + entry->key_length, entry->token_length);
    memory_free(entry);
}

static void push(struct bucket *bucket, struct entry *entry)
{
    entry->next = bucket->first;
    bucket->first = entry;
}

static struct entry *cut_first(struct bucket *bucket)
{
    struct entry *entry = bucket->first;
    bucket->first = entry->next;
    return entry;
}

struct token_cache *token_cache_new(struct azb_error *err)
{
    struct token_cache *cache = memory_alloc(sizeof(*cache));
    if (cache)
        cache->buckets = memory_alloc(BUCKETS_AT_FIRST * sizeof(*cache->buckets));
    if (cache && cache->buckets)
        cache->stripes = memory_alloc(STRIPES * sizeof(*cache->stripes));
    if (!cache || !cache->stripes) {
        token_cache_free(cache);
        fail_memory(err);
        return NULL;
    }
    cache->bucket_count = BUCKETS_AT_FIRST;
    for (int i = 0; i < STRIPES; i++)
        pthread_mutex_init(&cache->stripes[i].lock, NULL);
    return cache;
}

void token_cache_free(struct token_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; cache->buckets && i < cache->bucket_count; i++)
        while (cache->buckets[i].first)
            entry_free(cut_first(&cache->buckets[i]));
    for (int i = 0; cache->stripes && i < STRIPES; i++)
        pthread_mutex_destroy(&cache->stripes[i].lock);
    memory_free(cache->stripes);
    memory_free(cache->buckets);
    memory_free(cache);
}

/* Which one does not matter for being right, only for being quick. */
static pthread_mutex_t *lock_read(struct token_cache *cache)
{
    pthread_mutex_t *lock = &cache->stripes[(unsigned)sched_getcpu() % STRIPES].lock;
    pthread_mutex_lock(lock);
    return lock;
}

static void lock_write(struct token_cache *cache)
{
    for (int i = 0; i < STRIPES; i++)
        pthread_mutex_lock(&cache->stripes[i].lock);
}

static void unlock_write(struct token_cache *cache)
{
    for (int i = STRIPES - 1; i >= 0; i--)
        pthread_mutex_unlock(&cache->stripes[i].lock);
}

static bool is_under(const struct entry *entry, uint64_t hash, struct text key)
{
    return entry->hash == hash && entry->key_length == key.length &&
           memcmp(entry->text, key.at, key.length) == 0;
}

/* Where the entry hangs, or the end of its chain. */
static struct entry **place_of(struct token_cache *cache, uint64_t hash, struct text key)
{
    struct entry **at = &cache->buckets[hash & (cache->bucket_count - 1)].first;
    while (*at && !is_under(*at, hash, key))
        at = &(*at)->next;
    return at;
}

int64_t token_margin_s(int64_t lifetime_s)
{
    return lifetime_s < 2 * CACHE_EARLY_EXPIRY_S ? lifetime_s / 2 : CACHE_EARLY_EXPIRY_S;
}

static bool is_good(const struct entry *entry, int64_t now, int64_t min_valid_s)
{
    return entry->kept_on - now <= CACHE_CLOCK_BACK_S &&
           entry->expires_on - now > (min_valid_s > 0 ? min_valid_s : entry->margin_s);
}

static int copy_out(const struct entry *entry, struct azb_token *out, struct azb_error *err)
{
    char *copy = memory_resize(NULL, entry->token_length + 1); /* nobody needs it zeroed */
    if (!copy) {
        fail_memory(err);
        return -1;
    }
    memcpy(copy, entry->text + entry->key_length, entry->token_length);
    copy[entry->token_length] = '\0';
    azb_token_free(out);
    out->token = copy;
    out->expires_on = entry->expires_on;
    out->refresh_on = entry->refresh_on;
    return 1;
}

int token_cache_find(struct token_cache *cache, struct text key, int64_t now, int64_t min_valid_s,
    struct azb_token *out, struct azb_error *err)
{
    uint64_t hash = hash_of(key);
    pthread_mutex_t *lock = lock_read(cache);
    const struct entry *entry = *place_of(cache, hash, key);
    int found = entry && is_good(entry, now, min_valid_s) ? copy_out(entry, out, err) : 0;
    pthread_mutex_unlock(lock);
    return found;
}

static struct entry *entry_new(
    struct text key, uint64_t hash, int64_t now, const struct azb_token *token)
{
    size_t token_length = strlen(token->token);
    struct entry *entry = memory_alloc(sizeof(*entry) + key.length + token_length);
    if (!entry)
        return NULL;
    entry->hash = hash;
    entry->expires_on = token->expires_on;
    entry->refresh_on = token->refresh_on;
    entry->kept_on = now;
    entry->margin_s = token_margin_s(token->expires_on - now);
    entry->key_length = key.length;
    entry->token_length = token_length;
    memcpy(entry->text, key.at, key.length);
    memcpy(entry->text + key.length, token->token, token_length);
    return entry;
}

static void drop(struct token_cache *cache, struct entry **at)
{
    struct entry *entry = *at;
    *at = entry->next;
    cache->count--;
    entry_free(entry);
}

static void drop_expired(struct token_cache *cache, int64_t now)
{
    for (size_t i = 0; i < cache->bucket_count; i++)
        for (struct entry **at = &cache->buckets[i].first; *at;) {
            if ((*at)->expires_on <= now)
                drop(cache, at);
            else
                at = &(*at)->next;
        }
}

/* Without memory the old table goes on working, with longer chains. */
static void grow(struct token_cache *cache)
{
    size_t count = cache->bucket_count * 2;
    struct bucket *buckets = memory_alloc(count * sizeof(*buckets));
    if (!buckets)
        return;
    for (size_t i = 0; i < cache->bucket_count; i++)
        while (cache->buckets[i].first) {
            struct entry *entry = cut_first(&cache->buckets[i]);
            push(&buckets[entry->hash & (count - 1)], entry);
        }
    memory_free(cache->buckets);
    cache->buckets = buckets;
    cache->bucket_count = count;
}

static bool make_room(struct token_cache *cache, int64_t now)
{
    if (cache->count * 2 < cache->bucket_count)
        return true;
    drop_expired(cache, now);
    if (cache->count >= CACHE_TOKENS_MAX)
        return false;
    if (cache->count * 4 > cache->bucket_count)
        grow(cache);
    return true;
}

bool token_cache_put(
    struct token_cache *cache, struct text key, int64_t now, const struct azb_token *token)
{
    uint64_t hash = hash_of(key);
    struct entry *entry = entry_new(key, hash, now, token);
    lock_write(cache);
    /* What was there is gone in any case: a token that had to be replaced is not wanted again. */
    struct entry **old = place_of(cache, hash, key);
    if (*old)
        drop(cache, old);
    bool kept = entry && make_room(cache, now);
    if (kept) {
        push(&cache->buckets[hash & (cache->bucket_count - 1)], entry);
        cache->count++;
    }
    unlock_write(cache);
    if (entry && !kept)
        entry_free(entry);
    return kept;
}

size_t token_cache_count(struct token_cache *cache)
{
    pthread_mutex_t *lock = lock_read(cache);
    size_t count = cache->count;
    pthread_mutex_unlock(lock);
    return count;
}
