/*
 * authorize/state.h - what authorize/ keeps in memory; for its own files only.
 */
#ifndef SERVER_AUTHORIZE_STATE_H
#define SERVER_AUTHORIZE_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include "authorize/authorize.h"
#include "authorize/decision_log.h"
#include "authorize/token_cache.h"
#include "entra/entra.h"
#include "rbac/index.h"

/* `member` is in `group`, directly. Sorted by member. */
struct membership {
    const char *member, *group;
};

/* Roles and groups at one moment. Never changed; replaced whole. */
struct roles {
    struct arena arena; /* of the memberships */
    struct rbac_index *index;
    struct membership *memberships;
    size_t membership_count;
};

struct decision_ring {
    pthread_mutex_t lock;
    uint64_t prefix; /* random: ids do not repeat after a restart */
    uint64_t count;  /* decisions so far; the next goes to count % DECISIONS_MAX */
    struct decision at[DECISIONS_MAX];
};

struct authorizer {
    struct service *service;
    struct token_cache *tokens;
    pthread_mutex_t load_lock;   /* one load at a time: an older one must not come out last */
    atomic_bool roles_stale;     /* a committed change could not be read: `roles` allows nothing */
    pthread_rwlock_t roles_lock; /* held for reading while a decision uses them */
    struct roles *roles;
    struct decision_ring decisions;
};

/* All groups that `object_id` is in, directly or through others. In the arena. */
bool roles_groups(const struct roles *roles, const char *object_id, struct arena *arena,
    const char *const **groups, size_t *count, struct azb_error *err);
void roles_free(struct roles *roles);
/* False, 503: a change of roles could not be read, and cannot now. Before each decision: roles that
 * were taken away must not go on working because memory was short for a moment. */
bool roles_current(struct request *request, struct azb_error *err);

/* Gives the decision its id, which is put into request->decision_id, and keeps it. */
void decision_keep(struct request *request, struct decision *decision);

/* Why a caller could not be established. */
enum bearer_problem {
    BEARER_MISSING,   /* no Authorization header */
    BEARER_SCHEME,    /* another scheme, two headers, no token */
    BEARER_MALFORMED, /* no JWT, or without what an access token must have */
    BEARER_SIGNATURE, /* algorithm, key, signature */
    BEARER_ISSUER,    /* issuer or tenant */
    BEARER_AUDIENCE,
    BEARER_NOT_YET,
    BEARER_EXPIRED,
    BEARER_KIND, /* neither app-only nor with the permission that a user's token needs */
};
/* Fills err as the request's plane words it (authorize/refusal.c). */
bool bearer_refuse(const struct request *request, enum bearer_problem problem, const char *detail,
    struct azb_error *err);

#endif
