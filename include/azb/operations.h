/*
 * azb/operations.h - the operations of the Batch API. Printed from api/operations.def
 * (./dev format does it, a test proves it fresh); do not edit.
 *
 * All calls are alike: `args` names what goes in (make it with AZB_ARGS of azb/batch.h; a
 * member that is 0 or NULL is absent), `reply` (AZB_REPLY_INIT at first, then used again
 * and again) takes what comes out and is freed with azb_reply_free(). False: err is set and
 * the reply holds nothing. Errors: ARGUMENT (a required member is missing), AUTHENTICATION,
 * PERMISSION, NOT_FOUND, CONFLICT, SERVICE (err.code has Batch's word), NETWORK, TIMEOUT,
 * CANCELLED, PROTOCOL, MEMORY.
 */
#ifndef AZB_OPERATIONS_H
#define AZB_OPERATIONS_H

#include <azb/entra.h>
#include <azb/error.h>
#include <azb/models.h>

#ifdef __cplusplus
extern "C" {
#ifdef __GNUC__ /* azb_task_list is a struct and a function, as stat is; -Wshadow minds */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#endif

struct azb_batch;
struct azb_reply;

/* What an answer holds; which member stands at each operation. */
union azb_value {
    const void *any;
    const struct azb_job_page *job_page;
    const struct azb_job *job;
    const struct azb_task_counts_result *task_counts_result;
    const struct azb_task_add_results *task_add_results;
    const struct azb_task_page *task_page;
    const struct azb_task *task;
    const struct azb_file_page *file_page;
    const struct azb_pool_page *pool_page;
    const struct azb_pool *pool;
    const struct azb_node_page *node_page;
    const struct azb_node *node;
    const struct azb_pool_node_counts_page *pool_node_counts_page;
    const struct azb_application_page *application_page;
    const struct azb_application *application;
    const struct azb_supported_image_page *supported_image_page;
};

/*
 * Adds a job.
 * POST /jobs
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 */
struct azb_job_create_args {
    size_t size;
    /* Required. The body. */
    const struct azb_job *job;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_job_create(struct azb_batch *batch,
    const struct azb_job_create_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Lists the jobs of the account.
 * GET /jobs
 * Needs Microsoft.Batch/batchAccounts/jobs/read (data action).
 * Fills reply->value.job_page; go on with azb_next_page().
 */
struct azb_job_list_args {
    size_t size;
    /* At most so many items a page, 1 to 1000. */
    int64_t max_results;
    /* An OData filter. */
    const char *filter;
    /* The members to answer, separated by commas. */
    const char *select;
    /* stats: add the statistics. */
    const char *expand;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_job_list(struct azb_batch *batch,
    const struct azb_job_list_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Reads one job.
 * GET /jobs/{jobId}
 * Needs Microsoft.Batch/batchAccounts/jobs/read (data action).
 * Fills reply->value.job.
 */
struct azb_job_get_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* The members to answer, separated by commas. */
    const char *select;
    /* stats: add the statistics. */
    const char *expand;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_job_get(struct azb_batch *batch,
    const struct azb_job_get_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Changes the given properties of a job.
 * PATCH /jobs/{jobId}
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 */
struct azb_job_patch_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The body. */
    const struct azb_job *job;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_job_patch(struct azb_batch *batch,
    const struct azb_job_patch_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Replaces all changeable properties of a job; what is not given goes back to its default.
 * PUT /jobs/{jobId}
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 */
struct azb_job_update_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The body. */
    const struct azb_job *job;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_job_update(struct azb_batch *batch,
    const struct azb_job_update_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Deletes a job with its tasks and their files.
 * DELETE /jobs/{jobId}
 * Needs Microsoft.Batch/batchAccounts/jobs/delete (data action).
 */
struct azb_job_delete_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* 1: true: do not wait for nodes and running tasks. */
    int64_t force;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_job_delete(struct azb_batch *batch,
    const struct azb_job_delete_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Ends a job: running tasks are stopped, no other starts.
 * POST /jobs/{jobId}/terminate
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 */
struct azb_job_terminate_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* May be NULL. The body. */
    const struct azb_job_terminate_options *job_terminate_options;
    /* 1: true: do not wait for nodes and running tasks. */
    int64_t force;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_job_terminate(struct azb_batch *batch,
    const struct azb_job_terminate_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Stops a job from starting tasks.
 * POST /jobs/{jobId}/disable
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 */
struct azb_job_disable_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The body. */
    const struct azb_job_disable_options *job_disable_options;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_job_disable(struct azb_batch *batch,
    const struct azb_job_disable_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Lets a disabled job start tasks again.
 * POST /jobs/{jobId}/enable
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 */
struct azb_job_enable_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_job_enable(struct azb_batch *batch,
    const struct azb_job_enable_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Counts the tasks of a job by state.
 * GET /jobs/{jobId}/taskcounts
 * Needs Microsoft.Batch/batchAccounts/jobs/read (data action).
 * Fills reply->value.task_counts_result.
 */
struct azb_job_task_counts_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_job_task_counts(struct azb_batch *batch,
    const struct azb_job_task_counts_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Adds a task to a job.
 * POST /jobs/{jobId}/tasks
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 */
struct azb_task_create_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The body. */
    const struct azb_task *task;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_task_create(struct azb_batch *batch,
    const struct azb_task_create_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Adds up to 100 tasks to a job; the answer says for each whether it was added.
 * POST /jobs/{jobId}/addtaskcollection
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 * Fills reply->value.task_add_results.
 */
struct azb_task_create_collection_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The body. */
    const struct azb_task_group *task_group;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_task_create_collection(struct azb_batch *batch,
    const struct azb_task_create_collection_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Lists the tasks of a job.
 * GET /jobs/{jobId}/tasks
 * Needs Microsoft.Batch/batchAccounts/jobs/read (data action).
 * Fills reply->value.task_page; go on with azb_next_page().
 */
struct azb_task_list_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* At most so many items a page, 1 to 1000. */
    int64_t max_results;
    /* An OData filter. */
    const char *filter;
    /* The members to answer, separated by commas. */
    const char *select;
    /* stats: add the statistics. */
    const char *expand;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_task_list(struct azb_batch *batch,
    const struct azb_task_list_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Reads one task.
 * GET /jobs/{jobId}/tasks/{taskId}
 * Needs Microsoft.Batch/batchAccounts/jobs/read (data action).
 * Fills reply->value.task.
 */
struct azb_task_get_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The task. */
    const char *task_id;
    /* The members to answer, separated by commas. */
    const char *select;
    /* stats: add the statistics. */
    const char *expand;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_task_get(struct azb_batch *batch,
    const struct azb_task_get_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Replaces the constraints of a task.
 * PUT /jobs/{jobId}/tasks/{taskId}
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 */
struct azb_task_update_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The task. */
    const char *task_id;
    /* Required. The body. */
    const struct azb_task *task;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_task_update(struct azb_batch *batch,
    const struct azb_task_update_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Deletes a task with its files.
 * DELETE /jobs/{jobId}/tasks/{taskId}
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 */
struct azb_task_delete_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The task. */
    const char *task_id;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_task_delete(struct azb_batch *batch,
    const struct azb_task_delete_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Ends a task.
 * POST /jobs/{jobId}/tasks/{taskId}/terminate
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 */
struct azb_task_terminate_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The task. */
    const char *task_id;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_task_terminate(struct azb_batch *batch,
    const struct azb_task_terminate_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Runs a failed or ended task again.
 * POST /jobs/{jobId}/tasks/{taskId}/reactivate
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 */
struct azb_task_reactivate_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The task. */
    const char *task_id;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_task_reactivate(struct azb_batch *batch,
    const struct azb_task_reactivate_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Lists the files of a task.
 * GET /jobs/{jobId}/tasks/{taskId}/files
 * Needs Microsoft.Batch/batchAccounts/jobs/read (data action).
 * Fills reply->value.file_page; go on with azb_next_page().
 */
struct azb_task_file_list_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The task. */
    const char *task_id;
    /* At most so many items a page, 1 to 1000. */
    int64_t max_results;
    /* An OData filter. */
    const char *filter;
    /* 1: true: look into directories, or delete them with what is in them. */
    int64_t recursive;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_task_file_list(struct azb_batch *batch,
    const struct azb_task_file_list_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Reads a file of a task.
 * GET /jobs/{jobId}/tasks/{taskId}/files/{filePath}
 * Needs Microsoft.Batch/batchAccounts/jobs/read (data action).
 * Fills reply->file and reply->bytes.
 */
struct azb_task_file_get_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The task. */
    const char *task_id;
    /* Required. The file, as its list names it. */
    const char *file_path;
    /* bytes=FIRST-LAST; the answer is 200 all the same. */
    const char *range;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* Takes the bytes as they arrive instead of reply.bytes; false stops the transfer. */
    bool (*sink)(void *context, const void *bytes, size_t length);
    void *sink_context;
    /* All tries together; 0 is a minute, or with a sink as long as bytes arrive. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_task_file_get(struct azb_batch *batch,
    const struct azb_task_file_get_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Reads the properties of a file of a task.
 * HEAD /jobs/{jobId}/tasks/{taskId}/files/{filePath}
 * Needs Microsoft.Batch/batchAccounts/jobs/read (data action).
 * Fills reply->file.
 */
struct azb_task_file_properties_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The task. */
    const char *task_id;
    /* Required. The file, as its list names it. */
    const char *file_path;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_task_file_properties(struct azb_batch *batch,
    const struct azb_task_file_properties_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Deletes a file of a task.
 * DELETE /jobs/{jobId}/tasks/{taskId}/files/{filePath}
 * Needs Microsoft.Batch/batchAccounts/jobs/write (data action).
 */
struct azb_task_file_delete_args {
    size_t size;
    /* Required. The job. */
    const char *job_id;
    /* Required. The task. */
    const char *task_id;
    /* Required. The file, as its list names it. */
    const char *file_path;
    /* 1: true: look into directories, or delete them with what is in them. */
    int64_t recursive;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_task_file_delete(struct azb_batch *batch,
    const struct azb_task_file_delete_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Adds a pool.
 * POST /pools
 * Needs Microsoft.Batch/batchAccounts/pools/write (action).
 */
struct azb_pool_create_args {
    size_t size;
    /* Required. The body. */
    const struct azb_pool *pool;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_pool_create(struct azb_batch *batch,
    const struct azb_pool_create_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Lists the pools of the account.
 * GET /pools
 * Needs Microsoft.Batch/batchAccounts/pools/read (action).
 * Fills reply->value.pool_page; go on with azb_next_page().
 */
struct azb_pool_list_args {
    size_t size;
    /* At most so many items a page, 1 to 1000. */
    int64_t max_results;
    /* An OData filter. */
    const char *filter;
    /* The members to answer, separated by commas. */
    const char *select;
    /* stats: add the statistics. */
    const char *expand;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_pool_list(struct azb_batch *batch,
    const struct azb_pool_list_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Reads one pool.
 * GET /pools/{poolId}
 * Needs Microsoft.Batch/batchAccounts/pools/read (action).
 * Fills reply->value.pool.
 */
struct azb_pool_get_args {
    size_t size;
    /* Required. The pool. */
    const char *pool_id;
    /* The members to answer, separated by commas. */
    const char *select;
    /* stats: add the statistics. */
    const char *expand;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_pool_get(struct azb_batch *batch,
    const struct azb_pool_get_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Asks whether a pool exists: 200 or 404.
 * HEAD /pools/{poolId}
 * Needs Microsoft.Batch/batchAccounts/pools/read (action).
 */
struct azb_pool_exists_args {
    size_t size;
    /* Required. The pool. */
    const char *pool_id;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_pool_exists(struct azb_batch *batch,
    const struct azb_pool_exists_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Changes the given properties of a pool.
 * PATCH /pools/{poolId}
 * Needs Microsoft.Batch/batchAccounts/pools/write (action).
 */
struct azb_pool_patch_args {
    size_t size;
    /* Required. The pool. */
    const char *pool_id;
    /* Required. The body. */
    const struct azb_pool *pool;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_pool_patch(struct azb_batch *batch,
    const struct azb_pool_patch_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Deletes a pool and its nodes.
 * DELETE /pools/{poolId}
 * Needs Microsoft.Batch/batchAccounts/pools/delete (action).
 */
struct azb_pool_delete_args {
    size_t size;
    /* Required. The pool. */
    const char *pool_id;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_pool_delete(struct azb_batch *batch,
    const struct azb_pool_delete_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Changes the number of nodes of a pool.
 * POST /pools/{poolId}/resize
 * Needs Microsoft.Batch/batchAccounts/pools/write (action).
 */
struct azb_pool_resize_args {
    size_t size;
    /* Required. The pool. */
    const char *pool_id;
    /* Required. The body. */
    const struct azb_pool_resize_options *pool_resize_options;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_pool_resize(struct azb_batch *batch,
    const struct azb_pool_resize_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Stops a resize where it is.
 * POST /pools/{poolId}/stopresize
 * Needs Microsoft.Batch/batchAccounts/pools/write (action).
 */
struct azb_pool_stop_resize_args {
    size_t size;
    /* Required. The pool. */
    const char *pool_id;
    /* Only if the ETag is this one. */
    const char *if_match;
    /* Only if the ETag is another one. */
    const char *if_none_match;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_pool_stop_resize(struct azb_batch *batch,
    const struct azb_pool_stop_resize_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Lists the nodes of a pool.
 * GET /pools/{poolId}/nodes
 * Needs Microsoft.Batch/batchAccounts/pools/read (action).
 * Fills reply->value.node_page; go on with azb_next_page().
 */
struct azb_node_list_args {
    size_t size;
    /* Required. The pool. */
    const char *pool_id;
    /* At most so many items a page, 1 to 1000. */
    int64_t max_results;
    /* An OData filter. */
    const char *filter;
    /* The members to answer, separated by commas. */
    const char *select;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_node_list(struct azb_batch *batch,
    const struct azb_node_list_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Reads one node.
 * GET /pools/{poolId}/nodes/{nodeId}
 * Needs Microsoft.Batch/batchAccounts/pools/read (action).
 * Fills reply->value.node.
 */
struct azb_node_get_args {
    size_t size;
    /* Required. The pool. */
    const char *pool_id;
    /* Required. The node. */
    const char *node_id;
    /* The members to answer, separated by commas. */
    const char *select;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_node_get(struct azb_batch *batch,
    const struct azb_node_get_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Lists the files of a node.
 * GET /pools/{poolId}/nodes/{nodeId}/files
 * Needs Microsoft.Batch/batchAccounts/pools/read (action).
 * Fills reply->value.file_page; go on with azb_next_page().
 */
struct azb_node_file_list_args {
    size_t size;
    /* Required. The pool. */
    const char *pool_id;
    /* Required. The node. */
    const char *node_id;
    /* At most so many items a page, 1 to 1000. */
    int64_t max_results;
    /* An OData filter. */
    const char *filter;
    /* 1: true: look into directories, or delete them with what is in them. */
    int64_t recursive;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_node_file_list(struct azb_batch *batch,
    const struct azb_node_file_list_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Reads a file of a node.
 * GET /pools/{poolId}/nodes/{nodeId}/files/{filePath}
 * Needs Microsoft.Batch/batchAccounts/pools/read (action).
 * Fills reply->file and reply->bytes.
 */
struct azb_node_file_get_args {
    size_t size;
    /* Required. The pool. */
    const char *pool_id;
    /* Required. The node. */
    const char *node_id;
    /* Required. The file, as its list names it. */
    const char *file_path;
    /* bytes=FIRST-LAST; the answer is 200 all the same. */
    const char *range;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* Takes the bytes as they arrive instead of reply.bytes; false stops the transfer. */
    bool (*sink)(void *context, const void *bytes, size_t length);
    void *sink_context;
    /* All tries together; 0 is a minute, or with a sink as long as bytes arrive. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_node_file_get(struct azb_batch *batch,
    const struct azb_node_file_get_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Reads the properties of a file of a node.
 * HEAD /pools/{poolId}/nodes/{nodeId}/files/{filePath}
 * Needs Microsoft.Batch/batchAccounts/pools/read (action).
 * Fills reply->file.
 */
struct azb_node_file_properties_args {
    size_t size;
    /* Required. The pool. */
    const char *pool_id;
    /* Required. The node. */
    const char *node_id;
    /* Required. The file, as its list names it. */
    const char *file_path;
    /* An HTTP date. */
    const char *if_modified_since;
    /* An HTTP date. */
    const char *if_unmodified_since;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_node_file_properties(struct azb_batch *batch,
    const struct azb_node_file_properties_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Counts the nodes of each pool by state.
 * GET /nodecounts
 * Needs Microsoft.Batch/batchAccounts/pools/read (action).
 * Fills reply->value.pool_node_counts_page; go on with azb_next_page().
 */
struct azb_pool_node_counts_args {
    size_t size;
    /* At most so many items a page, 1 to 1000. */
    int64_t max_results;
    /* An OData filter. */
    const char *filter;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_pool_node_counts(struct azb_batch *batch,
    const struct azb_pool_node_counts_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Lists the applications of the account.
 * GET /applications
 * Needs Microsoft.Batch/batchAccounts/applications/read (action).
 * Fills reply->value.application_page; go on with azb_next_page().
 */
struct azb_application_list_args {
    size_t size;
    /* At most so many items a page, 1 to 1000. */
    int64_t max_results;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_application_list(struct azb_batch *batch,
    const struct azb_application_list_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Reads one application.
 * GET /applications/{applicationId}
 * Needs Microsoft.Batch/batchAccounts/applications/read (action).
 * Fills reply->value.application.
 */
struct azb_application_get_args {
    size_t size;
    /* Required. The application. */
    const char *application_id;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_application_get(struct azb_batch *batch,
    const struct azb_application_get_args *args, struct azb_reply *reply, struct azb_error *err);

/*
 * Lists the machine images that a pool may use.
 * GET /supportedimages
 * Needs Microsoft.Batch/batchAccounts/read (action).
 * Fills reply->value.supported_image_page; go on with azb_next_page().
 */
struct azb_supported_images_args {
    size_t size;
    /* At most so many items a page, 1 to 1000. */
    int64_t max_results;
    /* An OData filter. */
    const char *filter;
    /* All tries together; 0 is a minute. */
    int64_t timeout_ms;
    /* NULL, or ends the call when true. */
    const azb_cancel_flag *cancel;
    int64_t reserved;
};
AZB_API AZB_MUST_CHECK bool azb_supported_images(struct azb_batch *batch,
    const struct azb_supported_images_args *args, struct azb_reply *reply, struct azb_error *err);

#ifdef __cplusplus
#ifdef __GNUC__
#pragma GCC diagnostic pop
#endif
}
#endif
#endif
