/* What programs may use: azb/rbac.h. */
#include "fixture.h"

#include <azb/rbac.h>
#include "base/json.h"

static struct azb_rbac *make_rbac(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_rbac *rbac = azb_rbac_new(&err);
    assert_non_null(rbac);
    if (!azb_rbac_add_role(rbac, ARTICLE_ROLE, sizeof(ARTICLE_ROLE) - 1, &err))
        fail_msg("%s", err.message);
    return rbac;
}

static struct azb_rbac_query jobs_write(void)
{
    struct azb_rbac_query query = AZB_RBAC_QUERY_INIT;
    query.object_id = ALICE;
    query.scope = ACCOUNT;
    query.operation = BATCH "jobs/write";
    query.is_data_action = true;
    query.is_batch = true;
    return query;
}

static void follows_changes(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_rbac *rbac = make_rbac();
    struct azb_rbac_query query = jobs_write();
    bool allowed = true;
    assert_true(azb_rbac_allows(rbac, &query, &allowed, &err));
    assert_false(allowed);
    assert_true(
        azb_rbac_assign(rbac, ALICE, "azure batch custom job submitter", SUBSCRIPTION, &err));
    assert_true(azb_rbac_allows(rbac, &query, &allowed, &err));
    assert_true(allowed);
    query.operation = BATCH "pools/write";
    query.is_data_action = false;
    assert_true(azb_rbac_allows(rbac, &query, &allowed, &err));
    assert_false(allowed);
    assert_true(azb_rbac_assign(rbac, ALICE, CONTRIBUTOR, GROUP, &err));
    assert_true(azb_rbac_allows(rbac, &query, &allowed, &err));
    assert_true(allowed);
    azb_rbac_free(rbac);
}

static void explains(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_rbac *rbac = make_rbac();
    struct azb_rbac_query query = jobs_write();
    char *text = azb_rbac_explain(rbac, &query, AZB_RBAC_SHORT, &err);
    assert_non_null(strstr(text, "--role \"Azure Batch Job Submitter\""));
    azb_rbac_free_text(text);
    text = azb_rbac_explain(rbac, &query, AZB_RBAC_TEXT, &err);
    assert_non_null(strstr(text, "No role is assigned to the caller or its groups.\n"));
    azb_rbac_free_text(text);
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    text = azb_rbac_explain(rbac, &query, AZB_RBAC_JSON, &err);
    assert_non_null(json_parse(text_of(text), &arena, &err));
    azb_rbac_free_text(text);
    azb_rbac_free_text(NULL);
    azb_rbac_free(rbac);
}

static bool allows(struct azb_rbac *rbac, const struct azb_rbac_query *query)
{
    struct azb_error err = AZB_ERROR_INIT;
    bool allowed = false;
    if (!azb_rbac_allows(rbac, query, &allowed, &err))
        fail_msg("%s", err.message);
    return allowed;
}

static void asks_conditions(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_rbac *rbac = make_rbac();
    struct azb_rbac_query query = jobs_write();
    const char *const level[] = {"7"};
    const struct azb_rbac_attribute attributes[] = {{AZB_RBAC_PRINCIPAL, "Level", level, 1}};
    assert_true(azb_rbac_assign_with_condition(rbac, ALICE, SUBMITTER, ACCOUNT,
        "@Environment[UtcNow] DateTimeLessThan '2001-01-01T00:00:00Z' AND "
        "@Principal[level] NumericGreaterThan 6",
        &err));
    assert_false(allows(rbac, &query)); /* it is later */
    query.now = 1;
    assert_false(allows(rbac, &query));
    char *text = azb_rbac_explain(rbac, &query, AZB_RBAC_TEXT, &err);
    assert_non_null(strstr(text, "asks for @Principal[level], which is not known"));
    azb_rbac_free_text(text);
    query.attributes = attributes;
    query.attribute_count = 1;
    assert_true(allows(rbac, &query));
    query.size = offsetof(struct azb_rbac_query, attributes); /* as an older program has it */
    assert_false(allows(rbac, &query));
    assert_false(azb_rbac_assign_with_condition(rbac, ALICE, SUBMITTER, ACCOUNT, "level", &err));
    assert_non_null(strstr(err.message, "condition: character 1: expected"));
    azb_rbac_free(rbac);
}

static void denies(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_rbac *rbac = make_rbac();
    struct azb_rbac_query query = jobs_write();
    struct azb_rbac_deny_assignment denial = AZB_RBAC_DENY_ASSIGNMENT_INIT;
    const char *const jobs[] = {BATCH "jobs/*"};
    const char *const writes[] = {"*/write"};
    const char *const bob[] = {BOB};
    const char *const alice[] = {ALICE};
    assert_true(azb_rbac_assign(rbac, ALICE, SUBMITTER, ACCOUNT, &err));
    denial.name = "stack";
    denial.scope = SUBSCRIPTION;
    denial.principal_ids = bob;
    denial.principal_count = 1;
    denial.data_actions = jobs;
    denial.data_action_count = 1;
    assert_true(azb_rbac_deny(rbac, &denial, &err));
    assert_true(allows(rbac, &query));
    denial.principal_ids = NULL;
    denial.not_data_actions = writes;
    denial.not_data_action_count = 1;
    assert_true(azb_rbac_deny(rbac, &denial, &err));
    assert_true(allows(rbac, &query));
    denial.not_data_action_count = 0;
    denial.excluded_ids = alice;
    denial.excluded_count = 1;
    assert_true(azb_rbac_deny(rbac, &denial, &err));
    assert_true(allows(rbac, &query));
    denial.excluded_count = 0;
    denial.does_not_apply_to_child_scopes = true;
    assert_true(azb_rbac_deny(rbac, &denial, &err));
    assert_true(allows(rbac, &query));
    denial.does_not_apply_to_child_scopes = false;
    denial.condition = "ActionMatches{'*/jobs/write'}";
    assert_true(azb_rbac_deny(rbac, &denial, &err));
    assert_false(allows(rbac, &query));
    char *text = azb_rbac_explain(rbac, &query, AZB_RBAC_SHORT, &err);
    assert_non_null(strstr(text, "The deny assignment \"stack\""));
    assert_non_null(strstr(text, "takes it away"));
    azb_rbac_free_text(text);
    azb_rbac_free(rbac);
}

static void refuses_deny_assignments(void **state)
{
    (void)state;
    static const char *const names[] = {"*", NULL};
    const struct azb_rbac_deny_assignment good = {
        .size = sizeof(good), .name = "d", .scope = "/", .actions = names, .action_count = 1};
    struct azb_rbac_deny_assignment denials[] = {good, good, good, good, good, good, good, good};
    static const char *const messages[COUNT(denials)] = {"AZB_RBAC_DENY_ASSIGNMENT_INIT",
        "denial.name: it is missing", "denial.scope: it is missing", "at least one action",
        "denial.actions[1]: it is missing", "denial.excluded_ids[0]: it is missing",
        "denial.principal_count: it is 0", "condition: character 1"};
    struct azb_rbac *rbac = make_rbac();
    denials[0].size = 0;
    denials[1].name = "";
    denials[2].scope = NULL;
    denials[3].action_count = 0;
    denials[4].action_count = 2;
    denials[5].excluded_count = 1;
    denials[6].principal_ids = names;
    denials[7].condition = "?";
    for (size_t i = 0; i < COUNT(denials); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        print_message("%s\n", messages[i]);
        assert_false(azb_rbac_deny(rbac, &denials[i], &err));
        if (!strstr(err.message, messages[i]))
            fail_msg("\"%s\" does not say \"%s\"", err.message, messages[i]);
    }
    azb_rbac_free(rbac);
}

static const struct {
    const char *name, *principal, *role, *scope, *message;
} assignments[] = {
    {"no principal", "", "Reader", "/", "principal_id: it is missing"},
    {"no role", ALICE, NULL, "/", "role: there is none"},
    {"unknown role", ALICE, "Readers", "/", "\"Readers\", neither built in nor added"},
    {"no scope", ALICE, "Reader", NULL, "scope: it is missing"},
    {"bad scope", ALICE, "Reader", "/subscriptions//x", "empty segments"},
};

static void refuses_assignments(void **state)
{
    (void)state;
    struct azb_rbac *rbac = make_rbac();
    for (size_t i = 0; i < COUNT(assignments); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        print_message("%s\n", assignments[i].name);
        assert_false(azb_rbac_assign(
            rbac, assignments[i].principal, assignments[i].role, assignments[i].scope, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        if (!strstr(err.message, assignments[i].message))
            fail_msg("\"%s\" does not say \"%s\"", err.message, assignments[i].message);
    }
    azb_rbac_free(rbac);
    azb_rbac_free(NULL);
}

static const struct {
    const char *name, *json, *message;
} roles[] = {
    {"name of a built-in role", "{\"Name\":\"READER\",\"Actions\":[\"*\"]}", "role named"},
    {"same again", ARTICLE_ROLE, "there is a role named \"Azure Batch Custom Job Submitter\""},
    {"id of a built-in role", "{\"Name\":\"x\",\"Id\":\"" READER "\",\"Actions\":[\"*\"]}",
        "there is a role with the id"},
    {"no scope", "{\"Name\":\"x\",\"Actions\":[\"*\"]}", "assignableScopes: at least one"},
    {"not JSON", "{", "role definition"},
};

static void refuses_roles(void **state)
{
    (void)state;
    struct azb_rbac *rbac = make_rbac();
    for (size_t i = 0; i < COUNT(roles); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        print_message("%s\n", roles[i].name);
        assert_false(azb_rbac_add_role(rbac, roles[i].json, strlen(roles[i].json), &err));
        if (!strstr(err.message, roles[i].message))
            fail_msg("\"%s\" does not say \"%s\"", err.message, roles[i].message);
    }
    azb_rbac_free(rbac);
}

static void refuses_questions(void **state)
{
    (void)state;
    struct azb_rbac *rbac = make_rbac();
    struct azb_rbac_query queries[] = {
        jobs_write(), jobs_write(), jobs_write(), jobs_write(), jobs_write()};
    static const char *const messages[] = {"query.object_id", "query.operation",
        "query.scope: it is missing", "query.scope: scope", "AZB_RBAC_QUERY_INIT"};
    queries[0].object_id = NULL;
    queries[1].operation = "";
    queries[2].scope = NULL;
    queries[3].scope = "/x";
    queries[4].size = 0;
    for (size_t i = 0; i < COUNT(messages); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        bool allowed = true;
        print_message("%s\n", messages[i]);
        assert_false(azb_rbac_allows(rbac, &queries[i], &allowed, &err));
        assert_true(allowed); /* untouched */
        assert_non_null(strstr(err.message, messages[i]));
        assert_null(azb_rbac_explain(rbac, &queries[i], AZB_RBAC_TEXT, &err));
    }
    azb_rbac_free(rbac);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_changes),
        cmocka_unit_test(explains),
        cmocka_unit_test(asks_conditions),
        cmocka_unit_test(denies),
        cmocka_unit_test(refuses_deny_assignments),
        cmocka_unit_test(refuses_assignments),
        cmocka_unit_test(refuses_roles),
        cmocka_unit_test(refuses_questions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
