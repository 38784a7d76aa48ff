/*
 * Changes of roles that take a while to act, as in Azure (up to ten minutes there): roles that were
 * committed and do not act yet stand in a queue that the service's clock releases. Without the test
 * control a change acts at once, and nothing is ever queued.
 */
#include "authorize/state.h"

#include "base/error.h"

#define QUEUE_MAX 256

/* What a change made, and when it acts. */
struct queued_roles {
    struct queued_roles *next;
    struct roles *roles;
    int64_t made, acts; /* ticks */
};

static int64_t now_of(const struct authorizer *authorizer)
{
    return clock_ticks(&authorizer->service->clock);
}

static void set_next(struct authorizer *authorizer)
{
    struct queued_roles *first = authorizer->queue.first;
    atomic_store(&authorizer->queue.next_acts, first ? first->acts : INT64_MAX);
}

static struct queued_roles *last_of(const struct authorizer *authorizer)
{
    struct queued_roles *last = authorizer->queue.first;
    while (last && last->next)
        last = last->next;
    return last;
}

/* The first of the queue becomes what acts. */
static void promote(struct authorizer *authorizer)
{
    struct queued_roles *first = authorizer->queue.first;
    roles_free(authorizer->roles);
    authorizer->roles = first->roles;
    authorizer->queue.first = first->next;
    authorizer->queue.count--;
    memory_free(first);
}

static void drop_queue(struct authorizer *authorizer)
{
    for (struct queued_roles *at = authorizer->queue.first, *next; at; at = next) {
        next = at->next;
        roles_free(at->roles);
        memory_free(at);
    }
    authorizer->queue.first = NULL;
    authorizer->queue.count = 0;
}

static void act_at_once(struct authorizer *authorizer, struct roles *roles)
{
    drop_queue(authorizer);
    roles_free(authorizer->roles);
    authorizer->roles = roles;
}

/* More changes than the queue takes act with the last of them, that is, later than they would. None
 * acts before an earlier one, also when the delay became shorter or the clock was moved back. */
static bool enqueue(struct authorizer *authorizer, struct roles *roles, int64_t delay)
{
    int64_t now = now_of(authorizer), acts = now + delay;
    struct queued_roles *last = last_of(authorizer);
    if (last && last->acts > acts)
        acts = last->acts;
    if (last && authorizer->queue.count == QUEUE_MAX) {
        roles_free(last->roles);
        last->roles = roles;
        last->acts = acts;
        return true;
    }
    struct queued_roles *queued = memory_alloc(sizeof *queued);
    if (!queued)
        return false;
    *queued = (struct queued_roles){.roles = roles, .made = now, .acts = acts};
    *(last ? &last->next : &authorizer->queue.first) = queued;
    authorizer->queue.count++;
    return true;
}

bool propagation_put(struct authorizer *authorizer, struct roles *roles)
{
    bool done = true;
    pthread_rwlock_wrlock(&authorizer->roles_lock);
    int64_t delay = authorizer->queue.delay;
    if (!authorizer->roles || delay == 0)
        act_at_once(authorizer, roles);
    else
        done = enqueue(authorizer, roles, delay);
    set_next(authorizer);
    pthread_rwlock_unlock(&authorizer->roles_lock);
    return done;
}

void propagation_release(struct authorizer *authorizer, int64_t now)
{
    if (atomic_load_explicit(&authorizer->queue.next_acts, memory_order_relaxed) > now)
        return;
    pthread_rwlock_wrlock(&authorizer->roles_lock);
    while (authorizer->queue.first && authorizer->queue.first->acts <= now)
        promote(authorizer);
    set_next(authorizer);
    pthread_rwlock_unlock(&authorizer->roles_lock);
}

void propagation_free(struct authorizer *authorizer)
{
    drop_queue(authorizer);
}

const struct rbac_index *propagation_pending(const struct authorizer *authorizer)
{
    const struct queued_roles *last = last_of(authorizer);
    return last ? last->roles->index : NULL;
}

bool propagation_find(const struct authorizer *authorizer,
    bool (*allows)(const struct roles *roles, void *context), void *context,
    struct pending_roles *out)
{
    for (const struct queued_roles *at = authorizer->queue.first; at; at = at->next)
        if (allows(at->roles, context)) {
            *out = (struct pending_roles){at->made, at->acts};
            return true;
        }
    return false;
}

/* ---- The test control ------------------------------------------------------------------------ */

void authorizer_set_propagation(struct authorizer *authorizer, int64_t delay)
{
    pthread_rwlock_wrlock(&authorizer->roles_lock);
    authorizer->queue.delay = delay;
    while (delay == 0 && authorizer->queue.first)
        promote(authorizer);
    set_next(authorizer);
    pthread_rwlock_unlock(&authorizer->roles_lock);
}

int64_t authorizer_propagation(struct authorizer *authorizer)
{
    pthread_rwlock_rdlock(&authorizer->roles_lock);
    int64_t delay = authorizer->queue.delay;
    pthread_rwlock_unlock(&authorizer->roles_lock);
    return delay;
}

bool authorizer_pending(struct authorizer *authorizer, struct arena *arena,
    struct pending_roles **out, size_t *count, struct azb_error *err)
{
    propagation_release(authorizer, now_of(authorizer));
    *count = 0;
    pthread_rwlock_rdlock(&authorizer->roles_lock);
    *out = arena_array(arena, authorizer->queue.count, sizeof **out);
    for (const struct queued_roles *at = authorizer->queue.first; *out && at; at = at->next)
        (*out)[(*count)++] = (struct pending_roles){at->made, at->acts};
    pthread_rwlock_unlock(&authorizer->roles_lock);
    return *out || fail_memory(err);
}
