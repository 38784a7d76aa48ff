/*
 * entra/requested_claims.h - the `claims` parameter: what a client wants in its access token,
 * mostly because a resource challenged it (OpenID Connect Core section 5.5; challenge.h).
 */
#ifndef SERVER_ENTRA_REQUESTED_CLAIMS_H
#define SERVER_ENTRA_REQUESTED_CLAIMS_H

#include "base/json.h"
#include "request.h"

#define REQUESTED_CLAIMS_MAX 8192 /* characters of the parameter */

/* The member access_token of the parameter, in the arena; NULL when there is none, or nothing is
 * asked for. False: 400, it is not a JSON object, too long, or asks for more
 * authentication contexts than a token has room for. */
bool requested_claims_read(
    struct request *request, struct text parameter, const struct json **out, struct azb_error *err);

/* The nbf of a token issued at `now_s` that would have `usual_s`: an asked one is reached, but
 * never lies in the future. */
int64_t requested_not_before(const struct json *asked, int64_t usual_s, int64_t now_s);

/* Whether the client says that it understands claims challenges. */
bool requested_cp1(const struct json *asked);

/* Writes the claims that are given to whoever asks: acrs (authentication contexts), because there
 * is no conditional access here that could refuse one; xms_cc (the client understands claims
 * challenges: "cp1"). */
void requested_claims_write(struct json_writer *writer, const struct json *asked);

#endif
