#include "entra/azure_cli.h"

#include <time.h>

#include "base/error.h"
#include "base/json.h"
#include "entra/chain.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "2026-11-28 21:15:00.000000" in this machine's time zone: what az before 2.54 has alone. */
static bool read_local(struct text text, int64_t *seconds)
{
    struct tm parts = {.tm_isdst = -1};
    char copy[40];
    int end = 0;
    if (text.length >= sizeof(copy))
        return false;
    snprintf(copy, sizeof(copy), "%.*s", TEXT_ARGS(text));
    if (sscanf(copy, "%4d-%2d-%2d %2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
            &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &end) != 6 ||
        (copy[end] && copy[end] != '.'))
        return false;
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    time_t when = mktime(&parts);
    *seconds = (int64_t)when;
    return when != (time_t)-1;
}

static bool read_lifetime(const struct json *answer, int64_t now, int64_t *lifetime)
{
    int64_t expires_on = 0;
    if (!token_seconds(json_get(answer, "expires_on"), &expires_on) &&
        !read_local(json_get_text(answer, "expiresOn"), &expires_on))
        return false;
    *lifetime = expires_on - now;
    return *lifetime > 0;
}

bool azure_cli_output_read(struct text output, int64_t now, struct arena *arena,
    struct token_reply *reply, struct azb_error *err)
{
    int64_t lifetime = 0;
    const struct json *answer = json_parse(output, arena, err);
    if (!answer)
        return fail_while(err, "what az printed is not JSON");
    struct text token = json_get_text(answer, "accessToken");
    if (!token_is_bearer(token))
        return fail(err, AZB_ERROR_PROTOCOL, "what az printed has no usable accessToken");
    if (!read_lifetime(answer, now, &lifetime))
        return fail(err, AZB_ERROR_PROTOCOL,
            "what az printed has no usable expires_on or expiresOn, or the token has expired");
    struct token_reply read = {.access_token = text_string(arena, token)};
    if (!read.access_token)
        return fail_memory(err);
    read.expires_in = lifetime < LIFETIME_MAX_S ? lifetime : LIFETIME_MAX_S;
    *reply = read;
    return true;
}

/* What az says when nobody has signed in, with words of its own or Entra's. */
static const struct {
    const char *said, *means;
} absences[] = {
    {"az login", "az is not signed in: run `az login`"},
    {"az account set", "az has no subscription chosen: run `az login`, or `az account set`"},
    {"AADSTS700082", "az's sign-in has expired: run `az login`"},
};

static bool holds(struct text text, const char *part)
{
    return text.length && memmem(text.at, text.length, part, strlen(part));
}

bool azure_cli_fail(struct text said, struct arena *arena, struct azb_error *err)
{
    struct text line = text_trim(said);
    for (size_t i = 0; i < COUNT(absences); i++)
        if (holds(said, absences[i].said))
            return fail_unavailable(err, "%s", absences[i].means);
    /* Whatever else it is, a token is not repeated. */
    char *shown = holds(said, "accessToken") ? NULL : token_first_line(line, arena);
    return fail(err, AZB_ERROR_AUTHENTICATION, "az gave no token: %s",
        shown && shown[0] ? shown : "it did not say why");
}
