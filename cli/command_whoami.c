/* azb whoami: which identity azb uses and where it was found; with the ids that roles bind. */
#include <stdio.h>

#include "base/error.h"
#include "base/jwt.h"
#include "cli/commands.h"
#include "cli/output.h"

static bool claims_of(struct session *session, const struct json **claims, struct azb_error *err)
{
    struct azb_credential *credential = session_credential(session, err);
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct jwt jwt;
    request.resource = session_resource(ENDPOINT_BATCH);
    if (!credential || !azb_credential_get_token(credential, &request, &token, err))
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

static void print(
    struct session *session, const char *source, const char *mode, const struct json *claims)
{
    scoped_buffer struct buffer text;
    struct json_writer writer;
    struct azb_error err = AZB_ERROR_INIT;
    buffer_init(&text, 1 << 16);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "authMode", mode);
    json_member(&writer, "source", source);
    for (size_t i = 0; claims && i < COUNT(shown); i++)
        if (json_get_text(claims, shown[i].claim).at)
            json_member_text(&writer, shown[i].name, json_get_text(claims, shown[i].claim));
    json_member(&writer, "batchEndpoint", environment("AZURE_BATCH_ENDPOINT"));
    json_end_object(&writer);
    const struct json *value = json_parse(buffer_text(&text), &session->arena, &err);
    if (value)
        output(session, value, NULL);
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
        print(session, "environment (AZURE_BATCH_ACCESS_KEY)", "shared_key", NULL);
        return EXIT_OK;
    }
    if (!claims_of(session, &claims, &err))
        return session_fail(session, &err);
    char source[64];
    snprintf(source, sizeof source, "environment (%s)", azb_credential_kind(session->credential));
    print(session, source, "aad", claims);
    return EXIT_OK;
}

const struct command command_whoami = {"whoami", "Shows which identity azb uses, and from where.",
    "objectId is what role assignments bind; clientId is the application.", NULL, 0, run};
