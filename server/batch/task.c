/* Tasks: list, get, change, delete, terminate, reactivate. task_add.c adds them. */
#include "batch/task.h"

#include "api/decode.h"
#include "base/error.h"
#include "base/time.h"
#include "engine/engine.h"
#include "engine/scheduler.h"

#define COLUMNS                                                                                    \
    "row, id, created, modified, state, state_time, previous_state, previous_time, attempt,"       \
    " retry_count, retry_time, requeue_count, requeue_time, start_time, end_time, exit_code,"      \
    " result, failure_code, failure_message, pool_id, node_id, directory, doc"

/* A deleted task is gone at once; its row stays until its run has ended (ENDING_DELETE). Until
 * then, some milliseconds, its id is taken. */
#define VISIBLE "ending <> 3"
_Static_assert(ENDING_DELETE == 3, "VISIBLE names it");

enum column {
    COLUMN_ROW,
    COLUMN_ID,
    COLUMN_CREATED,
    COLUMN_MODIFIED,
    COLUMN_STATE,
    COLUMN_STATE_TIME,
    COLUMN_PREVIOUS_STATE,
    COLUMN_PREVIOUS_TIME,
    COLUMN_ATTEMPT,
    COLUMN_RETRY_COUNT,
    COLUMN_RETRY_TIME,
    COLUMN_REQUEUE_COUNT,
    COLUMN_REQUEUE_TIME,
    COLUMN_START_TIME,
    COLUMN_END_TIME,
    COLUMN_EXIT_CODE,
    COLUMN_RESULT,
    COLUMN_FAILURE_CODE,
    COLUMN_FAILURE_MESSAGE,
    COLUMN_POOL_ID,
    COLUMN_NODE_ID,
    COLUMN_DIRECTORY,
    COLUMN_DOC,
};

/* ---- Reading ---- */

static void read_failure(struct request *request, struct statement *s, struct task_row *out)
{
    struct azb_task_failure_info *failure = &out->failure;

    failure->code = statement_string(s, COLUMN_FAILURE_CODE, &request->arena);
    if (!failure->code)
        return;
    failure->category.value = AZB_ERROR_CATEGORY_USER_ERROR;
    failure->message = statement_string(s, COLUMN_FAILURE_MESSAGE, &request->arena);
    out->details[0] = (struct azb_name_value_pair){"Message", failure->message};
    out->details[1] = (struct azb_name_value_pair){"AdditionalErrorCode", failure->code};
    failure->details.items = out->details;
    failure->details.count = 2;
    out->execution.failure_info = failure;
}

static void read_execution(struct request *request, struct statement *s, struct task_row *out)
{
    struct azb_task_execution_info *execution = &out->execution;

    execution->start_time = iso_of(request, statement_i64(s, COLUMN_START_TIME));
    execution->end_time = iso_of(request, statement_i64(s, COLUMN_END_TIME));
    if (!statement_is_null(s, COLUMN_EXIT_CODE))
        execution->exit_code = AZB_I32((int32_t)statement_i64(s, COLUMN_EXIT_CODE));
    execution->retry_count = AZB_I32((int32_t)statement_i64(s, COLUMN_RETRY_COUNT));
    execution->last_retry_time = iso_of(request, statement_i64(s, COLUMN_RETRY_TIME));
    execution->requeue_count = AZB_I32((int32_t)statement_i64(s, COLUMN_REQUEUE_COUNT));
    execution->last_requeue_time = iso_of(request, statement_i64(s, COLUMN_REQUEUE_TIME));
    out->result = (int)statement_i64(s, COLUMN_RESULT);
    execution->result.value = out->result;
    read_failure(request, s, out);
    out->shown.execution_info = execution;
}

static void read_node(
    struct request *request, struct statement *s, const char *job_id, struct task_row *out)
{
    struct azb_node_info *node = &out->node;
    struct arena *arena = &request->arena;

    out->directory = statement_string(s, COLUMN_DIRECTORY, arena);
    node->node_id = statement_string(s, COLUMN_NODE_ID, arena);
    if (!node->node_id)
        return;
    node->pool_id = statement_string(s, COLUMN_POOL_ID, arena);
    node->affinity_id = arena_format(arena, "TVM:%s", node->node_id);
    node->node_url = arena_format(
        arena, "%s/pools/%s/nodes/%s", account_url(request), node->pool_id, node->node_id);
    node->task_root_directory = arena_format(arena, "workitems/%s/job-1/%s", job_id, out->shown.id);
    node->task_root_directory_url =
        arena_format(arena, "%s/files/%s", node->node_url, node->task_root_directory);
    out->shown.node_info = node;
}

static void read_states(struct request *request, struct statement *s, struct task_row *out)
{
    struct azb_task *task = &out->shown;

    out->state = (int)statement_i64(s, COLUMN_STATE);
    out->state_time = statement_i64(s, COLUMN_STATE_TIME);
    task->state.value = out->state;
    task->state_transition_time = iso_of(request, out->state_time);
    task->previous_state.value = (int)statement_i64(s, COLUMN_PREVIOUS_STATE);
    task->previous_state_transition_time = iso_of(request, statement_i64(s, COLUMN_PREVIOUS_TIME));
}

static void read_row(
    struct request *request, struct statement *s, const char *job_id, struct task_row *out)
{
    struct azb_task *task = &out->shown;

    *out = (struct task_row){.row = statement_i64(s, COLUMN_ROW)};
    out->modified = statement_i64(s, COLUMN_MODIFIED);
    out->attempt = statement_i64(s, COLUMN_ATTEMPT);
    task->id = statement_string(s, COLUMN_ID, &request->arena);
    task->url = arena_format(
        &request->arena, "%s/jobs/%s/tasks/%s", account_url(request), job_id, task->id);
    task->etag = etag_of(request, out->modified);
    task->last_modified = iso_of(request, out->modified);
    task->creation_time = iso_of(request, statement_i64(s, COLUMN_CREATED));
    read_states(request, s, out);
    read_execution(request, s, out);
    read_node(request, s, job_id, out);
    out->document = statement_text(s, COLUMN_DOC, &request->arena);
}

bool task_find(
    struct request *request, struct job_row *job, struct task_row *out, struct azb_error *err)
{
    bool found = false;
    scoped_statement struct statement s = statement(
        request->store, "SELECT " COLUMNS " FROM task WHERE job = ?1 AND id = ?2 AND " VISIBLE);

    if (!job_find(request, job, err))
        return false;
    statement_bind_i64(&s, 1, job->row);
    statement_bind_text(&s, 2, request->values[1]);
    if (!statement_step(&s, &found, err))
        return false;
    if (!found)
        return fail_status(err, 404, "TaskNotFound", "The specified task does not exist.");
    read_row(request, &s, job->shown.id, out);
    return true;
}

bool serve_task_get(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct job_row job;
    struct task_row task;
    struct view view;

    if (!view_init(&view, request, model_task(), NULL, err) ||
        !task_find(request, &job, &task, err) || !check_conditions(request, task.modified, err) ||
        !reply_resource(&view, &task.shown, task.document, reply, err))
        return false;
    reply_modified(request, reply, task.modified);
    return true;
}

bool serve_task_list(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct page page;
    struct job_row job;
    struct task_row task;
    scoped_buffer struct buffer out = {0};
    bool found = false;
    scoped_statement struct statement s = statement(request->store,
        "SELECT " COLUMNS " FROM task WHERE job = ?1 AND id > ?2 AND " VISIBLE " ORDER BY id");

    if (!page_begin(&page, request, model_task(), "tasks", &out, err) ||
        !job_find(request, &job, err))
        return false;
    statement_bind_i64(&s, 1, job.row);
    statement_bind_text(&s, 2, page.after);
    while (statement_step(&s, &found, err)) {
        if (!found || !page_takes(&page))
            return page_end(&page, reply, err);
        read_row(request, &s, job.shown.id, &task);
        if (!page_add(&page, text_of(task.shown.id), &task.shown, task.document, err))
            return false;
    }
    return false;
}

/* ---- Changing ---- */

static bool update_task(struct request *request, const struct task_row *row, struct azb_task *task,
    struct azb_error *err)
{
    struct text document = TEXT_NONE;
    scoped_statement struct statement s = statement(request->store,
        "UPDATE task SET modified = ?2, doc = ?3, max_retry = ?4, max_wall_clock = ?5"
        " WHERE row = ?1");

    if (!document_write(request, model_task(), task, &document, err))
        return false;
    statement_bind_i64(&s, 1, row->row);
    statement_bind_i64(&s, 2, request->now);
    statement_bind_text(&s, 3, document);
    statement_bind_i64(&s, 4, task->constraints->max_task_retry_count.value);
    statement_bind_i64(&s, 5, task_wall_clock_ms(task->constraints));
    return statement_run(&s, err);
}

bool serve_task_update(struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct azb_task *change = batch_call(request)->body;
    struct job_row job;
    struct task_row row;
    struct azb_task *task = NULL;
    struct azb_task_constraints constraints = {0};

    if (!task_find(request, &job, &row, err) || !job_find_open(request, &job, err) ||
        !check_conditions(request, row.modified, err) ||
        !(task = document_read(request, model_task(), row.document, err)))
        return false;
    if (row.state == AZB_TASK_STATE_COMPLETED)
        return refuse_state(err, "TaskCompleted", "The specified task is already completed.");
    api_apply(model_task(), SHAPE_PUT, change, task);
    task_full_constraints(&job, task, &constraints);
    task->constraints = &constraints;
    if (!update_task(request, &row, task, err))
        return false;
    reply_status(reply, 200);
    reply_modified(request, reply, request->now);
    reply_acted_on(request, reply);
    return true;
}

/* ---- Ending ---- */

static bool is_running(const struct task_row *task)
{
    return task->state == AZB_TASK_STATE_RUNNING || task->state == AZB_TASK_STATE_PREPARING;
}

/* A running task is marked; the scheduling pass cancels its run. */
static bool mark_ending(struct request *request, const struct task_row *task,
    enum task_ending ending, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "UPDATE task SET ending = ?2, modified = ?3 WHERE row = ?1");

    statement_bind_i64(&s, 1, task->row);
    statement_bind_i64(&s, 2, ending);
    statement_bind_i64(&s, 3, request->now);
    return statement_run(&s, err);
}

static bool end_waiting(struct request *request, const struct task_row *task, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "UPDATE task SET modified = ?2, previous_state = state, previous_time = state_time,"
        " state = ?3, state_time = ?2, end_time = ?2, ready = 0, result = ?4,"
        " failure_code = 'TaskEnded', failure_message = 'Task was ended by user request'"
        " WHERE row = ?1");

    statement_bind_i64(&s, 1, task->row);
    statement_bind_i64(&s, 2, request->now);
    statement_bind_i64(&s, 3, AZB_TASK_STATE_COMPLETED);
    statement_bind_i64(&s, 4, AZB_EXECUTION_RESULT_FAILURE);
    return statement_run(&s, err);
}

bool serve_task_terminate(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct job_row job;
    struct task_row task;

    if (!task_find(request, &job, &task, err) || !job_find_open(request, &job, err) ||
        !check_conditions(request, task.modified, err))
        return false;
    if (task.state == AZB_TASK_STATE_COMPLETED)
        return refuse_state(err, "TaskCompleted", "The specified task is already completed.");
    if (is_running(&task) ? !mark_ending(request, &task, ENDING_TERMINATE, err)
                          : !end_waiting(request, &task, err))
        return false;
    engine_changed(request->service, request->store);
    reply_status(reply, 204);
    reply_modified(request, reply, request->now);
    reply_acted_on(request, reply);
    return true;
}

static bool delete_row(struct request *request, const struct task_row *task, struct azb_error *err)
{
    scoped_statement struct statement waits =
        statement(request->store, "DELETE FROM dependency WHERE task = ?1");
    scoped_statement struct statement s =
        statement(request->store, "DELETE FROM task WHERE row = ?1");

    statement_bind_i64(&waits, 1, task->row);
    statement_bind_i64(&s, 1, task->row);
    if (!statement_run(&waits, err) || !statement_run(&s, err))
        return false;
    return !task->directory || engine_forget_directory(request->store, task->directory, err);
}

bool serve_task_delete(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct job_row job;
    struct task_row task;

    if (!task_find(request, &job, &task, err) || !check_conditions(request, task.modified, err))
        return false;
    if (is_running(&task) ? !mark_ending(request, &task, ENDING_DELETE, err)
                          : !delete_row(request, &task, err))
        return false;
    engine_changed(request->service, request->store);
    reply_status(reply, 200);
    return true;
}

/* ---- Again ---- */

static bool check_reactivable(const struct task_row *task, struct azb_error *err)
{
    if (task->state != AZB_TASK_STATE_COMPLETED)
        return refuse_state(
            err, "TaskNotCompleted", "Only a task that is completed can be reactivated.");
    if (task->result == AZB_EXECUTION_RESULT_SUCCESS)
        return refuse_state(
            err, "TaskSucceeded", "The specified task succeeded and cannot be reactivated.");
    return true;
}

bool serve_task_reactivate(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct job_row job;
    struct task_row task;
    scoped_statement struct statement s = statement(request->store,
        "UPDATE task SET modified = ?2, previous_state = state, previous_time = state_time,"
        " state = ?3, state_time = ?2, retry_count = 0, retry_time = NULL, start_time = NULL,"
        " end_time = NULL, exit_code = NULL, result = NULL, failure_code = NULL,"
        " failure_message = NULL, node_id = NULL, pool_id = NULL, satisfied = 0,"
        " ready = NOT EXISTS (SELECT 1 FROM dependency WHERE dependency.task = task.row)"
        " WHERE row = ?1");

    if (!task_find(request, &job, &task, err) || !job_find_open(request, &job, err) ||
        !check_conditions(request, task.modified, err) || !check_reactivable(&task, err))
        return false;
    statement_bind_i64(&s, 1, task.row);
    statement_bind_i64(&s, 2, request->now);
    statement_bind_i64(&s, 3, AZB_TASK_STATE_ACTIVE);
    if (!statement_run(&s, err))
        return false;
    engine_changed(request->service, request->store);
    reply_status(reply, 204);
    reply_modified(request, reply, request->now);
    return true;
}
