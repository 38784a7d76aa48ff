#include "entra/browser.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"

#define ARGUMENTS_MAX 16

/* ---- One program ---- */

/* In the grandchild: only what is safe after fork() in a program with threads. */
static _Noreturn void become(char *const *arguments, int problem)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDWR);
    for (int i = 0; nothing >= 0 && i <= 2; i++)
        dup2(nothing, i);
    /* What the program has open is not the browser's business. */
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    execvp(arguments[0], arguments);
    ssize_t written = write(problem, "x", 1);
    _exit(written == 1 ? 127 : 126);
}

/* Nobody has to wait for the grandchild: init does. */
static _Noreturn void let_go(char *const *arguments, int problem)
{
    setsid();
    pid_t child = fork();
    if (child == 0)
        become(arguments, problem);
    if (child < 0 && write(problem, "x", 1) != 1)
        _exit(1);
    _exit(0);
}

/* True when the program has begun: the pipe closes by itself with exec. */
static bool has_begun(int pipe_end)
{
    char problem;
    ssize_t got;
    do
        got = read(pipe_end, &problem, 1);
    while (got < 0 && errno == EINTR);
    return got == 0;
}

static bool start(char *const *arguments)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid_t child = fork();
    if (child == 0)
        let_go(arguments, ends[1]);
    close(ends[1]);
    bool begun = child > 0 && has_begun(ends[0]);
    close(ends[0]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    return begun;
}

/* ---- BROWSER ---- */

/* `word` with the URL in place of %s; *used says whether there was one. */
static char *expand(struct text word, const char *url, struct arena *arena, bool *used)
{
    const char *place = memmem(word.at, word.length, "%s", 2);
    if (!place)
        return text_string(arena, word);
    *used = true;
    size_t before = (size_t)(place - word.at);
    return arena_format(
        arena, "%.*s%s%.*s", (int)before, word.at, url, (int)(word.length - before - 2), place + 2);
}

static bool start_command(struct text command, const char *url, struct arena *arena)
{
    char *arguments[ARGUMENTS_MAX + 2] = {NULL};
    size_t count = 0;
    bool used = false;
    struct text word;
    while (text_cut(&command, ' ', &word) && count < ARGUMENTS_MAX)
        if (word.length)
            arguments[count++] = expand(word, url, arena, &used);
    if (count == 0)
        return false;
    if (!used)
        arguments[count++] = arena_string(arena, url);
    return !arena->failed && start(arguments);
}

static bool start_listed(const char *list, const char *url, struct arena *arena)
{
    struct text rest = text_of(list);
    struct text command;
    while (text_cut(&rest, ':', &command))
        if (start_command(command, url, arena))
            return true;
    return false;
}

/* ---- All of them ---- */

static const struct {
    const char *variable; /* has to be set */
    const char *command;  /* NULL: the variable's own value is a list of commands */
} rows[] = {
    {"BROWSER", NULL},
    {"DISPLAY", "xdg-open"},
    {"WAYLAND_DISPLAY", "xdg-open"},
    {"WSL_DISTRO_NAME", "wslview"},
};

bool browser_open(const char *url, const char *(*variable)(const char *name))
{
    scoped_arena struct arena arena = {0};
    bool opened = false;
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !opened; i++) {
        const char *value = variable(rows[i].variable);
        if (value && value[0])
            opened = start_listed(rows[i].command ? rows[i].command : value, url, &arena);
    }
    return opened;
}
