/*
 * entra/resource.h - what a token may be for, and how requests name it.
 */
#ifndef SERVER_ENTRA_RESOURCE_H
#define SERVER_ENTRA_RESOURCE_H

#include "directory/permission.h"
#include "request.h"

/* The audience of a v1 request's `resource`: itself, when it is known. */
bool resource_audience(
    struct request *request, struct text resource, struct text *audience, struct azb_error *err);
/* The audience of a v2 request's `scope` (client credentials): "RESOURCE/.default". A resource with
 * a final slash is written with two: "https://batch.core.windows.net//.default". */
bool scope_audience(
    struct request *request, struct text scope, struct text *audience, struct azb_error *err);
/* The app id of what stands at this service's own address: Resource Manager at
 * "https://localhost:PORT" and Graph at "https://localhost:PORT/graph", final slash or not. NULL:
 * it is another address. */
const char *resource_at_own_address(const struct request *request, struct text resource);
/* AADSTS500011. */
bool resource_unknown(struct request *request, struct text resource, struct azb_error *err);
/* The application of this directory that the audience, which came out of the above, means; *found
 * false: it is Microsoft's, or this service. */
bool resource_own(struct request *request, struct text audience, struct resource_application *out,
    bool *found, struct azb_error *err);

#endif
