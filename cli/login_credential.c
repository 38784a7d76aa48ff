/*
 * A login becomes a credential: one row a kind.
 */
#include "base/error.h"
#include "cli/identity.h"
#include "cli/login_secret.h"

struct source {
    const struct login *login;
    const char *secret;
    struct azb_cache *cache;
    struct arena *arena;
};

/* The secret that was given, or the kept one; NULL and err. */
static const char *secret_of(const struct source *source, struct azb_error *err)
{
    if (source->secret)
        return source->secret;
    return login_secret_read(source->login->name, source->arena, err);
}

static struct azb_credential *from_user(const struct source *source, struct azb_error *err)
{
    struct azb_user_options options = AZB_USER_OPTIONS_INIT;
    options.tenant_id = source->login->tenant_id;
    options.client_id = source->login->client_id;
    options.authority_host = source->login->authority_host;
    options.ca_file = source->login->ca_file;
    options.home_account_id = source->login->home_account_id;
    options.cache = source->cache;
    options.silent_only = true;
    return azb_credential_refresh_token(&options, NULL, err);
}

static struct azb_credential *from_secret(const struct source *source, struct azb_error *err)
{
    struct azb_client_secret_options options = AZB_CLIENT_SECRET_OPTIONS_INIT;
    options.tenant_id = source->login->tenant_id;
    options.client_id = source->login->client_id;
    options.client_secret = secret_of(source, err);
    options.authority_host = source->login->authority_host;
    options.ca_file = source->login->ca_file;
    return options.client_secret ? azb_credential_client_secret(&options, err) : NULL;
}

static struct azb_credential *from_certificate(const struct source *source, struct azb_error *err)
{
    struct azb_client_certificate_options options = AZB_CLIENT_CERTIFICATE_OPTIONS_INIT;
    options.tenant_id = source->login->tenant_id;
    options.client_id = source->login->client_id;
    options.certificate_path = source->login->certificate_path;
    options.authority_host = source->login->authority_host;
    options.ca_file = source->login->ca_file;
    if (source->login->secret_in && !(options.certificate_password = secret_of(source, err)))
        return NULL;
    return azb_credential_client_certificate(&options, err);
}

static struct azb_credential *from_token_file(const struct source *source, struct azb_error *err)
{
    struct azb_workload_identity_options options = AZB_WORKLOAD_IDENTITY_OPTIONS_INIT;
    options.tenant_id = source->login->tenant_id;
    options.client_id = source->login->client_id;
    options.token_file_path = source->login->token_file;
    options.authority_host = source->login->authority_host;
    options.ca_file = source->login->ca_file;
    return azb_credential_workload_identity(&options, err);
}

static struct azb_credential *from_machine(const struct source *source, struct azb_error *err)
{
    struct azb_managed_identity_options options = AZB_MANAGED_IDENTITY_OPTIONS_INIT;
    options.client_id = source->login->client_id;
    options.ca_file = source->login->ca_file;
    return azb_credential_managed_identity(&options, err);
}

static struct azb_credential *(*const rows[LOGIN_KINDS])(
    const struct source *source, struct azb_error *err) = {
    [LOGIN_USER] = from_user,
    [LOGIN_SECRET] = from_secret,
    [LOGIN_CERTIFICATE] = from_certificate,
    [LOGIN_FEDERATED] = from_token_file,
    [LOGIN_MANAGED_IDENTITY] = from_machine,
};

struct azb_credential *login_credential(const struct login *login, const char *secret,
    struct azb_cache *cache, struct arena *arena, struct azb_error *err)
{
    const struct source source = {login, secret, cache, arena};
    struct azb_credential *credential = rows[login->kind](&source, err);
    if (!credential && login->name)
        fail_while(err, "the login '%s'", login->name);
    return credential;
}
