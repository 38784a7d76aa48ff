/*
 * The index against a second evaluator that is written straight from the rules (property_naive.h),
 * on random worlds (property_world.h):
 *
 *     unit_rbac_property [CASES [SEED]]      20,000 cases from a fixed seed when nothing is said
 *
 * That it would notice a wrong rule is tested too: with each rule of the naive evaluator left out,
 * the two must soon disagree.
 */
#include "property_naive.h"

#include "rbac/explain.h"

enum { QUESTIONS = 10 /* asked in one world */, NOTICED_WITHIN = 200000 };

static size_t case_count = 20000;
static uint64_t seed = 20260801;

struct tally {
    size_t granted, allowed, denied, conditional;
};

/* What the request knows: of each attribute nothing, that it is absent, or one or two values. */
struct facts {
    struct condition_attribute attributes[ATTRIBUTES];
    const char *values[ATTRIBUTES][2];
    size_t count;
};

static const char *random_fact(enum value_type type)
{
    if (type == STRING_VALUE)
        return texts[pick(COUNT(texts))];
    return type == NUMBER_VALUE ? numbers[pick(COUNT(numbers))] : guids[pick(COUNT(guids))];
}

static void random_facts(struct facts *facts)
{
    facts->count = 0;
    for (size_t i = 0; i < NOW; i++) {
        size_t values = pick(4);
        if (values == 3)
            continue;
        for (size_t j = 0; j < values; j++)
            facts->values[i][j] = random_fact(known_attributes[i].type);
        facts->attributes[facts->count++] = (struct condition_attribute){
            known_attributes[i].source, known_attributes[i].name, facts->values[i], values};
    }
}

/* The index agrees with itself: decision, explanation, and the reason that comes first. */
static void check_explanation(const struct rbac_index *index, const struct rbac_request *request,
    bool allowed, struct tally *tally, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct rbac_explanation *explanation =
        rbac_explain(index, request, RBAC_RULES_BATCH, arena, &err);
    assert_non_null(explanation);
    const struct rbac_considered *nearest = explanation->nearest;
    assert_int_equal(explanation->allowed, allowed);
    assert_int_equal(allowed, nearest && nearest->reason == RBAC_GRANTS);
    if (nearest && nearest->reason == RBAC_DENIED)
        assert_true(explanation->denial_count > 0);
    tally->denied += explanation->denial_count > 0;
    tally->conditional += nearest && nearest->reason == RBAC_CONDITION;
}

/* One question to both; false when they disagree. */
static bool agree(const struct world *world, const struct rbac_index *index, struct tally *tally)
{
    scoped_arena struct arena arena = {0};
    struct rbac_decision decision;
    struct facts facts;
    const char *callers[] = {ALICE, TEAM, BOB};
    arena_init(&arena, 0);
    random_facts(&facts);
    struct naive naive = {.world = world,
        .callers = callers,
        .caller_count = 1 + pick(3),
        .scope = scopes[pick(COUNT(scopes))],
        .attributes = facts.attributes,
        .attribute_count = facts.count,
        .now = pick(TIMES)};
    struct scope scope = make_scope(naive.scope, &arena);
    struct rbac_caller caller = {
        .object_id = ALICE, .group_ids = callers + 1, .group_count = naive.caller_count - 1};
    struct rbac_request request = {.caller = &caller,
        .scope = &scope,
        .action = names[pick(COUNT(names))],
        .kind = pick(2) ? RBAC_DATA_ACTION : RBAC_ACTION,
        .is_read = pick(2) != 0,
        .needs_autopool = pick(4) == 0,
        .attributes = facts.attributes,
        .attribute_count = facts.count};
    assert_true(time_parse_iso8601(text_of(times[naive.now]), &request.now));
    bool granted = naive_granted(&naive, request.action, request.kind);
    bool allowed = naive_batch(&naive, &request);
    if (rbac_check(index, &request) != granted ||
        rbac_decide_batch(index, &request, &decision) != allowed)
        return false;
    check_explanation(index, &request, allowed, tally, &arena);
    tally->granted += granted;
    tally->allowed += allowed;
    return true;
}

/* How many cases they agreed in before the first disagreement, or `cases`. */
static size_t run(size_t cases, struct tally *tally)
{
    static struct world world;
    struct rbac_index *index = NULL;
    size_t i = 0;
    for (bool agreed = true; i < cases && agreed; i += agreed) {
        if (i % QUESTIONS == 0) {
            struct azb_error err = AZB_ERROR_INIT;
            rbac_index_free(index);
            random_world(&world);
            struct rbac_index_input input = {.roles = world.roles,
                .role_count = ROLES,
                .assignments = world.assignments,
                .assignment_count = world.assignment_count,
                .denials = world.denials,
                .denial_count = world.denial_count,
                .parents = world.parents,
                .parent_count = world.parent_count};
            index = rbac_index_new(&input, &err);
            if (!index)
                fail_msg("%s", err.message);
        }
        agreed = agree(&world, index, tally);
    }
    rbac_index_free(index);
    return i;
}

static void agrees_with_the_rules(void **state)
{
    (void)state;
    struct tally tally = {0};
    broken = RULE_NONE;
    random_state = seed;
    print_message("%zu cases, seed %llu\n", case_count, (unsigned long long)seed);
    size_t agreed = run(case_count, &tally);
    if (agreed < case_count)
        fail_msg(
            "case %zu of seed %llu: the evaluators disagree", agreed, (unsigned long long)seed);
    print_message("%zu granted, %zu allowed, %zu met a deny assignment, %zu a condition first\n",
        tally.granted, tally.allowed, tally.denied, tally.conditional);
    assert_in_range(tally.granted, case_count / 20, case_count / 2);
    assert_in_range(tally.allowed, case_count / 20, case_count / 2);
    assert_in_range(tally.denied, case_count / 100, case_count / 2);
    assert_in_range(tally.conditional, case_count / 100, case_count / 2);
}

static void notices_every_broken_rule(void **state)
{
    (void)state;
    for (enum rule rule = RULE_NONE + 1; rule < RULES; rule++) {
        struct tally tally = {0};
        broken = rule;
        random_state = seed + rule;
        size_t agreed = run(NOTICED_WITHIN, &tally);
        print_message("rule %d left out: noticed after %zu cases\n", rule, agreed);
        assert_true(agreed < NOTICED_WITHIN);
    }
    broken = RULE_NONE;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_rules),
        cmocka_unit_test(notices_every_broken_rule),
    };
    if (argc > 1)
        case_count = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        seed = strtoull(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
