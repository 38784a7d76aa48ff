/* On-behalf-of, userinfo, and tokens of other issuers as an application's credential. */
#include "made_people.h"

#include "directory/federated_credential.h"
#include "entra/userinfo.h"

#define OBO                                                                                        \
    "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&client_id={api}"             \
    "&client_secret=" WEB_SECRET "&requested_token_use=on_behalf_of&assertion={assertion}"
#define BATCH_ASKED "&scope=https%3A%2F%2Fbatch.core.windows.net%2F%2F.default"
#define FEDERATED                                                                                  \
    "grant_type=client_credentials&client_id={api}&client_assertion={assertion}"                   \
    "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-"            \
    "bearer" BATCH_ASKED
#define ISSUER "https://tokens.example/ci"
#define SUBJECT "repo:azb:main"
#define KID "their-key"

static struct service service;
static struct people people;
static struct rsa_key *their_key, *other_key;
static struct arena arena;

static bool issuer_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    const char *jwks = context;
    struct federated_credential added;
    const struct federated_credential what = {
        .name = "pipeline", .issuer = ISSUER, .subject = SUBJECT, .audience = FEDERATED_AUDIENCE};
    const struct federated_credential unknown = {.name = "unknown",
        .issuer = "https://unknown.example",
        .subject = SUBJECT,
        .audience = FEDERATED_AUDIENCE};
    const struct federated_credential own = {.name = "own",
        .issuer = "https://sts.windows.net/" MADE_TENANT "/",
        .subject = MADE_OBJECT,
        .audience = FEDERATED_AUDIENCE};
    return federated_credential_add(connection, people.api_row, &what, &arena, &added, err) &&
           federated_credential_add(connection, people.api_row, &unknown, &arena, &added, err) &&
           federated_credential_add(connection, people.api_row, &own, &arena, &added, err) &&
           issuer_set_keys(connection, ISSUER, text_of(jwks), err);
}

static int start(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    char *n, *e;
    arena_init(&arena, 0);
    made_start(&service);
    people_add(&service, &people);
    their_key = rsa_generate(2048, &err);
    other_key = rsa_generate(2048, &err);
    assert_true(rsa_to_jwk(their_key, &arena, &n, &e));
    made_write(&service, issuer_work,
        arena_format(&arena,
            "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"ec\",\"crv\":\"P-256\"},"
            "{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"" KID "\",\"n\":\"%s\",\"e\":\"%s\"}]}",
            n, e));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    rsa_free(their_key);
    rsa_free(other_key);
    made_stop(&service);
    arena_free(&arena);
    return 0;
}

static void ask(struct made *made, const char *form, const char *assertion)
{
    const struct form_value values[] = {{"assertion", assertion}};
    post_form(
        made, &service, TOKEN_V2_ROW, MADE_TENANT, fill_form(&arena, &people, form, values, 1));
}

/* A token of a user for `scope`, as the native application gets it; in the arena. */
static const char *user_token(const char *scope)
{
    struct made made;
    char code[128];
    const struct authorization authorization = {.client_app_id = people.native,
        .user_id = people.ann,
        .scope = scope,
        .redirect_uri = NATIVE_REDIRECT};
    page_code(&service, &authorization, code);
    const struct form_value values[] = {{"code", code}};
    post_form(&made, &service, TOKEN_V2_ROW, MADE_TENANT,
        fill_form(&arena, &people,
            "grant_type=authorization_code&client_id={native}&code={code}&redirect_uri="
            "http%3A%2F%2Flocalhost%3A4321",
            values, 1));
    assert_int_equal(made.reply.status, 200);
    const char *token = text_string(&arena, reply_text(&made, "access_token"));
    made_free(&made);
    return token;
}

static const char *application_token(const char *scope)
{
    struct made made;
    const struct form_value values[] = {{"scope", scope}};
    post_form(&made, &service, TOKEN_V2_ROW, MADE_TENANT,
        fill_form(&arena, &people,
            "grant_type=client_credentials&client_id=" MADE_CLIENT "&client_secret=" MADE_SECRET
            "&scope={scope}",
            values, 1));
    assert_int_equal(made.reply.status, 200);
    const char *token = text_string(&arena, reply_text(&made, "access_token"));
    made_free(&made);
    return token;
}

/* ---- On-behalf-of ---------------------------------------------------------------------------- */

static void test_on_behalf_of(void **state)
{
    (void)state;
    struct made made;
    ask(&made, OBO BATCH_ASKED, user_token(API_URI "/access"));
    assert_int_equal(made.reply.status, 200);
    const struct json *claims = reply_claims(&made, "access_token");
    made_text_equal(json_get_text(claims, "aud"), BATCH_RESOURCE);
    made_text_equal(json_get_text(claims, "oid"), people.ann);
    made_text_equal(json_get_text(claims, "appid"), people.api);
    made_text_equal(json_get_text(claims, "scp"), "user_impersonation");
    assert_null(json_get(made_reply_json(&made), "refresh_token"));
    made_free(&made);
    ask(&made, OBO BATCH_ASKED "+openid+offline_access", user_token(API_URI "/access"));
    assert_true(reply_text(&made, "refresh_token").length > 0);
    assert_true(reply_text(&made, "id_token").length > 0);
    made_free(&made);
}

static bool publish_api(struct store_connection *connection, void *context, struct azb_error *err)
{
    const bool *public_client = context;
    struct application application;
    if (!application_by_app_id(connection, text_of(people.api), &arena, &application, err))
        return false;
    application.public_client = *public_client;
    return application_update(connection, &application, err);
}

static int64_t refresh_number(const char *secret, const char *refresh_token)
{
    struct made made;
    ask(&made,
        arena_format(
            &arena, "grant_type=refresh_token&client_id={api}%s&refresh_token={assertion}", secret),
        refresh_token);
    int64_t number = reply_number(&made);
    made_free(&made);
    return number;
}

/* Who asked on behalf of somebody has proved itself, and proves itself again, public or not. */
static void test_refresh_needs_secret(void **state)
{
    (void)state;
    struct made made;
    bool public_client = true;
    ask(&made, OBO BATCH_ASKED "+offline_access", user_token(API_URI "/access"));
    const char *refresh_token = text_string(&arena, reply_text(&made, "refresh_token"));
    made_free(&made);
    made_write(&service, publish_api, &public_client);
    assert_int_equal(refresh_number("", refresh_token), 7000218);
    assert_int_equal(refresh_number("&client_secret=" WEB_SECRET, refresh_token), 0);
    public_client = false;
    made_write(&service, publish_api, &public_client);
}

static void expect_refusal(const char *form, const char *assertion, int number)
{
    struct made made;
    ask(&made, form, assertion);
    assert_int_equal(reply_number(&made), number);
    made_free(&made);
}

static void test_on_behalf_of_refusals(void **state)
{
    (void)state;
    const char *good = user_token(API_URI "/access");
    char *bad = arena_string(&arena, good);
    bad[strlen(bad) - 20] ^= 1;
    expect_refusal(OBO BATCH_ASKED, "a.b", 50013);
    expect_refusal(OBO BATCH_ASKED, bad, 50013);
    /* meant for Batch, not for the one who presents it */
    expect_refusal(OBO BATCH_ASKED, user_token(BATCH_SCOPE), 50013);
    expect_refusal(OBO BATCH_ASKED, application_token(API_URI "/.default"), 7000114);
    expect_refusal(OBO "&scope=https%3A%2F%2Fstorage.azure.com%2Fuser_impersonation", good, 65001);
    expect_refusal(OBO "&scope=User.Read", good, 65001);
    expect_refusal(OBO, good, 900144);
    expect_refusal("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
                   "&client_id={api}&assertion={assertion}&requested_token_use=on_behalf_of",
        good, 7000218);
    expect_refusal("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
                   "&client_id={api}&client_secret=" WEB_SECRET "&assertion={assertion}",
        good, 900144);
    clock_move(&service.clock, 2LL * 3600 * 1000);
    expect_refusal(OBO BATCH_ASKED, good, 500133);
    clock_move(&service.clock, -2LL * 3600 * 1000);
}

/* ---- Userinfo -------------------------------------------------------------------------------- */

static void userinfo(struct made *made, const char *token)
{
    made_request(made, &service, PLANE_ENTRA, "GET", "/t/openid/userinfo");
    made->request.values[0] = TEXT(MADE_TENANT);
    if (token)
        made_header(made, "Authorization", arena_format(&arena, "Bearer %s", token));
    made_run(made, entra_plane(), "/{tenant}/openid/userinfo");
}

static void test_userinfo(void **state)
{
    (void)state;
    struct made made;
    userinfo(&made, user_token("openid profile"));
    assert_int_equal(made.reply.status, 200);
    made_text_equal(reply_text(&made, "name"), "Ann Example");
    made_text_equal(reply_text(&made, "given_name"), "Ann");
    made_text_equal(reply_text(&made, "family_name"), "Example");
    made_text_equal(
        reply_text(&made, "sub"), entra_subject(&made.request, people.native, people.ann));
    made_free(&made);
    const char *const wrong[] = {NULL, "x", user_token(BATCH_SCOPE),
        application_token("https://graph.microsoft.com/.default")};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        userinfo(&made, wrong[i]);
        assert_int_equal(made.reply.status, 401);
        made_text_equal(reply_text(&made, "error"), "invalid_token");
        assert_non_null(made_reply_header(&made, "WWW-Authenticate"));
        made_free(&made);
    }
}

/* ---- Federated credentials ------------------------------------------------------------------- */

static const struct federated_row {
    const char *name, *header, *iss, *sub, *aud;
    int64_t exp;
    bool other;
    int number;
} federated[] = {
    {"right", "\"alg\":\"RS256\",\"kid\":\"" KID "\"", ISSUER, SUBJECT, FEDERATED_AUDIENCE, 600,
        false, 0},
    {"without kid", "\"alg\":\"RS256\"", ISSUER, SUBJECT, FEDERATED_AUDIENCE, 600, false, 0},
    {"another issuer", "\"alg\":\"RS256\"", "https://evil.example", SUBJECT, FEDERATED_AUDIENCE,
        600, false, 700211},
    {"issuer with a slash", "\"alg\":\"RS256\"", ISSUER "/", SUBJECT, FEDERATED_AUDIENCE, 600,
        false, 700211},
    {"another subject", "\"alg\":\"RS256\"", ISSUER, "repo:azb:fork", FEDERATED_AUDIENCE, 600,
        false, 700213},
    {"subject in another case", "\"alg\":\"RS256\"", ISSUER, "repo:AZB:main", FEDERATED_AUDIENCE,
        600, false, 700213},
    {"another audience", "\"alg\":\"RS256\"", ISSUER, SUBJECT, "https://x.example", 600, false,
        700212},
    {"expired", "\"alg\":\"RS256\"", ISSUER, SUBJECT, FEDERATED_AUDIENCE, -600, false, 700024},
    {"another key", "\"alg\":\"RS256\"", ISSUER, SUBJECT, FEDERATED_AUDIENCE, 600, true, 700027},
    {"unknown kid", "\"alg\":\"RS256\",\"kid\":\"x\"", ISSUER, SUBJECT, FEDERATED_AUDIENCE, 600,
        false, 700027},
    {"keys that nobody gave", "\"alg\":\"RS256\"", "https://unknown.example", SUBJECT,
        FEDERATED_AUDIENCE, 600, false, 700027},
};

static const char *federated_token(const struct federated_row *row)
{
    struct azb_error err = AZB_ERROR_INIT;
    int64_t now_s = clock_seconds(&service.clock);
    const char *header = arena_format(&arena, "{%s}", row->header);
    const char *claims = arena_format(&arena,
        "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":[\"%s\"],\"iat\":%lld,\"exp\":%lld}", row->iss,
        row->sub, row->aud, (long long)now_s - 900, (long long)(now_s + row->exp));
    const char *token = jwt_sign(row->other ? other_key : their_key, RSA_PKCS1_SHA256,
        text_of(header), text_of(claims), &arena, &err);
    assert_string_equal(err.message, "");
    return token;
}

static void test_federated(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof federated / sizeof *federated; i++) {
        struct made made;
        print_message("  %s\n", federated[i].name);
        ask(&made, FEDERATED, federated_token(&federated[i]));
        assert_int_equal(reply_number(&made), federated[i].number);
        assert_int_equal(made.reply.status, federated[i].number ? 401 : 200);
        made_free(&made);
    }
}

/* Our own token of an application (as a managed identity has it) proves another one. */
static void test_own_federated(void **state)
{
    (void)state;
    struct made made;
    ask(&made, FEDERATED, application_token(FEDERATED_AUDIENCE "/.default"));
    assert_int_equal(made.reply.status, 200);
    made_text_equal(json_get_text(reply_claims(&made, "access_token"), "appid"), people.api);
    made_text_equal(json_get_text(reply_claims(&made, "access_token"), "appidacr"), "2");
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_behalf_of),
        cmocka_unit_test(test_on_behalf_of_refusals),
        cmocka_unit_test(test_refresh_needs_secret),
        cmocka_unit_test(test_userinfo),
        cmocka_unit_test(test_federated),
        cmocka_unit_test(test_own_federated),
    };
    return cmocka_run_group_tests_name("server/token_on_behalf_of", tests, start, stop);
}
