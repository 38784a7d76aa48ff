/* A service that acts for its caller: the exact request with each proof, and what is refused. */
#include "fake_entra.h"

#include <unistd.h>

#include "keys.h"

#define USER "eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiJhbm4ifQ.c2ln"
#define BEGIN                                                                                      \
    "client_id=" CLIENT                                                                            \
    "&scope=https%3A%2F%2Fbatch.core.windows.net%2F%2F.default%20offline_access"                   \
    "&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"                            \
    "&assertion=" USER "&requested_token_use=on_behalf_of"
#define ASSERTION_TYPE_FIELD                                                                       \
    "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"

static const struct answer one_token[] = {{200, HOUR_TOKEN, NULL}};
static char pem_path[] = "/tmp/azb-test-XXXXXX";

static bool make(void *context, const char *client_id, const char *token_endpoint,
    struct azb_token *assertion, struct azb_error *err)
{
    (void)context;
    (void)client_id;
    (void)token_endpoint;
    return azb_token_set(assertion, "made", 0, err);
}

static struct azb_on_behalf_of_options options_for(const char *user)
{
    struct azb_on_behalf_of_options options = AZB_ON_BEHALF_OF_OPTIONS_INIT;
    options.tenant_id = TENANT;
    options.client_id = CLIENT;
    options.user_assertion = user;
    return options;
}

static struct azb_credential *credential_with(
    struct fake *fake, const struct azb_on_behalf_of_options *options)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct entra_environment world = fake_world(fake);
    struct azb_credential *credential = on_behalf_of_new(options, &world, &err);
    if (!credential)
        fail_test("%s", err.message);
    return credential;
}

static void expect_body(const struct azb_on_behalf_of_options *options, const char *body)
{
    static struct fake fake;
    struct azb_token_request request = batch_request();
    fake_init(&fake, one_token, COUNT(one_token));
    struct azb_credential *credential = credential_with(&fake, options);
    assert_string_equal(azb_credential_kind(credential), "on_behalf_of");
    expect_token(credential, &request, "token-1");
    assert_memory_equal(fake.body[0], body, strlen(body));
    azb_credential_free(credential);
}

static int write_pem(void **unused)
{
    (void)unused;
    int file = mkstemp(pem_path);
    assert_int_equal(write(file, leaf_pem, strlen(leaf_pem)), (ssize_t)strlen(leaf_pem));
    assert_int_equal(write(file, leaf_key, strlen(leaf_key)), (ssize_t)strlen(leaf_key));
    close(file);
    return 0;
}

static int remove_pem(void **unused)
{
    (void)unused;
    unlink(pem_path);
    return 0;
}

static void test_proofs(void **unused)
{
    (void)unused;
    struct azb_on_behalf_of_options options = options_for(USER);
    options.client_secret = "s&x";
    expect_body(&options, BEGIN "&client_secret=s%26x");
    options = options_for(USER);
    options.certificate_path = pem_path;
    expect_body(&options, BEGIN ASSERTION_TYPE_FIELD "&client_assertion=ey");
    options = options_for(USER);
    options.assertion = make;
    expect_body(&options, BEGIN ASSERTION_TYPE_FIELD "&client_assertion=made");
}

/* What one user's credential keeps is never given to another's. */
static void test_two_users(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {
        {200, "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"ann\"}", NULL},
        {200, "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"bob\"}", NULL},
    };
    static struct fake fake;
    struct azb_token_request request = batch_request();
    struct azb_on_behalf_of_options options = options_for("ann-token");
    fake_init(&fake, answers, COUNT(answers));
    options.client_secret = "x";
    struct azb_credential *ann = credential_with(&fake, &options);
    options.user_assertion = "bob-token";
    struct azb_credential *bob = credential_with(&fake, &options);
    for (int i = 0; i < 2; i++) {
        expect_token(ann, &request, "ann");
        expect_token(bob, &request, "bob");
    }
    assert_int_equal(fake.requests, 2);
    azb_credential_free(ann);
    azb_credential_free(bob);
}

/* ---- Work that takes longer than the user's token lives ---- */

#define EXPIRED                                                                                    \
    "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS500133: Assertion is not within "  \
    "its "                                                                                         \
    "valid time range.\",\"error_codes\":[500133]}"
#define WITH_REFRESH(token, refresh)                                                               \
    "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"" token                     \
    "\",\"refresh_token\":\"" refresh "\"}"
#define BY_REFRESH_TOKEN                                                                           \
    "client_id=" CLIENT                                                                            \
    "&scope=https%3A%2F%2Fbatch.core.windows.net%2F%2F.default%20offline_access"                   \
    "&grant_type=refresh_token&refresh_token="

static void test_the_assertion_expires(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {
        {200, WITH_REFRESH("first", "r1"), NULL},
        {200, WITH_REFRESH("second", "r2"), NULL}, /* the assertion while it is good */
        {400, EXPIRED, NULL},
        {200, HOUR_TOKEN, NULL}, /* no new one: the old one stays */
        {200, WITH_REFRESH("fourth", "r3"), NULL},
        {400, "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS700082: Inactive.\"}",
            NULL},
    };
    static const char *const bodies[] = {BEGIN, BEGIN, BEGIN, BY_REFRESH_TOKEN "r2&client_secret=x",
        BY_REFRESH_TOKEN "r2&client_secret=x", BY_REFRESH_TOKEN "r3&client_secret=x"};
    static struct fake fake;
    struct azb_token_request request = batch_request();
    struct azb_on_behalf_of_options options = options_for(USER);
    options.client_secret = "x";
    request.force = true;
    fake_init(&fake, answers, COUNT(answers));
    struct azb_credential *credential = credential_with(&fake, &options);
    expect_token(credential, &request, "first");
    expect_token(credential, &request, "second");
    expect_token(credential, &request, "token-1");
    expect_token(credential, &request, "fourth");
    expect_error(credential, &request, AZB_ERROR_AUTHENTICATION,
        "the user's assertion has expired; by the refresh token that came of it: AADSTS700082");
    assert_int_equal(fake.requests, COUNT(bodies));
    for (size_t i = 0; i < COUNT(bodies); i++)
        assert_memory_equal(fake.body[i], bodies[i], strlen(bodies[i]));
    azb_credential_free(credential);
}

static void test_expired_and_no_refresh_token(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{400, EXPIRED, NULL}};
    static struct fake fake;
    struct azb_token_request request = batch_request();
    struct azb_on_behalf_of_options options = options_for(USER);
    options.client_secret = "x";
    fake_init(&fake, answers, COUNT(answers));
    struct azb_credential *credential = credential_with(&fake, &options);
    expect_error(credential, &request, AZB_ERROR_AUTHENTICATION, "AADSTS500133");
    assert_int_equal(fake.requests, 1);
    azb_credential_free(credential);
}

/* Conditional access: the service hands the challenge on to its caller. */
/* Nor over a cache on disk, which has no place for them: nothing of them is written. */
static void test_two_users_with_a_cache(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, HOUR_TOKEN, NULL},
        {200, "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"token-2\"}",
            NULL}};
    static struct fake fake;
    char folder[] = "/tmp/azb-test-XXXXXX", file[64];
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_cache_options where = AZB_CACHE_OPTIONS_INIT;
    struct azb_token_request request = batch_request();
    fake_init(&fake, answers, COUNT(answers));
    struct entra_environment world = fake_world(&fake);
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof(file), "%s/tokens.json", folder);
    where.path = file;
    world.cache = azb_cache_open(&where, &err);
    assert_non_null(world.cache);
    static const char *const users[] = {USER, "another"}, *const tokens[] = {"token-1", "token-2"};
    for (size_t i = 0; i < COUNT(users); i++) {
        struct azb_on_behalf_of_options options = options_for(users[i]);
        options.client_secret = SECRET;
        struct azb_credential *credential = on_behalf_of_new(&options, &world, &err);
        assert_non_null(credential);
        expect_token(credential, &request, tokens[i]);
        azb_credential_free(credential);
    }
    azb_cache_free(world.cache);
    assert_int_equal(access(file, F_OK), -1);
    assert_int_equal(rmdir(folder), 0);
}

static void test_challenge(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{400,
        "{\"error\":\"interaction_required\",\"error_description\":\"AADSTS50079: enroll\","
        "\"error_codes\":[50079],\"claims\":\"{\\\"access_token\\\":{}}\"}",
        NULL}};
    static struct fake fake;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    struct azb_on_behalf_of_options options = options_for(USER);
    options.client_secret = "x";
    fake_init(&fake, answers, COUNT(answers));
    struct azb_credential *credential = credential_with(&fake, &options);
    assert_false(azb_credential_get_token(credential, &request, &token, &err));
    assert_int_equal(err.kind, AZB_ERROR_AUTHENTICATION);
    assert_string_equal(err.claims, "{\"access_token\":{}}");
    azb_error_free(&err);
    azb_credential_free(credential);
}

static void expect_refused(const struct azb_on_behalf_of_options *options, const char *part)
{
    struct azb_error err = AZB_ERROR_INIT;
    assert_null(azb_credential_on_behalf_of(options, &err));
    if (err.kind != AZB_ERROR_ARGUMENT || !strstr(err.message, part))
        fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
}

static void test_refused(void **unused)
{
    (void)unused;
    struct azb_on_behalf_of_options options = options_for(USER);
    expect_refused(&options, "none is set");
    options.client_secret = "x";
    options.assertion = make;
    expect_refused(&options, "more than one is set");
    options = options_for(NULL);
    options.client_secret = "x";
    expect_refused(&options, "user_assertion is missing");
    options = options_for(USER);
    options.client_secret = "";
    expect_refused(&options, "client_secret is missing");
    options.client_secret = "x";
    options.tenant_id = "common";
    expect_refused(&options, "stands for many tenants");
}

/* Two tokens: the second by the refresh token. */
static bool one_life(struct fake *fake)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct entra_environment world = fake_world(fake);
    struct azb_token_request request = batch_request();
    struct azb_on_behalf_of_options options = options_for(USER);
    options.client_secret = "x";
    request.force = true;
    struct azb_credential *credential = on_behalf_of_new(&options, &world, &err);
    bool got = credential && azb_credential_get_token(credential, &request, &token, &err) &&
               azb_credential_get_token(credential, &request, &token, &err);
    azb_credential_free(credential);
    if (!got && err.kind != AZB_ERROR_MEMORY)
        fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
    azb_token_free(&token);
    azb_error_free(&err);
    return got;
}

static void test_every_allocation_may_fail(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, WITH_REFRESH("first", "r1"), NULL},
        {400, EXPIRED, NULL}, {200, WITH_REFRESH("second", "r2"), NULL}};
    static struct fake fake;
    int failed = 0, in_a_row = 0;
    for (long n = 1; in_a_row < 20; n++) {
        fake_init(&fake, answers, COUNT(answers));
        memory_fail_after(n);
        bool got = one_life(&fake);
        memory_fail_after(0);
        failed += !got;
        in_a_row = got ? in_a_row + 1 : 0;
    }
    print_message("  %d allocations, each failed once\n", failed);
    assert_true(failed >= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_proofs),
        cmocka_unit_test(test_two_users),
        cmocka_unit_test(test_the_assertion_expires),
        cmocka_unit_test(test_expired_and_no_refresh_token),
        cmocka_unit_test(test_two_users_with_a_cache),
        cmocka_unit_test(test_challenge),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, write_pem, remove_pem);
}
