/* What a task waits for: the success of other tasks of its job, by id or by range of numbers. */
#include "base/error.h"
#include "batch/task.h"

static bool insert_wait(struct request *request, const struct job_row *job, int64_t task,
    const char *on_id, const struct azb_task_id_range *range, int64_t remaining,
    struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(request->store, "INSERT INTO dependency (job, task, on_id, low, high, remaining)"
                                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

    statement_bind_i64(&s, 1, job->row);
    statement_bind_i64(&s, 2, task);
    if (on_id)
        statement_bind_string(&s, 3, on_id);
    if (range) {
        statement_bind_i64(&s, 4, range->start.value);
        statement_bind_i64(&s, 5, range->end.value);
    }
    statement_bind_i64(&s, 6, remaining);
    return statement_run(&s, err);
}

static bool is_satisfied(struct request *request, const struct job_row *job, const char *id,
    bool *satisfied, struct azb_error *err)
{
    scoped_statement struct statement s = statement(
        request->store, "SELECT 1 FROM task WHERE job = ?1 AND id = ?2 AND satisfied = 1");

    statement_bind_i64(&s, 1, job->row);
    statement_bind_string(&s, 2, id);
    return statement_step(&s, satisfied, err);
}

static bool count_satisfied(struct request *request, const struct job_row *job,
    const struct azb_task_id_range *range, int64_t *count, struct azb_error *err)
{
    bool found = false;
    scoped_statement struct statement s = statement(request->store,
        "SELECT count(*) FROM task WHERE job = ?1 AND number BETWEEN ?2 AND ?3 AND satisfied = 1");

    statement_bind_i64(&s, 1, job->row);
    statement_bind_i64(&s, 2, range->start.value);
    statement_bind_i64(&s, 3, range->end.value);
    if (!statement_step(&s, &found, err))
        return false;
    *count = found ? statement_i64(&s, 0) : 0;
    return true;
}

static bool add_ids(struct request *request, const struct job_row *job, int64_t task,
    const struct azb_string_list *ids, bool *ready, struct azb_error *err)
{
    for (size_t i = 0; i < ids->count; i++) {
        bool satisfied = false;

        if (!is_satisfied(request, job, ids->items[i], &satisfied, err))
            return false;
        if (satisfied)
            continue;
        *ready = false;
        if (!insert_wait(request, job, task, ids->items[i], NULL, 1, err))
            return false;
    }
    return true;
}

static bool add_ranges(struct request *request, const struct job_row *job, int64_t task,
    const struct azb_task_id_range_list *ranges, bool *ready, struct azb_error *err)
{
    for (size_t i = 0; i < ranges->count; i++) {
        const struct azb_task_id_range *range = &ranges->items[i];
        int64_t satisfied = 0, remaining = (int64_t)range->end.value - range->start.value + 1;

        if (!count_satisfied(request, job, range, &satisfied, err))
            return false;
        remaining -= satisfied;
        if (remaining <= 0)
            continue;
        *ready = false;
        if (!insert_wait(request, job, task, NULL, range, remaining, err))
            return false;
    }
    return true;
}

bool task_add_dependencies(struct request *request, const struct job_row *job, int64_t task,
    const struct azb_task_dependencies *depends_on, bool *ready, struct azb_error *err)
{
    *ready = true;
    return add_ids(request, job, task, &depends_on->task_ids, ready, err) &&
           add_ranges(request, job, task, &depends_on->task_id_ranges, ready, err);
}
