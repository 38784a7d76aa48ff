/* The configuration file into structs, row by row; every refusal begins with the member's path. */
#include <assert.h>
#include <ctype.h>

#include "base/error.h"
#include "config_schema.h"
#include "state.h"

#define PATH_TEXT_MAX 200

struct reading {
    struct arena *arena;
    struct azb_error *err;
};

static bool read_object(struct reading *reading, const struct config_object *object,
    const struct json *value, const char *path, char *out);

static bool bad(
    struct reading *reading, const char *path, const char *wanted, const struct json *value)
{
    return fail(reading->err, AZB_ERROR_CONFIGURATION, "%s: %s is expected, not %s", path, wanted,
        json_type_text(value->type));
}

/* ---- Values ---------------------------------------------------------------------------------- */

static bool read_string(
    struct reading *reading, const struct json *value, const char *path, const char **out)
{
    if (value->type != JSON_STRING)
        return bad(reading, path, "a string", value);
    if (value->text.length == 0)
        return fail(reading->err, AZB_ERROR_CONFIGURATION, "%s: it is empty", path);
    if (memchr(value->text.at, '\0', value->text.length))
        return fail(reading->err, AZB_ERROR_CONFIGURATION, "%s: it holds a NUL character", path);
    *out = text_string(reading->arena, value->text);
    return *out ? true : fail_memory(reading->err);
}

static bool read_guid(
    struct reading *reading, const struct json *value, const char *path, const char **out)
{
    if (value->type != JSON_STRING || !text_is_guid(value->text))
        return fail(reading->err, AZB_ERROR_CONFIGURATION,
            "%s: a GUID is expected, such as " SEED_SUBSCRIPTION, path);
    char *guid = text_string(reading->arena, value->text);
    for (char *c = guid; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    *out = guid;
    return guid ? true : fail_memory(reading->err);
}

/* "2027-01-31T12:00:00Z", or a date: its first instant. */
static bool read_time(
    struct reading *reading, const struct json *value, const char *path, int64_t *out)
{
    char instant[48];
    struct text text = json_text(value);
    snprintf(instant, sizeof instant, "%.*sT00:00:00Z", TEXT_ARGS(text_slice(text, 0, 12)));
    if (time_parse_iso8601(text, out) ||
        (text.length == strlen("2027-01-31") && time_parse_iso8601(text_of(instant), out)))
        return true;
    return fail(reading->err, AZB_ERROR_CONFIGURATION,
        "%s: a time is expected, such as 2027-01-31 or 2027-01-31T12:00:00Z", path);
}

static bool read_strings(
    struct reading *reading, const struct json *value, const char *path, struct config_strings *out)
{
    char inner[PATH_TEXT_MAX];
    size_t count = 0;
    if (value->type != JSON_ARRAY)
        return bad(reading, path, "a list of strings", value);
    const char **all = arena_array(reading->arena, value->count + 1, sizeof *all);
    if (!all)
        return fail_memory(reading->err);
    for (const struct json *entry = value->first; entry; entry = entry->next) {
        snprintf(inner, sizeof inner, "%.*s[%zu]", PATH_TEXT_MAX - 24, path, count);
        if (!read_string(reading, entry, inner, &all[count++]))
            return false;
    }
    *out = (struct config_strings){all, count};
    return true;
}

static bool read_list(struct reading *reading, const struct config_object *object,
    const struct json *value, const char *path, struct config_list *out)
{
    char inner[PATH_TEXT_MAX];
    size_t count = 0;
    if (value->type != JSON_ARRAY)
        return bad(reading, path, "a list of objects", value);
    char *items = arena_array(reading->arena, value->count + 1, object->size);
    if (!items)
        return fail_memory(reading->err);
    for (const struct json *entry = value->first; entry; entry = entry->next) {
        snprintf(inner, sizeof inner, "%.*s[%zu]", PATH_TEXT_MAX - 24, path, count);
        if (!read_object(reading, object, entry, inner, items + count++ * object->size))
            return false;
    }
    *out = (struct config_list){items, count};
    return true;
}

static bool read_roles(
    struct reading *reading, const struct json *value, const char *path, struct config_list *out)
{
    size_t count = 0;
    if (value->type != JSON_ARRAY)
        return bad(reading, path, "a list of role definitions or of paths", value);
    struct config_role_entry *items = arena_array(reading->arena, value->count + 1, sizeof *items);
    if (!items)
        return fail_memory(reading->err);
    for (const struct json *entry = value->first; entry; entry = entry->next) {
        if (entry->type != JSON_OBJECT && entry->type != JSON_STRING)
            return fail(reading->err, AZB_ERROR_CONFIGURATION,
                "%s[%zu]: a role definition or the path of one is expected, not %s", path, count,
                json_type_text(entry->type));
        items[count++].document = entry;
    }
    *out = (struct config_list){items, count};
    return true;
}

static bool read_document(
    struct reading *reading, const struct json *value, const char *path, const struct json **out)
{
    if (value->type != JSON_OBJECT)
        return bad(reading, path, "an object", value);
    *out = value;
    return true;
}

/* `out` is where the member lies in its struct. */
static bool read_value(struct reading *reading, const struct config_member *member,
    const struct json *value, const char *path, void *out)
{
    switch (member->type) {
    case CONFIG_STRING:
        return read_string(reading, value, path, out);
    case CONFIG_GUID:
        return read_guid(reading, value, path, out);
    case CONFIG_TIME:
        return read_time(reading, value, path, out);
    case CONFIG_STRINGS:
        return read_strings(reading, value, path, out);
    case CONFIG_OBJECT:
        return read_object(reading, member->object, value, path, out);
    case CONFIG_LIST:
        return read_list(reading, member->object, value, path, out);
    case CONFIG_ROLES:
        return read_roles(reading, value, path, out);
    case CONFIG_JSON:
        return read_document(reading, value, path, out);
    case CONFIG_BOOL:
        break;
    }
    if (value->type != JSON_BOOL)
        return bad(reading, path, "true or false", value);
    *(bool *)out = value->boolean;
    return true;
}

/* ---- Objects --------------------------------------------------------------------------------- */

static const struct config_member *find_member(const struct config_object *object, struct text name)
{
    for (size_t i = 0; i < object->count; i++)
        if (text_is(name, object->members[i].name))
            return &object->members[i];
    return NULL;
}

static bool unknown_member(
    struct reading *reading, const struct config_object *object, const char *path, struct text name)
{
    char allowed[400] = "";
    size_t length = 0;
    assert(object->members);
    for (size_t i = 0; i < object->count && length < sizeof allowed; i++)
        length += (size_t)snprintf(allowed + length, sizeof allowed - length, "%s%s", i ? ", " : "",
            object->members[i].name);
    return fail(reading->err, AZB_ERROR_CONFIGURATION,
        "%s%s%.*s: there is no such member; allowed here: %s", path, *path ? "." : "",
        TEXT_ARGS(text_slice(name, 0, 100)), allowed);
}

static bool check_required(struct reading *reading, const struct config_object *object,
    const struct json *value, const char *path)
{
    for (size_t i = 0; i < object->count; i++)
        if (object->members[i].is_required && !json_get(value, object->members[i].name))
            return fail(reading->err, AZB_ERROR_CONFIGURATION, "%s%s%s: it is missing", path,
                *path ? "." : "", object->members[i].name);
    return true;
}

static bool read_object(struct reading *reading, const struct config_object *object,
    const struct json *value, const char *path, char *out)
{
    char inner[PATH_TEXT_MAX];
    assert(object && object->members && "a row of objects names no object");
    if (value->type != JSON_OBJECT)
        return bad(reading, *path ? path : "the file", "an object", value);
    for (const struct json *entry = value->first; entry; entry = entry->next) {
        const struct config_member *member = find_member(object, entry->name);
        if (!member)
            return unknown_member(reading, object, path, entry->name);
        snprintf(inner, sizeof inner, "%s%s%s", path, *path ? "." : "", member->name);
        if (!read_value(reading, member, entry, inner, out + member->offset))
            return false;
    }
    return check_required(reading, object, value, path);
}

/* ---- The file -------------------------------------------------------------------------------- */

static const char *folder_of(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_copy(arena, path, (size_t)(slash - path) + 1) : arena_string(arena, "");
}

bool config_parse(struct text json, const char *path, struct arena *arena, struct config *out,
    struct azb_error *err)
{
    struct reading reading = {arena, err};
    struct config config = {.path = path, .folder = folder_of(path, arena)};
    const struct json *document = config.folder ? json_parse(json, arena, err) : NULL;
    if (!config.folder)
        return fail_memory(err);
    if (!document) {
        err->kind = AZB_ERROR_CONFIGURATION;
        return false;
    }
    if (!read_object(&reading, &config_root, document, "", (char *)&config))
        return false;
    *out = config;
    return true;
}

bool config_load(const char *path, struct arena *arena, struct config *out, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    bool found;
    buffer_init(&text, CONFIG_FILE_MAX);
    if (!file_read(path, &text, &found, err))
        return false;
    if (!found)
        return fail(err, AZB_ERROR_CONFIGURATION, "--config %s: there is no such file", path);
    struct text copy = {arena_copy(arena, text.at ? text.at : "", text.length), text.length};
    const char *kept = arena_string(arena, path);
    if (!copy.at || !kept)
        return fail_memory(err);
    return config_parse(copy, kept, arena, out, err) || fail_while(err, "--config %s", path);
}
