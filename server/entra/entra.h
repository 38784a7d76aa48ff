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
    void (*finish)(struct request *request, struct reply *reply);    /* of all replies; or NULL */
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

struct app_roles;
struct user;

/* Who the token is for and how they proved themselves (claim appidacr). */
struct token_grant {
    const char *app_id;
    const char *object_id;         /* of the service principal */
    struct text audience;          /* claim aud, exactly */
    bool by_certificate;           /* appidacr "2", else "1" */
    int64_t lifetime_s;            /* 0: random, 60 to 90 minutes */
    int version;                   /* of the token: 2 for resources that ask for it, else 1 */
    const struct json *claims;     /* what the client asked for (requested_claims.h), or NULL */
    const char *resource_id;       /* of a managed identity: claim xms_mirid; else NULL */
    bool is_public;                /* the client proved nothing: appidacr "0" */
    const struct app_roles *roles; /* claim roles, or NULL */
    /* In the name of a user (delegated); NULL: app-only, and none of what follows. */
    const struct user *user;
    const char *resource_app_id; /* claim sub is the user's for this resource alone */
    const char *scopes;          /* claim scp */
    const char *session_id;      /* claim sid, or NULL */
};

/*
 * A signed access token: iat and nbf lie 300 s before now. `expires_in` gets the seconds until exp,
 * counted from request->now. NULL and err only when signing or memory fails.
 */
char *entra_issue(struct request *request, const struct token_grant *grant, int64_t *expires_in,
    struct azb_error *err);

/* What a client learns about the user: OpenID Connect Core section 2. */
struct id_token_grant {
    const char *client_app_id; /* claim aud */
    const struct user *user;
    const char *nonce;             /* or NULL */
    const char *session_id;        /* or NULL */
    const struct app_roles *roles; /* at the client */
    int64_t signed_in;             /* ticks: auth_time */
    int version;                   /* of the endpoint */
    bool adfs;                     /* the issuer is that of the document below /adfs */
};
/* Signed; NULL and err only when signing or memory fails. */
char *entra_issue_id_token(
    struct request *request, const struct id_token_grant *grant, struct azb_error *err);

/* Claim sub: the same user is another one to each application (pairwise, OpenID Connect Core
 * section 8.1). In the arena; NULL without memory. */
char *entra_subject(struct request *request, const char *app_id, const char *user_object_id);
/* "https://sts.windows.net/TENANT/" of the tenant where the user's account lives. */
char *entra_home_issuer(struct request *request, const struct user *user);

enum token_header {
    TOKEN_HEADER_V1, /* kid and x5t, which are the same */
    TOKEN_HEADER_V2, /* kid */
};
/* Signs the claims with the key that signs now; NULL and err. */
char *entra_sign(
    struct request *request, enum token_header form, struct text claims, struct azb_error *err);

/* For all tokens from now on, those of managed identities too; 0: random again. */
void entra_set_token_lifetime(struct entra *entra, int64_t seconds);
int64_t entra_token_lifetime(struct entra *entra);

/* On: an assertion is good for one token. Off (as in Entra) it may be used until it expires. */
void entra_set_single_use_assertions(struct entra *entra, bool on);
bool entra_single_use_assertions(struct entra *entra);

enum entra_refresh_mode {
    ENTRA_REFRESH_REUSED, /* as Entra: a refresh token may be used again */
    ENTRA_REFRESH_STRICT, /* one use each; a second one revokes its family (RFC 9700, 4.14.2) */
};
void entra_set_refresh_mode(struct entra *entra, enum entra_refresh_mode mode);
enum entra_refresh_mode entra_refresh_mode(struct entra *entra);

/* On: who understands claims challenges (cp1) gets access tokens of 20 to 28 hours, as Entra gives
 * them for resources with continuous access evaluation; Batch is not documented to be one. */
void entra_set_cae_tokens(struct entra *entra, bool on);
bool entra_cae_tokens(struct entra *entra);

/* On: who polls for a device code that is not answered yet hears slow_down (RFC 8628 section 3.5)
 * instead of authorization_pending. */
void entra_set_slow_down(struct entra *entra, bool on);
bool entra_slow_down(struct entra *entra);

/* "https://sts.windows.net/TENANT/": issuer of access tokens of version 1, in the arena; and
 * "BASE/TENANT/v2.0", of version 2. */
char *entra_token_issuer(struct request *request);
char *entra_token_issuer_v2(struct request *request);

/*
 * The service's own address as this client wrote it: "https://HOST" from the Host header when that
 * is a name we stand for (loopback with our port, the public login hosts), else base_url.
 */
char *entra_base_url(struct request *request);

#endif
