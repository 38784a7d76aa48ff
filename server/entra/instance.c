/* Instance discovery: which hosts are Entra, and under which names each of them goes. */
#include "base/error.h"
#include "base/json.h"
#include "entra/aadsts.h"
#include "entra/discovery.h"
#include "entra/entra.h"
#include "hosts.h"

#define DOCUMENT_MAX (16 * 1024)
#define ALIASES_MAX 4

/* Entra's own table. */
static const struct instance {
    const char *network, *cache;
    const char *aliases[ALIASES_MAX + 1];
} instances[] = {
    {"login.microsoftonline.com", "login.windows.net",
        {"login.microsoftonline.com", "login.windows.net", "login.microsoft.com",
            "sts.windows.net"}},
    {"login.partner.microsoftonline.cn", "login.partner.microsoftonline.cn",
        {"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"}},
    {"login.microsoftonline.de", "login.microsoftonline.de", {"login.microsoftonline.de"}},
    {"login.microsoftonline.us", "login.microsoftonline.us",
        {"login.microsoftonline.us", "login.usgovcloudapi.net"}},
    {"login-us.microsoftonline.com", "login-us.microsoftonline.com",
        {"login-us.microsoftonline.com"}},
    {"login.sovcloud-identity.fr", "login.sovcloud-identity.fr", {"login.sovcloud-identity.fr"}},
    {"login.sovcloud-identity.de", "login.sovcloud-identity.de", {"login.sovcloud-identity.de"}},
    {"login.sovcloud-identity.sg", "login.sovcloud-identity.sg", {"login.sovcloud-identity.sg"}},
};

static bool is_instance(struct text name)
{
    for (size_t i = 0; i < sizeof instances / sizeof *instances; i++)
        for (const char *const *alias = instances[i].aliases; *alias; alias++)
            if (text_equal_nocase(name, text_of(*alias)))
                return true;
    return false;
}

/* Clients drop the port from the authority that they ask about, so it comes from us. */
static bool find_base(struct request *request, struct text host, const char **out)
{
    struct text name;
    int port;
    if (!host_split(host, &name, &port))
        return false;
    if (host_is_local(name)) {
        bool six = memchr(name.at, ':', name.length) != NULL;
        *out = arena_format(&request->arena, "https://%s%.*s%s:%d", six ? "[" : "", TEXT_ARGS(name),
            six ? "]" : "", request->service->port);
        return *out != NULL;
    }
    *out = arena_format(&request->arena, "https://%.*s", TEXT_ARGS(host));
    return *out && is_instance(name);
}

static void write_instance(struct json_writer *writer, const struct instance *instance)
{
    json_begin_object(writer);
    json_member(writer, "preferred_network", instance->network);
    json_member(writer, "preferred_cache", instance->cache);
    json_name(writer, "aliases");
    json_begin_array(writer);
    for (const char *const *alias = instance->aliases; *alias; alias++)
        json_write_string(writer, *alias);
    json_end_array(writer);
    json_end_object(writer);
}

static void write_own_instance(struct request *request, struct json_writer *writer)
{
    int port = request->service->port;
    const char *with_port = arena_format(&request->arena, "localhost:%d", port);
    const char *address = arena_format(&request->arena, "127.0.0.1:%d", port);
    if (!with_port || !address)
        return;
    const struct instance own = {
        with_port, with_port, {with_port, "localhost", address, "127.0.0.1"}};
    write_instance(writer, &own);
}

static void write_document(
    struct request *request, struct json_writer *writer, const char *endpoint)
{
    json_begin_object(writer);
    json_member(writer, "tenant_discovery_endpoint", endpoint);
    json_member(writer, "api-version", "1.1");
    json_name(writer, "metadata");
    json_begin_array(writer);
    for (size_t i = 0; i < sizeof instances / sizeof *instances; i++)
        write_instance(writer, &instances[i]);
    write_own_instance(request, writer);
    json_end_array(writer);
    json_end_object(writer);
}

/* The document of the tenant that the authorization endpoint names, of the same version. */
static bool find_endpoint(struct request *request, struct text authorization_endpoint,
    const char **out, struct azb_error *err)
{
    struct text rest = authorization_endpoint, host, tenant;
    const char *base;
    if (!text_starts(rest, "https://"))
        return aadsts(err, 50049, "Unknown or invalid instance.");
    rest = text_slice(rest, 8, rest.length);
    text_cut(&rest, '/', &host);
    if (!find_base(request, host, &base))
        return aadsts(err, 50049, "Unknown or invalid instance.");
    if (!text_cut(&rest, '/', &tenant) || !tenant.length)
        return aadsts(err, 90019,
            "No tenant-identifying information found in either the request or "
            "implied by any provided credentials.");
    bool v2 = text_starts(rest, "oauth2/v2.0/") || text_starts(rest, "v2.0");
    *out = arena_format(&request->arena, "%s/%.*s/%s.well-known/openid-configuration", base,
        TEXT_ARGS(tenant), v2 ? "v2.0/" : "");
    return *out ? true : fail_memory(err);
}

bool discovery_serve_instance(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct text asked = request_query(request, "authorization_endpoint");
    const char *endpoint = NULL;
    if (!asked.length)
        return aadsts(err, 900144,
            "The request must contain the following parameter: 'authorization_endpoint'.");
    if (!find_endpoint(request, asked, &endpoint, err))
        return false;
    scoped_buffer struct buffer document = {0};
    struct json_writer writer;
    buffer_init(&document, DOCUMENT_MAX);
    json_writer_init(&writer, &document, 0);
    write_document(request, &writer, endpoint);
    char *copy = document.failed ? NULL : arena_copy(&request->arena, document.at, document.length);
    if (!copy)
        return fail_memory(err);
    reply_json(reply, 200, (struct text){copy, document.length});
    reply_header(reply, "Cache-Control", "max-age=86400, private");
    discovery_headers(reply);
    return true;
}
