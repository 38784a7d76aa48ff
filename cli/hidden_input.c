#include "cli/hidden_input.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/error.h"

#define TYPED_MAX 4096 /* of a terminal's line */

/* A terminal that is hiding, and what puts it back. */
struct hiding {
    struct termios before;
    sigset_t mask;
    int signals; /* readable when one of them waits; it is left for show() to let it through */
};

/* The terminal first: a signal that came meanwhile ends the process here. */
static void show(struct hiding *hiding)
{
    tcsetattr(STDIN_FILENO, TCSADRAIN, &hiding->before);
    if (hiding->signals >= 0)
        close(hiding->signals);
    sigprocmask(SIG_SETMASK, &hiding->mask, NULL);
}

static bool hide(struct hiding *hiding, struct azb_error *err)
{
    static const int held[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    sigset_t set;
    if (tcgetattr(STDIN_FILENO, &hiding->before) != 0)
        return fail(err, AZB_ERROR_IO, "the terminal: %s", strerror(errno));
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++)
        sigaddset(&set, held[i]);
    sigprocmask(SIG_BLOCK, &set, &hiding->mask);
    hiding->signals = signalfd(-1, &set, SFD_CLOEXEC);
    struct termios silent = hiding->before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    if (hiding->signals >= 0 && tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0)
        return true;
    fail(err, AZB_ERROR_IO, "the terminal cannot hide what is typed: %s", strerror(errno));
    show(hiding);
    return false;
}

static bool read_line(
    const struct hiding *hiding, struct arena *arena, struct text *out, struct azb_error *err)
{
    char line[TYPED_MAX];
    struct pollfd ready[] = {{STDIN_FILENO, POLLIN, 0}, {hiding->signals, POLLIN, 0}};
    if (poll(ready, 2, -1) < 0 || ready[1].revents)
        return fail(err, AZB_ERROR_CANCELLED, "interrupted while a secret was typed");
    ssize_t length = read(STDIN_FILENO, line, sizeof line);
    if (length < 0)
        return fail(err, AZB_ERROR_IO, "the terminal: %s", strerror(errno));
    char *copy = arena_copy(arena, line, (size_t)length);
    secret_wipe(line, sizeof line);
    *out = (struct text){copy, (size_t)length};
    return copy || fail_memory(err);
}

bool hidden_input(const char *what, struct arena *arena, struct text *out, struct azb_error *err)
{
    struct hiding hiding;
    if (!hide(&hiding, err))
        return false;
    fprintf(stderr, "%s (it is not shown): ", what);
    fflush(stderr);
    bool read = read_line(&hiding, arena, out, err);
    fputc('\n', stderr);
    show(&hiding);
    return read;
}
