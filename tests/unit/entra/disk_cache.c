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

/* A file with something of everybody: two names of the cloud, other clients, unknown parts. */
static const char mixed[] =
    "{\"First\":{\"n\":1.50e+3,\"list\":[1,[2,{\"z\":null,\"a\":true}]]},"
    "\"AccessToken\":{"
    "\"net-key\":{\"secret\":\"old\",\"home_account_id\":\"" ANN "\",\"environment\":"
    "\"login.windows.net\",\"client_id\":\"" CLIENT "\",\"realm\":\"" TENANT
    "\",\"target\":\"" BATCH_SCOPE
    "\",\"cached_at\":\"1799999000\",\"expires_on\":\"1800009000\",\"refresh_on\":"
    "\"1800000001\",\"ext_expires_on\":\"1800009000\",\"custom\":{\"b\":1,\"a\":[2]}},"
    "\"gone\":{\"secret\":\"x\",\"home_account_id\":null,\"environment\":\"e\",\"client_id\":\"c\","
    "\"realm\":\"r\",\"target\":\"t\",\"cached_at\":\"1\",\"expires_on\":\"1799999999\"},"
    "\"half\":{\"secret\":\"x\"},"
    "\"odd\":7,"
    "\"other\":{\"secret\":\"keep\",\"home_account_id\":null,\"environment\":\"e\",\"client_id\":"
    "\"c\",\"realm\":\"r\",\"target\":\"t u\",\"expires_on\":1900000000,\"cached_at\":\"1\","
    "\"extra\":\"\\u00e9\"}},"
    "\"Account\":{\"a\":{\"home_account_id\":\"" ANN "\",\"environment\":\"login.windows.net\","
    "\"realm\":\"" TENANT "\",\"username\":\"ann@contoso.com\",\"name\":\"Ann\",\"account_source\":"
    "\"device_code\",\"tenantProfiles\":[\"{}\"],\"authority_type\":\"MSSTS\"}},"
    "\"Last\":0}";

static json_t *entry_at(json_t *root, const char *section, const char *key)
{
    return json_object_get(json_object_get(root, section), key);
}

static void expect_same(json_t *before, json_t *after, const char *section, const char *key)
{
    json_t *left = section ? entry_at(before, section, key) : json_object_get(before, key);
    json_t *right = section ? entry_at(after, section, key) : json_object_get(after, key);
    if (!left || !json_equal(left, right))
        fail_test("%s %s did not stay as it was", section ? section : "root", key);
}

/* jansson says what stayed, what went and what changed. */
static void test_preserved(void **unused)
{
    (void)unused;
    struct folder folder;
    char key[512];
    folder_make(&folder);
    folder_write(&folder, folder.file, mixed);
    json_t *before = folder_json(&folder);
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(ANN);
    struct token_reply reply = {.access_token = STRING("new"), .expires_in = 3600};
    save(cache, &owner, &reply);
    json_t *after = folder_json(&folder);
    expect_same(before, after, NULL, "First");
    expect_same(before, after, NULL, "Last");
    expect_same(before, after, "AccessToken", "other");
    expect_same(before, after, "AccessToken", "odd");
    expect_same(before, after, "Account", "a");
    assert_null(entry_at(after, "AccessToken", "gone")); /* expired */
    assert_null(entry_at(after, "AccessToken", "half")); /* would stop MSAL Python */
    assert_null(entry_at(after, "AccessToken", "net-key"));
    snprintf(
        key, sizeof(key), "%s-%s-accesstoken-%s-%s-%s", ANN, HOST, CLIENT, TENANT, BATCH_SCOPE);
    json_t *entry = entry_at(after, "AccessToken", key);
    assert_string_equal(json_string_value(json_object_get(entry, "secret")), "new");
    assert_string_equal(json_string_value(json_object_get(entry, "environment")), HOST);
    assert_true(json_equal(json_object_get(entry, "custom"),
        json_object_get(entry_at(before, "AccessToken", "net-key"), "custom")));
    assert_null(json_object_get(entry, "refresh_on"));
    assert_null(json_object_get(entry, "ext_expires_on"));
    assert_int_equal(json_object_size(json_object_get(after, "AccessToken")), 3);
    char *content = folder_read(folder.file); /* order, and numbers as they were written */
    assert_non_null(strstr(content, "1.50e+3"));
    assert_true(strstr(content, "\"First\"") < strstr(content, "\"AccessToken\""));
    assert_true(strstr(content, "\"z\"") < strstr(content, "\"a\": true"));
    json_decref(before);
    json_decref(after);
    azb_cache_free(cache);
    folder_remove(&folder);
}

/* An account that comes again keeps what only the other library knew of it. */
static void test_account_again(void **unused)
{
    (void)unused;
    struct folder folder;
    folder_make(&folder);
    folder_write(&folder, folder.file, mixed);
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    struct token_reply reply = reply_of_user(ANN, "ann@fabrikam.com");
    reply.name = NULL;
    save(cache, &owner, &reply);
    json_t *root = folder_json(&folder);
    assert_int_equal(json_object_size(json_object_get(root, "Account")), 1);
    const char *key = ANN "-" HOST "-" TENANT;
    assert_string_equal(text_at(root, "Account", key, "username"), "ann@fabrikam.com");
    assert_string_equal(text_at(root, "Account", key, "name"), "Ann");
    assert_string_equal(text_at(root, "Account", key, "account_source"), "device_code");
    json_decref(root);
    azb_cache_free(cache);
    folder_remove(&folder);
}

/* Another program's entry lies under the key that a new one gets: a name cannot be there twice. */
static void test_key_taken(void **unused)
{
    (void)unused;
    struct folder folder;
    folder_make(&folder);
    folder_write(&folder, folder.file,
        "{\"AccessToken\":{\"-" HOST "-accesstoken-" CLIENT "-" TENANT "-" BATCH_SCOPE
        "\":{\"secret\":\"s\",\"user_assertion_hash\":\"h\",\"expires_on\":\"1900000000\"}}}");
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    struct token_reply reply = reply_of_app("new");
    save(cache, &owner, &reply);
    json_t *root = folder_json(&folder);
    assert_int_equal(json_object_size(json_object_get(root, "AccessToken")), 1);
    json_decref(root);
    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "new");
    azb_cache_free(cache);
    folder_remove(&folder);
}

static int find_refresh(
    struct azb_cache *cache, const struct cache_owner *owner, char out[256], struct azb_error *err)
{
    char *secret = NULL, *home = NULL;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    int result = disk_cache_find_refresh_token(cache, owner, &arena, &secret, &home, err);
    snprintf(out, 256, "%s %s", result > 0 ? secret : "", result > 0 ? home : "");
    return result;
}

static void test_two_accounts(void **unused)
{
    (void)unused;
    struct folder folder;
    char found[256];
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_account_list list;
    folder_make(&folder);
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    struct token_reply reply = reply_of_user(ANN, "ann@contoso.com");
    save(cache, &owner, &reply);
    assert_int_equal(find_refresh(cache, &owner, found, &err), 1);
    assert_string_equal(found, "rt-of-user " ANN);
    reply = reply_of_user(BEN, "ben@contoso.com");
    reply.refresh_token = STRING("rt-of-ben");
    save(cache, &owner, &reply);

    assert_int_equal(find_refresh(cache, &owner, found, &err), -1);
    assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
    assert_string_equal(err.code, "multiple_accounts");
    assert_non_null(strstr(err.message, "ann@contoso.com, ben@contoso.com"));
    assert_null(strstr(err.message, "rt-of"));
    owner.username = "ben@contoso.com";
    assert_int_equal(find_refresh(cache, &owner, found, &err), 1);
    assert_string_equal(found, "rt-of-ben " BEN);
    owner.client_id = "another";
    assert_int_equal(find_refresh(cache, &owner, found, &err), 0);
    owner.client_id = CLIENT;

    assert_true(azb_cache_accounts(cache, &list, &err));
    assert_int_equal(list.count, 2);
    assert_string_equal(list.accounts[1].home_account_id, BEN);
    assert_string_equal(list.accounts[1].username, "ben@contoso.com");
    assert_string_equal(list.accounts[1].name, "Ann");
    assert_string_equal(list.accounts[1].tenant_id, TENANT);
    assert_string_equal(list.accounts[1].environment, HOST);
    assert_string_equal(list.accounts[1].client_id, CLIENT);
    azb_account_list_free(&list);

    assert_true(azb_cache_remove_account(cache, BEN, &err));
    assert_true(azb_cache_remove_account(cache, BEN, &err)); /* gone already */
    assert_int_equal(find_refresh(cache, &owner, found, &err), 0);
    owner.username = NULL;
    assert_int_equal(find_refresh(cache, &owner, found, &err), 1);
    assert_null(strstr(folder_read(folder.file), "ben"));
    azb_cache_free(cache);
    folder_remove(&folder);
}

/* One name in two directories: the ids tell them apart. */
static void test_same_name(void **unused)
{
    (void)unused;
    struct folder folder;
    char found[256];
    struct azb_error err = AZB_ERROR_INIT;
    folder_make(&folder);
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    struct token_reply ann = reply_of_user(ANN, "ann@contoso.com");
    struct token_reply other = reply_of_user(BEN, "ann@contoso.com");
    save(cache, &owner, &ann);
    save(cache, &owner, &other);
    owner.username = "ann@contoso.com";
    assert_int_equal(find_refresh(cache, &owner, found, &err), -1);
    assert_non_null(strstr(err.message, "ann@contoso.com [" ANN "]"));
    azb_cache_free(cache);
    folder_remove(&folder);
}

/* What the refresh tokens of a file are to the client, by `family_id`. */
#define REFRESH(client, family)                                                                    \
    "{\"RefreshToken\":{\"k\":{\"secret\":\"rt\",\"home_account_id\":\"" ANN                       \
    "\",\"environment\":\"login.windows.net\",\"client_id\":\"" client "\"" family "}}"

static const struct {
    const char *name, *file;
    int found;
} families[] = {
    {"its own, written by .NET", REFRESH(CLIENT, "") "}", 1},
    {"another client's", REFRESH("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "") "}", 0},
    {"of Microsoft's family, which this client is not in",
        REFRESH("04b07795-8ddb-461a-bbee-02f9e1bf7b46", ",\"family_id\":\"1\"") "}", 0},
    {"of the family that this client is in",
        REFRESH("sister", ",\"family_id\":\"1\"") ",\"AppMetadata\":{\"m\":{\"client_id\":\"" CLIENT
                                                  "\",\"environment\":\"" HOST
                                                  "\",\"family_id\":\"1\"}}}",
        1},
    {"of another family",
        REFRESH("sister", ",\"family_id\":\"2\"") ",\"AppMetadata\":{\"m\":{\"client_id\":\"" CLIENT
                                                  "\",\"environment\":\"" HOST
                                                  "\",\"family_id\":\"1\"}}}",
        0},
};

static void test_families(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(families); i++) {
        struct folder folder;
        char found[256];
        struct azb_error err = AZB_ERROR_INIT;
        print_message("  %s\n", families[i].name);
        folder_make(&folder);
        folder_write(&folder, folder.file, families[i].file);
        struct azb_cache *cache = folder_cache(&folder);
        struct cache_owner owner = owner_of(NULL);
        assert_int_equal(find_refresh(cache, &owner, found, &err), families[i].found);
        azb_cache_free(cache);
        folder_remove(&folder);
    }
}

/* A refused refresh token goes; one that another process has put in its place stays. */
static void test_drop_refresh_token(void **unused)
{
    (void)unused;
    struct folder folder;
    char found[256];
    struct azb_error err = AZB_ERROR_INIT;
    folder_make(&folder);
    struct azb_cache *cache = folder_cache(&folder);
    struct cache_owner owner = owner_of(NULL);
    struct token_reply reply = reply_of_user(ANN, "ann@contoso.com");
    save(cache, &owner, &reply);
    assert_true(disk_cache_drop_refresh_token(cache, &owner, "an older one", &err));
    assert_int_equal(find_refresh(cache, &owner, found, &err), 1);
    assert_true(disk_cache_drop_refresh_token(cache, &owner, "rt-of-user", &err));
    assert_int_equal(find_refresh(cache, &owner, found, &err), 0);
    owner.username = "ann@contoso.com"; /* the access token stays */
    assert_string_equal(find(cache, &owner, BATCH_SCOPE, NOW), "at-of-user");
    azb_cache_free(cache);
    folder_remove(&folder);
}

/* Accounts that only tokens tell of, and accounts that no token is left of. */
static void test_accounts_by_tokens(void **unused)
{
    (void)unused;
    struct folder folder;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_account_list list;
    folder_make(&folder);
    folder_write(&folder, folder.file,
        REFRESH(CLIENT, "") ",\"Account\":{\"b\":{\"home_account_id\":\"" BEN
                            "\",\"environment\":\"e\",\"realm\":\"r\",\"username\":\"ben\"}}}");
    struct azb_cache *cache = folder_cache(&folder);
    assert_true(azb_cache_accounts(cache, &list, &err));
    assert_int_equal(list.count, 2);
    assert_string_equal(list.accounts[0].home_account_id, ANN);
    assert_string_equal(list.accounts[0].username, "");
    assert_string_equal(list.accounts[1].username, "ben");
    assert_null(list.accounts[1].client_id);
    azb_account_list_free(&list);
    azb_cache_free(cache);
    folder_remove(&folder);
}

/* How much life a token must have left. */
static const struct {
    const char *name;
    int64_t lifetime_s, later_s, min_valid_s;
    int found;
} ages[] = {
    {"at once", 3600, 0, 0, 1},
    {"301 s before its end", 3600, 3299, 0, 1},
    {"5 minutes before its end", 3600, 3300, 0, 0},
    {"asked to be good for longer", 3600, 0, 3600, 0},
    {"asked to be good for less", 3600, 3500, 60, 1},
    {"1 minute, first half", 60, 29, 0, 1},
    {"1 minute, second half", 60, 30, 0, 0},
};

static void test_ages(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(ages); i++) {
        struct folder folder;
        struct azb_token token = AZB_TOKEN_INIT;
        struct azb_error err = AZB_ERROR_INIT;
        print_message("  %s\n", ages[i].name);
        folder_make(&folder);
        struct azb_cache *cache = folder_cache(&folder);
        struct cache_owner owner = owner_of(NULL);
        struct token_reply reply = reply_of_app("at");
        reply.expires_in = ages[i].lifetime_s;
        reply.refresh_in = ages[i].lifetime_s / 2;
        save(cache, &owner, &reply);
        assert_int_equal(disk_cache_find_token(cache, &owner, BATCH_SCOPE, NOW + ages[i].later_s,
                             ages[i].min_valid_s, &token, &err),
            ages[i].found);
        if (ages[i].found) {
            assert_int_equal(token.expires_on, NOW + ages[i].lifetime_s);
            assert_int_equal(token.refresh_on, NOW + ages[i].lifetime_s / 2);
        }
        azb_token_free(&token);
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
        cmocka_unit_test(test_preserved),
        cmocka_unit_test(test_account_again),
        cmocka_unit_test(test_key_taken),
        cmocka_unit_test(test_two_accounts),
        cmocka_unit_test(test_same_name),
        cmocka_unit_test(test_families),
        cmocka_unit_test(test_drop_refresh_token),
        cmocka_unit_test(test_accounts_by_tokens),
        cmocka_unit_test(test_ages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
