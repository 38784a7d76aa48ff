/* azb sp: what stands for applications in the tenant, and what roles bind (Microsoft Graph). */
#include <stdio.h>

#include "base/crypto.h"
#include "base/error.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/directory_list.h"
#include "cli/roles.h"

static const struct option_row id_options[] = {
    {"id", OPTION_TEXT, true, "Client id, object id or display name.", 0},
};

static const struct json *find(
    struct session *session, const struct arguments *arguments, struct azb_error *err)
{
    const char *given = argument(arguments, "id");
    const struct json *items;
    if (!text_is_guid(text_of(given)))
        return find_service_principal(session, "displayName", given, err);
    if (!find_by(
            session, ENDPOINT_GRAPH, "/v1.0/servicePrincipals", "appId", given, NULL, &items, err))
        return NULL;
    return items->count == 1 ? items->first : find_service_principal(session, "id", given, err);
}

/* ---- create, list, show, delete ------------------------------------------------------------ */

static bool make(
    struct session *session, struct text app_id, const struct json **out, struct azb_error *err)
{
    char *body = arena_format(
        &session->arena, "{\"appId\":\"%.*s\",\"accountEnabled\":true}", TEXT_ARGS(app_id));
    return manage(
        session, ENDPOINT_GRAPH, "POST", "/v1.0/servicePrincipals", text_of(body), out, err);
}

static int create(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *made;
    const struct json *application = find_application(session, argument(arguments, "id"), &err);
    (void)command;
    if (!application || !make(session, json_get_text(application, "appId"), &made, &err))
        return session_fail(session, &err);
    output(session, made, columns_of(COLUMNS_SERVICE_PRINCIPAL));
    return EXIT_OK;
}

const struct command command_sp_create = {"sp create",
    "Makes the service principal of an application.",
    "azb app create makes one; this is for an application whose own was deleted.", id_options,
    COUNT(id_options), create};

static int list(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)command;
    (void)arguments;
    return directory_list_show(
        session, "/v1.0/servicePrincipals", columns_of(COLUMNS_SERVICE_PRINCIPAL));
}

const struct command command_sp_list = {"sp list", "Lists the service principals of the tenant.",
    "Those of Microsoft's applications, too.", NULL, 0, list};

static int show(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *found = find(session, arguments, &err);
    (void)command;
    if (!found)
        return session_fail(session, &err);
    output(session, found, columns_of(COLUMNS_SERVICE_PRINCIPAL));
    return EXIT_OK;
}

const struct command command_sp_show = {
    "sp show", "Shows a service principal.", NULL, id_options, COUNT(id_options), show};

static int delete_one(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *ignored, *found = find(session, arguments, &err);
    char *path = found ? arena_format(&session->arena, "/v1.0/servicePrincipals/%.*s",
                             TEXT_ARGS(json_get_text(found, "id")))
                       : NULL;
    (void)command;
    if (!path || !manage(session, ENDPOINT_GRAPH, "DELETE", path, TEXT_NONE, &ignored, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

const struct command command_sp_delete = {"sp delete", "Deletes a service principal.",
    "Its application stays, and signs in no more.", id_options, COUNT(id_options), delete_one};

/* ---- create-for-rbac ----------------------------------------------------------------------- */

static const struct option_row rbac_options[] = {
    {"display-name", OPTION_TEXT, true, "What people call it.", 'n'},
    {"role", OPTION_TEXT, false, "A role's name or id, to give it at --scopes.", 0},
    {"scopes", OPTION_LIST, false, "Where: resource ids.", 0},
};

/* What is made, one step after the other. */
struct made {
    const struct json *application, *principal, *secret;
};

static bool make_all(
    struct session *session, const char *name, struct made *out, struct azb_error *err)
{
    scoped_buffer struct buffer body = {0};
    struct json_writer writer;
    buffer_init(&body, 64 * 1024);
    json_writer_init(&writer, &body, 0);
    json_begin_object(&writer);
    json_member(&writer, "displayName", name);
    json_end_object(&writer);
    if (!manage(session, ENDPOINT_GRAPH, "POST", "/v1.0/applications", buffer_text(&body),
            &out->application, err) ||
        !make(session, json_get_text(out->application, "appId"), &out->principal, err))
        return false;
    char *path = arena_format(&session->arena, "/v1.0/applications/%.*s/addPassword",
        TEXT_ARGS(json_get_text(out->application, "id")));
    return manage(session, ENDPOINT_GRAPH, "POST", path,
        TEXT("{\"passwordCredential\":{\"displayName\":\"rbac\"}}"), &out->secret, err);
}

static const struct json *role_at(
    struct session *session, const char *scope, const char *role, struct azb_error *err)
{
    const char *path = path_of_scope(session, scope, err);
    return path ? find_definition(session, path, role, err) : NULL;
}

static bool give(struct session *session, const struct json *principal, const char *role,
    const char *scope, struct azb_error *err)
{
    char guid[GUID_TEXT];
    const struct json *ignored, *found = role_at(session, scope, role, err);
    const char *at = found ? path_of_scope(session, scope, err) : NULL;
    if (!at)
        return false;
    if (!random_guid(guid))
        return fail(err, AZB_ERROR_IO, "the system has no randomness");
    char *path = arena_format(&session->arena, "%s" ASSIGNMENTS "/%s?" ROLES_VERSION, at, guid);
    char *body = arena_format(&session->arena,
        "{\"properties\":{\"roleDefinitionId\":\"%.*s\",\"principalId\":\"%.*s\","
        "\"principalType\":\"ServicePrincipal\"}}",
        TEXT_ARGS(json_get_text(found, "id")), TEXT_ARGS(json_get_text(principal, "id")));
    return manage(session, ENDPOINT_ARM, "PUT", path, text_of(body), &ignored, err);
}

/* As az names them. */
static bool show_made(struct session *session, const struct made *made, struct azb_error *err)
{
    static const char *const columns[] = {"appId", "displayName", "password", "tenant", NULL};
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member_text(&writer, "appId", json_get_text(made->application, "appId"));
    json_member_text(&writer, "displayName", json_get_text(made->application, "displayName"));
    json_member_text(&writer, "password", json_get_text(made->secret, "secretText"));
    json_member_text(&writer, "tenant", json_get_text(made->principal, "appOwnerOrganizationId"));
    json_end_object(&writer);
    const struct json *shown = json_written(&text, &session->arena, err);
    if (!shown)
        return false;
    output(session, shown, columns);
    fprintf(stderr, "azb: the password is shown this once; keep it where secrets are kept\n");
    return true;
}

static int create_for_rbac(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct made made = {0};
    const char *role = argument(arguments, "role");
    const struct option_value *scopes = argument_list(arguments, "scopes");
    if (!role != !scopes)
        return session_usage("%s: --role and --scopes go together", command->name);
    for (size_t i = 0; scopes && i < scopes->count; i++)
        if (!role_at(session, scopes->values[i], role, &err))
            return session_fail(session, &err);
    if (!make_all(session, argument(arguments, "display-name"), &made, &err))
        return session_fail(session, &err);
    for (size_t i = 0; scopes && i < scopes->count; i++)
        if (!give(session, made.principal, role, scopes->values[i], &err))
            return session_fail(session, &err);
    return show_made(session, &made, &err) ? EXIT_OK : session_fail(session, &err);
}

const struct command command_sp_create_for_rbac = {"sp create-for-rbac",
    "Registers an application with a secret, and gives it a role.",
    "appId, password and tenant are what a program signs in with.", rbac_options,
    COUNT(rbac_options), create_for_rbac};
