/*
 * Command lines: words separated by NUL, read against rows of each kind. Whatever they are, there
 * is an answer or a sentence, and no value that was not among the words.
 */
#include <stdint.h>

#include "base/error.h"
#include "cli/command.h"

#define WORDS_MAX 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct option_row rows[] = {
    {"text", OPTION_TEXT, false, "", 't'},
    {"flag", OPTION_FLAG, false, "", 'f'},
    {"bool", OPTION_BOOL, false, "", 0},
    {"list", OPTION_LIST, true, "", 0},
    {"PLACE", OPTION_POSITIONAL, false, "", 0},
    {"REST", OPTION_REST, false, "", 0},
};
static const struct command commands[] = {
    {"all", "", NULL, rows, 6, NULL},
    {"named", "", NULL, rows, 4, NULL},
    {"none", "", NULL, NULL, 0, NULL},
};

static bool within(const char *value, const char *copy, size_t size)
{
    return (value >= copy && value <= copy + size) || strcmp(value, "true") == 0 || !*value;
}

static void check(const struct arguments *arguments, const char *copy, size_t size)
{
    for (size_t i = 0; i < arguments->count; i++) {
        const struct option_value *value = &arguments->options[i];
        if (value->count == 0 || value->count > VALUES_MAX)
            abort();
        for (size_t v = 0; v < value->count; v++)
            if (!within(value->values[v], copy, size))
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + 1), *words[WORDS_MAX];
    int count = 0;
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    copy[size] = '\0';
    for (size_t at = 0; at < size && count < WORDS_MAX; at += strlen(copy + at) + 1)
        words[count++] = copy + at;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct arguments arguments;
        struct azb_error err = AZB_ERROR_INIT;
        bool read = arguments_read(&commands[i], count, words, &arguments, &err);
        if (read)
            check(&arguments, copy, size);
        else if (!*err.message || err.kind != AZB_ERROR_ARGUMENT)
            abort();
    }
    free(copy);
    return 0;
}
