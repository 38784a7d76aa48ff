/* Any body to the token endpoint: an answer, JSON, and never a token without the secret. */
#include "fuzz_service.h"

#include "base/json.h"
#include "entra/token.h"

static void check(struct request *request, const struct reply *reply)
{
    struct azb_error err = AZB_ERROR_INIT;
    if (!json_parse(reply->body, &request->arena, &err))
        abort();
    bool knows =
        memmem(request->body.at ? request->body.at : "", request->body.length, "secret", 6) != NULL;
    if (reply->status == 200 && !knows)
        abort();
}

static void serve(
    bool (*prepare)(struct request *, struct azb_error *), const uint8_t *data, size_t size)
{
    struct request request;
    struct reply reply = {.file = -1};
    struct azb_error err = AZB_ERROR_INIT;
    const struct http_header headers[] = {{"Content-Type", "application/x-www-form-urlencoded"}};
    fuzz_request(&request, PLANE_ENTRA, "POST");
    request.headers = headers;
    request.header_count = 1;
    request.values[0] = TEXT(FUZZ_TENANT);
    request.body = (struct text){(const char *)data, size};
    if (!prepare(&request, &err) || !token_serve(&request, &reply, &err))
        entra_plane()->refuse(&request, &reply, &err);
    check(&request, &reply);
    arena_free(&request.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    serve(token_prepare_v1, data, size);
    serve(token_prepare_v2, data, size);
    return 0;
}
