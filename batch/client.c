#include "batch/client.h"

#include "api/version.h"
#include "base/crypto.h"
#include "base/error.h"

/* "/NAME.REGION.batch.azure.com": azbd's accounts beside the one that localhost itself leads to. */
static bool names_account(struct text path)
{
    struct text name = text_slice(path, 1, path.length);
    if (text_ends(name, "/"))
        name = text_slice(name, 0, name.length - 1);
    for (size_t i = 0; i < name.length; i++)
        if (text_starts(text_slice(name, i, name.length), ".batch."))
            return i > 0 && !memchr(name.at, '/', name.length);
    return false;
}

static bool check_url(const char *account_url, struct url *url, struct azb_error *err)
{
    if (!account_url || !*account_url)
        return fail(err, AZB_ERROR_ARGUMENT,
            "account_url is missing: the URL of the Batch account, "
            "https://ACCOUNT.REGION.batch.azure.com");
    if (strchr(account_url, '@')) /* not repeated: it may hold a password */
        return fail(
            err, AZB_ERROR_ARGUMENT, "account_url has a user name: give https://HOST[:PORT] only");
    if (!url_parse(text_of(account_url), url))
        return fail(err, AZB_ERROR_ARGUMENT,
            "account_url '%.200s' is not a URL: give https://HOST[:PORT]", account_url);
    if (!text_equal_nocase(url->scheme, TEXT("https")))
        return fail(err, AZB_ERROR_ARGUMENT,
            "account_url '%.200s' is not an https URL: a token is never sent in clear text",
            account_url);
    bool is_bare = !url->path.length || text_is(url->path, "/") || names_account(url->path);
    if (strpbrk(account_url, "?#") || !is_bare)
        return fail(err, AZB_ERROR_ARGUMENT,
            "account_url '%.200s' has a path, query or fragment: give https://HOST[:PORT] only",
            account_url);
    return true;
}

static bool check_identity(const struct azb_batch_options *options, struct azb_error *err)
{
    bool by_token = options->token_provider.get_token != NULL;
    bool by_key = options->account_name || options->account_key;
    if (by_token && by_key)
        return fail(
            err, AZB_ERROR_ARGUMENT, "token_provider and account_key are both given: choose one");
    if (!by_token && !(options->account_name && options->account_key))
        return fail(err, AZB_ERROR_ARGUMENT,
            "give a token_provider, or account_name and account_key for a shared key");
    return true;
}

static bool check_version(const char *name, struct azb_error *err)
{
    if (!name || api_version_find(text_of(name)))
        return true;
    return fail(err, AZB_ERROR_ARGUMENT, "api_version '%s' is not known; the usual one is %s", name,
        API_VERSION_CURRENT);
}

static bool keep_key(
    struct azb_batch *batch, const struct azb_batch_options *options, struct azb_error *err)
{
    if (!options->account_key)
        return true;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct text key;
    if (!base64_decode(&arena, text_of(options->account_key), &key) || key.length == 0)
        return arena.failed ? fail_memory(err)
                            : fail(err, AZB_ERROR_ARGUMENT, "account_key is not base64");
    batch->account_name = memory_string(options->account_name);
    batch->account_key = memory_alloc(key.length);
    if (batch->account_key)
        memcpy(batch->account_key, key.at, key.length);
    batch->account_key_length = key.length;
    arena_wipe(&arena);
    return batch->account_key && batch->account_name ? true : fail_memory(err);
}

static bool keep_options(
    struct azb_batch *batch, const struct azb_batch_options *options, struct azb_error *err)
{
    batch->account_url = memory_string(options->account_url);
    batch->resource = memory_string(options->resource ? options->resource : AZB_BATCH_RESOURCE);
    batch->api_version =
        memory_string(options->api_version ? options->api_version : API_VERSION_CURRENT);
    batch->provider = options->token_provider;
    if (!batch->account_url || !batch->resource || !batch->api_version)
        return fail_memory(err);
    size_t length = strlen(batch->account_url);
    if (batch->account_url[length - 1] == '/')
        batch->account_url[length - 1] = '\0';
    batch->host = memory_string(batch->account_url + strlen("https://"));
    return batch->host ? keep_key(batch, options, err) : fail_memory(err);
}

static struct azb_batch *open_checked(const struct azb_batch_options *options,
    http_transport_fn *transport, void *transport_context, struct azb_error *err)
{
    struct azb_batch *batch = memory_alloc(sizeof *batch);
    if (!batch) {
        fail_memory(err);
        return NULL;
    }
    struct http_options http = {
        .ca_file = options->ca_file,
        .user_agent = options->user_agent,
        .transport = transport,
        .transport_context = transport_context,
        .trace = options->trace,
        .trace_context = options->trace_context,
    };
    if (keep_options(batch, options, err))
        batch->http = http_client_new(&http, err);
    if (batch->http)
        return batch;
    azb_batch_free(batch);
    return NULL;
}

const char *azb_version(void)
{
    return AZB_VERSION;
}

struct azb_batch *azb_batch_open(const struct azb_batch_options *options, struct azb_error *err)
{
    return batch_open(options, NULL, NULL, err);
}

struct azb_batch *batch_open(const struct azb_batch_options *options, http_transport_fn *transport,
    void *transport_context, struct azb_error *err)
{
    struct azb_batch_options known = AZB_BATCH_OPTIONS_INIT;
    struct url url;
    if (!options || options->size == 0) {
        fail(err, AZB_ERROR_ARGUMENT, "options are not made with AZB_BATCH_OPTIONS_INIT");
        return NULL;
    }
    memcpy(&known, options, options->size < sizeof known ? options->size : sizeof known);
    if (!check_url(known.account_url, &url, err) || !check_identity(&known, err) ||
        !check_version(known.api_version, err))
        return NULL;
    return open_checked(&known, transport, transport_context, err);
}

void azb_batch_free(struct azb_batch *batch)
{
    if (!batch)
        return;
    http_client_free(batch->http);
    if (batch->account_key)
        secret_wipe(batch->account_key, batch->account_key_length);
    memory_free(batch->account_key);
    memory_free(batch->account_name);
    memory_free(batch->account_url);
    memory_free(batch->host);
    memory_free(batch->resource);
    memory_free(batch->api_version);
    memory_free(batch);
}
