/* What becomes of a task whose run has ended: again, or completed with a result. */
#include <azb/models.h>

#include "base/error.h"
#include "base/json.h"
#include "engine/pass.h"

#define BY_USER "Task was ended by user request"
#define LOST_MAX 10 /* a task whose runs are lost that often is not run again */

struct ended {
    const struct engine_event *event;
    int64_t task, job, node, slots;
    const char *id;
    const char *directory;
    enum task_ending ending;
    int64_t retry_count, max_retry; /* max_retry -1: without limit */
    int64_t requeue_count;
    bool uses_dependencies, performs_job_action, job_is_deleted;
    struct text document;
};

/* How it is recorded. `failure` NULL: success. */
struct verdict {
    const char *failure; /* failureInfo.code */
    const char *message;
    bool has_code;
    int code;
    const struct json *options; /* exitOptions that apply, or NULL */
};

static bool find_run(
    struct pass *pass, const struct engine_event *event, struct ended *out, bool *found)
{
    scoped_statement struct statement s = statement(pass->store,
        "SELECT task.job, node, slots, task.id, directory, ending, retry_count, task.max_retry,"
        " dependencies, on_failure, requeue_count, task.doc, job.state FROM task JOIN job ON "
        "job.row = "
        "task.job"
        " WHERE task.row = ?1 AND attempt = ?2 AND node IS NOT NULL");

    statement_bind_i64(&s, 1, event->task);
    statement_bind_i64(&s, 2, event->attempt);
    if (!statement_step(&s, found, pass->err) || !*found)
        return !*found;
    *out = (struct ended){.event = event, .task = event->task};
    out->job = statement_i64(&s, 0);
    out->node = statement_i64(&s, 1);
    out->slots = statement_i64(&s, 2);
    out->id = statement_string(&s, 3, pass->arena);
    out->directory = statement_string(&s, 4, pass->arena);
    out->ending = (enum task_ending)statement_i64(&s, 5);
    out->retry_count = statement_i64(&s, 6);
    out->max_retry = statement_i64(&s, 7);
    out->uses_dependencies = statement_i64(&s, 8) != 0;
    out->performs_job_action =
        statement_i64(&s, 9) == AZB_ON_TASK_FAILURE_PERFORM_EXIT_OPTIONS_JOB_ACTION;
    out->requeue_count = statement_i64(&s, 10);
    out->document = statement_text(&s, 11, pass->arena);
    out->job_is_deleted = statement_i64(&s, 12) == AZB_JOB_STATE_DELETING;
    return true;
}

static bool release_node(struct pass *pass, const struct ended *ended, bool success)
{
    scoped_statement struct statement s = statement(pass->store,
        "UPDATE node SET slots_used = slots_used - ?2, running = running - 1,"
        " total_run = total_run + 1, total_succeeded = total_succeeded + ?3,"
        " state_time = CASE WHEN running = 1 AND state = ?5 THEN ?4 ELSE state_time END,"
        " state = CASE WHEN running = 1 AND state = ?5 THEN ?6 ELSE state END WHERE row = ?1");

    statement_bind_i64(&s, 1, ended->node);
    statement_bind_i64(&s, 2, ended->slots);
    statement_bind_i64(&s, 3, success);
    statement_bind_i64(&s, 4, pass->now);
    statement_bind_i64(&s, 5, AZB_NODE_STATE_RUNNING);
    statement_bind_i64(&s, 6, AZB_NODE_STATE_IDLE);
    return statement_run(&s, pass->err);
}

/* ---- Again ---- */

static bool requeue(struct pass *pass, const struct ended *ended)
{
    scoped_statement struct statement s = statement(pass->store,
        "UPDATE task SET previous_state = state, previous_time = state_time, state = ?3,"
        " state_time = ?2, ready = 1, node = NULL, ending = 0, requeue_count = requeue_count + 1,"
        " requeue_time = ?2, start_time = NULL, end_time = NULL WHERE row = ?1");

    statement_bind_i64(&s, 1, ended->task);
    statement_bind_i64(&s, 2, pass->now);
    statement_bind_i64(&s, 3, AZB_TASK_STATE_ACTIVE);
    return statement_run(&s, pass->err) && release_node(pass, ended, false);
}

static bool retry(struct pass *pass, const struct ended *ended)
{
    scoped_statement struct statement s = statement(pass->store,
        "UPDATE task SET previous_state = state, previous_time = state_time, state = ?3,"
        " state_time = ?2, ready = 1, node = NULL, retry_count = retry_count + 1, retry_time = ?2"
        " WHERE row = ?1");

    statement_bind_i64(&s, 1, ended->task);
    statement_bind_i64(&s, 2, pass->now);
    statement_bind_i64(&s, 3, AZB_TASK_STATE_ACTIVE);
    return statement_run(&s, pass->err) && release_node(pass, ended, false);
}

/* ---- The verdict ---- */

static int exit_code(const struct engine_event *event)
{
    return event->outcome == ENGINE_SIGNALED ? 128 + event->code : event->code;
}

/* Lost while it was being ended: it has ended. Otherwise it was lost too often. */
static struct verdict lost(const struct ended *ended)
{
    if (ended->ending != ENDING_NONE)
        return (struct verdict){.failure = "TaskEnded", .message = BY_USER};
    return (struct verdict){.failure = "Unknown",
        .message = "What watched the task was ended, each time that the task was started"};
}

static struct verdict judge(const struct ended *ended)
{
    const struct engine_event *event = ended->event;
    struct verdict verdict = {.has_code = true, .code = exit_code(event)};

    if (event->outcome == ENGINE_EXITED && event->code == 0)
        return verdict;
    switch (event->outcome) {
    case ENGINE_EXITED:
    case ENGINE_SIGNALED:
        verdict.failure = "FailureExitCode";
        verdict.message = "The task exited with an exit code representing a failure";
        break;
    case ENGINE_TIMED_OUT:
        verdict = (struct verdict){.failure = "TaskEnded",
            .message = "The task ran longer than its maxWallClockTime and was ended"};
        break;
    case ENGINE_LOST:
        verdict = lost(ended);
        break;
    case ENGINE_CANCELLED:
        verdict = (struct verdict){.failure = "TaskEnded", .message = BY_USER};
        break;
    case ENGINE_NOT_FOUND:
        verdict = (struct verdict){.failure = "CommandProgramNotFound", .message = event->message};
        break;
    case ENGINE_LAUNCH_FAILED:
        verdict = (struct verdict){.failure = "CommandLaunchFailed", .message = event->message};
        break;
    }
    return verdict;
}

/* ---- Exit conditions (facts G): an exit code's own rule, then a range's, then the default ---- */

static const struct json *options_of_codes(const struct json *conditions, int code)
{
    const struct json *list = json_get(conditions, "exitCodes");

    for (const struct json *item = list ? list->first : NULL; item; item = item->next)
        if (json_get_i64(item, "code", INT64_MAX) == code)
            return json_get(item, "exitOptions");
    return NULL;
}

static const struct json *options_of_ranges(const struct json *conditions, int code)
{
    const struct json *list = json_get(conditions, "exitCodeRanges");

    for (const struct json *item = list ? list->first : NULL; item; item = item->next)
        if (json_get_i64(item, "start", INT64_MAX) <= code &&
            code <= json_get_i64(item, "end", INT64_MIN))
            return json_get(item, "exitOptions");
    return NULL;
}

static const struct json *find_options(
    struct pass *pass, const struct ended *ended, const struct verdict *verdict)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct json *document = NULL, *conditions = NULL, *options = NULL;

    if (!ended->uses_dependencies && !ended->performs_job_action)
        return NULL;
    document = json_parse(ended->document, pass->arena, &ignored);
    conditions = json_get(document, "exitConditions");
    if (verdict->has_code)
        options = options_of_codes(conditions, verdict->code);
    if (!options && verdict->has_code)
        options = options_of_ranges(conditions, verdict->code);
    if (!options && verdict->failure && !verdict->has_code)
        options = json_get(conditions, "preProcessingError");
    return options ? options : json_get(conditions, "default");
}

static bool satisfies(const struct verdict *verdict)
{
    struct text action = json_get_text(verdict->options, "dependencyAction");

    return action.at ? text_equal_nocase(action, TEXT("satisfy")) : !verdict->failure;
}

/* jobAction: none for success, terminate otherwise, unless the options say. */
static bool act_on_job(struct pass *pass, const struct ended *ended, const struct verdict *verdict)
{
    struct text action = json_get_text(verdict->options, "jobAction");

    if (!ended->performs_job_action || ended->ending != ENDING_NONE)
        return true;
    if (text_equal_nocase(action, TEXT("disable")))
        return pass_disable_job(pass, ended->job);
    if (action.at ? text_equal_nocase(action, TEXT("terminate")) : verdict->failure != NULL)
        return pass_terminate_job(pass, ended->job, "TaskFailed");
    return true;
}

/* ---- Completed ---- */

static void bind_time(struct statement *s, int at, int64_t ticks)
{
    if (ticks != 0)
        statement_bind_i64(s, at, ticks);
}

static bool record(struct pass *pass, const struct ended *ended, const struct verdict *verdict)
{
    scoped_statement struct statement s = statement(pass->store,
        "UPDATE task SET previous_state = state, previous_time = state_time, state = ?2,"
        " state_time = ?3, node = NULL, ending = 0, start_time = coalesce(?4, start_time),"
        " end_time = coalesce(?5, ?3), exit_code = ?6, result = ?7, satisfied = ?8,"
        " failure_code = ?9, failure_message = ?10 WHERE row = ?1");

    statement_bind_i64(&s, 1, ended->task);
    statement_bind_i64(&s, 2, AZB_TASK_STATE_COMPLETED);
    statement_bind_i64(&s, 3, pass->now);
    bind_time(&s, 4, ended->event->start);
    bind_time(&s, 5, ended->event->end);
    if (verdict->has_code)
        statement_bind_i64(&s, 6, verdict->code);
    statement_bind_i64(
        &s, 7, verdict->failure ? AZB_EXECUTION_RESULT_FAILURE : AZB_EXECUTION_RESULT_SUCCESS);
    statement_bind_i64(&s, 8, satisfies(verdict));
    if (verdict->failure) {
        statement_bind_string(&s, 9, verdict->failure);
        statement_bind_string(&s, 10, verdict->message);
    }
    return statement_run(&s, pass->err);
}

static bool complete(struct pass *pass, const struct ended *ended, struct verdict *verdict)
{
    verdict->options = find_options(pass, ended, verdict);
    if (!record(pass, ended, verdict) || !release_node(pass, ended, !verdict->failure))
        return false;
    if (ended->uses_dependencies && satisfies(verdict) &&
        !pass_satisfy(pass, ended->job, ended->id))
        return false;
    return act_on_job(pass, ended, verdict);
}

static bool ran_to_its_end(const struct engine_event *event)
{
    return event->outcome == ENGINE_EXITED || event->outcome == ENGINE_TIMED_OUT;
}

static bool may_retry(const struct ended *ended, const struct verdict *verdict)
{
    return verdict->failure && verdict->has_code && ended->ending == ENDING_NONE &&
           (ended->max_retry < 0 || ended->retry_count < ended->max_retry);
}

/* "POOL/NODE/workitems/JOB" of a job that goes as a whole, else the task's own. */
static const char *directory_to_delete(struct pass *pass, const struct ended *ended)
{
    struct text path = text_of(ended->directory);

    if (!path.at || !ended->job_is_deleted)
        return ended->directory;
    for (int level = 0; level < 2; level++)
        while (path.length > 0 && path.at[--path.length] != '/')
            ;
    return text_string(pass->arena, path);
}

static bool finish_run(struct pass *pass, const struct ended *ended)
{
    struct verdict verdict = judge(ended);

    if (ended->ending == ENDING_DELETE)
        return release_node(pass, ended, !verdict.failure) &&
               pass_delete_task(pass, ended->task, directory_to_delete(pass, ended));
    if (ended->ending == ENDING_REQUEUE && !ran_to_its_end(ended->event))
        return requeue(pass, ended);
    if (ended->ending == ENDING_NONE && ended->event->outcome == ENGINE_LOST &&
        ended->requeue_count < LOST_MAX)
        return requeue(pass, ended);
    if (may_retry(ended, &verdict))
        return retry(pass, ended);
    return complete(pass, ended, &verdict);
}

bool pass_apply_events(struct pass *pass)
{
    for (size_t i = 0; i < pass->in->event_count; i++) {
        struct ended ended;
        bool found = false;

        if (!find_run(pass, &pass->in->events[i], &ended, &found))
            return false;
        /* A run that nobody waits for any more: its task is gone or runs anew. */
        if (found && !finish_run(pass, &ended))
            return false;
    }
    return true;
}
