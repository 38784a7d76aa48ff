/* azb account: the Batch account and its keys (Resource Manager). */
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/management.h"

static int send(
    struct session *session, const char *method, const char *below, column_paths columns)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *answer;
    char *scope = account_scope(session, &err);
    if (!scope || !manage(session, ENDPOINT_ARM, method,
                      arena_format(&session->arena, "%s%s?" ACCOUNTS_VERSION, scope, below),
                      TEXT_NONE, &answer, &err))
        return session_fail(session, &err);
    if (answer)
        output(session, answer, columns);
    return EXIT_OK;
}

static int show(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)command;
    (void)arguments;
    return send(session, "GET", "", columns_of(COLUMNS_ACCOUNT));
}

static int keys(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)command;
    (void)arguments;
    return send(session, "POST", "/listKeys", NULL);
}

const struct command command_account_show = {
    "account show", "Shows the Batch account of the environment.", NULL, NULL, 0, show};
const struct command command_account_keys = {"account keys", "Shows the keys of the Batch account.",
    "Whoever has a key may do everything in the account; roles do not bind it.", NULL, 0, keys};
/* The name that az has for it. */
const struct command command_account_keys_list = {
    "account keys list", "The same as account keys.", NULL, NULL, 0, keys};
