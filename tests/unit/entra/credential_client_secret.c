/* The client-secret credential: the exact request, the errors people meet, what is refused early.
 */
#include "fake_entra.h"

#include <sys/wait.h>
#include <unistd.h>

static const struct answer one_token[] = {{200, HOUR_TOKEN, NULL}};

#define FORM_BEGIN "client_id=" CLIENT "&scope="
#define FORM_END "&grant_type=client_credentials&client_secret=s3cret~with.%26%3D%2B%25%C3%A9"
#define BATCH_SCOPE "https%3A%2F%2Fbatch.core.windows.net%2F%2F.default"

static const struct {
    const char *name, *resource, *scope, *claims, *form;
} forms[] = {
    {"Batch keeps both slashes", AZB_BATCH_RESOURCE, NULL, NULL, FORM_BEGIN BATCH_SCOPE FORM_END},
    {"Graph has one", AZB_GRAPH_RESOURCE, NULL, NULL,
        FORM_BEGIN "https%3A%2F%2Fgraph.microsoft.com%2F.default" FORM_END},
    {"a scope goes as it is", NULL, "api://x/.default", NULL,
        FORM_BEGIN "api%3A%2F%2Fx%2F.default" FORM_END},
    {"two scopes", NULL, "openid profile", NULL, FORM_BEGIN "openid%20profile" FORM_END},
    {"claims", AZB_BATCH_RESOURCE, NULL, "{\"access_token\":{\"nbf\":{}}}",
        FORM_BEGIN BATCH_SCOPE FORM_END
        "&claims=%7B%22access_token%22%3A%7B%22nbf%22%3A%7B%7D%7D%7D"},
};

static void test_forms(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(forms); i++) {
        static struct fake fake;
        fake_init(&fake, one_token, COUNT(one_token));
        struct azb_credential *credential = fake_credential(&fake, NULL);
        struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
        print_message("  %s\n", forms[i].name);
        request.resource = forms[i].resource;
        request.scope = forms[i].scope;
        request.claims = forms[i].claims;
        expect_token(credential, &request, "token-1");
        assert_int_equal(fake.requests, 1);
        assert_string_equal(fake.method[0], "POST");
        assert_string_equal(fake.url[0], TOKEN_URL);
        assert_string_equal(fake.body[0], forms[i].form);
        azb_credential_free(credential);
    }
}

static void test_headers(void **unused)
{
    (void)unused;
    static struct fake fake;
    fake_init(&fake, one_token, COUNT(one_token));
    struct azb_credential *credential = fake_credential(&fake, NULL);
    struct azb_token_request request = batch_request();
    expect_token(credential, &request, "token-1");
    char id[GUID_TEXT] = "";
    const char *at = strstr(fake.headers[0], "client-request-id: ");
    assert_non_null(at);
    snprintf(id, sizeof(id), "%s", at + strlen("client-request-id: "));
    assert_true(text_is_guid(text_of(id)));
    assert_non_null(strstr(fake.headers[0], "Content-Type: application/x-www-form-urlencoded\n"));
    assert_non_null(strstr(fake.headers[0], "Accept: application/json\n"));
    assert_non_null(strstr(fake.headers[0], "return-client-request-id: true\n"));
    assert_null(strstr(fake.headers[0], "Authorization"));
    azb_credential_free(credential);
}

static void test_times(void **unused)
{
    (void)unused;
    static struct fake fake;
    static const struct answer answers[] = {
        {200, HOUR_TOKEN, NULL},
        {200,
            "{\"token_type\":\"Bearer\",\"access_token\":\"t\",\"expires_in\":86400,"
            "\"refresh_in\":43200}",
            NULL},
    };
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    fake_init(&fake, answers, COUNT(answers));
    struct azb_credential *credential = fake_credential(&fake, NULL);
    struct azb_token_request request = batch_request();
    int64_t before = clock_seconds(&fake.clock);
    assert_true(azb_credential_get_token(credential, &request, &token, &err));
    int64_t after = clock_seconds(&fake.clock);
    assert_in_range(token.expires_on, before + 3600, after + 3600);
    assert_int_equal(token.expires_on - token.refresh_on, CACHE_EARLY_EXPIRY_S);
    request.force = true;
    assert_true(azb_credential_get_token(credential, &request, &token, &err));
    assert_int_equal(token.expires_on - token.refresh_on, 43200);
    azb_token_free(&token);
    azb_credential_free(credential);
}

#define TRACE "\\r\\nTrace ID: a\\r\\nCorrelation ID: b\\r\\nTimestamp: c"

static void test_an_error_is_told_with_what_to_do(void **unused)
{
    (void)unused;
    static const struct answer wrong_secret[] = {{401,
        "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client "
        "secret provided." TRACE "\",\"error_codes\":[7000215]}",
        NULL}};
    static struct fake fake;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    fake_init(&fake, wrong_secret, COUNT(wrong_secret));
    struct azb_credential *credential = fake_credential(&fake, NULL);
    struct azb_token_request request = batch_request();
    assert_false(azb_credential_get_token(credential, &request, &token, &err));
    assert_int_equal(err.kind, AZB_ERROR_AUTHENTICATION);
    assert_int_equal(err.http_status, 401);
    assert_string_equal(err.code, "AADSTS7000215");
    assert_non_null(strstr(err.message, "Invalid client secret provided. Check that"));
    assert_null(strstr(err.message, "Trace ID"));
    assert_null(strstr(err.message, "s3cret"));
    /* Without an id in the answer it is the one that was sent. */
    assert_true(text_is_guid(text_of(err.correlation_id)));
    assert_non_null(strstr(fake.headers[0], err.correlation_id));
    assert_int_equal(fake.requests, 1);
    /* Nothing is remembered of a failure: the next call asks again. */
    assert_false(azb_credential_get_token(credential, &request, &token, NULL));
    assert_int_equal(fake.requests, 2);
    azb_credential_free(credential);
}

static void test_a_busy_service_is_asked_again(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {
        {429, "{\"error\":\"temporarily_unavailable\"}", "3"},
        {0, NULL, NULL},
        {503, "<html>", NULL},
        {200, HOUR_TOKEN, NULL},
    };
    static struct fake fake;
    fake_init(&fake, answers, COUNT(answers));
    struct azb_credential *credential = fake_credential(&fake, NULL);
    struct azb_token_request request = batch_request();
    expect_token(credential, &request, "token-1");
    assert_int_equal(fake.requests, 4);
    assert_true(fake.waited_ms >= 3000);
    azb_credential_free(credential);
}

static void test_answers_that_are_no_tokens(void **unused)
{
    (void)unused;
    static const struct answer page[] = {{200, "<html>", NULL}};
    static struct fake fake;
    fake_init(&fake, page, COUNT(page));
    struct azb_credential *credential = fake_credential(&fake, NULL);
    struct azb_token_request request = batch_request();
    expect_error(credential, &request, AZB_ERROR_PROTOCOL, "the token answer is not JSON");
    azb_credential_free(credential);
}

static char long_text[2000];

static const struct {
    const char *name, *resource, *scope;
    int64_t timeout_ms, min_valid_s;
    const char *part;
} bad_requests[] = {
    {"neither", NULL, NULL, 0, 0, "neither is set"},
    {"both", "a", "b", 0, 0, "both are set"},
    {"empty", "", NULL, 0, 0, "the resource has 0 characters"},
    {"space in a resource", "a b", NULL, 0, 0, "the resource holds a space"},
    {"line end in a scope", NULL, "a\nb", 0, 0,
        "the scope holds a space or control character at "
        "position 2"},
    {"long", long_text, NULL, 0, 0, "the resource has 1999 characters; 1 to 1024 are allowed"},
    {"timeout", "a", NULL, -1, 0, "timeout_ms and min_valid_s cannot be negative"},
    {"validity", "a", NULL, 0, -1, "timeout_ms and min_valid_s cannot be negative"},
};

static void test_requests_that_are_refused(void **unused)
{
    (void)unused;
    static struct fake fake;
    fake_init(&fake, one_token, COUNT(one_token));
    struct azb_credential *credential = fake_credential(&fake, NULL);
    memset(long_text, 'x', sizeof(long_text) - 1);
    for (size_t i = 0; i < COUNT(bad_requests); i++) {
        struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
        print_message("  %s\n", bad_requests[i].name);
        request.resource = bad_requests[i].resource;
        request.scope = bad_requests[i].scope;
        request.timeout_ms = bad_requests[i].timeout_ms;
        request.min_valid_s = bad_requests[i].min_valid_s;
        expect_error(credential, &request, AZB_ERROR_ARGUMENT, bad_requests[i].part);
    }
    struct azb_token_request no_size = {0};
    expect_error(credential, &no_size, AZB_ERROR_ARGUMENT, "make them with their _INIT macro");
    assert_int_equal(fake.requests, 0);
    azb_credential_free(credential);
}

static const struct {
    const char *name, *tenant, *client, *secret, *part;
} bad_options[] = {
    {"no tenant", NULL, CLIENT, SECRET, "tenant_id is missing"},
    {"common", "common", CLIENT, SECRET, "stands for many tenants"},
    {"no client", TENANT, NULL, SECRET, "client_id is missing"},
    {"space in the client", TENANT, "a b", SECRET, "client_id holds a space"},
    {"long client", TENANT, long_text, SECRET, "client_id is longer than 128"},
    {"no secret", TENANT, CLIENT, NULL, "client_secret is missing"},
    {"empty secret", TENANT, CLIENT, "", "client_secret is missing"},
};

static void test_options_that_are_refused(void **unused)
{
    (void)unused;
    memset(long_text, 'x', sizeof(long_text) - 1);
    for (size_t i = 0; i < COUNT(bad_options); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_client_secret_options options = AZB_CLIENT_SECRET_OPTIONS_INIT;
        print_message("  %s\n", bad_options[i].name);
        options.tenant_id = bad_options[i].tenant;
        options.client_id = bad_options[i].client;
        options.client_secret = bad_options[i].secret;
        assert_null(azb_credential_client_secret(&options, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        assert_non_null(strstr(err.message, bad_options[i].part));
    }
}

static void write_secret(const char *path, const char *secret)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(secret, file);
    assert_int_equal(fclose(file), 0);
}

static void expect_failure(struct azb_credential *credential, const char *part)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    request.force = true;
    assert_false(azb_credential_get_token(credential, &request, &token, &err));
    assert_non_null(strstr(err.message, part));
    assert_null(strstr(err.message, "first"));
    azb_error_free(&err);
}

/* Each new token is asked for with what the file holds then. */
static void test_a_secret_in_a_file(void **unused)
{
    (void)unused;
    static struct fake fake;
    char path[] = "/tmp/azb-test-XXXXXX";
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_client_secret_options options = secret_options(NULL);
    struct entra_environment world = fake_world(&fake);
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    fake_init(&fake, one_token, COUNT(one_token));
    options.client_secret_path = path;
    assert_null(client_secret_new(&options, &world, &err));
    assert_non_null(strstr(err.message, "both set"));
    options.client_secret = NULL;
    struct azb_credential *credential = client_secret_new(&options, &world, &err);
    assert_non_null(credential);
    struct azb_token_request request = batch_request();
    write_secret(path, "  first\n");
    expect_token(credential, &request, "token-1");
    assert_string_equal(
        strstr(fake.body[fake.requests - 1], "client_secret="), "client_secret=first");
    write_secret(path, "second");
    request.force = true;
    expect_token(credential, &request, "token-1");
    assert_string_equal(
        strstr(fake.body[fake.requests - 1], "client_secret="), "client_secret=second");
    write_secret(path, " \n");
    expect_failure(credential, "holds no client secret");
    unlink(path);
    expect_failure(credential, path);
    azb_credential_free(credential);
}

/* A program built against a header whose structs ended earlier. */
static void test_older_structs(void **unused)
{
    (void)unused;
    static struct fake fake;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_client_secret_options options = secret_options("http://not.read.example");
    struct entra_environment world = fake_world(&fake);
    fake_init(&fake, one_token, COUNT(one_token));
    options.size = offsetof(struct azb_client_secret_options, authority_host);
    struct azb_credential *credential = client_secret_new(&options, &world, &err);
    assert_non_null(credential);
    struct azb_token_request request = batch_request();
    request.size = offsetof(struct azb_token_request, claims);
    request.claims = "not read";
    expect_token(credential, &request, "token-1");
    assert_null(strstr(fake.body[0], "claims"));
    azb_credential_free(credential);
}

static void test_who_it_is(void **unused)
{
    (void)unused;
    static struct fake fake;
    fake_init(&fake, one_token, COUNT(one_token));
    struct azb_credential *credential = fake_credential(&fake, NULL);
    struct azb_token_provider provider = azb_credential_provider(credential);
    struct azb_token_request request = batch_request();
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    assert_string_equal(azb_credential_kind(credential), "client_secret");
    assert_string_equal(azb_credential_tenant_id(credential), TENANT);
    assert_string_equal(azb_credential_client_id(credential), CLIENT);
    assert_true(provider.get_token(provider.context, &request, &token, &err));
    assert_string_equal(token.token, "token-1");
    azb_token_free(&token);
    azb_credential_free(credential);
}

static int in_child(struct azb_credential *credential)
{
    struct azb_token_request request = batch_request();
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    bool refused = !azb_credential_get_token(credential, &request, &token, &err) &&
                   err.kind == AZB_ERROR_CONFIGURATION && strstr(err.message, "fork()");
    azb_credential_free(credential);
    return refused ? 0 : 1;
}

static void test_a_child_process_is_refused(void **unused)
{
    (void)unused;
    static struct fake fake;
    fake_init(&fake, one_token, COUNT(one_token));
    struct azb_credential *credential = fake_credential(&fake, NULL);
    struct azb_token_request request = batch_request();
    expect_token(credential, &request, "token-1");
    pid_t child = fork();
    if (child == 0)
        _exit(in_child(credential));
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    expect_token(credential, &request, "token-1");
    azb_credential_free(credential);
}

/* One life of a credential, with discovery. False: with an error about memory and no token. */
static bool one_life(struct fake *fake)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct entra_environment world = fake_world(fake);
    struct azb_client_secret_options options = secret_options("https://localhost:8443");
    struct azb_token_request request = batch_request();
    struct azb_credential *credential = client_secret_new(&options, &world, &err);
    bool got = credential && azb_credential_get_token(credential, &request, &token, &err);
    azb_credential_free(credential);
    if (got)
        assert_string_equal(token.token, "token-1");
    else
        assert_int_equal(err.kind, AZB_ERROR_MEMORY);
    assert_int_equal(token.token != NULL, got);
    azb_token_free(&token);
    azb_error_free(&err);
    return got;
}

static const struct answer found_and_token[] = {
    {200, "{\"issuer\":\"https://localhost:8443\",\"token_endpoint\":\"https://localhost:8443/t\"}",
        NULL},
    {200, HOUR_TOKEN, NULL},
};

static void test_every_allocation_may_fail(void **unused)
{
    (void)unused;
    static struct fake fake;
    int failed = 0;
    int in_a_row = 0;
    for (long n = 1; in_a_row < 20; n++) {
        fake_init(&fake, found_and_token, COUNT(found_and_token));
        memory_fail_after(n);
        bool got = one_life(&fake);
        memory_fail_after(0);
        failed += !got;
        in_a_row = got ? in_a_row + 1 : 0;
    }
    print_message("  %d allocations, each failed once\n", failed);
    assert_true(failed >= 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_an_error_is_told_with_what_to_do),
        cmocka_unit_test(test_a_busy_service_is_asked_again),
        cmocka_unit_test(test_answers_that_are_no_tokens),
        cmocka_unit_test(test_requests_that_are_refused),
        cmocka_unit_test(test_options_that_are_refused),
        cmocka_unit_test(test_a_secret_in_a_file),
        cmocka_unit_test(test_older_structs),
        cmocka_unit_test(test_who_it_is),
        cmocka_unit_test(test_a_child_process_is_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
