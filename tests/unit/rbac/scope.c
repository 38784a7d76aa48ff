/* Scope ids: what is accepted, what is refused and why, what is above what. */
#include "fixture.h"

static const struct {
    const char *name, *text;
    enum scope_kind kind;
    size_t levels;
    const char *last;
} accepted[] = {
    {"root", "/", SCOPE_ROOT, 1, "/"},
    {"management group", "/providers/Microsoft.Management/managementGroups/mg1",
        SCOPE_MANAGEMENT_GROUP, 2, "mg1"},
    {"subscription", SUBSCRIPTION, SCOPE_SUBSCRIPTION, 2, "88888888-8888-8888-8888-888888888888"},
    {"trailing slash", SUBSCRIPTION "/", SCOPE_SUBSCRIPTION, 2,
        "88888888-8888-8888-8888-888888888888"},
    {"resource group", GROUP, SCOPE_RESOURCE_GROUP, 3, "rg1"},
    {"lower case", "/subscriptions/s/resourcegroups/RG", SCOPE_RESOURCE_GROUP, 3, "RG"},
    {"account", ACCOUNT, SCOPE_RESOURCE, 4, "acct"},
    {"pool", ACCOUNT "/pools/p", SCOPE_RESOURCE, 5, "p"},
    {"application version", ACCOUNT "/applications/a/versions/1.0", SCOPE_RESOURCE, 6, "1.0"},
    {"resource of a subscription", SUBSCRIPTION "/providers/Microsoft.Batch/locations/westeurope",
        SCOPE_RESOURCE, 3, "westeurope"},
    {"extension resource", ACCOUNT "/providers/Microsoft.Authorization/roleAssignments/x",
        SCOPE_RESOURCE, 5, "x"},
};

static void accepts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(accepted); i++) {
        scoped_arena struct arena arena = {0};
        arena_init(&arena, 0);
        print_message("%s\n", accepted[i].name);
        struct scope scope = make_scope(accepted[i].text, &arena);
        assert_int_equal(scope.kind, accepted[i].kind);
        assert_int_equal(scope.level_count, accepted[i].levels);
        assert_string_equal(scope_name(&scope), accepted[i].last);
    }
}

static const struct {
    const char *name, *text, *message;
} refused[] = {
    {"empty", "", "it is empty"},
    {"no slash", "subscriptions/s", "must start with '/'"},
    {"parent", "/subscriptions/s/resourceGroups/../x", "\"..\""},
    {"dot", "/subscriptions/./resourceGroups/x", "\".\""},
    {"encoded", "/subscriptions/s/resourceGroups/%2e%2e", "'%' is not allowed"},
    {"double slash", "/subscriptions//resourceGroups/x", "empty segments"},
    {"only slashes", "//", "empty segments"},
    {"two trailing slashes", "/subscriptions/s//", "empty segments"},
    {"wildcard", "/subscriptions/*", "wildcards"},
    {"query", "/subscriptions/s?x=1", "are not allowed"},
    {"backslash", "/subscriptions/s\\t", "are not allowed"},
    {"control", "/subscriptions/s\n", "control characters"},
    {"not UTF-8", "/subscriptions/\xff", "UTF-8"},
    {"unknown start", "/tenants/x", "must start with /subscriptions/"},
    {"no subscription id", "/subscriptions", "subscription id is missing"},
    {"no group name", "/subscriptions/s/resourceGroups", "name of the resource group is missing"},
    {"no provider word", "/subscriptions/s/resourceGroups/g/Microsoft.Batch/a", "\"providers\""},
    {"type without name", GROUP "/providers/Microsoft.Batch/batchAccounts", "pairs of type"},
    {"namespace only", GROUP "/providers/Microsoft.Batch", "pairs of type"},
    {"provider at the end", ACCOUNT "/providers/Microsoft.Authorization", "pairs of type"},
    {"deep", ACCOUNT "/a/1/a/2/a/3/a/4/a/5/a/6/a/7", "nested too deeply"},
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct scope scope;
        arena_init(&arena, 0);
        print_message("%s\n", refused[i].name);
        assert_false(scope_parse(text_of(refused[i].text), &arena, &scope, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        if (!strstr(err.message, refused[i].message))
            fail_msg("\"%s\" does not say \"%s\"", err.message, refused[i].message);
    }
}

static void refuses_long(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct scope scope;
    char text[SCOPE_LENGTH_MAX + 2];
    arena_init(&arena, 0);
    memset(text, 'x', sizeof(text));
    memcpy(text, "/subscriptions/", 15);
    assert_true(scope_parse((struct text){text, SCOPE_LENGTH_MAX}, &arena, &scope, &err));
    assert_false(scope_parse((struct text){text, SCOPE_LENGTH_MAX + 1}, &arena, &scope, &err));
    assert_non_null(strstr(err.message, "1024"));
}

static const struct {
    const char *name, *above, *below;
    bool contains;
} relations[] = {
    {"root above all", "/", ACCOUNT, true},
    {"itself", ACCOUNT, ACCOUNT, true},
    {"subscription above group", SUBSCRIPTION, GROUP, true},
    {"group above account", GROUP, ACCOUNT, true},
    {"account above pool", ACCOUNT, ACCOUNT "/pools/p", true},
    {"case does not matter",
        "/SUBSCRIPTIONS/88888888-8888-8888-8888-888888888888/RESOURCEGROUPS/RG1", ACCOUNT, true},
    {"trailing slash", GROUP "/", ACCOUNT, true},
    {"rg1 is not above rg10", GROUP, OTHER_ACCOUNT, false},
    {"rg10 is not above rg1", SUBSCRIPTION "/resourceGroups/rg10", ACCOUNT, false},
    {"account is not above its group", ACCOUNT, GROUP, false},
    {"nothing but root above root", SUBSCRIPTION, "/", false},
    {"pool p is not above pool pp", ACCOUNT "/pools/p", ACCOUNT "/pools/pp", false},
    {"other subscription", "/subscriptions/s2", ACCOUNT, false},
    {"management group by path", "/providers/Microsoft.Management/managementGroups/mg1", ACCOUNT,
        false},
};

static void contains(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(relations); i++) {
        scoped_arena struct arena arena = {0};
        arena_init(&arena, 0);
        print_message("%s\n", relations[i].name);
        struct scope above = make_scope(relations[i].above, &arena);
        struct scope below = make_scope(relations[i].below, &arena);
        assert_int_equal(scope_contains(&above, &below), relations[i].contains);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_long),
        cmocka_unit_test(contains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
