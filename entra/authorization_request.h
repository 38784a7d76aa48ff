/*
 * entra/authorization_request.h - the URL that a browser is sent to (RFC 6749 section 4.1.1), with
 * PKCE (RFC 7636), state, and OpenID Connect's nonce.
 */
#ifndef ENTRA_AUTHORIZATION_REQUEST_H
#define ENTRA_AUTHORIZATION_REQUEST_H

#include <azb/entra.h>
#include "base/arena.h"

#define AUTHORIZATION_SECRET_MAX 64 /* of base64url, with the NUL */

/* What only this request knows, each 256 random bits. */
struct authorization_secrets {
    char state[AUTHORIZATION_SECRET_MAX];
    char nonce[AUTHORIZATION_SECRET_MAX];
    char code_verifier[AUTHORIZATION_SECRET_MAX];
};

AZB_MUST_CHECK bool authorization_secrets_make(
    struct authorization_secrets *out, struct azb_error *err);

/* What the URL says; what is NULL is left out. */
struct authorization_request {
    const char *endpoint;
    const char *client_id;
    const char *redirect_uri;
    const char *scope;
    const char *response_mode;
    const char *claims;
    const char *prompt, *login_hint, *domain_hint;
    const struct authorization_secrets *secrets;
};

/* In the arena; NULL and err. */
char *authorization_request_url(
    const struct authorization_request *request, struct arena *arena, struct azb_error *err);

/* "login", "select_account", "consent" or NULL; "none" would end in an error that nobody sees. */
AZB_MUST_CHECK bool authorization_prompt_check(const char *prompt, struct azb_error *err);

#endif
