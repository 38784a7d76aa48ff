#include "entra/authorization_request.h"

#include "base/crypto.h"
#include "base/error.h"
#include "entra/claims.h"
#include "entra/user_credential.h"

#define SECRET_BYTES 32
#define URL_MAX ((size_t)64 * 1024)

static bool make_secret(char out[AUTHORIZATION_SECRET_MAX], struct azb_error *err)
{
    scoped_secret_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const char *secret = random_token(&arena, SECRET_BYTES);
    if (!secret)
        return arena.failed ? fail_memory(err)
                            : fail(err, AZB_ERROR_IO, "the system has no randomness");
    snprintf(out, AUTHORIZATION_SECRET_MAX, "%s", secret);
    return true;
}

bool authorization_secrets_make(struct authorization_secrets *out, struct azb_error *err)
{
    return make_secret(out->state, err) && make_secret(out->nonce, err) &&
           make_secret(out->code_verifier, err);
}

bool authorization_prompt_check(const char *prompt, struct azb_error *err)
{
    static const char *const known[] = {"login", "select_account", "consent"};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (!prompt || strcmp(prompt, known[i]) == 0)
            return true;
    return fail(err, AZB_ERROR_ARGUMENT,
        "prompt '%.40s' is not one of login, select_account, consent", prompt);
}

/* RFC 7636 section 4.2: BASE64URL(SHA256(verifier)). */
static char *challenge_of(const char *code_verifier, struct arena *arena)
{
    unsigned char digest[SHA256_BYTES];
    sha256(text_of(code_verifier), digest);
    return base64url_encode(arena, (struct text){(char *)digest, sizeof(digest)});
}

/* A parameter that is NULL is left out. */
static void add(struct buffer *query, const char *name, const char *value)
{
    if (value && value[0])
        buffer_add_form(query, name, text_of(value));
}

static void add_all(
    const struct authorization_request *request, const char *challenge, struct buffer *query)
{
    add(query, "client_id", request->client_id);
    add(query, "response_type", "code");
    add(query, "redirect_uri", request->redirect_uri);
    add(query, "scope", request->scope);
    add(query, "response_mode", request->response_mode);
    add(query, "state", request->secrets->state);
    add(query, "nonce", request->secrets->nonce);
    add(query, "code_challenge", challenge);
    add(query, "code_challenge_method", "S256");
    add(query, "client_info", "1");
    add(query, "prompt", request->prompt);
    add(query, "login_hint", request->login_hint);
    add(query, "domain_hint", request->domain_hint);
    add(query, "claims", request->claims);
}

char *authorization_request_url(
    const struct authorization_request *request, struct arena *arena, struct azb_error *err)
{
    scoped_buffer struct buffer query = {0};
    buffer_init(&query, URL_MAX);
    const char *challenge = challenge_of(request->secrets->code_verifier, arena);
    if (challenge)
        add_all(request, challenge, &query);
    char *url = challenge && !query.failed
                    ? arena_format(arena, "%s%c%s", request->endpoint,
                          strchr(request->endpoint, '?') ? '&' : '?', query.at)
                    : NULL;
    if (!url)
        fail_memory(err);
    return url;
}

/* ---- For web applications ---- */

/* Where a web application may be sent back to. */
static bool redirect_check(const char *redirect_uri, struct azb_error *err)
{
    struct url url;
    if (!redirect_uri)
        return fail(err, AZB_ERROR_ARGUMENT, "redirect_uri is missing");
    bool good = url_parse(text_of(redirect_uri), &url) && !strchr(redirect_uri, '#');
    bool is_local = good && (text_is(url.host, "localhost") || text_is(url.host, "127.0.0.1") ||
                                text_is(url.host, "[::1]"));
    if (good && (text_equal_nocase(url.scheme, TEXT("https")) || is_local))
        return true;
    return fail(err, AZB_ERROR_ARGUMENT,
        "redirect_uri '%.200s' is neither https nor http on localhost, or has a fragment",
        redirect_uri);
}

static bool write_url(struct azb_credential *credential, const char *scope,
    const struct authorization_secrets *secrets, struct arena *arena, char **url,
    struct azb_error *err)
{
    const struct user_credential *state = credential->state;
    const struct authority_endpoints *endpoints = NULL;
    struct patience patience = {http_deadline_ms(0), NULL};
    if (!authority_find_endpoints(
            credential->authority, credential->http, patience, &endpoints, err))
        return false;
    struct authorization_request request = {
        .endpoint = endpoints->authorization,
        .client_id = credential->client_id,
        .redirect_uri = state->options.redirect_uri,
        .scope = user_scope(scope, arena),
        .prompt = state->options.prompt,
        .login_hint =
            state->options.login_hint ? state->options.login_hint : state->options.username,
        .domain_hint = state->options.domain_hint,
        .secrets = secrets,
    };
    if (!request.endpoint)
        return fail(err, AZB_ERROR_CONFIGURATION, "the authority has no authorization endpoint");
    if (credential->is_capable)
        request.claims = claims_with_capability(NULL, arena, err);
    if (!request.scope || (credential->is_capable && !request.claims))
        return fail_memory(err);
    *url = authorization_request_url(&request, arena, err);
    return *url != NULL;
}

static bool give(const char *url, const struct authorization_secrets *secrets,
    struct azb_authorization_url *out, struct azb_error *err)
{
    if (strlen(url) >= sizeof(out->url))
        return fail(err, AZB_ERROR_ARGUMENT,
            "the authorization URL would have %zu characters; %zu are allowed", strlen(url),
            sizeof(out->url) - 1);
    snprintf(out->url, sizeof(out->url), "%s", url);
    snprintf(out->state, sizeof(out->state), "%s", secrets->state);
    snprintf(out->nonce, sizeof(out->nonce), "%s", secrets->nonce);
    snprintf(out->code_verifier, sizeof(out->code_verifier), "%s", secrets->code_verifier);
    return true;
}

static const struct credential_kind url_only = USER_KIND("authorization_url");

/* A credential for the time of the call: its checks, its authority, its network. */
static struct azb_credential *make_credential(const struct azb_user_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct user_credential *state = user_state_new(options, NULL, err);
    if (!state)
        return NULL;
    if (redirect_check(state->options.redirect_uri, err) &&
        authorization_prompt_check(state->options.prompt, err))
        return user_credential_new(&url_only, state, world, err);
    user_state_free(state);
    return NULL;
}

bool authorization_url_make(const struct azb_user_options *options, const char *scope,
    const struct entra_environment *world, struct azb_authorization_url *out, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct authorization_secrets secrets;
    char *url = NULL;
    arena_init(&arena, 0);
    if (!scope || !scope[0] || !out)
        return fail(err, AZB_ERROR_ARGUMENT, "the %s is missing", out ? "scope" : "URL's place");
    struct azb_credential *credential = make_credential(options, world, err);
    bool made = credential && authorization_secrets_make(&secrets, err) &&
                write_url(credential, scope, &secrets, &arena, &url, err) &&
                give(url, &secrets, out, err);
    azb_credential_free(credential);
    secret_wipe(&secrets, sizeof(secrets));
    return made;
}

bool azb_authorization_url(const struct azb_user_options *options, const char *scope,
    struct azb_authorization_url *out, struct azb_error *err)
{
    return authorization_url_make(options, scope, NULL, out, err);
}

bool azb_state_matches(const struct azb_authorization_url *sent, const char *state)
{
    return sent && state && sent->state[0] && secret_equal(text_of(sent->state), text_of(state));
}
