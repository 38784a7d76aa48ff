#include "cli/access_token.h"

#include "base/error.h"
#include "base/jwt.h"
#include "base/time.h"
#include "cli/cloud.h"
#include "cli/commands.h"

#define DELEGATED_SCOPE "user_impersonation" /* what a user's token needs, at Batch and at ARM */

/* ---- having one ---------------------------------------------------------------------------- */

static const struct json *claims_of(
    struct session *session, struct text token, struct azb_error *err)
{
    struct jwt jwt;
    if (jwt_parse(token, JWT_STRICT, &session->arena, &jwt, err))
        return jwt.payload;
    fail_while(err, "the token cannot be decoded");
    return NULL;
}

const struct json *access_token_own(
    struct session *session, enum endpoint endpoint, struct azb_error *err)
{
    struct azb_token_provider provider;
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    request.resource = session_resource(session, endpoint);
    if (!session_provider(session, &provider, err) ||
        !provider.get_token(provider.context, &request, &token, err))
        return NULL;
    char *copy = arena_string(&session->arena, token.token);
    azb_token_free(&token);
    if (!copy) {
        fail_memory(err);
        return NULL;
    }
    return claims_of(session, text_of(copy), err);
}

const struct json *access_token_read(
    struct session *session, const char *path, struct azb_error *err)
{
    struct text text;
    if (!read_input(&session->arena, path, &text, err))
        return NULL;
    text = text_trim(text);
    if (text_starts(text, "Bearer "))
        text = text_trim(text_slice(text, strlen("Bearer "), text.length));
    return claims_of(session, text, err);
}

/* ---- looking at it ------------------------------------------------------------------------- */

struct token_look {
    struct session *session;
    const struct json *claims;
    enum endpoint endpoint;
    const char *tenant;
    int64_t now_s;
};

static const char *const service_names[ENDPOINTS] = {
    [ENDPOINT_BATCH] = "Batch",
    [ENDPOINT_ARM] = "Resource Manager",
    [ENDPOINT_GRAPH] = "Microsoft Graph",
};

static const char *say_when(struct session *session, const char *format, int64_t seconds)
{
    char text[TIME_TEXT_MAX];
    time_iso8601(seconds * TICKS_PER_SECOND, text);
    return arena_format(&session->arena, "%s %s", format, text);
}

static const char *look_at_start(const struct token_look *look)
{
    int64_t seconds;
    if (jwt_date(look->claims, "nbf", &seconds) != 1 || seconds <= look->now_s + 300)
        return NULL;
    return say_when(look->session,
        "the token is not valid yet; is this machine's clock right? Its 'nbf' is", seconds);
}

static const char *look_at_end(const struct token_look *look)
{
    int64_t seconds;
    if (jwt_date(look->claims, "exp", &seconds) != 1 || seconds > look->now_s)
        return NULL;
    return say_when(look->session,
        "the token has expired; a program has to get a new one in time, and `azb token --force` "
        "gets one. Its 'exp' was",
        seconds);
}

/* Resource Manager takes its old name as well as its new one, with and without the last slash. */
static bool accepts(enum endpoint endpoint, struct text audience, struct text wanted)
{
    static const char *const old_names[] = {"https://management.core.windows.net",
        "https://management.core.windows.net/", "https://management.azure.com",
        "https://management.azure.com/"};
    if (text_equal(audience, wanted))
        return true;
    for (size_t i = 0; endpoint == ENDPOINT_ARM && i < COUNT(old_names); i++)
        if (text_is(audience, old_names[i]))
            return true;
    return false;
}

static const char *look_at_audience(const struct token_look *look)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    const struct identity *identity = session_identity(look->session, &ignored);
    const struct cloud *cloud = identity ? cloud_of(identity->authority_host) : NULL;
    azb_error_free(&ignored);
    struct text audience = json_get_text(look->claims, "aud");
    struct text wanted = text_of((cloud ? cloud : cloud_of(NULL))->resources[look->endpoint]);
    if (accepts(look->endpoint, audience, wanted))
        return NULL;
    struct text longer = text_slice(wanted, 0, wanted.length ? wanted.length - 1 : 0);
    bool slash = text_ends(wanted, "/") && text_equal(audience, longer);
    return arena_format(&look->session->arena,
        "the token is for '%.*s', and %s takes only tokens for '%.*s'%s",
        TEXT_ARGS(text_slice(audience, 0, 200)), service_names[look->endpoint], TEXT_ARGS(wanted),
        slash ? ": the slash at the end belongs to it (as a scope: 'https://batch.core.windows.net"
                "//.default')"
              : "");
}

static const char *look_at_tenant(const struct token_look *look)
{
    struct text tenant = json_get_text(look->claims, "tid");
    if (!look->tenant || !tenant.at || text_equal_nocase(tenant, text_of(look->tenant)))
        return NULL;
    return arena_format(&look->session->arena,
        "the token is of the tenant '%.*s', and the subscription belongs to '%s'",
        TEXT_ARGS(text_slice(tenant, 0, 100)), look->tenant);
}

static bool has_word(struct text words, const char *wanted)
{
    struct text word;
    while (text_cut(&words, ' ', &word))
        if (text_is(word, wanted))
            return true;
    return false;
}

static const char *look_at_kind(const struct token_look *look)
{
    struct text scopes = json_get_text(look->claims, "scp");
    if (!scopes.at || look->endpoint == ENDPOINT_GRAPH || has_word(scopes, DELEGATED_SCOPE))
        return NULL;
    return arena_format(&look->session->arena,
        "the token of a user needs the permission '" DELEGATED_SCOPE "' of %s, and this one has "
        "'%.*s' (azb app permission add)",
        service_names[look->endpoint], TEXT_ARGS(text_slice(scopes, 0, 200)));
}

/* In the order in which services look. */
static const struct {
    const char *reason;
    const char *(*look)(const struct token_look *look);
} looks[] = {
    {"audience", look_at_audience},
    {"tenant", look_at_tenant},
    {"notYet", look_at_start},
    {"expired", look_at_end},
    {"kind", look_at_kind},
};

bool access_token_check(struct session *session, const struct json *claims, enum endpoint endpoint,
    const char *tenant, int64_t now_s, struct token_problem *out, struct azb_error *err)
{
    const struct token_look look = {session, claims, endpoint, tenant, now_s};
    *out = (struct token_problem){0};
    for (size_t i = 0; !out->detail && i < COUNT(looks); i++) {
        out->detail = looks[i].look(&look);
        out->reason = out->detail ? looks[i].reason : NULL;
    }
    return session->arena.failed ? fail_memory(err) : true;
}
