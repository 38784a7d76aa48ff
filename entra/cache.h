/*
 * entra/cache.h - tokens in memory: a hash table that many threads read at once.
 *
 * Times are seconds of the credential's clock and are given by the caller: the cache has no clock.
 * Tokens are overwritten when they are replaced, expire or the cache is freed.
 *
 * A reader takes one lock out of several, its own processor's; a writer takes all of them. So
 * readers do not meet (a single lock, or a reader count, is what makes a warm cache slow with many
 * threads), and a write, which follows a request over the network, may cost a little more.
 */
#ifndef ENTRA_CACHE_H
#define ENTRA_CACHE_H

#include <azb/entra.h>
#include "base/text.h"

#define CACHE_TOKENS_MAX (1 << 18)
#define CACHE_EARLY_EXPIRY_S 300LL
/* A clock that went back by more than this was wrong when the token was kept, and so are its times:
 * it may have expired long before they say so. */
#define CACHE_CLOCK_BACK_S 3600LL

struct token_cache;

struct token_cache *token_cache_new(struct azb_error *err);
void token_cache_free(struct token_cache *cache); /* NULL is legal */

/* How long before its expiry a token that lives `lifetime_s` is no longer given out: 5 minutes, or
 * half its life if that is less, so that a token that lives 4 minutes is not asked for each time.
 */
int64_t token_margin_s(int64_t lifetime_s);

/* A copy of the token under `key` that is good for `min_valid_s` from `now` on (0: for its own
 * margin). 1 found, 0 not there, -1 and err: out of memory. */
int token_cache_find(struct token_cache *cache, struct text key, int64_t now, int64_t min_valid_s,
    struct azb_token *out, struct azb_error *err);

/* Keeps a copy under `key`, in place of what was there. Not keeping it, for want of memory or
 * because CACHE_TOKENS_MAX live ones are there, is no error: false says so. */
bool token_cache_put(
    struct token_cache *cache, struct text key, int64_t now, const struct azb_token *token);

size_t token_cache_count(struct token_cache *cache);

#endif
