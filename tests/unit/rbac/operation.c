/* The catalogue: names, kinds, what providerOperations says of them. */
#include "fixture.h"

#include "rbac/condition.h"

static const struct {
    const char *name;
    enum rbac_kind kind;
    const char *provider, *type, *resource;
} parts[] = {
    {BATCH "jobs/read", RBAC_DATA_ACTION, "Microsoft.Batch", "batchAccounts/jobs", "Job"},
    {BATCH "read", RBAC_ACTION, "Microsoft.Batch", "batchAccounts", "Batch Account"},
    {BATCH "LISTKEYS/action", RBAC_ACTION, "Microsoft.Batch", "batchAccounts", "Batch Account"},
    {BATCH "applications/versions/activate/action", RBAC_ACTION, "Microsoft.Batch",
        "batchAccounts/applications/versions", "Application Package"},
    {"Microsoft.Batch/register/action", RBAC_ACTION, "Microsoft.Batch", "", NULL},
    {"Microsoft.Resources/subscriptions/resourceGroups/read", RBAC_ACTION, "Microsoft.Resources",
        "subscriptions/resourceGroups", "Resource Group"},
};

static void knows_the_parts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(parts); i++) {
        const struct rbac_operation *row =
            rbac_operation_find(text_of(parts[i].name), parts[i].kind);
        print_message("%s\n", parts[i].name);
        assert_non_null(row);
        assert_true(text_is(rbac_operation_provider(row), parts[i].provider));
        assert_true(text_is(rbac_operation_resource_type(row), parts[i].type));
        if (parts[i].resource)
            assert_string_equal(rbac_operation_resource_name(row), parts[i].resource);
        else
            assert_null(rbac_operation_resource_name(row));
    }
}

/* Batch has six data actions and no more; every row is there once and says what it is. */
static void is_consistent(void **state)
{
    (void)state;
    size_t count, batch_data = 0, batch = 0;
    const struct rbac_operation *rows = rbac_operations(&count);
    for (size_t i = 0; i < count; i++) {
        print_message("%s\n", rows[i].name);
        assert_ptr_equal(rbac_operation_find(text_of(rows[i].name), rows[i].kind), &rows[i]);
        assert_null(rbac_operation_find(text_of(rows[i].name), !rows[i].kind));
        assert_true(rows[i].display_name[0] && rows[i].description[0]);
        assert_true((rbac_operation_resource_type(&rows[i]).length > 0) ==
                    (rbac_operation_resource_name(&rows[i]) != NULL));
        bool is_batch = text_starts(text_of(rows[i].name), "Microsoft.Batch/");
        batch += is_batch;
        batch_data += is_batch && rows[i].kind == RBAC_DATA_ACTION;
    }
    assert_int_equal(batch_data, 6);
    assert_int_equal(batch, 64);
}

static void built_in_conditions_are_well_formed(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    size_t count, conditions = 0;
    const struct rbac_role *roles = rbac_builtin_roles(&count);
    arena_init(&arena, 0);
    for (size_t i = 0; i < count; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        const char *condition = roles[i].permissions[0].condition;
        assert_true(text_is_guid(text_of(roles[i].id)));
        if (condition && !condition_parse(text_of(condition), &arena, &err))
            fail_msg("%s: %s", roles[i].name, err.message);
        conditions += condition != NULL;
    }
    assert_int_equal(conditions, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_parts),
        cmocka_unit_test(is_consistent),
        cmocka_unit_test(built_in_conditions_are_well_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
