/*
 * entra/credential.h - what all credentials share: names, network, cache, one request for many
 * callers. A kind of credential is one file with one `struct credential_kind` (see README.md).
 */
#ifndef ENTRA_CREDENTIAL_H
#define ENTRA_CREDENTIAL_H

#include "entra/authority.h"
#include "entra/background.h"
#include "entra/cache.h"
#include "entra/disk_cache.h"
#include "entra/environment.h"
#include "entra/outage.h"
#include "entra/token_request.h"

#define CREDENTIAL_SCOPE_MAX 1024
#define CREDENTIAL_KEY_MAX 2048 /* prefix and scope */

/* What one kind of identity does by itself. Both functions may be called from several threads. */
struct credential_kind {
    const char *name;
    /* A new token from the network, never from memory. The reply's string lives in `arena`, which
     * the caller wipes. */
    bool (*acquire)(struct azb_credential *credential, const struct token_ask *ask,
        struct arena *arena, struct token_reply *reply, struct azb_error *err);
    /* Wipes and frees the kind's own state; NULL is legal. */
    void (*free_state)(void *state);
    /* Client credentials: a regional endpoint may be asked. */
    bool is_application;
    /* Whose tokens in a cache on disk are this credential's, into `owner`, whose strings live in
     * `arena` or as long as the credential. 1; 0: nobody's yet; -1 and err. NULL: an application's
     * own, or, with an identity that is neither, none: it keeps nothing on disk. */
    int (*owner)(struct azb_credential *credential, struct arena *arena, struct cache_owner *owner,
        struct azb_error *err);
    /* How long a call may take that sets no limit; 0 is the usual minute. */
    int64_t timeout_ms;
    /* Who has signed in, as azb_credential_account() gives it; NULL: never a user. */
    bool (*account)(
        struct azb_credential *credential, struct azb_account_list *out, struct azb_error *err);
};

struct azb_credential {
    const struct credential_kind *kind;
    void *state;                 /* the kind's own */
    struct authority *authority; /* NULL: an identity that asks no authority */
    struct http_client *http;
    const struct clock *clock;
    _Atomic int64_t authority_ahead_s; /* of our clock, as far as a refusal told */
    bool is_capable;                   /* "cp1" is sent (claims.h) */
    char *client_id;                   /* "" without an authority */
    char *regional_endpoint;           /* or NULL: the authority's own */
    char *key_prefix;                  /* "tenant\nclient\n": what the cache's keys begin with */
    size_t key_prefix_length;
    struct token_cache *cache;
    struct azb_cache *disk; /* or NULL; somebody else's */
    struct flights flights;
    struct outage outage;
    struct background background;
    unsigned char *not_forked; /* 1, and 0 in a child of this process */
};

/* What the constructors of all kinds have in common. Zero is what applications need. */
struct credential_names {
    const char *tenant_id;
    const char *client_id;
    const char *authority_host;
    const char *ca_file;
    enum authority_tenants tenants;
    struct azb_cache *cache; /* NULL: the world's, if it has one */
    /* Instead of the first three: an identity that has no authority (a managed identity, another
     * program, a chain). Its tokens are kept under this name. */
    const char *own_name;
};

/* Of the options of any kind that has an authority: they call them all the same. */
#define CREDENTIAL_NAMES(options)                                                                  \
    {                                                                                              \
        .tenant_id = (options).tenant_id, .client_id = (options).client_id,                        \
        .authority_host = (options).authority_host, .ca_file = (options).ca_file,                  \
    }

/* Checks the names and makes the shared part. Owns `state` from here on, also when it fails. */
struct azb_credential *credential_new(const struct credential_kind *kind, void *state,
    const struct credential_names *names, const struct entra_environment *world,
    struct azb_error *err);

/* The owner's part that follows from the names; home_account_id and username are NULL. */
void credential_owner(const struct azb_credential *credential, struct cache_owner *owner);

/* A request that begins with endpoint, client, scope and claims; the kind adds its fields. Only for
 * identities with an authority. */
AZB_MUST_CHECK bool credential_request(struct azb_credential *credential,
    const struct token_ask *ask, struct token_request *request, struct azb_error *err);

/* Now by the clock of the authority, in seconds: what a client dates for it is dated so. */
int64_t credential_authority_seconds(const struct azb_credential *credential);

/* Lets `ms` pass, less when the patience is at an end: false and err (TIMEOUT, CANCELLED). */
AZB_MUST_CHECK bool credential_wait(struct azb_credential *credential, int64_t ms,
    struct patience *patience, struct azb_error *err);

/* Copies as much of a caller's options as both sides know; the rest of `into` is zero. */
AZB_MUST_CHECK bool options_read(
    void *into, size_t into_size, const void *from, struct azb_error *err);

#endif
