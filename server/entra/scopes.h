/*
 * entra/scopes.h - what a sign-in asks for: the `scope` of a v2 request or the `resource` of a v1
 * one, taken apart.
 */
#ifndef SERVER_ENTRA_SCOPES_H
#define SERVER_ENTRA_SCOPES_H

#include "directory/permission.h"
#include "request.h"

struct scopes {
    bool openid, profile, email, offline_access;
    bool has_resource;
    struct resource_application resource; /* when has_resource */
    bool has_more;        /* another resource, too: the authorize endpoint passes over it */
    struct text audience; /* claim aud of the access token, as it was written */
    struct text prefix;   /* of the resource's permissions, as written; empty: Graph's short form */
    bool is_default;      /* "RESOURCE/.default" (or v1's resource=) */
    const char *values; /* the permissions asked for, space-separated values ("user_impersonation");
                           "" with is_default */
};

/* Delegated requests. Scopes without a resource ("User.Read") are Graph's. Of two resources the
 * first is kept, and `has_more` said: the token endpoint refuses it (AADSTS28000). */
bool scopes_parse(
    struct request *request, struct text scope, struct scopes *out, struct azb_error *err);
bool scopes_of_resource(
    struct request *request, struct text resource, struct scopes *out, struct azb_error *err);

/* What the client gets: all that was consented to at the resource, when it includes what was asked
 * for (as in Entra, old consents come along). False, AADSTS65001 (suberror consent_required), when
 * something asked for is missing: `missing` (may be NULL) then has the values. */
bool scopes_granted(struct request *request, const struct scopes *asked, struct text client_app_id,
    struct text user_id, const char **granted, const char **missing, struct azb_error *err);

/* Claim scp of the access token. NULL without memory. */
const char *scopes_claim(struct request *request, const struct scopes *asked, const char *granted);
/* The reply's `scope`: whole ("RESOURCE/user_impersonation"), Graph's as short as they were asked.
 * NULL without memory. */
const char *scopes_reply(struct request *request, const struct scopes *asked, const char *granted);

#endif
