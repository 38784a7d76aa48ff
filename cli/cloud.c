#include "cli/cloud.h"

#include <azb/entra.h>
#include "base/error.h"
#include "base/http.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static const struct cloud clouds[] = {
    {"AzureCloud",
        {"login.microsoftonline.com", "login.windows.net", "login.microsoft.com",
            "sts.windows.net"},
        {NULL, "https://management.azure.com", "https://graph.microsoft.com"},
        {AZB_BATCH_RESOURCE, AZB_ARM_RESOURCE, AZB_GRAPH_RESOURCE},
        {".batch.azure.com", "management.azure.com", "graph.microsoft.com"}},
    {"AzureUSGovernment",
        {"login.microsoftonline.us", "login.usgovcloudapi.net", "login-us.microsoftonline.com"},
        {NULL, "https://management.usgovcloudapi.net", "https://graph.microsoft.us"},
        {AZB_BATCH_RESOURCE_US_GOVERNMENT, "https://management.core.usgovcloudapi.net/",
            "https://graph.microsoft.us"},
        {".batch.usgovcloudapi.net", "management.usgovcloudapi.net", "graph.microsoft.us"}},
    {"AzureChinaCloud", {"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"},
        {NULL, "https://management.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn"},
        {AZB_BATCH_RESOURCE_CHINA, "https://management.core.chinacloudapi.cn/",
            "https://microsoftgraph.chinacloudapi.cn"},
        {".batch.chinacloudapi.cn", "management.chinacloudapi.cn",
            "microsoftgraph.chinacloudapi.cn"}},
};

static bool read_host(const char *authority_host, struct url *url, char *full, size_t size)
{
    if (!authority_host)
        authority_host = AZB_AUTHORITY_PUBLIC;
    int length = snprintf(
        full, size, "%s%s", strstr(authority_host, "://") ? "" : "https://", authority_host);
    return length > 0 && (size_t)length < size && url_parse(text_of(full), url) &&
           text_equal_nocase(url->scheme, TEXT("https")) && !url->query.at &&
           (!url->path.length || text_is(url->path, "/"));
}

bool cloud_origin(const char *authority_host, char *out, size_t size)
{
    char full[512];
    struct url url;
    if (!read_host(authority_host, &url, full, sizeof full))
        return false;
    int length = url.port == 443
                     ? snprintf(out, size, "https://%.*s", TEXT_ARGS(url.host))
                     : snprintf(out, size, "https://%.*s:%d", TEXT_ARGS(url.host), url.port);
    for (char *c = out; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return length > 0 && (size_t)length < size;
}

const struct cloud *cloud_of(const char *authority_host)
{
    char full[512];
    struct url url;
    if (!read_host(authority_host, &url, full, sizeof full) || url.port != 443)
        return NULL;
    for (size_t i = 0; i < COUNT(clouds); i++)
        for (size_t k = 0; clouds[i].login_hosts[k]; k++)
            if (text_equal_nocase(url.host, text_of(clouds[i].login_hosts[k])))
                return &clouds[i];
    return NULL;
}

/* ".batch.azure.com" is the end of a name, anything else is a whole one. */
static bool host_matches(struct text host, struct text pattern)
{
    if (!text_starts(pattern, "."))
        return text_equal_nocase(host, pattern);
    return host.length > pattern.length &&
           text_equal_nocase(text_slice(host, host.length - pattern.length, host.length), pattern);
}

/* AZB_TRUSTED_HOSTS="batch.example.org;.internal.example.org": the user has said it. */
static bool told_so(struct text host)
{
    struct text rest = text_of(getenv("AZB_TRUSTED_HOSTS")), pattern;
    while (rest.at && text_cut(&rest, ';', &pattern))
        if (text_trim(pattern).length && host_matches(host, text_trim(pattern)))
            return true;
    return false;
}

/* azbd's own proxy stands in for Azure's names: behind it there is nobody else. */
static bool behind_azbd(void)
{
    const char *proxy = getenv("HTTPS_PROXY"), *azbd = getenv("AZB_PROXY");
    return proxy && azbd && *azbd && strcmp(proxy, azbd) == 0;
}

static bool same_origin(const char *a, const char *b)
{
    char left[512], right[512];
    return a && b && cloud_origin(a, left, sizeof left) && cloud_origin(b, right, sizeof right) &&
           strcmp(left, right) == 0;
}

static bool belongs(
    const char *authority_host, enum endpoint endpoint, const struct url *url, const char *known)
{
    char full[512];
    struct url authority;
    const struct cloud *cloud = cloud_of(authority_host);
    if (cloud)
        return url->port == 443 && host_matches(url->host, text_of(cloud->suffixes[endpoint]));
    if (known || behind_azbd())
        return true;
    return read_host(authority_host, &authority, full, sizeof full) &&
           text_equal_nocase(authority.host, url->host);
}

bool cloud_allows(const char *authority_host, enum endpoint endpoint, const char *url,
    const char *known, struct azb_error *err)
{
    static const char *const variables[ENDPOINTS] = {
        "AZURE_BATCH_ENDPOINT", "AZB_ARM_ENDPOINT", "AZB_GRAPH_ENDPOINT"};
    struct url parsed;
    if (!url_parse(text_of(url), &parsed))
        return true; /* the client that is opened with it has the better sentence */
    const char *agreed = same_origin(url, known) ? known : NULL;
    if (belongs(authority_host, endpoint, &parsed, agreed) || told_so(parsed.host))
        return true;
    fail(err, AZB_ERROR_CONFIGURATION,
        "nothing was sent: the identity is of %s, and %.*s (%s) does not belong to it. A token is "
        "only sent to the services of its own cloud",
        authority_host ? authority_host : AZB_AUTHORITY_PUBLIC, TEXT_ARGS(parsed.host),
        variables[endpoint]);
    error_add_value(err, "What to do",
        "`azb whoami` says who that is, `azb auth use` or --as takes another identity; if the host "
        "is right, name it: export AZB_TRUSTED_HOSTS=%.*s",
        TEXT_ARGS(parsed.host));
    return false;
}
