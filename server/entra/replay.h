/*
 * entra/replay.h - the client assertions that were used and have not expired (RFC 7523 section 3,
 * point 7), in memory.
 *
 * Entra itself takes the same assertion again while it is valid, and MSAL Python relies on it: it
 * signs one every nine minutes and uses it for every token in between. So an identical assertion is
 * let through, and another assertion with the same jti is refused. With `single_use` (a switch for
 * tests of clients) the identical one is refused, too.
 */
#ifndef SERVER_ENTRA_REPLAY_H
#define SERVER_ENTRA_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <azb/error.h>
#include "base/text.h"

#define REPLAY_MAX 65536 /* assertions at once; above it those nearest to expiry are forgotten */

struct replay;

enum replay_verdict {
    REPLAY_FRESH,    /* not seen */
    REPLAY_SAME,     /* this very assertion was used before */
    REPLAY_CONFLICT, /* another assertion with this jti was used before */
};

struct replay *replay_new(struct azb_error *err);
void replay_free(struct replay *replay); /* NULL is legal */

/* Remembers (client, jti) -> assertion until `expires_s`. False only without memory. */
bool replay_note(struct replay *replay, struct text client_id, struct text jti,
    struct text assertion, int64_t expires_s, int64_t now_s, enum replay_verdict *verdict,
    struct azb_error *err);

#endif
