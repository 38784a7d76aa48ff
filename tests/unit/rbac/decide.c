/* Decisions: subtraction, union, several permission objects, groups, scopes, the Batch rule. */
#include "fixture.h"

struct check {
    const char *name;
    const struct rbac_role *roles;
    size_t role_count;
    struct rbac_assignment assignments[3];
    const char *group;
    const char *action;
    enum rbac_kind kind;
    const char *scope;
    bool allowed;
};

#define NAMES(...)                                                                                 \
    {                                                                                              \
        (const char *const[]){__VA_ARGS__},                                                        \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)                            \
    }
#define ROLE_ID(n) "10000000-0000-4000-8000-00000000000" #n
#define ROLE_OF(role_id, ...)                                                                      \
    {                                                                                              \
        .id = (role_id), .name = "role " role_id, .description = "",                               \
        .permissions = (const struct rbac_permission[]){__VA_ARGS__},                              \
        .permission_count =                                                                        \
            sizeof((const struct rbac_permission[]){__VA_ARGS__}) / sizeof(struct rbac_permission) \
    }

static const struct rbac_role roles[] = {
    /* 1: everything of Batch but pool writes */
    ROLE_OF(
        ROLE_ID(1), {.actions = NAMES("Microsoft.Batch/*"), .not_actions = NAMES("*/pools/WRITE")}),
    /* 2: pool writes only */
    ROLE_OF(ROLE_ID(2), {.actions = NAMES(BATCH "pools/write")}),
    /* 3: two objects: the second grants what the first subtracts */
    ROLE_OF(ROLE_ID(3),
        {.actions = NAMES("Microsoft.Batch/*"), .not_actions = NAMES(BATCH "pools/*")},
        {.actions = NAMES(BATCH "pools/read")}),
    /* 4: data actions with a subtraction */
    ROLE_OF(
        ROLE_ID(4), {.data_actions = NAMES(BATCH "jobs/*"), .not_data_actions = NAMES("*/delete")}),
    /* 5: names that the catalogue does not have */
    ROLE_OF(ROLE_ID(5),
        {.actions = NAMES("Contoso.Things/*/read"), .not_actions = NAMES("*/secret/read")}),
    /* 6: notActions of one object does not reach into another */
    ROLE_OF(ROLE_ID(6), {.not_actions = NAMES("*")}, {.actions = NAMES(BATCH "read")}),
};

static const struct check checks[] = {
    {"no assignment", NULL, 0, {{0}}, NULL, BATCH "read", RBAC_ACTION, ACCOUNT, false},
    {"granted at the scope", NULL, 0, {{"1", ALICE, READER, ACCOUNT, NULL}}, NULL, BATCH "read",
        RBAC_ACTION, ACCOUNT, true},
    {"granted at the subscription", NULL, 0, {{"1", ALICE, READER, SUBSCRIPTION, NULL}}, NULL,
        BATCH "read", RBAC_ACTION, ACCOUNT, true},
    {"granted at the root", NULL, 0, {{"1", ALICE, READER, "/", NULL}}, NULL, BATCH "read",
        RBAC_ACTION, ACCOUNT, true},
    {"rg1 does not help in rg10", NULL, 0, {{"1", ALICE, READER, GROUP, NULL}}, NULL, BATCH "read",
        RBAC_ACTION, OTHER_ACCOUNT, false},
    {"below does not help above", NULL, 0, {{"1", ALICE, READER, ACCOUNT, NULL}}, NULL,
        BATCH "read", RBAC_ACTION, GROUP, false},
    {"another principal", NULL, 0, {{"1", BOB, READER, ACCOUNT, NULL}}, NULL, BATCH "read",
        RBAC_ACTION, ACCOUNT, false},
    {"through a group", NULL, 0, {{"1", TEAM, READER, ACCOUNT, NULL}}, TEAM, BATCH "read",
        RBAC_ACTION, ACCOUNT, true},
    {"principal in upper case", NULL, 0,
        {{"1", "AAAAAAAA-0000-4000-8000-000000000001", READER, ACCOUNT, NULL}}, NULL, BATCH "read",
        RBAC_ACTION, ACCOUNT, true},
    {"role by full id", NULL, 0,
        {{"1", ALICE, SUBSCRIPTION ROLE_DEFINITION_PATH READER, ACCOUNT, NULL}}, NULL, BATCH "read",
        RBAC_ACTION, ACCOUNT, true},
    {"role that is gone", NULL, 0, {{"1", ALICE, CUSTOM, ACCOUNT, NULL}}, NULL, BATCH "read",
        RBAC_ACTION, ACCOUNT, false},
    {"case of the action", NULL, 0, {{"1", ALICE, READER, ACCOUNT, NULL}}, NULL,
        "MICROSOFT.BATCH/batchaccounts/READ", RBAC_ACTION, ACCOUNT, true},
    {"actions never imply data actions", NULL, 0, {{"1", ALICE, OWNER, ACCOUNT, NULL}}, NULL,
        BATCH "jobs/read", RBAC_DATA_ACTION, ACCOUNT, false},
    {"data actions never imply actions", roles, COUNT(roles),
        {{"1", ALICE, ROLE_ID(4), ACCOUNT, NULL}}, NULL, BATCH "jobs/read", RBAC_ACTION, ACCOUNT,
        false},
    {"notActions subtracts, in any case", roles, COUNT(roles),
        {{"1", ALICE, ROLE_ID(1), ACCOUNT, NULL}}, NULL, BATCH "pools/write", RBAC_ACTION, ACCOUNT,
        false},
    {"another role grants it again", roles, COUNT(roles),
        {{"1", ALICE, ROLE_ID(1), ACCOUNT, NULL}, {"2", ALICE, ROLE_ID(2), SUBSCRIPTION, NULL}},
        NULL, BATCH "pools/write", RBAC_ACTION, ACCOUNT, true},
    {"a group's role grants it again", roles, COUNT(roles),
        {{"1", ALICE, ROLE_ID(1), ACCOUNT, NULL}, {"2", TEAM, ROLE_ID(2), GROUP, NULL}}, TEAM,
        BATCH "pools/write", RBAC_ACTION, ACCOUNT, true},
    {"the second object grants it", roles, COUNT(roles), {{"1", ALICE, ROLE_ID(3), ACCOUNT, NULL}},
        NULL, BATCH "pools/read", RBAC_ACTION, ACCOUNT, true},
    {"neither object grants it", roles, COUNT(roles), {{"1", ALICE, ROLE_ID(3), ACCOUNT, NULL}},
        NULL, BATCH "pools/delete", RBAC_ACTION, ACCOUNT, false},
    {"notActions stays in its object", roles, COUNT(roles),
        {{"1", ALICE, ROLE_ID(6), ACCOUNT, NULL}}, NULL, BATCH "read", RBAC_ACTION, ACCOUNT, true},
    {"notDataActions subtracts", roles, COUNT(roles), {{"1", ALICE, ROLE_ID(4), ACCOUNT, NULL}},
        NULL, BATCH "jobs/delete", RBAC_DATA_ACTION, ACCOUNT, false},
    {"the rest of the data actions", roles, COUNT(roles), {{"1", ALICE, ROLE_ID(4), ACCOUNT, NULL}},
        NULL, BATCH "jobs/write", RBAC_DATA_ACTION, ACCOUNT, true},
    {"unknown operation", roles, COUNT(roles), {{"1", ALICE, ROLE_ID(5), ACCOUNT, NULL}}, NULL,
        "contoso.things/a/b/READ", RBAC_ACTION, ACCOUNT, true},
    {"unknown operation subtracted", roles, COUNT(roles), {{"1", ALICE, ROLE_ID(5), ACCOUNT, NULL}},
        NULL, "Contoso.Things/secret/read", RBAC_ACTION, ACCOUNT, false},
    {"unknown operation as data", roles, COUNT(roles), {{"1", ALICE, ROLE_ID(5), ACCOUNT, NULL}},
        NULL, "Contoso.Things/a/read", RBAC_DATA_ACTION, ACCOUNT, false},
    {"unknown operation through a group", roles, COUNT(roles),
        {{"1", TEAM, ROLE_ID(5), SUBSCRIPTION, NULL}}, TEAM, "Contoso.Things/a/read", RBAC_ACTION,
        ACCOUNT, true},
};

static size_t assignments_of(const struct rbac_assignment *assignments)
{
    size_t count = 0;
    while (count < 3 && assignments[count].principal_id)
        count++;
    return count;
}

static void decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(checks); i++) {
        const struct check *check = &checks[i];
        scoped_arena struct arena arena = {0};
        arena_init(&arena, 0);
        print_message("%s\n", check->name);
        struct rbac_index *index = make_index(check->roles, check->role_count, check->assignments,
            assignments_of(check->assignments));
        struct scope scope = make_scope(check->scope, &arena);
        struct rbac_caller caller = {
            .object_id = ALICE, .group_ids = &check->group, .group_count = check->group ? 1 : 0};
        struct rbac_request request = {
            .caller = &caller, .scope = &scope, .action = check->action, .kind = check->kind};
        assert_int_equal(rbac_check(index, &request), check->allowed);
        request.operation = rbac_operation_find(text_of(check->action), check->kind);
        assert_int_equal(rbac_check(index, &request), check->allowed);
        rbac_index_free(index);
    }
}

/* ---- management groups ---- */

#define MANAGEMENT "/providers/Microsoft.Management/managementGroups/"

static const struct rbac_parent parents[] = {
    {SUBSCRIPTION, MANAGEMENT "inner"},
    {MANAGEMENT "inner", MANAGEMENT "outer"},
    {"/subscriptions/s2", MANAGEMENT "other"},
};

static const struct {
    const char *name, *scope;
    bool allowed;
} management[] = {
    {"the group that holds the subscription", MANAGEMENT "inner", true},
    {"the group above it", MANAGEMENT "OUTER", true},
    {"another group", MANAGEMENT "other", false},
};

static void reaches_through_management_groups(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(management); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct rbac_assignment assignment = {"1", ALICE, READER, management[i].scope, NULL};
        struct rbac_index_input input = {.assignments = &assignment,
            .assignment_count = 1,
            .parents = parents,
            .parent_count = COUNT(parents)};
        arena_init(&arena, 0);
        print_message("%s\n", management[i].name);
        struct rbac_index *index = rbac_index_new(&input, &err);
        assert_non_null(index);
        struct scope scope = make_scope(ACCOUNT, &arena);
        struct rbac_caller caller = {.object_id = ALICE};
        struct rbac_request request = {.caller = &caller, .scope = &scope, .action = BATCH "read"};
        assert_int_equal(rbac_check(index, &request), management[i].allowed);
        rbac_index_free(index);
    }
}

static const struct {
    const char *name;
    struct rbac_parent parents[2];
    size_t count;
    struct rbac_assignment assignment;
    const char *message;
} refused[] = {
    {"a circle", {{MANAGEMENT "a", MANAGEMENT "b"}, {MANAGEMENT "b", MANAGEMENT "a"}}, 2,
        {"1", ALICE, READER, "/", NULL}, "would lie in itself"},
    {"itself", {{MANAGEMENT "a", MANAGEMENT "a"}}, 1, {"1", ALICE, READER, "/", NULL},
        "would lie in itself"},
    {"two parents", {{SUBSCRIPTION, MANAGEMENT "a"}, {SUBSCRIPTION, MANAGEMENT "b"}}, 2,
        {"1", ALICE, READER, "/", NULL}, "two management groups"},
    {"parent is no group", {{SUBSCRIPTION, "/subscriptions/x"}}, 1, {"1", ALICE, READER, "/", NULL},
        "no management group"},
    {"child is a resource group", {{GROUP, MANAGEMENT "a"}}, 1, {"1", ALICE, READER, "/", NULL},
        "only a subscription"},
    {"no principal", {{0}}, 0, {"77", NULL, READER, "/", NULL},
        "role assignment 77: the principal"},
    {"bad scope", {{0}}, 0, {"77", ALICE, READER, "/x", NULL}, "role assignment 77: scope \"/x\""},
    {"no scope", {{0}}, 0, {"77", ALICE, READER, NULL, NULL}, "role assignment 77: the scope"},
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct rbac_index_input input = {.assignments = &refused[i].assignment,
            .assignment_count = 1,
            .parents = refused[i].parents,
            .parent_count = refused[i].count};
        print_message("%s\n", refused[i].name);
        assert_null(rbac_index_new(&input, &err));
        if (!strstr(err.message, refused[i].message))
            fail_msg("\"%s\" does not say \"%s\"", err.message, refused[i].message);
    }
}

/* ---- the Batch rule ---- */

#define LIST_KEYS_ROLE ROLE_ID(7)
#define JOBS_AND_POOLS ROLE_ID(8)
static const struct rbac_role batch_roles[] = {
    ROLE_OF(LIST_KEYS_ROLE, {.actions = NAMES(BATCH "listkeys/action")}),
    ROLE_OF(JOBS_AND_POOLS,
        {.actions = NAMES(BATCH "pools/write"), .data_actions = NAMES(BATCH "jobs/write")}),
    ROLE_OF(ROLE_ID(9), {.actions = NAMES(BATCH "pools/write")}),
    ROLE_OF(CUSTOM, {.actions = NAMES(BATCH "jobs/*")}),
};

static const struct {
    const char *name, *role, *second_role, *permission;
    enum rbac_kind kind;
    bool is_read, needs_autopool;
    bool allowed;
    enum rbac_rule rule;
    const char *missing;
} batch[] = {
    {"Reader lists jobs", READER, NULL, "jobs/read", RBAC_DATA_ACTION, true, false, true,
        RBAC_RULE_ACCOUNT_READ, NULL},
    {"Reader creates no job", READER, NULL, "jobs/write", RBAC_DATA_ACTION, false, false, false,
        RBAC_RULE_NONE, BATCH "jobs/write"},
    {"Reader reads pools by the permission", READER, NULL, "pools/read", RBAC_ACTION, true, false,
        true, RBAC_RULE_PERMISSION, NULL},
    {"Contributor creates jobs", CONTRIBUTOR, NULL, "jobs/write", RBAC_DATA_ACTION, false, false,
        true, RBAC_RULE_LIST_KEYS, NULL},
    {"Owner creates a job with an autopool", OWNER, NULL, "jobs/write", RBAC_DATA_ACTION, false,
        true, true, RBAC_RULE_LIST_KEYS, NULL},
    {"listKeys in another case covers anything", LIST_KEYS_ROLE, NULL, "pools/delete", RBAC_ACTION,
        false, false, true, RBAC_RULE_LIST_KEYS, NULL},
    {"Job Submitter creates jobs", SUBMITTER, NULL, "jobs/write", RBAC_DATA_ACTION, false, false,
        true, RBAC_RULE_PERMISSION, NULL},
    {"Job Submitter creates no pool", SUBMITTER, NULL, "pools/write", RBAC_ACTION, false, false,
        false, RBAC_RULE_NONE, BATCH "pools/write"},
    {"Job Submitter has no autopool", SUBMITTER, NULL, "jobs/write", RBAC_DATA_ACTION, false, true,
        false, RBAC_RULE_NONE, BATCH "pools/write"},
    {"with pools/write it has", SUBMITTER, ROLE_ID(9), "jobs/write", RBAC_DATA_ACTION, false, true,
        true, RBAC_RULE_PERMISSION, NULL},
    {"one role with both", JOBS_AND_POOLS, NULL, "jobs/write", RBAC_DATA_ACTION, false, true, true,
        RBAC_RULE_PERMISSION, NULL},
    {"pools/write alone makes no autopool job", ROLE_ID(9), NULL, "jobs/write", RBAC_DATA_ACTION,
        false, true, false, RBAC_RULE_NONE, BATCH "jobs/write"},
    {"jobs as actions do not count", CUSTOM, NULL, "jobs/read", RBAC_DATA_ACTION, true, false,
        false, RBAC_RULE_NONE, BATCH "jobs/read"},
    {"Job Submitter does not read the account", SUBMITTER, NULL, "read", RBAC_ACTION, true, false,
        false, RBAC_RULE_NONE, BATCH "read"},
    {"a write is no read for batchAccounts/read", READER, NULL, "certificates/write", RBAC_ACTION,
        false, false, false, RBAC_RULE_NONE, BATCH "certificates/write"},
};

static void batch_rule_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(batch); i++) {
        scoped_arena struct arena arena = {0};
        arena_init(&arena, 0);
        print_message("%s\n", batch[i].name);
        struct rbac_assignment assignments[] = {{"1", ALICE, batch[i].role, GROUP, NULL},
            {"2", TEAM, batch[i].second_role, ACCOUNT, NULL}};
        struct rbac_index *index =
            make_index(batch_roles, COUNT(batch_roles), assignments, batch[i].second_role ? 2 : 1);
        struct scope scope = make_scope(ACCOUNT, &arena);
        const char *groups[] = {TEAM};
        struct rbac_caller caller = {.object_id = ALICE, .group_ids = groups, .group_count = 1};
        struct rbac_request request = {.caller = &caller,
            .scope = &scope,
            .operation = rbac_batch_operation(batch[i].permission, batch[i].kind),
            .is_read = batch[i].is_read,
            .needs_autopool = batch[i].needs_autopool};
        struct rbac_decision decision;
        assert_non_null(request.operation);
        assert_int_equal(rbac_decide_batch(index, &request, &decision), batch[i].allowed);
        assert_int_equal(decision.allowed, batch[i].allowed);
        assert_int_equal(decision.rule, batch[i].rule);
        if (batch[i].missing)
            assert_string_equal(decision.missing, batch[i].missing);
        else
            assert_null(decision.missing);
        rbac_index_free(index);
    }
}

/* A custom role with the id of a built-in one does not take its place. */
static void built_in_roles_stay(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct rbac_role twin = roles[1];
    twin.id = READER;
    const struct rbac_assignment assignment = {"1", ALICE, READER, ACCOUNT, NULL};
    struct rbac_index *index = make_index(&twin, 1, &assignment, 1);
    arena_init(&arena, 0);
    const struct scope account = make_scope(ACCOUNT, &arena);
    const struct rbac_caller caller = {.object_id = ALICE};
    struct rbac_request request = {
        .caller = &caller, .action = BATCH "pools/write", .scope = &account};
    assert_false(rbac_check(index, &request));
    request.action = BATCH "pools/read";
    assert_true(rbac_check(index, &request));
    rbac_index_free(index);
    rbac_index_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides),
        cmocka_unit_test(reaches_through_management_groups),
        cmocka_unit_test(refuses),
        cmocka_unit_test(batch_rule_decides),
        cmocka_unit_test(built_in_roles_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
