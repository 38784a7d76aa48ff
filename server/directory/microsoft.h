/*
 * directory/microsoft.h - Microsoft's own applications, as each tenant knows them: resources that
 * tokens are asked for, and clients that people sign in with. Data, in microsoft.c.
 *
 * Their rows (application of another tenant, service principal here) are made with the state, so
 * that they are found like all others; what they offer is read from the data.
 */
#ifndef SERVER_DIRECTORY_MICROSOFT_H
#define SERVER_DIRECTORY_MICROSOFT_H

#include "directory/app_role.h"
#include "directory/permission.h"

/* The tenant that Microsoft's applications live in ("Microsoft Services"). */
#define MICROSOFT_TENANT "f8cdef31-a31e-4b4a-93e4-5f571e91255a"

struct microsoft_application {
    const char *app_id;
    const char *display_name;
    const char *const *uris; /* of a resource, without the final slash; ends with NULL. Or NULL */
    const struct permission *permissions; /* what it offers; NULL: a client */
    size_t permission_count;
    const struct app_role *roles; /* application permissions that it offers; or NULL */
    size_t role_count;
    const char *const *redirect_uris; /* of a public client; ends with NULL. Or NULL */
};

/* NULL: none of Microsoft's that is known here. */
const struct microsoft_application *microsoft_application(struct text app_id);
/* By app id or by one of its URIs, final slash or not. */
const struct microsoft_application *microsoft_resource(struct text identifier);
/* The URIs of one, ending with NULL; NULL: it has none. */
const char *const *microsoft_uris(struct text app_id);

/* Adds what the state has not: applications with their app roles, and their service principals. In
 * work that writes. */
bool microsoft_add(struct store_connection *connection, int64_t now, struct azb_error *err);

#endif
