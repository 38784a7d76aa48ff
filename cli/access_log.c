#include "cli/access_log.h"

#include "base/error.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/management.h"

#define LOG "/access/v1/"
#define SPAN_MAX 100000000u /* in any unit; three years of seconds */

const char *access_since(
    const char *option, const char *given, struct arena *arena, struct azb_error *err)
{
    static const struct {
        const char *unit, *before, *after; /* ISO 8601 puts days before the T */
    } units[] = {{"s", "PT", "S"}, {"m", "PT", "M"}, {"h", "PT", "H"}, {"d", "P", "D"}};
    struct text text = text_of(given);
    int64_t ticks;
    uint64_t number;
    if (time_parse_iso8601(text, &ticks) || duration_parse(text, &ticks))
        return given;
    for (size_t i = 0; i < COUNT(units); i++) {
        struct text digits = text_slice(text, 0, text.length ? text.length - 1 : 0);
        if (!text_ends(text, units[i].unit) || !text_to_u64(digits, SPAN_MAX, &number))
            continue;
        char *span = arena_format(
            arena, "%s%llu%s", units[i].before, (unsigned long long)number, units[i].after);
        if (!span)
            fail_memory(err);
        return span;
    }
    fail(err, AZB_ERROR_ARGUMENT,
        "--%s '%s' is no time: a number with s, m, h or d, or such as 2026-11-28T10:00:00Z", option,
        given);
    return NULL;
}

bool access_log_principal(struct session *session, const char *given,
    struct access_log_principal *out, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    struct assignee who = {0};
    bool guid = text_is_guid(text_of(given));
    *out = (struct access_log_principal){given, given};
    if (!find_assignee(session, given, &who, &why)) {
        if (!guid)
            return error_move(err, &why);
        azb_error_free(&why);
        return true;
    }
    const char *name = json_get_string(who.item, "displayName", &session->arena);
    out->id = guid ? given : who.object_id;
    out->name = name ? name : given;
    return true;
}

/* A path of the log that is not there is no resource that is missing: there is no log. */
static bool no_log(struct session *session, struct azb_error *err)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const char *base = session_url(session, ENDPOINT_ARM, &ignored);
    azb_error_free(&ignored);
    azb_error_free(err);
    return fail(err, AZB_ERROR_CONFIGURATION,
        "%s keeps no log of decisions; azbd does, and Azure does not (there, `azb role can-i` "
        "answers)",
        base ? base : "Resource Manager");
}

bool access_log_get(
    struct session *session, const char *path, const struct json **out, struct azb_error *err)
{
    char *whole = arena_format(&session->arena, LOG "%s", path);
    *out = NULL;
    if (!manage(session, ENDPOINT_ARM, "GET", whole, TEXT_NONE, out, err))
        return err->http_status == 404 || err->http_status == 400
                   ? strcmp(err->code, "InvalidRequest") != 0 && no_log(session, err)
                   : false;
    const struct json *value = json_get(*out, "value");
    return (value && value->type == JSON_ARRAY) ||
           fail(err, AZB_ERROR_PROTOCOL, "the answer of the log has no list 'value'");
}
