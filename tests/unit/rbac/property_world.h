/*
 * Random worlds for the property test: roles, assignments, deny assignments, management groups,
 * conditions. Conditions are made as trees, which the naive evaluator walks, and printed, which the
 * room parses.
 */
#ifndef TEST_RBAC_PROPERTY_WORLD_H
#define TEST_RBAC_PROPERTY_WORLD_H

#include "fixture.h"

#include "base/time.h"
#include "rbac/condition.h"

enum {
    ROLES = 5,
    ASSIGNMENTS = 8,
    DENIALS = 3,
    PERMISSIONS = 2,
    ENTRIES = 3,
    PARTS = 3,       /* of an AND or OR */
    CONDITIONS = 12, /* in one world */
    NODES = 64,      /* of one condition */
    VALUES = 3,
    TIMES = 5,
};

/* ---- chance ---- */

static uint64_t random_state;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static size_t pick(size_t count)
{
    return (size_t)(next_random() >> 16) % count;
}

/* ---- what there is ---- */

#define MANAGEMENT "/providers/Microsoft.Management/managementGroups/"

static const char *const scopes[] = {
    "/",
    MANAGEMENT "m1",
    MANAGEMENT "M2",
    MANAGEMENT "m10",
    "/subscriptions/s1",
    "/subscriptions/S1/resourceGroups/rg1",
    "/subscriptions/s1/resourcegroups/RG10/",
    "/subscriptions/s1/resourceGroups/rg1/providers/Microsoft.Batch/batchAccounts/a",
    "/subscriptions/s1/resourceGroups/rg1/providers/microsoft.batch/batchaccounts/aa",
    "/subscriptions/s1/resourceGroups/rg1/providers/Microsoft.Batch/batchAccounts/a/pools/p",
    "/subscriptions/s10",
    "/subscriptions/s10/resourceGroups/rg1",
};

static const char *const groups_of_management[] = {
    MANAGEMENT "m1", MANAGEMENT "m2", MANAGEMENT "m10"};
static const char *const subscriptions[] = {"/subscriptions/s1", "/subscriptions/S10"};

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

/* In order: the naive evaluator compares their places. */
static const char *const times[TIMES] = {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00.0000001Z",
    "2026-06-01T12:00:00+02:00", "2026-06-01T12:00:00Z", "2027-01-01T00:00:00Z"};

/* ---- conditions ---- */

enum value_type { STRING_VALUE, NUMBER_VALUE, GUID_VALUE, TIME_VALUE, VALUE_TYPES };

static const char *const texts[] = {"abc", "ABC", "abd", "a", ""};
static const char *const like[] = {"a*", "A?c", "*c", "\\*", "a\\?c", "?*?", ""};
static const char *const numbers[] = {"-3", "0", "7", "12", "x"}; /* the last one is none */
static const char *const guids[] = {
    ALICE, "AAAAAAAA-0000-4000-8000-000000000001", TEAM, "/x/roleDefinitions/" BOB, "none"};

struct attribute {
    enum condition_source source;
    const char *name;
    const char *shown;
    enum value_type type;
};

static const struct attribute known_attributes[] = {
    {CONDITION_REQUEST, "Contoso.Things/a:Text", "@Request[contoso.things/A:text]", STRING_VALUE},
    {CONDITION_RESOURCE, "Contoso.Things/a:Text", "@Resource[Contoso.Things/a:Text]", STRING_VALUE},
    {CONDITION_PRINCIPAL, "Level", "@Principal[Level]", NUMBER_VALUE},
    {CONDITION_REQUEST, "Id", "@REQUEST[Id]", GUID_VALUE},
    {CONDITION_ENVIRONMENT, "UtcNow", "@Environment[UtcNow]", TIME_VALUE},
};
enum { NOW = 4, ATTRIBUTES = 5 };

enum comparison {
    EQUALS,
    NOT_EQUALS,
    EQUALS_IGNORE_CASE,
    NOT_EQUALS_IGNORE_CASE,
    STARTS_WITH,
    LIKE,
    NOT_LIKE_IGNORE_CASE,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    COMPARISONS,
};

/* NULL where there is no such function. */
static const char *const functions[VALUE_TYPES][COMPARISONS] = {
    [STRING_VALUE] = {"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase", "StringStartsWith", "StringLike", "StringNotLikeIgnoreCase",
        NULL, NULL, NULL, NULL},
    [NUMBER_VALUE] = {"NumericEquals", "NumericNotEquals", NULL, NULL, NULL, NULL, NULL,
        "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
        "NumericGreaterThanEquals"},
    [GUID_VALUE] = {"GuidEquals", "GuidNotEquals", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        NULL},
    [TIME_VALUE] = {"DateTimeEquals", "DateTimeNotEquals", NULL, NULL, NULL, NULL, NULL,
        "DateTimeLessThan", "DateTimeLessThanEquals", "DateTimeGreaterThan",
        "DateTimeGreaterThanEquals"},
};

static const char *const quantifiers[] = {
    "", "ForAnyOfAnyValues:", "ForAllOfAnyValues:", "ForAnyOfAllValues:", "ForAllOfAllValues:"};

enum tree_kind { TREE_AND, TREE_OR, TREE_NOT, TREE_ACTION, TREE_SUB, TREE_EXISTS, TREE_COMPARE };

struct tree {
    enum tree_kind kind;
    const struct tree *parts[PARTS];
    size_t part_count;
    const char *pattern;
    size_t attribute; /* place in known_attributes */
    enum comparison comparison;
    size_t quantifier;
    const char *values[VALUES]; /* as they are meant; for times the text */
    size_t value_count;
};

struct condition_maker {
    struct tree nodes[NODES];
    size_t node_count;
    char text[CONDITION_MAX];
};

static struct tree *new_tree(struct condition_maker *maker, enum tree_kind kind)
{
    struct tree *tree = &maker->nodes[maker->node_count++];
    *tree = (struct tree){.kind = kind};
    return tree;
}

/* Something that can be written in a condition. */
static const char *random_value(enum value_type type, enum comparison comparison)
{
    if (comparison == LIKE || comparison == NOT_LIKE_IGNORE_CASE)
        return like[pick(COUNT(like))];
    if (type == STRING_VALUE)
        return texts[pick(COUNT(texts))];
    if (type == NUMBER_VALUE)
        return numbers[pick(COUNT(numbers) - 1)];
    return type == GUID_VALUE ? guids[pick(3)] : times[pick(TIMES)];
}

static const struct tree *random_comparison(struct condition_maker *maker)
{
    struct tree *tree = new_tree(maker, TREE_COMPARE);
    tree->attribute = pick(ATTRIBUTES);
    enum value_type type = known_attributes[tree->attribute].type;
    do
        tree->comparison = (enum comparison)pick(COMPARISONS);
    while (!functions[type][tree->comparison]);
    tree->quantifier = pick(COUNT(quantifiers));
    tree->value_count = tree->quantifier ? 1 + pick(VALUES) : 1;
    for (size_t i = 0; i < tree->value_count; i++)
        tree->values[i] = random_value(type, tree->comparison);
    return tree;
}

static const struct tree *random_leaf(struct condition_maker *maker)
{
    struct tree *tree;
    switch (pick(6)) {
    case 0:
    case 1:
        tree = new_tree(maker, TREE_ACTION);
        tree->pattern = patterns[pick(COUNT(patterns))];
        return tree;
    case 2:
        tree = new_tree(maker, TREE_SUB);
        tree->pattern = "Blob.List";
        return tree;
    case 3:
        tree = new_tree(maker, TREE_EXISTS);
        tree->attribute = pick(ATTRIBUTES);
        return tree;
    default:
        return random_comparison(maker);
    }
}

static const struct tree *random_tree(struct condition_maker *maker, size_t depth)
{
    if (depth == 0 || pick(3) == 0)
        return random_leaf(maker);
    enum tree_kind kind = (enum tree_kind)pick(3);
    struct tree *tree = new_tree(maker, kind);
    tree->part_count = kind == TREE_NOT ? 1 : 2 + pick(PARTS - 1);
    for (size_t i = 0; i < tree->part_count; i++)
        tree->parts[i] = random_tree(maker, depth - 1);
    return tree;
}

static void print_values(const struct tree *tree, struct buffer *out)
{
    enum value_type type = known_attributes[tree->attribute].type;
    const char *quote = type == STRING_VALUE || type == TIME_VALUE ? "'" : "";
    if (tree->quantifier)
        buffer_add_char(out, '{');
    for (size_t i = 0; i < tree->value_count; i++)
        buffer_format(out, "%s%s%s%s", i ? ", " : "", quote, tree->values[i], quote);
    if (tree->quantifier)
        buffer_add_char(out, '}');
}

static void print_tree(const struct tree *tree, struct buffer *out)
{
    static const char *const joints[][2] = {{" AND ", "&&"}, {" OR ", "||"}};
    const struct attribute *attribute = &known_attributes[tree->attribute];
    switch (tree->kind) {
    case TREE_AND:
    case TREE_OR:
        for (size_t i = 0; i < tree->part_count; i++) {
            buffer_add_string(out, i ? joints[tree->kind][tree->part_count % 2] : "");
            buffer_add_char(out, '(');
            print_tree(tree->parts[i], out);
            buffer_add_char(out, ')');
        }
        return;
    case TREE_NOT:
        buffer_add_string(out, pick(2) ? "!(" : "NOT (");
        print_tree(tree->parts[0], out);
        buffer_add_char(out, ')');
        return;
    case TREE_ACTION:
        buffer_format(out, "ActionMatches{'%s'}", tree->pattern);
        return;
    case TREE_SUB:
        buffer_format(out, "SubOperationMatches {'%s'}", tree->pattern);
        return;
    case TREE_EXISTS:
        buffer_format(out, "Exists %s", attribute->shown);
        return;
    case TREE_COMPARE:
        buffer_format(out, "%s %s%s ", attribute->shown, quantifiers[tree->quantifier],
            functions[attribute->type][tree->comparison]);
        print_values(tree, out);
        return;
    }
}

/* ---- worlds ---- */

/* Plain arrays, so that nothing of it is shared with the index. The tree of a condition is found by
 * the address of its text. */
struct world {
    const char *names[ROLES + DENIALS][PERMISSIONS][4][ENTRIES];
    struct rbac_permission permissions[ROLES + DENIALS][PERMISSIONS];
    struct rbac_role roles[ROLES];
    char ids[ROLES][40];
    struct rbac_assignment assignments[ASSIGNMENTS];
    size_t assignment_count;
    const char *denied[DENIALS][2][2];
    struct rbac_deny_assignment denials[DENIALS];
    size_t denial_count;
    struct rbac_parent parents[5];
    size_t parent_count;
    struct condition_maker makers[CONDITIONS];
    const struct tree *trees[CONDITIONS];
    size_t condition_count;
};

/* The text of a new condition, or NULL: one in `odds` has one. */
static const char *random_condition(struct world *world, size_t odds)
{
    if (pick(odds) || world->condition_count == CONDITIONS)
        return NULL;
    scoped_buffer struct buffer out = {0};
    struct condition_maker *maker = &world->makers[world->condition_count];
    buffer_init(&out, sizeof(maker->text) - 1);
    maker->node_count = 0;
    const struct tree *tree = random_tree(maker, 3);
    print_tree(tree, &out);
    assert_false(out.failed);
    memcpy(maker->text, out.at, out.length + 1);
    world->trees[world->condition_count++] = tree;
    return maker->text;
}

static struct rbac_names random_names(const char **at)
{
    size_t count = pick(ENTRIES + 1);
    for (size_t i = 0; i < count; i++)
        at[i] = patterns[pick(COUNT(patterns))];
    return (struct rbac_names){at, count};
}

static void random_permissions(struct world *world, size_t i)
{
    for (size_t j = 0; j < PERMISSIONS; j++)
        world->permissions[i][j] = (struct rbac_permission){
            .actions = random_names(world->names[i][j][0]),
            .not_actions = random_names(world->names[i][j][1]),
            .data_actions = random_names(world->names[i][j][2]),
            .not_data_actions = random_names(world->names[i][j][3]),
            .condition = random_condition(world, 8),
        };
}

static void random_role(struct world *world, size_t i)
{
    random_permissions(world, i);
    snprintf(world->ids[i], sizeof(world->ids[i]), "0000000%zu-0000-4000-8000-000000000000", i);
    world->roles[i] = (struct rbac_role){.id = world->ids[i],
        .name = "r",
        .description = "",
        .permissions = world->permissions[i],
        .permission_count = pick(PERMISSIONS + 1)};
}

static struct rbac_names random_principals(const char **at, size_t least)
{
    size_t count = least + pick(2);
    for (size_t i = 0; i < count; i++)
        at[i] = least && pick(3) == 0 ? RBAC_EVERYBODY : principals[pick(COUNT(principals))];
    return (struct rbac_names){at, count};
}

static void random_denial(struct world *world, size_t i)
{
    random_permissions(world, ROLES + i);
    world->denials[i] = (struct rbac_deny_assignment){.name = "d",
        .scope = scopes[pick(COUNT(scopes))],
        .principal_ids = random_principals(world->denied[i][0], 1),
        .exclude_principal_ids = random_principals(world->denied[i][1], 0),
        .permissions = world->permissions[ROLES + i],
        .permission_count = pick(PERMISSIONS + 1),
        .does_not_apply_to_child_scopes = pick(3) == 0,
        .condition = random_condition(world, 3)};
}

/* A later management group may lie in an earlier one: no circles. */
static void random_parents(struct world *world)
{
    world->parent_count = 0;
    for (size_t i = 1; i < COUNT(groups_of_management); i++)
        if (pick(2))
            world->parents[world->parent_count++] =
                (struct rbac_parent){groups_of_management[i], groups_of_management[pick(i)]};
    for (size_t i = 0; i < COUNT(subscriptions); i++)
        if (pick(3))
            world->parents[world->parent_count++] = (struct rbac_parent){
                subscriptions[i], groups_of_management[pick(COUNT(groups_of_management))]};
}

static void random_world(struct world *world)
{
    world->condition_count = 0;
    for (size_t i = 0; i < ROLES; i++)
        random_role(world, i);
    world->assignment_count = pick(ASSIGNMENTS + 1);
    for (size_t i = 0; i < world->assignment_count; i++)
        world->assignments[i] = (struct rbac_assignment){"1", principals[pick(COUNT(principals))],
            world->ids[pick(ROLES)], scopes[pick(COUNT(scopes))], random_condition(world, 3)};
    world->denial_count = pick(2) * (1 + pick(DENIALS));
    for (size_t i = 0; i < world->denial_count; i++)
        random_denial(world, i);
    random_parents(world);
}

#endif
