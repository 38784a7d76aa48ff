/*
 * Many processes write one token cache while some of them are killed: what was acknowledged is
 * there afterwards.
 *
 *   flow_cache_storm FILE PROCESSES SAVES KILLS
 *
 * Each process saves tokens under two accounts of its own, numbered upwards; what a save
 * acknowledged is noted in memory that the parent shares. The parent kills whoever holds the lock,
 * or anybody, and starts another one in its place, until enough was saved and killed. Then jansson
 * reads the file: under each account is the last acknowledged number, or a later one.
 */
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/time.h"
#include "entra/disk_cache.h"

#define PROCESSES_MAX 200
#define SLOTS 2
#define LIMIT_MS 120000
#define HOST "login.microsoftonline.com"
#define CLIENT "22222222-2222-2222-2222-222222222222"
#define TENANT "11111111-1111-1111-1111-111111111111"
#define SCOPE "https://batch.core.windows.net//.default"

struct shared {
    atomic_bool stop, failed;
    atomic_int saves;
    atomic_int began[PROCESSES_MAX];               /* the number that was last tried */
    atomic_int acknowledged[PROCESSES_MAX][SLOTS]; /* 0: none */
};

static struct shared *share(void)
{
    void *at = mmap(
        NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? NULL : at;
}

static bool save(struct azb_cache *cache, int process, int number, struct azb_error *err)
{
    char account[64], secret[64];
    snprintf(account, sizeof(account), "%d-%d.%s", process, number % SLOTS, TENANT);
    snprintf(secret, sizeof(secret), "%d", number);
    struct cache_owner owner = {HOST, CLIENT, TENANT, account, NULL};
    struct token_reply reply = {.access_token = secret, .expires_in = 3600};
    return disk_cache_save(cache, &owner, SCOPE, &reply, clock_seconds(NULL), err);
}

/* Waiting in vain for the lock acknowledges nothing and is no failure. */
static void write_until_stopped(struct shared *shared, const char *path, int process)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_cache_options options = AZB_CACHE_OPTIONS_INIT;
    options.path = path;
    struct azb_cache *cache = azb_cache_open(&options, &err);
    while (cache && !shared->stop) {
        int number = ++shared->began[process];
        if (save(cache, process, number, &err)) {
            shared->acknowledged[process][number % SLOTS] = number;
            shared->saves++;
        } else if (err.kind != AZB_ERROR_TIMEOUT) {
            break;
        }
    }
    bool failed = !cache || !shared->stop;
    if (failed) {
        shared->failed = true;
        fprintf(stderr, "process %d: %s\n", process, err.message);
    }
    azb_cache_free(cache);
    _exit(failed);
}

static pid_t start(struct shared *shared, const char *path, int process)
{
    pid_t pid = fork();
    if (pid == 0)
        write_until_stopped(shared, path, process);
    return pid;
}

/* Who holds the lock at the moment; 0 when nobody can be seen. */
static pid_t holder(const char *path)
{
    char name[512], text[32] = "";
    snprintf(name, sizeof(name), "%s.lockfile", path);
    FILE *file = fopen(name, "r");
    if (!file)
        return 0;
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';
    return (pid_t)strtol(text, NULL, 10);
}

static int victim(const pid_t *pids, int count, const char *path)
{
    pid_t pid = rand() % 3 ? holder(path) : 0;
    for (int i = 0; i < count; i++)
        if (pids[i] == pid)
            return i;
    return rand() % count;
}

static int kill_some(
    struct shared *shared, pid_t *pids, int count, const char *path, int saves, int kills)
{
    int killed = 0;
    int64_t until_ms = monotonic_ms() + LIMIT_MS;
    while ((shared->saves < saves || killed < kills) && !shared->failed) {
        if (monotonic_ms() > until_ms)
            return -1;
        poll(NULL, 0, 1 + rand() % 20);
        if (killed >= kills)
            continue;
        int i = victim(pids, count, path);
        kill(pids[i], SIGKILL);
        waitpid(pids[i], NULL, 0);
        killed++;
        pids[i] = start(shared, path, i);
    }
    return killed;
}

static int stored_number(json_t *tokens, int process, int slot)
{
    char key[512];
    snprintf(key, sizeof(key), "%d-%d.%s-%s-accesstoken-%s-%s-%s", process, slot, TENANT, HOST,
        CLIENT, TENANT, SCOPE);
    const char *secret = json_string_value(json_object_get(json_object_get(tokens, key), "secret"));
    return secret ? (int)strtol(secret, NULL, 10) : 0;
}

/* How many acknowledged saves are lost. */
static int count_lost(struct shared *shared, int processes, json_t *tokens)
{
    int lost = 0;
    for (int process = 0; process < processes; process++)
        for (int slot = 0; slot < SLOTS; slot++)
            if (stored_number(tokens, process, slot) < shared->acknowledged[process][slot]) {
                fprintf(stderr, "process %d, account %d: %d was acknowledged, %d is there\n",
                    process, slot, (int)shared->acknowledged[process][slot],
                    stored_number(tokens, process, slot));
                lost++;
            }
    return lost;
}

static int judge(struct shared *shared, int processes, const char *path)
{
    json_error_t error;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        fprintf(stderr, "jansson: %s, line %d\n", error.text, error.line);
        return 1;
    }
    int lost = count_lost(shared, processes, json_object_get(root, "AccessToken"));
    json_decref(root);
    return lost;
}

static int storm(struct shared *shared, const char *path, int processes, int saves, int kills)
{
    pid_t pids[PROCESSES_MAX];
    for (int i = 0; i < processes; i++)
        pids[i] = start(shared, path, i);
    int killed = kill_some(shared, pids, processes, path, saves, kills);
    shared->stop = true;
    bool failed = killed < 0 || shared->failed;
    for (int i = 0; i < processes; i++) {
        int status = 0;
        waitpid(pids[i], &status, 0);
        failed = failed || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    int lost = judge(shared, processes, path);
    printf("%d processes, %d saves acknowledged, %d processes killed, %d saves lost\n", processes,
        (int)shared->saves, killed, lost);
    return failed || lost > 0;
}

int main(int count, char **arguments)
{
    struct shared *shared = share();
    if (count != 5 || !shared) {
        fprintf(stderr, "usage: flow_cache_storm FILE PROCESSES SAVES KILLS\n");
        return 2;
    }
    int processes = (int)strtol(arguments[2], NULL, 10);
    if (processes < 1 || processes > PROCESSES_MAX)
        return 2;
    srand((unsigned)monotonic_ms());
    return storm(shared, arguments[1], processes, (int)strtol(arguments[3], NULL, 10),
        (int)strtol(arguments[4], NULL, 10));
}
