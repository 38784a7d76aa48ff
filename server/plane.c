/* Which plane a request is for: by the public name it was sent to, else by its path. */
#include "hosts.h"
#include "route.h"

const struct plane_rows *route_rows(enum plane plane)
{
    const struct plane_rows *(*const all[PLANES])(void) = {
        [PLANE_ENTRA] = entra_plane,
        [PLANE_ARM] = arm_plane,
        [PLANE_GRAPH] = graph_plane,
        [PLANE_BATCH] = batch_plane,
        [PLANE_CONTROL] = control_plane,
        [PLANE_ACCESS] = access_plane,
        [PLANE_PACKAGE] = package_plane,
    };
    return all[plane]();
}

/* What the first segment says, on localhost. Batch's collections come first, so that a pool may be
 * called "oauth2". */
static const struct {
    const char *segment;
    enum plane plane;
} first_segments[] = {
    {"jobs", PLANE_BATCH},
    {"pools", PLANE_BATCH},
    {"jobschedules", PLANE_BATCH},
    {"applications", PLANE_BATCH},
    {"certificates", PLANE_BATCH},
    {"nodecounts", PLANE_BATCH},
    {"supportedimages", PLANE_BATCH},
    {"subscriptions", PLANE_ARM},
    {"tenants", PLANE_ARM},
    {"providers", PLANE_ARM},
    {"v1.0", PLANE_GRAPH},
    {"beta", PLANE_GRAPH},
    {"graph", PLANE_GRAPH},
    {"common", PLANE_ENTRA},
    {"organizations", PLANE_ENTRA},
    {"consumers", PLANE_ENTRA},
    {"adfs", PLANE_ENTRA},
    {"devicelogin", PLANE_ENTRA},
    {"msi", PLANE_ENTRA},
    {"_azb", PLANE_CONTROL},
    {"access", PLANE_ACCESS},
    {"portal", PLANE_CONTROL},
    {"packages", PLANE_PACKAGE},
};

/* Below /{tenant}/. */
static const char *const tenant_segments[] = {
    "oauth2", "v2.0", "discovery", ".well-known", "openid", "login", "adminconsent"};

static const struct {
    const char *first, *second;
    enum plane plane;
} pairs[] = {
    {"oidc", "userinfo", PLANE_GRAPH},
    {".well-known", "authzen-configuration", PLANE_ACCESS},
    {"metadata", "endpoints", PLANE_ARM},
    {"metadata", "identity", PLANE_ENTRA},
    {"metadata", "instance", PLANE_ENTRA},
};

static bool is_one_of(struct text segment, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal_nocase(segment, text_of(names[i])))
            return true;
    return false;
}

static enum plane plane_of_pair(struct text first, struct text second)
{
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (text_equal_nocase(first, text_of(pairs[i].first)) &&
            text_equal_nocase(second, text_of(pairs[i].second)))
            return pairs[i].plane;
    bool is_tenant =
        is_one_of(second, tenant_segments, sizeof(tenant_segments) / sizeof(tenant_segments[0]));
    return is_tenant ? PLANE_ENTRA : PLANE_BATCH;
}

static enum plane plane_of_path(struct text path)
{
    struct text first = TEXT(""), second = TEXT("");
    while (first.length == 0 && text_cut(&path, '/', &first))
        ;
    text_cut(&path, '/', &second);
    for (size_t i = 0; i < sizeof(first_segments) / sizeof(first_segments[0]); i++)
        if (text_equal_nocase(first, text_of(first_segments[i].segment)))
            return first_segments[i].plane;
    return plane_of_pair(first, second);
}

bool route_cut_base(struct request *request)
{
    struct text name, rest = request->path, segment = TEXT_NONE;
    int port;
    if (!text_starts(rest, "/"))
        return false;
    text_cut(&rest, '/', &segment);
    text_cut(&rest, '/', &segment);
    if (!memchr(segment.at, '.', segment.length) || /* nearly all requests: no host name */
        !host_split(request->host, &name, &port) || !host_is_local(name))
        return false;
    const struct public_host *row = host_find(segment);
    if (!row || !row->regions)
        return false;
    size_t length = segment.length + 1;
    request->base = text_slice(request->path, 0, length);
    request->path = text_slice(request->path, length, request->path.length);
    if (request->path.length == 0)
        request->path = TEXT("/");
    return true;
}

enum plane route_plane(struct text host, struct text path)
{
    struct text name;
    int port;
    if (!host_split(host, &name, &port))
        return plane_of_path(path);
    const struct public_host *row = host_find(name);
    if (row)
        return row->plane;
    return text_is(name, HOST_METADATA) ? PLANE_ENTRA : plane_of_path(path);
}

struct text route_path(enum plane plane, struct text path)
{
    const struct text prefix = TEXT("/graph/");
    bool has_it =
        plane == PLANE_GRAPH && text_equal_nocase(text_slice(path, 0, prefix.length), prefix);
    return has_it ? text_slice(path, prefix.length - 1, path.length) : path;
}
