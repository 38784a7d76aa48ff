#include "api/filter.h"

#include "base/time.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int compare_texts(struct text a, struct text b)
{
    size_t both = a.length < b.length ? a.length : b.length;
    for (size_t i = 0; i < both; i++) {
        int difference = (unsigned char)lower(a.at[i]) - (unsigned char)lower(b.at[i]);
        if (difference != 0)
            return difference;
    }
    return (a.length > b.length) - (a.length < b.length);
}

/* The struct that holds the last step; NULL when one on the way is absent. */
static const void *holder_of(const struct filter *filter, const void *value)
{
    for (size_t i = 0; value && i + 1 < filter->step_count; i++)
        value = *(const void *const *)field_in(filter->steps[i], value);
    return value;
}

static struct text text_in(const struct field *field, const void *holder)
{
    const void *at = field_in(field, holder);
    if (field->kind == FIELD_STRING)
        return text_of(*(const char *const *)at);
    const struct any_enum *word = at;
    bool known = word->value > 0 && (size_t)word->value <= field->words->count;
    return text_of(known ? field->words->words[word->value - 1] : word->text);
}

static int64_t number_in(const struct field *field, const void *holder)
{
    const void *at = field_in(field, holder);
    if (field->kind == FIELD_I32)
        return ((const struct azb_i32 *)at)->value;
    if (field->kind == FIELD_I64)
        return ((const struct azb_i64 *)at)->value;
    return ((const struct azb_bool *)at)->value;
}

static bool order_is(enum filter_operator op, int order)
{
    switch (op) {
    case FILTER_EQ:
        return order == 0;
    case FILTER_NE:
        return order != 0;
    case FILTER_GT:
        return order > 0;
    case FILTER_GE:
        return order >= 0;
    case FILTER_LT:
        return order < 0;
    case FILTER_LE:
        return order <= 0;
    case FILTER_STARTS:
    case FILTER_OPERATOR_COUNT:
        break;
    }
    return false;
}

static bool number_matches(const struct filter *filter, int64_t number)
{
    return order_is(filter->op, (number > filter->number) - (number < filter->number));
}

static bool text_matches(const struct filter *filter, struct text text)
{
    if (filter->op == FILTER_STARTS)
        return text_equal_nocase(text_slice(text, 0, filter->text.length), filter->text);
    return order_is(filter->op, compare_texts(text, filter->text));
}

static bool comparison_matches(const struct filter *filter, const void *value)
{
    const struct field *field = filter->steps[filter->step_count - 1];
    const void *holder = holder_of(filter, value);
    int64_t ticks;
    if (!holder || !field_present(field, holder))
        return filter->op == FILTER_NE;
    if (filter->type == FILTER_STRING)
        return text_matches(filter, text_in(field, holder));
    if (filter->type != FILTER_TIME)
        return number_matches(filter, number_in(field, holder));
    if (!time_parse_iso8601(text_in(field, holder), &ticks))
        return filter->op == FILTER_NE;
    return number_matches(filter, ticks);
}

bool api_filter_matches(const struct filter *filter, const void *value)
{
    if (filter->kind == FILTER_COMPARISON)
        return comparison_matches(filter, value);
    bool is_and = filter->kind == FILTER_AND;
    for (const struct filter *part = filter->first; part; part = part->next)
        if (api_filter_matches(part, value) != is_and)
            return !is_and;
    return is_and;
}
