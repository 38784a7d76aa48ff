/* azb user: people in the directory (Microsoft Graph). */
#include <stdio.h>

#include "base/crypto.h"
#include "base/error.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/directory_list.h"

#define PASSWORD_BYTES 18 /* 24 characters */

/* ---- create -------------------------------------------------------------------------------- */

static const struct option_row create_options[] = {
    {"user-principal-name", OPTION_TEXT, true, "Such as ann@azb.onmicrosoft.com.", 0},
    {"display-name", OPTION_TEXT, true, "What people call the user.", 0},
    {"given-name", OPTION_TEXT, false, "The given name.", 0},
    {"surname", OPTION_TEXT, false, "The surname.", 0},
    {"password-file", OPTION_TEXT, false,
        "A file with the password, or - for standard input (one is made and shown this once).", 0},
};

/* The first line of the file, or one made here. */
static bool read_password(
    struct session *session, const char *path, struct text *out, struct azb_error *err)
{
    if (!path) {
        *out = text_of(random_token(&session->arena, PASSWORD_BYTES));
        return out->at || fail(err, AZB_ERROR_IO, "no random numbers for a password");
    }
    struct text all;
    if (!read_input(&session->arena, path, &all, err))
        return false;
    text_cut(&all, '\n', out);
    if (text_ends(*out, "\r"))
        out->length--;
    return out->length > 0 ||
           fail(err, AZB_ERROR_ARGUMENT, "--password-file %s: its first line is empty", path);
}

static struct text user_body(
    struct session *session, const struct arguments *arguments, struct text password)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct text name = text_of(argument(arguments, "user-principal-name")), nickname;
    text_cut(&name, '@', &nickname);
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "userPrincipalName", argument(arguments, "user-principal-name"));
    json_member_text(&writer, "mailNickname", nickname);
    json_member(&writer, "displayName", argument(arguments, "display-name"));
    json_member(&writer, "givenName", argument(arguments, "given-name"));
    json_member(&writer, "surname", argument(arguments, "surname"));
    json_member_bool(&writer, "accountEnabled", true);
    json_name(&writer, "passwordProfile");
    json_begin_object(&writer);
    json_member_text(&writer, "password", password);
    json_member_bool(&writer, "forceChangePasswordNextSignIn", false);
    json_end_object(&writer);
    json_end_object(&writer);
    return (struct text){arena_copy(&session->arena, text.at, text.length), text.length};
}

/* The user's id and name, and a password that nobody knows yet. */
static bool show_created(
    struct session *session, const struct json *user, struct text made, struct azb_error *err)
{
    static const char *const columns[] = {"userPrincipalName", "id", "password", NULL};
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member_text(&writer, "userPrincipalName", json_get_text(user, "userPrincipalName"));
    json_member_text(&writer, "displayName", json_get_text(user, "displayName"));
    json_member_text(&writer, "id", json_get_text(user, "id"));
    if (made.at)
        json_member_text(&writer, "password", made);
    json_end_object(&writer);
    const struct json *shown = json_written(&text, &session->arena, err);
    if (!shown)
        return false;
    output(session, shown, columns);
    if (made.at)
        fprintf(stderr, "azb: the password is shown this once; keep it where secrets are kept\n");
    return true;
}

static int create(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text password;
    const struct json *user;
    const char *file = argument(arguments, "password-file");
    (void)command;
    if (!read_password(session, file, &password, &err) ||
        !manage(session, ENDPOINT_GRAPH, "POST", "/v1.0/users",
            user_body(session, arguments, password), &user, &err) ||
        !show_created(session, user, file ? TEXT_NONE : password, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

const struct command command_user_create = {"user create", "Makes a user who signs in by password.",
    "The password is never an argument: other users of the machine see those.", create_options,
    COUNT(create_options), create};

/* ---- list, show, delete -------------------------------------------------------------------- */

static int list(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)command;
    (void)arguments;
    return directory_list_show(session, "/v1.0/users", columns_of(COLUMNS_USER));
}

const struct command command_user_list = {
    "user list", "Lists the users of the tenant.", NULL, NULL, 0, list};

static const struct option_row id_options[] = {
    {"id", OPTION_TEXT, true, "User principal name or object id.", 0},
};

static char *user_path(struct session *session, const struct arguments *arguments)
{
    scoped_buffer struct buffer path = {0};
    buffer_init(&path, 64 * 1024);
    buffer_add_string(&path, "/v1.0/users/");
    buffer_add_encoded(&path, text_of(argument(arguments, "id")));
    return path.failed ? NULL : arena_string(&session->arena, path.at);
}

static int show(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *user;
    (void)command;
    if (!manage(
            session, ENDPOINT_GRAPH, "GET", user_path(session, arguments), TEXT_NONE, &user, &err))
        return session_fail(session, &err);
    output(session, user, columns_of(COLUMNS_USER));
    return EXIT_OK;
}

const struct command command_user_show = {
    "user show", "Shows a user.", NULL, id_options, COUNT(id_options), show};

static int delete_one(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *ignored;
    (void)command;
    if (!manage(session, ENDPOINT_GRAPH, "DELETE", user_path(session, arguments), TEXT_NONE,
            &ignored, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

const struct command command_user_delete = {"user delete",
    "Deletes a user, who is signed out everywhere.",
    "Access tokens that were given out are good until they expire.", id_options, COUNT(id_options),
    delete_one};
