/*
 * azb: the command line. Finds the command of the longest name that the words begin with, reads the
 * options against its row, runs it.
 */
#include <assert.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/batch_verb.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "cli/state.h"
#include "cli/suggest.h"

#define COMMANDS_MAX 192

static struct command commands[COMMANDS_MAX];
static size_t command_count;

const struct command *command_at(size_t index)
{
    return index < command_count ? &commands[index] : NULL;
}

static void collect_commands(struct arena *arena)
{
    for (size_t i = 0; own_command_at(i) && command_count < COMMANDS_MAX; i++)
        commands[command_count++] = *own_command_at(i);
    for (size_t i = 0;
         command_count < COMMANDS_MAX && batch_verb(i, arena, &commands[command_count]); i++)
        command_count++;
    assert(command_count < COMMANDS_MAX); /* else some are not there: make room */
}

/* How many of the words are the command's name; 0 when they are not. */
static int words_of(const struct command *command, int argc, char **argv)
{
    struct text rest = text_of(command->name), word;
    int count = 0;
    while (rest.at && text_cut(&rest, ' ', &word)) {
        if (count == argc || !text_is(word, argv[count]))
            return 0;
        count++;
    }
    return count;
}

static const struct command *find_command(int argc, char **argv, int *words)
{
    const struct command *found = NULL;
    *words = 0;
    for (size_t i = 0; i < command_count; i++) {
        int count = words_of(&commands[i], argc, argv);
        if (count > *words) {
            found = &commands[i];
            *words = count;
        }
    }
    return found;
}

/* Offers "job list", and "job" for a group that was mistyped. */
static const char *nearest_command(const char *typed, struct arena *arena)
{
    struct suggestion suggestion = {.word = typed};
    for (size_t i = 0; command_at(i); i++)
        suggestion_offer(&suggestion, command_at(i)->name);
    for (size_t i = 0; !suggestion.best && command_at(i); i++) {
        struct text rest = text_of(command_at(i)->name), group = TEXT_NONE;
        text_cut(&rest, ' ', &group);
        char *word = text_string(arena, group);
        if (word)
            suggestion_offer(&suggestion, word);
    }
    return suggestion.best;
}

/* The words before the first option, with blanks between them. */
static char *words_typed(int argc, char **argv, struct arena *arena)
{
    scoped_buffer struct buffer name = {0};
    buffer_init(&name, 4096);
    for (int i = 0; i < argc && argv[i][0] != '-'; i++)
        buffer_format(&name, "%s%s", i ? " " : "", argv[i]);
    return arena_string(arena, name.length ? name.at : NULL);
}

/* "azb job", "azb help job", "azb jbo": help of a group or of everything. */
static int no_command(int argc, char **argv, struct arena *arena)
{
    const char *typed = words_typed(argc, argv, arena);
    if (!typed && argc)
        return session_usage("there is no option '%s' before a command; `azb help`", argv[0]);
    if (!typed) {
        help_all(stdout);
        return EXIT_OK;
    }
    if (help_topic(stdout, typed) || help_group(stdout, typed))
        return EXIT_OK;
    const char *near = nearest_command(typed, arena);
    if (near)
        return session_usage("'%s' is not an azb command; did you mean `azb %s`?", typed, near);
    return session_usage("'%s' is not an azb command; `azb help` lists them", typed);
}

static bool choose_format(struct session *session, const struct command *command,
    const struct arguments *arguments, struct azb_error *err)
{
    static const char *const names[] = {"json", "table", "tsv", "env"};
    size_t known = command_has_option(command, "output") ? COUNT(names) : COUNT(names) - 1;
    const char *wanted = argument(arguments, "output");
    session->format = isatty(STDOUT_FILENO) ? OUTPUT_TABLE : OUTPUT_JSON;
    session->format_given = wanted != NULL;
    for (size_t i = 0; wanted && i < known; i++)
        if (strcmp(wanted, names[i]) == 0) {
            session->format = (enum output_format)i;
            return true;
        }
    return !wanted || fail(err, AZB_ERROR_ARGUMENT, "--output '%s' is none of json, table, tsv%s",
                          wanted, known == COUNT(names) ? ", env" : "");
}

/* --env-file: credentials from a file or standard input, for those who keep them out of the
 * environment. It beats what is set, and a login when it says who. */
static bool read_env_file(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    struct text lines;
    const char *path = argument(arguments, "env-file");
    if (!path)
        return true;
    if (!read_input(&session->arena, path, &lines, err) ||
        !state_set_variables(lines, path, &session->arena, err))
        return false;
    session->env_file = state_has_variable(lines, "AZURE_CLIENT_ID", &session->arena) ? path : NULL;
    return true;
}

static int run_in(struct session *session, const struct command *command, int argc, char **argv)
{
    struct arguments arguments;
    struct azb_error err = AZB_ERROR_INIT;
    if (!arguments_read(command, argc, argv, &arguments, &err)) {
        int status = session_fail(session, &err);
        fprintf(stderr, "  `azb %s --help` tells its options\n", command->name);
        return status;
    }
    if (argument_flag(&arguments, "help")) {
        help_command(stdout, command);
        return EXIT_OK;
    }
    session->verbose = argument_flag(&arguments, "verbose");
    session->command = command->name;
    session->auth_mode = argument(&arguments, "auth-mode");
    session->as = command_has_option(command, "as") ? NULL : argument(&arguments, "as");
    if (!read_env_file(session, &arguments, &err) ||
        !choose_format(session, command, &arguments, &err))
        return session_fail(session, &err);
    return command->run(session, command, &arguments);
}

static int run(const struct command *command, int argc, char **argv)
{
    struct session session = {.format = OUTPUT_JSON};
    arena_init(&session.arena, 0);
    int status = run_in(&session, command, argc, argv);
    session_end(&session);
    return status;
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

static int dispatch(int argc, char **argv, struct arena *arena)
{
    int words;
    if (argc && is_one_of(argv[0], "--version", "version", "-V")) {
        printf("azb %s\n", AZB_VERSION);
        return EXIT_OK;
    }
    collect_commands(arena);
    bool help = argc && is_one_of(argv[0], "help", "--help", "-h");
    argc -= help;
    argv += help;
    if (help && argc && is_one_of(argv[0], "help", "--help", "-h"))
        argc = 0; /* `azb help --help` */
    const struct command *command = find_command(argc, argv, &words);
    if (!command)
        return no_command(argc, argv, arena);
    if (!help)
        return run(command, argc - words, argv + words);
    help_command(stdout, command);
    return EXIT_OK;
}

int main(int argc, char **argv)
{
    struct arena arena;
    arena_init(&arena, 0);
    int status = argc ? dispatch(argc - 1, argv + 1, &arena) : EXIT_USAGE;
    arena_free(&arena);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    perror("azb: standard output");
    return status == EXIT_OK ? EXIT_FAILED : status;
}
