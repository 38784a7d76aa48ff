/*
 * entra/assertion.h - the signed statement by which an application with a certificate proves itself
 * (RFC 7523 section 3;
 * https://learn.microsoft.com/entra/identity-platform/certificate-credentials).
 */
#ifndef ENTRA_ASSERTION_H
#define ENTRA_ASSERTION_H

#include <azb/entra.h>
#include "base/crypto.h"
#include "entra/token_request.h"

#define ASSERTION_LIFETIME_S 600
#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

/* A certificate with its key, and what of it stands in an assertion's header. */
struct assertion_signer {
    const struct certificate *certificate; /* has its private key */
    enum azb_assertion_algorithm algorithm;
    char **chain; /* x5c: base64 of each DER, the certificate itself first; NULL sends none */
    size_t chain_length;
};

/* For `client_id` towards `token_endpoint`, valid from `now` (seconds) for ten minutes, with an id
 * (jti) of its own. NUL-terminated in the arena; NULL and err otherwise. */
char *assertion_sign(const struct assertion_signer *signer, const char *client_id,
    const char *token_endpoint, int64_t now, struct arena *arena, struct azb_error *err);

/* Can what was signed at `dated_on` be good at `now`? */
bool assertion_is_current(int64_t dated_on, int64_t now);

/* Adds the assertion to a request, which is then not sent twice. It must outlive the request. */
void assertion_add(struct token_request *request, const char *assertion);

/* Base64 of every certificate in the PEM, in its order, in the arena. */
AZB_MUST_CHECK bool assertion_chain_read(struct text pem, struct arena *arena, char ***chain,
    size_t *chain_length, struct azb_error *err);

#endif
