/* azb token: an access token for Batch, or for another resource. */
#include <stdio.h>

#include "base/error.h"
#include "base/jwt.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/output.h"

static const struct option_row options[] = {
    {"resource", OPTION_TEXT, false,
        "Whom the token is for (https://batch.core.windows.net/, with its slash).", 0},
    {"scope", OPTION_TEXT, false, "A scope instead of a resource, sent as it is.", 0},
    {"decode", OPTION_FLAG, false, "Show the claims instead of the token.", 0},
};

static bool get_token(struct session *session, const struct arguments *arguments,
    struct azb_token *token, struct azb_error *err)
{
    struct azb_credential *credential = session_credential(session, err);
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    request.scope = argument(arguments, "scope");
    request.resource = argument(arguments, "resource");
    if (!request.scope && !request.resource)
        request.resource = session_resource(session, ENDPOINT_BATCH);
    return credential && azb_credential_get_token(credential, &request, token, err);
}

/* A claim's value on one line; a time is followed by itself as people read it. */
static void claim_text(const struct json *payload, const struct json *claim, struct buffer *out)
{
    static const char *const times[] = {"iat", "nbf", "exp", "auth_time"};
    struct json_writer writer;
    char shown[TIME_TEXT_MAX];
    int64_t seconds;
    buffer_reset(out);
    if (claim->type == JSON_STRING) {
        buffer_add_text(out, claim->text);
    } else {
        json_writer_init(&writer, out, 0);
        json_write_tree(&writer, claim);
    }
    for (size_t i = 0; i < COUNT(times); i++)
        if (text_is(claim->name, times[i]) && jwt_date(payload, times[i], &seconds) == 1) {
            time_iso8601(seconds * TICKS_PER_SECOND, shown);
            buffer_format(out, " (%s)", shown);
        }
}

/* For people: a list of {claim, value}, which output() prints as a table. */
static const struct json *claim_list(
    struct session *session, const struct json *payload, struct azb_error *err)
{
    scoped_buffer struct buffer text, value;
    struct json_writer writer;
    buffer_init(&text, 1 << 20);
    buffer_init(&value, 1 << 20);
    json_writer_init(&writer, &text, 0);
    json_begin_array(&writer);
    for (const struct json *claim = payload->first; claim; claim = claim->next) {
        claim_text(payload, claim, &value);
        json_begin_object(&writer);
        json_member_text(&writer, "claim", claim->name);
        json_member_text(&writer, "value", buffer_text(&value));
        json_end_object(&writer);
    }
    json_end_array(&writer);
    char *kept = arena_copy(&session->arena, text.at, text.length);
    if (!kept || text.failed || value.failed) {
        fail_memory(err);
        return NULL;
    }
    return json_parse((struct text){kept, text.length}, &session->arena, err);
}

/* The signature is not checked: whom the token is for checks it. */
static int show_claims(struct session *session, const struct azb_token *token)
{
    static const char *const columns[] = {"claim", "value", NULL};
    struct azb_error err = AZB_ERROR_INIT;
    struct jwt jwt;
    if (!jwt_parse(text_of(token->token), JWT_STRICT, &session->arena, &jwt, &err)) {
        fail_while(&err, "the token cannot be decoded");
        return session_fail(session, &err);
    }
    if (session->format != OUTPUT_JSON) {
        const struct json *claims = claim_list(session, jwt.payload, &err);
        if (!claims)
            return session_fail(session, &err);
        output(session, claims, columns);
        return EXIT_OK;
    }
    struct json header = *jwt.header, payload = *jwt.payload;
    header.name = TEXT("header");
    payload.name = TEXT("claims");
    header.next = &payload;
    payload.next = NULL;
    const struct json both = {.type = JSON_OBJECT, .first = &header, .count = 2};
    output(session, &both, NULL);
    return EXIT_OK;
}

static int run(
    struct session *session, const struct command *command, const struct arguments *arguments)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    (void)command;
    if (!get_token(session, arguments, &token, &err))
        return session_fail(session, &err);
    int status = EXIT_OK;
    if (argument_flag(arguments, "decode"))
        status = show_claims(session, &token);
    else
        printf("%s\n", token.token);
    azb_token_free(&token);
    return status;
}

const struct command command_token = {"token", "Gets an access token.",
    "The token alone goes to standard output; --decode shows its claims instead.", options,
    COUNT(options), run};
