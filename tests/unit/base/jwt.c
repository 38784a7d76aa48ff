/*
 * Oracle: the RS256 example of RFC 7515 appendix A.2. The forgeries are made here from pieces, with
 * the real key wherever the attacker would have had it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include "base/jwt.h"
#include "keys.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct rsa_key *key;
static struct arena arena;

static int begin(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    key = rsa_from_pem(text_of(key_pem), &err);
    arena_init(&arena, 0);
    return key ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    rsa_free(key);
    arena_free(&arena);
    return 0;
}

static const char *encoded(const char *text)
{
    return base64url_encode(&arena, text_of(text));
}

/* A token with this header and payload, rightly signed whatever the header says. */
static struct text signed_token(enum rsa_padding padding, const char *header, const char *payload)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text signature;
    char *part = arena_format(&arena, "%s.%s", encoded(header), encoded(payload));
    assert_true(rsa_sign(key, padding, text_of(part), &arena, &signature, &err));
    return text_of(arena_format(&arena, "%s.%s", part, base64url_encode(&arena, signature)));
}

static bool parses(struct text token, enum jwt_form form, struct jwt *jwt)
{
    struct azb_error err = AZB_ERROR_INIT;
    if (jwt_parse(token, form, &arena, jwt, &err))
        return true;
    assert_int_equal(err.kind, AZB_ERROR_PROTOCOL);
    assert_int_not_equal(err.message[0], '\0');
    return false;
}

static void test_rfc7515(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct jwt jwt;
    int64_t exp;
    (void)state;
    struct rsa_key *theirs = rsa_from_jwk(text_of(rfc7515_n), TEXT("AQAB"), &err);
    assert_true(parses(text_of(rfc7515_token), JWT_STRICT, &jwt));
    assert_true(jwt_verify(&jwt, RSA_PKCS1_SHA256, theirs));
    assert_false(jwt_verify(&jwt, RSA_PSS_SHA256, theirs));
    assert_false(jwt_verify(&jwt, RSA_PKCS1_SHA256, key));
    assert_true(text_is(json_get_text(jwt.payload, "iss"), "joe"));
    assert_int_equal(jwt_date(jwt.payload, "exp", &exp), 1);
    assert_true(exp == 1300819380);
    rsa_free(theirs);
}

static void test_sign_then_verify(void **state)
{
    static const struct {
        enum rsa_padding padding;
        const char *header;
    } cases[] = {
        {RSA_PKCS1_SHA256, "{\"typ\":\"JWT\",\"alg\":\"RS256\"}"},
        {RSA_PSS_SHA256, "{\"alg\":\"PS256\",\"x5t#S256\":\"abc\"}"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        struct jwt jwt;
        char *token = jwt_sign(key, cases[i].padding, text_of(cases[i].header),
            TEXT("{\"sub\":\"me\"}"), &arena, &err);
        assert_non_null(token);
        assert_true(parses(text_of(token), JWT_STRICT, &jwt));
        assert_true(jwt_verify(&jwt, cases[i].padding, key));
        enum rsa_padding other =
            cases[i].padding == RSA_PSS_SHA256 ? RSA_PKCS1_SHA256 : RSA_PSS_SHA256;
        assert_false(jwt_verify(&jwt, other, key));
    }
}

static void test_sign_refused(void **state)
{
    static const struct {
        const char *name, *header;
    } cases[] = {
        {"no alg", "{\"typ\":\"JWT\"}"},
        {"another alg", "{\"alg\":\"PS256\"}"},
        {"not JSON", "{alg}"},
        {"not an object", "[\"RS256\"]"},
    };
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("%s\n", cases[i].name);
        assert_null(
            jwt_sign(key, RSA_PKCS1_SHA256, text_of(cases[i].header), TEXT("{}"), &arena, &err));
    }
    char *large = arena_alloc(&arena, JWT_LENGTH_MAX);
    memset(large, ' ', JWT_LENGTH_MAX);
    assert_null(jwt_sign(key, RSA_PKCS1_SHA256, TEXT("{\"alg\":\"RS256\"}"),
        (struct text){large, JWT_LENGTH_MAX}, &arena, &err));
    assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
}

/* Signed with the right key, but their headers ask for something else than RS256 and that key. */
static void test_forged_headers(void **state)
{
    static const struct {
        const char *name, *header;
        bool verifies;
    } cases[] = {
        {"as it should be", "{\"alg\":\"RS256\"}", true},
        {"alg none", "{\"alg\":\"none\"}", false},
        {"alg None", "{\"alg\":\"None\"}", false},
        {"alg HS256", "{\"alg\":\"HS256\"}", false},
        {"alg PS256", "{\"alg\":\"PS256\"}", false},
        {"alg RS512", "{\"alg\":\"RS512\"}", false},
        {"alg in lower case", "{\"alg\":\"rs256\"}", false},
        {"alg with a space", "{\"alg\":\"RS256 \"}", false},
        {"alg with a NUL", "{\"alg\":\"RS256\\u0000\"}", false},
        {"no alg", "{\"typ\":\"JWT\"}", false},
        {"alg is a list", "{\"alg\":[\"RS256\"]}", false},
        {"alg is null", "{\"alg\":null}", false},
        {"ALG", "{\"ALG\":\"RS256\"}", false},
        {"crit", "{\"alg\":\"RS256\",\"crit\":[\"exp\"],\"exp\":1}", false},
        {"empty crit", "{\"alg\":\"RS256\",\"crit\":[]}", false},
        {"null crit", "{\"alg\":\"RS256\",\"crit\":null}", false},
        {"unencoded payload (RFC 7797)", "{\"alg\":\"RS256\",\"b64\":false,\"crit\":[\"b64\"]}",
            false},
        {"unknown member is ignored", "{\"alg\":\"RS256\",\"x\":1}", true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct jwt jwt;
        print_message("%s\n", cases[i].name);
        assert_true(parses(
            signed_token(RSA_PKCS1_SHA256, cases[i].header, "{\"sub\":\"me\"}"), JWT_STRICT, &jwt));
        assert_int_equal(jwt_verify(&jwt, RSA_PKCS1_SHA256, key), cases[i].verifies);
    }
}

/* The attack on verifiers that let the token choose: HMAC keyed with the public key's text. */
static void test_hmac_with_public_key(void **state)
{
    static const char *const algorithms[] = {"HS256", "RS256"};
    (void)state;
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        struct jwt jwt;
        unsigned char mac[SHA256_BYTES];
        char *part = arena_format(&arena, "%s.%s",
            encoded(arena_format(&arena, "{\"alg\":\"%s\"}", algorithms[i])), encoded("{}"));
        hmac_sha256(text_of(key_modulus), text_of(part), mac);
        char *token = arena_format(&arena, "%s.%s", part,
            base64url_encode(&arena, (struct text){(char *)mac, sizeof(mac)}));
        assert_true(parses(text_of(token), JWT_STRICT, &jwt));
        assert_false(jwt_verify(&jwt, RSA_PKCS1_SHA256, key));
        assert_false(jwt_verify(&jwt, RSA_PSS_SHA256, key));
    }
}

/* The token brings the attacker's own key along, and is rightly signed with it. */
static void test_embedded_key(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct jwt jwt;
    char *n;
    char *e;
    (void)state;
    struct rsa_key *attacker = rsa_generate(2048, &err);
    assert_true(rsa_to_jwk(attacker, &arena, &n, &e));
    char *header = arena_format(&arena,
        "{\"alg\":\"RS256\",\"jku\":\"https://evil.example/keys\","
        "\"jwk\":{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}}",
        n, e);
    char *token = jwt_sign(attacker, RSA_PKCS1_SHA256, text_of(header), TEXT("{}"), &arena, &err);
    assert_true(parses(text_of(token), JWT_STRICT, &jwt));
    assert_true(jwt_verify(&jwt, RSA_PKCS1_SHA256, attacker));
    assert_false(jwt_verify(&jwt, RSA_PKCS1_SHA256, key));
    rsa_free(attacker);
}

static void test_changed_payload(void **state)
{
    struct jwt jwt;
    struct text rest = signed_token(RSA_PKCS1_SHA256, "{\"alg\":\"RS256\"}", "{\"sub\":\"me\"}");
    struct text header;
    struct text payload;
    (void)state;
    text_cut(&rest, '.', &header);
    text_cut(&rest, '.', &payload);
    char *token = arena_format(
        &arena, "%.*s.%s.%.*s", TEXT_ARGS(header), encoded("{\"sub\":\"root\"}"), TEXT_ARGS(rest));
    assert_true(parses(text_of(token), JWT_STRICT, &jwt));
    assert_false(jwt_verify(&jwt, RSA_PKCS1_SHA256, key));
}

/* e30 is {}, W10 is [], bnVsbA is null, eyJhIjoxLCJhIjoyfQ has a member twice. */
static void test_forms(void **state)
{
    static const struct {
        const char *name, *token;
        bool strict, padded; /* which form accepts it */
    } cases[] = {
        {"three segments", "e30.e30.AAAA", true, true},
        {"empty", "", false, false},
        {"one segment", "e30", false, false},
        {"two segments", "e30.e30", false, false},
        {"four segments", "e30.e30.AAAA.AAAA", false, false},
        {"five segments (encrypted)", "e30.e30.AAAA.AAAA.AAAA", false, false},
        {"empty header", ".e30.AAAA", false, false},
        {"empty payload", "e30..AAAA", false, false},
        {"empty signature", "e30.e30.", false, false},
        {"only dots", "..", false, false},
        {"header padded", "e30=.e30.AAAA", false, true},
        {"signature padded", "e30.e30.AA==", false, true},
        {"all padded", "e30=.e30=.AA==", false, true},
        {"three paddings", "e30===.e30.AAAA", false, false},
        {"padding in the middle", "e3=0.e30.AAAA", false, false},
        {"only padding", "=.e30.AAAA", false, false},
        {"bits that belong to no byte", "e31.e30.AAAA", false, false},
        {"the same in the signature", "e30.e30.AB", false, false},
        {"standard alphabet", "e30.e30.++++", false, false},
        {"white space", "e30.e30.AAAA ", false, false},
        {"line break", "e30.e30.AA\nAA", false, false},
        {"Bearer left in", "Bearer e30.e30.AAAA", false, false},
        {"header is a list", "W10.e30.AAAA", false, false},
        {"payload is a list", "e30.W10.AAAA", false, false},
        {"payload is null", "e30.bnVsbA.AAAA", false, false},
        {"payload is not JSON", "e30.AAAA.AAAA", false, false},
        {"header has a member twice", "eyJhIjoxLCJhIjoyfQ.e30.AAAA", false, false},
        {"payload has a member twice", "e30.eyJhIjoxLCJhIjoyfQ.AAAA", false, false},
        {"two documents in the payload", "e30.e317fQ.AAAA", false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct jwt jwt;
        print_message("%s\n", cases[i].name);
        assert_int_equal(parses(text_of(cases[i].token), JWT_STRICT, &jwt), cases[i].strict);
        assert_int_equal(parses(text_of(cases[i].token), JWT_ALLOW_PADDING, &jwt), cases[i].padded);
    }
}

/* What a padded token signs is the padded text. */
static void test_padded_signature_is_over_padded_text(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text signature;
    struct jwt jwt;
    const char part[] = "eyJhbGciOiJSUzI1NiJ9.e30=";
    (void)state;
    assert_true(rsa_sign(key, RSA_PKCS1_SHA256, text_of(part), &arena, &signature, &err));
    char *token = arena_format(&arena, "%s.%s==", part, base64url_encode(&arena, signature));
    assert_true(parses(text_of(token), JWT_ALLOW_PADDING, &jwt));
    assert_true(text_is(jwt.signed_part, part));
    assert_true(jwt_verify(&jwt, RSA_PKCS1_SHA256, key));
}

static void test_length_limit(void **state)
{
    struct jwt jwt;
    char *token = arena_alloc(&arena, JWT_LENGTH_MAX + 1);
    (void)state;
    memset(token, 'A', JWT_LENGTH_MAX + 1);
    memcpy(token, "e30.e30.", 8);
    assert_true(parses((struct text){token, JWT_LENGTH_MAX}, JWT_STRICT, &jwt));
    assert_false(parses((struct text){token, JWT_LENGTH_MAX + 1}, JWT_STRICT, &jwt));
}

static void test_dates(void **state)
{
    static const struct {
        const char *json;
        int found;
        int64_t seconds;
    } cases[] = {
        {"{}", 0, 0},
        {"{\"exp\":1795459977}", 1, 1795459977},
        {"{\"exp\":1795459977.0666099}", 1, 1795459977},
        {"{\"exp\":1795459977.9}", 1, 1795459977},
        {"{\"exp\":1.795459977e9}", 1, 1795459977},
        {"{\"exp\":\"1795459977\"}", 1, 1795459977},
        {"{\"exp\":0}", 1, 0},
        {"{\"exp\":-1}", -1, 0},
        {"{\"exp\":-0.5}", -1, 0},
        {"{\"exp\":1e300}", -1, 0},
        {"{\"exp\":253402300799}", 1, 253402300799LL},
        {"{\"exp\":253402300800}", -1, 0},
        {"{\"exp\":9223372036854775807}", -1, 0},
        {"{\"exp\":99999999999999999999}", -1, 0},
        {"{\"exp\":\"\"}", -1, 0},
        {"{\"exp\":\"soon\"}", -1, 0},
        {"{\"exp\":\"-5\"}", -1, 0},
        {"{\"exp\":\"1795459977.5\"}", -1, 0},
        {"{\"exp\":null}", -1, 0},
        {"{\"exp\":true}", -1, 0},
        {"{\"exp\":[1795459977]}", -1, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        int64_t seconds = 0;
        print_message("%s\n", cases[i].json);
        const struct json *payload = json_parse(text_of(cases[i].json), &arena, &err);
        assert_non_null(payload);
        assert_int_equal(jwt_date(payload, "exp", &seconds), cases[i].found);
        assert_true(seconds == cases[i].seconds);
    }
}

static void test_out_of_memory(void **state)
{
    struct text token =
        signed_token(RSA_PKCS1_SHA256, "{\"alg\":\"RS256\"}", "{\"sub\":\"a\\u0041\",\"x\":[1]}");
    bool done = false;
    (void)state;
    for (long n = 1; !done; n++) {
        struct azb_error err = AZB_ERROR_INIT;
        scoped_arena struct arena small = {0};
        struct jwt jwt;
        arena_init(&small, 0);
        assert_true(n < 100);
        memory_fail_after(n);
        done = jwt_parse(token, JWT_STRICT, &small, &jwt, &err);
        memory_fail_after(0);
        if (!done)
            assert_int_equal(err.kind, AZB_ERROR_MEMORY);
    }
}

/* The same through the arena's own limit, so that each allocation inside a block fails once. */
static void test_small_arena(void **state)
{
    struct text token = signed_token(RSA_PKCS1_SHA256, "{\"alg\":\"RS256\"}", "{\"sub\":\"a\"}");
    bool done = false;
    (void)state;
    for (size_t maximum = 16; !done; maximum += 16) {
        struct azb_error err = AZB_ERROR_INIT;
        scoped_arena struct arena small = {0};
        struct jwt jwt;
        arena_init(&small, maximum);
        assert_true(maximum < 65536);
        done = jwt_parse(token, JWT_STRICT, &small, &jwt, &err);
        if (!done)
            assert_int_equal(err.kind, AZB_ERROR_MEMORY);
        else
            assert_true(jwt_verify(&jwt, RSA_PKCS1_SHA256, key));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc7515),
        cmocka_unit_test(test_sign_then_verify),
        cmocka_unit_test(test_sign_refused),
        cmocka_unit_test(test_forged_headers),
        cmocka_unit_test(test_hmac_with_public_key),
        cmocka_unit_test(test_embedded_key),
        cmocka_unit_test(test_changed_payload),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_padded_signature_is_over_padded_text),
        cmocka_unit_test(test_length_limit),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_small_arena),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
