/*
 * The index against a second evaluator that is written straight from the rules, with nothing
 * compiled, hashed or merged: 20,000 random cases from a fixed seed.
 */
#include "fixture.h"

#include "rbac/explain.h"

static uint64_t seed = 20260801;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static size_t pick(size_t count)
{
    return (size_t)(next_random() >> 16) % count;
}

static const char *const scopes[] = {
    "/",
    "/subscriptions/s1",
    "/subscriptions/S1/resourceGroups/rg1",
    "/subscriptions/s1/resourcegroups/RG10/",
    "/subscriptions/s1/resourceGroups/rg1/providers/Microsoft.Batch/batchAccounts/a",
    "/subscriptions/s1/resourceGroups/rg1/providers/microsoft.batch/batchaccounts/aa",
    "/subscriptions/s1/resourceGroups/rg1/providers/Microsoft.Batch/batchAccounts/a/pools/p",
    "/subscriptions/s10",
    "/subscriptions/s10/resourceGroups/rg1",
};

static const char *const patterns[] = {
    "*",
    "*/read",
    "*/WRITE",
    "*/delete",
    "Microsoft.Batch/*",
    "microsoft.batch/*/read",
    "Microsoft.Batch/batchAccounts/*",
    BATCH "jobs/*",
    BATCH "jobs/read",
    BATCH "pools/*",
    BATCH "pools/write",
    BATCH "read",
    BATCH "listkeys/action",
    "*/listKeys/*",
    "*jobs*e*",
    "Contoso.Things/*",
    "*/thing?",
    BATCH "*/jobs/*",
    "*a*a*a*",
    BATCH "jobSchedules/*/x",
};

static const char *const names[] = {
    BATCH "jobs/read",
    BATCH "jobs/write",
    BATCH "JOBS/delete",
    BATCH "jobSchedules/read",
    BATCH "jobSchedules/write",
    BATCH "pools/read",
    BATCH "pools/write",
    BATCH "pools/delete",
    BATCH "read",
    BATCH "listKeys/action",
    BATCH "write",
    "Contoso.Things/a/read",
    "Contoso.Things/x/jobs/write",
    "Microsoft.Authorization/roleAssignments/write",
};

static const char *const principals[] = {
    ALICE, BOB, TEAM, "AAAAAAAA-0000-4000-8000-000000000001", "not-a-guid"};

enum { ROLES = 6, ASSIGNMENTS = 6, PERMISSIONS = 2, ENTRIES = 3, CASES = 20000 };

/* A random world; plain arrays, so that nothing of it is shared with the index. */
struct world {
    const char *names[ROLES][PERMISSIONS][4][ENTRIES];
    struct rbac_permission permissions[ROLES][PERMISSIONS];
    struct rbac_role roles[ROLES];
    char ids[ROLES][40];
    struct rbac_assignment assignments[ASSIGNMENTS];
    size_t assignment_count;
};

static struct rbac_names random_names(const char **at)
{
    size_t count = pick(ENTRIES + 1);
    for (size_t i = 0; i < count; i++)
        at[i] = patterns[pick(COUNT(patterns))];
    return (struct rbac_names){at, count};
}

static void random_role(struct world *world, size_t i)
{
    for (size_t j = 0; j < PERMISSIONS; j++)
        world->permissions[i][j] = (struct rbac_permission){
            .actions = random_names(world->names[i][j][0]),
            .not_actions = random_names(world->names[i][j][1]),
            .data_actions = random_names(world->names[i][j][2]),
            .not_data_actions = random_names(world->names[i][j][3]),
        };
    snprintf(world->ids[i], sizeof(world->ids[i]), "0000000%zu-0000-4000-8000-000000000000", i);
    world->roles[i] = (struct rbac_role){.id = world->ids[i],
        .name = "r",
        .description = "",
        .permissions = world->permissions[i],
        .permission_count = pick(PERMISSIONS + 1)};
}

static void random_world(struct world *world)
{
    for (size_t i = 0; i < ROLES; i++)
        random_role(world, i);
    world->assignment_count = pick(ASSIGNMENTS + 1);
    for (size_t i = 0; i < world->assignment_count; i++)
        world->assignments[i] = (struct rbac_assignment){"1", principals[pick(COUNT(principals))],
            world->ids[pick(ROLES)], scopes[pick(COUNT(scopes))], NULL};
}

/* ---- the naive evaluator ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool naive_match(const char *pattern, const char *name)
{
    if (*pattern == '\0')
        return *name == '\0';
    if (*pattern == '*')
        return naive_match(pattern + 1, name) || (*name && naive_match(pattern, name + 1));
    return lower(*pattern) == lower(*name) && naive_match(pattern + 1, name + 1);
}

static bool naive_any(const struct rbac_names *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (naive_match(list->at[i], name))
            return true;
    return false;
}

static bool naive_role(const struct rbac_role *role, const char *name, enum rbac_kind kind)
{
    for (size_t i = 0; i < role->permission_count; i++) {
        const struct rbac_permission *p = &role->permissions[i];
        bool data = kind == RBAC_DATA_ACTION;
        if (naive_any(data ? &p->data_actions : &p->actions, name) &&
            !naive_any(data ? &p->not_data_actions : &p->not_actions, name))
            return true;
    }
    return false;
}

/* `above` is a prefix of `below` that ends where a segment ends. */
static bool naive_above(const char *above, const char *below)
{
    size_t length = strlen(above);
    if (above[length - 1] == '/')
        length--;
    for (size_t i = 0; i < length; i++)
        if (lower(above[i]) != lower(below[i]))
            return false;
    return below[length] == '/' || below[length] == '\0';
}

static bool naive_granted(const struct world *world, const char *const *callers, size_t count,
    const char *scope, const char *name, enum rbac_kind kind)
{
    for (size_t i = 0; i < world->assignment_count; i++) {
        const struct rbac_assignment *assignment = &world->assignments[i];
        bool same = false;
        for (size_t j = 0; j < count; j++)
            same = same || string_equal_nocase(assignment->principal_id, callers[j]);
        if (!same || !naive_above(assignment->scope, scope))
            continue;
        for (size_t r = 0; r < ROLES; r++)
            if (strcmp(world->roles[r].id, assignment->role_id) == 0 &&
                naive_role(&world->roles[r], name, kind))
                return true;
    }
    return false;
}

/* ---- the comparison ---- */

struct tally {
    size_t granted, allowed;
};

static void compare(const struct world *world, const struct rbac_index *index, struct tally *tally)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    const char *callers[] = {ALICE, TEAM, BOB};
    size_t caller_count = 1 + pick(3);
    const char *scope_text = scopes[pick(COUNT(scopes))];
    struct scope scope = make_scope(scope_text, &arena);
    struct rbac_caller caller = {
        .object_id = ALICE, .group_ids = callers + 1, .group_count = caller_count - 1};
    struct rbac_request request = {.caller = &caller,
        .scope = &scope,
        .action = names[pick(COUNT(names))],
        .kind = pick(2) ? RBAC_DATA_ACTION : RBAC_ACTION,
        .is_read = pick(2) != 0,
        .needs_autopool = pick(4) == 0};
#define GRANTED(name, kind) naive_granted(world, callers, caller_count, scope_text, name, kind)
    bool granted = GRANTED(request.action, request.kind);
    bool autopool = !request.needs_autopool || GRANTED(BATCH "pools/write", RBAC_ACTION);
    bool allowed = GRANTED(BATCH "listKeys/action", RBAC_ACTION) ||
                   (request.is_read && GRANTED(BATCH "read", RBAC_ACTION)) || (granted && autopool);
#undef GRANTED
    struct rbac_decision decision;
    assert_int_equal(rbac_check(index, &request), granted);
    assert_int_equal(rbac_decide_batch(index, &request, &decision), allowed);
    const struct rbac_explanation *explanation =
        rbac_explain(index, &request, RBAC_RULES_BATCH, &arena, &err);
    assert_non_null(explanation);
    assert_int_equal(explanation->allowed, allowed);
    assert_int_equal(allowed, explanation->nearest && explanation->nearest->reason == RBAC_GRANTS);
    tally->granted += granted;
    tally->allowed += allowed;
}

static void agrees_with_the_rules(void **state)
{
    (void)state;
    static struct world world;
    struct tally tally = {0, 0};
    for (size_t i = 0; i < CASES / 10; i++) {
        random_world(&world);
        struct rbac_index *index =
            make_index(world.roles, ROLES, world.assignments, world.assignment_count);
        for (size_t j = 0; j < 10; j++)
            compare(&world, index, &tally);
        rbac_index_free(index);
    }
    print_message("%zu granted, %zu allowed of %d\n", tally.granted, tally.allowed, CASES);
    assert_in_range(tally.granted, CASES / 20, CASES / 2);
    assert_in_range(tally.allowed, CASES / 20, CASES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_the_rules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
