/*
 * JWS compact serialisation (RFC 7515 section 7.1) with JSON claims (RFC 7519).
 */
#include "base/jwt.h"

#include "base/error.h"

/* 9999-12-31T23:59:59Z: later instants are no dates, and would not fit into ticks. */
#define SECONDS_MAX 253402300799LL

/* Header and payload together, so that with the longest signature the token can be parsed. */
#define CLAIMS_MAX ((JWT_LENGTH_MAX - 2048) / 4 * 3)

static const char *const segment_names[] = {"header", "payload", "signature"};

const char *jwt_algorithm(enum rsa_padding padding)
{
    return padding == RSA_PSS_SHA256 ? "PS256" : "RS256";
}

static bool cut_segments(struct text token, struct text segments[3], struct azb_error *err)
{
    struct text rest = token;
    struct text piece;
    size_t count = 0;
    while (text_cut(&rest, '.', &piece)) {
        if (count < 3)
            segments[count] = piece;
        count++;
    }
    if (count == 3)
        return true;
    return fail(
        err, AZB_ERROR_PROTOCOL, "the token has %zu segments, not the 3 of a signed JWT", count);
}

static bool decode_segment(struct text segment, enum jwt_form form, const char *name,
    struct arena *arena, struct text *out, struct azb_error *err)
{
    if (!segment.length)
        return fail(err, AZB_ERROR_PROTOCOL, "the token's %s is empty", name);
    for (int i = 0; form == JWT_ALLOW_PADDING && i < 2 && text_ends(segment, "="); i++)
        segment.length--;
    if (base64url_decode(arena, segment, out))
        return true;
    if (arena->failed)
        return fail_memory(err);
    return fail(err, AZB_ERROR_PROTOCOL, "the token's %s is not %sbase64url", name,
        form == JWT_STRICT ? "unpadded " : "");
}

static bool parse_object(struct text text, const char *name, struct arena *arena,
    const struct json **out, struct azb_error *err)
{
    *out = json_parse(text, arena, err);
    if (!*out)
        return fail_while(err, "the token's %s", name);
    if ((*out)->type == JSON_OBJECT)
        return true;
    return fail(err, AZB_ERROR_PROTOCOL, "the token's %s is %s, not an object", name,
        json_type_text((*out)->type));
}

bool jwt_parse(struct text token, enum jwt_form form, struct arena *arena, struct jwt *out,
    struct azb_error *err)
{
    struct text segments[3];
    struct text decoded[3];
    struct jwt jwt;
    if (token.length > JWT_LENGTH_MAX)
        return fail(err, AZB_ERROR_PROTOCOL, "the token has %zu characters; %d are allowed",
            token.length, JWT_LENGTH_MAX);
    if (!cut_segments(token, segments, err))
        return false;
    for (int i = 0; i < 3; i++)
        if (!decode_segment(segments[i], form, segment_names[i], arena, &decoded[i], err))
            return false;
    if (!parse_object(decoded[0], segment_names[0], arena, &jwt.header, err) ||
        !parse_object(decoded[1], segment_names[1], arena, &jwt.payload, err))
        return false;
    jwt.signed_part = (struct text){token.at, segments[0].length + 1 + segments[1].length};
    jwt.signature = decoded[2];
    *out = jwt;
    return true;
}

/* A "jwk", "jku" or "x5u" in the header is never looked at; the key is the caller's choice. */
bool jwt_verify(const struct jwt *jwt, enum rsa_padding padding, const struct rsa_key *key)
{
    if (!text_is(json_get_text(jwt->header, "alg"), jwt_algorithm(padding)))
        return false;
    /* RFC 7515 section 4.1.11: we understand no extension, so any "crit" must be refused. */
    if (json_get(jwt->header, "crit"))
        return false;
    return rsa_verify(key, padding, jwt->signed_part, jwt->signature);
}

static bool check_header(
    struct text header, enum rsa_padding padding, struct arena *arena, struct azb_error *err)
{
    const struct json *parsed = json_parse(header, arena, err);
    if (!parsed)
        return fail_while(err, "JWT header");
    if (text_is(json_get_text(parsed, "alg"), jwt_algorithm(padding)))
        return true;
    return fail(
        err, AZB_ERROR_ARGUMENT, "the JWT header's alg must be \"%s\"", jwt_algorithm(padding));
}

char *jwt_sign(const struct rsa_key *key, enum rsa_padding padding, struct text header,
    struct text payload, struct arena *arena, struct azb_error *err)
{
    struct text signature;
    if (!check_header(header, padding, arena, err))
        return NULL;
    if (header.length + payload.length > CLAIMS_MAX) {
        fail(err, AZB_ERROR_ARGUMENT, "the JWT's header and payload are %zu bytes; %d are allowed",
            header.length + payload.length, CLAIMS_MAX);
        return NULL;
    }
    const char *first = base64url_encode(arena, header);
    const char *second = base64url_encode(arena, payload);
    const char *signed_part = first && second ? arena_format(arena, "%s.%s", first, second) : NULL;
    if (!signed_part) {
        fail_memory(err);
        return NULL;
    }
    if (!rsa_sign(key, padding, text_of(signed_part), arena, &signature, err))
        return NULL;
    const char *third = base64url_encode(arena, signature);
    char *token = third ? arena_format(arena, "%s.%s", signed_part, third) : NULL;
    if (!token)
        fail_memory(err);
    return token;
}

/* RFC 7519 section 2: NumericDate may have a fraction; what is after the point is dropped. */
static bool whole_seconds(struct text number, int64_t *seconds)
{
    double value;
    if (json_number_to_i64(number, seconds))
        return true;
    if (!json_number_to_double(number, &value) || !(value >= 0 && value <= (double)SECONDS_MAX))
        return false;
    *seconds = (int64_t)value;
    return true;
}

int jwt_date(const struct json *payload, const char *claim, int64_t *seconds)
{
    const struct json *value = json_get(payload, claim);
    int64_t found = -1;
    uint64_t digits;
    if (!value)
        return 0;
    if (value->type == JSON_NUMBER && !whole_seconds(value->text, &found))
        return -1;
    if (value->type == JSON_STRING && text_to_u64(value->text, SECONDS_MAX, &digits))
        found = (int64_t)digits;
    if (found < 0 || found > SECONDS_MAX)
        return -1;
    *seconds = found;
    return 1;
}
