/* The bodies of the test controls: read by the rows that say what one may have, and lists. */
#include "control.h"

#include <stdarg.h>

#include "base/error.h"
#include "base/time.h"
#include "document.h"

#define BAD "InvalidControl"
#define LIST_MAX (64 * 1024)

bool control_bad(struct azb_error *err, const char *format, ...)
{
    char message[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return fail_status(err, 400, BAD, "%s", message);
}

/* ---- One value ---------------------------------------------------------------------------- */

static bool read_text(
    const struct control_field *field, const struct json *value, void *to, struct azb_error *err)
{
    struct text text = json_text(value);
    if (!text.at || (int64_t)text.length < field->least || (int64_t)text.length > field->most)
        return control_bad(err, "'%s' must be a string of %lld to %lld characters", field->name,
            (long long)field->least, (long long)field->most);
    *(struct text *)to = text;
    return true;
}

static bool in_range(const struct control_field *field, int64_t number)
{
    return number >= field->least && number <= field->most;
}

static bool read_number(
    const struct control_field *field, const struct json *value, void *to, struct azb_error *err)
{
    int64_t number;
    if (value->type != JSON_NUMBER || !json_number_to_i64(value->text, &number) ||
        !in_range(field, number))
        return control_bad(err, "'%s' must be a whole number from %lld to %lld", field->name,
            (long long)field->least, (long long)field->most);
    *(int64_t *)to = number;
    return true;
}

static bool read_span(
    const struct control_field *field, const struct json *value, void *to, struct azb_error *err)
{
    int64_t ticks = 0, seconds = 0;
    bool read = value->type == JSON_STRING && duration_parse(value->text, &ticks);
    if (read)
        seconds = ticks / TICKS_PER_SECOND;
    else
        read = value->type == JSON_NUMBER && json_number_to_i64(value->text, &seconds);
    if (!read || !in_range(field, seconds))
        return control_bad(err,
            "'%s' must be a duration of ISO 8601 (\"P30D\", \"PT10M\") or a number of seconds, "
            "from %lld to %lld seconds",
            field->name, (long long)field->least, (long long)field->most);
    *(int64_t *)to = seconds;
    return true;
}

static bool read_share(
    const struct control_field *field, const struct json *value, void *to, struct azb_error *err)
{
    double share;
    if (value->type != JSON_NUMBER || !json_number_to_double(value->text, &share) ||
        !(share > 0 && share <= 1))
        return control_bad(err, "'%s' must be a number above 0 and at most 1", field->name);
    *(double *)to = share;
    return true;
}

static bool read_choice(
    const struct control_field *field, const struct json *value, void *to, struct azb_error *err)
{
    scoped_buffer struct buffer all = {0};
    buffer_init(&all, 500);
    for (size_t i = 0; field->choices[i]; i++) {
        if (text_is(json_text(value), field->choices[i])) {
            *(size_t *)to = i;
            return true;
        }
        buffer_format(&all, "%s\"%s\"", i ? ", " : "", field->choices[i]);
    }
    return control_bad(err, "'%s' must be one of %s", field->name, all.at ? all.at : "");
}

static bool read_object(
    const struct control_field *field, const struct json *value, void *to, struct azb_error *err)
{
    if (value->type != JSON_OBJECT)
        return control_bad(err, "'%s' must be an object", field->name);
    *(const struct json **)to = value;
    return true;
}

static bool (*const readers[])(const struct control_field *field, const struct json *value,
    void *to, struct azb_error *err) = {
    [CONTROL_TEXT] = read_text,
    [CONTROL_NUMBER] = read_number,
    [CONTROL_SPAN] = read_span,
    [CONTROL_SHARE] = read_share,
    [CONTROL_CHOICE] = read_choice,
    [CONTROL_OBJECT] = read_object,
};

/* ---- The object --------------------------------------------------------------------------- */

static const struct control_field *find_field(
    const struct control_field *fields, size_t count, struct text name)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(name, fields[i].name))
            return &fields[i];
    return NULL;
}

static bool unknown_member(
    const struct control_field *fields, size_t count, struct text name, struct azb_error *err)
{
    scoped_buffer struct buffer all = {0};
    buffer_init(&all, 500);
    for (size_t i = 0; i < count; i++)
        buffer_format(&all, "%s'%s'", i ? ", " : "", fields[i].name);
    return control_bad(err, "'%.*s' is not a member of this control; it has %s",
        TEXT_ARGS(text_slice(name, 0, 80)), all.at ? all.at : "none");
}

bool control_read(struct request *request, const struct control_field *fields, size_t count,
    void *target, struct azb_error *err)
{
    const struct json *body = request_document(request, BAD, err);
    if (!body)
        return false;
    for (const struct json *member = body->first; member; member = member->next) {
        const struct control_field *field = find_field(fields, count, member->name);
        if (!field)
            return unknown_member(fields, count, member->name, err);
        if (!readers[field->type](field, member, (char *)target + field->at, err))
            return false;
    }
    return true;
}

bool control_reply_list(struct request *request, struct reply *reply, control_item_fn *write,
    const void *items, size_t count, struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    buffer_init(&out, LIST_MAX);
    json_writer_init(&writer, &out, 0);
    json_begin_object(&writer);
    json_name(&writer, "value");
    json_begin_array(&writer);
    for (size_t i = 0; i < count; i++)
        write(&writer, items, i);
    json_end_array(&writer);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &out, err);
}
