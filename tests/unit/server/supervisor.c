/*
 * Tasks that really run, under the engine with all its parts: what they see, how they end, and that
 * a planted secret in the state folder stays one. This program is its own task supervisor.
 */
#include "made_batch.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/engine.h"
#include "engine/run_files.h"

#define SECRET "the-administrator's-secret"
#define WAIT_MS 20000

static void plant_secret(void)
{
    char path[PATH_MAX + 16];
    FILE *file = NULL;

    snprintf(path, sizeof(path), "%s/env", service.state);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(SECRET "\n", file);
    fclose(file);
    /* Readable by everybody, so that nothing but the sandbox protects it. */
    assert_int_equal(chmod(path, 0644), 0);
}

static int start(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    static const struct step steps[] = {
        {"pool", "POST", "/pools", POOL_BODY("p", "1"), 201},
        {"job", "POST", "/jobs", JOB_BODY("J", ""), 201},
    };

    batch_start(state);
    plant_secret();
    service.engine = engine_start(&service, NULL, &err);
    assert_string_equal(err.message, "");
    assert_non_null(service.engine);
    PLAY(steps);
    return 0;
}

static int stop(void **state)
{
    engine_stop(service.engine);
    service.engine = NULL;
    return batch_stop(state);
}

static void add_task(const char *id, const char *command_line, const char *more)
{
    char body[6 * PATH_MAX], path[] = "/jobs/J/tasks", sent[2048];
    struct step step = {id, "POST", path, body, 201};
    struct made made;

    snprintf(
        body, sizeof(body), "{\"id\":\"%s\",\"commandLine\":\"%s\"%s}", id, command_line, more);
    send_request(&made, &step, sent);
    check_reply(&made, &step);
    made_free(&made);
}

static bool has_state(const char *id, const char *state, char *out, size_t size)
{
    char path[256], sent[2048];
    struct step step = {id, "GET", path, NULL, 200};
    struct made made;
    bool is = false;

    snprintf(path, sizeof(path), "/jobs/J/tasks/%s", id);
    send_request(&made, &step, sent);
    check_reply(&made, &step);
    is = text_is(json_get_text(made_reply_json(&made), "state"), state);
    snprintf(out, size, "%.*s", TEXT_ARGS(made.reply.body));
    made_free(&made);
    return is;
}

/* The task's document once it is in that state. */
static const char *wait_for(const char *id, const char *state)
{
    static char document[8192];
    int64_t until = monotonic_ms() + WAIT_MS;

    while (!has_state(id, state, document, sizeof(document))) {
        if (monotonic_ms() > until)
            fail_msg("task %s is not %s: %s", id, state, document);
        poll(NULL, 0, 5);
    }
    return document;
}

/* NULL: it is not there (a task that has just started has no files for a moment). */
static const char *try_file_of(const char *id, const char *name)
{
    static char content[8192];
    char path[256], sent[2048];
    struct step step = {id, "GET", path, NULL, 200};
    struct made made;
    ssize_t length = 0;

    snprintf(path, sizeof(path), "/jobs/J/tasks/%s/files/%s", id, name);
    send_request(&made, &step, sent);
    if (made.reply.status == 404) {
        made_free(&made);
        return NULL;
    }
    check_reply(&made, &step);
    length = pread(made.reply.file, content, sizeof(content) - 1, made.reply.file_from);
    content[length < 0 ? 0 : length] = 0;
    close(made.reply.file);
    made_free(&made);
    return content;
}

static const char *read_file_of(const char *id, const char *name)
{
    const char *content = try_file_of(id, name);

    assert_non_null(content);
    return content;
}

static void wait_for_output(const char *id, const char *expected)
{
    int64_t until = monotonic_ms() + WAIT_MS;
    const char *content = NULL;

    while (!(content = try_file_of(id, "stdout.txt")) || strcmp(content, expected) != 0) {
        if (monotonic_ms() > until)
            fail_msg("task %s wrote '%s' instead of '%s'", id, content ? content : "", expected);
        poll(NULL, 0, 5);
    }
}

static void secret_stays_one(void **state)
{
    char command[5 * PATH_MAX + 512];

    (void)state;
    snprintf(command, sizeof(command),
        "/bin/sh -c 'echo begin; cat %s/env; cat /proc/self/cwd/../../../../../../../../env;"
        " ls %s; ln -s %s/env link; cat link; touch %s/made; echo end'",
        service.state, service.state, service.state, service.state);
    add_task("thief", command, "");
    wait_for("thief", "completed");
    assert_string_equal(read_file_of("thief", "stdout.txt"), "begin\nend\n");
    assert_non_null(strstr(read_file_of("thief", "stderr.txt"), "ermission denied"));
    snprintf(command, sizeof(command), "%s/made", service.state);
    assert_int_not_equal(access(command, F_OK), 0);
}

/* A link that leads out of the task's directory is not followed by the service either. */
static void links_do_not_lead_out(void **state)
{
    static const struct step steps[] = {
        {"link", "GET", "/jobs/J/tasks/thief/files/wd%2Flink", NULL, 404, "FileNotFound"},
        {"dots", "GET", "/jobs/J/tasks/thief/files/..%2F..%2F..%2F..%2F..%2F..%2Fenv", NULL, 404,
            "FileNotFound"},
        {"directory", "GET", "/jobs/J/tasks/thief/files/wd", NULL, 404, "FileNotFound"},
    };

    (void)state;
    PLAY(steps);
}

static void files(void **state)
{
    static const struct step steps[] = {
        {"list", "GET", "/jobs/J/tasks/files/files?recursive=true", NULL, 200,
            "\"wd/a b+\xC3\xBC.txt\""},
        {"not recursive", "GET", "/jobs/J/tasks/files/files?$filter=startswith(name,'std')", NULL,
            200, "stdout.txt"},
        {"encoded name", "HEAD", "/jobs/J/tasks/files/files/wd%2Fa%20b%2B%C3%BC.txt", NULL, 200},
        {"a range", "GET", "/jobs/J/tasks/files/files/stdout.txt", NULL, 200, NULL,
            {"ocp-range", "bytes=1-2"}},
        {"behind the end", "GET", "/jobs/J/tasks/files/files/stdout.txt", NULL, 416, "InvalidRange",
            {"ocp-range", "bytes=99-"}},
        {"delete", "DELETE", "/jobs/J/tasks/files/files/stdout.txt", NULL, 200},
        {"deleted", "GET", "/jobs/J/tasks/files/files/stdout.txt", NULL, 404, "FileNotFound"},
        {"not empty", "DELETE", "/jobs/J/tasks/files/files/wd", NULL, 409, "not empty"},
        {"with what is in it", "DELETE", "/jobs/J/tasks/files/files/wd?recursive=true", NULL, 200},
    };

    (void)state;
    add_task("files", "/bin/sh -c 'echo hello; echo x > \\\"a b+\xC3\xBC.txt\\\"'", "");
    wait_for("files", "completed");
    assert_string_equal(read_file_of("files", "stdout.txt"), "hello\n");
    PLAY(steps);
}

static void environment(void **state)
{
    (void)state;
    setenv("AZBD_OWN", "x", 1);
    add_task("env", "/usr/bin/env",
        ",\"environmentSettings\":[{\"name\":\"MINE\",\"value\":\"1\"},{\"name\":\"AZ_BATCH_TASK_"
        "ID\""
        ",\"value\":\"forged\"}]");
    wait_for("env", "completed");
    const char *out = read_file_of("env", "stdout.txt");
    assert_non_null(strstr(out, "MINE=1\n"));
    assert_non_null(strstr(out, "AZ_BATCH_TASK_ID=env\n"));
    assert_non_null(strstr(out, "AZ_BATCH_JOB_ID=J\n"));
    assert_null(strstr(out, "AZBD_OWN"));
}

static void ends(void **state)
{
    static const struct {
        const char *id, *command, *more, *contains;
    } rows[] = {
        {"code", "/bin/sh -c 'exit 3'", "", "\"exitCode\":3"},
        {"signal", "/bin/sh -c 'kill -9 $$'", "", "\"exitCode\":137"},
        {"missing", "no-such-program", "", "CommandProgramNotFound"},
        {"folder", "/tmp", "", "CommandLaunchFailed"},
        {"slow", "sleep 60", ",\"constraints\":{\"maxWallClockTime\":\"PT0.2S\"}",
            "maxWallClockTime"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        add_task(rows[i].id, rows[i].command, rows[i].more);
        const char *document = wait_for(rows[i].id, "completed");
        if (!strstr(document, rows[i].contains))
            fail_msg("%s: %s", rows[i].id, document);
    }
}

static void terminated(void **state)
{
    static const struct step steps[] = {
        {"terminate", "POST", "/jobs/J/tasks/long/terminate", NULL, 204}};

    (void)state;
    add_task("long", "/bin/sh -c 'trap \\\"echo bye; exit\\\" TERM; echo up; sleep 60 & wait'", "");
    wait_for("long", "running");
    wait_for_output("long", "up\n");
    PLAY(steps);
    assert_non_null(strstr(wait_for("long", "completed"), "\"TaskEnded\""));
    assert_string_equal(read_file_of("long", "stdout.txt"), "up\nbye\n");
}

/* Rows are used again: the end of a deleted task's run must not be taken for another one's. */
static void forgotten_runs_go(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct engine_event event = {.outcome = ENGINE_EXITED, .code = 7};
    int folder = run_open(service.state, 999, 1, true, &err);

    (void)state;
    assert_true(folder >= 0 && run_write_exit(folder, &event, &err));
    assert_true(run_write_cancel(folder, 0));
    close(folder);
    engine_stop(service.engine);
    service.engine = engine_start(&service, NULL, &err);
    assert_non_null(service.engine);
    assert_int_equal(run_open(service.state, 999, 1, false, &err), -1);
    azb_error_free(&err);
}

/* A restarted azbd takes up what still runs and what has ended meanwhile. */
static void survives_a_restart(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    char go[PATH_MAX + 64];

    (void)state;
    /* The task waits for a file that the test makes after the restart. */
    snprintf(go, sizeof(go), "/tmp/azb-go-%d", (int)getpid());
    char command[PATH_MAX + 128];
    snprintf(command, sizeof(command),
        "/bin/sh -c 'echo up; while [ ! -e %s ]; do sleep 0.02; done'", go);
    add_task("stays", command, "");
    wait_for("stays", "running");
    /* "running" is before its supervisor holds the lock; a run that has none is lost at a restart.
     */
    wait_for_output("stays", "up\n");
    engine_stop(service.engine);
    service.engine = NULL;
    service.engine = engine_start(&service, NULL, &err);
    assert_non_null(service.engine);
    fclose(fopen(go, "w"));
    const char *document = wait_for("stays", "completed");
    assert_non_null(strstr(document, "\"exitCode\":0"));
    assert_non_null(strstr(document, "\"requeueCount\":0"));
    unlink(go);
}

/* azbd looked before the supervisor of a run had its lock, and polls after it has: the run goes on,
 * and is lost only when that supervisor ends without a word. */
static void a_late_supervisor_is_waited_for(void **state)
{
    enum { TASK = 900001 };
    struct azb_error err = AZB_ERROR_INIT;
    struct engine_event event;
    int locked[2], go[2];
    int64_t grace;
    char byte = 0;
    void *engine = engine_local.probe(&service, &err);
    int folder = run_open(service.state, TASK, 1, true, &err);

    (void)state;
    assert_non_null(engine);
    assert_true(folder >= 0 && pipe(locked) == 0 && pipe(go) == 0);
    engine_local.adopt(engine, TASK, 1);
    pid_t late = fork();
    if (late == 0) {
        bool told = run_lock(folder, &err) >= 0 && write(locked[1], &byte, 1) == 1;
        _exit(told && read(go[0], &byte, 1) == 1 ? 0 : 1);
    }
    assert_int_equal(read(locked[0], &byte, 1), 1);
    assert_int_equal(engine_local.poll(engine, &event, 1), 0);
    assert_false(run_read_cancel(folder, &grace));

    assert_int_equal(write(go[1], &byte, 1), 1);
    assert_int_equal(waitpid(late, NULL, 0), late);
    struct pollfd ready = {engine_local.descriptor(engine), POLLIN, 0};
    assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
    assert_int_equal(engine_local.poll(engine, &event, 1), 1);
    assert_int_equal(event.task, TASK);
    assert_int_equal(event.outcome, ENGINE_LOST);
    assert_true(run_read_cancel(folder, &grace)); /* nobody starts it now */
    engine_local.forget(engine, TASK, 1);
    engine_local.close(engine);
    close(folder);
    for (int i = 0; i < 2; i++) {
        close(locked[i]);
        close(go[i]);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_stays_one),
        cmocka_unit_test(links_do_not_lead_out),
        cmocka_unit_test(files),
        cmocka_unit_test(environment),
        cmocka_unit_test(ends),
        cmocka_unit_test(terminated),
        cmocka_unit_test(survives_a_restart),
        cmocka_unit_test(a_late_supervisor_is_waited_for),
        cmocka_unit_test(forgotten_runs_go),
    };

    if (argc > 1 && strcmp(argv[1], ENGINE_SUPERVISOR_OPTION) == 0)
        return engine_supervisor_main(argc, argv);
    return cmocka_run_group_tests(tests, start, stop);
}
