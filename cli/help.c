#include <stdio.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/wrap.h"

#define COLUMN 32

static void print_row(FILE *to, const char *left, const char *right)
{
    size_t width = strlen(left);
    fprintf(to, "  %s", left);
    if (width + 4 > COLUMN)
        fprintf(to, "\n%*s", COLUMN, "");
    else
        fprintf(to, "%*s", (int)(COLUMN - 2 - width), "");
    wrap_print(to, COLUMN, COLUMN, text_of(right));
}

static const char *place_holder(const struct option_row *row)
{
    static const char *const holders[] = {[OPTION_TEXT] = " VALUE",
        [OPTION_FLAG] = "",
        [OPTION_BOOL] = " [true|false]",
        [OPTION_LIST] = " VALUE...",
        [OPTION_POSITIONAL] = "",
        [OPTION_REST] = ""};
    return holders[row->kind];
}

static void print_option(FILE *to, const struct option_row *row)
{
    char left[96], right[1024];
    char letter[8] = "";
    if (row->letter)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    if (row->kind == OPTION_POSITIONAL || row->kind == OPTION_REST)
        snprintf(left, sizeof left, "%s", row->name);
    else
        snprintf(left, sizeof left, "%s--%s%s", letter, row->name, place_holder(row));
    snprintf(right, sizeof right, "%s%s", row->help, row->required ? " [required]" : "");
    print_row(to, left, right);
}

static bool by_place(const struct option_row *row)
{
    return row->kind == OPTION_POSITIONAL || row->kind == OPTION_REST;
}

/* Options first: what follows a command's own command belongs to that. */
static void print_usage(FILE *to, const struct command *command)
{
    static const char start[] = "usage: azb ";
    scoped_buffer struct buffer line = {0};
    buffer_init(&line, 4096);
    buffer_add_string(&line, command->name);
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_row *row = &command->options[i];
        if (row->required && !by_place(row))
            buffer_format(&line, " --%s%s", row->name, place_holder(row));
    }
    buffer_add_string(&line, " [options]");
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_row *row = &command->options[i];
        if (by_place(row))
            buffer_format(
                &line, row->kind == OPTION_REST ? " [--] %s [ARGUMENT...]" : " %s", row->name);
    }
    fputs(start, to);
    wrap_print(to, strlen(start), strlen(start), buffer_text(&line));
}

/* `command` NULL: of none in particular. */
static void print_global_options(FILE *to, const struct command *command)
{
    fprintf(to, "\nOptions of every command:\n");
    for (size_t i = 0; global_option_at(i); i++)
        if (!command || !command_has_option(command, global_option_at(i)->name))
            print_option(to, global_option_at(i));
}

static void print_options(FILE *to, const struct command *command)
{
    if (command->option_count)
        fprintf(to, "\nOptions:\n");
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].required)
            print_option(to, &command->options[i]);
    for (size_t i = 0; i < command->option_count; i++)
        if (!command->options[i].required)
            print_option(to, &command->options[i]);
}

void help_command(FILE *to, const struct command *command)
{
    print_usage(to, command);
    fputc('\n', to);
    wrap_print(to, 0, 0, text_of(command->summary));
    if (command->details) {
        fputc('\n', to);
        wrap_paragraphs(to, text_of(command->details));
    }
    print_options(to, command);
    print_global_options(to, command);
}

/* What a group is about, where the names of its commands do not say it. */
static const struct {
    const char *group, *text;
} abouts[] = {
    {"role",
        "Who may do what. A role definition says what is allowed, an assignment gives it to "
        "somebody "
        "at a scope, and what lies below.\n"
        "\n"
        "  refused by azbd?       azb role explain --last\n"
        "  refused by Azure?      azb role can-i ACTION\n"
        "  before a change:       azb role what-if --add ... (or --remove, --role-definition)\n"
        "  which role?            azb role matrix; azb role suggest, from what a program did\n"
        "  a role file:           azb role lint FILE, then azb role definition create"},
};

static void print_about(FILE *to, const char *group)
{
    for (size_t i = 0; i < sizeof abouts / sizeof *abouts; i++)
        if (strcmp(abouts[i].group, group) == 0) {
            wrap_paragraphs(to, text_of(abouts[i].text));
            fputc('\n', to);
        }
}

bool help_group(FILE *to, const char *group)
{
    size_t length = strlen(group);
    bool any = false;
    for (size_t i = 0; command_at(i); i++) {
        const struct command *command = command_at(i);
        if (strncmp(command->name, group, length) != 0 || command->name[length] != ' ')
            continue;
        if (!any) {
            fprintf(to, "usage: azb %s COMMAND [options]\n\n", group);
            print_about(to, group);
            fputs("Commands:\n", to);
        }
        any = true;
        print_row(to, command->name, command->summary);
    }
    if (any)
        fprintf(to, "\n`azb %s COMMAND --help` tells the options.\n", group);
    return any;
}

static const char *const exit_codes =
    "Exit codes:\n"
    "  0  done\n"
    "  1  the service said no, or something went wrong on the way\n"
    "  2  the command line or the environment is wrong; nothing was sent\n"
    "  3  the resource does not exist\n"
    "  4  no token, or it was refused (who are you?)\n"
    "  5  known, but not allowed (403, explained); the no of can-i\n"
    "  6  no answer: name, connection, TLS or time-out\n"
    "`azb run` ends with the exit code of its command.\n";

bool help_topic(FILE *to, const char *topic)
{
    if (strcmp(topic, "exit-codes") != 0)
        return false;
    fputs(exit_codes, to);
    return true;
}

static const char *const first_steps =
    "First steps with a local azbd:\n"
    "  azbd &\n"
    "  eval \"$(azb env)\"        as its administrator, an application\n"
    "  azb login                as a person: AZB_USERNAME and AZB_PASSWORD\n"
    "  azb doctor               what is wrong, and how to mend it\n"
    "  azb role explain --last  why it was refused; azb help role has the rest\n"
    "\n"
    "First steps with Azure:\n"
    "  export AZURE_BATCH_ENDPOINT=https://ACCOUNT.REGION.batch.azure.com\n"
    "  azb login --client-id APPLICATION --tenant TENANT\n"
    "  azb job list\n"
    "\n"
    "Who azb is: --as, else `azb login`, else the environment (AZURE_TENANT_ID, AZURE_CLIENT_ID "
    "and AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH); `azb whoami` says which. Where it "
    "goes: AZURE_BATCH_ENDPOINT.";

void help_all(FILE *to)
{
    fprintf(to, "azb: Microsoft Entra ID authentication for Azure Batch\n\n"
                "usage: azb COMMAND [options]\n\nCommands:\n");
    for (size_t i = 0; command_at(i); i++)
        print_row(to, command_at(i)->name, command_at(i)->summary);
    fprintf(to, "\n`azb COMMAND --help` tells the options of a command.\n");
    print_global_options(to, NULL);
    fputc('\n', to);
    wrap_paragraphs(to, text_of(first_steps));
    fprintf(to, "\n%s", exit_codes);
}
