/*
 * batch/task.h - a task as it is kept.
 */
#ifndef SERVER_BATCH_TASK_H
#define SERVER_BATCH_TASK_H

#include "batch/job.h"

struct task_row {
    int64_t row;
    int64_t modified;
    int state; /* enum azb_task_state_value */
    int64_t state_time;
    int64_t attempt;
    int result;            /* enum azb_execution_result_value; 0 before the end */
    const char *directory; /* below STATE/nodes; NULL when it never ran */
    struct azb_task shown; /* what the service moves */
    struct azb_task_execution_info execution;
    struct azb_task_failure_info failure;
    struct azb_name_value_pair details[2];
    struct azb_node_info node;
    struct text document;
};

/* The task of the request's two path variables, and its job. False: 404 JobNotFound, TaskNotFound.
 */
bool task_find(
    struct request *request, struct job_row *job, struct task_row *out, struct azb_error *err);

/*
 * Adds one task (decoded, not yet validated) to the job. *url is its address. False: a status of
 * 4xx is this task's own fault, and the store is unchanged; anything else is not.
 */
bool task_add(struct request *request, const struct job_row *job, struct azb_task *task,
    const char **url, struct azb_error *err);

/* Keeps what the task waits for; *ready: nothing. The job must use dependencies. */
bool task_add_dependencies(struct request *request, const struct job_row *job, int64_t task,
    const struct azb_task_dependencies *depends_on, bool *ready, struct azb_error *err);
/* The task's constraints with what it leaves open filled in. */
void task_full_constraints(
    const struct job_row *job, const struct azb_task *task, struct azb_task_constraints *out);
/* maxWallClockTime in milliseconds; 0: unlimited. */
int64_t task_wall_clock_ms(const struct azb_task_constraints *constraints);
/* An id that is a number without leading zeros; false: it is none. */
bool task_number(const char *id, int64_t *number);

#endif
