/*
 * identity_header.h - the secret that App Service and Azure ML give a program to ask for its
 * managed identity's tokens with (IDENTITY_HEADER, MSI_SECRET): one a state, STATE/identity-header
 * (0600).
 */
#ifndef SERVER_IDENTITY_HEADER_H
#define SERVER_IDENTITY_HEADER_H

#include "service.h"

#define IDENTITY_HEADER_TEXT 44 /* base64url of 32 bytes, with the NUL */

/* Reads the file, or makes it. */
bool identity_header_open(
    struct service *service, char out[IDENTITY_HEADER_TEXT], struct azb_error *err);

#endif
