/*
 * What az printed, as output and as error. A token that is accepted must be fit for a header and
 * live; an error fits on one line, and repeats no token.
 */
#include <stdint.h>

#include "entra/azure_cli.h"

#define NOW 1790000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scoped_arena struct arena arena = {0};
    struct token_reply reply;
    struct azb_error err = AZB_ERROR_INIT;
    struct text output = {(const char *)data, size};
    arena_init(&arena, 16 << 20);
    if (azure_cli_output_read(output, NOW, &arena, &reply, &err)) {
        for (const char *c = reply.access_token; *c; c++)
            require(*c > ' ' && *c < 0x7f);
        require(reply.access_token[0] && reply.expires_in > 0);
        require(reply.expires_in <= LIFETIME_MAX_S);
    } else {
        require(err.kind != AZB_ERROR_NONE && err.message[0]);
    }
    require(!azure_cli_fail(output, &arena, &err) && err.message[0]);
    require(!strstr(err.message, "accessToken"));
    for (const char *c = err.message; *c; c++)
        require((unsigned char)*c >= ' ' && *c != 0x7f);
    return 0;
}
