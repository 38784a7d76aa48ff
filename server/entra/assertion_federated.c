/*
 * Tokens of another issuer that prove an application: issuer, subject and audience are those of one
 * of its federated credentials, and the issuer's keys are known here (azbd asks nobody for them).
 *
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation
 */
#include "base/error.h"
#include "directory/federated_credential.h"
#include "entra/aadsts.h"
#include "entra/entra.h"
#include "entra/token.h"

/* An application signs its own assertions with its id as issuer; all others are URLs. */
bool assertion_is_federated(const struct jwt *jwt)
{
    struct text issuer = json_get_text(jwt->payload, "iss");
    return issuer.length && memmem(issuer.at, issuer.length, "://", 3) != NULL;
}

/* ---- The credential ------------------------------------------------------------------------- */

static bool no_match(
    struct azb_error *err, int number, const char *what, const char *claim, struct text value)
{
    return aadsts(err, number,
        "No matching federated identity record found for presented assertion %s '%.*s'. Please "
        "check your federated identity credential Subject, Audience and Issuer against the "
        "presented assertion (claim '%s').",
        what, TEXT_ARGS(text_slice(value, 0, 200)), claim);
}

/* One audience, or several (RFC 7519 section 4.1.3). */
static bool has_audience(const struct jwt *jwt, const char *wanted)
{
    const struct json *audience = json_get(jwt->payload, "aud");
    if (audience && audience->type == JSON_ARRAY) {
        for (const struct json *one = audience->first; one; one = one->next)
            if (text_is(json_text(one), wanted))
                return true;
        return false;
    }
    return text_is(json_text(audience), wanted);
}

/* Case counts in all three, as in Entra. The error names the first part that no credential has. */
static bool find_credential(struct request *request, const struct client *client,
    const struct jwt *jwt, struct azb_error *err)
{
    struct federated_credential *list;
    size_t count;
    bool issuer_known = false, subject_known = false;
    struct text issuer = json_get_text(jwt->payload, "iss");
    struct text subject = json_get_text(jwt->payload, "sub");
    if (!federated_credential_list(
            request->store, client->application, &request->arena, &list, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!text_is(issuer, list[i].issuer))
            continue;
        issuer_known = true;
        if (!text_is(subject, list[i].subject))
            continue;
        subject_known = true;
        if (has_audience(jwt, list[i].audience))
            return true;
    }
    if (!issuer_known)
        return no_match(err, 700211, "issuer", "iss", issuer);
    if (!subject_known)
        return no_match(err, 700213, "subject", "sub", subject);
    return no_match(err, 700212, "audience", "aud", json_text(json_get(jwt->payload, "aud")));
}

/* ---- The key -------------------------------------------------------------------------------- */

static bool bad_key(struct azb_error *err, const char *reason)
{
    return aadsts(
        err, 700027, "Client assertion failed signature validation. [Reason - %s]", reason);
}

static bool check_algorithm(const struct jwt *jwt, struct azb_error *err)
{
    struct text algorithm = json_get_text(jwt->header, "alg");
    return text_is(algorithm, "RS256") ||
           aadsts(err, 50027,
               "JWT token is invalid or malformed. '%.*s' is not a supported signature algorithm "
               "for a federated credential. Supported signing algorithms are: 'RS256'.",
               TEXT_ARGS(text_slice(algorithm, 0, 40)));
}

/* Keys that are not for RS256 signatures are passed over (RFC 7517 section 5). */
static bool is_candidate(const struct json *key, struct text kid)
{
    struct text use = json_get_text(key, "use"), algorithm = json_get_text(key, "alg");
    return text_is(json_get_text(key, "kty"), "RSA") && (!use.at || text_is(use, "sig")) &&
           (!algorithm.at || text_is(algorithm, "RS256")) &&
           (!kid.at || text_equal(json_get_text(key, "kid"), kid));
}

static bool verify_by(const struct json *jwk, const struct jwt *jwt)
{
    struct azb_error why = AZB_ERROR_INIT;
    struct rsa_key *key = rsa_from_jwk(json_get_text(jwk, "n"), json_get_text(jwk, "e"), &why);
    bool verified = key && jwt_verify(jwt, RSA_PKCS1_SHA256, key);
    rsa_free(key);
    azb_error_free(&why);
    return verified;
}

static bool verify(struct request *request, const struct jwt *jwt, struct azb_error *err)
{
    struct text jwks, kid = json_get_text(jwt->header, "kid");
    struct text issuer = json_get_text(jwt->payload, "iss");
    struct azb_error why = AZB_ERROR_INIT;
    size_t tried = 0;
    if (!issuer_keys(request->store, issuer, &request->arena, &jwks, &why)) {
        if (why.kind != AZB_ERROR_NOT_FOUND)
            return error_move(err, &why);
        azb_error_free(&why);
        return bad_key(err, "The keys of the issuer are not known: give azbd its JWKS in the "
                            "configuration or by its controls.");
    }
    const struct json *set = json_parse(jwks, &request->arena, err);
    if (!set)
        return false;
    const struct json *keys = json_get(set, "keys");
    for (const struct json *key = keys ? keys->first : NULL; key; key = key->next)
        if (is_candidate(key, kid) && ++tried && verify_by(key, jwt))
            return true;
    return bad_key(err, tried ? "The provided signature value did not match the expected signature "
                                "value."
                              : "The key was not found.");
}

/* Our own tokens are known without: a managed identity proves an application so. */
static bool verify_own(
    struct request *request, const struct jwt *jwt, bool *own, struct azb_error *err)
{
    const struct signing_key *key =
        entra_key(request->service->entra, json_get_text(jwt->header, "kid"));
    const char *issuer = entra_token_issuer(request), *issuer_v2 = entra_token_issuer_v2(request);
    struct text presented = json_get_text(jwt->payload, "iss");
    if (!issuer || !issuer_v2)
        return fail_memory(err);
    *own = text_is(presented, issuer) || text_is(presented, issuer_v2);
    if (!*own)
        return true;
    if (!key || !jwt_verify(jwt, RSA_PKCS1_SHA256, key->key))
        return bad_key(err, "The provided signature value did not match the expected signature "
                            "value.");
    return text_is(json_get_text(jwt->payload, "idtyp"), "app") ||
           aadsts(err, 700229,
               "Tokens issued by Microsoft Entra ID may only be used as a federated identity "
               "credential when they are app-only.");
}

bool assertion_federated_check(struct token_request *token, const struct client *client,
    const struct jwt *jwt, struct azb_error *err)
{
    struct request *request = token->request;
    struct period period = {0};
    bool own = false;
    if (!find_credential(request, client, jwt, err) || !check_algorithm(jwt, err) ||
        !verify_own(request, jwt, &own, err))
        return false;
    return (own || verify(request, jwt, err)) && assertion_period(request, jwt, &period, err);
}
