/* Memory that dies together, and the hook that makes it fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/arena.h"

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    for (size_t size = 0; size < 3000; size += 37) {
        unsigned char *at = arena_alloc(&arena, size);
        assert_non_null(at);
        assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(at[i], 0);
        memset(at, 0xFF, size);
    }
    assert_false(arena.failed);
}

static void large_pieces_have_their_own_block(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    char *small = arena_string(&arena, "small");
    char *large = arena_alloc(&arena, 5000000);
    assert_non_null(large);
    memset(large, 'x', 5000000);
    assert_string_equal(small, "small");
}

static void maximum_holds(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 1000);
    assert_null(arena_alloc(&arena, 1001));
    assert_true(arena.failed);
    arena_free(&arena);
    assert_false(arena.failed);
    assert_int_equal(arena.maximum, 1000);
    size_t pieces = 0;
    while (arena_alloc(&arena, 16))
        pieces++;
    assert_in_range(pieces, 30, 62);
    assert_true(arena.failed);
    assert_true(arena.used <= 1000);
}

static void sizes_that_overflow_fail(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc(&arena, SIZE_MAX / 2 + 1));
    assert_null(arena_array(&arena, SIZE_MAX / 2, 3));
    assert_null(arena_copy(&arena, "", SIZE_MAX));
    assert_true(arena.failed);
}

static void copies_end_with_nul(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    assert_string_equal(arena_copy(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_copy(&arena, NULL, 0), "");
    assert_null(arena_string(&arena, NULL));
    assert_false(arena.failed);
    assert_string_equal(arena_format(&arena, "%s-%d", "pool", 7), "pool-7");
    char long_text[9000];
    memset(long_text, 'a', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    assert_string_equal(arena_format(&arena, "%s", long_text), long_text);
}

static void usable_after_free_and_wipe(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    arena_free(&arena);
    assert_non_null(arena_string(&arena, "secret"));
    arena_wipe(&arena);
    assert_int_equal(arena.used, 0);
    assert_string_equal(arena_string(&arena, "again"), "again");
    arena_free(&arena);
    arena_free(&arena);
}

static void the_nth_allocation_fails_once(void **state)
{
    (void)state;
    memory_fail_after(2);
    char *first = memory_alloc(1);
    char *second = memory_alloc(1);
    char *third = memory_string("third");
    assert_non_null(first);
    assert_null(second);
    assert_string_equal(third, "third");
    memory_fail_after(1);
    assert_null(memory_resize(third, 100));
    third = memory_resize(third, 100);
    assert_string_equal(third, "third");
    memory_fail_after(1);
    memory_fail_after(0);
    char *fourth = memory_alloc(1);
    assert_non_null(fourth);
    memory_free(first);
    memory_free(third);
    memory_free(fourth);
    memory_free(NULL);
}

static void a_failed_block_is_remembered(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    memory_fail_after(1);
    assert_null(arena_format(&arena, "%d", 1));
    assert_true(arena.failed);
    assert_string_equal(arena_format(&arena, "%d", 1), "1");
    assert_true(arena.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(large_pieces_have_their_own_block),
        cmocka_unit_test(maximum_holds),
        cmocka_unit_test(sizes_that_overflow_fail),
        cmocka_unit_test(copies_end_with_nul),
        cmocka_unit_test(usable_after_free_and_wipe),
        cmocka_unit_test(the_nth_allocation_fails_once),
        cmocka_unit_test(a_failed_block_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
