/* Tenants, subscriptions, resource groups and the endpoints of this cloud. */
#include "arm/arm.h"
#include "base/error.h"
#include "directory/directory.h"
#include "document.h"

/* ---- Tenants --------------------------------------------------------------------------------- */

bool arm_list_tenants(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    const struct service *service = request->service;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "value");
    json_begin_array(&writer);
    json_begin_object(&writer);
    json_member(
        &writer, "id", arena_format(&request->arena, "/tenants/%s", directory_tenant_id(service)));
    json_member(&writer, "tenantId", directory_tenant_id(service));
    json_member(&writer, "displayName", directory_tenant_name(service));
    json_member(&writer, "defaultDomain", directory_tenant_domain(service));
    json_member(&writer, "tenantCategory", "Home");
    json_name(&writer, "domains");
    json_begin_array(&writer);
    json_write_string(&writer, directory_tenant_domain(service));
    json_end_array(&writer);
    json_end_object(&writer);
    json_end_array(&writer);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}

/* ---- Subscriptions --------------------------------------------------------------------------- */

/* Columns: id, tenant_id, display_name, state. */
static void write_subscription(struct json_writer *writer, struct statement *s)
{
    struct text id = statement_borrow(s, 0);
    char resource[80];
    snprintf(resource, sizeof resource, "/subscriptions/%.*s", TEXT_ARGS(id));
    json_begin_object(writer);
    json_member(writer, "id", resource);
    json_member_text(writer, "subscriptionId", id);
    json_member_text(writer, "tenantId", statement_borrow(s, 1));
    json_member_text(writer, "displayName", statement_borrow(s, 2));
    json_member_text(writer, "state", statement_borrow(s, 3));
    json_member(writer, "authorizationSource", "RoleBased");
    json_name(writer, "subscriptionPolicies");
    json_begin_object(writer);
    json_member(writer, "locationPlacementId", "Public_2014-09-01");
    json_member(writer, "quotaId", "PayAsYouGo_2014-09-01");
    json_member(writer, "spendingLimit", "Off");
    json_end_object(writer);
    json_end_object(writer);
}

/* Those in which the caller, or a group it is in, has any role. */
static bool write_own_subscriptions(
    struct request *request, struct json_writer *writer, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "WITH RECURSIVE own (id) AS (SELECT ?1 UNION SELECT m.group_id FROM own"
        "  JOIN group_member m ON m.member_id = own.id)"
        " SELECT s.id, s.tenant_id, s.display_name, s.state FROM subscription s"
        " WHERE EXISTS (SELECT 1 FROM role_assignment a JOIN own ON a.principal_id = own.id"
        "  WHERE a.scope = '/' OR a.scope = '/subscriptions/' || s.id"
        "  OR a.scope LIKE '/subscriptions/' || s.id || '/%')"
        " ORDER BY s.row");
    statement_bind_string(&s, 1, request->caller.object_id);
    bool row = true;
    while (statement_step(&s, &row, err)) {
        if (!row)
            return true;
        write_subscription(writer, &s);
    }
    return false;
}

bool arm_list_subscriptions(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "value");
    json_begin_array(&writer);
    if (!write_own_subscriptions(request, &writer, err))
        return false;
    json_end_array(&writer);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}

bool arm_get_subscription(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    scoped_statement struct statement s = statement(request->store,
        "SELECT id, tenant_id, display_name, state FROM subscription WHERE id = ?1");
    statement_bind_text(&s, 1, request->values[0]);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    if (!row)
        return fail_status(err, 404, "SubscriptionNotFound", "The subscription is gone.");
    write_subscription(&writer, &s);
    return reply_document(request, reply, 200, &text, err);
}

/* ---- Resource groups ------------------------------------------------------------------------- */

/* Columns: subscription_id, name, location. */
static void write_group(struct request *request, struct json_writer *writer, struct statement *s)
{
    json_begin_object(writer);
    json_member(writer, "id",
        arena_format(&request->arena, "/subscriptions/%.*s/resourceGroups/%.*s",
            TEXT_ARGS(statement_borrow(s, 0)), TEXT_ARGS(statement_borrow(s, 1))));
    json_member_text(writer, "name", statement_borrow(s, 1));
    json_member(writer, "type", "Microsoft.Resources/resourceGroups");
    json_member_text(writer, "location", statement_borrow(s, 2));
    json_name(writer, "properties");
    json_begin_object(writer);
    json_member(writer, "provisioningState", "Succeeded");
    json_end_object(writer);
    json_end_object(writer);
}

bool arm_list_groups(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    bool row = true;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_name(&writer, "value");
    json_begin_array(&writer);
    scoped_statement struct statement s =
        statement(request->store, "SELECT subscription_id, name, location FROM resource_group"
                                  " WHERE subscription_id = ?1 ORDER BY name");
    statement_bind_text(&s, 1, request->values[0]);
    while (row) {
        if (!statement_step(&s, &row, err))
            return false;
        if (row)
            write_group(request, &writer, &s);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    return reply_document(request, reply, 200, &text, err);
}

bool arm_get_group(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    bool row;
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    scoped_statement struct statement s =
        statement(request->store, "SELECT subscription_id, name, location FROM resource_group"
                                  " WHERE subscription_id = ?1 AND name = ?2");
    statement_bind_text(&s, 1, request->values[0]);
    statement_bind_text(&s, 2, request->values[1]);
    if (!statement_step(&s, &row, err))
        return false;
    if (!row)
        return fail_status(err, 404, "ResourceGroupNotFound", "The resource group is gone.");
    write_group(request, &writer, &s);
    return reply_document(request, reply, 200, &text, err);
}

/* ---- Endpoints ------------------------------------------------------------------------------- */

struct endpoints {
    const char *login, *management, *graph, *batch, *portal;
};

/* Public names for who came by one, so that a redirected program stays where it thinks it is. The
 * path /adfs lets clients in that would ask a public service about an unknown login host. */
static struct endpoints endpoints_of(struct request *request)
{
    if (request_is_public(request))
        return (struct endpoints){"https://login.microsoftonline.com/",
            "https://management.azure.com/", "https://graph.microsoft.com/",
            "https://batch.core.windows.net/", "https://portal.azure.com"};
    const char *base = request->service->base_url;
    char *slash = arena_format(&request->arena, "%s/", base);
    return (struct endpoints){arena_format(&request->arena, "%s/adfs", base), slash, slash,
        "https://batch.core.windows.net/", arena_format(&request->arena, "%s/portal", base)};
}

static void write_authentication(struct json_writer *writer, const struct endpoints *endpoints)
{
    json_name(writer, "authentication");
    json_begin_object(writer);
    json_member(writer, "loginEndpoint", endpoints->login);
    json_name(writer, "audiences");
    json_begin_array(writer);
    json_write_string(writer, "https://management.core.windows.net/");
    json_write_string(writer, "https://management.azure.com/");
    json_end_array(writer);
    json_member(writer, "tenant", "common");
    json_member(writer, "identityProvider", "AAD");
    json_end_object(writer);
}

/* The document of api-version 2015-01-01, which `az cloud register` asks for. */
static void write_endpoints_2015(struct json_writer *writer, const struct endpoints *endpoints)
{
    json_begin_object(writer);
    json_member(writer, "galleryEndpoint", endpoints->management);
    json_member(writer, "graphEndpoint", endpoints->graph);
    json_member(writer, "portalEndpoint", endpoints->portal);
    write_authentication(writer, endpoints);
    json_end_object(writer);
}

/* Later ones: a list of clouds. */
static void write_endpoints_list(struct json_writer *writer, const struct endpoints *endpoints)
{
    json_begin_array(writer);
    json_begin_object(writer);
    json_member(writer, "name", "AzureCloud");
    json_member(writer, "portal", endpoints->portal);
    write_authentication(writer, endpoints);
    json_member(writer, "resourceManager", endpoints->management);
    json_member(writer, "graph", endpoints->graph);
    json_member(writer, "graphAudience", endpoints->graph);
    json_member(writer, "microsoftGraphResourceId", endpoints->graph);
    json_member(writer, "batch", endpoints->batch);
    json_name(writer, "suffixes");
    json_begin_object(writer);
    json_end_object(writer);
    json_end_object(writer);
    json_end_array(writer);
}

bool arm_get_endpoints(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct endpoints endpoints = endpoints_of(request);
    buffer_init(&text, DOCUMENT_MAX);
    json_writer_init(&writer, &text, 0);
    if (text_starts(request_query(request, "api-version"), "2015"))
        write_endpoints_2015(&writer, &endpoints);
    else
        write_endpoints_list(&writer, &endpoints);
    return reply_document(request, reply, 200, &text, err);
}
