#include "base/arena.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_FIRST 4096
#define BLOCK_LARGEST 65536
#define ALIGNMENT _Alignof(max_align_t)

/* The one exception to "no mutable globals": a counter that only tests ever set. */
static atomic_long fail_in;

static bool must_fail(void)
{
    if (atomic_load_explicit(&fail_in, memory_order_relaxed) <= 0)
        return false;
    return atomic_fetch_sub(&fail_in, 1) == 1;
}

void memory_fail_after(long n)
{
    atomic_store(&fail_in, n);
}

void *memory_alloc(size_t size)
{
    return must_fail() ? NULL : calloc(1, size ? size : 1);
}

void *memory_resize(void *at, size_t size)
{
    return must_fail() ? NULL : realloc(at, size ? size : 1);
}

void memory_free(void *at)
{
    free(at);
}

char *memory_string(const char *from)
{
    size_t size = strlen(from) + 1;
    char *copy = memory_alloc(size);
    return copy ? memcpy(copy, from, size) : NULL;
}

struct arena_block {
    struct arena_block *next; /* older */
    size_t size;
    size_t used;
    max_align_t bytes[];
};

void arena_init(struct arena *arena, size_t maximum)
{
    *arena = (struct arena){.maximum = maximum};
}

void arena_free(struct arena *arena)
{
    struct arena_block *next;
    for (struct arena_block *block = arena->block; block; block = next) {
        next = block->next;
        memory_free(block);
    }
    arena_init(arena, arena->maximum);
}

void arena_reset(struct arena *arena)
{
    struct arena_block *kept = NULL, *next;
    for (struct arena_block *block = arena->block; block; block = next) {
        next = block->next;
        bool keep = !kept && block->size <= BLOCK_LARGEST;
        if (keep)
            kept = block;
        else
            memory_free(block);
    }
    arena_init(arena, arena->maximum);
    if (!kept)
        return;
    memset(kept->bytes, 0, kept->used);
    kept->used = 0;
    kept->next = NULL;
    arena->block = kept;
}

void arena_wipe(struct arena *arena)
{
    for (struct arena_block *block = arena->block; block; block = block->next)
        explicit_bzero(block->bytes, block->used);
    arena_free(arena);
}

/* Blocks double, so that a small request stays small and a large one makes few calls. */
static size_t next_block_size(const struct arena *arena, size_t wanted)
{
    size_t size = arena->block ? arena->block->size * 2 : BLOCK_FIRST;
    if (size > BLOCK_LARGEST)
        size = BLOCK_LARGEST;
    return wanted > size ? wanted : size;
}

static bool add_block(struct arena *arena, size_t wanted)
{
    size_t size = next_block_size(arena, wanted);
    if (size > SIZE_MAX - sizeof(struct arena_block))
        return false;
    struct arena_block *block = memory_alloc(sizeof(*block) + size);
    if (!block)
        return false;
    block->size = size;
    block->next = arena->block;
    arena->block = block;
    return true;
}

static void *remember_failure(struct arena *arena)
{
    arena->failed = true;
    return NULL;
}

static bool has_room(const struct arena *arena, size_t size)
{
    return arena->block && size <= arena->block->size - arena->block->used;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return remember_failure(arena);
    size = size ? (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    if (arena->maximum && size > arena->maximum - arena->used)
        return remember_failure(arena);
    if (!has_room(arena, size) && !add_block(arena, size))
        return remember_failure(arena);
    /* A block is zeroed when born and no byte of it is handed out twice. */
    struct arena_block *block = arena->block;
    void *at = (char *)block->bytes + block->used;
    block->used += size;
    arena->used += size;
    return at;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return remember_failure(arena);
    return arena_alloc(arena, bytes);
}

char *arena_copy(struct arena *arena, const void *from, size_t length)
{
    if (length == SIZE_MAX)
        return remember_failure(arena);
    char *copy = arena_alloc(arena, length + 1);
    if (copy && length > 0)
        memcpy(copy, from, length);
    return copy;
}

char *arena_string(struct arena *arena, const char *from)
{
    return from ? arena_copy(arena, from, strlen(from)) : NULL;
}

/* Mostly the text fits into what is left of the block: then it is formatted once, in its place. */
char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    size_t room = arena->block ? arena->block->size - arena->block->used : 0;
    char *place = room ? (char *)arena->block->bytes + arena->block->used : NULL;
    va_start(args, format);
    int length = vsnprintf(place, room, format, args);
    va_end(args);
    char *out = length < 0 ? remember_failure(arena) : arena_alloc(arena, (size_t)length + 1);
    if (out && (size_t)length < room)
        return out;
    if (room)
        memset(place, 0, room); /* it was zeroed, and will be handed out as such */
    if (!out)
        return NULL;
    va_start(args, format);
    vsnprintf(out, (size_t)length + 1, format, args);
    va_end(args);
    return out;
}
