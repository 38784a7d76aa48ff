/*
 * made_token.h - access tokens made by hand and signed with a made service's real key.
 */
#ifndef TESTS_SERVER_MADE_TOKEN_H
#define TESTS_SERVER_MADE_TOKEN_H

#include "base/jwt.h"
#include "made_service.h"

#define BATCH "https://batch.core.windows.net/"
#define ISSUER "https://sts.windows.net/" MADE_TENANT "/"

/* Values are raw JSON; NULL leaves the claim out. */
struct claims {
    const char *aud, *iss, *tid, *ver, *oid, *sub, *appid, *idtyp, *scp;
    int64_t iat, nbf, exp; /* from now */
    const char *raw_exp;   /* instead of exp */
};

#define QUOTED(text) "\"" text "\""
#define GOOD_CLAIMS                                                                                \
    {                                                                                              \
        .aud = QUOTED(BATCH), .iss = QUOTED(ISSUER), .tid = QUOTED(MADE_TENANT),                   \
        .ver = QUOTED("1.0"), .oid = QUOTED(MADE_OBJECT), .sub = QUOTED(MADE_OBJECT),              \
        .appid = QUOTED(MADE_CLIENT), .idtyp = QUOTED("app"), .iat = -300, .nbf = -300,            \
        .exp = 3600                                                                                \
    }

MADE void add(struct buffer *out, const char *name, const char *value)
{
    if (value)
        buffer_format(out, "%s\"%s\":%s", out->length > 1 ? "," : "", name, value);
}

MADE void add_date(struct buffer *out, const char *name, int64_t now_s, int64_t offset)
{
    if (offset != INT64_MAX)
        buffer_format(
            out, "%s\"%s\":%lld", out->length > 1 ? "," : "", name, (long long)(now_s + offset));
}

MADE void write_claims(struct service *service, const struct claims *claims, struct buffer *out)
{
    int64_t now_s = clock_seconds(&service->clock);
    buffer_add_char(out, '{');
    add(out, "aud", claims->aud);
    add(out, "iss", claims->iss);
    add(out, "tid", claims->tid);
    add(out, "ver", claims->ver);
    add(out, "oid", claims->oid);
    add(out, "sub", claims->sub);
    add(out, "appid", claims->appid);
    add(out, "idtyp", claims->idtyp);
    add(out, "scp", claims->scp);
    add_date(out, "iat", now_s, claims->iat);
    add_date(out, "nbf", now_s, claims->nbf);
    if (claims->raw_exp)
        add(out, "exp", claims->raw_exp);
    else
        add_date(out, "exp", now_s, claims->exp);
    buffer_add_char(out, '}');
}

MADE char *sign_with(struct service *service, struct arena *arena, const struct rsa_key *key,
    enum rsa_padding padding, const char *header, const struct claims *claims)
{
    scoped_buffer struct buffer payload = {0};
    struct azb_error err = AZB_ERROR_INIT;
    buffer_init(&payload, 8192);
    write_claims(service, claims, &payload);
    char *token = jwt_sign(key, padding, text_of(header), buffer_text(&payload), arena, &err);
    assert_string_equal(err.message, "");
    return token;
}

MADE char *sign_for(struct service *service, struct arena *arena, const struct claims *claims)
{
    const struct signing_key *key = entra_signing_key(service->entra);
    const char *header =
        arena_format(arena, "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"%s\"}", key->kid);
    return sign_with(service, arena, key->key, RSA_PKCS1_SHA256, header, claims);
}

#endif
