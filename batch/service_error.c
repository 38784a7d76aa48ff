#include "batch/service_error.h"
#include "batch/challenge.h"

#include "base/crypto.h"
#include "base/error.h"
#include "base/json.h"

/* Batch appends "\nRequestId:...\nTime:..." to its sentence; people read the first line. */
static struct text first_line(struct text message)
{
    struct text line = TEXT_NONE;
    text_cut(&message, '\n', &line);
    return text_trim(line);
}

static void copy_text(char *to, size_t size, struct text from)
{
    snprintf(to, size, "%.*s", TEXT_ARGS(from));
}

static void add_values(const struct json *values, struct azb_error *err)
{
    if (!values || values->type != JSON_ARRAY)
        return;
    for (const struct json *item = values->first; item; item = item->next) {
        char key[sizeof err->values[0].key];
        copy_text(key, sizeof key, json_get_text(item, "key"));
        error_add_value(err, key, "%.*s", TEXT_ARGS(json_get_text(item, "value")));
    }
}

/* Resource Manager's details: [{"type":"Explanation","info":{"message":"..."}}]. */
static void add_info(const struct json *info, struct azb_error *err)
{
    if (!info || info->type != JSON_ARRAY)
        return;
    for (const struct json *item = info->first; item; item = item->next) {
        char key[sizeof err->values[0].key];
        struct text message = json_text(json_path(item, "info.message"));
        copy_text(key, sizeof key, json_get_text(item, "type"));
        if (message.length)
            error_add_value(err, key, "%.*s", TEXT_ARGS(message));
    }
}

/* code and sentence of either body shape; false when it has neither. */
static bool read_body(const struct json *body, struct text *code, struct text *message)
{
    const struct json *error = json_get(body, "error");
    if (error && error->type == JSON_OBJECT)
        body = error;
    *code = json_get_text(body, "code");
    *message = json_get_text(body, "message");
    if (!message->at)
        *message = json_text(json_path(body, "message.value"));
    return code->length > 0;
}

static const char *request_id_of(const struct http_response *response)
{
    const char *id = http_header(response, "request-id");
    return id ? id : http_header(response, "x-ms-request-id");
}

char *service_claims(const struct http_response *response, struct arena *arena)
{
    for (size_t i = 0; i < response->header_count; i++) {
        const struct http_header *header = &response->headers[i];
        if (!string_equal_nocase(header->name, "WWW-Authenticate"))
            continue;
        char *claims = challenge_claims(text_of(header->value), arena);
        if (claims)
            return claims;
    }
    return NULL;
}

bool service_error(const struct http_response *response, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct text code = TEXT_NONE, message = TEXT_NONE;
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct json *body =
        response->body.length ? json_parse(response->body, &arena, &ignored) : NULL;
    azb_error_free(&ignored);
    bool known = body && read_body(body, &code, &message);
    char code_text[sizeof err->code] = "";
    copy_text(code_text, sizeof code_text, code);
    struct text sentence = first_line(message);
    if (known && sentence.length)
        fail_status(err, response->status, code_text, "%.*s", TEXT_ARGS(sentence));
    else
        fail_status(err, response->status, code_text, "the service answered with HTTP status %d",
            response->status);
    if (known) {
        add_values(json_get(body, "values"), err);
        add_info(json_path(body, "error.additionalInfo"), err);
    }
    char *claims = response->status == 401 ? service_claims(response, &arena) : NULL;
    if (claims)
        err->claims = memory_string(claims);
    if (request_id_of(response))
        snprintf(err->correlation_id, sizeof err->correlation_id, "%s", request_id_of(response));
    err->retry_after_ms = (unsigned)http_retry_after_ms(response);
    return false;
}
