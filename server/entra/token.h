/*
 * entra/token.h - the token endpoint: one function a grant, and client authentication.
 */
#ifndef SERVER_ENTRA_TOKEN_H
#define SERVER_ENTRA_TOKEN_H

#include "base/jwt.h"
#include "directory/app_role.h"
#include "directory/client.h"
#include "directory/user.h"
#include "entra/authorization.h"
#include "entra/form.h"
#include "entra/scopes.h"

/* The endpoint that was asked; it decides parameters and the reply's form. */
enum token_version {
    TOKEN_V1, /* resource=, numbers as strings */
    TOKEN_V2, /* scope= */
};

/* Who asks, once authenticated. */
struct token_client {
    struct client client;
    bool by_certificate;
    bool is_public; /* it proved nothing, and need not */
};

/* What a grant answers with; what is absent is not written. */
struct token_answer {
    const char *access_token;
    int64_t expires_in;
    struct text resource; /* v1 repeats it */
    const char *scope;    /* delegated grants: as Entra writes it, full URIs for all but Graph */
    const char *refresh_token, *id_token, *client_info;
    bool family; /* foci "1": Microsoft's own family of clients shares the refresh token */
};

struct token_request;

/* In work that writes, after all is signed: redeems what the grant consumes, or refuses. */
typedef bool consume_fn(struct token_request *token, struct azb_error *err);

/* A token request on its way. */
struct token_request {
    struct request *request;
    struct form form;
    enum token_version version;
    bool adfs;          /* the tenant was written "adfs": v1 paths take scope= too */
    struct text tenant; /* as written */
    struct token_client who;
    struct token_answer answer;
    consume_fn *consume;      /* NULL: the grant only reads */
    void *consumed;           /* the grant's own, for `consume` */
    struct azb_error refused; /* set by a `consume` that refuses and writes all the same */
};

/* POST .../oauth2/token and .../oauth2/v2.0/token: rows of entra/routes.c. `prepare` reads, checks
 * and signs; `serve` consumes, if there is something, and replies. */
bool token_prepare_v1(struct request *request, struct azb_error *err);
bool token_prepare_v2(struct request *request, struct azb_error *err);
bool token_serve(struct request *request, struct reply *reply, struct azb_error *err);

/* Client authentication (RFC 6749 section 2.3, RFC 7521): client_secret in the body or by Basic, or
 * client_assertion; exactly one. False: 400 or 401 with the AADSTS number that says why. */
bool authenticate_client(
    struct token_request *token, struct token_client *out, struct azb_error *err);

/* The same for grants that public clients may use, too: with no credential at all `is_public` is
 * set, and the grant asks client_may_be_public() as soon as it knows where its code went. */
bool identify_client(struct token_request *token, struct token_client *out, struct azb_error *err);
/* AADSTS7000218 when the client proved nothing and has to. redirect_uri "" is the only
 * registered one; NULL: there was none (device code), and the application must say of itself that
 * it is public. */
bool client_may_be_public(
    struct token_request *token, const char *redirect_uri, struct azb_error *err);

/* The assertion alone (entra/assertion.c): signed by a certificate of the application, for us, now.
 * `client_id` TEXT_NONE: nobody said; `out` then has the assertion's. */
bool assertion_client_id(struct token_request *token, struct text *out, struct azb_error *err);
bool assertion_check(
    struct token_request *token, const struct client *client, struct azb_error *err);

/* A token of another issuer (entra/assertion_federated.c), by a federated credential. */
bool assertion_is_federated(const struct jwt *jwt);
bool assertion_federated_check(struct token_request *token, const struct client *client,
    const struct jwt *jwt, struct azb_error *err);
/* Whether it is within its time (exp required; SKEW_S is let pass); AADSTS700024 when not. */
struct period {
    int64_t from, to; /* unix seconds */
};
bool assertion_period(
    struct request *request, const struct jwt *jwt, struct period *out, struct azb_error *err);

/* ---- Grants (entra/token_*.c) ---------------------------------------------------------------- */

bool token_grant_code(struct token_request *token, struct azb_error *err);
bool token_grant_refresh(struct token_request *token, struct azb_error *err);
bool token_grant_device(struct token_request *token, struct azb_error *err);
bool token_grant_on_behalf_of(struct token_request *token, struct azb_error *err);

/* ---- Single-page applications (entra/token_spa.c) ---------------------------------------------
 */

/* For a grant whose code went to redirect_uri (NULL: nowhere): whether that is one of a single-page
 * application. False: it is and the request is of one origin (AADSTS9002327), or it is not and the
 * request is of another (AADSTS9002326). */
bool spa_check(
    struct token_request *token, const char *redirect_uri, bool *is_spa, struct azb_error *err);
/* On all replies of the token endpoint: scripts at a registered origin may read them. */
void token_allow_origin(struct request *request, struct reply *reply);
bool token_serve_options(struct request *request, struct reply *reply, struct azb_error *err);

/* When a delegated grant returns a refresh token. */
enum refresh_wish {
    REFRESH_IF_ASKED, /* scope offline_access; always on v1 */
    REFRESH_ALWAYS,
};

/* Who allowed what, on its way to tokens. */
struct delegation {
    struct authorization authorization;
    enum refresh_wish wish;
    const char *family;  /* of the refresh token; NULL makes one */
    int64_t refresh_end; /* ticks: when it expires; 0: REFRESH_TOKEN_LIFETIME_S from now */
    struct scopes scopes;
    struct user user;
    struct app_roles client_roles, resource_roles; /* by delegation_sign() */
};

/*
 * Signs what the user of `delegation` allowed and the request asks for: access token, ID token,
 * client_info, refresh token. The answer is filled; delegation_keep() adds the refresh token in
 * the grant's `consume`. `delegation` lives in the arena.
 */
bool delegation_sign(
    struct token_request *token, struct delegation *delegation, struct azb_error *err);
bool delegation_keep(
    struct token_request *token, const struct delegation *delegation, struct azb_error *err);

#endif
