/*
 * entra/device_page.h - where somebody enters the code that a device shows (RFC 8628 section 3.3).
 *
 * The page that follows names the application and asks whether the person started this, because a
 * code may come from somebody else (RFC 8628 section 5.4). Wrong codes are counted for the whole
 * service (section 5.1).
 */
#ifndef SERVER_ENTRA_DEVICE_PAGE_H
#define SERVER_ENTRA_DEVICE_PAGE_H

#include "entra/sign_in.h"

#define DEVICE_WRONG_CODES_MAX 20 /* in DEVICE_WRONG_CODES_S; then nobody's code is looked at */
#define DEVICE_WRONG_CODES_S 60

/* GET and POST of /common/oauth2/deviceauth; /devicelogin leads there. */
bool device_page_serve(struct request *request, struct reply *reply, struct azb_error *err);
bool device_page_serve_code(struct request *request, struct reply *reply, struct azb_error *err);
bool device_page_serve_alias(struct request *request, struct reply *reply, struct azb_error *err);
/* POST /{tenant}/login/device: the confirmation. */
bool device_page_serve_confirmed(
    struct request *request, struct reply *reply, struct azb_error *err);

#endif
