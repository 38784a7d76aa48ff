/*
 * cli/command.h - what a command is: a row with a name, options and a function.
 *
 * The commands of the Batch API are rows of verbs.def and share one function (batch_verb.c); each
 * other command is one file that ends with its const row. main.c finds the row, reads the arguments
 * against its options and calls it.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <azb/error.h>
#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"

/* Exit codes, documented in `azb help exit-codes` and README. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_FAILED = 1,         /* the service said no, or something went wrong on the way */
    EXIT_USAGE = 2,          /* the command line is wrong; nothing was sent */
    EXIT_NOT_FOUND = 3,      /* the resource does not exist */
    EXIT_AUTHENTICATION = 4, /* no token, or refused: who are you */
    EXIT_PERMISSION = 5,     /* known, but not allowed: 403 */
    EXIT_NETWORK = 6,        /* no answer: name, connection, TLS, time-out */
};

enum option_kind {
    OPTION_TEXT,
    OPTION_FLAG,
    OPTION_BOOL,       /* --name, --name true, --name false */
    OPTION_LIST,       /* one or more values: --environment-settings A=1 B=2 */
    OPTION_POSITIONAL, /* by place, without a name on the command line */
    OPTION_REST,       /* everything that is left, after "--" or the first unknown word */
};

struct option_row {
    const char *name; /* "job-id": without the dashes; a positional's place holder */
    enum option_kind kind;
    bool required;
    const char *help;
    char letter; /* 'o' for -o, or 0 */
};

#define VALUES_MAX 64

/* What was given for one option. */
struct option_value {
    const struct option_row *row;
    const char *values[VALUES_MAX];
    size_t count;
};

#define OPTIONS_MAX 48

struct arguments {
    struct option_value options[OPTIONS_MAX];
    size_t count;
    char **rest; /* OPTION_REST */
    int rest_count;
};

struct session;
struct command;

typedef int run_fn(
    struct session *session, const struct command *command, const struct arguments *arguments);

struct command {
    const char *name;    /* "role assignment create" */
    const char *summary; /* one line */
    const char *details; /* further lines of its help, or NULL */
    const struct option_row *options;
    size_t option_count;
    run_fn *run;
};

/* Every command, in the order of the help. NULL after the last one. main.c fills the table. */
const struct command *command_at(size_t index);
/* The options that all commands have (-o, --verbose, --help). */
const struct option_row *global_option_at(size_t index);

/* Has the command a row of its own with that name? It stands for the global one then. */
bool command_has_option(const struct command *command, const char *name);

/* The value of an option, or NULL; the last one wins. */
const char *argument(const struct arguments *arguments, const char *name);
bool argument_flag(const struct arguments *arguments, const char *name);
const struct option_value *argument_list(const struct arguments *arguments, const char *name);

/* Reads argv (after the command's words). False: err has the sentence. */
bool arguments_read(const struct command *command, int argc, char **argv,
    struct arguments *arguments, struct azb_error *err);

/* The help of one command, of a group ("job"), of everything. */
void help_command(FILE *to, const struct command *command);
bool help_group(FILE *to, const char *group);
/* A text that is no command: "exit-codes". */
bool help_topic(FILE *to, const char *topic);
void help_all(FILE *to);

#endif
