/*
 * failure.h - requests that fail because a test wants it (/_azb/failures): rules, and what they do
 * to a request. Nothing is random: a share of 0.25 fails every fourth request that fits.
 *
 * Safe from all threads.
 */
#ifndef SERVER_FAILURE_H
#define SERVER_FAILURE_H

#include "request.h"

#define FAILURE_RULES_MAX 32
#define FAILURE_PATH_MAX 256

struct failure_rule {
    int64_t id;                  /* set by failures_add() */
    enum plane plane;            /* PLANES: of any plane but /_azb/ */
    char method[8];              /* "" is any */
    char path[FAILURE_PATH_MAX]; /* what the path begins with; "" is any */
    int status;                  /* of the answer; 0 ends the connection without one */
    int64_t retry_after_s;       /* negative: no Retry-After */
    double share;                /* of the requests that fit, above 0 to 1 */
    int64_t left;                /* so many more fail; negative: without end */
    int64_t failed;              /* so many have failed */
    double owed;                 /* the share of those that passed */
};

struct failures;

struct failures *failures_new(struct azb_error *err);
void failures_free(struct failures *failures); /* NULL is legal */

/* CONFLICT when there is no room; else `rule` has its id. */
bool failures_add(struct failures *failures, struct failure_rule *rule, struct azb_error *err);
bool failures_remove(struct failures *failures, int64_t id); /* false: there is none */
void failures_clear(struct failures *failures);
/* At most FAILURE_RULES_MAX into `out`, oldest first; the answer is how many. */
size_t failures_list(struct failures *failures, struct failure_rule *out);

enum failure_effect {
    FAILURE_NONE,
    FAILURE_ANSWER, /* err is the answer */
    FAILURE_RESET,  /* the connection ends without one */
};

/* What happens to this request, by the first rule that strikes; `failures` NULL: nothing. */
enum failure_effect failures_strike(
    struct failures *failures, const struct request *request, struct azb_error *err);

#endif
