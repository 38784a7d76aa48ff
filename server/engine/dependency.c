/* A task has succeeded: what waited for it alone becomes ready. */
#include "base/error.h"
#include "base/text.h"
#include "engine/pass.h"

static bool make_ready(struct pass *pass, int64_t task)
{
    return pass_run(pass,
        "UPDATE task SET ready = 1 WHERE row = ?1 AND state = 1 AND NOT EXISTS"
        " (SELECT 1 FROM dependency WHERE dependency.task = ?1)",
        task);
}

/* Takes a wait away and looks whether it was the task's last. */
static bool end_wait(struct pass *pass, int64_t wait, int64_t task)
{
    return pass_run(pass, "DELETE FROM dependency WHERE row = ?1", wait) && make_ready(pass, task);
}

static bool satisfy_id(struct pass *pass, int64_t job, const char *id)
{
    bool found = false;
    scoped_statement struct statement s =
        statement(pass->store, "SELECT row, task FROM dependency WHERE job = ?1 AND on_id = ?2");

    statement_bind_i64(&s, 1, job);
    statement_bind_string(&s, 2, id);
    while (statement_step(&s, &found, pass->err)) {
        if (!found)
            return true;
        if (!end_wait(pass, statement_i64(&s, 0), statement_i64(&s, 1)))
            return false;
    }
    return false;
}

static bool satisfy_one_of_range(struct pass *pass, struct statement *s)
{
    if (statement_i64(s, 2) <= 1)
        return end_wait(pass, statement_i64(s, 0), statement_i64(s, 1));
    return pass_run(pass, "UPDATE dependency SET remaining = remaining - 1 WHERE row = ?1",
        statement_i64(s, 0));
}

static bool satisfy_ranges(struct pass *pass, int64_t job, uint64_t number)
{
    bool found = false;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT row, task, remaining FROM dependency WHERE job = ?1 AND low IS NOT NULL"
        " AND low <= ?2 AND high >= ?2");

    statement_bind_i64(&s, 1, job);
    statement_bind_i64(&s, 2, (int64_t)number);
    while (statement_step(&s, &found, pass->err)) {
        if (!found)
            return true;
        if (!satisfy_one_of_range(pass, &s))
            return false;
    }
    return false;
}

static bool is_number(const char *id, uint64_t *number)
{
    return (id[0] != '0' || !id[1]) && text_to_u64(text_of(id), INT32_MAX, number);
}

bool pass_satisfy(struct pass *pass, int64_t job, const char *task_id)
{
    uint64_t number = 0;

    return satisfy_id(pass, job, task_id) &&
           (!is_number(task_id, &number) || satisfy_ranges(pass, job, number));
}
