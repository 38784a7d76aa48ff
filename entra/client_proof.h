/*
 * entra/client_proof.h - how an application proves itself in a token request: a secret (RFC 6749
 * section 2.3.1) or an assertion (RFC 7523 section 2.2), wherever that comes from.
 */
#ifndef ENTRA_CLIENT_PROOF_H
#define ENTRA_CLIENT_PROOF_H

#include "entra/credential.h"

/* Safe to share between threads. */
struct client_proof;

/* Where a certificate is and how it is used; see struct azb_client_certificate_options. */
struct certificate_source {
    const char *path, *pem, *password;
    bool send_chain;
    enum azb_assertion_algorithm algorithm;
};

/* NULL and err: ARGUMENT, IO, CONFIGURATION, MEMORY. All strings are copied. */
struct client_proof *client_proof_secret(const char *secret, struct azb_error *err);
/* The secret is what stands in the file whenever a token is needed. */
struct client_proof *client_proof_secret_file(const char *path, struct azb_error *err);
struct client_proof *client_proof_certificate(
    const struct certificate_source *source, struct azb_error *err);
struct client_proof *client_proof_callback(
    azb_assertion_fn *assertion, void *context, struct azb_error *err);
/* The assertion is what stands in the file whenever a token is needed. */
struct client_proof *client_proof_file(const char *path, struct azb_error *err);

/* Wipes and frees; NULL is legal. Takes a void pointer to fit a credential's free_state. */
void client_proof_free(void *proof);

/* Adds the proof to a request that has everything else, and sends it. When the authority does not
 * believe the date of an assertion that was signed here, and its clock and ours disagree, the
 * credential goes by the authority's from then on, and the request is sent once more. */
AZB_MUST_CHECK bool client_proof_send(struct client_proof *proof, struct azb_credential *credential,
    const struct token_request *request, struct arena *arena, struct token_reply *reply,
    struct azb_error *err);

/* The client credentials grant (RFC 6749 section 4.4): `acquire` of the kinds whose state is a
 * proof. */
bool client_proof_acquire(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err);

/* For those who make proofs. `add` adds the fields to a request that has its endpoint and client;
 * what they point to lives in the arena or with the proof. */
typedef bool client_proof_add_fn(void *state, const struct azb_credential *credential,
    struct token_request *request, struct arena *arena, struct azb_error *err);
/* Takes over `state`, also when it fails. */
struct client_proof *client_proof_new(
    client_proof_add_fn *add, void (*free_state)(void *state), void *state, struct azb_error *err);

#endif
