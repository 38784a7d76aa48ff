/*
 * batch/challenge.h - reads the challenges of a 401 (WWW-Authenticate, RFC 9110 section 11.6.1).
 */
#ifndef BATCH_CHALLENGE_H
#define BATCH_CHALLENGE_H

#include "base/arena.h"
#include "base/text.h"

/*
 * The claims that a Bearer challenge with error="insufficient_claims" asks for: its `claims`,
 * base64 or base64url, decoded, in the arena. NULL when `header` has no such challenge, is not
 * well-formed up to it, or what it has is not a JSON object. Several challenges in one header,
 * parameters in any order, names in any case. Source: Microsoft identity platform documentation,
 * "Claims challenges, claims requests, and client capabilities".
 */
char *challenge_claims(struct text header, struct arena *arena);

#endif
