/* Replies: one object or a page of them, with $filter, $select, $top and $skiptoken. */
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

#define METADATA "https://graph.microsoft.com/v1.0/$metadata#"

struct text graph_keep(struct request *request, const struct buffer *text, struct azb_error *err)
{
    char *copy = text->failed ? NULL : arena_copy(&request->arena, text->at, text->length);
    if (!copy)
        fail_memory(err);
    return copy ? (struct text){copy, text->length} : TEXT_NONE;
}

void graph_write_time(struct json_writer *writer, const char *name, int64_t ticks)
{
    char time[TIME_TEXT_MAX];
    time_iso8601(ticks - ticks % TICKS_PER_SECOND, time);
    json_member(writer, name, time);
}

/* ---- $select --------------------------------------------------------------------------------- */

static bool is_selected(struct text select, struct text name)
{
    struct text piece;
    while (text_cut(&select, ',', &piece))
        if (text_equal_nocase(text_trim(piece), name) || text_is(text_trim(piece), "*"))
            return true;
    return text_starts(name, "@");
}

/* The members of an object that were asked for. */
static void write_members(
    struct request *request, struct json_writer *writer, struct text item, struct text select)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct json *object = json_parse(item, &request->arena, &ignored);
    for (const struct json *member = object ? object->first : NULL; member; member = member->next) {
        if (select.length && !is_selected(select, member->name))
            continue;
        json_name_text(writer, member->name);
        json_write_tree(writer, member);
    }
}

bool graph_reply(struct request *request, struct reply *reply, int status, const char *kind,
    struct text item, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    if (!item.at)
        return false;
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(
        &writer, "@odata.context", arena_format(&request->arena, METADATA "%s/$entity", kind));
    write_members(request, &writer, item, request_query(request, "$select"));
    json_end_object(&writer);
    return reply_document(request, reply, status, &text, err);
}

/* ---- Pages ----------------------------------------------------------------------------------- */

static bool read_number(struct request *request, const char *name, size_t smallest, size_t largest,
    size_t *out, struct azb_error *err)
{
    struct text text = request_query(request, name);
    uint64_t number;
    if (!text.at)
        return true;
    if (!text_to_u64(text, largest, &number) || number < smallest)
        return fail_status(err, 400, "Request_UnsupportedQuery",
            "Invalid value '%.*s' for the query option %s: %zu to %zu is expected.",
            TEXT_ARGS(text_slice(text, 0, 40)), name, smallest, largest);
    *out = (size_t)number;
    return true;
}

/* Options that would change the answer must not be passed over. */
static bool check_options(struct request *request, struct azb_error *err)
{
    static const char *const unsupported[] = {"$search", "$expand", "$skip", "$apply"};
    for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++)
        if (request_query(request, unsupported[i]).at)
            return fail_status(err, 400, "Request_UnsupportedQuery",
                "The query option %s is not supported here.", unsupported[i]);
    return true;
}

bool graph_list_begin(struct graph_list *list, struct request *request, const char *kind,
    const struct query_property *properties, size_t count, struct azb_error *err)
{
    *list = (struct graph_list){.request = request, .top = GRAPH_LIST_MAX};
    list->select = request_query(request, "$select");
    if (!check_options(request, err) ||
        !read_number(request, "$top", 1, GRAPH_LIST_MAX, &list->top, err) ||
        !read_number(request, "$skiptoken", 1, 1 << 30, &list->skip, err))
        return false;
    if (!query_filter_parse(request_query(request, "$filter"), properties, count, &request->arena,
            &list->filter, err))
        return refuse_as(err, "Request_UnsupportedQuery");
    buffer_init(&list->text, DOCUMENT_MAX);
    json_writer_init(&list->writer, &list->text, 0);
    json_begin_object(&list->writer);
    json_member(
        &list->writer, "@odata.context", arena_format(&request->arena, METADATA "%s", kind));
    json_name(&list->writer, "value");
    json_begin_array(&list->writer);
    return true;
}

bool graph_list_wants(struct graph_list *list, const void *item)
{
    if (list->more || !query_filter_passes(&list->filter, item))
        return false;
    size_t at = list->passed++;
    list->more = at >= list->skip + list->top;
    return at >= list->skip && !list->more;
}

void graph_list_add(struct graph_list *list, struct text item)
{
    json_begin_object(&list->writer);
    write_members(list->request, &list->writer, item, list->select);
    json_end_object(&list->writer);
}

/* The same query, with another place to begin at. */
static char *next_link(const struct graph_list *list)
{
    struct request *request = list->request;
    struct text rest = request->query, pair;
    scoped_buffer struct buffer url = {0};
    buffer_init(&url, 64 * 1024);
    buffer_format(&url, "https://%.*s%.*s?", TEXT_ARGS(request->host), TEXT_ARGS(request->path));
    while (text_cut(&rest, '&', &pair)) {
        struct text name = TEXT_NONE, value = pair;
        text_cut(&value, '=', &name);
        if (pair.length && !text_ends(name, "skiptoken"))
            buffer_format(&url, "%.*s&", TEXT_ARGS(pair));
    }
    buffer_format(&url, "$skiptoken=%zu", list->skip + list->top);
    return url.failed ? NULL : arena_string(&request->arena, url.at);
}

bool graph_list_end(struct graph_list *list, struct reply *reply, struct azb_error *err)
{
    json_end_array(&list->writer);
    if (list->more)
        json_member(&list->writer, "@odata.nextLink", next_link(list));
    json_end_object(&list->writer);
    return reply_document(list->request, reply, 200, &list->text, err);
}

void graph_list_free(struct graph_list *list)
{
    if (list->text.maximum)
        buffer_free(&list->text);
}
