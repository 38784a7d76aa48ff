#include "env.h"

#include "base/error.h"
#include "directory/directory.h"
#include "state.h"

#define ENV_MAX (64 * 1024)

/* A POSIX shell takes everything between single quotes as it is, but the quote. */
static void add_quoted(struct buffer *out, const char *value)
{
    buffer_add_char(out, '\'');
    for (; *value; value++) {
        if (*value == '\'')
            buffer_add_string(out, "'\\''");
        else
            buffer_add_char(out, *value);
    }
    buffer_add_char(out, '\'');
}

static void add(struct buffer *out, const char *name, const char *value)
{
    if (!value)
        return;
    buffer_format(out, "export %s=", name);
    add_quoted(out, value);
    buffer_add_char(out, '\n');
}

static void add_files(struct buffer *out, const struct service *service)
{
    char ca[PATH_MAX + 16], bundle[PATH_MAX + 16];
    snprintf(ca, sizeof(ca), "%s/ca.pem", service->state);
    snprintf(bundle, sizeof(bundle), "%s/ca-bundle.pem", service->state);
    add(out, "AZB_CA_FILE", ca);
    add(out, "SSL_CERT_FILE", bundle);
    add(out, "REQUESTS_CA_BUNDLE", bundle);
    add(out, "NODE_EXTRA_CA_CERTS", ca);
}

static void add_addresses(struct buffer *out, const struct service *service)
{
    char proxy[40];
    add(out, "AZB_STATE", service->state);
    add(out, "AZB_ARM_ENDPOINT", service->base_url);
    add(out, "AZB_GRAPH_ENDPOINT", service->base_url);
    if (!service->proxy_port)
        return;
    snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", service->proxy_port);
    add(out, "AZB_PROXY", proxy);
}

static void add_administrator(
    struct buffer *out, const struct service *service, const struct administrator *administrator)
{
    add(out, "AZURE_AUTHORITY_HOST", service->base_url);
    add(out, "AZURE_TENANT_ID", administrator->tenant_id);
    add(out, "AZURE_CLIENT_ID", administrator->client_id);
    add(out, "AZURE_CLIENT_SECRET", administrator->secret);
    add(out, "AZURE_SUBSCRIPTION_ID", administrator->subscription_id);
    add(out, "AZURE_RESOURCE_GROUP", administrator->resource_group);
    add(out, "AZURE_BATCH_ACCOUNT", administrator->account_name);
    add(out, "AZURE_BATCH_ENDPOINT", service->base_url);
    add(out, "AZURE_BATCH_ACCESS_KEY", administrator->account_key);
    add(out, "AZURE_BATCH_AUTH_MODE", "aad");
    add(out, "AZB_TENANT_ID", administrator->tenant_id);
}

bool env_write(struct service *service, struct azb_error *err)
{
    struct arena arena;
    scoped_buffer struct buffer out;
    struct administrator administrator = {0};
    arena_init(&arena, 0);
    buffer_init(&out, ENV_MAX);
    bool ok = directory_administrator(service, &arena, &administrator, err);
    if (ok) {
        add_administrator(&out, service, &administrator);
        add_addresses(&out, service);
        add_files(&out, service);
        ok = !out.failed ? state_write(service, "env", 0600, buffer_text(&out), err)
                         : fail_memory(err);
    }
    arena_wipe(&arena);
    return ok;
}
