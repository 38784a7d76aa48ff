/*
 * cli/access_token.h - what would be wrong with a token before any role is asked: services look at
 * it first, and refuse with 401.
 */
#ifndef CLI_ACCESS_TOKEN_H
#define CLI_ACCESS_TOKEN_H

#include "cli/session.h"

/* The first thing that is wrong; `reason` NULL: nothing that its claims show. The signature is not
 * looked at: only whom the token is for can check it. */
struct token_problem {
    const char
        *reason; /* "expired", "notYet", "audience", "tenant", "kind": as azbd's log has it */
    const char *detail; /* a sentence, or two */
};

/* The claims of the token that azb would send to the endpoint. NULL and err: there is none. */
const struct json *access_token_own(
    struct session *session, enum endpoint endpoint, struct azb_error *err);

/* The claims of somebody else's token: FILE or - ("@FILE" is understood). NULL and err. */
const struct json *access_token_read(
    struct session *session, const char *path, struct azb_error *err);

/* `tenant`: where the subscription belongs, or NULL; `now_s`: seconds since 1970. False: out of
 * memory. */
AZB_MUST_CHECK bool access_token_check(struct session *session, const struct json *claims,
    enum endpoint endpoint, const char *tenant, int64_t now_s, struct token_problem *out,
    struct azb_error *err);

#endif
