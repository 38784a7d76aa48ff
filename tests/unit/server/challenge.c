/* How each plane words a 401, and the challenge that goes with it. */
#include "made_token.h"

static struct service service;
static const char *const batch_audiences[] = {BATCH, NULL};

static int start(void **state)
{
    (void)state;
    made_start(&service);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

static char *sign(struct arena *arena, const struct claims *claims)
{
    return sign_for(&service, arena, claims);
}

/* ---- Checking -------------------------------------------------------------------------------- */

static bool check_as(
    struct made *made, enum plane plane, const char *authorization, const char *const *audiences)
{
    made_request(made, &service, plane, "GET", "/jobs");
    if (authorization)
        made_header(made, "Authorization", arena_string(&made->request.arena, authorization));
    return authorize_bearer(&made->request, audiences, &made->err);
}

/* ---- Words of the planes, challenges --------------------------------------------------------- */

static const struct {
    const char *name;
    enum plane plane;
    const char *authorization; /* NULL: none; "expired": an expired token */
    const char *code, *challenge;
} words[] = {
    {"Batch, nothing", PLANE_BATCH, NULL, "AuthenticationFailed",
        "Bearer authorization_uri=\"https://localhost:8443/" MADE_TENANT
        "\", error=\"invalid_token\", error_description=\"The authorization header is missing "
        "access token.\", resource_id=\"https://batch.core.windows.net/\""},
    {"ARM, nothing", PLANE_ARM, NULL, "AuthenticationFailed",
        "Bearer authorization_uri=\"https://localhost:8443/" MADE_TENANT
        "\", error=\"invalid_token\", error_description=\"The authorization header is missing "
        "access token.\""},
    {"ARM, another scheme", PLANE_ARM, "Basic x", "AuthenticationFailedInvalidHeader", NULL},
    {"ARM, no token", PLANE_ARM, "Bearer x", "InvalidAuthenticationToken", NULL},
    {"ARM, expired", PLANE_ARM, "expired", "ExpiredAuthenticationToken", NULL},
    {"Graph, expired", PLANE_GRAPH, "expired", "InvalidAuthenticationToken", NULL},
};

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        scoped_arena struct arena arena = {0};
        arena_init(&arena, 0);
        struct claims claims = GOOD_CLAIMS;
        struct made made;
        claims.exp = -400;
        const char *header = words[i].authorization;
        print_message("  %s\n", words[i].name);
        if (header && strcmp(header, "expired") == 0)
            header = arena_format(&arena, "Bearer %s", sign(&arena, &claims));
        assert_false(check_as(&made, words[i].plane, header, batch_audiences));
        assert_string_equal(made.err.code, words[i].code);
        authorize_challenge(&made.request, &made.reply, &made.err);
        const char *challenge = made_reply_header(&made, "WWW-Authenticate");
        assert_non_null(challenge);
        if (words[i].challenge)
            assert_string_equal(challenge, words[i].challenge);
        made_free(&made);
    }
}

/* What a token claims may not break out of the header. */
static void test_challenge_is_quoted(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct claims claims = GOOD_CLAIMS;
    struct made made;
    claims.aud = "\"x\\\"\\r\\nSet-Cookie: a=b\\u00e9\"";
    assert_false(check_as(&made, PLANE_BATCH,
        arena_format(&arena, "Bearer %s", sign(&arena, &claims)), batch_audiences));
    authorize_challenge(&made.request, &made.reply, &made.err);
    const char *challenge = made_reply_header(&made, "WWW-Authenticate");
    assert_null(strpbrk(challenge, "\r\n"));
    assert_non_null(strstr(challenge, "'x___Set-Cookie: a=b__'"));
    made_free(&made);
}

static void test_no_challenge_for_others(void **state)
{
    (void)state;
    struct made made;
    struct azb_error err = {.kind = AZB_ERROR_PERMISSION, .http_status = 403};
    made_request(&made, &service, PLANE_BATCH, "GET", "/jobs");
    authorize_challenge(&made.request, &made.reply, &err);
    assert_int_equal(made.reply.header_count, 0);
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_challenge_is_quoted),
        cmocka_unit_test(test_no_challenge_for_others),
    };
    return cmocka_run_group_tests_name("server/challenge", tests, start, stop);
}
