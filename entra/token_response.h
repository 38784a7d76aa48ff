/*
 * entra/token_response.h - what a token endpoint answers: a token (RFC 6749 section 5.1) or an
 * error (section 5.2 with Entra's additions), read without trusting it.
 */
#ifndef ENTRA_TOKEN_RESPONSE_H
#define ENTRA_TOKEN_RESPONSE_H

#include <azb/entra.h>
#include "base/arena.h"
#include "base/http.h"

struct json;

#define LIFETIME_MAX_S (10LL * 365 * 24 * 3600)

/* A new token, as the service gave it. The string lives in the arena of the request. */
struct token_reply {
    char *access_token;
    int64_t expires_in;  /* seconds, 1 to LIFETIME_MAX_S */
    int64_t refresh_in;  /* seconds, at most expires_in; 0 when the service does not say */
    int64_t answered_on; /* by the service's clock, in seconds; 0 when it does not say */

    /* Of a user, else NULL. */
    char *refresh_token;
    char *scope;     /* what was granted; NULL: what was asked for */
    char *family_id; /* foci */
    char *id_token;
    /* From client_info, or without one from the ID token: "uid.utid". */
    char *home_account_id;
    /* From the ID token, which came from the token endpoint itself and so needs no signature check
     * (OpenID Connect Core 1.0 section 3.1.3.7, point 6). */
    char *username, *name, *object_id, *tenant_id;
    char *nonce; /* to be compared by whoever sent one */
};

/* A 200 answer. False and err (PROTOCOL) when it is no usable Bearer token. */
AZB_MUST_CHECK bool token_response_read(
    struct text body, struct arena *arena, struct token_reply *reply, struct azb_error *err);

/* Any other answer: always false, with err filled as far as the body allows: code "AADSTS..." or
 * the OAuth word, the first line of the description, what to do next where that is known,
 * correlation id
 * (`correlation_id` when the body has none; may be NULL), claims, Retry-After. */
bool token_response_fail(const struct http_response *response, const char *correlation_id,
    struct arena *arena, struct azb_error *err);

/* Parts for those who read tokens of other sources. */

/* Seconds as a number, or, as v1 endpoints write them, as a string of digits. What is neither, or
 * negative, leaves `seconds` alone. */
bool token_seconds(const struct json *value, int64_t *seconds);
/* RFC 6750 section 2.1: what may stand behind "Bearer ". Also keeps line ends out of the header. */
bool token_is_bearer(struct text token);
/* The first line of a text for people, cut and without what could move a terminal's cursor; NULL:
 * out of memory. */
char *token_first_line(struct text description, struct arena *arena);

/* What to do about "AADSTS7000215" and its like; NULL when there is nothing special to say. */
const char *token_advice(int64_t code);

#endif
