/* An explanation for a terminal, and what Resource Manager says of deny assignments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "cli/access_denial.h"
#include "cli/explanation_view.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define QUESTION                                                                                   \
    "\"rule\":\"none\",\"operation\":\"Microsoft.Batch/batchAccounts/jobs/write\","                \
    "\"kind\":\"dataAction\",\"scope\":\"/subscriptions/s\",\"callerObjectId\":\"o\""

static const struct {
    const char *name, *json, *wanted;
} cases[] = {
    {"nobody gave it a role", "{" QUESTION ",\"assignmentCount\":0,\"assignments\":[]}",
        "  asked   data action Microsoft.Batch/batchAccounts/jobs/write\n"
        "  scope   /subscriptions/s\n"
        "  caller  object id o\n"
        "\nNo role is assigned to the caller or its groups.\n"
        "\nNo built-in role allows it.\n"},
    {"through a group, elsewhere, and more of them",
        "{" QUESTION ",\"callerName\":\"ann\",\"groupCount\":1,\"assignmentCount\":3,"
        "\"assignments\":[{\"roleName\":\"Reader\",\"scope\":\"/SUBSCRIPTIONS/s\","
        "\"throughGroup\":true,\"principalId\":\"g\",\"sentence\":\"has no dataActions\"},"
        "{\"roleName\":\"\",\"roleDefinitionId\":\"r\",\"scope\":\"/x\",\"condition\":\"a b\","
        "\"sentence\":\"does not exist any more\"}],"
        "\"suggestion\":{\"command\":\"azb role assignment create --role \\\"A B\\\"\"}}",
        "  asked   data action Microsoft.Batch/batchAccounts/jobs/write\n"
        "  scope   /subscriptions/s\n"
        "  caller  ann, object id o, in 1 group\n"
        "\nRole assignments, nearest first:\n"
        "  - Reader has no dataActions\n"
        "    at that very scope, through the group g\n"
        "  - r does not exist any more\n"
        "    at /x\n"
        "    only if a b\n"
        "  and 1 more that are further off (--all lists them)\n"
        "\nThe smallest built-in role that allows it, at the narrowest scope:\n"
        "  azb role assignment create --role \"A B\"\n"},
    {"a deny assignment, against which no role helps",
        "{" QUESTION ",\"assignments\":[],\"denyAssignments\":[{\"denyAssignmentName\":\"no\","
        "\"scope\":\"/\",\"sentence\":\"takes it away\"}]}",
        "  asked   data action Microsoft.Batch/batchAccounts/jobs/write\n"
        "  scope   /subscriptions/s\n"
        "  caller  object id o\n"
        "\nDeny assignments:\n"
        "  - no takes it away\n"
        "    at /\n"
        "\nNo role is assigned to the caller or its groups.\n"
        "\nNo role helps against a deny assignment.\n"},
    {"no terminal obeys it",
        "{\"operation\":\"a\\u001b[2J\",\"scope\":\"b\\u009b\",\"callerObjectId\":\"c\\r\","
        "\"allowed\":true,\"rule\":\"permission\",\"assignments\":[]}",
        "  asked   action a [2J\n  scope   b\n  caller  object id c \n"
        "\nNo role is assigned to the caller or its groups.\n"},
    {"nothing at all", "{}",
        "  asked   action \n  caller  object id \n"
        "\nNo role is assigned to the caller or its groups.\n"
        "\nNo built-in role allows it.\n"},
};

static void as_people_read_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        char *text = NULL;
        size_t length;
        arena_init(&arena, 0);
        print_message("%s\n", cases[i].name);
        const struct json *json = json_parse(text_of(cases[i].json), &arena, &err);
        assert_non_null(json);
        FILE *out = open_memstream(&text, &length);
        assert_non_null(out);
        explanation_print(out, json, EXPLANATION_WITH_CALLER);
        fclose(out);
        assert_string_equal(text, cases[i].wanted);
        free(text);
    }
}

#define DENIAL(members) "{\"id\":\"/d\",\"properties\":{\"denyAssignmentName\":\"n\"" members "}}"

static const struct {
    const char *json, *says; /* NULL: it is one */
} denials[] = {
    {DENIAL(",\"scope\":\"/\""), NULL},
    {DENIAL(",\"scope\":\"/\",\"condition\":null,\"principals\":[{\"id\":\"p\"}],"
            "\"permissions\":[{\"actions\":[\"*\"]}]"),
        NULL},
    {"{}", "lacks its id"},
    {"[]", "lacks its id"},
    {DENIAL(""), "lacks its id, denyAssignmentName or scope"},
    {DENIAL(",\"scope\":\"/\",\"principals\":[{}]"), "a principal has no id"},
    {DENIAL(",\"scope\":\"/\",\"permissions\":[{\"actions\":\"*\"}]"), "actions"},
    {DENIAL(",\"scope\":\"/\",\"permissions\":[7]"), "the deny assignment 'n'"},
};

static void deny_assignments(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(denials); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct rbac_deny_assignment denial;
        arena_init(&arena, 0);
        print_message("%s\n", denials[i].json);
        const struct json *json = json_parse(text_of(denials[i].json), &arena, &err);
        assert_non_null(json);
        assert_int_equal(denial_read(json, &arena, &denial, &err), denials[i].says == NULL);
        if (denials[i].says)
            assert_non_null(strstr(err.message, denials[i].says));
    }
}

static void short_of_memory(void **state)
{
    (void)state;
    bool read = false;
    for (long n = 1; !read; n++) {
        scoped_arena struct arena arena = {0};
        scoped_arena struct arena small = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct rbac_deny_assignment denial;
        arena_init(&arena, 0);
        arena_init(&small, 0);
        const struct json *json = json_parse(text_of(denials[1].json), &arena, &err);
        memory_fail_after(n);
        read = denial_read(json, &small, &denial, &err);
        memory_fail_after(0);
        assert_true(read || err.kind != AZB_ERROR_NONE);
        azb_error_free(&err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_people_read_it),
        cmocka_unit_test(deny_assignments),
        cmocka_unit_test(short_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
