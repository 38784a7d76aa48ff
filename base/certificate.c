/*
 * X.509 certificates, as client credentials use them: thumbprints, validity, keys. No chains.
 */
#include "base/crypto.h"

#include <limits.h>
#include <time.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include "base/error.h"
#include "base/rsa.h"
#include "base/time.h"

struct certificate {
    X509 *x509;
    struct rsa_key *public_key;
    struct rsa_key *private_key; /* or NULL */
    struct arena arena;          /* der and subject */
    struct text der;
    char *subject;
    int64_t not_before;
    int64_t not_after;
};

static bool ticks_of(const ASN1_TIME *time, int64_t *ticks)
{
    struct tm parts;
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return false;
    *ticks = (int64_t)timegm(&parts) * TICKS_PER_SECOND;
    return true;
}

static bool take_der(struct certificate *certificate)
{
    int length = i2d_X509(certificate->x509, NULL);
    if (length <= 0)
        return false;
    unsigned char *bytes = arena_alloc(&certificate->arena, (size_t)length);
    unsigned char *end = bytes;
    if (!bytes || i2d_X509(certificate->x509, &end) != length)
        return false;
    certificate->der = (struct text){(char *)bytes, (size_t)length};
    return true;
}

static bool take_subject(struct certificate *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    if (!bio)
        return false;
    const X509_NAME *name = X509_get_subject_name(certificate->x509);
    char *text = NULL;
    long length = -1;
    if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
        length = BIO_get_mem_data(bio, &text);
    if (length >= 0)
        certificate->subject = arena_copy(&certificate->arena, length ? text : "", (size_t)length);
    BIO_free(bio);
    return certificate->subject != NULL;
}

static bool take_public_key(struct certificate *certificate, struct azb_error *err)
{
    EVP_PKEY *key = X509_get_pubkey(certificate->x509);
    if (!key) {
        ERR_clear_error();
        return fail(err, AZB_ERROR_ARGUMENT, "the certificate's public key cannot be read");
    }
    certificate->public_key = rsa_of(key, false, err);
    return certificate->public_key || fail_while(err, "certificate");
}

static bool fill(struct certificate *certificate, struct azb_error *err)
{
    if (!ticks_of(X509_get0_notBefore(certificate->x509), &certificate->not_before) ||
        !ticks_of(X509_get0_notAfter(certificate->x509), &certificate->not_after))
        return fail(err, AZB_ERROR_ARGUMENT, "the certificate's validity cannot be read");
    if (!take_der(certificate) || !take_subject(certificate))
        return fail_memory(err);
    return take_public_key(certificate, err);
}

/* Takes over `x509`. */
static struct certificate *certificate_of(X509 *x509, struct azb_error *err)
{
    struct certificate *certificate = memory_alloc(sizeof(*certificate));
    if (!certificate) {
        X509_free(x509);
        fail_memory(err);
        return NULL;
    }
    certificate->x509 = x509;
    arena_init(&certificate->arena, 0);
    if (fill(certificate, err))
        return certificate;
    certificate_free(certificate);
    return NULL;
}

/* "BEGIN PRIVATE KEY", "BEGIN RSA PRIVATE KEY", "BEGIN ENCRYPTED PRIVATE KEY", ... */
static bool mentions_private_key(struct text pem)
{
    static const char label[] = "PRIVATE KEY-----";
    return memmem(pem.at, pem.length, label, sizeof(label) - 1) != NULL;
}

static bool add_private_key(
    struct certificate *certificate, struct text pem, const char *password, struct azb_error *err)
{
    if (!mentions_private_key(pem))
        return true;
    certificate->private_key = rsa_from_encrypted_pem(pem, password, err);
    if (!certificate->private_key)
        return false;
    if (X509_check_private_key(certificate->x509, certificate->private_key->key) == 1)
        return true;
    ERR_clear_error();
    return fail(err, AZB_ERROR_ARGUMENT,
        "the private key in the PEM does not belong to its first certificate");
}

static X509 *first_certificate(struct text pem)
{
    if (!pem.length || pem.length > INT_MAX)
        return NULL;
    BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.length);
    if (!bio)
        return NULL;
    X509 *x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    ERR_clear_error();
    return x509;
}

struct certificate *certificate_from_pem(struct text pem, struct azb_error *err)
{
    return certificate_from_encrypted_pem(pem, NULL, err);
}

struct certificate *certificate_from_encrypted_pem(
    struct text pem, const char *password, struct azb_error *err)
{
    X509 *x509 = first_certificate(pem);
    if (!x509) {
        fail(err, AZB_ERROR_ARGUMENT,
            "no readable certificate in the PEM; a BEGIN CERTIFICATE block is needed");
        return NULL;
    }
    struct certificate *certificate = certificate_of(x509, err);
    if (!certificate || add_private_key(certificate, pem, password, err))
        return certificate;
    certificate_free(certificate);
    return NULL;
}

struct certificate *certificate_from_der(struct text der, struct azb_error *err)
{
    const unsigned char *at = (const unsigned char *)der.at;
    X509 *x509 = NULL;
    if (der.length && der.length <= INT_MAX)
        x509 = d2i_X509(NULL, &at, (long)der.length);
    if (x509 && at != (const unsigned char *)der.at + der.length) {
        X509_free(x509);
        x509 = NULL;
    }
    if (!x509) {
        ERR_clear_error();
        fail(err, AZB_ERROR_ARGUMENT, "the bytes are not one DER certificate");
        return NULL;
    }
    return certificate_of(x509, err);
}

void certificate_free(struct certificate *certificate)
{
    if (!certificate)
        return;
    rsa_free(certificate->public_key);
    rsa_free(certificate->private_key);
    X509_free(certificate->x509);
    arena_free(&certificate->arena);
    memory_free(certificate);
}

const struct rsa_key *certificate_public_key(const struct certificate *certificate)
{
    return certificate->public_key;
}

const struct rsa_key *certificate_private_key(const struct certificate *certificate)
{
    return certificate->private_key;
}

void certificate_thumbprint_sha1(
    const struct certificate *certificate, unsigned char out[SHA1_BYTES])
{
    /* Not for security: an "x5t" only names a certificate. */
    const struct text der = certificate->der;
    if (EVP_Digest(der.at, der.length, out, NULL, EVP_sha1(), NULL) != 1)
        memset(out, 0, SHA1_BYTES);
}

void certificate_thumbprint_sha256(
    const struct certificate *certificate, unsigned char out[SHA256_BYTES])
{
    sha256(certificate->der, out);
}

void certificate_validity(
    const struct certificate *certificate, int64_t *not_before, int64_t *not_after)
{
    *not_before = certificate->not_before;
    *not_after = certificate->not_after;
}

struct text certificate_der(const struct certificate *certificate)
{
    return certificate->der;
}

const char *certificate_subject(const struct certificate *certificate)
{
    return certificate->subject;
}

bool certificate_pins(
    struct text pem, unsigned char thumbprint[SHA1_BYTES], unsigned char key[SHA256_BYTES])
{
    X509 *x509 = first_certificate(pem);
    unsigned char *bytes = NULL;
    bool done = x509 && X509_digest(x509, EVP_sha1(), thumbprint, NULL) == 1;
    int length = done ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &bytes) : -1;
    if (length > 0)
        sha256((struct text){(char *)bytes, (size_t)length}, key);
    OPENSSL_free(bytes);
    X509_free(x509);
    return length > 0;
}
