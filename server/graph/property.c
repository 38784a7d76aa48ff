/* Properties that are kept as they were written: one JSON object by paths in a column. */
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

#define STRING_MAX 4096
#define LIST_MAX 256

static bool check_string(const struct json *value, const char *path, struct azb_error *err)
{
    return (value->type == JSON_STRING && value->text.length <= STRING_MAX) ||
           graph_bad(err, "%s: a string of at most %d bytes is expected.", path, STRING_MAX);
}

static bool check_list(const struct json *value, const char *path, struct azb_error *err)
{
    return (value->type == JSON_ARRAY && value->count <= LIST_MAX) ||
           graph_bad(err, "%s: a list of at most %d is expected.", path, LIST_MAX);
}

static bool check_strings(const struct json *value, const char *path, struct azb_error *err)
{
    if (!check_list(value, path, err))
        return false;
    for (const struct json *item = value->first; item; item = item->next)
        if (!check_string(item, path, err))
            return false;
    return true;
}

static bool check_bool(const struct json *value, const char *path, struct azb_error *err)
{
    return value->type == JSON_BOOL || graph_bad(err, "%s: true or false is expected.", path);
}

static bool check_object(const struct json *value, const char *path, struct azb_error *err)
{
    return value->type == JSON_OBJECT || graph_bad(err, "%s: an object is expected.", path);
}

static bool (*const checks[])(const struct json *value, const char *path, struct azb_error *err) = {
    [PROPERTY_STRING] = check_string,
    [PROPERTY_STRINGS] = check_strings,
    [PROPERTY_BOOL] = check_bool,
    [PROPERTY_OBJECT] = check_object,
    [PROPERTY_LIST] = check_list,
};

/* A damaged column is as an empty one. */
static const struct json *parse(struct request *request, const char *properties)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct json *object =
        json_parse(text_of(properties ? properties : "{}"), &request->arena, &ignored);
    azb_error_free(&ignored);
    return object;
}

bool graph_merge_properties(struct request *request, const char *before,
    const struct graph_property *rows, size_t count, const char **after, struct azb_error *err)
{
    const struct json *old = parse(request, before), *body = graph_body(request);
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    for (size_t i = 0; i < count; i++) {
        const struct json *given = json_path(body, rows[i].path);
        const struct json *value = given ? given : json_get(old, rows[i].path);
        if (!value || value->type == JSON_NULL)
            continue;
        if (given && !checks[rows[i].type](given, rows[i].path, err))
            return false;
        json_name(&writer, rows[i].path);
        json_write_tree(&writer, value);
    }
    json_end_object(&writer);
    *after = text.failed ? NULL : text_string(&request->arena, buffer_text(&text));
    return *after ? true : fail_memory(err);
}

static void write_value(
    struct json_writer *writer, const struct graph_property *row, const struct json *value)
{
    bool is_list = row->type == PROPERTY_STRINGS || row->type == PROPERTY_LIST;
    if (value) {
        json_write_tree(writer, value);
    } else if (is_list) {
        json_begin_array(writer);
        json_end_array(writer);
    } else {
        json_write_null(writer);
    }
}

bool graph_write_properties(struct request *request, struct json_writer *writer,
    const char *properties, const struct graph_property *rows, size_t count, const char *object,
    struct azb_error *err)
{
    const struct json *kept = parse(request, properties);
    if (!kept)
        return fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        struct text name = text_of(rows[i].path), front = TEXT_NONE;
        if (strchr(rows[i].path, '.'))
            text_cut(&name, '.', &front);
        if (object ? !text_is(front, object) : front.at != NULL)
            continue;
        json_name_text(writer, name);
        write_value(writer, &rows[i], json_get(kept, rows[i].path));
    }
    return true;
}
