#include "ca.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/crypto.h"
#include "base/error.h"
#include "hosts.h"
#include "state.h"

#define RENEW_DAYS 30
#define CA_DAYS 3650
#define SERVER_DAYS 397
#define PEM_MAX (64 * 1024)
#define BUNDLE_MAX (8 * 1024 * 1024)
#define SYSTEM_ROOTS "/etc/ssl/certs/ca-certificates.crt"

/* A certificate and its key. */
struct identity {
    X509 *certificate;
    EVP_PKEY *key;
};

struct identity_files {
    const char *certificate, *key;
    mode_t certificate_mode;
};

static const struct identity_files ca_files = {"ca.pem", "ca.key", 0644};
static const struct identity_files server_files = {"server.pem", "server.key", 0600};

static void identity_free(struct identity *identity)
{
    X509_free(identity->certificate);
    EVP_PKEY_free(identity->key);
    *identity = (struct identity){NULL, NULL};
}

static bool fail_openssl(struct azb_error *err, const char *what)
{
    char reason[160];
    ERR_error_string_n(ERR_get_error(), reason, sizeof(reason));
    ERR_clear_error();
    return fail(err, AZB_ERROR_IO, "%s: %s", what, reason);
}

/* What the certificates say, in OpenSSL's own notation */

static void add_constraints(struct buffer *out)
{
    buffer_add_string(out, "critical,permitted;DNS:localhost,"
                           "permitted;IP:127.0.0.0/255.0.0.0,"
                           "permitted;IP:::1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF");
    /* A constraint covers all names below it; a leading dot is not wanted (RFC 5280 4.2.1.10). */
    for (size_t i = 0; i < public_host_count; i++)
        buffer_format(
            out, ",permitted;DNS:%s", public_hosts[i].name + (public_hosts[i].name[0] == '.'));
}

static void add_names(struct buffer *out)
{
    buffer_add_string(out, "DNS:localhost,IP:127.0.0.1,IP:::1");
    for (size_t i = 0; i < public_host_count; i++) {
        const struct public_host *host = &public_hosts[i];
        if (!host->regions)
            buffer_format(out, ",DNS:%s", host->name);
        for (size_t r = 0; host->regions && host->regions[r]; r++)
            buffer_format(out, ",DNS:*.%s%s", host->regions[r], host->name);
    }
}

struct extension {
    int nid;
    const char *value;               /* or */
    void (*add)(struct buffer *out); /* what says which hosts it is good for */
};

static const struct extension ca_extensions[] = {
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0", NULL},
    {NID_key_usage, "critical,keyCertSign,cRLSign", NULL},
    {NID_subject_key_identifier, "hash", NULL},
    {NID_name_constraints, NULL, add_constraints},
    {0, NULL, NULL},
};

static const struct extension server_extensions[] = {
    {NID_basic_constraints, "critical,CA:FALSE", NULL},
    {NID_key_usage, "critical,digitalSignature", NULL},
    {NID_ext_key_usage, "serverAuth", NULL},
    {NID_subject_key_identifier, "hash", NULL},
    {NID_authority_key_identifier, "keyid:always", NULL},
    {NID_subject_alt_name, NULL, add_names},
    {0, NULL, NULL},
};

static X509_EXTENSION *make_extension(
    const struct extension *extension, X509 *issuer, X509 *subject)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, subject, NULL, NULL, 0);
    if (extension->value)
        return X509V3_EXT_conf_nid(NULL, &context, extension->nid, extension->value);
    scoped_buffer struct buffer value = {0};
    buffer_init(&value, PEM_MAX);
    extension->add(&value);
    return value.failed ? NULL : X509V3_EXT_conf_nid(NULL, &context, extension->nid, value.at);
}

static bool add_extensions(X509 *certificate, X509 *issuer, const struct extension *extensions)
{
    bool ok = true;
    for (size_t i = 0; ok && extensions[i].nid; i++) {
        X509_EXTENSION *extension = make_extension(&extensions[i], issuer, certificate);
        ok = extension && X509_add_ext(certificate, extension, -1) == 1;
        X509_EXTENSION_free(extension);
    }
    return ok;
}

/* Making */

static bool set_serial(X509 *certificate)
{
    unsigned char bytes[16];
    if (!random_bytes(bytes, sizeof(bytes)))
        return false;
    bytes[0] = (bytes[0] & 0x7f) | 0x40; /* positive, and always as long */
    BIGNUM *number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return ok;
}

static bool set_name(X509 *certificate, const char *name)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(
               subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) == 1;
}

/* An hour back, because clocks of virtual machines and containers differ. */
static bool set_validity(X509 *certificate, int days)
{
    return X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) &&
           X509_time_adj_ex(X509_getm_notAfter(certificate), days, 0, NULL);
}

struct order {
    const char *name;
    int days;
    const struct extension *extensions;
    const struct identity *issuer; /* NULL: signed by itself */
};

static bool fill(struct identity *identity, const struct order *order)
{
    X509 *certificate = identity->certificate;
    X509 *issuer = order->issuer ? order->issuer->certificate : certificate;
    EVP_PKEY *key = order->issuer ? order->issuer->key : identity->key;
    return X509_set_version(certificate, X509_VERSION_3) && set_serial(certificate) &&
           set_name(certificate, order->name) && set_validity(certificate, order->days) &&
           X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) &&
           X509_set_pubkey(certificate, identity->key) &&
           add_extensions(certificate, issuer, order->extensions) &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

static bool make(struct identity *out, const struct order *order, struct azb_error *err)
{
    struct identity identity = {X509_new(), EVP_EC_gen("P-256")};
    if (identity.certificate && identity.key && fill(&identity, order)) {
        *out = identity;
        return true;
    }
    identity_free(&identity);
    return fail_openssl(err, order->name);
}

/* Files */

static bool add_bio(struct buffer *out, BIO *bio)
{
    char *bytes = NULL;
    long length = BIO_get_mem_data(bio, &bytes);
    if (length > 0)
        buffer_add(out, bytes, (size_t)length);
    BIO_free(bio);
    return length > 0 && !out->failed;
}

static bool certificate_to_pem(X509 *certificate, struct buffer *out)
{
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio)
        PEM_write_bio_X509(bio, certificate);
    return bio && add_bio(out, bio);
}

static bool key_to_pem(EVP_PKEY *key, struct buffer *out)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    if (bio)
        PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    return bio && add_bio(out, bio);
}

static bool save(struct service *service, const struct identity_files *files,
    const struct identity *identity, struct azb_error *err)
{
    scoped_buffer struct buffer certificate = {0}, key = {0};
    buffer_init(&certificate, PEM_MAX);
    buffer_init(&key, PEM_MAX);
    if (!certificate_to_pem(identity->certificate, &certificate) ||
        !key_to_pem(identity->key, &key))
        return fail_openssl(err, files->certificate);
    /* The key first: a crash between the two leaves a pair that does not match and is remade. */
    return state_write(service, files->key, 0600, buffer_text(&key), err) &&
           state_write(service, files->certificate, files->certificate_mode,
               buffer_text(&certificate), err);
}

static X509 *read_certificate(const struct buffer *pem)
{
    BIO *bio = BIO_new_mem_buf(pem->at ? pem->at : "", (int)pem->length);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return certificate;
}

static EVP_PKEY *read_key(const struct buffer *pem)
{
    char none[] = "";
    BIO *bio = BIO_new_mem_buf(pem->at ? pem->at : "", (int)pem->length);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, none) : NULL;
    BIO_free(bio);
    return key;
}

/* True also when there is nothing usable: the identity is empty then. */
static bool load(struct service *service, const struct identity_files *files, struct identity *out,
    struct azb_error *err)
{
    scoped_buffer struct buffer certificate = {0}, key = {0};
    bool found;
    buffer_init(&certificate, PEM_MAX);
    buffer_init(&key, PEM_MAX);
    if (!state_read(service, files->certificate, &certificate, &found, err) ||
        !state_read(service, files->key, &key, &found, err))
        return false;
    *out = (struct identity){read_certificate(&certificate), read_key(&key)};
    ERR_clear_error();
    return true;
}

/* Is what is there still good */

static bool says_the_same(X509 *certificate, const struct extension *extension)
{
    int at = X509_get_ext_by_NID(certificate, extension->nid, -1);
    X509_EXTENSION *is = at < 0 ? NULL : X509_get_ext(certificate, at);
    X509_EXTENSION *wanted = make_extension(extension, certificate, certificate);
    bool same =
        is && wanted &&
        ASN1_OCTET_STRING_cmp(X509_EXTENSION_get_data(is), X509_EXTENSION_get_data(wanted)) == 0;
    X509_EXTENSION_free(wanted);
    return same;
}

static bool names_our_hosts(X509 *certificate, const struct extension *extensions)
{
    for (; extensions->nid; extensions++)
        if (extensions->add && !says_the_same(certificate, extensions))
            return false;
    return true;
}

static bool is_good(const struct identity *identity, const struct order *order)
{
    if (!identity->certificate || !identity->key)
        return false;
    X509 *certificate = identity->certificate;
    EVP_PKEY *issuer = order->issuer ? order->issuer->key : identity->key;
    int days = 0, seconds = 0;
    bool good = X509_check_private_key(certificate, identity->key) == 1 &&
                X509_verify(certificate, issuer) == 1 &&
                ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) == 1 &&
                days >= RENEW_DAYS && names_our_hosts(certificate, order->extensions);
    ERR_clear_error();
    return good;
}

static bool load_or_make(struct service *service, const struct identity_files *files,
    const struct order *order, struct identity *out, bool *made, struct azb_error *err)
{
    if (!load(service, files, out, err))
        return false;
    *made = !is_good(out, order);
    if (!*made)
        return true;
    identity_free(out);
    return make(out, order, err) && save(service, files, out, err);
}

/* The bundle: for programs whose list of roots we can only replace, not extend. */
static bool write_bundle(struct service *service, X509 *ca, struct azb_error *err)
{
    scoped_buffer struct buffer bundle = {0};
    buffer_init(&bundle, BUNDLE_MAX);
    bool found;
    if (!file_read(SYSTEM_ROOTS, &bundle, &found, err))
        return false;
    if (bundle.length > 0 && bundle.at[bundle.length - 1] != '\n')
        buffer_add_char(&bundle, '\n');
    if (!certificate_to_pem(ca, &bundle))
        return fail_openssl(err, "ca-bundle.pem");
    return state_write(service, "ca-bundle.pem", 0644, buffer_text(&bundle), err);
}

static bool open_both(
    struct service *service, struct identity *ca, struct identity *server, struct azb_error *err)
{
    bool made;
    const struct order ca_order = {"azb local CA", CA_DAYS, ca_extensions, NULL};
    if (!load_or_make(service, &ca_files, &ca_order, ca, &made, err) ||
        !write_bundle(service, ca->certificate, err))
        return false;
    const struct order server_order = {"localhost", SERVER_DAYS, server_extensions, ca};
    return load_or_make(service, &server_files, &server_order, server, &made, err);
}

bool ca_open(
    struct service *service, struct buffer *certificate, struct buffer *key, struct azb_error *err)
{
    struct identity ca = {NULL, NULL}, server = {NULL, NULL};
    buffer_init(certificate, PEM_MAX);
    buffer_init(key, PEM_MAX);
    bool ok = open_both(service, &ca, &server, err);
    if (ok &&
        (!certificate_to_pem(server.certificate, certificate) || !key_to_pem(server.key, key)))
        ok = fail_openssl(err, "server.pem");
    identity_free(&ca);
    identity_free(&server);
    return ok;
}
