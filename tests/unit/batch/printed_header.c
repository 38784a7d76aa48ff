/* include/azb/operations.h is what batch/print.c prints, and the args are laid out as call.c reads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "api/operation.h"
#include "batch/print.h"

static void the_checked_in_header_is_fresh(void **state)
{
    struct buffer wanted;
    static char found[1 << 20];
    (void)state;
    buffer_init(&wanted, sizeof found);
    batch_print_header(&wanted);
    FILE *file = fopen(TEST_SOURCE_DIR "/../include/azb/operations.h", "r");
    assert_non_null(file);
    size_t length = fread(found, 1, sizeof found - 1, file);
    fclose(file);
    assert_int_equal(length, wanted.length);
    assert_memory_equal(found, wanted.at, length);
    buffer_free(&wanted);
}

static size_t expected_size(const struct operation *operation)
{
    static const size_t conditions[] = {
        [CONDITIONS_NONE] = 0, [CONDITIONS_DATES] = 2, [CONDITIONS_ALL] = 4};
    bool sink = operation->returns_kind == RETURNS_FILE && operation->method == METHOD_GET;
    size_t members = 1 + operation->path_count + (operation->body ? 1 : 0) +
                     operation->query_count + operation->header_count +
                     conditions[operation->conditions] + (sink ? 2 : 0) + 3;
    return members * 8;
}

static void the_args_are_words_of_eight_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        print_message("%s\n", operation_at(i)->name);
        assert_int_equal(operation_args_size(i), expected_size(operation_at(i)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_checked_in_header_is_fresh),
        cmocka_unit_test(the_args_are_words_of_eight_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
