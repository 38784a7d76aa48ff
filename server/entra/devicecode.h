/*
 * entra/devicecode.h - the device authorization endpoint (RFC 8628 section 3.1). What the person
 * sees is entra/device_page.c.
 */
#ifndef SERVER_ENTRA_DEVICECODE_H
#define SERVER_ENTRA_DEVICECODE_H

#include "request.h"

/* Where people enter the code, below the address of this service. */
#define DEVICE_PAGE_PATH "/common/oauth2/deviceauth"

/* POST .../oauth2/devicecode and .../oauth2/v2.0/devicecode: rows of entra/routes.c. */
bool devicecode_prepare_v1(struct request *request, struct azb_error *err);
bool devicecode_prepare_v2(struct request *request, struct azb_error *err);
bool devicecode_serve(struct request *request, struct reply *reply, struct azb_error *err);

#endif
