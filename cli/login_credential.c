/*
 * A login becomes a credential: one row a kind.
 */
#include "base/crypto.h"
#include "base/error.h"
#include "cli/identity.h"
#include "cli/login_secret.h"

struct source {
    const struct login *login;
    const char *secret;
    struct azb_cache *cache;
    struct arena *arena;
};

static struct azb_credential *from_secret(const struct source *source, struct azb_error *err)
{
    struct azb_client_secret_options options = AZB_CLIENT_SECRET_OPTIONS_INIT;
    char *kept = NULL;
    if (!source->secret && !(kept = login_secret_read(source->login->name, source->arena, err)))
        return NULL;
    options.tenant_id = source->login->tenant_id;
    options.client_id = source->login->client_id;
    options.client_secret = kept ? kept : source->secret;
    options.authority_host = source->login->authority_host;
    options.ca_file = source->login->ca_file;
    struct azb_credential *credential = azb_credential_client_secret(&options, err);
    secret_wipe_string(kept);
    return credential;
}

static struct azb_credential *from_certificate(const struct source *source, struct azb_error *err)
{
    struct azb_client_certificate_options options = AZB_CLIENT_CERTIFICATE_OPTIONS_INIT;
    options.tenant_id = source->login->tenant_id;
    options.client_id = source->login->client_id;
    options.certificate_path = source->login->certificate_path;
    options.authority_host = source->login->authority_host;
    options.ca_file = source->login->ca_file;
    return azb_credential_client_certificate(&options, err);
}

static struct azb_credential *(*const rows[LOGIN_KINDS])(
    const struct source *source, struct azb_error *err) = {
    [LOGIN_SECRET] = from_secret,
    [LOGIN_CERTIFICATE] = from_certificate,
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
