/* The rows hold together: printed header, names, paths, permissions, versions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "api/operation.h"
#include "api/print.h"
#include "api/retired.h"
#include "api/validate.h"
#include "api/version.h"

/* include/azb/models.h is what api_print_header() prints. */
static void test_header_is_fresh(void **state)
{
    (void)state;
    struct buffer printed, kept;
    char chunk[4096];
    FILE *file = fopen(TEST_SOURCE_DIR "/../include/azb/models.h", "r");
    assert_non_null(file);
    buffer_init(&printed, 1 << 20);
    buffer_init(&kept, 1 << 20);
    api_print_header(&printed);
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, file)) > 0;)
        buffer_add(&kept, chunk, got);
    fclose(file);
    assert_false(printed.failed || kept.failed);
    if (!text_equal(buffer_text(&printed), buffer_text(&kept)))
        fail_msg("run print_models > include/azb/models.h (see api/README.md)");
    buffer_free(&printed);
    buffer_free(&kept);
}

static void test_models(void **state)
{
    (void)state;
    const struct model *model;
    size_t i;
    for (i = 0; (model = model_at(i)) != NULL; i++) {
        assert_ptr_equal(model_find(model->name), model);
        assert_true(model->field_count > 0 && strlen(model->help) > 0);
        for (size_t at = 0; at < model->field_count; at++) {
            const struct field *field = &model->fields[at];
            assert_ptr_equal(model_field_named(model, field->json_name), field);
            assert_ptr_equal(model_field(model, text_of(field->json_name), at + 1), field);
            assert_true(field->offset < model->size && strlen(field->help) > 0);
            assert_int_not_equal(field->shapes & 15, 0);
            assert_int_equal((field->shapes >> 4) & ~field->shapes & 15, 0);
            assert_null(retired_find(model, text_of(field->json_name)));
        }
    }
    assert_true(i > 100);
    assert_null(model_find("nothing"));
}

static void test_words(void **state)
{
    (void)state;
    const struct words *words;
    for (size_t i = 0; (words = words_at(i)) != NULL; i++)
        for (size_t at = 0; at < words->count; at++)
            assert_int_equal(words_value(words, text_of(words->words[at])), (int)at + 1);
    assert_int_equal(words_value(words_at(0), TEXT("DISABLED")), AZB_JOB_STATE_DISABLED);
    assert_int_equal(words_value(words_at(0), TEXT("nothing")), -1);
}

/* The path of an operation with its PATH rows put back in. */
static void assert_path(const struct operation *operation)
{
    const char *rest = operation->path;
    for (size_t i = 0; i < operation->path_count; i++) {
        char variable[64];
        snprintf(variable, sizeof variable, "{%s}", operation->path_parameters[i].wire_name);
        rest = strstr(rest, variable);
        assert_non_null(rest);
        rest += strlen(variable);
    }
    assert_null(strchr(rest, '{'));
}

static const char *const permissions[] = {"read", "pools/read", "pools/write", "pools/delete",
    "jobs/read", "jobs/write", "jobs/delete", "jobSchedules/read", "jobSchedules/write",
    "jobSchedules/delete", "applications/read", "certificates/read", "certificates/write",
    "certificates/delete"};

static void assert_permission(const struct operation_permission *permission)
{
    bool is_job = strncmp(permission->name, "job", 3) == 0;
    assert_int_equal(permission->kind, is_job ? PERMISSION_DATA : PERMISSION_ACTION);
    for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++)
        if (strcmp(permissions[i], permission->name) == 0)
            return;
    fail_msg("unknown permission %s", permission->name);
}

static void test_operations(void **state)
{
    (void)state;
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        const struct operation *operation = operation_at(i);
        print_message("  %s\n", operation->name);
        assert_int_equal(operation->id, i);
        assert_ptr_equal(operation_find(operation->name), operation);
        assert_path(operation);
        assert_permission(&operation->permission);
        bool has_model =
            operation->returns_kind == RETURNS_MODEL || operation->returns_kind == RETURNS_PAGE;
        assert_int_equal(operation->returns != NULL, has_model);
        if (operation->body)
            assert_non_null(operation->body()->name);
        if (operation->returns_kind == RETURNS_PAGE)
            assert_non_null(model_field_named(operation->returns(), "odata.nextLink"));
    }
    assert_null(operation_at(OPERATION_COUNT));
    assert_string_equal(operation_method_text(METHOD_PATCH), "PATCH");
}

static void test_one_operation(void **state)
{
    (void)state;
    const struct operation *operation = operation_at(OPERATION_job_terminate);
    assert_int_equal(operation->method, METHOD_POST);
    assert_string_equal(operation->path, "/jobs/{jobId}/terminate");
    assert_int_equal(operation->status, 202);
    assert_string_equal(operation->permission.name, "jobs/write");
    assert_int_equal(operation->path_count, 1);
    assert_string_equal(operation->path_parameters[0].name, "job_id");
    assert_int_equal(operation->query_count, 1);
    assert_string_equal(operation->queries[0].wire_name, "force");
    assert_int_equal(operation->conditions, CONDITIONS_ALL);
    assert_ptr_equal(operation->body(), model_job_terminate_options());
    assert_false(operation->body_required);
    assert_int_equal(operation->returns_kind, RETURNS_NOTHING);
    operation = operation_at(OPERATION_task_file_get);
    assert_int_equal(operation->returns_kind, RETURNS_FILE);
    assert_int_equal(operation->header_count, 1);
    assert_int_equal(operation->conditions, CONDITIONS_DATES);
}

static void test_unserved(void **state)
{
    (void)state;
    const struct unserved_operation *row;
    for (size_t i = 0; (row = unserved_at(i)) != NULL; i++) {
        assert_permission(&row->permission);
        for (size_t at = 0; at < OPERATION_COUNT; at++)
            assert_false(row->method == operation_at(at)->method &&
                         strcmp(row->path, operation_at(at)->path) == 0);
    }
}

static void test_versions(void **state)
{
    (void)state;
    const struct api_version *old = api_version_find(TEXT("2020-09-01.12.0"));
    const struct api_version *new = api_version_find(TEXT("2026-10-01"));
    assert_true(old && new && old->order < new->order);
    assert_true(api_version_current()->order < new->order);
    assert_string_equal(api_version_current()->name, "2025-06-01");
    assert_null(api_version_find(TEXT("2019-08-01.10.0")));
    assert_null(api_version_find(TEXT("2025-06-01 ")));
    assert_null(api_version_find(TEXT_NONE));
    for (size_t i = 0; api_version_at(i); i++)
        assert_int_equal(api_version_at(i)->order, i);
}

static void test_ids(void **state)
{
    (void)state;
    assert_true(api_id_valid(TEXT("a")));
    assert_true(api_id_valid(TEXT("A-b_9")));
    assert_false(api_id_valid(TEXT("")));
    assert_false(api_id_valid(TEXT("a b")));
    assert_false(api_id_valid(TEXT("a/b")));
    assert_false(api_id_valid(TEXT("a%2Fb")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header_is_fresh),
        cmocka_unit_test(test_models),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_one_operation),
        cmocka_unit_test(test_unserved),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
