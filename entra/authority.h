/*
 * entra/authority.h - which server issues the tokens: host and tenant, checked strictly before
 * anything is sent, and the token endpoint that belongs to them.
 *
 * For Microsoft's own hosts the endpoint follows from host and tenant and nothing is asked. For any
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

/* Host and tenant taken apart and found good. The strings live in the arena that was given. */
struct authority_name {
    char *origin;      /* "https://host" or "https://host:port", lower case, no final slash */
    char *tenant;      /* as given */
    bool is_microsoft; /* one of Microsoft's login hosts: nothing to discover */
};

/* `host` NULL is the public cloud; the "https://" may be missing. Refused (ARGUMENT) with the
 * reason: http, a path or user name, characters no tenant has, and the tenants common,
 * organizations and consumers, which are no place where an application could sign in as itself. */
AZB_MUST_CHECK bool authority_name_read(const char *host, const char *tenant, struct arena *arena,
    struct authority_name *out, struct azb_error *err);

/* "https://host/tenant/oauth2/v2.0/token": for Microsoft's hosts. */
char *authority_derived_endpoint(const struct authority_name *name, struct arena *arena);
/* Where the metadata of any other host is. */
char *authority_metadata_url(const struct authority_name *name, struct arena *arena);

/* Reads the metadata document `body` and checks that its issuer and token endpoint belong to the
 * authority (the same origin, or a login host of Microsoft). The endpoint lives in the arena. */
AZB_MUST_CHECK bool authority_metadata_read(const struct authority_name *name, struct text body,
    struct arena *arena, char **token_endpoint, struct azb_error *err);

/* An authority that remembers what it found; safe to share between threads. */
struct authority;

struct authority *authority_new(const char *host, const char *tenant, struct azb_error *err);
void authority_free(struct authority *authority); /* NULL is legal */
const char *authority_tenant(const struct authority *authority);

/* The token endpoint, which lives as long as the authority. Asks the host for it the first time. */
AZB_MUST_CHECK bool authority_token_endpoint(struct authority *authority, struct http_client *http,
    struct patience patience, const char **endpoint, struct azb_error *err);

#endif
