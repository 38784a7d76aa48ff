/*
 * The verbs of a job, and its counts. A verb marks the job; the scheduling pass that follows the
 * commit ends its tasks and moves it on (disabling to disabled, terminating to completed, deleting
 * to gone). States on the way are never shown as previousState; eTag and lastModified move with
 * what users do, not with what the service does (facts B.2).
 */
#include "base/error.h"
#include "batch/job.h"
#include "engine/engine.h"
#include "engine/scheduler.h"

/* `previous`: the state to be remembered, or 0 to keep the one that is. */
static bool set_state(struct request *request, const struct job_row *job, int state, int previous,
    struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "UPDATE job SET modified = ?2, state = ?3, state_time = ?2,"
        " previous_state = CASE WHEN ?4 = 0 THEN previous_state ELSE ?4 END,"
        " previous_time = CASE WHEN ?4 = 0 THEN previous_time ELSE ?5 END WHERE row = ?1");

    statement_bind_i64(&s, 1, job->row);
    statement_bind_i64(&s, 2, request->now);
    statement_bind_i64(&s, 3, state);
    statement_bind_i64(&s, 4, previous);
    statement_bind_i64(&s, 5, job->state_time);
    if (!statement_run(&s, err))
        return false;
    engine_changed(request->service, request->store);
    return true;
}

static bool is_resting(int state)
{
    return state == AZB_JOB_STATE_ACTIVE || state == AZB_JOB_STATE_DISABLED;
}

static int remembered(const struct job_row *job)
{
    return is_resting(job->state) ? job->state : 0;
}

static bool accepted(struct request *request, struct reply *reply)
{
    reply_status(reply, 202);
    reply_modified(request, reply, request->now);
    reply_acted_on(request, reply);
    return true;
}

static bool set_disable_option(
    struct request *request, const struct job_row *job, int option, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "UPDATE job SET disable_option = ?2 WHERE row = ?1");

    statement_bind_i64(&s, 1, job->row);
    statement_bind_i64(&s, 2, option);
    return statement_run(&s, err);
}

bool serve_job_disable(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct azb_job_disable_options *options = batch_call(request)->body;
    struct job_row job;

    if (!job_find_open(request, &job, err) || !check_conditions(request, job.modified, err) ||
        !set_disable_option(request, &job, options->disable_tasks.value, err) ||
        !set_state(request, &job, AZB_JOB_STATE_DISABLING, remembered(&job), err))
        return false;
    return accepted(request, reply);
}

bool serve_job_enable(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct job_row job;

    if (!job_find_open(request, &job, err) || !check_conditions(request, job.modified, err))
        return false;
    if (job.state != AZB_JOB_STATE_DISABLED && job.state != AZB_JOB_STATE_DISABLING)
        return refuse_state(err, "OperationInvalidForCurrentState",
            "Only a job that is disabled can be enabled; this one is active.");
    if (!set_state(request, &job, AZB_JOB_STATE_ACTIVE, AZB_JOB_STATE_DISABLED, err))
        return false;
    return accepted(request, reply);
}

static bool set_reason(struct request *request, const struct job_row *job, struct azb_error *err)
{
    const struct azb_job_terminate_options *options = batch_call(request)->body;
    const char *reason = options && options->terminate_reason && options->terminate_reason[0]
                             ? options->terminate_reason
                             : "UserTerminate";
    scoped_statement struct statement s =
        statement(request->store, "UPDATE job SET terminate_reason = ?2 WHERE row = ?1");

    statement_bind_i64(&s, 1, job->row);
    statement_bind_string(&s, 2, reason);
    return statement_run(&s, err);
}

/* force=true: no grace for running tasks. */
static bool read_force(struct request *request, bool *force, struct azb_error *err)
{
    return query_flag(request, "force", force, err);
}

bool serve_job_terminate(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct job_row job;
    bool force = false;

    if (!read_force(request, &force, err) || !job_find_open(request, &job, err) ||
        !check_conditions(request, job.modified, err) || !set_reason(request, &job, err) ||
        !set_disable_option(request, &job, force ? SCHEDULER_FORCE : 0, err) ||
        !set_state(request, &job, AZB_JOB_STATE_TERMINATING, remembered(&job), err))
        return false;
    return accepted(request, reply);
}

bool serve_job_delete(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct job_row job;
    bool force = false;

    if (!read_force(request, &force, err) || !job_find(request, &job, err) ||
        !check_conditions(request, job.modified, err))
        return false;
    if (job.state == AZB_JOB_STATE_DELETING && !force)
        return refuse_state(err, "JobBeingDeleted",
            "The specified job has been marked for deletion "
            "and is being garbage collected.");
    if (!set_disable_option(request, &job, force ? SCHEDULER_FORCE : 0, err) ||
        !set_state(request, &job, AZB_JOB_STATE_DELETING, remembered(&job), err))
        return false;
    reply_status(reply, 202);
    return true;
}

/* ---- Counts ---- */

struct counts {
    struct azb_task_counts tasks;
    struct azb_task_slot_counts slots;
};

static void add_to(struct azb_i32 *number, int64_t more)
{
    *number = AZB_I32(number->value + (int32_t)more);
}

static void add_counts(struct counts *counts, struct statement *s)
{
    int64_t state = statement_i64(s, 0), result = statement_i64(s, 1);
    int64_t tasks = statement_i64(s, 2), slots = statement_i64(s, 3);
    struct azb_i32 *const task_of[] = {[AZB_TASK_STATE_ACTIVE] = &counts->tasks.active,
        [AZB_TASK_STATE_PREPARING] = &counts->tasks.running,
        [AZB_TASK_STATE_RUNNING] = &counts->tasks.running,
        [AZB_TASK_STATE_COMPLETED] = &counts->tasks.completed};
    struct azb_i32 *const slot_of[] = {[AZB_TASK_STATE_ACTIVE] = &counts->slots.active,
        [AZB_TASK_STATE_PREPARING] = &counts->slots.running,
        [AZB_TASK_STATE_RUNNING] = &counts->slots.running,
        [AZB_TASK_STATE_COMPLETED] = &counts->slots.completed};

    add_to(task_of[state], tasks);
    add_to(slot_of[state], slots);
    if (state != AZB_TASK_STATE_COMPLETED)
        return;
    add_to(
        result == AZB_EXECUTION_RESULT_SUCCESS ? &counts->tasks.succeeded : &counts->tasks.failed,
        tasks);
    add_to(
        result == AZB_EXECUTION_RESULT_SUCCESS ? &counts->slots.succeeded : &counts->slots.failed,
        slots);
}

static struct counts no_tasks(void)
{
    struct azb_i32 zero = AZB_I32(0);

    return (struct counts){
        {zero, zero, zero, zero, zero},
        {zero, zero, zero, zero, zero},
    };
}

bool serve_job_task_counts(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct job_row job;
    struct counts counts = no_tasks();
    struct azb_task_counts_result result = {
        .task_counts = &counts.tasks, .task_slot_counts = &counts.slots};
    bool found = false;
    scoped_statement struct statement s = statement(request->store,
        "SELECT state, result, count(*), sum(slots) FROM task WHERE job = ?1 AND ending <> 3"
        " GROUP BY state, result");

    if (!job_find(request, &job, err))
        return false;
    statement_bind_i64(&s, 1, job.row);
    while (statement_step(&s, &found, err)) {
        if (!found)
            return reply_model(request, model_task_counts_result(), &result, reply, err);
        add_counts(&counts, &s);
    }
    return false;
}
