/* Resources as they are kept and as they are shown. */
#include "api/decode.h"
#include "base/error.h"
#include "base/crypto.h"
#include "batch/batch.h"

bool document_write(struct request *request, const struct model *model, const void *value,
    struct text *out, struct azb_error *err)
{
    scoped_buffer struct buffer buffer = {0};
    struct json_writer writer;

    buffer_init(&buffer, 16 * BATCH_BODY_MAX);
    json_writer_init(&writer, &buffer, 0);
    api_encode(model, SHAPE_ANY, value, NULL, &writer);
    out->at = buffer.failed ? NULL : arena_copy(&request->arena, buffer.at, buffer.length);
    out->length = buffer.length;
    return out->at || fail_memory(err);
}

void *document_read(
    struct request *request, const struct model *model, struct text document, struct azb_error *err)
{
    void *value = arena_alloc(&request->arena, model->size);

    if (!value) {
        fail_memory(err);
        return NULL;
    }
    if (document.at &&
        !api_decode(model, SHAPE_ANY, API_LENIENT, document, NULL, &request->arena, value, err))
        return NULL;
    return value;
}

bool view_init(struct view *view, struct request *request, const struct model *model,
    const char *filter_table, struct azb_error *err)
{
    struct text select = request_query(request, "$select");
    struct text expand = request_query(request, "$expand");
    struct text filter = filter_table ? request_query(request, "$filter") : TEXT_NONE;

    *view = (struct view){.request = request, .model = model};
    view->selects = select.at != NULL;
    if (!api_select_parse(model, select, expand, &view->select, err))
        return false;
    if (!filter.at)
        return true;
    view->filter = api_filter_parse(api_filter_table(filter_table), filter, &request->arena, err);
    return view->filter != NULL;
}

static void lay_over(const struct model *model, const void *from, void *to)
{
    for (size_t i = 0; i < model->field_count; i++) {
        const struct field *field = &model->fields[i];

        if (field_present(field, from))
            memcpy(field_at(field, to), field_in(field, from), field_size(field->kind));
    }
}

static void write_metadata(
    struct request *request, const char *metadata, struct json_writer *writer)
{
    json_member(writer, "odata.metadata",
        arena_format(&request->arena, "%s/$metadata#%s", account_url(request), metadata));
}

/* The members of a kept document, without its braces, behind what was already written. */
static void splice(struct json_writer *writer, struct text document)
{
    struct text inside = text_trim(text_slice(document, 1, document.length - 1));

    if (inside.length == 0)
        return;
    buffer_add_char(writer->out, ',');
    buffer_add_text(writer->out, inside);
}

static bool write_whole(const struct view *view, const char *metadata, const void *moving,
    struct text document, struct json_writer *writer, bool *shown, struct azb_error *err)
{
    void *value = document_read(view->request, view->model, document, err);

    if (!value)
        return false;
    lay_over(view->model, moving, value);
    *shown = !view->filter || api_filter_matches(view->filter, value);
    if (!*shown)
        return true;
    json_begin_object(writer);
    if (metadata)
        write_metadata(view->request, metadata, writer);
    api_encode_members(view->model, SHAPE_READ, value, &view->select, writer);
    json_end_object(writer);
    return true;
}

bool view_write(const struct view *view, const char *metadata, const void *moving,
    struct text document, struct json_writer *writer, bool *shown, struct azb_error *err)
{
    if (view->filter || view->selects)
        return write_whole(view, metadata, moving, document, writer, shown, err);
    *shown = true;
    json_begin_object(writer);
    if (metadata)
        write_metadata(view->request, metadata, writer);
    api_encode_members(view->model, SHAPE_READ, moving, NULL, writer);
    if (document.at)
        splice(writer, document);
    json_end_object(writer);
    return true;
}

static bool reply_buffer(
    struct request *request, struct buffer *out, struct reply *reply, struct azb_error *err)
{
    struct text body = {NULL, out->length};

    body.at = out->failed ? NULL : arena_copy(&request->arena, out->at, out->length);
    if (!body.at)
        return fail_memory(err);
    reply->status = 200;
    reply->body = body;
    reply_header(reply, "Content-Type", "application/json; odata=minimalmetadata");
    return true;
}

bool reply_resource(const struct view *view, const void *moving, struct text document,
    struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    struct json_writer writer;
    bool shown = false;

    buffer_init(&out, 16 * BATCH_BODY_MAX);
    json_writer_init(&writer, &out, 0);
    return view_write(view, batch_call(view->request)->operation->metadata, moving, document,
               &writer, &shown, err) &&
           reply_buffer(view->request, &out, reply, err);
}

bool reply_model(struct request *request, const struct model *model, const void *value,
    struct reply *reply, struct azb_error *err)
{
    struct view view = {.request = request, .model = model};

    return reply_resource(&view, value, TEXT_NONE, reply, err);
}

/* ---- Lists ---- */

#define TOKEN_BEFORE "WATV2:"
#define TOKEN_BEHIND ":1$1"

/* The key that a $skiptoken carries. */
static bool read_token(struct page *page, struct request *request, struct azb_error *err)
{
    struct text token = request_query(request, "$skiptoken"), inside;

    page->after = TEXT("");
    if (!token.at)
        return true;
    if (text_starts(token, TOKEN_BEFORE) && text_ends(token, TOKEN_BEHIND)) {
        inside =
            text_slice(token, sizeof(TOKEN_BEFORE) - 1, token.length - (sizeof(TOKEN_BEHIND) - 1));
        if (base64_decode(&request->arena, inside, &page->after))
            return true;
    }
    return refuse_query(err, "$skiptoken", token, "It is not a token of an odata.nextLink");
}

bool page_begin(struct page *page, struct request *request, const struct model *model,
    const char *filter_table, struct buffer *out, struct azb_error *err)
{
    *page = (struct page){.out = out};
    buffer_init(out, 256 * BATCH_BODY_MAX);
    json_writer_init(&page->writer, out, 0);
    if (!api_maxresults_parse(request_query(request, "maxresults"), &page->maximum, err) ||
        !view_init(&page->view, request, model, filter_table, err) ||
        !read_token(page, request, err))
        return false;
    json_begin_object(&page->writer);
    write_metadata(request, batch_call(request)->operation->metadata, &page->writer);
    json_name(&page->writer, "value");
    json_begin_array(&page->writer);
    return true;
}

bool page_takes(struct page *page)
{
    page->more = page->count == page->maximum || page->looked_at == PAGE_ROWS_LOOKED_AT ||
                 page->view.request->arena.used > PAGE_MEMORY;
    return !page->more;
}

bool page_add(struct page *page, struct text key, const void *moving, struct text document,
    struct azb_error *err)
{
    bool shown = false;

    if (!view_write(&page->view, NULL, moving, document, &page->writer, &shown, err))
        return false;
    page->count += shown;
    page->looked_at++;
    page->last = key;
    return true;
}

/* The request's own address with the token in place of an earlier one. */
static char *next_link(struct page *page)
{
    scoped_buffer struct buffer link = {0};
    struct request *request = page->view.request;
    struct text rest = request->query, pair;
    char *key = base64_encode(&request->arena, page->last);

    buffer_init(&link, 64 * 1024);
    buffer_format(&link, "%s%.*s?", account_url(request), TEXT_ARGS(request->path));
    while (rest.length > 0 && text_cut(&rest, '&', &pair)) {
        if (text_starts(pair, "$skiptoken=") || text_starts(pair, "%24skiptoken="))
            continue;
        buffer_add_text(&link, pair);
        buffer_add_char(&link, '&');
    }
    buffer_add_string(&link, "$skiptoken=");
    buffer_add_encoded(&link, TEXT(TOKEN_BEFORE));
    buffer_add_encoded(&link, text_of(key));
    buffer_add_encoded(&link, TEXT(TOKEN_BEHIND));
    return link.failed || !key ? NULL : arena_string(&request->arena, link.at);
}

bool page_end(struct page *page, struct reply *reply, struct azb_error *err)
{
    char *link = NULL;

    json_end_array(&page->writer);
    if (page->more && !(link = next_link(page)))
        return fail_memory(err);
    json_member(&page->writer, "odata.nextLink", link);
    json_end_object(&page->writer);
    return reply_buffer(page->view.request, page->out, reply, err);
}
