/*
 * command_line_split on any bytes. What must hold: the arguments end with NULL, are no longer than
 * the line altogether, and a line without quotes and backslashes splits at white space alone.
 */
#include <stdlib.h>

#include "engine/command_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check(struct text line, char **arguments, size_t count)
{
    size_t total = 0;

    require(count > 0 && arguments[count] == NULL);
    for (size_t i = 0; i < count; i++)
        total += strlen(arguments[i]);
    require(total <= line.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text line = {(const char *)data, size};
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    char **arguments = NULL;
    size_t count = 0;

    arena_init(&arena, 0);
    if (command_line_split(line, &arena, &arguments, &count, &err))
        check(line, arguments, count);
    else
        require(err.kind != AZB_ERROR_NONE && err.message[0]);
    return 0;
}
