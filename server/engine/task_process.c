#include "engine/task_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "engine/command_line.h"
#include "engine/folders.h"
#include "engine/sandbox.h"

/* What the child tells its parent when it could not become the program. */
struct launch_failure {
    int not_found;
    char message[200];
};

static const char *below_state(const struct run_spec *spec, const char *path)
{
    return path + strlen(spec->state) + 1;
}

static bool make_below(
    const struct run_spec *spec, const char *folder, const char *name, struct azb_error *err)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", below_state(spec, folder), name);
    return folder_make(spec->state, path, err);
}

/* Gives a folder or file that we have just made to the task's user. */
static bool give(
    const struct run_spec *spec, const char *folder, const char *name, struct azb_error *err)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (spec->user == 0 || lchown(path, spec->user, spec->group) == 0)
        return true;
    return fail(err, AZB_ERROR_IO, "cannot give %s to the task: %s", path, strerror(errno));
}

static bool make_shared(const struct run_spec *spec, const char *name, struct azb_error *err)
{
    const char *node = spec->task.node_directory;

    return make_below(spec, node, name, err) && give(spec, node, name, err);
}

/* What an earlier run left may be hostile and is not reused. */
static bool remove_earlier(const struct run_spec *spec, struct azb_error *err)
{
    int state = open(spec->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = state >= 0 && folder_remove(state, below_state(spec, spec->task.directory));

    if (!ok)
        fail(err, AZB_ERROR_IO, "cannot remove what the earlier run left in %s: %s",
            spec->task.directory, strerror(errno));
    if (state >= 0)
        close(state);
    return ok;
}

bool task_process_prepare(const struct run_spec *spec, struct azb_error *err)
{
    const char *node = spec->task.node_directory, *task = spec->task.directory;

    return make_shared(spec, "shared", err) && make_below(spec, node, "startup", err) &&
           make_below(spec, node, "volatile", err) && make_shared(spec, "volatile/tmp", err) &&
           remove_earlier(spec, err) && make_below(spec, task, "wd", err) &&
           give(spec, task, ".", err) && give(spec, task, "wd", err);
}

static int open_output(const struct run_spec *spec, const char *name)
{
    char path[PATH_MAX];
    int file = -1;

    snprintf(path, sizeof(path), "%s/%s", spec->task.directory, name);
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, 0644);
    if (file >= 0 && spec->user != 0 && fchown(file, spec->user, spec->group) != 0) {
        close(file);
        return -1;
    }
    return file;
}

static bool redirect(int file, int to)
{
    bool ok = file >= 0 && dup2(file, to) == to;

    if (file > STDERR_FILENO)
        close(file);
    return ok;
}

static bool redirect_all(const struct run_spec *spec, struct azb_error *err)
{
    if (redirect(open("/dev/null", O_RDONLY), STDIN_FILENO) &&
        redirect(open_output(spec, "stdout.txt"), STDOUT_FILENO) &&
        redirect(open_output(spec, "stderr.txt"), STDERR_FILENO))
        return true;
    return fail(err, AZB_ERROR_IO, "cannot open the task's output files: %s", strerror(errno));
}

static bool enter_directory(const struct run_spec *spec, struct azb_error *err)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/wd", spec->task.directory);
    if (chdir(path) == 0)
        return true;
    return fail(err, AZB_ERROR_IO, "cannot enter %s: %s", path, strerror(errno));
}

static bool enter_sandbox(const struct run_spec *spec, struct azb_error *err)
{
    char shared[PATH_MAX], temporary[PATH_MAX];
    const char *const readable[] = {spec->task.node_directory, NULL};
    const char *const writable[] = {spec->task.directory, shared, temporary, NULL};
    struct sandbox sandbox = {spec->state, readable, writable, spec->user, spec->group};

    snprintf(shared, sizeof(shared), "%s/shared", spec->task.node_directory);
    snprintf(temporary, sizeof(temporary), "%s/volatile/tmp", spec->task.node_directory);
    return sandbox_enter(&sandbox, err);
}

static void set_limits(void)
{
    struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none); /* a core would hold the environment */
}

static void reset_signals(void)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
}

/* All of the way to the program; comes back only with a failure. */
static void become_program(
    const struct run_spec *spec, char **arguments, bool *not_found, struct azb_error *err)
{
    setsid();
    set_limits();
    if (!redirect_all(spec, err) || !enter_directory(spec, err) || !enter_sandbox(spec, err))
        return;
    /* After the change of user, which would clear it. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    reset_signals();
    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    environ = (char **)(uintptr_t)spec->task.environment;
    execvp(arguments[0], arguments);
    *not_found = errno == ENOENT;
    fail(err, AZB_ERROR_IO, "%s: %s", arguments[0], strerror(errno));
}

static void run_child(const struct run_spec *spec, char **arguments, int report)
{
    struct launch_failure failure = {0};
    struct azb_error err = AZB_ERROR_INIT;
    bool not_found = false;

    become_program(spec, arguments, &not_found, &err);
    failure.not_found = not_found;
    snprintf(failure.message, sizeof(failure.message), "%.199s", err.message);
    if (write(report, &failure, sizeof(failure)) != sizeof(failure))
        _exit(126);
    _exit(127);
}

/* Waits for the exec, which closes the pipe, or for what went wrong before it. */
static bool exec_succeeded(int report, enum engine_outcome *outcome, struct azb_error *err)
{
    struct launch_failure failure = {0};
    ssize_t length = 0;

    do
        length = read(report, &failure, sizeof(failure));
    while (length < 0 && errno == EINTR);
    if (length == 0)
        return true;
    *outcome = failure.not_found ? ENGINE_NOT_FOUND : ENGINE_LAUNCH_FAILED;
    return fail(err, AZB_ERROR_IO, "%.199s", failure.message);
}

static pid_t start_program(const struct run_spec *spec, char **arguments,
    enum engine_outcome *outcome, struct azb_error *err)
{
    int report[2];
    pid_t child = -1;

    if (pipe2(report, O_CLOEXEC) != 0 || (child = fork()) < 0) {
        fail(err, AZB_ERROR_IO, "cannot start a process: %s", strerror(errno));
        return 0;
    }
    if (child == 0)
        run_child(spec, arguments, report[1]);
    close(report[1]);
    if (!exec_succeeded(report[0], outcome, err)) {
        waitpid(child, NULL, 0);
        child = 0;
    }
    close(report[0]);
    return child;
}

pid_t task_process_start(
    const struct run_spec *spec, enum engine_outcome *outcome, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    char **arguments = NULL;
    size_t count = 0;

    arena_init(&arena, 0);
    *outcome = ENGINE_LAUNCH_FAILED;
    if (!command_line_split(text_of(spec->task.command_line), &arena, &arguments, &count, err))
        return 0;
    return start_program(spec, arguments, outcome, err);
}
