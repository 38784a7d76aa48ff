/* addKey and removeKey: an application rolls its keys by a proof that it has one. */
#include "made_token.h"
#include "graph_calls.h"

#include "entra/signing_certificate.h"

#define PROOF_AUDIENCE "00000002-0000-0000-c000-000000000000"
#define PEM_MAX 16384

static struct arena arena;
static struct made_application it = {.name = "rolls", .secret = "a-secret-of-the-one"};
static char admin[ADMIN_TOKEN_MAX], own[ADMIN_TOKEN_MAX];
static char path[160];
static struct rsa_key *first, *second;
static char *first_der, *second_der; /* base64 */

static char *make_certificate(struct rsa_key *key)
{
    struct azb_error err = AZB_ERROR_INIT;
    scoped_buffer struct buffer pem = {0};
    struct text der;
    buffer_init(&pem, PEM_MAX);
    assert_true(rsa_private_pem(key, &pem, &err));
    assert_true(
        signing_certificate(buffer_text(&pem), clock_ticks(&service.clock), &arena, &der, &err));
    return base64_encode(&arena, der);
}

static const struct json *call(struct made *made, const char *token, const char *method,
    const char *below, const char *body, int status)
{
    return call_as(made, token, method, format("%s%s", path, below), body, status);
}

static size_t count_keys(char last[GUID_TEXT])
{
    struct made made;
    const struct json *keys = json_get(call(&made, admin, "GET", "", NULL, 200), "keyCredentials");
    size_t count = keys->count;
    for (const struct json *key = keys->first; key; key = key->next)
        snprintf(last, GUID_TEXT, "%.*s", TEXT_ARGS(json_get_text(key, "keyId")));
    made_free(&made);
    return count;
}

/* Seconds from now; `audience` and `issuer` NULL: the right ones. */
struct proof {
    const struct rsa_key *key;
    const char *audience, *issuer;
    int64_t from, until;
};

static char *make_proof(const struct proof *proof)
{
    struct azb_error err = AZB_ERROR_INIT;
    int64_t now_s = clock_seconds(&service.clock);
    char *payload =
        arena_format(&arena, "{\"aud\":\"%s\",\"iss\":\"%s\",\"nbf\":%lld,\"exp\":%lld}",
            proof->audience ? proof->audience : PROOF_AUDIENCE,
            proof->issuer ? proof->issuer : it.app_id, (long long)(now_s + proof->from),
            (long long)(now_s + proof->until));
    char *token = jwt_sign(proof->key, RSA_PKCS1_SHA256,
        TEXT("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"), text_of(payload), &arena, &err);
    assert_string_equal(err.message, "");
    return token;
}

static char *add_body(const char *der, const char *proof)
{
    return arena_format(&arena,
        "{\"keyCredential\":{\"type\":\"AsymmetricX509Cert\",\"usage\":\"Verify\",\"key\":\"%s\"},"
        "\"passwordCredential\":null,\"proof\":\"%s\"}",
        der, proof);
}

static int start(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&arena, 0);
    made_start(&service);
    made_application_add(&service, &it);
    made_token(&service, MADE_CLIENT, MADE_SECRET, RESOURCE_GRAPH, admin);
    made_token(&service, it.app_id, it.secret, RESOURCE_GRAPH, own);
    snprintf(path, sizeof path, "/v1.0/applications(appId='%s')", it.app_id);
    first = rsa_generate(2048, &err);
    second = rsa_generate(2048, &err);
    first_der = make_certificate(first);
    second_der = make_certificate(second);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    rsa_free(first);
    rsa_free(second);
    arena_free(&arena);
    made_stop(&service);
    return 0;
}

/* Without a certificate there is nothing to prove with: the first one is set by PATCH. */
static void the_first_key_needs_an_administrator(void **state)
{
    (void)state;
    struct made made;
    char key_id[GUID_TEXT];
    const struct proof proof = {first, NULL, NULL, 0, 600};
    const struct json *answer =
        call(&made, own, "POST", "/addKey", add_body(first_der, make_proof(&proof)), 400);
    struct text message = json_text(json_path(answer, "error.message"));
    assert_non_null(memmem(message.at, message.length, "keyCredentials", 14));
    made_free(&made);
    call(&made, admin, "PATCH", "",
        arena_format(&arena,
            "{\"keyCredentials\":[{\"type\":\"AsymmetricX509Cert\",\"usage\":"
            "\"Verify\",\"key\":\"%s\"}]}",
            first_der),
        204);
    made_free(&made);
    assert_int_equal(count_keys(key_id), 1);
}

static void bad_proofs_are_refused(void **state)
{
    (void)state;
    const struct {
        const char *name;
        struct proof proof;
        const char *part;
    } cases[] = {
        {"by a stranger", {second, NULL, NULL, 0, 600}, "None of the existing"},
        {"for another audience", {first, "https://graph.microsoft.com", NULL, 0, 600}, "audience"},
        {"of another", {first, NULL, MADE_CLIENT, 0, 600}, "issuer"},
        {"too long", {first, NULL, NULL, 0, 3600}, "more than ten minutes"},
        {"too old", {first, NULL, NULL, -7200, -6900}, "not valid now"},
        {"too early", {first, NULL, NULL, 7000, 7200}, "not valid now"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made;
        print_message("  %s\n", cases[i].name);
        const struct json *answer = call(
            &made, own, "POST", "/addKey", add_body(second_der, make_proof(&cases[i].proof)), 400);
        struct text message = json_text(json_path(answer, "error.message"));
        made_text_equal(
            json_text(json_path(answer, "error.code")), "Authentication_MissingOrMalformed");
        if (!memmem(message.at, message.length, cases[i].part, strlen(cases[i].part)))
            fail_msg("'%s' is not in '%.*s'", cases[i].part, TEXT_ARGS(message));
        made_free(&made);
    }
    struct made made;
    call(&made, own, "POST", "/addKey", add_body(second_der, "no.proof.atall"), 400);
    made_free(&made);
    call(&made, own, "POST", "/addKey", "{}", 400);
    made_free(&made);
}

/* The application itself, without any permission. */
static void keys_are_rolled(void **state)
{
    (void)state;
    struct made made;
    char old[GUID_TEXT], key_id[GUID_TEXT];
    const struct proof by_first = {first, NULL, NULL, 0, 600},
                       by_second = {second, NULL, NULL, 0, 600};
    assert_int_equal(count_keys(old), 1);
    const struct json *added =
        call(&made, own, "POST", "/addKey", add_body(second_der, make_proof(&by_first)), 200);
    assert_int_equal(json_get(added, "key")->type, JSON_NULL);
    made_free(&made);
    assert_int_equal(count_keys(key_id), 2);
    call(&made, own, "POST", "/removeKey",
        arena_format(&arena, "{\"keyId\":\"%s\",\"proof\":\"%s\"}", old, make_proof(&by_second)),
        204);
    made_free(&made);
    assert_int_equal(count_keys(key_id), 1);
    call(&made, own, "POST", "/removeKey",
        arena_format(&arena, "{\"keyId\":\"%s\",\"proof\":\"%s\"}", key_id, make_proof(&by_first)),
        400); /* the old key proves nothing any more */
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_key_needs_an_administrator),
        cmocka_unit_test(bad_proofs_are_refused),
        cmocka_unit_test(keys_are_rolled),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
