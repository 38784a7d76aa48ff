/* The identity that environment variables describe. */
#include "fake_entra.h"

#include <unistd.h>

#include "keys.h"

static const struct answer one_token[] = {{200, HOUR_TOKEN, NULL}};
static char pem_path[] = "/tmp/azb-test-XXXXXX";

struct variable {
    const char *name, *value;
};

static const struct variable *variables; /* of the case that runs, up to a name of NULL */

static const char *look_up(const char *name)
{
    for (const struct variable *variable = variables; variable->name; variable++)
        if (strcmp(variable->name, name) == 0)
            return variable->value;
    return NULL;
}

#define ID_VARIABLES                                                                               \
    {"AZURE_TENANT_ID", TENANT},                                                                   \
    {                                                                                              \
        "AZURE_CLIENT_ID", CLIENT                                                                  \
    }
#define MISSING "the environment describes no identity; missing:"

static const struct {
    const char *name;
    struct variable variables[6];
    const char *kind; /* NULL: refused */
    const char *part; /* of the token request's body, or of the refusal */
    const char *url;
} cases[] = {
    {"secret", {ID_VARIABLES, {"AZURE_CLIENT_SECRET", "x"}}, "client_secret", "client_secret=x",
        TOKEN_URL},
    {"certificate", {ID_VARIABLES, {"AZURE_CLIENT_CERTIFICATE_PATH", pem_path}},
        "client_certificate", "client_assertion=", TOKEN_URL},
    {"secret goes first",
        {ID_VARIABLES, {"AZURE_CLIENT_CERTIFICATE_PATH", pem_path}, {"AZURE_CLIENT_SECRET", "x"}},
        "client_secret", "client_secret=x", TOKEN_URL},
    {"an empty secret is none",
        {ID_VARIABLES, {"AZURE_CLIENT_SECRET", ""}, {"AZURE_CLIENT_CERTIFICATE_PATH", pem_path}},
        "client_certificate", "client_assertion=", TOKEN_URL},
    {"another cloud",
        {ID_VARIABLES, {"AZURE_CLIENT_SECRET", "x"},
            {"AZURE_AUTHORITY_HOST", "https://login.microsoftonline.us/"}},
        "client_secret", "client_secret=x",
        "https://login.microsoftonline.us/" TENANT "/oauth2/v2.0/token"},

    {"nothing", {{NULL, NULL}}, NULL,
        MISSING " AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_CLIENT_SECRET (or "
                "AZURE_CLIENT_CERTIFICATE_PATH)",
        NULL},
    {"no tenant", {{"AZURE_CLIENT_ID", CLIENT}, {"AZURE_CLIENT_SECRET", "x"}}, NULL,
        MISSING " AZURE_TENANT_ID", NULL},
    {"no client", {{"AZURE_TENANT_ID", TENANT}, {"AZURE_CLIENT_SECRET", "x"}}, NULL,
        MISSING " AZURE_CLIENT_ID", NULL},
    {"no credential", {ID_VARIABLES}, NULL,
        MISSING " AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH)", NULL},
    {"http",
        {ID_VARIABLES, {"AZURE_CLIENT_SECRET", "x"},
            {"AZURE_AUTHORITY_HOST", "http://localhost:8443"}},
        NULL, "the identity in the environment: authority_host 'http://localhost:8443': only https",
        NULL},
    {"a password that is not needed",
        {ID_VARIABLES, {"AZURE_CLIENT_CERTIFICATE_PATH", pem_path},
            {"AZURE_CLIENT_CERTIFICATE_PASSWORD", "x"}},
        "client_certificate", "client_assertion=", TOKEN_URL},
    {"other tenants change nothing",
        {ID_VARIABLES, {"AZURE_CLIENT_SECRET", "x"}, {"AZURE_ADDITIONALLY_ALLOWED_TENANTS", "*"}},
        "client_secret", "client_secret=x", TOKEN_URL},
    {"user and password",
        {ID_VARIABLES, {"AZURE_USERNAME", "ann@contoso.com"}, {"AZURE_PASSWORD", "hunter2"}}, NULL,
        "; AZURE_USERNAME and AZURE_PASSWORD are not used: the password grant (ROPC) is not "
        "offered",
        NULL},
    {"a secret goes before a user",
        {ID_VARIABLES, {"AZURE_CLIENT_SECRET", "x"}, {"AZURE_USERNAME", "ann@contoso.com"},
            {"AZURE_PASSWORD", "hunter2"}},
        "client_secret", "client_secret=x", TOKEN_URL},
    {"no file", {ID_VARIABLES, {"AZURE_CLIENT_CERTIFICATE_PATH", "/nonexistent"}}, NULL,
        "/nonexistent cannot be opened", NULL},
};

static void write_pem(void)
{
    int file = mkstemp(pem_path);
    assert_int_equal(write(file, leaf_pem, strlen(leaf_pem)), (ssize_t)strlen(leaf_pem));
    assert_int_equal(write(file, leaf_key, strlen(leaf_key)), (ssize_t)strlen(leaf_key));
    close(file);
}

static void check(
    size_t i, struct azb_credential *credential, struct fake *fake, struct azb_error *err)
{
    if (!cases[i].kind) {
        assert_null(credential);
        assert_true(err->kind == AZB_ERROR_CONFIGURATION || err->kind == AZB_ERROR_ARGUMENT ||
                    err->kind == AZB_ERROR_IO);
        if (!strstr(err->message, cases[i].part) || strstr(err->message, "hunter2"))
            fail_test("%s", err->message);
        bool is_incomplete = strstr(err->message, MISSING) != NULL;
        assert_int_equal(strcmp(err->code, AZB_CODE_UNAVAILABLE) == 0, is_incomplete);
        return;
    }
    if (!credential)
        fail_test("%s", err->message);
    struct azb_token_request request = batch_request();
    assert_string_equal(azb_credential_kind(credential), cases[i].kind);
    expect_token(credential, &request, "token-1");
    assert_string_equal(fake->url[0], cases[i].url);
    assert_non_null(strstr(fake->body[0], cases[i].part));
}

static void test_cases(void **unused)
{
    (void)unused;
    write_pem();
    for (size_t i = 0; i < COUNT(cases); i++) {
        static struct fake fake;
        struct azb_error err = AZB_ERROR_INIT;
        fake_init(&fake, one_token, COUNT(one_token));
        struct entra_environment world = fake_world(&fake);
        print_message("  %s\n", cases[i].name);
        variables = cases[i].variables;
        world.variable = look_up;
        struct azb_credential *credential = credential_environment_new(NULL, NULL, &world, &err);
        check(i, credential, &fake, &err);
        azb_credential_free(credential);
    }
    unlink(pem_path);
}

static bool one_life(struct fake *fake)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    struct entra_environment world = fake_world(fake);
    world.variable = look_up;
    struct azb_credential *credential = credential_environment_new(NULL, NULL, &world, &err);
    bool got = credential && azb_credential_get_token(credential, &request, &token, &err);
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
    static const struct variable secret[] = {
        ID_VARIABLES, {"AZURE_CLIENT_SECRET", "x"}, {NULL, NULL}};
    static struct fake fake;
    int failed = 0, in_a_row = 0;
    variables = secret;
    for (long n = 1; in_a_row < 10; n++) {
        fake_init(&fake, one_token, COUNT(one_token));
        memory_fail_after(n);
        bool got = one_life(&fake);
        memory_fail_after(0);
        failed += !got;
        in_a_row = got ? in_a_row + 1 : 0;
    }
    print_message("  %d allocations, each failed once\n", failed);
    assert_true(failed >= 15);
}

/* The public function reads the process's own environment. */
static void test_the_process(void **unused)
{
    (void)unused;
    struct azb_error err = AZB_ERROR_INIT;
    unsetenv("AZURE_CLIENT_SECRET");
    unsetenv("AZURE_CLIENT_CERTIFICATE_PATH");
    unsetenv("AZURE_AUTHORITY_HOST");
    setenv("AZURE_TENANT_ID", TENANT, 1);
    setenv("AZURE_CLIENT_ID", CLIENT, 1);
    assert_null(azb_credential_environment(&err));
    assert_non_null(strstr(err.message, "AZURE_CLIENT_SECRET (or"));
    setenv("AZURE_CLIENT_SECRET", SECRET, 1);
    struct azb_credential *credential = azb_credential_environment(&err);
    assert_non_null(credential);
    assert_string_equal(azb_credential_tenant_id(credential), TENANT);
    azb_credential_free(credential);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
