/* What is printed for people, for scripts, for programs; sentences in lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "cli/output.h"
#include "cli/wrap.h"

#define SIXTY "123456789012345678901234567890123456789012345678901234567890"

static const char *const two[] = {"id", "info.state", NULL};

static const struct {
    const char *name, *json;
    enum output_format format;
    column_paths columns;
    const char *wanted;
} cases[] = {
    {"a table", "[{\"id\":\"a\",\"info\":{\"state\":\"active\"}},{\"id\":\"longer\"}]",
        OUTPUT_TABLE, two,
        "id      state\n"
        "------  ------\n"
        "a       active\n"
        "longer  \n"},
    {"characters, not bytes", "[{\"id\":\"\xC3\xA4\xC3\xB6\xE2\x82\xAC\",\"info\":{\"state\":1}}]",
        OUTPUT_TABLE, two,
        "id   state\n"
        "---  -----\n"
        "\xC3\xA4\xC3\xB6\xE2\x82\xAC  1\n"},
    {"no control characters", "[{\"id\":\"a\\u001b[2Jb\\n\\u0085\\u007f\"}]", OUTPUT_TSV, two,
        "a\\x1b[2Jb\\n\\x85\\x7f\t\n"},
    {"a tab breaks no line of tsv", "[{\"id\":\"a\\tb\",\"info\":{\"state\":true}}]", OUTPUT_TSV,
        two, "a\\tb\ttrue\n"},
    {"numbers as they were sent", "[{\"id\":12345678901234567890.50}]", OUTPUT_TSV, two,
        "12345678901234567890.50\t\n"},
    {"64 characters of an id are kept", "[{\"id\":\"" SIXTY "abcd\",\"info\":{\"state\":1}}]",
        OUTPUT_TABLE, two,
        "id                                                                state\n"
        "----------------------------------------------------------------  -----\n" SIXTY
        "abcd  1\n"},
    {"more are cut",
        "[{\"id\":\"" SIXTY "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\",\"info\":{\"state\":1}}]",
        OUTPUT_TABLE, two,
        "id                                                                state\n"
        "----------------------------------------------------------------  -----\n" SIXTY
        "\xC3\xA4...  1\n"},
    {"tsv cuts nothing", "[{\"id\":\"" SIXTY SIXTY "\"}]", OUTPUT_TSV, two, SIXTY SIXTY "\t\n"},
    {"an object is a line a member", "{\"id\":\"a\",\"info\":{\"state\":\"active\"}}", OUTPUT_TABLE,
        two,
        "id     a\n"
        "state  active\n"},
    {"own members", "{\"a\":null,\"b\":[1],\"c\":{},\"d\":false}", OUTPUT_TABLE, NULL,
        "a  \n"
        "d  false\n"},
    {"an object in tsv", "{\"a\":\"x\",\"d\":false}", OUTPUT_TSV, NULL, "x\tfalse\n"},
    {"an empty list", "[]", OUTPUT_TABLE, two, ""},
    {"an empty list is JSON", "[]", OUTPUT_JSON, two, "[]\n"},
    {"JSON as it came", "{\"id\":\"a\",\"n\":1.0}", OUTPUT_JSON, two,
        "{\n  \"id\": \"a\",\n  \"n\": 1.0\n}\n"},
};

/* Runs `print` with standard output in a file, and gives what was written. */
static void capture(void (*print)(const void *), const void *what, char *out, size_t size)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    print(what);
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    rewind(file);
    size_t length = fread(out, 1, size - 1, file);
    out[length] = '\0';
    fclose(file);
}

static void print_case(const void *what)
{
    size_t i = *(const size_t *)what;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    const struct session session = {.format = cases[i].format};
    arena_init(&arena, 0);
    const struct json *value = json_parse(text_of(cases[i].json), &arena, &err);
    if (value)
        output(&session, value, cases[i].columns);
    else
        printf("not JSON: %s\n", err.message);
}

static void prints_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[2048];
        capture(print_case, &i, found, sizeof found);
        if (strcmp(found, cases[i].wanted) != 0)
            fail_msg("%s: wanted\n%s\ngot\n%s", cases[i].name, cases[i].wanted, found);
    }
}

/* A table that is wider than the terminal: its last column is cut, or each item is a block. */
static const struct {
    const char *name, *columns, *json, *wanted;
} narrow[] = {
    {"it fits", "40", "[{\"id\":\"a\",\"info\":{\"state\":\"active\"}}]",
        "id  state\n"
        "--  ------\n"
        "a   active\n"},
    {"the last column is cut", "40", "[{\"id\":\"a\",\"info\":{\"state\":\"a " SIXTY "\"}}]",
        "id  state\n"
        "--  ------------------------------------\n"
        "a   a 1234567890123456789012345678901...\n"},
    {"ids and paths are not", "40",
        "[{\"id\":\"a\",\"info\":{\"state\":\"/" SIXTY "\"}},{\"id\":\"b\"}]",
        "id     a\n"
        "state  /" SIXTY "\n"
        "\n"
        "id     b\n"
        "state  \n"},
    {"no room for the last column", "70",
        "[{\"id\":\"" SIXTY "\",\"info\":{\"state\":\"a longer word\"}}]",
        "id     " SIXTY "\n"
        "state  a longer word\n"},
};

static void print_narrow(const void *what)
{
    size_t i = *(const size_t *)what;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    const struct session session = {.format = OUTPUT_TABLE};
    arena_init(&arena, 0);
    setenv("COLUMNS", narrow[i].columns, 1);
    output(&session, json_parse(text_of(narrow[i].json), &arena, &err), two);
    unsetenv("COLUMNS");
}

static void fits_the_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++) {
        char found[2048];
        capture(print_narrow, &i, found, sizeof found);
        if (strcmp(found, narrow[i].wanted) != 0)
            fail_msg("%s: wanted\n%s\ngot\n%s", narrow[i].name, narrow[i].wanted, found);
    }
}

#define TEN "nine char "

static const struct {
    const char *name;
    size_t indent, column;
    const char *text, *wanted;
} sentences[] = {
    {"short", 2, 5, "a b", "a b\n"},
    {"empty", 2, 5, "", "\n"},
    {"exactly as wide", 2, 0, TEN TEN TEN TEN TEN TEN TEN TEN TEN "nine chars",
        TEN TEN TEN TEN TEN TEN TEN TEN TEN "nine chars\n"},
    {"one more", 2, 0, TEN TEN TEN TEN TEN TEN TEN TEN TEN "nine charss",
        TEN TEN TEN TEN TEN TEN TEN TEN TEN "nine\n  charss\n"},
    {"the column counts", 2, 1, TEN TEN TEN TEN TEN TEN TEN TEN TEN "nine chars",
        TEN TEN TEN TEN TEN TEN TEN TEN TEN "nine\n  chars\n"},
    {"a long word stays whole", 4, 90, "a " SIXTY SIXTY " b", "a\n    " SIXTY SIXTY "\n    b\n"},
    {"newlines stay", 3, 0, "a\nb\n\nc", "a\n   b\n\n   c\n"},
    {"controls do not", 0, 0,
        "a\x1b[2Jb\x7f \xC2\x9B"
        "c \xC3\xA4",
        "a [2Jb  c \xC3\xA4\n"},
};

static void print_sentence(const void *what)
{
    size_t i = *(const size_t *)what;
    wrap_print(stdout, sentences[i].indent, sentences[i].column, text_of(sentences[i].text));
}

static void wraps_sentences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        char found[1024];
        capture(print_sentence, &i, found, sizeof found);
        if (strcmp(found, sentences[i].wanted) != 0)
            fail_msg("%s: wanted\n'%s'\ngot\n'%s'", sentences[i].name, sentences[i].wanted, found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_the_table),
        cmocka_unit_test(fits_the_terminal),
        cmocka_unit_test(wraps_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
