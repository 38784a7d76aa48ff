/* Tokens on disk: what is found, what is written, and what is left as it was. */
#include "cache_folder.h"

static const char *text_at(json_t *root, const char *section, const char *key, const char *field)
{
    json_t *entry = json_object_get(json_object_get(root, section), key);
    if (!entry)
        fail_test("%s has no entry %s", section, key);
    return json_string_value(json_object_get(entry, field));
}

static void test_application(void **unused)
{
    (void)unused;
    struct folder folder;
    folder_make(&folder);
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    struct token_reply reply = reply_of_app("at-of-app");
    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "");
    assert_int_equal(access(folder.file, F_OK), -1); /* nothing to keep, no file */
    save(cache, &owner, &reply);
    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "at-of-app");
    azb_cache_free(cache);

    const char *key = "-" HOST "-accesstoken-" CLIENT "-" TENANT "-" BATCH_SCOPE;
    json_t *root = folder_json(&folder);
    json_t *entry = json_object_get(json_object_get(root, "AccessToken"), key);
    assert_true(json_is_null(json_object_get(entry, "home_account_id")));
    assert_string_equal(text_at(root, "AccessToken", key, "credential_type"), "AccessToken");
    assert_string_equal(text_at(root, "AccessToken", key, "secret"), "at-of-app");
    assert_string_equal(text_at(root, "AccessToken", key, "environment"), HOST);
    assert_string_equal(text_at(root, "AccessToken", key, "target"), BATCH_SCOPE);
    assert_string_equal(text_at(root, "AccessToken", key, "token_type"), "Bearer");
    assert_string_equal(text_at(root, "AccessToken", key, "cached_at"), "1800000000");
    assert_string_equal(text_at(root, "AccessToken", key, "expires_on"), "1800003600");
    assert_string_equal(text_at(root, "AccessToken", key, "extended_expires_on"), "1800003600");
    assert_int_equal(json_object_size(json_object_get(root, "Account")), 0);
    assert_int_equal(json_object_size(json_object_get(root, "RefreshToken")), 0);
    json_decref(root);
    struct stat status;
    assert_int_equal(stat(folder.file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(folder_count(&folder, ""), 1); /* no lock file, no temporary one */
    folder_remove(&folder);
}

static void test_user(void **unused)
{
    (void)unused;
    struct folder folder;
    folder_make(&folder);
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    struct token_reply reply = reply_of_user(ANN, "ann@contoso.com");
    owner.realm = NULL;
    save(cache, &owner, &reply);
    json_t *root = folder_json(&folder);
    const char *target = BATCH_SCOPE " https://batch.core.windows.net//user_impersonation openid";
    char key[512];
    snprintf(key, sizeof(key), "%s-%s-accesstoken-%s-%s-%s", ANN, HOST, CLIENT, TENANT, target);
    assert_string_equal(text_at(root, "AccessToken", key, "target"), target);
    assert_string_equal(text_at(root, "AccessToken", key, "realm"), TENANT);
    assert_string_equal(text_at(root, "AccessToken", key, "refresh_on"), "1800001800");
    snprintf(key, sizeof(key), "%s-%s-refreshtoken-%s--%s", ANN, HOST, CLIENT, target);
    assert_string_equal(text_at(root, "RefreshToken", key, "secret"), "rt-of-user");
    assert_string_equal(text_at(root, "RefreshToken", key, "last_modification_time"), "1800000000");
    snprintf(key, sizeof(key), "%s-%s-idtoken-%s-%s-", ANN, HOST, CLIENT, TENANT);
    assert_string_equal(text_at(root, "IdToken", key, "secret"), "e30.e30.");
    snprintf(key, sizeof(key), "%s-%s-%s", ANN, HOST, TENANT);
    assert_string_equal(text_at(root, "Account", key, "username"), "ann@contoso.com");
    assert_string_equal(text_at(root, "Account", key, "authority_type"), "MSSTS");
    assert_string_equal(
        text_at(root, "AppMetadata", "appmetadata-" HOST "-" CLIENT, "client_id"), CLIENT);
    json_decref(root);

    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), ""); /* no application's token */
    owner.username = "Ann@Contoso.com";
    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "at-of-user");
    owner.username = "ben@contoso.com";
    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "");
    azb_cache_free(cache);
    folder_remove(&folder);
}

/* One access token of the application; the table changes a field of it. */
#define ENTRY(fields)                                                                              \
    "{\"AccessToken\":{\"zzz\":{\"credential_type\":\"AccessToken\",\"secret\":\"found\","         \
    "\"client_id\":\"" CLIENT "\",\"realm\":\"" TENANT "\"," fields "}}}"
#define PLAIN_HOME "\"home_account_id\":null,"
#define PLAIN_ENVIRONMENT "\"environment\":\"" HOST "\","
#define PLAIN_TARGET "\"target\":\"" BATCH_SCOPE "\","
#define PLAIN_TIMES "\"cached_at\":\"1799999000\",\"expires_on\":\"1800003000\""

static const struct {
    const char *name, *file;
    const char *found;
} samples[] = {
    {"as MSAL Python writes it, under another key",
        ENTRY(PLAIN_HOME PLAIN_ENVIRONMENT PLAIN_TARGET PLAIN_TIMES), "found"},
    {"expires_on as a number",
        ENTRY(PLAIN_HOME PLAIN_ENVIRONMENT PLAIN_TARGET
            "\"cached_at\":1799999000,\"expires_on\":1800003000"),
        "found"},
    {"home_account_id \"\" (Node)",
        ENTRY("\"home_account_id\":\"\"," PLAIN_ENVIRONMENT PLAIN_TARGET PLAIN_TIMES), "found"},
    {"home_account_id absent (Go)", ENTRY(PLAIN_ENVIRONMENT PLAIN_TARGET PLAIN_TIMES), "found"},
    {"preferred_cache environment (.NET, Go, Node)",
        ENTRY(PLAIN_HOME "\"environment\":\"login.windows.net\"," PLAIN_TARGET PLAIN_TIMES),
        "found"},
    {"environment in other case",
        ENTRY(PLAIN_HOME "\"environment\":\"Login.MicrosoftOnline.com\"," PLAIN_TARGET PLAIN_TIMES),
        "found"},
    {"environment of another cloud",
        ENTRY(PLAIN_HOME "\"environment\":\"login.microsoftonline.us\"," PLAIN_TARGET PLAIN_TIMES),
        ""},
    {"more scopes than asked for",
        ENTRY(PLAIN_HOME PLAIN_ENVIRONMENT "\"target\":\"a " BATCH_SCOPE " openid\"," PLAIN_TIMES),
        "found"},
    {"another scope",
        ENTRY(PLAIN_HOME PLAIN_ENVIRONMENT
            "\"target\":\"https://batch.core.windows.net/.default\"," PLAIN_TIMES),
        ""},
    {"of a user",
        ENTRY("\"home_account_id\":\"" ANN "\"," PLAIN_ENVIRONMENT PLAIN_TARGET PLAIN_TIMES), ""},
    {"token_type missing, further fields, further sections",
        "{\"Other\":[1,2]," /* the rest as usual */
        "\"AccessToken\":{\"k\":{\"secret\":\"found\",\"new\":{\"a\":[]},\"client_id\":\"" CLIENT
        "\",\"realm\":\"" TENANT "\"," PLAIN_ENVIRONMENT PLAIN_TARGET PLAIN_TIMES "}}}",
        "found"},
    {"proof of possession",
        ENTRY(PLAIN_HOME PLAIN_ENVIRONMENT PLAIN_TARGET PLAIN_TIMES
            ",\"token_type\":\"pop\",\"key_id\":\"k\""),
        ""},
    {"on behalf of",
        ENTRY(PLAIN_HOME PLAIN_ENVIRONMENT PLAIN_TARGET PLAIN_TIMES
            ",\"user_assertion_hash\":\"abc\""),
        ""},
    {"expires_on missing", ENTRY(PLAIN_HOME PLAIN_ENVIRONMENT PLAIN_TARGET "\"cached_at\":\"1\""),
        ""},
    {"299 s left",
        ENTRY(PLAIN_HOME PLAIN_ENVIRONMENT PLAIN_TARGET
            "\"cached_at\":\"1799996400\",\"expires_on\":\"1800000299\""),
        ""},
    {"an entry that is no object", "{\"AccessToken\":{\"k\":\"text\",\"l\":null}}", ""},
    {"an empty file", "", ""},
};

static void test_samples(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct folder folder;
        print_message("  %s\n", samples[i].name);
        folder_make(&folder);
        folder_write(&folder, folder.file, samples[i].file);
        struct azb_cache *cache = folder_cache(&folder);
        struct cache_owner owner = owner_of(NULL);
        assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), samples[i].found);
        assert_int_equal(folder.warnings, 0);
        azb_cache_free(cache);
        folder_remove(&folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_application),
        cmocka_unit_test(test_user),
        cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
