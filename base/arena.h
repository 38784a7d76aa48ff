/*
 * base/arena.h - memory that dies together, and the one allocator hook.
 *
 * A request of the service and a reply of the client own one arena each. Nothing in an arena is
 * freed alone. A failed allocation returns NULL and is remembered in `failed`.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *block; /* newest first */
    size_t used;               /* bytes handed out */
    size_t maximum;            /* bytes that may be handed out; 0 is no limit */
    bool failed;
};

/* Every heap allocation of the library goes through these, so that tests can fail the Nth one. */
void *memory_alloc(size_t size);            /* zeroed; NULL when out of memory */
void *memory_resize(void *at, size_t size); /* as realloc; new bytes are not zeroed */
void memory_free(void *at);                 /* NULL is legal */
char *memory_string(const char *from);      /* a copy, or NULL */

/* Test hook: the allocation number `n` from now fails (1 is the next one); 0 switches it off. */
void memory_fail_after(long n);

void arena_init(struct arena *arena, size_t maximum);
void arena_free(struct arena *arena); /* usable again afterwards, with the same maximum */
/* Empty and usable again, keeping one block (overwritten) for what comes next. */
void arena_reset(struct arena *arena);
void arena_wipe(struct arena *arena); /* as arena_free, and overwrites the bytes first */

/* Zeroed and aligned for any type; NULL when out of memory or over the maximum. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_array(struct arena *arena, size_t count, size_t size);      /* checks the product */
char *arena_copy(struct arena *arena, const void *from, size_t length); /* adds a final NUL */
char *arena_string(struct arena *arena, const char *from);              /* NULL stays NULL */
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* `scoped_arena struct arena a = {0};` is freed at the end of its block, also when a return comes
 * before arena_init: that is what {0} is for, and tools/lint insists on it. */
#define scoped_arena __attribute__((cleanup(arena_free)))

#endif
