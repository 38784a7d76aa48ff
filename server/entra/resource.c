#include "entra/resource.h"

#include "base/error.h"
#include "directory/federated_credential.h"
#include "directory/microsoft.h"
#include "entra/aadsts.h"
#include "hosts.h"

/* "https://localhost:PORT" and the other loopback names with our own port. */
const char *resource_at_own_address(const struct request *request, struct text resource)
{
    struct text host, name, rest;
    int port;
    if (!text_starts(resource, "https://"))
        return NULL;
    rest = text_slice(resource, 8, resource.length);
    text_cut(&rest, '/', &host);
    if (!host_split(host, &name, &port) || !host_is_local(name) || port != request->service->port)
        return NULL;
    if (rest.length == 0)
        return APP_ID_ARM;
    return text_is(rest, "graph") || text_is(rest, "graph/") ? APP_ID_GRAPH : NULL;
}

/* Microsoft's, with or without the final slash (Batch looks at it, Entra does not); tokens that are
 * to be an application's credential; ourselves. */
static bool is_known(const struct request *request, struct text resource)
{
    return microsoft_resource(resource) || text_is(resource, FEDERATED_AUDIENCE) ||
           resource_at_own_address(request, resource);
}

bool resource_unknown(struct request *request, struct text resource, struct azb_error *err)
{
    return aadsts(err, 500011,
        "The resource principal named %.*s was not found in the tenant named %s. This can "
        "happen if the application has not been installed by the administrator of the tenant "
        "or consented to by any user in the tenant. You might have sent your authentication "
        "request to the wrong tenant.",
        TEXT_ARGS(text_slice(resource, 0, 200)), directory_tenant_name(request->service));
}

bool resource_audience(
    struct request *request, struct text resource, struct text *audience, struct azb_error *err)
{
    struct resource_application own;
    struct azb_error why = AZB_ERROR_INIT;
    if (is_known(request, resource)) {
        *audience = resource;
        return true;
    }
    bool found = resource_application_find(
        request->service, request->store, resource, &request->arena, &own, &why);
    if (!found && why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    if (!found || !own.object_id)
        return resource_unknown(request, resource, err);
    *audience = own.token_version == 2 ? text_of(own.app_id) : resource;
    return true;
}

bool resource_own(struct request *request, struct text audience, struct resource_application *out,
    bool *found, struct azb_error *err)
{
    *found = !is_known(request, audience);
    return !*found || resource_application_find(
                          request->service, request->store, audience, &request->arena, out, err);
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
