#include "authorize/authorize.h"

#include "authorize/state.h"
#include "base/error.h"

static bool start(struct authorizer *authorizer, struct azb_error *err)
{
    struct store_connection *connection = store_reader(authorizer->service->store, err);
    authorizer->tokens = token_cache_new(err);
    if (!connection || !authorizer->tokens)
        return false;
    if (!random_bytes(&authorizer->decisions.prefix, sizeof authorizer->decisions.prefix))
        return fail(err, AZB_ERROR_IO, "the system gives no random numbers");
    return authorizer_load_roles(authorizer, connection, err);
}

struct authorizer *authorizer_new(struct service *service, struct azb_error *err)
{
    struct authorizer *authorizer = memory_alloc(sizeof *authorizer);
    if (!authorizer) {
        fail_memory(err);
        return NULL;
    }
    authorizer->service = service;
    pthread_rwlock_init(&authorizer->roles_lock, NULL);
    pthread_mutex_init(&authorizer->decisions.lock, NULL);
    if (start(authorizer, err))
        return authorizer;
    authorizer_free(authorizer);
    return NULL;
}

void authorizer_free(struct authorizer *authorizer)
{
    if (!authorizer)
        return;
    roles_free(authorizer->roles);
    token_cache_free(authorizer->tokens);
    pthread_rwlock_destroy(&authorizer->roles_lock);
    pthread_mutex_destroy(&authorizer->decisions.lock);
    memory_free(authorizer);
}

void authorizer_forget_key(struct authorizer *authorizer, const char *kid)
{
    token_cache_forget_key(authorizer->tokens, kid);
}
