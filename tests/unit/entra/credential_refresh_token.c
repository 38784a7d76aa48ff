/* Refresh tokens: which one is used, what a refusal leads to, and what the cache on disk keeps. */
#include "fake_user.h"

#include <stdlib.h>
#include <unistd.h>

#define SPENT                                                                                      \
    "{\"error\":\"invalid_grant\",\"suberror\":\"bad_token\",\"error_description\":"               \
    "\"AADSTS700082: Gone.\",\"error_codes\":[700082]}"
#define NEEDS_MFA                                                                                  \
    "{\"error\":\"invalid_grant\",\"suberror\":\"basic_action\",\"error_description\":"            \
    "\"AADSTS50076: MFA.\",\"error_codes\":[50076],\"claims\":\"{\\\"access_token\\\":{}}\"}"

static char ann_1[4096], ann_2[4096], ben[4096];
static struct fake fake;
static struct fake_person person;

static struct azb_credential *begin(const struct answer *answers, size_t count,
    const struct azb_user_options *options, const char *refresh_token)
{
    struct azb_error err = AZB_ERROR_INIT;
    write_user_answer(ann_1, sizeof(ann_1), USERNAME, "token-1", "refresh-1", NULL);
    write_user_answer(ann_2, sizeof(ann_2), USERNAME, "token-2", "refresh-2", NULL);
    write_user_answer(ben, sizeof(ben), "ben@contoso.com", "token-3", "refresh-3", NULL);
    fake_init(&fake, answers, count);
    struct entra_environment world = fake_world(&fake);
    struct azb_credential *credential = refresh_token_new(options, refresh_token, &world, &err);
    if (!credential)
        fail_test("%s", err.message);
    return credential;
}

#define FORM(refresh_token)                                                                        \
    "client_id=" CLIENT "&scope=https%3A%2F%2Fbatch.core.windows.net%2F%2F.default%20openid%20"    \
    "profile%20offline_access&client_info=1&grant_type=refresh_token&refresh_token=" refresh_token

static void test_in_memory(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, ann_1, NULL}, {200, ann_2, NULL}};
    struct azb_user_options options = user_options(&person);
    struct azb_credential *credential = begin(answers, COUNT(answers), &options, "given");
    struct azb_token_request request = batch_request();
    expect_token(credential, &request, "token-1");
    assert_string_equal(fake.body[0], FORM("given"));
    expect_account(credential, ACCOUNT, USERNAME);
    request.force = true;
    expect_token(credential, &request, "token-2");
    assert_string_equal(fake.body[1], FORM("refresh-1")); /* the rotated one */
    azb_credential_free(credential);
}

static void test_scopes_are_not_said_twice(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{200, ann_1, NULL}};
    struct azb_user_options options = user_options(&person);
    struct azb_credential *credential = begin(answers, COUNT(answers), &options, "given");
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    request.scope = "openid User.Read offline_access";
    expect_token(credential, &request, "token-1");
    assert_non_null(strstr(fake.body[0], "&scope=openid%20User.Read%20offline_access%20profile&"));
    azb_credential_free(credential);
}

static const struct {
    const char *name;
    struct answer answer;
    const char *code, *part;
    bool dropped;
} refusals[] = {
    {"spent", {400, SPENT, NULL}, "interaction_required",
        "a person has to sign in: AADSTS700082: Gone.", true},
    {"more is needed", {400, NEEDS_MFA, NULL}, "interaction_required", "AADSTS50076: MFA.", false},
    {"consent", {400, "{\"error\":\"consent_required\"}", NULL}, "interaction_required",
        "consent_required", false},
    {"the client", {401, "{\"error\":\"invalid_client\"}", NULL}, "invalid_client",
        "invalid_client", false},
    {"no connection", {0, NULL, NULL}, "", "no connection", false},
};

static void test_refusals(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct azb_user_options options = user_options(&person);
        struct azb_credential *credential = begin(&refusals[i].answer, 1, &options, "given");
        struct azb_token_request request = batch_request();
        print_message("  %s\n", refusals[i].name);
        expect_code(credential, &request, refusals[i].code, refusals[i].part);
        size_t asked = fake.requests;
        expect_code(credential, &request, refusals[i].code, "");
        assert_int_equal(fake.requests > asked, !refusals[i].dropped);
        azb_credential_free(credential);
    }
}

static void test_the_claims_of_a_refusal_reach_the_caller(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{400, NEEDS_MFA, NULL}};
    struct azb_user_options options = user_options(&person);
    struct azb_credential *credential = begin(answers, COUNT(answers), &options, "given");
    struct azb_token_request request = batch_request();
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    assert_false(azb_credential_get_token(credential, &request, &token, &err));
    assert_int_equal(err.kind, AZB_ERROR_AUTHENTICATION);
    assert_string_equal(err.claims, "{\"access_token\":{}}");
    azb_error_free(&err);
    azb_credential_free(credential);
}

/* ---- With a cache on disk ---- */

static char folder[64], file[96];

static struct azb_cache *open_cache(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_cache_options options = AZB_CACHE_OPTIONS_INIT;
    options.path = file;
    struct azb_cache *cache = azb_cache_open(&options, &err);
    if (!cache)
        fail_test("%s", err.message);
    return cache;
}

static int make_folder(void **unused)
{
    (void)unused;
    snprintf(folder, sizeof(folder), "/tmp/azb-refresh-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(file, sizeof(file), "%s/tokens.json", folder);
    return 0;
}

static int remove_folder(void **unused)
{
    (void)unused;
    char lock[128];
    snprintf(lock, sizeof(lock), "%s.lockfile", file);
    unlink(file);
    unlink(lock);
    return rmdir(folder);
}

/* Signs `given` in and leaves the tokens on disk. */
static void sign_in_to(struct azb_cache *cache, const struct answer *answer)
{
    struct azb_user_options options = user_options(&person);
    struct azb_token_request request = batch_request();
    options.cache = cache;
    struct azb_credential *credential = begin(answer, 1, &options, "given");
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    request.force = true;
    if (!azb_credential_get_token(credential, &request, &token, &err))
        fail_test("%s", err.message);
    azb_token_free(&token);
    azb_credential_free(credential);
}

static void test_another_program_goes_on(void **unused)
{
    (void)unused;
    static const struct answer first[] = {{200, ann_1, NULL}};
    static const struct answer second[] = {{200, ann_2, NULL}};
    struct azb_cache *cache = open_cache();
    sign_in_to(cache, first);
    azb_cache_free(cache);
    cache = open_cache();
    struct azb_user_options options = user_options(&person);
    struct azb_token_request request = batch_request();
    options.cache = cache;
    options.tenant_id = "organizations";
    struct azb_credential *credential = begin(second, 1, &options, NULL);
    expect_token(credential, &request, "token-1"); /* from the disk: no request */
    assert_int_equal(fake.requests, 0);
    expect_account(credential, ACCOUNT, USERNAME);
    request.resource = AZB_GRAPH_RESOURCE;
    expect_token(credential, &request, "token-2");
    assert_int_equal(fake.requests, 1);
    assert_non_null(strstr(fake.body[0], "&refresh_token=refresh-1"));
    assert_string_equal(fake.url[0], "https://login.microsoftonline.com/organizations/oauth2/v2.0/"
                                     "token");
    azb_credential_free(credential);
    azb_cache_free(cache);
}

static void test_two_accounts(void **unused)
{
    (void)unused;
    static const struct answer anns[] = {{200, ann_1, NULL}};
    static const struct answer bens[] = {{200, ben, NULL}};
    struct azb_cache *cache = open_cache();
    sign_in_to(cache, anns);
    sign_in_to(cache, bens);
    struct azb_user_options options = user_options(&person);
    struct azb_token_request request = batch_request();
    options.cache = cache;
    struct azb_credential *credential = begin(anns, 1, &options, NULL);
    expect_code(credential, &request, "multiple_accounts", "ben@contoso.com");
    azb_credential_free(credential);
    options.username = "BEN@contoso.com";
    credential = begin(anns, 1, &options, NULL);
    expect_token(credential, &request, "token-3");
    expect_account(credential, "ben-id." TENANT, "ben@contoso.com");
    azb_credential_free(credential);
    options.username = NULL;
    options.home_account_id = ACCOUNT;
    credential = begin(anns, 1, &options, NULL);
    expect_token(credential, &request, "token-1");
    azb_credential_free(credential);
    options.home_account_id = "nobody." TENANT;
    credential = begin(anns, 1, &options, NULL);
    expect_code(credential, &request, "interaction_required", "no refresh token of the account");
    assert_int_equal(fake.requests, 0);
    azb_credential_free(credential);
    azb_cache_free(cache);
}

static void test_a_refused_one_leaves_the_disk(void **unused)
{
    (void)unused;
    static const struct answer anns[] = {{200, ann_1, NULL}};
    static const struct answer spent[] = {{400, SPENT, NULL}};
    struct azb_cache *cache = open_cache();
    sign_in_to(cache, anns);
    struct azb_user_options options = user_options(&person);
    struct azb_token_request request = batch_request();
    options.cache = cache;
    request.force = true;
    for (int i = 0; i < 2; i++) {
        struct azb_credential *credential = begin(spent, 1, &options, NULL);
        expect_code(credential, &request, "interaction_required", i ? "no refresh token" : "Gone.");
        assert_int_equal(fake.requests, i ? 0 : 1);
        azb_credential_free(credential);
    }
    azb_cache_free(cache);
}

/* While this one asks with the old token, another process renews it on disk. */
static struct azb_cache *shared;

static void renew_elsewhere(struct fake *unused, size_t number)
{
    (void)unused;
    struct azb_error err = AZB_ERROR_INIT;
    struct cache_owner owner = {.environment = "login.microsoftonline.com", .client_id = CLIENT};
    struct token_reply reply = {.access_token = (char[]){"t"},
        .expires_in = 60,
        .refresh_token = (char[]){"newer"},
        .home_account_id = (char[]){ACCOUNT},
        .tenant_id = (char[]){TENANT}};
    if (number == 0)
        assert_true(disk_cache_save(shared, &owner, "s", &reply, clock_seconds(NULL), &err));
}

static void test_a_newer_one_from_another_process(void **unused)
{
    (void)unused;
    static const struct answer anns[] = {{200, ann_1, NULL}};
    static const struct answer answers[] = {{400, SPENT, NULL}, {200, ann_2, NULL}};
    shared = open_cache();
    sign_in_to(shared, anns);
    struct azb_user_options options = user_options(&person);
    struct azb_token_request request = batch_request();
    options.cache = shared;
    request.force = true;
    struct azb_credential *credential = begin(answers, COUNT(answers), &options, NULL);
    fake.before = renew_elsewhere;
    expect_token(credential, &request, "token-2");
    assert_string_equal(fake.body[0], FORM("refresh-1"));
    assert_string_equal(fake.body[1], FORM("newer"));
    azb_credential_free(credential);
    azb_cache_free(shared);
}

static bool one_life(void)
{
    static const struct answer answers[] = {{200, ann_1, NULL}};
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_token_request request = batch_request();
    struct azb_cache_options where = AZB_CACHE_OPTIONS_INIT;
    struct azb_user_options options = user_options(&person);
    struct azb_account_list list = {NULL, 0, NULL};
    where.path = file;
    fake_init(&fake, answers, COUNT(answers));
    struct entra_environment world = fake_world(&fake);
    struct azb_cache *cache = azb_cache_open(&where, &err);
    options.cache = cache;
    struct azb_credential *credential =
        cache ? refresh_token_new(&options, "given", &world, &err) : NULL;
    bool got = credential && azb_credential_get_token(credential, &request, &token, &err) &&
               azb_credential_account(credential, &list, &err);
    azb_account_list_free(&list);
    azb_credential_free(credential);
    azb_cache_free(cache);
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
    write_user_answer(ann_1, sizeof(ann_1), USERNAME, "token-1", "refresh-1", NULL);
    for (long n = 1; in_a_row < 20; n++) {
        memory_fail_after(n);
        bool got = one_life();
        memory_fail_after(0);
        failed += !got;
        in_a_row = got ? in_a_row + 1 : 0;
        unlink(file);
    }
    print_message("  %d allocations, each failed once\n", failed);
    assert_true(failed >= 20);
}

#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_scopes_are_not_said_twice),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_the_claims_of_a_refusal_reach_the_caller),
        ON_DISK(test_another_program_goes_on),
        ON_DISK(test_two_accounts),
        ON_DISK(test_a_refused_one_leaves_the_disk),
        ON_DISK(test_a_newer_one_from_another_process),
        ON_DISK(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
