/* The files of a task: its directory stays where it ran until the task is deleted. */
#include "base/error.h"
#include "batch/file.h"
#include "batch/task.h"

static bool open_root(struct request *request, struct file_root *root, struct azb_error *err)
{
    struct job_row job;
    struct task_row task;
    const char *url = NULL;

    if (!task_find(request, &job, &task, err))
        return false;
    if (!task.directory)
        return refuse_state(
            err, "TaskFilesUnavailable", "The task has not run yet, so it has no files.");
    url = arena_format(&request->arena, "%s/files", task.shown.url);
    if (!url)
        return fail_memory(err);
    *root = file_root_open(request, task.directory, url);
    return true;
}

bool serve_task_file_list(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_file_root struct file_root root = {-1, NULL};

    return open_root(request, &root, err) && file_list(request, &root, reply, err);
}

bool serve_task_file_get(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_file_root struct file_root root = {-1, NULL};

    return open_root(request, &root, err) &&
           file_get(request, &root, request->values[2], reply, err);
}

bool serve_task_file_properties(struct request *request, struct reply *reply, struct azb_error *err)
{
    return serve_task_file_get(request, reply, err);
}

bool serve_task_file_delete(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_file_root struct file_root root = {-1, NULL};

    return open_root(request, &root, err) &&
           file_delete(request, &root, request->values[2], reply, err);
}
