/*
 * Fuzz target: conditions of role assignments. What is taken is evaluated with everything, with
 * nothing and with several values known: its untrue part lies in it, an unknown result names an
 * attribute, and its negation says the opposite. What is refused says why.
 */
#include <stdlib.h>

#include "rbac/condition.h"

static const char *const texts[] = {
    "abc", "ABC", "7", "true", "2026-06-01T00:00:00Z", "acdd72a7-3385-48ef-bd42-f606fba81ae7"};

/* Knows nothing, one value or all values of the attributes that the seeds ask for. */
static struct condition_facts facts_of(struct condition_attribute *attributes, size_t values)
{
    static const struct {
        enum condition_source source;
        const char *name;
    } names[] = {
        {CONDITION_REQUEST, "Microsoft.Authorization/roleAssignments:RoleDefinitionId"},
        {CONDITION_REQUEST, "Microsoft.Authorization/roleAssignments:PrincipalType"},
        {CONDITION_RESOURCE, "name1"},
        {CONDITION_PRINCIPAL, "a"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        attributes[i] = (struct condition_attribute){names[i].source, names[i].name, texts, values};
    return (struct condition_facts){.action = "Microsoft.Authorization/roleAssignments/write",
        .sub_operation = values ? "Blob.List" : NULL,
        .now = 17800000000000000,
        .attributes = attributes,
        .attribute_count = values == 1 ? 0 : sizeof(names) / sizeof(names[0])};
}

static void check(const struct condition *condition, const struct condition *negated,
    const struct condition_facts *facts)
{
    const char *missing = NULL;
    enum condition_result result = condition_evaluate(condition, facts, &missing);
    enum condition_result opposite =
        negated ? condition_evaluate(negated, facts, NULL) : CONDITION_UNKNOWN;
    if (result == CONDITION_UNKNOWN ? !missing || missing[0] != '@' : missing != NULL)
        abort();
    if (condition_untrue_part(condition, facts).length == 0)
        abort();
    if (negated && (result == CONDITION_UNKNOWN) != (opposite == CONDITION_UNKNOWN))
        abort();
    if (negated && result != CONDITION_UNKNOWN && result == opposite)
        abort();
}

/* NOT ( ... ): one level and some bytes more, which may be too many. */
static const struct condition *negate(struct text text, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    const char *copy = arena_format(arena, "NOT (%.*s)", TEXT_ARGS(text));
    const struct condition *negated =
        copy ? condition_parse((struct text){copy, strlen(copy)}, arena, &err) : NULL;
    azb_error_free(&err);
    return negated;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct arena arena;
    struct azb_error err = AZB_ERROR_INIT;
    struct condition_attribute attributes[4];
    struct text text = {(const char *)data, size};
    arena_init(&arena, 0);
    const struct condition *condition = condition_parse(text, &arena, &err);
    if (!condition &&
        (err.kind != AZB_ERROR_ARGUMENT || strncmp(err.message, "condition: ", 11) != 0))
        abort();
    for (size_t values = 0; condition && values <= sizeof(texts) / sizeof(texts[0]); values++) {
        struct condition_facts facts = facts_of(attributes, values);
        check(condition, values == 2 ? negate(text, &arena) : NULL, &facts);
    }
    azb_error_free(&err);
    arena_free(&arena);
    return 0;
}
