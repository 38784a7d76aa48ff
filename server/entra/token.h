/*
 * entra/token.h - the token endpoint: one function a grant, and client authentication.
 */
#ifndef SERVER_ENTRA_TOKEN_H
#define SERVER_ENTRA_TOKEN_H

#include "directory/client.h"
#include "entra/form.h"

/* The endpoint that was asked; it decides parameters and the reply's form. */
enum token_version {
    TOKEN_V1, /* resource=, numbers as strings */
    TOKEN_V2, /* scope= */
};

/* A token request on its way. */
struct token_request {
    struct request *request;
    struct form form;
    enum token_version version;
    bool adfs;          /* the tenant was written "adfs": v1 paths take scope= too */
    struct text tenant; /* as written */
};

/* Who asks, once authenticated. */
struct token_client {
    struct client client;
    bool by_certificate;
};

/* POST .../oauth2/token and .../oauth2/v2.0/token: rows of entra/routes.c. */
bool token_serve_v1(struct request *request, struct reply *reply, struct azb_error *err);
bool token_serve_v2(struct request *request, struct reply *reply, struct azb_error *err);

/* Client authentication (RFC 6749 section 2.3, RFC 7521): client_secret in the body or by Basic, or
 * client_assertion; exactly one. False: 400 or 401 with the AADSTS number that says why. */
bool authenticate_client(
    struct token_request *token, struct token_client *out, struct azb_error *err);

/* The assertion alone (entra/assertion.c): signed by a certificate of the application, for us, now.
 * `client_id` TEXT_NONE: nobody said; `out` then has the assertion's. */
bool assertion_client_id(struct token_request *token, struct text *out, struct azb_error *err);
bool assertion_check(
    struct token_request *token, const struct client *client, struct azb_error *err);

#endif
