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
        request.resource = session_resource(ENDPOINT_BATCH);
    return credential && azb_credential_get_token(credential, &request, token, err);
}

/* Header and claims, and the times as people read them. The signature is not checked: who a token
 * is for checks it. */
static int show_claims(struct session *session, const struct azb_token *token)
{
    static const char *const times[] = {"iat", "nbf", "exp"};
    struct azb_error err = AZB_ERROR_INIT;
    struct jwt jwt;
    if (!jwt_parse(text_of(token->token), JWT_STRICT, &session->arena, &jwt, &err)) {
        fail_while(&err, "the token cannot be decoded");
        return session_fail(session, &err);
    }
    struct json header = *jwt.header, payload = *jwt.payload;
    header.name = TEXT("header");
    payload.name = TEXT("claims");
    header.next = &payload;
    payload.next = NULL;
    const struct json both = {.type = JSON_OBJECT, .first = &header, .count = 2};
    if (session->format == OUTPUT_JSON) {
        output(session, &both, NULL);
        return EXIT_OK;
    }
    for (const struct json *claim = payload.first; claim; claim = claim->next) {
        char shown[TIME_TEXT_MAX] = "";
        int64_t seconds;
        for (size_t i = 0; i < COUNT(times); i++)
            if (text_is(claim->name, times[i]) && jwt_date(jwt.payload, times[i], &seconds) == 1)
                time_iso8601(seconds * TICKS_PER_SECOND, shown);
        printf("%-10.*s %.*s%s%s%s\n", TEXT_ARGS(claim->name), TEXT_ARGS(claim->text),
            *shown ? "  (" : "", shown, *shown ? ")" : "");
    }
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
