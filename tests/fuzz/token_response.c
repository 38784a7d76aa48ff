/*
 * A token endpoint's answer, of any status. The first byte chooses the status, the rest is the
 * body. What is accepted must be fit for an Authorization header; what is refused must say why.
 */
#include <stdint.h>

#include "entra/token_response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void read_token(struct text body, struct arena *arena)
{
    struct token_reply reply;
    struct azb_error err = AZB_ERROR_INIT;
    if (!token_response_read(body, arena, &reply, &err)) {
        require(err.kind != AZB_ERROR_NONE && err.message[0]);
        return;
    }
    require(reply.access_token[0]);
    for (const char *c = reply.access_token; *c; c++)
        require(*c > ' ' && *c < 0x7f);
    require(reply.expires_in > 0 && reply.expires_in <= LIFETIME_MAX_S);
    if (reply.refresh_token)
        require(reply.refresh_token[0]);
    for (const char *c = reply.username; c && *c; c++)
        require((unsigned char)*c >= ' ' && *c != 0x7f);
    require(reply.refresh_in >= 0 && reply.refresh_in <= reply.expires_in);
}

static void read_error(int status, struct text body, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct http_response response = {.status = status, .body = body};
    bool answered = token_response_fail(&response, NULL, arena, &err);
    require(!answered && err.kind != AZB_ERROR_NONE && err.message[0]);
    for (const char *c = err.message; *c; c++)
        require((unsigned char)*c >= ' ' && *c != 0x7f);
    azb_error_free(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {400, 401, 403, 407, 429, 500, 503};
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 16 << 20);
    if (size == 0)
        return 0;
    int status = statuses[data[0] % (sizeof(statuses) / sizeof(statuses[0]))];
    struct text body = {(const char *)data + 1, size - 1};
    read_token(body, &arena);
    read_error(status, body, &arena);
    return 0;
}
