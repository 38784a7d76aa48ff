/* azb whoami: which identity azb uses, why that one, and where its tokens are kept; with the ids
 * that roles bind. */
#include <stdio.h>

#include "base/error.h"
#include "base/jwt.h"
#include "cli/commands.h"
#include "cli/login_secret.h"
#include "cli/output.h"

static bool claims_of(struct session *session, const struct json **claims, struct azb_error *err)
{
    struct azb_token_provider provider;
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct jwt jwt;
    request.resource = session_resource(session, ENDPOINT_BATCH);
    if (!session_provider(session, &provider, err) ||
        !provider.get_token(provider.context, &request, &token, err))
        return false;
    char *copy = arena_string(&session->arena, token.token);
    azb_token_free(&token);
    if (!copy)
        return fail_memory(err);
    if (!jwt_parse(text_of(copy), JWT_STRICT, &session->arena, &jwt, err))
        return fail_while(err, "the token cannot be decoded");
    *claims = jwt.payload;
    return true;
}

static const struct {
    const char *name, *claim;
} shown[] = {
    {"clientId", "appid"},
    {"objectId", "oid"},
    {"tenantId", "tid"},
    {"user", "unique_name"},
    {"audience", "aud"},
};

/* What is kept of a login, and where. */
static void write_places(
    struct json_writer *writer, struct session *session, const struct login *login)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    if (login && login->secret_in)
        json_member(writer, "secretIn", login_secret_path(login->name, &session->arena, &ignored));
    json_member(
        writer, "tokensIn", login_tokens_place(login ? login->tokens_in : NULL, &session->arena));
    azb_error_free(&ignored);
}

static void write_source(
    struct json_writer *writer, struct session *session, const struct identity *identity)
{
    const struct login *login = identity->login;
    const char *name = login ? login->name : azb_credential_kind(session->credential);
    json_member(writer, "source",
        arena_format(&session->arena, "%s (%s)", login ? "azb login" : "environment", name));
    json_member(writer, "why", identity->reason);
    json_member(writer, "kind", azb_credential_kind(session->credential));
    json_member(writer, "authorityHost",
        identity->authority_host ? identity->authority_host : AZB_AUTHORITY_PUBLIC);
    write_places(writer, session, login);
}

static void print(struct session *session, const struct json *claims)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct azb_error ignored = AZB_ERROR_INIT;
    buffer_init(&text, 1 << 16);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "authMode", claims ? "aad" : "shared_key");
    if (claims)
        write_source(&writer, session, session->identity);
    else
        json_member(&writer, "source", "environment (AZURE_BATCH_ACCESS_KEY)");
    for (size_t i = 0; claims && i < COUNT(shown); i++)
        if (json_get_text(claims, shown[i].claim).at)
            json_member_text(&writer, shown[i].name, json_get_text(claims, shown[i].claim));
    const char *url = session_url(session, ENDPOINT_BATCH, &ignored);
    azb_error_free(&ignored);
    json_member(&writer, "batchEndpoint", url);
    json_end_object(&writer);
    const struct json *value = json_parse(buffer_text(&text), &session->arena, &ignored);
    if (value)
        output(session, value, NULL);
    azb_error_free(&ignored);
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *claims = NULL;
    const char *mode =
        session->auth_mode ? session->auth_mode : environment("AZURE_BATCH_AUTH_MODE");
    (void)command;
    (void)arguments;
    if (mode && strcmp(mode, "shared_key") == 0) {
        print(session, NULL);
        return EXIT_OK;
    }
    if (!claims_of(session, &claims, &err))
        return session_fail(session, &err);
    print(session, claims);
    return EXIT_OK;
}

const struct command command_whoami = {"whoami", "Shows which identity azb uses, and from where.",
    "A flag goes first (--as), then `azb login`, then the environment; `why` says which it was. "
    "objectId is what role assignments bind; clientId is the application.",
    NULL, 0, run};
