/* Signatures against ones computed with `openssl dgst -sha256 -mac HMAC` from the documented
 * string. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "batch/shared_key.h"

static const struct {
    const char *name, *method, *path, *query, *body, *type, *wanted;
} cases[] = {
    {"list", "GET", "/jobs", "api-version=2025-06-01&$filter=id%20eq%20'a'", NULL, NULL,
        "GET\n\n\n\n\n\n\n\n\n\n\n\nocp-date:Mon, 23 Nov 2026 22:30:11 GMT\n"
        "/azb/jobs\n$filter:id eq 'a'\napi-version:2025-06-01"},
    {"create", "POST", "/jobs", "api-version=2025-06-01", "{}", "application/json",
        "POST\n\n\n2\n\napplication/json\n\n\n\n\n\n\nocp-date:Mon, 23 Nov 2026 22:30:11 GMT\n"
        "/azb/jobs\napi-version:2025-06-01"},
    {"verb without a body", "POST", "/jobs/j/terminate", "api-version=2025-06-01", "", NULL,
        "POST\n\n\n0\n\n\n\n\n\n\n\n\nocp-date:Mon, 23 Nov 2026 22:30:11 GMT\n"
        "/azb/jobs/j/terminate\napi-version:2025-06-01"},
    {"delete", "DELETE", "/jobs/a%20b", "api-version=2025-06-01", NULL, NULL,
        "DELETE\n\n\n\n\n\n\n\n\n\n\n\nocp-date:Mon, 23 Nov 2026 22:30:11 GMT\n"
        "/azb/jobs/a%20b\napi-version:2025-06-01"},
};

static void the_string_to_sign_is_the_documented_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_request request;
        struct arena arena;
        struct buffer string;
        print_message("%s\n", cases[i].name);
        arena_init(&arena, 0);
        buffer_init(&string, 4096);
        http_request_init(&request, cases[i].method, "https://x");
        http_add_header(&request, "ocp-date", "Mon, 23 Nov 2026 22:30:11 GMT");
        if (cases[i].type)
            http_add_header(&request, "Content-Type", cases[i].type);
        request.body = text_of(cases[i].body);
        assert_true(shared_key_string_to_sign(
            &request, "azb", text_of(cases[i].path), text_of(cases[i].query), &arena, &string));
        assert_string_equal(string.at, cases[i].wanted);
        buffer_free(&string);
        arena_free(&arena);
    }
}

static void the_signature_is_what_openssl_computes(void **state)
{
    struct http_request request;
    struct arena arena;
    (void)state;
    arena_init(&arena, 0);
    http_request_init(&request, "GET", "https://x");
    http_add_header(&request, "ocp-date", "Mon, 23 Nov 2026 22:30:11 GMT");
    char *value = shared_key_authorization(&request, "azb", TEXT("key"), TEXT("/jobs"),
        TEXT("api-version=2025-06-01&$filter=id%20eq%20'a'"), &arena);
    assert_string_equal(value, "SharedKey azb:uKZUSpuQGx11oY79Srjyo3CjMaKKQ3Lc1GSQK8l4Vtw=");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_string_to_sign_is_the_documented_one),
        cmocka_unit_test(the_signature_is_what_openssl_computes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
