#include "engine/run_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

#define RUN_FILE_MAX 1024

static const char *const outcomes[] = {
    [ENGINE_EXITED] = "exited",
    [ENGINE_SIGNALED] = "signaled",
    [ENGINE_TIMED_OUT] = "timed-out",
    [ENGINE_CANCELLED] = "cancelled",
    [ENGINE_NOT_FOUND] = "not-found",
    [ENGINE_LAUNCH_FAILED] = "launch-failed",
    [ENGINE_LOST] = "lost",
};

static void run_path(const char *state, int64_t task, int64_t attempt, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%.3900s/engine/%" PRId64 ".%" PRId64, state, task, attempt);
}

int run_open(const char *state, int64_t task, int64_t attempt, bool create, struct azb_error *err)
{
    char path[PATH_MAX];
    int folder = -1;

    run_path(state, task, attempt, path);
    if (create && mkdir(path, 0700) != 0 && errno != EEXIST) {
        fail(err, AZB_ERROR_IO, "cannot make %s: %s", path, strerror(errno));
        return -1;
    }
    folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        fail(err, AZB_ERROR_IO, "cannot open %s: %s", path, strerror(errno));
    return folder;
}

void run_remove(const char *state, int64_t task, int64_t attempt)
{
    static const char *const names[] = {"lock", "cancel", "exit", "exit.new"};
    char path[PATH_MAX];
    int folder = -1;

    run_path(state, task, attempt, path);
    folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unlinkat(folder, names[i], 0);
    close(folder);
    rmdir(path);
}

static bool write_file(int folder, const char *name, const char *content, size_t length)
{
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = file >= 0 && write(file, content, length) == (ssize_t)length;

    if (file >= 0)
        close(file);
    return ok;
}

static bool read_file(int folder, const char *name, char content[RUN_FILE_MAX])
{
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t length = file < 0 ? -1 : read(file, content, RUN_FILE_MAX - 1);

    if (file >= 0)
        close(file);
    content[length < 0 ? 0 : length] = 0;
    return length >= 0;
}

/* Field 22 of /proc/PID/stat: with the pid it names a process for ever. 0: no such process. */
static uint64_t process_start(int64_t pid)
{
    char path[64], content[RUN_FILE_MAX];
    struct text rest = TEXT_NONE, piece;
    uint64_t start = 0;

    snprintf(path, sizeof(path), "/proc/%" PRId64 "/stat", pid);
    if (!read_file(AT_FDCWD, path, content) || !strrchr(content, ')'))
        return 0;
    rest = text_of(strrchr(content, ')'));
    for (int field = 2; field <= 22 && text_cut(&rest, ' ', &piece); field++)
        if (field == 22)
            text_to_u64(piece, UINT64_MAX, &start);
    return start;
}

int run_lock(int folder, struct azb_error *err)
{
    char content[64];
    int length = 0, lock = openat(folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    /* It waits: azbd holds the lock for the moment in which it looks whether somebody does. */
    if (lock < 0 || flock(lock, LOCK_EX) != 0) {
        fail(err, AZB_ERROR_IO, "cannot lock the run: %s", strerror(errno));
        if (lock >= 0)
            close(lock);
        return -1;
    }
    length = snprintf(
        content, sizeof(content), "%d %" PRIu64 "\n", (int)getpid(), process_start(getpid()));
    if (pwrite(lock, content, (size_t)length, 0) == length)
        return lock;
    fail(err, AZB_ERROR_IO, "cannot write the run's lock: %s", strerror(errno));
    close(lock);
    return -1;
}

static bool is_locked(int folder)
{
    int lock = openat(folder, "lock", O_RDWR | O_CLOEXEC);
    bool locked = lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0;

    if (lock >= 0)
        close(lock);
    return locked;
}

int run_supervisor(int folder)
{
    char content[RUN_FILE_MAX];
    struct text rest, pid_text, start_text;
    uint64_t pid = 0, start = 0;
    int descriptor = -1;

    if (!is_locked(folder) || !read_file(folder, "lock", content))
        return -1;
    rest = text_trim(text_of(content));
    if (!text_cut(&rest, ' ', &pid_text) || !text_cut(&rest, ' ', &start_text) ||
        !text_to_u64(pid_text, INT_MAX, &pid) || !text_to_u64(start_text, UINT64_MAX, &start))
        return -1;
    descriptor = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
    if (descriptor >= 0 && process_start((int64_t)pid) == start)
        return descriptor;
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

bool run_write_cancel(int folder, int64_t grace_ms)
{
    char content[32];
    int length = snprintf(content, sizeof(content), "%" PRId64 "\n", grace_ms);

    return write_file(folder, "cancel", content, (size_t)length);
}

bool run_revoke(int folder)
{
    int lock = openat(folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    bool taken = lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0;

    if (taken)
        run_write_cancel(folder, 0);
    if (lock >= 0)
        close(lock);
    return taken;
}

bool run_read_cancel(int folder, int64_t *grace_ms)
{
    char content[RUN_FILE_MAX];
    uint64_t grace = 0;

    if (!read_file(folder, "cancel", content))
        return false;
    text_to_u64(text_trim(text_of(content)), INT32_MAX, &grace);
    *grace_ms = (int64_t)grace;
    return true;
}

bool run_write_exit(int folder, const struct engine_event *event, struct azb_error *err)
{
    char content[RUN_FILE_MAX];
    int length = snprintf(content, sizeof(content), "%s\n%d\n%" PRId64 "\n%" PRId64 "\n%s\n",
        outcomes[event->outcome], event->code, event->start, event->end, event->message);

    if (!write_file(folder, "exit.new", content, (size_t)length))
        return fail(err, AZB_ERROR_IO, "cannot write the exit file: %s", strerror(errno));
    if (renameat(folder, "exit.new", folder, "exit") != 0)
        return fail(err, AZB_ERROR_IO, "cannot rename the exit file: %s", strerror(errno));
    return true;
}

static enum engine_outcome outcome_named(struct text name)
{
    for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
        if (text_is(name, outcomes[i]))
            return (enum engine_outcome)i;
    return ENGINE_LOST;
}

static int64_t number_line(struct text *rest)
{
    struct text line;
    uint64_t number = 0;

    if (text_cut(rest, '\n', &line))
        text_to_u64(line, INT64_MAX, &number);
    return (int64_t)number;
}

bool run_read_exit(int folder, struct engine_event *event)
{
    char content[RUN_FILE_MAX];
    struct text rest, line;

    if (!read_file(folder, "exit", content))
        return false;
    rest = text_of(content);
    if (!text_cut(&rest, '\n', &line))
        return false;
    event->outcome = outcome_named(line);
    event->code = (int)number_line(&rest);
    event->start = number_line(&rest);
    event->end = number_line(&rest);
    if (text_cut(&rest, '\n', &line))
        snprintf(event->message, sizeof(event->message), "%.*s", TEXT_ARGS(line));
    return true;
}
