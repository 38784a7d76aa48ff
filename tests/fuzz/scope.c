/*
 * Fuzz target: scope ids. What is taken contains itself and lies in the root, reads the same again
 * in any case and with a slash at its end, and each of its levels but the root is a scope above it.
 */
#include <stdlib.h>

#include "rbac/scope.h"

static void must_be(const char *text, size_t length, const struct scope *same, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct scope again;
    if (!scope_parse((struct text){text, length}, arena, &again, &err) ||
        !scope_equal(&again, same) || again.kind != same->kind ||
        again.level_count != same->level_count)
        abort();
}

static void check_spellings(const struct scope *scope, struct arena *arena)
{
    size_t length = strlen(scope->text);
    must_be(scope->text, length, scope, arena);
    if (scope->kind == SCOPE_ROOT)
        return;
    must_be(scope->key, length, scope, arena);
    if (length < SCOPE_LENGTH_MAX)
        must_be(arena_format(arena, "%s/", scope->text), length + 1, scope, arena);
}

static void check_levels(const struct scope *scope, struct arena *arena)
{
    for (size_t i = 1; i < scope->level_count; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct text above = {scope->text, scope->levels[i].length};
        struct scope level;
        if (!scope_parse(above, arena, &level, &err) || !scope_contains(&level, scope) ||
            level.level_count != i + 1)
            abort();
        if (i + 1 < scope->level_count && scope_contains(scope, &level))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct arena arena;
    struct azb_error err = AZB_ERROR_INIT;
    struct scope scope, root;
    arena_init(&arena, 0);
    if (!scope_parse(TEXT("/"), &arena, &root, &err))
        abort();
    if (!scope_parse((struct text){(const char *)data, size}, &arena, &scope, &err)) {
        if (err.kind != AZB_ERROR_ARGUMENT || strncmp(err.message, "scope", 5) != 0)
            abort();
        azb_error_free(&err);
        arena_free(&arena);
        return 0;
    }
    if (!scope_contains(&root, &scope) || !scope_contains(&scope, &scope) || !*scope_name(&scope))
        abort();
    check_spellings(&scope, &arena);
    check_levels(&scope, &arena);
    arena_free(&arena);
    return 0;
}
