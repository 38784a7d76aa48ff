/*
 * One access decision with 10, 1,000 and 4,000 role assignments (wildcards in every role), and one
 * full explanation of a denial. Half of the assignments are the caller's own, at other scopes: the
 * worst that the limits of a subscription allow. Prints nanoseconds and microseconds, and the ratio
 * of 1,000 to 10 assignments. Then the same where each assignment has a condition, and each fourth
 * of them a deny assignment beside it, three of which reach the account.
 */
#include <time.h>

#include "rbac/explain.h"

#define ME "aaaaaaaa-0000-4000-8000-000000000001"
#define TEAM "cccccccc-0000-4000-8000-000000000003"
#define SUBSCRIPTION "/subscriptions/88888888-8888-8888-8888-888888888888"
#define ACCOUNT SUBSCRIPTION "/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/acct"
#define SUBMITTER "48e5e92e-a480-4e71-aa9c-2778f4c13781"
#define READER "acdd72a7-3385-48ef-bd42-f606fba81ae7"

#define CONDITION                                                                                  \
    "(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "                      \
    "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "                         \
    "ForAnyOfAnyValues:GuidEquals {" READER ", " SUBMITTER "})"

enum kind { PLAIN, CONDITIONAL, KINDS };

enum { ROUNDS = 5, DECISIONS = 200000, EXPLANATIONS = 2000, ASSIGNMENTS_MAX = 4000 };

struct world {
    struct arena arena;
    struct rbac_index *index;
    struct scope account;
    struct rbac_caller caller;
};

static double now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

static struct rbac_assignment assignment_of(struct arena *arena, size_t i)
{
    bool own = i % 2 == 0;
    return (struct rbac_assignment){
        .id = "1",
        .principal_id = own ? ME : arena_format(arena, "bbbbbbbb-0000-4000-8000-%012zu", i),
        .role_id = i % 4 < 2 ? SUBMITTER : READER,
        .scope = arena_format(arena, SUBSCRIPTION "/resourceGroups/other%zu", i),
    };
}

static const char *const things[] = {"Contoso.Things/*"};
static const char *const everybody[] = {RBAC_EVERYBODY};
static const struct rbac_permission denied = {.actions = {things, 1}};
static struct rbac_deny_assignment denials[ASSIGNMENTS_MAX / 4];

/* The last three are for everybody, above the account; none takes away what is asked. */
static size_t make_denials(const struct rbac_assignment *assignments, size_t count)
{
    static const char *const above[] = {"/", SUBSCRIPTION, ACCOUNT};
    size_t denial_count = count / 4 > 3 ? count / 4 : 3;
    for (size_t i = 0; i < denial_count; i++) {
        size_t left = denial_count - 1 - i;
        denials[i] = (struct rbac_deny_assignment){.name = "d",
            .scope = left < 3 ? above[left] : assignments[4 * i].scope,
            .principal_ids = {left < 3 ? everybody : &assignments[4 * i].principal_id, 1},
            .permissions = &denied,
            .permission_count = 1};
    }
    return denial_count;
}

static void make_world(struct world *world, size_t count, enum kind kind)
{
    static struct rbac_assignment assignments[ASSIGNMENTS_MAX];
    static const char *const groups[] = {TEAM};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&world->arena, 0);
    for (size_t i = 0; i < count; i++)
        assignments[i] = assignment_of(&world->arena, i);
    assignments[count / 2] = (struct rbac_assignment){"1", TEAM, SUBMITTER, ACCOUNT, NULL};
    struct rbac_index_input input = {.assignments = assignments, .assignment_count = count};
    for (size_t i = 0; kind == CONDITIONAL && i < count; i++)
        assignments[i].condition = CONDITION;
    if (kind == CONDITIONAL) {
        input.denials = denials;
        input.denial_count = make_denials(assignments, count);
    }
    world->index = rbac_index_new(&input, &err);
    if (!world->index || !scope_parse(TEXT(ACCOUNT), &world->arena, &world->account, &err)) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    world->caller = (struct rbac_caller){.object_id = ME, .group_ids = groups, .group_count = 1};
}

static void free_world(struct world *world)
{
    rbac_index_free(world->index);
    arena_free(&world->arena);
}

/* Alternates between what is allowed and what is denied; the answers are checked. */
static double decision_ns(const struct world *world, bool by_name)
{
    struct rbac_request requests[2] = {
        {.operation = rbac_batch_operation("jobs/write", RBAC_DATA_ACTION)},
        {.operation = rbac_batch_operation("pools/write", RBAC_ACTION)},
    };
    size_t allowed = 0;
    for (size_t i = 0; i < 2; i++) {
        requests[i].caller = &world->caller;
        requests[i].scope = &world->account;
        requests[i].action = requests[i].operation->name;
        requests[i].kind = requests[i].operation->kind;
        if (by_name)
            requests[i].operation = NULL;
    }
    double start = now_ns();
    for (size_t i = 0; i < DECISIONS; i++) {
        struct rbac_decision decision;
        allowed += rbac_decide_batch(world->index, &requests[i % 2], &decision);
    }
    double spent = now_ns() - start;
    if (allowed != DECISIONS / 2) {
        fprintf(stderr, "wrong answers: %zu of %d allowed\n", allowed, DECISIONS);
        exit(1);
    }
    return spent / DECISIONS;
}

static double explanation_us(const struct world *world)
{
    struct rbac_request request = {.caller = &world->caller,
        .scope = &world->account,
        .operation = rbac_batch_operation("pools/write", RBAC_ACTION)};
    double start = now_ns();
    for (size_t i = 0; i < EXPLANATIONS; i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        char text[RBAC_SHORT_MAX + 1];
        arena_init(&arena, 0);
        const struct rbac_explanation *explanation =
            rbac_explain(world->index, &request, RBAC_RULES_BATCH, &arena, &err);
        if (!explanation || explanation->allowed)
            exit(1);
        rbac_explain_short(explanation, text);
    }
    return (now_ns() - start) / EXPLANATIONS / 1000;
}

static double smaller(double a, double b)
{
    return a == 0 || b < a ? b : a;
}

static void measure(enum kind kind)
{
    static const size_t counts[] = {10, 1000, ASSIGNMENTS_MAX};
    double by_row[3] = {0}, by_name[3] = {0}, explained[3] = {0}, built[3] = {0};
    for (size_t i = 0; i < 3; i++) {
        struct world world;
        double start = now_ns();
        make_world(&world, counts[i], kind);
        built[i] = (now_ns() - start) / 1000;
        for (size_t round = 0; round < ROUNDS; round++) {
            by_row[i] = smaller(by_row[i], decision_ns(&world, false));
            by_name[i] = smaller(by_name[i], decision_ns(&world, true));
            explained[i] = smaller(explained[i], explanation_us(&world));
        }
        free_world(&world);
    }
    printf("%-12s %14s %14s %16s %10s\n", kind == CONDITIONAL ? "conditional" : "assignments",
        "decision ns", "by name ns", "explanation us", "build us");
    for (size_t i = 0; i < 3; i++)
        printf("%-12zu %14.0f %14.0f %16.1f %10.0f\n", counts[i], by_row[i], by_name[i],
            explained[i], built[i]);
    printf(
        "1,000 to 10: %.2f (at most 2); 500 ns and 100 us are the limits\n", by_row[1] / by_row[0]);
}

int main(void)
{
    for (enum kind kind = PLAIN; kind < KINDS; kind++)
        measure(kind);
    return 0;
}
