/* Adding a task: what is acted on, defaults, the row, what it waits for. */
#include <inttypes.h>

#include "api/validate.h"
#include "base/error.h"
#include "base/time.h"
#include "batch/task.h"
#include "engine/command_line.h"
#include "engine/engine.h"

/* ---- What is not acted on ---- */

static const struct unsupported_property unsupported[] = {
    {"containerSettings", "Tasks run as processes, not in containers"},
    {"resourceFiles", "Files are not brought to the node by this service; let the command fetch "
                      "them"},
    {"outputFiles", "Files are not uploaded by this service; read them with the task file calls"},
    {"multiInstanceSettings", "Multi-instance tasks are not run by this service"},
    {"applicationPackageReferences", "Application packages are not brought to the node by this "
                                     "service"},
    {"authenticationTokenSettings", "Property authenticationTokenSettings is not enabled for "
                                    "current account: Batch has retired task tokens"},
    {NULL, NULL},
};

static bool check_user(const struct azb_user_identity *user, struct azb_error *err)
{
    if (!user)
        return true;
    if (user->username)
        return refuse_property(err, "UnsupportedProperty", "userIdentity.username", user->username,
            "Nodes have no named user accounts; use autoUser");
    if (!user->auto_user || user->auto_user->elevation_level.value != AZB_ELEVATION_LEVEL_ADMIN)
        return true;
    return refuse_property(err, "UnsupportedProperty", "userIdentity.autoUser.elevationLevel",
        "admin", "Tasks never run as administrator here; allowed is nonadmin");
}

static bool check_command_line(
    struct request *request, const struct azb_task *task, struct azb_error *err)
{
    struct azb_error reason = AZB_ERROR_INIT;
    char **arguments = NULL;
    size_t count = 0;

    if (command_line_split(
            text_of(task->command_line), &request->arena, &arguments, &count, &reason))
        return true;
    return refuse_property(
        err, "InvalidPropertyValue", "commandLine", task->command_line, reason.message);
}

static bool has_job_action(const struct azb_exit_options *options)
{
    return options && options->job_action.value != 0;
}

static bool conditions_act_on_job(const struct azb_exit_conditions *conditions)
{
    if (has_job_action(conditions->default_options) ||
        has_job_action(conditions->pre_processing_error) ||
        has_job_action(conditions->file_upload_error))
        return true;
    for (size_t i = 0; i < conditions->exit_codes.count; i++)
        if (has_job_action(conditions->exit_codes.items[i].exit_options))
            return true;
    for (size_t i = 0; i < conditions->exit_code_ranges.count; i++)
        if (has_job_action(conditions->exit_code_ranges.items[i].exit_options))
            return true;
    return false;
}

static bool check_against_job(
    const struct job_row *job, const struct azb_task *task, struct azb_error *err)
{
    if (task->depends_on && !job->uses_dependencies)
        return fail_status(err, 400, "TaskDependenciesNotSpecifiedOnJob",
            "The task has dependsOn, but its job was not created with usesTaskDependencies true.");
    if (!task->exit_conditions || job->performs_exit_options ||
        !conditions_act_on_job(task->exit_conditions))
        return true;
    return refuse_property(err, "InvalidPropertyValue", "exitConditions", NULL,
        "exitOptions.jobAction needs a job with onTaskFailure performexitoptionsjobaction");
}

static bool check_task(struct request *request, const struct job_row *job,
    const struct azb_task *task, struct azb_error *err)
{
    return api_validate(model_task(), SHAPE_CREATE, task, err) &&
           check_supported(model_task(), task, unsupported, "", err) &&
           check_settings(&task->environment_settings, "environmentSettings", err) &&
           check_user(task->user_identity, err) && check_command_line(request, task, err) &&
           check_against_job(job, task, err);
}

/* ---- Defaults (facts B.1) ---- */

int64_t task_wall_clock_ms(const struct azb_task_constraints *constraints)
{
    int64_t ticks = 0;

    if (!duration_parse(text_of(constraints->max_wall_clock_time), &ticks) ||
        strstr(constraints->max_wall_clock_time, "P10675199D"))
        return 0;
    return ticks / TICKS_PER_MS > 0 ? ticks / TICKS_PER_MS : 1;
}

void task_full_constraints(
    const struct job_row *job, const struct azb_task *task, struct azb_task_constraints *out)
{
    if (task->constraints)
        *out = *task->constraints;
    if (!out->max_wall_clock_time)
        out->max_wall_clock_time = DURATION_UNLIMITED_TEXT;
    if (!out->retention_time)
        out->retention_time = "P7D";
    if (!out->max_task_retry_count.set)
        out->max_task_retry_count = AZB_I32(job->max_retry);
}

static void fill_user(const struct azb_task *task, struct azb_user_identity *user,
    struct azb_auto_user_specification *automatic)
{
    if (task->user_identity && task->user_identity->auto_user)
        *automatic = *task->user_identity->auto_user;
    if (!automatic->scope.value)
        automatic->scope.value = AZB_AUTO_USER_SCOPE_POOL;
    if (!automatic->elevation_level.value)
        automatic->elevation_level.value = AZB_ELEVATION_LEVEL_NON_ADMIN;
    user->auto_user = automatic;
}

/* ---- The row ---- */

bool task_number(const char *id, int64_t *number)
{
    uint64_t value = 0;

    if ((id[0] == '0' && id[1]) || !text_to_u64(text_of(id), INT32_MAX, &value))
        return false;
    *number = (int64_t)value;
    return true;
}

static bool insert_row(struct request *request, const struct job_row *job,
    const struct azb_task *task, struct text document, struct azb_error *err)
{
    int64_t number = 0;
    scoped_statement struct statement s = statement(request->store,
        "INSERT INTO task (job, id, created, modified, state, state_time, ready, slots, max_retry,"
        " max_wall_clock, attempt, retry_count, requeue_count, number, doc)"
        " VALUES (?1, ?2, ?3, ?3, 1, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, ?8, ?9)");

    statement_bind_i64(&s, 1, job->row);
    statement_bind_string(&s, 2, task->id);
    statement_bind_i64(&s, 3, request->now);
    statement_bind_i64(&s, 4, task->depends_on == NULL);
    statement_bind_i64(&s, 5, task->required_slots.value);
    statement_bind_i64(&s, 6, task->constraints->max_task_retry_count.value);
    statement_bind_i64(&s, 7, task_wall_clock_ms(task->constraints));
    if (task_number(task->id, &number))
        statement_bind_i64(&s, 8, number);
    statement_bind_text(&s, 9, document);
    if (statement_run(&s, err))
        return true;
    if (err->kind == AZB_ERROR_CONFLICT)
        refuse_state(err, "TaskExists", "The specified task already exists.");
    return false;
}

static bool make_ready(struct request *request, int64_t task, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "UPDATE task SET ready = 1 WHERE row = ?1");

    statement_bind_i64(&s, 1, task);
    return statement_run(&s, err);
}

static bool insert_task(struct request *request, const struct job_row *job, struct azb_task *task,
    struct azb_error *err)
{
    struct azb_task kept = *task;
    struct text document = TEXT_NONE;
    int64_t row = 0;
    bool ready = false;

    kept.id = NULL;
    if (!document_write(request, model_task(), &kept, &document, err) ||
        !insert_row(request, job, task, document, err))
        return false;
    if (!task->depends_on)
        return true;
    row = store_last_row(request->store);
    if (!task_add_dependencies(request, job, row, task->depends_on, &ready, err))
        return false;
    return !ready || make_ready(request, row, err);
}

bool task_add(struct request *request, const struct job_row *job, struct azb_task *task,
    const char **url, struct azb_error *err)
{
    struct azb_task_constraints constraints = {0};
    struct azb_user_identity user = {0};
    struct azb_auto_user_specification automatic = {0};

    if (!check_task(request, job, task, err))
        return false;
    task_full_constraints(job, task, &constraints);
    fill_user(task, &user, &automatic);
    task->constraints = &constraints;
    task->user_identity = &user;
    if (!task->required_slots.set)
        task->required_slots = AZB_I32(1);
    if (!insert_task(request, job, task, err))
        return false;
    *url = arena_format(
        &request->arena, "%s/jobs/%s/tasks/%s", account_url(request), job->shown.id, task->id);
    return true;
}

bool serve_task_create(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct job_row job;
    const char *url = NULL;

    if (!job_find_open(request, &job, err) ||
        !task_add(request, &job, batch_call(request)->body, &url, err))
        return false;
    engine_changed(request->service, request->store);
    reply_created(request, reply, request->now, url);
    return true;
}
