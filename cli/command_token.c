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
    {"min-valid", OPTION_TEXT, false,
        "How long it must be good for at least: 90s, 10m, 1h (5m); else a new one.", 0},
    {"force", OPTION_FLAG, false, "A new one, whatever is in the cache.", 0},
    {"decode", OPTION_FLAG, false, "Show the claims instead of the token.", 0},
    {"output", OPTION_TEXT, false, "json, table, tsv, or env: lines for a shell (the token alone).",
        'o'},
};

/* "90s", "10m", "1h", "600". */
static bool read_span(const char *given, int64_t *seconds, struct azb_error *err)
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"", 1}};
    struct text text = text_of(given);
    uint64_t number;
    for (size_t i = 0; i < COUNT(units); i++) {
        if (!text_ends(text, units[i].unit))
            continue;
        struct text digits = text_slice(text, 0, text.length - strlen(units[i].unit));
        if (!text_to_u64(digits, 24 * 3600, &number) || number == 0)
            break;
        *seconds = (int64_t)number * units[i].seconds;
        return true;
    }
    return fail(err, AZB_ERROR_ARGUMENT,
        "--min-valid '%s' is no span of time: a number with s, m or h, at least 1s", given);
}

static bool get_token(struct session *session, const struct arguments *arguments,
    struct azb_token *token, struct azb_error *err)
{
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    struct azb_token_provider provider;
    const char *span = argument(arguments, "min-valid");
    request.scope = argument(arguments, "scope");
    request.resource = argument(arguments, "resource");
    request.force = argument_flag(arguments, "force");
    if (request.scope && request.resource)
        return fail(err, AZB_ERROR_ARGUMENT, "--scope and --resource say the same: give one");
    if (!request.scope && !request.resource)
        request.resource = session_resource(session, ENDPOINT_BATCH);
    if (span && !read_span(span, &request.min_valid_s, err))
        return false;
    return session_provider(session, &provider, err) &&
           provider.get_token(provider.context, &request, token, err);
}

/* The names that `az account get-access-token` has; expiresOn is UTC and says so. */
static void show_token(struct session *session, const struct azb_token *token)
{
    scoped_buffer struct buffer text = {0};
    struct json_writer writer;
    struct azb_error ignored = AZB_ERROR_INIT;
    char until[TIME_TEXT_MAX];
    buffer_init(&text, 1 << 20);
    time_iso8601(token->expires_on * TICKS_PER_SECOND, until);
    json_writer_init(&writer, &text, 0);
    json_begin_object(&writer);
    json_member(&writer, "accessToken", token->token);
    json_member(&writer, "expiresOn", until);
    json_member_i64(&writer, "expires_on", token->expires_on);
    json_member(&writer, "tenant", azb_credential_tenant_id(session->credential));
    json_member(&writer, "tokenType", "Bearer");
    json_end_object(&writer);
    const struct json *value = json_parse(buffer_text(&text), &session->arena, &ignored);
    if (value)
        output(session, value, NULL);
    azb_error_free(&ignored);
}

/* A token has no character that a shell minds, but is not believed to. */
static void show_lines(const struct azb_token *token)
{
    fputs("export AZB_ACCESS_TOKEN='", stdout);
    for (const char *c = token->token; *c; c++)
        fputs(*c == '\'' ? "'\\''" : (char[2]){*c, '\0'}, stdout);
    printf("'\nexport AZB_ACCESS_TOKEN_EXPIRES_ON=%lld\n", (long long)token->expires_on);
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
    scoped_buffer struct buffer text = {0}, value = {0};
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
    if (!value.failed)
        return json_written(&text, &session->arena, err);
    fail_memory(err);
    return NULL;
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
    else if (session->format == OUTPUT_ENV)
        show_lines(&token);
    else if (session->format_given)
        show_token(session, &token);
    else
        printf("%s\n", token.token);
    azb_token_free(&token);
    return status;
}

const struct command command_token = {"token", "Gets an access token.",
    "The token alone goes to standard output; --decode shows its claims instead.\n"
    "  curl -H \"Authorization: Bearer $(azb token)\" "
    "\"$AZURE_BATCH_ENDPOINT/jobs?api-version=...\"\n"
    "  eval \"$(azb token -o env)\"      AZB_ACCESS_TOKEN, and when it ends\n"
    "A login's token is kept on disk until five minutes before its end, so that most calls ask "
    "nobody; the environment's is asked for each time.",
    options, COUNT(options), run};
