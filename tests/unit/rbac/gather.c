/* Conditions and deny assignments in decisions, by both rules. */
#include "fixture.h"

#define MANAGEMENT "/providers/Microsoft.Management/managementGroups/"
#define ASSIGNMENTS "Microsoft.Authorization/roleAssignments"
#define WRITE ASSIGNMENTS "/write"
#define NEVER "ActionMatches{'nothing'}"
#define UNKNOWN "@Resource[unheard] StringEquals 'x'"
#define ONLY_READER                                                                                \
    "(!(ActionMatches{'" WRITE "'})) OR (@Request[" ASSIGNMENTS                                    \
    ":RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {" READER "})"
#define TO_USERS "@Request[" ASSIGNMENTS ":PrincipalType] StringEqualsIgnoreCase 'User'"

#define NAMES(...)                                                                                 \
    {                                                                                              \
        (const char *const[]){__VA_ARGS__},                                                        \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)                            \
    }
#define PERMISSIONS(...)                                                                           \
    .permissions = (const struct rbac_permission[]){__VA_ARGS__},                                  \
    .permission_count =                                                                            \
        sizeof((const struct rbac_permission[]){__VA_ARGS__}) / sizeof(struct rbac_permission)

/* Jobs without asking, pools only under a condition that is true for reads. */
static const struct rbac_role custom = {.id = CUSTOM,
    .name = "custom",
    .description = "",
    PERMISSIONS({.data_actions = NAMES(BATCH "jobs/*")},
        {.actions = NAMES(BATCH "pools/*", "Contoso.Things/*"),
            .condition = "ActionMatches{'*/read'}"})};

static const struct rbac_parent parents[] = {
    {SUBSCRIPTION, MANAGEMENT "inner"},
    {MANAGEMENT "inner", MANAGEMENT "outer"},
};

static const char *const reader[] = {READER};
static const char *const user[] = {"User"};
static const struct condition_attribute attributes[] = {
    {CONDITION_REQUEST, ASSIGNMENTS ":RoleDefinitionId", reader, 1},
    {CONDITION_REQUEST, ASSIGNMENTS ":PrincipalType", user, 1},
};

struct ask {
    const char *action;
    enum rbac_kind kind;
    const char *scope;
    bool in_team;
};

static struct rbac_index *index_of(const struct rbac_assignment *assignments, size_t count,
    const struct rbac_deny_assignment *denials, size_t denial_count)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct rbac_index_input input = {.roles = &custom,
        .role_count = 1,
        .assignments = assignments,
        .assignment_count = count,
        .denials = denials,
        .denial_count = denial_count,
        .parents = parents,
        .parent_count = COUNT(parents)};
    struct rbac_index *index = rbac_index_new(&input, &err);
    if (!index)
        fail_msg("index: %s", err.message);
    return index;
}

/* Known operations are asked by row and by name; both must agree. */
static bool is_allowed(const struct rbac_index *index, const struct ask *ask, enum rbac_rules rules)
{
    static const char *const groups[] = {TEAM};
    scoped_arena struct arena arena = {0};
    struct rbac_decision decision;
    arena_init(&arena, 0);
    struct scope scope = make_scope(ask->scope, &arena);
    struct rbac_caller caller = {
        .object_id = ALICE, .group_ids = groups, .group_count = ask->in_team ? 1 : 0};
    struct rbac_request request = {.caller = &caller,
        .scope = &scope,
        .action = ask->action,
        .kind = ask->kind,
        .is_read = text_ends(text_of(ask->action), "/read"),
        .attributes = attributes,
        .attribute_count = COUNT(attributes)};
    bool allowed = rules == RBAC_RULES_BATCH ? rbac_decide_batch(index, &request, &decision)
                                             : rbac_check(index, &request);
    request.operation = rbac_operation_find(text_of(ask->action), ask->kind);
    bool again = rules == RBAC_RULES_BATCH ? rbac_decide_batch(index, &request, &decision)
                                           : rbac_check(index, &request);
    assert_int_equal(allowed, again);
    return allowed;
}

/* ---- conditions ---- */

static const struct {
    const char *name;
    struct rbac_assignment assignment;
    struct ask ask;
    bool allowed;
} conditions[] = {
    {"true", {"1", ALICE, OWNER, ACCOUNT, "ActionMatches{'*'}"},
        {BATCH "read", RBAC_ACTION, ACCOUNT, false}, true},
    {"false", {"1", ALICE, OWNER, ACCOUNT, NEVER}, {BATCH "read", RBAC_ACTION, ACCOUNT, false},
        false},
    {"not known", {"1", ALICE, OWNER, ACCOUNT, UNKNOWN},
        {BATCH "read", RBAC_ACTION, ACCOUNT, false}, false},
    {"cannot be read", {"1", ALICE, OWNER, ACCOUNT, "nonsense"},
        {BATCH "read", RBAC_ACTION, ACCOUNT, false}, false},
    {"empty", {"1", ALICE, OWNER, ACCOUNT, ""}, {BATCH "read", RBAC_ACTION, ACCOUNT, false}, false},
    {"of another action", {"1", ALICE, OWNER, ACCOUNT, ONLY_READER},
        {BATCH "read", RBAC_ACTION, ACCOUNT, false}, true},
    {"the role that may be given", {"1", ALICE, OWNER, ACCOUNT, ONLY_READER},
        {WRITE, RBAC_ACTION, ACCOUNT, false}, true},
    {"through a group", {"1", TEAM, OWNER, SUBSCRIPTION, TO_USERS},
        {WRITE, RBAC_ACTION, ACCOUNT, true}, true},
    {"through a management group", {"1", ALICE, OWNER, MANAGEMENT "outer", TO_USERS},
        {WRITE, RBAC_ACTION, ACCOUNT, false}, true},
    {"an operation that nobody knows", {"1", ALICE, OWNER, ACCOUNT, "ActionMatches{'contoso*'}"},
        {"Contoso.Things/x", RBAC_ACTION, ACCOUNT, false}, true},
    {"an operation that nobody knows, false", {"1", ALICE, OWNER, ACCOUNT, NEVER},
        {"Contoso.Things/x", RBAC_ACTION, ACCOUNT, false}, false},
    {"the role lists nothing of it", {"1", ALICE, READER, ACCOUNT, "ActionMatches{'*'}"},
        {BATCH "write", RBAC_ACTION, ACCOUNT, false}, false},
    {"of a permission object, true", {"1", ALICE, CUSTOM, ACCOUNT, NULL},
        {BATCH "pools/read", RBAC_ACTION, ACCOUNT, false}, true},
    {"of a permission object, false", {"1", ALICE, CUSTOM, ACCOUNT, NULL},
        {BATCH "pools/write", RBAC_ACTION, ACCOUNT, false}, false},
    {"of a permission object, for a name", {"1", ALICE, CUSTOM, ACCOUNT, NULL},
        {"Contoso.Things/read", RBAC_ACTION, ACCOUNT, false}, true},
    {"of a permission object, for a name, false", {"1", ALICE, CUSTOM, ACCOUNT, NULL},
        {"Contoso.Things/write", RBAC_ACTION, ACCOUNT, false}, false},
    {"the object without one", {"1", ALICE, CUSTOM, ACCOUNT, NULL},
        {BATCH "jobs/write", RBAC_DATA_ACTION, ACCOUNT, false}, true},
    {"both must be true", {"1", ALICE, CUSTOM, ACCOUNT, NEVER},
        {BATCH "pools/read", RBAC_ACTION, ACCOUNT, false}, false},
    {"a built-in role's own, kept",
        {"1", ALICE, "Key Vault Data Access Administrator", ACCOUNT, NULL},
        {WRITE, RBAC_ACTION, ACCOUNT, false}, false},
};

static void conditions_narrow(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(conditions); i++) {
        print_message("%s\n", conditions[i].name);
        struct rbac_assignment assignment = conditions[i].assignment;
        const struct rbac_role *builtin = rbac_builtin_role(text_of(assignment.role_id));
        if (builtin)
            assignment.role_id = builtin->id;
        struct rbac_index *index = index_of(&assignment, 1, NULL, 0);
        assert_int_equal(
            is_allowed(index, &conditions[i].ask, RBAC_RULES_ARM), conditions[i].allowed);
        rbac_index_free(index);
    }
}

/* listKeys under a condition: the Batch rule asks for it by its own name. */
static void the_batch_rule_asks_by_name(void **state)
{
    (void)state;
    static const struct ask ask = {BATCH "jobs/write", RBAC_DATA_ACTION, ACCOUNT, false};
    struct rbac_assignment assignment = {
        "1", ALICE, CONTRIBUTOR, ACCOUNT, "ActionMatches{'*/listKeys/action'}"};
    struct rbac_index *index = index_of(&assignment, 1, NULL, 0);
    assert_true(is_allowed(index, &ask, RBAC_RULES_BATCH));
    rbac_index_free(index);
    assignment.condition = "!(ActionMatches{'*/listKeys/action'})";
    index = index_of(&assignment, 1, NULL, 0);
    assert_false(is_allowed(index, &ask, RBAC_RULES_BATCH));
    rbac_index_free(index);
}

/* ---- deny assignments ---- */

#define ALL PERMISSIONS({.actions = NAMES("*"), .data_actions = NAMES("*")})
#define READS                                                                                      \
    {                                                                                              \
        BATCH "read", RBAC_ACTION, ACCOUNT, false                                                  \
    }

static const struct {
    const char *name;
    struct rbac_deny_assignment denial;
    struct ask ask;
    bool allowed; /* to an owner */
} denials[] = {
    {"at the scope", {.scope = ACCOUNT, .principal_ids = NAMES(ALICE), ALL}, READS, false},
    {"above", {.scope = SUBSCRIPTION, .principal_ids = NAMES(ALICE), ALL}, READS, false},
    {"at the root", {.scope = "/", .principal_ids = NAMES(ALICE), ALL}, READS, false},
    {"at a management group", {.scope = MANAGEMENT "OUTER", .principal_ids = NAMES(ALICE), ALL},
        READS, false},
    {"below", {.scope = ACCOUNT "/pools/p", .principal_ids = NAMES(ALICE), ALL}, READS, true},
    {"beside", {.scope = OTHER_ACCOUNT, .principal_ids = NAMES(ALICE), ALL}, READS, true},
    {"for this scope only, at it",
        {.scope = ACCOUNT,
            .principal_ids = NAMES(ALICE),
            .does_not_apply_to_child_scopes = true,
            ALL},
        READS, false},
    {"for this scope only, above it",
        {.scope = GROUP,
            .principal_ids = NAMES(ALICE),
            .does_not_apply_to_child_scopes = true,
            ALL},
        READS, true},
    {"for this management group only",
        {.scope = MANAGEMENT "inner",
            .principal_ids = NAMES(ALICE),
            .does_not_apply_to_child_scopes = true,
            ALL},
        READS, true},
    {"another principal", {.scope = ACCOUNT, .principal_ids = NAMES(BOB), ALL}, READS, true},
    {"a group", {.scope = ACCOUNT, .principal_ids = NAMES(BOB, TEAM), ALL},
        {BATCH "read", RBAC_ACTION, ACCOUNT, true}, false},
    {"everybody", {.scope = ACCOUNT, .principal_ids = NAMES(RBAC_EVERYBODY), ALL}, READS, false},
    {"everybody, for this scope only, above",
        {.scope = GROUP,
            .principal_ids = NAMES(RBAC_EVERYBODY),
            .does_not_apply_to_child_scopes = true,
            ALL},
        READS, true},
    {"everybody but this one",
        {.scope = ACCOUNT,
            .principal_ids = NAMES(RBAC_EVERYBODY),
            .exclude_principal_ids = NAMES(BOB, "AAAAAAAA-0000-4000-8000-000000000001"),
            ALL},
        READS, true},
    {"everybody but a group",
        {.scope = ACCOUNT,
            .principal_ids = NAMES(RBAC_EVERYBODY),
            .exclude_principal_ids = NAMES(TEAM),
            ALL},
        {BATCH "read", RBAC_ACTION, ACCOUNT, true}, true},
    {"everybody but a group that it is not in",
        {.scope = ACCOUNT,
            .principal_ids = NAMES(RBAC_EVERYBODY),
            .exclude_principal_ids = NAMES(TEAM),
            ALL},
        READS, false},
    {"itself, but not its group",
        {.scope = ACCOUNT,
            .principal_ids = NAMES(ALICE),
            .exclude_principal_ids = NAMES(TEAM),
            ALL},
        {BATCH "read", RBAC_ACTION, ACCOUNT, true}, true},
    {"other actions",
        {.scope = ACCOUNT,
            .principal_ids = NAMES(ALICE),
            PERMISSIONS({.actions = NAMES(BATCH "pools/*")})},
        READS, true},
    {"notActions keeps it",
        {.scope = ACCOUNT,
            .principal_ids = NAMES(ALICE),
            PERMISSIONS({.actions = NAMES("*"), .not_actions = NAMES("*/READ")})},
        READS, true},
    {"notActions of one object, actions of another",
        {.scope = ACCOUNT,
            .principal_ids = NAMES(ALICE),
            PERMISSIONS({.actions = NAMES("*"), .not_actions = NAMES("*/read")},
                {.actions = NAMES(BATCH "read")})},
        READS, false},
    {"data actions only",
        {.scope = ACCOUNT,
            .principal_ids = NAMES(ALICE),
            PERMISSIONS({.data_actions = NAMES("*")})},
        READS, true},
    {"an operation that nobody knows", {.scope = ACCOUNT, .principal_ids = NAMES(ALICE), ALL},
        {"Contoso.Things/x", RBAC_ACTION, ACCOUNT, false}, false},
    {"condition true",
        {.scope = ACCOUNT,
            .principal_ids = NAMES(ALICE),
            .condition = "ActionMatches{'*/read'}",
            ALL},
        READS, false},
    {"condition false", {.scope = ACCOUNT, .principal_ids = NAMES(ALICE), .condition = NEVER, ALL},
        READS, true},
    {"condition not known: it denies",
        {.scope = ACCOUNT, .principal_ids = NAMES(ALICE), .condition = UNKNOWN, ALL}, READS, false},
    {"condition that cannot be read: it denies",
        {.scope = ACCOUNT, .principal_ids = NAMES(ALICE), .condition = "(", ALL}, READS, false},
    {"condition of a permission object, false",
        {.scope = ACCOUNT,
            .principal_ids = NAMES(ALICE),
            PERMISSIONS({.actions = NAMES("*"), .condition = NEVER})},
        READS, true},
    {"condition of a permission object, not known",
        {.scope = ACCOUNT,
            .principal_ids = NAMES(ALICE),
            PERMISSIONS({.actions = NAMES("*"), .condition = UNKNOWN})},
        {"Contoso.Things/x", RBAC_ACTION, ACCOUNT, false}, false},
};

static void denials_override(void **state)
{
    (void)state;
    static const struct rbac_assignment owner[] = {
        {"1", ALICE, OWNER, "/", NULL}, {"2", TEAM, OWNER, ACCOUNT, NULL}};
    for (size_t i = 0; i < COUNT(denials); i++) {
        print_message("%s\n", denials[i].name);
        struct rbac_index *index = index_of(owner, COUNT(owner), &denials[i].denial, 1);
        assert_int_equal(is_allowed(index, &denials[i].ask, RBAC_RULES_ARM), denials[i].allowed);
        rbac_index_free(index);
    }
}

static const struct {
    const char *name, *role, *denied;
    struct ask ask;
    bool allowed;
} batch[] = {
    {"the operation is denied, listKeys is not", CONTRIBUTOR, BATCH "pools/*",
        {BATCH "pools/write", RBAC_ACTION, ACCOUNT, false}, true},
    {"listKeys is denied, the operation is not", CONTRIBUTOR, BATCH "listKeys/action",
        {BATCH "pools/write", RBAC_ACTION, ACCOUNT, false}, true},
    {"listKeys is denied, and was all there was", CONTRIBUTOR, BATCH "listKeys/action",
        {BATCH "jobs/write", RBAC_DATA_ACTION, ACCOUNT, false}, false},
    {"read is denied, and was all there was", READER, BATCH "read",
        {BATCH "jobs/read", RBAC_DATA_ACTION, ACCOUNT, false}, false},
    {"read is denied, the permission is there", SUBMITTER, BATCH "read",
        {BATCH "jobs/read", RBAC_DATA_ACTION, ACCOUNT, false}, true},
    {"everything", OWNER, "*", {BATCH "jobs/read", RBAC_DATA_ACTION, ACCOUNT, false}, false},
};

static void the_batch_rule_looks_at_what_is_left(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(batch); i++) {
        const char *const names[] = {batch[i].denied};
        const char *const principals[] = {RBAC_EVERYBODY};
        struct rbac_permission permission = {.actions = {names, 1}, .data_actions = {names, 1}};
        struct rbac_deny_assignment denial = {.scope = GROUP,
            .principal_ids = {principals, 1},
            .permissions = &permission,
            .permission_count = 1};
        struct rbac_assignment assignment = {"1", ALICE, batch[i].role, SUBSCRIPTION, NULL};
        print_message("%s\n", batch[i].name);
        struct rbac_index *index = index_of(&assignment, 1, &denial, 1);
        assert_int_equal(is_allowed(index, &batch[i].ask, RBAC_RULES_BATCH), batch[i].allowed);
        rbac_index_free(index);
    }
}

/* Everybody's id in a role assignment is nobody's. */
static void nothing_is_granted_to_everybody(void **state)
{
    (void)state;
    static const struct rbac_assignment assignment = {"1", RBAC_EVERYBODY, OWNER, "/", NULL};
    const struct rbac_deny_assignment denial = {
        .scope = OTHER_ACCOUNT, .principal_ids = NAMES(RBAC_EVERYBODY), ALL};
    static const struct ask ask = READS;
    struct rbac_index *index = index_of(&assignment, 1, &denial, 1);
    assert_false(is_allowed(index, &ask, RBAC_RULES_ARM));
    rbac_index_free(index);
}

static const struct {
    const char *name;
    struct rbac_deny_assignment denial;
    const char *message;
} refused[] = {
    {"no scope", {.id = "77", .principal_ids = NAMES(ALICE), ALL},
        "deny assignment 77: the scope is missing"},
    {"bad scope", {.id = "77", .scope = "/x", .principal_ids = NAMES(ALICE), ALL},
        "deny assignment 77: scope \"/x\""},
    {"no principal", {.scope = "/", ALL}, "deny assignment without id: a principal id is missing"},
    {"empty principal", {.scope = "/", .principal_ids = NAMES(""), ALL}, "principal id is missing"},
    {"empty exclusion",
        {.scope = "/", .principal_ids = NAMES(ALICE), .exclude_principal_ids = NAMES(""), ALL},
        "principal id is missing"},
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct rbac_index_input input = {.denials = &refused[i].denial, .denial_count = 1};
        print_message("%s\n", refused[i].name);
        assert_null(rbac_index_new(&input, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        if (!strstr(err.message, refused[i].message))
            fail_msg("\"%s\" does not say \"%s\"", err.message, refused[i].message);
        azb_error_free(&err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_narrow),
        cmocka_unit_test(the_batch_rule_asks_by_name),
        cmocka_unit_test(denials_override),
        cmocka_unit_test(the_batch_rule_looks_at_what_is_left),
        cmocka_unit_test(nothing_is_granted_to_everybody),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
