/* Replies: one object or a page of them, as the query options say. */
#include <stdlib.h>
#include <strings.h>

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
    static const char *const unsupported[] = {"$expand", "$skip", "$apply", "$format"};
    for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++)
        if (request_query(request, unsupported[i]).at)
            return fail_status(err, 400, "Request_UnsupportedQuery",
                "The query option %s is not supported here.", unsupported[i]);
    return true;
}

/* https://learn.microsoft.com/graph/aad-advanced-queries */
static bool is_eventual(const struct request *request)
{
    return text_equal_nocase(
        text_of(request_header(request, "ConsistencyLevel")), TEXT("eventual"));
}

static bool check_advanced(const struct graph_list *list, struct azb_error *err)
{
    if (is_eventual(list->request))
        return true;
    if (list->search.count > 0)
        return fail_status(err, 400, "Request_UnsupportedQuery",
            "Requests with the query option $search need the header 'ConsistencyLevel: eventual'.");
    return !list->filter.advanced ||
           fail_status(err, 400, "Request_UnsupportedQuery",
               "The operator '%s' needs the header 'ConsistencyLevel: eventual' and $count=true.",
               list->filter.advanced);
}

/* As Graph does it: without the header nothing is counted. */
static bool read_count(struct graph_list *list, struct azb_error *err)
{
    struct text text = request_query(list->request, "$count");
    bool is_true = text_equal_nocase(text, TEXT("true"));
    list->counts = is_true && is_eventual(list->request);
    return !text.at || is_true || text_equal_nocase(text, TEXT("false")) ||
           fail_status(err, 400, "Request_UnsupportedQuery",
               "Invalid value '%.*s' for the query option $count: true or false is expected.",
               TEXT_ARGS(text_slice(text, 0, 40)));
}

static bool read_query(struct graph_list *list, struct azb_error *err)
{
    struct request *request = list->request;
    list->select = request_query(request, "$select");
    if (!check_options(request, err) ||
        !read_number(request, "$top", 1, GRAPH_LIST_MAX, &list->top, err) ||
        !read_number(request, "$skiptoken", 1, 1 << 30, &list->skip, err) || !read_count(list, err))
        return false;
    if (!query_filter_parse(request_query(request, "$filter"), list->properties,
            list->property_count, &request->arena, &list->filter, err))
        return refuse_as(err, "Request_UnsupportedQuery");
    return graph_search_parse(request_query(request, "$search"), list->properties,
               list->property_count, &list->search, err) &&
           check_advanced(list, err);
}

bool graph_list_begin(struct graph_list *list, struct request *request, const char *kind,
    const struct query_property *properties, size_t count, struct azb_error *err)
{
    *list = (struct graph_list){
        .request = request,
        .properties = properties,
        .property_count = count,
        .top = GRAPH_LIST_MAX,
    };
    if (!read_query(list, err))
        return false;
    buffer_init(&list->text, DOCUMENT_MAX);
    json_writer_init(&list->writer, &list->text, 0);
    json_begin_object(&list->writer);
    json_member(
        &list->writer, "@odata.context", arena_format(&request->arena, METADATA "%s", kind));
    json_name(&list->writer, "value");
    json_begin_array(&list->writer);
    return true;
}

/* ---- $orderby -------------------------------------------------------------------------------- */

struct order {
    const struct query_property *property;
    int sign; /* -1: desc */
};

static int compare_items(const void *a, const void *b, void *context)
{
    const struct order *order = context;
    const char *x = order->property->value(a), *y = order->property->value(b);
    int compared = strcasecmp(x ? x : "", y ? y : "");
    return order->sign * compared;
}

static bool read_order(struct graph_list *list, struct order *out, struct azb_error *err)
{
    struct text rest = text_trim(request_query(list->request, "$orderby")), name;
    text_cut(&rest, ' ', &name);
    rest = text_trim(rest);
    bool descends = text_equal_nocase(rest, TEXT("desc"));
    for (size_t i = 0; i < list->property_count; i++)
        if (list->properties[i].operators & QUERY_ORDER &&
            text_equal_nocase(name, text_of(list->properties[i].name)) &&
            (descends || rest.length == 0 || text_equal_nocase(rest, TEXT("asc")))) {
            *out = (struct order){&list->properties[i], descends ? -1 : 1};
            return true;
        }
    return fail_status(err, 400, "Request_UnsupportedQuery",
        "Unsupported sort property '%.*s' for this resource: one of its strings, with or without "
        "'asc' or 'desc', is expected in $orderby.",
        TEXT_ARGS(text_slice(request_query(list->request, "$orderby"), 0, 80)));
}

bool graph_list_order(
    struct graph_list *list, void *items, size_t count, size_t item_size, struct azb_error *err)
{
    struct order order;
    if (!request_query(list->request, "$orderby").at)
        return true;
    if (!read_order(list, &order, err))
        return false;
    qsort_r(items, count, item_size, compare_items, &order);
    return true;
}

/* ---- The page -------------------------------------------------------------------------------- */

bool graph_list_wants(struct graph_list *list, const void *item)
{
    if (!query_filter_passes(&list->filter, item) || !graph_search_passes(&list->search, item))
        return false;
    size_t at = list->passed++;
    if (at >= list->skip + list->top)
        list->more = true;
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
    if (list->counts)
        json_member_i64(&list->writer, "@odata.count", (int64_t)list->passed);
    if (list->more)
        json_member(&list->writer, "@odata.nextLink", next_link(list));
    json_end_object(&list->writer);
    return reply_document(list->request, reply, 200, &list->text, err);
}

bool graph_reply_strings(struct request *request, struct reply *reply, const char *const *strings,
    size_t count, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "@odata.context", METADATA "Collection(Edm.String)");
    json_name(&writer, "value");
    json_begin_array(&writer);
    for (size_t i = 0; i < count; i++)
        json_write_string(&writer, strings[i]);
    json_end_array(&writer);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}

void graph_list_free(struct graph_list *list)
{
    if (list->text.maximum)
        buffer_free(&list->text);
}
