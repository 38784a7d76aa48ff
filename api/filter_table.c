#include "api/filter.h"

enum {
    IS = 1 << FILTER_EQ,
    EQUAL = IS | 1 << FILTER_NE,
    ORDER = EQUAL | 1 << FILTER_GT | 1 << FILTER_GE | 1 << FILTER_LT | 1 << FILTER_LE,
    PREFIX = 1 << FILTER_STARTS,
    TEXT_SET = ORDER | PREFIX,
};

/* TEXT is base/text.h's word for a literal; in filters.def it is a set. */
#undef TEXT
#define TEXT TEXT_SET

#define FILTERS(list_name, model_name)                                                             \
    static const struct filter_property properties_of_##list_name[] = {
#define PROPERTY(property_path, set) {property_path, set},
#define END_FILTERS(list_name)                                                                     \
    }                                                                                              \
    ;
#include "api/filters.def"
#undef FILTERS
#undef PROPERTY
#undef END_FILTERS

static const struct filter_table tables[] = {
#define FILTERS(list_name, model_name)                                                             \
    {#list_name, model_##model_name, properties_of_##list_name,                                    \
        sizeof properties_of_##list_name / sizeof *properties_of_##list_name},
#define PROPERTY(property_path, set)
#define END_FILTERS(list_name)
#include "api/filters.def"
};

const struct filter_table *filter_table_at(size_t index)
{
    return index < sizeof tables / sizeof *tables ? &tables[index] : NULL;
}

const struct filter_table *api_filter_table(const char *list)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (strcmp(tables[i].list, list) == 0)
            return &tables[i];
    return NULL;
}

size_t filter_steps(
    const struct model *model, const char *path, const struct field *steps[FILTER_STEPS_MAX])
{
    struct text rest = text_of(path), piece;
    size_t count = 0;
    while (text_cut(&rest, '/', &piece)) {
        const struct field *field = model ? model_field(model, piece, 0) : NULL;
        if (!field || count == FILTER_STEPS_MAX)
            return 0;
        steps[count++] = field;
        model = field->kind == FIELD_ONE ? field->model() : NULL;
    }
    return count;
}

enum filter_type filter_type_of(const struct field *field)
{
    if (field->kind == FIELD_I32 || field->kind == FIELD_I64)
        return FILTER_NUMBER;
    if (field->kind == FIELD_BOOL)
        return FILTER_TRUTH;
    return field->kind == FIELD_STRING && field->rule == RULE_TIME ? FILTER_TIME : FILTER_STRING;
}
