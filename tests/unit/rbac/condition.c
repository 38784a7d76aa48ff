/* Conditions: the examples of Azure's documentation, three values, what is refused and where. */
#include "fixture.h"

#include "base/time.h"
#include "rbac/condition.h"

#define ASSIGNMENTS "Microsoft.Authorization/roleAssignments"
#define ROLE_ATTRIBUTE "@Request[" ASSIGNMENTS ":RoleDefinitionId]"
#define WRITES_ONLY_TWO_ROLES                                                                      \
    "(\n (\n  !(ActionMatches{'" ASSIGNMENTS "/write'})\n )\n OR\n (\n  " ROLE_ATTRIBUTE           \
    " ForAnyOfAnyValues:GuidEquals {" READER ", " SUBMITTER "}\n )\n)"

/* What all rows know: a role assignment is written. */
static const char *const role_ids[] = {
    SUBSCRIPTION "/providers/Microsoft.Authorization/roleDefinitions/" READER};
static const char *const principal_types[] = {"ServicePrincipal"};
static const char *const colours[] = {"red", "blue"};
static const char *const numbers[] = {"10", "20"};
static const char *const name1[] = {"abcd"};
static const char *const path[] = {"logs/2026/\xc3\xa9t\xc3\xa9*"};
static const char *const versions[] = {"2022-06-01T00:00:00.0Z"};
static const char *const flags[] = {"True"};
static const char *const minus[] = {"-5"};

static const struct condition_attribute known[] = {
    {CONDITION_REQUEST, ASSIGNMENTS ":RoleDefinitionId", role_ids, 1},
    {CONDITION_REQUEST, ASSIGNMENTS ":PrincipalType", principal_types, 1},
    {CONDITION_RESOURCE, "colours", colours, 2},
    {CONDITION_RESOURCE, "numbers", numbers, 2},
    {CONDITION_RESOURCE, "name1", name1, 1},
    {CONDITION_RESOURCE, "path", path, 1},
    {CONDITION_RESOURCE, "version", versions, 1},
    {CONDITION_RESOURCE, "flag", flags, 1},
    {CONDITION_RESOURCE, "minus", minus, 1},
    {CONDITION_RESOURCE, "absent", NULL, 0},
    {CONDITION_PRINCIPAL, "colours", colours, 1},
};

#define F CONDITION_FALSE
#define T CONDITION_TRUE
#define U CONDITION_UNKNOWN

static const struct {
    const char *text;
    enum condition_result result;
    const char *missing;
} rows[] = {
    /* functions */
    {"ActionMatches{'" ASSIGNMENTS "/write'}", T, NULL},
    {"ActionMatches{'microsoft.authorization/ROLEASSIGNMENTS/*'}", T, NULL},
    {"ActionMatches{'Microsoft.Authorization/*/write'}", T, NULL},
    {"ActionMatches{'Microsoft.Authorization/roleDefinitions/*'}", F, NULL},
    {"actionmatches { '*' }", T, NULL},
    {"SubOperationMatches{'Blob.List'}", F, NULL},
    {"SubOperationMatches{'*'}", F, NULL},
    {"Exists @Resource[name1]", T, NULL},
    {"NotExists @Resource[name1]", F, NULL},
    {"NOT Exists @Resource[absent]", T, NULL},
    {"Exists @Resource[unheard]", U, "@Resource[unheard]"},
    {"Exists @Request[name1]", U, "@Request[name1]"},
    {"Exists @environment[utcnow]", T, NULL},
    /* logic */
    {"NOT ActionMatches{'*'}", F, NULL},
    {"!!ActionMatches{'*'}", T, NULL},
    {"! ( ActionMatches{'a'} )", T, NULL},
    {"ActionMatches{'*'} AND ActionMatches{'a'}", F, NULL},
    {"ActionMatches{'*'} && ActionMatches{'*'} and ActionMatches{'*'}", T, NULL},
    {"ActionMatches{'a'} || ActionMatches{'b'} or ActionMatches{'*'}", T, NULL},
    {"ActionMatches{'a'} OR ActionMatches{'b'}", F, NULL},
    {"(ActionMatches{'a'} AND ActionMatches{'b'}) OR ActionMatches{'*'}", T, NULL},
    {"ActionMatches{'a'} AND (ActionMatches{'b'} OR ActionMatches{'*'})", F, NULL},
    {"ActionMatches{'a'} AND Exists @Resource[x]", F, NULL},
    {"Exists @Resource[x] AND ActionMatches{'a'}", F, NULL},
    {"Exists @Resource[x] AND ActionMatches{'*'}", U, "@Resource[x]"},
    {"Exists @Resource[x] OR ActionMatches{'*'}", T, NULL},
    {"Exists @Resource[x] OR ActionMatches{'a'}", U, "@Resource[x]"},
    {"NOT Exists @Resource[x]", U, "@Resource[x]"},
    {"Exists @Resource[x] AND Exists @Resource[y]", U, "@Resource[x]"},
    /* strings */
    {"@Resource[name1] StringEquals 'abcd'", T, NULL},
    {"@Resource[NAME1] stringequals 'abcd'", T, NULL},
    {"@Resource[name1] StringEquals 'ABCD'", F, NULL},
    {"@Resource[name1] StringEquals 'abc'", F, NULL},
    {"@Resource[name1] StringNotEquals 'abc'", T, NULL},
    {"@Resource[name1] StringEqualsIgnoreCase 'ABCD'", T, NULL},
    {"@Resource[name1] StringNotEqualsIgnoreCase 'ABCD'", F, NULL},
    {"@Resource[name1] StringStartsWith 'ab'", T, NULL},
    {"@Resource[name1] StringStartsWith 'abcde'", F, NULL},
    {"@Resource[name1] StringStartsWithIgnoreCase 'AB'", T, NULL},
    {"@Resource[name1] StringNotStartsWith 'ab'", F, NULL},
    {"@Resource[name1] StringNotStartsWithIgnoreCase 'b'", T, NULL},
    {"@Resource[name1] StringLike 'a*c?'", T, NULL},
    {"@Resource[name1] StringLike 'A*C?'", F, NULL},
    {"@Resource[name1] StringLikeIgnoreCase 'A*C?'", T, NULL},
    {"@Resource[name1] StringLike 'a*c'", F, NULL},
    {"@Resource[name1] StringNotLike 'a*c'", T, NULL},
    {"@Resource[name1] StringNotLikeIgnoreCase 'A*'", F, NULL},
    {"@Resource[name1] StringLike '*'", T, NULL},
    {"@Resource[name1] StringLike '****d'", T, NULL},
    {"@Resource[name1] StringLike '?\?\?\?\?'", F, NULL},
    {"@Resource[name1] StringLike ''", F, NULL},
    {"@Resource[path] StringLike 'logs/*'", T, NULL},
    {"@Resource[path] StringLike '*/?t?\\*'", T, NULL},
    {"@Resource[path] StringLike '*/?\?t?\\*'", F, NULL},
    {"@Resource[path] StringLike 'logs\\*'", F, NULL},
    {"@Resource[name1] StringLike 'abc\\?'", F, NULL},
    {"'it\\'s' StringEquals 'it\\'s'", T, NULL},
    {"'a\\\\b' StringEquals 'a\\b'", T, NULL},
    {"'a?b' StringLike 'a\\?b'", T, NULL},
    {"'axb' StringLike 'a\\?b'", F, NULL},
    {"'a\\\\b' StringLike 'a\\\\\\\\b'", F, NULL},
    {"'a\\\\b' StringLike 'a\\\\b'", T, NULL},
    {"'it\\'s' StringLike 'it\\'*'", T, NULL},
    {"'\xe2\x82\xac' StringLike '*?\?'", F, NULL},
    {"'\xe2\x82\xac' StringLike '?'", T, NULL},
    {"@Resource[name1] StringEquals @Resource[name1]", T, NULL},
    {"'abcd' StringEquals @Resource[name1]", T, NULL},
    {"@Resource[name1] StringEquals @Resource[nobody]", U, "@Resource[nobody]"},
    {"@Resource[absent] StringEquals 'x'", U, "@Resource[absent]"},
    {"@Resource[absent] StringNotEquals 'x'", U, "@Resource[absent]"},
    {"@Resource[colours] StringEquals 'red'", U, "@Resource[colours]"},
    /* numbers, booleans, GUIDs */
    {"@Resource[minus] NumericEquals -5", T, NULL},
    {"@Resource[minus] NumericLessThan 0", T, NULL},
    {"@Resource[minus] NumericLessThanEquals -5", T, NULL},
    {"@Resource[minus] NumericGreaterThan -5", F, NULL},
    {"@Resource[minus] NumericGreaterThanEquals -5", T, NULL},
    {"@Resource[minus] NumericNotEquals -5", F, NULL},
    {"@Resource[minus] NumericEquals -9223372036854775807", F, NULL},
    {"@Resource[name1] NumericEquals 1", U, "@Resource[name1]"},
    {"1 NumericEquals @Resource[name1]", U, "@Resource[name1]"},
    {"@Resource[flag] BoolEquals true", T, NULL},
    {"@Resource[flag] BoolEquals FALSE", F, NULL},
    {"@Resource[flag] BoolNotEquals false", T, NULL},
    {"@Resource[name1] BoolEquals true", U, "@Resource[name1]"},
    {ROLE_ATTRIBUTE " GuidEquals " READER, T, NULL},
    {ROLE_ATTRIBUTE " GuidEquals 'ACDD72A7-3385-48EF-BD42-F606FBA81AE7'", T, NULL},
    {ROLE_ATTRIBUTE " GuidNotEquals " OWNER, T, NULL},
    {ROLE_ATTRIBUTE " ForAnyOfAllValues:GuidNotEquals {" OWNER ", " CONTRIBUTOR "}", T, NULL},
    {ROLE_ATTRIBUTE " ForAnyOfAllValues:GuidNotEquals {" OWNER ", " READER "}", F, NULL},
    {"@Resource[name1] GuidEquals " READER, U, "@Resource[name1]"},
    {"@Request[" ASSIGNMENTS ":PrincipalType] StringEqualsIgnoreCase 'serviceprincipal'", T, NULL},
    {"@Request[" ASSIGNMENTS
     ":PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'User', 'Group'}",
        F, NULL},
    {"@Resource[" ASSIGNMENTS ":PrincipalType] StringEqualsIgnoreCase 'User'", U,
        "@Resource[" ASSIGNMENTS ":PrincipalType]"},
    /* times; now is 2026-06-15T12:00:00Z */
    {"@Resource[version] DateTimeEquals '2022-06-01T00:00:00.0Z'", T, NULL},
    {"@Resource[version] DateTimeEquals '2022-06-01T02:00:00+02:00'", T, NULL},
    {"@Resource[version] DateTimeNotEquals '2022-06-01T00:00:00.0000001Z'", T, NULL},
    {"@Environment[UtcNow] DateTimeGreaterThan '2026-06-15T11:59:59.9999999Z'", T, NULL},
    {"@Environment[UtcNow] DateTimeGreaterThan '2026-06-15T12:00:00Z'", F, NULL},
    {"@Environment[UtcNow] DateTimeGreaterThanEquals '2026-06-15T12:00:00Z'", T, NULL},
    {"@Environment[UtcNow] DateTimeLessThan '2026-06-15T12:00:00.1Z'", T, NULL},
    {"@Environment[UtcNow] DateTimeLessThanEquals '2026-06-15T11:00:00Z'", F, NULL},
    {"@Environment[isPrivateLink] BoolEquals true", U, "@Environment[isPrivateLink]"},
    /* several values: the documentation's own examples */
    {"{'red', 'blue'} ForAnyOfAnyValues:StringEquals {'blue', 'green'}", T, NULL},
    {"{'red', 'blue'} ForAnyOfAnyValues:StringEquals {'orange', 'green'}", F, NULL},
    {"{'red', 'blue'} ForAllOfAnyValues:StringEquals {'orange', 'red', 'blue'}", T, NULL},
    {"{'red', 'blue'} ForAllOfAnyValues:StringEquals {'red', 'green'}", F, NULL},
    {"{10, 20} ForAnyOfAllValues:NumericLessThan {15, 18}", T, NULL},
    {"{10, 20} ForAllOfAllValues:NumericLessThan {5, 15, 18}", F, NULL},
    {"{10, 20} ForAllOfAllValues:NumericLessThan {25, 30}", T, NULL},
    {"{10, 20} ForAllOfAllValues:NumericLessThan {15, 25, 30}", F, NULL},
    {"@Resource[colours] ForAnyOfAnyValues:StringEquals {'blue', 'green'}", T, NULL},
    {"@Resource[colours] ForAllOfAnyValues:StringLike {'r*', '?lue'}", T, NULL},
    {"@Resource[colours] ForAnyOfAllValues:StringNotEquals {'red', 'green'}", T, NULL},
    {"@Resource[colours] ForAllOfAllValues:StringNotEquals {'red', 'green'}", F, NULL},
    {"@Resource[colours] forallofallvalues:stringnotlikeignorecase {'G*'}", T, NULL},
    {"@Principal[colours] ForAnyOfAnyValues:StringEquals @Resource[colours]", T, NULL},
    {"@Resource[numbers] ForAllOfAnyValues:NumericGreaterThan 15", F, NULL},
    {"@Resource[colours] ForAnyOfAnyValues:NumericEquals {1}", U, "@Resource[colours]"},
    {"@Resource[nobody] ForAllOfAllValues:StringEquals {'a'}", U, "@Resource[nobody]"},
    {"@Resource[absent] ForAllOfAllValues:StringEquals {'a'}", U, "@Resource[absent]"},
    /* whole ones */
    {WRITES_ONLY_TWO_ROLES, T, NULL},
    {"(!(ActionMatches{'" ASSIGNMENTS "/delete'})) OR (@Resource[" ASSIGNMENTS
     ":RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {" READER "})",
        T, NULL},
    {"((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} "
     "AND "
     "NOT SubOperationMatches{'Blob.List'})) OR (@Resource[Microsoft.Storage/storageAccounts/"
     "blobServices/containers/blobs/tags:Project<$key_case_sensitive$>] StringEquals 'Cascade'))",
        T, NULL},
};

static struct condition_facts facts_of(const char *action)
{
    struct condition_facts facts = {
        .action = action, .attributes = known, .attribute_count = COUNT(known)};
    assert_true(time_parse_iso8601(TEXT("2026-06-15T12:00:00Z"), &facts.now));
    return facts;
}

static const struct condition *parse(const char *text, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct condition *condition = condition_parse(text_of(text), arena, &err);
    if (!condition)
        fail_msg("%s: %s", text, err.message);
    return condition;
}

static void evaluates(void **state)
{
    (void)state;
    struct condition_facts facts = facts_of(ASSIGNMENTS "/write");
    for (size_t i = 0; i < COUNT(rows); i++) {
        scoped_arena struct arena arena = {0};
        arena_init(&arena, 0);
        const char *missing = NULL;
        print_message("%s\n", rows[i].text);
        const struct condition *condition = parse(rows[i].text, &arena);
        assert_int_equal(condition_evaluate(condition, &facts, &missing), rows[i].result);
        if (rows[i].missing)
            assert_string_equal(missing, rows[i].missing);
        else
            assert_null(missing);
        assert_int_equal(condition_evaluate(condition, &facts, NULL), rows[i].result);
    }
}

static void knows_sub_operations(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct condition_facts facts = facts_of("Microsoft.Storage/x/read");
    const struct condition *condition =
        parse("ActionMatches{'*/read'} AND SubOperationMatches{'blob.*'}", &arena);
    assert_int_equal(condition_evaluate(condition, &facts, NULL), CONDITION_FALSE);
    facts.sub_operation = "Blob.List";
    assert_int_equal(condition_evaluate(condition, &facts, NULL), CONDITION_TRUE);
    facts.action = NULL;
    assert_int_equal(condition_evaluate(condition, &facts, NULL), CONDITION_FALSE);
}

static const struct {
    const char *text, *message;
} refused[] = {
    {"", "it is empty"},
    {" \n\t", "it is empty"},
    {"ActionMatches", "character 14: expected { and a pattern in quotes, but the condition ends"},
    {"ActionMatches{}", "character 15: expected a pattern in single quotes"},
    {"ActionMatches{''}", "character 15: expected a pattern"},
    {"ActionMatches{'a'", "character 18: expected }, but the condition ends here"},
    {"ActionMatches{'a', 'b'}", "character 18: expected }, found \",\""},
    {"ActionMatches{'a'} 'b'", "character 20: expected AND, OR or the end, found \"'b'\""},
    {"ActionMatches{'a}", "character 15: the quote ' is never closed"},
    {"ActionMatches{'a\\'}", "the quote ' is never closed"},
    {"ActionMatches(a)", "character 14: expected {"},
    {"(ActionMatches{'a'}", "character 20: expected ) or AND or OR, but the condition ends"},
    {"ActionMatches{'a'})", "character 19: expected AND, OR or the end, found \")\""},
    {"AND", "character 1: expected ActionMatches{'...'}"},
    {"ActionMatches{'a'} AND", "character 23: expected ActionMatches"},
    {"()", "character 2: expected ActionMatches"},
    {"NOT", "character 4: expected"},
    {"ActionMatches{'a'} AND ActionMatches{'b'} OR ActionMatches{'c'}",
        "character 43: AND and OR stand side by side"},
    {"StringEquals 'a'", "character 1: expected ActionMatches{'...'}, SubOperationMatches{'...'}"},
    {"Resource[name1] StringEquals 'a'", "character 1: expected"},
    {"@Resource name", "character 1: an attribute is written @Source[name]"},
    {"@Resource[] StringEquals 'a'", "character 1: the attribute has no name"},
    {"@Resourc[a] StringEquals 'a'", "begins with @Request[, @Resource[, @Principal["},
    {"@]", "begins with @Request["},
    {"@Resource[a]", "character 13: expected a comparison such as StringEquals"},
    {"@Resource[a] StringEqual 'a'",
        "character 14: there is no function \"StringEqual\"; \"StringEquals\" comes nearest"},
    {"@Resource[a] ForAnyOfAnyValues:GuidsEqual {'a'}", "\"GuidEquals\" comes nearest"},
    {"@Resource[a] ForSomeValues:StringEquals {'a'}", "before the colon one of ForAnyOfAnyValues"},
    {"@Resource[a] ForAnyOfAnyValues: StringEquals {'a'}", "there is no function \"\""},
    {"@Resource[a] StringEquals", "character 26: expected a value: a text in single quotes"},
    {"@Resource[a] StringEquals a", "character 27: expected a value"},
    {"@Resource[a] StringEquals \"a\"", "character 27: this character does not belong here"},
    {"@Resource[a] StringEquals 5",
        "StringEquals compares with a text in single quotes, not with 5"},
    {"@Resource[a] StringEquals {'a', 'b'}", "character 33: several values need a function"},
    {"@Resource[a] ForAnyOfAnyValues:StringEquals {}", "character 46: expected a value"},
    {"@Resource[a] ForAnyOfAnyValues:StringEquals {'a',}", "character 50: expected a value"},
    {"@Resource[a] ForAnyOfAnyValues:StringEquals {'a' 'b'}", "expected , or }, found \"'b'\""},
    {"@Resource[a] ForAnyOfAnyValues:StringEquals {'a'", "expected , or }, but the condition ends"},
    {"@Resource[a] NumericEquals '5'", "compares with an integer, not with '5'"},
    {"@Resource[a] NumericEquals 1.5", "compares with an integer, not with 1.5"},
    {"@Resource[a] NumericEquals 99999999999999999999", "compares with an integer"},
    {"@Resource[a] NumericEquals -", "compares with an integer, not with -"},
    {"@Resource[a] BoolEquals 'true'", "compares with true or false"},
    {"@Resource[a] GuidEquals 'x'", "compares with a GUID such as"},
    {"@Resource[a] ForAnyOfAnyValues:GuidEquals {" READER ", 12}",
        "character 82: GuidEquals compares with a GUID"},
    {"@Resource[a] DateTimeEquals 'yesterday'", "compares with a time such as"},
    {"Exists", "character 7: expected an attribute such as"},
    {"Exists 'a'", "character 8: expected an attribute"},
    {"Exists @Resource[a] @", "character 21: an attribute is written"},
    {"ActionMatches{'a'} & ActionMatches{'b'}", "character 20: this character does not belong"},
    {"'\xc3\xa9\xc3\xa9' StringEquals ?", "character 19: this character does not belong"},
    {"ActionMatches{'a'}\xc2\xa0", "character 19: this character does not belong here"},
    {"ActionMatches{'a\x01'}", "a control character stands at byte 17"},
    {"ActionMatches{'\xff'}", "it is not UTF-8"},
};

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        print_message("%s\n", refused[i].text);
        assert_null(condition_parse(text_of(refused[i].text), &arena, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        if (!strstr(err.message, refused[i].message))
            fail_msg("\"%s\" does not say \"%s\"", err.message, refused[i].message);
        azb_error_free(&err);
    }
}

/* `before`, `count` times, then `end`, then `after` as often. */
static char *nested(
    const char *before, const char *end, const char *after, size_t count, struct arena *arena)
{
    scoped_buffer struct buffer out = {0};
    buffer_init(&out, 1 << 20);
    for (size_t i = 0; i < count; i++)
        buffer_add_string(&out, before);
    buffer_add_string(&out, end);
    for (size_t i = 0; i < count; i++)
        buffer_add_string(&out, after);
    return arena_copy(arena, out.at, out.length);
}

static void keeps_the_limits(void **state)
{
    (void)state;
    static const char *const brackets[][2] = {{"(", ")"}, {"!", ""}, {"NOT ", ""}};
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    const char *leaf = "ActionMatches{'*'}";
    arena_init(&arena, 0);
    for (size_t i = 0; i < COUNT(brackets); i++) {
        parse(nested(brackets[i][0], leaf, brackets[i][1], CONDITION_DEPTH_MAX, &arena), &arena);
        const char *deep =
            nested(brackets[i][0], leaf, brackets[i][1], CONDITION_DEPTH_MAX + 1, &arena);
        assert_null(condition_parse(text_of(deep), &arena, &err));
        assert_non_null(strstr(err.message, "nested too deeply; at most 32"));
    }
    /* as wide as it gets, and one byte more */
    char *wide = nested("ActionMatches{'*'} OR ", leaf, "", 340, &arena);
    assert_true(strlen(wide) < CONDITION_MAX);
    parse(wide, &arena);
    char *full = nested(" ", leaf, "", CONDITION_MAX - strlen(leaf), &arena);
    parse(full, &arena);
    full = nested(" ", leaf, "", CONDITION_MAX - strlen(leaf) + 1, &arena);
    assert_null(condition_parse(text_of(full), &arena, &err));
    assert_non_null(strstr(err.message, "8193 bytes are too many, at most 8192"));
    azb_error_free(&err);
}

static const struct {
    const char *text, *part;
} untrue[] = {
    {"@Resource[name1] StringEquals 'x'", "@Resource[name1] StringEquals 'x'"},
    {"(!(ActionMatches{'*'})) OR ( @Resource[name1] StringEquals 'x' )",
        "( @Resource[name1] StringEquals 'x' )"},
    {"Exists @Resource[name1] AND @Resource[name1] StringEquals 'x' AND ActionMatches{'a'}",
        "@Resource[name1] StringEquals 'x'"},
    {"(!(ActionMatches{'*'})) OR (Exists @Resource[name1] AND (@Resource[a] BoolEquals true))",
        "(@Resource[a] BoolEquals true)"},
    {"@Resource[name1] StringEquals 'x' OR @Resource[name1] StringEquals 'y'",
        "@Resource[name1] StringEquals 'x' OR @Resource[name1] StringEquals 'y'"},
    {"!(ActionMatches{'*'})", "!(ActionMatches{'*'})"},
    {"ActionMatches{'a'} OR ActionMatches{'b'}", "ActionMatches{'a'} OR ActionMatches{'b'}"},
};

static void names_the_untrue_part(void **state)
{
    (void)state;
    struct condition_facts facts = facts_of(ASSIGNMENTS "/write");
    for (size_t i = 0; i < COUNT(untrue); i++) {
        scoped_arena struct arena arena = {0};
        arena_init(&arena, 0);
        const struct condition *condition = parse(untrue[i].text, &arena);
        struct text part = condition_untrue_part(condition, &facts);
        if (!text_is(part, untrue[i].part))
            fail_msg("%s: \"%.*s\"", untrue[i].text, TEXT_ARGS(part));
    }
}

/* The heap fails, then the arena at every size; nothing is lost and the error says memory. */
static void survives_without_memory(void **state)
{
    (void)state;
    const struct condition *condition = NULL;
    for (size_t room = 0; !condition; room += 8) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, room + 1);
        condition = condition_parse(TEXT(WRITES_ONLY_TWO_ROLES), &arena, &err);
        assert_true(condition || err.kind == AZB_ERROR_MEMORY);
        assert_true(room < 10000);
    }
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    memory_fail_after(1);
    assert_null(condition_parse(TEXT(WRITES_ONLY_TWO_ROLES), &arena, &err));
    memory_fail_after(0);
    assert_int_equal(err.kind, AZB_ERROR_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evaluates),
        cmocka_unit_test(knows_sub_operations),
        cmocka_unit_test(refuses),
        cmocka_unit_test(keeps_the_limits),
        cmocka_unit_test(names_the_untrue_part),
        cmocka_unit_test(survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
