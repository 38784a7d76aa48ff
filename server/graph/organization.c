/* The tenant as Graph shows it: /v1.0/organization, /v1.0/domains, and what azbd has none of. */
#include "base/error.h"
#include "document.h"
#include "graph/graph.h"

static void write_domain(struct request *request, struct json_writer *writer)
{
    json_begin_object(writer);
    json_member(writer, "name", directory_tenant_domain(request->service));
    json_member(writer, "type", "Managed");
    json_member_bool(writer, "isDefault", true);
    json_member_bool(writer, "isInitial", true);
    json_end_object(writer);
}

static struct text organization_json(struct request *request, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "id", directory_tenant_id(request->service));
    json_member(&writer, "displayName", directory_tenant_name(request->service));
    json_member(&writer, "tenantType", "AAD");
    json_name(&writer, "verifiedDomains");
    json_begin_array(&writer);
    write_domain(request, &writer);
    json_end_array(&writer);
    json_end_object(&writer);
    return graph_keep(request, &text, err);
}

static struct text domain_json(struct request *request, struct azb_error *err)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    buffer_init(&text, 64 * 1024);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "id", directory_tenant_domain(request->service));
    json_member(&writer, "authenticationType", "Managed");
    json_member_bool(&writer, "isAdminManaged", true);
    json_member_bool(&writer, "isDefault", true);
    json_member_bool(&writer, "isInitial", true);
    json_member_bool(&writer, "isRoot", true);
    json_member_bool(&writer, "isVerified", true);
    json_end_object(&writer);
    return graph_keep(request, &text, err);
}

static bool reply_one(struct request *request, struct reply *reply, const char *kind,
    struct text item, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    if (!item.at || !graph_list_begin(&list, request, kind, NULL, 0, err))
        return false;
    if (graph_list_wants(&list, item.at))
        graph_list_add(&list, item);
    return graph_list_end(&list, reply, err);
}

bool graph_list_organization(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_one(request, reply, "organization", organization_json(request, err), err);
}

bool graph_get_organization(struct request *request, struct reply *reply, struct azb_error *err)
{
    if (!text_equal_nocase(request->values[0], text_of(directory_tenant_id(request->service))))
        return graph_not_found(request->values[0], err);
    return graph_reply(request, reply, 200, "organization", organization_json(request, err), err);
}

bool graph_list_domains(struct request *request, struct reply *reply, struct azb_error *err)
{
    return reply_one(request, reply, "domains", domain_json(request, err), err);
}

/* There are none of these here. */
bool graph_list_nothing(struct request *request, struct reply *reply, struct azb_error *err)
{
    scoped_graph_list struct graph_list list = {0};
    return graph_list_begin(&list, request, strrchr(request->route->path, '/') + 1, NULL, 0, err) &&
           graph_list_end(&list, reply, err);
}
