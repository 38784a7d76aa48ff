/*
 * Hashes, randomness, constant-time comparison and base64. RSA is in rsa.c.
 */
#include "base/crypto.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

/* Fetched once and never changed: a fetch by name costs more than hashing a token. */
static struct {
    pthread_once_t once;
    EVP_MD *sha256;
    EVP_MAC *hmac;
} algorithms = {.once = PTHREAD_ONCE_INIT};

static void fetch_algorithms(void)
{
    algorithms.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    algorithms.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    /* A digest that silently stays what it was would make secrets compare equal. */
    if (!algorithms.sha256 || !algorithms.hmac)
        abort();
}

/* Never a NULL pointer: OpenSSL takes NULL keys and data for "none given yet". */
static const unsigned char *bytes_of(struct text text)
{
    return (const unsigned char *)(text.at ? text.at : "");
}

void sha256(struct text data, unsigned char out[SHA256_BYTES])
{
    pthread_once(&algorithms.once, fetch_algorithms);
    if (EVP_Digest(bytes_of(data), data.length, out, NULL, algorithms.sha256, NULL) != 1)
        abort();
}

void hmac_sha256(struct text key, struct text data, unsigned char out[SHA256_BYTES])
{
    pthread_once(&algorithms.once, fetch_algorithms);
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    size_t length = 0;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(algorithms.hmac);
    bool done = context && EVP_MAC_init(context, bytes_of(key), key.length, params) &&
                EVP_MAC_update(context, bytes_of(data), data.length) &&
                EVP_MAC_final(context, out, &length, SHA256_BYTES);
    EVP_MAC_CTX_free(context);
    if (!done || length != SHA256_BYTES)
        abort();
}

bool scrypt_hash(struct text password, struct text salt, const struct scrypt_cost *cost, void *out,
    size_t length)
{
    if (cost->ln < 1 || cost->ln > 30)
        return false;
    return EVP_PBE_scrypt((const char *)bytes_of(password), password.length, bytes_of(salt),
               salt.length, UINT64_C(1) << cost->ln, cost->r, cost->p, SCRYPT_MEMORY_MAX, out,
               length) == 1;
}

bool random_bytes(void *out, size_t length)
{
    return length <= INT_MAX && RAND_bytes(out, (int)length) == 1;
}

void guid_format(const unsigned char bytes[16], char out[GUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char raw[16];
    memcpy(raw, bytes, sizeof(raw));
    raw[6] = (unsigned char)((raw[6] & 0x0f) | 0x40); /* version 4 */
    raw[8] = (unsigned char)((raw[8] & 0x3f) | 0x80); /* the variant */
    char *at = out;
    for (size_t i = 0; i < sizeof(raw); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = digits[raw[i] >> 4];
        *at++ = digits[raw[i] & 15];
    }
    *at = '\0';
}

bool random_guid(char out[GUID_TEXT])
{
    unsigned char raw[16];
    if (!random_bytes(raw, sizeof(raw)))
        return false;
    guid_format(raw, out);
    return true;
}

enum block_direction { BLOCK_DECRYPT, BLOCK_ENCRYPT }; /* as EVP_CipherInit_ex2 has them */

static void cipher_block(const unsigned char *key, const unsigned char *in, unsigned char *out,
    enum block_direction direction)
{
    int length = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done = context &&
                EVP_CipherInit_ex2(
                    context, EVP_aes_128_ecb(), key, NULL, direction == BLOCK_ENCRYPT, NULL) &&
                EVP_CIPHER_CTX_set_padding(context, 0) &&
                EVP_CipherUpdate(context, out, &length, in, BLOCK_BYTES);
    EVP_CIPHER_CTX_free(context);
    if (!done || length != BLOCK_BYTES)
        abort();
}

void block_encrypt(const unsigned char key[BLOCK_BYTES], const unsigned char in[BLOCK_BYTES],
    unsigned char out[BLOCK_BYTES])
{
    cipher_block(key, in, out, BLOCK_ENCRYPT);
}

void block_decrypt(const unsigned char key[BLOCK_BYTES], const unsigned char in[BLOCK_BYTES],
    unsigned char out[BLOCK_BYTES])
{
    cipher_block(key, in, out, BLOCK_DECRYPT);
}

char *random_token(struct arena *arena, size_t length)
{
    char *raw = arena_alloc(arena, length);
    if (!raw || !random_bytes(raw, length))
        return NULL;
    char *token = base64url_encode(arena, (struct text){raw, length});
    secret_wipe(raw, length);
    return token;
}

bool secret_equal(struct text a, struct text b)
{
    if (a.length != b.length)
        return false;
    return CRYPTO_memcmp(bytes_of(a), bytes_of(b), a.length) == 0;
}

/* explicit_bzero is not optimised away either, and five times as fast as OPENSSL_cleanse: each warm
 * token that a caller releases is wiped. */
void secret_wipe(void *at, size_t length)
{
    if (at)
        explicit_bzero(at, length);
}

void secret_wipe_string(char *string)
{
    if (string)
        explicit_bzero(string, strlen(string));
}

static const char alphabet_standard[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char alphabet_url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Three bytes to four characters. */
static inline void encode_group(const char *alphabet, const unsigned char bytes[3], char out[4])
{
    unsigned bits = (unsigned)bytes[0] << 16 | (unsigned)bytes[1] << 8 | bytes[2];
    out[0] = alphabet[bits >> 18];
    out[1] = alphabet[bits >> 12 & 63];
    out[2] = alphabet[bits >> 6 & 63];
    out[3] = alphabet[bits & 63];
}

/* `pad` fills the last group up to four characters; '\0' pads nothing. */
static char *encode(struct arena *arena, struct text data, const char *alphabet, char pad)
{
    if (data.length > SIZE_MAX / 2)
        return NULL;
    char *out = arena_alloc(arena, (data.length + 2) / 3 * 4 + 1), *at = out;
    if (!out)
        return NULL;
    const unsigned char *bytes = bytes_of(data);
    size_t rest = data.length % 3, whole = data.length - rest;
    for (size_t i = 0; i < whole; i += 3, at += 4)
        encode_group(alphabet, bytes + i, at);
    if (rest) {
        unsigned char last[3] = {0};
        memcpy(last, bytes + whole, rest);
        encode_group(alphabet, last, at);
        memset(at + rest + 1, pad, 3 - rest);
    }
    return out;
}

char *base64_encode(struct arena *arena, struct text data)
{
    return encode(arena, data, alphabet_standard, '=');
}

char *base64url_encode(struct arena *arena, struct text data)
{
    return encode(arena, data, alphabet_url, '\0');
}

/* The value of a character plus one; 0 for all that are in neither alphabet. */
static const unsigned char sextets[256] = {
    ['A'] = 1,
    ['B'] = 2,
    ['C'] = 3,
    ['D'] = 4,
    ['E'] = 5,
    ['F'] = 6,
    ['G'] = 7,
    ['H'] = 8,
    ['I'] = 9,
    ['J'] = 10,
    ['K'] = 11,
    ['L'] = 12,
    ['M'] = 13,
    ['N'] = 14,
    ['O'] = 15,
    ['P'] = 16,
    ['Q'] = 17,
    ['R'] = 18,
    ['S'] = 19,
    ['T'] = 20,
    ['U'] = 21,
    ['V'] = 22,
    ['W'] = 23,
    ['X'] = 24,
    ['Y'] = 25,
    ['Z'] = 26,
    ['a'] = 27,
    ['b'] = 28,
    ['c'] = 29,
    ['d'] = 30,
    ['e'] = 31,
    ['f'] = 32,
    ['g'] = 33,
    ['h'] = 34,
    ['i'] = 35,
    ['j'] = 36,
    ['k'] = 37,
    ['l'] = 38,
    ['m'] = 39,
    ['n'] = 40,
    ['o'] = 41,
    ['p'] = 42,
    ['q'] = 43,
    ['r'] = 44,
    ['s'] = 45,
    ['t'] = 46,
    ['u'] = 47,
    ['v'] = 48,
    ['w'] = 49,
    ['x'] = 50,
    ['y'] = 51,
    ['z'] = 52,
    ['0'] = 53,
    ['1'] = 54,
    ['2'] = 55,
    ['3'] = 56,
    ['4'] = 57,
    ['5'] = 58,
    ['6'] = 59,
    ['7'] = 60,
    ['8'] = 61,
    ['9'] = 62,
    ['+'] = 63,
    ['-'] = 63,
    ['/'] = 64,
    ['_'] = 64,
};

static inline unsigned sextet(char c)
{
    return sextets[(unsigned char)c] - 1u;
}

/* Four characters to three bytes. */
static inline bool decode_group(const char at[4], char out[3])
{
    unsigned a = sextet(at[0]), b = sextet(at[1]), c = sextet(at[2]), d = sextet(at[3]);
    unsigned bits = a << 18 | b << 12 | c << 6 | d;
    out[0] = (char)(bits >> 16);
    out[1] = (char)(bits >> 8);
    out[2] = (char)bits;
    return (a | b | c | d) <= 63;
}

/* The last two or three characters. Bits that belong to no byte must be zero (RFC 4648 section
 * 3.5). */
static bool decode_rest(const char *at, size_t length, char out[3])
{
    char group[4] = {'A', 'A', 'A', 'A'};
    memcpy(group, at, length);
    return decode_group(group, out) && !out[2] && (length == 3 || !out[1]);
}

/* `text` without padding; `foreign` are the two characters of the other alphabet. */
static bool decode(struct arena *arena, struct text text, const char foreign[2], struct text *out)
{
    size_t rest = text.length % 4, whole = text.length - rest;
    if (rest == 1 || (text.length && (memchr(text.at, foreign[0], text.length) ||
                                         memchr(text.at, foreign[1], text.length))))
        return false;
    char *bytes = arena_alloc(arena, text.length / 4 * 3 + 3), *at = bytes;
    if (!bytes)
        return false;
    for (size_t i = 0; i < whole; i += 4, at += 3)
        if (!decode_group(text.at + i, at))
            return false;
    if (rest && !decode_rest(text.at + whole, rest, at))
        return false;
    *out = (struct text){bytes, whole / 4 * 3 + (rest ? rest - 1 : 0)};
    return true;
}

bool base64_decode(struct arena *arena, struct text text, struct text *out)
{
    if (text.length % 4 != 0)
        return false;
    for (int i = 0; i < 2 && text.length && text.at[text.length - 1] == '='; i++)
        text.length--;
    return decode(arena, text, "-_", out);
}

bool base64url_decode(struct arena *arena, struct text text, struct text *out)
{
    return decode(arena, text, "+/", out);
}
