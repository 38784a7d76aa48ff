/*
 * PKCS #12 files (RFC 7292), as Windows and Key Vault write certificates with their keys: they
 * become PEM here, so that everything behind knows one form.
 */
#include "base/crypto.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include "base/error.h"
#include "base/rsa.h"

#define DER_SEQUENCE 0x30

/* What PKCS12_parse() finds. */
struct contents {
    EVP_PKEY *key;
    X509 *certificate;
    STACK_OF(X509) * others;
};

bool pfx_detect(struct text bytes)
{
    return bytes.length > 0 && bytes.at[0] == DER_SEQUENCE;
}

static PKCS12 *read_pfx(struct text pfx)
{
    const unsigned char *at = (const unsigned char *)pfx.at;
    if (!pfx.length || pfx.length > INT_MAX)
        return NULL;
    return d2i_PKCS12(NULL, &at, (long)pfx.length);
}

/* RC2 and its like live in OpenSSL's legacy provider, which nobody has loaded. */
static bool met_old_encryption(void)
{
    unsigned long code;
    bool met = false;
    while ((code = ERR_get_error()) != 0)
        met = met || ERR_GET_REASON(code) == ERR_R_UNSUPPORTED;
    return met;
}

static bool refuse(bool password_is_right, bool has_password, struct azb_error *err)
{
    bool old = met_old_encryption();
    if (old)
        return fail(err, AZB_ERROR_ARGUMENT,
            "the PFX is encrypted with an algorithm that OpenSSL 3 keeps in its legacy provider; "
            "`openssl pkcs12 -legacy -in FILE -nodes -out COPY` writes it as PEM, which only you "
            "should be able to read");
    if (!password_is_right)
        return fail(err, AZB_ERROR_ARGUMENT, "the PFX %s",
            has_password ? "does not open with this password"
                         : "is protected with a password, and none was given");
    return fail(err, AZB_ERROR_ARGUMENT,
        "the PFX cannot be read: it is damaged, or not of PKCS "
        "#12's usual kind");
}

/* Without a password some writers take the empty one and some none at all. */
static bool has_password(PKCS12 *pfx, const char *password)
{
    if (!PKCS12_mac_present(pfx))
        return true;
    if (password && password[0])
        return PKCS12_verify_mac(pfx, password, -1) == 1;
    return PKCS12_verify_mac(pfx, NULL, 0) == 1 || PKCS12_verify_mac(pfx, "", 0) == 1;
}

static bool parse(
    PKCS12 *pfx, const char *password, struct contents *contents, struct azb_error *err)
{
    bool right = has_password(pfx, password);
    if (!right ||
        PKCS12_parse(pfx, password, &contents->key, &contents->certificate, &contents->others) != 1)
        return refuse(right, password && password[0], err);
    if (!contents->key || !contents->certificate)
        return fail(err, AZB_ERROR_ARGUMENT, "the PFX holds no %s",
            contents->key ? "certificate that belongs to its key" : "private key");
    return true;
}

static void contents_free(struct contents *contents)
{
    EVP_PKEY_free(contents->key);
    X509_free(contents->certificate);
    sk_X509_pop_free(contents->others, X509_free);
}

static bool write_certificate(X509 *certificate, struct buffer *pem)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    long length = 0;
    if (bio && PEM_write_bio_X509(bio, certificate) == 1)
        length = BIO_get_mem_data(bio, &text);
    if (length > 0)
        buffer_add(pem, text, (size_t)length);
    BIO_free(bio);
    return length > 0 && !pem->failed;
}

/* The one that issued `certificate`, taken out of the others; NULL when it is not among them. */
static X509 *take_issuer(STACK_OF(X509) * others, X509 *certificate)
{
    for (int i = 0; i < sk_X509_num(others); i++)
        if (X509_check_issued(sk_X509_value(others, i), certificate) == X509_V_OK)
            return sk_X509_delete(others, i);
    return NULL;
}

/* RFC 7515 section 4.1.6 wants each certificate to be issued by the next; the order in a PFX is
 * anybody's. What issued nothing is left out. */
static bool write_issuers(struct contents *contents, struct buffer *pem)
{
    X509 *child = X509_dup(contents->certificate);
    bool written = child != NULL;
    while (written) {
        X509 *issuer = take_issuer(contents->others, child);
        if (!issuer)
            break;
        X509_free(child);
        child = issuer;
        written = write_certificate(child, pem);
    }
    X509_free(child);
    return written;
}

bool pfx_to_pem(struct text pfx, const char *password, struct buffer *pem, struct azb_error *err)
{
    struct contents contents = {NULL, NULL, NULL};
    PKCS12 *read = read_pfx(pfx);
    if (!read) {
        ERR_clear_error();
        return fail(err, AZB_ERROR_ARGUMENT, "the bytes are neither PEM nor a PFX (PKCS #12)");
    }
    bool parsed = parse(read, password, &contents, err);
    PKCS12_free(read);
    bool written = parsed && write_certificate(contents.certificate, pem) &&
                   rsa_write_pem(contents.key, pem) && write_issuers(&contents, pem);
    contents_free(&contents);
    ERR_clear_error();
    return written || (parsed && fail_memory(err));
}
