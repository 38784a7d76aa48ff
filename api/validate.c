#include "api/validate.h"

#include <stdio.h>

#include "base/error.h"
#include "base/time.h"

#include "api/rules.h"

void api_path_print(const struct api_path *path, char *out, size_t size)
{
    out[0] = '\0';
    if (!path)
        return;
    api_path_print(path->up, out, size);
    size_t length = strlen(out);
    const char *dot = length > 0 ? "." : "";
    if (path->index > 0)
        snprintf(out + length, size - length, "%s%s[%zu]", dot, path->name, path->index - 1);
    else
        snprintf(out + length, size - length, "%s%s", dot, path->name);
}

/* The sentence of each code; %s is the property. */
static const struct {
    const char *code;
    const char *sentence;
} sentences[] = {
    {"MissingRequiredProperty", "The required property '%s' is missing from the request body."},
    {"UnsupportedProperty", "The property '%s' is not supported in this request body."},
    {"OutOfRangeInput", "The value of the property '%s' is out of range."},
    {"OutOfRangePriority", "The priority given in '%s' is out of range."},
    {"EmptyMetadataKey", "The metadata key '%s' is empty."},
};

static const char *sentence_of(const char *code)
{
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (strcmp(sentences[i].code, code) == 0)
            return sentences[i].sentence;
    return "The value of the property '%s' is not valid.";
}

bool api_fail_property(struct azb_error *err, const char *code, const struct api_path *path,
    const char *value, const char *reason)
{
    char name[256], sentence[400];
    api_path_print(path, name, sizeof name);
    /* The sentences above hold one %s each; a table keeps them together. */
    const char *form = sentence_of(code), *hole = strstr(form, "%s");
    snprintf(
        sentence, sizeof sentence, "%.*s%s%s", (int)(hole - form), form, name, hole + strlen("%s"));
    fail_status(err, 400, code, "%s %s", sentence, reason);
    error_add_value(err, "PropertyName", "%s", name);
    if (value)
        error_add_value(err, "PropertyValue", "%s", value);
    error_add_value(err, "Reason", "%s", reason);
    return false;
}

static bool check_any(struct text text)
{
    return text.at != NULL;
}

static bool check_not_empty(struct text text)
{
    return text.length > 0;
}

static bool is_id_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

static bool check_id_characters(struct text text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!is_id_character(text.at[i]))
            return false;
    return true;
}

static bool check_id(struct text text)
{
    return text.length > 0 && check_id_characters(text);
}

static bool check_time(struct text text)
{
    int64_t ticks;
    return time_parse_iso8601(text, &ticks);
}

bool api_id_valid(struct text id)
{
    return id.length <= 64 && check_id(id);
}

enum rule_sort { SORT_NONE, SORT_TEXT, SORT_SPAN, SORT_NUMBER };

struct rule {
    enum rule_sort sort;
    bool (*check)(struct text text);
    int64_t least;
    int64_t most; /* SORT_TEXT: the longest, in characters; 0 is no limit */
    const char *code;
    const char *allowed;
};

static const struct rule rules[RULE_COUNT] = {
#define TEXT_RULE(name, text_check, longest, service_code, words)                                  \
    [RULE_##name] = {SORT_TEXT, text_check, 0, longest, service_code, words},
#define SPAN_RULE(name, shortest, longest, words)                                                  \
    [RULE_##name] = {SORT_SPAN, NULL, shortest, longest, "InvalidPropertyValue", words},
#define NUMBER_RULE(name, smallest, largest, service_code, words)                                  \
    [RULE_##name] = {SORT_NUMBER, NULL, smallest, largest, service_code, words},
#include "api/rules.def"
#undef TEXT_RULE
#undef SPAN_RULE
#undef NUMBER_RULE
};

static bool span_between(struct text text, int64_t shortest, int64_t longest)
{
    int64_t ticks;
    if (!duration_parse(text, &ticks) || ticks < shortest * TICKS_PER_SECOND)
        return false;
    return longest == INT64_MAX || ticks <= longest * TICKS_PER_SECOND;
}

static size_t characters(struct text utf8)
{
    size_t count = 0;
    for (size_t i = 0; i < utf8.length; i++)
        count += ((unsigned char)utf8.at[i] & 0xC0) != 0x80;
    return count;
}

static bool text_obeys(const struct rule *rule, struct text text)
{
    if (rule->sort == SORT_SPAN)
        return span_between(text, rule->least, rule->most);
    return rule->check(text) && (rule->most == 0 || characters(text) <= (size_t)rule->most);
}

static bool fail_rule(
    const struct rule *rule, const struct api_path *path, const char *value, struct azb_error *err)
{
    char reason[200];
    snprintf(reason, sizeof reason, "The value must be %s.", rule->allowed);
    return api_fail_property(err, rule->code, path, value, reason);
}

static bool validate_string(
    const struct field *field, const void *from, const struct api_path *path, struct azb_error *err)
{
    const struct rule *rule = &rules[field->rule];
    const char *string = *(const char *const *)field_in(field, from);
    if (rule->sort == SORT_NONE || text_obeys(rule, text_of(string)))
        return true;
    return fail_rule(rule, path, string, err);
}

static bool validate_number(
    const struct field *field, const void *from, const struct api_path *path, struct azb_error *err)
{
    const struct rule *rule = &rules[field->rule];
    int32_t number = ((const struct azb_i32 *)field_in(field, from))->value;
    if (rule->sort == SORT_NONE || (number >= rule->least && number <= rule->most))
        return true;
    char value[16];
    snprintf(value, sizeof value, "%d", number);
    return fail_rule(rule, path, value, err);
}

static bool validate_model(const struct model *model, enum api_shape shape, const void *value,
    const struct api_path *path, struct azb_error *err);

static bool validate_list(const struct field *field, enum api_shape shape, const void *from,
    const struct api_path *path, struct azb_error *err)
{
    const struct any_list *list = field_in(field, from);
    const struct model *model = field->model();
    struct api_path element = *path;
    for (size_t i = 0; i < list->count; i++) {
        element.index = i + 1;
        if (!validate_model(
                model, shape, (const char *)list->items + i * model->size, &element, err))
            return false;
    }
    return true;
}

static bool validate_field(const struct field *field, enum api_shape shape, const void *from,
    const struct api_path *path, struct azb_error *err)
{
    switch (field->kind) {
    case FIELD_STRING:
        return validate_string(field, from, path, err);
    case FIELD_I32:
        return validate_number(field, from, path, err);
    case FIELD_ONE:
        return validate_model(
            field->model(), shape, *(const void *const *)field_in(field, from), path, err);
    case FIELD_LIST:
        return validate_list(field, shape, from, path, err);
    case FIELD_I64:
    case FIELD_DOUBLE:
    case FIELD_BOOL:
    case FIELD_ENUM:
    case FIELD_STRINGS:
    case FIELD_MAP:
        break;
    }
    return true;
}

static bool validate_model(const struct model *model, enum api_shape shape, const void *value,
    const struct api_path *path, struct azb_error *err)
{
    for (size_t i = 0; i < model->field_count; i++) {
        const struct field *field = &model->fields[i];
        const struct api_path here = {path, field->json_name, 0};
        if (!field_present(field, value)) {
            if (field_required(field, shape))
                return api_fail_property(
                    err, "MissingRequiredProperty", &here, NULL, "The property is required.");
            continue;
        }
        if (field_cleared(field, value) || !field_legal(field, shape))
            continue;
        if (!validate_field(field, shape, value, &here, err))
            return false;
    }
    return rules_hold(model, shape, value, path, err);
}

bool api_validate(
    const struct model *model, enum api_shape shape, const void *value, struct azb_error *err)
{
    return validate_model(model, shape, value, NULL, err);
}
