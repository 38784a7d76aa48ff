#include "authorize/decision_log.h"

#include "authorize/decision_state.h"
#include "base/error.h"
#include "route.h"

struct decision_log *decision_log_new(int64_t now, struct azb_error *err)
{
    struct decision_log *log = memory_alloc(sizeof *log);
    if (!log) {
        fail_memory(err);
        return NULL;
    }
    log->began = now;
    log->denied.maximum = DECISIONS_DENIED_MAX;
    log->denied.bytes_maximum = DECISIONS_DENIED_BYTES;
    log->refused.maximum = DECISIONS_REFUSED_MAX;
    log->refused.bytes_maximum = DECISIONS_DENIED_BYTES;
    for (size_t i = 0; i < LOG_SHARDS; i++)
        pthread_mutex_init(&log->shards[i].lock, NULL);
    pthread_mutex_init(&log->denied.lock, NULL);
    pthread_mutex_init(&log->refused.lock, NULL);
    if (random_bytes(log->key.bytes, sizeof log->key.bytes))
        return log;
    fail(err, AZB_ERROR_IO, "the system gives no random numbers");
    decision_log_free(log);
    return NULL;
}

static void free_shard(struct shard *shard)
{
    for (size_t i = 0; shard->ring && i < DECISIONS_ALLOWED_MAX; i++)
        use_release(shard->ring[i].use);
    memory_free(shard->ring);
    use_table_free(&shard->uses);
    pthread_mutex_destroy(&shard->lock);
}

static void free_ring(struct kept_ring *ring)
{
    for (size_t i = 0; i < ring->count; i++)
        memory_free(ring->at[(ring->first + i) % ring->maximum]);
    pthread_mutex_destroy(&ring->lock);
}

void decision_log_free(struct decision_log *log)
{
    if (!log)
        return;
    for (size_t i = 0; i < LOG_SHARDS; i++)
        free_shard(&log->shards[i]);
    free_ring(&log->denied);
    free_ring(&log->refused);
    secret_wipe(&log->key, sizeof log->key);
    memory_free(log);
}

/* ---- Waking -------------------------------------------------------------------------------- */

void decision_log_on_decision(struct decision_log *log, void (*wake)(void *context), void *context)
{
    log->wake = wake;
    log->wake_context = context;
}

static void tell(struct decision_log *log)
{
    if (log->wake)
        log->wake(log->wake_context);
}

/* ---- Allowed --------------------------------------------------------------------------------- */

static uint64_t next_number(struct decision_log *log)
{
    return atomic_fetch_add_explicit(&log->newest, 1, memory_order_relaxed) + 1;
}

/* Two threads may meet in one; that costs them time only. */
static struct shard *own_shard(struct decision_log *log)
{
    uint64_t self = (uint64_t)pthread_self();
    return &log->shards[(self * 0x9E3779B97F4A7C15u) >> 61];
}
_Static_assert(LOG_SHARDS == 8, "own_shard() takes three bits");

/* A constant: the request's own goes with its connection. */
static const char *method_of(const struct request *request)
{
    if (request->method && request->method[0] == 'H')
        return "HEAD";
    return request->route ? request->route->method : "";
}

static void note(struct decision_log *log, struct shard *shard, const struct request *request,
    struct counted_use *use, const char *rule)
{
    if (!shard->ring)
        shard->ring = memory_alloc(DECISIONS_ALLOWED_MAX * sizeof *shard->ring);
    if (!shard->ring)
        return;
    struct allowed *place = &shard->ring[shard->place++ % DECISIONS_ALLOWED_MAX];
    size_t length =
        request->path.length < DECISION_PATH_MAX ? request->path.length : DECISION_PATH_MAX;
    if (place->number)
        shard->forgotten = place->number;
    use_release(place->use);
    use->references++;
    place->number = next_number(log);
    place->at = request->now;
    place->use = use;
    place->method = method_of(request);
    place->rule = rule;
    place->path_length = (unsigned char)length;
    memcpy(place->path, request->path.at ? request->path.at : "", length);
}

void decision_log_allow(struct decision_log *log, const struct request *request,
    const struct decision_question *question, const char *rule)
{
    struct shard *shard = own_shard(log);
    pthread_mutex_lock(&shard->lock);
    struct counted_use *use = use_table_find(&shard->uses, request, question);
    if (use) {
        use->use.count++;
        use->use.last = request->now;
        note(log, shard, request, use, rule);
    }
    pthread_mutex_unlock(&shard->lock);
    tell(log);
}

/* ---- Refused --------------------------------------------------------------------------------- */

static size_t length_of(const char *text)
{
    return text ? strlen(text) + 1 : 1;
}

static const char *put(char **at, const char *text, size_t size)
{
    char *start = *at;
    memcpy(start, text ? text : "", size);
    *at += size;
    return start;
}

/* A copy in one block. */
static struct kept *keep(const struct decision *decision)
{
    size_t method = length_of(decision->method), path = length_of(decision->path);
    size_t object = length_of(decision->object_id), client = length_of(decision->client_id);
    size_t action = length_of(decision->action), scope = length_of(decision->scope);
    size_t principal = decision->principal.length, why = decision->why.length;
    size_t size =
        sizeof(struct kept) + method + path + object + client + action + scope + principal + why;
    struct kept *kept = memory_alloc(size);
    if (!kept)
        return NULL;
    char *at = kept->texts;
    kept->size = size;
    kept->decision = *decision;
    kept->decision.method = put(&at, decision->method, method);
    kept->decision.path = put(&at, decision->path, path);
    kept->decision.object_id = put(&at, decision->object_id, object);
    kept->decision.client_id = put(&at, decision->client_id, client);
    kept->decision.action = put(&at, decision->action, action);
    kept->decision.scope = put(&at, decision->scope, scope);
    kept->decision.principal =
        (struct text){put(&at, decision->principal.at, principal), principal};
    kept->decision.why = (struct text){put(&at, decision->why.at, why), why};
    return kept;
}

static void drop_first(struct kept_ring *ring)
{
    struct kept *kept = ring->at[ring->first];
    ring->forgotten = kept->decision.number;
    ring->first = (ring->first + 1) % ring->maximum;
    ring->count--;
    ring->bytes -= kept->size;
    memory_free(kept);
}

static void add_kept(struct kept_ring *ring, struct kept *kept)
{
    while (ring->count == ring->maximum ||
           (ring->count && ring->bytes + kept->size > ring->bytes_maximum))
        drop_first(ring);
    ring->at[(ring->first + ring->count++) % ring->maximum] = kept;
    ring->bytes += kept->size;
}

static void count_refusal(struct decision_log *log, const struct request *request,
    const struct decision_question *question, enum decision_outcome outcome)
{
    struct shard *shard = own_shard(log);
    pthread_mutex_lock(&shard->lock);
    struct counted_use *use = use_table_find(&shard->uses, request, question);
    if (use) {
        *(outcome == DECISION_WOULD_DENY ? &use->use.count : &use->use.denied) += 1;
        use->use.last = request->now;
    }
    pthread_mutex_unlock(&shard->lock);
}

void decision_log_refuse(struct decision_log *log, const struct request *request,
    const struct decision_question *question, struct decision *decision)
{
    struct kept_ring *ring = decision->outcome == DECISION_REFUSED ? &log->refused : &log->denied;
    if (question)
        count_refusal(log, request, question, decision->outcome);
    struct kept *kept = keep(decision);
    pthread_mutex_lock(&ring->lock);
    decision->number = next_number(log);
    decision_id_make(&log->key, decision->number, decision->id);
    if (kept) {
        kept->decision.number = decision->number;
        add_kept(ring, kept);
    }
    pthread_mutex_unlock(&ring->lock);
    tell(log);
}
