/* Command lines against option rows; the nearest name of a mistyped one. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "cli/command.h"
#include "cli/suggest.h"

static const struct option_row options[] = {
    {"job-id", OPTION_TEXT, false, "The job.", 0},
    {"priority", OPTION_TEXT, false, "A number.", 0},
    {"recursive", OPTION_FLAG, false, "All.", 'r'},
    {"fast", OPTION_BOOL, false, "Fast.", 0},
    {"settings", OPTION_LIST, false, "Pairs.", 0},
};
static const struct command plain = {"job test", "", NULL, options, 5, NULL};

static const struct option_row required_options[] = {
    {"id", OPTION_TEXT, true, "Which.", 0},
};
static const struct command needy = {"app test", "", NULL, required_options, 1, NULL};

static const struct option_row place_options[] = {
    {"METHOD", OPTION_POSITIONAL, true, "How.", 0},
    {"URL", OPTION_POSITIONAL, true, "Where.", 0},
    {"body", OPTION_TEXT, false, "What.", 'b'},
};
static const struct command places = {"rest", "", NULL, place_options, 3, NULL};

static const struct option_row rest_options[] = {
    {"state", OPTION_TEXT, false, "Folder.", 0},
    {"COMMAND", OPTION_REST, true, "What to run.", 0},
};
static const struct command runs = {"run", "", NULL, rest_options, 2, NULL};

/* What was read, written as "job-id=a settings=A=1,B=2 | rest words". */
static void describe(const struct arguments *arguments, char *out, size_t size)
{
    size_t at = 0;
    out[0] = '\0';
    for (size_t i = 0; i < arguments->count; i++) {
        const struct option_value *value = &arguments->options[i];
        at += (size_t)snprintf(out + at, size - at, "%s%s", i ? " " : "", value->row->name);
        for (size_t v = 0; v < value->count; v++)
            at += (size_t)snprintf(out + at, size - at, "%c%s", v ? ',' : '=', value->values[v]);
    }
    for (int i = 0; i < arguments->rest_count; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%s", i ? " " : "|", arguments->rest[i]);
}

static const struct {
    const char *name;
    const struct command *command;
    const char *words[10];
    const char *wanted; /* as describe() writes it, or a part of the error after '!' */
} cases[] = {
    {"nothing", &plain, {NULL}, ""},
    {"a value", &plain, {"--job-id", "a"}, "job-id=a"},
    {"an attached value", &plain, {"--job-id=a=b"}, "job-id=a=b"},
    {"an empty attached value", &plain, {"--job-id="}, "job-id="},
    {"the last one is kept last", &plain, {"--job-id", "a", "--job-id", "b"}, "job-id=a,b"},
    {"a negative number", &plain, {"--priority", "-5"}, "priority=-5"},
    {"a single dash", &plain, {"--job-id", "-"}, "job-id=-"},
    {"a dash needs '='", &plain, {"--job-id", "-x"}, "!--job-id=VALUE"},
    {"a dash with '='", &plain, {"--job-id=-x"}, "job-id=-x"},
    {"a list", &plain, {"--settings", "A=1", "B=2", "--fast"}, "settings=A=1,B=2 fast=true"},
    {"a list twice", &plain, {"--settings", "A=1", "--settings", "B=2"}, "settings=A=1,B=2"},
    {"a list needs one", &plain, {"--settings", "--fast"}, "!--settings needs a value"},
    {"a flag", &plain, {"--recursive"}, "recursive="},
    {"a letter", &plain, {"-r", "-o", "json"}, "recursive= output=json"},
    {"letters are not joined", &plain, {"-ro"}, "!has no option '-ro'"},
    {"a flag takes nothing", &plain, {"--recursive=yes"}, "!--recursive takes no value"},
    {"a bool alone", &plain, {"--fast"}, "fast=true"},
    {"a bool said", &plain, {"--fast", "false", "-r"}, "fast=false recursive="},
    {"a value is missing", &plain, {"--job-id"}, "!--job-id needs a value"},
    {"an option is no value", &plain, {"--job-id", "--fast"}, "!--job-id needs a value"},
    {"unknown", &plain, {"--nonsense", "1"}, "!'azb job test' has no option '--nonsense'"},
    {"nearly known", &plain, {"--jobid", "1"}, "!did you mean --job-id?"},
    {"nearly global", &plain, {"--ouptut", "json"}, "!did you mean --output?"},
    {"a stray word", &plain, {"a"}, "!'azb job test' takes no 'a'"},
    {"required", &needy, {NULL}, "!'azb app test' needs --id (Which.)"},
    {"required and there", &needy, {"--id", "7"}, "id=7"},
    {"help needs nothing", &needy, {"--help"}, "help="},
    {"by place", &places, {"GET", "/jobs"}, "METHOD=GET URL=/jobs"},
    {"by place with options", &places, {"-b", "{}", "GET", "/jobs"},
        "body={} METHOD=GET URL=/jobs"},
    {"a place is missing", &places, {"GET"}, "!needs URL (Where.)"},
    {"one too many", &places, {"GET", "/jobs", "x"}, "!takes no 'x'"},
    {"a command", &runs, {"--", "ls", "--all"}, "|ls --all"},
    {"a command without dashes", &runs, {"--state", "s", "ls", "--all"}, "state=s|ls --all"},
    {"dashes of the command's own", &runs, {"--", "git", "--", "x"}, "|git -- x"},
    {"no command", &runs, {"--"}, "!needs COMMAND"},
};

static void reads_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *words[10], found[512];
        int count = 0;
        struct arguments arguments;
        struct azb_error err = AZB_ERROR_INIT;
        while (count < 10 && cases[i].words[count]) {
            words[count] = strdup(cases[i].words[count]);
            count++;
        }
        bool read = arguments_read(cases[i].command, count, words, &arguments, &err);
        if (read)
            describe(&arguments, found, sizeof found);
        else
            snprintf(found, sizeof found, "!%s", err.message);
        const char *wanted = cases[i].wanted;
        bool same = read ? strcmp(found, wanted) == 0
                         : wanted[0] == '!' && strstr(found, wanted + 1) != NULL;
        if (!same || (!read && err.kind != AZB_ERROR_ARGUMENT))
            fail_msg("%s: wanted '%s', got '%s'", cases[i].name, wanted, found);
        while (count)
            free(words[--count]);
    }
}

static void has_limits(void **state)
{
    char *words[VALUES_MAX + 2], option[] = "--settings", value[] = "A=1";
    struct arguments arguments;
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    words[0] = option;
    for (int i = 1; i < VALUES_MAX + 2; i++)
        words[i] = value;
    assert_true(arguments_read(&plain, VALUES_MAX + 1, words, &arguments, &err));
    assert_int_equal(argument_list(&arguments, "settings")->count, VALUES_MAX);
    assert_false(arguments_read(&plain, VALUES_MAX + 2, words, &arguments, &err));
    assert_non_null(strstr(err.message, "more than 64"));
}

static void suggests_the_nearest(void **state)
{
    struct suggestion typed = {.word = "taks list"};
    (void)state;
    suggestion_offer(&typed, "pool list");
    assert_null(typed.best);
    suggestion_offer(&typed, "tasks list");
    suggestion_offer(&typed, "task list");
    suggestion_offer(&typed, "talk list");
    assert_string_equal(typed.best, "tasks list"); /* the first of equals */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_table),
        cmocka_unit_test(has_limits),
        cmocka_unit_test(suggests_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
