#include "entra/credential.h"

#include <sys/mman.h>

#include "base/crypto.h"
#include "base/error.h"

#define CLIENT_ID_MAX 128
#define SCOPE_MAX 1024
#define KEY_MAX 2048
#define FLIGHT_KEY_MAX ((size_t)1024 * 1024) /* with claims */
#define PAGE 4096

/* Where everything about one call of azb_credential_get_token() is. */
struct call {
    struct azb_credential *credential;
    struct azb_token_request request;
    struct patience patience;
    const char *scope;
    struct text key;
    char text[KEY_MAX]; /* tenant, client, scope: the key; its end is the scope */
};

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
    scoped_arena struct arena arena;
    arena_init(&arena, 0);
    const char *prefix = own_name
                             ? arena_format(&arena, "\n%s\n", own_name)
                             : arena_format(&arena, "%s\n%s\n",
                                   azb_credential_tenant_id(credential), credential->client_id);
    credential->key_prefix = prefix ? memory_string(prefix) : NULL;
    if (!credential->key_prefix)
        return fail_memory(err);
    credential->key_prefix_length = strlen(prefix);
    return credential->key_prefix_length + SCOPE_MAX + sizeof("/.default") <= KEY_MAX ||
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

/* The region that the environment names; "" is none. */
static const char *region_of(const struct entra_environment *world)
{
    const char *region = variable_of(world, "AZURE_REGIONAL_AUTHORITY_NAME");
    return region[0] ? region : variable_of(world, "MSAL_FORCE_REGION");
}

/* As azure-identity reads it. */
static bool is_capable(const struct entra_environment *world)
{
    const char *disabled = variable_of(world, "AZURE_IDENTITY_DISABLE_CP1");
    return !disabled[0] || string_equal_nocase(disabled, "false") || strcmp(disabled, "0") == 0;
}

static bool choose_region(
    struct azb_credential *credential, const char *region, struct azb_error *err)
{
    scoped_arena struct arena arena;
    char *endpoint = NULL;
    arena_init(&arena, 0);
    if (!region[0])
        return true;
    if (!authority_regional_endpoint(
            authority_name(credential->authority), region, &arena, &endpoint, err))
        return fail_while(err, "AZURE_REGIONAL_AUTHORITY_NAME or MSAL_FORCE_REGION");
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
    return !credential->kind->is_application || choose_region(credential, region_of(world), err);
}

static bool fill(struct azb_credential *credential, const struct credential_names *names,
    const struct entra_environment *world, struct azb_error *err)
{
    credential->clock = world ? world->clock : NULL;
    credential->is_capable = is_capable(world);
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

/* ---- Getting a token ---- */

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

/* What the request names, as far as making the key needs it. */
static bool name_check(
    const struct azb_token_request *request, struct text *name, struct azb_error *err)
{
    if (!request->resource == !request->scope)
        return fail(err, AZB_ERROR_ARGUMENT,
            "a token request names either a resource or a scope: %s",
            request->scope ? "both are set" : "neither is set");
    const char *value = request->resource ? request->resource : request->scope;
    *name = (struct text){value, strlen(value)};
    if (name->length == 0 || name->length > SCOPE_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "the %s has %zu characters; 1 to %d are allowed",
            request->resource ? "resource" : "scope", name->length, SCOPE_MAX);
    return true;
}

/* Only before a request is sent: what is not right never gets into the cache. */
static bool characters_check(const struct azb_token_request *request, struct azb_error *err)
{
    const char *name = request->resource ? "resource" : "scope";
    const char *value = request->resource ? request->resource : request->scope;
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f || (request->resource && *c == ' '))
            return fail(err, AZB_ERROR_ARGUMENT,
                "the %s holds a space or control character at position %td", name, c - value + 1);
    return true;
}

static void write_key(struct call *call, struct text name)
{
    const struct azb_credential *credential = call->credential;
    struct text suffix = call->request.resource ? TEXT("/.default") : TEXT("");
    char *at = call->text;
    memcpy(at, credential->key_prefix, credential->key_prefix_length);
    at += credential->key_prefix_length;
    call->scope = at;
    memcpy(at, name.at, name.length);
    at += name.length;
    memcpy(at, suffix.at, suffix.length + 1);
    call->key = (struct text){call->text, (size_t)(at - call->text) + suffix.length};
}

static bool call_begin(struct call *call, struct azb_credential *credential,
    const struct azb_token_request *request, struct azb_error *err)
{
    struct text name = TEXT("");
    call->credential = credential;
    call->request = (struct azb_token_request){0};
    call->key = TEXT_NONE;
    if (!options_read(&call->request, sizeof(call->request), request, err) ||
        !name_check(&call->request, &name, err))
        return false;
    if (call->request.timeout_ms < 0 || call->request.min_valid_s < 0)
        return fail(err, AZB_ERROR_ARGUMENT, "timeout_ms and min_valid_s cannot be negative");
    write_key(call, name);
    return true;
}

static int find(
    struct call *call, int64_t min_valid_s, struct azb_token *token, struct azb_error *err)
{
    const struct azb_credential *credential = call->credential;
    return token_cache_find(
        credential->cache, call->key, clock_seconds(credential->clock), min_valid_s, token, err);
}

/* The times of a new token. `asked_on` is from before the request: what the network took is gone.
 */
static bool keep(struct call *call, const struct token_reply *reply, int64_t asked_on,
    struct azb_token *token, struct azb_error *err)
{
    struct azb_token fresh = AZB_TOKEN_INIT;
    if (!azb_token_set(&fresh, reply->access_token, asked_on + reply->expires_in, err))
        return false;
    fresh.refresh_on = reply->refresh_in ? asked_on + reply->refresh_in
                                         : fresh.expires_on - token_margin_s(reply->expires_in);
    token_cache_put(call->credential->cache, call->key, asked_on, &fresh);
    azb_token_free(token);
    *token = fresh;
    return true;
}

static bool acquire(struct call *call, struct azb_token *token, struct azb_error *err)
{
    scoped_secret_arena struct arena arena;
    struct azb_credential *credential = call->credential;
    struct token_ask ask = {
        .scope = call->scope, .claims = call->request.claims, .patience = call->patience};
    struct token_reply reply;
    int64_t asked_on = clock_seconds(credential->clock);
    arena_init(&arena, 0);
    if (!credential->kind->acquire(credential, &ask, &arena, &reply, err))
        return false;
    return keep(call, &reply, asked_on, token, err);
}

static bool may_use_cache(const struct call *call)
{
    return !call->request.force && !call->request.claims;
}

/* Between the look into the cache and taking the lead, another leader may have landed. */
static bool lead(
    struct call *call, struct flight *mine, struct azb_token *token, struct azb_error *err)
{
    struct flights *flights = &call->credential->flights;
    int found = may_use_cache(call) ? find(call, call->request.min_valid_s, token, err) : 0;
    bool got = found > 0 || (found == 0 && acquire(call, token, err));
    flight_land(flights, mine, got ? NULL : err);
    return got;
}

/* A challenge has a flight of its own: its token answers nobody else's question. */
static bool write_flight_key(const struct call *call, struct buffer *key, struct azb_error *err)
{
    buffer_init(key, FLIGHT_KEY_MAX);
    buffer_add_text(key, call->key);
    if (call->request.claims) {
        buffer_add_char(key, '\n');
        buffer_add_string(key, call->request.claims);
    }
    return !key->failed || fail_memory(err);
}

static bool get_from_network(struct call *call, struct azb_token *token, struct azb_error *err)
{
    scoped_buffer struct buffer key = {0};
    if (!write_flight_key(call, &key, err))
        return false;
    for (;;) {
        struct flight *mine = NULL;
        enum flight_outcome outcome =
            flight_board(&call->credential->flights, buffer_text(&key), call->patience, &mine, err);
        if (outcome == FLIGHT_LEAD)
            return lead(call, mine, token, err);
        if (outcome == FLIGHT_FAILED)
            return false;
        /* What has just landed is as new as it gets: any life left in it will do. */
        int found = outcome == FLIGHT_DONE ? find(call, 1, token, err) : 0;
        if (found)
            return found > 0;
    }
}

static bool get_slowly(struct call *call, struct azb_token *token, struct azb_error *err)
{
    if (!characters_check(&call->request, err))
        return false;
    struct azb_error own = AZB_ERROR_INIT; /* for callers who do not want to know */
    int64_t timeout_ms =
        call->request.timeout_ms ? call->request.timeout_ms : call->credential->kind->timeout_ms;
    call->patience = (struct patience){http_deadline_ms(timeout_ms), call->request.cancel};
    bool got = get_from_network(call, token, err ? err : &own);
    azb_error_free(&own);
    return got;
}

bool azb_credential_get_token(struct azb_credential *credential,
    const struct azb_token_request *request, struct azb_token *token, struct azb_error *err)
{
    struct call call;
    if (!credential || !token)
        return fail(err, AZB_ERROR_ARGUMENT, "the %s is NULL", credential ? "token" : "credential");
    if (!*credential->not_forked)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "this credential was made before fork(): make a new one in the child process");
    if (!call_begin(&call, credential, request, err))
        return false;
    int found = may_use_cache(&call) ? find(&call, call.request.min_valid_s, token, err) : 0;
    return found ? found > 0 : get_slowly(&call, token, err);
}

static bool provide(void *context, const struct azb_token_request *request, struct azb_token *token,
    struct azb_error *err)
{
    return azb_credential_get_token(context, request, token, err);
}

struct azb_token_provider azb_credential_provider(struct azb_credential *credential)
{
    return (struct azb_token_provider){provide, credential};
}
