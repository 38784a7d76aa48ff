/* A web application's sign-in: the URL, the state, and the code's one use. */
#include "fake_user.h"

static char token_answer[4096];
static struct fake fake;
static struct fake_person person;

static struct azb_authorization_code_options code_options(void)
{
    struct azb_authorization_code_options options = AZB_AUTHORIZATION_CODE_OPTIONS_INIT;
    options.tenant_id = TENANT;
    options.client_id = CLIENT;
    options.code = "the code";
    options.redirect_uri = "https://app.example/back";
    return options;
}

static struct azb_credential *begin(const struct answer *answers, size_t count,
    const struct azb_authorization_code_options *options)
{
    struct azb_error err = AZB_ERROR_INIT;
    write_user_answer(token_answer, sizeof(token_answer), USERNAME, "token-1", "refresh-1", "n1");
    fake_init(&fake, answers, count);
    struct entra_environment world = fake_world(&fake);
    struct azb_credential *credential = authorization_code_new(options, &world, &err);
    if (!credential)
        fail_test("%s", err.message);
    return credential;
}

#define SCOPES                                                                                     \
    "https%3A%2F%2Fbatch.core.windows.net%2F%2F.default%20openid%20profile%20offline_access"

static void test_the_code_and_then_the_refresh_token(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, token_answer, NULL}};
    struct azb_authorization_code_options options = code_options();
    struct azb_token_request request = batch_request();
    options.client_secret = SECRET;
    options.code_verifier = "v1";
    options.nonce = "n1";
    struct azb_credential *credential = begin(answers, COUNT(answers), &options);
    expect_token(credential, &request, "token-1");
    assert_string_equal(fake.body[0],
        "client_id=" CLIENT "&scope=" SCOPES
        "&client_info=1&client_secret=s3cret~with.%26%3D%2B%25%C3%A9&grant_type=authorization_code"
        "&code=the%20code&redirect_uri=https%3A%2F%2Fapp.example%2Fback&code_verifier=v1");
    request.force = true;
    expect_token(credential, &request, "token-1");
    assert_string_equal(fake.body[1],
        "client_id=" CLIENT "&scope=" SCOPES
        "&client_info=1&client_secret=s3cret~with.%26%3D%2B%25%C3%A9&grant_type=refresh_token"
        "&refresh_token=refresh-1");
    expect_account(credential, ACCOUNT, USERNAME);
    azb_credential_free(credential);
}

static void test_a_code_is_used_once(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{400, "{\"error\":\"invalid_grant\"}", NULL}};
    struct azb_authorization_code_options options = code_options();
    struct azb_token_request request = batch_request();
    struct azb_credential *credential = begin(answers, COUNT(answers), &options);
    expect_code(credential, &request, "invalid_grant", "invalid_grant");
    expect_code(credential, &request, "interaction_required", "the authorization code has been");
    assert_int_equal(fake.requests, 1);
    azb_credential_free(credential);
}

/* It may not have arrived: it is not sent again by itself, but the next call may. */
static void test_a_lost_connection_does_not_spend_it(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{0, NULL, NULL}, {200, token_answer, NULL}};
    struct azb_authorization_code_options options = code_options();
    struct azb_token_request request = batch_request();
    struct azb_credential *credential = begin(answers, COUNT(answers), &options);
    expect_error(credential, &request, AZB_ERROR_NETWORK, "no connection");
    assert_int_equal(fake.requests, 1);
    expect_token(credential, &request, "token-1");
    azb_credential_free(credential);
}

static void test_another_nonce(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, token_answer, NULL}};
    struct azb_authorization_code_options options = code_options();
    struct azb_token_request request = batch_request();
    options.nonce = "n2";
    struct azb_credential *credential = begin(answers, COUNT(answers), &options);
    expect_error(credential, &request, AZB_ERROR_PROTOCOL, "the ID token's nonce");
    expect_code(credential, &request, "interaction_required", "has been used");
    azb_credential_free(credential);
}

static void test_options_that_are_refused(void **unused)
{
    (void)unused;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_authorization_code_options options = code_options();
    options.code = NULL;
    assert_null(azb_credential_authorization_code(&options, &err));
    assert_non_null(strstr(err.message, "code is missing"));
    options.code = "c";
    options.redirect_uri = "";
    assert_null(azb_credential_authorization_code(&options, &err));
    assert_non_null(strstr(err.message, "redirect_uri is missing"));
}

/* ---- The URL ---- */

static void test_the_url(void **unused)
{
    (void)unused;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_user_options options = user_options(&person);
    struct azb_authorization_url first, second;
    char expected[2048];
    fake_init(&fake, NULL, 0);
    struct entra_environment world = fake_world(&fake);
    options.redirect_uri = "https://app.example/back?x=y";
    options.domain_hint = "contoso.com";
    if (!authorization_url_make(&options, "User.Read", &world, &first, &err))
        fail_test("%s", err.message);
    assert_true(authorization_url_make(&options, "User.Read", &world, &second, &err));
    const char *challenge = strstr(first.url, "&code_challenge=");
    assert_non_null(challenge);
    snprintf(expected, sizeof(expected),
        AUTHORITY_URL "/authorize?client_id=" CLIENT "&response_type=code&redirect_uri=https%%3A"
                      "%%2F%%2Fapp.example%%2Fback%%3Fx%%3Dy&scope=User.Read%%20openid%%20profile"
                      "%%20offline_access&state=%s&nonce=%s%.59s&code_challenge_method=S256"
                      "&client_info=1&domain_hint=contoso.com",
        first.state, first.nonce, challenge);
    assert_string_equal(first.url, expected);
    assert_int_equal(strlen(first.code_verifier), 43);
    assert_string_not_equal(first.state, second.state);
    assert_string_not_equal(first.nonce, second.nonce);
    assert_string_not_equal(first.code_verifier, second.code_verifier);
    assert_true(azb_state_matches(&first, first.state));
    assert_false(azb_state_matches(&first, second.state));
    assert_false(azb_state_matches(&first, ""));
    assert_false(azb_state_matches(&first, NULL));
    struct azb_authorization_url nothing = {{0}, {0}, {0}, {0}};
    assert_false(azb_state_matches(&nothing, ""));
}

static void test_the_url_of_another_authority(void **unused)
{
    (void)unused;
    static const struct answer metadata[] = {{200,
        "{\"issuer\":\"https://localhost:8443\",\"token_endpoint\":\"https://localhost:8443/t\","
        "\"authorization_endpoint\":\"https://localhost:8443/a?p=1\"}",
        NULL}};
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_user_options options = user_options(&person);
    struct azb_authorization_url url;
    fake_init(&fake, metadata, COUNT(metadata));
    struct entra_environment world = fake_world(&fake);
    options.authority_host = "https://localhost:8443";
    options.redirect_uri = "http://localhost:3000/back";
    assert_true(authorization_url_make(&options, "openid", &world, &url, &err));
    assert_true(strncmp(url.url, "https://localhost:8443/a?p=1&client_id=", 39) == 0);
}

static const struct {
    const char *name, *redirect_uri, *prompt, *scope, *part;
} bad_urls[] = {
    {"no redirect URI", NULL, NULL, "s", "redirect_uri is missing"},
    {"http elsewhere", "http://app.example/", NULL, "s", "neither https nor http on localhost"},
    {"a fragment", "https://app.example/#x", NULL, "s", "has a fragment"},
    {"an unknown prompt", "https://app.example/", "none", "s", "prompt 'none'"},
    {"no scope", "https://app.example/", NULL, "", "the scope is missing"},
};

static void test_urls_that_are_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(bad_urls); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_user_options options = user_options(&person);
        struct azb_authorization_url url;
        print_message("  %s\n", bad_urls[i].name);
        options.redirect_uri = bad_urls[i].redirect_uri;
        options.prompt = bad_urls[i].prompt;
        assert_false(azb_authorization_url(&options, bad_urls[i].scope, &url, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        if (!strstr(err.message, bad_urls[i].part))
            fail_test("%s", err.message);
    }
}

static bool one_life(void)
{
    static const struct answer answers[] = {{200, token_answer, NULL}};
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    struct azb_user_options user = user_options(&person);
    struct azb_authorization_code_options options = code_options();
    struct azb_authorization_url url;
    fake_init(&fake, answers, COUNT(answers));
    struct entra_environment world = fake_world(&fake);
    user.redirect_uri = options.redirect_uri;
    options.client_secret = SECRET;
    struct azb_credential *credential = NULL;
    bool got = authorization_url_make(&user, "s", &world, &url, &err) &&
               (credential = authorization_code_new(&options, &world, &err)) &&
               azb_credential_get_token(credential, &request, &token, &err);
    azb_credential_free(credential);
    if (!got && err.kind != AZB_ERROR_MEMORY)
        fail_test("%s", err.message);
    azb_token_free(&token);
    azb_error_free(&err);
    return got;
}

static void test_every_allocation_may_fail(void **unused)
{
    (void)unused;
    int failed = 0;
    int in_a_row = 0;
    write_user_answer(token_answer, sizeof(token_answer), USERNAME, "token-1", "refresh-1", NULL);
    for (long n = 1; in_a_row < 20; n++) {
        memory_fail_after(n);
        bool got = one_life();
        memory_fail_after(0);
        failed += !got;
        in_a_row = got ? in_a_row + 1 : 0;
    }
    print_message("  %d allocations, each failed once\n", failed);
    assert_true(failed >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_code_and_then_the_refresh_token),
        cmocka_unit_test(test_a_code_is_used_once),
        cmocka_unit_test(test_a_lost_connection_does_not_spend_it),
        cmocka_unit_test(test_another_nonce),
        cmocka_unit_test(test_options_that_are_refused),
        cmocka_unit_test(test_the_url),
        cmocka_unit_test(test_the_url_of_another_authority),
        cmocka_unit_test(test_urls_that_are_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
