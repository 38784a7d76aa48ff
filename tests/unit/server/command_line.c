/* Command lines without a shell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/command_line.h"

struct row {
    const char *name;
    const char *line;
    const char *arguments; /* joined by '|'; NULL: refused */
    const char *problem;
};

static const struct row rows[] = {
    {"one", "true", "true", NULL},
    {"white space", " a\tb \n c ", "a|b|c", NULL},
    {"single quotes keep all", "sh -c 'echo \"$A\" \\n'", "sh|-c|echo \"$A\" \\n", NULL},
    {"double quotes", "sh -c \"echo \\\"a\\\" \\\\ \\n $A\"", "sh|-c|echo \"a\" \\ \\n $A", NULL},
    {"backslash", "a\\ b\\'c", "a b'c", NULL},
    {"joined", "a'b'\"c\"d", "abcd", NULL},
    {"empty argument", "a '' \"\"", "a||", NULL},
    {"no expansion", "echo $HOME * > x", "echo|$HOME|*|>|x", NULL},
    {"empty", "", NULL, "it names no program"},
    {"blank", " \t", NULL, "it names no program"},
    {"open single", "a 'b", NULL, "the single quote at character 3 is not closed"},
    {"open double", "\"b\\\"", NULL, "the double quote at character 1 is not closed"},
    {"backslash at the end", "a\\", NULL, "the backslash at the end escapes nothing"},
};

static void check_arguments(const struct row *row, char **arguments, size_t count)
{
    char joined[256] = "";
    size_t at = 0;

    for (size_t i = 0; i < count; i++)
        at +=
            (size_t)snprintf(joined + at, sizeof(joined) - at, "%s%s", i ? "|" : "", arguments[i]);
    assert_string_equal(joined, row->arguments);
    assert_null(arguments[count]);
}

static void splits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        scoped_arena struct arena arena = {0};
        char **arguments = NULL;
        size_t count = 0;
        bool ok = false;

        arena_init(&arena, 0);
        print_message("%s\n", rows[i].name);
        ok = command_line_split(text_of(rows[i].line), &arena, &arguments, &count, &err);
        assert_int_equal(ok, rows[i].arguments != NULL);
        if (ok)
            check_arguments(&rows[i], arguments, count);
        else
            assert_string_equal(err.message, rows[i].problem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(splits)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
