/*
 * entra/disk_cache.h - what credentials ask of a `struct azb_cache`: the file of tokens in MSAL's
 * schema (facts: shared by MSAL Python, Node, Go and .NET).
 *
 * Entries are found by their fields, never by their keys; unknown members are kept; environments
 * that are aliases of one cloud are one. Everything here may be called from several threads. Writes
 * are under the lock file and replace the file whole; reads take no lock between processes.
 */
#ifndef ENTRA_DISK_CACHE_H
#define ENTRA_DISK_CACHE_H

#include <azb/entra.h>
#include "base/arena.h"
#include "entra/disk_cache_lock.h"
#include "entra/token_response.h"

/* Whose token is meant. */
struct cache_owner {
    const char *environment; /* host of the authority, without port */
    const char *client_id;
    /* The tenant: its GUID, or of an application also the domain name that it was given. NULL: any
     * (organizations; a domain name of a user, whose tokens are kept under the GUID). */
    const char *realm;
    const char *home_account_id; /* NULL: an application's own tokens */
    const char *username;        /* instead of home_account_id, or NULL */
};

/* An access token with at least the scopes of `scope` that is good for `min_valid_s` from `now` on
 * (0: for its usual margin). 1 found, 0 not there, -1 and err. */
int disk_cache_find_token(struct azb_cache *cache, const struct cache_owner *owner,
    const char *scope, int64_t now, int64_t min_valid_s, struct azb_token *out,
    struct azb_error *err);

/* The account whose refresh token or access token the client has, and which fits home_account_id or
 * username if they are given; in the arena. 1, 0, -1 as above. Two that fit is an error (ARGUMENT,
 * code "multiple_accounts") that lists them by username. */
int disk_cache_find_account(struct azb_cache *cache, const struct cache_owner *owner,
    struct arena *arena, char **home_account_id, struct azb_error *err);

/* A refresh token of the owner's account; *home_account_id says whose it is. Both in the arena. 1,
 * 0, -1 as above. Two accounts that fit, with none named, is an error that lists them. */
int disk_cache_find_refresh_token(struct azb_cache *cache, const struct cache_owner *owner,
    struct arena *arena, char **refresh_token, char **home_account_id, struct azb_error *err);

/* Keeps what the token endpoint gave: access token, and of a user refresh token, ID token, account.
 * An access token whose tenant neither the reply nor the owner names is not kept: an entry without
 * one would be half an entry. `asked_on` is before the request, in seconds since 1970.
 * True once it is on the disk. */
AZB_MUST_CHECK bool disk_cache_save(struct azb_cache *cache, const struct cache_owner *owner,
    const char *scope, const struct token_reply *reply, int64_t asked_on, struct azb_error *err);

/* A refresh token that Entra refused: it goes, unless another process has replaced it meanwhile. */
AZB_MUST_CHECK bool disk_cache_drop_refresh_token(struct azb_cache *cache,
    const struct cache_owner *owner, const char *refresh_token, struct azb_error *err);

/* The owner's access tokens of its own, without an account: an application signs out. */
AZB_MUST_CHECK bool disk_cache_drop_application(
    struct azb_cache *cache, const struct cache_owner *owner, struct azb_error *err);

/* azb_cache_open() with another way to wait (tests), and another limit for the lock file; NULL and
 * 0 are the real ones. */
struct azb_cache *disk_cache_new(const struct azb_cache_options *options,
    const struct disk_cache_wait *wait, int64_t lock_timeout_ms, struct azb_error *err);

#endif
