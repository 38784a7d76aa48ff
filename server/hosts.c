#include "hosts.h"

#include <arpa/inet.h>

static const char *const public_regions[] = {"australiacentral", "australiacentral2",
    "australiaeast", "australiasoutheast", "austriaeast", "belgiumcentral", "brazilsouth",
    "brazilsoutheast", "canadacentral", "canadaeast", "centralindia", "centralus", "centraluseuap",
    "chilecentral", "denmarkeast", "eastasia", "eastus", "eastus2", "eastus2euap", "eastus3",
    "francecentral", "francesouth", "germanynorth", "germanywestcentral", "indonesiacentral",
    "israelcentral", "italynorth", "japaneast", "japanwest", "jioindiacentral", "jioindiawest",
    "koreacentral", "koreasouth", "malaysiawest", "mexicocentral", "newzealandnorth",
    "northcentralus", "northeurope", "norwayeast", "norwaywest", "polandcentral", "qatarcentral",
    "southafricanorth", "southafricawest", "southcentralus", "southeastasia", "southindia",
    "spaincentral", "swedencentral", "swedensouth", "switzerlandnorth", "switzerlandwest",
    "taiwannorth", "uaecentral", "uaenorth", "uksouth", "ukwest", "westcentralus", "westeurope",
    "westindia", "westus", "westus2", "westus3", NULL};

static const char *const government_regions[] = {
    "usdodcentral", "usdodeast", "usgovarizona", "usgoviowa", "usgovtexas", "usgovvirginia", NULL};

static const char *const china_regions[] = {
    "chinaeast", "chinaeast2", "chinaeast3", "chinanorth", "chinanorth2", "chinanorth3", NULL};

const struct public_host public_hosts[] = {
    {"login.microsoftonline.com", PLANE_ENTRA, NULL},
    {"login.windows.net", PLANE_ENTRA, NULL},
    {"login.microsoft.com", PLANE_ENTRA, NULL},
    {"sts.windows.net", PLANE_ENTRA, NULL},
    {"login.microsoftonline.us", PLANE_ENTRA, NULL},
    {"login.usgovcloudapi.net", PLANE_ENTRA, NULL},
    {"login-us.microsoftonline.com", PLANE_ENTRA, NULL},
    {"login.partner.microsoftonline.cn", PLANE_ENTRA, NULL},
    {"login.chinacloudapi.cn", PLANE_ENTRA, NULL},
    {"management.azure.com", PLANE_ARM, NULL},
    {"management.core.windows.net", PLANE_ARM, NULL},
    {"management.usgovcloudapi.net", PLANE_ARM, NULL},
    {"management.chinacloudapi.cn", PLANE_ARM, NULL},
    {"graph.microsoft.com", PLANE_GRAPH, NULL},
    {"graph.microsoft.us", PLANE_GRAPH, NULL},
    {"dod-graph.microsoft.us", PLANE_GRAPH, NULL},
    {"microsoftgraph.chinacloudapi.cn", PLANE_GRAPH, NULL},
    {"main.iam.ad.ext.azure.com", PLANE_GRAPH, NULL}, /* az ad app permission admin-consent */
    {".batch.azure.com", PLANE_BATCH, public_regions},
    {".batch.usgovcloudapi.net", PLANE_BATCH, government_regions},
    {".batch.chinacloudapi.cn", PLANE_BATCH, china_regions},
};
const size_t public_host_count = sizeof(public_hosts) / sizeof(public_hosts[0]);

static bool cut_port(struct text host, size_t colon, struct text *name, int *port)
{
    uint64_t number = 0;
    *name = text_slice(host, 0, colon);
    *port = 0;
    if (colon == host.length)
        return name->length > 0;
    struct text digits = text_slice(host, colon + 1, host.length);
    if (!text_to_u64(digits, 65535, &number) || number == 0)
        return false;
    *port = (int)number;
    return name->length > 0;
}

/* "[::1]:8443", RFC 3986 section 3.2.2. */
static bool split_bracketed(struct text host, struct text *name, int *port)
{
    const char *end = memchr(host.at, ']', host.length);
    if (!end)
        return false;
    size_t close = (size_t)(end - host.at);
    if (close + 1 < host.length && host.at[close + 1] != ':')
        return false;
    struct text whole;
    if (!cut_port(host, close + 1, &whole, port))
        return false;
    *name = text_slice(host, 1, close);
    return name->length > 0;
}

bool host_split(struct text host, struct text *name, int *port)
{
    if (host.length == 0)
        return false;
    if (host.at[0] == '[')
        return split_bracketed(host, name, port);
    const char *colon = memchr(host.at, ':', host.length);
    return cut_port(host, colon ? (size_t)(colon - host.at) : host.length, name, port);
}

static bool is_subdomain(struct text name, const char *suffix)
{
    size_t length = strlen(suffix);
    if (name.length <= length)
        return false;
    struct text end = text_slice(name, name.length - length, name.length);
    return text_equal_nocase(end, text_of(suffix));
}

const struct public_host *host_find(struct text name)
{
    for (size_t i = 0; i < public_host_count; i++) {
        const struct public_host *row = &public_hosts[i];
        if (row->regions ? is_subdomain(name, row->name)
                         : text_equal_nocase(name, text_of(row->name)))
            return row;
    }
    return NULL;
}

bool host_is_local(struct text name)
{
    if (text_equal_nocase(name, TEXT("localhost")))
        return true;
    char address[INET6_ADDRSTRLEN];
    if (name.length == 0 || name.length >= sizeof(address))
        return false;
    memcpy(address, name.at, name.length);
    address[name.length] = '\0';
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, address, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}
