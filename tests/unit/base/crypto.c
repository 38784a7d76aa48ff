/*
 * Oracles: RFC 4231 (HMAC), FIPS 180-4 (SHA-256), RFC 4648 section 10 (base64), and for keys,
 * signatures and certificates the openssl command, whose answers are in keys.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>
#include "base/crypto.h"
#include "base/time.h"
#include "keys.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void hex(const unsigned char *bytes, size_t length, char *out)
{
    for (size_t i = 0; i < length; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static void test_sha256(void **state)
{
    static const struct {
        const char *name, *data, *digest;
    } cases[] = {
        {"empty", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned char digest[SHA256_BYTES];
        char text[2 * SHA256_BYTES + 1];
        print_message("%s\n", cases[i].name);
        sha256(text_of(cases[i].data), digest);
        hex(digest, sizeof(digest), text);
        assert_string_equal(text, cases[i].digest);
    }
}

static void test_hmac(void **state)
{
    char long_key[131];
    char short_key[20];
    memset(long_key, 0xaa, sizeof(long_key));
    memset(short_key, 0x0b, sizeof(short_key));
    const struct {
        const char *name;
        struct text key;
        const char *data, *digest;
    } cases[] = {
        {"RFC 4231 case 1", {short_key, sizeof(short_key)}, "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"RFC 4231 case 2", {"Jefe", 4}, "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {"RFC 4231 case 6, key longer than a block", {long_key, sizeof(long_key)},
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {"no key and no data", TEXT_NONE, "",
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned char digest[SHA256_BYTES];
        char text[2 * SHA256_BYTES + 1];
        print_message("%s\n", cases[i].name);
        hmac_sha256(cases[i].key, text_of(cases[i].data), digest);
        hex(digest, sizeof(digest), text);
        assert_string_equal(text, cases[i].digest);
    }
}

/* Oracle: RFC 7914 section 12. */
static void test_scrypt(void **state)
{
    static const struct {
        const char *name, *password, *salt;
        struct scrypt_cost cost;
        const char *hash;
    } cases[] = {
        {"nothing", "", "", {4, 1, 1},
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
            "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"},
        {"a password", "password", "NaCl", {10, 8, 16},
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
            "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"},
    };
    static const struct scrypt_cost refused[] = {{0, 8, 1}, {31, 8, 1}, {20, 8, 1}, {10, 0, 1}};
    unsigned char hash[64];
    char text[2 * sizeof hash + 1];
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("%s\n", cases[i].name);
        assert_true(scrypt_hash(
            text_of(cases[i].password), text_of(cases[i].salt), &cases[i].cost, hash, sizeof hash));
        hex(hash, sizeof hash, text);
        assert_string_equal(text, cases[i].hash);
    }
    for (size_t i = 0; i < COUNT(refused); i++)
        assert_false(scrypt_hash(TEXT("p"), TEXT("s"), &refused[i], hash, sizeof hash));
}

static void test_random(void **state)
{
    char first[GUID_TEXT];
    char second[GUID_TEXT];
    scoped_arena struct arena arena = {0};
    (void)state;
    arena_init(&arena, 0);
    assert_true(random_guid(first) && random_guid(second));
    assert_true(text_is_guid(text_of(first)));
    assert_int_equal(first[14], '4');
    assert_non_null(strchr("89ab", first[19]));
    assert_string_not_equal(first, second);
    char *token = random_token(&arena, 32);
    assert_int_equal(strlen(token), 43);
    assert_string_not_equal(token, random_token(&arena, 32));
}

static void test_secret_equal(void **state)
{
    (void)state;
    assert_true(secret_equal(TEXT("same"), TEXT("same")));
    assert_true(secret_equal(TEXT(""), TEXT_NONE));
    assert_false(secret_equal(TEXT("same"), TEXT("samf")));
    assert_false(secret_equal(TEXT("same"), TEXT("same ")));
    char secret[] = "secret";
    secret_wipe_string(secret);
    assert_memory_equal(secret, "\0\0\0\0\0\0", 6);
    secret_wipe_string(NULL);
}

static void test_base64_encode(void **state)
{
    static const struct {
        const char *data, *standard, *url;
    } cases[] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+", "-__-"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        struct text back;
        arena_init(&arena, 0);
        struct text data = text_of(cases[i].data);
        assert_string_equal(base64_encode(&arena, data), cases[i].standard);
        assert_string_equal(base64url_encode(&arena, data), cases[i].url);
        assert_true(base64_decode(&arena, text_of(cases[i].standard), &back));
        assert_true(text_equal(back, data));
        assert_true(base64url_decode(&arena, text_of(cases[i].url), &back));
        assert_true(text_equal(back, data));
    }
}

static void test_base64_refused(void **state)
{
    static const struct {
        const char *name, *text;
        bool standard, url; /* which of the two accepts it */
    } cases[] = {
        {"padding is the standard form's", "Zg==", true, false},
        {"no padding is the URL form's", "Zg", false, true},
        {"one character is no byte", "Z", false, false},
        {"five characters", "Zm9vZ", false, false},
        {"bits that belong to no byte", "Zh==", false, false},
        {"the same without padding", "Zh", false, false},
        {"three paddings", "Z===", false, false},
        {"only padding", "====", false, false},
        {"padding in the middle", "Zg==Zg==", false, false},
        {"white space", "Zm9v\n", false, false},
        {"leading space", " Zm9", false, false},
        {"plus and slash", "+/+/", true, false},
        {"minus and underscore", "-_-_", false, true},
        {"a byte over 127", "Zm9\xc3", false, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        struct text out;
        arena_init(&arena, 0);
        print_message("%s\n", cases[i].name);
        assert_int_equal(base64_decode(&arena, text_of(cases[i].text), &out), cases[i].standard);
        assert_int_equal(base64url_decode(&arena, text_of(cases[i].text), &out), cases[i].url);
    }
}

static struct rsa_key *test_key(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct rsa_key *key = rsa_from_pem(text_of(key_pem), &err);
    assert_non_null(key);
    return key;
}

static bool verifies(const struct rsa_key *key, enum rsa_padding padding, const char *signature)
{
    scoped_arena struct arena arena = {0};
    struct text bytes;
    arena_init(&arena, 0);
    assert_true(base64url_decode(&arena, text_of(signature), &bytes));
    return rsa_verify(key, padding, text_of(signed_message), bytes);
}

static void test_signatures_of_openssl(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct rsa_key *key = rsa_from_jwk(text_of(key_modulus), TEXT("AQAB"), &err);
    assert_non_null(key);
    assert_true(verifies(key, RSA_PKCS1_SHA256, signature_rs256));
    assert_true(verifies(key, RSA_PSS_SHA256, signature_ps256));
    assert_false(verifies(key, RSA_PKCS1_SHA256, signature_ps256));
    assert_false(verifies(key, RSA_PSS_SHA256, signature_rs256));
    assert_false(verifies(key, RSA_PSS_SHA256, signature_pss_salt20));
    assert_false(verifies(key, RSA_PKCS1_SHA256, ""));
    rsa_free(key);
}

static void test_sign(void **state)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct text signature;
    (void)state;
    arena_init(&arena, 0);
    struct rsa_key *key = test_key();
    struct text message = text_of(signed_message);
    assert_true(rsa_sign(key, RSA_PKCS1_SHA256, message, &arena, &signature, &err));
    assert_string_equal(base64url_encode(&arena, signature), signature_rs256);
    assert_true(rsa_sign(key, RSA_PSS_SHA256, message, &arena, &signature, &err));
    assert_true(rsa_verify(key, RSA_PSS_SHA256, message, signature));
    assert_false(rsa_verify(key, RSA_PSS_SHA256, TEXT("another message"), signature));
    assert_false(
        rsa_verify(key, RSA_PSS_SHA256, message, text_slice(signature, 0, signature.length - 1)));
    rsa_free(key);
}

static void test_public_key_does_not_sign(void **state)
{
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer pem = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct text signature;
    (void)state;
    arena_init(&arena, 0);
    buffer_init(&pem, 8192);
    struct rsa_key *key = rsa_from_jwk(text_of(key_modulus), TEXT("AQAB"), &err);
    assert_false(rsa_sign(key, RSA_PKCS1_SHA256, TEXT("x"), &arena, &signature, &err));
    assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
    assert_false(rsa_private_pem(key, &pem, &err));
    rsa_free(key);
}

static void test_key_round_trip(void **state)
{
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer pem = {0};
    struct azb_error err = AZB_ERROR_INIT;
    char *n;
    char *e;
    (void)state;
    arena_init(&arena, 0);
    buffer_init(&pem, 8192);
    struct rsa_key *made = rsa_generate(2048, &err);
    assert_non_null(made);
    assert_true(rsa_private_pem(made, &pem, &err));
    struct rsa_key *read = rsa_from_pem(buffer_text(&pem), &err);
    assert_non_null(read);
    assert_true(rsa_to_jwk(read, &arena, &n, &e));
    struct rsa_key *public_half = rsa_from_jwk(text_of(n), text_of(e), &err);
    assert_non_null(public_half);
    struct text signature;
    assert_true(rsa_sign(made, RSA_PKCS1_SHA256, TEXT("x"), &arena, &signature, &err));
    assert_true(rsa_verify(public_half, RSA_PKCS1_SHA256, TEXT("x"), signature));
    rsa_free(made);
    rsa_free(read);
    rsa_free(public_half);
}

static void test_jwk_form(void **state)
{
    scoped_arena struct arena arena = {0};
    char *n;
    char *e;
    (void)state;
    arena_init(&arena, 0);
    struct rsa_key *key = test_key();
    assert_true(rsa_to_jwk(key, &arena, &n, &e));
    assert_string_equal(n, key_modulus);
    assert_string_equal(e, "AQAB");
    rsa_free(key);
}

static void test_key_refused(void **state)
{
    static const struct {
        const char *name, *pem, *says;
    } cases[] = {
        {"empty", "", "no usable private key"},
        {"a certificate alone", certificate_pem, "no usable private key"},
        {"encrypted: no prompt", encrypted_key_pem, "encrypted, and no password was given"},
        {"elliptic curve", ec_key_pem, "not an RSA key"},
        {"1024 bits", small_key_pem, "1024 bits"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        print_message("%s\n", cases[i].name);
        assert_null(rsa_from_pem(text_of(cases[i].pem), &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        assert_non_null(strstr(err.message, cases[i].says));
    }
    struct azb_error err = AZB_ERROR_INIT;
    assert_null(rsa_generate(1024, &err));
    struct rsa_key *traditional = rsa_from_pem(text_of(key_pkcs1_pem), &err);
    assert_non_null(traditional);
    rsa_free(traditional);
}

static void test_jwk_refused(void **state)
{
    static const struct {
        const char *name, *n, *e;
    } cases[] = {
        {"no modulus", "", "AQAB"},
        {"no exponent", key_modulus, ""},
        {"not base64url", "!!!!", "AQAB"},
        {"a short modulus", "AQAB", "AQAB"},
        {"exponent 1", key_modulus, "AQ"},
        {"an even exponent", key_modulus, "BA"},
        {"exponent of 72 bits", key_modulus, "AQAAAAAAAAAB"},
        {"modulus of zero", "AAAA", "AQAB"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        print_message("%s\n", cases[i].name);
        assert_null(rsa_from_jwk(text_of(cases[i].n), text_of(cases[i].e), &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
    }
}

static void test_certificate(void **state)
{
    struct azb_error err = AZB_ERROR_INIT;
    unsigned char digest[SHA256_BYTES];
    char text[2 * SHA256_BYTES + 1];
    int64_t from;
    int64_t to;
    (void)state;
    struct certificate *certificate = certificate_from_pem(text_of(certificate_pem), &err);
    assert_non_null(certificate);
    assert_null(certificate_private_key(certificate));
    certificate_thumbprint_sha1(certificate, digest);
    hex(digest, SHA1_BYTES, text);
    assert_string_equal(text, certificate_sha1_hex);
    certificate_thumbprint_sha256(certificate, digest);
    hex(digest, SHA256_BYTES, text);
    assert_string_equal(text, certificate_sha256_hex);
    certificate_validity(certificate, &from, &to);
    assert_true(from == CERTIFICATE_NOT_BEFORE * TICKS_PER_SECOND);
    assert_true(to == CERTIFICATE_NOT_AFTER * TICKS_PER_SECOND);
    assert_string_equal(certificate_subject(certificate), "O=Example,CN=azb test");
    assert_true(verifies(certificate_public_key(certificate), RSA_PKCS1_SHA256, signature_rs256));
    struct certificate *again = certificate_from_der(certificate_der(certificate), &err);
    assert_non_null(again);
    assert_true(text_equal(certificate_der(again), certificate_der(certificate)));
    certificate_free(again);
    certificate_free(certificate);
}

static void test_certificate_with_key(void **state)
{
    static const struct {
        const char *name, *first, *second;
    } cases[] = {
        {"key after the certificate", certificate_pem, key_pem},
        {"key before the certificate", key_pem, certificate_pem},
        {"traditional key", certificate_pem, key_pkcs1_pem},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct text signature;
        arena_init(&arena, 0);
        print_message("%s\n", cases[i].name);
        char *pem = arena_format(&arena, "%s%s", cases[i].first, cases[i].second);
        struct certificate *certificate = certificate_from_pem(text_of(pem), &err);
        assert_non_null(certificate);
        const struct rsa_key *key = certificate_private_key(certificate);
        assert_non_null(key);
        assert_true(rsa_sign(key, RSA_PSS_SHA256, TEXT("x"), &arena, &signature, &err));
        assert_true(
            rsa_verify(certificate_public_key(certificate), RSA_PSS_SHA256, TEXT("x"), signature));
        certificate_free(certificate);
    }
}

static void test_certificate_refused(void **state)
{
    scoped_arena struct arena arena = {0};
    scoped_buffer struct buffer other = {0};
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    arena_init(&arena, 0);
    buffer_init(&other, 8192);
    struct rsa_key *key = rsa_generate(2048, &err);
    assert_true(rsa_private_pem(key, &other, &err));
    rsa_free(key);
    const struct {
        const char *name, *pem, *says;
    } cases[] = {
        {"empty", "", "no readable certificate"},
        {"a key alone", key_pem, "no readable certificate"},
        {"cut off", arena_copy(&arena, certificate_pem, 300), "no readable certificate"},
        {"another key", arena_format(&arena, "%s%s", certificate_pem, other.at), "does not belong"},
        {"an encrypted key", arena_format(&arena, "%s%s", certificate_pem, encrypted_key_pem),
            "encrypted, and no password was given"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("%s\n", cases[i].name);
        assert_null(certificate_from_pem(text_of(cases[i].pem), &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        assert_non_null(strstr(err.message, cases[i].says));
    }
    assert_null(certificate_from_der(TEXT("\x30\x03\x02\x01\x01"), &err));
    assert_null(certificate_from_der(TEXT_NONE, &err));
    certificate_free(NULL);
    rsa_free(NULL);
}

static void test_out_of_memory(void **state)
{
    scoped_arena struct arena arena = {0};
    (void)state;
    arena_init(&arena, 0);
    char *pem = arena_format(&arena, "%s%s", certificate_pem, key_pem);
    struct certificate *certificate = NULL;
    for (long n = 1; !certificate; n++) {
        struct azb_error err = AZB_ERROR_INIT;
        assert_true(n < 100);
        memory_fail_after(n);
        certificate = certificate_from_pem(text_of(pem), &err);
        memory_fail_after(0);
        if (!certificate)
            assert_int_equal(err.kind, AZB_ERROR_MEMORY);
    }
    certificate_free(certificate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_scrypt),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_secret_equal),
        cmocka_unit_test(test_base64_encode),
        cmocka_unit_test(test_base64_refused),
        cmocka_unit_test(test_signatures_of_openssl),
        cmocka_unit_test(test_sign),
        cmocka_unit_test(test_public_key_does_not_sign),
        cmocka_unit_test(test_key_round_trip),
        cmocka_unit_test(test_jwk_form),
        cmocka_unit_test(test_key_refused),
        cmocka_unit_test(test_jwk_refused),
        cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_certificate_with_key),
        cmocka_unit_test(test_certificate_refused),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
