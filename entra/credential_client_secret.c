/*
 * An application with a client secret: the client credentials grant of RFC 6749 section 4.4.
 */
#include "entra/client_proof.h"

#include "base/error.h"

static const struct credential_kind client_secret = {
    .name = "client_secret",
    .acquire = client_proof_acquire,
    .free_state = client_proof_free,
    .is_application = true,
};

struct azb_credential *client_secret_new(const struct azb_client_secret_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct azb_client_secret_options own;
    if (!options_read(&own, sizeof(own), options, err))
        return NULL;
    if (own.client_secret && own.client_secret_path) {
        fail(err, AZB_ERROR_ARGUMENT,
            "client_secret and client_secret_path are both set: give one of them");
        return NULL;
    }
    struct client_proof *proof = own.client_secret_path
                                     ? client_proof_secret_file(own.client_secret_path, err)
                                     : client_proof_secret(own.client_secret, err);
    if (!proof)
        return NULL;
    struct credential_names names = CREDENTIAL_NAMES(own);
    return credential_new(&client_secret, proof, &names, world, err);
}

struct azb_credential *azb_credential_client_secret(
    const struct azb_client_secret_options *options, struct azb_error *err)
{
    return client_secret_new(options, NULL, err);
}
