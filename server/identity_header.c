#include "identity_header.h"

#include "base/crypto.h"
#include "base/error.h"
#include "state.h"

#define NAME "identity-header"
#define SECRET_BYTES 32

static bool make(struct service *service, char out[IDENTITY_HEADER_TEXT], struct azb_error *err)
{
    struct arena arena;
    unsigned char bytes[SECRET_BYTES];
    if (!random_bytes(bytes, sizeof bytes))
        return fail(err, AZB_ERROR_IO, "the system gives no random numbers");
    arena_init(&arena, 0);
    const char *text = base64url_encode(&arena, (struct text){(const char *)bytes, sizeof bytes});
    if (text)
        snprintf(out, IDENTITY_HEADER_TEXT, "%s", text);
    secret_wipe(bytes, sizeof bytes);
    arena_wipe(&arena);
    if (!text)
        return fail_memory(err);
    return state_write(service, NAME, 0600, text_of(out), err);
}

/* A file that somebody emptied or cut is made anew: an empty secret would let everybody in. */
bool identity_header_open(
    struct service *service, char out[IDENTITY_HEADER_TEXT], struct azb_error *err)
{
    scoped_buffer struct buffer file = {0};
    bool found;
    buffer_init(&file, 4096);
    if (!state_read(service, NAME, &file, &found, err))
        return false;
    struct text text = text_trim(buffer_text(&file));
    if (!found || text.length != IDENTITY_HEADER_TEXT - 1)
        return make(service, out, err);
    snprintf(out, IDENTITY_HEADER_TEXT, "%.*s", TEXT_ARGS(text));
    return true;
}
