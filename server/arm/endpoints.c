/* /metadata/endpoints: the endpoints of this cloud. */
#include "arm/arm.h"
#include "base/error.h"
#include "document.h"

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
    return (struct endpoints){arena_format(&request->arena, "%s/adfs", base), slash,
        arena_format(&request->arena, "%s/graph", base), "https://batch.core.windows.net/",
        arena_format(&request->arena, "%s/portal", base)};
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
