#include "cli/commands.h"
#include "cli/session.h"
static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)session;
    (void)command;
    (void)arguments;
    return session_usage("to be written");
}
const struct command command_run = {"run", "x", NULL, NULL, 0, run};
