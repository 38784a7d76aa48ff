/*
 * entra/consent.h - may the application do what it asks for: what is missing, and the page that
 * asks.
 */
#ifndef SERVER_ENTRA_CONSENT_H
#define SERVER_ENTRA_CONSENT_H

#include "entra/sign_in.h"

/* *asked false: everything is consented to. True: `reply` is the page that asks, or the purpose's
 * answer that it may not be asked (prompt=none). */
bool consent_ask(struct sign_in *sign_in, struct reply *reply, bool *asked, struct azb_error *err);

/* POST /{tenant}/login/consent. */
bool consent_serve(struct request *request, struct reply *reply, struct azb_error *err);

/* GET /{tenant}/adminconsent and /{tenant}/v2.0/adminconsent. */
bool consent_serve_admin_v1(struct request *request, struct reply *reply, struct azb_error *err);
bool consent_serve_admin_v2(struct request *request, struct reply *reply, struct azb_error *err);

#endif
