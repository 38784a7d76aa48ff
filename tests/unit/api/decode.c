/* What a body may not be, in the service's words; and how a client reads answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/decode.h"
#include "api/validate.h"

struct refused {
    const char *name;
    const struct model *(*model)(void);
    enum api_shape shape;
    const char *json;
    const char *code;
    const char *property; /* NULL: no such value */
    const char *value;    /* NULL: no such value */
    const char *reason;   /* what the Reason holds */
};

#define POOL_INFO "\"poolInfo\":{\"poolId\":\"p\"}"
#define TASK "\"id\":\"t\",\"commandLine\":\"x\""

static const struct refused refused[] = {
    {"empty body", model_job, SHAPE_CREATE, "", "InvalidRequestBody", NULL, NULL, "line 1"},
    {"not JSON", model_job, SHAPE_CREATE, "{\n  id: 1}", "InvalidRequestBody", NULL, NULL,
        "line 2, column 3"},
    {"cut short", model_job, SHAPE_CREATE, "{\"id\":\"a\"", "InvalidRequestBody", NULL, NULL,
        "line"},
    {"something behind", model_job, SHAPE_CREATE, "{\"id\":\"a\"," POOL_INFO "} x",
        "InvalidRequestBody", NULL, NULL, "line 1"},
    {"an array", model_job, SHAPE_CREATE, "[]", "InvalidRequestBody", NULL, NULL, "an object"},
    {"bad UTF-8", model_job, SHAPE_CREATE, "{\"id\":\"\xff\"}", "InvalidRequestBody", NULL, NULL,
        "line 1"},
    {"string for a number", model_job, SHAPE_CREATE, "{\"priority\":\"five\"}",
        "InvalidPropertyValue", "priority", "\"five\"", "a whole number of 32 bits, not a string"},
    {"half a number", model_job, SHAPE_CREATE, "{\"priority\":1.5}", "InvalidPropertyValue",
        "priority", "1.5", "whole number"},
    {"33 bits", model_job, SHAPE_CREATE, "{\"priority\":2147483648}", "InvalidPropertyValue",
        "priority", "2147483648", "32 bits"},
    {"number for a string", model_job, SHAPE_CREATE, "{\"id\":5}", "InvalidPropertyValue", "id",
        "5", "a string, not a number"},
    {"NUL in a string", model_job, SHAPE_CREATE, "{\"id\":\"a\\u0000b\"}", "InvalidPropertyValue",
        "id", NULL, "U+0000"},
    {"string for a bool", model_job, SHAPE_CREATE, "{\"usesTaskDependencies\":\"true\"}",
        "InvalidPropertyValue", "usesTaskDependencies", "\"true\"", "true or false"},
    {"array for an object", model_job, SHAPE_CREATE, "{\"constraints\":[]}", "InvalidPropertyValue",
        "constraints", "[]", "an object, not an array"},
    {"object for an array", model_job, SHAPE_CREATE, "{\"metadata\":{}}", "InvalidPropertyValue",
        "metadata", "{}", "an array"},
    {"unknown word", model_job, SHAPE_CREATE, "{\"onAllTasksComplete\":\"sleep\"}",
        "InvalidPropertyValue", "onAllTasksComplete", "sleep", "noaction or terminatejob"},
    {"unknown property", model_job, SHAPE_CREATE, "{\"colour\":\"red\"}", "UnsupportedProperty",
        "colour", NULL, "no such property"},
    {"names have a case", model_job, SHAPE_CREATE, "{\"ID\":\"a\"}", "UnsupportedProperty", "ID",
        NULL, "no such property"},
    {"read-only property", model_job, SHAPE_CREATE, "{\"state\":\"active\"}", "UnsupportedProperty",
        "state", NULL, "read-only"},
    {"not changeable", model_job, SHAPE_PATCH, "{\"displayName\":\"x\"}", "UnsupportedProperty",
        "displayName", NULL, "cannot be changed"},
    {"nested path", model_job, SHAPE_CREATE, "{\"constraints\":{\"maxTaskRetryCount\":\"many\"}}",
        "InvalidPropertyValue", "constraints.maxTaskRetryCount", "\"many\"", "whole number"},
    {"path through a list", model_task_group, SHAPE_CREATE,
        "{\"value\":[{" TASK "},{" TASK ",\"constraints\":{\"maxTaskRetryCount\":{}}}]}",
        "InvalidPropertyValue", "value[1].constraints.maxTaskRetryCount", "{}", "an object"},
    {"null in a list", model_task_group, SHAPE_CREATE, "{\"value\":[null]}", "InvalidPropertyValue",
        "value[0]", "null", "an object, not null"},
    {"a number in a list of strings", model_task_dependencies, SHAPE_CREATE,
        "{\"taskIds\":[\"a\",1]}", "InvalidPropertyValue", "taskIds[1]", "1", "a string"},
    {"a map of strings", model_vm_extension, SHAPE_CREATE, "{\"settings\":{\"a\":1}}",
        "InvalidPropertyValue", "settings.a", "1", "a string"},
    {"twice", model_job, SHAPE_CREATE, "{\"id\":\"a\",\"id\":\"b\"}", "InvalidPropertyValue", "id",
        NULL, "twice"},
    {"retired", model_pool, SHAPE_CREATE, "{\"cloudServiceConfiguration\":{\"osFamily\":\"4\"}}",
        "UnsupportedProperty", "cloudServiceConfiguration", NULL, "retired"},
    {"retired since this version", model_pool, SHAPE_CREATE, "{\"resourceTags\":{\"a\":\"b\"}}",
        "UnsupportedProperty", "resourceTags", NULL, "Azure Resource Manager"},
    {"renamed", model_pool, SHAPE_CREATE, "{\"maxTasksPerNode\":2}", "UnsupportedProperty",
        "maxTasksPerNode", NULL, "taskSlotsPerNode"},

    {"id missing", model_job, SHAPE_CREATE, "{" POOL_INFO "}", "MissingRequiredProperty", "id",
        NULL, "required"},
    {"null is absent", model_job, SHAPE_CREATE, "{\"id\":null," POOL_INFO "}",
        "MissingRequiredProperty", "id", NULL, "required"},
    {"pool missing", model_job, SHAPE_CREATE, "{\"id\":\"a\"}", "MissingRequiredProperty",
        "poolInfo", NULL, "required"},
    {"required inside", model_task, SHAPE_CREATE,
        "{" TASK ",\"environmentSettings\":[{\"value\":\"v\"}]}", "MissingRequiredProperty",
        "environmentSettings[0].name", NULL, "required"},
    {"put needs the pool", model_job, SHAPE_PUT, "{\"priority\":1}", "MissingRequiredProperty",
        "poolInfo", NULL, "required"},
    {"empty id", model_job, SHAPE_CREATE, "{\"id\":\"\"," POOL_INFO "}", "InvalidPropertyValue",
        "id", "", "1 to 64"},
    {"id with a slash", model_job, SHAPE_CREATE, "{\"id\":\"a/b\"," POOL_INFO "}",
        "InvalidPropertyValue", "id", "a/b", "letters, digits"},
    {"id of 65", model_job, SHAPE_CREATE,
        "{\"id\":\"12345678901234567890123456789012345678901234567890123456789012345\"," POOL_INFO
        "}",
        "InvalidPropertyValue", "id",
        "12345678901234567890123456789012345678901234567890123456789012345", "1 to 64"},
    {"priority too high", model_job, SHAPE_CREATE, "{\"id\":\"a\"," POOL_INFO ",\"priority\":1001}",
        "OutOfRangePriority", "priority", "1001", "between -1000 and 1000"},
    {"retries below -1", model_job, SHAPE_CREATE,
        "{\"id\":\"a\"," POOL_INFO ",\"constraints\":{\"maxTaskRetryCount\":-2}}",
        "OutOfRangeInput", "constraints.maxTaskRetryCount", "-2", "-1 (no limit) or more"},
    {"no duration", model_task, SHAPE_CREATE,
        "{" TASK ",\"constraints\":{\"maxWallClockTime\":\"5 minutes\"}}", "InvalidPropertyValue",
        "constraints.maxWallClockTime", "5 minutes", "PT15M"},
    {"resize timeout too short", model_pool, SHAPE_CREATE,
        "{\"id\":\"p\",\"vmSize\":\"s\",\"resizeTimeout\":\"PT4M\"}", "InvalidPropertyValue",
        "resizeTimeout", "PT4M", "at least PT5M"},
    {"empty metadata name", model_job, SHAPE_CREATE,
        "{\"id\":\"a\"," POOL_INFO ",\"metadata\":[{\"name\":\"\",\"value\":\"v\"}]}",
        "EmptyMetadataKey", "metadata[0].name", "", "not empty"},
    {"two pools", model_job, SHAPE_CREATE,
        "{\"id\":\"a\",\"poolInfo\":{\"poolId\":\"p\","
        "\"autoPoolSpecification\":{\"poolLifetimeOption\":\"job\"}}}",
        "InvalidPropertyValue", "poolInfo.autoPoolSpecification", NULL, "Exactly one"},
    {"no pool at all", model_job, SHAPE_CREATE, "{\"id\":\"a\",\"poolInfo\":{}}",
        "MissingRequiredProperty", "poolInfo.poolId", NULL, "Exactly one"},
    {"two users", model_task, SHAPE_CREATE,
        "{" TASK ",\"userIdentity\":{\"username\":\"u\",\"autoUser\":{}}}", "InvalidPropertyValue",
        "userIdentity.autoUser", NULL, "At most one of username and autoUser"},
    {"two sources", model_task, SHAPE_CREATE,
        "{" TASK ",\"resourceFiles\":[{\"httpUrl\":\"h\",\"filePath\":\"f\","
        "\"storageContainerUrl\":\"s\"}]}",
        "InvalidPropertyValue", "resourceFiles[0].storageContainerUrl", NULL,
        "Exactly one of httpUrl"},
    {"no source", model_task, SHAPE_CREATE, "{" TASK ",\"resourceFiles\":[{\"filePath\":\"f\"}]}",
        "MissingRequiredProperty", "resourceFiles[0].httpUrl", NULL, "Exactly one of httpUrl"},
    {"a file without a path", model_task, SHAPE_CREATE,
        "{" TASK ",\"resourceFiles\":[{\"httpUrl\":\"h\"}]}", "MissingRequiredProperty",
        "resourceFiles[0].filePath", NULL, "filePath"},
    {"a prefix for one file", model_task, SHAPE_CREATE,
        "{" TASK
        ",\"resourceFiles\":[{\"httpUrl\":\"h\",\"filePath\":\"f\",\"blobPrefix\":\"b\"}]}",
        "InvalidPropertyValue", "resourceFiles[0].blobPrefix", NULL, "storageContainerUrl or"},
    {"release without preparation", model_job, SHAPE_CREATE,
        "{\"id\":\"a\"," POOL_INFO ",\"jobReleaseTask\":{\"commandLine\":\"x\"}}",
        "MissingRequiredProperty", "jobPreparationTask", NULL, "only together with"},
    {"release too long", model_job, SHAPE_CREATE,
        "{\"id\":\"a\"," POOL_INFO ",\"jobPreparationTask\":{\"commandLine\":\"x\"},"
        "\"jobReleaseTask\":{\"commandLine\":\"x\",\"maxWallClockTime\":\"PT16M\"}}",
        "InvalidPropertyValue", "jobReleaseTask.maxWallClockTime", "PT16M", "at most PT15M"},
    {"slots of a task on many nodes", model_task, SHAPE_CREATE,
        "{" TASK
        ",\"requiredSlots\":2,\"multiInstanceSettings\":{\"coordinationCommandLine\":\"x\"}}",
        "InvalidPropertyValue", "requiredSlots", NULL, "must be 1"},
};

static const char *value_of(const struct azb_error *err, const char *key)
{
    for (size_t i = 0; i < err->value_count; i++)
        if (strcmp(err->values[i].key, key) == 0)
            return err->values[i].value;
    return NULL;
}

static void assert_value(const struct azb_error *err, const char *key, const char *expected)
{
    const char *value = value_of(err, key);
    assert_int_equal(value != NULL, expected != NULL);
    if (expected)
        assert_string_equal(value, expected);
}

/* Decode and validate, as the service does. */
static bool read_body(const struct model *model, enum api_shape shape, const char *json,
    struct arena *arena, void *out, struct azb_error *err)
{
    return api_decode(model, shape, API_STRICT, text_of(json), NULL, arena, out, err) &&
           api_validate(model, shape, out, err);
}

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const struct refused *row = &refused[i];
        struct arena arena;
        struct azb_error err = AZB_ERROR_INIT;
        uint64_t out[128];
        print_message("  %s\n", row->name);
        arena_init(&arena, 0);
        assert_true(row->model()->size <= sizeof out);
        assert_false(read_body(row->model(), row->shape, row->json, &arena, out, &err));
        assert_string_equal(err.code, row->code);
        assert_int_equal(err.http_status, 400);
        assert_value(&err, "PropertyName", row->property);
        assert_value(&err, "PropertyValue", row->value);
        assert_non_null(value_of(&err, "Reason"));
        if (!strstr(value_of(&err, "Reason"), row->reason))
            fail_msg("Reason is: %s", value_of(&err, "Reason"));
        if (row->property)
            assert_non_null(strstr(err.message, row->property));
        arena_free(&arena);
    }
}

struct accepted {
    const char *name;
    const struct model *(*model)(void);
    enum api_shape shape;
    const char *json;
};

static const struct accepted accepted[] = {
    {"smallest job", model_job, SHAPE_CREATE, "{\"id\":\"a\"," POOL_INFO "}"},
    {"annotations", model_job, SHAPE_CREATE,
        "{\"odata.metadata\":\"x\",\"id@odata.type\":{\"deep\":[1]},\"@odata.etag\":1,"
        "\"odata.new\":null,\"id\":\"a\"," POOL_INFO "}"},
    {"nulls", model_job, SHAPE_CREATE,
        "{\"id\":\"a\"," POOL_INFO ",\"priority\":null,\"metadata\":null,\"constraints\":null}"},
    {"a whole number as a string, as az sends it", model_job, SHAPE_CREATE,
        "{\"id\":\"a\"," POOL_INFO ",\"priority\":\"5\"}"},
    {"read-only null", model_job, SHAPE_CREATE, "{\"id\":\"a\"," POOL_INFO ",\"state\":null}"},
    {"words in any case", model_job, SHAPE_CREATE,
        "{\"id\":\"a\"," POOL_INFO ",\"onAllTasksComplete\":\"TerminateJob\"}"},
    {"put sends read-only back", model_job, SHAPE_PUT,
        "{\"id\":\"a\",\"state\":\"active\",\"eTag\":\"0x1\",\"executionInfo\":{\"poolId\":\"p\","
        "\"startTime\":\"never\"}," POOL_INFO "}"},
    {"empty patch", model_job, SHAPE_PATCH, "{}"},
    {"empty patch of a pool", model_pool, SHAPE_PATCH, "{}"},
    {"retired null", model_pool, SHAPE_CREATE,
        "{\"id\":\"p\",\"vmSize\":\"s\",\"certificateReferences\":null,\"resourceTags\":null}"},
    {"limits", model_job, SHAPE_CREATE,
        "{\"id\":\"1234567890123456789012345678901234567890123456789012345678901234\"," POOL_INFO
        ",\"priority\":-1000,\"maxParallelTasks\":-1,\"constraints\":{\"maxTaskRetryCount\":-1,"
        "\"maxWallClockTime\":\"P10675199DT2H48M5.4775807S\"}}"},
    {"whole numbers written otherwise", model_job, SHAPE_CREATE,
        "{\"id\":\"a\"," POOL_INFO ",\"priority\":1e2,\"maxParallelTasks\":5.0}"},
};

static void test_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        const struct accepted *row = &accepted[i];
        struct arena arena;
        struct azb_error err = AZB_ERROR_INIT;
        uint64_t out[128];
        print_message("  %s\n", row->name);
        arena_init(&arena, 0);
        if (!read_body(row->model(), row->shape, row->json, &arena, out, &err))
            fail_msg("%s", err.message);
        arena_free(&arena);
    }
}

static void test_values(void **state)
{
    (void)state;
    struct arena arena;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_job job;
    arena_init(&arena, 0);
    assert_true(read_body(model_job(), SHAPE_CREATE,
                    "{\"id\":\"caf\\u00e9\",\"poolInfo\":{\"poolId\":\"p\"}}", &arena, &job,
                    &err) == false);
    assert_true(read_body(model_job(), SHAPE_CREATE,
        "{\"id\":\"a\",\"displayName\":\"caf\\u00e9\",\"usesTaskDependencies\":false,"
        "\"priority\":-7,\"onAllTasksComplete\":\"TERMINATEJOB\",\"metadata\":[],"
        "\"commonEnvironmentSettings\":[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\"}]"
        "," POOL_INFO "}",
        &arena, &job, &err));
    assert_string_equal(job.id, "a");
    assert_string_equal(job.display_name, "caf\xc3\xa9");
    assert_true(job.uses_task_dependencies.set && !job.uses_task_dependencies.value);
    assert_true(job.priority.set);
    assert_int_equal(job.priority.value, -7);
    assert_false(job.max_parallel_tasks.set);
    assert_int_equal(job.on_all_tasks_complete.value, AZB_ON_ALL_TASKS_COMPLETE_TERMINATE_JOB);
    assert_string_equal(job.on_all_tasks_complete.text, "terminatejob");
    assert_non_null(job.metadata.items);
    assert_int_equal(job.metadata.count, 0);
    assert_int_equal(job.common_environment_settings.count, 2);
    assert_string_equal(job.common_environment_settings.items[1].name, "B");
    assert_null(job.common_environment_settings.items[1].value);
    assert_null(job.constraints);
    assert_string_equal(job.pool_info->pool_id, "p");
    arena_free(&arena);
}

static void test_lenient(void **state)
{
    (void)state;
    struct arena arena;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_node node;
    struct azb_file file;
    arena_init(&arena, 0);
    assert_true(api_decode(model_node(), SHAPE_READ, API_LENIENT,
        TEXT(
            "{\"id\":\"n\",\"state\":\"melting\",\"newThing\":{\"a\":[1,{}]},\"totalTasksRun\":3}"),
        NULL, &arena, &node, &err));
    assert_int_equal(node.state.value, -1);
    assert_string_equal(node.state.text, "melting");
    assert_int_equal(node.total_tasks_run.value, 3);
    assert_true(api_decode(model_file(), SHAPE_READ, API_LENIENT,
        TEXT("{\"properties\":{\"contentLength\":\"9007199254740993\"}}"), NULL, &arena, &file,
        &err));
    assert_true(file.properties->content_length.value == 9007199254740993);
    assert_true(api_decode(model_file(), SHAPE_READ, API_LENIENT,
        TEXT("{\"properties\":{\"contentLength\":12}}"), NULL, &arena, &file, &err));
    assert_true(file.properties->content_length.value == 12);
    assert_false(api_decode(model_node(), SHAPE_READ, API_LENIENT,
        TEXT("{\"startTask\":{\"maxTaskRetryCount\":\"x\"}}"), NULL, &arena, &node, &err));
    assert_int_equal(err.kind, AZB_ERROR_PROTOCOL);
    assert_non_null(strstr(err.message, "startTask.maxTaskRetryCount"));
    assert_false(api_decode(
        model_node(), SHAPE_READ, API_LENIENT, TEXT("<html>"), NULL, &arena, &node, &err));
    assert_int_equal(err.kind, AZB_ERROR_PROTOCOL);
    arena_free(&arena);
}

/* `{before[element,element,...]after}`, `count` times. */
static char *repeated(
    struct arena *arena, const char *before, const char *element, int count, const char *after)
{
    struct buffer body;
    buffer_init(&body, 1 << 20);
    buffer_format(&body, "{%s[", before);
    for (int i = 0; i < count; i++)
        buffer_format(&body, "%s%s", i > 0 ? "," : "", element);
    buffer_format(&body, "]%s}", after);
    char *copy = arena_copy(arena, body.at, body.length);
    buffer_free(&body);
    return copy;
}

static const struct {
    const char *name;
    const struct model *(*model)(void);
    const char *before, *element, *after;
    int most;
    const char *code, *property;
} lengths[] = {
    {"tasks of a collection", model_task_group, "\"value\":", "{" TASK "}", "", 100,
        "InvalidPropertyValue", "value"},
    {"application packages", model_pool,
        "\"id\":\"p\",\"vmSize\":\"s\",\"applicationPackageReferences\":",
        "{\"applicationId\":\"a\"}", "", 10, "InvalidPropertyValue",
        "applicationPackageReferences"},
    {"task ids", model_task_dependencies,
        "\"taskIds\":", "\"1234567890123456789012345678901234567890\"", "", 1600,
        "TaskDependencyListTooLong", "taskIds"},
};

static void test_lengths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct arena arena;
        struct azb_error err = AZB_ERROR_INIT;
        uint64_t out[128];
        print_message("  %s\n", lengths[i].name);
        arena_init(&arena, 0);
        for (int more = 0; more < 2; more++) {
            char *body = repeated(&arena, lengths[i].before, lengths[i].element,
                lengths[i].most + more, lengths[i].after);
            bool good = read_body(lengths[i].model(), SHAPE_CREATE, body, &arena, out, &err);
            assert_int_equal(good, !more);
        }
        assert_string_equal(err.code, lengths[i].code);
        assert_value(&err, "PropertyName", lengths[i].property);
        arena_free(&arena);
    }
}

/* Lengths count characters, not bytes. */
static void test_display_name(void **state)
{
    (void)state;
    for (int length = 1024; length <= 1025; length++) {
        struct arena arena;
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_job job;
        struct buffer body;
        arena_init(&arena, 0);
        buffer_init(&body, 1 << 16);
        buffer_add_string(&body, "{\"id\":\"a\"," POOL_INFO ",\"displayName\":\"");
        for (int i = 0; i < length; i++)
            buffer_add_string(&body, "\xc3\xa9");
        buffer_add_string(&body, "\"}");
        assert_int_equal(
            read_body(model_job(), SHAPE_CREATE, body.at, &arena, &job, &err), length == 1024);
        buffer_free(&body);
        arena_free(&arena);
    }
}

/* What older SDKs still send is dropped in the versions that had it, and refused in newer ones. */
static void test_versions(void **state)
{
    (void)state;
    static const char body[] = "{\"id\":\"p\",\"vmSize\":\"s\",\"resourceTags\":{\"a\":\"b\"},"
                               "\"targetNodeCommunicationMode\":\"simplified\"}";
    const struct api_version *version;
    for (size_t i = 0; (version = api_version_at(i)) != NULL; i++) {
        struct arena arena;
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_pool pool;
        print_message("  %s\n", version->name);
        arena_init(&arena, 0);
        bool good = api_decode(
            model_pool(), SHAPE_CREATE, API_STRICT, text_of(body), version, &arena, &pool, &err);
        assert_int_equal(good, version->order < api_version_current()->order);
        arena_free(&arena);
    }
}

static void test_memory(void **state)
{
    (void)state;
    static const char body[] =
        "{\"id\":\"a\",\"metadata\":[{\"name\":\"n\",\"value\":\"v\"}]," POOL_INFO "}";
    bool done = false;
    for (size_t maximum = 1; !done; maximum += 7) {
        struct arena arena;
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_job job;
        arena_init(&arena, maximum);
        done = read_body(model_job(), SHAPE_CREATE, body, &arena, &job, &err);
        if (!done)
            assert_int_equal(err.kind, AZB_ERROR_MEMORY);
        arena_free(&arena);
        assert_true(maximum < 4096);
    }
}

static void patch_job(const char *json, struct azb_job *base, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_job patch;
    assert_true(read_body(model_job(), SHAPE_PATCH, json, arena, &patch, &err));
    api_apply(model_job(), SHAPE_PATCH, &patch, base);
}

static void test_apply(void **state)
{
    (void)state;
    struct arena arena;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_job job, put;
    arena_init(&arena, 0);
    assert_true(read_body(model_job(), SHAPE_CREATE,
        "{\"id\":\"a\",\"displayName\":\"d\",\"priority\":1,\"maxParallelTasks\":3," POOL_INFO
        ",\"metadata\":[{\"name\":\"n\",\"value\":\"v\"}],\"constraints\":{\"maxTaskRetryCount\":4}"
        "}",
        &arena, &job, &err));
    patch_job("{\"priority\":2}", &job, &arena);
    assert_int_equal(job.priority.value, 2);
    assert_int_equal(job.max_parallel_tasks.value, 3);
    assert_int_equal(job.metadata.count, 1);
    patch_job("{\"metadata\":[],\"priority\":null}", &job, &arena);
    assert_int_equal(job.priority.value, 2);
    assert_non_null(job.metadata.items);
    assert_int_equal(job.metadata.count, 0);
    patch_job("{\"constraints\":null}", &job, &arena);
    assert_null(job.constraints);
    assert_true(read_body(model_job(), SHAPE_PUT,
        "{\"poolInfo\":{\"poolId\":\"q\"},\"displayName\":\"ignored\"}", &arena, &put, &err));
    api_apply(model_job(), SHAPE_PUT, &put, &job);
    assert_string_equal(job.pool_info->pool_id, "q");
    assert_string_equal(job.display_name, "d");
    assert_string_equal(job.id, "a");
    assert_false(job.priority.set);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_lenient),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_display_name),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_apply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
