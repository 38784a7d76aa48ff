#include "engine/supervisor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/run_files.h"
#include "engine/task_process.h"

struct watch {
    const struct run_spec *spec;
    int folder;
    pid_t program;
    sigset_t signals;
    int64_t deadline_ms; /* monotonic; 0 is none: what comes next by time */
    bool ending;         /* SIGTERM was sent; at the deadline SIGKILL */
    struct engine_event event;
};

static int64_t now_ticks(const struct run_spec *spec)
{
    return clock_ticks(NULL) + spec->clock_offset_ms * TICKS_PER_MS;
}

static void kill_task(const struct watch *watch, int signal_number)
{
    kill(-watch->program, signal_number);
}

static void end_task(struct watch *watch, enum engine_outcome outcome, int64_t grace_ms)
{
    int64_t deadline_ms = monotonic_ms() + grace_ms;

    if (!watch->ending)
        watch->event.outcome = outcome;
    if (!watch->ending || deadline_ms < watch->deadline_ms)
        watch->deadline_ms = deadline_ms;
    if (!watch->ending || grace_ms == 0)
        kill_task(watch, grace_ms > 0 ? SIGTERM : SIGKILL);
    watch->ending = true;
}

static void on_deadline(struct watch *watch)
{
    if (!watch->ending) {
        end_task(watch, ENGINE_TIMED_OUT, 0);
        return;
    }
    kill_task(watch, SIGKILL);
    watch->deadline_ms = 0;
}

static void on_cancel(struct watch *watch)
{
    int64_t grace_ms = 0;

    if (run_read_cancel(watch->folder, &grace_ms))
        end_task(watch, ENGINE_CANCELLED, grace_ms);
}

/* The next signal out of the set; 0 when the deadline came first. */
static int next_signal(const struct watch *watch)
{
    int64_t left = watch->deadline_ms - monotonic_ms();
    struct timespec limit = {0, 0};
    int got = -1;

    if (watch->deadline_ms == 0) {
        while ((got = sigwaitinfo(&watch->signals, NULL)) < 0)
            continue;
        return got;
    }
    if (left > 0)
        limit = (struct timespec){left / 1000, left % 1000 * 1000000};
    got = sigtimedwait(&watch->signals, NULL, &limit);
    return got > 0 ? got : 0;
}

/* True when the program itself ended; other children are the task's orphans. */
static bool reap(struct watch *watch, int *status)
{
    bool ended = false;
    int any = 0;
    pid_t pid = 0;

    while ((pid = waitpid(-1, &any, WNOHANG)) > 0) {
        if (pid != watch->program)
            continue;
        *status = any;
        ended = true;
    }
    return ended;
}

static int wait_for_program(struct watch *watch)
{
    int status = 0, got = 0;

    while (!reap(watch, &status)) {
        got = next_signal(watch);
        if (got == 0 && watch->deadline_ms && monotonic_ms() >= watch->deadline_ms)
            on_deadline(watch);
        if (got == SIGTERM)
            on_cancel(watch);
    }
    return status;
}

/* As sub-reaper we inherit what the task left behind, whatever session it moved to. */
static bool kill_orphans(void)
{
    char content[4096];
    struct text rest, piece;
    uint64_t pid = 0;
    bool found = false;
    int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, content, sizeof(content));

    if (file >= 0)
        close(file);
    rest = (struct text){content, length > 0 ? (size_t)length : 0};
    /* Each number has a space behind it; one without may be the half of one. */
    while (memchr(rest.at, ' ', rest.length) && text_cut(&rest, ' ', &piece)) {
        if (text_to_u64(piece, INT32_MAX, &pid) && pid > 1)
            found = kill((pid_t)pid, SIGKILL) == 0 || found;
    }
    return found;
}

/* What a task started ends with it, so that its slot is really free. */
static void end_descendants(struct watch *watch)
{
    kill_task(watch, SIGKILL);
    while (kill_orphans() && waitpid(-1, NULL, 0) > 0)
        continue;
}

static void note_status(struct watch *watch, int status)
{
    struct engine_event *event = &watch->event;

    event->end = now_ticks(watch->spec);
    if (!watch->ending)
        event->outcome = WIFSIGNALED(status) ? ENGINE_SIGNALED : ENGINE_EXITED;
    event->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void run_program(struct watch *watch)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct run_spec *spec = watch->spec;

    watch->event.start = now_ticks(spec);
    watch->event.outcome = ENGINE_LAUNCH_FAILED;
    if (task_process_prepare(spec, &err))
        watch->program = task_process_start(spec, &watch->event.outcome, &err);
    if (watch->program == 0) {
        watch->event.end = now_ticks(spec);
        snprintf(watch->event.message, sizeof(watch->event.message), "%.255s", err.message);
        return;
    }
    watch->event.outcome = ENGINE_EXITED;
    if (spec->task.max_wall_clock_ms > 0)
        watch->deadline_ms = monotonic_ms() + spec->task.max_wall_clock_ms;
    note_status(watch, wait_for_program(watch));
    end_descendants(watch);
}

static void watch_run(struct watch *watch)
{
    struct azb_error err = AZB_ERROR_INIT;
    int64_t grace_ms = 0;
    int lock = run_lock(watch->folder, &err);

    if (lock < 0)
        return;
    watch->event.outcome = ENGINE_CANCELLED;
    if (!run_read_cancel(watch->folder, &grace_ms))
        run_program(watch);
    /* Without an exit file azbd takes the run for lost and starts it again. */
    if (!run_write_exit(watch->folder, &watch->event, &err))
        azb_error_free(&err);
    close(lock);
}

void supervise(int spec_file)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct run_spec spec;
    struct watch watch = {.spec = &spec, .folder = -1};

    arena_init(&arena, 0);
    sigemptyset(&watch.signals);
    sigaddset(&watch.signals, SIGTERM);
    sigaddset(&watch.signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &watch.signals, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (!run_spec_read(spec_file, &arena, &spec, &err))
        return;
    close(spec_file);
    watch.folder = run_open(spec.state, spec.task.task, spec.task.attempt, true, &err);
    if (watch.folder < 0)
        return;
    watch_run(&watch);
    close(watch.folder);
}

/* One message: a byte and two descriptors. False at the end of azbd. */
static bool receive(int received[2])
{
    char byte = 0;
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control)};
    ssize_t length = 0;
    const struct cmsghdr *header = NULL;

    do
        length = recvmsg(SUPERVISOR_SOCKET, &message, MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    header = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (!header || header->cmsg_len != CMSG_LEN(2 * sizeof(int)))
        return false;
    memcpy(received, CMSG_DATA(header), 2 * sizeof(int));
    return true;
}

static void start_supervisor(const int received[2])
{
    pid_t child = fork();

    if (child == 0) {
        setsid();
        signal(SIGCHLD, SIG_DFL);
        close(SUPERVISOR_SOCKET);
        supervise(received[0]);
        _exit(0); /* and with it received[1]: azbd hears of the end */
    }
    close(received[0]);
    close(received[1]); /* when the fork failed, azbd finds no exit file: the run was lost */
}

int engine_supervisor_main(int argc, char **argv)
{
    int received[2];

    (void)argv;
    if (argc != 2 || fcntl(SUPERVISOR_SOCKET, F_GETFD) < 0)
        return 2;
    fcntl(SUPERVISOR_SOCKET, F_SETFD, FD_CLOEXEC);
    prctl(PR_SET_DUMPABLE, 0);
    setsid();
    signal(SIGCHLD, SIG_IGN); /* supervisors need nobody to wait for them */
    signal(SIGPIPE, SIG_IGN);
    while (receive(received))
        start_supervisor(received);
    return 0;
}
