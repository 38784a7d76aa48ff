/*
 * jwt_parse and jwt_verify on any bytes. What must hold: strict tokens are tolerated ones too; the
 * signed part is a piece of the input; nothing but the one signed token verifies.
 */
#include <stdlib.h>
#include "base/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* RFC 7515 appendix A.2. */
static const char modulus[] =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEz"
    "P1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf6"
    "3kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5Zw"
    "Kh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRW"
    "yuXpoQ";
static const char signed_part[] =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

static void require(bool condition)
{
    if (!condition)
        abort();
}

static bool parse(struct text token, enum jwt_form form, const struct rsa_key *key)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    struct jwt jwt;
    int64_t seconds = 0;
    arena_init(&arena, 0);
    if (!jwt_parse(token, form, &arena, &jwt, &err)) {
        require(err.kind != AZB_ERROR_NONE && err.message[0]);
        return false;
    }
    require(jwt.signed_part.at == token.at && jwt.signed_part.length < token.length);
    require(jwt.header->type == JSON_OBJECT && jwt.payload->type == JSON_OBJECT);
    require(jwt_date(jwt.payload, "exp", &seconds) != 1 || seconds >= 0);
    require(!jwt_verify(&jwt, RSA_PSS_SHA256, key));
    require(!jwt_verify(&jwt, RSA_PKCS1_SHA256, key) || text_is(jwt.signed_part, signed_part));
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text token = {(const char *)data, size};
    struct rsa_key *key = rsa_from_jwk(text_of(modulus), TEXT("AQAB"), &err);
    require(key != NULL);
    bool strict = parse(token, JWT_STRICT, key);
    bool tolerant = parse(token, JWT_ALLOW_PADDING, key);
    require(!strict || tolerant);
    rsa_free(key);
    return 0;
}
