/*
 * The Authorization header of Batch. "r": the header as it is, and behind its line the query: must
 * never be accepted. "s": a line with a token's header, and its payload, signed with the real key,
 * whose id stands in for "KID".
 */
#include "fuzz_service.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request request;
    struct reply reply = {.file = -1};
    struct azb_error err = AZB_ERROR_INIT;
    if (size < 1)
        return 0;
    struct text input = {(const char *)data + 1, size - 1};
    fuzz_request(&request, PLANE_BATCH, "GET");
    struct service *service = request.service;
    bool sign = data[0] == 's';
    struct http_header headers[] = {
        {"Authorization", NULL}, {"ocp-date", "Mon, 23 Nov 2026 22:30:11 GMT"}};
    if (sign) {
        const struct signing_key *key = entra_signing_key(service->entra);
        input = fuzz_replace(&request.arena, input, "KID", key->kid);
        const char *token = fuzz_sign(&request.arena, key->key, RSA_PKCS1_SHA256, input);
        headers[0].value = arena_format(&request.arena, "Bearer %s", token);
    } else {
        headers[0].value = text_string(&request.arena, fuzz_line(&input));
        request.query = input;
        if (!time_parse_http(text_of(headers[1].value), &request.now))
            abort();
    }
    request.headers = headers;
    request.header_count = 2;
    bool accepted = authorize_batch_caller(&request, account_default(service), &err);
    if (accepted && !sign)
        abort();
    if (!accepted)
        authorize_challenge(&request, &reply, &err);
    arena_free(&request.arena);
    return 0;
}
