/* azb app federated-credential: tokens of other issuers that an application signs in with. */
#include "base/error.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/management.h"

#define AUDIENCE "api://AzureADTokenExchange"

/* ".../federatedIdentityCredentials" of the application, with `/NAME` behind it if there is one. */
static char *credentials_path(struct session *session, const struct arguments *arguments,
    const char *name, struct azb_error *err)
{
    scoped_buffer struct buffer path = {0};
    const struct json *found = find_application(session, argument(arguments, "id"), err);
    if (!found)
        return NULL;
    buffer_init(&path, 64 * 1024);
    buffer_format(&path, "/v1.0/applications/%.*s/federatedIdentityCredentials",
        TEXT_ARGS(json_get_text(found, "id")));
    if (name) {
        buffer_add_char(&path, '/');
        buffer_add_encoded(&path, text_of(name));
    }
    char *copy = path.failed ? NULL : arena_string(&session->arena, path.at);
    if (!copy)
        fail_memory(err);
    return copy;
}

static const struct option_row create_options[] = {
    {"id", OPTION_TEXT, true, "appId, object id or display name.", 0},
    {"name", OPTION_TEXT, true, "Its name: 3 to 120 letters, digits, - and _.", 0},
    {"issuer", OPTION_TEXT, true, "Claim iss of the tokens, exactly.", 0},
    {"subject", OPTION_TEXT, true, "Claim sub of the tokens, exactly.", 0},
    {"audience", OPTION_TEXT, false, "Claim aud of the tokens (" AUDIENCE ").", 0},
    {"description", OPTION_TEXT, false, "What it is for.", 0},
};

static struct text credential_body(struct session *session, const struct arguments *arguments)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    const char *audience = argument(arguments, "audience");
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "name", argument(arguments, "name"));
    json_member(&writer, "issuer", argument(arguments, "issuer"));
    json_member(&writer, "subject", argument(arguments, "subject"));
    json_member(&writer, "description", argument(arguments, "description"));
    json_name(&writer, "audiences");
    json_begin_array(&writer);
    json_write_string(&writer, audience ? audience : AUDIENCE);
    json_end_array(&writer);
    json_end_object(&writer);
    return (struct text){arena_copy(&session->arena, text.at, text.length), text.length};
}

static int create(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *made;
    (void)command;
    char *path = credentials_path(session, arguments, NULL, &err);
    if (!path || !manage(session, ENDPOINT_GRAPH, "POST", path, credential_body(session, arguments),
                     &made, &err))
        return session_fail(session, &err);
    output(session, made, columns_of(COLUMNS_FEDERATED_CREDENTIAL));
    return EXIT_OK;
}

const struct command command_app_federated_credential_create = {"app federated-credential create",
    "Lets an application sign in with tokens of another issuer.",
    "A local azbd asks nobody for the issuer's keys: its configuration brings them (issuers).",
    create_options, COUNT(create_options), create};

static const struct option_row list_options[] = {
    {"id", OPTION_TEXT, true, "appId, object id or display name.", 0},
};

static int list(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *items;
    (void)command;
    char *path = credentials_path(session, arguments, NULL, &err);
    if (!path || !manage_list(session, ENDPOINT_GRAPH, path, &items, &err))
        return session_fail(session, &err);
    output(session, items, columns_of(COLUMNS_FEDERATED_CREDENTIAL));
    return EXIT_OK;
}

const struct command command_app_federated_credential_list = {"app federated-credential list",
    "Lists the federated credentials of an application.", NULL, list_options, COUNT(list_options),
    list};

static const struct option_row delete_options[] = {
    {"id", OPTION_TEXT, true, "appId, object id or display name.", 0},
    {"name", OPTION_TEXT, true, "The credential's name or id.", 0},
};

static int delete_one(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *ignored;
    (void)command;
    char *path = credentials_path(session, arguments, argument(arguments, "name"), &err);
    if (!path || !manage(session, ENDPOINT_GRAPH, "DELETE", path, TEXT_NONE, &ignored, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

const struct command command_app_federated_credential_delete = {"app federated-credential delete",
    "Removes a federated credential.", NULL, delete_options, COUNT(delete_options), delete_one};
