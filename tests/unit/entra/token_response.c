/* Answers of a token endpoint: tokens, errors, and what is neither. */
#include "fake_entra.h"

#include "entra/token_response.h"

#define BEARER "\"token_type\":\"Bearer\",\"access_token\":\"t\""

static const struct {
    const char *name, *body;
    int64_t expires_in, refresh_in; /* expires_in 0: refused */
    const char *refused;
} tokens[] = {
    {"v2", "{" BEARER ",\"expires_in\":3599,\"ext_expires_in\":3599}", 3599, 0, NULL},
    {"refresh_in", "{" BEARER ",\"expires_in\":86399,\"refresh_in\":43199}", 86399, 43199, NULL},
    {"refresh_in too long", "{" BEARER ",\"expires_in\":100,\"refresh_in\":200}", 100, 100, NULL},
    {"refresh_in at once, again and again", "{" BEARER ",\"expires_in\":3600,\"refresh_in\":1}",
        3600, 60, NULL},
    {"refresh_in 0", "{" BEARER ",\"expires_in\":3600,\"refresh_in\":0}", 3600, 0, NULL},
    {"refresh_in negative", "{" BEARER ",\"expires_in\":100,\"refresh_in\":-3199}", 100, 0, NULL},
    {"v1: digits in strings", "{" BEARER ",\"expires_in\":\"3599\"}", 3599, 0, NULL},
    {"a whole float", "{" BEARER ",\"expires_in\":3599.0}", 3599, 0, NULL},
    {"bearer in lower case", "{\"token_type\":\"bearer\",\"access_token\":\"t\",\"expires_in\":1}",
        1, 0, NULL},
    {"for ever", "{" BEARER ",\"expires_in\":9000000000000000000}", LIFETIME_MAX_S, 0, NULL},
    {"unknown members", "{" BEARER ",\"expires_in\":9,\"x\":{\"y\":[1]}}", 9, 0, NULL},

    {"no expires_in", "{" BEARER "}", 0, 0, "no usable expires_in"},
    {"expires_in 0", "{" BEARER ",\"expires_in\":0}", 0, 0, "no usable expires_in"},
    {"negative", "{" BEARER ",\"expires_in\":-1}", 0, 0, "no usable expires_in"},
    {"fraction", "{" BEARER ",\"expires_in\":1.5}", 0, 0, "no usable expires_in"},
    {"words", "{" BEARER ",\"expires_in\":\"soon\"}", 0, 0, "no usable expires_in"},
    {"no type", "{\"access_token\":\"t\",\"expires_in\":1}", 0, 0, "token_type is not Bearer"},
    {"pop", "{\"token_type\":\"pop\",\"access_token\":\"t\",\"expires_in\":1}", 0, 0,
        "token_type is not Bearer"},
    {"no token", "{\"token_type\":\"Bearer\",\"expires_in\":1}", 0, 0, "no usable access_token"},
    {"empty token", "{\"token_type\":\"Bearer\",\"access_token\":\"\",\"expires_in\":1}", 0, 0,
        "no usable access_token"},
    {"line end in the token",
        "{\"token_type\":\"Bearer\",\"access_token\":\"a\\r\\nX: y\",\"expires_in\":1}", 0, 0,
        "no usable access_token"},
    {"NUL in the token",
        "{\"token_type\":\"Bearer\",\"access_token\":\"a\\u0000b\",\"expires_in\":1}", 0, 0,
        "no usable access_token"},
    {"token is a number", "{\"token_type\":\"Bearer\",\"access_token\":1,\"expires_in\":1}", 0, 0,
        "no usable access_token"},
    {"array", "[]", 0, 0, "is an array"},
    {"a page", "<html>", 0, 0, "not JSON"},
    {"cut off", "{" BEARER, 0, 0, "not JSON"},
    {"twice", "{" BEARER "," BEARER ",\"expires_in\":1}", 0, 0, "not JSON"},
};

static void test_tokens(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(tokens); i++) {
        scoped_arena struct arena arena = {0};
        struct token_reply reply;
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        print_message("  %s\n", tokens[i].name);
        bool read = token_response_read(text_of(tokens[i].body), &arena, &reply, &err);
        assert_int_equal(read, tokens[i].expires_in != 0);
        if (read) {
            assert_string_equal(reply.access_token, "t");
            assert_int_equal(reply.expires_in, tokens[i].expires_in);
            assert_int_equal(reply.refresh_in, tokens[i].refresh_in);
        } else if (err.kind != AZB_ERROR_PROTOCOL || !strstr(err.message, tokens[i].refused)) {
            fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
        }
    }
}

#define GUID "33333333-3333-3333-3333-333333333333"
#define ENTRA(word, number, text)                                                                  \
    "{\"error\":\"" word "\",\"error_description\":\"AADSTS" number ": " text                      \
    "\\r\\nTrace ID: x\\r\\nCorrelation ID: y\",\"error_codes\":[" number                          \
    "],\"correlation_id\":\"" GUID "\"}"

static const struct {
    const char *name;
    int status;
    const char *body, *retry_after;
    enum azb_error_kind kind;
    const char *code, *message; /* the beginning */
    const char *advice;         /* a part of the message, or NULL */
    bool retryable;
    unsigned retry_after_ms;
} errors[] = {
    {"wrong secret", 401, ENTRA("invalid_client", "7000215", "Invalid client secret provided."),
        NULL, AZB_ERROR_AUTHENTICATION, "AADSTS7000215",
        "AADSTS7000215: Invalid client secret provided. ", "not the secret's id", false, 0},
    {"expired secret", 401,
        ENTRA("invalid_client", "7000222", "The provided client secret keys are expired."), NULL,
        AZB_ERROR_AUTHENTICATION, "AADSTS7000222", "AADSTS7000222: ", "azb app secret add", false,
        0},
    {"wrong tenant", 400, ENTRA("invalid_request", "90002", "Tenant 'x' not found."), NULL,
        AZB_ERROR_AUTHENTICATION, "AADSTS90002", "AADSTS90002: Tenant 'x' not found. ",
        "AZURE_TENANT_ID", false, 0},
    {"unknown application", 400,
        ENTRA("unauthorized_client", "700016", "Application with identifier 'x' was not found."),
        NULL, AZB_ERROR_AUTHENTICATION, "AADSTS700016", "AADSTS700016: ", "AZURE_CLIENT_ID", false,
        0},
    {"wrong audience", 400,
        ENTRA("invalid_resource", "500011", "The resource principal named x was not found."), NULL,
        AZB_ERROR_AUTHENTICATION, "AADSTS500011", "AADSTS500011: ", "with its final slash", false,
        0},
    {"no /.default", 400, ENTRA("invalid_scope", "1002012", "The provided value is not valid."),
        NULL, AZB_ERROR_AUTHENTICATION, "AADSTS1002012", "AADSTS1002012: ", "two slashes", false,
        0},
    {"certificate not registered", 401,
        ENTRA("invalid_client", "700027", "Client assertion failed signature validation."), NULL,
        AZB_ERROR_AUTHENTICATION, "AADSTS700027", "AADSTS700027: ", "azb app certificate add",
        false, 0},
    {"a code without advice", 400, ENTRA("invalid_request", "90014", "A field is missing."), NULL,
        AZB_ERROR_AUTHENTICATION, "AADSTS90014", "AADSTS90014: A field is missing.", NULL, false,
        0},
    {"throttled", 429, ENTRA("temporarily_unavailable", "90055", "Too many requests."), "7",
        AZB_ERROR_SERVICE, "AADSTS90055", "AADSTS90055: Too many requests.", NULL, true, 7000},
    {"server error", 503, ENTRA("server_error", "90033", "A transient error."), NULL,
        AZB_ERROR_SERVICE, "AADSTS90033", "AADSTS90033: A transient error.", NULL, true, 0},
    {"transient by its word", 400, ENTRA("temporarily_unavailable", "90024", "Wait."), NULL,
        AZB_ERROR_AUTHENTICATION, "AADSTS90024", "AADSTS90024: Wait.", NULL, true, 0},
    {"the number only in the text", 401,
        "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Wrong.\"}", NULL,
        AZB_ERROR_AUTHENTICATION, "AADSTS7000215", "AADSTS7000215: Wrong. ", "secret's id", false,
        0},
    {"any OAuth server", 400,
        "{\"error\":\"invalid_scope\",\"error_description\":\"No such scope.\"}", NULL,
        AZB_ERROR_AUTHENTICATION, "invalid_scope", "No such scope.", NULL, false, 0},
    {"the word alone", 400, "{\"error\":\"invalid_grant\"}", NULL, AZB_ERROR_AUTHENTICATION,
        "invalid_grant", "invalid_grant", NULL, false, 0},
    {"no control characters", 400,
        "{\"error\":\"invalid_grant\",\"error_description\":\"a\\u001b[31mb\\tc\"}", NULL,
        AZB_ERROR_AUTHENTICATION, "invalid_grant", "a [31mb c", NULL, false, 0},
    {"nor those of two bytes", 400,
        "{\"error\":\"invalid_grant\",\"error_description\":\"a\\u009b2Jb\"}", NULL,
        AZB_ERROR_AUTHENTICATION, "invalid_grant", "a  2Jb", NULL, false, 0},
    {"an empty first line", 400, "{\"error_description\":\"\\r\\n \"}", NULL,
        AZB_ERROR_AUTHENTICATION, "", "the answer (HTTP 400) is not one of Entra's", NULL, false,
        0},
    {"a description alone", 400, "{\"error_description\":\"\\r\\nNo.\\nx\"}", NULL,
        AZB_ERROR_AUTHENTICATION, "", "No.", NULL, false, 0},
    {"a page of a proxy", 407, "<html>", NULL, AZB_ERROR_AUTHENTICATION, "",
        "the answer (HTTP 407) is not one of Entra's", NULL, false, 0},
    {"a page of a gateway", 502, "<html>", NULL, AZB_ERROR_SERVICE, "",
        "the answer (HTTP 502) is not one of Entra's", NULL, true, 0},
    {"a redirect", 302, "", NULL, AZB_ERROR_SERVICE, "",
        "the answer (HTTP 302) is not one of Entra's", NULL, false, 0},
    {"members of wrong types", 400, "{\"error\":1,\"error_description\":[],\"error_codes\":{}}",
        NULL, AZB_ERROR_AUTHENTICATION, "", "the answer (HTTP 400) is not one of Entra's", NULL,
        false, 0},
    {"an array", 400, "[1]", NULL, AZB_ERROR_AUTHENTICATION, "",
        "the answer (HTTP 400) is not one of Entra's", NULL, false, 0},
};

static void check_error(size_t i, const struct azb_error *err)
{
    assert_int_equal(err->kind, errors[i].kind);
    assert_int_equal(err->http_status, errors[i].status);
    assert_string_equal(err->code, errors[i].code);
    if (strncmp(err->message, errors[i].message, strlen(errors[i].message)) != 0)
        fail_test("%s", err->message);
    if (errors[i].advice)
        assert_non_null(strstr(err->message, errors[i].advice));
    else
        assert_string_equal(err->message + strlen(errors[i].message),
            strstr(err->message, "is not one of")
                ? ": a proxy, or the wrong host, may have answered"
                : "");
    assert_int_equal(err->retryable, errors[i].retryable);
    assert_int_equal(err->retry_after_ms, errors[i].retry_after_ms);
    bool has_id = strstr(errors[i].body, GUID) != NULL;
    assert_string_equal(err->correlation_id, has_id ? GUID : CLIENT);
}

static void test_errors(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(errors); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        struct http_header header = {"retry-after", errors[i].retry_after};
        struct http_response response = {.status = errors[i].status,
            .body = text_of(errors[i].body),
            .headers = &header,
            .header_count = errors[i].retry_after ? 1 : 0};
        arena_init(&arena, 0);
        print_message("  %s\n", errors[i].name);
        assert_false(token_response_fail(&response, CLIENT, &arena, &err));
        check_error(i, &err);
        azb_error_free(&err);
    }
}

/* It goes into messages and decides what becomes of a refresh token: a word or nothing. */
static void test_suberror_is_a_word(void **unused)
{
    (void)unused;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct http_response response = {
        .status = 400, .body = TEXT("{\"error\":\"invalid_grant\",\"suberror\":\"a\\u001b[2J\"}")};
    arena_init(&arena, 0);
    assert_false(token_response_fail(&response, NULL, &arena, &err));
    assert_int_equal(err.value_count, 1);
}

static void test_claims_and_suberror_are_kept(void **unused)
{
    (void)unused;
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct http_response response = {.status = 400,
        .body = TEXT("{\"error\":\"interaction_required\",\"suberror\":\"basic_action\","
                     "\"claims\":\"{\\\"access_token\\\":{}}\"}")};
    arena_init(&arena, 0);
    assert_false(token_response_fail(&response, NULL, &arena, &err));
    assert_string_equal(err.claims, "{\"access_token\":{}}");
    assert_int_equal(err.value_count, 2);
    assert_string_equal(err.values[0].key, "error");
    assert_string_equal(err.values[0].value, "interaction_required");
    assert_string_equal(err.values[1].key, "suberror");
    assert_string_equal(err.values[1].value, "basic_action");
    assert_string_equal(err.correlation_id, "");
    azb_error_free(&err);
}

#define USER(members)                                                                              \
    "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"t\"" members "}"
#define ID_TOKEN(token) ",\"id_token\":\"" token "\""
/* {"alg":"RS256","typ":"JWT"}, the claims that the row's name says, no real signature. */
#define FULL                                                                                       \
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."                                                        \
    "eyJvaWQiOiJvMSIsInRpZCI6IjExMTExMTExLTExMTEtMTExMS0xMTExLTExMTExMTExMTExMSIsInByZWZlcnJlZF91" \
    "c2VybmFtZSI6ImFubkBjb250b3NvLmNvbSIsIm5hbWUiOiJBbm4iLCJub25jZSI6Im4xIn0.c2ln"
#define V1                                                                                         \
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."                                                        \
    "eyJvaWQiOiJvMSIsInRpZCI6IjExMTExMTExLTExMTEtMTExMS0xMTExLTExMTExMTExMTExMSIsInVwbiI6ImFubkBj" \
    "b250b3NvLmNvbSJ9.c2ln"
#define ADFS "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJzMSIsInVuaXF1ZV9uYW1lIjoiYW5uIn0.c2ln"
#define ESCAPES                                                                                    \
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."                                                        \
    "eyJzdWIiOiJzMSIsInByZWZlcnJlZF91c2VybmFtZSI6ImFublx1MDAxYlsySiJ9.c2ln"
#define CLIENT_INFO ",\"client_info\":\"eyJ1aWQiOiJ1IiwidXRpZCI6InQifQ\""

static const struct {
    const char *name, *body;
    const char *account, *username, *person, *nonce, *refresh_token, *scope, *family;
} users[] = {
    {"an application", USER(""), NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    {"everything",
        USER(ID_TOKEN(FULL) CLIENT_INFO
            ",\"refresh_token\":\"0.r\",\"scope\":\"a b\",\"foci\":\"1\""),
        "u.t", "ann@contoso.com", "Ann", "n1", "0.r", "a b", "1"},
    {"no client_info", USER(ID_TOKEN(FULL)), "o1." TENANT, "ann@contoso.com", "Ann", "n1", NULL,
        NULL, NULL},
    {"v1 names", USER(ID_TOKEN(V1)), "o1." TENANT, "ann@contoso.com", NULL, NULL, NULL, NULL, NULL},
    {"AD FS", USER(ID_TOKEN(ADFS)), "s1", "ann", NULL, NULL, NULL, NULL, NULL},
    {"what could move a cursor", USER(ID_TOKEN(ESCAPES)), "s1", NULL, NULL, NULL, NULL, NULL, NULL},
    {"no JWT", USER(ID_TOKEN("a.b.c") CLIENT_INFO), "u.t", NULL, NULL, NULL, NULL, NULL, NULL},
    {"client_info is no base64url", USER(",\"client_info\":\"*\""), NULL, NULL, NULL, NULL, NULL,
        NULL, NULL},
    {"client_info is no JSON", USER(",\"client_info\":\"YWJj\""), NULL, NULL, NULL, NULL, NULL,
        NULL, NULL},
    {"a refresh token with a line end", USER(",\"refresh_token\":\"a\\nb\""), NULL, NULL, NULL,
        NULL, NULL, NULL, NULL},
    {"numbers", USER(",\"refresh_token\":1,\"id_token\":2,\"client_info\":3,\"scope\":4"), NULL,
        NULL, NULL, NULL, NULL, NULL, NULL},
};

static void expect_same(const char *a, const char *b)
{
    assert_int_equal(a != NULL, b != NULL);
    if (a)
        assert_string_equal(a, b);
}

static void test_users(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(users); i++) {
        scoped_arena struct arena arena = {0};
        struct token_reply reply;
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        print_message("  %s\n", users[i].name);
        if (!token_response_read(text_of(users[i].body), &arena, &reply, &err))
            fail_test("%s", err.message);
        expect_same(reply.home_account_id, users[i].account);
        expect_same(reply.username, users[i].username);
        expect_same(reply.name, users[i].person);
        expect_same(reply.nonce, users[i].nonce);
        expect_same(reply.refresh_token, users[i].refresh_token);
        expect_same(reply.scope, users[i].scope);
        expect_same(reply.family_id, users[i].family);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_claims_and_suberror_are_kept),
        cmocka_unit_test(test_suberror_is_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
