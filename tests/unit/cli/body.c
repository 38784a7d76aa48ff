/* Bodies made of flags and files. */
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

#include "api/operation.h"
#include "cli/body.h"

static const struct {
    const char *name;
    enum operation_id operation;
    const char *file; /* what --json-file holds, or NULL */
    const char *words[12];
    const char *wanted; /* the body, or a part of the error after '!' */
} cases[] = {
    {"nothing", OPERATION_job_create, NULL, {NULL}, "{}"},
    {"simple fields", OPERATION_job_create, NULL,
        {"--id", "j", "--priority", "-5", "--uses-task-dependencies"},
        "{\"id\":\"j\",\"usesTaskDependencies\":true,\"priority\":-5}"},
    {"text is text", OPERATION_job_create, NULL, {"--id", "007", "--display-name", "true"},
        "{\"id\":\"007\",\"displayName\":\"true\"}"},
    {"a bool said false", OPERATION_job_create, NULL, {"--uses-task-dependencies", "false"},
        "{\"usesTaskDependencies\":false}"},
    {"objects on the way", OPERATION_job_create, NULL,
        {"--pool-id", "p", "--job-max-wall-clock-time", "PT1H", "--job-max-task-retry-count", "-1"},
        "{\"poolInfo\":{\"poolId\":\"p\"},\"constraints\":{\"maxWallClockTime\":\"PT1H\","
        "\"maxTaskRetryCount\":-1}}"},
    {"pairs", OPERATION_task_create, NULL,
        {"--task-id", "t", "--environment-settings", "A=1", "B=x=y", "C="},
        "{\"id\":\"t\",\"environmentSettings\":[{\"name\":\"A\",\"value\":\"1\"},"
        "{\"name\":\"B\",\"value\":\"x=y\"},{\"name\":\"C\",\"value\":\"\"}]}"},
    {"no pair", OPERATION_task_create, NULL, {"--environment-settings", "A"},
        "!--environment-settings 'A' is not NAME=VALUE"},
    {"a pair without a name", OPERATION_task_create, NULL, {"--environment-settings", "=1"},
        "!--environment-settings '=1' is not NAME=VALUE"},
    {"ids", OPERATION_task_create, NULL, {"--depends-on", "a", "b"},
        "{\"dependsOn\":{\"taskIds\":[\"a\",\"b\"]}}"},
    {"an image", OPERATION_pool_create, NULL,
        {"--image", "debian:debian-12:12:latest", "--node-agent-sku-id", "batch.node.debian 12"},
        "{\"virtualMachineConfiguration\":{\"imageReference\":{\"publisher\":\"debian\","
        "\"offer\":\"debian-12\",\"sku\":\"12\",\"version\":\"latest\"},"
        "\"nodeAgentSKUId\":\"batch.node.debian 12\"}}"},
    {"an image without a version", OPERATION_pool_create, NULL, {"--image", "a:b:c"},
        "{\"virtualMachineConfiguration\":{\"imageReference\":{\"publisher\":\"a\","
        "\"offer\":\"b\",\"sku\":\"c\"}}}"},
    {"an image by its id", OPERATION_pool_create, NULL, {"--image", "/subscriptions/s/x"},
        "{\"virtualMachineConfiguration\":{\"imageReference\":{\"virtualMachineImageId\":"
        "\"/subscriptions/s/x\"}}}"},
    {"half an image", OPERATION_pool_create, NULL, {"--image", "a:b"}, "!--image 'a:b' is neither"},
    {"too much of an image", OPERATION_pool_create, NULL, {"--image", "a:b:c:d:e"},
        "!--image 'a:b:c:d:e' is neither"},
    {"no number", OPERATION_job_create, NULL, {"--priority", "high"},
        "!--priority 'high' is not a whole number"},
    {"no whole number", OPERATION_job_create, NULL, {"--priority", "1.5"},
        "!--priority '1.5' is not a whole number"},
    {"no bool", OPERATION_job_create, NULL, {"--uses-task-dependencies=maybe"},
        "!--uses-task-dependencies 'maybe' is neither true nor false"},
    {"a file as it is", OPERATION_job_create, "{\"id\": \"f\", \"other\": [1.50, null]}", {NULL},
        "{\"id\":\"f\",\"other\":[1.50,null]}"},
    {"flags over a file", OPERATION_job_create,
        "{\"id\":\"f\",\"poolInfo\":{\"poolId\":\"p\",\"x\":1},\"priority\":1}",
        {"--pool-id", "q", "--priority", "2"},
        "{\"id\":\"f\",\"poolInfo\":{\"poolId\":\"q\",\"x\":1},\"priority\":2}"},
    {"a list", OPERATION_task_create, "[{\"id\":\"a\"},{\"id\":\"b\"}]", {NULL},
        "[{\"id\":\"a\"},{\"id\":\"b\"}]"},
    {"not JSON", OPERATION_job_create, "{\"id\":}", {NULL}, "!--json-file"},
    {"neither object nor list", OPERATION_job_create, "7", {NULL}, "!the file holds neither"},
    {"a list with flags", OPERATION_task_create, "[{\"id\":\"a\"}]", {"--command-line", "x"},
        "!the file holds a list"},
};

struct fixture {
    char path[64];
    struct option_row rows[OPTIONS_MAX];
    struct command command;
};

static void prepare(struct fixture *fixture, size_t i, struct arena *arena)
{
    const struct operation *operation = operation_at(cases[i].operation);
    snprintf(fixture->path, sizeof fixture->path, "/tmp/azb-body-%d.json", (int)getpid());
    fixture->command = (struct command){.name = "test", .options = fixture->rows};
    fixture->command.option_count =
        body_options(operation->body(), operation->body_shape, fixture->rows, OPTIONS_MAX, arena);
    if (!cases[i].file)
        return;
    FILE *file = fopen(fixture->path, "we");
    assert_non_null(file);
    fputs(cases[i].file, file);
    fclose(file);
}

static bool build(
    struct fixture *fixture, size_t i, struct arena *arena, struct text *out, struct azb_error *err)
{
    const struct operation *operation = operation_at(cases[i].operation);
    char *words[14];
    int count = 0;
    struct arguments arguments;
    while (cases[i].words[count]) {
        words[count] = arena_string(arena, cases[i].words[count]);
        count++;
    }
    if (cases[i].file)
        words[count++] = arena_format(arena, "--json-file=%s", fixture->path);
    if (!arguments_read(&fixture->command, count, words, &arguments, err))
        return false;
    struct json *body =
        body_build(operation->body(), operation->body_shape, &arguments, arena, err);
    if (body)
        *out = body_text(body, arena);
    return body != NULL;
}

static void builds_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scoped_arena struct arena arena = {0};
        struct fixture fixture;
        struct azb_error err = AZB_ERROR_INIT;
        struct text body = TEXT_NONE;
        const char *wanted = cases[i].wanted;
        arena_init(&arena, 0);
        prepare(&fixture, i, &arena);
        bool built = build(&fixture, i, &arena, &body, &err);
        unlink(fixture.path);
        if (built ? !text_is(body, wanted) : wanted[0] != '!' || !strstr(err.message, wanted + 1))
            fail_msg("%s: wanted '%s', got '%.*s%s'", cases[i].name, wanted, TEXT_ARGS(body),
                err.message);
        if (!built)
            assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
    }
}

/* Each operation with a body has room for all its options, and none of them twice. */
static void options_are_unique(void **state)
{
    (void)state;
    for (int id = 0; id < OPERATION_COUNT; id++) {
        const struct operation *operation = operation_at((enum operation_id)id);
        scoped_arena struct arena arena = {0};
        struct option_row rows[OPTIONS_MAX];
        arena_init(&arena, 0);
        if (!operation->body)
            continue;
        size_t count =
            body_options(operation->body(), operation->body_shape, rows, OPTIONS_MAX, &arena);
        assert_in_range(count, 1, OPTIONS_MAX - 12);
        for (size_t a = 0; a < count; a++)
            for (size_t b = 0; b < a; b++)
                if (strcmp(rows[a].name, rows[b].name) == 0)
                    fail_msg("%s has --%s twice", operation->name, rows[a].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_the_table),
        cmocka_unit_test(options_are_unique),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
