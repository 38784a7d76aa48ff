/* The token endpoint: client_credentials by secret, and every error on the way. */
#include "made_service.h"

#include "base/jwt.h"
#include "entra/token.h"

#define FORM_TYPE "application/x-www-form-urlencoded"
#define BATCH "https%3A%2F%2Fbatch.core.windows.net%2F"
#define GOOD_ID "client_id=" MADE_CLIENT
#define GOOD_SECRET "client_secret=" MADE_SECRET
#define GRANT "grant_type=client_credentials"
#define GOOD_SCOPE "scope=" BATCH "%2F.default"
#define GOOD GRANT "&" GOOD_ID "&" GOOD_SECRET "&" GOOD_SCOPE

static struct service service;
static struct made_application expired = {.name = "expired", .secret = "expired-secret", .end = 2};
static struct made_application future = {
    .name = "future", .secret = "future-secret", .start = INT64_MAX - 1, .end = INT64_MAX};
static struct made_application lonely = {
    .name = "lonely", .secret = "lonely-secret", .no_principal = true};
static struct made_application disabled = {
    .name = "disabled", .secret = "disabled-secret", .disabled = true};
static struct made_application public = {.name = "public", .public_client = true};
static struct made_application odd = {.name = "odd", .secret = "a+b%41 c"};

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_application_add(&service, &expired);
    made_application_add(&service, &future);
    made_application_add(&service, &lonely);
    made_application_add(&service, &disabled);
    made_application_add(&service, &public);
    made_application_add(&service, &odd);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

static void post(struct made *made, bool v2, const char *tenant, const char *body)
{
    made_request(
        made, &service, PLANE_ENTRA, "POST", v2 ? "/t/oauth2/v2.0/token" : "/t/oauth2/token");
    made->request.values[0] = text_of(tenant);
    made->request.body = text_of(body);
    made_header(made, "Content-Type", FORM_TYPE);
}

static void serve(struct made *made, bool v2)
{
    made_run(made, entra_plane(), v2 ? "/{tenant}/oauth2/v2.0/token" : "/{tenant}/oauth2/token");
}

/* ---- Errors --------------------------------------------------------------------------------- */

static const struct refusal {
    const char *name;
    bool v2;
    const char *tenant;
    const char *body; /* "%s" is `client` */
    const char *client;
    int status, number;
    const char *word;
} refusals[] = {
    {"wrong secret", true, MADE_TENANT, GRANT "&" GOOD_ID "&client_secret=nope&" GOOD_SCOPE, NULL,
        401, 7000215, "invalid_client"},
    {"secret of another application", true, MADE_TENANT,
        GRANT "&client_id=%s&" GOOD_SECRET "&" GOOD_SCOPE, expired.app_id, 401, 7000215,
        "invalid_client"},
    {"empty secret", true, MADE_TENANT, GRANT "&" GOOD_ID "&client_secret=&" GOOD_SCOPE, NULL, 401,
        7000218, "invalid_client"},
    {"expired secret", true, MADE_TENANT,
        GRANT "&client_id=%s&client_secret=expired-secret&" GOOD_SCOPE, expired.app_id, 401,
        7000222, "invalid_client"},
    {"secret that has not begun", true, MADE_TENANT,
        GRANT "&client_id=%s&client_secret=future-secret&" GOOD_SCOPE, future.app_id, 401, 7000222,
        "invalid_client"},
    {"no service principal", true, MADE_TENANT,
        GRANT "&client_id=%s&client_secret=lonely-secret&" GOOD_SCOPE, lonely.app_id, 401, 7000229,
        "unauthorized_client"},
    {"disabled", true, MADE_TENANT, GRANT "&client_id=%s&client_secret=disabled-secret&" GOOD_SCOPE,
        disabled.app_id, 401, 7000112, "unauthorized_client"},
    {"public client with a secret", true, MADE_TENANT,
        GRANT "&client_id=%s&client_secret=x&" GOOD_SCOPE, public.app_id, 401, 700025,
        "invalid_client"},
    {"no credential", true, MADE_TENANT, GRANT "&" GOOD_ID "&" GOOD_SCOPE, NULL, 401, 7000218,
        "invalid_client"},
    {"two credentials", true, MADE_TENANT, GOOD "&client_assertion=a.b.c", NULL, 400, 9002313,
        "invalid_request"},
    {"unknown application", true, MADE_TENANT,
        GRANT "&client_id=aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa&" GOOD_SECRET "&" GOOD_SCOPE, NULL,
        400, 700016, "unauthorized_client"},
    {"client id that is no GUID", true, MADE_TENANT,
        GRANT "&client_id=hello&" GOOD_SECRET "&" GOOD_SCOPE, NULL, 400, 700016,
        "unauthorized_client"},
    {"no client id", true, MADE_TENANT, GRANT "&" GOOD_SECRET "&" GOOD_SCOPE, NULL, 400, 900144,
        "invalid_request"},
    {"no grant type", true, MADE_TENANT, GOOD_ID "&" GOOD_SECRET "&" GOOD_SCOPE, NULL, 400, 900144,
        "invalid_request"},
    {"grant type in another case", true, MADE_TENANT,
        "grant_type=Client_Credentials&" GOOD_ID "&" GOOD_SECRET, NULL, 400, 70003,
        "unsupported_grant_type"},
    {"password", true, MADE_TENANT, "grant_type=password&" GOOD_ID "&username=a&password=b", NULL,
        400, 70003, "unsupported_grant_type"},
    {"claims that are not JSON", true, MADE_TENANT, GOOD "&claims=x", NULL, 400, 9002313,
        "invalid_request"},
    {"no scope", true, MADE_TENANT, GRANT "&" GOOD_ID "&" GOOD_SECRET, NULL, 400, 900144,
        "invalid_request"},
    {"scope without .default", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&scope=" BATCH "user_impersonation", NULL, 400, 1002012,
        "invalid_scope"},
    {"scope .default alone", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&scope=%2F.default", NULL, 400, 1002012,
        "invalid_scope"},
    {"scopes of OpenID alone", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&scope=openid+profile", NULL, 400, 900144,
        "invalid_request"},
    {"two resources", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&" GOOD_SCOPE
              "+https%3A%2F%2Fgraph.microsoft.com%2F.default",
        NULL, 400, 700022, "invalid_scope"},
    {"unknown resource", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&scope=https://example.com/.default", NULL, 400, 500011,
        "invalid_resource"},
    {"another port of localhost", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&scope=https://localhost:1/.default", NULL, 400, 500011,
        "invalid_resource"},
    {"resource with two slashes", false, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&resource=" BATCH "%2F", NULL, 400, 500011,
        "invalid_resource"},
    {"resource on v2", true, MADE_TENANT, GOOD "&resource=" BATCH, NULL, 400, 901002,
        "invalid_request"},
    {"scope on v1", false, MADE_TENANT, GOOD, NULL, 400, 900144, "invalid_request"},
    {"unknown tenant", true, "99999999-9999-4999-8999-999999999999", GOOD, NULL, 400, 90002,
        "invalid_request"},
    {"unknown domain", true, "contoso.com", GOOD, NULL, 400, 90002, "invalid_request"},
    {"tenant that is none", true, "contoso", GOOD, NULL, 400, 900023, "invalid_request"},
    {"common", true, "common", GOOD, NULL, 400, 50194, "invalid_request"},
    {"organizations", true, "organizations", GOOD, NULL, 400, 50194, "invalid_request"},
    {"parameter twice", true, MADE_TENANT, GOOD "&" GOOD_SCOPE, NULL, 400, 9002313,
        "invalid_request"},
    {"parameter twice, one encoded", true, MADE_TENANT, GOOD "&%67rant_type=x", NULL, 400, 9002313,
        "invalid_request"},
    {"bad escape", true, MADE_TENANT, GOOD "&x=%zz", NULL, 400, 9002313, "invalid_request"},
    {"NUL", true, MADE_TENANT, GOOD "&x=%00", NULL, 400, 9002313, "invalid_request"},
    {"not UTF-8", true, MADE_TENANT, GOOD "&x=%ff", NULL, 400, 9002313, "invalid_request"},
    {"empty body", true, MADE_TENANT, "", NULL, 400, 900144, "invalid_request"},
};

static void check_error(struct made *made, const struct refusal *refusal)
{
    char begin[40], number[24];
    const struct json *body = made_reply_json(made);
    struct text description = json_get_text(body, "error_description");
    snprintf(begin, sizeof begin, "AADSTS%d: ", refusal->number);
    snprintf(number, sizeof number, "%d", refusal->number);
    made_text_equal(json_get_text(body, "error"), refusal->word);
    made_text_equal(text_slice(description, 0, strlen(begin)), begin);
    made_text_equal(json_get(body, "error_codes")->first->text, number);
    assert_int_equal(made->reply.status, refusal->status);
    made_text_equal(json_get_text(body, "trace_id"), made->request.request_id);
    assert_string_equal(made_reply_header(made, "Cache-Control"), "no-store, no-cache");
    assert_string_equal(made_reply_header(made, "x-ms-request-id"), made->request.request_id);
    assert_null(memmem(made->reply.body.at, made->reply.body.length, MADE_SECRET, 40));
}

static void fill(const struct refusal *refusal, char *body, size_t size)
{
    const char *mark = refusal->client ? strstr(refusal->body, "%s") : NULL;
    if (mark)
        snprintf(body, size, "%.*s%s%s", (int)(mark - refusal->body), refusal->body,
            refusal->client, mark + 2);
    else
        snprintf(body, size, "%s", refusal->body);
}

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct made made;
        char body[2048];
        print_message("  %s\n", refusals[i].name);
        fill(&refusals[i], body, sizeof body);
        post(&made, refusals[i].v2, refusals[i].tenant, body);
        serve(&made, refusals[i].v2);
        check_error(&made, &refusals[i]);
        made_free(&made);
    }
}

static void test_content_types(void **state)
{
    (void)state;
    static const struct {
        const char *name, *type;
        int status;
    } types[] = {
        {"charset", FORM_TYPE ";charset=utf-8", 200},
        {"another case, space", "Application/X-WWW-Form-Urlencoded ; charset=UTF-8", 200},
        {"json", "application/json", 400},
        {"multipart", "multipart/form-data; boundary=x", 400},
        {"none", NULL, 400},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct made made;
        print_message("  %s\n", types[i].name);
        post(&made, true, MADE_TENANT, GOOD);
        made.headers[0].value = types[i].type;
        made.request.header_count = types[i].type != NULL;
        serve(&made, true);
        assert_int_equal(made.reply.status, types[i].status);
        made_free(&made);
    }
}

static void test_wrong_method(void **state)
{
    (void)state;
    struct made made;
    struct azb_error err = {.kind = AZB_ERROR_SERVICE, .http_status = 405};
    post(&made, true, MADE_TENANT, "");
    made.request.method = "GET";
    entra_plane()->refuse(&made.request, &made.reply, &err);
    assert_int_equal(made.reply.status, 405);
    made_text_equal(json_get(made_reply_json(&made), "error_codes")->first->text, "900561");
    made_free(&made);
}

static void test_correlation_id(void **state)
{
    (void)state;
    const char *id = "0F0e0d0c-0b0a-4908-8706-050403020100";
    struct made made;
    post(&made, true, MADE_TENANT, "");
    made_header(&made, "client-request-id", id);
    made_header(&made, "return-client-request-id", "true");
    serve(&made, true);
    made_text_equal(json_get_text(made_reply_json(&made), "correlation_id"), id);
    assert_string_equal(made_reply_header(&made, "client-request-id"), id);
    made_free(&made);
    post(&made, true, MADE_TENANT, "");
    made.request.query = TEXT("client-request-id=0F0e0d0c-0b0a-4908-8706-050403020100");
    serve(&made, true);
    made_text_equal(json_get_text(made_reply_json(&made), "correlation_id"), id);
    assert_null(made_reply_header(&made, "client-request-id"));
    made_free(&made);
    post(&made, true, MADE_TENANT, "");
    made_header(&made, "client-request-id", "\r\nSet-Cookie: x");
    serve(&made, true);
    made_text_equal(
        json_get_text(made_reply_json(&made), "correlation_id"), made.request.request_id);
    made_free(&made);
}

/* ---- Tokens --------------------------------------------------------------------------------- */

static const struct success {
    const char *name;
    bool v2;
    const char *tenant, *body, *audience;
    bool strings; /* v1 shape */
} successes[] = {
    {"v2 by tenant id", true, MADE_TENANT, GOOD, "https://batch.core.windows.net/", false},
    {"v2 by domain", true, "AZB.onmicrosoft.com", GOOD, "https://batch.core.windows.net/", false},
    {"v2 of adfs", true, "adfs", GOOD, "https://batch.core.windows.net/", false},
    {"v1 of adfs with scope", false, "adfs", GOOD, "https://batch.core.windows.net/", false},
    {"v1 of adfs with resource", false, "adfs",
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&resource=" BATCH, "https://batch.core.windows.net/",
        true},
    {"v1", false, MADE_TENANT, GRANT "&" GOOD_ID "&" GOOD_SECRET "&resource=" BATCH,
        "https://batch.core.windows.net/", true},
    {"one slash only: the audience lacks it", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&scope=https://batch.core.windows.net/.default",
        "https://batch.core.windows.net", false},
    {"own address", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&scope=https://127.0.0.1:8443/.default",
        "https://127.0.0.1:8443", false},
    {"own address with a slash", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&scope=https://localhost:8443//.default",
        "https://localhost:8443/", false},
    {"Graph at our own address", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&scope=https://localhost:8443/graph/.default",
        "https://localhost:8443/graph", false},
    {"ARM", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&scope=https://management.core.windows.net//.default",
        "https://management.core.windows.net/", false},
    {"Graph", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET "&scope=https://graph.microsoft.com/.default",
        "https://graph.microsoft.com", false},
    {"MSAL Go's OpenID scopes", true, MADE_TENANT,
        GRANT "&" GOOD_ID "&" GOOD_SECRET
              "&scope=https://batch.core.windows.net//.default+openid+offline_access+profile",
        "https://batch.core.windows.net/", false},
    {"MSAL Python's and Node's extras", true, MADE_TENANT,
        GOOD "&client_info=1&x-client-SKU=msal.js.node&x-client-VER=5.6.0&claims=%7B%7D"
             "&x-client-current-telemetry=5%7C771%2C2%2C%2C%2C%7C%2C&response_type=token",
        "https://batch.core.windows.net/", false},
};

static const struct json *claims_of(struct made *made, struct text token)
{
    struct jwt jwt;
    struct azb_error err = AZB_ERROR_INIT;
    assert_true(jwt_parse(token, JWT_STRICT, &made->request.arena, &jwt, &err));
    const struct signing_key *key = entra_key(service.entra, json_get_text(jwt.header, "kid"));
    assert_non_null(key);
    made_text_equal(json_get_text(jwt.header, "x5t"), key->kid);
    assert_true(jwt_verify(&jwt, RSA_PKCS1_SHA256, key->key));
    return jwt.payload;
}

static void check_claims(struct made *made, const struct json *claims, const char *audience)
{
    int64_t now_s = made->request.now / TICKS_PER_SECOND;
    made_text_equal(json_get_text(claims, "aud"), audience);
    made_text_equal(json_get_text(claims, "iss"), "https://sts.windows.net/" MADE_TENANT "/");
    made_text_equal(json_get_text(claims, "tid"), MADE_TENANT);
    made_text_equal(json_get_text(claims, "oid"), MADE_OBJECT);
    made_text_equal(json_get_text(claims, "sub"), MADE_OBJECT);
    made_text_equal(json_get_text(claims, "appid"), MADE_CLIENT);
    made_text_equal(json_get_text(claims, "appidacr"), "1");
    made_text_equal(json_get_text(claims, "idtyp"), "app");
    made_text_equal(json_get_text(claims, "ver"), "1.0");
    assert_int_equal(json_get_i64(claims, "nbf", 0), now_s - 300);
    assert_int_equal(json_get_i64(claims, "iat", 0), now_s - 300);
    assert_null(json_get(claims, "roles"));
    assert_null(json_get(claims, "scp"));
    assert_int_equal(json_get_text(claims, "uti").length, 22);
}

static void check_v1_shape(const struct json *body, const struct json *claims, const char *audience)
{
    char expires_on[24];
    snprintf(expires_on, sizeof expires_on, "%lld", (long long)json_get_i64(claims, "exp", 0));
    made_text_equal(json_get_text(body, "resource"), audience);
    made_text_equal(json_get_text(body, "expires_on"), expires_on);
    assert_int_equal(json_get(body, "not_before")->type, JSON_STRING);
}

static void check_token(struct made *made, const struct success *success)
{
    const struct json *body = made_reply_json(made);
    const struct json *claims = claims_of(made, json_get_text(body, "access_token"));
    const struct json *expires_in = json_get(body, "expires_in");
    char lifetime[24];
    check_claims(made, claims, success->audience);
    snprintf(lifetime, sizeof lifetime, "%lld",
        (long long)(json_get_i64(claims, "exp", 0) - made->request.now / TICKS_PER_SECOND));
    made_text_equal(json_get_text(body, "token_type"), "Bearer");
    assert_int_equal(expires_in->type, success->strings ? JSON_STRING : JSON_NUMBER);
    made_text_equal(expires_in->text, lifetime);
    assert_null(json_get(body, "refresh_token"));
    if (success->strings)
        check_v1_shape(body, claims, success->audience);
    else
        assert_null(json_get(body, "resource"));
}

static void test_successes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof successes / sizeof *successes; i++) {
        struct made made;
        print_message("  %s\n", successes[i].name);
        post(&made, successes[i].v2, successes[i].tenant, successes[i].body);
        serve(&made, successes[i].v2);
        assert_int_equal(made.reply.status, 200);
        check_token(&made, &successes[i]);
        made_free(&made);
    }
}

static void test_lifetimes(void **state)
{
    (void)state;
    int64_t seen = 0;
    bool differ = false;
    for (int i = 0; i < 8; i++) {
        struct made made;
        post(&made, true, MADE_TENANT, GOOD);
        serve(&made, true);
        int64_t lifetime = json_get_i64(made_reply_json(&made), "expires_in", 0);
        assert_in_range(lifetime, 3599, 5399);
        differ = differ || (seen && lifetime != seen);
        seen = lifetime;
        made_free(&made);
    }
    assert_true(differ);
    struct made made;
    entra_set_token_lifetime(service.entra, 10800);
    post(&made, true, MADE_TENANT, GOOD);
    serve(&made, true);
    entra_set_token_lifetime(service.entra, 0);
    assert_int_equal(json_get_i64(made_reply_json(&made), "expires_in", 0), 10800);
    assert_int_equal(json_get_i64(made_reply_json(&made), "refresh_in", 0), 5400);
    made_free(&made);
}

/* ---- HTTP Basic ----------------------------------------------------------------------------- */

static const struct {
    const char *name, *id, *pair_secret, *body;
    int status;
} basics[] = {
    {"encoded", "22222222%2D2222-4222-8222-222222222222",
        "a%7Esecret.of-the_administrator.of.40.chars", GRANT "&" GOOD_SCOPE, 200},
    {"raw", MADE_CLIENT, MADE_SECRET, GRANT "&" GOOD_SCOPE, 200},
    {"and the same secret in the body", MADE_CLIENT, MADE_SECRET,
        GRANT "&" GOOD_SECRET "&" GOOD_SCOPE, 200},
    {"and another secret in the body", MADE_CLIENT, MADE_SECRET,
        GRANT "&client_secret=x&" GOOD_SCOPE, 400},
    {"and another client in the body", MADE_CLIENT, MADE_SECRET,
        GRANT "&client_id=aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa&" GOOD_SCOPE, 400},
    {"wrong", MADE_CLIENT, "wrong", GRANT "&" GOOD_SCOPE, 401},
    {"raw with what forms would decode", NULL, "a+b%41 c", GRANT "&" GOOD_SCOPE, 200},
    {"encoded with what forms would decode", NULL, "a%2Bb%2541+c", GRANT "&" GOOD_SCOPE, 200},
};

static void test_basic(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof basics / sizeof *basics; i++) {
        struct made made;
        print_message("  %s\n", basics[i].name);
        post(&made, true, MADE_TENANT, basics[i].body);
        struct arena *arena = &made.request.arena;
        char *pair = arena_format(
            arena, "%s:%s", basics[i].id ? basics[i].id : odd.app_id, basics[i].pair_secret);
        made_header(&made, "Authorization",
            arena_format(arena, "Basic %s", base64_encode(arena, text_of(pair))));
        serve(&made, true);
        assert_int_equal(made.reply.status, basics[i].status);
        made_free(&made);
    }
}

/* ---- After a change ------------------------------------------------------------------------- */

static bool remove_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct made_application *made = context;
    return application_remove(connection, made->row, err);
}

static void test_removed_application(void **state)
{
    (void)state;
    struct made_application gone = {.name = "gone", .secret = "gone-secret"};
    char body[400];
    int expected[] = {200, 400};
    made_application_add(&service, &gone);
    snprintf(body, sizeof body, GRANT "&client_id=%s&client_secret=gone-secret&scope=%s",
        gone.app_id, "https://batch.core.windows.net//.default");
    for (int i = 0; i < 2; i++) {
        struct made made;
        post(&made, true, MADE_TENANT, body);
        serve(&made, true);
        assert_int_equal(made.reply.status, expected[i]);
        made_free(&made);
        if (i == 0)
            made_write(&service, remove_work, &gone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_content_types),
        cmocka_unit_test(test_wrong_method),
        cmocka_unit_test(test_correlation_id),
        cmocka_unit_test(test_successes),
        cmocka_unit_test(test_lifetimes),
        cmocka_unit_test(test_basic),
        cmocka_unit_test(test_removed_application),
    };
    return cmocka_run_group_tests_name("server/token_endpoint", tests, start, stop);
}
