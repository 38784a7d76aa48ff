/* azb env: the environment that leads a program to a local azbd. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/session.h"
#include "cli/state.h"

static const struct option_row options[] = {
    {"state", OPTION_TEXT, false, "The state folder of azbd (AZB_STATE, else ~/.local/state/azb).",
        0},
    {"adfs", OPTION_FLAG, false,
        "AZURE_TENANT_ID=adfs: for clients that ask login.microsoftonline.com about unknown hosts.",
        0},
};

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text all, line, name, value;
    bool adfs = argument_flag(arguments, "adfs");
    (void)command;
    if (!state_environment(argument(arguments, "state"), &session->arena, &all, &err))
        return session_fail(session, &err);
    while (all.length && text_cut(&all, '\n', &line)) {
        bool tenant = adfs && state_variable(line, &session->arena, &name, &value) &&
                      text_is(name, "AZURE_TENANT_ID");
        if (tenant)
            puts("export AZURE_TENANT_ID=adfs");
        else if (line.length)
            printf("%.*s\n", TEXT_ARGS(line));
    }
    return EXIT_OK;
}

const struct command command_env = {"env", "Prints the environment that leads to a local azbd.",
    "For a shell: eval \"$(azb env)\". The lines hold the administrator's secret: do not log them.",
    options, COUNT(options), run};
