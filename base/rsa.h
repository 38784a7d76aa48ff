/*
 * base/rsa.h - what an RSA key is made of; for certificate.c, pfx.c, rsa.c and bench/bearer.c only.
 * Everyone else sees the opaque type of base/crypto.h.
 */
#ifndef BASE_RSA_H
#define BASE_RSA_H

#include <openssl/evp.h>
#include "base/crypto.h"

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 8192

/*
 * Nothing in it changes after rsa_of(), so threads share it without a lock. `sign` and `verify` are
 * contexts set up for each enum rsa_padding; every call works on its own duplicate, which is
 * cheaper than looking the algorithms up again.
 */
struct rsa_key {
    EVP_PKEY *key;
    EVP_PKEY_CTX *sign[2]; /* NULL: no private half */
    EVP_PKEY_CTX *verify[2];
    size_t signature_length;
};

/* Takes over `key`, also when it fails: not RSA, too short or too long, out of memory. */
struct rsa_key *rsa_of(EVP_PKEY *key, bool is_private, struct azb_error *err);

/* The first private key in the PEM; NULL when it is unreadable. Never prompts: `password` NULL
 * opens nothing that is encrypted. */
EVP_PKEY *rsa_read_pem(struct text pem, const char *password);

/* Appends the key in PKCS #8, unencrypted. False: out of memory. */
bool rsa_write_pem(EVP_PKEY *key, struct buffer *out);

#endif
