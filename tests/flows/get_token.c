/*
 * A token by one of libazb's credentials, for what the command line does not offer:
 *
 *   flow_get_token KIND [OPTION=VALUE...]
 *
 * KIND is certificate, assertion, workload-identity, managed-identity, on-behalf-of, azure-cli or
 * default. The options have the names of azb/entra.h; rs256=1 and chain=1 are for certificates,
 * assertion_file for `assertion`, resource for all. What is left out comes from the environment as
 * the library reads it. The token goes to standard output, an error with its code to standard
 * error.
 */
#include <azb/entra.h>

#include "base/arena.h"
#include "base/error.h"
#include "entra/secret_file.h"

static char **options; /* of the command line, up to NULL */

static const char *option(const char *name)
{
    size_t length = strlen(name);
    for (char **at = options; *at; at++)
        if (strncmp(*at, name, length) == 0 && (*at)[length] == '=')
            return *at + length + 1;
    return NULL;
}

static const char *option_or(const char *name, const char *variable)
{
    const char *value = option(name);
    return value ? value : getenv(variable);
}

static const char *tenant(void)
{
    return option_or("tenant_id", "AZURE_TENANT_ID");
}

static const char *client(void)
{
    return option_or("client_id", "AZURE_CLIENT_ID");
}

static const char *authority(void)
{
    return option_or("authority_host", "AZURE_AUTHORITY_HOST");
}

static const char *ca_file(void)
{
    return option_or("ca_file", "AZB_CA_FILE");
}

static struct azb_credential *certificate(struct azb_error *err)
{
    struct azb_client_certificate_options own = AZB_CLIENT_CERTIFICATE_OPTIONS_INIT;
    own.tenant_id = tenant();
    own.client_id = client();
    own.certificate_path = option("certificate_path");
    own.certificate_password = option("certificate_password");
    own.send_certificate_chain = option("chain") != NULL;
    own.algorithm = option("rs256") ? AZB_ASSERTION_RS256 : AZB_ASSERTION_PS256;
    own.authority_host = authority();
    own.ca_file = ca_file();
    return azb_credential_client_certificate(&own, err);
}

static bool from_file(void *context, const char *client_id, const char *token_endpoint,
    struct azb_token *assertion, struct azb_error *err)
{
    scoped_buffer struct buffer bytes = {0};
    (void)client_id;
    (void)token_endpoint;
    buffer_init(&bytes, 65536);
    return secret_file_read(context, &bytes, NULL, err) &&
           azb_token_set(assertion, bytes.at ? bytes.at : "", 0, err);
}

static struct azb_credential *assertion(struct azb_error *err)
{
    struct azb_client_assertion_options own = AZB_CLIENT_ASSERTION_OPTIONS_INIT;
    own.tenant_id = tenant();
    own.client_id = client();
    own.assertion = from_file;
    own.assertion_context = (void *)(uintptr_t)option("assertion_file");
    own.authority_host = authority();
    own.ca_file = ca_file();
    return azb_credential_client_assertion(&own, err);
}

static struct azb_credential *workload_identity(struct azb_error *err)
{
    struct azb_workload_identity_options own = AZB_WORKLOAD_IDENTITY_OPTIONS_INIT;
    own.token_file_path = option("token_file_path");
    return azb_credential_workload_identity(&own, err);
}

static struct azb_credential *managed_identity(struct azb_error *err)
{
    struct azb_managed_identity_options own = AZB_MANAGED_IDENTITY_OPTIONS_INIT;
    own.client_id = option("client_id");
    own.object_id = option("object_id");
    own.resource_id = option("resource_id");
    return azb_credential_managed_identity(&own, err);
}

static struct azb_credential *on_behalf_of(struct azb_error *err)
{
    struct azb_on_behalf_of_options own = AZB_ON_BEHALF_OF_OPTIONS_INIT;
    own.tenant_id = tenant();
    own.client_id = client();
    own.user_assertion = option("user_assertion");
    own.client_secret = option("client_secret");
    own.certificate_path = option("certificate_path");
    own.authority_host = authority();
    own.ca_file = ca_file();
    return azb_credential_on_behalf_of(&own, err);
}

static struct azb_credential *azure_cli(struct azb_error *err)
{
    struct azb_azure_cli_options own = AZB_AZURE_CLI_OPTIONS_INIT;
    own.tenant_id = option("tenant_id");
    own.subscription = option("subscription");
    return azb_credential_azure_cli(&own, err);
}

static struct azb_credential *default_chain(struct azb_error *err)
{
    struct azb_default_options own = AZB_DEFAULT_OPTIONS_INIT;
    own.authority_host = option("authority_host"); /* what is left out, the library finds */
    own.ca_file = option("ca_file");
    return azb_credential_default(&own, err);
}

static const struct {
    const char *name;
    struct azb_credential *(*make)(struct azb_error *err);
} kinds[] = {
    {"certificate", certificate},
    {"assertion", assertion},
    {"workload-identity", workload_identity},
    {"managed-identity", managed_identity},
    {"on-behalf-of", on_behalf_of},
    {"azure-cli", azure_cli},
    {"default", default_chain},
};

static struct azb_credential *make(const char *kind, struct azb_error *err)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].name, kind) == 0)
            return kinds[i].make(err);
    fail(err, AZB_ERROR_ARGUMENT, "%s is no kind of credential", kind);
    return NULL;
}

int main(int count, char **arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    if (count < 2)
        return 2;
    options = arguments + 2;
    request.resource = option("resource") ? option("resource") : AZB_BATCH_RESOURCE;
    struct azb_credential *credential = make(arguments[1], &err);
    bool got = credential && azb_credential_get_token(credential, &request, &token, &err);
    if (got)
        puts(token.token);
    else
        fprintf(stderr, "%s: %s\n", err.code, err.message);
    azb_credential_free(credential);
    azb_token_free(&token);
    azb_error_free(&err);
    return got ? 0 : 1;
}
