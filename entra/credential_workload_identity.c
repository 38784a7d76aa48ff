/*
 * Workload identity: the token of another issuer (Kubernetes, a CI service), which Entra was told
 * to trust, stands in a file and is the client assertion. The file is read for each new token,
 * because its writer replaces it long before it expires.
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation
 */
#include "entra/client_proof.h"

#include "base/error.h"
#include "entra/chain.h"

static const struct credential_kind workload_identity = {
    .name = "workload_identity",
    .acquire = client_proof_acquire,
    .free_state = client_proof_free,
    .is_application = true,
};

static const char *or_variable(
    const char *option, const struct entra_environment *world, const char *name)
{
    const char *value = option ? option : world_variable(world, name);
    return value && value[0] ? value : NULL;
}

static bool check_complete(
    const struct azb_workload_identity_options *options, struct azb_error *err)
{
    if (options->tenant_id && options->client_id && options->token_file_path)
        return true;
    return fail_unavailable(err, "workload identity is not configured; missing:%s%s%s",
        options->tenant_id ? "" : " AZURE_TENANT_ID", options->client_id ? "" : " AZURE_CLIENT_ID",
        options->token_file_path ? "" : " AZURE_FEDERATED_TOKEN_FILE");
}

struct azb_credential *workload_identity_new(const struct azb_workload_identity_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct azb_workload_identity_options own;
    if (!options_read(&own, sizeof(own), options, err))
        return NULL;
    own.tenant_id = or_variable(own.tenant_id, world, "AZURE_TENANT_ID");
    own.client_id = or_variable(own.client_id, world, "AZURE_CLIENT_ID");
    own.token_file_path = or_variable(own.token_file_path, world, "AZURE_FEDERATED_TOKEN_FILE");
    own.authority_host = or_variable(own.authority_host, world, "AZURE_AUTHORITY_HOST");
    own.ca_file = or_variable(own.ca_file, world, "AZB_CA_FILE");
    if (!check_complete(&own, err))
        return NULL;
    struct client_proof *proof = client_proof_file(own.token_file_path, err);
    if (!proof)
        return NULL;
    struct credential_names names = CREDENTIAL_NAMES(own);
    return credential_new(&workload_identity, proof, &names, world, err);
}

struct azb_credential *azb_credential_workload_identity(
    const struct azb_workload_identity_options *options, struct azb_error *err)
{
    return workload_identity_new(options, NULL, err);
}
