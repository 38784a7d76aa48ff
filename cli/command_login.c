/*
 * azb login: signs in and remembers who that is.
 *
 * Nothing is kept before a token was got: a login that is in the list has worked once.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "base/crypto.h"
#include "base/error.h"
#include "cli/cloud.h"
#include "cli/commands.h"
#include "cli/login_secret.h"
#include "cli/login_view.h"

static const struct option_row options[] = {
    {"service-principal", OPTION_FLAG, false,
        "As an application with a client secret: --client-secret-file, or AZURE_CLIENT_SECRET.", 0},
    {"certificate", OPTION_TEXT, false,
        "As an application with a certificate: a PEM file with its private key.", 0},
    {"tenant", OPTION_TEXT, false, "The tenant's id or domain name (AZURE_TENANT_ID).", 0},
    {"client-id", OPTION_TEXT, false, "The application's client id (AZURE_CLIENT_ID).", 0},
    {"client-secret-file", OPTION_TEXT, false,
        "The file with the client secret, or - for standard input.", 0},
    {"authority-host", OPTION_TEXT, false,
        "Who issues the tokens (AZURE_AUTHORITY_HOST, else https://login.microsoftonline.com).", 0},
    {"scope", OPTION_TEXT, false, "What to ask a first token for (Azure Batch).", 0},
    {"name", OPTION_TEXT, false, "What to call this login (the user's name, or the client id).", 0},
};

struct attempt {
    struct session *session;
    const struct arguments *arguments;
    struct login login;
    char *secret; /* in the session's arena, wiped at its end */
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

static bool read_secret_file(struct attempt *attempt, const char *path, struct azb_error *err)
{
    struct text secret;
    if (!read_input(&attempt->session->arena, path, &secret, err))
        return false;
    secret = text_trim(secret);
    if (!secret.length || secret.length > LOGIN_SECRET_MAX ||
        memchr(secret.at, '\0', secret.length))
        return fail(err, AZB_ERROR_ARGUMENT, "%s holds no secret (1 to %d characters on one line)",
            strcmp(path, "-") == 0 ? "standard input" : path, LOGIN_SECRET_MAX);
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
        return read_secret_file(attempt, path, err);
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
    if (!need_application(attempt, err))
        return false;
    attempt->login.certificate_path = full_path(attempt, path, "the certificate", err);
    return attempt->login.certificate_path != NULL;
}

/* The option that chooses a way to sign in, and what else that way needs. */
static const struct method {
    const char *option;
    enum login_kind kind;
    bool (*read)(struct attempt *attempt, struct azb_error *err);
} methods[] = {
    {"service-principal", LOGIN_SECRET, read_client_secret},
    {"certificate", LOGIN_CERTIFICATE, read_certificate},
};

static const struct method *choose_method(const struct attempt *attempt, struct azb_error *err)
{
    const struct method *chosen = NULL;
    for (size_t i = 0; i < COUNT(methods); i++) {
        if (!argument_flag(attempt->arguments, methods[i].option))
            continue;
        /* `--service-principal --certificate FILE` is how people know it from az. */
        bool refined = chosen && chosen->kind == LOGIN_SECRET;
        if (chosen && !refined) {
            fail(err, AZB_ERROR_ARGUMENT, "--%s and --%s are two ways to sign in: choose one",
                chosen->option, methods[i].option);
            return NULL;
        }
        chosen = &methods[i];
    }
    if (!chosen)
        fail(err, AZB_ERROR_ARGUMENT,
            "'azb login' needs a way to sign in: --service-principal or --certificate FILE");
    return chosen;
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

static bool get_first_token(struct attempt *attempt, struct azb_error *err)
{
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    const struct cloud *cloud = cloud_of(attempt->login.authority_host);
    const char *resource = environment("AZB_BATCH_RESOURCE");
    request.scope = argument(attempt->arguments, "scope");
    if (!request.scope)
        request.resource =
            resource ? resource : (cloud ? cloud : cloud_of(NULL))->resources[ENDPOINT_BATCH];
    request.force = true;
    struct azb_credential *credential =
        login_credential(&attempt->login, attempt->secret, NULL, &attempt->session->arena, err);
    bool got = credential && azb_credential_get_token(credential, &request, &token, err);
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
    return get_first_token(attempt, err) && keep(attempt, err);
}

/* People are told where a secret lies about, and what comes next. */
static void tell(struct attempt *attempt)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const char *path =
        attempt->secret ? login_secret_path(attempt->login.name, &attempt->session->arena, &ignored)
                        : NULL;
    azb_error_free(&ignored);
    session_note("signed in as %s; `azb whoami` shows who that is, `azb logout` ends it",
        attempt->login.name);
    if (path)
        session_note("the secret is kept in clear text in %s, which only you can read", path);
    if (!environment("AZURE_BATCH_ENDPOINT") && !attempt->login.batch_endpoint)
        session_note("next: export AZURE_BATCH_ENDPOINT=https://ACCOUNT.REGION.batch.azure.com");
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct attempt attempt = {.session = session, .arguments = arguments};
    (void)command;
    if (!sign_in(&attempt, &err))
        return session_fail(session, &err);
    const struct json *shown = login_view(&attempt.login, LOGIN_CURRENT, &session->arena, &err);
    if (!shown)
        return session_fail(session, &err);
    output(session, shown, NULL);
    tell(&attempt);
    return EXIT_OK;
}

const struct command command_login = {"login", "Signs in, and remembers who that is.",
    "As an application with a secret:\n"
    "  azb login --service-principal --tenant TENANT --client-id ID --client-secret-file FILE\n"
    "As an application with a certificate:\n"
    "  azb login --certificate FILE --tenant TENANT --client-id ID\n"
    "The login goes before the environment's identity from then on (--as environment takes that "
    "one), and keeps its authority: its tokens are only sent to services of the same cloud.",
    options, COUNT(options), run};
