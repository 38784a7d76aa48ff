/* azb group: groups, who is in them, who owns them (Microsoft Graph). */
#include "base/error.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/directory_list.h"

#define GROUP_OPTION                                                                               \
    {                                                                                              \
        "group", OPTION_TEXT, true, "Object id or display name.", 'g'                              \
    }

static char *group_path(struct session *session, const struct arguments *arguments,
    const char *below, struct azb_error *err)
{
    const struct json *group = find_group(session, argument(arguments, "group"), err);
    return group ? arena_format(&session->arena, "/v1.0/groups/%.*s%s",
                       TEXT_ARGS(json_get_text(group, "id")), below)
                 : NULL;
}

/* ---- create -------------------------------------------------------------------------------- */

static const struct option_row create_options[] = {
    {"display-name", OPTION_TEXT, true, "What people call it.", 0},
    {"mail-nickname", OPTION_TEXT, true, "A name without spaces, as in a mail address.", 0},
    {"description", OPTION_TEXT, false, "What it is for.", 0},
};

static int create(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_buffer struct buffer body = {0};
    struct json_writer writer;
    const struct json *group;
    (void)command;
    buffer_init(&body, 64 * 1024);
    json_writer_init(&writer, &body, 0);
    json_begin_object(&writer);
    json_member(&writer, "displayName", argument(arguments, "display-name"));
    json_member(&writer, "mailNickname", argument(arguments, "mail-nickname"));
    json_member(&writer, "description", argument(arguments, "description"));
    json_member_bool(&writer, "mailEnabled", false);
    json_member_bool(&writer, "securityEnabled", true);
    json_end_object(&writer);
    if (!manage(session, ENDPOINT_GRAPH, "POST", "/v1.0/groups", buffer_text(&body), &group, &err))
        return session_fail(session, &err);
    output(session, group, columns_of(COLUMNS_GROUP));
    return EXIT_OK;
}

const struct command command_group_create = {"group create", "Makes a security group.",
    "Roles that are given to it are its members', also through groups in it.", create_options,
    COUNT(create_options), create};

/* ---- list, show, delete -------------------------------------------------------------------- */

static int list(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)command;
    (void)arguments;
    return directory_list_show(session, "/v1.0/groups", columns_of(COLUMNS_GROUP));
}

const struct command command_group_list = {
    "group list", "Lists the groups of the tenant.", NULL, NULL, 0, list};

static const struct option_row group_options[] = {
    GROUP_OPTION,
};

static int show(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *found = find_group(session, argument(arguments, "group"), &err);
    (void)command;
    if (!found)
        return session_fail(session, &err);
    output(session, found, columns_of(COLUMNS_GROUP));
    return EXIT_OK;
}

const struct command command_group_show = {
    "group show", "Shows a group.", NULL, group_options, COUNT(group_options), show};

static int delete_one(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *ignored;
    char *path = group_path(session, arguments, "", &err);
    (void)command;
    if (!path || !manage(session, ENDPOINT_GRAPH, "DELETE", path, TEXT_NONE, &ignored, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

const struct command command_group_delete = {"group delete", "Deletes a group.",
    "Its members lose the roles that it gave them at once.", group_options, COUNT(group_options),
    delete_one};

/* ---- Members ------------------------------------------------------------------------------- */

static const struct option_row member_options[] = {
    GROUP_OPTION,
    {"member-id", OPTION_TEXT, true, "Who: object id, client id or name; a group, too.", 0},
};

static int add_member(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char *path = group_path(session, arguments, "/members", &err);
    (void)command;
    return path ? directory_list_add(session, path, argument(arguments, "member-id"))
                : session_fail(session, &err);
}

const struct command command_group_member_add = {"group member add", "Adds a member to a group.",
    "The group's roles are the member's at once.", member_options, COUNT(member_options),
    add_member};

static int list_members(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char *path = group_path(session, arguments, "/members", &err);
    (void)command;
    return path ? directory_list_show(session, path, columns_of(COLUMNS_OBJECT))
                : session_fail(session, &err);
}

const struct command command_group_member_list = {"group member list",
    "Lists the members of a group.", "Those of groups in it are in their lists.", group_options,
    COUNT(group_options), list_members};

static int remove_member(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char *path = group_path(session, arguments, "/members", &err);
    (void)command;
    return path ? directory_list_remove(session, path, argument(arguments, "member-id"))
                : session_fail(session, &err);
}

const struct command command_group_member_remove = {"group member remove",
    "Takes a member out of a group.", NULL, member_options, COUNT(member_options), remove_member};

/* {"value": true}, as az says it. */
static int check_member(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct assignee who = {0};
    const struct json *group = find_group(session, argument(arguments, "group"), &err), *answer;
    (void)command;
    if (!group || !find_assignee(session, argument(arguments, "member-id"), &who, &err))
        return session_fail(session, &err);
    char *path =
        arena_format(&session->arena, "/v1.0/directoryObjects/%s/checkMemberGroups", who.object_id);
    char *body = arena_format(
        &session->arena, "{\"groupIds\":[\"%.*s\"]}", TEXT_ARGS(json_get_text(group, "id")));
    if (!manage(session, ENDPOINT_GRAPH, "POST", path, text_of(body), &answer, &err))
        return session_fail(session, &err);
    const struct json *found = json_get(answer, "value");
    struct text shown =
        found && found->count ? TEXT("{\"value\":true}") : TEXT("{\"value\":false}");
    const struct json *value = json_parse(shown, &session->arena, &err);
    if (!value)
        return session_fail(session, &err);
    output(session, value, NULL);
    return EXIT_OK;
}

const struct command command_group_member_check = {"group member check",
    "Says whether somebody is in a group, also through groups in it.", NULL, member_options,
    COUNT(member_options), check_member};

/* ---- Owners -------------------------------------------------------------------------------- */

static const struct option_row owner_options[] = {
    GROUP_OPTION,
    {"owner-object-id", OPTION_TEXT, true, "Who: object id, client id or name.", 0},
};

static int add_owner(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char *path = group_path(session, arguments, "/owners", &err);
    (void)command;
    return path ? directory_list_add(session, path, argument(arguments, "owner-object-id"))
                : session_fail(session, &err);
}

const struct command command_group_owner_add = {"group owner add",
    "Makes somebody an owner of a group.", "Owners change it and its members without a role.",
    owner_options, COUNT(owner_options), add_owner};

static int list_owners(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char *path = group_path(session, arguments, "/owners", &err);
    (void)command;
    return path ? directory_list_show(session, path, columns_of(COLUMNS_OBJECT))
                : session_fail(session, &err);
}

const struct command command_group_owner_list = {"group owner list", "Lists the owners of a group.",
    NULL, group_options, COUNT(group_options), list_owners};

static int remove_owner(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    char *path = group_path(session, arguments, "/owners", &err);
    (void)command;
    return path ? directory_list_remove(session, path, argument(arguments, "owner-object-id"))
                : session_fail(session, &err);
}

const struct command command_group_owner_remove = {"group owner remove",
    "Takes a group away from an owner.", "The last user who owns it stays.", owner_options,
    COUNT(owner_options), remove_owner};
