/*
 * az's configuration: whatever a file holds, an option that was set is there, setting it again
 * changes nothing, and another section's options stay.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "cli/ini.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct text file = {(const char *)data, size}, once, twice;
    arena_init(&arena, 0);
    bool has_other = ini_has_section(file, "z");
    if (!ini_set(&arena, file, "core", "name", "50%", &once, &err)) {
        if (!*err.message)
            abort();
        azb_error_free(&err);
        return 0;
    }
    if (!ini_has_section(once, "core") || ini_has_section(once, "z") != has_other ||
        !memmem(once.at, once.length, "name = 50%%\n", 12))
        abort();
    if (!ini_set(&arena, once, "core", "name", "50%", &twice, &err) || !text_equal(once, twice))
        abort();
    return 0;
}
