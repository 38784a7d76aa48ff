/* az's and the Azure SDKs' files: who is signed in, and access tokens that are still good. */
#include "cache_folder.h"

#include "entra/foreign_cache.h"

#define AZ_CLIENT "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
#define SP_CLIENT "33333333-3333-3333-3333-333333333333"
#define TENANT_2 "99999999-9999-9999-9999-999999999999"

#define AT(key, fields)                                                                            \
    "\"" key "\":{\"credential_type\":\"AccessToken\",\"environment\":\"" HOST                     \
    "\",\"realm\":\"" TENANT "\",\"cached_at\":\"1799999000\"," fields "}"
#define BATCH_TARGET                                                                               \
    "\"target\":\"https://batch.core.windows.net//.default "                                       \
    "https://batch.core.windows.net//user_impersonation\""

static const char tokens[] = "{\"AccessToken\":{" AT("1",
    "\"secret\":\"ann-batch\",\"home_account_id\":\"" ANN "\",\"client_id\":\"" AZ_CLIENT
    "\",\"expires_on\":\"1800003000\"," BATCH_TARGET) "," AT("2",
    "\"secret\":\"ann-graph\",\"home_account_id\":\"" ANN "\",\"client_id\":\"" AZ_CLIENT
    "\",\"expires_on\":\"1800003000\",\"target\":\"https://"
    "graph.microsoft.com//User.Read\"") "," AT("3",
    "\"secret\":\"ben-batch\",\"home_account_id\":\"" BEN "\",\"client_id\":\"" AZ_CLIENT
    "\",\"expires_on\":\"1800000200\"," BATCH_TARGET) "," AT("4",
    "\"secret\":\"sp-batch\",\"home_account_id\":null,\"client_id\":\"" SP_CLIENT
    "\",\"expires_on\":\"1800003000\",\"target\":\"" BATCH_SCOPE
    "\"") "},"
          "\"RefreshToken\":{\"r\":{\"secret\":\"foreign-rt\",\"home_account_id\":\"" ANN
          "\",\"environment\":\"" HOST "\",\"client_id\":\"" AZ_CLIENT "\",\"family_id\":\"1\"}},"
          "\"Account\":{\"a\":{\"home_account_id\":\"" ANN "\",\"environment\":\"" HOST
          "\",\"realm\":\"" TENANT
          "\",\"username\":\"ann@contoso.com\"},\"b\":{\"home_account_id\":\"" BEN
          "\",\"environment\":\"" HOST "\",\"realm\":\"" TENANT
          "\",\"username\":\"ben@contoso.com\"}}}";

#define SUBSCRIPTION(id, is_default, tenant, user, type)                                           \
    "{\"id\":\"" id "\",\"name\":\"Name " id "\",\"state\":\"Enabled\",\"isDefault\":" is_default  \
    ",\"tenantId\":\"" tenant "\",\"environmentName\":\"AzureCloud\",\"user\":{\"name\":\"" user   \
    "\",\"type\":\"" type "\"}}"

#define NAMED(id, name, cloud)                                                                     \
    "{\"id\":\"" id "\",\"name\":\"" name "\",\"tenantId\":\"" TENANT                              \
    "\",\"environmentName\":\"" cloud                                                              \
    "\",\"user\":{\"name\":\"ann@contoso.com\",\"type\":\"user\"}}"

static const char profile[] =
    "\xEF\xBB\xBF{\"installationId\":\"i\",\"subscriptions\":[" SUBSCRIPTION(
        "s1", "false", TENANT, "ben@contoso.com", "user") "," SUBSCRIPTION("s2", "true", TENANT,
        "ann@contoso.com", "user") "," SUBSCRIPTION("s3", "false", TENANT_2, SP_CLIENT,
        "servicePrincipal") ",{\"id\":\"s4\"},7,{\"id\":\"s5\",\"name\":\"twice\"}," NAMED("s5",
        "twice", "AzureCloud") "," NAMED("s6", "twice", "AzureCloud") "," NAMED("s7", "seven",
        "AzureUSGovernment") "," NAMED("s8", "eight", "MyCloud") "," SUBSCRIPTION("s9", "false",
        TENANT, SP_CLIENT, "servicePrincipal") "]}";

static const char principals[] =
    "[{\"client_id\":\"" SP_CLIENT "\",\"tenant\":\"" TENANT_2 "\",\"client_secret\":\"geheim\"},"
    "{\"client_id\":\"44444444-4444-4444-4444-444444444444\",\"tenant\":\"" TENANT
    "\",\"certificate\":\"/x.pem\"},{}]";

static struct folder home;
static char azure_folder[128];

static void write_azure(const char *name, const char *content)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", azure_folder, name);
    folder_write(&home, path, content);
}

static const char *variable(const char *name)
{
    return strcmp(name, "HOME") == 0 ? home.path : NULL;
}

static const struct entra_environment world = {.variable = variable};

static struct foreign_places places_of(struct arena *arena)
{
    struct foreign_places places;
    struct azb_error err = AZB_ERROR_INIT;
    assert_true(foreign_places_find(&world, arena, &places, &err));
    return places;
}

static int set_up(void **unused)
{
    (void)unused;
    folder_make(&home);
    snprintf(azure_folder, sizeof(azure_folder), "%s/.azure", home.path);
    return mkdir(azure_folder, 0700);
}

static int tear_down(void **unused)
{
    (void)unused;
    struct folder azure = home;
    snprintf(azure.path, sizeof(azure.path), "%s/.azure", home.path);
    folder_remove(&azure);
    folder_remove(&home);
    return 0;
}

static void test_accounts(void **unused)
{
    (void)unused;
    struct foreign_accounts accounts;
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct foreign_places places = places_of(&arena);
    assert_true(foreign_accounts(&places, &arena, &accounts, &err));
    assert_int_equal(accounts.count, 0);
    assert_null(accounts.notice);
    write_azure("azureProfile.json", profile);
    write_azure("service_principal_entries.json", principals);
    write_azure("msal_token_cache.json", tokens);
    assert_true(foreign_accounts(&places, &arena, &accounts, &err));
    assert_null(accounts.notice);
    assert_int_equal(accounts.count, 9);
    assert_string_equal(accounts.at[1].username, "ann@contoso.com");
    assert_true(accounts.at[1].is_default);
    assert_string_equal(accounts.at[1].subscription_name, "Name s2");
    assert_string_equal(accounts.at[1].cloud, "AzureCloud");
    assert_true(accounts.at[2].is_service_principal);
    assert_string_equal(accounts.at[8].username, "44444444-4444-4444-4444-444444444444");
    assert_string_equal(accounts.at[8].tenant_id, TENANT);
}

#define GRAPH_SCOPE "https://graph.microsoft.com//.default"

static const struct {
    const char *name, *tenant, *subscription, *scope;
    int64_t min_valid_s;
    const char *found;
} asks[] = {
    {"whom az works as", NULL, NULL, BATCH_SCOPE, 0, "ann-batch"},
    {"in the tenant that is named", TENANT, NULL, BATCH_SCOPE, 0, "ann-batch"},
    {"by a permission of the resource", NULL, NULL, GRAPH_SCOPE, 0, "ann-graph"},
    {"by the subscription's name", NULL, "name S2", GRAPH_SCOPE, 0, "ann-graph"},
    {"another user's subscription, whose token is nearly over", NULL, "s1", BATCH_SCOPE, 0, ""},
    {"and is enough all the same", NULL, "s1", BATCH_SCOPE, 100, "ben-batch"},
    {"a service principal", NULL, "s9", BATCH_SCOPE, 0, "sp-batch"},
    {"a service principal of another tenant", NULL, "s3", BATCH_SCOPE, 0, ""},
    {"without the slash it is another resource", NULL, NULL,
        "https://batch.core.windows.net/.default", 0, ""},
    {"another tenant", TENANT_2, NULL, BATCH_SCOPE, 0, ""},
    {"a tenant by its domain, which only az knows", "contoso.com", NULL, BATCH_SCOPE, 0, ""},
    {"a subscription that az does not have", NULL, "none", BATCH_SCOPE, 0, ""},
    {"a name that two subscriptions have", NULL, "twice", BATCH_SCOPE, 0, ""},
    {"another cloud's", NULL, "s7", BATCH_SCOPE, 0, ""},
    {"a cloud of the user's own", NULL, "s8", BATCH_SCOPE, 0, ""},
    {"both, which az refuses", TENANT, "s2", BATCH_SCOPE, 0, ""},
};

static int find_token(const struct foreign_ask *ask, struct azb_token *token)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct foreign_places places = places_of(&arena);
    int result = foreign_cache_find_token(&places, ask, token, &err);
    assert_int_equal(err.kind, AZB_ERROR_NONE);
    return result;
}

static void test_tokens(void **unused)
{
    (void)unused;
    write_azure("azureProfile.json", profile);
    write_azure("msal_token_cache.json", tokens);
    for (size_t i = 0; i < COUNT(asks); i++) {
        struct azb_token token = AZB_TOKEN_INIT;
        struct foreign_ask ask = {
            asks[i].tenant, asks[i].subscription, asks[i].scope, NOW, asks[i].min_valid_s};
        print_message("  %s\n", asks[i].name);
        int result = find_token(&ask, &token);
        assert_string_equal(result ? token.token : "", asks[i].found);
        assert_int_equal(result, asks[i].found[0] != '\0');
        azb_token_free(&token);
    }
}

/* Without a profile nobody knows who az works as. */
static void test_signed_out(void **unused)
{
    (void)unused;
    struct azb_token token = AZB_TOKEN_INIT;
    struct foreign_ask ask = {.scope = BATCH_SCOPE, .now = NOW};
    write_azure("msal_token_cache.json", tokens);
    assert_int_equal(find_token(&ask, &token), 0);
    write_azure("azureProfile.json", "{\"subscriptions\":[]}");
    assert_int_equal(find_token(&ask, &token), 0);
    write_azure("azureProfile.json",
        "{\"subscriptions\":[" SUBSCRIPTION("s1", "true", TENANT, "ben@contoso.com",
            "user") "," SUBSCRIPTION("s2", "true", TENANT, "ann@contoso.com", "user") "]}");
    assert_int_equal(find_token(&ask, &token), 0);
}

static const struct {
    const char *name, *file, *content, *word;
} hidden[] = {
    {"in the keyring", "msal_token_cache.sig", "", "in the keyring"},
    {"encrypted", "msal_token_cache.bin", "\x01\x02", "encrypted"},
    {"damaged", "msal_token_cache.json", "{\"AccessToken\":{\"x\":\"geheim", "not understood"},
    {"a damaged profile", "azureProfile.json", "{\"subscriptions\":{}}", "subscriptions"},
};

static void test_notices(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(hidden); i++) {
        char path[256];
        struct azb_token token = AZB_TOKEN_INIT;
        struct azb_error err = AZB_ERROR_INIT;
        struct foreign_accounts accounts;
        struct foreign_ask ask = {.scope = BATCH_SCOPE, .now = NOW};
        scoped_arena struct arena arena = {0};
        arena_init(&arena, 0);
        struct foreign_places places = places_of(&arena);
        print_message("  %s\n", hidden[i].name);
        write_azure(hidden[i].file, hidden[i].content);
        assert_int_equal(find_token(&ask, &token), 0);
        assert_true(foreign_accounts(&places, &arena, &accounts, &err));
        assert_non_null(accounts.notice);
        assert_non_null(strstr(accounts.notice, hidden[i].word));
        assert_null(strstr(accounts.notice, "geheim"));
        snprintf(path, sizeof(path), "%s/%s", azure_folder, hidden[i].file);
        assert_string_equal(folder_read(path), hidden[i].content); /* never written */
        unlink(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_accounts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tokens, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_signed_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_notices, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
