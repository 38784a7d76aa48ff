/*
 * entra/chain.h - several credentials as one, and the difference that it goes by: an identity that
 * is not there (azure-identity's CredentialUnavailableError) or one that was refused.
 */
#ifndef ENTRA_CHAIN_H
#define ENTRA_CHAIN_H

#include "entra/credential.h"

/* CONFIGURATION with AZB_CODE_UNAVAILABLE; false, as fail(). */
bool fail_unavailable(struct azb_error *err, const char *format, ...) AZB_PRINTF(2, 3);
/* Says of an error that is set that the identity is not there. False. */
bool mark_unavailable(struct azb_error *err);
bool is_unavailable(const struct azb_error *err);

/* One that may be asked, or the reason why it cannot. */
struct chain_member {
    const char *name; /* must outlive the chain */
    struct azb_credential *credential;
    struct azb_error problem; /* when there is no credential */
};

#define CHAIN_MEMBERS_MAX 32

/* Owns the credentials from here on, also when it fails; the members are copied. */
struct azb_credential *chain_new(const struct chain_member *members, size_t count,
    const struct entra_environment *world, struct azb_error *err);

#endif
