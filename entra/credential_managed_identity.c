/*
 * The identity of the machine, whichever source it has (managed_identity_source.c).
 */
#include "entra/managed_identity.h"

#include "base/crypto.h"
#include "base/error.h"
#include "entra/chain.h"

#define ANSWER_MAX ((size_t)1024 * 1024)
#define CONNECT_MS 2000 /* all of them are on the machine itself, or next to it */
#define PROBE_MS 1000

struct state {
    struct managed_identity identity;
    atomic_bool is_found; /* or need not be looked for */
};

/* ---- The request ---- */

static bool read_resource(const char *scope, struct text *resource, struct azb_error *err)
{
    struct text text = text_of(scope);
    if (memchr(text.at, ' ', text.length))
        return fail(err, AZB_ERROR_ARGUMENT,
            "a managed identity gives tokens for one resource at a time; several scopes were asked "
            "for");
    if (text_ends(text, "/.default"))
        text.length -= strlen("/.default");
    *resource = text;
    return true;
}

/* https://github.com/AzureAD/microsoft-authentication-library-for-dotnet/blob/main/docs/msiv1_token_revocation.md
 */
static void write_revocation(const char *refused, struct buffer *out)
{
    unsigned char digest[SHA256_BYTES];
    buffer_add_form(out, "xms_cc", TEXT("cp1"));
    if (!refused)
        return;
    sha256(text_of(refused), digest);
    buffer_add_string(out, "&token_sha256_to_refresh=");
    for (size_t i = 0; i < sizeof(digest); i++)
        buffer_format(out, "%02x", digest[i]);
}

/* The query, or the body of a POST. */
static bool write_parameters(const struct azb_credential *credential, const struct token_ask *ask,
    struct text resource, struct buffer *out, struct azb_error *err)
{
    const struct managed_identity *identity = &((struct state *)credential->state)->identity;
    const struct managed_identity_source *source = identity->source;
    if (source->api_version)
        buffer_add_form(out, "api-version", text_of(source->api_version));
    buffer_add_form(out, "resource", resource);
    if (identity->named != IDENTITY_SYSTEM)
        buffer_add_form(out, source->parameters[identity->named], text_of(identity->name));
    if (source->knows_revocation && credential->is_capable)
        write_revocation(ask->claims ? ask->refused : NULL, out);
    return !out->failed || fail_memory(err);
}

static void set_common(const struct managed_identity *identity, struct http_request *request)
{
    request->no_proxy = true; /* the secret and the token are nobody else's business */
    request->connect_timeout_ms = CONNECT_MS;
    request->body_maximum = ANSWER_MAX;
    request->peer_thumbprint = identity->thumbprint;
    request->retry_rules = identity->source->retry_rules;
    request->retry_rule_count = identity->source->retry_rule_count;
}

/* `authorization` is the answer to a challenge; NULL: none. */
static bool send(struct azb_credential *credential, const struct token_ask *ask,
    struct text parameters, const char *authorization, struct arena *arena,
    struct http_response *response, struct azb_error *err)
{
    const struct managed_identity *identity = &((struct state *)credential->state)->identity;
    bool is_post = strcmp(identity->source->method, "POST") == 0;
    const char *separator = strchr(identity->endpoint, '?') ? "&" : "?";
    struct http_request request;
    char *url = arena_format(arena, "%s%s%.*s", identity->endpoint, is_post ? "" : separator,
        is_post ? 0 : (int)parameters.length, parameters.at);
    if (!url)
        return fail_memory(err);
    http_request_init(&request, identity->source->method, url);
    set_common(identity, &request);
    http_add_header(
        &request, identity->source->header, identity->secret ? identity->secret : "true");
    if (authorization)
        http_add_header(&request, "Authorization", authorization);
    if (is_post) {
        http_add_header(&request, "Content-Type", "application/x-www-form-urlencoded");
        request.body = parameters;
        request.idempotent = true;
    }
    request.cancel = ask->patience.cancel;
    request.timeout_ms = patience_left_ms(ask->patience, err);
    return request.timeout_ms && http_send(credential->http, &request, arena, response, err);
}

static bool answer_challenge(struct azb_credential *credential, const struct token_ask *ask,
    struct text parameters, struct arena *arena, struct http_response *response,
    struct azb_error *err)
{
    const struct managed_identity *identity = &((struct state *)credential->state)->identity;
    char *key = NULL;
    if (!identity->source->has_challenge || response->status != 401)
        return true;
    const char *challenge = http_header(response, "WWW-Authenticate");
    if (!arc_key_read(identity->root, challenge, arena, &key, err))
        return false;
    const char *authorization = arena_format(arena, "Basic %s", key);
    if (!authorization)
        return fail_memory(err);
    return send(credential, ask, parameters, authorization, arena, response, err);
}

/* ---- Is it there at all? ---- */

static bool is_about_time(const struct token_ask *ask, const struct azb_error *problem)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    return problem->kind == AZB_ERROR_CANCELLED ||
           (problem->kind == AZB_ERROR_TIMEOUT && !patience_left_ms(ask->patience, &ignored));
}

/* The caller's own limits are no news of the machine. */
static bool fail_unreached(
    const struct state *state, const struct token_ask *ask, struct azb_error *err)
{
    const struct managed_identity_source *source = state->identity.source;
    if (!err || !source->may_be_absent || is_about_time(ask, err) ||
        (err->kind != AZB_ERROR_NETWORK && err->kind != AZB_ERROR_TIMEOUT))
        return fail_while(err, "%s", source->name);
    fail_while(
        err, "%s does not answer, so this is no machine of Azure with an identity", source->name);
    return mark_unavailable(err);
}

/* Any answer will do: without the header it is an error, and costs nothing. */
static bool probe(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct azb_error *err)
{
    struct state *state = credential->state;
    struct http_request request;
    struct http_response response;
    if (state->is_found)
        return true;
    http_request_init(&request, "GET", state->identity.endpoint);
    set_common(&state->identity, &request);
    request.retries = -1;
    request.retry_rules = NULL;
    request.connect_timeout_ms = PROBE_MS;
    request.cancel = ask->patience.cancel;
    request.timeout_ms = patience_left_ms(ask->patience, err);
    if (!request.timeout_ms)
        return false;
    if (request.timeout_ms > PROBE_MS)
        request.timeout_ms = PROBE_MS;
    state->is_found = http_send(credential->http, &request, arena, &response, err);
    return state->is_found || fail_unreached(state, ask, err);
}

/* ---- The credential ---- */

static bool acquire(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    const struct state *state = credential->state;
    scoped_buffer struct buffer parameters = {0};
    struct http_response response;
    struct text resource;
    buffer_init(&parameters, 16 * 1024);
    if (!read_resource(ask->scope, &resource, err) ||
        !write_parameters(credential, ask, resource, &parameters, err) ||
        !probe(credential, ask, arena, err))
        return false;
    if (!send(credential, ask, buffer_text(&parameters), NULL, arena, &response, err))
        return fail_unreached(state, ask, err);
    if (!answer_challenge(credential, ask, buffer_text(&parameters), arena, &response, err))
        return false;
    if (response.status != 200)
        return managed_identity_reply_fail(state->identity.source, &response, arena, err);
    return managed_identity_reply_read(
               response.body, clock_seconds(credential->clock), arena, reply, err) ||
           fail_while(err, "%s", state->identity.source->name);
}

static void free_state(void *context)
{
    struct state *state = context;
    arena_wipe(&state->identity.arena);
    memory_free(state);
}

static const struct credential_kind managed_identity = {
    .name = "managed_identity",
    .acquire = acquire,
    .free_state = free_state,
};

static bool take_name(struct managed_identity *identity,
    const struct azb_managed_identity_options *options, struct azb_error *err)
{
    const char *const given[IDENTITY_NAMES] = {
        [IDENTITY_CLIENT_ID] = options->client_id,
        [IDENTITY_OBJECT_ID] = options->object_id,
        [IDENTITY_RESOURCE_ID] = options->resource_id,
    };
    identity->named = IDENTITY_SYSTEM;
    for (int i = 0; i < IDENTITY_NAMES; i++) {
        if (!given[i])
            continue;
        if (identity->named != IDENTITY_SYSTEM || !given[i][0])
            return fail(err, AZB_ERROR_ARGUMENT,
                "give at most one of client_id, object_id and resource_id, and not an empty one");
        identity->named = (enum identity_name)i;
        identity->name = arena_string(&identity->arena, given[i]);
        if (!identity->name)
            return fail_memory(err);
    }
    return true;
}

static bool fill(struct state *state, const struct azb_managed_identity_options *options,
    enum managed_identity_use use, const struct entra_environment *world, struct azb_error *err)
{
    struct managed_identity *identity = &state->identity;
    arena_init(&identity->arena, 0);
    identity->root = arena_string(&identity->arena, world && world->root ? world->root : "");
    if (!identity->root)
        return fail_memory(err);
    if (!take_name(identity, options, err) || !managed_identity_find(identity, world, err))
        return false;
    /* Who set the host knows that it is there. */
    state->is_found = use == MANAGED_IDENTITY_ALONE || !identity->source->may_be_absent ||
                      world_variable(world, "AZURE_POD_IDENTITY_AUTHORITY_HOST");
    return true;
}

struct azb_credential *managed_identity_make(const struct azb_managed_identity_options *options,
    enum managed_identity_use use, const struct entra_environment *world, struct azb_error *err)
{
    struct azb_managed_identity_options own;
    if (!options_read(&own, sizeof(own), options, err))
        return NULL;
    struct state *state = memory_alloc(sizeof(*state));
    if (!state) {
        fail_memory(err);
        return NULL;
    }
    if (!fill(state, &own, use, world, err)) {
        free_state(state);
        return NULL;
    }
    struct credential_names names = {
        .ca_file = own.ca_file ? own.ca_file : world_variable(world, "AZB_CA_FILE"),
        .own_name = managed_identity.name,
    };
    return credential_new(&managed_identity, state, &names, world, err);
}

struct azb_credential *managed_identity_new(const struct azb_managed_identity_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    return managed_identity_make(options, MANAGED_IDENTITY_ALONE, world, err);
}

struct azb_credential *azb_credential_managed_identity(
    const struct azb_managed_identity_options *options, struct azb_error *err)
{
    return managed_identity_new(options, NULL, err);
}
