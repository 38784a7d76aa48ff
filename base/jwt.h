/*
 * base/jwt.h - JSON Web Tokens, signed (RFC 7515, 7519), with RS256 or PS256 only.
 *
 * The caller names the algorithm; the header is compared with it and never obeyed (RFC 8725 3.1).
 */
#ifndef BASE_JWT_H
#define BASE_JWT_H

#include "base/crypto.h"
#include "base/json.h"

#define JWT_LENGTH_MAX (64 * 1024)

/* A token taken apart, nothing of it verified yet. */
struct jwt {
    struct text signed_part; /* header.payload, as written */
    struct text signature;   /* decoded */
    const struct json *header;
    const struct json *payload;
};

/* Tolerances that client assertions of real libraries need (see jwt_parse). */
enum jwt_form {
    JWT_STRICT,        /* access tokens: three unpadded base64url segments */
    JWT_ALLOW_PADDING, /* client assertions: '=' at the end of a segment is tolerated */
};

/* Three segments, base64url, JSON objects without duplicate members, size cap. Does not verify. */
bool jwt_parse(struct text token, enum jwt_form form, struct arena *arena, struct jwt *out,
    struct azb_error *err);

/* True when the header's "alg" is `padding`'s name and the signature is right for `key`. */
bool jwt_verify(const struct jwt *jwt, enum rsa_padding padding, const struct rsa_key *key);

/* "RS256" or "PS256". */
const char *jwt_algorithm(enum rsa_padding padding);

/* Signs `payload` (JSON). `header` is the whole header JSON; its alg must be `padding`'s.
 * The token, NUL-terminated in the arena; NULL and err otherwise. */
char *jwt_sign(const struct rsa_key *key, enum rsa_padding padding, struct text header,
    struct text payload, struct arena *arena, struct azb_error *err);

/* A NumericDate claim (seconds) that may be a number, a float or, tolerated, a string of digits.
 * 0 absent, 1 found, -1 present but not a date. */
int jwt_date(const struct json *payload, const char *claim, int64_t *seconds);

#endif
