/* Authorization codes and refresh tokens: what they give, and every way to be refused. */
#include "made_people.h"

#include <pthread.h>

#define REDIRECT "redirect_uri=http%3A%2F%2Flocalhost%3A4321"
#define NATIVE "grant_type=authorization_code&client_id={native}&code={code}&" REDIRECT
#define WEB                                                                                        \
    "grant_type=authorization_code&client_id={web}&code={code}&redirect_uri="                      \
    "https%3A%2F%2Fweb.example%2Fcallback"
#define REFRESH "grant_type=refresh_token&client_id={native}&refresh_token={refresh}"
#define WITH_VERIFIER "&code_verifier=" VERIFIER
#define SCOPE "openid profile offline_access " BATCH_SCOPE

static struct service service;
static struct people people;

static int start(void **state)
{
    (void)state;
    made_start(&service);
    people_add(&service, &people);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

static struct authorization native_authorization(void)
{
    return (struct authorization){
        .client_app_id = people.native,
        .user_id = people.ann,
        .scope = SCOPE,
        .redirect_uri = NATIVE_REDIRECT,
        .nonce = "the-nonce",
        .code_challenge = CHALLENGE,
        .signed_in = clock_ticks(&service.clock),
        .session_id = "the-session",
    };
}

static struct authorization web_authorization(void)
{
    struct authorization authorization = native_authorization();
    authorization.client_app_id = people.web;
    authorization.redirect_uri = WEB_REDIRECT;
    authorization.code_challenge = NULL;
    return authorization;
}

/* Posts `form`; the code is one for `authorization`, or what the last one was (NULL). */
static char last_code[128], last_refresh[128];

static void ask(struct made *made, const char *row, const char *tenant,
    const struct authorization *authorization, const char *form)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    if (authorization)
        page_code(&service, authorization, last_code);
    const struct form_value values[] = {{"code", last_code}, {"refresh", last_refresh}};
    char *body = fill_form(&arena, &people, form, values, 2);
    post_form(made, &service, row, tenant, body);
    if (made->reply.status == 200 && reply_text(made, "refresh_token").at)
        snprintf(last_refresh, sizeof last_refresh, "%.*s",
            TEXT_ARGS(reply_text(made, "refresh_token")));
}

static int64_t ask_number(const char *form)
{
    struct made made;
    ask(&made, TOKEN_V2_ROW, MADE_TENANT, NULL, form);
    int64_t number = reply_number(&made);
    made_free(&made);
    return number;
}

static void sign_in(void)
{
    struct made made;
    const struct authorization authorization = native_authorization();
    ask(&made, TOKEN_V2_ROW, MADE_TENANT, &authorization, NATIVE WITH_VERIFIER);
    assert_int_equal(made.reply.status, 200);
    made_free(&made);
}

/* ---- What there is in a reply ---------------------------------------------------------------- */

static void check_access_token(struct made *made)
{
    const struct json *claims = reply_claims(made, "access_token");
    made_text_equal(json_get_text(claims, "aud"), BATCH_RESOURCE);
    made_text_equal(json_get_text(claims, "iss"), "https://sts.windows.net/" MADE_TENANT "/");
    made_text_equal(json_get_text(claims, "scp"), "user_impersonation");
    made_text_equal(json_get_text(claims, "idtyp"), "user");
    made_text_equal(json_get_text(claims, "appid"), people.native);
    made_text_equal(json_get_text(claims, "appidacr"), "0");
    made_text_equal(json_get_text(claims, "oid"), people.ann);
    made_text_equal(json_get_text(claims, "upn"), "ann@azb.onmicrosoft.com");
    made_text_equal(json_get_text(claims, "given_name"), "Ann");
    made_text_equal(json_get_text(claims, "sid"), "the-session");
    made_text_equal(json_get_text(claims, "ver"), "1.0");
    assert_false(text_is(json_get_text(claims, "sub"), people.ann));
}

static void check_id_token(struct made *made)
{
    const struct json *claims = reply_claims(made, "id_token");
    const struct json *access = reply_claims(made, "access_token");
    made_text_equal(json_get_text(claims, "aud"), people.native);
    made_text_equal(json_get_text(claims, "iss"), "https://" MADE_HOST "/" MADE_TENANT "/v2.0");
    made_text_equal(json_get_text(claims, "nonce"), "the-nonce");
    made_text_equal(json_get_text(claims, "oid"), people.ann);
    made_text_equal(json_get_text(claims, "tid"), MADE_TENANT);
    made_text_equal(json_get_text(claims, "preferred_username"), "ann@azb.onmicrosoft.com");
    made_text_equal(json_get_text(claims, "ver"), "2.0");
    /* pairwise: the same user is not the same to two applications */
    assert_false(text_equal(json_get_text(claims, "sub"), json_get_text(access, "sub")));
}

static void test_code(void **state)
{
    (void)state;
    struct made made;
    struct text info;
    const struct authorization authorization = native_authorization();
    ask(&made, TOKEN_V2_ROW, MADE_TENANT, &authorization, NATIVE WITH_VERIFIER "&client_info=1");
    assert_int_equal(made.reply.status, 200);
    assert_string_equal(made_reply_header(&made, "Cache-Control"), "no-store, no-cache");
    check_access_token(&made);
    check_id_token(&made);
    made_text_equal(reply_text(&made, "scope"), BATCH_SCOPE);
    made_text_equal(reply_text(&made, "token_type"), "Bearer");
    assert_true(reply_text(&made, "refresh_token").length >= 43);
    assert_null(json_get(made_reply_json(&made), "foci"));
    assert_true(base64url_decode(&made.request.arena, reply_text(&made, "client_info"), &info));
    assert_non_null(memmem(info.at, info.length, people.ann, 36));
    made_free(&made);
}

static void test_v1(void **state)
{
    (void)state;
    struct made made;
    struct authorization authorization = native_authorization();
    authorization.scope = "";
    authorization.resource = BATCH_RESOURCE;
    ask(&made, TOKEN_V1_ROW, MADE_TENANT, &authorization, NATIVE WITH_VERIFIER);
    assert_int_equal(made.reply.status, 200);
    made_text_equal(reply_text(&made, "resource"), BATCH_RESOURCE);
    assert_int_equal(json_get(made_reply_json(&made), "expires_in")->type, JSON_STRING);
    const struct json *claims = reply_claims(&made, "id_token");
    made_text_equal(json_get_text(claims, "iss"), "https://sts.windows.net/" MADE_TENANT "/");
    made_text_equal(json_get_text(claims, "ver"), "1.0");
    assert_true(reply_text(&made, "refresh_token").length > 0);
    made_free(&made);
}

static const struct audience_row {
    const char *name, *scope, *audience, *version, *scp, *reply;
} audiences[] = {
    {".default", BATCH_RESOURCE "/.default", BATCH_RESOURCE, "1.0", "user_impersonation",
        BATCH_SCOPE " " BATCH_RESOURCE "/.default"},
    {"Graph, short", "openid User.Read", "https://graph.microsoft.com", "1.0", "User.Read openid",
        "openid User.Read"},
    {"Graph, whole", "https://graph.microsoft.com/User.Read", "https://graph.microsoft.com", "1.0",
        "User.Read", "https://graph.microsoft.com/User.Read"},
    {"an API of this directory", API_URI "/access", NULL, "2.0", "access", API_URI "/access"},
    {"signing in only", "openid profile", APP_ID_GRAPH, "1.0", "openid profile", "openid profile"},
};

static void test_audiences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof audiences / sizeof *audiences; i++) {
        const struct audience_row *row = &audiences[i];
        struct made made;
        struct authorization authorization = native_authorization();
        print_message("  %s\n", row->name);
        authorization.scope = row->scope;
        ask(&made, TOKEN_V2_ROW, MADE_TENANT, &authorization, NATIVE WITH_VERIFIER);
        assert_int_equal(made.reply.status, 200);
        const struct json *claims = reply_claims(&made, "access_token");
        made_text_equal(json_get_text(claims, "aud"), row->audience ? row->audience : people.api);
        made_text_equal(json_get_text(claims, "ver"), row->version);
        made_text_equal(json_get_text(claims, "scp"), row->scp);
        made_text_equal(reply_text(&made, "scope"), row->reply);
        made_free(&made);
    }
}

static void test_guest(void **state)
{
    (void)state;
    struct made made;
    struct authorization authorization = native_authorization();
    authorization.user_id = people.guest;
    ask(&made, TOKEN_V2_ROW, MADE_TENANT, &authorization, NATIVE WITH_VERIFIER);
    assert_int_equal(made.reply.status, 200);
    const struct json *claims = reply_claims(&made, "access_token");
    made_text_equal(json_get_text(claims, "idp"),
        "https://sts.windows.net/77777777-7777-4777-8777-777777777777/");
    made_text_equal(json_get_text(claims, "tid"), MADE_TENANT);
    assert_null(json_get(claims, "upn"));
    made_free(&made);
}

/* ---- Refusals -------------------------------------------------------------------------------- */

enum change {
    AS_IT_IS,
    NO_CHALLENGE,
    PLAIN_CHALLENGE,
    NO_CONSENT,
    DISABLED_USER,
    MISSING_USER,
    WEB_CLIENT,
    TWO_RESOURCES,
};

static const struct refusal {
    const char *name, *tenant, *form;
    enum change change;
    int status, number;
    const char *word;
} refusals[] = {
    {"no code", MADE_TENANT, "grant_type=authorization_code&client_id={native}", AS_IT_IS, 400,
        900144, "invalid_request"},
    {"malformed code", MADE_TENANT,
        "grant_type=authorization_code&client_id={native}&code=x&" REDIRECT, AS_IT_IS, 400, 9002313,
        "invalid_grant"},
    {"unknown code", MADE_TENANT,
        "grant_type=authorization_code&client_id={native}&code=0.x&" REDIRECT, AS_IT_IS, 400, 70000,
        "invalid_grant"},
    {"another client", MADE_TENANT,
        "grant_type=authorization_code&client_id={other}&code={code}&" REDIRECT WITH_VERIFIER,
        AS_IT_IS, 400, 70000, "invalid_grant"},
    {"no redirect", MADE_TENANT,
        "grant_type=authorization_code&client_id={native}&code={code}" WITH_VERIFIER, AS_IT_IS, 400,
        900144, "invalid_request"},
    {"another redirect", MADE_TENANT,
        "grant_type=authorization_code&client_id={native}&code={code}&redirect_uri="
        "http%3A%2F%2Flocalhost%3A4322" WITH_VERIFIER,
        AS_IT_IS, 400, 500112, "invalid_grant"},
    {"no verifier", MADE_TENANT, NATIVE, AS_IT_IS, 400, 501481, "invalid_grant"},
    {"wrong verifier", MADE_TENANT,
        NATIVE "&code_verifier=aBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", AS_IT_IS, 400, 501481,
        "invalid_grant"},
    {"the challenge as verifier", MADE_TENANT, NATIVE "&code_verifier=" CHALLENGE, AS_IT_IS, 400,
        501481, "invalid_grant"},
    {"short verifier", MADE_TENANT, NATIVE "&code_verifier=short", AS_IT_IS, 400, 501491,
        "invalid_grant"},
    {"verifier without a challenge", MADE_TENANT, NATIVE WITH_VERIFIER, NO_CHALLENGE, 400, 501481,
        "invalid_grant"},
    {"plain, but hashed", MADE_TENANT, NATIVE WITH_VERIFIER, PLAIN_CHALLENGE, 400, 501481,
        "invalid_grant"},
    {"web without secret", MADE_TENANT, WEB, WEB_CLIENT, 401, 7000218, "invalid_client"},
    {"web with a wrong secret", MADE_TENANT, WEB "&client_secret=x", WEB_CLIENT, 401, 7000215,
        "invalid_client"},
    {"public with a secret", MADE_TENANT, NATIVE WITH_VERIFIER "&client_secret=x", AS_IT_IS, 401,
        700025, "invalid_client"},
    {"no consent", MADE_TENANT, NATIVE WITH_VERIFIER, NO_CONSENT, 400, 65001, "invalid_grant"},
    {"resource not registered", MADE_TENANT,
        NATIVE WITH_VERIFIER "&scope=https%3A%2F%2Fstorage.azure.com%2F.default", AS_IT_IS, 400,
        650057, "invalid_resource"},
    {"unknown resource", MADE_TENANT, NATIVE WITH_VERIFIER "&scope=https%3A%2F%2Fx.example%2Fa",
        AS_IT_IS, 400, 500011, "invalid_resource"},
    {"unknown permission", MADE_TENANT, NATIVE WITH_VERIFIER "&scope=User.Nothing", AS_IT_IS, 400,
        70011, "invalid_scope"},
    {".default and more", MADE_TENANT,
        NATIVE WITH_VERIFIER "&scope=User.Read+https%3A%2F%2Fgraph.microsoft.com%2F.default",
        AS_IT_IS, 400, 70011, "invalid_scope"},
    {"two resources", MADE_TENANT,
        NATIVE WITH_VERIFIER "&scope=User.Read+https%3A%2F%2Fstorage.azure.com%2F.default",
        AS_IT_IS, 400, 28000, "invalid_scope"},
    {"resource on v2", MADE_TENANT, NATIVE WITH_VERIFIER "&resource=x", AS_IT_IS, 400, 901002,
        "invalid_request"},
    {"claims that are not JSON", MADE_TENANT, NATIVE WITH_VERIFIER "&claims=%5B1%5D", AS_IT_IS, 400,
        9002313, "invalid_request"},
    {"disabled user", MADE_TENANT, NATIVE WITH_VERIFIER, DISABLED_USER, 400, 50057,
        "invalid_grant"},
    {"user who is not there", MADE_TENANT, NATIVE WITH_VERIFIER, MISSING_USER, 400, 50034,
        "invalid_grant"},
    {"organizations", "organizations", NATIVE WITH_VERIFIER, AS_IT_IS, 400, 50194,
        "invalid_request"},
    {"consumers", "consumers", "grant_type=authorization_code&client_id={other}&code={code}",
        AS_IT_IS, 400, 9002331, "invalid_request"},
    {"client credentials at common", "common",
        "grant_type=client_credentials&client_id={other}&scope=x", AS_IT_IS, 400, 9001023,
        "invalid_request"},
};

static struct authorization changed(enum change change)
{
    struct authorization authorization =
        change == WEB_CLIENT ? web_authorization() : native_authorization();
    if (change == NO_CHALLENGE)
        authorization.code_challenge = NULL;
    authorization.challenge_is_plain = change == PLAIN_CHALLENGE;
    if (change == NO_CONSENT)
        authorization.scope = "https://storage.azure.com/user_impersonation";
    if (change == DISABLED_USER)
        authorization.user_id = people.disabled;
    if (change == MISSING_USER)
        authorization.user_id = "99999999-9999-4999-8999-999999999999";
    return authorization;
}

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *row = &refusals[i];
        struct made made;
        const struct authorization authorization = changed(row->change);
        print_message("  %s\n", row->name);
        ask(&made, TOKEN_V2_ROW, row->tenant, &authorization, row->form);
        assert_int_equal(reply_number(&made), row->number);
        assert_int_equal(made.reply.status, row->status);
        made_text_equal(reply_text(&made, "error"), row->word);
        made_text_equal(reply_text(&made, "suberror"), row->number == 65001   ? "consent_required"
                                                       : row->number == 50034 ? "bad_token"
                                                                              : "");
        made_free(&made);
    }
}

static void test_allowed(void **state)
{
    (void)state;
    static const struct {
        const char *name, *tenant, *form;
        enum change change;
    } rows[] = {
        {"S256", MADE_TENANT, NATIVE WITH_VERIFIER, AS_IT_IS},
        {"plain", MADE_TENANT, NATIVE "&code_verifier=" CHALLENGE, PLAIN_CHALLENGE},
        {"no PKCE", MADE_TENANT, NATIVE, NO_CHALLENGE},
        {"web with its secret", MADE_TENANT, WEB "&client_secret=" WEB_SECRET, WEB_CLIENT},
        {"adfs", "adfs", NATIVE WITH_VERIFIER, AS_IT_IS},
        {"domain", "azb.onmicrosoft.com", NATIVE WITH_VERIFIER, AS_IT_IS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct made made;
        const struct authorization authorization = changed(rows[i].change);
        print_message("  %s\n", rows[i].name);
        ask(&made, TOKEN_V2_ROW, rows[i].tenant, &authorization, rows[i].form);
        assert_int_equal(made.reply.status, 200);
        made_free(&made);
    }
}

/* az's own client: known everywhere, consents to Microsoft's resources, and its family. */
static void test_azure_cli(void **state)
{
    (void)state;
    struct made made;
    struct authorization authorization = native_authorization();
    authorization.client_app_id = APP_ID_AZURE_CLI;
    authorization.scope = "https://management.core.windows.net//.default offline_access openid";
    ask(&made, TOKEN_V2_ROW, "organizations", &authorization,
        "grant_type=authorization_code&client_id=" APP_ID_AZURE_CLI
        "&code={code}&" REDIRECT WITH_VERIFIER);
    assert_int_equal(made.reply.status, 200);
    made_text_equal(reply_text(&made, "foci"), "1");
    made_text_equal(reply_text(&made, "scope"),
        "https://management.core.windows.net//user_impersonation "
        "https://management.core.windows.net//.default");
    made_free(&made);
    /* another client of the family takes its refresh token, one of ours does not */
    assert_int_equal(
        ask_number("grant_type=refresh_token&client_id=aebc6443-996d-45c2-90f0-388ff96faa56"
                   "&refresh_token={refresh}"),
        0);
    assert_int_equal(ask_number(REFRESH), 70000);
}

/* ---- Once ------------------------------------------------------------------------------------ */

static void test_replay_revokes(void **state)
{
    (void)state;
    sign_in();
    assert_int_equal(ask_number(REFRESH), 0);
    assert_int_equal(ask_number(NATIVE WITH_VERIFIER), 54005);
    assert_int_equal(ask_number(REFRESH), 50173);
    assert_int_equal(ask_number(NATIVE WITH_VERIFIER), 54005);
}

static void test_failed_attempt_keeps_the_code(void **state)
{
    (void)state;
    struct made made;
    const struct authorization authorization = native_authorization();
    ask(&made, TOKEN_V2_ROW, MADE_TENANT, &authorization, NATIVE);
    assert_int_equal(made.reply.status, 400);
    made_free(&made);
    assert_int_equal(ask_number(NATIVE WITH_VERIFIER), 0);
}

static void *race(void *won)
{
    if (ask_number(NATIVE WITH_VERIFIER) == 0)
        *(bool *)won = true;
    return NULL;
}

/* Both prepare and sign at the same time; only the writer decides. */
static void test_concurrent_redemption(void **state)
{
    (void)state;
    for (int round = 0; round < 10; round++) {
        pthread_t threads[4];
        bool won[4] = {false};
        int winners = 0;
        const struct authorization authorization = native_authorization();
        page_code(&service, &authorization, last_code);
        *last_refresh = '\0';
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, race, &won[i]), 0);
        for (size_t i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        for (size_t i = 0; i < 4; i++)
            winners += won[i];
        assert_int_equal(winners, 1);
    }
}

static void test_code_expires(void **state)
{
    (void)state;
    const struct authorization authorization = native_authorization();
    page_code(&service, &authorization, last_code);
    clock_move(&service.clock, (CODE_LIFETIME_S + 1) * 1000);
    assert_int_equal(ask_number(NATIVE WITH_VERIFIER), 70008);
    clock_move(&service.clock, -(CODE_LIFETIME_S + 1) * 1000);
}

/* ---- Refreshing ------------------------------------------------------------------------------ */

static void test_refresh(void **state)
{
    (void)state;
    struct made made;
    char first[128];
    sign_in();
    snprintf(first, sizeof first, "%s", last_refresh);
    ask(&made, TOKEN_V2_ROW, MADE_TENANT, NULL,
        REFRESH "&scope=https%3A%2F%2Fgraph.microsoft.com%2FUser.Read+openid");
    assert_int_equal(made.reply.status, 200);
    made_text_equal(
        json_get_text(reply_claims(&made, "access_token"), "aud"), "https://graph.microsoft.com");
    assert_null(json_get(reply_claims(&made, "id_token"), "nonce"));
    assert_string_not_equal(first, last_refresh);
    made_free(&made);
    /* as at Entra, the old one goes on; without a scope it is for what it was first */
    snprintf(last_refresh, sizeof last_refresh, "%s", first);
    ask(&made, TOKEN_V2_ROW, MADE_TENANT, NULL, REFRESH);
    made_text_equal(json_get_text(reply_claims(&made, "access_token"), "aud"), BATCH_RESOURCE);
    made_free(&made);
}

static void test_refresh_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *name, *form;
        int number;
    } rows[] = {
        {"none", "grant_type=refresh_token&client_id={native}", 900144},
        {"malformed", "grant_type=refresh_token&client_id={native}&refresh_token=x", 9002313},
        {"unknown", "grant_type=refresh_token&client_id={native}&refresh_token=1.x", 70000},
        {"a code", "grant_type=refresh_token&client_id={native}&refresh_token={code}", 9002313},
        {"another client", "grant_type=refresh_token&client_id={other}&refresh_token={refresh}",
            70000},
        {"a client with a secret",
            "grant_type=refresh_token&client_id={web}&client_secret=" WEB_SECRET
            "&refresh_token={refresh}",
            70000},
        {"no consent", REFRESH "&scope=https%3A%2F%2Fstorage.azure.com%2Fuser_impersonation",
            65001},
    };
    sign_in();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("  %s\n", rows[i].name);
        assert_int_equal(ask_number(rows[i].form), rows[i].number);
    }
    assert_int_equal(ask_number(REFRESH), 0);
}

static void test_web_refresh_needs_secret(void **state)
{
    (void)state;
    struct made made;
    const struct authorization authorization = web_authorization();
    ask(&made, TOKEN_V2_ROW, MADE_TENANT, &authorization, WEB "&client_secret=" WEB_SECRET);
    assert_int_equal(made.reply.status, 200);
    made_text_equal(json_get_text(reply_claims(&made, "access_token"), "appidacr"), "1");
    made_free(&made);
    assert_int_equal(
        ask_number("grant_type=refresh_token&client_id={web}&refresh_token={refresh}"), 7000218);
    assert_int_equal(ask_number("grant_type=refresh_token&client_id={web}&client_secret=" WEB_SECRET
                                "&refresh_token={refresh}"),
        0);
}

static char both[GUID_TEXT]; /* a web server that says of itself that it is a public client, too */

static bool add_both(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    static const struct redirect_uri callback[] = {{REDIRECT_WEB, WEB_REDIRECT}};
    const struct new_application what = {.display_name = "Both",
        .public_client = true,
        .redirect_uris = callback,
        .redirect_uri_count = 1,
        .now = 1};
    int64_t row;
    return people_application(&service, connection, &what, WEB_SECRET, both, &row, err) &&
           consent_add(connection, both, APP_ID_BATCH, NULL, TEXT("user_impersonation"), 1, err);
}

/* A code that went to the one address that is registered, without a word of it: what comes of it
 * needs the secret that the code did. */
static void test_refresh_of_unnamed_redirect(void **state)
{
    (void)state;
    char code[256], refresh[256], secret_code[320], secret_refresh[320];
    made_write(&service, add_both, NULL);
    struct authorization authorization = web_authorization();
    authorization.client_app_id = both;
    authorization.redirect_uri = NULL;
    snprintf(code, sizeof code, "grant_type=authorization_code&client_id=%s&code={code}", both);
    snprintf(refresh, sizeof refresh,
        "grant_type=refresh_token&client_id=%s&refresh_token={refresh}", both);
    snprintf(secret_code, sizeof secret_code, "%s&client_secret=" WEB_SECRET, code);
    snprintf(secret_refresh, sizeof secret_refresh, "%s&client_secret=" WEB_SECRET, refresh);
    page_code(&service, &authorization, last_code);
    assert_int_equal(ask_number(code), 7000218);
    assert_int_equal(ask_number(secret_code), 0);
    assert_int_equal(ask_number(refresh), 7000218);
    assert_int_equal(ask_number(secret_refresh), 0);
    assert_int_equal(ask_number(refresh), 7000218); /* the heir's, too */
}

/* 90 days, counted from the last use: each use gives another one. */
static void test_refresh_slides(void **state)
{
    (void)state;
    int64_t hour_ms = 3600LL * 1000, days60_ms = 60 * 24 * hour_ms, rest_ms = 30 * 24 * hour_ms;
    char first[128];
    sign_in();
    snprintf(first, sizeof first, "%s", last_refresh);
    clock_move(&service.clock, days60_ms);
    assert_int_equal(ask_number(REFRESH), 0);
    clock_move(&service.clock, rest_ms + hour_ms);
    assert_int_equal(ask_number(REFRESH), 0);
    snprintf(last_refresh, sizeof last_refresh, "%s", first);
    assert_int_equal(ask_number(REFRESH), 700082);
    clock_move(&service.clock, -(days60_ms + rest_ms + hour_ms));
}

static void test_strict(void **state)
{
    (void)state;
    char first[128], second[128];
    sign_in();
    snprintf(first, sizeof first, "%s", last_refresh);
    entra_set_refresh_mode(service.entra, ENTRA_REFRESH_STRICT);
    assert_int_equal(ask_number(REFRESH), 0);
    snprintf(second, sizeof second, "%s", last_refresh);
    assert_string_not_equal(first, second);
    snprintf(last_refresh, sizeof last_refresh, "%s", first);
    assert_int_equal(ask_number(REFRESH), 70000); /* reuse: the whole family goes */
    snprintf(last_refresh, sizeof last_refresh, "%s", second);
    assert_int_equal(ask_number(REFRESH), 50173);
    entra_set_refresh_mode(service.entra, ENTRA_REFRESH_REUSED);
}

static bool new_password(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct user user;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    return user_by_object_id(connection, text_of(context), &arena, &user, err) &&
           user_set_password(connection, user.row, TEXT("another password"), err);
}

/* A code that the old password brought is worth nothing after a new one, neither is what came of
 * one; other people's are. */
static void test_new_password(void **state)
{
    (void)state;
    const struct authorization authorization = native_authorization();
    sign_in();
    page_code(&service, &authorization, last_code);
    made_write(&service, new_password, people.guest);
    assert_int_equal(ask_number(REFRESH), 0);
    made_write(&service, new_password, people.ann);
    assert_int_equal(ask_number(REFRESH), 50173);
    assert_int_equal(ask_number(NATIVE WITH_VERIFIER), 70000);
    sign_in();
    assert_int_equal(ask_number(REFRESH), 0);
}

/* ---- Without memory -------------------------------------------------------------------------- */

/* Whatever allocation fails, the answer is an error, and the code is not lost. */
static void test_torture(void **state)
{
    (void)state;
    const struct authorization authorization = native_authorization();
    page_code(&service, &authorization, last_code);
    bool done = false;
    for (long n = 1; n < 2000 && !done; n++) {
        struct made made;
        scoped_arena struct arena arena = {0};
        arena_init(&arena, 0);
        const struct form_value values[] = {{"code", last_code}};
        char *body = fill_form(&arena, &people, NATIVE WITH_VERIFIER, values, 1);
        made_request(&made, &service, PLANE_ENTRA, "POST", TOKEN_V2_ROW);
        made.request.values[0] = TEXT(MADE_TENANT);
        made.request.body = text_of(body);
        made_header(&made, "Content-Type", FORM_TYPE);
        memory_fail_after(n);
        made_run(&made, entra_plane(), TOKEN_V2_ROW);
        memory_fail_after(0);
        done = made.reply.status == 200;
        if (!done && made.reply.status < 500)
            fail_msg("allocation %ld: %.*s", n, TEXT_ARGS(made.reply.body));
        made_free(&made);
    }
    assert_true(done);
    assert_int_equal(ask_number(NATIVE WITH_VERIFIER), 54005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_code),
        cmocka_unit_test(test_v1),
        cmocka_unit_test(test_audiences),
        cmocka_unit_test(test_guest),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_azure_cli),
        cmocka_unit_test(test_replay_revokes),
        cmocka_unit_test(test_failed_attempt_keeps_the_code),
        cmocka_unit_test(test_concurrent_redemption),
        cmocka_unit_test(test_code_expires),
        cmocka_unit_test(test_refresh),
        cmocka_unit_test(test_refresh_refusals),
        cmocka_unit_test(test_web_refresh_needs_secret),
        cmocka_unit_test(test_refresh_of_unnamed_redirect),
        cmocka_unit_test(test_refresh_slides),
        cmocka_unit_test(test_strict),
        cmocka_unit_test(test_new_password),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests_name("server/token_code", tests, start, stop);
}
