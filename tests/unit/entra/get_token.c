/* What a credential does around its requests: renews early, leaves a busy service alone, makes do
 * with what it has, says what it can, and finds the region. */
#include "fake_entra.h"

#include <sched.h>

#include "entra/claims.h"

#define TOKEN(name, more)                                                                          \
    "{\"token_type\":\"Bearer\",\"expires_in\":7200,\"access_token\":\"" name "\"" more "}"
#define HALFWAY ",\"refresh_in\":3600"
#define BUSY "{\"error\":\"temporarily_unavailable\",\"error_description\":\"AADSTS90055: Busy.\"}"

static struct fake fake;

static struct azb_credential *begin(const struct answer *answers, size_t count)
{
    fake_init(&fake, answers, count);
    return fake_credential(&fake, NULL);
}

/* ---- Renewal ---- */

static void wait_for_token(struct azb_credential *credential, const char *expected)
{
    struct azb_token_request request = batch_request();
    for (bool there = false; !there;) {
        struct azb_token token = AZB_TOKEN_INIT;
        struct azb_error err = AZB_ERROR_INIT;
        if (!azb_credential_get_token(credential, &request, &token, &err))
            fail_test("%s", err.message);
        there = strcmp(token.token, expected) == 0;
        azb_token_free(&token);
        sched_yield();
    }
}

static size_t requests_so_far(void)
{
    pthread_mutex_lock(&fake.lock);
    size_t requests = fake.requests;
    pthread_mutex_unlock(&fake.lock);
    return requests;
}

static void wait_for_requests(size_t count)
{
    while (requests_so_far() < count)
        sched_yield();
}

/* Until the thread has said that it is done. */
static void wait_for_rest(const struct azb_credential *credential)
{
    while (atomic_load(&credential->background.not_before_s) == INT64_MAX)
        sched_yield();
}

static void test_renewed_in_the_background(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {
        {200, TOKEN("first", HALFWAY), NULL}, {200, TOKEN("second", HALFWAY), NULL}};
    struct azb_credential *credential = begin(answers, COUNT(answers));
    struct azb_token_request request = batch_request();
    expect_token(credential, &request, "first");
    clock_move(&fake.clock, 3590 * 1000);
    expect_token(credential, &request, "first");
    assert_int_equal(requests_so_far(), 1);
    clock_move(&fake.clock, 20 * 1000);
    expect_token(credential, &request, "first"); /* at once, and a thread asks for the next */
    wait_for_token(credential, "second");
    wait_for_rest(credential);
    expect_token(credential, &request, "second");
    assert_int_equal(requests_so_far(), 2);
    azb_credential_free(credential);
}

static azb_cancel_flag answer_now;

static void hold_renewals(struct fake *unused, size_t number)
{
    (void)unused;
    while (number > 0 && !atomic_load(&answer_now))
        sched_yield();
}

static void *get_many(void *context)
{
    struct azb_token_request request = batch_request();
    for (int i = 0; i < 200; i++)
        expect_token(context, &request, "first");
    return NULL;
}

/* However many ask meanwhile, one thread and one request. */
static void test_one_renewal_at_a_time(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {
        {200, TOKEN("first", HALFWAY), NULL}, {200, TOKEN("second", HALFWAY), NULL}};
    struct azb_credential *credential = begin(answers, COUNT(answers));
    struct azb_token_request request = batch_request();
    pthread_t threads[16];
    atomic_store(&answer_now, false);
    fake.before = hold_renewals;
    expect_token(credential, &request, "first");
    clock_move(&fake.clock, 3700 * 1000);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_create(&threads[i], NULL, get_many, credential);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    wait_for_requests(2);
    atomic_store(&answer_now, true);
    wait_for_token(credential, "second");
    assert_int_equal(requests_so_far(), 2);
    azb_credential_free(credential);
}

static void test_a_renewal_that_fails_is_nobodys_error(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {
        {200, TOKEN("first", HALFWAY), NULL}, {401, "{\"error\":\"invalid_client\"}", NULL}};
    struct azb_credential *credential = begin(answers, COUNT(answers));
    struct azb_token_request request = batch_request();
    expect_token(credential, &request, "first");
    clock_move(&fake.clock, 3700 * 1000);
    expect_token(credential, &request, "first");
    wait_for_requests(2);
    wait_for_rest(credential);
    expect_token(credential, &request, "first"); /* not again at once */
    assert_int_equal(requests_so_far(), 2);
    clock_move(&fake.clock, (BACKGROUND_PAUSE_S + 1) * 1000);
    expect_token(credential, &request, "first");
    wait_for_requests(3);
    wait_for_rest(credential);
    clock_move(&fake.clock, 3600 * 1000); /* over: now it is an error */
    expect_error(credential, &request, AZB_ERROR_AUTHENTICATION, "invalid_client");
    azb_credential_free(credential);
}

/* Frees while the thread waits for the network: it is cancelled and joined. */
static void hold_until_cancelled(struct fake *self, size_t number)
{
    while (number > 0 && !atomic_load(&self->credential->background.stop))
        sched_yield();
}

static void *free_it(void *context)
{
    azb_credential_free(context);
    return NULL;
}

static void test_freed_in_mid_renewal(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {
        {200, TOKEN("first", HALFWAY), NULL}, {200, TOKEN("second", HALFWAY), NULL}};
    struct azb_credential *credential = begin(answers, COUNT(answers));
    struct azb_token_request request = batch_request();
    pthread_t thread;
    fake.before = hold_until_cancelled;
    expect_token(credential, &request, "first");
    clock_move(&fake.clock, 3700 * 1000);
    expect_token(credential, &request, "first");
    wait_for_requests(2);
    pthread_create(&thread, NULL, free_it, credential);
    pthread_join(thread, NULL);
    assert_int_equal(requests_so_far(), 2);
}

/* ---- A service that is busy or away ---- */

static void test_retry_after_is_remembered(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{429, BUSY, "120"}, {200, TOKEN("first", ""), NULL}};
    struct azb_credential *credential = begin(answers, COUNT(answers));
    struct azb_token_request request = batch_request();
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    request.timeout_ms = 1000; /* less than the service asks for: no try inside the call */
    assert_false(azb_credential_get_token(credential, &request, &token, &err));
    assert_int_equal(err.retry_after_ms, 120000);
    clock_move(&fake.clock, 100 * 1000);
    assert_false(azb_credential_get_token(credential, &request, &token, &err));
    assert_int_equal(fake.requests, 1);
    assert_in_range(err.retry_after_ms, 10000, 20000);
    assert_int_equal(err.http_status, 429);
    assert_string_equal(err.code, "AADSTS90055");
    assert_non_null(strstr(err.message, "not asked again so soon: AADSTS90055: Busy."));
    clock_move(&fake.clock, 21 * 1000);
    expect_token(credential, &request, "first");
    assert_int_equal(fake.requests, 2);
    azb_credential_free(credential);
}

static void test_a_clock_that_was_set_back(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{503, BUSY, "60"}, {200, TOKEN("first", ""), NULL}};
    struct azb_credential *credential = begin(answers, COUNT(answers));
    struct azb_token_request request = batch_request();
    request.timeout_ms = 1000;
    expect_error(credential, &request, AZB_ERROR_SERVICE, "AADSTS90055");
    clock_move(&fake.clock, -24LL * 3600 * 1000);
    expect_token(credential, &request, "first");
    azb_credential_free(credential);
}

/* A token in its last five minutes is not given out, unless there is no other. */
static void test_the_last_minutes(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, TOKEN("first", ""), NULL}, {503, BUSY, "200"}};
    struct azb_credential *credential = begin(answers, COUNT(answers));
    struct azb_token_request request = batch_request();
    expect_token(credential, &request, "first");
    clock_move(&fake.clock, (7200 - 250) * 1000LL);
    request.timeout_ms = 1000;
    expect_token(credential, &request, "first");
    assert_int_equal(fake.requests, 2);
    expect_token(credential, &request, "first");
    assert_int_equal(fake.requests, 2);
    request.min_valid_s = 251; /* whoever needs more than there is, is told */
    expect_error(credential, &request, AZB_ERROR_SERVICE, "not asked again so soon");
    request.min_valid_s = 0;
    request.force = true; /* the service refused it */
    expect_error(credential, &request, AZB_ERROR_SERVICE, "not asked again so soon");
    request.force = false;
    clock_move(&fake.clock, 150 * 1000LL);
    expect_token(credential, &request, "first");
    clock_move(&fake.clock, 101 * 1000LL);
    expect_error(credential, &request, AZB_ERROR_SERVICE, "AADSTS90055");
    azb_credential_free(credential);
}

static void test_a_refusal_is_no_outage(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {
        {200, TOKEN("first", ""), NULL}, {401, "{\"error\":\"invalid_client\"}", "200"}};
    struct azb_credential *credential = begin(answers, COUNT(answers));
    struct azb_token_request request = batch_request();
    expect_token(credential, &request, "first");
    clock_move(&fake.clock, (7200 - 250) * 1000LL);
    expect_error(credential, &request, AZB_ERROR_AUTHENTICATION, "invalid_client");
    expect_error(credential, &request, AZB_ERROR_AUTHENTICATION, "invalid_client");
    assert_int_equal(fake.requests, 3);
    azb_credential_free(credential);
}

/* ---- What the environment says ---- */

static const char *settings[3][2]; /* name, value */

static const char *setting(const char *name)
{
    for (size_t i = 0; i < COUNT(settings); i++)
        if (settings[i][0] && strcmp(settings[i][0], name) == 0)
            return settings[i][1];
    return NULL;
}

#define CAPABLE "{\"access_token\":{\"xms_cc\":{\"values\":[\"cp1\"]}}}"

static const struct {
    const char *name, *disable, *challenge, *claims;
} capabilities[] = {
    {"alone", NULL, NULL, CAPABLE},
    {"not disabled", "false", NULL, CAPABLE},
    {"disabled", "true", NULL, NULL},
    {"disabled by 1", "1", NULL, NULL},
    {"a challenge", NULL, "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"1\"}}}",
        "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"1\"},\"xms_cc\":{\"values\":["
        "\"cp1\"]}}}"},
    {"a challenge that says it too", NULL,
        "{\"id_token\":{\"a\":null},\"access_token\":{\"xms_cc\":{\"values\":[\"x\"]}}}",
        "{\"id_token\":{\"a\":null},\"access_token\":{\"xms_cc\":{\"values\":[\"cp1\"]}}}"},
    {"access_token is null", NULL, "{\"access_token\":null}", CAPABLE},
    {"a challenge, disabled", "true", "{\"a\":1}", "{\"a\":1}"},
};

static void test_capabilities(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, TOKEN("first", ""), NULL}};
    for (size_t i = 0; i < COUNT(capabilities); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_client_secret_options options = secret_options(NULL);
        struct azb_token_request request = batch_request();
        struct text claims = TEXT_NONE;
        arena_init(&arena, 0);
        print_message("  %s\n", capabilities[i].name);
        fake_init(&fake, answers, COUNT(answers));
        struct entra_environment world = fake_world(&fake);
        settings[0][0] = "AZURE_IDENTITY_DISABLE_CP1";
        settings[0][1] = capabilities[i].disable;
        world.variable = setting;
        request.claims = capabilities[i].challenge;
        struct azb_credential *credential = client_secret_new(&options, &world, &err);
        expect_token(credential, &request, "first");
        int found = text_form_get(&arena, text_of(fake.body[0]), "claims", &claims);
        assert_int_equal(found, capabilities[i].claims != NULL);
        if (found && !text_is(claims, capabilities[i].claims))
            fail_test("%.*s", TEXT_ARGS(claims));
        azb_credential_free(credential);
    }
}

static void test_claims_that_are_no_object(void **unused)
{
    (void)unused;
    static const char *const bad[] = {"", "x", "[]", "\"a\"", "{\"a\":1,\"a\":2}"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        assert_null(claims_with_capability(bad[i], &arena, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        assert_non_null(strstr(err.message, "no JSON object"));
    }
}

#define REGIONAL(region) "https://" region ".login.microsoft.com/" TENANT "/oauth2/v2.0/token"

static const struct {
    const char *name, *region, *forced, *machine, *url, *refused;
} regions[] = {
    {"none", NULL, NULL, NULL, TOKEN_URL, NULL},
    {"empty", "", "", "", TOKEN_URL, NULL},
    {"Azure's variable", "westeurope", NULL, NULL, REGIONAL("westeurope"), NULL},
    {"MSAL's variable", NULL, "eastus2", NULL, REGIONAL("eastus2"), NULL},
    {"both", "westeurope", "eastus2", NULL, REGIONAL("westeurope"), NULL},
    {"another host", "evil.example/", NULL, NULL, NULL,
        "AZURE_REGIONAL_AUTHORITY_NAME: 'evil.example/' is no name of an Azure region"},
    {"MSAL's, another host", NULL, "evil.example/", NULL, NULL,
        "MSAL_FORCE_REGION: 'evil.example/' is no name of an Azure region"},
    {"the machine's", "TryAutoDetect", NULL, "uksouth", REGIONAL("uksouth"), NULL},
    {"the machine's, MSAL's variable", NULL, "tryautodetect", "uksouth", REGIONAL("uksouth"), NULL},
    {"a machine that does not say", "TryAutoDetect", "eastus2", NULL, TOKEN_URL, NULL},
    {"a machine that was not asked", NULL, NULL, "uksouth", TOKEN_URL, NULL},
    {"a machine with another host", "TryAutoDetect", NULL, "evil.example/", NULL,
        "REGION_NAME: 'evil.example/' is no name of an Azure region"},
    {"a machine's own words", "TryAutoDetect", NULL, "UK South", NULL,
        "REGION_NAME: 'UK South' is no name of an Azure region"},
};

static void test_regions(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, TOKEN("first", ""), NULL}};
    for (size_t i = 0; i < COUNT(regions); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_client_secret_options options = secret_options(NULL);
        struct azb_token_request request = batch_request();
        print_message("  %s\n", regions[i].name);
        fake_init(&fake, answers, COUNT(answers));
        struct entra_environment world = fake_world(&fake);
        settings[0][0] = "AZURE_REGIONAL_AUTHORITY_NAME";
        settings[0][1] = regions[i].region;
        settings[1][0] = "MSAL_FORCE_REGION";
        settings[1][1] = regions[i].forced;
        settings[2][0] = "REGION_NAME";
        settings[2][1] = regions[i].machine;
        world.variable = setting;
        struct azb_credential *credential = client_secret_new(&options, &world, &err);
        assert_int_equal(credential != NULL, regions[i].url != NULL);
        if (!credential) {
            assert_non_null(strstr(err.message, regions[i].refused));
            continue;
        }
        expect_token(credential, &request, "first");
        assert_string_equal(fake.url[0], regions[i].url);
        azb_credential_free(credential);
        /* A user's sign-in is never regional. */
        struct azb_user_options user = AZB_USER_OPTIONS_INIT;
        user.tenant_id = TENANT;
        user.client_id = CLIENT;
        credential = refresh_token_new(&user, "r", &world, &err);
        expect_token(credential, &request, "first");
        assert_string_equal(fake.url[1], TOKEN_URL);
        azb_credential_free(credential);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_renewed_in_the_background),
        cmocka_unit_test(test_one_renewal_at_a_time),
        cmocka_unit_test(test_a_renewal_that_fails_is_nobodys_error),
        cmocka_unit_test(test_freed_in_mid_renewal),
        cmocka_unit_test(test_retry_after_is_remembered),
        cmocka_unit_test(test_a_clock_that_was_set_back),
        cmocka_unit_test(test_the_last_minutes),
        cmocka_unit_test(test_a_refusal_is_no_outage),
        cmocka_unit_test(test_capabilities),
        cmocka_unit_test(test_claims_that_are_no_object),
        cmocka_unit_test(test_regions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
