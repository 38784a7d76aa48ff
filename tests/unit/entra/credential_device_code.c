/* The device code: the requests, each answer to a poll, how the waiting grows, what is refused. */
#include "fake_user.h"

#define DEVICE                                                                                     \
    "{\"device_code\":\"dev~1\",\"user_code\":\"ABCD-1234\","                                      \
    "\"verification_uri\":\"https://microsoft.com/devicelogin\",\"expires_in\":900,"               \
    "\"interval\":5,\"message\":\"\\u001b[2Jlook\"}"
#define PENDING "{\"error\":\"authorization_pending\",\"error_description\":\"AADSTS70016: Wait.\"}"
#define SLOW_DOWN "{\"error\":\"slow_down\"}"
#define SCOPES                                                                                     \
    "https%3A%2F%2Fbatch.core.windows.net%2F%2F.default%20openid%20profile%20offline_access"

static char token_answer[4096];
static struct fake fake;
static struct fake_person person;

static struct azb_credential *begin(const struct answer *answers, size_t count)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_user_options options = user_options(&person);
    fake_init(&fake, answers, count);
    struct entra_environment world = fake_world(&fake);
    struct azb_credential *credential = device_code_new(&options, &world, &err);
    if (!credential)
        fail_test("%s", err.message);
    write_user_answer(token_answer, sizeof(token_answer), USERNAME, "token-1", "refresh-1", NULL);
    return credential;
}

static void test_sign_in(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {
        {200, DEVICE, NULL}, {400, PENDING, NULL}, {200, token_answer, NULL}};
    struct azb_credential *credential = begin(answers, COUNT(answers));
    struct azb_token_request request = batch_request();
    expect_token(credential, &request, "token-1");
    assert_int_equal(fake.requests, 3);
    assert_string_equal(fake.url[0], AUTHORITY_URL "/devicecode");
    assert_string_equal(fake.body[0], "client_id=" CLIENT "&scope=" SCOPES);
    assert_string_equal(fake.url[1], TOKEN_URL);
    assert_string_equal(fake.body[1],
        "client_id=" CLIENT "&scope=" SCOPES "&client_info=1"
        "&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=dev~1");
    assert_int_equal(fake.waited_ms, 10000);
    assert_int_equal(person.prompts, 1);
    assert_string_equal(person.message,
        "To sign in, open https://microsoft.com/devicelogin in a browser on any device and enter "
        "the code ABCD-1234.");
    assert_string_equal(person.url, "https://microsoft.com/devicelogin");
    assert_string_equal(person.code, "ABCD-1234");
    assert_int_equal(person.expires_in_s, 900);
    expect_account(credential, ACCOUNT, USERNAME);
    /* Another scope: the refresh token, and nobody is asked. */
    request.resource = AZB_GRAPH_RESOURCE;
    expect_token(credential, &request, "token-1");
    assert_int_equal(person.prompts, 1);
    assert_string_equal(fake.body[3],
        "client_id=" CLIENT "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default%20openid%20"
        "profile%20offline_access&client_info=1&grant_type=refresh_token&refresh_token=refresh-1");
    azb_credential_free(credential);
}

/* `waited_s`: 5 s before the first poll, and then as the answers say. */
static const struct {
    const char *name;
    struct answer answers[5];
    size_t count;
    int64_t waited_s;
    const char *code, *part; /* NULL: there is a token */
} polls[] = {
    {"slow down adds five seconds",
        {{200, DEVICE, NULL}, {400, SLOW_DOWN, NULL}, {400, PENDING, NULL},
            {200, token_answer, NULL}},
        4, 5 + 10 + 10, NULL, NULL},
    {"declined", {{200, DEVICE, NULL}, {400, "{\"error\":\"authorization_declined\"}", NULL}}, 2, 5,
        "authorization_declined", "the person declined the sign-in"},
    {"declined, as the RFC calls it",
        {{200, DEVICE, NULL}, {400, "{\"error\":\"access_denied\"}", NULL}}, 2, 5, "access_denied",
        "the person declined the sign-in"},
    {"expired",
        {{200, DEVICE, NULL},
            {400,
                "{\"error\":\"expired_token\",\"error_description\":\"AADSTS70020: Gone.\","
                "\"error_codes\":[70020]}",
                NULL}},
        2, 5, "AADSTS70020", "the code was not used in time: AADSTS70020: Gone."},
    {"another error", {{200, DEVICE, NULL}, {400, "{\"error\":\"invalid_client\"}", NULL}}, 2, 5,
        "invalid_client", "invalid_client"},
    {"never", {{200, DEVICE, NULL}, {400, PENDING, NULL}}, 2, 895, "expired_token",
        "not used within 900 seconds"},
    {"an error with status 200",
        {{200,
            "{\"error\":\"invalid_request\",\"error_description\":\"AADSTS900144: No "
            "client.\",\"error_codes\":[900144]}",
            NULL}},
        1, 0, "AADSTS900144", "No client."},
    {"an error with status 401",
        {{401,
            "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000218: "
            "Confidential.\",\"error_codes\":[7000218]}",
            NULL}},
        1, 0, "AADSTS7000218", "Confidential."},
    {"a page", {{200, "<html>", NULL}}, 1, 0, "", "the device answer is not JSON"},
    {"no code", {{200, "{\"user_code\":\"A\",\"verification_uri\":\"https://x/\"}", NULL}}, 1, 0,
        "", "lacks device_code"},
    {"a code that moves the cursor",
        {{200,
            "{\"device_code\":\"d\",\"user_code\":\"A\\u001b[2J\","
            "\"verification_uri\":\"https://x/\"}",
            NULL}},
        1, 0, "", "cannot be shown"},
    {"a URL without https",
        {{200, "{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_uri\":\"http://x/\"}",
            NULL}},
        1, 0, "", "cannot be shown"},
    {"no interval at all",
        {{200,
            "{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_url\":\"https://x/\","
            "\"interval\":0}",
            NULL}},
        1, 0, "", "no usable number of seconds"},
};

static void test_polls(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(polls); i++) {
        print_message("  %s\n", polls[i].name);
        struct azb_credential *credential = begin(polls[i].answers, polls[i].count);
        struct azb_token_request request = batch_request();
        fake.records_stop = true;
        if (polls[i].code)
            expect_code(credential, &request, polls[i].code, polls[i].part);
        else
            expect_token(credential, &request, "token-1");
        assert_int_equal(fake.waited_ms, polls[i].waited_s * 1000);
        azb_credential_free(credential);
    }
}

static azb_cancel_flag cancelled;

static void cancel_at_the_first_poll(struct fake *unused, size_t number)
{
    (void)unused;
    if (number == 1)
        atomic_store(&cancelled, true);
}

static void test_cancelled_and_out_of_time(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, DEVICE, NULL}, {400, PENDING, NULL}};
    struct azb_credential *credential = begin(answers, COUNT(answers));
    struct azb_token_request request = batch_request();
    atomic_store(&cancelled, false);
    fake.before = cancel_at_the_first_poll;
    request.cancel = &cancelled;
    expect_error(credential, &request, AZB_ERROR_CANCELLED, "cancelled");
    assert_int_equal(fake.requests, 2);
    azb_credential_free(credential);
    credential = begin(answers, COUNT(answers));
    request = batch_request();
    request.timeout_ms = 12000;
    expect_error(credential, &request, AZB_ERROR_TIMEOUT, "waiting for the code to be entered");
    assert_int_equal(fake.requests, 3); /* the code, and polls after 5 s and 10 s */
    azb_credential_free(credential);
}

static void test_what_is_refused(void **unused)
{
    (void)unused;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_user_options options = user_options(&person);
    options.client_id = NULL;
    assert_null(azb_credential_device_code(&options, &err));
    assert_non_null(strstr(err.message, "client_id is missing"));
    options.client_id = CLIENT;
    options.tenant_id = "consumers";
    assert_null(azb_credential_device_code(&options, &err));
    assert_non_null(strstr(err.message, "personal accounts"));
    assert_null(azb_credential_device_code(NULL, &err));
    assert_non_null(strstr(err.message, "_INIT"));
    options.tenant_id = NULL;
    struct azb_credential *credential = azb_credential_device_code(&options, &err);
    assert_string_equal(azb_credential_tenant_id(credential), "organizations");
    assert_string_equal(azb_credential_kind(credential), "device_code");
    struct azb_account_list list = {NULL, 0, NULL};
    assert_false(azb_credential_account(credential, &list, &err));
    assert_non_null(strstr(err.message, "nobody has signed in yet"));
    azb_credential_free(credential);
}

static const struct answer no_endpoint[] = {
    {200, "{\"issuer\":\"https://localhost:8443\",\"token_endpoint\":\"https://localhost:8443/t\"}",
        NULL}};

static void test_an_authority_without_device_codes(void **unused)
{
    (void)unused;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_user_options options = user_options(&person);
    fake_init(&fake, no_endpoint, COUNT(no_endpoint));
    struct entra_environment world = fake_world(&fake);
    options.authority_host = "https://localhost:8443";
    struct azb_credential *credential = device_code_new(&options, &world, &err);
    struct azb_token_request request = batch_request();
    expect_error(credential, &request, AZB_ERROR_CONFIGURATION, "no device authorization endpoint");
    azb_credential_free(credential);
}

static bool one_life(void)
{
    static const struct answer answers[] = {
        {200, DEVICE, NULL}, {400, PENDING, NULL}, {200, token_answer, NULL}};
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_user_options options = user_options(&person);
    struct azb_token_request request = batch_request();
    fake_init(&fake, answers, COUNT(answers));
    struct entra_environment world = fake_world(&fake);
    struct azb_credential *credential = device_code_new(&options, &world, &err);
    bool got = credential && azb_credential_get_token(credential, &request, &token, &err);
    azb_credential_free(credential);
    if (!got)
        assert_int_equal(err.kind, AZB_ERROR_MEMORY);
    assert_int_equal(token.token != NULL, got);
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
        cmocka_unit_test(test_sign_in),
        cmocka_unit_test(test_polls),
        cmocka_unit_test(test_cancelled_and_out_of_time),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_an_authority_without_device_codes),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
