/*
 * Conditions, evaluated with three values (Kleene's logic): what is not known makes the whole
 * unknown only where the rest does not decide already.
 */
#include "base/time.h"
#include "rbac/condition_data.h"
#include "rbac/role.h"

/* The request, with its names in the lower case that patterns are compared in. */
struct evaluation {
    const struct condition_facts *facts;
    struct text action, sub_operation; /* absent: there is none */
    char action_text[ROLE_STRING_MAX + 1];
    char sub_operation_text[256];
    char now[TIME_TEXT_MAX];
    struct text now_value; /* absent until somebody asks */
};

/* The values of one side, wherever they come from. */
struct values {
    const struct text *texts; /* as written in the condition, or NULL */
    const char *const *strings;
    size_t count;
};

static struct text value_at(const struct values *values, size_t i)
{
    return values->texts ? values->texts[i] : text_of(values->strings[i]);
}

static struct text lower_text(const char *from, char *out, size_t size)
{
    size_t length = from ? strlen(from) : 0;
    if (!from || length >= size)
        return TEXT_NONE;
    for (size_t i = 0; i <= length; i++)
        out[i] = from[i] >= 'A' && from[i] <= 'Z' ? (char)(from[i] + ('a' - 'A')) : from[i];
    return (struct text){out, length};
}

static void evaluation_begin(struct evaluation *evaluation, const struct condition_facts *facts)
{
    evaluation->facts = facts;
    evaluation->action =
        lower_text(facts->action, evaluation->action_text, sizeof(evaluation->action_text));
    evaluation->sub_operation = lower_text(facts->sub_operation, evaluation->sub_operation_text,
        sizeof(evaluation->sub_operation_text));
    evaluation->now_value = TEXT_NONE;
}

/* ---- attributes ---- */

static const struct condition_attribute *find_attribute(
    const struct condition_facts *facts, const struct condition_name *name)
{
    for (size_t i = 0; i < facts->attribute_count; i++)
        if (facts->attributes[i].source == name->source &&
            text_equal_nocase(text_of(facts->attributes[i].name), name->name))
            return &facts->attributes[i];
    return NULL;
}

static bool is_now(const struct condition_name *name)
{
    return name->source == CONDITION_ENVIRONMENT && text_equal_nocase(name->name, TEXT("UtcNow"));
}

static const struct text *now_value(struct evaluation *evaluation)
{
    if (!evaluation->now_value.at) {
        time_iso8601(evaluation->facts->now, evaluation->now);
        evaluation->now_value = text_of(evaluation->now);
    }
    return &evaluation->now_value;
}

/* False when it is not known whether the request has the attribute. */
static bool attribute_values(
    struct evaluation *evaluation, const struct condition_name *name, struct values *out)
{
    const struct condition_attribute *attribute = find_attribute(evaluation->facts, name);
    if (attribute)
        *out = (struct values){.strings = attribute->values, .count = attribute->value_count};
    else if (is_now(name))
        *out = (struct values){.texts = now_value(evaluation), .count = 1};
    return attribute || is_now(name);
}

/* Something to compare with: an attribute that is known to be absent has nothing. */
static bool operand_values(
    struct evaluation *evaluation, const struct condition_operand *operand, struct values *out)
{
    if (operand->is_attribute)
        return attribute_values(evaluation, &operand->attribute, out) && out->count > 0;
    *out = (struct values){.texts = operand->values, .count = operand->value_count};
    return true;
}

/* ---- comparisons ---- */

static enum condition_result negate(enum condition_result result)
{
    if (result == CONDITION_UNKNOWN)
        return result;
    return result == CONDITION_TRUE ? CONDITION_FALSE : CONDITION_TRUE;
}

/* One more of many, any or all of which must be true. */
static void join(
    enum condition_result *all, enum condition_result one, enum condition_result decides)
{
    if (*all != decides && one != negate(decides))
        *all = one;
}

static enum condition_result compare_with_right(
    const struct condition_node *node, struct text left, const struct values *right)
{
    bool any =
        node->quantifier == QUANTIFIER_ANY_OF_ANY || node->quantifier == QUANTIFIER_ALL_OF_ANY;
    enum condition_result decides = any ? CONDITION_TRUE : CONDITION_FALSE;
    enum condition_result result = negate(decides);
    for (size_t i = 0; i < right->count; i++)
        join(&result, condition_compare(node->operator, left, value_at(right, i)), decides);
    return result;
}

static enum condition_result compare_values(
    const struct condition_node *node, const struct values *left, const struct values *right)
{
    bool any =
        node->quantifier == QUANTIFIER_ANY_OF_ANY || node->quantifier == QUANTIFIER_ANY_OF_ALL;
    enum condition_result decides = any ? CONDITION_TRUE : CONDITION_FALSE;
    enum condition_result result = negate(decides);
    if (node->quantifier == QUANTIFIER_NONE && (left->count != 1 || right->count != 1))
        return CONDITION_UNKNOWN;
    for (size_t i = 0; i < left->count; i++)
        join(&result, compare_with_right(node, value_at(left, i), right), decides);
    return result;
}

static enum condition_result compare(
    struct evaluation *evaluation, const struct condition_node *node, const char **missing)
{
    struct values left = {.count = 0}, right = {.count = 0};
    bool has_left = operand_values(evaluation, &node->left, &left);
    bool has_right = operand_values(evaluation, &node->right, &right);
    enum condition_result result = CONDITION_UNKNOWN;
    if (has_left && has_right)
        result = compare_values(node, &left, &right);
    if (result == CONDITION_UNKNOWN)
        *missing = node->left.is_attribute && (!has_left || has_right)
                       ? node->left.attribute.shown
                       : node->right.attribute.shown;
    return result;
}

static enum condition_result exists(
    struct evaluation *evaluation, const struct condition_node *node, const char **missing)
{
    struct values values = {.count = 0};
    if (attribute_values(evaluation, &node->left.attribute, &values))
        return values.count > 0 ? CONDITION_TRUE : CONDITION_FALSE;
    *missing = node->left.attribute.shown;
    return CONDITION_UNKNOWN;
}

/* ---- the tree; its depth is limited by the parser ---- */

static enum condition_result evaluate(
    struct evaluation *evaluation, const struct condition_node *node, const char **missing);

static enum condition_result matches(const struct pattern *pattern, struct text name)
{
    return name.at && pattern_matches(pattern, name) ? CONDITION_TRUE : CONDITION_FALSE;
}

static enum condition_result evaluate_list(
    struct evaluation *evaluation, const struct condition_node *node, const char **missing)
{
    enum condition_result decides = node->kind == NODE_OR ? CONDITION_TRUE : CONDITION_FALSE;
    enum condition_result result = negate(decides);
    for (const struct condition_node *part = node->first; part; part = part->next) {
        const char *unknown = NULL;
        enum condition_result one = evaluate(evaluation, part, &unknown);
        if (one == CONDITION_UNKNOWN && !*missing)
            *missing = unknown;
        join(&result, one, decides);
    }
    return result;
}

static enum condition_result evaluate(
    struct evaluation *evaluation, const struct condition_node *node, const char **missing)
{
    switch (node->kind) {
    case NODE_AND:
    case NODE_OR:
        return evaluate_list(evaluation, node, missing);
    case NODE_NOT:
        return negate(evaluate(evaluation, node->first, missing));
    case NODE_ACTION_MATCHES:
        return matches(&node->pattern, evaluation->action);
    case NODE_SUB_OPERATION_MATCHES:
        return matches(&node->pattern, evaluation->sub_operation);
    case NODE_EXISTS:
        return exists(evaluation, node, missing);
    case NODE_COMPARISON:
        return compare(evaluation, node, missing);
    }
    return CONDITION_UNKNOWN;
}

enum condition_result condition_evaluate(
    const struct condition *condition, const struct condition_facts *facts, const char **missing)
{
    struct evaluation evaluation;
    const char *unknown = NULL;
    evaluation_begin(&evaluation, facts);
    enum condition_result result = evaluate(&evaluation, &condition->root, &unknown);
    if (missing && result == CONDITION_UNKNOWN)
        *missing = unknown;
    return result;
}

/* ---- which part ---- */

/* The part of a list that is worth showing: the first false one of an AND; of an OR, all of whose
 * parts are false, the only one that compares something (the others say for which actions). */
static const struct condition_node *guilty_part(
    struct evaluation *evaluation, const struct condition_node *node)
{
    const struct condition_node *found = NULL;
    for (const struct condition_node *part = node->first; part; part = part->next) {
        const char *ignored = NULL;
        bool counts = node->kind == NODE_OR
                          ? part->has_comparison
                          : evaluate(evaluation, part, &ignored) != CONDITION_TRUE;
        if (counts && node->kind == NODE_AND)
            return part;
        if (counts && found)
            return NULL;
        if (counts)
            found = part;
    }
    return found;
}

struct text condition_untrue_part(
    const struct condition *condition, const struct condition_facts *facts)
{
    struct evaluation evaluation;
    const struct condition_node *node = &condition->root;
    evaluation_begin(&evaluation, facts);
    while (node->kind == NODE_AND || node->kind == NODE_OR) {
        const struct condition_node *part = guilty_part(&evaluation, node);
        if (!part)
            break;
        node = part;
    }
    return node->source;
}
