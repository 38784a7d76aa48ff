/*
 * entra/loopback.h - the listener on 127.0.0.1 to which the browser brings the answer of a sign-in
 * (RFC 8252 section 7.3). It speaks just enough HTTP for that and believes nothing: only a request
 * with the right Host, path and state ends the wait, everything else is answered and forgotten.
 */
#ifndef ENTRA_LOOPBACK_H
#define ENTRA_LOOPBACK_H

#include <azb/entra.h>
#include "base/arena.h"
#include "base/text.h"
#include "entra/flight.h"

#define LOOPBACK_HEAD_MAX ((size_t)16 * 1024)
#define LOOPBACK_BODY_MAX ((size_t)64 * 1024)

/* A redirect URI of a native application, taken apart. The strings live in the arena. */
struct loopback_address {
    const char *host; /* "localhost", "127.0.0.1" or "[::1]" */
    int port;         /* 0: any free one */
    const char *path; /* as in the URI: "" or "/..." */
};

/* NULL is http://localhost. ARGUMENT: not http, another host, a query, a fragment, a user name. */
AZB_MUST_CHECK bool loopback_address_read(const char *redirect_uri, struct arena *arena,
    struct loopback_address *out, struct azb_error *err);

/* ---- The parser: bytes in, verdict out ---- */

/* The request that is waited for. */
struct loopback_expected {
    const char *host; /* "localhost:1234" */
    const char *path; /* "" is "/" */
    const char *state;
};

enum loopback_verdict {
    LOOPBACK_MORE,    /* the request is not complete */
    LOOPBACK_REFUSED, /* answer with `status`, and go on waiting */
    LOOPBACK_ARRIVED, /* code or error is set */
};

/* The strings live in the arena. */
struct loopback_answer {
    int status; /* of LOOPBACK_REFUSED: 400, 404, 405, 411, 413, 414 */
    char *code;
    char *error;       /* OAuth's word, as RFC 6749 section 4.1.2.1 allows it */
    char *description; /* or NULL; what could move a cursor is gone */
};

/* Looks at all that a connection has sent so far. Without memory it is LOOPBACK_REFUSED with 500.
 */
enum loopback_verdict loopback_read(const struct loopback_expected *expected, struct text bytes,
    struct arena *arena, struct loopback_answer *out);

/* ---- The listener ---- */

struct loopback;

/* Listens. NULL and err: IO says why the port cannot be had. */
struct loopback *loopback_listen(const struct loopback_address *address, struct azb_error *err);
void loopback_free(struct loopback *loopback); /* NULL is legal; closes everything */

/* What goes into the authorization request: "http://localhost:1234/path". */
const char *loopback_redirect_uri(const struct loopback *loopback);

/* Waits for the request with this state. True: `answer`, and the browser waits for
 * loopback_finish(). False: TIMEOUT, CANCELLED, IO, MEMORY. */
AZB_MUST_CHECK bool loopback_wait(struct loopback *loopback, const char *state,
    struct patience patience, struct arena *arena, struct loopback_answer *answer,
    struct azb_error *err);

/* Shows the person the end of it: `failure` NULL is signed in. Then nobody listens any more. */
void loopback_finish(struct loopback *loopback, const struct azb_error *failure);

#endif
