/*
 * entra/authorization.h - what a user allowed, on its way from the page to the token endpoint:
 * authorization codes, device codes, refresh tokens. Kept as hashes in the store.
 *
 * RFC 6749 section 4.1.2, RFC 7636, RFC 8628, RFC 9700 section 2.1.1, 4.5 and 4.14.
 */
#ifndef SERVER_ENTRA_AUTHORIZATION_H
#define SERVER_ENTRA_AUTHORIZATION_H

#include "request.h"
#include "store/store.h"

#define CODE_LIFETIME_S 600
#define DEVICE_CODE_LIFETIME_S 900
#define DEVICE_CODE_INTERVAL_S 5
#define REFRESH_TOKEN_LIFETIME_S (90LL * 24 * 3600)

/* What was allowed, and to whom. Strings are NULL when absent. */
struct authorization {
    const char *client_app_id;
    const char *user_id;  /* object id */
    const char *scope;    /* as the client asked, normalized; OIDC scopes too */
    const char *resource; /* v1: the resource; NULL for v2 */
    const char *redirect_uri;
    const char *nonce;
    const char *code_challenge;
    bool challenge_is_plain;
    int64_t signed_in;      /* ticks: when the user proved who they are (auth_time) */
    const char *session_id; /* sid; what signing out ends */
};

/* A new code, in the arena; 256 random bits. In work that writes. */
bool authorization_code_make(struct request *request, const struct authorization *authorization,
    char **code, struct azb_error *err);

struct device_code {
    int64_t row;
    struct authorization authorization; /* user_id NULL until somebody answered */
    const char *user_code;
    int64_t expires; /* ticks */
    bool answered;
};

/* By what the user typed: any case, with or without dashes and spaces. NOT_FOUND: no such code,
 * already answered, or expired (err's code tells: AADSTS70018, 70019). */
bool device_code_find(
    struct request *request, struct text user_code, struct device_code *out, struct azb_error *err);
/* The user's answer: user_id NULL declines. In work that writes. */
bool device_code_answer(struct request *request, int64_t row, const char *user_id,
    const char *session_id, struct azb_error *err);

/* The user's refresh tokens of a session (sign-out), or all of them (session_id NULL). In work that
 * writes. Access tokens live until they expire. */
bool authorization_revoke(
    struct request *request, const char *user_id, const char *session_id, struct azb_error *err);

#endif
