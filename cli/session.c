#include "cli/session.h"

#include <errno.h>
#include <stdio.h>

#include "batch/client.h"
#include "batch/service_error.h"
#include "base/error.h"
#include "cli/cloud.h"
#include "cli/decision.h"
#include "cli/wrap.h"

#define INPUT_MAX (64 * 1024 * 1024)

const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

const struct identity *session_identity(struct session *session, struct azb_error *err)
{
    if (session->identity)
        return session->identity;
    struct identity *identity = arena_alloc(&session->arena, sizeof *identity);
    if (!identity) {
        fail_memory(err);
        return NULL;
    }
    if (!identity_choose(session->as, session->env_file, &session->arena, identity, err))
        return NULL;
    return session->identity = identity;
}

static struct azb_credential *login_of_session(
    struct session *session, const struct login *login, struct azb_error *err)
{
    if (login->tokens_in && !session->cache)
        session->cache = login_tokens_open(login->tokens_in, err);
    if (login->tokens_in && !session->cache) {
        fail_while(err, "the login '%s' keeps its tokens in the %s", login->name, login->tokens_in);
        return NULL;
    }
    return login_credential(login, NULL, session->cache, &session->arena, err);
}

/* AZURE_TOKEN_CREDENTIALS asks for the chain that other programs know as the default credential. A
 * token file of another issuer is an identity too, where neither secret nor certificate is. */
static struct azb_credential *environment_credential(struct azb_error *err)
{
    struct azb_default_options chain = AZB_DEFAULT_OPTIONS_INIT;
    struct azb_workload_identity_options workload = AZB_WORKLOAD_IDENTITY_OPTIONS_INIT;
    workload.ca_file = chain.ca_file = environment("AZB_CA_FILE");
    chain.authority_host = environment("AZURE_AUTHORITY_HOST");
    if (environment("AZURE_TOKEN_CREDENTIALS"))
        return azb_credential_default(&chain, err);
    if (environment("AZURE_FEDERATED_TOKEN_FILE") && !environment("AZURE_CLIENT_SECRET") &&
        !environment("AZURE_CLIENT_CERTIFICATE_PATH"))
        return azb_credential_workload_identity(&workload, err);
    return azb_credential_environment(err);
}

struct azb_credential *session_credential(struct session *session, struct azb_error *err)
{
    if (session->credential)
        return session->credential;
    const struct identity *identity = session_identity(session, err);
    if (!identity)
        return NULL;
    session->credential = identity->login ? login_of_session(session, identity->login, err)
                                          : environment_credential(err);
    if (!session->credential && !identity->login && identity->logins.count)
        error_add_value(err, "Logins", "%s; `azb auth list` shows them", identity->reason);
    return session->credential;
}

bool session_provider(
    struct session *session, struct azb_token_provider *provider, struct azb_error *err)
{
    struct azb_credential *credential = session_credential(session, err);
    if (!credential)
        return false;
    const struct login *login = session->identity->login;
    *provider = azb_credential_provider(credential);
    if (!login || login->kind == LOGIN_USER || !login->tokens_in)
        return true;
    session->tokens = (struct login_tokens){login, session->cache, credential};
    *provider = login_tokens_provider(&session->tokens);
    return true;
}

static const struct {
    const char *variable, *resource_variable, *what;
    size_t known; /* the member of a login */
} endpoints[ENDPOINTS] = {
    [ENDPOINT_BATCH] = {"AZURE_BATCH_ENDPOINT", "AZB_BATCH_RESOURCE",
        "the Batch account, https://ACCOUNT.REGION.batch.azure.com",
        offsetof(struct login, batch_endpoint)},
    [ENDPOINT_ARM] = {"AZB_ARM_ENDPOINT", "AZB_ARM_RESOURCE", "Resource Manager",
        offsetof(struct login, arm_endpoint)},
    [ENDPOINT_GRAPH] = {"AZB_GRAPH_ENDPOINT", "AZB_GRAPH_RESOURCE", "Microsoft Graph",
        offsetof(struct login, graph_endpoint)},
};

/* The endpoint that the login was made for, or NULL. */
static const char *known_url(const struct identity *identity, enum endpoint endpoint)
{
    const char *url = NULL;
    if (identity && identity->login)
        memcpy(&url, (const char *)identity->login + endpoints[endpoint].known, sizeof url);
    return url;
}

/* Of an authority that is no cloud of Microsoft's (azbd), the public one's names are meant. */
static const struct cloud *cloud_meant(const struct identity *identity)
{
    const struct cloud *cloud = identity ? cloud_of(identity->authority_host) : NULL;
    return cloud ? cloud : cloud_of(NULL);
}

/* Graph's endpoint may carry its version; requests name it in their path. */
static char *without_version(struct session *session, const char *url)
{
    struct text text = text_of(url);
    if (text_ends(text, "/"))
        text.length--;
    if (text_ends(text, "/v1.0"))
        text.length -= strlen("/v1.0");
    return text_string(&session->arena, text);
}

/* For what goes without an identity too (a shared key): its failure is somebody else's. */
static const struct identity *identity_if_any(struct session *session)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct identity *identity = session_identity(session, &ignored);
    azb_error_free(&ignored);
    return identity;
}

const char *session_url(struct session *session, enum endpoint endpoint, struct azb_error *err)
{
    const char *url = environment(endpoints[endpoint].variable);
    const struct identity *identity = url ? NULL : identity_if_any(session);
    if (!url)
        url = known_url(identity, endpoint);
    if (!url)
        url = cloud_meant(identity)->urls[endpoint];
    if (url)
        return without_version(session, url);
    fail(err, AZB_ERROR_CONFIGURATION,
        "%s is not set: the URL of %s (for a local azbd: eval \"$(azb env)\")",
        endpoints[endpoint].variable, endpoints[endpoint].what);
    return NULL;
}

const char *session_resource(struct session *session, enum endpoint endpoint)
{
    const char *resource = environment(endpoints[endpoint].resource_variable);
    return resource ? resource : cloud_meant(identity_if_any(session))->resources[endpoint];
}

static void trace(void *context, const char *method, const char *url, int status, int64_t ms)
{
    (void)context;
    fprintf(stderr, "azb: %s %s -> %d (%lld ms)\n", method, url, status, (long long)ms);
}

static bool use_shared_key(
    struct session *session, struct azb_batch_options *options, struct azb_error *err)
{
    const char *mode =
        session->auth_mode ? session->auth_mode : environment("AZURE_BATCH_AUTH_MODE");
    if (!mode || strcmp(mode, "aad") == 0)
        return true;
    if (strcmp(mode, "shared_key") != 0)
        return fail(
            err, AZB_ERROR_CONFIGURATION, "auth mode '%s' is not known: aad or shared_key", mode);
    options->account_name = environment("AZURE_BATCH_ACCOUNT");
    options->account_key = environment("AZURE_BATCH_ACCESS_KEY");
    if (options->account_name && options->account_key)
        return true;
    return fail(err, AZB_ERROR_CONFIGURATION,
        "auth mode shared_key needs AZURE_BATCH_ACCOUNT and AZURE_BATCH_ACCESS_KEY");
}

/* The token of the session's identity, for an endpoint of its own cloud. */
static bool use_token(struct session *session, enum endpoint endpoint,
    struct azb_batch_options *options, struct azb_error *err)
{
    const struct identity *identity = session_identity(session, err);
    if (!identity || !cloud_allows(identity->authority_host, endpoint, options->account_url,
                         known_url(identity, endpoint), err))
        return false;
    options->ca_file = identity->ca_file;
    return session_provider(session, &options->token_provider, err);
}

static struct azb_batch *session_client(
    struct session *session, enum endpoint endpoint, struct azb_error *err)
{
    if (session->clients[endpoint])
        return session->clients[endpoint];
    struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
    options.account_url = session_url(session, endpoint, err);
    options.resource = session_resource(session, endpoint);
    options.ca_file = environment("AZB_CA_FILE");
    options.trace = session->verbose ? trace : NULL;
    if (!options.account_url)
        return NULL;
    if (endpoint == ENDPOINT_BATCH && !use_shared_key(session, &options, err))
        return NULL;
    if (!options.account_key && !use_token(session, endpoint, &options, err))
        return NULL;
    return session->clients[endpoint] = azb_batch_open(&options, err);
}

static bool send_to(struct azb_batch *client, const char *base, const struct exchange *exchange,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    struct http_request request;
    bool absolute = exchange->path[0] != '/';
    if (absolute && !own_host(client, exchange->path, err))
        return false;
    char *url = arena_format(arena, "%s%s", absolute ? "" : base, exchange->path);
    if (!url)
        return fail_memory(err);
    http_request_init(&request, exchange->method, url);
    bool typed = false;
    for (size_t i = 0; i < exchange->header_count; i++) {
        http_add_header(&request, exchange->headers[i][0], exchange->headers[i][1]);
        typed = typed || string_equal_nocase(exchange->headers[i][0], "Content-Type");
    }
    bool changes = strcmp(exchange->method, "GET") != 0 && strcmp(exchange->method, "HEAD") != 0 &&
                   strcmp(exchange->method, "DELETE") != 0;
    request.body = exchange->body.at || !changes ? exchange->body : TEXT("");
    if (exchange->body.at && !typed)
        http_add_header(&request, "Content-Type", "application/json");
    request.sink = exchange->sink;
    request.sink_context = exchange->sink_context;
    return batch_send(client, &request, arena, response, err);
}

bool session_send(struct session *session, const struct exchange *exchange, struct answer *answer,
    struct azb_error *err)
{
    struct azb_batch *client = session_client(session, exchange->endpoint, err);
    const char *base = client ? session_url(session, exchange->endpoint, err) : NULL;
    struct http_response *response = arena_alloc(&session->arena, sizeof *response);
    session->decision = NULL; /* a request that is not answered has none */
    if (!base)
        return false;
    if (!response)
        return fail_memory(err);
    if (!send_to(client, base, exchange, &session->arena, response, err))
        return false;
    *answer =
        (struct answer){.status = response->status, .body = response->body, .response = response};
    session->decision = decision_id_of(response, &session->arena);
    if (response->status >= 400)
        return service_error(response, err);
    struct azb_error ignored = AZB_ERROR_INIT;
    if (response->body.length)
        answer->json = json_parse(response->body, &session->arena, &ignored);
    azb_error_free(&ignored);
    return true;
}

int session_exit_code(const struct azb_error *err)
{
    switch (err->kind) {
    case AZB_ERROR_ARGUMENT:
    case AZB_ERROR_CONFIGURATION:
        return EXIT_USAGE;
    case AZB_ERROR_NOT_FOUND:
        return EXIT_NOT_FOUND;
    case AZB_ERROR_AUTHENTICATION:
        return EXIT_AUTHENTICATION;
    case AZB_ERROR_PERMISSION:
        return EXIT_PERMISSION;
    case AZB_ERROR_NETWORK:
    case AZB_ERROR_TIMEOUT:
        return EXIT_NETWORK;
    default:
        return EXIT_FAILED;
    }
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* What to do next, where the service's own words do not say it. First match. */
const char *session_advice(const struct azb_error *err)
{
    static const struct {
        enum azb_error_kind kind; /* AZB_ERROR_NONE: any */
        const char *code, *advice;
    } all[] = {
        {AZB_ERROR_NONE, "AADSTS7000215",
            "AZURE_CLIENT_SECRET holds the secret's value (secretText), not its id; "
            "`azb app secret add` makes another one"},
        {AZB_ERROR_NONE, "AADSTS7000222",
            "`azb app secret add --id APPLICATION` makes another secret"},
        {AZB_ERROR_NONE, "AADSTS700016",
            "is AZURE_CLIENT_ID the application's appId, and AZURE_TENANT_ID its tenant? "
            "`azb app list` shows the applications"},
        {AZB_ERROR_NONE, "AADSTS90002", "AZURE_TENANT_ID is the tenant's GUID or domain name"},
        {AZB_ERROR_NETWORK, "CredentialUnavailable",
            "a managed identity is there on Azure's machines only: `azb login --help` has the "
            "other "
            "ways; for a local azbd's, `azb env --identity imds`"},
        {AZB_ERROR_NETWORK, "",
            "is the service running, and is the address right? `azb env` prints the addresses of "
            "a local azbd; --verbose shows each request"},
        {AZB_ERROR_TIMEOUT, "", "--verbose shows each request and its time"},
    };
    if (strstr(err->message, "azb "))
        return NULL; /* azbd's own words do */
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if ((all[i].kind == AZB_ERROR_NONE || all[i].kind == err->kind) &&
            begins_with(err->code, all[i].code))
            return all[i].advice;
    return NULL;
}

/* A command that is proposed stays on one line of its own, ready to be copied. */
static void print_detail(const char *name, const char *text)
{
    static const char proposal[] = " Try: azb ";
    const char *command = strstr(text, proposal);
    struct text sentence =
        text_slice(text_of(text), 0, command ? (size_t)(command - text) : SIZE_MAX);
    fprintf(stderr, "  %s: ", name);
    wrap_print(stderr, 4, 4 + strlen(name), sentence);
    if (!command)
        return;
    fputs("  Try:\n    ", stderr);
    print_clean(stderr, text_of(command + strlen(" Try: ")));
    fputc('\n', stderr);
}

/* A refusal can be asked about: by its id, or again, with the reasons. */
static void propose(const struct session *session, const struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    bool refused = err->http_status == 401 || err->http_status == 403;
    arena_init(&arena, 0);
    const char *step =
        decision_next_step(refused ? session->decision : NULL, session->command, err, &arena);
    if (!step)
        return;
    fputs("  Why:\n    ", stderr);
    print_clean(stderr, text_of(step));
    fputc('\n', stderr);
}

/* For `azb role explain --last`, where the decision log is asked at Resource Manager's address. */
static void remember_refusal(struct session *session, const struct azb_error *err)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    bool refused = err->http_status == 401 || err->http_status == 403;
    const char *base = refused ? session_url(session, ENDPOINT_ARM, &ignored) : NULL;
    if (refused)
        decision_remember(base, base ? session->decision : NULL);
    azb_error_free(&ignored);
}

int session_fail(struct session *session, struct azb_error *err)
{
    char code[sizeof err->code + 8];
    bool named = *err->code && !begins_with(err->message, err->code);
    snprintf(code, sizeof code, "azb: %s%s", named ? err->code : "", named ? ": " : "");
    fputs(code, stderr);
    wrap_print(stderr, 2, strlen(code), text_of(err->message));
    for (size_t i = 0; i < err->value_count; i++)
        print_detail(err->values[i].key, err->values[i].value);
    const char *advice = session_advice(err);
    if (advice)
        print_detail("What to do", advice);
    propose(session, err);
    remember_refusal(session, err);
    if (session->verbose && *err->correlation_id)
        print_detail("Request", err->correlation_id);
    int status = session_exit_code(err);
    azb_error_free(err);
    return status;
}

__attribute__((format(printf, 1, 0))) static void say(const char *format, va_list args)
{
    char sentence[1024];
    vsnprintf(sentence, sizeof sentence, format, args);
    fputs("azb: ", stderr);
    wrap_print(stderr, 2, strlen("azb: "), text_of(sentence));
}

void session_note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
}

int session_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    return EXIT_USAGE;
}

void session_end(struct session *session)
{
    for (size_t i = 0; i < ENDPOINTS; i++)
        azb_batch_free(session->clients[i]);
    azb_credential_free(session->credential);
    azb_cache_free(session->cache);
    arena_wipe(&session->arena);
}

static bool read_stream(
    struct arena *arena, FILE *file, const char *path, struct text *out, struct azb_error *err)
{
    scoped_buffer struct buffer all = {0};
    char piece[65536];
    size_t length;
    buffer_init(&all, INPUT_MAX);
    while ((length = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(&all, piece, length);
    if (ferror(file))
        return fail(err, AZB_ERROR_IO, "cannot read '%s': %s", path, strerror(errno));
    if (all.failed)
        return fail(err, AZB_ERROR_IO, "'%s' is larger than %d MiB", path, INPUT_MAX >> 20);
    *out = (struct text){arena_copy(arena, all.at ? all.at : "", all.length), all.length};
    return out->at ? true : fail_memory(err);
}

const char *input_name(const char *given)
{
    if (given[0] == '{')
        return "the text";
    const char *path = given[0] == '@' ? given + 1 : given;
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

bool read_input(struct arena *arena, const char *path, struct text *out, struct azb_error *err)
{
    if (path[0] == '@')
        path++;
    if (strcmp(path, "-") == 0)
        return read_stream(arena, stdin, "standard input", out, err);
    FILE *file = fopen(path, "re");
    if (!file)
        return fail(err, AZB_ERROR_ARGUMENT, "cannot open '%s': %s", path, strerror(errno));
    bool read = read_stream(arena, file, path, out, err);
    fclose(file);
    return read;
}
