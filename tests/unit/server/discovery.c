/* Discovery documents, keys and instance discovery. */
#include "made_service.h"

#include "entra/discovery.h"

static struct service service;

static int start(void **state)
{
    (void)state;
    made_start(&service);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

static void get(struct made *made, serve_fn *serve, const char *tenant, const char *host)
{
    made_request(made, &service, PLANE_ENTRA, "GET", "/t/x");
    made->request.values[0] = text_of(tenant);
    made->request.host = text_of(host);
    made_serve(made, serve, entra_plane());
}

/* ---- OpenID configuration -------------------------------------------------------------------- */

#define OWN "https://" MADE_HOST
#define PUBLIC "https://login.microsoftonline.com"

static const struct document {
    const char *name;
    serve_fn *serve;
    const char *tenant, *host;
    const char *issuer, *token_endpoint, *jwks_uri;
} documents[] = {
    {"v2", discovery_serve_v2, MADE_TENANT, MADE_HOST, OWN "/" MADE_TENANT "/v2.0",
        OWN "/" MADE_TENANT "/oauth2/v2.0/token", OWN "/" MADE_TENANT "/discovery/v2.0/keys"},
    {"v2 by domain", discovery_serve_v2, "azb.onmicrosoft.com", MADE_HOST,
        OWN "/" MADE_TENANT "/v2.0", OWN "/" MADE_TENANT "/oauth2/v2.0/token",
        OWN "/" MADE_TENANT "/discovery/v2.0/keys"},
    {"v2 by public name", discovery_serve_v2, MADE_TENANT, "login.microsoftonline.com",
        PUBLIC "/" MADE_TENANT "/v2.0", PUBLIC "/" MADE_TENANT "/oauth2/v2.0/token",
        PUBLIC "/" MADE_TENANT "/discovery/v2.0/keys"},
    {"v2 by address", discovery_serve_v2, MADE_TENANT, "127.0.0.1:8443",
        "https://127.0.0.1:8443/" MADE_TENANT "/v2.0",
        "https://127.0.0.1:8443/" MADE_TENANT "/oauth2/v2.0/token",
        "https://127.0.0.1:8443/" MADE_TENANT "/discovery/v2.0/keys"},
    {"v2 by a name that is not ours", discovery_serve_v2, MADE_TENANT, "evil.example",
        OWN "/" MADE_TENANT "/v2.0", OWN "/" MADE_TENANT "/oauth2/v2.0/token",
        OWN "/" MADE_TENANT "/discovery/v2.0/keys"},
    {"v2 by another port of localhost", discovery_serve_v2, MADE_TENANT, "localhost:1",
        OWN "/" MADE_TENANT "/v2.0", OWN "/" MADE_TENANT "/oauth2/v2.0/token",
        OWN "/" MADE_TENANT "/discovery/v2.0/keys"},
    {"v2 of common", discovery_serve_v2, "common", MADE_HOST, OWN "/{tenantid}/v2.0",
        OWN "/common/oauth2/v2.0/token", OWN "/common/discovery/v2.0/keys"},
    {"v1", discovery_serve_v1, MADE_TENANT, MADE_HOST, "https://sts.windows.net/" MADE_TENANT "/",
        OWN "/" MADE_TENANT "/oauth2/token", OWN "/" MADE_TENANT "/discovery/keys"},
    {"adfs", discovery_serve_v1, "adfs", MADE_HOST, OWN "/adfs", OWN "/adfs/oauth2/token",
        OWN "/adfs/discovery/keys"},
};

static void test_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        struct made made;
        print_message("  %s\n", documents[i].name);
        get(&made, documents[i].serve, documents[i].tenant, documents[i].host);
        const struct json *body = made_reply_json(&made);
        assert_int_equal(made.reply.status, 200);
        made_text_equal(json_get_text(body, "issuer"), documents[i].issuer);
        made_text_equal(json_get_text(body, "token_endpoint"), documents[i].token_endpoint);
        made_text_equal(json_get_text(body, "jwks_uri"), documents[i].jwks_uri);
        assert_int_equal(json_get(body, "token_endpoint_auth_methods_supported")->count, 3);
        assert_non_null(json_get(body, "scopes_supported"));
        assert_string_equal(made_reply_header(&made, "Access-Control-Allow-Origin"), "*");
        assert_string_equal(made_reply_header(&made, "Cache-Control"), "max-age=86400, private");
        made_free(&made);
    }
}

static void test_strict_transport_security(void **state)
{
    (void)state;
    struct made made;
    get(&made, discovery_serve_v2, MADE_TENANT, MADE_HOST);
    assert_null(made_reply_header(&made, "Strict-Transport-Security"));
    made_free(&made);
    get(&made, discovery_serve_v2, MADE_TENANT, "login.microsoftonline.com");
    assert_non_null(made_reply_header(&made, "Strict-Transport-Security"));
    made_free(&made);
}

static const struct {
    const char *name, *tenant, *word, *number;
} bad_tenants[] = {
    {"unknown id", "99999999-9999-4999-8999-999999999999", "invalid_tenant", "90002"},
    {"unknown domain", "contoso.com", "invalid_tenant", "90002"},
    {"neither", "contoso", "invalid_request", "900023"},
    {"script", "<script>.x", "invalid_request", "900023"},
};

static void test_bad_tenants(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_tenants / sizeof *bad_tenants; i++) {
        struct made made;
        print_message("  %s\n", bad_tenants[i].name);
        get(&made, discovery_serve_v2, bad_tenants[i].tenant, MADE_HOST);
        const struct json *body = made_reply_json(&made);
        assert_int_equal(made.reply.status, 400);
        made_text_equal(json_get_text(body, "error"), bad_tenants[i].word);
        made_text_equal(json_get(body, "error_codes")->first->text, bad_tenants[i].number);
        made_free(&made);
    }
}

/* ---- Keys ------------------------------------------------------------------------------------ */

static void check_key(struct made *made, const struct json *key)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct arena *arena = &made->request.arena;
    struct text der;
    unsigned char thumbprint[SHA1_BYTES];
    char *n, *e;
    made_text_equal(json_get_text(key, "kty"), "RSA");
    made_text_equal(json_get_text(key, "use"), "sig");
    assert_true(base64_decode(arena, json_get(key, "x5c")->first->text, &der));
    struct certificate *certificate = certificate_from_der(der, &err);
    assert_non_null(certificate);
    certificate_thumbprint_sha1(certificate, thumbprint);
    made_text_equal(json_get_text(key, "kid"),
        base64url_encode(arena, (struct text){(const char *)thumbprint, sizeof thumbprint}));
    assert_true(rsa_to_jwk(certificate_public_key(certificate), arena, &n, &e));
    made_text_equal(json_get_text(key, "n"), n);
    made_text_equal(json_get_text(key, "e"), e);
    certificate_free(certificate);
}

static void test_keys(void **state)
{
    (void)state;
    struct made made;
    get(&made, discovery_serve_keys_v2, MADE_TENANT, MADE_HOST);
    const struct json *key = json_get(made_reply_json(&made), "keys")->first;
    check_key(&made, key);
    made_text_equal(json_get_text(key, "issuer"), OWN "/" MADE_TENANT "/v2.0");
    made_free(&made);
    get(&made, discovery_serve_keys_v1, "adfs", MADE_HOST);
    key = json_get(made_reply_json(&made), "keys")->first;
    check_key(&made, key);
    assert_null(json_get(key, "issuer"));
    made_free(&made);
}

static bool make_key(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    return entra_make_key(connection, 1, err);
}

/* After a roll-over both keys are published, the new one first, and it signs. */
static void test_second_key(void **state)
{
    (void)state;
    struct made made;
    struct azb_error err = AZB_ERROR_INIT;
    const struct signing_key *old = entra_signing_key(service.entra);
    made_write(&service, make_key, NULL);
    assert_true(entra_load_keys(service.entra, store_reader(service.store, &err), &err));
    const struct signing_key *new = entra_signing_key(service.entra);
    assert_string_not_equal(old->kid, new->kid);
    assert_ptr_equal(entra_key(service.entra, text_of(old->kid)), old);
    get(&made, discovery_serve_keys_v2, "common", MADE_HOST);
    const struct json *keys = json_get(made_reply_json(&made), "keys");
    assert_int_equal(keys->count, 2);
    made_text_equal(json_get_text(keys->first, "kid"), new->kid);
    made_text_equal(json_get_text(keys->first->next, "kid"), old->kid);
    made_free(&made);
}

/* ---- Instance discovery ---------------------------------------------------------------------- */

static const struct {
    const char *name, *query, *endpoint; /* NULL: refused with `number` */
    const char *number;
} instances[] = {
    {"public", "api-version=1.1&authorization_endpoint=" PUBLIC "/common/oauth2/v2.0/authorize",
        PUBLIC "/common/v2.0/.well-known/openid-configuration", NULL},
    {"public, v1", "api-version=1.0&authorization_endpoint=" PUBLIC "/x.com/oauth2/authorize",
        PUBLIC "/x.com/.well-known/openid-configuration", NULL},
    {"encoded", "authorization_endpoint=https%3A%2F%2Flogin.windows.net%2Ft%2Foauth2%2Fauthorize",
        "https://login.windows.net/t/.well-known/openid-configuration", NULL},
    {"own host without port", "authorization_endpoint=https://localhost/t/oauth2/v2.0/authorize",
        OWN "/t/v2.0/.well-known/openid-configuration", NULL},
    {"own host with port", "authorization_endpoint=https://localhost:8443/t/oauth2/v2.0/authorize",
        OWN "/t/v2.0/.well-known/openid-configuration", NULL},
    {"own address", "authorization_endpoint=https://[::1]/t/oauth2/authorize",
        "https://[::1]:8443/t/.well-known/openid-configuration", NULL},
    {"unknown", "authorization_endpoint=https://evil.example/t/oauth2/authorize", NULL, "50049"},
    {"unknown that ends alike",
        "authorization_endpoint=https://x.login.microsoftonline.com/t/oauth2/authorize", NULL,
        "50049"},
    {"user info", "authorization_endpoint=https://localhost@evil.example/t/oauth2/authorize", NULL,
        "50049"},
    {"plain http", "authorization_endpoint=http://localhost/t/oauth2/authorize", NULL, "50049"},
    {"no tenant", "authorization_endpoint=https://localhost", NULL, "90019"},
    {"nothing", "api-version=1.1", NULL, "900144"},
};

static void test_instances(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof instances / sizeof *instances; i++) {
        struct made made;
        print_message("  %s\n", instances[i].name);
        made_request(&made, &service, PLANE_ENTRA, "GET", "/common/discovery/instance");
        made.request.query = text_of(instances[i].query);
        made_serve(&made, discovery_serve_instance, entra_plane());
        const struct json *body = made_reply_json(&made);
        if (instances[i].endpoint) {
            made_text_equal(
                json_get_text(body, "tenant_discovery_endpoint"), instances[i].endpoint);
            made_text_equal(json_get_text(json_get(body, "metadata")->first, "preferred_cache"),
                "login.windows.net");
        } else {
            assert_int_equal(made.reply.status, 400);
            made_text_equal(json_get(body, "error_codes")->first->text, instances[i].number);
        }
        made_free(&made);
    }
}

static void test_options(void **state)
{
    (void)state;
    struct made made;
    get(&made, discovery_serve_options, MADE_TENANT, MADE_HOST);
    assert_int_equal(made.reply.status, 200);
    assert_string_equal(made_reply_header(&made, "Access-Control-Allow-Origin"), "*");
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_strict_transport_security),
        cmocka_unit_test(test_bad_tenants),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_second_key),
        cmocka_unit_test(test_instances),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests_name("server/discovery", tests, start, stop);
}
