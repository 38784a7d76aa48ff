/*
 * logins.json: whatever it holds, it is read or refused with a sentence, and what was read is
 * written so that it reads as the same again.
 */
#include <stdint.h>

#include "base/error.h"
#include "cli/login_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct login_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (!list->logins[i].name || !list->logins[i].authority_host ||
            login_find(list, list->logins[i].name) != &list->logins[i])
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct login_list first, second;
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer once = {0}, twice = {0};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    buffer_init(&once, LOGIN_FILE_MAX);
    buffer_init(&twice, LOGIN_FILE_MAX);
    if (!login_list_parse((struct text){(const char *)data, size}, &arena, &first, &err)) {
        if (!*err.message)
            abort();
        return 0;
    }
    check(&first);
    login_list_print(&first, &once);
    if (once.failed)
        return 0; /* longer than a file may be */
    if (!login_list_parse(buffer_text(&once), &arena, &second, &err))
        abort();
    login_list_print(&second, &twice);
    if (!text_equal(buffer_text(&once), buffer_text(&twice)))
        abort();
    return 0;
}
