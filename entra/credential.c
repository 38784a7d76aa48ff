#include "entra/credential.h"

#include <sys/mman.h>

#include "base/crypto.h"
#include "base/error.h"

#define CLIENT_ID_MAX 128
#define PAGE 4096

bool options_read(void *into, size_t into_size, const void *from, struct azb_error *err)
{
    size_t size = 0;
    if (from)
        memcpy(&size, from, sizeof(size));
    if (size <= sizeof(size))
        return fail(err, AZB_ERROR_ARGUMENT,
            "the options or the request have no size: make them with their _INIT macro");
    memset(into, 0, into_size);
    memcpy(into, from, size < into_size ? size : into_size);
    return true;
}

/* ---- Making and freeing ---- */

/* GUIDs with Entra; AD FS allows other words too. */
static bool client_id_check(const char *client_id, struct azb_error *err)
{
    if (!client_id || !client_id[0])
        return fail(
            err, AZB_ERROR_ARGUMENT, "client_id is missing: give the application (client) id");
    size_t length = strlen(client_id);
    for (size_t i = 0; i < length; i++)
        if (client_id[i] <= ' ' || client_id[i] >= 0x7f)
            return fail(err, AZB_ERROR_ARGUMENT,
                "client_id holds a space or a character outside ASCII at position %zu", i + 1);
    return length <= CLIENT_ID_MAX ||
           fail(err, AZB_ERROR_ARGUMENT, "client_id is longer than %d characters", CLIENT_ID_MAX);
}

/* A page that the kernel clears in a child: knowing costs no system call and no global. */
static unsigned char *fork_mark(struct azb_error *err)
{
    unsigned char *page =
        mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        fail_memory(err);
        return NULL;
    }
    madvise(page, PAGE, MADV_WIPEONFORK);
    *page = 1;
    return page;
}

static bool make_http(struct azb_credential *credential, const char *ca_file,
    const struct entra_environment *world, struct azb_error *err)
{
    struct http_options options = {0};
    if (world)
        options = world->http;
    if (ca_file)
        options.ca_file = ca_file;
    credential->http = http_client_new(&options, err);
    return credential->http != NULL;
}

static bool make_key_prefix(
    struct azb_credential *credential, const char *own_name, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const char *prefix = own_name
                             ? arena_format(&arena, "\n%s\n", own_name)
                             : arena_format(&arena, "%s\n%s\n",
                                   azb_credential_tenant_id(credential), credential->client_id);
    credential->key_prefix = prefix ? memory_string(prefix) : NULL;
    if (!credential->key_prefix)
        return fail_memory(err);
    credential->key_prefix_length = strlen(prefix);
    return credential->key_prefix_length + CREDENTIAL_SCOPE_MAX + sizeof("/.default") <=
               CREDENTIAL_KEY_MAX ||
           fail(err, AZB_ERROR_ARGUMENT, "tenant and client id are too long together");
}

static const char *process_variable(const char *name)
{
    return getenv(name);
}

/* "" when it is not set. */
static const char *variable_of(const struct entra_environment *world, const char *name)
{
    const char *value = world && world->variable ? world->variable(name) : process_variable(name);
    return value ? value : "";
}

/* As MSAL has it: what stands in place of a region when the machine is to say where it is. */
#define REGION_OF_THE_MACHINE "TryAutoDetect"

/* The region that the environment names, and the variable that does; "" is none. Functions, App
 * Service and Service Fabric set REGION_NAME; IMDS is not asked: it would cost every start a wait.
 */
static const char *region_of(const struct entra_environment *world, const char **variable)
{
    *variable = "AZURE_REGIONAL_AUTHORITY_NAME";
    const char *region = variable_of(world, *variable);
    if (!region[0])
        region = variable_of(world, *variable = "MSAL_FORCE_REGION");
    if (string_equal_nocase(region, REGION_OF_THE_MACHINE))
        region = variable_of(world, *variable = "REGION_NAME");
    return region;
}

/* As azure-identity reads it. */
static bool is_capable(const struct entra_environment *world)
{
    const char *disabled = variable_of(world, "AZURE_IDENTITY_DISABLE_CP1");
    return !disabled[0] || string_equal_nocase(disabled, "false") || strcmp(disabled, "0") == 0;
}

static bool choose_region(
    struct azb_credential *credential, const struct entra_environment *world, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    char *endpoint = NULL;
    const char *variable = NULL;
    const char *region = region_of(world, &variable);
    arena_init(&arena, 0);
    if (!region[0])
        return true;
    if (!authority_regional_endpoint(
            authority_name(credential->authority), region, &arena, &endpoint, err))
        return fail_while(err, "%s", variable);
    if (!endpoint)
        return true;
    credential->regional_endpoint = memory_string(endpoint);
    return credential->regional_endpoint || fail_memory(err);
}

static bool find_authority(struct azb_credential *credential, const struct credential_names *names,
    const struct entra_environment *world, struct azb_error *err)
{
    if (names->own_name)
        return true;
    credential->authority =
        authority_new(names->authority_host, names->tenant_id, names->tenants, err);
    if (!credential->authority || !client_id_check(names->client_id, err))
        return false;
    return !credential->kind->is_application || choose_region(credential, world, err);
}

static bool fill(struct azb_credential *credential, const struct credential_names *names,
    const struct entra_environment *world, struct azb_error *err)
{
    credential->clock = world ? world->clock : NULL;
    credential->disk = names->cache || !world ? names->cache : world->cache;
    credential->is_capable = is_capable(world);
    outage_init(&credential->outage);
    background_init(&credential->background);
    if (!find_authority(credential, names, world, err))
        return false;
    credential->client_id = memory_string(names->own_name ? "" : names->client_id);
    if (!credential->client_id)
        return fail_memory(err);
    credential->cache = token_cache_new(err);
    credential->not_forked = credential->cache ? fork_mark(err) : NULL;
    if (!credential->not_forked || !make_key_prefix(credential, names->own_name, err))
        return false;
    return flights_init(&credential->flights, err) &&
           make_http(credential, names->ca_file, world, err);
}

struct azb_credential *credential_new(const struct credential_kind *kind, void *state,
    const struct credential_names *names, const struct entra_environment *world,
    struct azb_error *err)
{
    struct azb_credential *credential = memory_alloc(sizeof(*credential));
    if (!credential) {
        kind->free_state(state);
        fail_memory(err);
        return NULL;
    }
    credential->kind = kind;
    credential->state = state;
    if (fill(credential, names, world, err))
        return credential;
    azb_credential_free(credential);
    return NULL;
}

void azb_credential_free(struct azb_credential *credential)
{
    if (!credential)
        return;
    if (credential->not_forked && *credential->not_forked)
        background_stop(&credential->background);
    credential->kind->free_state(credential->state);
    http_client_free(credential->http);
    authority_free(credential->authority);
    token_cache_free(credential->cache);
    if (credential->not_forked)
        munmap(credential->not_forked, PAGE);
    memory_free(credential->key_prefix);
    memory_free(credential->regional_endpoint);
    memory_free(credential->client_id);
    memory_free(credential);
}

const char *azb_credential_kind(const struct azb_credential *credential)
{
    return credential->kind->name;
}

const char *azb_credential_tenant_id(const struct azb_credential *credential)
{
    return credential->authority ? authority_name(credential->authority)->tenant : "";
}

const char *azb_credential_client_id(const struct azb_credential *credential)
{
    return credential->client_id;
}

/* ---- For the kinds ---- */

bool credential_request(struct azb_credential *credential, const struct token_ask *ask,
    struct token_request *request, struct azb_error *err)
{
    const struct authority_endpoints *endpoints = NULL;
    *request = (struct token_request){
        .client_id = credential->client_id, .ask = ask, .is_capable = credential->is_capable};
    if (credential->regional_endpoint)
        request->endpoint = credential->regional_endpoint;
    else if (authority_find_endpoints(
                 credential->authority, credential->http, ask->patience, &endpoints, err))
        request->endpoint = endpoints->token;
    return request->endpoint != NULL;
}

int64_t credential_authority_seconds(const struct azb_credential *credential)
{
    return clock_seconds(credential->clock) +
           atomic_load_explicit(&credential->authority_ahead_s, memory_order_relaxed);
}

bool credential_wait(
    struct azb_credential *credential, int64_t ms, struct patience *patience, struct azb_error *err)
{
    int64_t left = patience_left_ms(*patience, err);
    if (!left)
        return false;
    if (!http_wait(credential->http, ms < left ? ms : left, patience->cancel))
        patience->deadline_ms -= ms; /* the time counts as passed */
    return patience_left_ms(*patience, err) > 0;
}

bool azb_credential_account(
    struct azb_credential *credential, struct azb_account_list *out, struct azb_error *err)
{
    if (!credential || !out)
        return fail(err, AZB_ERROR_ARGUMENT, "the %s is NULL", credential ? "list" : "credential");
    if (!credential->kind->account)
        return fail(
            err, AZB_ERROR_ARGUMENT, "a %s credential is no user's", credential->kind->name);
    return credential->kind->account(credential, out, err);
}

void credential_owner(const struct azb_credential *credential, struct cache_owner *owner)
{
    const struct authority_name *name = authority_name(credential->authority);
    *owner = (struct cache_owner){
        .environment = name->host, .client_id = credential->client_id, .realm = name->tenant};
}
