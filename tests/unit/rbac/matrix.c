/*
 * Which role grants which operation: the article's custom role against the 14 operations that the
 * article lists, and all built-in roles against the whole catalogue as a snapshot
 * (tests/snapshots/role_matrix.txt; UPDATE_SNAPSHOTS=1 rewrites it).
 */
#include "fixture.h"

#include "rbac/matrix.h"

#define SNAPSHOT TEST_SOURCE_DIR "/snapshots/role_matrix.txt"

static bool role_grants(const struct rbac_role *roles, const char *role_id, const char *action,
    enum rbac_kind kind, bool batch)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct rbac_assignment assignment = {"1", ALICE, role_id, SUBSCRIPTION, NULL};
    struct rbac_index *index = make_index(roles, roles ? 1 : 0, &assignment, 1);
    struct scope scope = make_scope(ACCOUNT, &arena);
    struct rbac_caller caller = {.object_id = ALICE};
    struct rbac_request request = {.caller = &caller,
        .scope = &scope,
        .action = action,
        .kind = kind,
        .is_read = text_ends(text_of(action), "/read")};
    struct rbac_decision decision;
    bool granted =
        batch ? rbac_decide_batch(index, &request, &decision) : rbac_check(index, &request);
    rbac_index_free(index);
    return granted;
}

static const struct {
    const char *action;
    enum rbac_kind kind;
    bool granted;
} article[] = {
    {BATCH "pools/write", RBAC_ACTION, false},
    {BATCH "pools/delete", RBAC_ACTION, false},
    {BATCH "pools/read", RBAC_ACTION, true},
    {BATCH "jobSchedules/write", RBAC_DATA_ACTION, true},
    {BATCH "jobSchedules/delete", RBAC_DATA_ACTION, true},
    {BATCH "jobSchedules/read", RBAC_DATA_ACTION, true},
    {BATCH "jobs/write", RBAC_DATA_ACTION, true},
    {BATCH "jobs/delete", RBAC_DATA_ACTION, true},
    {BATCH "jobs/read", RBAC_DATA_ACTION, true},
    {BATCH "certificates/write", RBAC_ACTION, false},
    {BATCH "certificates/delete", RBAC_ACTION, false},
    {BATCH "certificates/read", RBAC_ACTION, true},
    {BATCH "read", RBAC_ACTION, true},
    {BATCH "listKeys/action", RBAC_ACTION, false},
};

static void the_articles_custom_role(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct rbac_role role = make_role(ARTICLE_ROLE, &arena);
    for (size_t i = 0; i < COUNT(article); i++) {
        print_message("%s\n", article[i].action);
        assert_non_null(rbac_operation_find(text_of(article[i].action), article[i].kind));
        assert_int_equal(role_grants(&role, CUSTOM, article[i].action, article[i].kind, false),
            article[i].granted);
        assert_int_equal(role_grants(&role, CUSTOM, article[i].action, article[i].kind, true),
            article[i].granted);
    }
}

static void catalogue_is_sound(void **state)
{
    (void)state;
    size_t count;
    size_t data = 0;
    const struct rbac_operation *rows = rbac_operations(&count);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(rbac_operation_find(text_of(rows[i].name), rows[i].kind), &rows[i]);
        data += rows[i].kind == RBAC_DATA_ACTION;
        assert_true(*rows[i].description);
    }
    assert_int_equal(data, 6);
    assert_null(rbac_operation_find(TEXT(BATCH "jobs/read"), RBAC_ACTION));
    assert_null(rbac_batch_operation("tasks/read", RBAC_DATA_ACTION));
    assert_true(rbac_operation_is_read(rbac_batch_operation("read", RBAC_ACTION)));
    assert_false(rbac_operation_is_read(rbac_batch_operation("LISTKEYS/action", RBAC_ACTION)));
}

/* Columns by number, then a line an operation: marks, list, name. */
static void print_rows(const struct role_matrix *matrix, struct buffer *out)
{
    size_t count;
    const struct rbac_operation *rows = rbac_operations(&count);
    buffer_add_string(out, "# + granted, * allowed by the Batch rule only, . neither\n");
    for (size_t i = 0; i < matrix->role_count; i++)
        buffer_format(out, "# column %zu: %s\n", i + 1, matrix->roles[i].name);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < matrix->role_count; j++)
            buffer_add_char(out, matrix_mark_sign(role_matrix_at(matrix, i, j)));
        buffer_format(
            out, " %s %s\n", rows[i].kind == RBAC_DATA_ACTION ? "data" : "    ", rows[i].name);
    }
}

static void print_matrix(struct buffer *out)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct role_matrix matrix;
    size_t count;
    const struct rbac_role *roles = rbac_builtin_roles(&count);
    arena_init(&arena, 0);
    if (!role_matrix_fill(roles, count, &arena, &matrix, &err))
        fail_msg("%s", err.message);
    buffer_add_string(
        out, "# Built-in roles and known operations (made by tests/unit/rbac/matrix.c)\n");
    print_rows(&matrix, out);
}

static void write_snapshot(const struct buffer *matrix)
{
    FILE *file = fopen(SNAPSHOT, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(matrix->at, 1, matrix->length, file), matrix->length);
    assert_int_equal(fclose(file), 0);
}

static void matrix_is_as_reviewed(void **state)
{
    (void)state;
    scoped_buffer struct buffer matrix = {0};
    static char reviewed[64 * 1024];
    buffer_init(&matrix, sizeof(reviewed) - 1);
    print_matrix(&matrix);
    assert_false(matrix.failed);
    if (getenv("UPDATE_SNAPSHOTS"))
        write_snapshot(&matrix);
    FILE *file = fopen(SNAPSHOT, "rb");
    if (!file)
        fail_msg("%s is missing; UPDATE_SNAPSHOTS=1 writes it", SNAPSHOT);
    size_t length = fread(reviewed, 1, sizeof(reviewed) - 1, file);
    fclose(file);
    reviewed[length] = '\0';
    assert_string_equal(matrix.at, reviewed);
}

/* Columns of custom roles, beside built-in ones; each failed allocation is an error, not a crash.
 */
static void custom_roles_have_columns(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct role_matrix matrix;
    arena_init(&arena, 0);
    struct rbac_role roles[2] = {
        make_role(ARTICLE_ROLE, &arena), *rbac_builtin_role(TEXT("Reader"))};
    assert_true(role_matrix_fill(roles, 2, &arena, &matrix, &err));
    size_t count;
    const struct rbac_operation *rows = rbac_operations(&count);
    for (size_t i = 0; i < COUNT(article); i++) {
        const struct rbac_operation *row =
            rbac_operation_find(text_of(article[i].action), article[i].kind);
        assert_int_equal(
            role_matrix_at(&matrix, (size_t)(row - rows), 0) == MATRIX_GRANTED, article[i].granted);
    }
    size_t jobs_read = (size_t)(rbac_batch_operation("jobs/read", RBAC_DATA_ACTION) - rows);
    assert_int_equal(role_matrix_at(&matrix, jobs_read, 1), MATRIX_BATCH_RULE);
    bool filled = false;
    for (long n = 1; !filled; n++) {
        scoped_arena struct arena small = {0};
        arena_init(&small, 0);
        memory_fail_after(n);
        filled = role_matrix_fill(roles, 2, &small, &matrix, &err);
        memory_fail_after(0);
        assert_true(filled || err.kind == AZB_ERROR_MEMORY);
        azb_error_free(&err);
    }
    roles[0].id = "";
    assert_false(role_matrix_fill(roles, 2, &arena, &matrix, &err));
    assert_non_null(strstr(err.message, "has no id"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_articles_custom_role),
        cmocka_unit_test(catalogue_is_sound),
        cmocka_unit_test(matrix_is_as_reviewed),
        cmocka_unit_test(custom_roles_have_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
