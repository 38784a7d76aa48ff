/*
 * An application with a client secret: the client credentials grant of RFC 6749 section 4.4, the
 * secret in the form (client_secret_post), which Entra and AD FS both take.
 */
#include "entra/credential.h"

#include "base/crypto.h"
#include "base/error.h"

static bool acquire(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    struct token_request request;
    if (!credential_request(credential, ask, &request, err))
        return false;
    token_request_add(&request, "grant_type", TEXT("client_credentials"));
    token_request_add(&request, "client_secret", text_of(credential->state));
    return token_request_send(&request, credential->http, arena, reply, err);
}

static void free_state(void *secret)
{
    secret_wipe_string(secret);
    memory_free(secret);
}

static const struct credential_kind client_secret = {
    .name = "client_secret",
    .acquire = acquire,
    .free_state = free_state,
    .is_application = true,
};

struct azb_credential *client_secret_new(const struct azb_client_secret_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct azb_client_secret_options own;
    if (!options_read(&own, sizeof(own), options, err))
        return NULL;
    if (!own.client_secret || !own.client_secret[0]) {
        fail(err, AZB_ERROR_ARGUMENT, "client_secret is missing: give the secret's value");
        return NULL;
    }
    char *secret = memory_string(own.client_secret);
    if (!secret) {
        fail_memory(err);
        return NULL;
    }
    struct credential_names names = {
        .tenant_id = own.tenant_id,
        .client_id = own.client_id,
        .authority_host = own.authority_host,
        .ca_file = own.ca_file,
    };
    return credential_new(&client_secret, secret, &names, world, err);
}

struct azb_credential *azb_credential_client_secret(
    const struct azb_client_secret_options *options, struct azb_error *err)
{
    return client_secret_new(options, NULL, err);
}
