/*
 * The identity that environment variables describe, in the names and the order that Microsoft's own
 * libraries use: a secret goes before a certificate.
 */
#include "entra/environment.h"

#include "base/error.h"
#include "base/text.h"

/* The variables as they were found; an empty one is as good as none. */
struct found {
    const char *tenant_id, *client_id, *authority_host, *ca_file;
    const char *secret;
    const char *certificate_path, *certificate_password, *send_chain;
};

static const char *value_of(const char *(*variable)(const char *), const char *name)
{
    const char *value = variable(name);
    return value && value[0] ? value : NULL;
}

static void find_all(const char *(*variable)(const char *), struct found *found)
{
    *found = (struct found){
        .tenant_id = value_of(variable, "AZURE_TENANT_ID"),
        .client_id = value_of(variable, "AZURE_CLIENT_ID"),
        .authority_host = value_of(variable, "AZURE_AUTHORITY_HOST"),
        .ca_file = value_of(variable, "AZB_CA_FILE"),
        .secret = value_of(variable, "AZURE_CLIENT_SECRET"),
        .certificate_path = value_of(variable, "AZURE_CLIENT_CERTIFICATE_PATH"),
        .certificate_password = value_of(variable, "AZURE_CLIENT_CERTIFICATE_PASSWORD"),
        .send_chain = value_of(variable, "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"),
    };
}

static const char *found_secret(const struct found *found)
{
    return found->secret;
}

static const char *found_certificate(const struct found *found)
{
    return found->certificate_path;
}

static struct azb_credential *from_secret(
    const struct found *found, const struct entra_environment *world, struct azb_error *err)
{
    struct azb_client_secret_options options = AZB_CLIENT_SECRET_OPTIONS_INIT;
    options.tenant_id = found->tenant_id;
    options.client_id = found->client_id;
    options.client_secret = found->secret;
    options.authority_host = found->authority_host;
    options.ca_file = found->ca_file;
    return client_secret_new(&options, world, err);
}

static bool is_yes(const char *value)
{
    return value && (strcmp(value, "1") == 0 || string_equal_nocase(value, "true"));
}

static struct azb_credential *from_certificate(
    const struct found *found, const struct entra_environment *world, struct azb_error *err)
{
    struct azb_client_certificate_options options = AZB_CLIENT_CERTIFICATE_OPTIONS_INIT;
    if (found->certificate_password) {
        fail(err, AZB_ERROR_CONFIGURATION,
            "AZURE_CLIENT_CERTIFICATE_PASSWORD is set, but encrypted keys are not supported yet: "
            "write an unencrypted copy with `openssl pkey` and unset the variable");
        return NULL;
    }
    options.tenant_id = found->tenant_id;
    options.client_id = found->client_id;
    options.certificate_path = found->certificate_path;
    options.send_certificate_chain = is_yes(found->send_chain);
    options.authority_host = found->authority_host;
    options.ca_file = found->ca_file;
    return client_certificate_new(&options, world, err);
}

/* The first row whose variable is set decides. */
static const struct {
    const char *(*is_set)(const struct found *found);
    struct azb_credential *(*make)(
        const struct found *found, const struct entra_environment *world, struct azb_error *err);
} rows[] = {
    {found_secret, from_secret},
    {found_certificate, from_certificate},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static size_t row_of(const struct found *found)
{
    size_t row = 0;
    while (row < ROWS && !rows[row].is_set(found))
        row++;
    return row;
}

static bool check_complete(const struct found *found, size_t row, struct azb_error *err)
{
    if (found->tenant_id && found->client_id && row < ROWS)
        return true;
    return fail(err, AZB_ERROR_CONFIGURATION,
        "the environment describes no identity; missing:%s%s%s",
        found->tenant_id ? "" : " AZURE_TENANT_ID", found->client_id ? "" : " AZURE_CLIENT_ID",
        row < ROWS ? "" : " AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH)");
}

struct azb_credential *credential_from_variables(const char *(*variable)(const char *name),
    const struct entra_environment *world, struct azb_error *err)
{
    struct found found;
    find_all(variable, &found);
    size_t row = row_of(&found);
    if (!check_complete(&found, row, err))
        return NULL;
    struct azb_credential *credential = rows[row].make(&found, world, err);
    if (!credential)
        fail_while(err, "the identity in the environment");
    return credential;
}

static const char *process_variable(const char *name)
{
    return getenv(name);
}

struct azb_credential *azb_credential_environment(struct azb_error *err)
{
    return credential_from_variables(process_variable, NULL, err);
}
