/* The least role from what was used: its lists, and what the evaluator says of it. */
#include "fixture.h"

#include "rbac/least_role.h"

#define POOLS_WRITE BATCH "pools/write"

struct lists {
    const char *actions, *data_actions;
};

static const struct {
    const char *name;
    struct used_operation used[6];
    struct lists granted; /* each name and a space */
} cases[] = {
    {"each in its own list, sorted",
        {{BATCH "pools/read", RBAC_ACTION, false}, {BATCH "jobs/write", RBAC_DATA_ACTION, false},
            {BATCH "jobs/read", RBAC_DATA_ACTION, false},
            {BATCH "applications/read", RBAC_ACTION, false}},
        {BATCH "applications/read " BATCH "pools/read ", BATCH "jobs/read " BATCH "jobs/write "}},
    {"once, whatever the case, in the catalogue's spelling",
        {{"microsoft.batch/BATCHACCOUNTS/listkeys/Action", RBAC_ACTION, false},
            {BATCH "listKeys/action", RBAC_ACTION, false}},
        {BATCH "listKeys/action ", ""}},
    {"an autopool needs pools/write",
        {{BATCH "jobs/read", RBAC_DATA_ACTION, false},
            {BATCH "jobs/write", RBAC_DATA_ACTION, true}},
        {POOLS_WRITE " ", BATCH "jobs/read " BATCH "jobs/write "}},
    {"an autopool, and pools/write used besides",
        {{POOLS_WRITE, RBAC_ACTION, false}, {BATCH "jobSchedules/write", RBAC_DATA_ACTION, true}},
        {POOLS_WRITE " ", BATCH "jobSchedules/write "}},
    {"unknown to the catalogue",
        {{"Contoso.Things/things/shake/action", RBAC_ACTION, false},
            {"contoso.things/THINGS/shake/action", RBAC_ACTION, false},
            {"Contoso.Things/things/read", RBAC_DATA_ACTION, false}},
        {"Contoso.Things/things/shake/action ", "Contoso.Things/things/read "}},
    {"a data action's name asked as action stays where it was asked",
        {{BATCH "jobs/read", RBAC_ACTION, false}}, {BATCH "jobs/read ", ""}},
};

static size_t used_count(const struct used_operation *used)
{
    size_t count = 0;
    while (count < COUNT(cases[0].used) && used[count].name)
        count++;
    return count;
}

static const char *joined(const struct rbac_names *names, struct arena *arena)
{
    const char *all = "";
    for (size_t i = 0; i < names->count; i++)
        all = arena_format(arena, "%s%s ", all, names->at[i]);
    return all;
}

static const struct rbac_role *make_least(const struct used_operation *used, struct arena *arena)
{
    static const char *const scopes[] = {ACCOUNT, SUBSCRIPTION};
    struct azb_error err = AZB_ERROR_INIT;
    const struct rbac_role *role =
        least_role("Least", used, used_count(used), scopes, COUNT(scopes), arena, &err);
    if (!role)
        fail_msg("%s", err.message);
    return role;
}

static void grants_what_was_used(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct rbac_names missing, extra;
        arena_init(&arena, 0);
        print_message("%s\n", cases[i].name);
        const struct rbac_role *role = make_least(cases[i].used, &arena);
        assert_string_equal(role->name, "Least");
        assert_int_equal(role->assignable_scopes.count, 2);
        assert_string_equal(role->assignable_scopes.at[0], ACCOUNT);
        assert_int_equal(role->permission_count, 1);
        assert_string_equal(
            joined(&role->permissions[0].actions, &arena), cases[i].granted.actions);
        assert_string_equal(
            joined(&role->permissions[0].data_actions, &arena), cases[i].granted.data_actions);
        assert_int_equal(role->permissions[0].not_actions.count, 0);
        assert_true(role_check_custom(role, &err));
        assert_true(role_compare_used(
            role, cases[i].used, used_count(cases[i].used), &arena, &missing, &extra, &err));
        assert_int_equal(missing.count, 0);
        assert_int_equal(extra.count, 0);
    }
}

/* The names may go after the call. */
static void strings_are_its_own(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    char name[] = "Contoso.Things/things/read", scope[] = SUBSCRIPTION, title[] = "Mine";
    const char *const scopes[] = {scope};
    const struct used_operation used = {name, RBAC_ACTION, false};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    const struct rbac_role *role = least_role(title, &used, 1, scopes, 1, &arena, &err);
    assert_non_null(role);
    memset(name, 'x', sizeof(name) - 1);
    memset(scope, 'x', sizeof(scope) - 1);
    memset(title, 'x', sizeof(title) - 1);
    assert_string_equal(role->name, "Mine");
    assert_string_equal(role->assignable_scopes.at[0], SUBSCRIPTION);
    assert_string_equal(role->permissions[0].actions.at[0], "Contoso.Things/things/read");
}

static void refuses_what_is_no_operation(void **state)
{
    (void)state;
    static const char *const names[] = {"", "jobs/read", "read", "*", BATCH "*", BATCH "jobs//read",
        BATCH "jobs/", "/" BATCH "read", "Microsoft.Batch", BATCH "jobs /read",
        BATCH "jobs/r\xc3\xa9"
              "ad",
        BATCH "jobs/read\n"};
    for (size_t i = 0; i < COUNT(names); i++) {
        scoped_arena struct arena arena = {0};
        const struct used_operation used[] = {
            {BATCH "jobs/read", RBAC_DATA_ACTION, false}, {names[i], RBAC_ACTION, false}};
        struct azb_error err = AZB_ERROR_INIT;
        struct rbac_names missing, extra;
        arena_init(&arena, 0);
        print_message("\"%s\"\n", names[i]);
        assert_null(least_role("Least", used, 2, NULL, 0, &arena, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        assert_non_null(strstr(err.message, "is no operation"));
        assert_false(role_compare_used(
            rbac_builtin_role(TEXT("Reader")), used, 2, &arena, &missing, &extra, &err));
    }
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    assert_null(least_role("Least", NULL, 0, NULL, 0, &arena, &err));
    assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
}

static void says_what_another_role_lacks_and_has(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct rbac_names missing, extra;
    const struct used_operation used[] = {
        {BATCH "jobs/write", RBAC_DATA_ACTION, true},
        {BATCH "PoolS/read", RBAC_ACTION, false},
        {BATCH "read", RBAC_ACTION, false},
        {"Contoso.Things/things/read", RBAC_ACTION, false},
    };
    arena_init(&arena, 0);
    const struct rbac_role *submitter = rbac_builtin_role(TEXT(SUBMITTER));
    assert_true(role_compare_used(submitter, used, COUNT(used), &arena, &missing, &extra, &err));
    assert_string_equal(
        joined(&missing, &arena), "Contoso.Things/things/read " POOLS_WRITE " " BATCH "read ");
    assert_string_equal(joined(&extra, &arena),
        BATCH "jobs/read " BATCH "jobs/delete " BATCH "jobSchedules/read " BATCH
              "jobSchedules/write " BATCH "jobSchedules/delete " BATCH "applications/read " BATCH
              "applications/versions/read Microsoft.Resources/subscriptions/resourceGroups/read "
              "Microsoft.Insights/alertRules/read Microsoft.Insights/alertRules/write "
              "Microsoft.Insights/alertRules/delete ");
    /* listKeys opens the data plane, but it is not what was used. */
    const struct rbac_role *owner = rbac_builtin_role(TEXT(OWNER));
    assert_true(role_compare_used(owner, used, COUNT(used), &arena, &missing, &extra, &err));
    assert_string_equal(joined(&missing, &arena), BATCH "jobs/write ");
    assert_true(role_compare_used(submitter, NULL, 0, &arena, &missing, &extra, &err));
    assert_int_equal(missing.count, 0);
    assert_int_equal(extra.count, 13);
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    static const char *const scopes[] = {SUBSCRIPTION};
    static const struct used_operation used[] = {{BATCH "jobs/write", RBAC_DATA_ACTION, true},
        {"Contoso.Things/things/read", RBAC_ACTION, false}};
    long n = 1;
    for (bool done = false; !done; n++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct rbac_names missing, extra;
        arena_init(&arena, 0);
        memory_fail_after(n);
        const struct rbac_role *role = least_role("Least", used, 2, scopes, 1, &arena, &err);
        done = role && role_compare_used(role, used, 2, &arena, &missing, &extra, &err);
        memory_fail_after(0);
        assert_true(done || err.kind == AZB_ERROR_MEMORY);
        assert_true(!done || missing.count + extra.count == 0);
    }
    assert_true(n > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grants_what_was_used),
        cmocka_unit_test(strings_are_its_own),
        cmocka_unit_test(refuses_what_is_no_operation),
        cmocka_unit_test(says_what_another_role_lacks_and_has),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
