#include "entra/aadsts.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "base/json.h"
#include "entra/entra.h"

#define BODY_MAX (16 * 1024)
#define WORD "error" /* key of the value that holds the OAuth word */

static const struct aadsts_row {
    int number;
    int status;
    const char *word;
} rows[] = {
    {50027, 401, "invalid_client"},   /* malformed assertion */
    {50048, 401, "invalid_client"},   /* assertion: sub is not iss */
    {50049, 400, "invalid_instance"}, /* instance discovery: unknown host */
    {50194, 400, "invalid_request"},  /* /common for a single-tenant application */
    {70003, 400, "unsupported_grant_type"},
    {90002, 400, "invalid_request"}, /* unknown tenant; invalid_tenant on discovery */
    {90019, 400, "invalid_request"},
    {90033, 503, "temporarily_unavailable"},
    {500011, 400, "invalid_resource"},
    {700016, 400, "unauthorized_client"},
    {700021, 401, "invalid_client"}, /* assertion: iss is not client_id */
    {700022, 400, "invalid_scope"},
    {700023, 401, "invalid_client"}, /* assertion: aud */
    {700024, 401, "invalid_client"}, /* assertion: time range */
    {700025, 401, "invalid_client"},
    {700027, 401, "invalid_client"}, /* assertion: key or signature */
    {900023, 400, "invalid_request"},
    {900144, 400, "invalid_request"},
    {900561, 405, "invalid_request"},
    {901002, 400, "invalid_request"},
    {1002012, 400, "invalid_scope"},
    {7000112, 401, "unauthorized_client"},
    {7000215, 401, "invalid_client"},
    {7000218, 401, "invalid_client"},
    {7000222, 401, "invalid_client"},
    {7000229, 401, "unauthorized_client"}, /* no service principal in the tenant */
    {9002313, 400, "invalid_request"},
};

static const struct aadsts_row *find_row(int number)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].number == number)
            return &rows[i];
    return NULL;
}

__attribute__((format(printf, 4, 0))) static bool fill(struct azb_error *err,
    const struct aadsts_row *row, const char *word, const char *format, va_list arguments)
{
    char sentence[sizeof err->message];
    char code[24];
    vsnprintf(sentence, sizeof sentence, format, arguments);
    snprintf(code, sizeof code, "AADSTS%d", row->number);
    fail_status(err, row->status, code, "%s", sentence);
    error_add_value(err, WORD, "%s", word);
    return false;
}

bool aadsts(struct azb_error *err, int number, const char *format, ...)
{
    const struct aadsts_row *row = find_row(number);
    assert(row && "an AADSTS number that is not in the table");
    va_list arguments;
    va_start(arguments, format);
    fill(err, row, row->word, format, arguments);
    va_end(arguments);
    return false;
}

bool aadsts_as(struct azb_error *err, int number, const char *word, const char *format, ...)
{
    const struct aadsts_row *row = find_row(number);
    assert(row && "an AADSTS number that is not in the table");
    va_list arguments;
    va_start(arguments, format);
    fill(err, row, word, format, arguments);
    va_end(arguments);
    return false;
}

int aadsts_number(const struct azb_error *err)
{
    uint64_t number;
    struct text code = text_of(err->code);
    if (!text_starts(code, "AADSTS") ||
        !text_to_u64(text_slice(code, 6, code.length), INT32_MAX, &number))
        return 0;
    return (int)number;
}

const char *entra_correlation_id(struct request *request)
{
    struct text id = text_of(request_header(request, "client-request-id"));
    if (!text_is_guid(id))
        id = request_query(request, "client-request-id");
    if (!text_is_guid(id))
        return request->request_id;
    const char *copy = text_string(&request->arena, id);
    return copy ? copy : request->request_id;
}

/* ---- The body ----------------------------------------------------------------------------- */

/* What an error that did not come from aadsts() becomes. */
static void translate(
    const struct request *request, const struct azb_error *from, struct azb_error *to)
{
    bool get = strcmp(request->method, "GET") == 0;
    if (from->http_status == 405)
        aadsts(to, 900561, "The endpoint only accepts %s requests. Received a %s request.",
            get ? "POST" : "GET", request->method);
    else if (from->http_status >= 400 && from->http_status < 500)
        *to = *from;
    else
        aadsts(to, 90033, "A transient error has occurred. Please try again.");
}

static const char *word_of(const struct azb_error *err)
{
    for (size_t i = 0; i < err->value_count; i++)
        if (strcmp(err->values[i].key, WORD) == 0)
            return err->values[i].value;
    return "invalid_request";
}

static void write_description(struct request *request, struct json_writer *writer,
    const struct azb_error *err, const char *timestamp)
{
    const char *description = arena_format(&request->arena,
        "%s%s%s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s", err->code,
        *err->code ? ": " : "", err->message, request->request_id, entra_correlation_id(request),
        timestamp);
    json_member(writer, "error_description", description ? description : err->message);
}

static void write_codes(struct json_writer *writer, int number)
{
    json_name(writer, "error_codes");
    json_begin_array(writer);
    if (number)
        json_write_i64(writer, number);
    json_end_array(writer);
}

static void write_uri(struct request *request, struct json_writer *writer, int number)
{
    const char *base = entra_base_url(request);
    if (number && base)
        json_member(writer, "error_uri",
            arena_format(&request->arena, "%s/common/error?code=%d", base, number));
}

static void write_body(
    struct request *request, struct json_writer *writer, const struct azb_error *err)
{
    char timestamp[TIME_TEXT_MAX];
    time_entra(request->now, timestamp);
    int number = aadsts_number(err);
    json_begin_object(writer);
    json_member(writer, "error", word_of(err));
    write_description(request, writer, err, timestamp);
    write_codes(writer, number);
    json_member(writer, "timestamp", timestamp);
    json_member(writer, "trace_id", request->request_id);
    json_member(writer, "correlation_id", entra_correlation_id(request));
    write_uri(request, writer, number);
    json_end_object(writer);
}

void entra_refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    struct azb_error told = AZB_ERROR_INIT;
    if (aadsts_number(err))
        told = *err;
    else
        translate(request, err, &told);
    scoped_buffer struct buffer body;
    struct json_writer writer;
    buffer_init(&body, BODY_MAX);
    json_writer_init(&writer, &body, 0);
    write_body(request, &writer, &told);
    char *copy = body.failed ? NULL : arena_copy(&request->arena, body.at, body.length);
    struct text text =
        copy ? (struct text){copy, body.length} : TEXT("{\"error\":\"server_error\"}");
    reply_json(reply, told.http_status ? told.http_status : 500, text);
    reply_header(
        reply, "x-ms-clitelem", arena_format(&request->arena, "1,%d,0,,", aadsts_number(&told)));
}
