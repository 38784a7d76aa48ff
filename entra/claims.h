/*
 * entra/claims.h - the claims parameter: what a challenge asks for, and what this client is able to
 * do ("cp1": it answers a claims challenge with a new token, so that tokens may live longer and be
 * revoked in between).
 * https://learn.microsoft.com/entra/identity-platform/claims-challenge
 */
#ifndef ENTRA_CLAIMS_H
#define ENTRA_CLAIMS_H

#include <azb/entra.h>
#include "base/arena.h"

/* The JSON of `challenge` (NULL: there is none) with the capability added, in the arena. NULL and
 * err: ARGUMENT when the challenge is no JSON object, MEMORY. */
char *claims_with_capability(const char *challenge, struct arena *arena, struct azb_error *err);

#endif
