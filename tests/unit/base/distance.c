#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/distance.h"

static const struct {
    const char *a, *b;
    size_t distance;
} distances[] = {
    {"", "", 0}, {"job", "job", 0}, {"jbo", "job", 1}, /* neighbours swapped */
    {"job", "jobs", 1}, {"ob", "job", 1}, {"jab", "job", 1}, {"pool", "job", 3}, {"", "pool", 4},
    {"ca", "abc", 3}, /* optimal string alignment: no edit inside a swap */
};

static size_t distance(const char *a, const char *b)
{
    return text_distance(text_of(a), text_of(b));
}

static void measures_distances(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof distances / sizeof *distances; i++) {
        assert_int_equal(distance(distances[i].a, distances[i].b), distances[i].distance);
        assert_int_equal(distance(distances[i].b, distances[i].a), distances[i].distance);
    }
    char longest[DISTANCE_LENGTH_MAX + 2];
    memset(longest, 'x', sizeof longest);
    longest[DISTANCE_LENGTH_MAX + 1] = '\0';
    assert_true(distance(longest, "x") == SIZE_MAX);
    longest[DISTANCE_LENGTH_MAX] = '\0';
    assert_int_equal(distance(longest, "x"), DISTANCE_LENGTH_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_distances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
