/*
 * entra/entra.h - the token service: discovery, keys, tokens, and the errors that Entra gives.
 *
 * The plane's routes are in entra/routes.c (entra_plane() of route.h). Signing keys are read from
 * the store at start and kept, retired ones too: a pointer to one lives as long as the service. All
 * functions are safe from all threads.
 */
#ifndef SERVER_ENTRA_ENTRA_H
#define SERVER_ENTRA_ENTRA_H

#include <stdatomic.h>

#include "base/crypto.h"
#include "request.h"
#include "store/store.h"

struct entra;
struct json;
struct service;

/* After directory_open(). Reads the signing keys. */
struct entra *entra_new(struct service *service, struct azb_error *err);
void entra_free(struct entra *entra); /* NULL is legal */

/* What a route of this plane may have besides `serve` (route.h, `row`; NULL is none). `prepare`
 * runs on a listener thread: what is slow (signatures, password hashes) belongs here, and it sets
 * request->writes when `serve` has something to change, which then runs on the writer thread. */
struct entra_row {
    bool (*prepare)(struct request *request, struct azb_error *err); /* NULL: nothing to do */
    bool is_page; /* for people: refused with a page, not with JSON */
};

/* ---- Signing keys ----------------------------------------------------------------------- */

#define SIGNING_KEYS_MAX 64 /* of one run of the service, retired ones included */
#define KID_TEXT 28         /* base64url of a SHA-1, with the NUL */

struct signing_key {
    char kid[KID_TEXT]; /* x5t of its certificate */
    struct rsa_key *key;
    char *n, *e; /* base64url */
    char *x5c;   /* base64 of the self-signed certificate */
    atomic_bool retired;
};

/* Makes a key and its certificate and stores them (work that writes). Another one becomes the
 * signer, the older ones go on being published and accepted. */
bool entra_make_key(struct store_connection *connection, int64_t now, struct azb_error *err);
/* Reads the keys again, after a change was committed. */
bool entra_load_keys(
    struct entra *entra, struct store_connection *connection, struct azb_error *err);
/* How many more keys this run of the service can have. */
size_t entra_key_room(struct entra *entra);
/*
 * Takes a key out of service (work that writes): after the commit it is neither published nor
 * accepted, and what it signed is refused, remembered or not. NOT_FOUND when there is none of that
 * id; CONFLICT for the only one: make another first.
 */
bool entra_retire_key(struct entra *entra, struct store_connection *connection, struct text kid,
    struct azb_error *err);
/* The key of that id, for verifying; NULL: not one of ours, or retired. */
const struct signing_key *entra_key(struct entra *entra, struct text kid);
/* The one that signs now; NULL when the newest is not loaded yet and the others are retired. */
const struct signing_key *entra_signing_key(struct entra *entra);
/* Those in service, newest first: at most `room` into `out`; the answer is how many. */
size_t entra_keys(struct entra *entra, const struct signing_key **out, size_t room);

/* ---- Access tokens ---------------------------------------------------------------------- */

/* Who the token is for and how they proved themselves (claim appidacr). */
struct token_grant {
    const char *app_id;
    const char *object_id; /* of the service principal */
    struct text audience;  /* claim aud, exactly */
    bool by_certificate;   /* appidacr "2", else "1" */
    int64_t lifetime_s;    /* 0: random, 60 to 90 minutes */
    /* What the client asked for (requested_claims.h), or NULL. */
    const struct json *claims;
    const char *resource_id; /* of a managed identity: claim xms_mirid; else NULL */
};

/*
 * A signed v1.0 app-only token: iat and nbf lie 300 s before now. `expires_in` gets the seconds
 * until exp, counted from request->now. NULL and err only when signing or memory fails.
 */
char *entra_issue(struct request *request, const struct token_grant *grant, int64_t *expires_in,
    struct azb_error *err);

/* For all tokens from now on, those of managed identities too; 0: random again. */
void entra_set_token_lifetime(struct entra *entra, int64_t seconds);
int64_t entra_token_lifetime(struct entra *entra);

/* On: an assertion is good for one token. Off (as in Entra) it may be used until it expires. */
void entra_set_single_use_assertions(struct entra *entra, bool on);
bool entra_single_use_assertions(struct entra *entra);

/* "https://sts.windows.net/TENANT/": issuer of all access tokens, in the arena. */
char *entra_token_issuer(struct request *request);

/*
 * The service's own address as this client wrote it: "https://HOST" from the Host header when that
 * is a name we stand for (loopback with our port, the public login hosts), else base_url.
 */
char *entra_base_url(struct request *request);

#endif
