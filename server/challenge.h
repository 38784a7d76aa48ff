/*
 * challenge.h - claims challenges on the Batch plane because a test wants them (/_azb/challenges).
 *
 * An application that is challenged is answered 401 insufficient_claims, whatever its token, until
 * it shows one that has the claims: then Batch goes on as usual, and an older token is challenged
 * again. Real Batch is not known to do this; the form is that of Microsoft's documentation "Claims
 * challenges, claims requests, and client capabilities". Safe from all threads.
 */
#ifndef SERVER_CHALLENGE_H
#define SERVER_CHALLENGE_H

#include "base/crypto.h"
#include "base/json.h"
#include "request.h"

#define CHALLENGES_MAX 16
#define CHALLENGE_CLAIMS_MAX 1024

struct challenge {
    char client_id[GUID_TEXT];
    char claims[CHALLENGE_CLAIMS_MAX]; /* {"access_token":{"nbf":{"essential":true,...}}} */
    int64_t refused;                   /* requests that were answered with it */
};

struct challenges;

struct challenges *challenges_new(struct azb_error *err);
void challenges_free(struct challenges *challenges); /* NULL is legal */

/* Replaces the one of that application. CONFLICT when there is no room. */
bool challenges_add(
    struct challenges *challenges, const struct challenge *challenge, struct azb_error *err);
void challenges_clear(struct challenges *challenges);
/* At most CHALLENGES_MAX into `out`; the answer is how many. */
size_t challenges_list(struct challenges *challenges, struct challenge *out);

/* Of a request whose token was verified. False: 401, and err->claims has what is asked for.
 * `challenges` NULL: nobody is challenged. */
bool challenges_check(
    struct challenges *challenges, struct request *request, struct azb_error *err);

/* Does a token's payload have what `claims` asks of access tokens? `nbf` is reached by a later one;
 * any other claim must be the value, or an array that holds it. */
bool challenge_met(const struct json *claims, const struct json *payload);

#endif
