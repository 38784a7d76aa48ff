#include "rbac/compiled_condition.h"

bool condition_compile(const char *text, struct arena *arena, struct compiled_condition *out)
{
    struct azb_error err = AZB_ERROR_INIT;
    *out = (struct compiled_condition){.text = arena_string(arena, text)};
    if (!out->text)
        return !text;
    out->condition = condition_parse(text_of(text), arena, &err);
    if (!out->condition)
        out->problem = arena_string(arena, err.message);
    azb_error_free(&err);
    return !arena->failed;
}

static struct condition_facts facts_of(const struct rbac_request *request, const char *action)
{
    return (struct condition_facts){.action = action,
        .now = request->now,
        .attributes = request->attributes,
        .attribute_count = request->attribute_count};
}

enum condition_result condition_result(const struct compiled_condition *condition,
    const struct rbac_request *request, const char *action, const char **missing)
{
    struct condition_facts facts = facts_of(request, action);
    if (!condition->text)
        return CONDITION_TRUE;
    if (!condition->condition)
        return CONDITION_UNKNOWN;
    return condition_evaluate(condition->condition, &facts, missing);
}

struct text condition_part(const struct compiled_condition *condition,
    const struct rbac_request *request, const char *action)
{
    struct condition_facts facts = facts_of(request, action);
    return condition_untrue_part(condition->condition, &facts);
}
