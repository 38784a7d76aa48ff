/*
 * What lint finds in a role: the article's role and the built-in ones without an error, each code
 * in a case of its own, and a corpus of broken role files as a snapshot
 * (tests/snapshots/role_lint.txt; UPDATE_SNAPSHOTS=1 rewrites it).
 */
#include <dirent.h>

#include "fixture.h"

#include "rbac/lint.h"

#define SNAPSHOT TEST_SOURCE_DIR "/snapshots/role_lint.txt"
#define CORPUS TEST_SOURCE_DIR "/fuzz/corpus/role_json"
#define CODES TEST_SOURCE_DIR "/../docs/access.md"
#define GUID_SCOPE "\"AssignableScopes\":[\"" SUBSCRIPTION "\"]"
/* A role with these members besides its name and scope. */
#define FLAT(members) "{\"Name\":\"r\"," members "," GUID_SCOPE "}"
#define ACTIONS(list) FLAT("\"Actions\":[" list "]")
#define DATA(list) FLAT("\"Actions\":[\"" BATCH "read\"," AUTOPOOL "],\"DataActions\":[" list "]")
#define AUTOPOOL "\"" BATCH "pools/write\""
#define SCOPES(list) "{\"Name\":\"r\",\"Actions\":[\"*/read\"],\"AssignableScopes\":[" list "]}"
#define GROUPS "/providers/Microsoft.Management/managementGroups/"

/* The first finding: level, code, place and what to write instead ("" when nothing is proposed). */
static const struct {
    const char *name, *json, *scope;
    const char *found; /* "level code" */
    const char *where, *fix;
} cases[] = {
    {"nothing to find", ACTIONS("\"" BATCH "pools/read\""), NULL, "", "", ""},
    {"jobs in actions", ACTIONS("\"" BATCH "jobs/read\""), NULL, "error wrong-list", "Actions[0]",
        "move it to DataActions"},
    {"jobs in actions, as a pattern", ACTIONS("\"" BATCH "jobSchedules/*\""), NULL,
        "error wrong-list", "Actions[0]", "move it to DataActions"},
    {"jobs in notActions", FLAT("\"Actions\":[\"*/read\"],\"NotActions\":[\"" BATCH "jobs/read\"]"),
        NULL, "error wrong-list", "NotActions[0]", "move it to NotDataActions"},
    {"pools in dataActions", DATA("\"" BATCH "pools/read\""), NULL, "error wrong-list",
        "DataActions[0]", "move it to Actions"},
    {"case is no mistake", ACTIONS("\"microsoft.batch/BATCHACCOUNTS/Pools/READ\""), NULL, "", "",
        ""},
    {"a letter", ACTIONS("\"" BATCH "pool/read\""), NULL, "error unknown-operation", "Actions[0]",
        BATCH "pools/read"},
    {"letters swapped", DATA("\"" BATCH "jobs/raed\""), NULL, "error unknown-operation",
        "DataActions[0]", BATCH "jobs/read"},
    {"misspelt, and in the wrong list", ACTIONS("\"" BATCH "jobs/wirte\""), NULL,
        "error unknown-operation", "Actions[0]", BATCH "jobs/write, in DataActions"},
    {"the provider", ACTIONS("\"Microsoft.Btach/batchAccounts/pools/read\""), NULL,
        "error unknown-operation", "Actions[0]", BATCH "pools/read"},
    {"batchAccounts forgotten", ACTIONS("\"Microsoft.Batch/pools/read\""), NULL,
        "error unknown-operation", "Actions[0]", BATCH "pools/read"},
    {"provider and account forgotten", ACTIONS("\"pools/read\""), NULL, "error not-an-operation",
        "Actions[0]", BATCH "pools/read"},
    {"/action forgotten", ACTIONS("\"" BATCH "listKeys\""), NULL, "error unknown-operation",
        "Actions[0]", BATCH "listKeys/action"},
    {"another provider, a letter", ACTIONS("\"Microsoft.Authorization/roleAssignment/read\""), NULL,
        "warning unknown-operation", "Actions[0]", "Microsoft.Authorization/roleAssignments/read"},
    {"another provider, more than we know",
        ACTIONS("\"Microsoft.Resources/subscriptions/resourceGroups/resources/read\","
                "\"Microsoft.Compute/virtualMachines/start/action\",\"Microsoft.Network/*/read\""),
        NULL, "", "", ""},
    {"tasks go with jobs", DATA("\"" BATCH "jobs/tasks/read\""), NULL, "error unknown-operation",
        "DataActions[0]", BATCH "jobs/read"},
    {"tasks go with jobs, which are data", ACTIONS("\"" BATCH "tasks/write\""), NULL,
        "error unknown-operation", "Actions[0]", BATCH "jobs/write, in DataActions"},
    {"nodes go with pools", ACTIONS("\"" BATCH "pools/nodes/reboot/action\""), NULL,
        "error unknown-operation", "Actions[0]", BATCH "pools/write"},
    {"a verb that jobs have not", DATA("\"" BATCH "jobs/terminate/action\""), NULL,
        "error unknown-operation", "DataActions[0]", BATCH "jobs/write"},
    {"newer than the catalogue", ACTIONS("\"" BATCH "computePools/read\""), NULL,
        "warning unknown-operation", "Actions[0]", ""},
    {"a pattern that covers nothing", ACTIONS("\"Microsoft.Batch/pools/*\""), NULL,
        "error covers-nothing", "Actions[0]", BATCH "pools/*"},
    {"a pattern of tasks", DATA("\"" BATCH "tasks/*\""), NULL, "error covers-nothing",
        "DataActions[0]", BATCH "jobs/*"},
    {"a misspelt pattern", DATA("\"" BATCH "jobSchedule/*\""), NULL, "error covers-nothing",
        "DataActions[0]", BATCH "jobSchedules/*"},
    {"a pattern that is newer", ACTIONS("\"" BATCH "computePools/*\""), NULL,
        "warning covers-nothing", "Actions[0]", ""},
    {"a star in the middle", ACTIONS("\"" BATCH "*/read\""), NULL, "", "", ""},
    {"no provider", ACTIONS("\"jobs\""), NULL, "error not-an-operation", "Actions[0]", ""},
    {"spaces around it", ACTIONS("\" " BATCH "pools/read\""), NULL, "error not-an-operation",
        "Actions[0]", BATCH "pools/read"},
    {"a space in it", ACTIONS("\"" BATCH "pools /read\""), NULL, "error not-an-operation",
        "Actions[0]", BATCH "pools/read"},
    {"only spaces", ACTIONS("\"  \""), NULL, "error empty", "Actions[0]", ""},
    {"a Cyrillic o", ACTIONS("\"" BATCH "p\xd0\xbe\xd0\xbels/read\""), NULL, "error look-alike",
        "Actions[0]", BATCH "pools/read"},
    {"a full-width star", ACTIONS("\"" BATCH "pools/\xef\xbc\x8a\""), NULL, "error look-alike",
        "Actions[0]", BATCH "pools/*"},
    {"a space without width", ACTIONS("\"" BATCH "pools/read\xe2\x80\x8b\""), NULL,
        "error look-alike", "Actions[0]", BATCH "pools/read"},
    {"a letter that looks like none", ACTIONS("\"" BATCH "p\xc3\xb6\xc3\xb6ls/read\""), NULL,
        "error not-an-operation", "Actions[0]", ""},
    {"the account's keys by accident", ACTIONS("\"" BATCH "*\""), NULL, "warning lists-keys",
        "Actions[0]", "name the operations that are needed, or take this one away again"},
    {"*/action", ACTIONS("\"*/action\""), NULL, "warning lists-keys", "Actions[0]",
        "name the operations that are needed, or take this one away again"},
    {"the keys taken away again",
        FLAT("\"Actions\":[\"" BATCH "*\"],\"NotActions\":[\"" BATCH "listKeys/action\"]"), NULL,
        "", "", ""},
    {"the keys on purpose", ACTIONS("\"" BATCH "listKeys/action\""), NULL, "", "", ""},
    {"may give roles", ACTIONS("\"Microsoft.Authorization/*\""), NULL, "warning assigns-roles",
        "Actions[0]", "name the operations that are needed, or take this one away again"},
    {"everything", ACTIONS("\"*\""), NULL, "warning grants-everything", "Actions[0]", ""},
    {"notActions of nothing",
        FLAT("\"Actions\":[\"" BATCH "pools/*\"],\"NotActions\":[\"" BATCH "certificates/*\"]"),
        NULL, "warning takes-nothing", "NotActions[0]", ""},
    {"notActions of what is not granted elsewhere",
        FLAT("\"Actions\":[\"" BATCH "pools/read\"],\"NotActions\":[\"Contoso.A/b/read\"]"), NULL,
        "warning takes-nothing", "NotActions[0]", ""},
    {"notActions of a provider that is not known",
        FLAT("\"Actions\":[\"Contoso.A/*\"],\"NotActions\":[\"*/delete\",\"Contoso.A/b/write\"]"),
        NULL, "", "", ""},
    {"granted and taken away",
        FLAT("\"Actions\":[\"*/read\",\"" BATCH "pools/read\"],\"NotActions\":[\"" BATCH
             "pools/*\"]"),
        NULL, "warning taken-away", "Actions[1]", ""},
    {"twice", ACTIONS("\"" BATCH "pools/read\",\"" BATCH "POOLS/read\""), NULL, "warning duplicate",
        "Actions[1]", ""},
    {"covered", ACTIONS("\"" BATCH "pools/read\",\"*/read\""), NULL, "warning covered",
        "Actions[0]", ""},
    {"cover each other", ACTIONS("\"Contoso.A/*/**\",\"Contoso.A/**/*\""), NULL, "warning covered",
        "Actions[1]", ""},
    {"may write, not read", ACTIONS("\"" BATCH "pools/write\""), NULL, "warning cannot-read",
        "Actions[0]", "add " BATCH "pools/read to Actions"},
    {"may write jobs, not read",
        FLAT("\"Actions\":[\"*/pools/*\"],\"DataActions\":[\"" BATCH "jobs/write\"]"), NULL,
        "warning cannot-read", "DataActions[0]", "add " BATCH "jobs/read to DataActions"},
    {"may write, and read by the account", DATA("\"" BATCH "jobs/write\""), NULL, "", "", ""},
    {"no way to the account",
        FLAT("\"Actions\":[\"" BATCH "pools/*\"],\"DataActions\":[\"" BATCH "jobs/*\"]"), NULL,
        "hint no-account", "DataActions[0]", "add " BATCH "read to Actions"},
    {"no autopool", FLAT("\"Actions\":[\"" BATCH "read\"],\"DataActions\":[\"" BATCH "jobs/*\"]"),
        NULL, "hint no-autopool", "DataActions[0]", "add " BATCH "pools/write to Actions"},
    {"grants nothing", FLAT("\"Actions\":[]"), NULL, "error grants-nothing", "", ""},
    {"no scope", SCOPES(""), NULL, "error scope-missing", "AssignableScopes", ""},
    {"the root", SCOPES("\"/\""), NULL, "error scope-root", "AssignableScopes[0]", ""},
    {"a wildcard scope", SCOPES("\"/subscriptions/*\""), NULL, "error scope-wildcard",
        "AssignableScopes[0]", ""},
    {"a scope that is none", SCOPES("\"" SUBSCRIPTION "//x\""), NULL, "error scope-malformed",
        "AssignableScopes[0]", ""},
    {"a place holder", SCOPES("\"/subscriptions/{subscriptionId}\""), NULL, "error scope-malformed",
        "AssignableScopes[0]", ""},
    {"two management groups", SCOPES("\"" GROUPS "a\",\"" GROUPS "b\""), NULL, "error scope-groups",
        "AssignableScopes[1]", ""},
    {"data actions and a management group",
        "{\"Name\":\"r\",\"Actions\":[\"*/read\"," AUTOPOOL "],\"DataActions\":[\"" BATCH
        "jobs/*\"],\"AssignableScopes\":[\"" GROUPS "a\"]}",
        NULL, "warning scope-data-actions", "AssignableScopes[0]", ""},
    {"a scope twice", SCOPES("\"" SUBSCRIPTION "\",\"" SUBSCRIPTION "/\""), NULL,
        "warning duplicate", "AssignableScopes[1]", ""},
    {"a scope in another", SCOPES("\"" GROUP "\",\"" SUBSCRIPTION "\""), NULL, "warning covered",
        "AssignableScopes[0]", ""},
    {"assigned where it may not be", SCOPES("\"" GROUP "\""), OTHER_ACCOUNT, "error scope-outside",
        "AssignableScopes", OTHER_ACCOUNT},
    {"assigned where it may be", SCOPES("\"" GROUP "\""), ACCOUNT, "", "", ""},
    {"assigned where nobody knows", SCOPES("\"" GROUPS "a\""), ACCOUNT, "", "", ""},
    {"assigned nowhere", SCOPES("\"" GROUP "\""), "rg1", "error scope-malformed",
        "AssignableScopes", ""},
    {"no JSON", "{\"Name\":\"r\",\n  \"Actions\": [\"a/b\",]}", NULL, "error syntax",
        "line 2, column 21", ""},
    {"the same member twice", "{\"Name\":\"r\",\"Name\":\"r\"}", NULL, "error syntax",
        "line 1, column 13", ""},
    {"UTF-16", "\xff\xfe{", NULL, "error syntax", "", ""},
    {"no role", "7", NULL, "error wrong-type", "", ""},
    {"an empty list", "[]", NULL, "error empty", "", ""},
    {"a list", "[" ACTIONS("\"*/read\"") ",7]", NULL, "error wrong-type", "[1]", ""},
    {"a place in a list",
        "[" ACTIONS("\"*/read\"") "," ACTIONS("\"*/read\",\"" BATCH "jobs/read\"") "]", NULL,
        "error wrong-list", "[1].Actions[1]", "move it to DataActions"},
    {"a misspelt member", FLAT("\"Actions\":[\"*/read\"],\"notaction\":[\"a/b\"]"), NULL,
        "error unknown-member", "notaction", "NotActions"},
    {"a member that there is not", FLAT("\"Actions\":[\"*/read\"],\"colour\":1"), NULL,
        "error unknown-member", "colour", ""},
    {"a member in another case",
        "{\"properties\":{\"roleName\":\"r\",\"AssignableScopes\":[],\"permissions\":[{}]}}", NULL,
        "error unknown-member", "properties.AssignableScopes", "assignableScopes"},
    {"a member twice in different case", FLAT("\"Actions\":[\"*/read\"],\"actions\":[\"*\"]"), NULL,
        "error member-twice", "Actions", ""},
    {"a wrong type", FLAT("\"Actions\":[\"*/read\",7]"), NULL, "error wrong-type", "Actions[1]",
        ""},
    {"no name", "{\"Actions\":[\"*/read\"]," GUID_SCOPE "}", NULL, "error missing-member", "Name",
        ""},
    {"a name of spaces", "{\"Name\":\" \",\"Actions\":[\"*/read\"]," GUID_SCOPE "}", NULL,
        "error empty", "Name", ""},
    {"a NUL", "{\"Name\":\"a\\u0000b\",\"Actions\":[\"*/read\"]," GUID_SCOPE "}", NULL,
        "error control-character", "Name", ""},
    {"an id that is none", FLAT("\"Id\":\"7\",\"Actions\":[\"*/read\"]"), NULL, "error bad-id",
        "Id", ""},
    {"an unknown type",
        "{\"roleName\":\"r\",\"roleType\":\"Custom\",\"permissions\":[{\"actions\":[\"*/read\"]}],"
        "\"assignableScopes\":[\"" SUBSCRIPTION "\"]}",
        NULL, "error unknown-type", "roleType", ""},
    {"a condition's version", FLAT("\"Actions\":[\"*/read\"],\"ConditionVersion\":\"1.0\""), NULL,
        "error bad-condition", "ConditionVersion", ""},
    {"a condition that is none", FLAT("\"Actions\":[\"*/read\"],\"Condition\":\"@x\""), NULL,
        "error bad-condition", "Condition", ""},
    {"a condition of the ARM form",
        "{\"properties\":{\"roleName\":\"r\",\"permissions\":[{\"actions\":[\"*/read\"],"
        "\"condition\":\"(\"}],\"assignableScopes\":[\"" SUBSCRIPTION "\"]}}",
        NULL, "error bad-condition", "properties.permissions[0].condition", ""},
    {"places of the ARM form",
        "{\"properties\":{\"roleName\":\"r\",\"permissions\":[{},{\"dataActions\":[\"*\",\"" BATCH
        "pools/read\"]}],\"assignableScopes\":[\"/\"]}}",
        NULL, "warning grants-everything", "properties.permissions[1].dataActions[0]", ""},
    {"places of the CLI's output",
        "{\"roleName\":\"r\",\"permissions\":[{\"notActions\":[\"\"]}],\"assignableScopes\":[]}",
        NULL, "error empty", "permissions[0].notActions[0]", ""},
};

static const struct lint_finding *lint(
    struct text json, const char *scope, struct arena *arena, size_t *count)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct lint_finding *findings = role_lint_text(json, scope, arena, count, &err);
    if (!findings)
        fail_msg("%s", err.message);
    return findings;
}

static void finds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        size_t count;
        arena_init(&arena, 0);
        print_message("%s\n", cases[i].name);
        const struct lint_finding *found =
            lint(text_of(cases[i].json), cases[i].scope, &arena, &count);
        const char *first =
            count == 0 ? ""
                       : arena_format(&arena, "%s %s", lint_level_text(found->level), found->code);
        if (strcmp(first, cases[i].found) != 0 && count > 0)
            print_message("%s: %s: %s\n", found->where, found->value, found->message);
        assert_string_equal(first, cases[i].found);
        if (count == 0)
            continue;
        assert_string_equal(found->where, cases[i].where);
        assert_string_equal(found->fix ? found->fix : "", cases[i].fix);
        assert_true(*found->message);
    }
}

/* Lines and columns, also of a document that is not read from front to back. */
static void knows_lines_and_columns(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        size_t line, column;
    } places[] = {
        {"unknown-member", 4, 2},
        {"wrong-list", 5, 18},
        {"unknown-operation", 5, 56},
        {"not-an-operation", 0, 0}, /* it has an escape: its text is not the document's */
        {"scope-root", 2, 24},
    };
    scoped_arena struct arena arena = {0};
    size_t count;
    arena_init(&arena, 0);
    const struct lint_finding *found =
        lint(TEXT("\xef\xbb\xbf{\"Name\":\"r\",\r\n"
                  "  \"AssignableScopes\": [\"/\"],\n"
                  "\n"
                  " \"colour\": 1,\n"
                  "  \"dataActions\":[\"" BATCH "read\", \"" BATCH "jobs/raed\", \"\\u0020a\"]}"),
            NULL, &arena, &count);
    assert_int_equal(count, COUNT(places));
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(found[i].code, places[i].code);
        assert_int_equal(found[i].line, places[i].line);
        assert_int_equal(found[i].column, places[i].column);
    }
}

/* `count` times the piece between the ends. */
static const struct {
    const char *name, *head, *piece, *tail;
    size_t count;
    const char *code, *where;
} limits[] = {
    {"name", "{\"Name\":\"", "n", "\",\"Actions\":[\"*/read\"]," GUID_SCOPE "}", 513, "too-long",
        "Name"},
    {"description", "{\"Name\":\"r\",\"Description\":\"", "d",
        "\",\"Actions\":[\"*/read\"]," GUID_SCOPE "}", 2049, "too-long", "Description"},
    {"one operation", "{\"Name\":\"r\",\"Actions\":[\"*/read\",\"a.b/", "c", "\"]," GUID_SCOPE "}",
        2049, "too-long", "Actions[1]"},
    {"operations",
        "{\"Name\":\"r\"," GUID_SCOPE ",\"Actions\":[\"*/read\"],\"NotActions\":[\"a/a\"",
        ",\"b/b\"", "]}", 9999, "too-many", "NotActions"},
    {"scopes", "{\"Name\":\"r\",\"Actions\":[\"*/read\"],\"AssignableScopes\":[\"/\"", ",\"/\"",
        "]}", 2000, "too-many", "AssignableScopes"},
    {"permission objects",
        "{\"roleName\":\"r\","
        "\"permissions\":[{}",
        ",{}", "]}", 100, "too-many", "permissions"},
};

static void limits_are_findings(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(limits); i++) {
        scoped_arena struct arena arena = {0};
        scoped_buffer struct buffer json = {0};
        size_t count;
        arena_init(&arena, 0);
        buffer_init(&json, 1 << 20);
        print_message("%s\n", limits[i].name);
        buffer_add_string(&json, limits[i].head);
        for (size_t n = 0; n < limits[i].count; n++)
            buffer_add_string(&json, limits[i].piece);
        buffer_add_string(&json, limits[i].tail);
        const struct lint_finding *found = lint(buffer_text(&json), NULL, &arena, &count);
        assert_true(count > 0);
        assert_string_equal(found->code, limits[i].code);
        assert_string_equal(found->where, limits[i].where);
    }
}

static void assert_no_errors(const struct lint_finding *findings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (findings[i].level == LINT_ERROR)
            fail_msg("%s: %s: %s", findings[i].where, findings[i].value, findings[i].message);
}

static void the_articles_role_is_fine(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    size_t count;
    arena_init(&arena, 0);
    const struct lint_finding *findings = lint(TEXT(ARTICLE_ROLE), ACCOUNT, &arena, &count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(findings[i].level, LINT_HINT);
    assert_int_equal(count, 1);
    assert_string_equal(findings[0].code, "no-autopool");
}

static void built_in_roles_have_no_errors(void **state)
{
    (void)state;
    size_t role_count;
    const struct rbac_role *roles = rbac_builtin_roles(&role_count);
    for (size_t i = 0; i < role_count; i++)
        for (enum role_form form = ROLE_FORM_ARM; form <= ROLE_FORM_POWERSHELL; form++) {
            scoped_arena struct arena arena = {0};
            scoped_buffer struct buffer json = {0};
            struct json_writer writer;
            struct azb_error err = AZB_ERROR_INIT;
            size_t count;
            arena_init(&arena, 0);
            buffer_init(&json, 100000);
            json_writer_init(&writer, &json, 0);
            print_message("%s\n", roles[i].name);
            if (form == ROLE_FORM_CLI_INPUT && roles[i].permissions[0].condition)
                continue; /* which this form has no place for */
            assert_true(role_write(&writer, &roles[i], form, "", &err));
            const struct lint_finding *findings = lint(buffer_text(&json), ACCOUNT, &arena, &count);
            assert_no_errors(findings, count);
        }
}

static void finds_the_nearest_operation(void **state)
{
    (void)state;
    static const struct {
        const char *name, *nearest;
    } names[] = {
        {BATCH "jobs/read", BATCH "jobs/read"},
        {BATCH "JOBS/raed", BATCH "jobs/read"},
        {"microsoft.batch/batchaccount/job/write", BATCH "jobs/write"},
        {"jobs/delete", BATCH "jobs/delete"},
        {BATCH "jobs/frobnicate", NULL},
        {"Contoso.Things/things/read", NULL},
        {"read", NULL},
        {"", NULL},
        {"////////////////////////", NULL},
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        print_message("%s\n", names[i].name);
        const struct rbac_operation *found = operation_nearest(text_of(names[i].name));
        assert_string_equal(
            found ? found->name : "none", names[i].nearest ? names[i].nearest : "none");
    }
}

/* ---- the corpus ---- */

static struct text read_file(const char *path, struct arena *arena)
{
    static char bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s cannot be read", path);
    size_t length = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    return (struct text){arena_copy(arena, bytes, length), length};
}

static int is_json(const struct dirent *entry)
{
    return text_ends(text_of(entry->d_name), ".json");
}

static void print_file(struct buffer *out, const char *name, struct arena *arena)
{
    size_t count;
    char *path = arena_format(arena, CORPUS "/%s", name);
    const struct lint_finding *found = lint(read_file(path, arena), NULL, arena, &count);
    buffer_format(out, "%s\n", name);
    for (size_t i = 0; i < count; i++) {
        buffer_format(out, "  %zu:%zu %s %s %s", found[i].line, found[i].column,
            lint_level_text(found[i].level), found[i].code, *found[i].where ? found[i].where : "-");
        if (*found[i].value)
            buffer_format(out, " \"%s\"", found[i].value);
        buffer_format(out, "\n    %s\n", found[i].message);
        if (found[i].fix)
            buffer_format(out, "    -> %s\n", found[i].fix);
    }
}

static void corpus_is_as_before(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer out = {0};
    struct dirent **entries;
    arena_init(&arena, 0);
    buffer_init(&out, 1 << 22);
    int count = scandir(CORPUS, &entries, is_json, alphasort);
    assert_true(count > 10);
    for (int i = 0; i < count; i++) {
        print_file(&out, entries[i]->d_name, &arena);
        free(entries[i]);
    }
    free(entries);
    if (getenv("UPDATE_SNAPSHOTS")) {
        FILE *file = fopen(SNAPSHOT, "wb");
        assert_non_null(file);
        fwrite(out.at, 1, out.length, file);
        fclose(file);
    }
    struct text before = read_file(SNAPSHOT, &arena);
    if (!text_equal(before, buffer_text(&out)))
        fail_msg("%s differs; UPDATE_SNAPSHOTS=1 rewrites it", SNAPSHOT);
}

/* Each code of docs/access.md has a case here, and each case's code is there. */
static void codes_are_documented(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    size_t documented = 0;
    arena_init(&arena, 0);
    struct text readme = read_file(CODES, &arena), line;
    const char *text = arena_copy(&arena, readme.at, readme.length);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *space = strchr(cases[i].found, ' ');
        if (space && !strstr(text, arena_format(&arena, "| `%s` |", space + 1)))
            fail_msg("docs/access.md has no row for %s", space + 1);
    }
    while (text_cut(&readme, '\n', &line)) {
        struct text code = text_slice(line, 3, line.length);
        bool has_case = false;
        if (!text_starts(line, "| `") || !strstr(text_string(&arena, line), "` | error |")) {
            if (!strstr(text_string(&arena, line), "` | warning |") &&
                !strstr(text_string(&arena, line), "` | hint |"))
                continue;
        }
        code = text_slice(code, 0, (size_t)(strchr(code.at, '`') - code.at));
        for (size_t i = 0; i < COUNT(cases) && !has_case; i++)
            has_case = text_ends(text_of(cases[i].found), text_string(&arena, code));
        if (!has_case && !text_is(code, "too-long") && !text_is(code, "too-many"))
            fail_msg("no case finds %.*s", TEXT_ARGS(code));
        documented++;
    }
    assert_true(documented > 30);
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    static const char *const documents[] = {ARTICLE_ROLE,
        "{\"Name\":\"r\",\"colour\":1,\"Actions\":[\"" BATCH "p\xd0\xbels/read\",\"" BATCH
        "*\",\"pools/*\",\"a/b\",\"a/b\"],\"NotActions\":[\"x/y\"],\"DataActions\":[\"" BATCH
        "job/write\",\"" BATCH "jobs/write\",7],\"AssignableScopes\":[\"/\",\"/x\"]}",
        "{"};
    for (size_t i = 0; i < COUNT(documents); i++) {
        long n = 1;
        for (bool done = false; !done; n++) {
            scoped_arena struct arena arena = {0};
            struct azb_error err = AZB_ERROR_INIT;
            size_t count;
            arena_init(&arena, 0);
            memory_fail_after(n);
            done = role_lint_text(text_of(documents[i]), ACCOUNT, &arena, &count, &err) != NULL;
            memory_fail_after(0);
            assert_true(done || err.kind == AZB_ERROR_MEMORY);
        }
        assert_true(n > 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds),
        cmocka_unit_test(limits_are_findings),
        cmocka_unit_test(knows_lines_and_columns),
        cmocka_unit_test(the_articles_role_is_fine),
        cmocka_unit_test(built_in_roles_have_no_errors),
        cmocka_unit_test(finds_the_nearest_operation),
        cmocka_unit_test(corpus_is_as_before),
        cmocka_unit_test(codes_are_documented),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
