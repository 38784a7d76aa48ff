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
#include "base/json.h"
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

/* Roles that were committed and do not act yet; all but next_acts under roles_lock. */
struct roles_queue {
    struct queued_roles *first;
    size_t count;
    int64_t delay;             /* of a change, ticks; 0: it acts at once */
    _Atomic int64_t next_acts; /* ticks: when the first one acts; INT64_MAX: none */
};

struct authorizer {
    struct service *service;
    struct token_cache *tokens;
    pthread_mutex_t load_lock;   /* one load at a time: an older one must not come out last */
    atomic_bool audit;           /* what roles refuse is allowed, and kept as such */
    atomic_bool roles_stale;     /* a committed change could not be read: `roles` allows nothing */
    pthread_rwlock_t roles_lock; /* held for reading while a decision uses them */
    struct roles *roles;
    struct roles_queue queue;
    struct decision_log *log;
};

/* All groups that `object_id` is in, directly or through others. In the arena. */
bool roles_groups(const struct roles *roles, const char *object_id, struct arena *arena,
    const char *const **groups, size_t *count, struct azb_error *err);
void roles_free(struct roles *roles);
/* False, 503: a change of roles could not be read, and cannot now. Before each decision: roles that
 * were taken away must not go on working because memory was short for a moment. */
bool roles_current(struct request *request, struct azb_error *err);

/* authorize/propagation.c. Takes the roles: they act now, or after the delay. False: no memory, and
 * they are still the caller's. */
bool propagation_put(struct authorizer *authorizer, struct roles *roles);
/* Lets act what is due. Cheap when nothing is; before each decision, without the lock. */
void propagation_release(struct authorizer *authorizer, int64_t now);
void propagation_free(struct authorizer *authorizer);
/* The roles as they will be, or NULL: they are that already. With the lock held. */
const struct rbac_index *propagation_pending(const struct authorizer *authorizer);
/* The first change in the queue after which `allows` is true. With the lock held. */
bool propagation_find(const struct authorizer *authorizer,
    bool (*allows)(const struct roles *roles, void *context), void *context,
    struct pending_roles *out);

/*
 * Keeps a refusal, with the caller's name and groups, and puts its id into request->decision_id.
 * `why` is JSON; `question` may be NULL. Cannot fail: what there is no memory for is left out.
 */
struct refusal {
    enum decision_outcome outcome;
    int status;
    const struct caller *caller; /* NULL: not known */
    const struct roles *roles;   /* NULL: groups are not asked for */
    const char *why_name;
    struct text why;
};
void refusal_keep(struct request *request, const struct decision_question *question,
    const struct refusal *refusal);

/* {"objectId", "clientId", "name", "type", "groups"}; `roles` NULL: without groups. */
void principal_write(struct json_writer *writer, struct request *request, const struct roles *roles,
    const char *object_id, const char *client_id);

/* Why a caller could not be established. */
enum bearer_problem {
    BEARER_GOOD,
    BEARER_MISSING,   /* no Authorization header */
    BEARER_SCHEME,    /* another scheme, two headers, no token */
    BEARER_MALFORMED, /* no JWT, or without what an access token must have */
    BEARER_SIGNATURE, /* algorithm, key, signature */
    BEARER_ISSUER,
    BEARER_TENANT, /* the issuer's tenant, or the token's, is another one */
    BEARER_AUDIENCE,
    BEARER_NOT_YET,
    BEARER_EXPIRED,
    BEARER_KIND, /* neither app-only nor with the permission that a user's token needs */
};
/* Fills err as the request's plane words it (authorize/refusal.c), and request->token_problem. */
bool bearer_refuse(struct request *request, enum bearer_problem problem, const char *detail,
    struct azb_error *err);
/* What a 401 of bearer_refuse() says besides its code; of other errors their message. */
const char *refusal_detail(const struct azb_error *err);

#endif
