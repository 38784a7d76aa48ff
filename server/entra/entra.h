/*
 * entra/entra.h - the token service: discovery, keys, tokens, and the errors that Entra gives.
 *
 * The plane's routes are in entra/routes.c (entra_plane() of route.h). Signing keys are read from
 * the store at start and kept for good: a pointer to one lives as long as the service. All
 * functions are safe from all threads.
 */
#ifndef SERVER_ENTRA_ENTRA_H
#define SERVER_ENTRA_ENTRA_H

#include "base/crypto.h"
#include "request.h"
#include "store/store.h"

struct entra;
struct service;

/* After directory_open(). Reads the signing keys. */
struct entra *entra_new(struct service *service, struct azb_error *err);
void entra_free(struct entra *entra); /* NULL is legal */

/* ---- Signing keys ----------------------------------------------------------------------- */

#define KID_TEXT 28 /* base64url of a SHA-1, with the NUL */

struct signing_key {
    char kid[KID_TEXT]; /* x5t of its certificate */
    struct rsa_key *key;
    char *n, *e; /* base64url */
    char *x5c;   /* base64 of the self-signed certificate */
};

/* Makes a key and its certificate and stores them (work that writes). Another one becomes the
 * signer, the older ones go on being published and accepted. */
bool entra_make_key(struct store_connection *connection, int64_t now, struct azb_error *err);
/* Reads the keys again, after a change was committed. */
bool entra_load_keys(
    struct entra *entra, struct store_connection *connection, struct azb_error *err);
/* The key of that id, for verifying; NULL: not one of ours. */
const struct signing_key *entra_key(struct entra *entra, struct text kid);
/* The one that signs now. */
const struct signing_key *entra_signing_key(struct entra *entra);
/* How many there are; number `at` of them, oldest first. */
size_t entra_key_count(struct entra *entra);
const struct signing_key *entra_key_at(struct entra *entra, size_t at);

/* ---- Access tokens ---------------------------------------------------------------------- */

/* Who the token is for and how they proved themselves (claim appidacr). */
struct token_grant {
    const char *app_id;
    const char *object_id; /* of the service principal */
    struct text audience;  /* claim aud, exactly */
    bool by_certificate;   /* appidacr "2", else "1" */
    int64_t lifetime_s;    /* 0: random, 60 to 90 minutes */
};

/*
 * A signed v1.0 app-only token: iat and nbf lie 300 s before now. `expires_in` gets the seconds
 * until exp, counted from request->now. NULL and err only when signing or memory fails.
 */
char *entra_issue(struct request *request, const struct token_grant *grant, int64_t *expires_in,
    struct azb_error *err);

/* For all tokens from now on; 0: random again. */
void entra_set_token_lifetime(struct entra *entra, int64_t seconds);

/* On: an assertion is good for one token. Off (as in Entra) it may be used until it expires. */
void entra_set_single_use_assertions(struct entra *entra, bool on);

/* "https://sts.windows.net/TENANT/": issuer of all access tokens, in the arena. */
char *entra_token_issuer(struct request *request);

/*
 * The service's own address as this client wrote it: "https://HOST" from the Host header when that
 * is a name we stand for (loopback with our port, the public login hosts), else base_url.
 */
char *entra_base_url(struct request *request);

#endif
