#include "entra/signing_certificate.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/error.h"
#include "base/time.h"

#define SUBJECT "accounts.accesscontrol.windows.net" /* as Entra's own signing certificates */
#define VALID_SECONDS (5L * 365 * 24 * 3600)

static bool set_serial(X509 *certificate)
{
    unsigned char bytes[8];
    uint64_t serial;
    if (!random_bytes(bytes, sizeof bytes))
        return false;
    memcpy(&serial, bytes, sizeof serial);
    return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1;
}

static bool set_names(X509 *certificate)
{
    X509_NAME *name = X509_get_subject_name(certificate);
    const unsigned char *subject = (const unsigned char *)SUBJECT;
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, subject, -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1;
}

static bool set_validity(X509 *certificate, int64_t now)
{
    time_t from = (time_t)(now / TICKS_PER_SECOND);
    return X509_time_adj_ex(X509_getm_notBefore(certificate), 0, 0, &from) &&
           X509_time_adj_ex(X509_getm_notAfter(certificate), 0, VALID_SECONDS, &from);
}

static bool fill(X509 *certificate, EVP_PKEY *key, int64_t now)
{
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
           set_names(certificate) && set_validity(certificate, now) &&
           X509_set_pubkey(certificate, key) == 1 && X509_sign(certificate, key, EVP_sha256()) > 0;
}

static bool encode(X509 *certificate, struct arena *arena, struct text *der)
{
    unsigned char *bytes = NULL;
    int length = i2d_X509(certificate, &bytes);
    if (length <= 0)
        return false;
    *der = (struct text){arena_copy(arena, bytes, (size_t)length), (size_t)length};
    OPENSSL_free(bytes);
    return der->at != NULL;
}

static EVP_PKEY *read_key(struct text pem)
{
    BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.length);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return key;
}

bool signing_certificate(
    struct text pem, int64_t now, struct arena *arena, struct text *der, struct azb_error *err)
{
    EVP_PKEY *key = read_key(pem);
    X509 *certificate = X509_new();
    bool made =
        key && certificate && fill(certificate, key, now) && encode(certificate, arena, der);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return made || fail(err, AZB_ERROR_IO, "the signing key's certificate could not be made");
}
