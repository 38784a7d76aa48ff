/*
 * azb: the command line. Finds the command of the longest name that the words begin with, reads the
 * options against its row, runs it.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/batch_verb.h"
#include "cli/commands.h"
#include "cli/session.h"

#define COMMANDS_MAX 96

static struct command commands[COMMANDS_MAX];
static size_t command_count;

const struct command *command_at(size_t index)
{
    return index < command_count ? &commands[index] : NULL;
}

static const struct option_row global_options[] = {
    {"output", OPTION_TEXT, false, "json, table or tsv (table on a terminal, json elsewhere).",
        'o'},
    {"auth-mode", OPTION_TEXT, false,
        "aad (Entra, the default) or shared_key (AZURE_BATCH_ACCESS_KEY).", 0},
    {"verbose", OPTION_FLAG, false, "Each request and its answer on standard error.", 'v'},
    {"help", OPTION_FLAG, false, "This help.", 'h'},
};

const struct option_row *global_option_at(size_t index)
{
    return index < sizeof global_options / sizeof *global_options ? &global_options[index] : NULL;
}

static void collect_commands(struct arena *arena)
{
    for (size_t i = 0; own_command_at(i) && command_count < COMMANDS_MAX; i++)
        commands[command_count++] = *own_command_at(i);
    for (size_t i = 0;
         command_count < COMMANDS_MAX && batch_verb(i, arena, &commands[command_count]); i++)
        command_count++;
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

/* "azb job", "azb help job", "azb jbo": help of a group or of everything. */
static int no_command(int argc, char **argv)
{
    struct buffer name;
    buffer_init(&name, 4096);
    for (int i = 0; i < argc && argv[i][0] != '-'; i++)
        buffer_format(&name, "%s%s", i ? " " : "", argv[i]);
    if (name.length && help_group(stdout, name.at)) {
        buffer_free(&name);
        return EXIT_OK;
    }
    int status = EXIT_OK;
    if (name.length)
        status = session_usage("'%s' is not an azb command; `azb help` lists them", name.at);
    else
        help_all(stdout);
    buffer_free(&name);
    return status;
}

static bool choose_format(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    static const char *const names[] = {"json", "table", "tsv"};
    const char *wanted = argument(arguments, "output");
    session->format = isatty(STDOUT_FILENO) ? OUTPUT_TABLE : OUTPUT_JSON;
    for (size_t i = 0; wanted && i < sizeof names / sizeof *names; i++)
        if (strcmp(wanted, names[i]) == 0) {
            session->format = (enum output_format)i;
            return true;
        }
    return wanted
               ? fail(err, AZB_ERROR_ARGUMENT, "--output '%s' is none of json, table, tsv", wanted)
               : true;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct session session = {.format = OUTPUT_JSON};
    struct arguments arguments;
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&session.arena, 0);
    if (!arguments_read(command, argc, argv, &arguments, &err)) {
        int status = session_fail(&session, &err);
        fprintf(stderr, "  `azb %s --help` tells its options\n", command->name);
        return status;
    }
    if (argument_flag(&arguments, "help")) {
        help_command(stdout, command);
        return EXIT_OK;
    }
    session.verbose = argument_flag(&arguments, "verbose");
    session.auth_mode = argument(&arguments, "auth-mode");
    int status = choose_format(&session, &arguments, &err)
                     ? command->run(&session, command, &arguments)
                     : session_fail(&session, &err);
    session_end(&session);
    if (fflush(stdout) != 0 && status == EXIT_OK)
        status = EXIT_FAILED;
    return status;
}

int main(int argc, char **argv)
{
    struct arena arena;
    int words;
    arena_init(&arena, 0);
    collect_commands(&arena);
    argc--;
    argv++;
    if (argc && (strcmp(argv[0], "--version") == 0 || strcmp(argv[0], "version") == 0)) {
        printf("azb %s\n", AZB_VERSION);
        return EXIT_OK;
    }
    if (argc && (strcmp(argv[0], "help") == 0 || strcmp(argv[0], "--help") == 0 ||
                    strcmp(argv[0], "-h") == 0)) {
        const struct command *topic = find_command(argc - 1, argv + 1, &words);
        if (!topic)
            return no_command(argc - 1, argv + 1);
        help_command(stdout, topic);
        return EXIT_OK;
    }
    const struct command *command = find_command(argc, argv, &words);
    int status = command ? run(command, argc - words, argv + words) : no_command(argc, argv);
    arena_free(&arena);
    return status;
}
