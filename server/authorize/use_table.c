#include "authorize/use_table.h"

#include "base/error.h"
#include "rbac/hash.h"

/* The longest ids and the shortest code: whole words, of which the last two overlap. */
static uint64_t hash_id(uint64_t hash, const char id[GUID_TEXT])
{
    uint64_t words[2];
    memcpy(words, id, sizeof words);
    hash = hash_mix(hash_mix(hash, words[0]), words[1]);
    memcpy(words, id + GUID_TEXT - 1 - sizeof words, sizeof words);
    return hash_mix(hash_mix(hash, words[0]), words[1]);
}

static uint64_t hash_of(const struct request *request, const struct decision_question *question)
{
    const struct scope *scope = question->scope;
    uint64_t hash = (uint64_t)request->plane | (uint64_t)question->kind << 8 |
                    (uint64_t)question->is_read << 9 | (uint64_t)question->needs_autopool << 10;
    hash = hash_mix(hash, scope->levels[scope->level_count - 1].hash);
    hash = hash_mix(hash, question->operation ? (uint64_t)(uintptr_t)question->operation
                                              : hash_text(text_of(question->action)));
    return hash_id(hash, request->caller.object_id);
}

static bool same_operation(const struct counted_use *use, const struct decision_question *question)
{
    return use->operation == question->operation &&
           (use->operation || string_equal_nocase(use->use.action, question->action));
}

static bool is_use(const struct counted_use *use, const struct request *request,
    const struct decision_question *question)
{
    const struct scope *scope = question->scope;
    return use->use.plane == request->plane && use->use.kind == question->kind &&
           use->use.is_read == question->is_read &&
           use->use.needs_autopool == question->needs_autopool && same_operation(use, question) &&
           use->scope_length == scope->levels[scope->level_count - 1].length &&
           memcmp(use->key, scope->key, use->scope_length) == 0 &&
           memcmp(use->object_id, request->caller.object_id, GUID_TEXT) == 0 &&
           memcmp(use->client_id, request->caller.client_id, GUID_TEXT) == 0;
}

/* ---- Making and forgetting ------------------------------------------------------------------- */

static char *put(char *at, const char *text, size_t length)
{
    memcpy(at, text, length);
    at[length] = '\0';
    return at + length + 1;
}

static struct counted_use *make(
    const struct request *request, const struct decision_question *question, uint64_t hash)
{
    const struct scope *scope = question->scope;
    size_t action = strlen(question->action), text = strlen(scope->text);
    size_t key = scope->levels[scope->level_count - 1].length;
    struct counted_use *use = memory_alloc(sizeof *use + action + text + key + 3);
    if (!use)
        return NULL;
    use->hash = hash;
    use->operation = question->operation;
    use->scope_length = key;
    memcpy(use->object_id, request->caller.object_id, GUID_TEXT);
    memcpy(use->client_id, request->caller.client_id, GUID_TEXT);
    use->use = (struct use){.object_id = use->object_id,
        .client_id = use->client_id,
        .action = use->texts,
        .scope = put(use->texts, question->action, action),
        .plane = request->plane,
        .kind = question->kind,
        .is_read = question->is_read,
        .needs_autopool = question->needs_autopool,
        .first = request->now,
        .last = request->now};
    use->key = put(use->texts + action + 1, scope->text, text);
    put(use->texts + action + text + 2, scope->key, key);
    return use;
}

void use_release(struct counted_use *use)
{
    if (use && --use->references == 0)
        memory_free(use);
}

static void forget_one(struct use_table *table)
{
    struct counted_use **oldest = NULL;
    for (size_t i = 0; i < USE_BUCKETS; i++)
        for (struct counted_use **at = &table->buckets[i]; *at; at = &(*at)->next)
            if (!oldest || (*at)->use.last < (*oldest)->use.last)
                oldest = at;
    struct counted_use *use = *oldest;
    if (use->use.last > table->forgotten_at)
        table->forgotten_at = use->use.last;
    *oldest = use->next;
    table->count--;
    use_release(use);
}

static struct counted_use *add(struct use_table *table, const struct request *request,
    const struct decision_question *question, uint64_t hash)
{
    if (table->count == USES_MAX)
        forget_one(table);
    struct counted_use *use = make(request, question, hash);
    if (!use)
        return NULL;
    struct counted_use **bucket = &table->buckets[hash % USE_BUCKETS];
    use->references = 1;
    use->next = *bucket;
    *bucket = use;
    table->count++;
    return use;
}

struct counted_use *use_table_find(struct use_table *table, const struct request *request,
    const struct decision_question *question)
{
    if (!table->buckets)
        table->buckets = memory_alloc(USE_BUCKETS * sizeof *table->buckets);
    if (!table->buckets)
        return NULL;
    uint64_t hash = hash_of(request, question);
    struct counted_use *use = table->buckets[hash % USE_BUCKETS];
    while (use && (use->hash != hash || !is_use(use, request, question)))
        use = use->next;
    return use ? use : add(table, request, question, hash);
}

void use_table_free(struct use_table *table)
{
    for (size_t i = 0; table->buckets && i < USE_BUCKETS; i++)
        for (struct counted_use *use = table->buckets[i], *next; use; use = next) {
            next = use->next;
            use_release(use);
        }
    memory_free(table->buckets);
    *table = (struct use_table){0};
}
