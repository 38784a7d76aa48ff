/* The Graph plane: what all requests have in common: token, right, body, headers, errors. */
#include <stdarg.h>

#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

const struct json *graph_body(const struct request *request)
{
    return request->prepared;
}

bool graph_unserved(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)reply;
    return fail_status(err, 501, "NotImplemented", "azbd does not serve %s %s yet.",
        request->method, request->route->path);
}

/* ---- Errors ---------------------------------------------------------------------------------- */

bool graph_bad(struct azb_error *err, const char *format, ...)
{
    char message[sizeof err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return fail_status(err, 400, "Request_BadRequest", "%s", message);
}

bool graph_not_found(struct text id, struct azb_error *err)
{
    return fail_status(err, 404, "Request_ResourceNotFound",
        "Resource '%.*s' does not exist or one of its queried reference-property objects are not "
        "present.",
        TEXT_ARGS(text_slice(id, 0, 100)));
}

bool graph_refuse(struct text id, struct azb_error *err)
{
    if (err->code[0])
        return false;
    if (err->kind == AZB_ERROR_NOT_FOUND)
        return graph_not_found(id, err);
    return refuse_as(err, err->kind == AZB_ERROR_CONFLICT
                              ? "Request_MultipleObjectsWithSameKeyValue"
                              : "Request_BadRequest");
}

/* ---- Values of a body ------------------------------------------------------------------------ */

bool graph_read_string(struct request *request, const struct json *value, const char *what,
    const char **out, struct azb_error *err)
{
    *out = NULL;
    if (!value || value->type == JSON_NULL)
        return true;
    if (value->type != JSON_STRING)
        return graph_bad(
            err, "%s: a string is expected, not %s.", what, json_type_text(value->type));
    if (memchr(value->text.at ? value->text.at : "", 0, value->text.length))
        return graph_bad(err, "%s: it holds a NUL character.", what);
    *out = text_string(&request->arena, value->text);
    return *out ? true : fail_memory(err);
}

bool graph_read_bool(const struct json *value, const char *what, bool *out, struct azb_error *err)
{
    if (!value || value->type == JSON_NULL)
        return true;
    if (value->type != JSON_BOOL)
        return graph_bad(err, "%s: true or false is expected.", what);
    *out = value->boolean;
    return true;
}

bool graph_check_members(const struct json *object, const char *const *known, struct azb_error *err)
{
    for (const struct json *value = object->first; value; value = value->next) {
        bool found = text_starts(value->name, "@odata.");
        for (const char *const *name = known; *name && !found; name++)
            found = text_is(value->name, *name);
        if (!found)
            return graph_bad(
                err, "Invalid property '%.*s'.", TEXT_ARGS(text_slice(value->name, 0, 100)));
    }
    return true;
}

/* ---- Preparing ------------------------------------------------------------------------------- */

static const char *const audiences[] = {
    "https://graph.microsoft.com",
    "https://graph.microsoft.com/",
    "https://graph.microsoft.us",
    "https://graph.microsoft.us/",
    "https://microsoftgraph.chinacloudapi.cn",
    "https://microsoftgraph.chinacloudapi.cn/",
    "00000003-0000-0000-c000-000000000000",
};

/* Of the portal's service, which az calls by a token of its own. */
static const char *const portal_audiences[] = {APP_ID_PORTAL, "https://main.iam.ad.ext.azure.com"};

static bool check_caller(struct request *request, struct azb_error *err)
{
    bool portal = text_starts(text_of(request->route->path), "/api/");
    const char *const *own = portal ? portal_audiences : audiences;
    size_t count = portal ? sizeof portal_audiences / sizeof *portal_audiences
                          : sizeof audiences / sizeof *audiences;
    const char *const *all = request_audiences(request, own, count, portal ? NULL : "/graph");
    return all ? authorize_bearer(request, all, err) : fail_memory(err);
}

bool graph_prepare(struct request *request, struct azb_error *err)
{
    const struct graph_operation *operation = request->route->row;
    if (!check_caller(request, err) || !graph_require_right(request, operation->right, err))
        return false;
    if (!operation->has_body)
        return true;
    const struct json *body = request_document(request, "BadRequest", err);
    /* prepared is not const for the planes that fill it in serve; nobody changes this one. */
    request->prepared = (void *)(uintptr_t)body;
    return body != NULL;
}

/* ---- Finishing, refusing --------------------------------------------------------------------- */

static const char *client_request_id(const struct request *request)
{
    const char *given = request_header(request, "client-request-id");
    return given && text_is_guid(text_of(given)) ? given : request->request_id;
}

void graph_finish(struct request *request, struct reply *reply)
{
    reply_header(reply, "Cache-Control", "no-cache");
    reply_header(reply, "request-id", request->request_id);
    reply_header(reply, "client-request-id", client_request_id(request));
    reply_header(reply, "OData-Version", "4.0");
    reply_header(reply, "X-Content-Type-Options", "nosniff");
    authorize_headers(request, reply);
}

static void write_inner(
    struct request *request, struct json_writer *writer, const struct azb_error *err)
{
    char date[TIME_TEXT_MAX];
    time_iso8601(request->now - request->now % TICKS_PER_SECOND, date);
    size_t length = strlen(date);
    if (length && date[length - 1] == 'Z')
        date[length - 1] = '\0';
    json_name(writer, "innerError");
    json_begin_object(writer);
    for (size_t i = 0; i < err->value_count; i++)
        json_member(writer, err->values[i].key, err->values[i].value);
    json_member(writer, "ExplanationLink", authorize_link(request, err));
    json_member(writer, "date", date);
    json_member(writer, "request-id", request->request_id);
    json_member(writer, "client-request-id", client_request_id(request));
    json_end_object(writer);
}

void graph_reply_error(struct request *request, struct reply *reply, const struct azb_error *err)
{
    static const struct refusal_code codes[] = {
        {404, "ResourceNotFound"}, {413, "RequestEntityTooLarge"}, {0, "BadRequest"}};
    static const struct refusal_form form = {
        .codes = codes,
        .server_fault = "generalException",
        .write_more = write_inner,
        .no_memory = "{\"error\":{\"code\":\"generalException\",\"message\":\"out of memory\"}}",
    };
    reply_refusal(request, reply, err, &form);
    authorize_challenge(request, reply, err);
}
