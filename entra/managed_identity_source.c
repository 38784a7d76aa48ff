/*
 * Where managed identities come from. The first row whose variables are all set is the source.
 */
#include "entra/managed_identity.h"

#include <unistd.h>

#include "base/error.h"

#define TOKEN_PATH "/metadata/identity/oauth2/token"
#define THUMBPRINT_DIGITS 40
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 * ("Retry guidance"): 404 and 410 while IMDS is updated, the latter for up to 70 seconds. */
static const struct http_retry_rule imds_rules[] = {
    {410, 410, 7, 10000, 1},
    {404, 404, 3, 1000, 2},
    {408, 408, 3, 1000, 2},
    {429, 429, 3, 1000, 2},
    {500, 599, 3, 1000, 2},
};

static const struct managed_identity_source sources[] = {
    {
        .name = "Service Fabric",
        .variables = {"IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT"},
        .method = "GET",
        .api_version = "2019-07-01-preview",
        .header = "Secret",
        .is_pinned = true,
        .knows_revocation = true,
    },
    {
        .name = "App Service",
        .variables = {"IDENTITY_ENDPOINT", "IDENTITY_HEADER"},
        .method = "GET",
        .api_version = "2019-08-01",
        .header = "X-IDENTITY-HEADER",
        .parameters = {"client_id", "object_id", "mi_res_id"},
        .knows_revocation = true,
    },
    {
        .name = "Azure ML",
        .variables = {"MSI_ENDPOINT", "MSI_SECRET"},
        .method = "GET",
        .api_version = "2017-09-01",
        .header = "secret",
        .parameters = {"clientid"},
        .default_client_id = "DEFAULT_IDENTITY_CLIENT_ID",
    },
    {
        .name = "Cloud Shell",
        .variables = {"MSI_ENDPOINT"},
        .method = "POST",
        .header = "Metadata",
    },
    {
        .name = "Azure Arc",
        .variables = {"IDENTITY_ENDPOINT", NULL, "IMDS_ENDPOINT"},
        .endpoint = "http://localhost:40342" TOKEN_PATH,
        .file = "/var/opt/azcmagent/bin/himds",
        .method = "GET",
        .api_version = "2020-06-01",
        .header = "Metadata",
        .has_challenge = true,
    },
    {
        .name = "IMDS",
        .endpoint = "http://169.254.169.254" TOKEN_PATH,
        .method = "GET",
        .api_version = "2018-02-01",
        .header = "Metadata",
        .parameters = {"client_id", "object_id", "msi_res_id"},
        .retry_rules = imds_rules,
        .retry_rule_count = COUNT(imds_rules),
        .may_be_absent = true,
    },
};

#define VARIABLES COUNT(sources[0].variables)

/* Rows without variables are not shown by any. */
static bool variables_show(
    const struct managed_identity_source *source, const struct entra_environment *world)
{
    size_t set = 0;
    for (size_t i = 0; i < VARIABLES; i++) {
        if (source->variables[i] && !world_variable(world, source->variables[i]))
            return false;
        set += source->variables[i] != NULL;
    }
    return set > 0;
}

static bool file_shows(
    const struct managed_identity_source *source, const struct managed_identity *identity)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    if (!source->file)
        return false;
    const char *path = arena_format(&arena, "%s%s", identity->root, source->file);
    return path && access(path, F_OK) == 0;
}

static char *variable_copy(
    struct managed_identity *identity, const struct entra_environment *world, size_t i)
{
    const char *name = identity->source->variables[i];
    return arena_string(&identity->arena, name ? world_variable(world, name) : NULL);
}

/* IMDS and what stands in for it: the whole host. */
static bool take_host(struct managed_identity *identity, const char *host, struct azb_error *err)
{
    struct text base = text_of(host);
    while (text_ends(base, "/"))
        base.length--;
    identity->endpoint = arena_format(&identity->arena, "%.*s" TOKEN_PATH, TEXT_ARGS(base));
    return identity->endpoint || fail_memory(err);
}

static bool endpoint_check(
    const struct managed_identity *identity, const char *variable, struct azb_error *err)
{
    struct url url;
    if (!url_parse(text_of(identity->endpoint), &url))
        return fail(err, AZB_ERROR_CONFIGURATION,
            "%s is no URL of http or https: it names where %s gives tokens", variable,
            identity->source->name);
    if (identity->source->is_pinned && !text_is(url.scheme, "https"))
        return fail(err, AZB_ERROR_CONFIGURATION,
            "%s must be https: the certificate of %s is what makes it trusted", variable,
            identity->source->name);
    return true;
}

static bool thumbprint_check(const struct managed_identity *identity, struct azb_error *err)
{
    if (!identity->thumbprint)
        return true;
    size_t digits = strspn(identity->thumbprint, "0123456789abcdefABCDEF");
    return (digits == THUMBPRINT_DIGITS && !identity->thumbprint[digits]) ||
           fail(err, AZB_ERROR_CONFIGURATION,
               "%s is no SHA-1 thumbprint: %d hexadecimal digits are expected",
               identity->source->variables[2], THUMBPRINT_DIGITS);
}

static bool read_variables(
    struct managed_identity *identity, const struct entra_environment *world, struct azb_error *err)
{
    const struct managed_identity_source *source = identity->source;
    const char *endpoint = variable_copy(identity, world, 0);
    identity->secret = variable_copy(identity, world, 1);
    identity->thumbprint = source->is_pinned ? variable_copy(identity, world, 2) : NULL;
    identity->endpoint = endpoint ? endpoint : source->endpoint;
    if (!identity->endpoint || identity->arena.failed)
        return fail_memory(err);
    const char *host = world_variable(world, "AZURE_POD_IDENTITY_AUTHORITY_HOST");
    if (source->may_be_absent && host && !take_host(identity, host, err))
        return false;
    const char *variable =
        source->variables[0] ? source->variables[0] : "AZURE_POD_IDENTITY_AUTHORITY_HOST";
    return endpoint_check(identity, variable, err) && thumbprint_check(identity, err);
}

/* Which identity, in this source's words. */
static bool choose_name(
    struct managed_identity *identity, const struct entra_environment *world, struct azb_error *err)
{
    const struct managed_identity_source *source = identity->source;
    if (identity->named != IDENTITY_SYSTEM)
        return source->parameters[identity->named] ||
               fail(err, AZB_ERROR_CONFIGURATION,
                   "%s (the source of managed identities here) knows %s: leave the id away",
                   source->name,
                   source->parameters[IDENTITY_CLIENT_ID]
                       ? "user-assigned identities by client_id only"
                       : "the system-assigned identity only");
    const char *name =
        source->default_client_id ? world_variable(world, source->default_client_id) : NULL;
    if (!name)
        return true;
    identity->named = IDENTITY_CLIENT_ID;
    identity->name = arena_string(&identity->arena, name);
    return identity->name || fail_memory(err);
}

bool managed_identity_find(
    struct managed_identity *identity, const struct entra_environment *world, struct azb_error *err)
{
    size_t row = 0;
    while (row < COUNT(sources) - 1 && !variables_show(&sources[row], world) &&
           !file_shows(&sources[row], identity))
        row++;
    identity->source = &sources[row];
    return read_variables(identity, world, err) && choose_name(identity, world, err);
}
