/*
 * entra/logout.h - signing out: OpenID Connect RP-Initiated Logout 1.0.
 *
 * Ends the browser's session, of all accounts or of the one that logout_hint names. Tokens that
 * applications have stay good, as with Entra.
 */
#ifndef SERVER_ENTRA_LOGOUT_H
#define SERVER_ENTRA_LOGOUT_H

#include "request.h"

/* GET and POST of .../oauth2/logout and .../oauth2/v2.0/logout. */
bool logout_serve(struct request *request, struct reply *reply, struct azb_error *err);

#endif
