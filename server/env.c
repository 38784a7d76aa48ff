#include "env.h"

#include "base/error.h"
#include "directory/directory.h"
#include "state.h"

#define ENV_MAX (64 * 1024)
#define SECRET_VARIABLE "AZURE_CLIENT_SECRET"

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

static void add_administrator(struct buffer *out, const struct service *service,
    const struct administrator *administrator, const char *secret)
{
    add(out, "AZURE_AUTHORITY_HOST", service->base_url);
    add(out, "AZURE_TENANT_ID", administrator->tenant_id);
    add(out, "AZURE_CLIENT_ID", administrator->client_id);
    add(out, SECRET_VARIABLE, secret);
    add(out, "AZURE_SUBSCRIPTION_ID", administrator->subscription_id);
    add(out, "AZURE_RESOURCE_GROUP", administrator->resource_group);
    add(out, "AZURE_BATCH_ACCOUNT", administrator->account_name);
    add(out, "AZURE_BATCH_ENDPOINT", service->base_url);
    add(out, "AZURE_BATCH_ACCESS_KEY", administrator->account_key);
    add(out, "AZURE_BATCH_AUTH_MODE", "aad");
    add(out, "AZB_TENANT_ID", administrator->tenant_id);
}

/* ---- The secret -------------------------------------------------------------------------- */

/* What add_quoted() wrote, up to its end. */
static const char *unquoted(struct arena *arena, struct text text)
{
    scoped_buffer struct buffer out;
    buffer_init(&out, ENV_MAX);
    while (text_starts(text, "'")) {
        text = text_slice(text, 1, text.length);
        struct text piece;
        if (!text_cut(&text, '\'', &piece))
            return NULL;
        buffer_add(&out, piece.at, piece.length);
        if (!text_starts(text, "\\''"))
            break;
        buffer_add_char(&out, '\'');
        text = text_slice(text, 2, text.length);
    }
    return out.at ? arena_string(arena, out.at) : NULL;
}

/* The secret in a file that env_write() wrote; NULL: there is none. */
static const char *find_secret(struct arena *arena, struct text file)
{
    static const char start[] = "export " SECRET_VARIABLE "=";
    struct text line;
    while (text_cut(&file, '\n', &line))
        if (text_starts(line, start))
            return unquoted(arena, text_slice(line, sizeof start - 1, line.length));
    return NULL;
}

/* *out is NULL when the last run's file is not there or says none that is good. */
static bool read_secret(
    struct service *service, struct arena *arena, const char **out, struct azb_error *err)
{
    scoped_buffer struct buffer file;
    bool found, good = false;
    buffer_init(&file, ENV_MAX);
    *out = NULL;
    if (!state_read(service, "env", &file, &found, err))
        return false;
    const char *secret = found ? find_secret(arena, buffer_text(&file)) : NULL;
    if (secret && !directory_administrator_has_secret(service, secret, &good, err))
        return false;
    *out = good ? secret : NULL;
    return true;
}

static bool choose_secret(struct service *service, const char *given, struct arena *arena,
    const char **out, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    *out = given;
    if (given)
        return true;
    if (!read_secret(service, arena, out, err))
        return false;
    if (*out || directory_administrator_new_secret(service, arena, out, &why))
        return true;
    if (why.kind != AZB_ERROR_NOT_FOUND) {
        *err = why;
        return false;
    }
    service_log("env", "the administrator's application was deleted; nobody can sign in as it");
    azb_error_free(&why);
    return true;
}

static bool write_file(
    struct service *service, const char *given, struct arena *arena, struct azb_error *err)
{
    scoped_buffer struct buffer out;
    struct administrator administrator;
    const char *secret;
    buffer_init(&out, ENV_MAX);
    if (!choose_secret(service, given, arena, &secret, err) ||
        !directory_administrator(service, arena, &administrator, err))
        return false;
    add_administrator(&out, service, &administrator, secret);
    add_addresses(&out, service);
    add_files(&out, service);
    return out.failed ? fail_memory(err)
                      : state_write(service, "env", 0600, buffer_text(&out), err);
}

bool env_write(struct service *service, const char *secret, struct azb_error *err)
{
    struct arena arena;
    arena_init(&arena, 0);
    bool written = write_file(service, secret, &arena, err);
    arena_wipe(&arena);
    return written;
}
