/*
 * hosts.h - the public names that azbd stands in for: one table for the router (which plane), the
 * proxy (what it lets through) and the certificate (what it must name).
 */
#ifndef SERVER_HOSTS_H
#define SERVER_HOSTS_H

#include "request.h"

struct public_host {
    const char *name; /* "login.microsoftonline.com", or ".batch.azure.com": a suffix */
    enum plane plane;
    const char *const *regions; /* of a suffix: the certificate names "*.REGION" + suffix */
};

extern const struct public_host public_hosts[];
extern const size_t public_host_count;

/* Azure's metadata service. It has no TLS and is reached through the proxy only. */
#define HOST_METADATA "169.254.169.254"

/* "NAME:PORT", "[::1]:PORT", "NAME" taken apart; port 0 when there is none. False: malformed. */
bool host_split(struct text host, struct text *name, int *port);
/* The row of a public name (without port), or NULL. */
const struct public_host *host_find(struct text name);
/* localhost, 127.0.0.0/8, ::1 (without port and brackets). */
bool host_is_local(struct text name);

#endif
