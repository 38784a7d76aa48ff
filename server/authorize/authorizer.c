#include "authorize/authorize.h"

#include "authorize/state.h"
#include "base/error.h"

static bool start(struct authorizer *authorizer, struct azb_error *err)
{
    struct store_connection *connection = store_reader(authorizer->service->store, err);
    authorizer->tokens = token_cache_new(err);
    if (!connection || !authorizer->tokens)
        return false;
    authorizer->log = decision_log_new(clock_ticks(&authorizer->service->clock), err);
    if (!authorizer->log)
        return false;
    return authorizer_load_roles(authorizer, connection, err);
}

/* A change of roles goes before new readers: with the default, readers that overlap keep it out for
 * as long as they like. Nobody takes the lock twice. */
static void init_roles_lock(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
}

struct authorizer *authorizer_new(struct service *service, struct azb_error *err)
{
    struct authorizer *authorizer = memory_alloc(sizeof *authorizer);
    if (!authorizer) {
        fail_memory(err);
        return NULL;
    }
    authorizer->service = service;
    atomic_init(&authorizer->queue.next_acts, INT64_MAX);
    init_roles_lock(&authorizer->roles_lock);
    pthread_mutex_init(&authorizer->load_lock, NULL);
    if (start(authorizer, err))
        return authorizer;
    authorizer_free(authorizer);
    return NULL;
}

void authorizer_free(struct authorizer *authorizer)
{
    if (!authorizer)
        return;
    propagation_free(authorizer);
    roles_free(authorizer->roles);
    token_cache_free(authorizer->tokens);
    decision_log_free(authorizer->log);
    pthread_rwlock_destroy(&authorizer->roles_lock);
    pthread_mutex_destroy(&authorizer->load_lock);
    memory_free(authorizer);
}

void authorizer_forget_tokens(struct authorizer *authorizer)
{
    token_cache_forget(authorizer->tokens);
}

struct decision_log *authorizer_log(struct authorizer *authorizer)
{
    return authorizer->log;
}

void authorizer_set_audit(struct authorizer *authorizer, bool on)
{
    atomic_store(&authorizer->audit, on);
    if (on)
        service_log("authorize",
            "AUDIT MODE: whatever roles refuse is ALLOWED, and kept in the decision log as "
            "wouldDeny; tokens are checked as ever");
    else
        service_log("authorize", "roles are enforced");
}

bool authorizer_audit(const struct authorizer *authorizer)
{
    return atomic_load(&authorizer->audit);
}
