/* Tenants, subscriptions and regions. */
#include <inttypes.h>

#include "arm/arm.h"
#include "arm/own_scopes.h"
#include "arm/page.h"
#include "arm/providers.h"
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
static void write_subscription(
    struct request *request, struct json_writer *writer, struct statement *s)
{
    struct text id = statement_borrow(s, 0);
    json_begin_object(writer);
    json_member(writer, "id", arena_format(&request->arena, "/subscriptions/%.*s", TEXT_ARGS(id)));
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

static bool list_subscriptions(struct request *request, struct arm_page *page,
    const struct arm_own_scopes *own, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "SELECT id, tenant_id, display_name, state, management_group_id, row FROM subscription"
        " WHERE ?1 IS NULL OR row > CAST(?1 AS INTEGER) ORDER BY row");
    statement_bind_text(&s, 1, page->after);
    bool row = true;
    while (row && !page->more) {
        char scope[80], key[24];
        if (!statement_step(&s, &row, err))
            return false;
        if (!row)
            break;
        snprintf(scope, sizeof scope, "/subscriptions/%.*s", TEXT_ARGS(statement_borrow(&s, 0)));
        snprintf(key, sizeof key, "%" PRId64, statement_i64(&s, 5));
        if (arm_own_scopes_touch(own, text_of(scope)) && arm_page_wants(page, text_of(key)))
            write_subscription(request, &page->writer, &s);
    }
    return true;
}

bool arm_list_subscriptions(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct arm_own_scopes own;
    struct arm_page page;
    return arm_own_scopes_load(request, &own, err) && arm_page_begin(&page, request, &text, err) &&
           list_subscriptions(request, &page, &own, err) && arm_page_end(&page, reply, err);
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
    write_subscription(request, &writer, &s);
    return reply_document(request, reply, 200, &text, err);
}

/* ---- Locations ------------------------------------------------------------------------------- */

static void write_location(
    struct request *request, struct json_writer *writer, const struct location *location)
{
    json_begin_object(writer);
    json_member(writer, "id",
        arena_format(&request->arena, "/subscriptions/%.*s/locations/%s",
            TEXT_ARGS(request->values[0]), location->name));
    json_member(writer, "name", location->name);
    json_member(writer, "type", "Region");
    json_member(writer, "displayName", location->display_name);
    json_member(writer, "regionalDisplayName",
        arena_format(&request->arena, "(%s) %s", location->geography, location->display_name));
    json_name(writer, "metadata");
    json_begin_object(writer);
    json_member(writer, "regionType", "Physical");
    json_member(writer, "geographyGroup", location->geography);
    json_end_object(writer);
    json_end_object(writer);
}

bool arm_list_locations(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct arm_page page;
    size_t count;
    const struct location *all = locations(&count);
    if (!arm_page_begin(&page, request, &text, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        char key[24];
        snprintf(key, sizeof key, "%06zu", i);
        if (arm_page_passed(&page, text_of(key)))
            continue;
        if (!arm_page_wants(&page, text_of(key)))
            break;
        write_location(request, &page.writer, &all[i]);
    }
    return arm_page_end(&page, reply, err);
}
