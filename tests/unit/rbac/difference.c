/* What changes when roles or assignments do. */
#include "fixture.h"

#include "rbac/difference.h"

#define ROLE(id, lists)                                                                            \
    "{\"Name\":\"R\",\"Id\":\"" id "\"," lists ",\"AssignableScopes\":[\"" SUBSCRIPTION "\"]}"
#define JOBS "\"DataActions\":[\"Microsoft.Batch/batchAccounts/jobs/*\"]"
#define JOBS_BUT_DELETE                                                                            \
    JOBS ",\"NotDataActions\":[\"Microsoft.Batch/batchAccounts/jobs/delete\"],"                    \
         "\"Actions\":[\"Microsoft.Batch/batchAccounts/pools/read\"]"

struct side {
    const char *role; /* JSON of the one custom role, or NULL */
    struct rbac_assignment assignments[3];
};

static const struct {
    const char *name;
    struct side before, after;
    const char *expected; /* principal's letter, place, sign and operation, for each */
} cases[] = {
    {"nothing changed", {NULL, {{"1", ALICE, SUBMITTER, ACCOUNT, NULL}}},
        {NULL, {{"2", ALICE, SUBMITTER, ACCOUNT, NULL}}}, ""},
    {"the same from elsewhere is no change",
        {NULL, {{"1", ALICE, READER, ACCOUNT, NULL}, {"2", ALICE, READER, SUBSCRIPTION, NULL}}},
        {NULL, {{"2", ALICE, READER, SUBSCRIPTION, NULL}}}, ""},
    {"an assignment comes", {ROLE(CUSTOM, JOBS), {{0}}},
        {ROLE(CUSTOM, JOBS), {{"1", ALICE, CUSTOM, ACCOUNT, NULL}}},
        "a acct +jobs/read a acct +jobs/write a acct +jobs/delete "},
    {"an assignment of the group goes",
        {ROLE(CUSTOM, JOBS), {{"1", TEAM, CUSTOM, SUBSCRIPTION, NULL}}},
        {ROLE(CUSTOM, JOBS), {{0}}},
        "b acct -jobs/read b acct -jobs/write b acct -jobs/delete "
        "b rg10 -jobs/read b rg10 -jobs/write b rg10 -jobs/delete "},
    {"a definition changes", {ROLE(CUSTOM, JOBS), {{"1", ALICE, CUSTOM, ACCOUNT, NULL}}},
        {ROLE(CUSTOM, JOBS_BUT_DELETE), {{"1", ALICE, CUSTOM, ACCOUNT, NULL}}},
        "a acct -jobs/delete a acct +pools/read "},
    {"from one to the other",
        {ROLE(CUSTOM, JOBS_BUT_DELETE), {{"1", ALICE, CUSTOM, ACCOUNT, NULL}}},
        {ROLE(CUSTOM, JOBS_BUT_DELETE), {{"1", BOB, CUSTOM, ACCOUNT, NULL}}},
        "a acct -jobs/read a acct -jobs/write a acct -pools/read "
        "b acct +jobs/read b acct +jobs/write b acct +pools/read "},
};

static struct rbac_index *index_of_side(const struct side *side, struct arena *arena)
{
    size_t count = 0;
    while (count < COUNT(side->assignments) && side->assignments[count].principal_id)
        count++;
    struct rbac_role role = {0};
    if (side->role)
        role = make_role(side->role, arena);
    return make_index(&role, side->role ? 1 : 0, side->assignments, count);
}

static const char *const team[] = {TEAM};
static const struct rbac_caller callers[] = {
    {.object_id = ALICE}, {.object_id = BOB, .group_ids = team, .group_count = 1}};

static const char *described(
    const struct difference *differences, size_t count, struct arena *arena)
{
    const char *all = "";
    for (size_t i = 0; i < count; i++) {
        const struct difference *at = &differences[i];
        all = arena_format(arena, "%s%c %s %c%s ", all, at->principal_id[0],
            strcmp(at->scope, ACCOUNT) == 0 ? "acct" : "rg10", at->gained ? '+' : '-',
            at->operation->name + sizeof(BATCH) - 1);
    }
    return all;
}

static void lists_what_differs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        size_t count = 99;
        arena_init(&arena, 0);
        print_message("%s\n", cases[i].name);
        struct rbac_index *before = index_of_side(&cases[i].before, &arena);
        struct rbac_index *after = index_of_side(&cases[i].after, &arena);
        struct scope scopes[] = {make_scope(ACCOUNT, &arena), make_scope(OTHER_ACCOUNT, &arena)};
        const struct difference *found = rbac_differences(
            before, after, callers, COUNT(callers), scopes, COUNT(scopes), &arena, &count, &err);
        rbac_index_free(before);
        rbac_index_free(after);
        assert_non_null(found);
        assert_string_equal(described(found, count, &arena), cases[i].expected);
    }
}

static void nobody_and_nowhere(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    size_t count = 99;
    arena_init(&arena, 0);
    struct rbac_index *empty = make_index(NULL, 0, NULL, 0);
    assert_non_null(rbac_differences(empty, empty, NULL, 0, NULL, 0, &arena, &count, &err));
    assert_int_equal(count, 0);
    rbac_index_free(empty);
}

static void survives_any_failed_allocation(void **state)
{
    (void)state;
    scoped_arena struct arena fixed = {0};
    arena_init(&fixed, 0);
    const struct rbac_assignment assignment = {"1", TEAM, OWNER, SUBSCRIPTION, NULL};
    struct rbac_index *before = make_index(NULL, 0, NULL, 0);
    struct rbac_index *after = make_index(NULL, 0, &assignment, 1);
    struct scope scope = make_scope(ACCOUNT, &fixed);
    long n = 1;
    for (bool done = false; !done; n++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        size_t count = 0;
        arena_init(&arena, 0);
        memory_fail_after(n);
        done = rbac_differences(
                   before, after, callers, COUNT(callers), &scope, 1, &arena, &count, &err) != NULL;
        memory_fail_after(0);
        assert_true(done || err.kind == AZB_ERROR_MEMORY);
        assert_true(!done || count > 60);
    }
    assert_true(n > 2);
    rbac_index_free(before);
    rbac_index_free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_what_differs),
        cmocka_unit_test(nobody_and_nowhere),
        cmocka_unit_test(survives_any_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
