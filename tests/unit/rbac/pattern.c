/* The wildcard. */
#include "fixture.h"

#include "rbac/pattern.h"

static const struct {
    const char *pattern, *name;
    bool matches;
} cases[] = {
    {"*", "Microsoft.Batch/batchAccounts/read", true},
    {"*", "", true},
    {"**", "a", true},
    {"*/read", "Microsoft.Batch/batchAccounts/read", true},
    {"*/read", "Microsoft.Batch/batchAccounts/write", false},
    {"*/read", "/read", true},
    {"*/read", "read", false},
    {"Microsoft.Batch/*", "Microsoft.Batch/batchAccounts/jobs/read", true},
    {"Microsoft.Batch/*", "microsoft.batch/", true},
    {"Microsoft.Batch/*", "Microsoft.BatchAI/x", false},
    {"Microsoft.Batch/*/read", "Microsoft.Batch/batchAccounts/read", true},
    {"Microsoft.Batch/*/read", "Microsoft.Batch/a/b/c/read", true},
    {"Microsoft.Batch/*/read", "Microsoft.Batch/read", false}, /* '/' twice needs both */
    {"Microsoft.Batch/*/read", "Microsoft.Batch//read", true},
    {"Microsoft.Batch/*/READ", "microsoft.batch/x/Read", true},
    {"Microsoft.Batch/batchAccounts/jobs/*", "Microsoft.Batch/batchAccounts/jobSchedules/read",
        false},
    {"Microsoft.Batch/batchAccounts/job*", "Microsoft.Batch/batchAccounts/jobSchedules/read", true},
    {"a/*/b/*/c", "a/1/b/2/c", true},
    {"a/*/b/*/c", "a/1/b/c", false},
    {"a/*/b/*/c", "a/x/b/y/b/z/c", true},
    {"a*b*c*d", "abcd", true},
    {"a*b*c*d", "acbd", false},
    {"a*a", "a", false}, /* head and tail may not share a byte */
    {"a*a", "aa", true},
    {"*b*", "abc", true},
    {"*b*", "ac", false},
    {"Microsoft.Batch/batchAccounts/read", "microsoft.batch/BATCHACCOUNTS/read", true},
    {"Microsoft.Batch/batchAccounts/read", "Microsoft.Batch/batchAccounts/read/", false},
    {"Microsoft.Batch/batchAccounts/read", "Microsoft.Batch/batchAccounts", false},
};

static void matches(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        struct pattern pattern;
        arena_init(&arena, 0);
        print_message("%s ~ %s\n", cases[i].pattern, cases[i].name);
        assert_true(pattern_compile(cases[i].pattern, &arena, &pattern));
        struct text name = text_lower(&arena, text_of(cases[i].name));
        assert_int_equal(pattern_matches(&pattern, name), cases[i].matches);
    }
}

static size_t nearness(const char *pattern_text, const char *name, struct arena *arena)
{
    struct pattern pattern;
    assert_true(pattern_compile(pattern_text, arena, &pattern));
    return pattern_nearness(&pattern, text_lower(arena, text_of(name)));
}

static void nearest(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    const char *name = BATCH "jobs/write";
    arena_init(&arena, 0);
    size_t pools = nearness(BATCH "pools/write", name, &arena);
    size_t jobs = nearness(BATCH "jobs/read", name, &arena);
    size_t support = nearness("Microsoft.Support/*", name, &arena);
    size_t batch = nearness("Microsoft.Batch/*/write2", name, &arena);
    assert_true(jobs > pools);
    assert_true(pools > batch);
    assert_true(batch > support);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(matches), cmocka_unit_test(nearest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
