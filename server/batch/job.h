/*
 * batch/job.h - a job as it is kept.
 */
#ifndef SERVER_BATCH_JOB_H
#define SERVER_BATCH_JOB_H

#include "batch/batch.h"

struct job_row {
    int64_t row;
    int64_t modified;
    int state; /* enum azb_job_state_value */
    int64_t state_time;
    bool uses_dependencies;
    int32_t max_retry;          /* of tasks that say nothing */
    bool performs_exit_options; /* onTaskFailure */
    const char *pool_id;
    struct azb_job shown; /* what the service moves: id, url, eTag, state, ..., executionInfo */
    struct azb_job_execution_info execution;
    struct text document; /* the rest */
};

/* The job of the request's first path variable. False: 404 JobNotFound. */
bool job_find(struct request *request, struct job_row *out, struct azb_error *err);
/* The same, for a change: 409 when it is completed, being terminated or being deleted. */
bool job_find_open(struct request *request, struct job_row *out, struct azb_error *err);

/* 400 or 409 when the job asks for what is not done here. `prefix` "" or "jobSpecification.". */
bool job_check_supported(const struct azb_job *job, struct azb_error *err);

#endif
