/* Explanations: each reason, the nearest miss, the smallest role, and how they print. */
#include "fixture.h"

#include "rbac/explain.h"

#define SAID_ROLE                                                                                  \
    "{\"name\":\"" CUSTOM "\",\"roleName\":\"Half\",\"permissions\":["                             \
    "{\"actions\":[\"Microsoft.Batch/batchAccounts/jobs/*\","                                      \
    "\"Microsoft.Batch/batchAccounts/pools/*\"],"                                                  \
    "\"notActions\":[\"*/pools/delete\"],"                                                         \
    "\"dataActions\":[\"Microsoft.Batch/batchAccounts/pools/write\","                              \
    "\"Microsoft.Batch/batchAccounts/applications/*\"]}]}"

struct question_row {
    const char *permission;
    enum rbac_kind kind;
    bool is_read, needs_autopool;
};

static const struct {
    const char *name;
    struct rbac_assignment assignment;
    struct question_row ask;
    enum rbac_reason reason;
    bool would_grant;
    const char *pattern; /* NULL: none */
    const char *sentence;
} reasons[] = {
    {"not listed, no data actions", {"1", ALICE, READER, ACCOUNT, NULL},
        {"jobs/write", RBAC_DATA_ACTION, false, false}, RBAC_NOT_LISTED, false, NULL,
        "has no dataActions"},
    {"not listed, nearest pattern", {"1", ALICE, SUBMITTER, ACCOUNT, NULL},
        {"pools/write", RBAC_ACTION, false, false}, RBAC_NOT_LISTED, false, BATCH "pools/read",
        "comes nearest"},
    {"subtracted", {"1", ALICE, CUSTOM, ACCOUNT, NULL}, {"pools/delete", RBAC_ACTION, false, false},
        RBAC_SUBTRACTED, false, "*/pools/delete",
        "takes it away by \"*/pools/delete\" in notActions"},
    {"granted as action, needed as data action", {"1", ALICE, CUSTOM, ACCOUNT, NULL},
        {"jobs/write", RBAC_DATA_ACTION, false, false}, RBAC_GRANTED_AS_ACTION, false,
        BATCH "jobs/*", "it is a data action and must be in dataActions"},
    {"granted as data action, needed as action", {"1", ALICE, CUSTOM, ACCOUNT, NULL},
        {"applications/read", RBAC_ACTION, true, false}, RBAC_GRANTED_AS_DATA_ACTION, false,
        BATCH "applications/*", "it is an action and must be in actions"},
    {"scope looks alike", {"1", ALICE, SUBMITTER, SUBSCRIPTION "/resourceGroups/rg10", NULL},
        {"jobs/write", RBAC_DATA_ACTION, false, false}, RBAC_SCOPE_LOOKS_ALIKE, true, NULL,
        "would allow it, but is assigned at a scope that only looks alike"},
    {"scope elsewhere", {"1", ALICE, SUBMITTER, "/subscriptions/other", NULL},
        {"jobs/write", RBAC_DATA_ACTION, false, false}, RBAC_SCOPE_ELSEWHERE, true, NULL,
        "would allow it, but is assigned at another scope"},
    {"scope elsewhere, wrong role", {"1", ALICE, READER, "/subscriptions/other", NULL},
        {"jobs/write", RBAC_DATA_ACTION, false, false}, RBAC_SCOPE_ELSEWHERE, false, NULL,
        "is assigned at another scope"},
    {"scope below", {"1", ALICE, SUBMITTER, ACCOUNT "/pools/p", NULL},
        {"jobs/write", RBAC_DATA_ACTION, false, false}, RBAC_SCOPE_BELOW, true, NULL,
        "further below"},
    {"role is gone", {"1", ALICE, BOB, ACCOUNT, NULL},
        {"jobs/write", RBAC_DATA_ACTION, false, false}, RBAC_ROLE_GONE, false, NULL,
        "does not exist any more"},
    {"assigned to the client id", {"1", APP_ID, SUBMITTER, ACCOUNT, NULL},
        {"jobs/write", RBAC_DATA_ACTION, false, false}, RBAC_PRINCIPAL_IS_APP, true, NULL,
        "object id of the service principal"},
};

struct asked {
    struct arena arena;
    struct rbac_index *index;
    const struct rbac_explanation *explanation;
};

static void ask(struct asked *asked, const struct rbac_assignment *assignments, size_t count,
    const struct question_row *row)
{
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&asked->arena, 0);
    struct rbac_role role = make_role(SAID_ROLE, &asked->arena);
    asked->index = make_index(&role, 1, assignments, count);
    struct scope scope = make_scope(ACCOUNT, &asked->arena);
    const char *groups[] = {TEAM};
    struct rbac_caller caller = {
        .object_id = ALICE, .app_id = APP_ID, .group_ids = groups, .group_count = 1};
    struct rbac_request request = {.caller = &caller,
        .scope = &scope,
        .operation = rbac_batch_operation(row->permission, row->kind),
        .is_read = row->is_read,
        .needs_autopool = row->needs_autopool};
    asked->explanation =
        rbac_explain(asked->index, &request, RBAC_RULES_BATCH, &asked->arena, &err);
    assert_non_null(asked->explanation);
}

static void done(struct asked *asked)
{
    rbac_index_free(asked->index);
    arena_free(&asked->arena);
}

static void gives_the_first_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(reasons); i++) {
        struct asked asked;
        print_message("%s\n", reasons[i].name);
        ask(&asked, &reasons[i].assignment, 1, &reasons[i].ask);
        const struct rbac_explanation *explanation = asked.explanation;
        assert_false(explanation->allowed);
        assert_int_equal(explanation->considered_count, 1);
        assert_int_equal(explanation->considered_total, 1);
        const struct rbac_considered *considered = &explanation->considered[0];
        assert_string_equal(
            rbac_reason_text(considered->reason), rbac_reason_text(reasons[i].reason));
        assert_int_equal(considered->role_would_grant, reasons[i].would_grant);
        if (reasons[i].pattern)
            assert_string_equal(considered->pattern, reasons[i].pattern);
        else
            assert_null(considered->pattern);
        if (!strstr(considered->sentence, reasons[i].sentence))
            fail_msg("\"%s\" does not say \"%s\"", considered->sentence, reasons[i].sentence);
        done(&asked);
    }
}

static void others_are_not_named(void **state)
{
    (void)state;
    struct asked asked;
    struct rbac_assignment assignments[] = {
        {"1", BOB, OWNER, ACCOUNT, NULL},
        {"2", APP_ID, READER, ACCOUNT, NULL}, /* would not help even if it were the right id */
    };
    ask(&asked, assignments, 2, &(struct question_row){"jobs/write", RBAC_DATA_ACTION, 0, 0});
    assert_int_equal(asked.explanation->considered_total, 0);
    assert_null(asked.explanation->nearest);
    char text[RBAC_SHORT_MAX + 1];
    rbac_explain_short(asked.explanation, text);
    assert_non_null(strstr(text, "No role is assigned to the caller."));
    assert_null(strstr(text, BOB));
    done(&asked);
}

static void nearest_comes_first(void **state)
{
    (void)state;
    struct asked asked;
    struct rbac_assignment assignments[] = {
        {"gone", ALICE, BOB, ACCOUNT, NULL},
        {"reader", ALICE, READER, ACCOUNT, NULL},
        {"elsewhere", ALICE, SUBMITTER, "/subscriptions/other", NULL},
        {"wrong both ways", TEAM, READER, "/subscriptions/other", NULL},
        {"alike", TEAM, SUBMITTER, SUBSCRIPTION "/resourceGroups/rg2", NULL},
        {"as action", ALICE, CUSTOM, ACCOUNT, NULL},
        {"to the client id", APP_ID, SUBMITTER, GROUP, NULL},
    };
    static const char *const order[] = {
        "to the client id", "as action", "alike", "elsewhere", "reader", "wrong both ways", "gone"};
    ask(&asked, assignments, COUNT(assignments),
        &(struct question_row){"jobs/write", RBAC_DATA_ACTION, 0, 0});
    assert_int_equal(asked.explanation->considered_count, COUNT(order));
    for (size_t i = 0; i < COUNT(order); i++)
        assert_string_equal(asked.explanation->considered[i].assignment_id, order[i]);
    assert_ptr_equal(asked.explanation->nearest, &asked.explanation->considered[0]);
    assert_true(asked.explanation->considered[2].through_group);
    done(&asked);
}

static void many_are_cut(void **state)
{
    (void)state;
    enum { MANY = 200 };
    static char scopes[MANY][64];
    static struct rbac_assignment assignments[MANY];
    struct asked asked;
    for (size_t i = 0; i < MANY; i++) {
        snprintf(scopes[i], sizeof(scopes[i]), "/subscriptions/other-%zu", i);
        assignments[i] = (struct rbac_assignment){"far", ALICE, READER, scopes[i], NULL};
    }
    assignments[150] = (struct rbac_assignment){"near", ALICE, SUBMITTER, "/subscriptions/x", NULL};
    ask(&asked, assignments, MANY, &(struct question_row){"jobs/write", RBAC_DATA_ACTION, 0, 0});
    assert_int_equal(asked.explanation->considered_count, RBAC_CONSIDERED_MAX);
    assert_int_equal(asked.explanation->considered_total, MANY);
    assert_string_equal(asked.explanation->nearest->assignment_id, "near");
    assert_string_equal(asked.explanation->considered[1].scope, "/subscriptions/other-0");
    assert_string_equal(asked.explanation->considered[19].scope, "/subscriptions/other-18");
    scoped_buffer struct buffer out = {0};
    buffer_init(&out, 100000);
    rbac_explain_text(asked.explanation, &out);
    assert_non_null(strstr(out.at, "and 180 more"));
    done(&asked);
}

static const struct {
    const char *permission;
    enum rbac_kind kind;
    bool is_read, needs_autopool;
    const char *role;
} smallest[] = {
    {"jobs/read", RBAC_DATA_ACTION, true, false, "Azure Batch Account Reader"},
    {"jobs/write", RBAC_DATA_ACTION, false, false, "Azure Batch Job Submitter"},
    {"jobs/delete", RBAC_DATA_ACTION, false, false, "Azure Batch Job Submitter"},
    {"jobs/write", RBAC_DATA_ACTION, false, true, "Azure Batch Data Contributor"},
    {"pools/read", RBAC_ACTION, true, false, "Azure Batch Account Reader"},
    {"pools/write", RBAC_ACTION, false, false, "Azure Batch Data Contributor"},
    {"applications/read", RBAC_ACTION, true, false, "Azure Batch Account Reader"},
    {"read", RBAC_ACTION, true, false, "Azure Batch Account Reader"},
    {"write", RBAC_ACTION, false, false, "Azure Batch Account Contributor"},
    {"listKeys/action", RBAC_ACTION, false, false, "Azure Batch Account Contributor"},
};

static void suggests_the_smallest_role(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(smallest); i++) {
        struct asked asked;
        struct question_row row = {smallest[i].permission, smallest[i].kind, smallest[i].is_read,
            smallest[i].needs_autopool};
        print_message("%s\n", smallest[i].permission);
        ask(&asked, NULL, 0, &row);
        assert_true(asked.explanation->has_suggestion);
        assert_string_equal(asked.explanation->suggestion.role_name, smallest[i].role);
        assert_string_equal(asked.explanation->suggestion.scope, ACCOUNT);
        /* and it is true: with that role the answer is yes */
        struct rbac_assignment fix = {
            "1", ALICE, asked.explanation->suggestion.role_id, ACCOUNT, NULL};
        struct asked again;
        ask(&again, &fix, 1, &row);
        assert_true(again.explanation->allowed);
        assert_false(again.explanation->has_suggestion);
        done(&again);
        done(&asked);
    }
}

static void denial_of_a_reader(void **state)
{
    (void)state;
    struct asked asked;
    struct rbac_assignment assignment = {"1", ALICE, READER, ACCOUNT, NULL};
    scoped_buffer struct buffer out = {0};
    char text[RBAC_SHORT_MAX + 1];
    buffer_init(&out, 100000);
    ask(&asked, &assignment, 1, &(struct question_row){"jobs/write", RBAC_DATA_ACTION, 0, 0});
    rbac_explain_short(asked.explanation, text);
    assert_string_equal(text,
        "Missing data action " BATCH "jobs/write. Nearest: role \"Reader\" has no dataActions. "
        "Try: azb role assignment create --assignee " ALICE
        " --role \"Azure Batch Job Submitter\" --scope " ACCOUNT);
    rbac_explain_text(asked.explanation, &out);
    assert_string_equal(out.at, "Denied: data action " BATCH "jobs/write\n"
                                "  scope   " ACCOUNT "\n"
                                "  caller  " ALICE ", in 1 group\n"
                                "Role assignments, nearest first:\n"
                                "  - Reader has no dataActions\n"
                                "    at " ACCOUNT "\n"
                                "Any of these would allow it too:\n"
                                "  - " BATCH "listKeys/action, which covers every operation of the "
                                "Batch data plane\n"
                                "The smallest built-in role that allows it:\n"
                                "  azb role assignment create --assignee " ALICE
                                " --role \"Azure Batch Job Submitter\" --scope " ACCOUNT "\n");
    done(&asked);
}

static void prints_json(void **state)
{
    (void)state;
    struct asked asked;
    struct azb_error err = AZB_ERROR_INIT;
    struct json_writer writer;
    scoped_buffer struct buffer out = {0};
    buffer_init(&out, 100000);
    json_writer_init(&writer, &out, 2);
    ask(&asked, &(struct rbac_assignment){"77", TEAM, SUBMITTER, GROUP, NULL}, 1,
        &(struct question_row){"jobs/write", RBAC_DATA_ACTION, false, true});
    rbac_explain_json(asked.explanation, &writer);
    const struct json *json = json_parse(buffer_text(&out), &asked.arena, &err);
    if (!json)
        fail_msg("%s\n%s", err.message, out.at);
    assert_false(json_get_bool(json, "allowed", true));
    assert_true(text_is(json_get_text(json, "operation"), BATCH "jobs/write"));
    assert_true(text_is(json_get_text(json, "missing"), BATCH "pools/write"));
    assert_true(text_is(json_get_text(json, "missingKind"), "action"));
    const struct json *first = json_get(json, "assignments")->first;
    assert_true(text_is(json_get_text(first, "roleAssignmentId"), "77"));
    assert_true(json_get_bool(first, "throughGroup", false));
    assert_true(text_is(json_get_text(first, "reason"), "notListed"));
    assert_true(text_is(
        json_get_text(json_get(json, "suggestion"), "roleName"), "Azure Batch Data Contributor"));
    assert_true(text_is(json_get_text(json_get(json, "alternatives")->first, "operation"),
        BATCH "listKeys/action"));
    done(&asked);
}

static void explains_what_is_allowed(void **state)
{
    (void)state;
    struct asked asked;
    char text[RBAC_SHORT_MAX + 1];
    ask(&asked, &(struct rbac_assignment){"1", TEAM, READER, SUBSCRIPTION, NULL}, 1,
        &(struct question_row){"jobs/read", RBAC_DATA_ACTION, true, false});
    assert_true(asked.explanation->allowed);
    assert_int_equal(asked.explanation->rule, RBAC_RULE_ACCOUNT_READ);
    assert_int_equal(asked.explanation->nearest->reason, RBAC_GRANTS);
    assert_string_equal(asked.explanation->nearest->pattern, "*/read");
    assert_null(asked.explanation->missing);
    rbac_explain_short(asked.explanation, text);
    assert_string_equal(text, "Allowed by batchAccounts/read. Role \"Reader\" at " SUBSCRIPTION
                              " grants it by \"*/read\".");
    done(&asked);
}

/* Names and scopes as long as they may be: the short form still ends, with whole characters. */
static void short_form_is_short(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    char name[ROLE_NAME_MAX * 2 + 1];
    char scope_text[SCOPE_LENGTH_MAX + 1];
    char text[RBAC_SHORT_MAX + 1];
    arena_init(&arena, 0);
    for (size_t i = 0; i < ROLE_NAME_MAX; i++)
        memcpy(name + 2 * i, "\xc3\xa9", 3);
    memset(scope_text, 'x', sizeof(scope_text));
    memcpy(scope_text, "/subscriptions/", 15);
    scope_text[SCOPE_LENGTH_MAX] = '\0';
    struct rbac_role role = {.id = CUSTOM, .name = name, .description = ""};
    struct rbac_assignment assignment = {"1", ALICE, CUSTOM, scope_text, NULL};
    struct rbac_index *index = make_index(&role, 1, &assignment, 1);
    struct scope scope = make_scope(scope_text, &arena);
    struct rbac_caller caller = {.object_id = ALICE};
    char action[ROLE_STRING_MAX + 100];
    for (size_t length = 1; length < sizeof(action); length += 97) {
        memset(action, 'a', length);
        action[length - 1] = '\0';
        struct rbac_request request = {.caller = &caller, .scope = &scope, .action = action};
        const struct rbac_explanation *explanation =
            rbac_explain(index, &request, RBAC_RULES_ARM, &arena, &err);
        assert_non_null(explanation);
        rbac_explain_short(explanation, text);
        assert_true(strlen(text) <= RBAC_SHORT_MAX);
        assert_true(text_valid_utf8(text_of(text)));
        assert_non_null(strstr(text, "Missing action a") ? text : length < 3 ? text : NULL);
    }
    rbac_index_free(index);
}

/* A name of the catalogue that is asked as the other kind is another operation, even if it is the
 * very string of the catalogue. */
static void the_kind_is_part_of_the_operation(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    struct rbac_assignment assignment = {"1", ALICE, CONTRIBUTOR, ACCOUNT, NULL};
    struct rbac_index *index = make_index(NULL, 0, &assignment, 1);
    struct scope scope = make_scope(ACCOUNT, &arena);
    struct rbac_caller caller = {.object_id = ALICE};
    struct rbac_request request = {.caller = &caller,
        .scope = &scope,
        .action = rbac_batch_operation("pools/write", RBAC_ACTION)->name,
        .kind = RBAC_DATA_ACTION};
    const struct rbac_explanation *explanation =
        rbac_explain(index, &request, RBAC_RULES_ARM, &arena, &err);
    assert_false(explanation->allowed);
    assert_int_equal(explanation->missing_kind, RBAC_DATA_ACTION);
    assert_int_equal(explanation->nearest->reason, RBAC_GRANTED_AS_ACTION);
    assignment.role_id = READER;
    rbac_index_free(index);
    index = make_index(NULL, 0, &assignment, 1);
    explanation = rbac_explain(index, &request, RBAC_RULES_BATCH, &arena, &err);
    assert_false(explanation->allowed);
    assert_int_equal(explanation->missing_kind, RBAC_DATA_ACTION);
    rbac_index_free(index);
}

static void commands_are_safe_to_paste(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    struct rbac_index *index = make_index(NULL, 0, NULL, 0);
    struct scope scope = make_scope("/subscriptions/s/resourceGroups/a'b; rm $x", &arena);
    struct rbac_caller caller = {.object_id = ALICE};
    struct rbac_request request = {.caller = &caller, .scope = &scope, .action = BATCH "read"};
    const struct rbac_explanation *explanation =
        rbac_explain(index, &request, RBAC_RULES_ARM, &arena, &err);
    assert_non_null(strstr(explanation->suggestion.command,
        " --scope '/subscriptions/s/resourceGroups/a'\\''b; rm $x'"));
    rbac_index_free(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_first_reason),
        cmocka_unit_test(others_are_not_named),
        cmocka_unit_test(nearest_comes_first),
        cmocka_unit_test(many_are_cut),
        cmocka_unit_test(suggests_the_smallest_role),
        cmocka_unit_test(denial_of_a_reader),
        cmocka_unit_test(prints_json),
        cmocka_unit_test(explains_what_is_allowed),
        cmocka_unit_test(short_form_is_short),
        cmocka_unit_test(the_kind_is_part_of_the_operation),
        cmocka_unit_test(commands_are_safe_to_paste),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
