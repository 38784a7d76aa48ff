/*
 * azb run: a command whose requests to Azure arrive at a local azbd, unchanged.
 *
 * The command lives in a network namespace of its own. Sockets listened on inside are passed out to
 * this process, which relays what they accept to azbd: its proxy, and azbd itself for programs that
 * never ask a proxy for localhost. Nothing else leads out.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/http.h"
#include "cli/commands.h"
#include "cli/isolation.h"
#include "cli/relay.h"
#include "cli/run_environment.h"
#include "cli/session.h"
#include "cli/state.h"

/* As env, timeout and docker have them: a command's own exit codes are below these. */
enum {
    EXIT_NOT_RUN = 125,        /* azb itself failed: no azbd, no namespace */
    EXIT_NOT_EXECUTABLE = 126, /* the command was found and cannot be run */
    EXIT_NO_COMMAND = 127,     /* the command was not found */
    EXIT_SIGNAL = 128,         /* and the number of the signal that ended it */
};

static const struct option_row options[] = {
    {"state", OPTION_TEXT, false, "The state folder of azbd (AZB_STATE, else ~/.local/state/azb).",
        0},
    {"no-isolation", OPTION_FLAG, false,
        "Only set the environment: a program that ignores it can reach the real Azure.", 0},
    {"COMMAND", OPTION_REST, true, "The command and its arguments.", 0},
};

/* What the child says before it becomes the command; exit_code 0: it is about to. */
struct report {
    int exit_code;
    char message[1024];
};

static int not_run(struct session *session, struct azb_error *err)
{
    session_fail(session, err);
    return EXIT_NOT_RUN;
}

static void say(const char *message)
{
    (void)session_usage("%s", message);
}

/* ---- becoming the command ------------------------------------------------------------------ */

/* Is there a file of that name in a folder of PATH that may be searched? execvp says "permission
 * denied" as well when a folder may not, which shells pass over. */
static bool is_on_path(const char *name)
{
    struct text rest = text_of(environment("PATH")), folder;
    char path[PATH_MAX];
    while (rest.at && text_cut(&rest, ':', &folder)) {
        snprintf(path, sizeof path, "%.*s/%s", TEXT_ARGS(folder), name);
        if (access(path, F_OK) == 0)
            return true;
    }
    return false;
}

/* Only comes back with what went wrong. execvp looks along PATH and runs a script without "#!" by
 * /bin/sh, as shells do. */
static struct report become(char **argv)
{
    struct report report;
    fflush(stdout);
    execvp(argv[0], argv);
    int reason = errno;
    bool missing = reason == ENOENT || reason == ENOTDIR ||
                   (reason == EACCES && !strchr(argv[0], '/') && !is_on_path(argv[0]));
    report.exit_code = missing ? EXIT_NO_COMMAND : EXIT_NOT_EXECUTABLE;
    if (missing && !strchr(argv[0], '/'))
        snprintf(report.message, sizeof report.message,
            "there is no command '%s' in the folders of PATH", argv[0]);
    else
        snprintf(report.message, sizeof report.message, "cannot run '%s': %s", argv[0],
            strerror(reason));
    return report;
}

static int run_here(char **argv)
{
    struct report report = become(argv);
    say(report.message);
    return report.exit_code;
}

/* ---- the child ----------------------------------------------------------------------------- */

struct way_out {
    struct relay_route routes[2];
    int ports[2];
    size_t count;
};

static bool open_inside(const struct way_out *out, int *listeners, struct azb_error *err)
{
    if (!isolation_enter(err))
        return false;
    for (size_t i = 0; i < out->count; i++)
        if ((listeners[i] = isolation_listen(out->ports[i], err)) < 0)
            return false;
    return true;
}

static void be_child(const struct way_out *out, char **argv, const sigset_t *mask, int parent)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct report report = {0};
    int listeners[2];
    bool ready = open_inside(out, listeners, &err) &&
                 isolation_send(parent, &report, sizeof report, listeners, out->count);
    report.exit_code = EXIT_NOT_RUN;
    snprintf(report.message, sizeof report.message, "%s", err.message);
    if (ready) {
        /* Without the relay it would hang on its next request. */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        sigprocmask(SIG_SETMASK, mask, NULL);
        report = become(argv);
    }
    (void)isolation_send(parent, &report, sizeof report, NULL, 0);
    _exit(report.exit_code);
}

/* ---- the parent ---------------------------------------------------------------------------- */

struct child {
    pid_t pid;
    int signals; /* signalfd */
    int status;
};

/* What is for the command is passed on, but for what the terminal has sent to it already. */
static bool on_signal(void *context)
{
    struct child *child = context;
    struct signalfd_siginfo info;
    while (read(child->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGCHLD && info.ssi_code != SI_KERNEL)
            kill(child->pid, (int)info.ssi_signo);
        if (info.ssi_signo == SIGCHLD && waitpid(child->pid, &child->status, WNOHANG) == child->pid)
            return false;
    }
    return true;
}

static int code_of(int status)
{
    return WIFSIGNALED(status) ? EXIT_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

/* 0: it runs, and the routes have their listeners. Otherwise its exit code, after a message. */
static int hear_child(int from, struct way_out *out)
{
    struct report report = {0};
    int fds[ISOLATION_FDS_MAX];
    size_t count;
    long length = isolation_receive(from, &report, sizeof report, fds, &count);
    for (size_t i = 0; i < count && i < out->count; i++)
        out->routes[i].listener = fds[i];
    /* The end of the connection is exec's doing. */
    if (length == (long)sizeof report && report.exit_code == 0 && count == out->count &&
        isolation_receive(from, &report, sizeof report, fds, &count) == 0)
        return 0;
    report.message[sizeof report.message - 1] = '\0';
    say(*report.message ? report.message : "the command ended before it began");
    return report.exit_code ? report.exit_code : EXIT_NOT_RUN;
}

static void allow_many_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    if (limit.rlim_cur < limit.rlim_max && limit.rlim_cur < 4 * RELAY_CONNECTIONS_MAX) {
        limit.rlim_cur =
            limit.rlim_max < 4 * RELAY_CONNECTIONS_MAX ? limit.rlim_max : 4 * RELAY_CONNECTIONS_MAX;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int attend(struct session *session, struct child *child, const struct way_out *out)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct relay_watch watch = {child->signals, on_signal, child};
    allow_many_files();
    if (relay_run(out->routes, out->count, &watch, &err))
        return code_of(child->status);
    kill(child->pid, SIGTERM);
    waitpid(child->pid, &child->status, 0);
    return not_run(session, &err);
}

static const int passed_on[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

/* Signals become readable; what was is kept for the child. */
static int watch_signals(sigset_t *before)
{
    sigset_t watched;
    sigemptyset(&watched);
    for (size_t i = 0; i < COUNT(passed_on); i++)
        sigaddset(&watched, passed_on[i]);
    signal(SIGCHLD, SIG_DFL);
    if (sigprocmask(SIG_BLOCK, &watched, before) != 0)
        return -1;
    return signalfd(-1, &watched, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int run_isolated(struct session *session, struct way_out *out, char **argv)
{
    struct azb_error err = AZB_ERROR_INIT;
    sigset_t before;
    int pair[2];
    struct child child = {.signals = watch_signals(&before)};
    if (child.signals < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0 ||
        (child.pid = fork()) < 0) {
        fail(&err, AZB_ERROR_IO, "cannot start another process: %s", strerror(errno));
        return not_run(session, &err);
    }
    if (child.pid == 0)
        be_child(out, argv, &before, pair[1]);
    close(pair[1]);
    int problem = hear_child(pair[0], out);
    if (problem) {
        waitpid(child.pid, &child.status, 0);
        return problem;
    }
    return attend(session, &child, out);
}

/* ---- where it leads ------------------------------------------------------------------------ */

/* A way to the address in the variable, on the same port inside. */
static bool add_route(
    struct session *session, struct way_out *out, const char *variable, struct azb_error *err)
{
    struct url url;
    const char *value = environment(variable);
    if (!value || !url_parse(text_of(value), &url))
        return fail(err, AZB_ERROR_CONFIGURATION, "%s of the state is not a URL", variable);
    char *host = text_string(&session->arena, url.host);
    struct relay_route *route = &out->routes[out->count];
    if (!host || !relay_address(route, host, url.port, err))
        return host ? fail_while(err, "%s of the state", variable) : fail_memory(err);
    out->ports[out->count++] = url.port;
    return true;
}

static bool find_way_out(struct session *session, struct way_out *out, struct azb_error *err)
{
    *out = (struct way_out){.count = 0};
    if (!add_route(session, out, "AZB_PROXY", err) ||
        !add_route(session, out, "AZB_ARM_ENDPOINT", err))
        return false;
    if (relay_reaches(&out->routes[0]))
        return true;
    return fail(err, AZB_ERROR_CONFIGURATION,
        "azbd does not answer at %s: is it running? (azbd --state %s)", environment("AZB_PROXY"),
        environment("AZB_STATE") ? environment("AZB_STATE") : "DIR");
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text lines;
    struct way_out out;
    (void)command;
    if (!state_environment(argument(arguments, "state"), &session->arena, &lines, &err) ||
        !run_environment_set(lines, &session->arena, &err) || !find_way_out(session, &out, &err))
        return not_run(session, &err);
    if (argument_flag(arguments, "no-isolation"))
        return run_here(arguments->rest);
    return run_isolated(session, &out, arguments->rest);
}

const struct command command_run = {"run",
    "Runs a command whose requests to Azure go to a local azbd.",
    "The command gets the environment of `azb env`, the proxy and CA variables. AZURE_* variables "
    "that are set already stay as they are: credentials of your own win over the administrator's.\n"
    "\nIt runs in a network namespace of its own that leads to azbd and to nothing else, so that a "
    "program with production URLs cannot reach the real Azure by mistake. This is no sandbox: "
    "files, processes and Unix sockets are as ever, and servers outside are out of reach.\n"
    "\nExit code: the command's, 128 and the number of the signal that ended it, 127 when there is "
    "no such command, 126 when it cannot be run, 125 when azb could not begin.",
    options, COUNT(options), run};
