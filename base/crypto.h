/*
 * base/crypto.h - the cryptography both ends need, on OpenSSL's EVP. No OpenSSL type is named here
 * except through the opaque `struct rsa_key` and `struct certificate`.
 */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

#define SHA256_BYTES 32
#define SHA1_BYTES 20
#define GUID_TEXT 37 /* with the NUL */

void sha256(struct text data, unsigned char out[SHA256_BYTES]);
void hmac_sha256(struct text key, struct text data, unsigned char out[SHA256_BYTES]);

/* What a scrypt hash costs (RFC 7914 section 2): 128 * r * 2^ln bytes of memory, p times over. */
struct scrypt_cost {
    unsigned ln, r, p;
};
#define SCRYPT_MEMORY_MAX (64 * 1024 * 1024)
/* RFC 7914: `length` bytes of a password's slow hash. False: out of memory, a cost that scrypt does
 * not have, or one above SCRYPT_MEMORY_MAX. */
bool scrypt_hash(struct text password, struct text salt, const struct scrypt_cost *cost, void *out,
    size_t length);

bool random_bytes(void *out, size_t length); /* false: the system has no randomness */
bool random_guid(char out[GUID_TEXT]);       /* version 4, lower case */
/* Sixteen bytes as a GUID of version 4 (RFC 9562 section 5.4): six bits of them are replaced. */
void guid_format(const unsigned char bytes[16], char out[GUID_TEXT]);
/* One block of AES-128 (FIPS 197): for ids that count and cannot be guessed, never for data. */
#define BLOCK_BYTES 16
void block_encrypt(const unsigned char key[BLOCK_BYTES], const unsigned char in[BLOCK_BYTES],
    unsigned char out[BLOCK_BYTES]);
void block_decrypt(const unsigned char key[BLOCK_BYTES], const unsigned char in[BLOCK_BYTES],
    unsigned char out[BLOCK_BYTES]);
/* `length` random bytes as unpadded base64url; NULL when out of memory or randomness. */
char *random_token(struct arena *arena, size_t length);

/* Constant time for equal lengths; different lengths are unequal at once. */
bool secret_equal(struct text a, struct text b);
void secret_wipe(void *at, size_t length);
void secret_wipe_string(char *string); /* NULL is legal */

/* Base64 (RFC 4648 section 4, padded) and base64url (section 5, unpadded on output). */
char *base64_encode(struct arena *arena, struct text data);
char *base64url_encode(struct arena *arena, struct text data);
/* Strict: padded, no white space, canonical. */
bool base64_decode(struct arena *arena, struct text text, struct text *out);
/* Strict: unpadded and canonical (RFC 7515 section 2). */
bool base64url_decode(struct arena *arena, struct text text, struct text *out);

/* An RSA key, public or with its private half. Safe to use from several threads at once. */
struct rsa_key;

enum rsa_padding {
    RSA_PKCS1_SHA256, /* RS256 */
    RSA_PSS_SHA256,   /* PS256: salt as long as the hash */
};

struct rsa_key *rsa_generate(int bits, struct azb_error *err);
/* PEM private key (PKCS#8 or PKCS#1, unencrypted). */
struct rsa_key *rsa_from_pem(struct text pem, struct azb_error *err);
/* The same, encrypted perhaps; `password` NULL is none. The error says what the password lacks. */
struct rsa_key *rsa_from_encrypted_pem(
    struct text pem, const char *password, struct azb_error *err);
/* From a JWK's "n" and "e" (base64url). */
struct rsa_key *rsa_from_jwk(struct text n, struct text e, struct azb_error *err);
void rsa_free(struct rsa_key *key);
bool rsa_private_pem(const struct rsa_key *key, struct buffer *out, struct azb_error *err);
/* "n" and "e" as base64url, in the arena. */
bool rsa_to_jwk(const struct rsa_key *key, struct arena *arena, char **n, char **e);
/* The signature, in the arena. */
bool rsa_sign(const struct rsa_key *key, enum rsa_padding padding, struct text data,
    struct arena *arena, struct text *signature, struct azb_error *err);
bool rsa_verify(
    const struct rsa_key *key, enum rsa_padding padding, struct text data, struct text signature);

/* An X.509 certificate, with its private key when the PEM held one. */
struct certificate;

/* The first CERTIFICATE in the PEM, and the first private key if there is one (RSA only). */
struct certificate *certificate_from_pem(struct text pem, struct azb_error *err);
/* The same with the password of the key, which NULL says there is none of. */
struct certificate *certificate_from_encrypted_pem(
    struct text pem, const char *password, struct azb_error *err);
/* DER, as Graph's keyCredentials carry it (after base64). */
struct certificate *certificate_from_der(struct text der, struct azb_error *err);
void certificate_free(struct certificate *certificate);
const struct rsa_key *certificate_public_key(const struct certificate *certificate);
const struct rsa_key *certificate_private_key(const struct certificate *certificate); /* or NULL */
void certificate_thumbprint_sha1(
    const struct certificate *certificate, unsigned char out[SHA1_BYTES]);
void certificate_thumbprint_sha256(
    const struct certificate *certificate, unsigned char out[SHA256_BYTES]);
/* Validity in ticks of base/time.h. */
void certificate_validity(
    const struct certificate *certificate, int64_t *not_before, int64_t *not_after);
struct text certificate_der(const struct certificate *certificate);     /* lives with it */
const char *certificate_subject(const struct certificate *certificate); /* "CN=..." */

/* What names a server's certificate, whatever its key: SHA-1 of the certificate, and SHA-256 of its
 * SubjectPublicKeyInfo (RFC 7469 section 2.4). False: no certificate in the PEM. */
bool certificate_pins(
    struct text pem, unsigned char thumbprint[SHA1_BYTES], unsigned char key[SHA256_BYTES]);

/* PKCS #12 (RFC 7292) begins as all DER does, and as no PEM does. */
bool pfx_detect(struct text bytes);
/* Writes the PFX as PEM: the certificate of its key, the key (unencrypted: wipe it), and the chain
 * that issued it, in order. `password` NULL is none. False and err (ARGUMENT): not a PFX, the
 * password is wrong, no key, an encryption that needs OpenSSL's legacy provider; MEMORY. */
bool pfx_to_pem(struct text pfx, const char *password, struct buffer *pem, struct azb_error *err);

#endif
