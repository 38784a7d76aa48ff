/* Any text as the JWKS of an issuer. What is taken has a key that signatures can be verified by. */
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "directory/federated_credential.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_rsa_key(struct text text)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const struct json *keys = json_get(json_parse(text, &arena, &err), "keys");
    for (const struct json *key = keys ? keys->first : NULL; key; key = key->next)
        if (text_is(json_get_text(key, "kty"), "RSA"))
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text text = {(const char *)data, size};
    bool good = issuer_keys_check(text, &err);
    if (good != (err.message[0] == '\0') || (good && !has_rsa_key(text)))
        abort();
    azb_error_free(&err);
    return 0;
}
