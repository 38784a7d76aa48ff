#include "entra/resource.h"

#include "directory/directory.h"
#include "entra/aadsts.h"
#include "hosts.h"

/* Without the final slash, which may be there or not: Batch looks at it, Entra does not. The GUIDs
 * are the applications behind the names. */
static const char *const known_resources[] = {
    "https://batch.core.windows.net", "https://batch.core.usgovcloudapi.net",
    "https://batch.chinacloudapi.cn", "https://batch.cloudapi.de",
    "ddbf3205-c6bd-46ae-8127-60eb93363864", "https://management.azure.com",
    "https://management.core.windows.net", "https://management.usgovcloudapi.net",
    "https://management.core.usgovcloudapi.net", "https://management.chinacloudapi.cn",
    "https://management.core.chinacloudapi.cn", "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "https://graph.microsoft.com", "https://graph.microsoft.us", "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn", "00000003-0000-0000-c000-000000000000",
    "https://storage.azure.com", /* Azurite checks such a token's claims */
};

/* "https://localhost:PORT" and the other loopback names with our own port. */
static bool is_own(const struct request *request, struct text resource)
{
    struct text name;
    int port;
    if (!text_starts(resource, "https://"))
        return false;
    return host_split(text_slice(resource, 8, resource.length), &name, &port) &&
           host_is_local(name) && port == request->service->port;
}

static bool is_known(const struct request *request, struct text resource)
{
    if (text_ends(resource, "/"))
        resource.length--;
    for (size_t i = 0; i < sizeof known_resources / sizeof *known_resources; i++)
        if (text_equal_nocase(resource, text_of(known_resources[i])))
            return true;
    return is_own(request, resource);
}

bool resource_audience(
    struct request *request, struct text resource, struct text *audience, struct azb_error *err)
{
    if (!is_known(request, resource))
        return aadsts(err, 500011,
            "The resource principal named %.*s was not found in the tenant named %s. This can "
            "happen if the application has not been installed by the administrator of the tenant "
            "or consented to by any user in the tenant. You might have sent your authentication "
            "request to the wrong tenant.",
            TEXT_ARGS(text_slice(resource, 0, 200)), directory_tenant_name(request->service));
    *audience = resource;
    return true;
}

static bool not_default(struct text scope, struct azb_error *err)
{
    return aadsts(err, 1002012,
        "The provided value for scope %.*s is not valid. Client credential flows must have a scope "
        "value with /.default suffixed to the resource identifier (application ID URI).",
        TEXT_ARGS(text_slice(scope, 0, 200)));
}

/* MSAL Go adds these to every request, an application's own too; Entra passes over them there. */
static bool is_openid_scope(struct text scope)
{
    static const char *const names[] = {"openid", "profile", "email", "offline_access"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_is(scope, names[i]))
            return true;
    return false;
}

bool scope_audience(
    struct request *request, struct text scope, struct text *audience, struct azb_error *err)
{
    const struct text suffix = TEXT("/.default");
    struct text rest = scope, piece, found = TEXT_NONE;
    while (text_cut(&rest, ' ', &piece)) {
        if (piece.length == 0 || is_openid_scope(piece))
            continue;
        if (!text_ends(piece, suffix.at) || piece.length == suffix.length)
            return not_default(piece, err);
        piece.length -= suffix.length;
        if (found.at && !text_equal(found, piece))
            return aadsts(err, 700022,
                "The provided value for the input parameter scope is not valid because it contains "
                "more than one resource. Scope %.*s is not valid.",
                TEXT_ARGS(text_slice(scope, 0, 200)));
        found = piece;
    }
    if (!found.at)
        return aadsts(
            err, 900144, "The request body must contain the following parameter: 'scope'.");
    return resource_audience(request, found, audience, err);
}
