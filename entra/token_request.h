/*
 * entra/token_request.h - the only place that asks a token endpoint.
 *
 * A POST with a form (RFC 6749 section 4.4.2); nothing secret ever stands in the URL. Everything
 * that held a secret is overwritten before it is freed.
 */
#ifndef ENTRA_TOKEN_REQUEST_H
#define ENTRA_TOKEN_REQUEST_H

#include "base/crypto.h"
#include "entra/flight.h"
#include "entra/token_response.h"

/* What every grant says, whatever the identity. */
struct token_ask {
    const char *scope;
    const char *claims;  /* of a challenge, or NULL */
    const char *refused; /* the token that was challenged, when it is known */
    /* For a kind that asks one which keeps tokens by itself: see struct azb_token_request. */
    int64_t min_valid_s;
    bool force;
    struct patience patience;
    bool in_background; /* nobody waits for it: no person may be asked */
};

struct form_field {
    const char *name;
    struct text value; /* unencoded */
};

#define FORM_FIELDS_MAX 10

/* One request to a token endpoint. */
struct token_request {
    const char *endpoint;
    const char *client_id;
    const struct token_ask *ask;
    struct form_field fields[FORM_FIELDS_MAX]; /* the grant and how the client proves itself */
    size_t field_count;
    bool is_capable;  /* of answering claims challenges, which the claims then say (claims.h) */
    int64_t dated_on; /* seconds: when the client's own assertion in it says that it is; 0: none */
    bool once; /* not to be sent again after a lost connection: it holds an assertion, whose id
                  (jti) may be accepted once only */
};

/* More than FORM_FIELDS_MAX is a caller's bug. The value must outlive the request. */
void token_request_add(struct token_request *request, const char *name, struct text value);

/* Arenas that held secrets are overwritten. */
#define scoped_secret_arena __attribute__((cleanup(arena_wipe)))

/* Sends the form and gives the answer as it is, whatever its status; `correlation_id` is the one
 * that was sent. For endpoints that answer no token (device authorization). */
AZB_MUST_CHECK bool token_request_post(const struct token_request *request,
    struct http_client *http, struct arena *arena, struct http_response *response,
    char correlation_id[GUID_TEXT], struct azb_error *err);

/* The reply's strings live in `arena`, which the caller wipes; of a refusal it has the date only.
 */
AZB_MUST_CHECK bool token_request_send(const struct token_request *request,
    struct http_client *http, struct arena *arena, struct token_reply *reply,
    struct azb_error *err);

#endif
