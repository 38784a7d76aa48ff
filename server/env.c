#include "env.h"

#include "base/error.h"
#include "directory/directory.h"
#include "state.h"

#define ENV_MAX (64 * 1024)
#define SECRET_VARIABLE "AZURE_CLIENT_SECRET"
#define PASSWORD_VARIABLE "AZB_PASSWORD"

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

static void add_user(struct buffer *out, const char *name, const char *password)
{
    add(out, "AZB_USERNAME", name);
    add(out, PASSWORD_VARIABLE, password);
}

/* ---- What the last run wrote ----------------------------------------------------------------- */

/* What add_quoted() wrote, up to its end. */
static const char *unquoted(struct arena *arena, struct text text)
{
    scoped_buffer struct buffer out = {0};
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

/* The value of `export NAME=` in a file that env_write() wrote; NULL: there is none. */
static const char *find_value(struct arena *arena, struct text file, const char *name)
{
    struct text line;
    while (text_cut(&file, '\n', &line)) {
        if (!text_starts(line, "export "))
            continue;
        line = text_slice(line, 7, line.length);
        size_t length = strlen(name);
        if (text_starts(line, name) && line.length > length && line.at[length] == '=')
            return unquoted(arena, text_slice(line, length + 1, line.length));
    }
    return NULL;
}

/* ---- Values that only this file holds in the clear ------------------------------------------- */

/* One of them: what it is called in the file, and what the directory knows of it. */
struct kept {
    const char *variable;
    bool (*has)(struct service *service, const char *value, bool *has, struct azb_error *err);
    bool (*renew)(
        struct service *service, struct arena *arena, const char **out, struct azb_error *err);
    const char *deleted; /* the line in the log when its owner was */
};

static const struct kept secret = {
    SECRET_VARIABLE,
    directory_administrator_has_secret,
    directory_administrator_new_secret,
    "the administrator's application was deleted; nobody can sign in as it",
};

static const struct kept password = {
    PASSWORD_VARIABLE,
    directory_first_user_has_password,
    directory_first_user_new_password,
    "the state's own user was deleted; " PASSWORD_VARIABLE " is not set",
};

/* *out is NULL when the last run's file is not there or says none that is good. */
static bool read_kept(struct service *service, const struct kept *kept, struct arena *arena,
    const char **out, struct azb_error *err)
{
    scoped_buffer struct buffer file = {0};
    bool found, good = false;
    buffer_init(&file, ENV_MAX);
    *out = NULL;
    if (!state_read(service, "env", &file, &found, err))
        return false;
    const char *value = found ? find_value(arena, buffer_text(&file), kept->variable) : NULL;
    if (value && !kept->has(service, value, &good, err))
        return false;
    *out = good ? value : NULL;
    return true;
}

static bool choose(struct service *service, const struct kept *kept, const char *given,
    struct arena *arena, const char **out, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    *out = given;
    if (given)
        return true;
    if (read_kept(service, kept, arena, out, &why) &&
        (*out || kept->renew(service, arena, out, &why)))
        return true;
    if (why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    service_log("env", "%s", kept->deleted);
    azb_error_free(&why);
    return true;
}

/* NULL when it was deleted. */
static bool find_user(
    struct service *service, struct arena *arena, const char **name, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    *name = NULL;
    if (directory_first_user(service, arena, name, &why))
        return true;
    if (why.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &why);
    azb_error_free(&why);
    return true;
}

static bool write_file(struct service *service, const struct env_given *given, struct arena *arena,
    struct azb_error *err)
{
    scoped_buffer struct buffer out = {0};
    struct administrator administrator;
    const char *client_secret, *user, *user_password;
    buffer_init(&out, ENV_MAX);
    if (!choose(service, &secret, given->client_secret, arena, &client_secret, err) ||
        !choose(service, &password, given->password, arena, &user_password, err) ||
        !find_user(service, arena, &user, err) ||
        !directory_administrator(service, arena, &administrator, err))
        return false;
    add_administrator(&out, service, &administrator, client_secret);
    add_user(&out, user, user_password);
    add_addresses(&out, service);
    add_files(&out, service);
    return out.failed ? fail_memory(err)
                      : state_write(service, "env", 0600, buffer_text(&out), err);
}

bool env_write(struct service *service, const struct env_given *given, struct azb_error *err)
{
    static const struct env_given nothing = {0};
    struct arena arena;
    arena_init(&arena, 0);
    bool written = write_file(service, given ? given : &nothing, &arena, err);
    arena_wipe(&arena);
    return written;
}
