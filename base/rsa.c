/*
 * RSA keys: RS256 and PS256 signatures (RFC 7518 sections 3.3 and 3.5) and their JWK form
 * (section 6.3).
 */
#include "base/rsa.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include "base/error.h"

static EVP_PKEY_CTX *context_for(EVP_PKEY *key, bool signs, enum rsa_padding padding)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool pss = padding == RSA_PSS_SHA256;
    bool done = context &&
                (signs ? EVP_PKEY_sign_init(context) : EVP_PKEY_verify_init(context)) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(
                    context, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1 &&
                EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
                (!pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1);
    if (done)
        return context;
    EVP_PKEY_CTX_free(context);
    return NULL;
}

static bool prepare(struct rsa_key *rsa, bool is_private)
{
    rsa->signature_length = (size_t)EVP_PKEY_get_size(rsa->key);
    for (int i = RSA_PKCS1_SHA256; i <= RSA_PSS_SHA256; i++) {
        rsa->verify[i] = context_for(rsa->key, false, (enum rsa_padding)i);
        if (is_private)
            rsa->sign[i] = context_for(rsa->key, true, (enum rsa_padding)i);
        if (!rsa->verify[i] || (is_private && !rsa->sign[i]))
            return false;
    }
    return true;
}

static bool is_usable(EVP_PKEY *key, struct azb_error *err)
{
    if (!EVP_PKEY_is_a(key, "RSA"))
        return fail(err, AZB_ERROR_ARGUMENT, "the key is not an RSA key; only RSA is supported");
    int bits = EVP_PKEY_get_bits(key);
    if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
        return fail(err, AZB_ERROR_ARGUMENT, "the RSA key has %d bits; %d to %d are allowed", bits,
            RSA_BITS_MIN, RSA_BITS_MAX);
    return true;
}

struct rsa_key *rsa_of(EVP_PKEY *key, bool is_private, struct azb_error *err)
{
    struct rsa_key *rsa = memory_alloc(sizeof(*rsa));
    if (!rsa) {
        EVP_PKEY_free(key);
        fail_memory(err);
        return NULL;
    }
    rsa->key = key;
    if (!is_usable(key, err)) {
        rsa_free(rsa);
        return NULL;
    }
    if (!prepare(rsa, is_private)) {
        ERR_clear_error();
        rsa_free(rsa);
        fail(err, AZB_ERROR_ARGUMENT, "the RSA key cannot be used for signatures");
        return NULL;
    }
    return rsa;
}

void rsa_free(struct rsa_key *key)
{
    if (!key)
        return;
    for (int i = RSA_PKCS1_SHA256; i <= RSA_PSS_SHA256; i++) {
        EVP_PKEY_CTX_free(key->sign[i]);
        EVP_PKEY_CTX_free(key->verify[i]);
    }
    EVP_PKEY_free(key->key);
    memory_free(key);
}

struct rsa_key *rsa_generate(int bits, struct azb_error *err)
{
    if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
        fail(err, AZB_ERROR_ARGUMENT, "an RSA key of %d bits was asked for; %d to %d are allowed",
            bits, RSA_BITS_MIN, RSA_BITS_MAX);
        return NULL;
    }
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
    if (!key) {
        ERR_clear_error();
        fail(err, AZB_ERROR_IO, "an RSA key could not be generated");
        return NULL;
    }
    return rsa_of(key, true, err);
}

/* Without a callback OpenSSL asks the terminal for a passphrase. */
static int give_password(char *out, int size, int writing, void *context)
{
    struct text password = text_of(context);
    (void)writing;
    if (!password.at || password.length > (size_t)size)
        return -1;
    memcpy(out, password.at, password.length);
    return (int)password.length;
}

EVP_PKEY *rsa_read_pem(struct text pem, const char *password)
{
    if (!pem.length || pem.length > INT_MAX)
        return NULL;
    BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.length);
    if (!bio)
        return NULL;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, give_password, (void *)(uintptr_t)password);
    BIO_free(bio);
    ERR_clear_error();
    return key;
}

struct rsa_key *rsa_from_pem(struct text pem, struct azb_error *err)
{
    return rsa_from_encrypted_pem(pem, NULL, err);
}

/* PKCS #8 (RFC 5958 section 3) and the older form of RFC 1421 section 4.6.1.1. */
static bool is_encrypted(struct text pem)
{
    static const char *const marks[] = {"BEGIN ENCRYPTED PRIVATE KEY", "Proc-Type: 4,ENCRYPTED"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (pem.length && memmem(pem.at, pem.length, marks[i], strlen(marks[i])))
            return true;
    return false;
}

static bool refuse_pem(struct text pem, const char *password, struct azb_error *err)
{
    if (!is_encrypted(pem))
        return fail(err, AZB_ERROR_ARGUMENT,
            "no usable private key in the PEM; an RSA key (BEGIN PRIVATE KEY or BEGIN RSA PRIVATE "
            "KEY) is needed");
    if (!password)
        return fail(err, AZB_ERROR_ARGUMENT,
            "the private key in the PEM is encrypted, and no password was given");
    return fail(err, AZB_ERROR_ARGUMENT,
        "the password does not open the private key in the PEM, or the key is damaged");
}

struct rsa_key *rsa_from_encrypted_pem(struct text pem, const char *password, struct azb_error *err)
{
    EVP_PKEY *key = rsa_read_pem(pem, password);
    if (key)
        return rsa_of(key, true, err);
    refuse_pem(pem, password, err);
    return NULL;
}

static EVP_PKEY *public_key_of(const BIGNUM *n, const BIGNUM *e)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    if (builder && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e))
        params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (params && context && EVP_PKEY_fromdata_init(context) == 1)
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    ERR_clear_error();
    return key;
}

/* RFC 7518 section 2: Base64urlUInt, big-endian. */
static BIGNUM *number_of(struct text encoded)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct text bytes;
    if (!encoded.length || encoded.length > RSA_BITS_MAX / 6 + 4 ||
        !base64url_decode(&arena, encoded, &bytes))
        return NULL;
    return BN_bin2bn((const unsigned char *)bytes.at, (int)bytes.length, NULL);
}

struct rsa_key *rsa_from_jwk(struct text n, struct text e, struct azb_error *err)
{
    BIGNUM *modulus = number_of(n);
    BIGNUM *exponent = number_of(e);
    EVP_PKEY *key = NULL;
    /* A large exponent makes each verification slow, an even one or 1 makes it meaningless. */
    if (modulus && exponent && BN_is_odd(exponent) && !BN_is_one(exponent) &&
        BN_num_bits(exponent) <= 64)
        key = public_key_of(modulus, exponent);
    BN_free(modulus);
    BN_free(exponent);
    if (!key) {
        fail(err, AZB_ERROR_ARGUMENT, "the JWK's \"n\" and \"e\" are not an RSA public key");
        return NULL;
    }
    return rsa_of(key, false, err);
}

bool rsa_write_pem(EVP_PKEY *key, struct buffer *out)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    char *pem = NULL;
    long length = 0;
    if (bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1)
        length = BIO_get_mem_data(bio, &pem);
    if (length > 0)
        buffer_add(out, pem, (size_t)length);
    BIO_free(bio); /* wipes */
    return length > 0 && !out->failed;
}

bool rsa_private_pem(const struct rsa_key *key, struct buffer *out, struct azb_error *err)
{
    if (!key->sign[0])
        return fail(err, AZB_ERROR_ARGUMENT, "the RSA key has no private half");
    return rsa_write_pem(key->key, out) || fail_memory(err);
}

static char *encoded_number(const struct rsa_key *key, const char *name, struct arena *arena)
{
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(key->key, name, &number) != 1)
        return NULL;
    char *encoded = NULL;
    size_t length = (size_t)BN_num_bytes(number);
    unsigned char *bytes = arena_alloc(arena, length);
    if (bytes && BN_bn2bin(number, bytes) == (int)length)
        encoded = base64url_encode(arena, (struct text){(char *)bytes, length});
    BN_free(number);
    return encoded;
}

bool rsa_to_jwk(const struct rsa_key *key, struct arena *arena, char **n, char **e)
{
    char *modulus = encoded_number(key, OSSL_PKEY_PARAM_RSA_N, arena);
    char *exponent = encoded_number(key, OSSL_PKEY_PARAM_RSA_E, arena);
    if (!modulus || !exponent)
        return false;
    *n = modulus;
    *e = exponent;
    return true;
}

bool rsa_sign(const struct rsa_key *key, enum rsa_padding padding, struct text data,
    struct arena *arena, struct text *signature, struct azb_error *err)
{
    if (!key->sign[padding])
        return fail(err, AZB_ERROR_ARGUMENT, "the RSA key has no private half to sign with");
    unsigned char *out = arena_alloc(arena, key->signature_length);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_dup(key->sign[padding]);
    if (!out || !context) {
        EVP_PKEY_CTX_free(context);
        return fail_memory(err);
    }
    unsigned char digest[SHA256_BYTES];
    sha256(data, digest);
    size_t length = key->signature_length;
    bool done = EVP_PKEY_sign(context, out, &length, digest, sizeof(digest)) == 1;
    EVP_PKEY_CTX_free(context);
    if (!done) {
        ERR_clear_error();
        return fail(err, AZB_ERROR_IO, "signing with the RSA key failed");
    }
    *signature = (struct text){(char *)out, length};
    return true;
}

bool rsa_verify(
    const struct rsa_key *key, enum rsa_padding padding, struct text data, struct text signature)
{
    if (signature.length != key->signature_length)
        return false;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_dup(key->verify[padding]);
    if (!context)
        return false;
    unsigned char digest[SHA256_BYTES];
    sha256(data, digest);
    bool right = EVP_PKEY_verify(context, (const unsigned char *)signature.at, signature.length,
                     digest, sizeof(digest)) == 1;
    EVP_PKEY_CTX_free(context);
    if (!right)
        ERR_clear_error();
    return right;
}
