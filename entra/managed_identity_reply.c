/*
 * What the sources answer. They agree on access_token and on little else: the end of its life is
 * seconds from now or a date, as a number, as a string of digits, or in words.
 */
#include "entra/managed_identity.h"

#include "base/error.h"
#include "base/json.h"
#include "entra/chain.h"

#define LONG_LIFE_S 7200 /* a token that lives so long is renewed at half of its life */

/* "11/05/2026 15:18:31 +00:00" and "1/16/2026 12:0:12 AM +00:00": App Service's and Azure ML's
 * 2017-09-01. */
static bool read_date(struct text text, int64_t *seconds)
{
    int month, day, year, hour, minute, second, end = 0;
    char half[3] = "", copy[40], iso[TIME_TEXT_MAX];
    int64_t ticks;
    if (text.length >= sizeof(copy))
        return false;
    snprintf(copy, sizeof(copy), "%.*s", TEXT_ARGS(text));
    int got = sscanf(
        copy, "%2d/%2d/%4d %2d:%2d:%2d%n", &month, &day, &year, &hour, &minute, &second, &end);
    if (got != 6)
        return false;
    const char *rest = copy + end;
    if (sscanf(rest, " %2[AP]M%n", half, &end) == 1 && half[0] && !half[1]) {
        rest += end;
        if (hour < 1 || hour > 12)
            return false;
        hour = hour % 12 + (half[0] == 'P' ? 12 : 0);
    }
    if (strcmp(rest, " +00:00") != 0)
        return false;
    snprintf(
        iso, sizeof(iso), "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, hour, minute, second);
    if (!time_parse_iso8601(text_of(iso), &ticks))
        return false;
    *seconds = ticks / TICKS_PER_SECOND;
    return true;
}

/* What counts from now is the better one: this machine's clock may be wrong. */
static bool read_lifetime(const struct json *answer, int64_t now, int64_t *lifetime)
{
    const struct json *date = json_get(answer, "expires_on");
    int64_t expires_on = 0;
    if (token_seconds(json_get(answer, "expires_in"), lifetime) && *lifetime > 0)
        return true;
    if (!token_seconds(date, &expires_on) && !read_date(json_text(date), &expires_on))
        return false;
    *lifetime = expires_on - now;
    return *lifetime > 0;
}

/* Service Fabric's and Azure ML's answers may leave it away. */
static bool type_check(const struct json *answer, struct azb_error *err)
{
    const struct json *type = json_get(answer, "token_type");
    return !type || text_equal_nocase(json_text(type), TEXT("Bearer")) ||
           fail(err, AZB_ERROR_PROTOCOL, "the token answer's token_type is not Bearer");
}

bool managed_identity_reply_read(struct text body, int64_t now, struct arena *arena,
    struct token_reply *reply, struct azb_error *err)
{
    int64_t lifetime = 0;
    const struct json *answer = json_parse(body, arena, err);
    if (!answer)
        return fail_while(err, "the token answer is not JSON");
    if (!type_check(answer, err))
        return false;
    struct text token = json_get_text(answer, "access_token");
    if (!token_is_bearer(token))
        return fail(err, AZB_ERROR_PROTOCOL, "the token answer has no usable access_token");
    if (!read_lifetime(answer, now, &lifetime))
        return fail(err, AZB_ERROR_PROTOCOL,
            "the token answer has no usable expires_in or expires_on, or the token has expired");
    struct token_reply read = {.access_token = text_string(arena, token)};
    if (!read.access_token)
        return fail_memory(err);
    read.expires_in = lifetime < LIFETIME_MAX_S ? lifetime : LIFETIME_MAX_S;
    read.refresh_in = read.expires_in >= LONG_LIFE_S ? read.expires_in / 2 : 0;
    *reply = read;
    return true;
}

/* ---- Errors ---- */

/* OAuth's form, Service Fabric's and Cloud Shell's (an object), App Service's (message alone). */
static void read_error(const struct json *answer, struct text *code, struct text *message)
{
    const struct json *error = json_get(answer, "error");
    bool is_nested = error && error->type == JSON_OBJECT;
    *code = is_nested ? json_get_text(error, "code") : json_text(error);
    *message =
        is_nested ? json_get_text(error, "message") : json_get_text(answer, "error_description");
    if (!message->length)
        *message = json_get_text(answer, "message");
    if (!message->length)
        *message = *code;
}

/* Code words are for programs: letters, digits, '_', '.' and '-'. */
static bool is_word(struct text word)
{
    for (size_t i = 0; i < word.length; i++)
        if (!strchr(
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-", word.at[i]) ||
            !word.at[i])
            return false;
    return word.length > 0 && word.length < sizeof(((struct azb_error *)NULL)->code);
}

/* As azure-identity sees it, which tries the next credential of a chain then: no identity on this
 * machine (400), a gateway or a proxy in between, another cloud's metadata service. */
static bool says_absent(
    const struct managed_identity_source *source, int status, struct text message)
{
    if (!source->may_be_absent)
        return false;
    return status == 400 || status == 404 || status == 502 || status == 504 || !message.length ||
           (status == 403 && memmem(message.at, message.length, "unreachable", 11));
}

bool managed_identity_reply_fail(const struct managed_identity_source *source,
    const struct http_response *response, struct arena *arena, struct azb_error *err)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct text code = TEXT_NONE, message = TEXT_NONE;
    read_error(json_parse(response->body, arena, &ignored), &code, &message);
    char *word = is_word(code) ? text_string(arena, code) : NULL;
    char *line = token_first_line(message, arena);
    if (ignored.kind == AZB_ERROR_MEMORY || !line)
        return fail_memory(err);
    fail_status(err, response->status, word, "%s refused to give a token (HTTP %d): %s",
        source->name, response->status,
        line[0] ? line : "the answer is not one of a managed identity");
    if (err && response->status < 500 && response->status != 408 && response->status != 429)
        err->kind = AZB_ERROR_AUTHENTICATION;
    if (err)
        err->retry_after_ms = (unsigned)http_retry_after_ms(response);
    return says_absent(source, response->status, message) ? mark_unavailable(err) : false;
}
