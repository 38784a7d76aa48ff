#include "cli/command.h"

#include "base/error.h"
#include "cli/suggest.h"

static struct option_value *value_of(struct arguments *arguments, const struct option_row *row)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (arguments->options[i].row == row)
            return &arguments->options[i];
    if (arguments->count == OPTIONS_MAX)
        return NULL;
    struct option_value *value = &arguments->options[arguments->count++];
    value->row = row;
    value->count = 0;
    return value;
}

static bool named(const struct option_row *row)
{
    return row->kind != OPTION_POSITIONAL && row->kind != OPTION_REST;
}

static const struct option_row *find_option(
    const struct command *command, struct text name, char letter)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (named(&command->options[i]) && (letter ? command->options[i].letter == letter
                                                   : text_is(name, command->options[i].name)))
            return &command->options[i];
    for (size_t i = 0; global_option_at(i); i++) {
        const struct option_row *row = global_option_at(i);
        if (letter ? row->letter == letter : text_is(name, row->name))
            return row;
    }
    return NULL;
}

bool command_has_option(const struct command *command, const char *name)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (strcmp(command->options[i].name, name) == 0)
            return true;
    return false;
}

static bool looks_like_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

static bool add_value(struct arguments *arguments, const struct option_row *row, const char *text,
    struct azb_error *err)
{
    struct option_value *value = value_of(arguments, row);
    if (!value)
        return fail(err, AZB_ERROR_ARGUMENT, "there are more than %d options", OPTIONS_MAX);
    if (value->count == VALUES_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "--%s has more than %d values", row->name, VALUES_MAX);
    value->values[value->count++] = text;
    return true;
}

struct words {
    int count, at;
    char **list;
};

/* What follows a bool: "true" or "false" if it is one of them, else it means true. */
static const char *bool_word(struct words *words)
{
    const char *next = words->at < words->count ? words->list[words->at] : "";
    if (strcmp(next, "true") != 0 && strcmp(next, "false") != 0)
        return "true";
    words->at++;
    return next;
}

static bool no_such_option(
    const struct command *command, struct text name, const char *word, struct azb_error *err)
{
    char typed[SUGGEST_LENGTH_MAX + 1];
    snprintf(typed, sizeof typed, "%.*s", TEXT_ARGS(name));
    struct suggestion suggestion = {.word = typed};
    for (size_t i = 0; i < command->option_count; i++)
        if (named(&command->options[i]))
            suggestion_offer(&suggestion, command->options[i].name);
    for (size_t i = 0; global_option_at(i); i++)
        suggestion_offer(&suggestion, global_option_at(i)->name);
    if (suggestion.best)
        return fail(err, AZB_ERROR_ARGUMENT, "'azb %s' has no option '%s'; did you mean --%s?",
            command->name, word, suggestion.best);
    return fail(err, AZB_ERROR_ARGUMENT, "'azb %s' has no option '%s'", command->name, word);
}

static bool is_value(const char *word)
{
    return !looks_like_option(word) || (word[1] >= '0' && word[1] <= '9');
}

/* The words behind an option: one, or for a list all up to the next option. */
static bool read_values(const struct option_row *row, struct words *words,
    struct arguments *arguments, struct azb_error *err)
{
    if (words->at == words->count || !is_value(words->list[words->at]))
        return fail(err, AZB_ERROR_ARGUMENT,
            "--%s needs a value (one that begins with a dash is written --%s=VALUE)", row->name,
            row->name);
    do {
        if (!add_value(arguments, row, words->list[words->at++], err))
            return false;
    } while (
        row->kind == OPTION_LIST && words->at < words->count && is_value(words->list[words->at]));
    return true;
}

/* "--name=value": the value, and `name` becomes the name alone. NULL without one. */
static const char *attached_value(struct text *name)
{
    struct text rest = *name;
    if (!memchr(name->at, '=', name->length))
        return NULL;
    text_cut(&rest, '=', name);
    return rest.at;
}

static bool read_option(const struct command *command, struct words *words,
    struct arguments *arguments, struct azb_error *err)
{
    const char *word = words->list[words->at++];
    bool is_long = word[1] == '-';
    struct text name = text_of(word + (is_long ? 2 : 1));
    const char *attached = is_long ? attached_value(&name) : NULL;
    const struct option_row *row =
        is_long || !word[2] ? find_option(command, name, is_long ? 0 : word[1]) : NULL;
    if (!row)
        return no_such_option(command, name, word, err);
    if (row->kind == OPTION_FLAG)
        return attached ? fail(err, AZB_ERROR_ARGUMENT, "--%s takes no value", row->name)
                        : add_value(arguments, row, "", err);
    if (attached)
        return add_value(arguments, row, attached, err);
    if (row->kind == OPTION_BOOL)
        return add_value(arguments, row, bool_word(words), err);
    return read_values(row, words, arguments, err);
}

static const struct option_row *next_positional(
    const struct command *command, const struct arguments *arguments)
{
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_row *row = &command->options[i];
        if (row->kind == OPTION_REST)
            return row;
        if (row->kind == OPTION_POSITIONAL && !argument(arguments, row->name))
            return row;
    }
    return NULL;
}

static bool read_word(const struct command *command, struct words *words,
    struct arguments *arguments, struct azb_error *err)
{
    const struct option_row *row = next_positional(command, arguments);
    bool end = strcmp(words->list[words->at], "--") == 0;
    if (!row)
        return fail(err, AZB_ERROR_ARGUMENT, "'azb %s' takes no '%s'", command->name,
            words->list[words->at]);
    if (row->kind == OPTION_POSITIONAL && !end)
        return add_value(arguments, row, words->list[words->at++], err);
    if (end)
        words->at++;
    arguments->rest = words->list + words->at;
    arguments->rest_count = words->count - words->at;
    words->at = words->count;
    return true;
}

static bool check_required(
    const struct command *command, const struct arguments *arguments, struct azb_error *err)
{
    if (argument_flag(arguments, "help"))
        return true;
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_row *row = &command->options[i];
        if (!row->required || argument(arguments, row->name))
            continue;
        if (row->kind == OPTION_REST && arguments->rest_count > 0)
            continue;
        return fail(err, AZB_ERROR_ARGUMENT, "'azb %s' needs %s%s (%s)", command->name,
            named(row) ? "--" : "", row->name, row->help);
    }
    return true;
}

bool arguments_read(const struct command *command, int argc, char **argv,
    struct arguments *arguments, struct azb_error *err)
{
    struct words words = {argc, 0, argv};
    *arguments = (struct arguments){0};
    while (words.at < words.count) {
        const char *word = words.list[words.at];
        bool option = looks_like_option(word) && strcmp(word, "--") != 0;
        if (!(option ? read_option(command, &words, arguments, err)
                     : read_word(command, &words, arguments, err)))
            return false;
    }
    return check_required(command, arguments, err);
}

const struct option_value *argument_list(const struct arguments *arguments, const char *name)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (strcmp(arguments->options[i].row->name, name) == 0)
            return &arguments->options[i];
    return NULL;
}

const char *argument(const struct arguments *arguments, const char *name)
{
    const struct option_value *value = argument_list(arguments, name);
    return value && value->count ? value->values[value->count - 1] : NULL;
}

bool argument_flag(const struct arguments *arguments, const char *name)
{
    return argument_list(arguments, name) != NULL;
}
