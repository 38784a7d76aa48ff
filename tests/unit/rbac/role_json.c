/* Role definitions: the three JSON forms in and out, and what is refused. */
#include "fixture.h"

#include "rbac/lint.h"

#define CLI_INPUT                                                                                  \
    "{\"Name\":\"Submitter\",\"IsCustom\":true,\"Description\":\"d\","                             \
    "\"Actions\":[\"Microsoft.Batch/*/read\"],\"NotActions\":[],"                                  \
    "\"DataActions\":[\"Microsoft.Batch/batchAccounts/jobs/*\"],\"NotDataActions\":[\"*/delete\"]" \
    ",\"AssignableScopes\":[\"/subscriptions/s\"]}"
#define CLI_OUTPUT                                                                                 \
    "{\"assignableScopes\":[\"/subscriptions/s\"],\"createdBy\":null,\"createdOn\":\"x\","         \
    "\"description\":\"d\",\"id\":\"/subscriptions/s" ROLE_DEFINITION_PATH CUSTOM "\","            \
    "\"name\":\"" CUSTOM "\",\"permissions\":[{\"actions\":[\"Microsoft.Batch/*/read\"],"          \
    "\"condition\":null,\"conditionVersion\":null,"                                                \
    "\"dataActions\":[\"Microsoft.Batch/batchAccounts/jobs/*\"],\"notActions\":[],"                \
    "\"notDataActions\":[\"*/delete\"]}],\"roleName\":\"Submitter\",\"roleType\":\"CustomRole\","  \
    "\"systemData\":null,\"type\":\"Microsoft.Authorization/"                                      \
    "roleDefinitions\",\"updatedBy\":\"u\"}"
#define ARM                                                                                        \
    "{\"properties\":{\"roleName\":\"Submitter\",\"type\":\"CustomRole\",\"description\":\"d\","   \
    "\"assignableScopes\":[\"/subscriptions/s\"],\"permissions\":[{"                               \
    "\"actions\":[\"Microsoft.Batch/*/read\"],\"notActions\":[],"                                  \
    "\"dataActions\":[\"Microsoft.Batch/batchAccounts/jobs/*\"],"                                  \
    "\"notDataActions\":[\"*/delete\"]}]},\"name\":\"12345678-0000-4000-8000-00000000ABCD\"}"

#define FLAT_LISTS                                                                                 \
    "\"Actions\":[\"Microsoft.Batch/*/read\"],\"NotActions\":[],"                                  \
    "\"DataActions\":[\"Microsoft.Batch/batchAccounts/jobs/*\"],\"NotDataActions\":[\"*/delete\"]" \
    ",\"AssignableScopes\":[\"/subscriptions/s\"]"
/* As Get-AzRoleDefinition | ConvertTo-Json prints it. */
#define POWERSHELL                                                                                 \
    "{\"Name\":\"Submitter\",\"Id\":\"" CUSTOM                                                     \
    "\",\"IsCustom\":true,\"Description\":\"d\"," FLAT_LISTS                                       \
    ",\"Condition\":null,\"ConditionVersion\":null}"
/* For New-AzRoleDefinition. */
#define POWERSHELL_NEW                                                                             \
    "{\"Name\":\"Submitter\",\"Id\":null,\"IsCustom\":true,\"Description\":\"d\"," FLAT_LISTS "}"
/* The example of `az role definition update --help`: of either form something. */
#define CLI_UPDATE                                                                                 \
    "{\"roleName\":\"Submitter\",\"Description\":\"d\",\"id\":\"/subscriptions/"                   \
    "s" ROLE_DEFINITION_PATH CUSTOM "\",\"roleType\":\"CustomRole\",\"type\":\"Microsoft."         \
    "Authorization/roleDefinitions\"," FLAT_LISTS "}"

static const struct {
    const char *name, *json, *id;
    enum role_form form;
} forms[] = {
    {"ARM", ARM, CUSTOM, ROLE_FORM_ARM},
    {"CLI output", CLI_OUTPUT, CUSTOM, ROLE_FORM_CLI_OUTPUT},
    {"CLI input", CLI_INPUT, "", ROLE_FORM_CLI_INPUT},
    {"CLI update", CLI_UPDATE, CUSTOM, ROLE_FORM_CLI_INPUT},
    {"PowerShell", POWERSHELL, CUSTOM, ROLE_FORM_POWERSHELL},
    {"PowerShell, new", POWERSHELL_NEW, "", ROLE_FORM_POWERSHELL},
};

static void assert_submitter(const struct rbac_role *role)
{
    assert_string_equal(role->name, "Submitter");
    assert_string_equal(role->description, "d");
    assert_int_equal(role->type, ROLE_CUSTOM);
    assert_int_equal(role->assignable_scopes.count, 1);
    assert_string_equal(role->assignable_scopes.at[0], "/subscriptions/s");
    assert_int_equal(role->permission_count, 1);
    const struct rbac_permission *permission = &role->permissions[0];
    assert_int_equal(permission->actions.count, 1);
    assert_string_equal(permission->actions.at[0], "Microsoft.Batch/*/read");
    assert_int_equal(permission->not_actions.count, 0);
    assert_int_equal(permission->data_actions.count, 1);
    assert_string_equal(permission->data_actions.at[0], BATCH "jobs/*");
    assert_int_equal(permission->not_data_actions.count, 1);
}

static void reads_each_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        enum role_form form;
        arena_init(&arena, 0);
        print_message("%s\n", forms[i].name);
        const struct rbac_role *role = role_parse(text_of(forms[i].json), &arena, &form, &err);
        if (!role)
            fail_msg("%s", err.message);
        assert_int_equal(form, forms[i].form);
        assert_string_equal(role->id, forms[i].id);
        assert_submitter(role);
        assert_true(role_check_custom(role, &err));
    }
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct rbac_role role = make_role(ARM, &arena);
    for (enum role_form form = ROLE_FORM_ARM; form <= ROLE_FORM_POWERSHELL; form++) {
        scoped_buffer struct buffer out = {0};
        struct json_writer writer;
        struct azb_error err = AZB_ERROR_INIT;
        enum role_form found;
        buffer_init(&out, 10000);
        json_writer_init(&writer, &out, 0);
        assert_true(role_write(&writer, &role, form, "/subscriptions/s", &err));
        const struct rbac_role *again = role_parse(buffer_text(&out), &arena, &found, &err);
        if (!again)
            fail_msg("%s: %s", out.at, err.message);
        assert_int_equal(found, form);
        assert_string_equal(again->id, form == ROLE_FORM_CLI_INPUT ? "" : CUSTOM);
        assert_submitter(again);
    }
}

#define CONDITION "(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'}))"

/* Where there is a place for it, a condition comes through; where there is none, it is not lost. */
static void conditions_are_kept(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    const struct rbac_role role =
        make_role("{\"Name\":\"r\",\"Actions\":[\"*\"],\"Condition\":\"" CONDITION
                  "\",\"ConditionVersion\":\"2.0\",\"AssignableScopes\":[\"" SUBSCRIPTION "\"]}",
            &arena);
    assert_string_equal(role.permissions[0].condition, CONDITION);
    for (enum role_form form = ROLE_FORM_ARM; form <= ROLE_FORM_POWERSHELL; form++) {
        scoped_buffer struct buffer out = {0};
        struct json_writer writer;
        buffer_init(&out, 10000);
        json_writer_init(&writer, &out, 0);
        bool written = role_write(&writer, &role, form, "", &err);
        assert_int_equal(written, form != ROLE_FORM_CLI_INPUT);
        if (!written) {
            assert_non_null(strstr(err.message, "has a condition"));
            continue;
        }
        const struct rbac_role *again = role_parse(buffer_text(&out), &arena, NULL, &err);
        assert_non_null(again);
        assert_string_equal(again->permissions[0].condition, CONDITION);
        assert_non_null(strstr(out.at, "onditionVersion\":\"2.0\""));
    }
    const struct rbac_role blank =
        make_role("{\"Name\":\"r\",\"Condition\":\" \",\"ConditionVersion\":\"\"}", &arena);
    assert_null(blank.permissions[0].condition);
}

static void writes_arm_exactly(void **state)
{
    (void)state;
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    buffer_init(&out, 10000);
    json_writer_init(&writer, &out, 0);
    role_write_arm(&writer, rbac_builtin_role(TEXT("reader")), "/");
    assert_string_equal(out.at,
        "{\"id\":\"" ROLE_DEFINITION_PATH READER "\",\"name\":\"" READER "\","
        "\"type\":\"Microsoft.Authorization/roleDefinitions\",\"properties\":{"
        "\"roleName\":\"Reader\",\"type\":\"BuiltInRole\","
        "\"description\":\"See all resources, change none.\",\"assignableScopes\":[\"/\"],"
        "\"permissions\":[{\"actions\":[\"*/read\"],\"notActions\":[],\"dataActions\":[],"
        "\"notDataActions\":[]}]}}");
}

static void flat_forms_hold_one_permission(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    buffer_init(&out, 10000);
    json_writer_init(&writer, &out, 0);
    struct rbac_role role = make_role(
        "{\"roleName\":\"r\",\"permissions\":[{\"actions\":[\"*\"]},{\"dataActions\":[\"*\"]}]}",
        &arena);
    assert_false(role_write_cli_input(&writer, &role, &err));
    assert_non_null(strstr(err.message, "2 permission objects"));
    assert_false(role_write_powershell(&writer, &role, &err));
    assert_non_null(strstr(err.message, "2 permission objects"));
    assert_int_equal(out.length, 0);
}

#define P(inner) "{\"properties\":{" inner "}}"
#define ONE "\"permissions\":[{\"actions\":[\"*/read\"]}]"

static const struct {
    const char *name, *json, *message;
} refused[] = {
    {"empty", "", "role definition"},
    {"not JSON", "{\"Name\":", "role definition"},
    {"a list", "[]", "expected an object, found a"},
    {"roleName missing", P(ONE), "properties.roleName: it is missing"},
    {"roleName null", P("\"roleName\":null," ONE), "properties.roleName: it is missing"},
    {"roleName blank", P("\"roleName\":\"  \"," ONE), "properties.roleName: it is empty"},
    {"roleName a number", P("\"roleName\":5," ONE), "properties.roleName: expected a string"},
    {"roleName with a line end", P("\"roleName\":\"a\\nb\"," ONE), "control characters"},
    {"roleName with a NUL", P("\"roleName\":\"a\\u0000b\"," ONE), "control characters"},
    {"permissions missing", P("\"roleName\":\"r\""), "properties.permissions: it is missing"},
    {"permissions empty", P("\"roleName\":\"r\",\"permissions\":[]"), "1 to 100 permission"},
    {"permissions an object", P("\"roleName\":\"r\",\"permissions\":{}"),
        "properties.permissions: expected a list of objects"},
    {"a permission is a string", P("\"roleName\":\"r\",\"permissions\":[\"*\"]"),
        "properties.permissions[0]: expected an object"},
    {"actions a string", P("\"roleName\":\"r\",\"permissions\":[{\"actions\":\"*\"}]"),
        "properties.permissions[0].actions: expected a list of strings, found a string"},
    {"an action is a number", P("\"roleName\":\"r\",\"permissions\":[{},{\"actions\":[\"*\",7]}]"),
        "properties.permissions[1].actions[1]: expected a string, found a number"},
    {"an action is empty", P("\"roleName\":\"r\",\"permissions\":[{\"dataActions\":[\"\"]}]"),
        "properties.permissions[0].dataActions[0]: it is empty"},
    {"misspelt", P("\"roleName\":\"r\",\"permissions\":[{\"actions\":[\"*\"],\"notaction\":[]}]"),
        "properties.permissions[0].notaction: there is no such member, did you mean notActions?; "
        "allowed here: actions, notActions"},
    {"unknown property", P("\"roleName\":\"r\",\"colour\":1," ONE),
        "properties.colour: there is no such member; allowed"},
    {"unknown at the top", "{\"properties\":{},\"x\":1}",
        "role definition: x: there is no such member; allowed here: id"},
    {"properties a list", "{\"properties\":[]}", "properties: expected an object"},
    {"a condition of another version",
        P("\"roleName\":\"r\",\"permissions\":[{\"actions\":[\"*\"],"
          "\"conditionVersion\":\"1.0\"}]"),
        "properties.permissions[0].conditionVersion: \"1.0\" is not known, expected \"2.0\""},
    {"a condition that is no text", "{\"Name\":\"r\",\"Condition\":{}}",
        "Condition: expected a string"},
    {"type unknown", P("\"roleName\":\"r\",\"type\":\"Custom\"," ONE),
        "properties.type: \"Custom\" is not known"},
    {"id no GUID", "{\"name\":\"x\",\"roleName\":\"r\"," ONE "}", "name: \"x\" is no GUID"},
    {"two ids", "{\"name\":\"" CUSTOM "\",\"id\":\"" READER "\",\"roleName\":\"r\"," ONE "}",
        "contradicts the other id"},
    {"Name missing", "{\"Actions\":[\"*/read\"]}", "Name: it is missing"},
    {"IsCustom a string", "{\"Name\":\"r\",\"IsCustom\":\"yes\"}", "IsCustom: expected true"},
    {"twice in another case", "{\"Name\":\"r\",\"name\":\"s\"}", "Name: it is there twice"},
    {"twice", "{\"Name\":\"r\",\"Name\":\"s\"}", "role definition"},
    {"CLI misspelt", "{\"Name\":\"r\",\"NotAction\":[]}",
        "NotAction: there is no such member, did you mean NotActions?; allowed here: Name, Id"},
    {"scopes a string", "{\"Name\":\"r\",\"AssignableScopes\":\"/\"}",
        "AssignableScopes: expected a list of strings"},
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        print_message("%s\n", refused[i].name);
        assert_null(role_parse(text_of(refused[i].json), &arena, NULL, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        if (!strstr(err.message, refused[i].message))
            fail_msg("\"%s\" does not say \"%s\"", err.message, refused[i].message);
    }
}

#define CUSTOM_WITH(actions, scopes)                                                               \
    "{\"Name\":\"r\",\"Actions\":" actions ",\"AssignableScopes\":" scopes "}"
#define GROUPS "/providers/Microsoft.Management/managementGroups/"

static const struct {
    const char *name, *json, *message; /* NULL: it is fine */
} custom[] = {
    {"fine", CUSTOM_WITH("[\"*/read\"]", "[\"/subscriptions/s\"]"), NULL},
    {"the article's", ARTICLE_ROLE, NULL},
    {"one management group", CUSTOM_WITH("[\"*/read\"]", "[\"" GROUPS "a\"]"), NULL},
    {"no scope", CUSTOM_WITH("[\"*/read\"]", "[]"), "assignableScopes: at least one"},
    {"the root", CUSTOM_WITH("[\"*/read\"]", "[\"/\"]"), "for built-in roles only"},
    {"wildcard scope", CUSTOM_WITH("[\"*/read\"]", "[\"/subscriptions/*\"]"),
        "assignableScopes: scope \"/subscriptions/*\": wildcards"},
    {"no scope at all", CUSTOM_WITH("[\"*/read\"]", "[\"subscriptions/s\"]"), "must start with"},
    {"two management groups", CUSTOM_WITH("[\"*/read\"]", "[\"" GROUPS "a\",\"" GROUPS "b\"]"),
        "may have one management group"},
    {"grants nothing", CUSTOM_WITH("[]", "[\"/subscriptions/s\"]"), "at least one entry"},
    {"no operation", CUSTOM_WITH("[\"jobs\"]", "[\"/subscriptions/s\"]"),
        "actions: \"jobs\" is no operation"},
    {"with a space", CUSTOM_WITH("[\"Microsoft.Batch/ read\"]", "[\"/subscriptions/s\"]"),
        "is no operation"},
    {"a condition",
        "{\"Name\":\"r\",\"Actions\":[\"*\"],\"AssignableScopes\":[\"/subscriptions/s\"],"
        "\"Condition\":\"" CONDITION "\"}",
        NULL},
    {"a condition that is none",
        "{\"Name\":\"r\",\"Actions\":[\"*\"],"
        "\"AssignableScopes\":[\"/subscriptions/s\"],\"Condition\":\"@x\"}",
        "condition: "},
    {"built in", "{\"Name\":\"r\",\"IsCustom\":false,\"Actions\":[\"*\"]}", "BuiltInRole"},
};

static void checks_custom_roles(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(custom); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        print_message("%s\n", custom[i].name);
        struct rbac_role role = make_role(custom[i].json, &arena);
        assert_int_equal(role_check_custom(&role, &err), !custom[i].message);
        if (custom[i].message && !strstr(err.message, custom[i].message))
            fail_msg("\"%s\" does not say \"%s\"", err.message, custom[i].message);
    }
}

/* `head`, then `count` times `piece`, then `tail`. */
static bool parses_repeated(
    const char *head, const char *piece, size_t count, const char *tail, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer json = {0};
    arena_init(&arena, 0);
    buffer_init(&json, 8 * 1024 * 1024);
    buffer_add_string(&json, head);
    for (size_t i = 0; i < count; i++)
        buffer_add_string(&json, piece);
    buffer_add_string(&json, tail);
    return role_parse(buffer_text(&json), &arena, NULL, err) != NULL;
}

static const struct {
    const char *name, *head, *piece, *tail, *message;
    size_t most;
} limits[] = {
    {"name", "{\"Name\":\"", "\xc3\xa9", "\"}", "at most 512", ROLE_NAME_MAX},
    {"description", "{\"Name\":\"r\",\"Description\":\"", "d", "\"}", "at most 2048",
        ROLE_DESCRIPTION_MAX},
    {"actions in all", "{\"Name\":\"r\",\"NotActions\":[\"n/n\"],\"Actions\":[\"a/a\"", ",\"b/b\"",
        "]}", "10001 entries are too many, at most 10000 in all lists", ROLE_ACTIONS_MAX - 2},
    {"one action", "{\"Name\":\"r\",\"Actions\":[\"", "a", "\"]}",
        "2049 bytes are too many, at most 2048", ROLE_STRING_MAX},
    {"scopes", "{\"Name\":\"r\",\"AssignableScopes\":[\"/\"", ",\"/\"", "]}",
        "2001 entries are too many, at most 2000", ROLE_SCOPES_MAX - 1},
    {"permissions", "{\"roleName\":\"r\",\"permissions\":[{}", ",{}", "]}", "1 to 100",
        ROLE_PERMISSIONS_MAX - 1},
    {"bytes", "{\"Name\":\"r\"}", " ", "", "bytes are too many", ROLE_JSON_MAX - 12},
};

static void limits_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(limits); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        print_message("%s\n", limits[i].name);
        if (!parses_repeated(limits[i].head, limits[i].piece, limits[i].most, limits[i].tail, &err))
            fail_msg("at the limit: %s", err.message);
        assert_false(parses_repeated(
            limits[i].head, limits[i].piece, limits[i].most + 1, limits[i].tail, &err));
        if (!strstr(err.message, limits[i].message))
            fail_msg("\"%s\" does not say \"%s\"", err.message, limits[i].message);
    }
}

/* Files that want to be too much for us: each is refused in a sentence, or is a right role. */
static const struct {
    const char *name, *head, *piece, *tail;
    size_t count;
    const char *message; /* NULL: it is a role */
} hostile[] = {
    {"1 MiB of spaces", "{\"Name\":\"r\"}", " ", "", ROLE_JSON_MAX - 12, NULL},
    {"1 MiB in one string", "{\"Name\":\"r\",\"Description\":\"", "d", "\"}", 1000000,
        "Description: 1000000 characters are too many"},
    {"1 MiB in one action", "{\"Name\":\"r\",\"Actions\":[\"a/", "*", "\"]}", 1000000,
        "Actions[0]: 1000002 bytes are too many"},
    {"1 MiB in a member's name", "{\"Name\":\"r\",\"", "x", "\":1}", 1000000, "no such member"},
    {"10,000 actions", "{\"Name\":\"r\",\"Actions\":[\"a/a\"", ",\"M.B/*/x*y/*/read\"", "]}", 9999,
        NULL},
    {"20,000 actions", "{\"Name\":\"r\",\"Actions\":[\"a/a\"", ",\"b/b\"", "]}", 19999,
        "20000 entries are too many"},
    {"stars in the middle", "{\"Name\":\"r\",\"Actions\":[\"a/", "*a", "\"]}", 1000, NULL},
    {"nested lists", "{\"Name\":", "[", "", 100000, "line 1"},
    {"nested objects", "", "{\"properties\":", "", 50000, "line 1"},
    {"as deep as JSON may be", "{\"Name\":\"r\",\"Actions\":", "[",
        "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", 58,
        "Actions[0]: expected a string, found a"},
    {"a member many times", "{\"Name\":\"r\"", ",\"Name\":\"r\"", "}", 1000, "line 1, column"},
    {"many members that there are not", "{\"Name\":\"r\",\"x\":[", "{},", "{}]}", 10000,
        "x: there is no such"},
    {"NULs", "{\"Name\":\"", "\\u0000", "\"}", 100, "control characters"},
    {"lone surrogates", "{\"Name\":\"", "\\ud800", "\"}", 100, "line 1"},
    {"no UTF-8", "{\"Name\":\"", "\xff", "\"}", 100, "line 1"},
    {"a byte order mark", "\xef\xbb\xbf{\"Name\":\"r\"", "", "}", 1, NULL},
    {"two byte order marks", "", "\xef\xbb\xbf", "{\"Name\":\"r\"}", 2, "line 1"},
    {"huge numbers", "{\"Name\":\"r\",\"Actions\":[1", "0", "]}", 100000,
        "Actions[0]: expected a string, found a number"},
    {"2,000 management groups", "{\"Name\":\"r\",\"AssignableScopes\":[\"/\"", ",\"" GROUPS "g\"",
        "]}", 1999, NULL},
    {"look-alikes", "{\"Name\":\"r\",\"Actions\":[\"a/a\"", ",\"Microsoft.B\xd0\xb0tch/*\"", "]}",
        100, NULL},
};

static void add_hostile(struct buffer *json, size_t i)
{
    buffer_add_string(json, hostile[i].head);
    for (size_t n = 0; n < hostile[i].count; n++)
        buffer_add_string(json, hostile[i].piece);
    buffer_add_string(json, hostile[i].tail);
}

static void survives_hostile_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hostile); i++) {
        scoped_arena struct arena arena = {0};
        scoped_buffer struct buffer json = {0};
        struct azb_error err = AZB_ERROR_INIT;
        size_t count = 0;
        arena_init(&arena, 0);
        buffer_init(&json, 8 << 20);
        add_hostile(&json, i);
        print_message("%s\n", hostile[i].name);
        const struct rbac_role *role = role_parse(buffer_text(&json), &arena, NULL, &err);
        if (!role && (!hostile[i].message || !strstr(err.message, hostile[i].message)))
            fail_msg("\"%s\" does not say \"%s\"", err.message,
                hostile[i].message ? hostile[i].message : "it is a role");
        assert_true(!role == (hostile[i].message != NULL));
        /* Lint says something of all that is refused, and of most that is not. */
        assert_non_null(role_lint_text(buffer_text(&json), ACCOUNT, &arena, &count, &err));
        assert_true(count > 0);
    }
}

/* Whichever allocation fails: no crash, no leak, an error that says so. */
static void survives_any_failed_allocation(void **state)
{
    (void)state;
    bool done = false;
    for (long n = 1; !done; n++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        struct rbac_assignment assignment = {"1", ALICE, CUSTOM, ACCOUNT, NULL};
        memory_fail_after(n);
        const struct rbac_role *role = role_parse(TEXT(ARTICLE_ROLE), &arena, NULL, &err);
        struct rbac_index_input input = {
            .roles = role, .role_count = 1, .assignments = &assignment, .assignment_count = 1};
        struct rbac_index *index = role ? rbac_index_new(&input, &err) : NULL;
        memory_fail_after(0);
        done = index != NULL;
        assert_true(done || *err.message);
        rbac_index_free(index);
        assert_true(n < 100000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_form),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(conditions_are_kept),
        cmocka_unit_test(writes_arm_exactly),
        cmocka_unit_test(flat_forms_hold_one_permission),
        cmocka_unit_test(refuses),
        cmocka_unit_test(checks_custom_roles),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(survives_hostile_files),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
