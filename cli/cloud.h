/*
 * cli/cloud.h - which services belong to which authority: where its tokens are for, and where they
 * may be sent.
 *
 * A token is a key: whoever receives it can use it until it expires. So a token of a cloud goes to
 * the hosts of that cloud only, whatever an endpoint's variable says, unless AZB_TRUSTED_HOSTS
 * names the host.
 */
#ifndef CLI_CLOUD_H
#define CLI_CLOUD_H

#include <azb/error.h>
#include "cli/endpoint.h"

/* A cloud of Microsoft's. */
struct cloud {
    const char *name; /* "AzureCloud", as az calls it */
    const char *login_hosts[5];
    const char *urls[ENDPOINTS];      /* NULL: each account has its own */
    const char *resources[ENDPOINTS]; /* what tokens are asked for */
    const char *suffixes[ENDPOINTS];  /* ".batch.azure.com": hosts of the service end with it, or
                                         are it */
};

/* The cloud of an authority ("https://login.microsoftonline.com", or without the scheme; NULL is
 * the public cloud); NULL: another server, such as azbd. */
const struct cloud *cloud_of(const char *authority_host);

/* "https://host[:port]" in lower case and without a final slash, in `out`; NULL is the public
 * cloud. False: it is no such address. */
bool cloud_origin(const char *authority_host, char *out, size_t size);

/* May a token of this authority be sent to `url`? err (CONFIGURATION) says why not. `known` is an
 * endpoint that was agreed to before, or NULL. */
AZB_MUST_CHECK bool cloud_allows(const char *authority_host, enum endpoint endpoint,
    const char *url, const char *known, struct azb_error *err);

#endif
