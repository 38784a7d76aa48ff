#include <stdio.h>

#include "cli/command.h"

#define COLUMN 30

static void print_row(FILE *to, const char *left, const char *right)
{
    if (strlen(left) > COLUMN - 1)
        fprintf(to, "  %s\n  %-*s %s\n", left, COLUMN, "", right);
    else
        fprintf(to, "  %-*s %s\n", COLUMN, left, right);
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
    char left[96], right[512];
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

static void print_usage(FILE *to, const struct command *command)
{
    fprintf(to, "usage: azb %s", command->name);
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_row *row = &command->options[i];
        bool place = row->kind == OPTION_POSITIONAL || row->kind == OPTION_REST;
        if (place)
            fprintf(to, row->required ? " %s" : " [%s]", row->name);
        else if (row->required)
            fprintf(to, " --%s%s", row->name, place_holder(row));
    }
    fprintf(to, " [options]\n");
}

void help_command(FILE *to, const struct command *command)
{
    print_usage(to, command);
    fprintf(to, "\n%s\n", command->summary);
    if (command->details)
        fprintf(to, "\n%s\n", command->details);
    if (command->option_count)
        fprintf(to, "\nOptions:\n");
    for (size_t i = 0; i < command->option_count; i++)
        print_option(to, &command->options[i]);
    fprintf(to, "\nOptions of every command:\n");
    for (size_t i = 0; global_option_at(i); i++)
        print_option(to, global_option_at(i));
}

bool help_group(FILE *to, const char *group)
{
    size_t length = strlen(group);
    bool any = false;
    for (size_t i = 0; command_at(i); i++) {
        const struct command *command = command_at(i);
        if (strncmp(command->name, group, length) != 0 || command->name[length] != ' ')
            continue;
        if (!any)
            fprintf(to, "usage: azb %s COMMAND [options]\n\nCommands:\n", group);
        any = true;
        print_row(to, command->name, command->summary);
    }
    if (any)
        fprintf(to, "\n'azb %s COMMAND --help' tells the options.\n", group);
    return any;
}

static const char *const exit_codes =
    "Exit codes:\n"
    "  0  done\n"
    "  1  the service said no, or something went wrong on the way\n"
    "  2  the command line is wrong; nothing was sent\n"
    "  3  the resource does not exist\n"
    "  4  no token, or it was refused (who are you?)\n"
    "  5  known, but not allowed (403; which role is missing is explained)\n"
    "  6  no answer: name, connection, TLS or time-out\n";

void help_all(FILE *to)
{
    fprintf(to, "azb: Microsoft Entra ID authentication for Azure Batch\n\n"
                "usage: azb COMMAND [options]\n\nCommands:\n");
    for (size_t i = 0; command_at(i); i++)
        print_row(to, command_at(i)->name, command_at(i)->summary);
    fprintf(to, "\nOptions of every command:\n");
    for (size_t i = 0; global_option_at(i); i++)
        print_option(to, global_option_at(i));
    fprintf(to,
        "\nWho azb is comes from the environment: AZURE_TENANT_ID, AZURE_CLIENT_ID and\n"
        "AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH; where it goes from\n"
        "AZURE_BATCH_ENDPOINT. `eval \"$(azb env)\"` sets them for a local azbd.\n\n%s",
        exit_codes);
}
