/* Which task runs where and when: priority, parallelism, slots, spread and pack, leaving nodes. */
#include "made_batch.h"

#define POOL(id, nodes, slots, fill)                                                               \
    "{\"id\":\"" id "\",\"vmSize\":\"s\",\"targetDedicatedNodes\":" nodes                          \
    ",\"taskSlotsPerNode\":" slots ",\"taskSchedulingPolicy\":{\"nodeFillType\":\"" fill           \
    "\"},\"virtualMachineConfiguration\":{\"imageReference\":{\"publisher\":\"debian\",\"offer\":" \
    "\"debian-12\",\"sku\":\"12\"},\"nodeAgentSKUId\":\"batch.node.debian 12\"}}"
#define JOB(id, pool, more) "{\"id\":\"" id "\",\"poolInfo\":{\"poolId\":\"" pool "\"}" more "}"
#define ACTIVE "\"state\":\"active\""
#define RUNNING "\"state\":\"running\""

static void priority_goes_first(void **state)
{
    static const struct step steps[] = {
        {"pool", "POST", "/pools", POOL("prio", "1", "1", "Spread"), 201},
        {"low", "POST", "/jobs", JOB("low", "prio", ",\"priority\":-5"), 201},
        {"high", "POST", "/jobs", JOB("high", "prio", ",\"priority\":5"), 201},
        {"low task, older", "POST", "/jobs/low/tasks", TASK_BODY("l", ""), 201},
        {"high task", "POST", "/jobs/high/tasks", TASK_BODY("h", ""), 201},
        {"", "PASS"},
        {"high runs", "GET", "/jobs/high/tasks/h", NULL, 200, RUNNING},
        {"low waits", "GET", "/jobs/low/tasks/l", NULL, 200, ACTIVE},
        {"", "END", "h", NULL, 0},
        {"low runs", "GET", "/jobs/low/tasks/l", NULL, 200, RUNNING},
        {"", "END", "l", NULL, 0},
    };

    (void)state;
    PLAY(steps);
}

static void parallelism_is_kept(void **state)
{
    static const struct step steps[] = {
        {"pool", "POST", "/pools", POOL("par", "1", "4", "Spread"), 201},
        {"job", "POST", "/jobs", JOB("par", "par", ",\"maxParallelTasks\":1"), 201},
        {"1", "POST", "/jobs/par/tasks", TASK_BODY("a", ""), 201},
        {"2", "POST", "/jobs/par/tasks", TASK_BODY("b", ""), 201},
        {"", "PASS"},
        {"a runs", "GET", "/jobs/par/tasks/a", NULL, 200, RUNNING},
        {"b waits", "GET", "/jobs/par/tasks/b", NULL, 200, ACTIVE},
        {"", "END", "a", NULL, 0},
        {"b runs", "GET", "/jobs/par/tasks/b", NULL, 200, RUNNING},
        {"", "END", "b", NULL, 0},
    };

    (void)state;
    PLAY(steps);
}

static void slots_are_kept(void **state)
{
    static const struct step steps[] = {
        {"pool", "POST", "/pools", POOL("slots", "1", "3", "Spread"), 201},
        {"job", "POST", "/jobs", JOB("slots", "slots", ""), 201},
        {"wide", "POST", "/jobs/slots/tasks", TASK_BODY("w", ",\"requiredSlots\":2"), 201},
        {"wide again", "POST", "/jobs/slots/tasks", TASK_BODY("v", ",\"requiredSlots\":2"), 201},
        {"narrow", "POST", "/jobs/slots/tasks", TASK_BODY("n", ""), 201},
        {"", "PASS"},
        {"w runs", "GET", "/jobs/slots/tasks/w", NULL, 200, RUNNING},
        {"v does not fit", "GET", "/jobs/slots/tasks/v", NULL, 200, ACTIVE},
        {"n fits beside", "GET", "/jobs/slots/tasks/n", NULL, 200, RUNNING},
        {"slots in use", "GET", "/pools/slots/nodes", NULL, 200, "\"runningTaskSlotsCount\":3"},
        {"", "END", "w", NULL, 0},
        {"", "END", "n", NULL, 0},
        {"v runs", "GET", "/jobs/slots/tasks/v", NULL, 200, RUNNING},
        {"", "END", "v", NULL, 0},
    };

    (void)state;
    PLAY(steps);
}

/* Tasks that fit no node leave the slots to those behind them. */
static void wide_tasks_hide_nobody(void **state)
{
    static const struct step steps[] = {
        {"pool", "POST", "/pools", POOL("hide", "1", "1", "Spread"), 201},
        {"job", "POST", "/jobs", JOB("hide", "hide", ""), 201},
        {"wide", "POST", "/jobs/hide/tasks", TASK_BODY("w1", ",\"requiredSlots\":2"), 201},
        {"wide again", "POST", "/jobs/hide/tasks", TASK_BODY("w2", ",\"requiredSlots\":2"), 201},
        {"narrow", "POST", "/jobs/hide/tasks", TASK_BODY("nn", ""), 201},
        {"", "PASS"},
        {"narrow runs", "GET", "/jobs/hide/tasks/nn", NULL, 200, RUNNING},
        {"wide waits", "GET", "/jobs/hide/tasks/w1", NULL, 200, ACTIVE},
        {"", "END", "nn", NULL, 0},
    };

    (void)state;
    PLAY(steps);
}

/* A task that takes its supervisor with it each time does not run for ever. */
static void lost_runs_have_an_end(void **state)
{
    static const struct step steps[] = {
        {"pool", "POST", "/pools", POOL("lost", "1", "1", "Spread"), 201},
        {"job", "POST", "/jobs", JOB("lost", "lost", ""), 201},
        {"task", "POST", "/jobs/lost/tasks", TASK_BODY("lo", ""), 201},
        {"", "PASS"},
    };
    static const struct step again[] = {
        {"runs again", "GET", "/jobs/lost/tasks/lo", NULL, 200, RUNNING}};
    static const struct step after[] = {
        {"completed", "GET", "/jobs/lost/tasks/lo", NULL, 200, "\"code\":\"Unknown\""},
        {"tries", "GET", "/jobs/lost/tasks/lo", NULL, 200, "\"requeueCount\":10"},
    };

    (void)state;
    PLAY(steps);
    for (int i = 0; i < 10; i++) {
        end_task("lo", ENGINE_LOST, 0);
        PLAY(again);
    }
    end_task("lo", ENGINE_LOST, 0);
    PLAY(after);
}

/* Settings that together would not fit a task's environment are refused, not met when it starts. */
static void settings_are_limited(void **state)
{
    static char body[64 * 1024];
    struct step step = {"too many", "POST", "/jobs", body, 400, "commonEnvironmentSettings"};
    size_t length = (size_t)snprintf(body, sizeof(body),
        "{\"id\":\"many\",\"poolInfo\":{\"poolId\":\"p\"},\"commonEnvironmentSettings\":[");

    (void)state;
    for (int i = 0; i < ENVIRONMENT_SETTINGS_MAX; i++)
        length += (size_t)snprintf(
            body + length, sizeof(body) - length, "{\"name\":\"N%d\",\"value\":\"\"},", i);
    snprintf(body + length, sizeof(body) - length, "{\"name\":\"N\",\"value\":\"\"}]}");
    play(&step, 1);
}

static void nodes_are_filled(void **state)
{
    static const struct step steps[] = {
        {"spread", "POST", "/pools", POOL("spread", "2", "2", "Spread"), 201},
        {"pack", "POST", "/pools", POOL("pack", "2", "2", "Pack"), 201},
        {"job", "POST", "/jobs", JOB("spread", "spread", ""), 201},
        {"job", "POST", "/jobs", JOB("pack", "pack", ""), 201},
        {"", "PASS"},
        {"tasks", "POST", "/jobs/spread/addtaskcollection",
            "{\"value\":[" TASK_BODY("s1", "") "," TASK_BODY("s2", "") "]}", 200},
        {"tasks", "POST", "/jobs/pack/addtaskcollection",
            "{\"value\":[" TASK_BODY("p1", "") "," TASK_BODY("p2", "") "]}", 200},
        {"", "PASS"},
        {"none idle", "GET", "/nodecounts?$filter=poolId%20eq%20'spread'", NULL, 200,
            "\"running\":2"},
        {"one idle", "GET", "/nodecounts?$filter=poolId%20eq%20'pack'", NULL, 200, "\"idle\":1"},
    };

    (void)state;
    PLAY(steps);
}

static void leaving_nodes_requeue(void **state)
{
    static const struct step steps[] = {
        {"pool", "POST", "/pools", POOL("leave", "1", "1", "Spread"), 201},
        {"job", "POST", "/jobs", JOB("leave", "leave", ""), 201},
        {"task", "POST", "/jobs/leave/tasks", TASK_BODY("gone", ""), 201},
        {"", "PASS"},
        {"shrink", "POST", "/pools/leave/resize", "{\"targetDedicatedNodes\":0}", 202},
        {"", "PASS"},
        {"waits for the run to end", "GET", "/pools/leave", NULL, 200, "\"resizing\""},
        {"leaving", "GET", "/pools/leave/nodes", NULL, 200, "\"leavingpool\""},
    };
    static const struct step after[] = {
        {"requeued", "GET", "/jobs/leave/tasks/gone", NULL, 200, "\"requeueCount\":1"},
        {"no node left", "GET", "/pools/leave/nodes", NULL, 200, "\"value\":[]"},
        {"steady", "GET", "/pools/leave", NULL, 200, "\"steady\""},
    };

    (void)state;
    PLAY(steps);
    end_task("gone", ENGINE_CANCELLED, 0);
    PLAY(after);
}

/* The same end told twice, or of an earlier attempt, changes nothing. */
static void stale_ends_are_ignored(void **state)
{
    static const struct step steps[] = {
        {"pool", "POST", "/pools", POOL("stale", "1", "1", "Spread"), 201},
        {"job", "POST", "/jobs", JOB("stale", "stale", ""), 201},
        {"task", "POST", "/jobs/stale/tasks",
            TASK_BODY("st", ",\"constraints\":{\"maxTaskRetryCount\":5}"), 201},
        {"", "PASS"},
        {"", "END", "st", NULL, 1},
        {"second attempt", "GET", "/jobs/stale/tasks/st", NULL, 200, "\"retryCount\":1"},
    };
    static const struct step after[] = {
        {"still the second", "GET", "/jobs/stale/tasks/st", NULL, 200, "\"retryCount\":1"}};
    struct run_of run = {.task = "st"};
    struct engine_event event = {.outcome = ENGINE_EXITED, .code = 1};

    (void)state;
    PLAY(steps);
    made_write(&service, find_run_work, &run);
    event.task = run.row;
    event.attempt = run.attempt - 1;
    run_passes(&event);
    PLAY(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(priority_goes_first),
        cmocka_unit_test(parallelism_is_kept),
        cmocka_unit_test(slots_are_kept),
        cmocka_unit_test(wide_tasks_hide_nobody),
        cmocka_unit_test(lost_runs_have_an_end),
        cmocka_unit_test(settings_are_limited),
        cmocka_unit_test(nodes_are_filled),
        cmocka_unit_test(leaving_nodes_requeue),
        cmocka_unit_test(stale_ends_are_ignored),
    };

    return cmocka_run_group_tests(tests, batch_start, batch_stop);
}
