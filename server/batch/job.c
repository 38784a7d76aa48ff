/* Jobs: create, list, get, change, delete. job_state.c has the verbs. */
#include "batch/job.h"

#include "api/decode.h"
#include "base/error.h"
#include "base/time.h"
#include "engine/engine.h"

#define COLUMNS                                                                                    \
    "row, id, created, modified, state, state_time, previous_state, previous_time, start_time,"    \
    " end_time, terminate_reason, pool_id, dependencies, on_failure, max_retry, doc"

enum column {
    COLUMN_ROW,
    COLUMN_ID,
    COLUMN_CREATED,
    COLUMN_MODIFIED,
    COLUMN_STATE,
    COLUMN_STATE_TIME,
    COLUMN_PREVIOUS_STATE,
    COLUMN_PREVIOUS_TIME,
    COLUMN_START_TIME,
    COLUMN_END_TIME,
    COLUMN_TERMINATE_REASON,
    COLUMN_POOL_ID,
    COLUMN_DEPENDENCIES,
    COLUMN_ON_FAILURE,
    COLUMN_MAX_RETRY,
    COLUMN_DOC,
};

/* ---- Reading ---- */

static char *job_url(struct request *request, const char *id)
{
    return arena_format(&request->arena, "%s/jobs/%s", account_url(request), id);
}

static void read_states(struct request *request, struct statement *s, struct job_row *out)
{
    struct azb_job *job = &out->shown;

    out->state = (int)statement_i64(s, COLUMN_STATE);
    out->state_time = statement_i64(s, COLUMN_STATE_TIME);
    job->state.value = out->state;
    job->state_transition_time = iso_of(request, out->state_time);
    job->previous_state.value = (int)statement_i64(s, COLUMN_PREVIOUS_STATE);
    job->previous_state_transition_time = iso_of(request, statement_i64(s, COLUMN_PREVIOUS_TIME));
}

static void read_execution(struct request *request, struct statement *s, struct job_row *out)
{
    out->execution.start_time = iso_of(request, statement_i64(s, COLUMN_START_TIME));
    out->execution.end_time = iso_of(request, statement_i64(s, COLUMN_END_TIME));
    out->execution.terminate_reason = statement_string(s, COLUMN_TERMINATE_REASON, &request->arena);
    out->execution.pool_id = out->pool_id;
    out->shown.execution_info = &out->execution;
}

static void read_row(struct request *request, struct statement *s, struct job_row *out)
{
    struct azb_job *job = &out->shown;

    *out = (struct job_row){.row = statement_i64(s, COLUMN_ROW)};
    out->modified = statement_i64(s, COLUMN_MODIFIED);
    out->uses_dependencies = statement_i64(s, COLUMN_DEPENDENCIES) != 0;
    out->performs_exit_options =
        statement_i64(s, COLUMN_ON_FAILURE) == AZB_ON_TASK_FAILURE_PERFORM_EXIT_OPTIONS_JOB_ACTION;
    out->max_retry = (int32_t)statement_i64(s, COLUMN_MAX_RETRY);
    out->pool_id = statement_string(s, COLUMN_POOL_ID, &request->arena);
    job->id = statement_string(s, COLUMN_ID, &request->arena);
    job->url = job_url(request, job->id);
    job->etag = etag_of(request, out->modified);
    job->last_modified = iso_of(request, out->modified);
    job->creation_time = iso_of(request, statement_i64(s, COLUMN_CREATED));
    read_states(request, s, out);
    read_execution(request, s, out);
    out->document = statement_text(s, COLUMN_DOC, &request->arena);
}

bool job_find(struct request *request, struct job_row *out, struct azb_error *err)
{
    bool found = false;
    scoped_statement struct statement s =
        statement(request->store, "SELECT " COLUMNS " FROM job WHERE account = ?1 AND id = ?2");

    statement_bind_i64(&s, 1, batch_call(request)->account->row);
    statement_bind_text(&s, 2, request->values[0]);
    if (!statement_step(&s, &found, err))
        return false;
    if (!found)
        return fail_status(err, 404, "JobNotFound", "The specified job does not exist.");
    read_row(request, &s, out);
    return true;
}

bool job_find_open(struct request *request, struct job_row *out, struct azb_error *err)
{
    if (!job_find(request, out, err))
        return false;
    switch (out->state) {
    case AZB_JOB_STATE_COMPLETED:
        return refuse_state(
            err, "JobCompleted", "The specified job is already in a completed state.");
    case AZB_JOB_STATE_TERMINATING:
        return refuse_state(err, "JobBeingTerminated", "The specified job is being terminated.");
    case AZB_JOB_STATE_DELETING:
        return refuse_state(err, "JobBeingDeleted",
            "The specified job has been marked for deletion "
            "and is being garbage collected.");
    default:
        return true;
    }
}

/* ---- What is not acted on ---- */

bool job_check_supported(const struct azb_job *job, struct azb_error *err)
{
    static const struct unsupported_property unsupported[] = {
        {"jobManagerTask", "Job manager tasks are not run by this service"},
        {"jobPreparationTask", "Job preparation tasks are not run by this service"},
        {"jobReleaseTask", "Job release tasks are not run by this service"},
        {"networkConfiguration", "Nodes are processes of one host and have no network to join"},
        {"allowTaskPreemption", "Running tasks are never pushed off a node by this service"},
        {NULL, NULL},
    };
    static const struct unsupported_property unsupported_pool[] = {
        {"autoPoolSpecification", "Automatic pools are not made by this service; create a pool and "
                                  "name it in poolInfo.poolId"},
        {NULL, NULL},
    };

    if (!check_supported(model_job(), job, unsupported, "", err) ||
        !check_settings(&job->common_environment_settings, "commonEnvironmentSettings", err))
        return false;
    return !job->pool_info ||
           check_supported(model_pool_info(), job->pool_info, unsupported_pool, "poolInfo.", err);
}

/* ---- Writing ---- */

static void fill_constraints(struct request *request, struct azb_job *job)
{
    struct azb_job_constraints *constraints =
        arena_alloc(&request->arena, sizeof(struct azb_job_constraints));

    if (!constraints)
        return;
    if (job->constraints)
        *constraints = *job->constraints;
    if (!constraints->max_wall_clock_time)
        constraints->max_wall_clock_time = DURATION_UNLIMITED_TEXT;
    if (!constraints->max_task_retry_count.set)
        constraints->max_task_retry_count = AZB_I32(0);
    job->constraints = constraints;
}

/* Facts B.1, as recorded. */
static bool fill_defaults(struct request *request, struct azb_job *job, struct azb_error *err)
{
    if (!job->priority.set)
        job->priority = AZB_I32(0);
    if (!job->max_parallel_tasks.set)
        job->max_parallel_tasks = AZB_I32(-1);
    if (!job->uses_task_dependencies.set)
        job->uses_task_dependencies = AZB_BOOL(false);
    if (!job->allow_task_preemption.set)
        job->allow_task_preemption = AZB_BOOL(false);
    if (!job->on_all_tasks_complete.value)
        job->on_all_tasks_complete.value = AZB_ON_ALL_TASKS_COMPLETE_NO_ACTION;
    if (!job->on_task_failure.value)
        job->on_task_failure.value = AZB_ON_TASK_FAILURE_NO_ACTION;
    fill_constraints(request, job);
    return job->constraints || fail_memory(err);
}

static bool check_pool_given(const struct azb_job *job, struct azb_error *err)
{
    if (job->pool_info && job->pool_info->pool_id && job->pool_info->pool_id[0])
        return true;
    return refuse_property(err, "MissingRequiredProperty", "poolInfo.poolId", NULL,
        "A job needs the id of the pool that runs its tasks");
}

/* NULL: none. */
static bool read_deadline(
    const struct azb_job *job, int64_t start, int64_t *deadline, struct azb_error *err)
{
    int64_t span = 0;

    *deadline = 0;
    if (!duration_parse(text_of(job->constraints->max_wall_clock_time), &span))
        return refuse_property(err, "InvalidPropertyValue", "constraints.maxWallClockTime",
            job->constraints->max_wall_clock_time, "The value must be an ISO 8601 duration");
    if (span < INT64_MAX - start && !strstr(job->constraints->max_wall_clock_time, "P10675199D"))
        *deadline = start + span;
    return true;
}

static void bind_settings(struct statement *s, int at, const struct azb_job *job, int64_t deadline)
{
    statement_bind_string(s, at, job->pool_info->pool_id);
    statement_bind_i64(s, at + 1, job->priority.value);
    statement_bind_i64(s, at + 2, job->max_parallel_tasks.value);
    statement_bind_i64(s, at + 3, job->constraints->max_task_retry_count.value);
    if (deadline != 0)
        statement_bind_i64(s, at + 4, deadline);
    statement_bind_i64(s, at + 5, job->on_all_tasks_complete.value);
}

/* The kept document: without what columns hold. */
static bool write_document(
    struct request *request, const struct azb_job *job, struct text *out, struct azb_error *err)
{
    struct azb_job kept = *job;

    kept.id = NULL;
    return document_write(request, model_job(), &kept, out, err);
}

static bool insert_job(struct request *request, const struct azb_job *job, struct azb_error *err)
{
    struct text document = TEXT_NONE;
    int64_t deadline = 0;
    scoped_statement struct statement s = statement(request->store,
        "INSERT INTO job (account, id, created, modified, state, state_time, start_time, pool_id,"
        " priority, max_parallel, max_retry, deadline, on_all_complete, on_failure, dependencies,"
        " disable_option, doc) VALUES (?1, ?2, ?3, ?3, 1, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
        " 0, ?12)");

    if (!write_document(request, job, &document, err) ||
        !read_deadline(job, request->now, &deadline, err))
        return false;
    statement_bind_i64(&s, 1, batch_call(request)->account->row);
    statement_bind_string(&s, 2, job->id);
    statement_bind_i64(&s, 3, request->now);
    bind_settings(&s, 4, job, deadline);
    statement_bind_i64(&s, 10, job->on_task_failure.value);
    statement_bind_i64(&s, 11, job->uses_task_dependencies.value);
    statement_bind_text(&s, 12, document);
    if (statement_run(&s, err))
        return true;
    if (err->kind == AZB_ERROR_CONFLICT)
        refuse_state(err, "JobExists", "The specified job already exists.");
    return false;
}

bool serve_job_create(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct azb_job *job = batch_call(request)->body;

    if (!job_check_supported(job, err) || !check_pool_given(job, err) ||
        !fill_defaults(request, job, err) || !insert_job(request, job, err))
        return false;
    engine_changed(request->service, request->store);
    /* Recorded for every job and version: the internal id of a job stands where its id should. */
    reply_created(request, reply, request->now, job_url(request, "job-1"));
    return true;
}

bool serve_job_list(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct page page;
    struct job_row job;
    scoped_buffer struct buffer out = {0};
    bool found = false;
    scoped_statement struct statement s = statement(
        request->store, "SELECT " COLUMNS " FROM job WHERE account = ?1 AND id > ?2 ORDER BY id");

    if (!page_begin(&page, request, model_job(), "jobs", &out, err))
        return false;
    statement_bind_i64(&s, 1, batch_call(request)->account->row);
    statement_bind_text(&s, 2, page.after);
    while (statement_step(&s, &found, err)) {
        if (!found || !page_takes(&page))
            return page_end(&page, reply, err);
        read_row(request, &s, &job);
        if (!page_add(&page, text_of(job.shown.id), &job.shown, job.document, err))
            return false;
    }
    return false;
}

bool serve_job_get(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct job_row job;
    struct view view;

    if (!view_init(&view, request, model_job(), NULL, err) || !job_find(request, &job, err) ||
        !check_conditions(request, job.modified, err) ||
        !reply_resource(&view, &job.shown, job.document, reply, err))
        return false;
    reply_modified(request, reply, job.modified);
    return true;
}

/* ---- Changing ---- */

static bool check_same_pool(
    const struct job_row *row, const struct azb_job *change, struct azb_error *err)
{
    const struct azb_pool_info *pool = change->pool_info;

    if (!pool || !pool->pool_id || string_equal_nocase(pool->pool_id, row->pool_id) ||
        row->state == AZB_JOB_STATE_DISABLED)
        return true;
    refuse_state(err, "OperationInvalidForCurrentState",
        "The pool of a job can be changed only while the job is disabled.");
    error_add_value(err, "Reason", "The job is %s",
        row->state == AZB_JOB_STATE_ACTIVE ? "active" : "disabling");
    return false;
}

static bool update_job(struct request *request, const struct job_row *row,
    const struct azb_job *job, struct azb_error *err)
{
    struct text document = TEXT_NONE;
    int64_t deadline = 0, start = 0;
    scoped_statement struct statement s = statement(request->store,
        "UPDATE job SET modified = ?2, doc = ?3, pool_id = ?4, priority = ?5, max_parallel = ?6,"
        " max_retry = ?7, deadline = ?8, on_all_complete = ?9 WHERE row = ?1");

    if (!write_document(request, job, &document, err) ||
        !time_parse_iso8601(text_of(row->execution.start_time), &start) ||
        !read_deadline(job, start, &deadline, err))
        return false;
    statement_bind_i64(&s, 1, row->row);
    statement_bind_i64(&s, 2, request->now);
    statement_bind_text(&s, 3, document);
    bind_settings(&s, 4, job, deadline);
    return statement_run(&s, err);
}

static bool change_job(
    struct request *request, enum api_shape shape, struct reply *reply, struct azb_error *err)
{
    const struct azb_job *change = batch_call(request)->body;
    struct job_row row;
    struct azb_job *job = NULL;

    if (!job_find_open(request, &row, err) || !check_conditions(request, row.modified, err) ||
        !job_check_supported(change, err) || !check_same_pool(&row, change, err) ||
        !(job = document_read(request, model_job(), row.document, err)))
        return false;
    api_apply(model_job(), shape, change, job);
    if (!check_pool_given(job, err) || !fill_defaults(request, job, err) ||
        !update_job(request, &row, job, err))
        return false;
    engine_changed(request->service, request->store);
    reply_status(reply, 200);
    reply_modified(request, reply, request->now);
    reply_acted_on(request, reply);
    return true;
}

bool serve_job_patch(struct request *request, struct reply *reply, struct azb_error *err)
{
    return change_job(request, SHAPE_PATCH, reply, err);
}

bool serve_job_update(struct request *request, struct reply *reply, struct azb_error *err)
{
    return change_job(request, SHAPE_PUT, reply, err);
}
