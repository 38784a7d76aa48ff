/*
 * libazb's public credentials by hand, against a service that is not ours:
 *
 *   interop_sign_in browser|device|secret|certificate|web|silent SCOPE
 *
 * Names come from the environment (SIGN_IN_HOST, SIGN_IN_TENANT, SIGN_IN_CLIENT, SIGN_IN_SECRET,
 * SIGN_IN_CERTIFICATE, SIGN_IN_CACHE, SIGN_IN_REDIRECT_URI,
 * SIGN_IN_PROMPT, AZB_CA_FILE). The device code's prompt
 * goes to stderr as "URL CODE"; a web application's URL to stdout, and the code is read from stdin
 * as "CODE STATE". Then, one a line: the access token, a second one that was asked for anew, and
 * the account's username.
 */
#include <azb/entra.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REDIRECT_URI "https://app.example/back"

static void tell(void *context, const struct azb_user_prompt *prompt)
{
    (void)context;
    fprintf(stderr, "%s %s\n", prompt->url, prompt->user_code ? prompt->user_code : "");
    fflush(stderr);
}

static struct azb_user_options user_options(struct azb_cache *cache)
{
    struct azb_user_options options = AZB_USER_OPTIONS_INIT;
    options.tenant_id = getenv("SIGN_IN_TENANT");
    options.client_id = getenv("SIGN_IN_CLIENT");
    options.authority_host = getenv("SIGN_IN_HOST");
    options.ca_file = getenv("AZB_CA_FILE");
    options.cache = cache;
    options.redirect_uri = getenv("SIGN_IN_REDIRECT_URI");
    options.prompt = getenv("SIGN_IN_PROMPT");
    options.user_prompt = tell;
    return options;
}

static struct azb_credential *with_browser(
    struct azb_cache *cache, const char *scope, struct azb_error *err)
{
    (void)scope;
    struct azb_user_options options = user_options(cache);
    return azb_credential_interactive_browser(&options, err);
}

static struct azb_credential *with_device_code(
    struct azb_cache *cache, const char *scope, struct azb_error *err)
{
    (void)scope;
    struct azb_user_options options = user_options(cache);
    return azb_credential_device_code(&options, err);
}

static struct azb_credential *silently(
    struct azb_cache *cache, const char *scope, struct azb_error *err)
{
    (void)scope;
    struct azb_user_options options = user_options(cache);
    return azb_credential_refresh_token(&options, NULL, err);
}

static struct azb_credential *with_secret(
    struct azb_cache *cache, const char *scope, struct azb_error *err)
{
    (void)cache;
    (void)scope;
    struct azb_client_secret_options options = AZB_CLIENT_SECRET_OPTIONS_INIT;
    options.tenant_id = getenv("SIGN_IN_TENANT");
    options.client_id = getenv("SIGN_IN_CLIENT");
    options.client_secret = getenv("SIGN_IN_SECRET");
    options.authority_host = getenv("SIGN_IN_HOST");
    options.ca_file = getenv("AZB_CA_FILE");
    return azb_credential_client_secret(&options, err);
}

static struct azb_credential *with_certificate(
    struct azb_cache *cache, const char *scope, struct azb_error *err)
{
    (void)cache;
    (void)scope;
    struct azb_client_certificate_options options = AZB_CLIENT_CERTIFICATE_OPTIONS_INIT;
    options.tenant_id = getenv("SIGN_IN_TENANT");
    options.client_id = getenv("SIGN_IN_CLIENT");
    options.certificate_path = getenv("SIGN_IN_CERTIFICATE");
    options.authority_host = getenv("SIGN_IN_HOST");
    options.ca_file = getenv("AZB_CA_FILE");
    return azb_credential_client_certificate(&options, err);
}

/* The URL goes out, code and state come in. */
static bool exchange(const struct azb_authorization_url *url, char code[512])
{
    char state[128];
    printf("%s\n", url->url);
    fflush(stdout);
    return scanf("%511s %127s", code, state) == 2 && azb_state_matches(url, state);
}

static struct azb_credential *as_web_application(
    struct azb_cache *cache, const char *scope, struct azb_error *err)
{
    struct azb_user_options user = user_options(cache);
    struct azb_authorization_code_options options = AZB_AUTHORIZATION_CODE_OPTIONS_INIT;
    struct azb_authorization_url url;
    char code[512];
    user.redirect_uri = REDIRECT_URI;
    if (!azb_authorization_url(&user, scope, &url, err) || !exchange(&url, code))
        return NULL;
    options.tenant_id = user.tenant_id;
    options.client_id = user.client_id;
    options.client_secret = getenv("SIGN_IN_SECRET");
    options.code = code;
    options.redirect_uri = REDIRECT_URI;
    options.code_verifier = url.code_verifier;
    options.nonce = url.nonce;
    options.authority_host = user.authority_host;
    options.ca_file = user.ca_file;
    return azb_credential_authorization_code(&options, err);
}

static const struct {
    const char *name;
    struct azb_credential *(*make)(
        struct azb_cache *cache, const char *scope, struct azb_error *err);
} rows[] = {
    {"browser", with_browser},
    {"device", with_device_code},
    {"secret", with_secret},
    {"certificate", with_certificate},
    {"web", as_web_application},
    {"silent", silently},
};

static bool print_token(
    struct azb_credential *credential, const char *scope, bool force, struct azb_error *err)
{
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    request.scope = scope;
    request.force = force;
    request.timeout_ms = 8000;
    if (!azb_credential_get_token(credential, &request, &token, err))
        return false;
    printf("%s\n", token.token);
    azb_token_free(&token);
    return true;
}

static void print_account(struct azb_credential *credential)
{
    struct azb_account_list list = {NULL, 0, NULL};
    if (azb_credential_account(credential, &list, NULL))
        printf("%s\n", list.accounts[0].username);
    azb_account_list_free(&list);
}

static bool run(const char *name, const char *scope, struct azb_cache *cache, struct azb_error *err)
{
    struct azb_credential *credential = NULL;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].name, name) == 0)
            credential = rows[i].make(cache, scope, err);
    bool got = credential && print_token(credential, scope, false, err) &&
               print_token(credential, scope, true, err);
    if (got)
        print_account(credential);
    azb_credential_free(credential);
    return got;
}

int main(int count, char **arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_cache_options options = AZB_CACHE_OPTIONS_INIT;
    if (count != 3)
        return 2;
    options.path = getenv("SIGN_IN_CACHE");
    struct azb_cache *cache = options.path ? azb_cache_open(&options, &err) : NULL;
    bool got = run(arguments[1], arguments[2], cache, &err);
    azb_cache_free(cache);
    if (!got)
        fprintf(stderr, "%s %s\n", err.code, err.message);
    azb_error_free(&err);
    return got ? 0 : 1;
}
