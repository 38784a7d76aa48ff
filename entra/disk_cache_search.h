/*
 * entra/disk_cache_search.h - finding in a document that was read; no I/O.
 */
#ifndef ENTRA_DISK_CACHE_SEARCH_H
#define ENTRA_DISK_CACHE_SEARCH_H

#include "entra/disk_cache.h"
#include "entra/disk_cache_document.h"

/* The one that is good for longest; NULL when there is none. */
const struct cache_entry *cache_search_token(const struct cache_document *document,
    const struct cache_owner *owner, struct text scope, int64_t now, int64_t min_valid_s);

/* The newest refresh token that the client may redeem for the owner, its own or one of its family.
 * 1, 0, or -1 and err: several accounts fit. */
int cache_search_refresh_token(const struct cache_document *document,
    const struct cache_owner *owner, const struct cache_entry **out, struct azb_error *err);

/* The account that is meant, by any token of the client. As above; `out` is absent for 0. */
int cache_search_account(const struct cache_document *document, const struct cache_owner *owner,
    struct text *home_account_id, struct azb_error *err);

#endif
