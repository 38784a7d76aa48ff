/* Access tokens, checked as a resource server must (RFC 8725, and Microsoft's own list). */
#include <ctype.h>

#include "authorize/state.h"
#include "base/error.h"
#include "base/jwt.h"
#include "directory/directory.h"

#define SKEW_S 300
#define DELEGATED_SCOPE "user_impersonation"

/* ---- The header ------------------------------------------------------------------------------ */

static const char *single_authorization(const struct request *request, bool *twice)
{
    const char *found = NULL;
    *twice = false;
    for (size_t i = 0; i < request->header_count; i++)
        if (string_equal_nocase(request->headers[i].name, "Authorization")) {
            *twice = found != NULL;
            found = request->headers[i].value;
        }
    return found;
}

/* RFC 6750 section 2.1: one scheme, one space or more, one token. */
static bool read_header(struct request *request, struct text *token, struct azb_error *err)
{
    bool twice;
    const char *value = single_authorization(request, &twice);
    struct text rest = text_trim(text_of(value)), scheme;
    if (!rest.length)
        return bearer_refuse(
            request, BEARER_MISSING, "The authorization header is missing access token.", err);
    if (twice)
        return bearer_refuse(
            request, BEARER_SCHEME, "There is more than one Authorization header.", err);
    text_cut(&rest, ' ', &scheme);
    if (!text_equal_nocase(scheme, TEXT("Bearer")))
        return bearer_refuse(request, BEARER_SCHEME,
            "The Authorization header must be 'Bearer' and an access token.", err);
    *token = text_trim(rest);
    if (!token->length)
        return bearer_refuse(
            request, BEARER_MISSING, "The authorization header is missing access token.", err);
    return true;
}

/* ---- Signature ------------------------------------------------------------------------------- */

static bool check_jose_header(struct request *request, const struct jwt *jwt, struct azb_error *err)
{
    struct text type = json_get_text(jwt->header, "typ");
    if (!text_is(json_get_text(jwt->header, "alg"), "RS256"))
        return bearer_refuse(request, BEARER_SIGNATURE,
            "The access token's signature algorithm must be RS256.", err);
    if (json_get(jwt->header, "typ") && !text_equal_nocase(type, TEXT("JWT")))
        return bearer_refuse(
            request, BEARER_MALFORMED, "The access token's type must be JWT.", err);
    if (json_get(jwt->header, "crit"))
        return bearer_refuse(request, BEARER_MALFORMED,
            "The access token's header has critical members that are not known here.", err);
    return true;
}

static bool wrong_key(struct request *request, struct azb_error *err)
{
    return bearer_refuse(request, BEARER_SIGNATURE,
        "The access token was signed by a key that is not one of this tenant's.", err);
}

static bool check_signature(struct request *request, const struct jwt *jwt,
    const struct signing_key **out, struct azb_error *err)
{
    if (!check_jose_header(request, jwt, err))
        return false;
    const struct signing_key *key =
        entra_key(request->service->entra, json_get_text(jwt->header, "kid"));
    if (!key)
        return wrong_key(request, err);
    if (!jwt_verify(jwt, RSA_PKCS1_SHA256, key->key))
        return bearer_refuse(
            request, BEARER_SIGNATURE, "The access token's signature is not right.", err);
    *out = key;
    return true;
}

/* ---- Claims ---------------------------------------------------------------------------------- */

static bool lacks(struct request *request, const char *claim, struct azb_error *err)
{
    char detail[120];
    snprintf(
        detail, sizeof detail, "The access token's claim '%s' is missing or malformed.", claim);
    return bearer_refuse(request, BEARER_MALFORMED, detail, err);
}

static bool read_date(struct request *request, const struct json *claims, const char *name,
    int64_t *out, struct azb_error *err)
{
    const struct json *value = json_get(claims, name);
    if (value && value->type == JSON_NUMBER && jwt_date(claims, name, out) == 1)
        return true;
    return lacks(request, name, err);
}

static bool read_guid(struct request *request, const struct json *claims, const char *name,
    char out[GUID_TEXT], struct azb_error *err)
{
    struct text value = json_get_text(claims, name);
    if (!text_is_guid(value))
        return lacks(request, name, err);
    for (size_t i = 0; i < value.length; i++)
        out[i] = (char)tolower((unsigned char)value.at[i]);
    out[value.length] = '\0';
    return true;
}

/* Version, issuer and tenant belong together: Batch, ARM and Graph take tokens of version 1.0. */
static bool check_issuer(struct request *request, const struct json *claims, struct caller *caller,
    struct azb_error *err)
{
    char issuer[96], detail[400];
    const char *tenant = directory_tenant_id(request->service);
    struct text found = json_get_text(claims, "iss");
    if (!read_guid(request, claims, "tid", caller->tenant_id, err))
        return false;
    if (!text_is(json_get_text(claims, "ver"), "1.0"))
        return lacks(request, "ver", err);
    snprintf(issuer, sizeof issuer, "https://sts.windows.net/%s/", tenant);
    if (text_is(found, issuer) && strcmp(caller->tenant_id, tenant) == 0)
        return true;
    snprintf(detail, sizeof detail,
        "The access token is from the wrong issuer '%.*s'. It must match the tenant '%s'.",
        TEXT_ARGS(text_slice(found, 0, 120)), issuer);
    bool other_tenant = strcmp(caller->tenant_id, tenant) != 0;
    return bearer_refuse(request, other_tenant ? BEARER_TENANT : BEARER_ISSUER, detail, err);
}

static bool check_audience(struct request *request, struct text audience,
    const char *const *audiences, struct azb_error *err)
{
    for (const char *const *one = audiences; *one; one++)
        if (text_is(audience, *one))
            return true;
    char detail[400];
    size_t length = (size_t)snprintf(detail, sizeof detail,
        "The access token has been obtained for wrong audience or resource '%.*s'. It should "
        "exactly match (including forward slash) with one of the allowed audiences ",
        TEXT_ARGS(text_slice(audience, 0, 100)));
    for (const char *const *one = audiences; *one && length < sizeof detail; one++)
        length += (size_t)snprintf(
            detail + length, sizeof detail - length, "%s'%s'", one == audiences ? "" : ",", *one);
    return bearer_refuse(request, BEARER_AUDIENCE, detail, err);
}

static bool check_times(
    struct request *request, const struct verified_token *token, struct azb_error *err)
{
    int64_t now_s = request->now / TICKS_PER_SECOND;
    if (token->not_before_s - SKEW_S <= now_s && now_s < token->caller.expires_on + SKEW_S)
        return true;
    bool expired = now_s >= token->caller.expires_on + SKEW_S;
    char now[TIME_TEXT_MAX], limit[TIME_TEXT_MAX], detail[200];
    time_entra(request->now, now);
    time_entra(
        (expired ? token->caller.expires_on : token->not_before_s) * TICKS_PER_SECOND, limit);
    snprintf(detail, sizeof detail,
        expired ? "The access token expiry UTC time '%s' is earlier than current UTC time '%s'."
                : "The access token is not valid before UTC time '%s'; current UTC time '%s'.",
        limit, now);
    return bearer_refuse(request, expired ? BEARER_EXPIRED : BEARER_NOT_YET, detail, err);
}

static bool has_scope(struct text scopes, const char *wanted)
{
    struct text piece;
    while (text_cut(&scopes, ' ', &piece))
        if (text_is(piece, wanted))
            return true;
    return false;
}

/* `idtyp` says it; without it, a token without scopes whose subject is its object is an
 * application's. CALLER_NOBODY: neither. */
static enum caller_kind kind_of(const struct json *claims)
{
    struct text type = json_get_text(claims, "idtyp");
    bool has_scopes = json_get(claims, "scp") != NULL;
    bool subject_is_object =
        text_equal_nocase(json_get_text(claims, "sub"), json_get_text(claims, "oid"));
    bool says_app = type.at ? text_is(type, "app") : !has_scopes;
    if (says_app)
        return !has_scopes && subject_is_object ? CALLER_APPLICATION : CALLER_NOBODY;
    return has_scopes && (!type.at || text_is(type, "user")) ? CALLER_USER : CALLER_NOBODY;
}

/* Whole values only: a piece of one must not be taken for another. */
static void copy_scopes(struct text scopes, char out[CALLER_SCOPES_MAX])
{
    struct text piece;
    size_t length = 0;
    while (text_cut(&scopes, ' ', &piece)) {
        if (length + 1 + piece.length >= CALLER_SCOPES_MAX)
            continue;
        length += (size_t)snprintf(out + length, CALLER_SCOPES_MAX - length, "%s%.*s",
            length ? " " : "", TEXT_ARGS(piece));
    }
}

static void copy_roles(const struct json *roles, char out[CALLER_SCOPES_MAX])
{
    size_t length = 0;
    for (const struct json *role = roles ? roles->first : NULL; role; role = role->next) {
        struct text value = json_text(role);
        if (length + 1 + value.length >= CALLER_SCOPES_MAX)
            continue;
        length += (size_t)snprintf(out + length, CALLER_SCOPES_MAX - length, "%s%.*s",
            length ? " " : "", TEXT_ARGS(value));
    }
}

static void read_kind(const struct json *claims, struct verified_token *out)
{
    out->caller.kind = kind_of(claims);
    if (out->caller.kind == CALLER_APPLICATION)
        copy_roles(json_get(claims, "roles"), out->caller.scopes);
    else
        copy_scopes(json_get_text(claims, "scp"), out->caller.scopes);
    out->impersonation = has_scope(json_get_text(claims, "scp"), DELEGATED_SCOPE);
}

/* Graph has scopes of its own (userinfo is Graph's, too); Batch and ARM have the one. A disabled
 * user's token is believed until it expires, as in Azure: nobody asks the directory again. */
static bool check_kind(
    struct request *request, const struct verified_token *token, struct azb_error *err)
{
    if (token->caller.kind == CALLER_APPLICATION)
        return true;
    if (token->caller.kind == CALLER_USER &&
        (token->impersonation || request->plane == PLANE_GRAPH || request->plane == PLANE_ENTRA))
        return true;
    return bearer_refuse(request, BEARER_KIND,
        "The access token is neither an application's nor has it the delegated permission "
        "'" DELEGATED_SCOPE "'.",
        err);
}

/* What two requests with the same token may differ in. */
static bool check_use(struct request *request, const struct verified_token *token,
    struct text audience, const char *const *audiences, struct azb_error *err)
{
    if (atomic_load(&token->key->retired))
        return wrong_key(request, err);
    return check_audience(request, audience, audiences, err) && check_times(request, token, err) &&
           check_kind(request, token, err);
}

static bool read_claims(struct request *request, const struct json *claims,
    struct verified_token *out, struct azb_error *err)
{
    int64_t issued_s;
    struct text audience = json_get_text(claims, "aud");
    if (!check_issuer(request, claims, &out->caller, err) ||
        !read_date(request, claims, "iat", &issued_s, err) ||
        !read_date(request, claims, "nbf", &out->not_before_s, err) ||
        !read_date(request, claims, "exp", &out->caller.expires_on, err) ||
        !read_guid(request, claims, "oid", out->caller.object_id, err) ||
        !read_guid(request, claims, "appid", out->caller.client_id, err))
        return false;
    if (!audience.length)
        return lacks(request, "aud", err);
    if (audience.length < TOKEN_AUDIENCE_MAX)
        memcpy(out->audience, audience.at, audience.length);
    read_kind(claims, out);
    return true;
}

/* ---- All together ---------------------------------------------------------------------------- */

static bool parse(
    struct request *request, struct text token, struct jwt *out, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    if (jwt_parse(token, JWT_STRICT, &request->arena, out, &why))
        return true;
    if (why.kind == AZB_ERROR_MEMORY)
        return fail_memory(err);
    char detail[300];
    snprintf(detail, sizeof detail, "The access token is malformed: %.240s.", why.message);
    return bearer_refuse(request, BEARER_MALFORMED, detail, err);
}

/* Whose signature is good may be told what its token says: `out` holds it then. */
static bool verify(struct request *request, struct text token, const char *const *audiences,
    struct verified_token *out, struct azb_error *err)
{
    struct jwt jwt;
    *out = (struct verified_token){0};
    return parse(request, token, &jwt, err) && check_signature(request, &jwt, &out->key, err) &&
           read_claims(request, jwt.payload, out, err) &&
           check_use(request, out, json_get_text(jwt.payload, "aud"), audiences, err);
}

static void name_holder(struct request *request, const struct verified_token *token)
{
    struct caller *holder = token->key ? arena_alloc(&request->arena, sizeof *holder) : NULL;
    if (!holder)
        return;
    *holder = token->caller;
    request->token_holder = holder;
}

bool authorize_bearer(struct request *request, const char *const *audiences, struct azb_error *err)
{
    struct text token = TEXT_NONE;
    struct verified_token verified;
    unsigned char hash[SHA256_BYTES];
    if (!read_header(request, &token, err))
        return false;
    if (token.length > JWT_LENGTH_MAX)
        return bearer_refuse(request, BEARER_MALFORMED, "The access token is too long.", err);
    sha256(token, hash);
    struct token_cache *cache = request->service->authorizer->tokens;
    bool known = token_cache_find(cache, hash, &verified);
    bool good = known ? check_use(request, &verified, text_of(verified.audience), audiences, err)
                      : verify(request, token, audiences, &verified, err);
    if (!good) {
        name_holder(request, &verified);
        return false;
    }
    if (!known && *verified.audience)
        token_cache_put(cache, hash, &verified);
    request->caller = verified.caller;
    return true;
}
