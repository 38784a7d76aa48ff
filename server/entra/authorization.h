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
#define USER_CODE_TEXT 10 /* with the NUL */
#define REFRESH_TOKEN_LIFETIME_S (90LL * 24 * 3600)
#define SPA_REFRESH_TOKEN_LIFETIME_S (24 * 3600) /* of all that came of one code */

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

/* What a redirect or a device got, as the store has it. */
struct authorization_code {
    struct authorization authorization;
    unsigned char hash[SHA256_BYTES];
    int64_t expires;    /* ticks */
    const char *family; /* of the refresh tokens that came of it; NULL: not redeemed */
};

/* A new code, in the arena; 256 random bits. In work that writes. */
bool authorization_code_make(struct request *request, const struct authorization *authorization,
    char **code, struct azb_error *err);

/* NOT_FOUND: there is none. Expired and redeemed ones are found: they are told apart. */
bool authorization_code_read(struct request *request, struct text code,
    struct authorization_code *out, struct azb_error *err);
/* *won false: somebody else redeemed it meanwhile. In work that writes. */
bool authorization_code_redeem(struct request *request, const struct authorization_code *code,
    const char *family, bool *won, struct azb_error *err);

struct device_code {
    int64_t row;
    struct authorization authorization; /* user_id NULL until somebody answered, and if declined */
    const char *user_code;
    int64_t expires; /* ticks */
    bool answered;
    bool redeemed;
};

/* What the client's device shows and keeps, in the arena. In work that writes. */
struct device_codes {
    char *device_code;              /* 256 random bits */
    char user_code[USER_CODE_TEXT]; /* nine letters that nobody mistakes for others */
};
bool device_code_make(struct request *request, const struct authorization *authorization,
    struct device_codes *out, struct azb_error *err);
/* By what the client polls with; NOT_FOUND: there is none. Any state is found. */
bool device_code_read(struct request *request, struct text device_code, struct device_code *out,
    struct azb_error *err);
/* *won false: it was redeemed before. In work that writes. */
bool device_code_redeem(
    struct request *request, const struct device_code *code, bool *won, struct azb_error *err);

/* By what the user typed: any case, with or without dashes and spaces. NOT_FOUND: no such code,
 * already answered, or expired (err's code tells: AADSTS70018, 70019). */
bool device_code_find(
    struct request *request, struct text user_code, struct device_code *out, struct azb_error *err);
/* The user's answer: user_id NULL declines. In work that writes. */
bool device_code_answer(struct request *request, int64_t row, const char *user_id,
    const char *session_id, struct azb_error *err);

enum refresh_state {
    REFRESH_VALID,
    REFRESH_REVOKED, /* new password, code replayed, or another of its family was used twice */
    REFRESH_ROTATED, /* used once, when each is good for one use (entra_set_refresh_mode) */
};

struct refresh_token {
    struct authorization authorization; /* redirect_uri of the code (""), NULL of a device */
    unsigned char hash[SHA256_BYTES];
    const char *family;
    int64_t expires; /* ticks */
    enum refresh_state state;
};

/* The value of a new one, in the arena: it is worth something once it is added. */
char *refresh_token_value(struct request *request, struct azb_error *err);
/* What a new one is: it expires at `end` (ticks; 0: REFRESH_TOKEN_LIFETIME_S from now). */
struct new_refresh_token {
    struct text value;
    const char *family;
    int64_t end;
};
/* In work that writes. */
bool refresh_token_add(struct request *request, const struct new_refresh_token *what,
    const struct authorization *authorization, struct azb_error *err);
/* NOT_FOUND: there is none. Expired and revoked ones are found. */
bool refresh_token_read(
    struct request *request, struct text value, struct refresh_token *out, struct azb_error *err);
/* Marks it as used; *won false: it was before. In work that writes. */
bool refresh_token_rotate(
    struct request *request, const struct refresh_token *token, bool *won, struct azb_error *err);
/* All of the family. In work that writes. */
bool refresh_family_revoke(struct request *request, const char *family, struct azb_error *err);

#endif
