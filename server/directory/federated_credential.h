/*
 * directory/federated_credential.h - federated identity credentials: tokens of another issuer that
 * prove an application (issuer, subject, audience), and the issuers' keys.
 *
 * azbd asks nobody for keys: an issuer's JWKS comes from the configuration or from the controls.
 * Its own issuer is known without.
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation
 */
#ifndef SERVER_DIRECTORY_FEDERATED_CREDENTIAL_H
#define SERVER_DIRECTORY_FEDERATED_CREDENTIAL_H

#include "directory/directory.h"

#define FEDERATED_AUDIENCE "api://AzureADTokenExchange"
#define FEDERATED_CREDENTIALS_MAX 20 /* of one application, as in Entra */

struct federated_credential {
    const char *id;
    const char *name; /* unique in its application */
    const char *issuer, *subject, *audience;
    const char *description; /* or NULL */
};

bool federated_credential_add(struct store_connection *connection, int64_t application_row,
    const struct federated_credential *what, struct arena *arena, struct federated_credential *out,
    struct azb_error *err);
bool federated_credential_list(struct store_connection *connection, int64_t application_row,
    struct arena *arena, struct federated_credential **out, size_t *count, struct azb_error *err);
/* By id or name. NOT_FOUND otherwise. */
bool federated_credential_remove(struct store_connection *connection, int64_t application_row,
    struct text id, struct azb_error *err);

/* The issuer's JWKS (RFC 7517) as text; NOT_FOUND when nobody gave it. */
bool issuer_keys(struct store_connection *connection, struct text issuer, struct arena *arena,
    struct text *jwks, struct azb_error *err);
/* ARGUMENT with the place: not a JWKS, no RSA key for signatures, one of less than 2048 bits. Keys
 * of other kinds are passed over (RFC 7517 section 5). */
bool issuer_keys_check(struct text jwks, struct azb_error *err);
/* Checks that `jwks` is one, with RSA keys of 2048 bits or more; replaces what was there. */
bool issuer_set_keys(struct store_connection *connection, const char *issuer, struct text jwks,
    struct azb_error *err);

#endif
