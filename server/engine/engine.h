/*
 * engine/engine.h - where tasks run.
 *
 * One thread owns the engine in use (local.c: processes of this host). It waits for tasks to end
 * and asks the store's writer for a scheduling pass (scheduler.h), which says what to start and
 * what to cancel after its commit. Retries, dependencies, exit conditions, counts and states are
 * the scheduler's; an engine only starts, watches and cancels. README.md says how to add one.
 */
#ifndef SERVER_ENGINE_ENGINE_H
#define SERVER_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <azb/error.h>
#include "service.h"

struct engine;
struct store_connection;

/* The most environment settings of a job, and of a task. */
#define ENVIRONMENT_SETTINGS_MAX 1000

/* What waits for jobs and pools to be gone: called at the end of each scheduling pass, in its
 * transaction. *next_time: ticks at which it wants another pass; it comes with 0, for none. */
typedef bool engine_follow_fn(struct service *service, struct store_connection *connection,
    int64_t *next_time, struct azb_error *err);

/* Starts the thread, finds the tasks that an earlier azbd left running, and schedules. `follow` may
 * be NULL. The store must be open. NULL and err when the state folder or the kernel does not allow
 * it. */
struct engine *engine_start(
    struct service *service, engine_follow_fn *follow, struct azb_error *err);
/* Stops the thread. Tasks go on running and are found by the next start. NULL is legal. */
void engine_stop(struct engine *engine);

/* Called from work that changes jobs, tasks or pools: a scheduling pass follows the commit.
 * `service->engine` may be NULL (tests of the API alone): then nothing happens. */
void engine_changed(struct service *service, struct store_connection *connection);
/* The service's clock was moved: what is due is looked for anew. Any thread. */
void engine_clock_moved(struct service *service);
/* Called from such work: a directory (below STATE/nodes) that is removed after the commit. */
bool engine_forget_directory(
    struct store_connection *connection, const char *directory, struct azb_error *err);

/* The program of the process that starts tasks: `azbd --task-supervisor` (argv[1]). main.c calls it
 * before anything else; it returns the exit status. */
#define ENGINE_SUPERVISOR_OPTION "--task-supervisor"
int engine_supervisor_main(int argc, char **argv);

/* ---- What an engine supplies ------------------------------------------------------------- */

/* One run of one task: a retry is another run. */
struct engine_task {
    int64_t task;               /* row of the task */
    int64_t attempt;            /* with `task` it names the run */
    const char *directory;      /* of the task, absolute: holds wd, stdout.txt, stderr.txt */
    const char *node_directory; /* of the node, absolute: holds shared, startup, workitems */
    const char *command_line;
    const char *const *environment; /* "NAME=value", NULL-terminated; nothing else is passed on */
    int64_t max_wall_clock_ms;      /* 0 is no limit */
};

enum engine_outcome {
    ENGINE_EXITED,        /* by itself: `code` is the exit code */
    ENGINE_SIGNALED,      /* `code` is the signal */
    ENGINE_TIMED_OUT,     /* maxWallClockTime */
    ENGINE_CANCELLED,     /* by cancel() */
    ENGINE_NOT_FOUND,     /* the program does not exist */
    ENGINE_LAUNCH_FAILED, /* it could not be started: `message` says why */
    ENGINE_LOST,          /* what watched it is gone: run it again */
};

/* A run that ended. */
struct engine_event {
    int64_t task;
    int64_t attempt;
    enum engine_outcome outcome;
    int code;
    int64_t start, end; /* ticks; 0 when it never ran */
    char message[256];
};

struct engine_functions {
    const char *name;
    /* Opens the engine; NULL and err when this host cannot do it. */
    void *(*probe)(struct service *service, struct azb_error *err);
    void (*close)(void *self);
    /* Starts a run. A run that cannot be started is told by poll(), not here; false is for what
     * would fail for every task. */
    bool (*submit)(void *self, const struct engine_task *task, struct azb_error *err);
    /* Takes up a run that an earlier process submitted; its end is told by poll(). */
    void (*adopt)(void *self, int64_t task, int64_t attempt);
    /* All that go on were adopted: what an earlier process left of others is ended and removed. */
    void (*settle)(void *self);
    /* Readable when poll() has something to say. */
    int (*descriptor)(void *self);
    /* Ends since the last call, at most `maximum`. */
    size_t (*poll)(void *self, struct engine_event *events, size_t maximum);
    /* Asks the run to end (SIGTERM, after `grace_ms` SIGKILL); its end is told by poll(). */
    void (*cancel)(void *self, int64_t task, int64_t attempt, int64_t grace_ms);
    /* The event was committed: what is kept for the run may go. */
    void (*forget)(void *self, int64_t task, int64_t attempt);
    /* The most nodes that a pool of this engine may have. */
    int64_t (*capacity)(void *self);
};

extern const struct engine_functions engine_local;

#endif
