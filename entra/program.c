#include "entra/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/error.h"
#include "base/time.h"

#define SLICE_MS 50 /* how often the cancel flag is looked at */

extern char **environ;

static bool is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

char *program_find(const char *path_variable, const char *name, struct arena *arena)
{
    struct text rest = text_of(path_variable), folder;
    while (text_cut(&rest, ':', &folder)) {
        if (!text_starts(folder, "/"))
            continue;
        char *path = arena_format(arena, "%.*s/%s", TEXT_ARGS(folder), name);
        if (!path || is_program(path))
            return path;
    }
    return NULL;
}

/* ---- Starting ---- */

struct pipes {
    int out[2], err[2];
};

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

static void close_all(struct pipes *pipes)
{
    close_end(&pipes->out[0]);
    close_end(&pipes->out[1]);
    close_end(&pipes->err[0]);
    close_end(&pipes->err[1]);
}

static bool open_pipes(struct pipes *pipes, struct azb_error *err)
{
    *pipes = (struct pipes){{-1, -1}, {-1, -1}};
    if (pipe2(pipes->out, O_CLOEXEC) == 0 && pipe2(pipes->err, O_CLOEXEC) == 0)
        return true;
    fail(err, AZB_ERROR_IO, "no pipe could be made: %s", strerror(errno));
    close_all(pipes);
    return false;
}

/* The caller's environment with one more variable, in the arena. */
static char **environment_with(const char *extra, struct arena *arena)
{
    size_t count = 0, kept = 0;
    size_t name = strcspn(extra, "=") + 1;
    while (environ && environ[count])
        count++;
    char **list = arena_array(arena, count + 2, sizeof(*list));
    char *own = arena_string(arena, extra);
    if (!list || !own)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], extra, name) != 0)
            list[kept++] = environ[i];
    list[kept] = own;
    return list;
}

static int set_actions(posix_spawn_file_actions_t *actions, const struct pipes *pipes)
{
    int problem = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    if (!problem)
        problem = posix_spawn_file_actions_adddup2(actions, pipes->out[1], 1);
    if (!problem)
        problem = posix_spawn_file_actions_adddup2(actions, pipes->err[1], 2);
    if (!problem)
        problem = posix_spawn_file_actions_addclosefrom_np(actions, 3);
    if (!problem)
        problem = posix_spawn_file_actions_addchdir_np(actions, "/");
    return problem;
}

static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setsigmask(attributes, &none);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
}

static int spawn(
    const char *const *arguments, char *const *environment, const struct pipes *pipes, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int problem = posix_spawn_file_actions_init(&actions);
    if (problem)
        return problem;
    problem = posix_spawnattr_init(&attributes);
    if (!problem) {
        problem = set_actions(&actions, pipes);
        if (!problem)
            problem = set_attributes(&attributes);
        if (!problem)
            problem = posix_spawn(child, arguments[0], &actions, &attributes,
                (char *const *)(uintptr_t)arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return problem;
}

static bool start(const char *const *arguments, const char *extra, const struct pipes *pipes,
    pid_t *child, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    char **environment = environment_with(extra, &arena);
    if (!environment)
        return fail_memory(err);
    int problem = spawn(arguments, environment, pipes, child);
    return !problem ||
           fail(err, AZB_ERROR_IO, "%s cannot be started: %s", arguments[0], strerror(problem));
}

/* ---- Reading ---- */

/* What is there; closes the end when the other one is closed. */
static void read_some(int *end, struct buffer *into)
{
    char piece[4096];
    ssize_t got = read(*end, piece, sizeof(piece));
    if (got > 0)
        buffer_add(into, piece, (size_t)got);
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
        close_end(end);
    secret_wipe(piece, sizeof(piece));
}

static bool read_both(struct pipes *pipes, struct patience patience, struct program_output *output,
    struct azb_error *err)
{
    while (pipes->out[0] >= 0 || pipes->err[0] >= 0) {
        struct pollfd ends[] = {{pipes->out[0], POLLIN, 0}, {pipes->err[0], POLLIN, 0}};
        int64_t left = patience_left_ms(patience, err);
        if (!left)
            return false;
        if (poll(ends, 2, (int)(left < SLICE_MS ? left : SLICE_MS)) <= 0)
            continue;
        if (ends[0].revents)
            read_some(&pipes->out[0], &output->out);
        if (ends[1].revents)
            read_some(&pipes->err[0], &output->err);
        if (output->out.failed || output->err.failed)
            return fail(err, AZB_ERROR_MEMORY, "it says more than %zu bytes, or memory is out",
                output->out.maximum);
    }
    return true;
}

/* Its ends of the pipes are closed, so it is about to end: this is seldom waited for. In a process
 * that ignores SIGCHLD nobody learns the status, and what it said has to do. */
static bool wait_for(pid_t child, struct patience patience, int *status, struct azb_error *err)
{
    for (;;) {
        pid_t ended = waitpid(child, status, WNOHANG);
        if (ended == child)
            return true;
        if (ended < 0 && errno == ECHILD)
            return true;
        if (ended < 0 && errno != EINTR)
            return fail(err, AZB_ERROR_IO, "its end could not be seen: %s", strerror(errno));
        if (!patience_left_ms(patience, err))
            return false;
        poll(NULL, 0, 1);
    }
}

static void kill_group(pid_t child)
{
    int status;
    kill(-child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
}

bool program_run(const char *const *arguments, const char *extra, struct patience patience,
    struct program_output *output, struct azb_error *err)
{
    struct pipes pipes;
    pid_t child = 0;
    if (!open_pipes(&pipes, err))
        return false;
    if (!start(arguments, extra, &pipes, &child, err)) {
        close_all(&pipes);
        return false;
    }
    close_end(&pipes.out[1]);
    close_end(&pipes.err[1]);
    bool done =
        read_both(&pipes, patience, output, err) && wait_for(child, patience, &output->status, err);
    if (!done)
        kill_group(child);
    close_all(&pipes);
    return done || fail_while(err, "%s", arguments[0]);
}
