#include <poll.h>

#include "batch/client.h"

#include "base/error.h"

#define FIRST_PAUSE_MS 100
#define LONGEST_PAUSE_MS 5000
#define CANCEL_LOOK_MS 100
#define LOOK_MAX_MS HTTP_TIMEOUT_DEFAULT_MS

static bool all_completed(const struct azb_task_counts *counts)
{
    return counts->completed.value > 0 && counts->active.value == 0 && counts->running.value == 0;
}

/* Pauses, waking often enough to hear a cancel. False: cancelled or the time is up. */
static bool pause_for(
    const struct azb_wait_options *options, int64_t ms, int64_t until, struct azb_error *err)
{
    int64_t end = monotonic_ms() + ms;
    for (int64_t now = monotonic_ms(); now < end; now = monotonic_ms()) {
        if (options->cancel && atomic_load(options->cancel))
            return fail(err, AZB_ERROR_CANCELLED, "waiting for the tasks was cancelled");
        if (until && now >= until)
            return fail(err, AZB_ERROR_TIMEOUT, "the tasks were not all completed after %lld ms",
                (long long)options->timeout_ms);
        int64_t step = end - now < CANCEL_LOOK_MS ? end - now : CANCEL_LOOK_MS;
        (void)poll(NULL, 0, (int)step);
    }
    return true;
}

/* One look must not outlive the whole wait. */
static int64_t look_ms(int64_t until)
{
    int64_t left = until ? until - monotonic_ms() : LOOK_MAX_MS;
    return left < 1 ? 1 : left < LOOK_MAX_MS ? left : LOOK_MAX_MS;
}

bool azb_wait_for_tasks(struct azb_batch *batch, const char *job_id,
    const struct azb_wait_options *given, struct azb_reply *reply, struct azb_error *err)
{
    struct azb_wait_options options = AZB_WAIT_OPTIONS_INIT;
    if (given && given->size == 0)
        return fail(err, AZB_ERROR_ARGUMENT, "options are not made with AZB_WAIT_OPTIONS_INIT");
    if (given)
        memcpy(&options, given, given->size < sizeof options ? given->size : sizeof options);
    int64_t until = options.timeout_ms > 0 ? http_deadline_ms(options.timeout_ms) : 0;
    int64_t pause = options.poll_interval_ms ? options.poll_interval_ms : FIRST_PAUSE_MS;
    for (;;) {
        if (!azb_job_task_counts(batch,
                AZB_ARGS(job_task_counts, .job_id = job_id, .cancel = options.cancel,
                    .timeout_ms = look_ms(until)),
                reply, err))
            return false;
        const struct azb_task_counts *counts = reply->value.task_counts_result->task_counts;
        if (!counts)
            return fail(err, AZB_ERROR_PROTOCOL, "the answer to job_task_counts has no taskCounts");
        if (options.progress)
            options.progress(options.progress_context, counts);
        if (all_completed(counts))
            return true;
        if (!pause_for(&options, pause, until, err))
            return false;
        if (!options.poll_interval_ms && pause < LONGEST_PAUSE_MS)
            pause = pause * 2 < LONGEST_PAUSE_MS ? pause * 2 : LONGEST_PAUSE_MS;
    }
}
