/*
 * azb login: signs in and remembers who that is.
 *
 * Nothing is kept before a token was got: a login that is in the list has worked once.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/error.h"
#include "cli/cloud.h"
#include "cli/commands.h"
#include "cli/hidden_input.h"
#include "cli/login_secret.h"
#include "cli/login_view.h"
#include "cli/wrap.h"

static const struct option_row options[] = {
    {"device-code", OPTION_FLAG, false,
        "By a code that is typed in a browser on any machine: for a terminal without one.", 0},
    {"service-principal", OPTION_FLAG, false,
        "As an application with a client secret: --client-secret-file, or AZURE_CLIENT_SECRET.", 0},
    {"certificate", OPTION_TEXT, false,
        "As an application with a certificate: a PEM or PFX file with its private key.", 0},
    {"federated-token-file", OPTION_TEXT, false,
        "As an application by another issuer's token (Kubernetes, CI): the file that has it.", 0},
    {"identity", OPTION_FLAG, false,
        "As the machine: its managed identity; --client-id chooses a user-assigned one.", 0},
    {"tenant", OPTION_TEXT, false, "The tenant's id or domain name (AZURE_TENANT_ID).", 0},
    {"client-id", OPTION_TEXT, false, "The application's client id (AZURE_CLIENT_ID).", 0},
    {"client-secret-file", OPTION_TEXT, false,
        "The file with the client secret, or - for standard input.", 0},
    {"certificate-password-file", OPTION_TEXT, false,
        "The file with the certificate's password, or - for standard input.", 0},
    {"username", OPTION_TEXT, false, "Who is going to sign in: fills in the page.", 0},
    {"no-browser", OPTION_FLAG, false, "Print the address of the page instead of opening it.", 0},
    {"no-input", OPTION_FLAG, false, "Fail instead of waiting for a person.", 0},
    {"authority-host", OPTION_TEXT, false,
        "Who issues the tokens (AZURE_AUTHORITY_HOST, else https://login.microsoftonline.com).", 0},
    {"scope", OPTION_TEXT, false, "What to ask a first token for (Azure Batch).", 0},
    {"name", OPTION_TEXT, false, "What to call this login (the user's name, or the client id).", 0},
    {"tokens-in", OPTION_TEXT, false,
        "Where tokens are kept: keyring or file (the keyring where there is one).", 0},
};

struct attempt {
    struct session *session;
    const struct arguments *arguments;
    struct login login;
    char *secret; /* in the session's arena, wiped at its end */
    bool by_device_code;
    struct azb_cache *cache;
};

/* ---- What was asked for ----------------------------------------------------------------------
 */

/* A flag's value, else the environment's. */
static const char *given(const struct attempt *attempt, const char *option, const char *variable)
{
    const char *value = argument(attempt->arguments, option);
    return value ? value : environment(variable);
}

/* Logins are used from other folders too. */
static const char *full_path(
    struct attempt *attempt, const char *path, const char *what, struct azb_error *err)
{
    char full[PATH_MAX];
    if (!realpath(path, full)) {
        fail(err, AZB_ERROR_ARGUMENT, "%s '%s' cannot be opened: %s", what, path, strerror(errno));
        return NULL;
    }
    const char *copy = arena_string(&attempt->session->arena, full);
    if (!copy)
        fail_memory(err);
    return copy;
}

static bool read_authority(struct attempt *attempt, struct azb_error *err)
{
    char origin[512];
    const char *host = given(attempt, "authority-host", "AZURE_AUTHORITY_HOST");
    const char *ca_file = environment("AZB_CA_FILE");
    if (!cloud_origin(host, origin, sizeof origin))
        return fail(err, AZB_ERROR_ARGUMENT,
            "the authority host '%s' is not https://HOST[:PORT], without a path", host);
    attempt->login.authority_host = arena_string(&attempt->session->arena, origin);
    if (!attempt->login.authority_host)
        return fail_memory(err);
    return !ca_file ||
           (attempt->login.ca_file = full_path(attempt, ca_file, "AZB_CA_FILE", err)) != NULL;
}

/* az's own application is Microsoft's: another program that signs in with it pretends to be az.
 * azbd knows it, so that az itself can be tried. */
#define AZ_CLIENT_ID "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

static bool read_names(struct attempt *attempt, struct azb_error *err)
{
    struct login *login = &attempt->login;
    login->name = argument(attempt->arguments, "name");
    login->tenant_id = given(attempt, "tenant", "AZURE_TENANT_ID");
    login->client_id = given(attempt, "client-id", "AZURE_CLIENT_ID");
    if (login->client_id && cloud_of(login->authority_host) &&
        string_equal_nocase(login->client_id, AZ_CLIENT_ID))
        return fail(err, AZB_ERROR_ARGUMENT,
            "%s is the Azure CLI's own application: register one of your own and give its id",
            AZ_CLIENT_ID);
    return true;
}

static bool need(const char *value, const char *option, const char *variable, struct azb_error *err)
{
    return value ||
           fail(err, AZB_ERROR_ARGUMENT, "'azb login' needs --%s (or %s)", option, variable);
}

static bool need_application(struct attempt *attempt, struct azb_error *err)
{
    return need(attempt->login.client_id, "client-id", "AZURE_CLIENT_ID", err) &&
           need(attempt->login.tenant_id, "tenant", "AZURE_TENANT_ID", err);
}

static bool read_secret_file(
    struct attempt *attempt, const char *path, const char *what, struct azb_error *err)
{
    struct text secret;
    struct arena *arena = &attempt->session->arena;
    bool is_typed = strcmp(path, "-") == 0 && isatty(STDIN_FILENO);
    if (!(is_typed ? hidden_input(what, arena, &secret, err)
                   : read_input(arena, path, &secret, err)))
        return false;
    secret = text_trim(secret);
    if (!secret.length || secret.length > LOGIN_SECRET_MAX ||
        memchr(secret.at, '\0', secret.length))
        return fail(err, AZB_ERROR_ARGUMENT, "%s holds no %s (1 to %d characters)",
            strcmp(path, "-") == 0 ? "standard input" : path, what, LOGIN_SECRET_MAX);
    attempt->secret = text_string(&attempt->session->arena, secret);
    return attempt->secret || fail_memory(err);
}

static bool read_client_secret(struct attempt *attempt, struct azb_error *err)
{
    const char *path = argument(attempt->arguments, "client-secret-file");
    const char *variable = environment("AZURE_CLIENT_SECRET");
    if (!need_application(attempt, err))
        return false;
    attempt->login.secret_in = "file";
    if (path)
        return read_secret_file(attempt, path, "secret", err);
    if (!variable)
        return fail(err, AZB_ERROR_ARGUMENT,
            "'azb login --service-principal' needs the client secret: --client-secret-file FILE (- "
            "is standard input), or AZURE_CLIENT_SECRET. It is never an argument, which other "
            "users of the machine can see");
    attempt->secret = arena_string(&attempt->session->arena, variable);
    return attempt->secret || fail_memory(err);
}

static bool read_certificate(struct attempt *attempt, struct azb_error *err)
{
    const char *path = argument(attempt->arguments, "certificate");
    const char *password = argument(attempt->arguments, "certificate-password-file");
    if (!need_application(attempt, err))
        return false;
    attempt->login.certificate_path = full_path(attempt, path, "the certificate", err);
    if (!attempt->login.certificate_path)
        return false;
    attempt->login.secret_in = password ? "file" : NULL;
    return !password || read_secret_file(attempt, password, "password", err);
}

static bool read_token_file(struct attempt *attempt, struct azb_error *err)
{
    const char *path = argument(attempt->arguments, "federated-token-file");
    if (!need_application(attempt, err))
        return false;
    attempt->login.token_file = full_path(attempt, path, "the federated token file", err);
    return attempt->login.token_file != NULL;
}

/* AZURE_CLIENT_ID means an application elsewhere: which of the machine's identities it is, only
 * the option says. */
static bool read_machine(struct attempt *attempt, struct azb_error *err)
{
    (void)err;
    attempt->login.client_id = argument(attempt->arguments, "client-id");
    attempt->login.tenant_id = NULL;
    return true;
}

static bool read_user(struct attempt *attempt, struct azb_error *err)
{
    if (argument_flag(attempt->arguments, "no-input"))
        return fail(err, AZB_ERROR_AUTHENTICATION,
            "a person would have to sign in, and --no-input says that there is none: use "
            "--service-principal, --certificate, --federated-token-file or --identity");
    if (!attempt->login.client_id)
        return fail(err, AZB_ERROR_ARGUMENT,
            "'azb login' needs --client-id (or AZURE_CLIENT_ID): a public client application of "
            "your tenant with the redirect URI http://localhost (for a local azbd: eval \"$(azb "
            "env)\")");
    return true;
}

static bool read_device_user(struct attempt *attempt, struct azb_error *err)
{
    attempt->by_device_code = true;
    return read_user(attempt, err);
}

/* The option that chooses a way to sign in, and what else that way needs. */
struct method {
    const char *option;
    enum login_kind kind;
    bool (*read)(struct attempt *attempt, struct azb_error *err);
};

static const struct method methods[] = {
    {"device-code", LOGIN_USER, read_device_user},
    {"service-principal", LOGIN_SECRET, read_client_secret},
    {"certificate", LOGIN_CERTIFICATE, read_certificate},
    {"federated-token-file", LOGIN_FEDERATED, read_token_file},
    {"identity", LOGIN_MANAGED_IDENTITY, read_machine},
};
static const struct method by_browser = {"", LOGIN_USER, read_user};

/* `--service-principal --certificate FILE` is how people know it from az. */
static bool refines(const struct method *first, const struct method *second)
{
    return first->kind == LOGIN_SECRET &&
           (second->kind == LOGIN_CERTIFICATE || second->kind == LOGIN_FEDERATED);
}

static const struct method *choose_method(const struct attempt *attempt, struct azb_error *err)
{
    const struct method *chosen = NULL;
    for (size_t i = 0; i < COUNT(methods); i++) {
        if (!argument_flag(attempt->arguments, methods[i].option))
            continue;
        if (chosen && !refines(chosen, &methods[i])) {
            fail(err, AZB_ERROR_ARGUMENT, "--%s and --%s are two ways to sign in: choose one",
                chosen->option, methods[i].option);
            return NULL;
        }
        chosen = &methods[i];
    }
    return chosen ? chosen : &by_browser;
}

/* The services that the environment names, when they are the authority's own: a terminal without
 * these variables then leads there as well. */
static void remember_endpoints(struct attempt *attempt)
{
    struct login *login = &attempt->login;
    const struct {
        const char *variable;
        enum endpoint endpoint;
        const char **member;
    } rows[] = {{"AZURE_BATCH_ENDPOINT", ENDPOINT_BATCH, &login->batch_endpoint},
        {"AZB_ARM_ENDPOINT", ENDPOINT_ARM, &login->arm_endpoint},
        {"AZB_GRAPH_ENDPOINT", ENDPOINT_GRAPH, &login->graph_endpoint}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct azb_error ignored = AZB_ERROR_INIT;
        const char *url = environment(rows[i].variable);
        if (url && cloud_allows(login->authority_host, rows[i].endpoint, url, NULL, &ignored))
            *rows[i].member = url;
        azb_error_free(&ignored);
    }
}

/* ---- Signing in ------------------------------------------------------------------------------
 */

static void first_request(const struct attempt *attempt, struct azb_token_request *request)
{
    const struct cloud *cloud = cloud_of(attempt->login.authority_host);
    const char *resource = environment("AZB_BATCH_RESOURCE");
    request->scope = argument(attempt->arguments, "scope");
    if (!request->scope)
        request->resource =
            resource ? resource : (cloud ? cloud : cloud_of(NULL))->resources[ENDPOINT_BATCH];
}

static bool as_application(struct attempt *attempt, struct azb_error *err)
{
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    first_request(attempt, &request);
    request.force = true;
    struct login_tokens tokens = {&attempt->login, attempt->cache, NULL};
    tokens.credential =
        login_credential(&attempt->login, attempt->secret, NULL, &attempt->session->arena, err);
    struct azb_token_provider provider = login_tokens_provider(&tokens);
    bool got = tokens.credential && provider.get_token(provider.context, &request, &token, err);
    azb_token_free(&token);
    azb_credential_free(tokens.credential);
    return got;
}

/* Address and code each stand where they can be copied in one piece. */
static void tell_person(void *context, const struct azb_user_prompt *prompt)
{
    (void)context;
    if (prompt->user_code)
        fprintf(stderr,
            "To sign in, open this page in a browser on any device:\n  %s\nand enter the code %s\n",
            prompt->url, prompt->user_code);
    else
        wrap_print(stderr, 0, 0, text_of(prompt->message));
}

static bool open_nothing(void *context, const char *url)
{
    (void)context;
    (void)url;
    return false; /* the prompt says the address then */
}

/* Who that was, as the token answer says. */
static bool take_account(
    struct attempt *attempt, struct azb_credential *credential, struct azb_error *err)
{
    struct azb_account_list list = {NULL, 0, NULL};
    struct arena *arena = &attempt->session->arena;
    struct login *login = &attempt->login;
    if (!azb_credential_account(credential, &list, err))
        return false;
    const struct azb_account *account = &list.accounts[0];
    login->home_account_id = arena_string(arena, account->home_account_id);
    login->username = *account->username ? arena_string(arena, account->username) : NULL;
    if (!login->tenant_id || text_is_guid(text_of(account->tenant_id)))
        login->tenant_id = arena_string(arena, account->tenant_id);
    azb_account_list_free(&list);
    return (login->home_account_id && login->tenant_id) || fail_memory(err);
}

static bool as_user(struct attempt *attempt, struct azb_error *err)
{
    struct azb_user_options user = AZB_USER_OPTIONS_INIT;
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    user.tenant_id = attempt->login.tenant_id;
    user.client_id = attempt->login.client_id;
    user.authority_host = attempt->login.authority_host;
    user.ca_file = attempt->login.ca_file;
    user.cache = attempt->cache;
    user.login_hint = argument(attempt->arguments, "username");
    user.prompt = user.login_hint ? NULL : "select_account";
    user.open_url = argument_flag(attempt->arguments, "no-browser") ? open_nothing : NULL;
    user.user_prompt = tell_person;
    first_request(attempt, &request);
    request.force = true; /* a login asks the person, whoever was here before */
    struct azb_credential *credential = attempt->by_device_code
                                            ? azb_credential_device_code(&user, err)
                                            : azb_credential_interactive_browser(&user, err);
    bool got = credential && azb_credential_get_token(credential, &request, &token, err) &&
               take_account(attempt, credential, err);
    azb_token_free(&token);
    azb_credential_free(credential);
    return got;
}

static bool keep(struct attempt *attempt, struct azb_error *err)
{
    struct arena *arena = &attempt->session->arena;
    const char *name;
    if (!login_put(&attempt->login, arena, &name, err))
        return false;
    attempt->login.name = name;
    if (!attempt->secret || login_secret_keep(name, attempt->secret, arena, err))
        return true;
    struct azb_error second = AZB_ERROR_INIT;
    if (!login_remove(name, arena, &second))
        error_add_value(err, "And", "%s", second.message);
    azb_error_free(&second);
    return fail_while(err, "the secret cannot be kept");
}

static bool sign_in(struct attempt *attempt, struct azb_error *err)
{
    if (!read_authority(attempt, err) || !read_names(attempt, err))
        return false;
    const struct method *method = choose_method(attempt, err);
    if (!method)
        return false;
    attempt->login.kind = method->kind;
    if (!method->read(attempt, err))
        return false;
    remember_endpoints(attempt);
    /* Where a machine's identity is kept is the machine's own business. */
    if (method->kind != LOGIN_MANAGED_IDENTITY)
        attempt->login.tokens_in =
            login_tokens_choose(argument(attempt->arguments, "tokens-in"), &attempt->cache, err);
    if (method->kind != LOGIN_MANAGED_IDENTITY && !attempt->login.tokens_in)
        return false;
    bool in = method->kind == LOGIN_USER ? as_user(attempt, err) : as_application(attempt, err);
    return in && keep(attempt, err);
}

/* People are told where a key lies about, and what comes next. */
static void tell(struct attempt *attempt)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct arena *arena = &attempt->session->arena;
    const struct login *login = &attempt->login;
    const char *path = attempt->secret ? login_secret_path(login->name, arena, &ignored) : NULL;
    azb_error_free(&ignored);
    session_note(
        "signed in as %s; `azb whoami` shows who that is, `azb logout` ends it", login->name);
    if (path)
        session_note("the secret is kept in clear text in %s, which only you can read", path);
    if (login->tokens_in)
        session_note("the tokens are kept in %s%s", login_tokens_place(login->tokens_in, arena),
            strcmp(login->tokens_in, TOKENS_IN_FILE) == 0 ? ", which only you can read" : "");
    if (!environment("AZURE_BATCH_ENDPOINT") && !login->batch_endpoint)
        session_note("next: export AZURE_BATCH_ENDPOINT=https://ACCOUNT.REGION.batch.azure.com");
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct attempt attempt = {.session = session, .arguments = arguments};
    (void)command;
    bool in = sign_in(&attempt, &err);
    azb_cache_free(attempt.cache);
    if (!in)
        return session_fail(session, &err);
    const struct json *shown = login_view(&attempt.login, LOGIN_CURRENT, &session->arena, &err);
    if (!shown)
        return session_fail(session, &err);
    output(session, shown, NULL);
    tell(&attempt);
    return EXIT_OK;
}

const struct command command_login = {"login", "Signs in, and remembers who that is.",
    "You, in the browser, or by a code that is typed in a browser anywhere:\n"
    "  azb login --client-id ID\n"
    "  azb login --device-code --client-id ID --tenant TENANT\n"
    "An application, unattended, by its secret, its certificate, or another issuer's token:\n"
    "  azb login --service-principal --tenant TENANT --client-id ID --client-secret-file FILE\n"
    "  azb login --certificate FILE --tenant TENANT --client-id ID\n"
    "  azb login --federated-token-file FILE --tenant TENANT --client-id ID\n"
    "The machine itself (a managed identity):\n"
    "  azb login --identity\n"
    "After `eval \"$(azb env)\"` tenant and client id of a local azbd are known; the user's name "
    "and "
    "password are AZB_USERNAME and AZB_PASSWORD.\n\n"
    "The login goes before the environment's identity from then on (--as environment takes that "
    "one), and keeps its authority: its tokens are only sent to services of the same cloud. A "
    "password is never given to azb (the password grant is not offered: RFC 9700).",
    options, COUNT(options), run};
