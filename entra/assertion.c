#include "entra/assertion.h"

#include "base/error.h"
#include "base/json.h"
#include "base/jwt.h"

#define PART_MAX ((size_t)64 * 1024)
#define CHAIN_MAX 10

/* How each algorithm names the certificate (RFC 7515 sections 4.1.7 and 4.1.8). */
static const struct {
    enum rsa_padding padding;
    const char *thumbprint_name;
    size_t thumbprint_length;
    void (*thumbprint)(const struct certificate *certificate, unsigned char *out);
} algorithms[] = {
    [AZB_ASSERTION_PS256] = {RSA_PSS_SHA256, "x5t#S256", SHA256_BYTES,
        certificate_thumbprint_sha256},
    [AZB_ASSERTION_RS256] = {RSA_PKCS1_SHA256, "x5t", SHA1_BYTES, certificate_thumbprint_sha1},
};

static bool write_header(const struct assertion_signer *signer, struct arena *arena,
    struct buffer *out, struct azb_error *err)
{
    unsigned char digest[SHA256_BYTES];
    struct json_writer json;
    algorithms[signer->algorithm].thumbprint(signer->certificate, digest);
    char *thumbprint = base64url_encode(
        arena, (struct text){(char *)digest, algorithms[signer->algorithm].thumbprint_length});
    if (!thumbprint)
        return fail_memory(err);
    json_writer_init(&json, out, 0);
    json_begin_object(&json);
    json_member(&json, "alg", jwt_algorithm(algorithms[signer->algorithm].padding));
    json_member(&json, "typ", "JWT");
    json_member(&json, algorithms[signer->algorithm].thumbprint_name, thumbprint);
    if (signer->chain) {
        json_name(&json, "x5c");
        json_begin_array(&json);
        for (size_t i = 0; i < signer->chain_length; i++)
            json_write_string(&json, signer->chain[i]);
        json_end_array(&json);
    }
    json_end_object(&json);
    return !out->failed || fail_memory(err);
}

static bool write_payload(const char *client_id, const char *token_endpoint, int64_t now,
    struct buffer *out, struct azb_error *err)
{
    struct json_writer json;
    char id[GUID_TEXT];
    if (!random_guid(id))
        return fail(err, AZB_ERROR_IO, "the system has no randomness for an assertion's id");
    json_writer_init(&json, out, 0);
    json_begin_object(&json);
    json_member(&json, "aud", token_endpoint);
    json_member(&json, "iss", client_id);
    json_member(&json, "sub", client_id);
    json_member(&json, "jti", id);
    json_member_i64(&json, "nbf", now);
    json_member_i64(&json, "iat", now);
    json_member_i64(&json, "exp", now + ASSERTION_LIFETIME_S);
    json_end_object(&json);
    return !out->failed || fail_memory(err);
}

char *assertion_sign(const struct assertion_signer *signer, const char *client_id,
    const char *token_endpoint, int64_t now, struct arena *arena, struct azb_error *err)
{
    scoped_buffer struct buffer header = {0};
    scoped_buffer struct buffer payload = {0};
    buffer_init(&header, PART_MAX);
    buffer_init(&payload, PART_MAX);
    if (!write_header(signer, arena, &header, err) ||
        !write_payload(client_id, token_endpoint, now, &payload, err))
        return NULL;
    return jwt_sign(certificate_private_key(signer->certificate),
        algorithms[signer->algorithm].padding, buffer_text(&header), buffer_text(&payload), arena,
        err);
}

bool assertion_is_current(int64_t dated_on, int64_t now)
{
    return dated_on <= now && now < dated_on + ASSERTION_LIFETIME_S;
}

void assertion_add(struct token_request *request, const char *assertion)
{
    request->once = true;
    token_request_add(request, "client_assertion_type", TEXT(ASSERTION_TYPE));
    token_request_add(request, "client_assertion", text_of(assertion));
}

/* The next CERTIFICATE block with its marks; false when there is none. */
static bool next_block(struct text *pem, struct text *block)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    static const char end[] = "-----END CERTIFICATE-----";
    const char *from = memmem(pem->at, pem->length, begin, sizeof(begin) - 1);
    if (!from)
        return false;
    size_t left = pem->length - (size_t)(from - pem->at);
    const char *to = memmem(from, left, end, sizeof(end) - 1);
    if (!to)
        return false;
    to += sizeof(end) - 1;
    *block = (struct text){from, (size_t)(to - from)};
    *pem = (struct text){to, left - block->length};
    return true;
}

static char *block_base64(struct text block, struct arena *arena, struct azb_error *err)
{
    struct certificate *certificate = certificate_from_pem(block, err);
    if (!certificate)
        return NULL;
    char *base64 = base64_encode(arena, certificate_der(certificate));
    certificate_free(certificate);
    if (!base64)
        fail_memory(err);
    return base64;
}

bool assertion_chain_read(struct text pem, struct arena *arena, char ***chain, size_t *chain_length,
    struct azb_error *err)
{
    struct text block;
    size_t count = 0;
    char **entries = arena_array(arena, CHAIN_MAX, sizeof(*entries));
    if (!entries)
        return fail_memory(err);
    while (next_block(&pem, &block)) {
        if (count == CHAIN_MAX)
            return fail(err, AZB_ERROR_ARGUMENT,
                "the PEM holds more than %d certificates: leave the application's and its issuers'",
                CHAIN_MAX);
        entries[count] = block_base64(block, arena, err);
        if (!entries[count++])
            return fail_while(err, "certificate %zu of the chain", count);
    }
    *chain = entries;
    *chain_length = count;
    return true;
}
