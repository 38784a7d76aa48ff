/*
 * What a token on disk costs: opening the cache, reading the file, parsing and finding, as a
 * process does that was started for one token; and finding again in a process that lives on. With
 * 1, 10 and 1,000 tokens, beside the limit: reading the bytes of the same file. Nanoseconds of CPU,
 * the best of five rounds.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <stdint.h>
#include <unistd.h>

#include "base/error.h"
#include "entra/disk_cache.h"
#include "entra/disk_cache_storage.h"

#define TOKEN_LENGTH 1500 /* of Entra's access tokens for Batch, about */
#define NOW 1800000000LL
#define ROUNDS 5
#define HOST "login.microsoftonline.com"
#define TENANT "11111111-1111-1111-1111-111111111111"
#define CLIENT "22222222-2222-2222-2222-222222222222"

static char folder[] = "/tmp/azb-bench.XXXXXX";
static char path[64];

static int64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static struct azb_cache *open_cache(void)
{
    struct azb_cache_options options = AZB_CACHE_OPTIONS_INIT;
    options.path = path;
    return azb_cache_open(&options, NULL);
}

static struct cache_owner owner_number(int number, char home[64])
{
    snprintf(home, 64, "%d.%s", number, TENANT);
    return (struct cache_owner){HOST, CLIENT, TENANT, home, NULL};
}

/* As so many replies would. */
static bool fill(struct azb_cache *cache, int tokens)
{
    char token[TOKEN_LENGTH + 1], home[64];
    memset(token, 'x', TOKEN_LENGTH);
    token[TOKEN_LENGTH] = '\0';
    for (int i = 0; i < tokens; i++) {
        struct cache_owner owner = owner_number(i, home);
        struct token_reply reply = {.access_token = token, .expires_in = 3600};
        if (!disk_cache_save(
                cache, &owner, "https://batch.core.windows.net//.default", &reply, NOW, NULL))
            return false;
    }
    return true;
}

static bool find(struct azb_cache *cache, int number)
{
    char home[64];
    struct azb_token token = AZB_TOKEN_INIT;
    struct cache_owner owner = owner_number(number, home);
    int found = disk_cache_find_token(
        cache, &owner, "https://batch.core.windows.net//.default", NOW, 0, &token, NULL);
    azb_token_free(&token);
    return found == 1;
}

static bool find_cold(struct azb_cache *unused, int number)
{
    (void)unused;
    struct azb_cache *cache = open_cache();
    bool found = cache && find(cache, number);
    azb_cache_free(cache);
    return found;
}

static bool read_bytes(struct azb_cache *unused, int number)
{
    static char bytes[64 << 10];
    (void)unused;
    (void)number;
    int descriptor = open(path, O_RDONLY);
    ssize_t length = 1;
    while (length > 0)
        length = read(descriptor, bytes, sizeof(bytes));
    close(descriptor);
    return length == 0;
}

static bool measure(const char *name, struct azb_cache *cache, int tokens, int times,
    bool (*run)(struct azb_cache *cache, int number))
{
    int64_t best = INT64_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t started = cpu_ns();
        for (int i = 0; i < times; i++)
            if (!run(cache, i % tokens))
                return false;
        int64_t took = (cpu_ns() - started) / times;
        best = took < best ? took : best;
    }
    printf("%6d tokens  %-28s %9lld ns\n", tokens, name, (long long)best);
    return true;
}

/* The file's times are set back: a young file is read again each time, which is not the question.
 */
static bool run(int tokens)
{
    const struct timespec old[2] = {{NOW, 0}, {NOW, 0}};
    struct azb_cache *cache = open_cache();
    bool right = cache && fill(cache, tokens) && utimensat(AT_FDCWD, path, old, 0) == 0;
    while (right && cache_enter(cache, NULL)) {
        bool young = cache->young;
        cache_leave(cache);
        if (!young)
            break;
    }
    int times = tokens > 100 ? 200 : 5000;
    right = right && measure("the bytes (limit)", cache, tokens, times, read_bytes) &&
            measure("open, read, parse, find", cache, tokens, times, find_cold) &&
            measure("find again", cache, tokens, times * 10, find);
    azb_cache_free(cache);
    unlink(path);
    return right;
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof(path), "%s/tokens.json", folder);
    bool right = run(1) && run(10) && run(1000);
    rmdir(folder);
    return !right;
}
