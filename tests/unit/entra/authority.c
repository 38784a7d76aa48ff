/* Which hosts, tenants and metadata are accepted, and the sentence for those that are not. */
#include "fake_entra.h"

#include "entra/authority.h"

#define NOT_A_TENANT "is neither a GUID nor a domain name"
#define NOT_A_HOST "is not a host"
#define MANY_TENANTS "stands for many tenants"

/* `endpoint`: what follows from the names (Microsoft's hosts), or where the metadata is. */
static const struct {
    const char *name, *host, *tenant, *endpoint, *refused;
} names[] = {
    {"default host", NULL, TENANT, TOKEN_URL, NULL},
    {"empty host is the default", "", TENANT, TOKEN_URL, NULL},
    {"domain", NULL, "contoso.onmicrosoft.com",
        "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token", NULL},
    {"final slash", "https://login.microsoftonline.com/", TENANT, TOKEN_URL, NULL},
    {"no scheme", "login.microsoftonline.com", TENANT, TOKEN_URL, NULL},
    {"upper case", "HTTPS://Login.MicrosoftOnline.com", TENANT, TOKEN_URL, NULL},
    {"default port", "https://login.microsoftonline.com:443", TENANT, TOKEN_URL, NULL},
    {"alias goes to its cloud's host", "https://login.windows.net", TENANT, TOKEN_URL, NULL},
    {"China", AZB_AUTHORITY_CHINA, TENANT,
        "https://login.partner.microsoftonline.cn/" TENANT "/oauth2/v2.0/token", NULL},
    {"US government", AZB_AUTHORITY_US_GOVERNMENT, TENANT,
        "https://login.microsoftonline.us/" TENANT "/oauth2/v2.0/token", NULL},
    {"another port is another host", "https://login.microsoftonline.com:8443", TENANT,
        "https://login.microsoftonline.com:8443/" TENANT "/v2.0/.well-known/openid-configuration",
        NULL},
    {"localhost", "https://localhost:8443", TENANT,
        "https://localhost:8443/" TENANT "/v2.0/.well-known/openid-configuration", NULL},
    {"adfs", "https://localhost:8443", "adfs",
        "https://localhost:8443/adfs/.well-known/openid-configuration", NULL},
    {"IPv6", "https://[::1]:8443", TENANT,
        "https://[::1]:8443/" TENANT "/v2.0/.well-known/openid-configuration", NULL},
    {"a host that only begins like one", "https://login.microsoftonline.com.evil.example", TENANT,
        "https://login.microsoftonline.com.evil.example/" TENANT
        "/v2.0/.well-known/openid-configuration",
        NULL},

    {"http", "http://login.microsoftonline.com", TENANT, NULL, "only https is allowed"},
    {"http on loopback", "http://127.0.0.1:8443", TENANT, NULL, "only https is allowed"},
    {"another scheme", "ftp://localhost", TENANT, NULL, NOT_A_HOST},
    {"user name", "https://login.microsoftonline.com@evil.example", TENANT, NULL, NOT_A_HOST},
    {"backslash", "https://login.microsoftonline.com\\.evil.example", TENANT, NULL, NOT_A_HOST},
    {"space", "https://login .example", TENANT, NULL, NOT_A_HOST},
    {"line end", "https://login.example\r\nX: y", TENANT, NULL, NOT_A_HOST},
    {"path", "https://localhost:8443/adfs", TENANT, NULL, "the tenant goes into tenant_id"},
    {"query", "https://localhost:8443?a=b", TENANT, NULL, "host and port only"},
    {"empty query", "https://localhost:8443?", TENANT, NULL, "host and port only"},
    {"fragment", "https://localhost:8443#x", TENANT, NULL, "host and port only"},
    {"no host", "https://", TENANT, NULL, NOT_A_HOST},
    {"port 0", "https://localhost:0", TENANT, NULL, NOT_A_HOST},
    {"port 65536", "https://localhost:65536", TENANT, NULL, NOT_A_HOST},

    {"no tenant", NULL, NULL, NULL, "tenant_id is missing"},
    {"empty tenant", NULL, "", NULL, "tenant_id is missing"},
    {"common", NULL, "common", NULL, MANY_TENANTS},
    {"organizations", NULL, "organizations", NULL, MANY_TENANTS},
    {"consumers", NULL, "consumers", NULL, MANY_TENANTS},
    {"Common", NULL, "Common", NULL, MANY_TENANTS},
    {"adfs at Microsoft", NULL, "adfs", NULL, "belongs to AD FS servers"},
    {"one label", NULL, "contoso", NULL, NOT_A_TENANT},
    {"slash", NULL, "contoso.com/x", NULL, NOT_A_TENANT},
    {"dots", NULL, "../..", NULL, NOT_A_TENANT},
    {"empty label", NULL, "contoso..com", NULL, NOT_A_TENANT},
    {"final dot", NULL, "contoso.com.", NULL, NOT_A_TENANT},
    {"hyphen first", NULL, "-contoso.com", NULL, NOT_A_TENANT},
    {"percent", NULL, "contoso%2ecom.de", NULL, NOT_A_TENANT},
    {"question mark", NULL, "contoso.com?x", NULL, NOT_A_TENANT},
    {"almost a GUID", NULL, "11111111-1111-1111-1111-11111111111", NULL, NOT_A_TENANT},
    {"long label", NULL, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com",
        NULL, NOT_A_TENANT},
};

static void test_names(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(names); i++) {
        scoped_arena struct arena arena = {0};
        struct authority_name name;
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        print_message("  %s\n", names[i].name);
        bool read = authority_name_read(
            names[i].host, names[i].tenant, AUTHORITY_ONE_TENANT, &arena, &name, &err);
        assert_int_equal(read, names[i].endpoint != NULL);
        if (!read) {
            assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
            if (!strstr(err.message, names[i].refused))
                fail_test("%s", err.message);
            continue;
        }
        struct authority_endpoints derived;
        assert_true(authority_derived_endpoints(&name, &arena, &derived));
        const char *found =
            name.is_microsoft ? derived.token : authority_metadata_url(&name, &arena);
        assert_string_equal(found, names[i].endpoint);
    }
}

#define OWN "https://localhost:8443"
#define DOCUMENT(issuer, endpoint) "{\"issuer\":\"" issuer "\",\"token_endpoint\":\"" endpoint "\"}"
#define OWN_TOKEN OWN "/" TENANT "/oauth2/v2.0/token"
#define OTHER_HOST "is on another host than the authority"

static const struct {
    const char *name, *tenant, *body, *endpoint, *refused;
} documents[] = {
    {"as azbd writes it", TENANT, DOCUMENT(OWN "/" TENANT "/v2.0", OWN_TOKEN), OWN_TOKEN, NULL},
    {"template", TENANT, DOCUMENT(OWN "/{tenantid}/v2.0", OWN_TOKEN), OWN_TOKEN, NULL},
    {"adfs", "adfs", DOCUMENT(OWN "/adfs", OWN "/adfs/oauth2/token"), OWN "/adfs/oauth2/token",
        NULL},
    {"tenant by domain", "contoso.com", DOCUMENT(OWN "/" TENANT "/v2.0", OWN_TOKEN), OWN_TOKEN,
        NULL},
    {"a host of Microsoft", TENANT, DOCUMENT("https://sts.windows.net/" TENANT "/", TOKEN_URL),
        TOKEN_URL, NULL},
    {"host in other case", TENANT, DOCUMENT("https://LOCALHOST:8443/" TENANT "/v2.0", OWN_TOKEN),
        OWN_TOKEN, NULL},

    {"issuer on another host", TENANT, DOCUMENT("https://evil.example/" TENANT "/v2.0", OWN_TOKEN),
        NULL, OTHER_HOST},
    {"issuer on another port", TENANT, DOCUMENT("https://localhost:8444/", OWN_TOKEN), NULL,
        OTHER_HOST},
    {"issuer of another tenant", TENANT, DOCUMENT(OWN "/" CLIENT "/v2.0", OWN_TOKEN), NULL,
        "names another tenant"},
    {"issuer without https", TENANT, DOCUMENT("http://localhost:8443/", OWN_TOKEN), NULL,
        "issuer is not an https URL"},
    {"endpoint on another host", TENANT, DOCUMENT(OWN, "https://evil.example/token"), NULL,
        OTHER_HOST},
    {"endpoint by user name", TENANT, DOCUMENT(OWN, "https://localhost:8443@evil.example/"), NULL,
        "token_endpoint is not an https URL"},
    {"endpoint without https", TENANT, DOCUMENT(OWN, "http://localhost:8443/token"), NULL,
        "token_endpoint is not an https URL"},
    {"endpoint with a line end", TENANT, DOCUMENT(OWN, OWN "/token\\r\\nX: y"), NULL,
        "token_endpoint is not an https URL"},
    {"endpoint with a fragment", TENANT, DOCUMENT(OWN, OWN_TOKEN "#x"), NULL, "has a fragment"},
    {"endpoint on another port of Microsoft", TENANT,
        DOCUMENT(OWN, "https://login.microsoftonline.com:8443/token"), NULL, OTHER_HOST},
    {"no issuer", TENANT, "{\"token_endpoint\":\"" OWN_TOKEN "\"}", NULL, "has no issuer"},
    {"no endpoint", TENANT, "{\"issuer\":\"" OWN "\"}", NULL, "has no token_endpoint"},
    {"issuer is no string", TENANT, "{\"issuer\":1}", NULL, "has no issuer"},
    {"issuer twice", TENANT, "{\"issuer\":\"" OWN "\",\"issuer\":\"x\"}", NULL, "is not JSON"},
    {"an array", TENANT, "[]", NULL, "has no issuer"},
    {"a page", TENANT, "<html>", NULL, "is not JSON"},
    {"nothing", TENANT, "", NULL, "is not JSON"},
};

static void test_metadata(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(documents); i++) {
        scoped_arena struct arena arena = {0};
        struct authority_name name;
        struct azb_error err = AZB_ERROR_INIT;
        struct authority_endpoints found = {0};
        arena_init(&arena, 0);
        print_message("  %s\n", documents[i].name);
        assert_true(authority_name_read(
            OWN, documents[i].tenant, AUTHORITY_ONE_TENANT, &arena, &name, &err));
        bool read =
            authority_metadata_read(&name, text_of(documents[i].body), &arena, &found, &err);
        assert_int_equal(read, documents[i].endpoint != NULL);
        if (read)
            assert_string_equal(found.token, documents[i].endpoint);
        else if (err.kind != AZB_ERROR_PROTOCOL || !strstr(err.message, documents[i].refused))
            fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
    }
}

#define WITH(members) "{\"issuer\":\"" OWN "\",\"token_endpoint\":\"" OWN_TOKEN "\"," members "}"

/* The endpoints that a server may do without: absent, there, or not its own. */
static const struct {
    const char *name, *body, *authorization, *device, *refused;
} optional[] = {
    {"neither", DOCUMENT(OWN, OWN_TOKEN), NULL, NULL, NULL},
    {"both",
        WITH("\"authorization_endpoint\":\"" OWN "/a\","
             "\"device_authorization_endpoint\":\"" OWN "/d\""),
        OWN "/a", OWN "/d", NULL},
    {"authorization elsewhere", WITH("\"authorization_endpoint\":\"https://evil.example/a\""), NULL,
        NULL, "authorization_endpoint 'https://evil.example/a' " OTHER_HOST},
    {"device elsewhere", WITH("\"device_authorization_endpoint\":\"https://evil.example/d\""), NULL,
        NULL, "device_authorization_endpoint 'https://evil.example/d' " OTHER_HOST},
    {"authorization is a number", WITH("\"authorization_endpoint\":1"), NULL, NULL,
        "has no authorization_endpoint"},
    {"device with a fragment", WITH("\"device_authorization_endpoint\":\"" OWN "/d#x\""), NULL,
        NULL, "has a fragment"},
};

static void expect_same(const char *a, const char *b)
{
    assert_int_equal(a != NULL, b != NULL);
    if (a)
        assert_string_equal(a, b);
}

static void test_endpoints_of_users(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(optional); i++) {
        scoped_arena struct arena arena = {0};
        struct authority_name name;
        struct azb_error err = AZB_ERROR_INIT;
        struct authority_endpoints found = {0};
        arena_init(&arena, 0);
        print_message("  %s\n", optional[i].name);
        assert_true(
            authority_name_read(OWN, "common", AUTHORITY_ORGANIZATIONS, &arena, &name, &err));
        bool read = authority_metadata_read(&name, text_of(optional[i].body), &arena, &found, &err);
        assert_int_equal(read, optional[i].refused == NULL);
        expect_same(found.authorization, optional[i].authorization);
        expect_same(found.device, optional[i].device);
        if (!read && !strstr(err.message, optional[i].refused))
            fail_test("%s", err.message);
    }
}

static const struct {
    const char *tenant;
    const char *refused;
} users[] = {
    {"organizations", NULL},
    {"common", NULL},
    {"Common", NULL},
    {TENANT, NULL},
    {"contoso.com", NULL},
    {"consumers", "personal accounts"},
    {"contoso", NOT_A_TENANT},
    {NULL, "tenant_id is missing"},
};

static void test_tenants_of_users(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(users); i++) {
        scoped_arena struct arena arena = {0};
        struct authority_name name;
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        bool read = authority_name_read(
            NULL, users[i].tenant, AUTHORITY_ORGANIZATIONS, &arena, &name, &err);
        assert_int_equal(read, users[i].refused == NULL);
        if (!read && !strstr(err.message, users[i].refused))
            fail_test("%s", err.message);
    }
}

static const struct {
    const char *name, *host, *region, *endpoint, *refused;
} regions[] = {
    {"public", NULL, "westeurope",
        "https://westeurope.login.microsoft.com/" TENANT "/oauth2/v2.0/token", NULL},
    {"an alias of public", "login.windows.net", "uksouth2",
        "https://uksouth2.login.microsoft.com/" TENANT "/oauth2/v2.0/token", NULL},
    {"US government", AZB_AUTHORITY_US_GOVERNMENT, "usgovvirginia",
        "https://usgovvirginia.login.microsoftonline.us/" TENANT "/oauth2/v2.0/token", NULL},
    {"not Microsoft's", OWN, "westeurope", NULL, NULL},
    {"upper case", NULL, "WestEurope", NULL, "no name of an Azure region"},
    {"another host", NULL, "evil.example/", NULL, "no name of an Azure region"},
    {"another host, not Microsoft's", OWN, "evil.example/", NULL, "no name of an Azure region"},
    {"hyphen", NULL, "west-europe", NULL, "no name of an Azure region"},
    {"empty", NULL, "", NULL, "no name of an Azure region"},
    {"64 characters", NULL, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        NULL, "no name of an Azure region"},
};

static void test_regions(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(regions); i++) {
        scoped_arena struct arena arena = {0};
        struct authority_name name;
        struct azb_error err = AZB_ERROR_INIT;
        char *endpoint = NULL;
        arena_init(&arena, 0);
        print_message("  %s\n", regions[i].name);
        assert_true(authority_name_read(
            regions[i].host, TENANT, AUTHORITY_ONE_TENANT, &arena, &name, &err));
        bool good = authority_regional_endpoint(&name, regions[i].region, &arena, &endpoint, &err);
        assert_int_equal(good, regions[i].refused == NULL);
        expect_same(endpoint, regions[i].endpoint);
        if (!good && !strstr(err.message, regions[i].refused))
            fail_test("%s", err.message);
    }
}

static const struct answer azbd[] = {
    {200, DOCUMENT(OWN "/" TENANT "/v2.0", OWN_TOKEN), NULL},
    {200, HOUR_TOKEN, NULL},
};

static void test_metadata_is_asked_once_and_only_from_the_host(void **unused)
{
    (void)unused;
    static struct fake fake;
    fake_init(&fake, azbd, COUNT(azbd));
    struct azb_credential *credential = fake_credential(&fake, OWN);
    struct azb_token_request request = batch_request();
    expect_token(credential, &request, "token-1");
    request.force = true;
    expect_token(credential, &request, "token-1");
    assert_int_equal(fake.requests, 3);
    assert_string_equal(fake.method[0], "GET");
    assert_string_equal(fake.url[0], OWN "/" TENANT "/v2.0/.well-known/openid-configuration");
    assert_string_equal(fake.url[1], OWN_TOKEN);
    assert_string_equal(fake.url[2], OWN_TOKEN);
    azb_credential_free(credential);
}

static const struct answer no_tenant[] = {
    {400,
        "{\"error\":\"invalid_tenant\",\"error_description\":\"AADSTS90002: Tenant 'x' not "
        "found.\\r\\nTrace ID: y\",\"error_codes\":[90002]}",
        NULL},
};

static void test_metadata_of_an_unknown_tenant(void **unused)
{
    (void)unused;
    static struct fake fake;
    fake_init(&fake, no_tenant, COUNT(no_tenant));
    struct azb_credential *credential = fake_credential(&fake, OWN);
    struct azb_token_request request = batch_request();
    expect_error(credential, &request, AZB_ERROR_AUTHENTICATION,
        "asking " OWN " for its metadata: AADSTS90002: Tenant 'x' not found. There is no such "
        "tenant at this authority");
    azb_credential_free(credential);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_endpoints_of_users),
        cmocka_unit_test(test_tenants_of_users),
        cmocka_unit_test(test_regions),
        cmocka_unit_test(test_metadata_is_asked_once_and_only_from_the_host),
        cmocka_unit_test(test_metadata_of_an_unknown_tenant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
