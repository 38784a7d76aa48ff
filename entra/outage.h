/*
 * entra/outage.h - what a credential remembers of a service that asked to be left alone
 * (Retry-After, RFC 9110 section 10.2.3): until then it is not asked again.
 */
#ifndef ENTRA_OUTAGE_H
#define ENTRA_OUTAGE_H

#include <pthread.h>
#include <stdint.h>
#include <azb/error.h>

/* Times are milliseconds of the credential's clock. */
struct outage {
    pthread_mutex_t lock;
    int64_t until_ms;
    struct azb_error failure;
};

void outage_init(struct outage *outage);

/* The service, not the identity, is the problem: another time the same request may succeed. */
bool outage_is(const struct azb_error *failure);

/* Remembers a failure that came with a Retry-After; others leave no trace. */
void outage_note(struct outage *outage, int64_t now_ms, const struct azb_error *failure);

/* False while it lasts, with the remembered error and in retry_after_ms what is left of it. */
AZB_MUST_CHECK bool outage_check(struct outage *outage, int64_t now_ms, struct azb_error *err);

#endif
