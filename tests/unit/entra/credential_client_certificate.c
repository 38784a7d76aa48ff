/* The certificate credential: the assertion, verified against the certificate, and bad PEMs. */
#include "fake_entra.h"

#include <unistd.h>

#include "entra/assertion.h"
#include "keys.h"

static const struct answer one_token[] = {{200, HOUR_TOKEN, NULL}};

static char *join(const char *a, const char *b, const char *c)
{
    static char pem[16384];
    snprintf(pem, sizeof(pem), "%s%s%s", a, b, c);
    return pem;
}

static struct azb_client_certificate_options options_with(const char *pem)
{
    struct azb_client_certificate_options options = AZB_CLIENT_CERTIFICATE_OPTIONS_INIT;
    options.tenant_id = TENANT;
    options.client_id = CLIENT;
    options.certificate_pem = pem;
    return options;
}

static struct azb_credential *credential_with(
    struct fake *fake, const struct azb_client_certificate_options *options)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct entra_environment world = fake_world(fake);
    struct azb_credential *credential = client_certificate_new(options, &world, &err);
    if (!credential)
        fail_test("%s", err.message);
    return credential;
}

static void field(
    struct fake *fake, size_t request, const char *name, struct arena *arena, struct text *out)
{
    assert_int_equal(text_form_get(arena, text_of(fake->body[request]), name, out), 1);
}

static void expect_text(struct text text, const char *expected)
{
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.at, expected, text.length);
}

/* The assertion of a request, its signature checked with the certificate's public key. */
static struct jwt assertion_of(
    struct fake *fake, size_t request, enum rsa_padding padding, struct arena *arena)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text token;
    struct jwt jwt;
    struct certificate *certificate = certificate_from_pem(text_of(leaf_pem), &err);
    assert_non_null(certificate);
    field(fake, request, "client_assertion", arena, &token);
    assert_true(jwt_parse(token, JWT_STRICT, arena, &jwt, &err));
    assert_true(jwt_verify(&jwt, padding, certificate_public_key(certificate)));
    certificate_free(certificate);
    return jwt;
}

static void test_the_request(void **unused)
{
    (void)unused;
    scoped_arena struct arena arena;
    static struct fake fake;
    struct text value;
    arena_init(&arena, 0);
    fake_init(&fake, one_token, COUNT(one_token));
    struct azb_client_certificate_options options = options_with(join(leaf_pem, leaf_key, ""));
    struct azb_credential *credential = credential_with(&fake, &options);
    struct azb_token_request request = batch_request();
    assert_string_equal(azb_credential_kind(credential), "client_certificate");
    expect_token(credential, &request, "token-1");
    assert_string_equal(fake.url[0], TOKEN_URL);
    static const char begin[] =
        "client_id=" CLIENT "&scope=https%3A%2F%2Fbatch.core.windows.net%2F%2F.default"
        "&grant_type=client_credentials"
        "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
        "&client_assertion=ey";
    assert_memory_equal(fake.body[0], begin, sizeof(begin) - 1);
    assert_int_equal(text_form_get(&arena, text_of(fake.body[0]), "client_secret", &value), 0);
    azb_credential_free(credential);
}

static void check_payload(const struct jwt *jwt, int64_t before, int64_t after)
{
    int64_t issued = 0, from = 0, until = 0;
    expect_text(json_get_text(jwt->payload, "aud"), TOKEN_URL);
    expect_text(json_get_text(jwt->payload, "iss"), CLIENT);
    expect_text(json_get_text(jwt->payload, "sub"), CLIENT);
    assert_true(text_is_guid(json_get_text(jwt->payload, "jti")));
    assert_int_equal(jwt_date(jwt->payload, "iat", &issued), 1);
    assert_int_equal(jwt_date(jwt->payload, "nbf", &from), 1);
    assert_int_equal(jwt_date(jwt->payload, "exp", &until), 1);
    assert_in_range(issued, before, after);
    assert_int_equal(from, issued);
    assert_int_equal(until, issued + 600);
    assert_int_equal(jwt->payload->count, 7);
}

static const struct {
    const char *name;
    enum azb_assertion_algorithm algorithm;
    enum rsa_padding padding;
    bool chain;
    const char *thumbprint_name;
    const unsigned char *thumbprint;
    size_t thumbprint_length;
} assertions[] = {
    {"PS256", AZB_ASSERTION_PS256, RSA_PSS_SHA256, false, "x5t#S256", leaf_sha256,
        sizeof(leaf_sha256)},
    {"PS256 with chain", AZB_ASSERTION_PS256, RSA_PSS_SHA256, true, "x5t#S256", leaf_sha256,
        sizeof(leaf_sha256)},
    {"RS256", AZB_ASSERTION_RS256, RSA_PKCS1_SHA256, false, "x5t", leaf_sha1, sizeof(leaf_sha1)},
};

static void check_chain(const struct json *chain, struct arena *arena)
{
    static const char *const pems[] = {leaf_pem, issuer_pem};
    const struct json *entry = chain->first;
    assert_int_equal(chain->count, 2);
    for (size_t i = 0; i < COUNT(pems); i++, entry = entry->next) {
        struct azb_error err = AZB_ERROR_INIT;
        struct text der;
        struct certificate *certificate = certificate_from_pem(text_of(pems[i]), &err);
        assert_true(base64_decode(arena, entry->text, &der));
        assert_true(text_equal(der, certificate_der(certificate)));
        certificate_free(certificate);
    }
}

static void check_header(size_t i, const struct jwt *jwt, struct arena *arena)
{
    struct text thumbprint;
    expect_text(json_get_text(jwt->header, "alg"), jwt_algorithm(assertions[i].padding));
    expect_text(json_get_text(jwt->header, "typ"), "JWT");
    assert_true(base64url_decode(
        arena, json_get_text(jwt->header, assertions[i].thumbprint_name), &thumbprint));
    assert_int_equal(thumbprint.length, assertions[i].thumbprint_length);
    assert_memory_equal(thumbprint.at, assertions[i].thumbprint, thumbprint.length);
    assert_int_equal(jwt->header->count, assertions[i].chain ? 4 : 3);
    if (assertions[i].chain)
        check_chain(json_get(jwt->header, "x5c"), arena);
}

static void test_assertions(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(assertions); i++) {
        scoped_arena struct arena arena;
        static struct fake fake;
        arena_init(&arena, 0);
        fake_init(&fake, one_token, COUNT(one_token));
        struct azb_client_certificate_options options =
            options_with(join(leaf_key, leaf_pem, issuer_pem));
        options.algorithm = assertions[i].algorithm;
        options.send_certificate_chain = assertions[i].chain;
        print_message("  %s\n", assertions[i].name);
        struct azb_credential *credential = credential_with(&fake, &options);
        struct azb_token_request request = batch_request();
        clock_move(&fake.clock, -86400000);
        int64_t before = clock_seconds(&fake.clock);
        expect_token(credential, &request, "token-1");
        struct jwt jwt = assertion_of(&fake, 0, assertions[i].padding, &arena);
        check_header(i, &jwt, &arena);
        check_payload(&jwt, before, clock_seconds(&fake.clock));
        azb_credential_free(credential);
    }
}

/* Each assertion has an id of its own, and none goes twice after a lost connection. */
static void test_assertions_are_used_once(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{0, NULL, NULL}, {200, HOUR_TOKEN, NULL}};
    scoped_arena struct arena arena;
    static struct fake fake;
    arena_init(&arena, 0);
    fake_init(&fake, answers, COUNT(answers));
    struct azb_client_certificate_options options = options_with(join(leaf_pem, leaf_key, ""));
    struct azb_credential *credential = credential_with(&fake, &options);
    struct azb_token_request request = batch_request();
    expect_error(credential, &request, AZB_ERROR_NETWORK, "no connection");
    expect_token(credential, &request, "token-1");
    assert_int_equal(fake.requests, 2);
    struct jwt first = assertion_of(&fake, 0, RSA_PSS_SHA256, &arena);
    struct jwt second = assertion_of(&fake, 1, RSA_PSS_SHA256, &arena);
    assert_false(
        text_equal(json_get_text(first.payload, "jti"), json_get_text(second.payload, "jti")));
    azb_credential_free(credential);
}

static const struct {
    const char *name;
    const char *pem[3];
    enum azb_error_kind kind;
    const char *part;
} bad_pems[] = {
    {"no key", {leaf_pem, "", ""}, AZB_ERROR_CONFIGURATION, "no private key"},
    {"no certificate", {leaf_key, "", ""}, AZB_ERROR_CONFIGURATION, "certificate"},
    {"another's key", {leaf_pem, issuer_key, ""}, AZB_ERROR_CONFIGURATION, "does not belong"},
    {"issuer first", {issuer_pem, leaf_pem, leaf_key}, AZB_ERROR_CONFIGURATION, "does not belong"},
    {"encrypted", {leaf_pem, encrypted_key, ""}, AZB_ERROR_CONFIGURATION,
        "encrypted, and no password was given"},
    {"not PEM", {"hello", "", ""}, AZB_ERROR_CONFIGURATION, "certificate"},
    {"empty", {"", "", ""}, AZB_ERROR_CONFIGURATION, "certificate"},
};

static void test_bad_pems(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(bad_pems); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_client_certificate_options options =
            options_with(join(bad_pems[i].pem[0], bad_pems[i].pem[1], bad_pems[i].pem[2]));
        print_message("  %s\n", bad_pems[i].name);
        assert_null(azb_credential_client_certificate(&options, &err));
        if (err.kind != bad_pems[i].kind || !strstr(err.message, bad_pems[i].part))
            fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
        assert_null(strstr(err.message, "PRIVATE KEY-----\nMII"));
    }
}

static void expect_refused(const struct azb_client_certificate_options *options,
    enum azb_error_kind kind, const char *part)
{
    struct azb_error err = AZB_ERROR_INIT;
    assert_null(azb_credential_client_certificate(options, &err));
    if (err.kind != kind || !strstr(err.message, part))
        fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
}

static void test_bad_options(void **unused)
{
    (void)unused;
    struct azb_client_certificate_options options = options_with(NULL);
    expect_refused(&options, AZB_ERROR_ARGUMENT, "neither is set");
    options.certificate_path = "/nonexistent/azb.pem";
    expect_refused(&options, AZB_ERROR_IO, "/nonexistent/azb.pem cannot be opened: No such file");
    options.certificate_path = "/";
    expect_refused(&options, AZB_ERROR_IO, "/ cannot be read: Is a directory");
    options.certificate_path = "/dev/zero";
    expect_refused(&options, AZB_ERROR_IO, "/dev/zero is too large");
    options.certificate_pem = leaf_pem;
    expect_refused(&options, AZB_ERROR_ARGUMENT, "both are set");
    options = options_with(join(leaf_pem, leaf_key, ""));
    options.algorithm = (enum azb_assertion_algorithm)7;
    expect_refused(&options, AZB_ERROR_ARGUMENT, "algorithm 7 is neither PS256 nor RS256");
    options = options_with(join(leaf_pem, leaf_key, ""));
    options.tenant_id = "common";
    expect_refused(&options, AZB_ERROR_ARGUMENT, "stands for many tenants");
}

static void test_a_file(void **unused)
{
    (void)unused;
    static struct fake fake;
    char path[] = "/tmp/azb-test-XXXXXX";
    const char *pem = join(leaf_pem, leaf_key, "");
    int file = mkstemp(path);
    assert_int_equal(write(file, pem, strlen(pem)), (ssize_t)strlen(pem));
    close(file);
    fake_init(&fake, one_token, COUNT(one_token));
    struct azb_client_certificate_options options = options_with(NULL);
    options.certificate_path = path;
    struct azb_credential *credential = credential_with(&fake, &options);
    unlink(path);
    struct azb_token_request request = batch_request();
    expect_token(credential, &request, "token-1");
    azb_credential_free(credential);
}

static bool one_life(struct fake *fake, const struct azb_client_certificate_options *options)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct entra_environment world = fake_world(fake);
    struct azb_token_request request = batch_request();
    struct azb_credential *credential = client_certificate_new(options, &world, &err);
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
    static struct fake fake;
    struct azb_client_certificate_options options =
        options_with(join(leaf_pem, issuer_pem, leaf_key));
    options.send_certificate_chain = true;
    int failed = 0;
    int in_a_row = 0;
    for (long n = 1; in_a_row < 20; n++) {
        fake_init(&fake, one_token, COUNT(one_token));
        memory_fail_after(n);
        bool got = one_life(&fake, &options);
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
        cmocka_unit_test(test_the_request),
        cmocka_unit_test(test_assertions),
        cmocka_unit_test(test_assertions_are_used_once),
        cmocka_unit_test(test_bad_pems),
        cmocka_unit_test(test_bad_options),
        cmocka_unit_test(test_a_file),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
