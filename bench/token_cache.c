/*
 * What a warm token costs: azb_credential_get_token() with 1, 1,000 and 10,000 tokens in the cache,
 * from 1 thread and from 8, beside its limit: a hash lookup and a copy, without locks, clock or
 * checks, in the same run. Nanoseconds of CPU for one lookup, and lookups a second of all threads.
 */
#include <pthread.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"
#include "entra/environment.h"

#define TOKEN_LENGTH 1500 /* of Entra's access tokens for Batch, about */
#define LOOKUPS 400000
#define SCOPE_MAX 64
#define TENANT "11111111-1111-1111-1111-111111111111"
#define CLIENT "22222222-2222-2222-2222-222222222222"

static char answer[TOKEN_LENGTH + 128];

static bool answer_at_once(void *context, const struct http_request *request, int64_t timeout_ms,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    (void)context;
    (void)request;
    (void)timeout_ms;
    (void)arena;
    (void)err;
    response->status = 200;
    response->body = text_of(answer);
    return true;
}

static int64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

struct work {
    struct azb_credential *credential;
    char (*scopes)[SCOPE_MAX];
    int tokens;
    unsigned seed;
    int64_t cpu_ns;
    bool failed;
};

static bool get(struct work *work, int at)
{
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    request.resource = work->scopes[at];
    bool got = azb_credential_get_token(work->credential, &request, &token, NULL);
    azb_token_free(&token);
    return got;
}

static void *look_up(void *context)
{
    struct work *work = context;
    unsigned random = work->seed;
    int64_t started = cpu_ns();
    for (int i = 0; i < LOOKUPS && !work->failed; i++) {
        random = random * 1664525 + 1013904223;
        work->failed = !get(work, (int)((random >> 8) % (unsigned)work->tokens));
    }
    work->cpu_ns = cpu_ns() - started;
    return NULL;
}

static bool measure(const struct work *work, int threads)
{
    pthread_t ids[8];
    struct work works[8];
    int64_t cpu = 0;
    bool failed = false;
    int64_t started = monotonic_ms();
    for (int i = 0; i < threads; i++) {
        works[i] = *work;
        works[i].seed = (unsigned)i;
        pthread_create(&ids[i], NULL, look_up, &works[i]);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        cpu += works[i].cpu_ns;
        failed = failed || works[i].failed;
    }
    double lookups = (double)LOOKUPS * threads;
    printf("%6d tokens  %d threads  %6.0f ns CPU a lookup  %10.0f lookups/s\n", work->tokens,
        threads, (double)cpu / lookups, lookups * 1000 / (double)(monotonic_ms() - started + 1));
    return !failed;
}

/* The limit: FNV-1a over the scope, a slot of a table, malloc, copy, free. */
static void measure_limit(char (*scopes)[SCOPE_MAX], int tokens)
{
    static char table[10000][TOKEN_LENGTH];
    unsigned random = 0;
    uintptr_t sum = 0;
    memset(table, 'x', sizeof(table));
    int64_t started = cpu_ns();
    for (int i = 0; i < LOOKUPS; i++) {
        random = random * 1664525 + 1013904223;
        const char *scope = scopes[(random >> 8) % (unsigned)tokens];
        uint64_t hash = 14695981039346656037u;
        for (const char *c = scope; *c; c++)
            hash = (hash ^ (unsigned char)*c) * 1099511628211u;
        char *copy = malloc(TOKEN_LENGTH);
        if (!copy)
            return;
        memcpy(copy, table[hash % (unsigned)tokens], TOKEN_LENGTH);
        sum += (uintptr_t)(unsigned char)((volatile char *)copy)[hash % TOKEN_LENGTH];
        free(copy);
    }
    printf("%6d tokens  limit      %6.0f ns CPU a lookup%s\n", tokens,
        (double)(cpu_ns() - started) / LOOKUPS, sum ? "" : "!");
}

static struct azb_credential *make(struct azb_error *err)
{
    struct entra_environment world = {.http = {.transport = answer_at_once}};
    struct azb_client_secret_options options = AZB_CLIENT_SECRET_OPTIONS_INIT;
    options.tenant_id = TENANT;
    options.client_id = CLIENT;
    options.client_secret = "secret";
    return client_secret_new(&options, &world, err);
}

static bool run(char (*scopes)[SCOPE_MAX], int tokens)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct work work = {.scopes = scopes, .tokens = tokens, .credential = make(&err)};
    bool right = work.credential != NULL;
    for (int i = 0; i < tokens && right; i++)
        right = get(&work, i);
    measure_limit(scopes, tokens);
    right = right && measure(&work, 1) && measure(&work, 8);
    azb_credential_free(work.credential);
    return right;
}

int main(void)
{
    static const int counts[] = {1, 1000, 10000};
    static char scopes[10000][SCOPE_MAX];
    int length = snprintf(answer, sizeof(answer),
        "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"");
    memset(answer + length, 'x', TOKEN_LENGTH);
    snprintf(answer + length + TOKEN_LENGTH, sizeof(answer) - (size_t)length - TOKEN_LENGTH, "\"}");
    for (int i = 0; i < 10000; i++)
        snprintf(scopes[i], SCOPE_MAX, "https://account%d.core.windows.net/", i);
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        if (!run(scopes, counts[i]))
            return 1;
    return 0;
}
