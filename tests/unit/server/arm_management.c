/* Management groups, what lies in them, and deny assignments. */
#include "arm_steps.h"

#include "directory/deny_assignment.h"
#include "directory/management_group.h"

static struct service service;
static char admin[ADMIN_TOKEN_MAX];

#define MG "/providers/Microsoft.Management/managementGroups/"
#define OTHER_SUB "/subscriptions/" UNKNOWN_ID

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_MANAGEMENT, admin);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* ---- Management groups ----------------------------------------------------------------------- */

struct groups {
    struct management_group what;
    const char *message; /* a part of it; NULL when it is made */
};

static bool put_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct groups *group = context;
    return management_group_put(connection, &group->what, err);
}

static void keeps_management_groups(void **state)
{
    (void)state;
    struct groups groups[] = {
        {{"a", "A", NULL}, NULL},
        {{"b", "B", "a"}, NULL},
        {{"c", "C", "B"}, NULL},
        {{"", "none", NULL}, "not the id"},
        {{"x/y", "slash", NULL}, "not the id"},
        {{"dot.", "dot", NULL}, "not the id"},
        {{"d", "D", "none"}, "no management group 'none'"},
        {{"a", "A", "c"}, "would lie in itself"},
        {{"a", "A", "a"}, "would lie in itself"},
        {{MADE_TENANT, "root", NULL}, "root group"},
        {{"d", "D", "c"}, NULL},
        {{"e", "E", "d"}, NULL},
        {{"f", "F", "e"}, NULL},
        {{"g", "G", "f"}, "too deep"},
        {{"A", "renamed", NULL}, NULL},
    };
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        bool made = store_write_wait(service.store, put_work, &groups[i], &err);
        printf("  %s: %s\n", groups[i].what.id, err.message);
        assert_int_equal(made, groups[i].message == NULL);
        if (groups[i].message)
            assert_non_null(strstr(err.message, groups[i].message));
        azb_error_free(&err);
    }
    assert_int_equal(
        count_of(&service, admin, "/providers/Microsoft.Management/managementGroups" V), 0);
}

static bool adopt_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    return management_group_adopt(connection, SEED_SUBSCRIPTION, context, err);
}

static void lies_within(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct management_tree tree;
    struct arena arena;
    char group[] = "c";
    made_write(&service, adopt_work, group);
    arena_init(&arena, 0);
    assert_true(management_tree_load(store_reader(service.store, &err), &arena, &tree, &err));
    static const struct {
        const char *scope, *above;
        bool within;
    } cases[] = {
        {ACCOUNT, "/", true},
        {ACCOUNT, SUB, true},
        {SUB, SUB "/", false},
        {SUB, ACCOUNT, false},
        {GROUP "1", GROUP, false},
        {ACCOUNT, MG "c", true},
        {ACCOUNT, MG "A", true},
        {SUB, MG MADE_TENANT, true},
        {MG "c", MG "b", true},
        {MG "b", MG "c", false},
        {SUB, MG "d", false},
        {OTHER_SUB, MG MADE_TENANT, false},
        {SUB "0", MG "c", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        printf("  %s in %s\n", cases[i].scope, cases[i].above);
        assert_int_equal(
            management_tree_within(&tree, text_of(cases[i].scope), text_of(cases[i].above)),
            cases[i].within);
    }
    arena_free(&arena);
}

/* ---- Denials --------------------------------------------------------------------------------- */

struct denial {
    const char *name, *properties, *message; /* message NULL: it is made */
};

static bool deny_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct denial *denial = context;
    struct rbac_deny_assignment what;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const struct json *json = json_parse(text_of(denial->properties), &arena, err);
    if (!json || !deny_assignment_read(json, &arena, &what, err))
        return false;
    what.id = NEW_ID;
    return deny_assignment_put(connection, &what, "why", 1, &arena, err);
}

#define DENY(principals, more)                                                                     \
    "{\"denyAssignmentName\":\"d\",\"scope\":\"" SUB "\",\"principals\":[" principals "],"         \
    "\"permissions\":[{\"actions\":[\"*/read\"]" more "}]}"

static void keeps_denials(void **state)
{
    (void)state;
    char text[400];
    struct denial denials[] = {
        {"an unknown member", "{\"deny\":1}", "'deny' is not a member"},
        {"no name", "{\"scope\":\"" SUB "\"}", "denyAssignmentName: it is missing"},
        {"a number for a name", "{\"denyAssignmentName\":1}", "denyAssignmentName: a string"},
        {"nobody", DENY("", ""), "principals: there is none"},
        {"a principal without id", DENY("{}", ""), "principals: [0]: its id is missing"},
        {"a principal of nobody", DENY("{\"id\":\"" UNKNOWN_ID "\"}", ""), "not the object id"},
        {"a condition that is none", DENY("{\"id\":\"" MADE_OBJECT "\"}", ",\"condition\":\"x\""),
            "condition"},
        {"no permissions",
            "{\"denyAssignmentName\":\"d\",\"scope\":\"" SUB
            "\",\"permissions\":[],\"principals\":[{\"id\":\"" MADE_OBJECT "\"}]}",
            "permissions: there is none"},
        {"empty permissions",
            "{\"denyAssignmentName\":\"d\",\"scope\":\"" SUB
            "\",\"permissions\":[{}],\"principals\":[{\"id\":\"" MADE_OBJECT "\"}]}",
            "permissions[0]: it names no actions"},
        {"made", DENY("{\"id\":\"" MADE_OBJECT "\",\"type\":\"User\"}", ""), NULL},
    };
    for (size_t i = 0; i < sizeof denials / sizeof *denials; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        bool made = store_write_wait(service.store, deny_work, &denials[i], &err);
        printf("  %s: %s\n", denials[i].name, err.message);
        assert_int_equal(made, denials[i].message == NULL);
        if (denials[i].message)
            assert_non_null(strstr(err.message, denials[i].message));
        azb_error_free(&err);
    }
    const char *list = SUB AUTH "denyAssignments" V;
    assert_int_equal(count_of(&service, admin, list), 1);
    assert_int_equal(count_of(&service, admin, ACCOUNT AUTH "denyAssignments" V), 1);
    assert_int_equal(count_of(&service, admin,
                         SUB AUTH "denyAssignments" V "&$filter=assignedTo('" MADE_OBJECT "')"),
        1);
    assert_int_equal(
        count_of(&service, admin,
            SUB AUTH "denyAssignments" V "&$filter=principalId%20eq%20'" UNKNOWN_ID "'"),
        0);
    text_at(&service, admin, SUB AUTH "denyAssignments/" NEW_ID V, "properties.description", text);
    assert_string_equal(text, "why");
    const struct step steps[] = {
        {"nobody makes one", admin, "PUT", SUB AUTH "denyAssignments/" OTHER_ID V, "{}", 405,
            "DenyAssignmentsAreSystemProtected"},
        {"nobody removes one", admin, "DELETE", SUB AUTH "denyAssignments/" NEW_ID V, NULL, 405,
            "DenyAssignmentsAreSystemProtected"},
        {"not at another scope", admin, "GET", GROUP AUTH "denyAssignments/" NEW_ID V, NULL, 404,
            "DenyAssignmentNotFound"},
    };
    PLAY(&service, steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_management_groups),
        cmocka_unit_test(lies_within),
        cmocka_unit_test(keeps_denials),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
