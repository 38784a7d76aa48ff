/* Assertions that somebody else made: the program's callback, and workload identity's file. */
#include "fake_entra.h"

#include <sys/stat.h>
#include <unistd.h>

#define ASSERTION "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"
#define BODY(assertion)                                                                            \
    "client_id=" CLIENT "&scope=https%3A%2F%2Fbatch.core.windows.net%2F%2F.default"                \
    "&grant_type=client_credentials"                                                               \
    "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"      \
    "&client_assertion=" assertion

static const struct answer one_token[] = {{200, HOUR_TOKEN, NULL}};
static char path[] = "/tmp/azb-test-XXXXXX"; /* the federated token */

/* ---- Callback ---- */

struct maker {
    const char *assertion; /* NULL: it fails */
    const char *reason;    /* or NULL: it says nothing */
    int calls;
    char client_id[64], endpoint[256];
};

static bool make(void *context, const char *client_id, const char *token_endpoint,
    struct azb_token *assertion, struct azb_error *err)
{
    struct maker *maker = context;
    maker->calls++;
    snprintf(maker->client_id, sizeof(maker->client_id), "%s", client_id);
    snprintf(maker->endpoint, sizeof(maker->endpoint), "%s", token_endpoint);
    if (maker->assertion)
        return azb_token_set(assertion, maker->assertion, 0, err);
    return maker->reason ? fail(err, AZB_ERROR_IO, "%s", maker->reason) : false;
}

static struct azb_client_assertion_options options_with(struct maker *maker)
{
    struct azb_client_assertion_options options = AZB_CLIENT_ASSERTION_OPTIONS_INIT;
    options.tenant_id = TENANT;
    options.client_id = CLIENT;
    options.assertion = make;
    options.assertion_context = maker;
    return options;
}

static struct azb_credential *credential_with(struct fake *fake, struct maker *maker)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_client_assertion_options options = options_with(maker);
    struct entra_environment world = fake_world(fake);
    struct azb_credential *credential = client_assertion_new(&options, &world, &err);
    if (!credential)
        fail_test("%s", err.message);
    return credential;
}

static void test_callback(void **unused)
{
    (void)unused;
    static struct fake fake;
    struct maker maker = {.assertion = ASSERTION};
    struct azb_token_request request = batch_request();
    fake_init(&fake, one_token, COUNT(one_token));
    struct azb_credential *credential = credential_with(&fake, &maker);
    assert_string_equal(azb_credential_kind(credential), "client_assertion");
    expect_token(credential, &request, "token-1");
    expect_token(credential, &request, "token-1");
    assert_int_equal(maker.calls, 1); /* the second token came from memory */
    assert_string_equal(maker.client_id, CLIENT);
    assert_string_equal(maker.endpoint, TOKEN_URL);
    assert_string_equal(fake.body[0], BODY(ASSERTION));
    azb_credential_free(credential);
}

/* An assertion may be accepted once only (jti): a lost connection gets no second try with it. */
static void test_used_once(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{0, NULL, NULL}, {200, HOUR_TOKEN, NULL}};
    static struct fake fake;
    struct maker maker = {.assertion = ASSERTION};
    struct azb_token_request request = batch_request();
    fake_init(&fake, answers, COUNT(answers));
    struct azb_credential *credential = credential_with(&fake, &maker);
    expect_error(credential, &request, AZB_ERROR_NETWORK, "no connection");
    expect_token(credential, &request, "token-1");
    assert_int_equal(maker.calls, 2);
    azb_credential_free(credential);
}

static const struct {
    const char *name, *assertion, *reason;
    enum azb_error_kind kind;
    const char *part;
} bad_makers[] = {
    {"its own reason", NULL, "the HSM sleeps", AZB_ERROR_IO,
        "the program's assertion callback: the HSM sleeps"},
    {"no reason", NULL, NULL, AZB_ERROR_CONFIGURATION, "it gave no reason"},
    {"empty", "", NULL, AZB_ERROR_CONFIGURATION, "the assertion is empty"},
    {"a line break", "abc\ndef", NULL, AZB_ERROR_CONFIGURATION, "character 4 is a space"},
};

static void test_bad_callbacks(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(bad_makers); i++) {
        static struct fake fake;
        struct maker maker = {.assertion = bad_makers[i].assertion, .reason = bad_makers[i].reason};
        struct azb_token_request request = batch_request();
        fake_init(&fake, one_token, COUNT(one_token));
        print_message("  %s\n", bad_makers[i].name);
        struct azb_credential *credential = credential_with(&fake, &maker);
        expect_error(credential, &request, bad_makers[i].kind, bad_makers[i].part);
        assert_int_equal(fake.requests, 0);
        azb_credential_free(credential);
    }
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_client_assertion_options options = options_with(NULL);
    options.assertion = NULL;
    assert_null(azb_credential_client_assertion(&options, &err));
    assert_non_null(strstr(err.message, "assertion is missing"));
    options.assertion = make;
    options.tenant_id = "organizations";
    assert_null(azb_credential_client_assertion(&options, &err));
    assert_non_null(strstr(err.message, "stands for many tenants"));
}

/* ---- File ---- */

static const char *look_up(const char *name)
{
    static const struct {
        const char *name, *value;
    } variables[] = {
        {"AZURE_TENANT_ID", TENANT},
        {"AZURE_CLIENT_ID", CLIENT},
        {"AZURE_FEDERATED_TOKEN_FILE", path},
        {"AZURE_AUTHORITY_HOST", "https://login.microsoftonline.us/"},
    };
    for (size_t i = 0; i < COUNT(variables); i++)
        if (strcmp(name, variables[i].name) == 0)
            return variables[i].value;
    return NULL;
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static struct azb_credential *file_credential(struct fake *fake)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_workload_identity_options options = AZB_WORKLOAD_IDENTITY_OPTIONS_INIT;
    struct entra_environment world = fake_world(fake);
    options.tenant_id = TENANT;
    options.client_id = CLIENT;
    options.token_file_path = path;
    struct azb_credential *credential = workload_identity_new(&options, &world, &err);
    if (!credential)
        fail_test("%s", err.message);
    return credential;
}

static int make_file(void **unused)
{
    (void)unused;
    close(mkstemp(path));
    return 0;
}

static int remove_file(void **unused)
{
    (void)unused;
    unlink(path);
    return 0;
}

/* Whoever rotates it writes in place or renames: what stands there when a token is needed counts.
 */
static void test_rotation(void **unused)
{
    (void)unused;
    static struct fake fake;
    struct azb_token_request request = batch_request();
    char other[sizeof(path) + 4];
    fake_init(&fake, one_token, COUNT(one_token));
    struct azb_credential *credential = file_credential(&fake);
    assert_string_equal(azb_credential_kind(credential), "workload_identity");
    request.force = true;
    write_file("  first\r\n");
    expect_token(credential, &request, "token-1");
    write_file("other"); /* as long, perhaps within the same tick of the clock */
    expect_token(credential, &request, "token-1");
    snprintf(other, sizeof(other), "%s.new", path);
    FILE *file = fopen(other, "w");
    fputs("third\n", file);
    fclose(file);
    assert_int_equal(rename(other, path), 0);
    expect_token(credential, &request, "token-1");
    assert_string_equal(fake.body[0], BODY("first"));
    assert_string_equal(fake.body[1], BODY("other"));
    assert_string_equal(fake.body[2], BODY("third"));
    azb_credential_free(credential);
}

static void test_bad_files(void **unused)
{
    (void)unused;
    static struct fake fake;
    struct azb_token_request request = batch_request();
    fake_init(&fake, one_token, COUNT(one_token));
    struct azb_credential *credential = file_credential(&fake);
    write_file("");
    expect_error(credential, &request, AZB_ERROR_CONFIGURATION, "the assertion is empty");
    write_file("-----BEGIN PRIVATE KEY-----\nMII");
    expect_error(credential, &request, AZB_ERROR_CONFIGURATION, "is no JWT: character 11");
    FILE *file = fopen(path, "w");
    for (int i = 0; i <= 65536; i++)
        fputc('a', file);
    fclose(file);
    expect_error(credential, &request, AZB_ERROR_IO, "too large (65536 bytes are allowed)");
    unlink(path);
    expect_error(credential, &request, AZB_ERROR_IO, "cannot be opened: No such file");
    assert_int_equal(fake.requests, 0);
    azb_credential_free(credential);
}

static void test_variables(void **unused)
{
    (void)unused;
    static struct fake fake;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_workload_identity_options options = AZB_WORKLOAD_IDENTITY_OPTIONS_INIT;
    struct azb_token_request request = batch_request();
    fake_init(&fake, one_token, COUNT(one_token));
    struct entra_environment world = fake_world(&fake);
    write_file("first");
    world.variable = look_up;
    struct azb_credential *credential = workload_identity_new(&options, &world, &err);
    assert_non_null(credential);
    expect_token(credential, &request, "token-1");
    assert_string_equal(
        fake.url[0], "https://login.microsoftonline.us/" TENANT "/oauth2/v2.0/token");
    azb_credential_free(credential);
    world = fake_world(&fake);
    assert_null(workload_identity_new(&options, &world, &err));
    assert_string_equal(err.code, AZB_CODE_UNAVAILABLE);
    assert_non_null(
        strstr(err.message, "missing: AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_FEDERATED_TOKEN_FILE"));
}

/* ---- Memory ---- */

static bool one_life(struct fake *fake, struct maker *maker)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct entra_environment world = fake_world(fake);
    struct azb_token_request request = batch_request();
    struct azb_client_assertion_options callback = options_with(maker);
    struct azb_workload_identity_options file = AZB_WORKLOAD_IDENTITY_OPTIONS_INIT;
    world.variable = look_up;
    struct azb_credential *credential = maker ? client_assertion_new(&callback, &world, &err)
                                              : workload_identity_new(&file, &world, &err);
    bool got = credential && azb_credential_get_token(credential, &request, &token, &err);
    azb_credential_free(credential);
    if (!got && err.kind != AZB_ERROR_MEMORY && !strstr(err.message, "or memory is out"))
        fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
    azb_token_free(&token);
    azb_error_free(&err);
    return got;
}

static void torture(struct maker *maker)
{
    static struct fake fake;
    int failed = 0, in_a_row = 0;
    for (long n = 1; in_a_row < 20; n++) {
        fake_init(&fake, one_token, COUNT(one_token));
        memory_fail_after(n);
        bool got = one_life(&fake, maker);
        memory_fail_after(0);
        failed += !got;
        in_a_row = got ? in_a_row + 1 : 0;
    }
    print_message("  %d allocations, each failed once\n", failed);
    assert_true(failed >= 12);
}

static void test_every_allocation_may_fail(void **unused)
{
    (void)unused;
    struct maker maker = {.assertion = ASSERTION};
    write_file("first");
    torture(&maker);
    torture(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_callback),
        cmocka_unit_test(test_used_once),
        cmocka_unit_test(test_bad_callbacks),
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_variables),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
