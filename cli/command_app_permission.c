/* azb app permission: what an application asks for, in a user's name ("Scope") or its own ("Role"),
 * and what was consented to. */
#include "base/error.h"
#include "cli/api_permission.h"
#include "cli/columns.h"
#include "cli/commands.h"

#define API_HELP "Whose: batch, graph, arm, storage, an appId or a display name (batch)."

/* ---- add, delete --------------------------------------------------------------------------- */

enum list_change {
    LIST_ADD,
    LIST_REMOVE,
};

static const struct option_row change_options[] = {
    {"id", OPTION_TEXT, true, "appId, object id or display name.", 0},
    {"api", OPTION_TEXT, false, API_HELP, 0},
    {"permissions", OPTION_LIST, true,
        "Their values, such as user_impersonation; VALUE=Role for one in its own name.", 0},
};

static bool is_given(
    const struct json *api, const struct option_value *values, const struct json *access)
{
    for (size_t i = 0; i < values->count; i++) {
        struct permission_name name = permission_name_read(values->values[i]);
        const struct json *offered = find_given(api, values->values[i]);
        if (text_equal_nocase(json_get_text(offered, "id"), json_get_text(access, "id")) &&
            text_equal_nocase(name.type, json_get_text(access, "type")))
            return true;
    }
    return false;
}

static void write_access(struct json_writer *writer, struct text id, struct text type)
{
    json_begin_object(writer);
    json_member_text(writer, "id", id);
    json_member_text(writer, "type", type);
    json_end_object(writer);
}

/* What the application has of this API without what was given; then, to add, what was given. */
static void write_api(struct json_writer *writer, const struct json *api, const struct json *has,
    const struct option_value *values, enum list_change what)
{
    const struct json *accesses = json_get(has, "resourceAccess");
    json_begin_object(writer);
    json_member_text(writer, "resourceAppId", json_get_text(api, "appId"));
    json_name(writer, "resourceAccess");
    json_begin_array(writer);
    for (const struct json *access = accesses ? accesses->first : NULL; access;
         access = access->next)
        if (!is_given(api, values, access))
            write_access(writer, json_get_text(access, "id"), json_get_text(access, "type"));
    for (size_t i = 0; what == LIST_ADD && i < values->count; i++)
        write_access(writer, json_get_text(find_given(api, values->values[i]), "id"),
            text_equal_nocase(permission_name_read(values->values[i]).type, TEXT("Role"))
                ? TEXT("Role")
                : TEXT("Scope"));
    json_end_array(writer);
    json_end_object(writer);
}

/* PATCH replaces the list: what is there of other APIs goes along, as az does. */
static struct text changed_list(struct session *session, const struct json *application,
    const struct json *api, const struct option_value *values, enum list_change what)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    const struct json *list = json_get(application, "requiredResourceAccess"), *own = NULL;
    buffer_init(&text, 1 << 20);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "requiredResourceAccess");
    json_begin_array(&writer);
    for (const struct json *item = list ? list->first : NULL; item; item = item->next) {
        if (text_equal_nocase(json_get_text(item, "resourceAppId"), json_get_text(api, "appId")))
            own = item;
        else
            json_write_tree(&writer, item);
    }
    write_api(&writer, api, own, values, what);
    json_end_array(&writer);
    json_end_object(&writer);
    return (struct text){arena_copy(&session->arena, text.at, text.length), text.length};
}

static int change(struct session *session, const struct arguments *arguments, enum list_change what)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *ignored, *application, *api;
    const struct option_value *values = argument_list(arguments, "permissions");
    application = find_application(session, argument(arguments, "id"), &err);
    api = application ? find_api(session, arguments, &err) : NULL;
    if (!api || !check_given(api, values, &err))
        return session_fail(session, &err);
    char *path = arena_format(
        &session->arena, "/v1.0/applications/%.*s", TEXT_ARGS(json_get_text(application, "id")));
    if (!manage(session, ENDPOINT_GRAPH, "PATCH", path,
            changed_list(session, application, api, values, what), &ignored, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

static int add(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)command;
    return change(session, arguments, LIST_ADD);
}

static int delete_some(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    (void)command;
    return change(session, arguments, LIST_REMOVE);
}

const struct command command_app_permission_add = {"app permission add",
    "Makes an application ask for permissions of an API.",
    "In its users' names, or (VALUE=Role) in its own. What it asks for it has only once somebody "
    "consented: the user at sign-in, or an administrator for everybody (azb app permission "
    "admin-consent).",
    change_options, COUNT(change_options), add};

const struct command command_app_permission_delete = {"app permission delete",
    "Makes an application ask for less.", "What was consented to stays.", change_options,
    COUNT(change_options), delete_some};

/* ---- consent ------------------------------------------------------------------------------- */

static const struct option_row consent_options[] = {
    {"id", OPTION_TEXT, true, "appId, object id or display name.", 0},
    {"api", OPTION_TEXT, false, API_HELP, 0},
    {"permissions", OPTION_LIST, false,
        "Their values (everything of that API that the application asks for).", 0},
};

/* The grant for everybody of this client at this resource, or NULL. */
static bool find_grant(struct session *session, struct text client_id, struct text resource_id,
    const struct json **out, struct azb_error *err)
{
    const struct json *items;
    char *client = text_string(&session->arena, client_id);
    if (!client)
        return fail_memory(err);
    if (!find_by(session, ENDPOINT_GRAPH, "/v1.0/oauth2PermissionGrants", "clientId", client, NULL,
            &items, err))
        return false;
    *out = NULL;
    for (const struct json *item = items->first; item; item = item->next)
        if (text_equal_nocase(json_get_text(item, "resourceId"), resource_id) &&
            text_is(json_get_text(item, "consentType"), "AllPrincipals"))
            *out = item;
    return true;
}

static void add_value(struct buffer *out, struct text value)
{
    if (out->length > 0)
        buffer_add_char(out, ' ');
    buffer_add_text(out, value);
}

/* Values that were given, or those that the application asks for. */
static void add_wanted(struct buffer *out, const struct json *application, const struct json *api,
    const struct option_value *values)
{
    const struct json *list = json_get(application, "requiredResourceAccess");
    for (size_t i = 0; values && i < values->count; i++)
        add_value(out, json_get_text(find_given(api, values->values[i]), "value"));
    for (const struct json *item = list && !values ? list->first : NULL; item; item = item->next) {
        const struct json *accesses = json_get(item, "resourceAccess");
        if (!text_equal_nocase(json_get_text(item, "resourceAppId"), json_get_text(api, "appId")))
            continue;
        for (const struct json *access = accesses ? accesses->first : NULL; access;
             access = access->next) {
            bool is_scope = text_equal_nocase(json_get_text(access, "type"), TEXT("Scope"));
            const struct json *scope =
                is_scope ? find_offered(api, TEXT("Scope"), json_get_text(access, "id")) : NULL;
            if (scope)
                add_value(out, json_get_text(scope, "value"));
        }
    }
}

static bool send_grant(struct session *session, const struct json *client, const struct json *api,
    const struct json *grant, struct text scopes, struct azb_error *err)
{
    scoped_buffer struct buffer body = {0};
    struct json_writer writer;
    const struct json *ignored;
    char *path = arena_format(&session->arena, "/v1.0/oauth2PermissionGrants%s%.*s",
        grant ? "/" : "", TEXT_ARGS(json_get_text(grant, "id")));
    buffer_init(&body, 64 * 1024);
    json_writer_init(&writer, &body, 0);
    json_begin_object(&writer);
    if (!grant) {
        json_member_text(&writer, "clientId", json_get_text(client, "id"));
        json_member(&writer, "consentType", "AllPrincipals");
        json_member_text(&writer, "resourceId", json_get_text(api, "id"));
    }
    json_member_text(&writer, "scope", scopes);
    json_end_object(&writer);
    return manage(
        session, ENDPOINT_GRAPH, grant ? "PATCH" : "POST", path, buffer_text(&body), &ignored, err);
}

static bool consent_to(struct session *session, const struct json *application,
    const struct json *api, const struct option_value *values, struct azb_error *err)
{
    scoped_buffer struct buffer scopes = {0};
    const struct json *grant = NULL;
    char *app_id = json_get_string(application, "appId", &session->arena);
    const struct json *client =
        app_id ? find_service_principal(session, "appId", app_id, err) : NULL;
    buffer_init(&scopes, 64 * 1024);
    if (!client ||
        !find_grant(session, json_get_text(client, "id"), json_get_text(api, "id"), &grant, err))
        return false;
    add_wanted(&scopes, application, api, values);
    if (scopes.length == 0)
        return fail(err, AZB_ERROR_ARGUMENT,
            "the application asks for no permission of %.*s: say --permissions, or azb app "
            "permission add",
            TEXT_ARGS(json_get_text(api, "displayName")));
    if (grant)
        add_value(&scopes, json_get_text(grant, "scope"));
    return scopes.failed ? fail_memory(err)
                         : send_grant(session, client, api, grant, buffer_text(&scopes), err);
}

/* A grant holds delegated permissions alone. */
static bool check_delegated(const struct option_value *values, struct azb_error *err)
{
    for (size_t i = 0; values && i < values->count; i++)
        if (text_equal_nocase(permission_name_read(values->values[i]).type, TEXT("Role")))
            return fail(err, AZB_ERROR_ARGUMENT,
                "'%s' is a permission in the application's own name: azb app permission "
                "admin-consent gives it",
                values->values[i]);
    return true;
}

static int consent(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *application, *api;
    const struct option_value *values = argument_list(arguments, "permissions");
    (void)command;
    application = find_application(session, argument(arguments, "id"), &err);
    api = application ? find_api(session, arguments, &err) : NULL;
    if (!api || !check_given(api, values, &err) || !check_delegated(values, &err) ||
        !consent_to(session, application, api, values, &err))
        return session_fail(session, &err);
    return EXIT_OK;
}

const struct command command_app_permission_consent = {"app permission consent",
    "Consents to permissions of an application for everybody in the tenant.",
    "Users are not asked for them any more.", consent_options, COUNT(consent_options), consent};

/* ---- admin-consent ------------------------------------------------------------------------- */

static bool has_type(const struct json *item, const char *type)
{
    const struct json *accesses = json_get(item, "resourceAccess");
    for (const struct json *access = accesses ? accesses->first : NULL; access;
         access = access->next)
        if (text_equal_nocase(json_get_text(access, "type"), text_of(type)))
            return true;
    return false;
}

static bool has_role(const struct json *assignments, const struct json *api, struct text id)
{
    for (const struct json *one = assignments->first; one; one = one->next)
        if (text_equal_nocase(json_get_text(one, "resourceId"), json_get_text(api, "id")) &&
            text_equal_nocase(json_get_text(one, "appRoleId"), id))
            return true;
    return false;
}

/* The app roles that a service principal has. */
static bool list_roles(struct session *session, const struct json *client, const struct json **out,
    struct azb_error *err)
{
    char *path = arena_format(&session->arena, "/v1.0/servicePrincipals/%.*s/appRoleAssignments",
        TEXT_ARGS(json_get_text(client, "id")));
    return manage_list(session, ENDPOINT_GRAPH, path, out, err);
}

static bool give_role(struct session *session, const struct json *client, const struct json *api,
    struct text role, struct azb_error *err)
{
    struct text client_id = json_get_text(client, "id"), api_id = json_get_text(api, "id");
    const struct json *ignored;
    char *path = arena_format(
        &session->arena, "/v1.0/servicePrincipals/%.*s/appRoleAssignments", TEXT_ARGS(client_id));
    char *body = arena_format(&session->arena,
        "{\"principalId\":\"%.*s\",\"resourceId\":\"%.*s\",\"appRoleId\":\"%.*s\"}",
        TEXT_ARGS(client_id), TEXT_ARGS(api_id), TEXT_ARGS(role));
    return manage(session, ENDPOINT_GRAPH, "POST", path, text_of(body), &ignored, err);
}

static bool give_roles(struct session *session, const struct json *client, const struct json *api,
    const struct json *item, struct azb_error *err)
{
    const struct json *accesses = json_get(item, "resourceAccess"), *has;
    if (!list_roles(session, client, &has, err))
        return false;
    for (const struct json *access = accesses ? accesses->first : NULL; access;
         access = access->next) {
        struct text id = json_get_text(access, "id");
        if (text_equal_nocase(json_get_text(access, "type"), TEXT("Role")) &&
            !has_role(has, api, id) && !give_role(session, client, api, id, err))
            return false;
    }
    return true;
}

static bool consent_to_item(struct session *session, const struct json *application,
    const struct json *client, const struct json *item, struct azb_error *err)
{
    char *app_id = json_get_string(item, "resourceAppId", &session->arena);
    const struct json *api = app_id ? find_service_principal(session, "appId", app_id, err) : NULL;
    return api && (!has_type(item, "Scope") || consent_to(session, application, api, NULL, err)) &&
           (!has_type(item, "Role") || give_roles(session, client, api, item, err));
}

static const struct option_row admin_options[] = {
    {"id", OPTION_TEXT, true, "appId, object id or display name.", 0},
};

static int admin_consent(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *application = find_application(session, argument(arguments, "id"), &err);
    char *app_id = json_get_string(application, "appId", &session->arena);
    const struct json *client =
        app_id ? find_service_principal(session, "appId", app_id, &err) : NULL;
    const struct json *list = json_get(application, "requiredResourceAccess");
    (void)command;
    if (!client)
        return session_fail(session, &err);
    for (const struct json *item = list ? list->first : NULL; item; item = item->next)
        if (!consent_to_item(session, application, client, item, &err))
            return session_fail(session, &err);
    return EXIT_OK;
}

const struct command command_app_permission_admin_consent = {"app permission admin-consent",
    "Consents to everything that an application asks for, for everybody in the tenant.",
    "Permissions in its own name (Role) are given to its service principal: they stand in the "
    "claim roles of its tokens.",
    admin_options, COUNT(admin_options), admin_consent};

/* ---- list ---------------------------------------------------------------------------------- */

/* What was consented to for the application's service principal. */
struct consents {
    const struct json *grants; /* delegated */
    const struct json *roles;  /* app role assignments */
};

/* "everybody", "users" (some) or "" for a permission. */
static const char *consent_text(
    const struct json *grants, struct text resource_id, struct text value)
{
    const char *found = "";
    for (const struct json *grant = grants->first; grant; grant = grant->next) {
        struct text rest = json_get_text(grant, "scope"), piece;
        if (!text_equal_nocase(json_get_text(grant, "resourceId"), resource_id))
            continue;
        while (text_cut(&rest, ' ', &piece)) {
            if (!text_equal(piece, value))
                continue;
            if (text_is(json_get_text(grant, "consentType"), "AllPrincipals"))
                return "everybody";
            found = "users";
        }
    }
    return found;
}

static void write_permission(struct json_writer *writer, const struct json *api,
    const struct json *access, const struct consents *consents)
{
    struct text type = json_get_text(access, "type"), id = json_get_text(access, "id");
    bool is_role = text_equal_nocase(type, TEXT("Role"));
    const struct json *offered = find_offered(api, type, id);
    struct text value = json_get_text(offered, "value");
    const char *consent = is_role ? has_role(consents->roles, api, id) ? "application" : ""
                                  : consent_text(consents->grants, json_get_text(api, "id"), value);
    json_begin_object(writer);
    json_member_text(writer, "api", json_get_text(api, "displayName"));
    json_member_text(writer, "permission", value.at ? value : id);
    json_member_text(writer, "type", type);
    json_member(writer, "consent", consent);
    json_member_text(writer, "displayName",
        json_get_text(offered, is_role ? "displayName" : "adminConsentDisplayName"));
    json_member_text(writer, "apiAppId", json_get_text(api, "appId"));
    json_member_text(writer, "id", id);
    json_end_object(writer);
}

static bool write_all(struct session *session, const struct json *application,
    const struct consents *consents, struct json_writer *writer, struct azb_error *err)
{
    const struct json *list = json_get(application, "requiredResourceAccess");
    json_begin_array(writer);
    for (const struct json *item = list ? list->first : NULL; item; item = item->next) {
        char *app_id = json_get_string(item, "resourceAppId", &session->arena);
        const struct json *api =
            app_id ? find_service_principal(session, "appId", app_id, err) : NULL;
        const struct json *accesses = json_get(item, "resourceAccess");
        if (!api)
            return false;
        for (const struct json *access = accesses ? accesses->first : NULL; access;
             access = access->next)
            write_permission(writer, api, access, consents);
    }
    json_end_array(writer);
    return true;
}

static const struct option_row list_options[] = {
    {"id", OPTION_TEXT, true, "appId, object id or display name.", 0},
};

static int list(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    const struct json *application, *client, *shown;
    struct consents consents = {0};
    (void)command;
    buffer_init(&text, 1 << 20);
    json_writer_init(&writer, &text, 0);
    application = find_application(session, argument(arguments, "id"), &err);
    char *app_id = json_get_string(application, "appId", &session->arena);
    client = app_id ? find_service_principal(session, "appId", app_id, &err) : NULL;
    char *client_id = json_get_string(client, "id", &session->arena);
    if (!client_id ||
        !find_by(session, ENDPOINT_GRAPH, "/v1.0/oauth2PermissionGrants", "clientId", client_id,
            NULL, &consents.grants, &err) ||
        !list_roles(session, client, &consents.roles, &err) ||
        !write_all(session, application, &consents, &writer, &err))
        return session_fail(session, &err);
    shown = json_written(&text, &session->arena, &err);
    if (!shown)
        return session_fail(session, &err);
    output(session, shown, columns_of(COLUMNS_PERMISSION));
    return EXIT_OK;
}

const struct command command_app_permission_list = {"app permission list",
    "Lists what an application asks for, and for whom it was consented to.", NULL, list_options,
    COUNT(list_options), list};
