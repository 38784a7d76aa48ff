/*
 * challenge_claims on any bytes. What must hold: what it gives is a JSON object, and a header that
 * has the claims by themselves gives the same.
 */
#include <stdlib.h>
#include "base/crypto.h"
#include "base/json.h"
#include "batch/challenge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void read_again(const char *claims, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *json = json_parse(text_of(claims), arena, &err);
    require(json && json->type == JSON_OBJECT);
    const char *header = arena_format(arena, "Bearer error=insufficient_claims, claims=\"%s\"",
        base64_encode(arena, text_of(claims)));
    const char *again = challenge_claims(text_of(header), arena);
    require(again && strcmp(again, claims) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 16)
        return 0;
    struct arena arena;
    arena_init(&arena, 0);
    const char *claims = challenge_claims((struct text){(const char *)data, size}, &arena);
    if (claims)
        read_again(claims, &arena);
    arena_free(&arena);
    return 0;
}
