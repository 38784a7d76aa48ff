#include "arm/body.h"

#include <inttypes.h>

#include "base/error.h"

#define PATH_MAX_SHOWN 200

bool body_refuse(struct azb_error *err, const char *path, const char *name, const char *problem)
{
    return fail_status(err, 400, "InvalidPropertyValue",
        "The value provided for one of the properties in the request body is invalid. %s%s: %s",
        path, name, problem);
}

static bool is_there(const struct json *value)
{
    return value && value->type != JSON_NULL;
}

int body_choice(const struct json *value, const char *const *choices)
{
    for (int i = 0; choices[i]; i++)
        if (text_equal_nocase(json_text(value), text_of(choices[i])))
            return i;
    return -1;
}

/* ---- Values ---------------------------------------------------------------------------------- */

static const enum json_type json_types[] = {
    [BODY_STRING] = JSON_STRING,
    [BODY_NUMBER] = JSON_NUMBER,
    [BODY_BOOL] = JSON_BOOL,
    [BODY_CHOICE] = JSON_STRING,
    [BODY_CHOICES] = JSON_ARRAY,
    [BODY_OBJECT] = JSON_OBJECT,
    [BODY_LIST] = JSON_ARRAY,
    [BODY_STRINGS] = JSON_ARRAY,
};

static bool refuse_type(const struct json *value, enum json_type expected, const char *path,
    const char *name, struct azb_error *err)
{
    char problem[120];
    snprintf(problem, sizeof problem, "it is %s; %s is expected", json_type_text(value->type),
        json_type_text(expected));
    return body_refuse(err, path, name, problem);
}

static bool check_number(const struct json *value, const struct body_field *field, const char *path,
    struct azb_error *err)
{
    int64_t number;
    char problem[120];
    if (json_number_to_i64(value->text, &number) && number >= field->least && number <= field->most)
        return true;
    snprintf(problem, sizeof problem, "a whole number from %" PRId64 " to %" PRId64 " is expected",
        field->least, field->most);
    return body_refuse(err, path, field->name, problem);
}

static bool check_string(const struct json *value, const struct body_field *field, const char *path,
    struct azb_error *err)
{
    char problem[120];
    int64_t length = (int64_t)value->text.length;
    if (length >= field->least && (field->most == 0 || length <= field->most))
        return true;
    snprintf(problem, sizeof problem, "%" PRId64 " to %" PRId64 " characters are expected",
        field->least, field->most);
    return body_refuse(err, path, field->name, problem);
}

static bool check_choice(const struct json *value, const struct body_field *field, const char *path,
    struct azb_error *err)
{
    scoped_buffer struct buffer problem = {0};
    if (body_choice(value, field->choices) >= 0)
        return true;
    buffer_init(&problem, 1024);
    buffer_format(&problem, "'%.*s' is not allowed; allowed are ",
        TEXT_ARGS(text_slice(json_text(value), 0, 80)));
    for (size_t i = 0; field->choices[i]; i++)
        buffer_format(&problem, "%s%s", i ? ", " : "", field->choices[i]);
    return body_refuse(err, path, field->name, problem.at ? problem.at : "not allowed");
}

/* ---- Lists ----------------------------------------------------------------------------------- */

static bool check_item(const struct json *item, const struct body_field *field, const char *path,
    struct azb_error *err)
{
    bool strings = field->kind != BODY_LIST;
    if (item->type != (strings ? JSON_STRING : JSON_OBJECT))
        return refuse_type(item, strings ? JSON_STRING : JSON_OBJECT, path, "", err);
    if (field->kind == BODY_LIST)
        return body_check(item, field->fields, path, err);
    const struct body_field of_list = {.name = "", .choices = field->choices};
    return field->kind == BODY_STRINGS || check_choice(item, &of_list, path, err);
}

static bool check_list(const struct json *value, const struct body_field *field, const char *path,
    struct azb_error *err)
{
    size_t at = 0;
    char problem[80];
    if (field->most && value->count > (size_t)field->most) {
        snprintf(problem, sizeof problem, "%zu items; at most %" PRId64 " are allowed",
            value->count, field->most);
        return body_refuse(err, path, field->name, problem);
    }
    for (const struct json *item = value->first; item; item = item->next, at++) {
        char below[PATH_MAX_SHOWN];
        const char *end = field->kind == BODY_LIST ? "." : "";
        snprintf(below, sizeof below, "%s%s[%zu]%s", path, field->name, at, end);
        if (!check_item(item, field, below, err))
            return false;
    }
    return true;
}

/* ---- Objects --------------------------------------------------------------------------------- */

static bool check_object(const struct json *value, const struct body_field *field, const char *path,
    struct azb_error *err)
{
    char below[PATH_MAX_SHOWN];
    snprintf(below, sizeof below, "%s%s.", path, field->name);
    return body_check(value, field->fields, below, err);
}

static bool check_value(const struct json *value, const struct body_field *field, const char *path,
    struct azb_error *err)
{
    static bool (*const checks[])(const struct json *value, const struct body_field *field,
        const char *path, struct azb_error *err) = {
        [BODY_STRING] = check_string,
        [BODY_NUMBER] = check_number,
        [BODY_BOOL] = NULL,
        [BODY_CHOICE] = check_choice,
        [BODY_CHOICES] = check_list,
        [BODY_OBJECT] = check_object,
        [BODY_LIST] = check_list,
        [BODY_STRINGS] = check_list,
    };
    if (field->kind == BODY_ANY || field->kind == BODY_SHOWN)
        return true;
    if (value->type != json_types[field->kind])
        return refuse_type(value, json_types[field->kind], path, field->name, err);
    if (checks[field->kind] && !checks[field->kind](value, field, path, err))
        return false;
    const char *problem = field->problem ? field->problem(value) : NULL;
    return !problem || body_refuse(err, path, field->name, problem);
}

static const struct body_field *find_field(const struct body_field *fields, struct text name)
{
    for (; fields->name; fields++)
        if (text_equal_nocase(name, text_of(fields->name)))
            return fields;
    return NULL;
}

static bool refuse_unknown(struct text name, const char *path, struct azb_error *err)
{
    return fail_status(err, 400, "InvalidPropertyValue",
        "The request body has a property that is not known here: %s%.*s", path,
        TEXT_ARGS(text_slice(name, 0, 80)));
}

static bool check_required(const struct json *object, const struct body_field *fields,
    const char *path, struct azb_error *err)
{
    for (; fields->name; fields++)
        if (fields->required && !is_there(json_get_nocase(object, fields->name)))
            return fail_status(err, 400, "MissingRequiredProperty",
                "A required property was not specified in the request body: %s%s", path,
                fields->name);
    return true;
}

bool body_check(const struct json *object, const struct body_field *fields, const char *path,
    struct azb_error *err)
{
    for (const struct json *member = object->first; member; member = member->next) {
        const struct body_field *field = find_field(fields, member->name);
        if (!field)
            return refuse_unknown(member->name, path, err);
        if (is_there(member) && !check_value(member, field, path, err))
            return false;
    }
    return check_required(object, fields, path, err);
}

/* ---- Writing --------------------------------------------------------------------------------- */

static void write_value(
    struct json_writer *writer, const struct json *value, const struct body_field *field);

static void write_item(
    struct json_writer *writer, const struct json *item, const struct body_field *field)
{
    const struct body_field of_list = {.kind = field->kind == BODY_LIST ? BODY_OBJECT : BODY_CHOICE,
        .fields = field->fields,
        .choices = field->choices};
    write_value(writer, item, &of_list);
}

static void write_value(
    struct json_writer *writer, const struct json *value, const struct body_field *field)
{
    switch (field->kind) {
    case BODY_CHOICE:
        json_write_string(writer, field->choices[body_choice(value, field->choices)]);
        return;
    case BODY_OBJECT:
        json_begin_object(writer);
        body_write(writer, value, field->fields);
        json_end_object(writer);
        return;
    case BODY_LIST:
    case BODY_CHOICES:
        json_begin_array(writer);
        for (const struct json *item = value->first; item; item = item->next)
            write_item(writer, item, field);
        json_end_array(writer);
        return;
    default:
        json_write_tree(writer, value);
    }
}

void body_write(
    struct json_writer *writer, const struct json *object, const struct body_field *fields)
{
    for (; fields->name; fields++) {
        const struct json *value = json_get_nocase(object, fields->name);
        if (!is_there(value) || fields->kind == BODY_SHOWN)
            continue;
        json_name(writer, fields->name);
        write_value(writer, value, fields);
    }
}
