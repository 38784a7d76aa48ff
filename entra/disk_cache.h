/*
 * entra/disk_cache.h - what credentials ask of a `struct azb_cache`: the file of tokens in MSAL's
 * schema (facts: shared by MSAL Python, Node, Go and .NET).
 *
 * Entries are found by their fields, never by their keys; unknown members are kept; environments
 * that are aliases of one cloud are one. Everything here may be called from several threads. Writes
 * are under the lock file and replace the file whole.
 */
#ifndef ENTRA_DISK_CACHE_H
#define ENTRA_DISK_CACHE_H

#include <azb/entra.h>
#include "base/arena.h"
#include "entra/token_response.h"

/* Whose token is meant. */
struct cache_owner {
    const char *environment; /* host of the authority, without port */
    const char *client_id;
    const char *realm;           /* tenant GUID; NULL: any (organizations, a domain name) */
    const char *home_account_id; /* NULL: an application's own tokens */
    const char *username;        /* instead of home_account_id, or NULL */
};

/* An access token with at least the scopes of `scope` that is good for `min_valid_s` from `now` on
 * (0: for its usual margin). 1 found, 0 not there, -1 and err. */
int disk_cache_find_token(struct azb_cache *cache, const struct cache_owner *owner,
    const char *scope, int64_t now, int64_t min_valid_s, struct azb_token *out,
    struct azb_error *err);

/* A refresh token of the owner's account; *home_account_id says whose it is. Both in the arena. 1,
 * 0, -1 as above. Two accounts that fit, with none named, is an error that lists them. */
int disk_cache_find_refresh_token(struct azb_cache *cache, const struct cache_owner *owner,
    struct arena *arena, char **refresh_token, char **home_account_id, struct azb_error *err);

/* Keeps what the token endpoint gave: access token, and of a user refresh token, ID token, account.
 * True once it is on the disk. */
AZB_MUST_CHECK bool disk_cache_save(struct azb_cache *cache, const struct cache_owner *owner,
    const char *scope, const struct token_reply *reply, int64_t asked_on, struct azb_error *err);

/* A refresh token that Entra refused: it goes, unless another process has replaced it meanwhile. */
AZB_MUST_CHECK bool disk_cache_drop_refresh_token(struct azb_cache *cache,
    const struct cache_owner *owner, const char *refresh_token, struct azb_error *err);

#endif
