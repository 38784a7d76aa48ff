#include "document.h"

#include "base/error.h"
#include "hosts.h"

bool reply_document(struct request *request, struct reply *reply, int status,
    const struct buffer *text, struct azb_error *err)
{
    char *copy = text->failed ? NULL : arena_copy(&request->arena, text->at, text->length);
    if (!copy)
        return fail_memory(err);
    reply_json(reply, status, (struct text){copy, text->length});
    return true;
}

void json_member_time(struct json_writer *writer, const char *name, int64_t ticks)
{
    char text[TIME_TEXT_MAX];
    if (ticks == 0)
        return;
    time_iso8601(ticks, text);
    json_member(writer, name, text);
}

/* What follows a NUL would be lost on the way to a C string, unseen. At most 64 levels deep. */
static bool holds_nul(const struct json *value)
{
    if (value->type == JSON_STRING && memchr(value->text.at, '\0', value->text.length))
        return true;
    for (const struct json *at = value->first; at; at = at->next)
        if (holds_nul(at))
            return true;
    return false;
}

const struct json *request_document(
    struct request *request, const char *code, struct azb_error *err)
{
    if (text_trim(request->body).length == 0) {
        fail_status(err, 400, code, "The request needs a body: a JSON object.");
        return NULL;
    }
    struct azb_error why = AZB_ERROR_INIT;
    const struct json *body = json_parse(request->body, &request->arena, &why);
    if (!body && why.kind == AZB_ERROR_MEMORY) {
        *err = why;
        return NULL;
    }
    if (body && body->type == JSON_OBJECT && !holds_nul(body))
        return body;
    if (body)
        fail(&why, AZB_ERROR_ARGUMENT, "%s",
            body->type == JSON_OBJECT ? "a string holds a NUL" : "it is not a JSON object");
    fail_status(err, 400, code, "The request content was invalid and could not be deserialized: %s",
        why.message);
    azb_error_free(&why);
    return NULL;
}

int refusal_status(const struct azb_error *err)
{
    static const int statuses[] = {
        [AZB_ERROR_ARGUMENT] = 400,
        [AZB_ERROR_AUTHENTICATION] = 401,
        [AZB_ERROR_PERMISSION] = 403,
        [AZB_ERROR_NOT_FOUND] = 404,
        [AZB_ERROR_CONFLICT] = 409,
    };
    if (err->http_status)
        return err->http_status;
    bool known = (size_t)err->kind < sizeof statuses / sizeof *statuses && statuses[err->kind];
    return known ? statuses[err->kind] : 500;
}

static const char *refusal_code(
    const struct azb_error *err, int status, const struct refusal_form *form)
{
    const struct refusal_code *at = form->codes;
    if (err->code[0])
        return err->code;
    if (status >= 500)
        return form->server_fault;
    while (at->status && at->status != status)
        at++;
    return at->code;
}

void reply_refusal(struct request *request, struct reply *reply, const struct azb_error *err,
    const struct refusal_form *form)
{
    int status = refusal_status(err);
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct azb_error no_memory = AZB_ERROR_INIT;
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "error");
    json_begin_object(&writer);
    json_member(&writer, "code", refusal_code(err, status, form));
    json_member(&writer, "message", err->message);
    form->write_more(request, &writer, err);
    json_end_object(&writer);
    json_end_object(&writer);
    if (!reply_document(request, reply, status, &text, &no_memory))
        reply_json(reply, 500, text_of(form->no_memory));
}

bool refuse_as(struct azb_error *err, const char *code)
{
    int status = refusal_status(err);
    if (err->code[0] || status >= 500)
        return false;
    err->http_status = status;
    snprintf(err->code, sizeof err->code, "%s", code);
    return false;
}

const char *const *request_audiences(
    struct request *request, const char *const *names, size_t count, const char *path)
{
    static const char *const own[] = {"localhost", "127.0.0.1", "[::1]"};
    const char *const ends[] = {"", "/", path};
    const size_t owns = sizeof own / sizeof *own, end_count = path ? 3 : 2;
    const char **all = arena_array(&request->arena, count + end_count * owns + 1, sizeof *all);
    if (!all)
        return NULL;
    memcpy(all, names, count * sizeof *all);
    for (size_t i = 0; i < owns * end_count; i++)
        all[count++] = arena_format(&request->arena, "https://%s:%d%s", own[i / end_count],
            request->service->port, ends[i % end_count]);
    return request->arena.failed ? NULL : all;
}

bool request_is_public(const struct request *request)
{
    struct text name;
    int port;
    return host_split(request->host, &name, &port) && host_find(name);
}
