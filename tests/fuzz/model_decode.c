/*
 * Any text as a body: the first byte picks the model, the second shape and manner. What decodes is
 * validated, encodes, and decodes and encodes again to the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>

#include "api/decode.h"
#include "api/encode.h"
#include "api/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void encode(const struct model *model, const void *value, struct buffer *out)
{
    struct json_writer writer;
    buffer_init(out, 1 << 26);
    json_writer_init(&writer, out, 0);
    api_encode(model, SHAPE_ANY, value, NULL, &writer);
    if (out->failed)
        abort();
}

static void decode_again(
    const struct model *model, const struct buffer *json, struct arena *arena, void *out)
{
    struct azb_error err = AZB_ERROR_INIT;
    if (!api_decode(model, SHAPE_ANY, API_LENIENT, buffer_text(json), NULL, arena, out, &err))
        abort();
}

/* The first encoding may hold null (a cleared field of a patch); from the second on it is stable.
 */
static void round_trip(const struct model *model, const void *value, struct arena *arena)
{
    scoped_buffer struct buffer first = {0}, second = {0}, third = {0};
    void *again = arena_alloc(arena, model->size);
    encode(model, value, &first);
    decode_again(model, &first, arena, again);
    encode(model, again, &second);
    decode_again(model, &second, arena, again);
    encode(model, again, &third);
    if (!text_equal(buffer_text(&second), buffer_text(&third)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t models = 0;
    while (model_at(models))
        models++;
    if (size < 2)
        return 0;
    const struct model *model = model_at(data[0] % models);
    enum api_shape shape = (enum api_shape)(data[1] % (SHAPE_ANY + 1));
    enum api_manner manner = data[1] & 128 ? API_LENIENT : API_STRICT;
    struct text json = {(const char *)data + 2, size - 2};
    struct azb_error err = AZB_ERROR_INIT;
    struct arena arena;
    arena_init(&arena, 0);
    void *value = arena_alloc(&arena, model->size);
    if (api_decode(model, shape, manner, json, NULL, &arena, value, &err)) {
        (void)!api_validate(model, shape, value, &err);
        round_trip(model, value, &arena);
    } else if (err.message[0] == '\0') {
        abort();
    }
    arena_free(&arena);
    return 0;
}
