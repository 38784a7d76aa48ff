/* Where lines end: the terminal's width as COLUMNS has it, within limits; and paragraphs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "cli/wrap.h"

#define SENTENCE "one two three four five six seven eight nine ten eleven twelve"

static const struct {
    const char *name, *columns, *text, *printed;
} rows[] = {
    {"no terminal", NULL, SENTENCE, SENTENCE "\n"},
    {"45", "45", SENTENCE, "one two three four five six seven eight nine\n  ten eleven twelve\n"},
    {"44 just fit", "44", SENTENCE,
        "one two three four five six seven eight nine\n  ten eleven twelve\n"},
    {"43", "43", SENTENCE, "one two three four five six seven eight\n  nine ten eleven twelve\n"},
    {"never under 40", "7", SENTENCE,
        "one two three four five six seven eight\n  nine ten eleven twelve\n"},
    {"never over 100", "500", SENTENCE " " SENTENCE,
        SENTENCE " one two three four five six seven\n  eight nine ten eleven twelve\n"},
    {"no number", "wide", SENTENCE, SENTENCE "\n"},
    {"one long word stays whole", "40",
        "see https://localhost:8443/a/rather/long/address/that/is/copied now",
        "see\n  https://localhost:8443/a/rather/long/address/that/is/copied\n  now\n"},
    {"no control characters", NULL, "a\tb\x1b[2J", "a b [2J\n"},
};

static void expect(void (*print)(FILE *to, struct text text), const char *columns, const char *text,
    const char *printed)
{
    char *got = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&got, &length);
    assert_non_null(to);
    assert_int_equal(columns ? setenv("COLUMNS", columns, 1) : unsetenv("COLUMNS"), 0);
    print(to, text_of(text));
    assert_int_equal(fclose(to), 0);
    assert_string_equal(got, printed);
    free(got);
}

static void print_sentence(FILE *to, struct text text)
{
    wrap_print(to, 2, 0, text);
}

static void test_lines_end_where_the_terminal_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("%s\n", rows[i].name);
        expect(print_sentence, rows[i].columns, rows[i].text, rows[i].printed);
    }
}

static void test_paragraphs_keep_examples(void **state)
{
    (void)state;
    expect(wrap_paragraphs, NULL,
        "A sentence that\ngoes on.\n\nFor example:\n  azb doctor\n  azb help",
        "A sentence that goes on.\n\nFor example:\n  azb doctor\n  azb help\n");
    expect(wrap_paragraphs, NULL, "First:\nsecond\nthird", "First:\nsecond third\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_end_where_the_terminal_does),
        cmocka_unit_test(test_paragraphs_keep_examples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
