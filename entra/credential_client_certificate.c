/*
 * An application with a certificate: the client credentials grant with a signed assertion in the
 * secret's place (RFC 7523 section 2.2).
 */
#include "entra/client_proof.h"

static const struct credential_kind client_certificate = {
    .name = "client_certificate",
    .acquire = client_proof_acquire,
    .free_state = client_proof_free,
    .is_application = true,
};

struct azb_credential *client_certificate_new(const struct azb_client_certificate_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct azb_client_certificate_options own;
    if (!options_read(&own, sizeof(own), options, err))
        return NULL;
    struct certificate_source source = {
        .path = own.certificate_path,
        .pem = own.certificate_pem,
        .password = own.certificate_password,
        .send_chain = own.send_certificate_chain,
        .algorithm = own.algorithm,
    };
    struct client_proof *proof = client_proof_certificate(&source, err);
    if (!proof)
        return NULL;
    struct credential_names names = CREDENTIAL_NAMES(own);
    return credential_new(&client_certificate, proof, &names, world, err);
}

struct azb_credential *azb_credential_client_certificate(
    const struct azb_client_certificate_options *options, struct azb_error *err)
{
    return client_certificate_new(options, NULL, err);
}
