/*
 * What a source of managed identities answers. The first byte chooses status and source, the rest
 * is the body. A token that is accepted must be fit for a header and live; a refusal says why.
 */
#include <stdint.h>

#include "entra/managed_identity.h"

#define NOW 1790000000

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
    if (!managed_identity_reply_read(body, NOW, arena, &reply, &err)) {
        require(err.kind != AZB_ERROR_NONE && err.message[0]);
        return;
    }
    require(reply.access_token[0]);
    for (const char *c = reply.access_token; *c; c++)
        require(*c > ' ' && *c < 0x7f);
    require(reply.expires_in > 0 && reply.expires_in <= LIFETIME_MAX_S);
    require(reply.refresh_in >= 0 && reply.refresh_in <= reply.expires_in);
}

static void read_error(
    const struct managed_identity_source *source, int status, struct text body, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct http_response response = {.status = status, .body = body};
    bool answered = managed_identity_reply_fail(source, &response, arena, &err);
    require(!answered && err.kind != AZB_ERROR_NONE && err.message[0]);
    for (const char *c = err.message; *c; c++)
        require((unsigned char)*c >= ' ' && *c != 0x7f);
    for (const char *c = err.code; *c; c++)
        require((unsigned char)*c > ' ' && (unsigned char)*c < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {400, 401, 403, 404, 410, 429, 500, 502};
    static const struct managed_identity_source sources[] = {
        {.name = "IMDS", .may_be_absent = true},
        {.name = "App Service"},
    };
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 16 << 20);
    if (size == 0)
        return 0;
    struct text body = {(const char *)data + 1, size - 1};
    read_token(body, &arena);
    read_error(&sources[data[0] / 8 % 2], statuses[data[0] % 8], body, &arena);
    return 0;
}
