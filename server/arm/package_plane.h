/*
 * arm/package_plane.h - what package.c gives the plane that takes and gives packages.
 */
#ifndef SERVER_ARM_PACKAGE_PLANE_H
#define SERVER_ARM_PACKAGE_PLANE_H

#include <limits.h>
#include "arm/package.h"

/* "r" or "rw": sp of a URL. */
const char *package_permission_text(enum package_permission permission);
/* base64url of the HMAC over id, se and sp. In the arena; NULL without memory. */
char *package_signature(
    struct service *service, struct text id, struct text ends, struct text sp, struct arena *arena);
/* STATE/packages/ID. */
bool package_path(
    const struct service *service, const char *id, char out[PATH_MAX], struct azb_error *err);
/* For reading; -1: it is not there, or err is set. */
int package_open(const struct service *service, const char *id, struct azb_error *err);

#endif
