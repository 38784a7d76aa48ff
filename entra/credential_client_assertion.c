/*
 * An application whose program makes the assertion by itself, from a key that it keeps elsewhere or
 * with another issuer's help (RFC 7523 section 2.2).
 */
#include "entra/client_proof.h"

static const struct credential_kind client_assertion = {
    .name = "client_assertion",
    .acquire = client_proof_acquire,
    .free_state = client_proof_free,
    .is_application = true,
};

struct azb_credential *client_assertion_new(const struct azb_client_assertion_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct azb_client_assertion_options own;
    if (!options_read(&own, sizeof(own), options, err))
        return NULL;
    struct client_proof *proof = client_proof_callback(own.assertion, own.assertion_context, err);
    if (!proof)
        return NULL;
    struct credential_names names = CREDENTIAL_NAMES(own);
    return credential_new(&client_assertion, proof, &names, world, err);
}

struct azb_credential *azb_credential_client_assertion(
    const struct azb_client_assertion_options *options, struct azb_error *err)
{
    return client_assertion_new(options, NULL, err);
}
