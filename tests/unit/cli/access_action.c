/* What a question about access asks: names, short names, commands, and what is none of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/access_action.h"

#define BATCH "Microsoft.Batch/batchAccounts/"
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *words, *name;
    enum rbac_kind kind;
    enum rbac_rules rules;
    bool is_read;
} known[] = {
    {"jobs/write", BATCH "jobs/write", RBAC_DATA_ACTION, RBAC_RULES_BATCH, false},
    {"JOBS/Write", BATCH "jobs/write", RBAC_DATA_ACTION, RBAC_RULES_BATCH, false},
    {BATCH "jobs/read", BATCH "jobs/read", RBAC_DATA_ACTION, RBAC_RULES_BATCH, true},
    {"pools/read", BATCH "pools/read", RBAC_ACTION, RBAC_RULES_BATCH, true},
    {"certificates/delete", BATCH "certificates/delete", RBAC_ACTION, RBAC_RULES_BATCH, false},
    {"read", BATCH "read", RBAC_ACTION, RBAC_RULES_BATCH, true},
    {"job create", BATCH "jobs/write", RBAC_DATA_ACTION, RBAC_RULES_BATCH, false},
    {"job_create", BATCH "jobs/write", RBAC_DATA_ACTION, RBAC_RULES_BATCH, false},
    {"task list", BATCH "jobs/read", RBAC_DATA_ACTION, RBAC_RULES_BATCH, true},
    {"pool supported-images list", BATCH "read", RBAC_ACTION, RBAC_RULES_BATCH, true},
    {"listKeys/action", BATCH "listKeys/action", RBAC_ACTION, RBAC_RULES_ARM, false},
    {"account keys list", BATCH "listKeys/action", RBAC_ACTION, RBAC_RULES_ARM, false},
    {"role assignment create", "Microsoft.Authorization/roleAssignments/write", RBAC_ACTION,
        RBAC_RULES_ARM, false},
    {"microsoft.authorization/roleassignments/WRITE",
        "Microsoft.Authorization/roleAssignments/write", RBAC_ACTION, RBAC_RULES_ARM, false},
    {"Microsoft.Compute/virtualMachines/read", "Microsoft.Compute/virtualMachines/read",
        RBAC_ACTION, RBAC_RULES_ARM, true},
};

static void names_of_operations(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct access_action action;
        arena_init(&arena, 0);
        print_message("%s\n", known[i].words);
        assert_true(access_action_read(known[i].words, &arena, &action, &err));
        assert_string_equal(action.name, known[i].name);
        assert_int_equal(action.kind, known[i].kind);
        assert_int_equal(action.rules, known[i].rules);
        assert_int_equal(action.is_read, known[i].is_read);
    }
}

static const struct {
    const char *words, *says;
} unknown[] = {
    {"pools/raed", "did you mean 'pools/read'?"},
    {"job craete", "did you mean 'job create'?"},
    {BATCH "job/write", "did you mean '" BATCH "jobs/write'?"},
    {"Microsoft.Authorization/roleAssignment/write", "did you mean"},
    {"Microsoft.Batch/nothing/of/the/kind", "there is no operation"},
    {"jobs/*", "is a pattern"},
    {"Microsoft.Compute/*/read", "is a pattern"},
    {"xyzzy", "azb role matrix"},
    {"", "there is no operation"},
};

static void what_is_no_operation(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(unknown); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct access_action action;
        arena_init(&arena, 0);
        print_message("%s\n", unknown[i].words);
        assert_false(access_action_read(unknown[i].words, &arena, &action, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        assert_non_null(strstr(err.message, unknown[i].says));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_operations),
        cmocka_unit_test(what_is_no_operation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
