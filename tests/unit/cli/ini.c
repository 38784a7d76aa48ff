/* Files of sections and options: one option changes, everything else stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail

#include "base/error.h"
#include "cli/ini.h"

static const struct {
    const char *name, *file, *value, *result;
} rows[] = {
    {"no file", "", "1", "[core]\nname = 1\n"},
    {"replaced", "[core]\nname = 0\nother = 2\n", "1", "[core]\nname = 1\nother = 2\n"},
    {"another case, another separator", "[core]\nNAME: 0\n", "1", "[core]\nname = 1\n"},
    {"added to its section", "[core]\nother = 2\n\n[z]\nname = 0\n", "1",
        "[core]\nother = 2\nname = 1\n\n[z]\nname = 0\n"},
    {"an empty section", "[core]\n[z]\nname = 0\n", "1", "[core]\nname = 1\n[z]\nname = 0\n"},
    {"another section has it", "[z]\nname = 0\n", "1", "[z]\nname = 0\n\n[core]\nname = 1\n"},
    {"sections mind case", "[Core]\nname = 0\n", "1", "[Core]\nname = 0\n\n[core]\nname = 1\n"},
    {"its continued lines go with it", "[core]\nname = 0\n  more\n\teven\nother = 2\n", "1",
        "[core]\nname = 1\nother = 2\n"},
    {"those of others stay", "[core]\nother = 2\n  name = 3\n", "1",
        "[core]\nother = 2\n  name = 3\nname = 1\n"},
    {"comments stay", "# name = 0\n[core]\n; name = 0\nname = 0\n# end\n", "1",
        "# name = 0\n[core]\n; name = 0\nname = 1\n# end\n"},
    {"no line feed at the end", "[core]\nother = 2", "1", "[core]\nother = 2\nname = 1\n"},
    {"a percent sign is doubled", "", "100%", "[core]\nname = 100%%\n"},
    {"no equals sign", "[core]\nname\n", "1", "[core]\nname = 1\n"},
    {"a longer name is another", "[core]\nnames = 0\n", "1", "[core]\nnames = 0\nname = 1\n"},
};

static void test_one_option_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct text once, twice;
        print_message("%s\n", rows[i].name);
        arena_init(&arena, 0);
        assert_true(
            ini_set(&arena, text_of(rows[i].file), "core", "name", rows[i].value, &once, &err));
        assert_string_equal(text_string(&arena, once), rows[i].result);
        assert_true(ini_set(&arena, once, "core", "name", rows[i].value, &twice, &err));
        assert_string_equal(text_string(&arena, twice), rows[i].result);
        assert_true(ini_has_section(once, "core"));
        assert_false(ini_has_section(once, "name"));
    }
}

static void test_a_file_has_a_limit(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer large = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct text out;
    arena_init(&arena, 0);
    buffer_init(&large, INI_MAX);
    while (large.length < INI_MAX)
        buffer_add_char(&large, '#');
    assert_false(ini_set(&arena, buffer_text(&large), "core", "name", "1", &out, &err));
    assert_non_null(strstr(err.message, "longer than"));
    azb_error_free(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_option_changes),
        cmocka_unit_test(test_a_file_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
