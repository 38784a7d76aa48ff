/*
 * entra/authority.h - which server issues the tokens: host and tenant, checked strictly before
 * anything is sent, and the endpoints that belong to them.
 *
 * For Microsoft's own hosts the endpoints follow from host and tenant and nothing is asked. For any
 * other host (azbd, AD FS) its own OpenID Connect metadata is fetched, once: never Microsoft's
 * instance discovery, because the user has named the host and no third party is needed to vouch for
 * it. OpenID Connect Discovery 1.0, sections 4 and 4.3; RFC 8414 section 3.3.
 */
#ifndef ENTRA_AUTHORITY_H
#define ENTRA_AUTHORITY_H

#include <azb/entra.h>
#include "base/arena.h"
#include "base/http.h"
#include "base/text.h"
#include "entra/flight.h"

/* Which tenants an identity may name. */
enum authority_tenants {
    AUTHORITY_ONE_TENANT = 0, /* an application that signs in as itself: the one it lives in */
    AUTHORITY_ORGANIZATIONS,  /* a user: also organizations and common */
};

/* Host and tenant taken apart and found good. The strings live in the arena that was given. */
struct authority_name {
    char *origin;      /* "https://host" or "https://host:port", lower case, no final slash */
    char *host;        /* "host": what token caches call the environment */
    char *tenant;      /* as given */
    bool is_microsoft; /* one of Microsoft's login hosts: nothing to discover */
};

/* All of them on the authority's own host, or on a login host of Microsoft. */
struct authority_endpoints {
    char *token;
    char *authorization; /* NULL: it has none */
    char *device;        /* the device authorization endpoint of RFC 8628; NULL: it has none */
};

/* `host` NULL is the public cloud; the "https://" may be missing. Refused (ARGUMENT) with the
 * reason: http, a path or user name, characters no tenant has, and those of the tenants common,
 * organizations and consumers that are none of `tenants`. */
AZB_MUST_CHECK bool authority_name_read(const char *host, const char *tenant,
    enum authority_tenants tenants, struct arena *arena, struct authority_name *out,
    struct azb_error *err);

/* "https://host/tenant/oauth2/v2.0/token" and its like: for Microsoft's hosts. False: no memory. */
bool authority_derived_endpoints(
    const struct authority_name *name, struct arena *arena, struct authority_endpoints *out);

/* The one host that stands for its cloud, of any of the cloud's names; NULL when `host` (without a
 * port) is not Microsoft's. */
const char *authority_cloud_host(struct text host);

/* Where the metadata of any other host is. */
char *authority_metadata_url(const struct authority_name *name, struct arena *arena);

/* Reads the metadata document `body` and checks that its issuer and endpoints belong to the
 * authority (the same origin, or a login host of Microsoft). The endpoints live in the arena. */
AZB_MUST_CHECK bool authority_metadata_read(const struct authority_name *name, struct text body,
    struct arena *arena, struct authority_endpoints *out, struct azb_error *err);

/* The token endpoint of `region` ("westeurope"), which is for client credentials only. *endpoint
 * stays as it is at hosts that are not Microsoft's: nothing is regional there. Refused
 * (CONFIGURATION): what is no region's name, because it becomes part of a host's.
 * https://learn.microsoft.com/entra/msal/dotnet/advanced/regional-authentication */
AZB_MUST_CHECK bool authority_regional_endpoint(const struct authority_name *name,
    const char *region, struct arena *arena, char **endpoint, struct azb_error *err);

/* An authority that remembers what it found; safe to share between threads. */
struct authority;

struct authority *authority_new(
    const char *host, const char *tenant, enum authority_tenants tenants, struct azb_error *err);
void authority_free(struct authority *authority); /* NULL is legal */
const struct authority_name *authority_name(const struct authority *authority);

/* The endpoints, which live as long as the authority. Asks the host for them the first time. */
AZB_MUST_CHECK bool authority_find_endpoints(struct authority *authority, struct http_client *http,
    struct patience patience, const struct authority_endpoints **endpoints, struct azb_error *err);

#endif
