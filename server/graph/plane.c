/*
 * The Graph plane: its routes, and what all requests have in common: token, directory role, body,
 * headers, errors.
 */
#include <stdarg.h>

#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"
#include "entra/userinfo.h"
#include "graph/graph.h"

#define APPLICATION "/v1.0/applications/{id}"
#define APPLICATION_BY_APP "/v1.0/applications(appId='{appId}')"
#define PRINCIPAL "/v1.0/servicePrincipals/{id}"
#define PRINCIPAL_BY_APP "/v1.0/servicePrincipals(appId='{appId}')"

#define USER "/v1.0/users/{id}"
#define GRANT "/v1.0/oauth2PermissionGrants/{id}"
#define GROUP "/v1.0/groups/{id}"
#define ASSIGNED_TO "/appRoleAssignedTo"
#define ASSIGNMENTS "/appRoleAssignments"
#define FEDERATED "/federatedIdentityCredentials"

static const struct graph_operation reads_self = {GRAPH_READS_SELF, false},
                                    reads = {GRAPH_READS, false}, asks = {GRAPH_READS, true},
                                    administrates = {GRAPH_APPLICATIONS, false},
                                    changes = {GRAPH_APPLICATIONS, true},
                                    changes_user = {GRAPH_USERS, true},
                                    removes_user = {GRAPH_USERS, false};

static const struct route routes[] = {
    {"GET", "/v1.0/applications", ROUTE_READS, graph_list_applications, &reads},
    {"POST", "/v1.0/applications", ROUTE_WRITES, graph_create_application, &changes},
    {"GET", APPLICATION, ROUTE_READS, graph_get_application, &reads},
    {"GET", APPLICATION_BY_APP, ROUTE_READS, graph_get_application, &reads},
    {"PATCH", APPLICATION, ROUTE_WRITES, graph_update_application, &changes},
    {"PATCH", APPLICATION_BY_APP, ROUTE_WRITES, graph_update_application, &changes},
    {"DELETE", APPLICATION, ROUTE_WRITES, graph_delete_application, &administrates},
    {"DELETE", APPLICATION_BY_APP, ROUTE_WRITES, graph_delete_application, &administrates},
    {"POST", APPLICATION "/addPassword", ROUTE_WRITES, graph_add_password, &changes},
    {"POST", APPLICATION_BY_APP "/addPassword", ROUTE_WRITES, graph_add_password, &changes},
    {"POST", APPLICATION "/removePassword", ROUTE_WRITES, graph_remove_password, &changes},
    {"POST", APPLICATION_BY_APP "/removePassword", ROUTE_WRITES, graph_remove_password, &changes},

    {"GET", "/v1.0/servicePrincipals", ROUTE_READS, graph_list_principals, &reads},
    {"POST", "/v1.0/servicePrincipals", ROUTE_WRITES, graph_create_principal, &changes},
    {"GET", PRINCIPAL, ROUTE_READS, graph_get_principal, &reads},
    {"GET", PRINCIPAL_BY_APP, ROUTE_READS, graph_get_principal, &reads},
    {"PATCH", PRINCIPAL, ROUTE_WRITES, graph_update_principal, &changes},
    {"PATCH", PRINCIPAL_BY_APP, ROUTE_WRITES, graph_update_principal, &changes},
    {"DELETE", PRINCIPAL, ROUTE_WRITES, graph_delete_principal, &administrates},
    {"DELETE", PRINCIPAL_BY_APP, ROUTE_WRITES, graph_delete_principal, &administrates},

    {"GET", "/v1.0/users", ROUTE_READS, graph_list_users, &reads},
    {"POST", "/v1.0/users", ROUTE_WRITES, graph_create_user, &changes_user},
    {"GET", USER, ROUTE_READS, graph_get_user, &reads},
    {"PATCH", USER, ROUTE_WRITES, graph_update_user, &changes_user},
    {"DELETE", USER, ROUTE_WRITES, graph_delete_user, &removes_user},
    {"GET", "/v1.0/groups", ROUTE_READS, graph_list_groups, &reads},
    {"GET", "/v1.0/groups/{id}", ROUTE_READS, graph_get_group, &reads},
    {"GET", "/oidc/userinfo", ROUTE_READS, userinfo_serve_graph, &reads_self},
    {"GET", "/v1.0/me", ROUTE_READS, graph_get_me, &reads_self},
    {"POST", "/v1.0/directoryObjects/getByIds", ROUTE_READS, graph_get_by_ids, &asks},
    {"GET", "/v1.0/organization", ROUTE_READS, graph_list_organization, &reads},

    {"GET", "/v1.0/oauth2PermissionGrants", ROUTE_READS, graph_list_grants, &reads},
    {"POST", "/v1.0/oauth2PermissionGrants", ROUTE_WRITES, graph_create_grant, &changes},
    {"GET", GRANT, ROUTE_READS, graph_get_grant, &reads},
    {"PATCH", GRANT, ROUTE_WRITES, graph_update_grant, &changes},
    {"DELETE", GRANT, ROUTE_WRITES, graph_delete_grant, &administrates},

    {"GET", APPLICATION FEDERATED, ROUTE_READS, graph_list_federated, &reads},
    {"GET", APPLICATION_BY_APP FEDERATED, ROUTE_READS, graph_list_federated, &reads},
    {"POST", APPLICATION FEDERATED, ROUTE_WRITES, graph_create_federated, &changes},
    {"POST", APPLICATION_BY_APP FEDERATED, ROUTE_WRITES, graph_create_federated, &changes},
    {"GET", APPLICATION FEDERATED "/{credentialId}", ROUTE_READS, graph_get_federated, &reads},
    {"DELETE", APPLICATION FEDERATED "/{credentialId}", ROUTE_WRITES, graph_delete_federated,
        &administrates},

    {"GET", PRINCIPAL ASSIGNED_TO, ROUTE_READS, graph_list_assigned_to, &reads},
    {"GET", PRINCIPAL_BY_APP ASSIGNED_TO, ROUTE_READS, graph_list_assigned_to, &reads},
    {"POST", PRINCIPAL ASSIGNED_TO, ROUTE_WRITES, graph_create_assigned_to, &changes},
    {"POST", PRINCIPAL_BY_APP ASSIGNED_TO, ROUTE_WRITES, graph_create_assigned_to, &changes},
    {"GET", PRINCIPAL ASSIGNED_TO "/{assignmentId}", ROUTE_READS, graph_get_assignment, &reads},
    {"DELETE", PRINCIPAL ASSIGNED_TO "/{assignmentId}", ROUTE_WRITES, graph_delete_assignment,
        &administrates},
    {"GET", PRINCIPAL ASSIGNMENTS, ROUTE_READS, graph_list_assignments, &reads},
    {"GET", PRINCIPAL_BY_APP ASSIGNMENTS, ROUTE_READS, graph_list_assignments, &reads},
    {"POST", PRINCIPAL ASSIGNMENTS, ROUTE_WRITES, graph_create_assignment, &changes},
    {"POST", PRINCIPAL_BY_APP ASSIGNMENTS, ROUTE_WRITES, graph_create_assignment, &changes},
    {"GET", PRINCIPAL ASSIGNMENTS "/{assignmentId}", ROUTE_READS, graph_get_assignment, &reads},
    {"DELETE", PRINCIPAL ASSIGNMENTS "/{assignmentId}", ROUTE_WRITES, graph_delete_assignment,
        &administrates},
    {"GET", USER ASSIGNMENTS, ROUTE_READS, graph_list_assignments, &reads},
    {"POST", USER ASSIGNMENTS, ROUTE_WRITES, graph_create_assignment, &changes},
    {"DELETE", USER ASSIGNMENTS "/{assignmentId}", ROUTE_WRITES, graph_delete_assignment,
        &administrates},
    {"GET", GROUP ASSIGNMENTS, ROUTE_READS, graph_list_assignments, &reads},
    {"POST", GROUP ASSIGNMENTS, ROUTE_WRITES, graph_create_assignment, &changes},
    {"DELETE", GROUP ASSIGNMENTS "/{assignmentId}", ROUTE_WRITES, graph_delete_assignment,
        &administrates},

    /* Known to Graph, not served yet. */
    {"POST", "/v1.0/groups", ROUTE_READS, graph_unserved, &reads},
    {"DELETE", "/v1.0/groups/{id}", ROUTE_READS, graph_unserved, &reads},
    {"GET", "/v1.0/groups/{id}/members", ROUTE_READS, graph_unserved, &reads},
    {"POST", "/v1.0/groups/{id}/members/$ref", ROUTE_READS, graph_unserved, &reads},
    {"GET", APPLICATION "/owners", ROUTE_READS, graph_unserved, &reads},
    {"POST", APPLICATION "/addKey", ROUTE_READS, graph_unserved, &reads},
    {"POST", APPLICATION "/removeKey", ROUTE_READS, graph_unserved, &reads},
    {"POST", PRINCIPAL "/addPassword", ROUTE_READS, graph_unserved, &reads},
    {"POST", PRINCIPAL "/removePassword", ROUTE_READS, graph_unserved, &reads},
};

const struct json *graph_body(const struct request *request)
{
    return request->prepared;
}

bool graph_unserved(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)reply;
    return fail_status(err, 501, "NotImplemented", "azbd does not serve %s %s yet.",
        request->method, request->route->path);
}

/* ---- Errors ---------------------------------------------------------------------------------- */

bool graph_bad(struct azb_error *err, const char *format, ...)
{
    char message[sizeof err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return fail_status(err, 400, "Request_BadRequest", "%s", message);
}

bool graph_not_found(struct text id, struct azb_error *err)
{
    return fail_status(err, 404, "Request_ResourceNotFound",
        "Resource '%.*s' does not exist or one of its queried reference-property objects are not "
        "present.",
        TEXT_ARGS(text_slice(id, 0, 100)));
}

bool graph_refuse(struct text id, struct azb_error *err)
{
    if (err->code[0])
        return false;
    if (err->kind == AZB_ERROR_NOT_FOUND)
        return graph_not_found(id, err);
    return refuse_as(err, err->kind == AZB_ERROR_CONFLICT
                              ? "Request_MultipleObjectsWithSameKeyValue"
                              : "Request_BadRequest");
}

/* ---- Values of a body ------------------------------------------------------------------------ */

bool graph_read_string(struct request *request, const struct json *value, const char *what,
    const char **out, struct azb_error *err)
{
    *out = NULL;
    if (!value || value->type == JSON_NULL)
        return true;
    if (value->type != JSON_STRING)
        return graph_bad(
            err, "%s: a string is expected, not %s.", what, json_type_text(value->type));
    if (memchr(value->text.at ? value->text.at : "", 0, value->text.length))
        return graph_bad(err, "%s: it holds a NUL character.", what);
    *out = text_string(&request->arena, value->text);
    return *out ? true : fail_memory(err);
}

bool graph_read_bool(const struct json *value, const char *what, bool *out, struct azb_error *err)
{
    if (!value || value->type == JSON_NULL)
        return true;
    if (value->type != JSON_BOOL)
        return graph_bad(err, "%s: true or false is expected.", what);
    *out = value->boolean;
    return true;
}

bool graph_check_members(const struct json *object, const char *const *known, struct azb_error *err)
{
    for (const struct json *value = object->first; value; value = value->next) {
        bool found = text_starts(value->name, "@odata.");
        for (const char *const *name = known; *name && !found; name++)
            found = text_is(value->name, *name);
        if (!found)
            return graph_bad(
                err, "Invalid property '%.*s'.", TEXT_ARGS(text_slice(value->name, 0, 100)));
    }
    return true;
}

/* ---- Preparing ------------------------------------------------------------------------------- */

static const char *const audiences[] = {
    "https://graph.microsoft.com",
    "https://graph.microsoft.com/",
    "https://graph.microsoft.us",
    "https://graph.microsoft.us/",
    "https://microsoftgraph.chinacloudapi.cn",
    "https://microsoftgraph.chinacloudapi.cn/",
    "00000003-0000-0000-c000-000000000000",
};

static bool check_caller(struct request *request, struct azb_error *err)
{
    const char *const *all =
        request_audiences(request, audiences, sizeof audiences / sizeof *audiences, "/graph");
    return all ? authorize_bearer(request, all, err) : fail_memory(err);
}

static bool has_role(struct request *request, const char *role, bool *has, struct azb_error *err)
{
    return directory_role_has(request->store, role, request->caller.object_id, has, err);
}

#define SCOPES_MAX 8

/* Any one of the permissions is enough: https://learn.microsoft.com/graph/permissions-reference */
static const struct {
    const char *role, *name;
    const char *scopes[SCOPES_MAX];
} needed[] = {
    [GRAPH_READS_SELF] = {NULL, NULL,
        {"User.Read", "openid", "User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All",
            "Directory.Read.All", "Directory.AccessAsUser.All"}},
    [GRAPH_READS] = {NULL, NULL,
        {"Directory.Read.All", "Directory.AccessAsUser.All", "Application.ReadWrite.All",
            "User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All"}},
    [GRAPH_APPLICATIONS] = {DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR,
        "an application administrator",
        {"Application.ReadWrite.All", "Directory.AccessAsUser.All"}},
    [GRAPH_USERS] = {DIRECTORY_ROLE_USER_ADMINISTRATOR, "a user administrator",
        {"User.ReadWrite.All", "Directory.AccessAsUser.All"}},
};

static bool check_scopes(
    const struct request *request, enum graph_right right, struct azb_error *err)
{
    struct text scopes = text_of(request->caller.scopes);
    if (request->caller.kind != CALLER_USER)
        return true;
    for (size_t i = 0; i < SCOPES_MAX && needed[right].scopes[i]; i++)
        if (scopes_hold(scopes, text_of(needed[right].scopes[i])))
            return true;
    return fail_status(err, 403, "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation. The token has the delegated "
        "permissions '%s'; one such as '%s' is needed.",
        request->caller.scopes, needed[right].scopes[0]);
}

static bool check_role(struct request *request, enum graph_right right, struct azb_error *err)
{
    bool has = false;
    if (!needed[right].role)
        return true;
    if (!has_role(request, needed[right].role, &has, err) ||
        (!has && !has_role(request, DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR, &has, err)))
        return false;
    return has || fail_status(err, 403, "Authorization_RequestDenied",
                      "Insufficient privileges to complete the operation. The caller '%s' is not "
                      "%s of the directory.",
                      request->caller.object_id, needed[right].name);
}

static bool prepare(struct request *request, struct azb_error *err)
{
    const struct graph_operation *operation = request->route->row;
    if (!check_caller(request, err) || !check_scopes(request, operation->right, err) ||
        !check_role(request, operation->right, err))
        return false;
    if (!operation->has_body)
        return true;
    const struct json *body = request_document(request, "BadRequest", err);
    /* prepared is not const for the planes that fill it in serve; nobody changes this one. */
    request->prepared = (void *)(uintptr_t)body;
    return body != NULL;
}

/* ---- Finishing, refusing --------------------------------------------------------------------- */

static const char *client_request_id(const struct request *request)
{
    const char *given = request_header(request, "client-request-id");
    return given && text_is_guid(text_of(given)) ? given : request->request_id;
}

static void finish(struct request *request, struct reply *reply)
{
    reply_header(reply, "Cache-Control", "no-cache");
    reply_header(reply, "request-id", request->request_id);
    reply_header(reply, "client-request-id", client_request_id(request));
    reply_header(reply, "OData-Version", "4.0");
    reply_header(reply, "X-Content-Type-Options", "nosniff");
}

static const char *code_of(const struct azb_error *err, int status)
{
    if (err->code[0])
        return err->code;
    if (status == 404)
        return "ResourceNotFound";
    if (status >= 500)
        return "generalException";
    return status == 413 ? "RequestEntityTooLarge" : "BadRequest";
}

static void write_inner(
    struct request *request, struct json_writer *writer, const struct azb_error *err)
{
    char date[TIME_TEXT_MAX];
    time_iso8601(request->now - request->now % TICKS_PER_SECOND, date);
    size_t length = strlen(date);
    if (length && date[length - 1] == 'Z')
        date[length - 1] = '\0';
    json_name(writer, "innerError");
    json_begin_object(writer);
    for (size_t i = 0; i < err->value_count; i++)
        json_member(writer, err->values[i].key, err->values[i].value);
    json_member(writer, "date", date);
    json_member(writer, "request-id", request->request_id);
    json_member(writer, "client-request-id", client_request_id(request));
    json_end_object(writer);
}

static void refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    int status = refusal_status(err);
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct azb_error no_memory = AZB_ERROR_INIT;
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "error");
    json_begin_object(&writer);
    json_member(&writer, "code", code_of(err, status));
    json_member(&writer, "message", err->message);
    write_inner(request, &writer, err);
    json_end_object(&writer);
    json_end_object(&writer);
    if (!reply_document(request, reply, status, &text, &no_memory))
        reply_json(reply, 500,
            TEXT("{\"error\":{\"code\":\"generalException\","
                 "\"message\":\"out of memory\"}}"));
    authorize_challenge(request, reply, err);
}

const struct plane_rows *graph_plane(void)
{
    static const struct plane_rows rows = {
        .name = "graph",
        .routes = routes,
        .count = sizeof routes / sizeof *routes,
        .prepare = prepare,
        .finish = finish,
        .refuse = refuse,
    };
    return &rows;
}
