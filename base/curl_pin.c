/*
 * libcurl can pin a key but not a certificate. So the certificate is looked at on a connection that
 * carries nothing, and the request goes over a second one that is pinned to the key that it
 * certifies: whoever answers there holds that key.
 */
#include "base/curl_pin.h"

#include <strings.h>

#include "base/crypto.h"
#include "base/error.h"

#define PIN_PREFIX "sha256//" /* CURLOPT_PINNEDPUBLICKEY's name for base64 of the key's SHA-256 */

/* The server's own certificate, the first of the chain, as PEM. */
static const char *peer_pem(const struct curl_functions *curl, CURL *handle)
{
    static const char name[] = "Cert:";
    struct curl_certinfo *chain = NULL;
    if (curl->easy_getinfo(handle, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain ||
        chain->num_of_certs < 1)
        return NULL;
    for (const struct curl_slist *line = chain->certinfo[0]; line; line = line->next)
        if (strncmp(line->data, name, sizeof(name) - 1) == 0)
            return line->data + sizeof(name) - 1;
    return NULL;
}

static void write_hex(const unsigned char digest[SHA1_BYTES], char out[2 * SHA1_BYTES + 1])
{
    for (size_t i = 0; i < SHA1_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static CURLcode pin(
    const struct curl_functions *curl, CURL *handle, const unsigned char key[SHA256_BYTES])
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    char *digest = base64_encode(&arena, (struct text){(const char *)key, SHA256_BYTES});
    char *pinned = digest ? arena_format(&arena, PIN_PREFIX "%s", digest) : NULL;
    return pinned ? curl->easy_setopt(handle, CURLOPT_PINNEDPUBLICKEY, pinned)
                  : CURLE_OUT_OF_MEMORY;
}

CURLcode curl_pin_peer(const struct curl_functions *curl, CURL *handle, const char *thumbprint)
{
    unsigned char found[SHA1_BYTES], key[SHA256_BYTES];
    char hex[2 * SHA1_BYTES + 1];
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);
    curl->easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L);
    curl->easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
    curl->easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
    curl->easy_setopt(handle, CURLOPT_CERTINFO, 1L);
    curl->easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
    CURLcode code = curl->easy_perform(handle);
    curl->easy_setopt(handle, CURLOPT_CONNECT_ONLY, 0L);
    curl->easy_setopt(handle, CURLOPT_CERTINFO, 0L);
    if (code != CURLE_OK)
        return code;
    const char *pem = peer_pem(curl, handle);
    if (!pem || !certificate_pins(text_of(pem), found, key))
        return CURLE_SSL_PINNEDPUBKEYNOTMATCH;
    write_hex(found, hex);
    return strcasecmp(hex, thumbprint) == 0 ? pin(curl, handle, key)
                                            : CURLE_SSL_PINNEDPUBKEYNOTMATCH;
}
