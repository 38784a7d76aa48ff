/* Jobs on their way from one state to the next, and jobs that end by themselves. */
#include <azb/models.h>

#include "base/error.h"
#include "engine/pass.h"

#define DELETED_AT_ONCE 5000 /* tasks of a deleted job that one pass takes away */

/* Into a state; a resting state that it leaves is remembered as previousState. */
static bool set_state(struct pass *pass, int64_t job, int state)
{
    scoped_statement struct statement s = statement(pass->store,
        "UPDATE job SET previous_state = CASE WHEN state IN (1, 3) THEN state"
        " ELSE previous_state END, previous_time = CASE WHEN state IN (1, 3) THEN state_time"
        " ELSE previous_time END, state = ?2, state_time = ?3 WHERE row = ?1");

    statement_bind_i64(&s, 1, job);
    statement_bind_i64(&s, 2, state);
    statement_bind_i64(&s, 3, pass->now);
    return statement_run(&s, pass->err);
}

bool pass_terminate_job(struct pass *pass, int64_t job, const char *reason)
{
    scoped_statement struct statement s = statement(pass->store,
        "UPDATE job SET terminate_reason = ?2, disable_option = 0 WHERE row = ?1 AND state <= 4");

    statement_bind_i64(&s, 1, job);
    statement_bind_string(&s, 2, reason);
    if (!statement_run(&s, pass->err))
        return false;
    return store_changes(pass->store) == 0 || set_state(pass, job, AZB_JOB_STATE_TERMINATING);
}

bool pass_disable_job(struct pass *pass, int64_t job)
{
    scoped_statement struct statement s =
        statement(pass->store, "UPDATE job SET disable_option = ?2 WHERE row = ?1 AND state = 1");

    statement_bind_i64(&s, 1, job);
    statement_bind_i64(&s, 2, AZB_DISABLE_TASKS_REQUEUE);
    if (!statement_run(&s, pass->err))
        return false;
    return store_changes(pass->store) == 0 || set_state(pass, job, AZB_JOB_STATE_DISABLING);
}

/* ---- Running tasks ---- */

static bool end_running(struct pass *pass, int64_t job, enum task_ending ending)
{
    scoped_statement struct statement s = statement(pass->store,
        "UPDATE task SET ending = ?2, ending_sent = 0 WHERE job = ?1 AND state IN (2, 3)"
        " AND ending < ?2");

    statement_bind_i64(&s, 1, job);
    statement_bind_i64(&s, 2, ending);
    return statement_run(&s, pass->err);
}

static bool has_running(struct pass *pass, int64_t job, bool *running)
{
    scoped_statement struct statement s =
        statement(pass->store, "SELECT 1 FROM task WHERE job = ?1 AND state IN (2, 3) LIMIT 1");

    statement_bind_i64(&s, 1, job);
    return statement_step(&s, running, pass->err);
}

static bool move_disabling(struct pass *pass, int64_t job, int64_t option)
{
    bool running = false;

    if (option == AZB_DISABLE_TASKS_REQUEUE && !end_running(pass, job, ENDING_REQUEUE))
        return false;
    if (option == AZB_DISABLE_TASKS_TERMINATE && !end_running(pass, job, ENDING_TERMINATE))
        return false;
    if (!has_running(pass, job, &running))
        return false;
    return running || set_state(pass, job, AZB_JOB_STATE_DISABLED);
}

static bool move_terminating(struct pass *pass, int64_t job)
{
    bool running = false;
    scoped_statement struct statement s =
        statement(pass->store, "UPDATE job SET end_time = ?2, deadline = NULL WHERE row = ?1");

    if (!end_running(pass, job, ENDING_TERMINATE) || !has_running(pass, job, &running))
        return false;
    if (running)
        return true;
    statement_bind_i64(&s, 1, job);
    statement_bind_i64(&s, 2, pass->now);
    return statement_run(&s, pass->err) && set_state(pass, job, AZB_JOB_STATE_COMPLETED);
}

/* ---- Deleting ---- */

/* One directory for each node that the job's tasks have been on. */
static bool forget_directories(struct pass *pass, int64_t job)
{
    bool found = false;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT DISTINCT substr(directory, 1, length(directory) - length(id) - 7)"
        " FROM task WHERE job = ?1 AND directory IS NOT NULL");

    statement_bind_i64(&s, 1, job);
    while (statement_step(&s, &found, pass->err)) {
        if (!found)
            return true;
        if (!engine_forget_directory(pass->store, statement_string(&s, 0, pass->arena), pass->err))
            return false;
    }
    return false;
}

static bool delete_some_tasks(struct pass *pass, int64_t job, bool *left)
{
    scoped_statement struct statement s = statement(pass->store,
        "DELETE FROM task WHERE row IN (SELECT row FROM task WHERE job = ?1 LIMIT ?2)");

    statement_bind_i64(&s, 1, job);
    statement_bind_i64(&s, 2, DELETED_AT_ONCE);
    if (!statement_run(&s, pass->err))
        return false;
    *left = store_changes(pass->store) == DELETED_AT_ONCE;
    return true;
}

static bool move_deleting(struct pass *pass, int64_t job)
{
    bool running = false, left = false;

    if (!end_running(pass, job, ENDING_DELETE) || !has_running(pass, job, &running))
        return false;
    if (running)
        return true;
    if (!forget_directories(pass, job) || !delete_some_tasks(pass, job, &left))
        return false;
    pass->in->orders.again |= left;
    return left || (pass_run(pass, "DELETE FROM dependency WHERE job = ?1", job) &&
                       pass_run(pass, "DELETE FROM job WHERE row = ?1", job));
}

/* ---- All of them ---- */

static bool move_job(struct pass *pass, int64_t job, int64_t state, int64_t option)
{
    switch (state) {
    case AZB_JOB_STATE_DISABLING:
        return move_disabling(pass, job, option);
    case AZB_JOB_STATE_ENABLING:
        return set_state(pass, job, AZB_JOB_STATE_ACTIVE);
    case AZB_JOB_STATE_TERMINATING:
        return move_terminating(pass, job);
    default:
        return move_deleting(pass, job);
    }
}

static bool move_all(struct pass *pass)
{
    bool found = false;
    scoped_statement struct statement s = statement(
        pass->store, "SELECT row, state, disable_option FROM job WHERE state IN (2, 4, 5, 7)");

    while (statement_step(&s, &found, pass->err)) {
        if (!found)
            return true;
        if (!move_job(pass, statement_i64(&s, 0), statement_i64(&s, 1), statement_i64(&s, 2)))
            return false;
    }
    return false;
}

static bool end_expired(struct pass *pass)
{
    bool found = false;
    scoped_statement struct statement s =
        statement(pass->store, "SELECT row FROM job WHERE deadline IS NOT NULL AND deadline <= ?1");

    statement_bind_i64(&s, 1, pass->now);
    while (statement_step(&s, &found, pass->err)) {
        if (!found)
            return true;
        if (!pass_terminate_job(pass, statement_i64(&s, 0), "MaxWallClockTimeExpiry") ||
            !pass_run(pass, "UPDATE job SET deadline = NULL WHERE row = ?1", statement_i64(&s, 0)))
            return false;
    }
    return false;
}

/* onAllTasksComplete: terminatejob. A job without tasks is one whose tasks are all complete. */
static bool end_complete(struct pass *pass)
{
    bool found = false;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT row FROM job WHERE state = 1 AND on_all_complete = 2 AND NOT EXISTS"
        " (SELECT 1 FROM task WHERE task.job = job.row AND task.state < 4)");

    while (statement_step(&s, &found, pass->err)) {
        if (!found)
            return true;
        if (!pass_terminate_job(pass, statement_i64(&s, 0), "AllTasksComplete"))
            return false;
    }
    return false;
}

bool pass_move_jobs(struct pass *pass)
{
    return end_expired(pass) && end_complete(pass) && move_all(pass);
}
