#include "batch/client.h"

#include "api/decode.h"
#include "base/error.h"

struct arena *reply_arena(struct azb_reply *reply)
{
    azb_reply_free(reply);
    struct arena *arena = memory_alloc(sizeof *arena);
    if (arena)
        arena_init(arena, 0);
    reply->memory = arena;
    return arena;
}

void azb_reply_free(struct azb_reply *reply)
{
    if (!reply)
        return;
    if (reply->memory) {
        arena_free(reply->memory);
        memory_free(reply->memory);
    }
    *reply = (struct azb_reply)AZB_REPLY_INIT;
}

static void read_file_headers(const struct http_response *response, struct azb_file_headers *file)
{
    const char *length = http_header(response, "Content-Length");
    const char *directory = http_header(response, "ocp-batch-file-isdirectory");
    uint64_t number;
    file->content_length =
        length && text_to_u64(text_of(length), INT64_MAX, &number) ? (int64_t)number : -1;
    file->content_type = http_header(response, "Content-Type");
    file->creation_time = http_header(response, "ocp-creation-time");
    file->mode = http_header(response, "ocp-batch-file-mode");
    file->url = http_header(response, "ocp-batch-file-url");
    file->is_directory = directory && string_equal_nocase(directory, "true");
}

static bool read_value(const struct operation *operation, const struct http_response *response,
    struct azb_reply *reply, struct azb_error *err)
{
    const struct model *model = operation->returns();
    void *value = arena_alloc(reply->memory, model->size);
    if (!value)
        return fail_memory(err);
    if (!api_decode(
            model, SHAPE_READ, API_LENIENT, response->body, NULL, reply->memory, value, err))
        return fail_while(err, "the answer to %s", operation->name);
    reply->value.any = value;
    if (operation->returns_kind == RETURNS_PAGE) {
        const struct field *next = model_field_named(model, "odata.nextLink");
        memcpy(&reply->next_link, field_in(next, value), sizeof reply->next_link);
    }
    return true;
}

bool reply_read(const struct operation *operation, const struct http_response *response,
    struct azb_reply *reply, struct azb_error *err)
{
    reply->status = response->status;
    reply->operation = (int)operation->id;
    reply->request_id = http_header(response, "request-id");
    reply->etag = http_header(response, "ETag");
    reply->last_modified = http_header(response, "Last-Modified");
    reply->location = http_header(response, "Location");
    if (operation->returns_kind == RETURNS_FILE) {
        read_file_headers(response, &reply->file);
        reply->bytes = response->body.at;
        reply->byte_count = response->body.length;
        return true;
    }
    if (operation->returns_kind == RETURNS_NOTHING)
        return true;
    return read_value(operation, response, reply, err);
}
