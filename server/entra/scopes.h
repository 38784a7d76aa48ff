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
    struct text audience;                 /* claim aud of the access token, as it was written */
    bool is_default;                      /* "RESOURCE/.default" (or v1's resource=) */
    const char *values; /* the permissions asked for, space-separated values ("user_impersonation");
                           "" with is_default */
};

/* Delegated requests. Scopes without a resource ("User.Read") are Graph's. Two resources are
 * refused (AADSTS28000 on the token endpoint; the authorize endpoint keeps the first). */
bool scopes_parse(
    struct request *request, struct text scope, struct scopes *out, struct azb_error *err);
bool scopes_of_resource(
    struct request *request, struct text resource, struct scopes *out, struct azb_error *err);

/* What the client gets: the values that were consented to and asked for; of .default everything
 * consented. False, AADSTS65001 (suberror consent_required), when something asked for is missing:
 * `missing` (may be NULL) then has the values. */
bool scopes_granted(struct request *request, const struct scopes *asked, struct text client_app_id,
    struct text user_id, const char **granted, const char **missing, struct azb_error *err);

#endif
