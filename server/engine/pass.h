/*
 * engine/pass.h - the parts of one scheduling pass (scheduler.h). Private to the scheduler's files.
 */
#ifndef SERVER_ENGINE_PASS_H
#define SERVER_ENGINE_PASS_H

#include "engine/scheduler.h"

struct pass {
    struct store_connection *store;
    struct scheduler_pass *in;
    struct arena *arena;
    int64_t now; /* ticks */
    struct azb_error *err;
};

/* completion.c: what the engine told. */
bool pass_apply_events(struct pass *pass);
/* dependency.c: the task satisfies what depends on it. */
bool pass_satisfy(struct pass *pass, int64_t job, const char *task_id);
/* allocation.c: pools that are being resized, nodes that come and go. */
bool pass_move_pools(struct pass *pass);
/* job_progress.c: jobs that are being disabled, terminated or deleted, or end by themselves. */
bool pass_move_jobs(struct pass *pass);
/* A job ends with its tasks; `reason` is its terminateReason. */
bool pass_terminate_job(struct pass *pass, int64_t job, const char *reason);
bool pass_disable_job(struct pass *pass, int64_t job);
/* placement.c: tasks that are ready onto free slots. */
bool pass_place(struct pass *pass);
/* environment.c: NULL-terminated "NAME=value" of a task; NULL and pass->err. */
struct placed_task {
    int64_t account;
    const char *pool_id, *node_id, *job_id, *task_id;
    bool dedicated;
    const char *directory, *node_directory; /* absolute */
    const struct json *job, *task;          /* documents */
};
const char *const *pass_environment(struct pass *pass, const struct placed_task *task);

/* Runs a statement whose only parameter is a row. */
bool pass_run(struct pass *pass, const char *sql, int64_t row);
/* Deletes a task that does not run, with what it waits for and its files. */
bool pass_delete_task(struct pass *pass, int64_t task, const char *directory);

#endif
