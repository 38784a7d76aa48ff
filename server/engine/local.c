/*
 * engine/local.c - the engine whose nodes are folders of this host: one supervisor a run.
 *
 * Runs are started by a small process (supervisor.h) that forks quickly; the end of a run is heard
 * through a pipe that its supervisor holds, or, for a run of an earlier azbd, through a pidfd. What
 * happened is in the run's files (run_files.h). All functions are called by one thread.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/engine.h"
#include "engine/run_files.h"
#include "engine/run_spec.h"
#include "engine/sandbox.h"
#include "engine/supervisor.h"

#define LOCAL_NODES_MAX 1000
#define READY_AT_ONCE 64
#define FORGOTTEN_END_MS 2000 /* how long the end of a run that nobody waits for may take */

/* A run under way. Its descriptor turns readable when it has ended. */
struct run {
    struct run *next;
    int64_t task, attempt;
    int descriptor;
};

struct local {
    struct service *service;
    int epoll;
    int starter; /* our end of the socket; -1: not running */
    pid_t starter_pid;
    uid_t user; /* whom tasks run as when we are root */
    gid_t group;
    struct run *runs;
    int always; /* an eventfd that is readable while a run without a descriptor waits */
};

/* ---- Start and end ---- */

static bool make_folder(const char *state, const char *name, mode_t mode, struct azb_error *err)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%.4000s/%s", state, name);
    if (mkdir(path, mode) != 0 && errno != EEXIST)
        return fail(err, AZB_ERROR_IO, "cannot make %s: %s", path, strerror(errno));
    return true;
}

/* The task's user has to pass through the state folder; what is in it stays 0600. */
static bool open_way(struct local *local, struct azb_error *err)
{
    char blocker[PATH_MAX], nodes[PATH_MAX];
    const char *state = local->service->state;

    sandbox_user(state, &local->user, &local->group, blocker, sizeof(blocker));
    if (blocker[0])
        service_log("engine",
            "tasks run as root without its capabilities, because user nobody cannot pass %s; a "
            "state folder such as /var/lib/azb lets them run as nobody",
            blocker);
    if (local->user == 0)
        return true;
    snprintf(nodes, sizeof(nodes), "%.4000s/nodes", state);
    if (chmod(state, 0711) == 0 && chmod(nodes, 0711) == 0)
        return true;
    return fail(err, AZB_ERROR_IO, "cannot let tasks pass %s: %s", state, strerror(errno));
}

static bool open_descriptors(struct local *local, struct azb_error *err)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = NULL}};

    local->epoll = epoll_create1(EPOLL_CLOEXEC);
    local->always = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (local->epoll >= 0 && local->always >= 0 &&
        epoll_ctl(local->epoll, EPOLL_CTL_ADD, local->always, &event) == 0)
        return true;
    return fail(err, AZB_ERROR_IO, "cannot make an epoll: %s", strerror(errno));
}

static void local_close(void *self);

static void *local_probe(struct service *service, struct azb_error *err)
{
    struct local *local = NULL;

    if (sandbox_probe() == 0) {
        fail(err, AZB_ERROR_CONFIGURATION,
            "this kernel has no Landlock, so tasks could read the service's secrets; Linux 5.13 or "
            "later with CONFIG_SECURITY_LANDLOCK is needed");
        return NULL;
    }
    local = memory_alloc(sizeof(*local));
    if (!local) {
        fail_memory(err);
        return NULL;
    }
    *local = (struct local){.service = service, .epoll = -1, .starter = -1, .always = -1};
    /* What tasks share a user with cannot be attached to or read through /proc. */
    prctl(PR_SET_DUMPABLE, 0);
    if (make_folder(service->state, "engine", 0700, err) &&
        make_folder(service->state, "nodes", 0711, err) && open_way(local, err) &&
        open_descriptors(local, err))
        return local;
    local_close(local);
    return NULL;
}

static void close_starter(struct local *local)
{
    if (local->starter < 0)
        return;
    close(local->starter); /* it ends by itself; supervisors go on */
    waitpid(local->starter_pid, NULL, 0);
    local->starter = -1;
}

static void free_run(struct run *run)
{
    if (run->descriptor >= 0)
        close(run->descriptor);
    memory_free(run);
}

static void local_close(void *self)
{
    struct local *local = self;

    if (!local)
        return;
    while (local->runs) {
        struct run *run = local->runs;

        local->runs = run->next;
        free_run(run);
    }
    close_starter(local);
    if (local->epoll >= 0)
        close(local->epoll);
    if (local->always >= 0)
        close(local->always);
    memory_free(local);
}

/* ---- The process that starts supervisors ---- */

static bool spawn(const char *program, int socket, pid_t *pid)
{
    static char option[] = ENGINE_SUPERVISOR_OPTION, name[] = "azbd";
    char *const arguments[] = {name, option, NULL};
    char *const environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    bool ok = false;

    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_adddup2(&actions, socket, SUPERVISOR_SOCKET);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    errno = posix_spawn(pid, program, &actions, &attributes, arguments, environment);
    ok = errno == 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return ok;
}

static bool open_starter(struct local *local, struct azb_error *err)
{
    int pair[2];
    bool ok = false;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return fail(err, AZB_ERROR_IO, "cannot make a socket: %s", strerror(errno));
    ok = spawn("/proc/self/exe", pair[1], &local->starter_pid);
    if (!ok)
        fail(err, AZB_ERROR_IO, "cannot start the task supervisor: %s", strerror(errno));
    close(pair[1]);
    if (ok)
        local->starter = pair[0];
    else
        close(pair[0]);
    return ok;
}

static bool send_descriptors(int socket, const int sent[2])
{
    char byte = 1;
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(2 * sizeof(int))];
    } control = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control)};

    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(2 * sizeof(int));
    memcpy(CMSG_DATA(&control.header), sent, 2 * sizeof(int));
    return sendmsg(socket, &message, MSG_NOSIGNAL) == 1;
}

/* A starter that was killed is started again, once. */
static bool send_run(struct local *local, const int sent[2], struct azb_error *err)
{
    if (local->starter >= 0 && send_descriptors(local->starter, sent))
        return true;
    close_starter(local);
    if (!open_starter(local, err))
        return false;
    if (send_descriptors(local->starter, sent))
        return true;
    return fail(err, AZB_ERROR_IO, "the task supervisor does not answer: %s", strerror(errno));
}

/* ---- Runs ---- */

/* Without a descriptor the run is looked at in the next poll. */
static bool watch_run(struct local *local, struct run *run)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = run}};

    if (run->descriptor < 0)
        return eventfd_write(local->always, 1) == 0;
    return epoll_ctl(local->epoll, EPOLL_CTL_ADD, run->descriptor, &event) == 0;
}

/* Takes the descriptor over; -1: nobody is known to watch the run. */
static bool add_run(
    struct local *local, int64_t task, int64_t attempt, int descriptor, struct azb_error *err)
{
    struct run *run = memory_alloc(sizeof(*run));

    if (!run) {
        close(descriptor);
        return fail_memory(err);
    }
    *run = (struct run){local->runs, task, attempt, descriptor};
    if (!watch_run(local, run)) {
        free_run(run);
        return fail(err, AZB_ERROR_IO, "cannot watch a run: %s", strerror(errno));
    }
    local->runs = run;
    return true;
}

static bool local_submit(void *self, const struct engine_task *task, struct azb_error *err)
{
    struct local *local = self;
    struct run_spec spec = {
        local->service->state, *task, local->user, local->group, local->service->clock.offset_ms};
    int life[2], sent[2];
    bool ok = false;

    if (pipe2(life, O_CLOEXEC) != 0)
        return fail(err, AZB_ERROR_IO, "cannot make a pipe: %s", strerror(errno));
    sent[0] = run_spec_write(&spec, err);
    sent[1] = life[1];
    ok = sent[0] >= 0 && send_run(local, sent, err);
    if (sent[0] >= 0)
        close(sent[0]);
    close(life[1]);
    if (ok)
        return add_run(local, task->task, task->attempt, life[0], err);
    close(life[0]);
    return false;
}

static void local_adopt(void *self, int64_t task, int64_t attempt)
{
    struct local *local = self;
    struct azb_error err = AZB_ERROR_INIT;
    int folder = run_open(local->service->state, task, attempt, false, &err);
    int supervisor = folder < 0 ? -1 : run_supervisor(folder);

    if (folder >= 0)
        close(folder);
    if (!add_run(local, task, attempt, supervisor, &err))
        service_log("engine", "%s", err.message);
}

static bool is_adopted(const struct local *local, int64_t task, int64_t attempt)
{
    const struct run *run = local->runs;

    while (run && (run->task != task || run->attempt != attempt))
        run = run->next;
    return run != NULL;
}

/* A run that nobody waits for: its task was deleted, or runs again, as the earlier azbd ended. Its
 * files must go, because the row of a deleted task is given to another one. */
static void end_forgotten(struct local *local, int64_t task, int64_t attempt)
{
    struct azb_error err = AZB_ERROR_INIT;
    int folder = run_open(local->service->state, task, attempt, false, &err);
    int supervisor = folder < 0 ? -1 : run_supervisor(folder);

    if (supervisor >= 0) {
        run_write_cancel(folder, 0);
        syscall(SYS_pidfd_send_signal, supervisor, SIGTERM, NULL, 0);
        poll(&(struct pollfd){supervisor, POLLIN, 0}, 1, FORGOTTEN_END_MS);
        close(supervisor);
    }
    if (folder >= 0)
        close(folder);
    run_remove(local->service->state, task, attempt);
}

static void local_settle(void *self)
{
    struct local *local = self;
    char path[PATH_MAX];
    DIR *listing = NULL;
    const struct dirent *entry = NULL;

    snprintf(path, sizeof(path), "%.4000s/engine", local->service->state);
    listing = opendir(path);
    while (listing && (entry = readdir(listing))) {
        struct text rest = text_of(entry->d_name), first;
        uint64_t task = 0, attempt = 0;

        if (text_cut(&rest, '.', &first) && text_to_u64(first, INT64_MAX, &task) &&
            text_to_u64(rest, INT64_MAX, &attempt) &&
            !is_adopted(local, (int64_t)task, (int64_t)attempt))
            end_forgotten(local, (int64_t)task, (int64_t)attempt);
    }
    if (listing)
        closedir(listing);
}

static int local_descriptor(void *self)
{
    return ((struct local *)self)->epoll;
}

/* False: the run goes on, because a supervisor came to it after all. */
static bool read_event(struct local *local, const struct run *run, struct engine_event *event)
{
    struct azb_error err = AZB_ERROR_INIT;
    int folder = run_open(local->service->state, run->task, run->attempt, true, &err);
    bool ended = true;

    *event =
        (struct engine_event){.task = run->task, .attempt = run->attempt, .outcome = ENGINE_LOST};
    if (folder < 0)
        return true;
    /* Once revoked, no supervisor starts the task behind our back; one that ended meanwhile has
     * left its exit file. */
    if (!run_read_exit(folder, event)) {
        ended = run_revoke(folder);
        if (ended)
            run_read_exit(folder, event);
    }
    close(folder);
    return ended;
}

/* The supervisor that holds the run's lock is waited for from now on. */
static void watch_supervisor(struct local *local, struct run *run)
{
    struct azb_error err = AZB_ERROR_INIT;
    int folder = run_open(local->service->state, run->task, run->attempt, false, &err);

    if (run->descriptor >= 0)
        close(run->descriptor);
    run->descriptor = folder < 0 ? -1 : run_supervisor(folder);
    if (folder >= 0)
        close(folder);
    if (!watch_run(local, run))
        service_log("engine", "cannot watch a run: %s", strerror(errno));
}

static void drop_run(struct local *local, struct run *run)
{
    struct run **at = &local->runs;

    while (*at && *at != run)
        at = &(*at)->next;
    if (*at)
        *at = run->next;
    free_run(run);
}

/* 1 and the event when the run has ended, 0 when it goes on. */
static size_t take_end(struct local *local, struct run *run, struct engine_event *event)
{
    if (!read_event(local, run, event)) {
        watch_supervisor(local, run);
        return 0;
    }
    drop_run(local, run);
    return 1;
}

static size_t poll_ended(struct local *local, struct engine_event *events, size_t maximum)
{
    size_t count = 0;
    struct run *next = NULL;

    for (struct run *run = local->runs; run && count < maximum; run = next) {
        next = run->next;
        if (run->descriptor >= 0)
            continue;
        count += take_end(local, run, &events[count]);
    }
    return count;
}

static size_t local_poll(void *self, struct engine_event *events, size_t maximum)
{
    struct local *local = self;
    struct epoll_event ready[READY_AT_ONCE];
    eventfd_t value = 0;
    size_t count = 0, most = maximum < READY_AT_ONCE ? maximum : READY_AT_ONCE;
    int found = 0;

    if (eventfd_read(local->always, &value) == 0)
        count = poll_ended(local, events, maximum);
    if (count == maximum)
        eventfd_write(local->always, 1);
    if (count == most || count == maximum)
        return count;
    found = epoll_wait(local->epoll, ready, (int)(most - count), 0);
    for (int i = 0; i < found; i++) {
        struct run *run = ready[i].data.ptr;

        if (run)
            count += take_end(local, run, &events[count]);
    }
    return count;
}

static void local_cancel(void *self, int64_t task, int64_t attempt, int64_t grace_ms)
{
    struct local *local = self;
    struct azb_error err = AZB_ERROR_INIT;
    /* Made if need be: the supervisor looks for the cancel file before it starts the task. */
    int folder = run_open(local->service->state, task, attempt, true, &err), supervisor = -1;

    if (folder < 0) {
        service_log("engine", "%s", err.message);
        return;
    }
    if (!run_write_cancel(folder, grace_ms))
        service_log("engine", "cannot cancel a run: %s", strerror(errno));
    supervisor = run_supervisor(folder);
    if (supervisor >= 0) {
        syscall(SYS_pidfd_send_signal, supervisor, SIGTERM, NULL, 0);
        close(supervisor);
    }
    close(folder);
}

static void local_forget(void *self, int64_t task, int64_t attempt)
{
    struct local *local = self;

    run_remove(local->service->state, task, attempt);
}

static int64_t local_capacity(void *self)
{
    (void)self;
    return LOCAL_NODES_MAX;
}

const struct engine_functions engine_local = {
    .name = "local",
    .probe = local_probe,
    .close = local_close,
    .submit = local_submit,
    .adopt = local_adopt,
    .settle = local_settle,
    .descriptor = local_descriptor,
    .poll = local_poll,
    .cancel = local_cancel,
    .forget = local_forget,
    .capacity = local_capacity,
};
