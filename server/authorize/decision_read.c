/* What the decision log remembers, read: with all of its locks held, so that a list has no holes.
 */
#include <stdlib.h>
#include <strings.h>

#include "authorize/decision_state.h"
#include "base/error.h"

static void lock_all(struct decision_log *log)
{
    for (size_t i = 0; i < LOG_SHARDS; i++)
        pthread_mutex_lock(&log->shards[i].lock);
    pthread_mutex_lock(&log->denied.lock);
    pthread_mutex_lock(&log->refused.lock);
}

static void unlock_all(struct decision_log *log)
{
    pthread_mutex_unlock(&log->refused.lock);
    pthread_mutex_unlock(&log->denied.lock);
    for (size_t i = LOG_SHARDS; i-- > 0;)
        pthread_mutex_unlock(&log->shards[i].lock);
}

/* Where a decision is, while all locks are held. */
struct place {
    uint64_t number;
    const struct allowed *allowed; /* or */
    const struct kept *kept;
};

struct finding {
    const struct decision_filter *filter;
    struct place *at;
    size_t count;
};

static bool is_principal(struct text principal, const char *object_id, const char *client_id)
{
    return !principal.at || text_equal_nocase(principal, text_of(object_id)) ||
           text_equal_nocase(principal, text_of(client_id));
}

static bool wants_allowed(const struct decision_filter *filter, const struct allowed *allowed)
{
    return allowed->number > filter->after && filter->wanted != DECISIONS_NOT_ALLOWED &&
           allowed->at >= filter->since &&
           is_principal(
               filter->principal, allowed->use->use.object_id, allowed->use->use.client_id);
}

static bool wants_kept(const struct decision_filter *filter, const struct decision *decision)
{
    return decision->number > filter->after && filter->wanted != DECISIONS_ALLOWED &&
           decision->at >= filter->since &&
           is_principal(filter->principal, decision->object_id, decision->client_id);
}

static void find_allowed(const struct shard *shard, struct finding *finding)
{
    for (size_t i = 0; shard->ring && i < DECISIONS_ALLOWED_MAX; i++)
        if (shard->ring[i].number && wants_allowed(finding->filter, &shard->ring[i]))
            finding->at[finding->count++] =
                (struct place){.number = shard->ring[i].number, .allowed = &shard->ring[i]};
}

static void find_kept(const struct kept_ring *ring, struct finding *finding)
{
    for (size_t i = 0; i < ring->count; i++) {
        const struct kept *kept = ring->at[(ring->first + i) % ring->maximum];
        if (wants_kept(finding->filter, &kept->decision))
            finding->at[finding->count++] =
                (struct place){.number = kept->decision.number, .kept = kept};
    }
}

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void copy_allowed(const struct allowed *allowed, struct arena *arena, struct decision *out)
{
    const struct use *use = &allowed->use->use;
    *out = (struct decision){.number = allowed->number,
        .at = allowed->at,
        .outcome = DECISION_ALLOWED,
        .plane = use->plane,
        .method = allowed->method,
        .path = arena_copy(arena, allowed->path, allowed->path_length),
        .object_id = arena_string(arena, use->object_id),
        .client_id = arena_string(arena, use->client_id),
        .action = arena_string(arena, use->action),
        .scope = arena_string(arena, use->scope),
        .kind = use->kind,
        .rule = allowed->rule};
}

static void copy_kept(const struct decision *kept, struct arena *arena, struct decision *out)
{
    *out = *kept;
    out->method = arena_string(arena, kept->method);
    out->path = arena_string(arena, kept->path);
    out->object_id = arena_string(arena, kept->object_id);
    out->client_id = arena_string(arena, kept->client_id);
    out->action = arena_string(arena, kept->action);
    out->scope = arena_string(arena, kept->scope);
    out->principal.at = arena_copy(arena, kept->principal.at, kept->principal.length);
    out->why.at = arena_copy(arena, kept->why.at, kept->why.length);
}

static void copy_place(
    struct decision_log *log, const struct place *place, struct arena *arena, struct decision *out)
{
    if (place->allowed)
        copy_allowed(place->allowed, arena, out);
    else
        copy_kept(&place->kept->decision, arena, out);
    decision_id_make(&log->key, place->number, out->id);
}

static uint64_t forgotten_number(const struct decision_log *log)
{
    uint64_t greatest = log->denied.forgotten > log->refused.forgotten ? log->denied.forgotten
                                                                       : log->refused.forgotten;
    for (size_t i = 0; i < LOG_SHARDS; i++)
        if (log->shards[i].forgotten > greatest)
            greatest = log->shards[i].forgotten;
    return greatest;
}

/* With all locks held. */
static void collect(struct decision_log *log, struct finding *finding)
{
    for (size_t i = 0; i < LOG_SHARDS; i++)
        find_allowed(&log->shards[i], finding);
    find_kept(&log->denied, finding);
    find_kept(&log->refused, finding);
    qsort(finding->at, finding->count, sizeof *finding->at, compare_places);
}

static void fill_page(struct decision_log *log, const struct finding *finding, struct arena *arena,
    struct decision_list *out)
{
    bool more = finding->count > DECISIONS_PAGE_MAX;
    out->count = more ? DECISIONS_PAGE_MAX : finding->count;
    out->forgotten = forgotten_number(log) > finding->filter->after;
    out->next = more ? finding->at[out->count - 1].number : atomic_load(&log->newest);
    for (size_t i = 0; i < out->count; i++)
        copy_place(log, &finding->at[i], arena, &out->at[i]);
}

#define PLACES_MAX                                                                                 \
    (LOG_SHARDS * DECISIONS_ALLOWED_MAX + DECISIONS_DENIED_MAX + DECISIONS_REFUSED_MAX)

/* A number that is not given yet is of a log before this one: all of this one is new to it. */
static struct decision_filter from_the_start(
    const struct decision_log *log, const struct decision_filter *filter)
{
    struct decision_filter from = *filter;
    if (from.after > atomic_load(&log->newest))
        from.after = 0;
    return from;
}

bool decision_log_list(struct decision_log *log, const struct decision_filter *filter,
    struct arena *arena, struct decision_list *out, struct azb_error *err)
{
    const struct decision_filter from = from_the_start(log, filter);
    struct finding finding = {.filter = &from};
    *out = (struct decision_list){.at = arena_array(arena, DECISIONS_PAGE_MAX, sizeof *out->at)};
    finding.at = memory_alloc(PLACES_MAX * sizeof *finding.at);
    if (!finding.at || !out->at) {
        memory_free(finding.at);
        return fail_memory(err);
    }
    lock_all(log);
    collect(log, &finding);
    fill_page(log, &finding, arena, out);
    unlock_all(log);
    memory_free(finding.at);
    return !arena->failed || fail_memory(err);
}

static bool shard_has(struct shard *shard, const struct decision_filter *filter)
{
    bool has = false;
    pthread_mutex_lock(&shard->lock);
    for (size_t i = 0; shard->ring && !has && i < DECISIONS_ALLOWED_MAX; i++)
        has = shard->ring[i].number && wants_allowed(filter, &shard->ring[i]);
    pthread_mutex_unlock(&shard->lock);
    return has;
}

static bool ring_has(struct kept_ring *ring, const struct decision_filter *filter)
{
    bool has = false;
    pthread_mutex_lock(&ring->lock);
    for (size_t i = 0; !has && i < ring->count; i++)
        has = wants_kept(filter, &ring->at[(ring->first + i) % ring->maximum]->decision);
    pthread_mutex_unlock(&ring->lock);
    return has;
}

bool decision_log_has(struct decision_log *log, const struct decision_filter *filter)
{
    const struct decision_filter from = from_the_start(log, filter);
    bool has = ring_has(&log->denied, &from) || ring_has(&log->refused, &from);
    for (size_t i = 0; !has && i < LOG_SHARDS; i++)
        has = shard_has(&log->shards[i], &from);
    return has;
}

static bool find_in_shard(const struct shard *shard, uint64_t number, struct place *out)
{
    for (size_t i = 0; shard->ring && i < DECISIONS_ALLOWED_MAX; i++)
        if (shard->ring[i].number == number) {
            *out = (struct place){.number = number, .allowed = &shard->ring[i]};
            return true;
        }
    return false;
}

static bool find_in_ring(const struct kept_ring *ring, uint64_t number, struct place *out)
{
    for (size_t i = 0; i < ring->count; i++) {
        const struct kept *kept = ring->at[(ring->first + i) % ring->maximum];
        if (kept->decision.number == number) {
            *out = (struct place){.number = number, .kept = kept};
            return true;
        }
    }
    return false;
}

/* With all locks held. */
static bool find_number(const struct decision_log *log, uint64_t number, struct place *out)
{
    if (find_in_ring(&log->denied, number, out) || find_in_ring(&log->refused, number, out))
        return true;
    for (size_t i = 0; i < LOG_SHARDS; i++)
        if (find_in_shard(&log->shards[i], number, out))
            return true;
    return false;
}

bool decision_log_find(
    struct decision_log *log, struct text id, struct arena *arena, struct decision *out)
{
    struct place place;
    uint64_t number;
    if (!decision_id_read(&log->key, id, &number) || number == 0)
        return false;
    lock_all(log);
    bool found = find_number(log, number, &place);
    if (found)
        copy_place(log, &place, arena, out);
    unlock_all(log);
    return found && !arena->failed;
}

/* ---- Uses ------------------------------------------------------------------------------------ */

/* By all but the numbers. */
static int compare_kinds(const void *a, const void *b)
{
    const struct use *x = a, *y = b;
    int order = strcmp(x->object_id, y->object_id);
    if (!order)
        order = strcmp(x->client_id, y->client_id);
    if (!order)
        order = strcasecmp(x->action, y->action);
    if (!order)
        order = strcasecmp(x->scope, y->scope);
    if (!order)
        order = (int)x->plane - (int)y->plane;
    if (!order)
        order = (int)x->kind - (int)y->kind;
    if (!order)
        order = (int)x->is_read - (int)y->is_read;
    return order ? order : (int)x->needs_autopool - (int)y->needs_autopool;
}

static int compare_first(const void *a, const void *b)
{
    const struct use *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

static void copy_use(const struct use *use, struct arena *arena, struct use *out)
{
    *out = *use;
    out->object_id = arena_string(arena, use->object_id);
    out->client_id = arena_string(arena, use->client_id);
    out->action = arena_string(arena, use->action);
    out->scope = arena_string(arena, use->scope);
}

struct use_search {
    struct text principal;
    int64_t since;
    struct arena *arena;
    struct use *at;
    size_t count;
};

static void copy_uses(const struct use_table *table, struct use_search *search)
{
    for (size_t i = 0; table->buckets && i < USE_BUCKETS; i++)
        for (const struct counted_use *at = table->buckets[i]; at; at = at->next)
            if (at->use.last >= search->since &&
                is_principal(search->principal, at->use.object_id, at->use.client_id))
                copy_use(&at->use, search->arena, &search->at[search->count++]);
}

/* Threads count for themselves. */
static size_t unite(struct use *uses, size_t count)
{
    size_t kept = 0;
    qsort(uses, count, sizeof *uses, compare_kinds);
    for (size_t i = 0; i < count; i++) {
        struct use *sum = kept ? &uses[kept - 1] : NULL;
        if (!sum || compare_kinds(sum, &uses[i]) != 0) {
            uses[kept++] = uses[i];
            continue;
        }
        sum->count += uses[i].count;
        sum->denied += uses[i].denied;
        sum->first = uses[i].first < sum->first ? uses[i].first : sum->first;
        sum->last = uses[i].last > sum->last ? uses[i].last : sum->last;
    }
    qsort(uses, kept, sizeof *uses, compare_first);
    return kept;
}

bool decision_log_uses(struct decision_log *log, struct text principal, int64_t since,
    struct arena *arena, struct use_list *out, struct azb_error *err)
{
    size_t known = 0;
    struct use_search search = {.principal = principal, .since = since, .arena = arena};
    *out = (struct use_list){.complete_since = log->began};
    lock_all(log);
    for (size_t i = 0; i < LOG_SHARDS; i++)
        known += log->shards[i].uses.count;
    search.at = arena_array(arena, known, sizeof *search.at);
    for (size_t i = 0; search.at && i < LOG_SHARDS; i++) {
        const struct use_table *table = &log->shards[i].uses;
        copy_uses(table, &search);
        out->forgotten = out->forgotten || table->forgotten_at;
        if (table->forgotten_at >= out->complete_since)
            out->complete_since = table->forgotten_at + 1;
    }
    unlock_all(log);
    if (arena->failed)
        return fail_memory(err);
    out->at = search.at;
    out->count = unite(search.at, search.count);
    return true;
}
