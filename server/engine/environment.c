/*
 * The environment of a task: a sane PATH, HOME and TMPDIR, then what the job gives its tasks, then
 * the task's own settings, then AZ_BATCH_* (facts G), which nobody can set otherwise. A later value
 * of a name replaces an earlier one. Nothing of azbd's own environment is passed on.
 */
#include "base/error.h"
#include "base/json.h"
#include "engine/pass.h"

/* ENVIRONMENT_SETTINGS_MAX of the job, as many of the task, and our own. */
#define VARIABLES_MAX (2 * ENVIRONMENT_SETTINGS_MAX + 64)

struct variables {
    struct arena *arena;
    const char **items;
    size_t count;
    bool failed;
};

static bool has_name(const char *variable, struct text name)
{
    return strncmp(variable, name.at, name.length) == 0 && variable[name.length] == '=';
}

static void set_text(struct variables *v, struct text name, struct text value)
{
    char *variable = arena_format(v->arena, "%.*s=%.*s", TEXT_ARGS(name), TEXT_ARGS(value));
    size_t at = 0;

    if (name.length == 0)
        return;
    while (at < v->count && !has_name(v->items[at], name))
        at++;
    if (!variable || at == VARIABLES_MAX) {
        v->failed = true;
        return;
    }
    v->items[at] = variable;
    v->count += at == v->count;
}

static void set(struct variables *v, const char *name, const char *value)
{
    set_text(v, text_of(name), text_of(value));
}

static void set_all(struct variables *v, const struct json *settings)
{
    for (const struct json *item = settings ? settings->first : NULL; item; item = item->next)
        set_text(v, json_get_text(item, "name"), json_get_text(item, "value"));
}

static bool set_account(struct pass *pass, struct variables *v, int64_t account)
{
    bool found = false;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT name, CASE WHEN is_default THEN '' ELSE '/' || name || '.'"
        " || location || '.batch.azure.com' END FROM account WHERE row = ?1");

    statement_bind_i64(&s, 1, account);
    if (!statement_step(&s, &found, pass->err))
        return false;
    if (!found)
        return true;
    set(v, "AZ_BATCH_ACCOUNT_NAME", statement_string(&s, 0, v->arena));
    set(v, "AZ_BATCH_ACCOUNT_URL",
        arena_format(
            v->arena, "%s%.*s/", pass->in->service->base_url, TEXT_ARGS(statement_borrow(&s, 1))));
    return true;
}

static void set_folder(
    struct variables *v, const char *name, const char *parent, const char *folder)
{
    set(v, name, arena_format(v->arena, "%s/%s", parent, folder));
}

static void set_batch(struct variables *v, const struct placed_task *task)
{
    set(v, "AZ_BATCH_POOL_ID", task->pool_id);
    set(v, "AZ_BATCH_NODE_ID", task->node_id);
    set(v, "AZ_BATCH_NODE_IS_DEDICATED", task->dedicated ? "true" : "false");
    set(v, "AZ_BATCH_JOB_ID", task->job_id);
    set(v, "AZ_BATCH_TASK_ID", task->task_id);
    set(v, "AZ_BATCH_NODE_ROOT_DIR", task->node_directory);
    set_folder(v, "AZ_BATCH_NODE_SHARED_DIR", task->node_directory, "shared");
    set_folder(v, "AZ_BATCH_NODE_STARTUP_DIR", task->node_directory, "startup");
    set_folder(v, "AZ_BATCH_NODE_MOUNTS_DIR", task->node_directory, "fsmounts");
    set(v, "AZ_BATCH_TASK_DIR", task->directory);
    set_folder(v, "AZ_BATCH_TASK_WORKING_DIR", task->directory, "wd");
}

static void set_system(struct variables *v, const struct placed_task *task)
{
    set(v, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    set(v, "LANG", "C.UTF-8");
    set_folder(v, "HOME", task->directory, "wd");
    set_folder(v, "TMPDIR", task->node_directory, "volatile/tmp");
}

const char *const *pass_environment(struct pass *pass, const struct placed_task *task)
{
    struct variables v = {.arena = pass->arena};

    v.items = arena_array(pass->arena, VARIABLES_MAX + 1, sizeof(*v.items));
    if (!v.items) {
        fail_memory(pass->err);
        return NULL;
    }
    set_system(&v, task);
    set_all(&v, json_get(task->job, "commonEnvironmentSettings"));
    set_all(&v, json_get(task->task, "environmentSettings"));
    if (!set_account(pass, &v, task->account))
        return NULL;
    set_batch(&v, task);
    if (v.failed)
        fail(pass->err, AZB_ERROR_MEMORY, "a task has more than %d environment variables",
            VARIABLES_MAX);
    return v.failed ? NULL : v.items;
}
