#include "entra/token_request.h"

#include <assert.h>

#include "base/error.h"
#include "entra/claims.h"

#define FORM_MAX ((size_t)256 * 1024)
#define ANSWER_MAX ((size_t)1024 * 1024)

void token_request_add(struct token_request *request, const char *name, struct text value)
{
    assert(request->field_count < FORM_FIELDS_MAX);
    request->fields[request->field_count++] = (struct form_field){name, value};
}

static bool write_form(const struct token_request *request, struct arena *arena,
    struct buffer *form, struct azb_error *err)
{
    const char *claims = request->ask->claims;
    if (request->is_capable) {
        claims = claims_with_capability(claims, arena, err);
        if (!claims)
            return false;
    }
    buffer_add_form(form, "client_id", text_of(request->client_id));
    buffer_add_form(form, "scope", text_of(request->ask->scope));
    for (size_t i = 0; i < request->field_count; i++)
        buffer_add_form(form, request->fields[i].name, request->fields[i].value);
    if (claims)
        buffer_add_form(form, "claims", text_of(claims));
    return !form->failed || fail_memory(err);
}

static bool post(const struct token_request *request, struct text form, const char *correlation_id,
    struct http_client *http, struct arena *arena, struct http_response *response,
    struct azb_error *err)
{
    struct http_request call;
    http_request_init(&call, "POST", request->endpoint);
    http_add_header(&call, "Content-Type", "application/x-www-form-urlencoded");
    http_add_header(&call, "Accept", "application/json");
    http_add_header(&call, "client-request-id", correlation_id);
    http_add_header(&call, "return-client-request-id", "true");
    call.body = form;
    call.body_maximum = ANSWER_MAX;
    call.idempotent = !request->once;
    call.cancel = request->ask->patience.cancel;
    call.timeout_ms = patience_left_ms(request->ask->patience, err);
    return call.timeout_ms && http_send(http, &call, arena, response, err);
}

bool token_request_post(const struct token_request *request, struct http_client *http,
    struct arena *arena, struct http_response *response, char correlation_id[GUID_TEXT],
    struct azb_error *err)
{
    scoped_buffer struct buffer form = {0};
    buffer_init(&form, FORM_MAX);
    if (!random_guid(correlation_id))
        return fail(err, AZB_ERROR_IO, "the system has no randomness for a correlation id");
    return write_form(request, arena, &form, err) &&
           post(request, buffer_text(&form), correlation_id, http, arena, response, err);
}

/* 0 when there is none, or none that can be read. */
static int64_t date_of(const struct http_response *response)
{
    int64_t ticks = 0;
    const char *date = http_header(response, "Date");
    return date && time_parse_http(text_of(date), &ticks) ? ticks / TICKS_PER_SECOND : 0;
}

bool token_request_send(const struct token_request *request, struct http_client *http,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    struct http_response response;
    char correlation_id[GUID_TEXT];
    if (!token_request_post(request, http, arena, &response, correlation_id, err))
        return false;
    int64_t answered_on = date_of(&response);
    bool got = response.status == 200 ? token_response_read(response.body, arena, reply, err)
                                      : token_response_fail(&response, correlation_id, arena, err);
    reply->answered_on = answered_on;
    return got;
}
