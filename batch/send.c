/*
 * One request with its authorization. The token goes to the account's own host only: every URL that
 * reaches this file was made from account_url or checked against it (page.c).
 */
#include "batch/client.h"
#include "batch/service_error.h"
#include "batch/shared_key.h"

#include "base/crypto.h"
#include "base/error.h"

/* The time is the caller's for token, tries and second token together. */
static bool time_left(const struct call *call, int64_t *left_ms, struct azb_error *err)
{
    *left_ms = call->deadline_ms - monotonic_ms();
    return *left_ms > 0 || fail(err, AZB_ERROR_TIMEOUT, "no answer within the deadline");
}

/* A program's own provider is not trusted to follow the rules: a failure always has a reason, which
 * is not one left over from an earlier call. */
static bool ask_provider(const struct azb_batch *batch, const struct azb_token_request *request,
    struct azb_token *token, struct azb_error *err)
{
    struct azb_error problem = AZB_ERROR_INIT;
    if (batch->provider.get_token(batch->provider.context, request, token, &problem)) {
        azb_error_free(&problem);
        if (token->token && *token->token)
            return true;
        return fail(err, AZB_ERROR_AUTHENTICATION, "the token provider gave an empty token");
    }
    if (problem.kind == AZB_ERROR_NONE)
        (void)fail(
            &problem, AZB_ERROR_AUTHENTICATION, "the token provider failed and gave no reason");
    return error_move(err, &problem);
}

/* What is in `used` was refused; the new token takes its place. */
static bool add_bearer(struct azb_batch *batch, const struct call *call, const char *claims,
    struct azb_token *used, struct buffer *header, struct azb_error *err)
{
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    request.resource = batch->resource;
    request.claims = claims;
    request.force = used->token != NULL;
    request.refused_token = used->token;
    request.cancel = call->cancel;
    if (!time_left(call, &request.timeout_ms, err))
        return false;
    if (call->timeout_ms <= 0 && request.timeout_ms > HTTP_TIMEOUT_DEFAULT_MS)
        request.timeout_ms = HTTP_TIMEOUT_DEFAULT_MS; /* of a download: the token is none */
    bool got = ask_provider(batch, &request, &token, err);
    if (got) {
        buffer_add_string(header, "Bearer ");
        buffer_add_string(header, token.token);
    }
    azb_token_free(used);
    *used = token;
    return got && header->failed ? fail_memory(err) : got;
}

static bool add_signature(struct azb_batch *batch, const struct http_request *request,
    struct arena *arena, struct buffer *header, struct azb_error *err)
{
    struct url url;
    if (!url_parse(text_of(request->url), &url))
        return fail(err, AZB_ERROR_ARGUMENT, "the URL '%s' cannot be signed", request->url);
    struct text key = {batch->account_key, batch->account_key_length};
    char *value =
        shared_key_authorization(request, batch->account_name, key, url.path, url.query, arena);
    if (value)
        buffer_add_string(header, value);
    return value && !header->failed ? true : fail_memory(err);
}

/* Sends a copy of the request with date and authorization. */
static bool send_once(struct azb_batch *batch, const struct http_request *request,
    const struct call *call, const char *claims, struct azb_token *used, struct arena *arena,
    struct http_response *response, struct azb_error *err)
{
    struct http_request ready = *request;
    scoped_buffer struct buffer authorization = {0};
    buffer_init(&authorization, 64 * 1024);
    char date[TIME_TEXT_MAX];
    time_http(clock_ticks(NULL), date);
    http_add_header(&ready, "ocp-date", date);
    bool authorized = batch->account_key
                          ? add_signature(batch, &ready, arena, &authorization, err)
                          : add_bearer(batch, call, claims, used, &authorization, err);
    if (!authorized)
        return false;
    http_add_header(&ready, "Authorization", authorization.at);
    if (!time_left(call, &ready.timeout_ms, err))
        return false;
    return http_send(batch->http, &ready, arena, response, err);
}

/* A token that was refused though it looked fresh (keys were rotated, a clock moved, a claim is
 * missing) is replaced once; and if only then the service says which claims it wants, once more
 * with those. Then the answer stands. */
static bool send_with_tokens(struct azb_batch *batch, const struct http_request *request,
    const struct call *call, struct azb_token *used, struct arena *arena,
    struct http_response *response, struct azb_error *err)
{
    if (!send_once(batch, request, call, NULL, used, arena, response, err))
        return false;
    if (response->status != 401 || batch->account_key)
        return true;
    const char *claims = service_claims(response, arena);
    if (!send_once(batch, request, call, claims, used, arena, response, err))
        return false;
    if (response->status != 401 || claims)
        return true;
    claims = service_claims(response, arena);
    return !claims || send_once(batch, request, call, claims, used, arena, response, err);
}

bool client_send(struct azb_batch *batch, struct http_request *request, const struct call *given,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    struct call timed = *given;
    struct azb_token used = AZB_TOKEN_INIT;
    request->timeout_ms = given->timeout_ms;
    request->cancel = given->cancel;
    timed.deadline_ms = http_request_deadline_ms(request);
    http_add_header(request, "Accept", "application/json");
    bool sent = send_with_tokens(batch, request, &timed, &used, arena, response, err);
    azb_token_free(&used);
    return sent;
}

bool batch_send(struct azb_batch *batch, struct http_request *request, struct arena *arena,
    struct http_response *response, struct azb_error *err)
{
    const struct call call = {.timeout_ms = request->timeout_ms, .cancel = request->cancel};
    if (!own_host(batch, request->url, err))
        return false;
    return client_send(batch, request, &call, arena, response, err);
}
