/* Tasks through the Batch plane: life, retries, collections, dependencies, exit conditions. */
#include "made_batch.h"

static const struct step pool_steps[] = {
    {"pool", "POST", "/pools", POOL_BODY("p", "1"), 201},
    {"", "PASS"},
    {"steady", "GET", "/pools/p", NULL, 200, "\"allocationState\":\"steady\""},
};

static int start(void **state)
{
    batch_start(state);
    PLAY(pool_steps);
    return 0;
}

static void life(void **state)
{
    static const struct step steps[] = {
        {"job", "POST", "/jobs", JOB_BODY("L", ""), 201},
        {"create", "POST", "/jobs/L/tasks", TASK_BODY("T", ""), 201},
        {"same id in another case", "POST", "/jobs/L/tasks", TASK_BODY("t", ""), 409, "TaskExists"},
        {"active", "GET", "/jobs/L/tasks/t", NULL, 200, "\"state\":\"active\""},
        {"no files yet", "GET", "/jobs/L/tasks/T/files", NULL, 409, "TaskFilesUnavailable"},
        {"", "PASS"},
        {"running", "GET", "/jobs/L/tasks/T", NULL, 200, "\"state\":\"running\""},
        {"where", "GET", "/jobs/L/tasks/T", NULL, 200, "\"workitems/L/job-1/T\""},
        {"", "END", "T", NULL, 0},
        {"success", "GET", "/jobs/L/tasks/T", NULL, 200, "\"result\":\"success\""},
        {"terminate a completed one", "POST", "/jobs/L/tasks/T/terminate", NULL, 409,
            "TaskCompleted"},
        {"reactivate a success", "POST", "/jobs/L/tasks/T/reactivate", NULL, 409, "TaskSucceeded"},
        {"counts", "GET", "/jobs/L/taskcounts", NULL, 200, "\"succeeded\":1"},
        {"delete", "DELETE", "/jobs/L/tasks/T", NULL, 200},
        {"gone", "GET", "/jobs/L/tasks/T", NULL, 404, "TaskNotFound"},
        {"no job", "GET", "/jobs/none/tasks/T", NULL, 404, "JobNotFound"},
        {"delete the job", "DELETE", "/jobs/L", NULL, 202},
        {"", "PASS"},
    };

    (void)state;
    PLAY(steps);
}

static void deleted_while_running(void **state)
{
    static const struct step steps[] = {
        {"job", "POST", "/jobs", JOB_BODY("G", ""), 201},
        {"create", "POST", "/jobs/G/tasks", TASK_BODY("g", ""), 201},
        {"", "PASS"},
        {"running", "GET", "/jobs/G/tasks/g", NULL, 200, "\"state\":\"running\""},
        {"delete", "DELETE", "/jobs/G/tasks/g", NULL, 200},
        {"gone at once", "GET", "/jobs/G/tasks/g", NULL, 404, "TaskNotFound"},
        {"in the list too", "GET", "/jobs/G/tasks", NULL, 200, "\"value\":[]"},
        {"and in the counts", "GET", "/jobs/G/taskcounts", NULL, 200, "\"running\":0"},
        {"", "PASS"},
    };
    static const struct step after[] = {
        {"its id is free", "POST", "/jobs/G/tasks", TASK_BODY("g", ""), 201},
        {"delete the job", "DELETE", "/jobs/G", NULL, 202},
        {"", "PASS"},
    };

    (void)state;
    PLAY(steps);
    end_task("g", ENGINE_CANCELLED, 0);
    PLAY(after);
}

static void retries(void **state)
{
    static const struct step steps[] = {
        {"job", "POST", "/jobs", JOB_BODY("R", ",\"constraints\":{\"maxTaskRetryCount\":1}"), 201},
        {"create", "POST", "/jobs/R/tasks", TASK_BODY("again", ""), 201},
        {"", "PASS"},
        {"", "END", "again", NULL, 3},
        {"runs again", "GET", "/jobs/R/tasks/again", NULL, 200, "\"retryCount\":1"},
        {"", "END", "again", NULL, 3},
        {"failed", "GET", "/jobs/R/tasks/again", NULL, 200, "\"FailureExitCode\""},
        {"exit code", "GET", "/jobs/R/tasks/again", NULL, 200, "\"exitCode\":3"},
        {"reactivate", "POST", "/jobs/R/tasks/again/reactivate", NULL, 204},
        {"cleared", "GET", "/jobs/R/tasks/again", NULL, 200, "\"retryCount\":0"},
        {"terminate a waiting one", "POST", "/jobs/R/tasks/again/terminate", NULL, 204},
        {"ended", "GET", "/jobs/R/tasks/again", NULL, 200, "\"TaskEnded\""},
        {"delete the job", "DELETE", "/jobs/R", NULL, 202},
        {"", "PASS"},
    };

    (void)state;
    PLAY(steps);
}

static void dependencies(void **state)
{
    static const struct step steps[] = {
        {"job without", "POST", "/jobs", JOB_BODY("D0", ""), 201},
        {"refused", "POST", "/jobs/D0/tasks",
            TASK_BODY("x", ",\"dependsOn\":{\"taskIds\":[\"1\"]}"), 400,
            "TaskDependenciesNotSpecifiedOnJob"},
        {"job", "POST", "/jobs", JOB_BODY("D", ",\"usesTaskDependencies\":true"), 201},
        {"by id", "POST", "/jobs/D/tasks", TASK_BODY("id", ",\"dependsOn\":{\"taskIds\":[\"2\"]}"),
            201},
        {"by range", "POST", "/jobs/D/tasks",
            TASK_BODY("range", ",\"dependsOn\":{\"taskIdRanges\":[{\"start\":1,\"end\":2}]}"), 201},
        {"1", "POST", "/jobs/D/tasks", TASK_BODY("1", ""), 201},
        {"", "PASS"},
        {"only what waits for nothing", "GET", "/jobs/D/tasks/id", NULL, 200,
            "\"state\":\"active\""},
        {"", "END", "1", NULL, 0},
        {"half of the range", "GET", "/jobs/D/tasks/range", NULL, 200, "\"state\":\"active\""},
        {"2", "POST", "/jobs/D/tasks", TASK_BODY("2", ""), 201},
        {"", "PASS"},
        {"", "END", "2", NULL, 0},
        {"the id is satisfied", "GET", "/jobs/D/tasks/id", NULL, 200, "\"state\":\"running\""},
        {"", "END", "id", NULL, 0},
        {"the range is satisfied", "GET", "/jobs/D/tasks/range", NULL, 200,
            "\"state\":\"running\""},
        {"", "END", "range", NULL, 0},
        {"delete the job", "DELETE", "/jobs/D", NULL, 202},
        {"", "PASS"},
    };

    (void)state;
    PLAY(steps);
}

static void exit_conditions(void **state)
{
    static const struct step steps[] = {
        {"job without", "POST", "/jobs", JOB_BODY("X0", ""), 201},
        {"needs onTaskFailure", "POST", "/jobs/X0/tasks",
            TASK_BODY("x", ",\"exitConditions\":{\"default\":{\"jobAction\":\"disable\"}}"), 400,
            "performexitoptionsjobaction"},
        {"job", "POST", "/jobs",
            JOB_BODY("X", ",\"onTaskFailure\":\"performexitoptionsjobaction\""), 201},
        {"task", "POST", "/jobs/X/tasks",
            TASK_BODY("x",
                ",\"exitConditions\":{\"exitCodes\":[{\"code\":4,\"exitOptions\":{\"jobAction\":"
                "\"none\"}}],\"default\":{\"jobAction\":\"disable\"}}"),
            201},
        {"task", "POST", "/jobs/X/tasks",
            TASK_BODY("y", ",\"exitConditions\":{\"default\":{\"jobAction\":\"disable\"}}"), 201},
        {"", "PASS"},
        {"", "END", "x", NULL, 4},
        {"nothing is done", "GET", "/jobs/X", NULL, 200, "\"state\":\"active\""},
        {"", "END", "y", NULL, 5},
        {"disabled", "GET", "/jobs/X", NULL, 200, "\"state\":\"disabled\""},
        {"delete the job", "DELETE", "/jobs/X", NULL, 202},
        {"", "PASS"},
    };

    (void)state;
    PLAY(steps);
}

static void collections(void **state)
{
    static const struct step steps[] = {
        {"job", "POST", "/jobs", JOB_BODY("C", ""), 201},
        {"one good, one there, one bad", "POST", "/jobs/C/addtaskcollection",
            "{\"value\":[" TASK_BODY("a", "") "," TASK_BODY("A", "") ",{\"id\":\"b\"}]}", 200,
            "\"TaskExists\""},
        {"the bad one names its property", "POST", "/jobs/C/addtaskcollection",
            "{\"value\":[{\"id\":\"b\"}]}", 200, "\"value\":\"commandLine\""},
        {"only the good one is there", "GET", "/jobs/C/taskcounts", NULL, 200, "\"active\":1"},
        {"empty", "POST", "/jobs/C/addtaskcollection", "{\"value\":[]}", 400, "between 1 and 100"},
        {"not a task", "POST", "/jobs/C/addtaskcollection", "{\"value\":[5]}", 400, "value[0]"},
        {"no job", "POST", "/jobs/none/addtaskcollection", "{\"value\":[" TASK_BODY("a", "") "]}",
            404, "JobNotFound"},
        {"delete the job", "DELETE", "/jobs/C", NULL, 202},
        {"", "PASS"},
    };

    (void)state;
    PLAY(steps);
}

static void refused(void **state)
{
    static const struct step steps[] = {
        {"job", "POST", "/jobs", JOB_BODY("B", ""), 201},
        {"no command", "POST", "/jobs/B/tasks", "{\"id\":\"x\"}", 400, "commandLine"},
        {"open quote", "POST", "/jobs/B/tasks", "{\"id\":\"x\",\"commandLine\":\"echo 'a\"}", 400,
            "the single quote at character 6 is not closed"},
        {"container", "POST", "/jobs/B/tasks",
            TASK_BODY("x", ",\"containerSettings\":{\"imageName\":\"i\"}"), 400,
            "UnsupportedProperty"},
        {"resource files", "POST", "/jobs/B/tasks",
            TASK_BODY("x", ",\"resourceFiles\":[{\"httpUrl\":\"http://h/f\",\"filePath\":\"f\"}]"),
            400, "resourceFiles"},
        {"no resource files", "POST", "/jobs/B/tasks", TASK_BODY("y", ",\"resourceFiles\":[]"),
            201},
        {"administrator", "POST", "/jobs/B/tasks",
            TASK_BODY("x", ",\"userIdentity\":{\"autoUser\":{\"elevationLevel\":\"admin\"}}"), 400,
            "elevationLevel"},
        {"delete the job", "DELETE", "/jobs/B", NULL, 202},
        {"", "PASS"},
    };

    (void)state;
    PLAY(steps);
}

static void job_ends_running_tasks(void **state)
{
    static const struct step steps[] = {
        {"job", "POST", "/jobs", JOB_BODY("K", ""), 201},
        {"task", "POST", "/jobs/K/tasks", TASK_BODY("k", ""), 201},
        {"", "PASS"},
        {"requeue", "POST", "/jobs/K/disable", "{\"disableTasks\":\"requeue\"}", 202},
        {"", "PASS"},
        {"waits for the run to end", "GET", "/jobs/K", NULL, 200, "\"state\":\"disabling\""},
    };
    static const struct step after[] = {
        {"disabled", "GET", "/jobs/K", NULL, 200, "\"state\":\"disabled\""},
        {"requeued", "GET", "/jobs/K/tasks/k", NULL, 200, "\"requeueCount\":1"},
        {"waiting", "GET", "/jobs/K/tasks/k", NULL, 200, "\"state\":\"active\""},
        {"delete the job", "DELETE", "/jobs/K", NULL, 202},
        {"", "PASS"},
        {"gone", "GET", "/jobs/K", NULL, 404},
    };

    (void)state;
    PLAY(steps);
    end_task("k", ENGINE_CANCELLED, 0);
    PLAY(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life),
        cmocka_unit_test(deleted_while_running),
        cmocka_unit_test(retries),
        cmocka_unit_test(dependencies),
        cmocka_unit_test(exit_conditions),
        cmocka_unit_test(collections),
        cmocka_unit_test(refused),
        cmocka_unit_test(job_ends_running_tasks),
    };

    return cmocka_run_group_tests(tests, start, batch_stop);
}
