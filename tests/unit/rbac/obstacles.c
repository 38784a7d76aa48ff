/* Explanations of conditions, deny assignments and changes that have not taken effect; and what
 * becomes of all of it when there is no memory. */
#include "fixture.h"

#include "base/json.h"
#include "rbac/explain.h"

#define ASSIGNMENTS "Microsoft.Authorization/roleAssignments"
#define ONLY_READER                                                                                \
    "(!(ActionMatches{'" ASSIGNMENTS "/write'})) OR (@Request[" ASSIGNMENTS                        \
    ":RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {" READER "})"
#define KEY_VAULT_ADMINISTRATOR "8b54135c-b56d-4d72-a534-26097cfdc8d8"

static const char *const owner[] = {OWNER};
static const struct condition_attribute attributes[] = {
    {CONDITION_REQUEST, ASSIGNMENTS ":RoleDefinitionId", owner, 1}};

static const char *const everything[] = {"*"};
static const char *const everybody[] = {RBAC_EVERYBODY};
static const struct rbac_permission all_actions[] = {
    {.actions = {everything, 1}, .data_actions = {everything, 1}}};
static const char *const jobs[] = {BATCH "jobs/*"};
static const struct rbac_permission all_jobs[] = {{.data_actions = {jobs, 1}}};

static const struct rbac_deny_assignment denies_all = {.id = "d1",
    .name = "Managed by a stack",
    .scope = GROUP,
    .principal_ids = {everybody, 1},
    .permissions = all_actions,
    .permission_count = 1};
static const struct rbac_deny_assignment denies_jobs = {.id = "d2",
    .name = "No jobs",
    .scope = ACCOUNT,
    .principal_ids = {everybody, 1},
    .permissions = all_jobs,
    .permission_count = 1,
    .condition = "@Resource[unheard] StringEquals 'x'"};

struct asked {
    struct arena arena;
    struct rbac_index *index, *pending;
    const struct rbac_explanation *explanation;
    char text[RBAC_SHORT_MAX + 1];
    struct buffer lines;
};

struct world {
    const struct rbac_assignment *assignments;
    size_t assignment_count;
    const struct rbac_deny_assignment *denials;
    size_t denial_count;
};

static struct rbac_index *index_of(const struct world *world)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct rbac_index_input input = {.assignments = world->assignments,
        .assignment_count = world->assignment_count,
        .denials = world->denials,
        .denial_count = world->denial_count};
    struct rbac_index *index = rbac_index_new(&input, &err);
    if (!index)
        fail_msg("%s", err.message);
    return index;
}

static void ask(struct asked *asked, const struct world *world, const struct world *pending,
    const char *action, enum rbac_kind kind, enum rbac_rules rules)
{
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&asked->arena, 0);
    buffer_init(&asked->lines, 100000);
    asked->index = index_of(world);
    asked->pending = pending ? index_of(pending) : NULL;
    struct scope scope = make_scope(ACCOUNT, &asked->arena);
    struct rbac_caller caller = {.object_id = ALICE};
    struct rbac_request request = {.caller = &caller,
        .scope = &scope,
        .action = action,
        .kind = kind,
        .attributes = attributes,
        .attribute_count = COUNT(attributes),
        .pending = asked->pending};
    asked->explanation = rbac_explain(asked->index, &request, rules, &asked->arena, &err);
    assert_non_null(asked->explanation);
    rbac_explain_short(asked->explanation, asked->text);
    rbac_explain_text(asked->explanation, &asked->lines);
}

static void done(struct asked *asked)
{
    rbac_index_free(asked->index);
    rbac_index_free(asked->pending);
    buffer_free(&asked->lines);
    arena_free(&asked->arena);
}

static void assert_says(const char *text, const char *what)
{
    if (!strstr(text, what))
        fail_msg("\"%s\" does not say \"%s\"", text, what);
}

/* ---- conditions ---- */

static const struct {
    const char *name, *role, *condition, *sentence;
} conditions[] = {
    {"false", OWNER, ONLY_READER,
        "lists it by \"*\", but the assignment's condition is not true: (@Request[" ASSIGNMENTS
        ":RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {" READER "})"},
    {"not known", OWNER, "@Principal[level] NumericGreaterThan 3",
        "but the assignment's condition asks for @Principal[level], which is not known for this "
        "request"},
    {"cannot be read", OWNER, "level > 3",
        "but the assignment's condition cannot be read (condition: character 1: expected"},
    {"of the role", KEY_VAULT_ADMINISTRATOR, NULL,
        "lists it by \"" ASSIGNMENTS "/write\", but the role's condition is not true: (@Request["},
};

static void names_the_condition(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(conditions); i++) {
        struct asked asked;
        struct rbac_assignment assignment = {
            "1", ALICE, conditions[i].role, ACCOUNT, conditions[i].condition};
        print_message("%s\n", conditions[i].name);
        ask(&asked, &(struct world){&assignment, 1, NULL, 0}, NULL, ASSIGNMENTS "/write",
            RBAC_ACTION, RBAC_RULES_ARM);
        assert_false(asked.explanation->allowed);
        const struct rbac_considered *considered = asked.explanation->nearest;
        assert_string_equal(rbac_reason_text(considered->reason), "condition");
        assert_non_null(considered->condition);
        assert_says(considered->sentence, conditions[i].sentence);
        done(&asked);
    }
}

/* Where there is no room for a condition, what became of it is still said. */
static void says_it_briefly(void **state)
{
    (void)state;
    static const struct {
        const char *name, *condition, *said;
    } cases[] = {
        {"false", ONLY_READER,
            " Nearest: role \"Owner\" lists it, but the assignment's condition is not true. "},
        {"not known",
            "@Principal[a] StringEquals 'x' OR @Resource[level] NumericGreaterThan 3 OR "
            "@Principal[level] NumericGreaterThan 3",
            " Nearest: role \"Owner\" lists it, but the assignment's condition asks for "
            "@Principal[a], which is not known. "},
        {"cannot be read", "level > 3",
            " Nearest: role \"Owner\" lists it, but the assignment's condition cannot be read. "},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct asked asked;
        struct rbac_assignment assignment = {"1", ALICE, OWNER, ACCOUNT, cases[i].condition};
        print_message("%s\n", cases[i].name);
        ask(&asked, &(struct world){&assignment, 1, NULL, 0}, NULL, ASSIGNMENTS "/write",
            RBAC_ACTION, RBAC_RULES_ARM);
        assert_says(asked.text, "Missing action " ASSIGNMENTS "/write.");
        assert_says(asked.text, cases[i].said);
        assert_says(asked.text, "Role \"Role Based Access Control Administrator\" would allow it.");
        done(&asked);
    }
}

/* A true condition is not worth a word, and a condition is nearer than another role. */
static void conditions_have_their_place(void **state)
{
    (void)state;
    struct asked asked;
    struct rbac_assignment assignments[] = {{"reader", ALICE, READER, ACCOUNT, NULL},
        {"conditional", ALICE, OWNER, ACCOUNT, "ActionMatches{'nothing'}"},
        {"elsewhere", ALICE, OWNER, OTHER_ACCOUNT, NULL}};
    ask(&asked, &(struct world){assignments, 3, NULL, 0}, NULL, BATCH "write", RBAC_ACTION,
        RBAC_RULES_ARM);
    assert_string_equal(asked.explanation->considered[0].assignment_id, "conditional");
    assert_string_equal(asked.explanation->considered[1].assignment_id, "elsewhere");
    assert_string_equal(asked.explanation->considered[2].assignment_id, "reader");
    done(&asked);
    assignments[1].condition = "ActionMatches{'*'}";
    ask(&asked, &(struct world){assignments, 3, NULL, 0}, NULL, BATCH "write", RBAC_ACTION,
        RBAC_RULES_ARM);
    assert_true(asked.explanation->allowed);
    assert_string_equal(asked.explanation->nearest->assignment_id, "conditional");
    assert_int_equal(asked.explanation->nearest->reason, RBAC_GRANTS);
    done(&asked);
}

/* ---- deny assignments ---- */

static void names_the_deny_assignment(void **state)
{
    (void)state;
    struct asked asked;
    struct rbac_assignment assignment = {"1", ALICE, OWNER, SUBSCRIPTION, NULL};
    ask(&asked, &(struct world){&assignment, 1, &denies_all, 1}, NULL, BATCH "write", RBAC_ACTION,
        RBAC_RULES_ARM);
    assert_false(asked.explanation->allowed);
    assert_int_equal(asked.explanation->denial_count, 1);
    assert_string_equal(asked.explanation->denials[0].id, "d1");
    assert_string_equal(rbac_reason_text(asked.explanation->nearest->reason), "denied");
    assert_string_equal(asked.explanation->nearest->sentence,
        "grants it by \"*\", but the deny assignment \"Managed by a stack\" takes it away");
    assert_false(asked.explanation->has_suggestion);
    assert_string_equal(asked.text,
        "Missing action " BATCH "write. The deny assignment \"Managed by a stack\" at " GROUP
        " takes it away by \"*\". No role helps against a deny assignment.");
    assert_says(asked.lines.at, "Deny assignments:\n  - Managed by a stack takes it away by "
                                "\"*\"\n    at " GROUP "\n");
    assert_says(asked.lines.at, "No role helps against a deny assignment.\n");
    done(&asked);
}

/* Jobs are denied, but listKeys is another way: that role is suggested, and is true. */
static void suggests_what_a_deny_assignment_leaves(void **state)
{
    (void)state;
    struct asked asked, again;
    struct rbac_assignment submitter = {"1", ALICE, SUBMITTER, ACCOUNT, NULL};
    const struct world world = {&submitter, 1, &denies_jobs, 1};
    ask(&asked, &world, NULL, BATCH "jobs/write", RBAC_DATA_ACTION, RBAC_RULES_BATCH);
    assert_false(asked.explanation->allowed);
    assert_int_equal(asked.explanation->nearest->reason, RBAC_DENIED);
    assert_says(asked.explanation->denials[0].sentence,
        "its condition cannot be decided and counts as true");
    assert_true(asked.explanation->has_suggestion);
    assert_string_equal(asked.explanation->suggestion.role_name, "Azure Batch Account Contributor");
    struct rbac_assignment fix = {"2", ALICE, asked.explanation->suggestion.role_id, ACCOUNT, NULL};
    ask(&again, &(struct world){&fix, 1, &denies_jobs, 1}, NULL, BATCH "jobs/write",
        RBAC_DATA_ACTION, RBAC_RULES_BATCH);
    assert_true(again.explanation->allowed);
    assert_int_equal(again.explanation->rule, RBAC_RULE_LIST_KEYS);
    assert_int_equal(again.explanation->denial_count, 0);
    done(&again);
    done(&asked);
}

static void is_in_json(void **state)
{
    (void)state;
    struct asked asked;
    struct azb_error err = AZB_ERROR_INIT;
    struct json_writer writer;
    scoped_buffer struct buffer out = {0};
    struct rbac_assignment assignment = {"1", ALICE, OWNER, ACCOUNT, "ActionMatches{'a'}"};
    const struct rbac_deny_assignment both[] = {denies_all, denies_jobs};
    buffer_init(&out, 100000);
    json_writer_init(&writer, &out, 2);
    ask(&asked, &(struct world){&assignment, 1, both, 2}, NULL, BATCH "jobs/write",
        RBAC_DATA_ACTION, RBAC_RULES_BATCH);
    rbac_explain_json(asked.explanation, &writer);
    const struct json *json = json_parse(buffer_text(&out), &asked.arena, &err);
    assert_non_null(json);
    const struct json *denials = json_get(json, "denyAssignments");
    assert_int_equal(denials->count, 2);
    assert_true(
        text_is(json_get_text(json, "noSuggestion"), "No role helps against a deny assignment."));
    assert_true(text_is(json_get_text(denials->first, "denyAssignmentName"), "Managed by a stack"));
    assert_true(text_is(json_get_text(denials->first->next, "denyAssignmentId"), "d2"));
    assert_true(text_is(json_get_text(denials->first->next, "pattern"), BATCH "jobs/*"));
    done(&asked);
}

/* ---- changes that have not taken effect ---- */

static void says_what_will_help(void **state)
{
    (void)state;
    struct asked asked;
    const struct rbac_assignment now[] = {
        {"1", ALICE, READER, ACCOUNT, NULL}, {"2", ALICE, OWNER, ACCOUNT, "ActionMatches{'a'}"}};
    const struct rbac_assignment later[] = {{"1", ALICE, READER, ACCOUNT, NULL},
        {"2", ALICE, OWNER, ACCOUNT, NULL}, {"3", ALICE, CONTRIBUTOR, SUBSCRIPTION, NULL}};
    ask(&asked, &(struct world){now, 2, NULL, 0}, &(struct world){later, 3, NULL, 0}, BATCH "write",
        RBAC_ACTION, RBAC_RULES_ARM);
    assert_false(asked.explanation->allowed);
    assert_int_equal(asked.explanation->considered_count, 3);
    const struct rbac_considered *considered = asked.explanation->considered;
    assert_string_equal(considered[0].assignment_id, "2");
    assert_string_equal(rbac_reason_text(considered[0].reason), "notInEffect");
    assert_says(considered[0].sentence, "the change of it or of its role has taken effect");
    assert_string_equal(considered[1].assignment_id, "3");
    assert_string_equal(considered[1].role_name, "Contributor");
    assert_says(considered[1].sentence, "once the assignment has taken effect");
    assert_false(asked.explanation->has_suggestion);
    assert_says(asked.text, "Nearest: role \"Owner\" at " ACCOUNT " will grant it once the change");
    assert_says(asked.lines.at, "Nothing needs to be assigned: retry later.\n");
    assert_string_equal(considered[2].assignment_id, "1");
    assert_int_equal(considered[2].reason, RBAC_NOT_LISTED);
    done(&asked);
    /* nothing that is coming helps, and what is allowed needs no future */
    ask(&asked, &(struct world){now, 1, NULL, 0}, &(struct world){later, 3, &denies_all, 1},
        BATCH "write", RBAC_ACTION, RBAC_RULES_ARM);
    assert_int_equal(asked.explanation->considered_count, 1);
    done(&asked);
    ask(&asked, &(struct world){now, 1, NULL, 0}, &(struct world){later, 3, NULL, 0}, BATCH "read",
        RBAC_ACTION, RBAC_RULES_ARM);
    assert_true(asked.explanation->allowed);
    assert_int_equal(asked.explanation->considered_count, 1);
    done(&asked);
}

/* ---- without memory ---- */

/* False when memory ran out on the way; everything is freed either way. */
static bool index_and_explain(struct arena *arena)
{
    static const struct rbac_assignment assignments[] = {
        {"1", ALICE, OWNER, SUBSCRIPTION, ONLY_READER},
        {"2", ALICE, KEY_VAULT_ADMINISTRATOR, "/", NULL},
    };
    const struct rbac_deny_assignment denials[] = {denies_all, denies_jobs};
    struct azb_error err = AZB_ERROR_INIT;
    struct rbac_index_input input = {.assignments = assignments,
        .assignment_count = COUNT(assignments),
        .denials = denials,
        .denial_count = COUNT(denials)};
    struct scope scope;
    struct rbac_caller caller = {.object_id = ALICE};
    struct rbac_request request = {
        .caller = &caller, .scope = &scope, .action = ASSIGNMENTS "/write"};
    struct rbac_index *index = rbac_index_new(&input, &err);
    request.pending = index;
    bool done = index && scope_parse(TEXT(ACCOUNT), arena, &scope, &err) &&
                rbac_explain(index, &request, RBAC_RULES_ARM, arena, &err);
    rbac_index_free(index);
    assert_true(done || err.kind == AZB_ERROR_MEMORY);
    return done;
}

static void survives_without_memory(void **state)
{
    (void)state;
    bool done = false;
    long n = 1;
    for (; !done; n++) {
        scoped_arena struct arena arena = {0};
        arena_init(&arena, 0);
        memory_fail_after(n);
        done = index_and_explain(&arena);
        memory_fail_after(0);
    }
    assert_true(n > 3);
    done = false;
    for (size_t room = 1; !done; room += 64) {
        scoped_arena struct arena arena = {0};
        arena_init(&arena, room);
        done = index_and_explain(&arena);
        assert_true(room < 100000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_condition),
        cmocka_unit_test(says_it_briefly),
        cmocka_unit_test(conditions_have_their_place),
        cmocka_unit_test(names_the_deny_assignment),
        cmocka_unit_test(suggests_what_a_deny_assignment_leaves),
        cmocka_unit_test(is_in_json),
        cmocka_unit_test(says_what_will_help),
        cmocka_unit_test(survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
