/* Single-page applications: across origins and for a day, and nobody else across origins. */
#include "made_people.h"

#define SPA_REDIRECT "https://spa.example/app"
#define SPA_ORIGIN "https://spa.example"
#define HOUR_MS (3600 * 1000LL)
#define CODE                                                                                       \
    "grant_type=authorization_code&client_id={client}&code={code}&redirect_uri={redirect}"         \
    "&code_verifier=" VERIFIER
#define REFRESH "grant_type=refresh_token&client_id={client}&refresh_token={refresh}"

static struct service service;
static struct people people;
static char spa[GUID_TEXT];
static char last_refresh[128];

static bool spa_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    static const struct redirect_uri uris[] = {
        {REDIRECT_SPA, SPA_REDIRECT}, {REDIRECT_SPA, "http://localhost/spa"}};
    const struct new_application what = {
        .display_name = "SPA", .redirect_uris = uris, .redirect_uri_count = 2, .now = 1};
    int64_t row;
    (void)context;
    return people_application(&service, connection, &what, NULL, spa, &row, err) &&
           consent_add(connection, spa, APP_ID_BATCH, NULL, TEXT("user_impersonation"), 1, err);
}

static int start(void **state)
{
    (void)state;
    made_start(&service);
    people_add(&service, &people);
    made_write(&service, spa_work, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

static void post(struct made *made, const char *body, const char *origin)
{
    made_request(made, &service, PLANE_ENTRA, "POST", TOKEN_V2_ROW);
    made->request.values[0] = TEXT(MADE_TENANT);
    made->request.body = text_of(body);
    made_header(made, "Content-Type", FORM_TYPE);
    if (origin)
        made_header(made, "Origin", origin);
    made_run(made, entra_plane(), TOKEN_V2_ROW);
    if (made->reply.status == 200)
        snprintf(last_refresh, sizeof last_refresh, "%.*s",
            TEXT_ARGS(reply_text(made, "refresh_token")));
}

/* A code that went to `redirect` is redeemed, or (NULL) the last refresh token is. The answer is
 * the AADSTS number, 0 for tokens. */
static int64_t ask(const char *client, const char *redirect, const char *origin)
{
    scoped_arena struct arena arena = {0};
    char code[128] = "";
    struct made made;
    const struct authorization authorization = {
        .client_app_id = client,
        .user_id = people.ann,
        .scope = "openid offline_access " BATCH_SCOPE,
        .redirect_uri = redirect,
        .code_challenge = CHALLENGE,
    };
    arena_init(&arena, 0);
    if (redirect)
        page_code(&service, &authorization, code);
    const struct form_value values[] = {
        {"client", client}, {"code", code}, {"redirect", redirect}, {"refresh", last_refresh}};
    post(&made, fill_form(&arena, &people, redirect ? CODE : REFRESH, values, 4), origin);
    int64_t number = reply_number(&made);
    assert_int_equal(made.reply.status, number ? 400 : 200);
    made_free(&made);
    return number;
}

static void a_page_redeems_across_origins(void **state)
{
    (void)state;
    assert_int_equal(ask(spa, SPA_REDIRECT, SPA_ORIGIN), 0);
    assert_int_equal(ask(spa, NULL, SPA_ORIGIN), 0);
    assert_int_equal(ask(spa, NULL, NULL), 9002327);
    assert_int_equal(ask(spa, SPA_REDIRECT, NULL), 9002327);
}

static void nobody_else_does(void **state)
{
    (void)state;
    assert_int_equal(ask(people.native, NATIVE_REDIRECT, SPA_ORIGIN), 9002326);
    assert_int_equal(ask(people.native, NATIVE_REDIRECT, NULL), 0);
    assert_int_equal(ask(people.native, NULL, "null"), 9002326);
    assert_int_equal(ask(people.native, NULL, NULL), 0);
}

static void its_refresh_tokens_live_a_day_from_the_code(void **state)
{
    (void)state;
    assert_int_equal(ask(spa, SPA_REDIRECT, SPA_ORIGIN), 0);
    clock_move(&service.clock, 23 * HOUR_MS);
    assert_int_equal(ask(spa, NULL, SPA_ORIGIN), 0);
    clock_move(&service.clock, HOUR_MS); /* of the heir, too */
    assert_int_equal(ask(spa, NULL, SPA_ORIGIN), 700084);
    clock_move(&service.clock, -24 * HOUR_MS);
    assert_int_equal(ask(people.native, NATIVE_REDIRECT, NULL), 0);
    clock_move(&service.clock, 48 * HOUR_MS);
    assert_int_equal(ask(people.native, NULL, NULL), 0);
    clock_move(&service.clock, 90 * 24 * HOUR_MS);
    assert_int_equal(ask(people.native, NULL, NULL), 700082);
    clock_move(&service.clock, -92 * 24 * HOUR_MS);
}

static void scripts_read_replies_at_registered_origins(void **state)
{
    (void)state;
    static const struct {
        const char *origin, *allowed;
    } cases[] = {
        {SPA_ORIGIN, SPA_ORIGIN},
        {"https://spa.example:8443", "-"},
        {"http://spa.example", "-"},
        {"https://spa.example.evil.example", "-"},
        {"https://web.example", "-"}, /* of a web application */
        {"http://localhost:3000", "http://localhost:3000"},
        {"https://localhost:3000", "-"},
        {"null", "-"},
        {"", "-"},
        {NULL, "-"},
    };
    static const char *const methods[] = {"POST", "OPTIONS"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t j = 0; j < 2; j++) {
            struct made made;
            print_message("  %s %s\n", methods[j], cases[i].origin ? cases[i].origin : "(none)");
            made_request(&made, &service, PLANE_ENTRA, methods[j], TOKEN_V2_ROW);
            made.request.values[0] = TEXT(MADE_TENANT);
            made.request.body = TEXT("grant_type=x");
            made_header(&made, "Content-Type", FORM_TYPE);
            if (cases[i].origin)
                made_header(&made, "Origin", cases[i].origin);
            made_run(&made, entra_plane(), TOKEN_V2_ROW);
            assert_int_equal(made.reply.status, j == 0 ? 400 : 200);
            const char *allowed = made_reply_header(&made, "Access-Control-Allow-Origin");
            assert_string_equal(allowed ? allowed : "-", cases[i].allowed);
            made_free(&made);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_redeems_across_origins),
        cmocka_unit_test(nobody_else_does),
        cmocka_unit_test(its_refresh_tokens_live_a_day_from_the_code),
        cmocka_unit_test(scripts_read_replies_at_registered_origins),
    };
    return cmocka_run_group_tests_name("server/token_spa", tests, start, stop);
}
