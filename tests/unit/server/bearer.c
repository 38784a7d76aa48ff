/* Access tokens as a resource server sees them: each check by itself, and the remembered token. */
#include "made_token.h"

#define HOUR_MS (3600 * 1000)

static struct service service;
static const char *const batch_audiences[] = {BATCH, NULL};

static int start(void **state)
{
    (void)state;
    made_start(&service);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

static char *sign(struct arena *arena, const struct claims *claims)
{
    return sign_for(&service, arena, claims);
}

/* ---- Checking -------------------------------------------------------------------------------- */

static bool check_as(
    struct made *made, enum plane plane, const char *authorization, const char *const *audiences)
{
    made_request(made, &service, plane, "GET", "/jobs");
    if (authorization)
        made_header(made, "Authorization", arena_string(&made->request.arena, authorization));
    return authorize_bearer(&made->request, audiences, &made->err);
}

static bool check(struct made *made, const char *authorization)
{
    return check_as(made, PLANE_BATCH, authorization, batch_audiences);
}

static const char *detail(const struct made *made)
{
    assert_int_equal(made->err.value_count, 1);
    assert_string_equal(made->err.values[0].key, "AuthenticationErrorDetail");
    return made->err.values[0].value;
}

static void expect_refused(const char *authorization, const char *part_of_detail)
{
    struct made made;
    assert_false(check(&made, authorization));
    assert_int_equal(made.err.http_status, 401);
    assert_string_equal(made.err.code, "AuthenticationFailed");
    if (!strstr(detail(&made), part_of_detail))
        fail_msg("'%s' is not in '%s'", part_of_detail, detail(&made));
    assert_int_equal(made.request.caller.kind, CALLER_NOBODY);
    made_free(&made);
}

static void expect_token_refused(const char *token, const char *part_of_detail)
{
    char header[8192];
    snprintf(header, sizeof header, "Bearer %s", token);
    expect_refused(header, part_of_detail);
}

/* ---- Claims ---------------------------------------------------------------------------------- */

#define OTHER "99999999-9999-4999-8999-999999999999"
#define ABSENT INT64_MAX

/* Each row changes one claim of a good token. */
static const struct {
    const char *name;
    const char *field;
    const char *value; /* raw JSON; NULL: left out */
    const char *part_of_detail;
} bad_claims[] = {
    {"audience without the slash", "aud", QUOTED("https://batch.core.windows.net"),
        "including forward slash"},
    {"audience of ARM", "aud", QUOTED("https://management.core.windows.net/"), "wrong audience"},
    {"audience in another case", "aud", QUOTED("https://Batch.core.windows.net/"),
        "wrong audience"},
    {"audience is a list", "aud", "[" QUOTED(BATCH) "]", "'aud'"},
    {"no audience", "aud", NULL, "'aud'"},
    {"another tenant", "tid", QUOTED(OTHER), "wrong issuer"},
    {"another issuer", "iss", QUOTED("https://sts.windows.net/" OTHER "/"), "wrong issuer"},
    {"issuer of v2", "iss", QUOTED("https://localhost:8443/" MADE_TENANT "/v2.0"), "wrong issuer"},
    {"issuer without the slash", "iss", QUOTED("https://sts.windows.net/" MADE_TENANT),
        "wrong issuer"},
    {"no issuer", "iss", NULL, "wrong issuer"},
    {"no tenant", "tid", NULL, "'tid'"},
    {"tenant is no GUID", "tid", QUOTED("adfs"), "'tid'"},
    {"version 2.0", "ver", QUOTED("2.0"), "'ver'"},
    {"version is a number", "ver", "1.0", "'ver'"},
    {"no version", "ver", NULL, "'ver'"},
    {"no object id", "oid", NULL, "'oid'"},
    {"object id is no GUID", "oid", QUOTED("me"), "'oid'"},
    {"no application", "appid", NULL, "'appid'"},
    {"subject is another", "sub", QUOTED(OTHER), "neither an application's"},
    {"kind unknown", "idtyp", QUOTED("device"), "neither an application's"},
    {"kind user without scope", "idtyp", QUOTED("user"), "neither an application's"},
    {"application with scope", "scp", QUOTED("user_impersonation"), "neither an application's"},
};

static void set_claim(struct claims *claims, const char *field, const char *value)
{
    const struct {
        const char *name;
        const char **at;
    } fields[] = {{"aud", &claims->aud}, {"iss", &claims->iss}, {"tid", &claims->tid},
        {"ver", &claims->ver}, {"oid", &claims->oid}, {"sub", &claims->sub},
        {"appid", &claims->appid}, {"idtyp", &claims->idtyp}, {"scp", &claims->scp}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].name, field) == 0)
            *fields[i].at = value;
}

static void test_bad_claims(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof bad_claims / sizeof *bad_claims; i++) {
        struct claims claims = GOOD_CLAIMS;
        print_message("  %s\n", bad_claims[i].name);
        set_claim(&claims, bad_claims[i].field, bad_claims[i].value);
        expect_token_refused(sign(&arena, &claims), bad_claims[i].part_of_detail);
    }
}

static const struct {
    const char *name;
    int64_t iat, nbf, exp;
    const char *raw_exp;
    const char *part_of_detail; /* NULL: good */
} dates[] = {
    {"good", -300, -300, 3600, NULL, NULL},
    {"expired within the skew", -4000, -4000, -200, NULL, NULL},
    {"expired", -4000, -4000, -301, NULL, "is earlier than current UTC time"},
    {"not yet, within the skew", 200, 200, 3600, NULL, NULL},
    {"not yet", 301, 310, 3600, NULL, "is not valid before"},
    {"no exp", -300, -300, ABSENT, NULL, "'exp'"},
    {"no nbf", -300, ABSENT, 3600, NULL, "'nbf'"},
    {"no iat", ABSENT, -300, 3600, NULL, "'iat'"},
    {"exp is a string", -300, -300, 0, "\"4102444800\"", "'exp'"},
    {"exp is too large", -300, -300, 0, "1e300", "'exp'"},
    {"exp is null", -300, -300, 0, "null", "'exp'"},
};

static void test_dates(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        struct claims claims = GOOD_CLAIMS;
        struct made made;
        print_message("  %s\n", dates[i].name);
        claims.iat = dates[i].iat;
        claims.nbf = dates[i].nbf;
        claims.exp = dates[i].exp;
        claims.raw_exp = dates[i].raw_exp;
        char *token = sign(&arena, &claims);
        if (dates[i].part_of_detail) {
            expect_token_refused(token, dates[i].part_of_detail);
            continue;
        }
        assert_true(check(&made, arena_format(&arena, "Bearer %s", token)));
        made_free(&made);
    }
}

/* ---- Signatures and forms -------------------------------------------------------------------- */

/* HS256 with what the attacker knows, the public key, as its secret. */
static char *sign_hs256(struct arena *arena, struct text key, const struct claims *claims)
{
    const struct signing_key *signer = entra_signing_key(service.entra);
    char *header =
        arena_format(arena, "{\"typ\":\"JWT\",\"alg\":\"HS256\",\"kid\":\"%s\"}", signer->kid);
    scoped_buffer struct buffer payload = {0};
    unsigned char mac[SHA256_BYTES];
    buffer_init(&payload, 8192);
    write_claims(&service, claims, &payload);
    char *head = arena_format(arena, "%s.%s", base64url_encode(arena, text_of(header)),
        base64url_encode(arena, buffer_text(&payload)));
    hmac_sha256(key, text_of(head), mac);
    return arena_format(arena, "%s.%s", head,
        base64url_encode(arena, (struct text){(const char *)mac, sizeof mac}));
}

static void test_algorithms(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const struct claims claims = GOOD_CLAIMS;
    const struct signing_key *key = entra_signing_key(service.entra);
    expect_token_refused(sign_hs256(&arena, text_of(key->n), &claims), "must be RS256");
    expect_token_refused(sign_hs256(&arena, text_of(key->x5c), &claims), "must be RS256");
    char *good = sign(&arena, &claims), *dot = strrchr(good, '.');
    char *payload = strchr(good, '.');
    const char *none = base64url_encode(
        &arena, text_of(arena_format(&arena, "{\"alg\":\"none\",\"kid\":\"%s\"}", key->kid)));
    int length = (int)(dot - payload);
    expect_token_refused(arena_format(&arena, "%s%.*s.", none, length, payload), "malformed");
    expect_token_refused(arena_format(&arena, "%s%.*s.AA", none, length, payload), "must be RS256");
    expect_token_refused(
        sign_with(&service, &arena, key->key, RSA_PSS_SHA256,
            arena_format(&arena, "{\"alg\":\"PS256\",\"kid\":\"%s\"}", key->kid), &claims),
        "must be RS256");
}

static void test_keys(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    const struct claims claims = GOOD_CLAIMS;
    const struct signing_key *key = entra_signing_key(service.entra);
    struct rsa_key *other = rsa_generate(2048, &err);
    assert_non_null(other);
    char *ours = arena_format(&arena, "{\"alg\":\"RS256\",\"kid\":\"%s\"}", key->kid);
    expect_token_refused(sign_with(&service, &arena, other, RSA_PKCS1_SHA256, ours, &claims),
        "signature is not right");
    expect_token_refused(sign_with(&service, &arena, key->key, RSA_PKCS1_SHA256,
                             "{\"alg\":\"RS256\",\"kid\":\"nobody\"}", &claims),
        "not one of this tenant's");
    expect_token_refused(
        sign_with(&service, &arena, key->key, RSA_PKCS1_SHA256, "{\"alg\":\"RS256\"}", &claims),
        "not one of this tenant's");
    expect_token_refused(
        sign_with(&service, &arena, key->key, RSA_PKCS1_SHA256,
            arena_format(&arena, "{\"alg\":\"RS256\",\"kid\":\"%s\",\"crit\":[\"b64\"]}", key->kid),
            &claims),
        "critical");
    rsa_free(other);
}

static void test_forms(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const struct claims claims = GOOD_CLAIMS;
    char *good = sign(&arena, &claims);
    size_t length = strlen(good);
    char *changed = arena_string(&arena, good);
    char *middle = strchr(changed, '.') + 20;
    *middle = *middle == 'A' ? 'B' : 'A';
    expect_refused(NULL, "missing access token");
    expect_refused("", "missing access token");
    expect_refused("Bearer", "missing access token");
    expect_refused("Bearer   ", "missing access token");
    expect_refused(good, "must be 'Bearer'");
    expect_refused(arena_format(&arena, "Basic %s", good), "must be 'Bearer'");
    expect_refused(arena_format(&arena, "Bearer %s %s", good, good), "malformed");
    expect_token_refused(arena_format(&arena, "%.*s", (int)length - 8, good), "");
    expect_token_refused(
        arena_format(&arena, "%.*s", (int)(strrchr(good, '.') - good), good), "malformed");
    expect_token_refused(arena_format(&arena, "%s=", good), "malformed");
    expect_token_refused(arena_format(&arena, "%s.", good), "malformed");
    expect_token_refused(changed, "");
    expect_token_refused("a.b.c", "malformed");
    expect_token_refused("..", "malformed");
    struct made made;
    assert_true(check(&made, arena_format(&arena, "bearer  %s ", good)));
    made_free(&made);
}

static void test_two_headers(void **state)
{
    (void)state;
    struct made made;
    struct claims claims = GOOD_CLAIMS;
    made_request(&made, &service, PLANE_BATCH, "GET", "/jobs");
    char *header =
        arena_format(&made.request.arena, "Bearer %s", sign(&made.request.arena, &claims));
    made_header(&made, "Authorization", header);
    made_header(&made, "authorization", header);
    assert_false(authorize_bearer(&made.request, batch_audiences, &made.err));
    assert_non_null(strstr(detail(&made), "more than one"));
    made_free(&made);
}

/* ---- Callers --------------------------------------------------------------------------------- */

static void test_application(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct claims claims = GOOD_CLAIMS;
    char *header = arena_format(&arena, "Bearer %s", sign(&arena, &claims));
    for (int i = 0; i < 2; i++) { /* the second time it is remembered */
        struct made made;
        assert_true(check(&made, header));
        assert_int_equal(made.request.caller.kind, CALLER_APPLICATION);
        assert_string_equal(made.request.caller.object_id, MADE_OBJECT);
        assert_string_equal(made.request.caller.client_id, MADE_CLIENT);
        assert_string_equal(made.request.caller.tenant_id, MADE_TENANT);
        made_free(&made);
    }
    claims.idtyp = NULL;
    struct made made;
    assert_true(check(&made, arena_format(&arena, "Bearer %s", sign(&arena, &claims))));
    assert_int_equal(made.request.caller.kind, CALLER_APPLICATION);
    made_free(&made);
}

static void test_user(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct claims claims = GOOD_CLAIMS;
    struct made made;
    claims.idtyp = NULL;
    claims.sub = QUOTED("pairwise");
    claims.scp = QUOTED("openid user_impersonation");
    assert_true(check(&made, arena_format(&arena, "Bearer %s", sign(&arena, &claims))));
    assert_int_equal(made.request.caller.kind, CALLER_USER);
    made_free(&made);
    claims.scp = QUOTED("user_impersonation_not");
    expect_token_refused(sign(&arena, &claims), "delegated permission");
}

/* Graph takes other scopes; the same token, remembered, must not open another plane. */
static void test_remembered_for_another_plane(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct claims claims = GOOD_CLAIMS;
    struct made made;
    claims.idtyp = QUOTED("user");
    claims.scp = QUOTED("User.Read");
    char *header = arena_format(&arena, "Bearer %s", sign(&arena, &claims));
    assert_true(check_as(&made, PLANE_GRAPH, header, batch_audiences));
    made_free(&made);
    expect_refused(header, "delegated permission");
}

/* ---- Remembering ----------------------------------------------------------------------------- */

static void test_remembered_token_expires(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct claims claims = GOOD_CLAIMS;
    struct made made;
    char *header = arena_format(&arena, "Bearer %s", sign(&arena, &claims));
    assert_true(check(&made, header));
    made_free(&made);
    clock_move(&service.clock, 2 * HOUR_MS);
    expect_refused(header, "is earlier than current UTC time");
    clock_move(&service.clock, -2 * HOUR_MS);
    assert_true(check(&made, header));
    made_free(&made);
    clock_move(&service.clock, -HOUR_MS);
    expect_refused(header, "is not valid before");
    clock_move(&service.clock, HOUR_MS);
}

/* Signed by our own key, and of another tenant all the same: each plane refuses it in its words. */
static void test_another_tenant_at_each_plane(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum plane plane;
        const char *audience, *field, *value, *code;
    } cases[] = {
        {"ARM, the tenant", PLANE_ARM, "https://management.azure.com/", "tid", QUOTED(OTHER),
            "InvalidAuthenticationTokenTenant"},
        {"ARM, the issuer", PLANE_ARM, "https://management.azure.com/", "iss",
            QUOTED("https://sts.windows.net/" OTHER "/"), "InvalidAuthenticationTokenTenant"},
        {"Graph, the tenant", PLANE_GRAPH, "https://graph.microsoft.com", "tid", QUOTED(OTHER),
            "InvalidAuthenticationToken"},
        {"Graph, the issuer", PLANE_GRAPH, "https://graph.microsoft.com", "iss",
            QUOTED("https://sts.windows.net/" OTHER "/"), "InvalidAuthenticationToken"},
    };
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const audiences[] = {cases[i].audience, NULL};
        struct claims claims = GOOD_CLAIMS;
        struct made made;
        print_message("  %s\n", cases[i].name);
        claims.aud = arena_format(&arena, "\"%s\"", cases[i].audience);
        char *good = arena_format(&arena, "Bearer %s", sign(&arena, &claims));
        assert_true(check_as(&made, cases[i].plane, good, audiences));
        made_free(&made);
        set_claim(&claims, cases[i].field, cases[i].value);
        char *header = arena_format(&arena, "Bearer %s", sign(&arena, &claims));
        assert_false(check_as(&made, cases[i].plane, header, audiences));
        assert_int_equal(made.err.http_status, 401);
        assert_string_equal(made.err.code, cases[i].code);
        made_free(&made);
    }
}

static void test_remembered_token_has_one_audience(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct claims claims = GOOD_CLAIMS;
    static const char *const other[] = {"https://management.core.windows.net/", NULL};
    struct made made;
    char *header = arena_format(&arena, "Bearer %s", sign(&arena, &claims));
    assert_true(check(&made, header));
    made_free(&made);
    assert_false(check_as(&made, PLANE_ARM, header, other));
    assert_string_equal(made.err.code, "InvalidAuthenticationTokenAudience");
    made_free(&made);
}

static void test_many_tokens(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct claims claims = GOOD_CLAIMS;
    struct made made;
    char *first = arena_format(&arena, "Bearer %s", sign(&arena, &claims));
    authorizer_forget_tokens(service.authorizer);
    for (int i = 0; i < 300; i++) {
        claims.exp = 3601 + i;
        assert_true(check(&made, arena_format(&arena, "Bearer %s", sign(&arena, &claims))));
        made_free(&made);
    }
    assert_true(check(&made, first));
    made_free(&made);
}

/* ---- Retired keys ---------------------------------------------------------------------------- */

static bool make_key(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    return entra_make_key(connection, 1, err);
}

static bool retire(struct store_connection *connection, void *context, struct azb_error *err)
{
    return entra_retire_key(service.entra, connection, text_of(context), err);
}

/* As retire(), and then it fails: nothing may have changed. */
static bool retire_in_vain(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    return retire(connection, context, err) && retire(connection, context, err);
}

static void expect_kept(store_work_fn *work, const char *kid, enum azb_error_kind kind)
{
    struct azb_error err = AZB_ERROR_INIT;
    assert_false(store_write_wait(service.store, work, (void *)(uintptr_t)kid, &err));
    assert_int_equal(err.kind, kind);
    azb_error_free(&err);
}

static void test_retired_key(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct claims claims = GOOD_CLAIMS;
    struct azb_error err = AZB_ERROR_INIT;
    const struct signing_key *old = entra_signing_key(service.entra);
    char *remembered = sign(&arena, &claims);
    claims.exp = 3000;
    char *unseen = sign(&arena, &claims);
    struct made made;
    expect_kept(retire, old->kid, AZB_ERROR_CONFLICT);
    made_write(&service, make_key, NULL);
    assert_true(entra_load_keys(service.entra, store_reader(service.store, &err), &err));
    assert_ptr_not_equal(entra_signing_key(service.entra), old);
    expect_kept(retire, "no such key", AZB_ERROR_NOT_FOUND);
    expect_kept(retire_in_vain, old->kid, AZB_ERROR_NOT_FOUND);
    assert_true(check(&made, arena_format(&arena, "Bearer %s", remembered)));
    made_free(&made);
    made_write(&service, retire, (void *)(uintptr_t)old->kid);
    expect_token_refused(remembered, "not one of this tenant's");
    expect_token_refused(unseen, "not one of this tenant's");
    assert_null(entra_key(service.entra, text_of(old->kid)));
    const struct signing_key *keys[2];
    assert_int_equal(entra_keys(service.entra, keys, 2), 1);
    assert_ptr_equal(keys[0], entra_signing_key(service.entra));
    assert_true(entra_load_keys(service.entra, store_reader(service.store, &err), &err));
    assert_null(entra_key(service.entra, text_of(old->kid)));
    assert_true(check(&made, arena_format(&arena, "Bearer %s", sign(&arena, &claims))));
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_application), cmocka_unit_test(test_user),
        cmocka_unit_test(test_bad_claims), cmocka_unit_test(test_dates),
        cmocka_unit_test(test_algorithms), cmocka_unit_test(test_keys),
        cmocka_unit_test(test_forms), cmocka_unit_test(test_two_headers),
        cmocka_unit_test(test_remembered_for_another_plane),
        cmocka_unit_test(test_remembered_token_expires),
        cmocka_unit_test(test_another_tenant_at_each_plane),
        cmocka_unit_test(test_remembered_token_has_one_audience),
        cmocka_unit_test(test_many_tokens),
        cmocka_unit_test(test_retired_key), /* last: it takes the key of the others */
    };
    return cmocka_run_group_tests_name("server/bearer", tests, start, stop);
}
