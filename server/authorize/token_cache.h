/*
 * authorize/token_cache.h - access tokens that were verified, by their SHA-256.
 *
 * Bounded: TOKENS_MAX tokens; a new one takes the place of the one in its set that expires first.
 * Safe from all threads.
 */
#ifndef SERVER_AUTHORIZE_TOKEN_CACHE_H
#define SERVER_AUTHORIZE_TOKEN_CACHE_H

#include "entra/entra.h"
#include "request.h"

#define TOKENS_MAX 4096
#define TOKEN_AUDIENCE_MAX 160 /* a token with a longer one is verified every time */

/* What is known of a token whose signature was right. */
struct verified_token {
    struct caller caller;
    int64_t not_before_s;          /* `expires_on` is the caller's */
    bool impersonation;            /* a user's token with the scope user_impersonation */
    const struct signing_key *key; /* it may be retired meanwhile */
    char audience[TOKEN_AUDIENCE_MAX];
};

struct token_cache;

struct token_cache *token_cache_new(struct azb_error *err);
void token_cache_free(struct token_cache *cache); /* NULL is legal */
bool token_cache_find(
    struct token_cache *cache, const unsigned char hash[SHA256_BYTES], struct verified_token *out);
void token_cache_put(struct token_cache *cache, const unsigned char hash[SHA256_BYTES],
    const struct verified_token *token);
void token_cache_forget(struct token_cache *cache);

#endif
