/*
 * The checks and the names; no network (see discovery.c).
 */
#include "entra/authority.h"

#include "base/error.h"
#include "base/json.h"

#define HOST_MAX 253 /* RFC 1035 section 2.3.4, as text */
#define LABEL_MAX 63
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Microsoft's login hosts: the name, and the one of its cloud that requests go to. */
static const struct {
    const char *host;
    const char *network;
} microsoft_hosts[] = {
    {"login.microsoftonline.com", "login.microsoftonline.com"},
    {"login.windows.net", "login.microsoftonline.com"},
    {"login.microsoft.com", "login.microsoftonline.com"},
    {"sts.windows.net", "login.microsoftonline.com"},
    {"login.partner.microsoftonline.cn", "login.partner.microsoftonline.cn"},
    {"login.chinacloudapi.cn", "login.partner.microsoftonline.cn"},
    {"login.microsoftonline.us", "login.microsoftonline.us"},
    {"login.usgovcloudapi.net", "login.microsoftonline.us"},
    {"login-us.microsoftonline.com", "login-us.microsoftonline.com"},
    {"login.sovcloud-identity.fr", "login.sovcloud-identity.fr"},
    {"login.sovcloud-identity.de", "login.sovcloud-identity.de"},
    {"login.sovcloud-identity.sg", "login.sovcloud-identity.sg"},
};

/* Names that stand for many tenants, and whether users of organizations can use them. */
static const struct {
    const char *name;
    bool has_organizations;
} shared_tenants[] = {
    {"common", true},
    {"organizations", true},
    {"consumers", false},
};

const char *authority_cloud_host(struct text host)
{
    for (size_t i = 0; i < COUNT(microsoft_hosts); i++)
        if (text_equal_nocase(host, text_of(microsoft_hosts[i].host)))
            return microsoft_hosts[i].network;
    return NULL;
}

/* The host that requests go to; NULL when `url` is not on a login host of Microsoft. */
static const char *microsoft_network(const struct url *url)
{
    return url->port == 443 ? authority_cloud_host(url->host) : NULL;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool has_only(struct text text, const char *punctuation)
{
    for (size_t i = 0; i < text.length; i++)
        if (!is_alnum(text.at[i]) && (!text.at[i] || !strchr(punctuation, text.at[i])))
            return false;
    return true;
}

/* Labels of letters, digits and inner hyphens, at least two of them. */
static bool is_domain(struct text text)
{
    size_t labels = 0;
    struct text label;
    if (text.length == 0 || text.length > HOST_MAX)
        return false;
    for (struct text rest = text; text_cut(&rest, '.', &label); labels++)
        if (label.length == 0 || label.length > LABEL_MAX || !has_only(label, "-") ||
            label.at[0] == '-' || label.at[label.length - 1] == '-')
            return false;
    return labels >= 2;
}

static bool refuse_shared(size_t row, enum authority_tenants tenants, struct azb_error *err)
{
    if (tenants == AUTHORITY_ONE_TENANT)
        return fail(err, AZB_ERROR_ARGUMENT,
            "tenant_id '%s' stands for many tenants: an application that signs in as itself has "
            "to name the one it is registered in, by id or domain name",
            shared_tenants[row].name);
    return fail(err, AZB_ERROR_ARGUMENT,
        "tenant_id '%s' is for personal accounts, which have no part in Azure Batch: give a "
        "tenant, or organizations",
        shared_tenants[row].name);
}

static bool tenant_check(
    const char *tenant, enum authority_tenants tenants, bool is_microsoft, struct azb_error *err)
{
    if (!tenant || !tenant[0])
        return fail(err, AZB_ERROR_ARGUMENT,
            "tenant_id is missing: give the directory (tenant) id, or a domain name of the tenant");
    for (size_t i = 0; i < COUNT(shared_tenants); i++)
        if (string_equal_nocase(tenant, shared_tenants[i].name))
            return (shared_tenants[i].has_organizations && tenants == AUTHORITY_ORGANIZATIONS) ||
                   refuse_shared(i, tenants, err);
    bool is_adfs = strcmp(tenant, "adfs") == 0;
    if (is_adfs && is_microsoft)
        return fail(err, AZB_ERROR_ARGUMENT,
            "tenant_id 'adfs' belongs to AD FS servers and azbd: set authority_host to one, or "
            "give "
            "the tenant's id");
    if (is_adfs || text_is_guid(text_of(tenant)) || is_domain(text_of(tenant)))
        return true;
    return fail(err, AZB_ERROR_ARGUMENT,
        "tenant_id '%.100s' is neither a GUID nor a domain name such as contoso.onmicrosoft.com",
        tenant);
}

static bool refuse_host(struct azb_error *err, const char *host, const char *reason)
{
    return fail(err, AZB_ERROR_ARGUMENT, "authority_host '%.200s': %s", host, reason);
}

static bool host_read(const char *host, struct arena *arena, struct url *url, struct azb_error *err)
{
    const char *full = strstr(host, "://") ? host : arena_format(arena, "https://%s", host);
    if (!full)
        return fail_memory(err);
    if (!url_parse(text_of(full), url))
        return refuse_host(
            err, host, "is not a host; write it as https://host or https://host:port");
    if (!text_equal_nocase(url->scheme, TEXT("https")))
        return refuse_host(err, host,
            "only https is allowed, on loopback addresses too, because secrets are sent to it");
    if ((url->path.length && !text_is(url->path, "/")) || url->query.at || strchr(full, '#'))
        return refuse_host(err, host,
            "write host and port only; the tenant goes into tenant_id and the paths are known");
    return true;
}

static bool name_host(const struct url *url, struct arena *arena, struct authority_name *out)
{
    const char *network = microsoft_network(url);
    out->is_microsoft = network != NULL;
    out->host = text_string(arena, network ? text_of(network) : url->host);
    for (char *c = out->host; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    if (!out->host)
        return false;
    out->origin = url->port == 443 ? arena_format(arena, "https://%s", out->host)
                                   : arena_format(arena, "https://%s:%d", out->host, url->port);
    return out->origin != NULL;
}

bool authority_name_read(const char *host, const char *tenant, enum authority_tenants tenants,
    struct arena *arena, struct authority_name *out, struct azb_error *err)
{
    struct url url = {0};
    if (!host || !host[0])
        host = AZB_AUTHORITY_PUBLIC;
    if (!host_read(host, arena, &url, err))
        return false;
    if (!tenant_check(tenant, tenants, microsoft_network(&url) != NULL, err))
        return false;
    out->tenant = arena_string(arena, tenant);
    return (name_host(&url, arena, out) && out->tenant) || fail_memory(err);
}

bool authority_derived_endpoints(
    const struct authority_name *name, struct arena *arena, struct authority_endpoints *out)
{
    const char *base = arena_format(arena, "%s/%s/oauth2/v2.0", name->origin, name->tenant);
    if (!base)
        return false;
    out->token = arena_format(arena, "%s/token", base);
    out->authorization = arena_format(arena, "%s/authorize", base);
    out->device = arena_format(arena, "%s/devicecode", base);
    return out->token && out->authorization && out->device;
}

static bool is_region(const char *region)
{
    size_t length = strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789");
    return length > 0 && length <= LABEL_MAX && !region[length];
}

bool authority_regional_endpoint(const struct authority_name *name, const char *region,
    struct arena *arena, char **endpoint, struct azb_error *err)
{
    if (!is_region(region))
        return fail(err, AZB_ERROR_CONFIGURATION,
            "'%.80s' is no name of an Azure region: 1 to %d lower-case letters and digits, such as "
            "westeurope, are allowed",
            region, LABEL_MAX);
    if (!name->is_microsoft)
        return true;
    bool is_public = strcmp(name->host, "login.microsoftonline.com") == 0;
    *endpoint = arena_format(arena, "https://%s.%s/%s/oauth2/v2.0/token", region,
        is_public ? "login.microsoft.com" : name->host, name->tenant);
    return *endpoint || fail_memory(err);
}

char *authority_metadata_url(const struct authority_name *name, struct arena *arena)
{
    /* AD FS has one tenant and no v2.0. */
    const char *version = strcmp(name->tenant, "adfs") == 0 ? "" : "/v2.0";
    return arena_format(
        arena, "%s/%s%s/.well-known/openid-configuration", name->origin, name->tenant, version);
}

static bool is_same_origin(const struct url *url, const char *origin)
{
    struct url own = {0};
    return url_parse(text_of(origin), &own) && own.port == url->port &&
           text_equal_nocase(own.host, url->host);
}

static bool refuse_metadata(
    struct azb_error *err, const char *member, struct text url, const char *reason)
{
    return fail(err, AZB_ERROR_PROTOCOL, "the metadata's %s '%.*s' %s", member,
        url.length > 200 ? 200 : (int)url.length, url.at ? url.at : "", reason);
}

/* Metadata must not be able to send a secret to a third party. */
static bool belongs(const struct authority_name *name, const char *member, struct text text,
    struct url *url, struct azb_error *err)
{
    if (!text.length)
        return fail(err, AZB_ERROR_PROTOCOL, "the metadata has no %s", member);
    if (!url_parse(text, url) || !text_equal_nocase(url->scheme, TEXT("https")))
        return fail(err, AZB_ERROR_PROTOCOL, "the metadata's %s is not an https URL", member);
    if (!is_same_origin(url, name->origin) && !microsoft_network(url))
        return refuse_metadata(err, member, text, "is on another host than the authority");
    return true;
}

/* "https://host/{tenantid}/v2.0" for templates; a tenant given by id must come back as that id. */
static bool issuer_check(
    const struct authority_name *name, struct text issuer, struct azb_error *err)
{
    struct url url = {0};
    if (!belongs(name, "issuer", issuer, &url, err))
        return false;
    struct text path =
        text_starts(url.path, "/") ? text_slice(url.path, 1, url.path.length) : url.path;
    struct text tenant = TEXT_NONE;
    text_cut(&path, '/', &tenant);
    if (!text_is_guid(tenant) || !text_is_guid(text_of(name->tenant)) ||
        text_equal_nocase(tenant, text_of(name->tenant)))
        return true;
    return refuse_metadata(err, "issuer", issuer, "names another tenant than the one asked for");
}

/* One endpoint of the document, checked. */
static bool endpoint_read(const struct authority_name *name, const struct json *metadata,
    const char *member, struct arena *arena, char **out, struct azb_error *err)
{
    struct url url = {0};
    struct text endpoint = json_get_text(metadata, member);
    if (!belongs(name, member, endpoint, &url, err))
        return false;
    if (memchr(endpoint.at, '#', endpoint.length))
        return refuse_metadata(err, member, endpoint, "has a fragment");
    *out = text_string(arena, endpoint);
    return *out || fail_memory(err);
}

/* Of those that a server may do without. */
static bool optional_read(const struct authority_name *name, const struct json *metadata,
    const char *member, struct arena *arena, char **out, struct azb_error *err)
{
    return !json_get(metadata, member) || endpoint_read(name, metadata, member, arena, out, err);
}

bool authority_metadata_read(const struct authority_name *name, struct text body,
    struct arena *arena, struct authority_endpoints *out, struct azb_error *err)
{
    struct authority_endpoints found = {0};
    const struct json *metadata = json_parse(body, arena, err);
    if (!metadata)
        return fail_while(err, "the metadata is not JSON");
    if (!issuer_check(name, json_get_text(metadata, "issuer"), err) ||
        !endpoint_read(name, metadata, "token_endpoint", arena, &found.token, err) ||
        !optional_read(
            name, metadata, "authorization_endpoint", arena, &found.authorization, err) ||
        !optional_read(name, metadata, "device_authorization_endpoint", arena, &found.device, err))
        return false;
    *out = found;
    return true;
}
