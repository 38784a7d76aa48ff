#include "arm/tags.h"

#include "base/error.h"

static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.length; i++)
        if ((unsigned char)name.at[i] < ' ' || strchr("<>%&\\?/", name.at[i]))
            return false;
    return name.length > 0 && name.length <= TAG_NAME_MAX;
}

static bool check_tag(const struct json *tag, struct azb_error *err)
{
    struct text name = text_slice(tag->name, 0, 100);
    if (tag->type != JSON_STRING)
        return fail_status(err, 400, "InvalidTag", "tags.%.*s: a string is expected, not %s.",
            TEXT_ARGS(name), json_type_text(tag->type));
    if (!is_name(tag->name))
        return fail_status(err, 400, "InvalidTag",
            "tags: '%.*s' is not the name of a tag: 1 to %d bytes without < > %% & \\ ? /.",
            TEXT_ARGS(name), TAG_NAME_MAX);
    return tag->text.length <= TAG_VALUE_MAX ||
           fail_status(err, 400, "InvalidTag", "tags.%.*s: the value is longer than %d bytes.",
               TEXT_ARGS(name), TAG_VALUE_MAX);
}

static bool check_tags(const struct json *tags, struct azb_error *err)
{
    if (tags->type != JSON_OBJECT)
        return fail_status(err, 400, "InvalidTag", "tags: an object of strings is expected.");
    if (tags->count > TAGS_MAX)
        return fail_status(err, 400, "InvalidTag", "tags: there are %zu; at most %d are allowed.",
            tags->count, TAGS_MAX);
    for (const struct json *tag = tags->first; tag; tag = tag->next)
        if (!check_tag(tag, err))
            return false;
    return true;
}

bool tags_read(
    const struct json *tags, struct arena *arena, const char **out, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    *out = NULL;
    if (!tags || tags->type == JSON_NULL)
        return true;
    if (!check_tags(tags, err))
        return false;
    buffer_init(&text, 256 * 1024);
    json_writer_init(&writer, &text, 0);
    json_write_tree(&writer, tags);
    *out = text.failed ? NULL : arena_string(arena, text.at);
    return *out ? true : fail_memory(err);
}

void tags_write(struct json_writer *writer, struct text tags)
{
    if (!tags.at)
        return;
    json_name(writer, "tags");
    json_write_raw(writer, tags);
}

bool tags_have(struct text tags, struct text name, struct text value, struct arena *arena)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct json *all = tags.at ? json_parse(tags, arena, &ignored) : NULL;
    azb_error_free(&ignored);
    for (const struct json *tag = all ? all->first : NULL; tag; tag = tag->next)
        if (text_equal_nocase(tag->name, name))
            return !value.at || text_equal_nocase(tag->text, value);
    return false;
}
