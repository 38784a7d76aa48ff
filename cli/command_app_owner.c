/* azb app owner: who may change an application without a directory role (Microsoft Graph). */
#include "base/error.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/directory_list.h"

#define ID_OPTION                                                                                  \
    {                                                                                              \
        "id", OPTION_TEXT, true, "appId, object id or display name.", 0                            \
    }

static const struct option_row owner_options[] = {
    ID_OPTION,
    {"owner-object-id", OPTION_TEXT, true, "Who: object id, client id or name.", 0},
};

static const struct option_row list_options[] = {
    ID_OPTION,
};

static char *owners_path(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    const struct json *found = find_application(session, argument(arguments, "id"), err);
    return found ? arena_format(&session->arena, "/v1.0/applications/%.*s/owners",
                       TEXT_ARGS(json_get_text(found, "id")))
                 : NULL;
}

static int add(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char *path = owners_path(session, arguments, &err);
    (void)command;
    return path ? directory_list_add(session, path, argument(arguments, "owner-object-id"))
                : session_fail(session, &err);
}

const struct command command_app_owner_add = {"app owner add",
    "Makes somebody an owner of an application.",
    "Owners change it and what it signs in with, without a role of the directory.", owner_options,
    COUNT(owner_options), add};

static int list(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char *path = owners_path(session, arguments, &err);
    (void)command;
    return path ? directory_list_show(session, path, columns_of(COLUMNS_OBJECT))
                : session_fail(session, &err);
}

const struct command command_app_owner_list = {"app owner list",
    "Lists the owners of an application.", NULL, list_options, COUNT(list_options), list};

static int remove_one(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char *path = owners_path(session, arguments, &err);
    (void)command;
    return path ? directory_list_remove(session, path, argument(arguments, "owner-object-id"))
                : session_fail(session, &err);
}

const struct command command_app_owner_remove = {"app owner remove",
    "Takes an application away from an owner.", NULL, owner_options, COUNT(owner_options),
    remove_one};
