/* Client assertions as real libraries write them, and every way to get them wrong. */
#include "made_service.h"

#include "base/jwt.h"
#include "entra/signing_certificate.h"
#include "entra/token.h"

#define PEM_MAX 16384
#define TOKEN_URL "https://localhost:8443/" MADE_TENANT "/oauth2/v2.0/token"

/* A key with a certificate that is registered for the application, or not. */
struct signer {
    struct rsa_key *key;
    struct text der;
    unsigned char sha1[SHA1_BYTES], sha256[SHA256_BYTES];
};

static struct service service;
static struct arena arena;
static struct made_application application = {.name = "with certificate"};
static struct signer registered, stranger, old;
static struct signer with_plus; /* its thumbprint tells base64 from base64url */

static void make_signer(struct signer *signer, int64_t from)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_buffer struct buffer pem = {0};
    buffer_init(&pem, PEM_MAX);
    signer->key = rsa_generate(2048, &err);
    assert_non_null(signer->key);
    assert_true(rsa_private_pem(signer->key, &pem, &err));
    assert_true(signing_certificate(buffer_text(&pem), from, &arena, &signer->der, &err));
    struct certificate *certificate = certificate_from_der(signer->der, &err);
    certificate_thumbprint_sha1(certificate, signer->sha1);
    certificate_thumbprint_sha256(certificate, signer->sha256);
    certificate_free(certificate);
}

static bool register_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct signer *signer = context;
    struct client_certificate added;
    struct certificate *certificate = certificate_from_der(signer->der, err);
    bool done = certificate && certificate_add(connection, application.row, certificate, NULL,
                                   "test", &arena, &added, err);
    certificate_free(certificate);
    return done;
}

static char *encode(const void *bytes, size_t length)
{
    return base64url_encode(&arena, (struct text){bytes, length});
}

static int start(void **state)
{
    (void)state;
    int64_t now = clock_ticks(NULL);
    arena_init(&arena, 0);
    made_start(&service);
    made_application_add(&service, &application);
    make_signer(&registered, now);
    make_signer(&stranger, now);
    do {
        rsa_free(with_plus.key);
        make_signer(&with_plus, now);
    } while (!strpbrk(encode(with_plus.sha256, SHA256_BYTES), "-_"));
    make_signer(&old, now - 6LL * 365 * 24 * 3600 * TICKS_PER_SECOND);
    made_write(&service, register_work, &registered);
    made_write(&service, register_work, &old);
    made_write(&service, register_work, &with_plus);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    rsa_free(registered.key);
    rsa_free(stranger.key);
    rsa_free(old.key);
    rsa_free(with_plus.key);
    made_stop(&service);
    arena_free(&arena);
    return 0;
}

/* ---- Assertions ------------------------------------------------------------------------------ */

enum key_hint {
    HINT_SHA256,
    HINT_SHA256_PLAIN, /* Go: base64 with '+', '/' and padding */
    HINT_SHA1,
    HINT_SHA1_PADDED,
    HINT_CHAIN,
    HINT_CHAIN_STRING, /* .NET */
    HINT_CHAIN_LINES,  /* Python */
    HINT_NONE,
};

struct form_of {
    const struct signer *signer;
    enum rsa_padding padding;
    enum key_hint hint;
    const char *iss, *sub, *aud;
    const char *dates; /* raw members with %lld: iat or nbf, exp */
    int64_t from, to;  /* from now */
    const char *jti;
    bool padded; /* '=' behind the segments */
};

static char *chain_entry(const struct signer *signer, enum key_hint hint)
{
    char *plain = base64_encode(&arena, signer->der);
    if (hint != HINT_CHAIN_LINES)
        return plain;
    return arena_format(&arena, "%.64s\\n%s\\n", plain, plain + 64);
}

static char *header_of(const struct form_of *form)
{
    const struct signer *signer = form->signer;
    const char *algorithm = jwt_algorithm(form->padding);
    switch (form->hint) {
    case HINT_SHA256:
        return arena_format(&arena, "{\"typ\":\"JWT\",\"alg\":\"%s\",\"x5t#S256\":\"%s\"}",
            algorithm, encode(signer->sha256, SHA256_BYTES));
    case HINT_SHA256_PLAIN:
        return arena_format(&arena, "{\"alg\":\"%s\",\"x5t#S256\":\"%s\"}", algorithm,
            base64_encode(&arena, (struct text){(const char *)signer->sha256, SHA256_BYTES}));
    case HINT_SHA1:
    case HINT_SHA1_PADDED:
        return arena_format(&arena, "{\"alg\":\"%s\",\"x5t\":\"%s%s\"}", algorithm,
            encode(signer->sha1, SHA1_BYTES), form->hint == HINT_SHA1 ? "" : "=");
    case HINT_CHAIN:
    case HINT_CHAIN_LINES:
        return arena_format(&arena, "{\"alg\":\"%s\",\"x5c\":[\"%s\"]}", algorithm,
            chain_entry(signer, form->hint));
    case HINT_CHAIN_STRING:
        return arena_format(
            &arena, "{\"alg\":\"%s\",\"x5c\":\"%s\"}", algorithm, chain_entry(signer, form->hint));
    default:
        return arena_format(&arena, "{\"alg\":\"%s\"}", algorithm);
    }
}

static char *payload_of(const struct form_of *form)
{
    int64_t now_s = clock_seconds(&service.clock);
    static int number;
    char dates[200], jti[40];
    snprintf(jti, sizeof jti, "jti-%d", number++);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(dates, sizeof dates, form->dates, (long long)(now_s + form->from),
        (long long)(now_s + form->to));
#pragma GCC diagnostic pop
    return arena_format(&arena, "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":%s,%s,\"jti\":\"%s\"}",
        form->iss ? form->iss : application.app_id, form->sub ? form->sub : application.app_id,
        form->aud, dates, form->jti ? form->jti : jti);
}

static char *pad(const char *segment)
{
    static const char *const padding[] = {"", "", "==", "="};
    return arena_format(&arena, "%s%s", segment, padding[strlen(segment) % 4]);
}

/* Python's azure-identity pads each segment, and signs the padded ones. */
static char *sign_padded(const struct form_of *form)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text signature;
    const char *header = header_of(form), *payload = payload_of(form);
    char *head = arena_format(&arena, "%s.%s", pad(encode(header, strlen(header))),
        pad(encode(payload, strlen(payload))));
    assert_true(
        rsa_sign(form->signer->key, form->padding, text_of(head), &arena, &signature, &err));
    return arena_format(&arena, "%s.%s", head, pad(base64url_encode(&arena, signature)));
}

static char *make_assertion(const struct form_of *form)
{
    struct azb_error err = AZB_ERROR_INIT;
    if (form->padded)
        return sign_padded(form);
    char *token = jwt_sign(form->signer->key, form->padding, text_of(header_of(form)),
        text_of(payload_of(form)), &arena, &err);
    assert_string_equal(err.message, "");
    return token;
}

static void post(struct made *made, const char *assertion, const char *client_id)
{
    made_request(made, &service, PLANE_ENTRA, "POST", "/t/oauth2/v2.0/token");
    made->request.values[0] = TEXT(MADE_TENANT);
    scoped_buffer struct buffer body = {0};
    buffer_init(&body, 65536);
    buffer_add_form(&body, "grant_type", TEXT("client_credentials"));
    if (client_id)
        buffer_add_form(&body, "client_id", text_of(client_id));
    buffer_add_form(&body, "scope", TEXT("https://batch.core.windows.net//.default"));
    buffer_add_form(&body, "client_assertion_type",
        TEXT("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
    buffer_add_form(&body, "client_assertion", text_of(assertion));
    made->request.body = text_of(arena_string(&arena, body.at));
    made_header(made, "Content-Type", "application/x-www-form-urlencoded");
    made_run(made, entra_plane(), "/{tenant}/oauth2/v2.0/token");
}

/* ---- Good ones ------------------------------------------------------------------------------- */

#define AUD "\"" TOKEN_URL "\""
#define INTS "\"nbf\":%lld,\"exp\":%lld"
#define FLOATS "\"iat\":%lld.0666099,\"exp\":%lld.0666099"
#define STRINGS "\"nbf\":\"%lld\",\"exp\":\"%lld\""

static const struct {
    const char *name;
    struct form_of form;
} good[] = {
    {"Node: PS256, x5t#S256, integers",
        {&registered, RSA_PSS_SHA256, HINT_SHA256, .aud = AUD, .dates = INTS, .to = 600}},
    {"Go: plain base64",
        {&with_plus, RSA_PSS_SHA256, HINT_SHA256_PLAIN, .aud = AUD, .dates = INTS, .to = 600}},
    {"Python: RS256, padded x5t, floats",
        {&registered, RSA_PKCS1_SHA256, HINT_SHA1_PADDED, .aud = AUD, .dates = FLOATS, .to = 600}},
    {"Python's padded segments", {&registered, RSA_PKCS1_SHA256, HINT_SHA1_PADDED, .aud = AUD,
                                     .dates = FLOATS, .to = 600, .padded = true}},
    {".NET: PS256, strings",
        {&registered, RSA_PSS_SHA256, HINT_SHA256, .aud = AUD, .dates = STRINGS, .to = 600}},
    {"chain", {&registered, RSA_PSS_SHA256, HINT_CHAIN, .aud = AUD, .dates = INTS, .to = 600}},
    {"chain as a string",
        {&registered, RSA_PSS_SHA256, HINT_CHAIN_STRING, .aud = AUD, .dates = INTS, .to = 600}},
    {"chain with line breaks",
        {&registered, RSA_PSS_SHA256, HINT_CHAIN_LINES, .aud = AUD, .dates = INTS, .to = 600}},
    {"nbf a little ahead", {&registered, RSA_PSS_SHA256, HINT_SHA256, .aud = AUD, .dates = INTS,
                               .from = 200, .to = 600}},
    {"audience: public host",
        {&registered, RSA_PSS_SHA256, HINT_SHA256,
            .aud = "\"https://login.microsoftonline.com/" MADE_TENANT "/oauth2/v2.0/token\"",
            .dates = INTS, .to = 600}},
    {"audience: v1 endpoint by domain",
        {&registered, RSA_PSS_SHA256, HINT_SHA256,
            .aud = "\"https://localhost:8443/azb.onmicrosoft.com/oauth2/token\"", .dates = INTS,
            .to = 600}},
    {"audience: adfs",
        {&registered, RSA_PSS_SHA256, HINT_SHA256,
            .aud = "\"https://localhost:8443/adfs/oauth2/token\"", .dates = INTS, .to = 600}},
    {"audience: issuer",
        {&registered, RSA_PSS_SHA256, HINT_SHA256,
            .aud = "\"https://localhost:8443/" MADE_TENANT "/v2.0\"", .dates = INTS, .to = 600}},
    {"audience: one of several",
        {&registered, RSA_PSS_SHA256, HINT_SHA256, .aud = "[\"https://other\"," AUD "]",
            .dates = INTS, .to = 600}},
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct made made;
        print_message("  %s\n", good[i].name);
        post(&made, make_assertion(&good[i].form), application.app_id);
        assert_int_equal(made.reply.status, 200);
        made_free(&made);
    }
}

static void test_token_says_certificate(void **state)
{
    (void)state;
    struct made made;
    struct jwt jwt;
    struct azb_error err = AZB_ERROR_INIT;
    post(&made, make_assertion(&good[0].form), NULL); /* client_id is the assertion's subject */
    struct text token = json_get_text(made_reply_json(&made), "access_token");
    assert_true(jwt_parse(token, JWT_STRICT, &made.request.arena, &jwt, &err));
    made_text_equal(json_get_text(jwt.payload, "appidacr"), "2");
    made_text_equal(json_get_text(jwt.payload, "oid"), application.object_id);
    made_free(&made);
}

/* ---- Bad ones -------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    struct form_of form;
    const char *number;
} bad[] = {
    {"key that is not registered",
        {&stranger, RSA_PSS_SHA256, HINT_SHA256, .aud = AUD, .dates = INTS, .to = 600}, "700027"},
    {"chain that is not registered",
        {&stranger, RSA_PSS_SHA256, HINT_CHAIN, .aud = AUD, .dates = INTS, .to = 600}, "700027"},
    {"certificate that has expired",
        {&old, RSA_PSS_SHA256, HINT_SHA256, .aud = AUD, .dates = INTS, .to = 600}, "700027"},
    {"no hint", {&registered, RSA_PSS_SHA256, HINT_NONE, .aud = AUD, .dates = INTS, .to = 600},
        "700027"},
    {"another issuer",
        {&registered, RSA_PSS_SHA256, HINT_SHA256, .iss = MADE_CLIENT, .aud = AUD, .dates = INTS,
            .to = 600},
        "700021"},
    {"another subject",
        {&registered, RSA_PSS_SHA256, HINT_SHA256, .sub = MADE_CLIENT, .aud = AUD, .dates = INTS,
            .to = 600},
        "50048"},
    {"audience of another tenant",
        {&registered, RSA_PSS_SHA256, HINT_SHA256,
            .aud = "\"https://localhost:8443/99999999-9999-4999-8999-999999999999/oauth2/token\"",
            .dates = INTS, .to = 600},
        "700023"},
    {"audience of another host",
        {&registered, RSA_PSS_SHA256, HINT_SHA256,
            .aud = "\"https://evil.example/" MADE_TENANT "/oauth2/v2.0/token\"", .dates = INTS,
            .to = 600},
        "700023"},
    {"audience of another port",
        {&registered, RSA_PSS_SHA256, HINT_SHA256,
            .aud = "\"https://localhost:1/" MADE_TENANT "/oauth2/v2.0/token\"", .dates = INTS,
            .to = 600},
        "700023"},
    {"audience of another path",
        {&registered, RSA_PSS_SHA256, HINT_SHA256,
            .aud = "\"https://localhost:8443/" MADE_TENANT "/oauth2/v2.0/tokens\"", .dates = INTS,
            .to = 600},
        "700023"},
    {"audience null",
        {&registered, RSA_PSS_SHA256, HINT_SHA256, .aud = "null", .dates = INTS, .to = 600},
        "700023"},
    {"expired",
        {&registered, RSA_PSS_SHA256, HINT_SHA256, .aud = AUD, .dates = INTS, .from = -1000,
            .to = -301},
        "700024"},
    {"not yet",
        {&registered, RSA_PSS_SHA256, HINT_SHA256, .aud = AUD, .dates = INTS, .from = 400,
            .to = 600},
        "700024"},
    {"issued in the future",
        {&registered, RSA_PSS_SHA256, HINT_SHA256, .aud = AUD, .dates = FLOATS, .from = 400,
            .to = 600},
        "700024"},
    {"good for a week",
        {&registered, RSA_PSS_SHA256, HINT_SHA256, .aud = AUD, .dates = INTS, .to = 604800},
        "700024"},
    {"no exp",
        {&registered, RSA_PSS_SHA256, HINT_SHA256, .aud = AUD, .dates = "\"nbf\":%lld", .to = 600},
        "50027"},
    {"exp is true",
        {&registered, RSA_PSS_SHA256, HINT_SHA256, .aud = AUD, .dates = "\"nbf\":%lld,\"exp\":true",
            .to = 600},
        "50027"},
};

static void expect_error(struct made *made, const char *number, int status)
{
    const struct json *body = made_reply_json(made);
    made_text_equal(json_get(body, "error_codes")->first->text, number);
    made_text_equal(json_get_text(body, "error"), "invalid_client");
    assert_int_equal(made->reply.status, status);
    made_free(made);
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct made made;
        print_message("  %s\n", bad[i].name);
        post(&made, make_assertion(&bad[i].form), application.app_id);
        expect_error(&made, bad[i].number, 401);
    }
}

/* A registered thumbprint with another key's signature. */
static void test_foreign_signature(void **state)
{
    (void)state;
    struct made made;
    struct azb_error err = AZB_ERROR_INIT;
    const struct form_of *form = &good[0].form;
    char *token = jwt_sign(stranger.key, RSA_PSS_SHA256, text_of(header_of(form)),
        text_of(payload_of(form)), &arena, &err);
    post(&made, token, application.app_id);
    expect_error(&made, "700027", 401);
}

/* HS256 keyed with the public certificate, and none. */
static void test_algorithms(void **state)
{
    (void)state;
    const char *const algorithms[] = {"HS256", "none", "RS384", "ES256"};
    const struct form_of *form = &good[0].form;
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        struct made made;
        unsigned char mac[SHA256_BYTES];
        char *header = arena_format(&arena, "{\"alg\":\"%s\",\"x5t#S256\":\"%s\"}", algorithms[i],
            encode(registered.sha256, SHA256_BYTES));
        char *payload = payload_of(form);
        char *head = arena_format(
            &arena, "%s.%s", encode(header, strlen(header)), encode(payload, strlen(payload)));
        hmac_sha256(registered.der, text_of(head), mac);
        print_message("  %s\n", algorithms[i]);
        post(&made, arena_format(&arena, "%s.%s", head, encode(mac, sizeof mac)),
            application.app_id);
        expect_error(&made, "50027", 401);
    }
}

static void test_malformed(void **state)
{
    (void)state;
    const char *const malformed[] = {"x", "a.b", "a.b.c", "...", "e30.e30.AAAA"};
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        struct made made;
        print_message("  %s\n", malformed[i]);
        post(&made, malformed[i], application.app_id);
        assert_int_equal(made.reply.status, 401);
        made_free(&made);
    }
}

/* ---- Replay ---------------------------------------------------------------------------------- */

/* MSAL Python uses one assertion for many tokens, as Entra lets it; a second assertion with the
 * same jti is refused, and so is the first one when each is to be used once. */
static void test_replay(void **state)
{
    (void)state;
    struct form_of form = good[0].form;
    struct made made;
    form.jti = "used twice";
    char *assertion = make_assertion(&form);
    for (int i = 0; i < 2; i++) {
        post(&made, assertion, application.app_id);
        assert_int_equal(made.reply.status, 200);
        made_free(&made);
    }
    form.to = 500;
    post(&made, make_assertion(&form), application.app_id);
    expect_error(&made, "50027", 401);
    entra_set_single_use_assertions(service.entra, true);
    post(&made, assertion, application.app_id);
    expect_error(&made, "50027", 401);
    entra_set_single_use_assertions(service.entra, false);
}

static void test_replay_forgets_what_expired(void **state)
{
    (void)state;
    struct form_of form = good[0].form;
    struct made made;
    form.jti = "used after expiry";
    post(&made, make_assertion(&form), application.app_id);
    assert_int_equal(made.reply.status, 200);
    made_free(&made);
    clock_move(&service.clock, 3600 * 1000);
    post(&made, make_assertion(&form), application.app_id);
    clock_move(&service.clock, -3600 * 1000);
    assert_int_equal(made.reply.status, 200);
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_token_says_certificate),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_foreign_signature),
        cmocka_unit_test(test_algorithms),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_replay_forgets_what_expired),
    };
    return cmocka_run_group_tests_name("server/assertion", tests, start, stop);
}
