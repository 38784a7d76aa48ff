/* Up to 100 tasks in one request: each succeeds or fails alone. */
#include "base/error.h"
#include "base/time.h"
#include "batch/task.h"
#include "engine/engine.h"

#define COLLECTION_MAX 100

static bool check_count(const struct azb_task_group *group, struct azb_error *err)
{
    char count[24];

    if (group->value.count > 0 && group->value.count <= COLLECTION_MAX)
        return true;
    snprintf(count, sizeof(count), "%zu", group->value.count);
    return refuse_property(err, "InvalidPropertyValue", "value", count,
        "The number of tasks must be between 1 and 100");
}

static struct azb_batch_error_detail_list details_of(
    struct request *request, const struct azb_error *from)
{
    struct azb_batch_error_detail_list list = {NULL, 0};
    struct arena *arena = &request->arena;

    if (from->value_count > 0)
        list.items = arena_array(arena, from->value_count, sizeof(*list.items));
    for (size_t i = 0; list.items && i < from->value_count; i++) {
        list.items[i].key = arena_string(arena, from->values[i].key);
        list.items[i].value = arena_string(arena, from->values[i].value);
        list.count++;
    }
    return list;
}

static struct azb_batch_error *error_of(struct request *request, const struct azb_error *from)
{
    struct azb_batch_error *error = arena_alloc(&request->arena, sizeof(*error));
    struct azb_batch_error_message *message = arena_alloc(&request->arena, sizeof(*message));
    char now[TIME_TEXT_MAX];

    if (!error || !message)
        return NULL;
    time_iso8601(request->now, now);
    message->lang = "en-US";
    message->value = arena_format(
        &request->arena, "%s\nRequestId:%s\nTime:%s", from->message, request->request_id, now);
    error->code = arena_string(&request->arena, from->code);
    error->message = message;
    error->values = details_of(request, from);
    return error;
}

static void note_success(
    struct request *request, const char *url, struct azb_task_add_result *result)
{
    result->status.value = AZB_TASK_ADD_STATUS_SUCCESS;
    result->etag = etag_of(request, request->now);
    result->last_modified = iso_of(request, request->now);
    result->location = url;
}

static bool add_one(struct request *request, const struct job_row *job, struct azb_task *task,
    struct azb_task_add_result *result, struct azb_error *err)
{
    struct azb_error own = AZB_ERROR_INIT;
    const char *url = NULL;

    result->task_id = task->id ? task->id : "";
    if (task_add(request, job, task, &url, &own)) {
        note_success(request, url, result);
        return true;
    }
    if (own.http_status < 400 || own.http_status >= 500) {
        *err = own;
        return false;
    }
    result->status.value = AZB_TASK_ADD_STATUS_CLIENT_ERROR;
    result->error = error_of(request, &own);
    return true;
}

bool serve_task_create_collection(
    struct request *request, struct reply *reply, struct azb_error *err)
{
    const struct azb_task_group *group = batch_call(request)->body;
    struct azb_task_add_results results = {{NULL, group->value.count}};
    struct job_row job;

    if (!check_count(group, err) || !job_find_open(request, &job, err))
        return false;
    results.value.items =
        arena_array(&request->arena, group->value.count, sizeof(*results.value.items));
    if (!results.value.items)
        return fail_memory(err);
    for (size_t i = 0; i < group->value.count; i++)
        if (!add_one(request, &job, &group->value.items[i], &results.value.items[i], err))
            return false;
    engine_changed(request->service, request->store);
    return reply_model(request, model_task_add_results(), &results, reply, err);
}
