/* /v1.0/servicePrincipals */
#include "authorize/authorize.h"
#include "base/error.h"
#include "directory/managed_identity.h"
#include "directory/microsoft.h"
#include "document.h"
#include "graph/graph.h"

#define KIND "servicePrincipals"

/* What nothing here acts on, as an application's. */
static const struct graph_property kept[] = {
    {"tags", PROPERTY_STRINGS},
    {"notes", PROPERTY_STRING},
    {"description", PROPERTY_STRING},
    {"homepage", PROPERTY_STRING},
    {"loginUrl", PROPERTY_STRING},
    {"logoutUrl", PROPERTY_STRING},
    {"preferredSingleSignOnMode", PROPERTY_STRING},
    {"tokenEncryptionKeyId", PROPERTY_STRING},
    {"samlSingleSignOnSettings", PROPERTY_OBJECT},
    {"replyUrls", PROPERTY_STRINGS},
    {"notificationEmailAddresses", PROPERTY_STRINGS},
    {"alternativeNames", PROPERTY_STRINGS},
};

#define KEPT (sizeof kept / sizeof *kept)
/* A managed identity's alternative names say what it belongs to. */
#define KEPT_OF_IDENTITY (KEPT - 1)

static const char *type_of(const void *item)
{
    return ((const struct service_principal *)item)->managed_identity ? "ManagedIdentity"
                                                                      : "Application";
}

static void write_strings(
    struct json_writer *writer, const char *name, const char *const *strings, size_t count)
{
    json_name(writer, name);
    json_begin_array(writer);
    for (size_t i = 0; i < count; i++)
        json_write_string(writer, strings[i]);
    json_end_array(writer);
}

/* An application's: whose it is, what it is called by, what it offers. */
static bool write_application(struct request *request, struct json_writer *writer,
    const struct service_principal *principal, struct azb_error *err)
{
    struct application application;
    struct resource_application resource;
    struct text app_id = text_of(principal->app_id);
    if (!application_by_app_id(request->store, app_id, &request->arena, &application, err) ||
        !resource_application_find(
            request->service, request->store, app_id, &request->arena, &resource, err))
        return false;
    json_member(writer, "signInAudience", sign_in_audience_text(application.audience));
    json_member(writer, "appOwnerOrganizationId",
        application.home_tenant_id ? application.home_tenant_id
                                   : directory_tenant_id(request->service));
    json_name(writer, "servicePrincipalNames");
    json_begin_array(writer);
    json_write_string(writer, principal->app_id);
    for (size_t i = 0; i < application.identifier_uri_count; i++)
        json_write_string(writer, application.identifier_uris[i]);
    for (const char *const *uri = microsoft_uris(app_id); uri && *uri; uri++)
        json_write_string(writer, *uri);
    json_end_array(writer);
    graph_write_scopes(writer, resource.permissions, resource.permission_count);
    const struct graph_holder holder = {application.row, true};
    return graph_write_app_roles(request, writer, &application, err) &&
           graph_write_credentials(request, writer, &holder, err);
}

static bool write_identity(struct request *request, struct json_writer *writer,
    const struct service_principal *principal, struct azb_error *err)
{
    struct managed_identity identity;
    if (!managed_identity_find(request->store, IDENTITY_BY_CLIENT_ID, text_of(principal->app_id),
            &request->arena, &identity, err))
        return false;
    const char *const names[] = {
        identity.system_assigned ? "isExplicit=False" : "isExplicit=True", identity.resource_id};
    write_strings(writer, "servicePrincipalNames", &principal->app_id, 1);
    write_strings(writer, "alternativeNames", names, 2);
    graph_write_scopes(writer, NULL, 0);
    static const char *const empty[] = {"appRoles", "keyCredentials", "passwordCredentials"};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        write_strings(writer, empty[i], NULL, 0);
    return true;
}

struct text graph_principal_json(
    struct request *request, const struct service_principal *principal, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "id", principal->object_id);
    json_member(&writer, "appId", principal->app_id);
    json_member(&writer, "displayName", principal->display_name);
    json_member(&writer, "appDisplayName", principal->display_name);
    json_member_bool(&writer, "accountEnabled", principal->enabled);
    json_member_bool(&writer, "appRoleAssignmentRequired", principal->assignment_required);
    graph_write_time(&writer, "createdDateTime", principal->created);
    json_member(&writer, "servicePrincipalType", type_of(principal));
    if (!(principal->managed_identity ? write_identity(request, &writer, principal, err)
                                      : write_application(request, &writer, principal, err)) ||
        !graph_write_properties(request, &writer, principal->properties, kept,
            principal->managed_identity ? KEPT_OF_IDENTITY : KEPT, NULL, err))
        return TEXT_NONE;
    json_end_object(&writer);
    return graph_keep(request, &text, err);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static const char *id_of(const void *item)
{
    return ((const struct service_principal *)item)->object_id;
}

static const char *app_id_of(const void *item)
{
    return ((const struct service_principal *)item)->app_id;
}

static const char *name_of(const void *item)
{
    return ((const struct service_principal *)item)->display_name;
}

static const char *enabled_of(const void *item)
{
    return ((const struct service_principal *)item)->enabled ? "true" : "false";
}

static const char *owner_of(const void *item)
{
    return ((const struct service_principal *)item)->home_tenant_id;
}

/* An item of the list, with what its application calls it by. */
struct named {
    struct service_principal principal;
    const char *const *uris; /* identifier URIs */
    size_t uri_count;
};

static bool has_name(const struct query_property *property, const void *item, struct text value)
{
    const struct named *named = item;
    const char *const *uri = microsoft_uris(text_of(named->principal.app_id));
    (void)property;
    for (; uri && *uri; uri++)
        if (text_equal_nocase(value, text_of(*uri)))
            return true;
    for (size_t i = 0; i < named->uri_count; i++)
        if (text_equal_nocase(value, text_of(named->uris[i])))
            return true;
    return text_equal_nocase(value, text_of(named->principal.app_id));
}

/* `principal` is first in struct named. */
static const struct query_property properties[] = {
    {"id", QUERY_EQ | QUERY_IN, id_of},
    {"appId", QUERY_EQ | QUERY_IN, app_id_of},
    {"displayName", QUERY_STRING, name_of},
    {"appDisplayName", QUERY_EQ | QUERY_STARTS, name_of},
    {"servicePrincipalNames", QUERY_ANY, NULL},
    {"servicePrincipalType", QUERY_EQ, type_of},
    {"accountEnabled", QUERY_TRUTH, enabled_of},
    {"appOwnerOrganizationId", QUERY_EQ, owner_of},
};

/* Their URIs are asked for only where a filter wants to know. */
static bool name_all(struct request *request, const struct service_principal *principals,
    size_t count, bool with_uris, struct named **out, struct azb_error *err)
{
    struct named *list = arena_array(&request->arena, count + 1, sizeof *list);
    if (!list)
        return fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        struct application application;
        list[i] = (struct named){.principal = principals[i]};
        if (!with_uris || principals[i].managed_identity)
            continue;
        if (!application_by_app_id(
                request->store, text_of(principals[i].app_id), &request->arena, &application, err))
            return false;
        list[i].uris = application.identifier_uris;
        list[i].uri_count = application.identifier_uri_count;
    }
    *out = list;
    return true;
}

bool graph_list_principals(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    struct service_principal *all;
    struct named *items = NULL;
    size_t count;
    if (!graph_list_begin(
            &list, request, KIND, properties, sizeof properties / sizeof *properties, err) ||
        !service_principal_list(request->store, &request->arena, &all, &count, err) ||
        !name_all(request, all, count,
            query_filter_term(&list.filter, "servicePrincipalNames") != NULL, &items, err) ||
        !graph_list_order(&list, items, count, sizeof *items, err))
        return false;
    list.filter.several = has_name;
    for (size_t i = 0; i < count; i++) {
        if (!graph_list_wants(&list, &items[i]))
            continue;
        struct text item = graph_principal_json(request, &items[i].principal, err);
        if (!item.at)
            return false;
        graph_list_add(&list, item);
    }
    return graph_list_end(&list, reply, err);
}

static bool find(struct request *request, struct service_principal *out, struct azb_error *err)
{
    bool by_app_id = strchr(request->route->path, '(') != NULL;
    struct text id = request->values[0];
    bool found =
        by_app_id ? service_principal_by_app_id(request->store, id, &request->arena, out, err)
                  : service_principal_by_object_id(request->store, id, &request->arena, out, err);
    return found || graph_refuse(id, err);
}

bool graph_get_principal(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct service_principal principal;
    return find(request, &principal, err) &&
           graph_reply(
               request, reply, 200, KIND, graph_principal_json(request, &principal, err), err);
}

/* ---- Changing -------------------------------------------------------------------------------- */

static bool no_backing(struct text app_id, struct azb_error *err)
{
    return fail_status(err, 400, "NoBackingApplicationObject",
        "The appId '%.*s' of the service principal does not reference a valid application object.",
        TEXT_ARGS(app_id));
}

/* What the body does not have stays as it is. */
static bool read_changes(
    struct request *request, struct service_principal *principal, struct azb_error *err)
{
    const struct json *body = graph_body(request);
    return graph_read_bool(
               json_get(body, "accountEnabled"), "accountEnabled", &principal->enabled, err) &&
           graph_read_bool(json_get(body, "appRoleAssignmentRequired"), "appRoleAssignmentRequired",
               &principal->assignment_required, err) &&
           graph_merge_properties(request, principal->properties, kept,
               principal->managed_identity ? KEPT_OF_IDENTITY : KEPT, &principal->properties, err);
}

static bool write_changes(
    struct request *request, const struct service_principal *principal, struct azb_error *err)
{
    return service_principal_enable(request->store, principal->row, principal->enabled, err) &&
           service_principal_require_assignment(
               request->store, principal->row, principal->assignment_required, err) &&
           service_principal_set_properties(
               request->store, principal->row, principal->properties, err);
}

/* Names, roles and permissions are the application's. */
static bool check_members(struct request *request, struct azb_error *err)
{
    static const char *const of_application[] = {
        "servicePrincipalNames", "appRoles", "oauth2PermissionScopes", "passwordCredentials"};
    static const char *const own[] = {"appId", "accountEnabled", "displayName",
        "servicePrincipalType", "appRoleAssignmentRequired", "keyCredentials"};
    const char *known[sizeof own / sizeof *own + KEPT + 1] = {0};
    memcpy(known, own, sizeof own);
    for (size_t i = 0; i < KEPT; i++)
        known[sizeof own / sizeof *own + i] = kept[i].path;
    for (size_t i = 0; i < sizeof of_application / sizeof *of_application; i++)
        if (json_get(graph_body(request), of_application[i]))
            return graph_bad(err,
                "%s: it is not set here, but on the application (%s), which the service principal "
                "follows.",
                of_application[i],
                i == 0   ? "identifierUris"
                : i == 3 ? "or by addPassword"
                         : of_application[i]);
    return graph_check_members(graph_body(request), known, err);
}

static bool set_keys(struct request *request, struct azb_error *err)
{
    const struct json *keys = json_get(graph_body(request), "keyCredentials");
    struct graph_holder holder = {0};
    if (!keys)
        return true;
    if (keys->type != JSON_ARRAY)
        return graph_bad(err, "keyCredentials: a list is expected.");
    return graph_find_holder(request, &holder, err) && graph_set_keys(request, &holder, keys, err);
}

/* Users make the principals of what they own; who administrates applications, of all. */
static bool check_backing(struct request *request, struct text app_id, struct azb_error *err)
{
    struct application application;
    bool may;
    if (!graph_administrates(request, GRAPH_APPLICATIONS, &may, err))
        return false;
    if (may)
        return true;
    if (!application_by_app_id(request->store, app_id, &request->arena, &application, err))
        return no_backing(app_id, err);
    if (!owner_is(request->store, application.object_id, request->caller.object_id, &may, err))
        return false;
    return may || fail_status(err, 403, "Authorization_RequestDenied",
                      "Insufficient privileges to complete the operation. '%s' neither is an "
                      "application administrator of the directory nor owns the application '%s'.",
                      request->caller.object_id, application.display_name);
}

static bool add(struct request *request, struct text app_id, struct service_principal *out,
    struct azb_error *err)
{
    if (service_principal_add(
            request->store, app_id, NULL, request->now, &request->arena, out, err))
        return true;
    if (err->kind == AZB_ERROR_NOT_FOUND)
        return no_backing(app_id, err);
    if (err->kind == AZB_ERROR_CONFLICT)
        return fail_status(err, 409, "Request_MultipleObjectsWithSameKeyValue",
            "The service principal cannot be created, updated, or restored because the service "
            "principal name %.*s is already in use.",
            TEXT_ARGS(app_id));
    return graph_refuse(app_id, err);
}

bool graph_create_principal(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct service_principal principal, wanted = {.enabled = true};
    struct text app_id = json_get_text(graph_body(request), "appId");
    if (!check_members(request, err) || !read_changes(request, &wanted, err))
        return false;
    if (json_get(graph_body(request), "keyCredentials"))
        return graph_bad(err, "keyCredentials: set them once the service principal is there.");
    if (!text_is_guid(app_id))
        return graph_bad(err, app_id.at ? "appId: it is not a GUID."
                                        : "A value is required for property 'appId' of resource "
                                          "'ServicePrincipal'.");
    if (!check_backing(request, app_id, err) || !add(request, app_id, &principal, err))
        return false;
    principal.enabled = wanted.enabled;
    principal.assignment_required = wanted.assignment_required;
    principal.properties = wanted.properties;
    if (!write_changes(request, &principal, err) ||
        !graph_make_owner(request, principal.object_id, err))
        return false;
    return graph_reply(
        request, reply, 201, KIND, graph_principal_json(request, &principal, err), err);
}

bool graph_update_principal(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct service_principal principal;
    if (!find(request, &principal, err) || !check_members(request, err) ||
        !read_changes(request, &principal, err) || !write_changes(request, &principal, err) ||
        !set_keys(request, err))
        return false;
    reply->status = 204;
    return true;
}

bool graph_delete_principal(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct service_principal principal;
    if (!find(request, &principal, err) ||
        !service_principal_remove(request->store, principal.row, err))
        return false;
    authorize_roles_changed(request); /* groups of the principal gave it some */
    reply->status = 204;
    return true;
}
