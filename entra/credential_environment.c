/*
 * The identity that environment variables describe, in the names and the order that Microsoft's own
 * libraries use: a secret goes before a certificate.
 */
#include "base/error.h"
#include "base/text.h"
#include "entra/chain.h"

/* The variables as they were found; an empty one is as good as none. */
struct found {
    const char *tenant_id, *client_id, *authority_host, *ca_file;
    const char *secret;
    const char *certificate_path, *certificate_password, *send_chain;
    const char *username, *password;
};

static void find_all(const struct entra_environment *world, struct found *found)
{
    *found = (struct found){
        .tenant_id = world_variable(world, "AZURE_TENANT_ID"),
        .client_id = world_variable(world, "AZURE_CLIENT_ID"),
        .authority_host = world_variable(world, "AZURE_AUTHORITY_HOST"),
        .ca_file = world_variable(world, "AZB_CA_FILE"),
        .secret = world_variable(world, "AZURE_CLIENT_SECRET"),
        .certificate_path = world_variable(world, "AZURE_CLIENT_CERTIFICATE_PATH"),
        .certificate_password = world_variable(world, "AZURE_CLIENT_CERTIFICATE_PASSWORD"),
        .send_chain = world_variable(world, "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"),
        .username = world_variable(world, "AZURE_USERNAME"),
        .password = world_variable(world, "AZURE_PASSWORD"),
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
    options.tenant_id = found->tenant_id;
    options.client_id = found->client_id;
    options.certificate_path = found->certificate_path;
    options.certificate_password = found->certificate_password;
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
    bool has_user = row == ROWS && found->username && found->password;
    return fail_unavailable(err, "the environment describes no identity; missing:%s%s%s%s",
        found->tenant_id ? "" : " AZURE_TENANT_ID", found->client_id ? "" : " AZURE_CLIENT_ID",
        row < ROWS ? "" : " AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH)",
        has_user ? "; AZURE_USERNAME and AZURE_PASSWORD are not used: the password grant (ROPC) is "
                   "not offered, because RFC 9700 section 2.4 forbids it"
                 : "");
}

struct azb_credential *credential_environment_new(const char *authority_host, const char *ca_file,
    const struct entra_environment *world, struct azb_error *err)
{
    struct found found;
    find_all(world, &found);
    if (authority_host)
        found.authority_host = authority_host;
    if (ca_file)
        found.ca_file = ca_file;
    size_t row = row_of(&found);
    if (!check_complete(&found, row, err))
        return NULL;
    struct azb_credential *credential = rows[row].make(&found, world, err);
    if (!credential)
        fail_while(err, "the identity in the environment");
    return credential;
}

struct azb_credential *azb_credential_environment(struct azb_error *err)
{
    return credential_environment_new(NULL, NULL, NULL, err);
}
