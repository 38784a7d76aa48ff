/* Any text as a configuration file: it is read, or refused with a sentence. */
#include <stdint.h>
#include <stdlib.h>

#include "config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct config config;
    struct arena arena;
    arena_init(&arena, 1 << 24);
    struct text text = {(const char *)data, size};
    bool read = config_parse(text, "folder/config.json", &arena, &config, &err);
    if (read != (err.message[0] == '\0'))
        abort();
    if (read && config.applications.count > 0) {
        const struct config_application *first = config.applications.at;
        if (!first->display_name) /* it is required */
            abort();
    }
    azb_error_free(&err);
    arena_free(&arena);
    return 0;
}
