/*
 * Client assertions: private_key_jwt (RFC 7523) as real libraries write them: '=' padding, dates as
 * floats or strings, x5t or x5t#S256 or x5c.
 */
#include "base/error.h"
#include "base/jwt.h"
#include "directory/directory.h"
#include "entra/aadsts.h"
#include "entra/state.h"
#include "entra/token.h"
#include "hosts.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define SKEW_S 300
#define LIFETIME_MAX_S (24 * 3600)

static bool parse(struct token_request *token, struct jwt *out, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    struct text assertion = form_get(&token->form, "client_assertion");
    if (jwt_parse(assertion, JWT_ALLOW_PADDING, &token->request->arena, out, &why))
        return true;
    if (why.kind == AZB_ERROR_MEMORY)
        return fail_memory(err);
    return aadsts(
        err, 50027, "JWT token is invalid or malformed. Client assertion: %s.", why.message);
}

static bool check_type(const struct token_request *token, struct azb_error *err)
{
    struct text type;
    if (!form_need(&token->form, "client_assertion_type", &type, err))
        return false;
    return text_is(type, ASSERTION_TYPE) ||
           aadsts(err, 9002313,
               "Invalid request. Request is malformed or invalid. The client_assertion_type must "
               "be '" ASSERTION_TYPE "'.");
}

bool assertion_client_id(struct token_request *token, struct text *out, struct azb_error *err)
{
    struct jwt jwt;
    if (!parse(token, &jwt, err))
        return false;
    struct text subject = json_get_text(jwt.payload, "sub");
    if (!subject.length)
        return aadsts(err, 700021,
            "Client assertion application identifier doesn't match 'client_id' parameter.");
    *out = subject;
    return true;
}

/* ---- Whose key ------------------------------------------------------------------------------ */

/* What the header says about the key: a thumbprint. */
struct key_hint {
    struct text sha1, sha256;
};

/* Base64url without padding, says RFC 7515; MSAL Python pads, MSAL Go writes plain base64. */
static bool read_hint(struct arena *arena, const struct json *header, const char *name,
    size_t length, struct text *out)
{
    struct text text = json_get_text(header, name);
    while (text_ends(text, "="))
        text.length--;
    char *copy = text.length ? text_string(arena, text) : NULL;
    for (char *c = copy; c && *c; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
    return copy && base64url_decode(arena, (struct text){copy, text.length}, out) &&
           out->length == length;
}

/* Base64, in which Python's entries have line breaks. */
static bool decode_chain_entry(struct arena *arena, struct text entry, struct text *der)
{
    char *packed = arena_alloc(arena, entry.length + 1);
    size_t length = 0;
    if (!packed)
        return false;
    for (size_t i = 0; i < entry.length; i++)
        if (!strchr(" \t\r\n", entry.at[i]))
            packed[length++] = entry.at[i];
    return base64_decode(arena, (struct text){packed, length}, der);
}

/* SHA-256 of the first certificate of x5c, which is an array, or one string (.NET). */
static bool read_chain(struct arena *arena, const struct json *header, struct text *out)
{
    const struct json *chain = json_get(header, "x5c");
    if (chain && chain->type == JSON_ARRAY)
        chain = chain->first;
    struct text entry = json_text(chain), der;
    unsigned char hash[SHA256_BYTES];
    if (!entry.length || !decode_chain_entry(arena, entry, &der))
        return false;
    sha256(der, hash);
    *out = (struct text){arena_copy(arena, hash, sizeof hash), sizeof hash};
    return out->at != NULL;
}

static void read_hints(struct arena *arena, const struct json *header, struct key_hint *out)
{
    *out = (struct key_hint){TEXT_NONE, TEXT_NONE};
    if (read_hint(arena, header, "x5t#S256", SHA256_BYTES, &out->sha256) ||
        read_hint(arena, header, "x5t", SHA1_BYTES, &out->sha1))
        return;
    out->sha256 = out->sha1 = TEXT_NONE;
    if (!read_chain(arena, header, &out->sha256))
        out->sha256 = TEXT_NONE;
}

static bool hint_fits(const struct key_hint *hint, const struct client_certificate *certificate)
{
    struct text sha1 = {(const char *)certificate->sha1, SHA1_BYTES};
    struct text sha256_text = {(const char *)certificate->sha256, SHA256_BYTES};
    return hint->sha256.at ? text_equal(hint->sha256, sha256_text) : text_equal(hint->sha1, sha1);
}

/* Upper-case hexadecimal, as the portal shows thumbprints. */
static const char *hint_text(struct arena *arena, const struct key_hint *hint)
{
    struct text bytes = hint->sha256.at ? hint->sha256 : hint->sha1;
    char *text = arena_alloc(arena, bytes.length * 2 + 1);
    for (size_t i = 0; text && i < bytes.length; i++)
        snprintf(text + 2 * i, 3, "%02X", (unsigned char)bytes.at[i]);
    return text && bytes.length ? text : "(none)";
}

static bool key_not_found(struct request *request, const struct client *client,
    const struct key_hint *hint, struct azb_error *err)
{
    return aadsts(err, 700027,
        "The certificate with identifier used to sign the client assertion is not registered on "
        "application. [Reason - The key was not found., Thumbprint of key used by client: '%s', "
        "Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured "
        "keys for app Id '%s'.]",
        hint_text(&request->arena, hint), client->app_id);
}

static bool find_certificate(struct request *request, const struct client *client,
    const struct jwt *jwt, struct client_certificate *out, struct azb_error *err)
{
    struct key_hint hint;
    struct client_certificate *list;
    size_t count;
    read_hints(&request->arena, jwt->header, &hint);
    if (!certificate_list(request->store, client->application, &request->arena, &list, &count, err))
        return false;
    for (size_t i = 0; i < count && (hint.sha256.at || hint.sha1.at); i++)
        if (hint_fits(&hint, &list[i])) {
            *out = list[i];
            return true;
        }
    return key_not_found(request, client, &hint, err);
}

static bool bad_key(struct azb_error *err, const struct client *client, const char *reason)
{
    return aadsts(err, 700027,
        "Client assertion failed signature validation. [Reason - %s Please visit the Azure Portal, "
        "Graph Explorer or directly use MS Graph to see configured keys for app Id '%s'.]",
        reason, client->app_id);
}

/* ---- Signature ------------------------------------------------------------------------------ */

/* The header's alg only chooses between the two that are allowed, and both need an RSA key. */
static bool choose_padding(const struct jwt *jwt, enum rsa_padding *out, struct azb_error *err)
{
    struct text algorithm = json_get_text(jwt->header, "alg");
    for (enum rsa_padding padding = RSA_PKCS1_SHA256; padding <= RSA_PSS_SHA256; padding++)
        if (text_is(algorithm, jwt_algorithm(padding))) {
            *out = padding;
            return true;
        }
    return aadsts(err, 50027,
        "JWT token is invalid or malformed. '%.*s' is not a supported signature algorithm. "
        "Supported signing algorithms are: 'RS256, PS256'.",
        TEXT_ARGS(text_slice(algorithm, 0, 40)));
}

static bool check_signature(struct request *request, const struct client *client,
    const struct jwt *jwt, struct azb_error *err)
{
    struct client_certificate registered = {0};
    enum rsa_padding padding = RSA_PKCS1_SHA256;
    if (!choose_padding(jwt, &padding, err) ||
        !find_certificate(request, client, jwt, &registered, err))
        return false;
    if (request->now < registered.start || request->now >= registered.end)
        return bad_key(err, client, "The key used is expired.");
    struct certificate *certificate = certificate_from_der(registered.der, err);
    if (!certificate)
        return false;
    bool verified = jwt_verify(jwt, padding, certificate_public_key(certificate));
    certificate_free(certificate);
    return verified || bad_key(err, client,
                           "The provided signature value did not match the expected signature "
                           "value.");
}

/* ---- Claims --------------------------------------------------------------------------------- */

static bool check_names(const struct client *client, const struct jwt *jwt, struct azb_error *err)
{
    struct text issuer = json_get_text(jwt->payload, "iss");
    struct text subject = json_get_text(jwt->payload, "sub");
    if (!text_equal_nocase(issuer, text_of(client->app_id)))
        return aadsts(err, 700021,
            "Client assertion application identifier doesn't match 'client_id' parameter. Review "
            "the documentation at https://docs.microsoft.com/azure/active-directory/develop/"
            "active-directory-certificate-credentials .");
    if (!text_equal_nocase(subject, issuer))
        return aadsts(err, 50048,
            "Subject must match Issuer claim in the client assertion. [Reason - 'sub' is '%.*s'.]",
            TEXT_ARGS(text_slice(subject, 0, 80)));
    return true;
}

/* "https://HOST/TENANT" with one of our hosts and tenants; `rest` gets what follows. */
static bool cut_authority(struct request *request, struct text audience, struct text *rest)
{
    struct text host, tenant, name;
    int port;
    if (!text_starts(audience, "https://"))
        return false;
    *rest = text_slice(audience, 8, audience.length);
    if (!text_cut(rest, '/', &host) || !text_cut(rest, '/', &tenant) ||
        !host_split(host, &name, &port))
        return false;
    const struct public_host *row = host_find(name);
    bool own = host_is_local(name) && port == request->service->port;
    bool public = row && row->plane == PLANE_ENTRA && (port == 0 || port == 443);
    return (own || public) && directory_is_tenant(request->service, tenant);
}

/* The token endpoint or the issuer, in all forms under which clients know them. */
static bool audience_fits(struct request *request, struct text audience)
{
    static const char *const paths[] = {
        "", "oauth2/token", "oauth2/v2.0/token", "v2.0", "oauth2/token/", "v2.0/"};
    struct text rest;
    if (!cut_authority(request, audience, &rest))
        return false;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (rest.length == strlen(paths[i]) && (!rest.length || text_is(rest, paths[i])))
            return true;
    return false;
}

/* One audience, or several (RFC 7519 section 4.1.3). */
static bool check_audience(struct request *request, const struct jwt *jwt, struct azb_error *err)
{
    const struct json *audience = json_get(jwt->payload, "aud");
    bool many = audience && audience->type == JSON_ARRAY;
    for (const struct json *one = many ? audience->first : audience; one; one = one->next) {
        if (audience_fits(request, json_text(one)))
            return true;
        if (!many)
            break;
    }
    return aadsts(err, 700023,
        "Client assertion audience claim does not match Realm issuer. Review the documentation at "
        "https://docs.microsoft.com/azure/active-directory/develop/"
        "active-directory-certificate-credentials . [Reason - 'aud' is '%.*s'.]",
        TEXT_ARGS(text_slice(json_text(audience), 0, 200)));
}

static bool bad_date(struct azb_error *err, const char *claim, const char *what)
{
    return aadsts(err, 50027, "JWT token is invalid or malformed. The claim '%s' %s.", claim, what);
}

static bool read_period(const struct jwt *jwt, struct period *out, struct azb_error *err)
{
    int64_t issued = 0, from = 0;
    if (jwt_date(jwt->payload, "iat", &issued) < 0)
        return bad_date(err, "iat", "is not a date");
    int has_from = jwt_date(jwt->payload, "nbf", &from);
    if (has_from < 0)
        return bad_date(err, "nbf", "is not a date");
    int has_to = jwt_date(jwt->payload, "exp", &out->to);
    if (has_to <= 0)
        return bad_date(err, "exp", has_to ? "is not a date" : "is missing");
    out->from = has_from ? from : issued;
    if (issued > out->from)
        out->from = issued;
    return true;
}

static bool check_period(
    struct request *request, const struct period *period, struct azb_error *err)
{
    int64_t now_s = request->now / TICKS_PER_SECOND;
    if (period->from - SKEW_S <= now_s && now_s < period->to + SKEW_S &&
        period->to <= now_s + LIFETIME_MAX_S + SKEW_S)
        return true;
    char now[TIME_TEXT_MAX], from[TIME_TEXT_MAX], to[TIME_TEXT_MAX];
    time_iso8601(request->now, now);
    time_iso8601(period->from * TICKS_PER_SECOND, from);
    time_iso8601(period->to * TICKS_PER_SECOND, to);
    return aadsts(err, 700024,
        "Client assertion is not within its valid time range. Current time: %s, assertion valid "
        "from %s, expiry time of assertion %s. Review the documentation at "
        "https://docs.microsoft.com/azure/active-directory/develop/"
        "active-directory-certificate-credentials .",
        now, from, to);
}

bool assertion_period(
    struct request *request, const struct jwt *jwt, struct period *out, struct azb_error *err)
{
    return read_period(jwt, out, err) && check_period(request, out, err);
}

/* ---- Replay --------------------------------------------------------------------------------- */

static bool check_replay(struct token_request *token, const struct client *client,
    const struct jwt *jwt, const struct period *period, struct azb_error *err)
{
    struct entra *entra = token->request->service->entra;
    struct text jti = json_get_text(jwt->payload, "jti");
    enum replay_verdict verdict;
    if (!jti.length)
        return true;
    if (!replay_note(entra->replay, text_of(client->app_id), jti, jwt->signed_part,
            period->to + SKEW_S, token->request->now / TICKS_PER_SECOND, &verdict, err))
        return false;
    bool single_use = atomic_load(&entra->single_use_assertions);
    if (verdict == REPLAY_FRESH || (verdict == REPLAY_SAME && !single_use))
        return true;
    return aadsts(err, 50027,
        "JWT token is invalid or malformed. The client assertion's 'jti' was used before.");
}

bool assertion_check(
    struct token_request *token, const struct client *client, struct azb_error *err)
{
    struct request *request = token->request;
    struct jwt jwt;
    struct period period = {0};
    if (!check_type(token, err) || !parse(token, &jwt, err))
        return false;
    if (assertion_is_federated(&jwt))
        return assertion_federated_check(token, client, &jwt, err);
    return check_names(client, &jwt, err) && check_signature(request, client, &jwt, err) &&
           check_audience(request, &jwt, err) && assertion_period(request, &jwt, &period, err) &&
           check_replay(token, client, &jwt, &period, err);
}
