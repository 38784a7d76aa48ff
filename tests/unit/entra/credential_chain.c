/* Chains: whom they ask, when they stop, what their error lists; and the default one. */
#include "fake_entra.h"

#include <unistd.h>

#include "entra/chain.h"

/* ---- Members that do as they are told ---- */

struct part {
    const char *token;  /* or NULL: it fails */
    const char *reason; /* with this; NULL: unavailable */
    int asked;
    int freed;
};

static bool part_acquire(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    struct part *part = credential->state;
    (void)ask;
    part->asked++;
    if (!part->token && part->reason)
        return fail_status(err, 401, "AADSTS7000215", "%s", part->reason);
    if (!part->token)
        return fail_unavailable(err, "nothing here");
    *reply = (struct token_reply){
        .access_token = arena_string(arena, part->token), .expires_in = 3600, .refresh_in = 3600};
    return reply->access_token || fail_memory(err);
}

static void part_free(void *state)
{
    if (state)
        ((struct part *)state)->freed++;
}

static const struct credential_kind part_kind = {
    .name = "part", .acquire = part_acquire, .free_state = part_free};

static struct azb_credential *part_credential(struct part *part)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct credential_names names = {.own_name = "part"};
    struct azb_credential *credential = credential_new(&part_kind, part, &names, NULL, &err);
    assert_non_null(credential);
    return credential;
}

static struct azb_credential *chain_of(struct part *parts, size_t count)
{
    struct azb_credential *credentials[CHAIN_MEMBERS_MAX];
    struct azb_error err = AZB_ERROR_INIT;
    for (size_t i = 0; i < count; i++)
        credentials[i] = part_credential(&parts[i]);
    struct azb_credential *chain = azb_credential_chain(credentials, count, &err);
    assert_non_null(chain);
    return chain;
}

static void test_the_first_that_gives(void **unused)
{
    (void)unused;
    struct part parts[] = {{.token = NULL}, {.token = "two"}, {.token = "three"}};
    struct azb_token_request request = batch_request();
    struct azb_credential *chain = chain_of(parts, COUNT(parts));
    assert_string_equal(azb_credential_kind(chain), "chain");
    expect_token(chain, &request, "two");
    parts[0].token = "one"; /* too late */
    request.force = true;
    expect_token(chain, &request, "two");
    assert_int_equal(parts[0].asked, 1);
    assert_int_equal(parts[1].asked, 2);
    assert_int_equal(parts[2].asked, 0);
    request.force = false;
    request.min_valid_s = 7200; /* longer than anything it has */
    expect_token(chain, &request, "two");
    assert_int_equal(parts[1].asked, 3);
    request.min_valid_s = 3000;
    expect_token(chain, &request, "two");
    assert_int_equal(parts[1].asked, 3);
    request.force = true;
    /* And its failures are the chain's own from here on. */
    parts[1].token = NULL;
    expect_error(chain, &request, AZB_ERROR_CONFIGURATION, "nothing here");
    assert_int_equal(parts[0].asked, 1);
    azb_credential_free(chain);
    for (size_t i = 0; i < COUNT(parts); i++)
        assert_int_equal(parts[i].freed, 1);
}

/* An identity that is there and refused is what its owner has to hear of. */
static void test_a_refusal_ends_it(void **unused)
{
    (void)unused;
    struct part parts[] = {{.token = NULL}, {.reason = "wrong secret"}, {.token = "three"}};
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    struct azb_credential *chain = chain_of(parts, COUNT(parts));
    assert_false(azb_credential_get_token(chain, &request, &token, &err));
    assert_int_equal(err.kind, AZB_ERROR_AUTHENTICATION);
    assert_int_equal(err.http_status, 401);
    assert_string_equal(err.code, "AADSTS7000215");
    assert_string_equal(err.message, "part: wrong secret");
    assert_int_equal(err.value_count, 1);
    assert_string_equal(err.values[0].value, "nothing here");
    assert_int_equal(parts[2].asked, 0);
    azb_credential_free(chain);
}

static void test_all_are_listed(void **unused)
{
    (void)unused;
    struct part parts[6] = {{.token = NULL}};
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    struct azb_credential *chain = chain_of(parts, COUNT(parts));
    assert_false(azb_credential_get_token(chain, &request, &token, &err));
    assert_true(is_unavailable(&err));
#define LINE "\n  part: nothing here"
    assert_string_equal(
        err.message, "no credential of the chain is available:" LINE LINE LINE LINE LINE LINE);
    assert_int_equal(err.value_count, AZB_ERROR_VALUES_MAX);
    azb_credential_free(chain);
}

/* Long reasons are cut so that each has its line. */
static void test_long_reasons(void **unused)
{
    (void)unused;
    struct chain_member members[CHAIN_MEMBERS_MAX] = {{.name = NULL}};
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    for (size_t i = 0; i < COUNT(members); i++) {
        members[i].name = i == COUNT(members) - 1 ? "last" : "other";
        fail_unavailable(&members[i].problem, "%0900d", 0);
    }
    struct azb_credential *chain = chain_new(members, COUNT(members), NULL, &err);
    assert_non_null(chain);
    assert_false(azb_credential_get_token(chain, &request, &token, &err));
    size_t lines = 0;
    for (const char *c = err.message; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, COUNT(members));
    assert_non_null(strstr(err.message, "\n  last: 000"));
    azb_credential_free(chain);
}

static void test_chains_in_chains(void **unused)
{
    (void)unused;
    struct part inner_parts[] = {{.token = NULL}}, outer_parts[] = {{.token = "outer"}};
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token_request request = batch_request();
    struct azb_credential *both[] = {chain_of(inner_parts, 1), part_credential(outer_parts)};
    struct azb_credential *chain = azb_credential_chain(both, 2, &err);
    expect_token(chain, &request, "outer");
    azb_credential_free(chain);
}

static void test_bad_chains(void **unused)
{
    (void)unused;
    struct part part = {.token = "x"};
    struct azb_error err = AZB_ERROR_INIT;
    assert_null(azb_credential_chain(NULL, 1, &err));
    assert_non_null(strstr(err.message, "1 to 32 credentials; 0 were given"));
    struct azb_credential *with_hole[] = {part_credential(&part), NULL};
    assert_null(azb_credential_chain(with_hole, 2, &err));
    assert_non_null(strstr(err.message, "credential 2 of the chain is NULL"));
    assert_int_equal(part.freed, 1);
}

/* ---- The default chain ---- */

#define VARIABLES_MAX 8
#define IDS                                                                                        \
    {"AZURE_TENANT_ID", TENANT},                                                                   \
    {                                                                                              \
        "AZURE_CLIENT_ID", CLIENT                                                                  \
    }
#define IMDS_TOKEN "{\"access_token\":\"imds\",\"expires_in\":\"86400\"}"

struct variable {
    const char *name, *value;
};
static const struct variable *variables;
static char token_path[] = "/tmp/azb-test-XXXXXX";

static const char *look_up(const char *name)
{
    for (const struct variable *variable = variables; variable && variable->name; variable++)
        if (strcmp(variable->name, name) == 0)
            return variable->value;
    return strcmp(name, "AZURE_IDENTITY_DISABLE_CP1") == 0 ? "true" : NULL;
}

static struct azb_credential *default_of(struct fake *fake, struct azb_error *err)
{
    struct azb_default_options options = AZB_DEFAULT_OPTIONS_INIT;
    struct entra_environment world = fake_world(fake);
    world.variable = look_up;
    return credential_default_new(&options, &world, err);
}

static const struct {
    const char *name;
    struct variable variables[VARIABLES_MAX];
    struct answer answers[2];
    const char *token, *url; /* of the last request */
} defaults[] = {
    {"environment", {IDS, {"AZURE_CLIENT_SECRET", "x"}}, {{200, HOUR_TOKEN, NULL}}, "token-1",
        TOKEN_URL},
    {"workload identity", {IDS, {"AZURE_FEDERATED_TOKEN_FILE", token_path}},
        {{200, HOUR_TOKEN, NULL}}, "token-1", TOKEN_URL},
    {"managed identity of App Service",
        {{"IDENTITY_ENDPOINT", "http://localhost:1/t"}, {"IDENTITY_HEADER", "x"}},
        {{200, IMDS_TOKEN, NULL}}, "imds",
        "http://localhost:1/t?api-version=2019-08-01&resource=https%3A%2F%2Fbatch.core.windows.net"
        "%2F"},
    {"managed identity that AZURE_CLIENT_ID names", {{"AZURE_CLIENT_ID", CLIENT}},
        {{400, "", NULL}, {200, IMDS_TOKEN, NULL}}, "imds",
        "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
        "https%3A%2F%2Fbatch.core.windows.net%2F&client_id=" CLIENT},
    {"prod", {{"AZURE_TOKEN_CREDENTIALS", " PROD "}, IDS, {"AZURE_CLIENT_SECRET", "x"}},
        {{200, HOUR_TOKEN, NULL}}, "token-1", TOKEN_URL},
    {"by name, without looking first",
        {{"AZURE_TOKEN_CREDENTIALS", "managedidentitycredential"}, IDS,
            {"AZURE_CLIENT_SECRET", "x"}},
        {{200, IMDS_TOKEN, NULL}}, "imds",
        "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
        "https%3A%2F%2Fbatch.core.windows.net%2F&client_id=" CLIENT},
};

static void test_default(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(defaults); i++) {
        static struct fake fake;
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_token_request request = batch_request();
        fake_init(&fake, defaults[i].answers, COUNT(defaults[i].answers));
        variables = defaults[i].variables;
        print_message("  %s\n", defaults[i].name);
        struct azb_credential *credential = default_of(&fake, &err);
        if (!credential)
            fail_test("%s", err.message);
        expect_token(credential, &request, defaults[i].token);
        assert_string_equal(fake.url[fake.requests - 1], defaults[i].url);
        azb_credential_free(credential);
    }
}

/* What the program says goes before what the environment says. */
static void test_default_options(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, HOUR_TOKEN, NULL}};
    static const struct variable elsewhere[] = {IDS, {"AZURE_CLIENT_SECRET", "x"},
        {"AZURE_AUTHORITY_HOST", AZB_AUTHORITY_US_GOVERNMENT}, {NULL, NULL}};
    static struct fake fake;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_default_options options = AZB_DEFAULT_OPTIONS_INIT;
    struct azb_token_request request = batch_request();
    fake_init(&fake, answers, COUNT(answers));
    struct entra_environment world = fake_world(&fake);
    world.variable = look_up;
    variables = elsewhere;
    options.authority_host = AZB_AUTHORITY_PUBLIC;
    struct azb_credential *credential = credential_default_new(&options, &world, &err);
    assert_non_null(credential);
    expect_token(credential, &request, "token-1");
    assert_string_equal(fake.url[0], TOKEN_URL);
    azb_credential_free(credential);
}

static void test_default_finds_nothing(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{0, NULL, NULL}};
    static const struct variable nothing[] = {{"PATH", "/nonexistent"}, {NULL, NULL}};
    static struct fake fake;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    fake_init(&fake, answers, COUNT(answers));
    variables = nothing;
    struct azb_credential *credential = default_of(&fake, &err);
    assert_non_null(credential);
    assert_false(azb_credential_get_token(credential, &request, &token, &err));
    assert_string_equal(err.message,
        "no credential of the chain is available:\n"
        "  EnvironmentCredential: the environment describes no identity; missing: AZURE_TENANT_ID "
        "AZURE_CLIENT_ID AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH)\n"
        "  WorkloadIdentityCredential: workload identity is not configured; missing: "
        "AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_FEDERATED_TOKEN_FILE\n"
        "  ManagedIdentityCredential: IMDS does not answer, so this is no machine of Azure with an "
        "identity: no connection\n"
        "  AzureCliCredential: az (the Azure CLI) is not installed: PATH's folders have no az\n"
        "  VisualStudioCode-, AzurePowerShell-, AzureDeveloperCli-, BrokerCredential: not "
        "available in azb");
    assert_int_equal(err.value_count, 4);
    assert_string_equal(err.values[2].key, "ManagedIdentityCredential");
    azb_credential_free(credential);
}

/* What the environment describes and Entra refuses is not passed over for another identity. */
static void test_default_is_refused(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {
        {401, "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: no\"}", NULL}};
    static const struct variable secret[] = {IDS, {"AZURE_CLIENT_SECRET", "x"}, {NULL, NULL}};
    static struct fake fake;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token_request request = batch_request();
    fake_init(&fake, answers, COUNT(answers));
    variables = secret;
    struct azb_credential *credential = default_of(&fake, &err);
    expect_error(
        credential, &request, AZB_ERROR_AUTHENTICATION, "EnvironmentCredential: AADSTS7000215: no");
    assert_int_equal(fake.requests, 1);
    azb_credential_free(credential);
}

/* Nor what it describes wrongly. */
static void test_default_is_wrong(void **unused)
{
    (void)unused;
    static const struct variable file[] = {
        IDS, {"AZURE_CLIENT_CERTIFICATE_PATH", "/nonexistent"}, {NULL, NULL}};
    static struct fake fake;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token_request request = batch_request();
    fake_init(&fake, NULL, 0);
    variables = file;
    struct azb_credential *credential = default_of(&fake, &err);
    expect_error(credential, &request, AZB_ERROR_IO, "/nonexistent cannot be opened");
    azb_credential_free(credential);
}

static const struct {
    const char *word, *part;
} selections[] = {
    {"production", "AZURE_TOKEN_CREDENTIALS is 'production', which names no credential; dev, prod, "
                   "EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential, "
                   "AzureCliCredential are allowed"},
    {"AzurePowerShellCredential",
        "'AzurePowerShellCredential', which azb does not have; dev, prod, Environment"},
    {"InteractiveBrowserCredential", "which azb does not have"},
    {"environmentcredential", "EnvironmentCredential: the environment describes no identity"},
};

static void test_selections(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(selections); i++) {
        static struct fake fake;
        struct azb_error err = AZB_ERROR_INIT;
        const struct variable selection[] = {
            {"AZURE_TOKEN_CREDENTIALS", selections[i].word}, {NULL, NULL}};
        fake_init(&fake, NULL, 0);
        variables = selection;
        print_message("  %s\n", selections[i].word);
        assert_null(default_of(&fake, &err));
        assert_int_equal(err.kind, AZB_ERROR_CONFIGURATION);
        if (!strstr(err.message, selections[i].part))
            fail_test("%s", err.message);
    }
}

static void test_dev_is_az_alone(void **unused)
{
    (void)unused;
    static const struct variable dev[] = {{"AZURE_TOKEN_CREDENTIALS", "dev"}, IDS,
        {"AZURE_CLIENT_SECRET", "x"}, {"PATH", "/nonexistent"}, {NULL, NULL}};
    static struct fake fake;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token_request request = batch_request();
    fake_init(&fake, NULL, 0);
    variables = dev;
    struct azb_credential *credential = default_of(&fake, &err);
    expect_error(credential, &request, AZB_ERROR_CONFIGURATION,
        "no credential of the chain is available:\n  AzureCliCredential: az (the");
    azb_credential_free(credential);
}

static bool one_life(struct fake *fake)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    struct azb_credential *credential = default_of(fake, &err);
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
    static const struct answer answers[] = {{400, "", NULL}, {200, IMDS_TOKEN, NULL}};
    static const struct variable nothing[] = {{"PATH", "/nonexistent"}, {NULL, NULL}};
    static struct fake fake;
    int failed = 0, in_a_row = 0;
    variables = nothing;
    for (long n = 1; in_a_row < 20; n++) {
        fake_init(&fake, answers, COUNT(answers));
        memory_fail_after(n);
        bool got = one_life(&fake);
        memory_fail_after(0);
        failed += !got;
        in_a_row = got ? in_a_row + 1 : 0;
    }
    print_message("  %d allocations, each failed once\n", failed);
    assert_true(failed >= 20);
}

static int make_file(void **unused)
{
    (void)unused;
    int file = mkstemp(token_path);
    assert_int_equal(write(file, "abc", 3), 3);
    close(file);
    return 0;
}

static int remove_file(void **unused)
{
    (void)unused;
    unlink(token_path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_that_gives),
        cmocka_unit_test(test_a_refusal_ends_it),
        cmocka_unit_test(test_all_are_listed),
        cmocka_unit_test(test_long_reasons),
        cmocka_unit_test(test_chains_in_chains),
        cmocka_unit_test(test_bad_chains),
        cmocka_unit_test(test_default),
        cmocka_unit_test(test_default_options),
        cmocka_unit_test(test_default_finds_nothing),
        cmocka_unit_test(test_default_is_refused),
        cmocka_unit_test(test_default_is_wrong),
        cmocka_unit_test(test_selections),
        cmocka_unit_test(test_dev_is_az_alone),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
