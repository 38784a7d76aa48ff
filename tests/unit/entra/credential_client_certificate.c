/* The certificate credential: the assertion, verified against the certificate, and bad PEMs. */
#include "fake_entra.h"

#include <unistd.h>

#include "entra/assertion.h"
#include "keys.h"
#include "../base/openssl_tool.h"

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
    scoped_arena struct arena arena = {0};
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
        scoped_arena struct arena arena = {0};
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
    scoped_arena struct arena arena = {0};
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

/* ---- Clocks that disagree ---- */

#define MISDATED                                                                                   \
    "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS700024: Client assertion is not " \
    "within its valid time range.\",\"error_codes\":[700024]}"
#define DAY_MS 86400000LL

static int64_t dated(struct fake *fake, size_t request)
{
    scoped_arena struct arena arena = {0};
    int64_t issued = 0;
    arena_init(&arena, 0);
    struct jwt jwt = assertion_of(fake, request, RSA_PSS_SHA256, &arena);
    assert_int_equal(jwt_date(jwt.payload, "iat", &issued), 1);
    return issued;
}

static const struct {
    const char *name;
    int64_t service_ms; /* the service's clock, ours being right */
} clocks[] = {
    {"30 days behind", 30 * DAY_MS},
    {"ahead by an hour", -3600000},
    {"eleven minutes behind", 660000},
};

/* Dated by the authority's clock at the second try, and from then on at the first. */
static void test_a_wrong_clock(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {
        {401, MISDATED, NULL}, {200, HOUR_TOKEN, NULL}, {200, HOUR_TOKEN, NULL}};
    for (size_t i = 0; i < COUNT(clocks); i++) {
        static struct fake fake;
        struct clock service = {0};
        print_message("  %s\n", clocks[i].name);
        fake_init(&fake, answers, COUNT(answers));
        clock_move(&service, clocks[i].service_ms);
        fake.service_clock = &service;
        struct azb_client_certificate_options options = options_with(join(leaf_pem, leaf_key, ""));
        struct azb_credential *credential = credential_with(&fake, &options);
        struct azb_token_request request = batch_request();
        request.force = true;
        int64_t before = clock_seconds(&service) - 1; /* the date has whole seconds */
        expect_token(credential, &request, "token-1");
        assert_int_equal(fake.requests, 2);
        assert_in_range(dated(&fake, 0), clock_seconds(&fake.clock) - 60, clock_seconds(NULL));
        assert_in_range(dated(&fake, 1), before, clock_seconds(&service));
        expect_token(credential, &request, "token-1");
        assert_int_equal(fake.requests, 3);
        assert_in_range(dated(&fake, 2), before, clock_seconds(&service));
        azb_credential_free(credential);
    }
}

/* Our clock was set meanwhile, so that what was remembered is wrong. */
static void test_a_mended_clock(void **unused)
{
    (void)unused;
    static const struct answer answers[] = {{401, MISDATED, NULL}, {200, HOUR_TOKEN, NULL},
        {401, MISDATED, NULL}, {200, HOUR_TOKEN, NULL}};
    static struct fake fake;
    struct clock service = {0};
    fake_init(&fake, answers, COUNT(answers));
    fake.service_clock = &service;
    clock_move(&fake.clock, -DAY_MS);
    struct azb_client_certificate_options options = options_with(join(leaf_pem, leaf_key, ""));
    struct azb_credential *credential = credential_with(&fake, &options);
    struct azb_token_request request = batch_request();
    request.force = true;
    expect_token(credential, &request, "token-1");
    clock_move(&fake.clock, DAY_MS);
    expect_token(credential, &request, "token-1");
    assert_int_equal(fake.requests, 4);
    assert_in_range(dated(&fake, 2), clock_seconds(NULL) + 86000, clock_seconds(NULL) + 86400);
    assert_in_range(dated(&fake, 3), clock_seconds(NULL) - 60, clock_seconds(NULL));
    azb_credential_free(credential);
}

static const struct {
    const char *name;
    int64_t service_ms;
    bool dates; /* does the answer have a date? */
    const char *body;
    size_t requests;
    const char *part;
} refusals[] = {
    {"refused twice", DAY_MS, true, MISDATED, 2,
        "this machine's clock is P1D behind the authority's: AADSTS700024"},
    {"ahead", -DAY_MS, true, MISDATED, 2,
        "this machine's clock is P1D ahead of the authority's: AADSTS700024"},
    {"no date", DAY_MS, false, MISDATED, 1, "AADSTS700024"},
    {"the clocks agree", 0, true, MISDATED, 1, "AADSTS700024"},
    {"another error", DAY_MS, true,
        "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS700027: no\"}", 1,
        "AADSTS700027"},
};

static void test_what_no_second_try_mends(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        const struct answer answers[] = {{401, refusals[i].body, NULL}};
        static struct fake fake;
        struct clock service = {0};
        print_message("  %s\n", refusals[i].name);
        fake_init(&fake, answers, COUNT(answers));
        clock_move(&service, refusals[i].service_ms);
        fake.service_clock = refusals[i].dates ? &service : NULL;
        struct azb_client_certificate_options options = options_with(join(leaf_pem, leaf_key, ""));
        struct azb_credential *credential = credential_with(&fake, &options);
        struct azb_token_request request = batch_request();
        expect_error(credential, &request, AZB_ERROR_AUTHENTICATION, refusals[i].part);
        assert_int_equal(fake.requests, refusals[i].requests);
        azb_credential_free(credential);
    }
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

/* ---- What openssl makes, and what it says of our assertions ---- */

static struct tool tool;

/* leaf.pem and leaf.key, and root.pem, which issued the leaf. */
static int make_chain(void **unused)
{
    (void)unused;
    assert_true(tool_open(&tool));
    assert_true(tool_write(&tool, "leaf.pem", leaf_pem, strlen(leaf_pem)));
    assert_true(tool_write(&tool, "leaf.key", leaf_key, strlen(leaf_key)));
    assert_true(tool_write(&tool, "root.pem", issuer_pem, strlen(issuer_pem)));
    return 0;
}

static int remove_chain(void **unused)
{
    (void)unused;
    tool_clean(&tool);
    return 0;
}

/* The assertion of the fake's first request as two files: what is signed, and the signature. */
static void write_parts(struct fake *fake, struct arena *arena, struct text *header)
{
    struct text token, rest, part, signature;
    field(fake, 0, "client_assertion", arena, &token);
    const char *dot = memrchr(token.at, '.', token.length);
    assert_non_null(dot);
    assert_true(tool_write(&tool, "signed", token.at, (size_t)(dot - token.at)));
    assert_true(base64url_decode(
        arena, text_slice(token, (size_t)(dot - token.at) + 1, token.length), &signature));
    assert_true(tool_write(&tool, "signature", signature.at, signature.length));
    rest = token;
    assert_true(text_cut(&rest, '.', &part));
    assert_true(base64url_decode(arena, part, header));
}

static const struct {
    const char *name;
    enum azb_assertion_algorithm algorithm;
    const char *options;             /* of openssl dgst -verify */
    const char *digest, *thumbprint; /* of openssl, and the header's member */
    size_t length;
} oracles[] = {
    {"PS256", AZB_ASSERTION_PS256,
        "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha256",
        "-sha256", "x5t#S256", 32},
    {"RS256", AZB_ASSERTION_RS256, "", "-sha1", "x5t", 20},
};

/* x5c: openssl builds the same chain from what stands in the header, and the thumbprint is that of
 * its first certificate. */
static void judge_chain(size_t i, const struct json *header, struct arena *arena)
{
    static const char *const files[] = {"first.der", "second.der"};
    struct text der, thumbprint;
    const struct json *entry = json_get(header, "x5c")->first;
    for (size_t n = 0; n < COUNT(files); n++, entry = entry->next) {
        assert_true(base64_decode(arena, entry->text, &der));
        assert_true(tool_write(&tool, files[n], der.at, der.length));
    }
    assert_true(tool_run(&tool, "openssl x509 -inform DER -in second.der -out ca.pem && openssl "
                                "x509 -inform DER -in first.der -out first.pem && openssl verify "
                                "-CAfile ca.pem first.pem"));
    assert_true(base64url_decode(arena, json_get_text(header, oracles[i].thumbprint), &thumbprint));
    assert_int_equal(thumbprint.length, oracles[i].length);
    assert_true(tool_write(&tool, "thumbprint", thumbprint.at, thumbprint.length));
    assert_true(
        tool_run(&tool, "openssl dgst %s -binary first.der | cmp - thumbprint", oracles[i].digest));
}

static bool openssl_accepts(size_t i)
{
    return tool_run(&tool,
        "openssl x509 -in leaf.pem -pubkey -noout >public.pem && openssl dgst -sha256 %s -verify "
        "public.pem -signature signature signed",
        oracles[i].options);
}

static void test_judged_by_openssl(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(oracles); i++) {
        scoped_arena struct arena arena = {0};
        static struct fake fake;
        struct azb_error err = AZB_ERROR_INIT;
        struct text header;
        struct azb_token_request request = batch_request();
        struct azb_client_certificate_options options =
            options_with(join(leaf_key, leaf_pem, issuer_pem));
        arena_init(&arena, 0);
        fake_init(&fake, one_token, COUNT(one_token));
        options.algorithm = oracles[i].algorithm;
        options.send_certificate_chain = true;
        print_message("  %s\n", oracles[i].name);
        struct azb_credential *credential = credential_with(&fake, &options);
        expect_token(credential, &request, "token-1");
        write_parts(&fake, &arena, &header);
        if (!openssl_accepts(i))
            fail_test("%s", tool.output);
        /* The oracle can say no. */
        assert_true(tool_run(&tool, "printf x >>signed"));
        assert_false(openssl_accepts(i));
        const struct json *parsed = json_parse(header, &arena, &err);
        assert_string_equal(oracles[i].name, json_get_string(parsed, "alg", &arena));
        judge_chain(i, parsed, &arena);
        azb_credential_free(credential);
    }
}

static const struct {
    const char *name;
    const char *command; /* writes file */
    const char *password;
    const char *part; /* of the refusal; NULL: it works */
} files[] = {
    {"PFX",
        "openssl pkcs12 -export -inkey leaf.key -in leaf.pem -certfile root.pem "
        "-passout pass:geheim1 -out file",
        "geheim1", NULL},
    {"encrypted PEM",
        "cat leaf.pem root.pem >file; openssl pkcs8 -topk8 -in leaf.key -passout pass:geheim1 "
        ">>file",
        "geheim1", NULL},
    {"PFX, wrong password",
        "openssl pkcs12 -export -inkey leaf.key -in leaf.pem -passout pass:geheim1 -out file",
        "geheim2", "/file: the PFX does not open with this password"},
    {"PFX, no password",
        "openssl pkcs12 -export -inkey leaf.key -in leaf.pem -passout pass:geheim1 -out file", NULL,
        "/file: the PFX is protected with a password, and none was given"},
    {"PFX of old",
        "openssl pkcs12 -export -legacy -inkey leaf.key -in leaf.pem -passout pass:geheim1 "
        "-out file",
        "geheim1", "openssl pkcs12 -legacy -in FILE -nodes -out COPY"},
    {"encrypted PEM, wrong password",
        "cat leaf.pem >file; openssl pkcs8 -topk8 -in leaf.key -passout pass:geheim1 >>file",
        "geheim2", "the password does not open the private key"},
};

static void test_files(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(files); i++) {
        scoped_arena struct arena arena = {0};
        static struct fake fake;
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_client_certificate_options options = options_with(NULL);
        struct azb_token_request request = batch_request();
        arena_init(&arena, 0);
        fake_init(&fake, one_token, COUNT(one_token));
        struct entra_environment world = fake_world(&fake);
        print_message("  %s\n", files[i].name);
        assert_true(tool_run(&tool, "%s", files[i].command));
        options.certificate_path = tool_path(&tool, "file");
        options.certificate_password = files[i].password;
        options.send_certificate_chain = true;
        struct azb_credential *credential = client_certificate_new(&options, &world, &err);
        assert_int_equal(credential != NULL, files[i].part == NULL);
        if (credential) {
            expect_token(credential, &request, "token-1");
            struct jwt jwt = assertion_of(&fake, 0, RSA_PSS_SHA256, &arena);
            check_chain(json_get(jwt.header, "x5c"), &arena);
        } else if (err.kind != AZB_ERROR_CONFIGURATION || !strstr(err.message, files[i].part) ||
                   strstr(err.message, "geheim")) {
            fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
        }
        azb_credential_free(credential);
    }
}

/* The thumbprint in the assertion of a request. */
static void thumbprint_of(
    struct fake *fake, size_t request, struct arena *arena, unsigned char out[SHA256_BYTES])
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text token, digest;
    struct jwt jwt;
    field(fake, request, "client_assertion", arena, &token);
    assert_true(jwt_parse(token, JWT_STRICT, arena, &jwt, &err));
    assert_true(base64url_decode(arena, json_get_text(jwt.header, "x5t#S256"), &digest));
    assert_int_equal(digest.length, SHA256_BYTES);
    memcpy(out, digest.at, SHA256_BYTES);
}

/* A renewed certificate under the same name is used with the next request; half a file is not, and
 * neither is the end of the one that works. */
static void test_renewal(void **unused)
{
    (void)unused;
    scoped_arena struct arena arena = {0};
    static struct fake fake;
    unsigned char thumbprints[4][SHA256_BYTES];
    struct azb_client_certificate_options options = options_with(NULL);
    struct azb_token_request request = batch_request();
    static const char *const changes[] = {
        "true", "head -c 500 new.pem >file", "mv new.pem file", "rm file"};
    arena_init(&arena, 0);
    fake_init(&fake, one_token, COUNT(one_token));
    assert_true(tool_run(&tool, "cat leaf.pem leaf.key >file && openssl req -x509 -newkey rsa:2048 "
                                "-nodes -keyout new.key -out new.pem -subj /CN=new && cat new.key "
                                ">>new.pem"));
    options.certificate_path = tool_path(&tool, "file");
    struct azb_credential *credential = credential_with(&fake, &options);
    request.force = true;
    for (size_t i = 0; i < COUNT(changes); i++) {
        assert_true(tool_run(&tool, "%s", changes[i]));
        expect_token(credential, &request, "token-1");
        thumbprint_of(&fake, i, &arena, thumbprints[i]);
    }
    assert_memory_equal(thumbprints[0], leaf_sha256, SHA256_BYTES);
    assert_memory_equal(thumbprints[1], leaf_sha256, SHA256_BYTES);
    assert_memory_not_equal(thumbprints[2], leaf_sha256, SHA256_BYTES);
    assert_memory_equal(thumbprints[3], thumbprints[2], SHA256_BYTES);
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
        cmocka_unit_test(test_a_wrong_clock),
        cmocka_unit_test(test_a_mended_clock),
        cmocka_unit_test(test_what_no_second_try_mends),
        cmocka_unit_test(test_bad_pems),
        cmocka_unit_test(test_bad_options),
        cmocka_unit_test(test_a_file),
        cmocka_unit_test(test_judged_by_openssl),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_renewal),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_chain, remove_chain);
}
