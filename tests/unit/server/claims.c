/* Claims that a challenge asks for: whether a token has them, and what Entra's side gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "challenge.h"
#include "entra/requested_claims.h"

static const struct json *parse(struct arena *arena, const char *text)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *json = json_parse(text_of(text), arena, &err);
    assert_string_equal(err.message, "");
    return json;
}

static const struct {
    const char *name, *asked, *payload;
    bool met;
} cases[] = {
    {"nbf reached", "{\"nbf\":{\"essential\":true,\"value\":\"100\"}}", "{\"nbf\":100}", true},
    {"nbf passed", "{\"nbf\":{\"value\":100}}", "{\"nbf\":101}", true},
    {"nbf too early", "{\"nbf\":{\"value\":\"100\"}}", "{\"nbf\":99}", false},
    {"no nbf", "{\"nbf\":{\"value\":\"100\"}}", "{}", false},
    {"a value", "{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}", "{\"acrs\":\"c1\"}", true},
    {"a value in an array", "{\"acrs\":{\"value\":\"c1\"}}", "{\"acrs\":[\"c0\",\"c1\"]}", true},
    {"another value", "{\"acrs\":{\"value\":\"c1\"}}", "{\"acrs\":[\"c2\"]}", false},
    {"one of values", "{\"acrs\":{\"values\":[\"c1\",\"c2\"]}}", "{\"acrs\":[\"c2\"]}", true},
    {"none of values", "{\"acrs\":{\"values\":[\"c1\"]}}", "{\"acrs\":[\"c2\"]}", false},
    {"only there", "{\"deviceid\":null}", "{\"deviceid\":\"x\"}", true},
    {"not there", "{\"deviceid\":{\"essential\":true}}", "{}", false},
    {"both", "{\"nbf\":{\"value\":1},\"acrs\":{\"value\":\"c1\"}}", "{\"nbf\":1,\"acrs\":[\"c1\"]}",
        true},
    {"one of both", "{\"nbf\":{\"value\":1},\"acrs\":{\"value\":\"c1\"}}", "{\"nbf\":1}", false},
};

static void a_challenge_is_met_by_all_its_claims(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena;
        arena_init(&arena, 0);
        print_message("%s\n", cases[i].name);
        const char *claims = arena_format(&arena, "{\"access_token\":%s}", cases[i].asked);
        assert_int_equal(
            challenge_met(parse(&arena, claims), parse(&arena, cases[i].payload)), cases[i].met);
        arena_free(&arena);
    }
}

static const struct {
    const char *name, *asked;
    int64_t expected;
} dates[] = {
    {"nothing asked", "{}", 700},
    {"between", "{\"nbf\":{\"value\":\"900\"}}", 900},
    {"now", "{\"nbf\":{\"value\":1000}}", 1000},
    {"earlier than usual", "{\"nbf\":{\"value\":\"600\"}}", 700},
    {"in the future", "{\"nbf\":{\"value\":\"1001\"}}", 700},
    {"no date", "{\"nbf\":{\"value\":\"soon\"}}", 700},
};

static void nbf_is_given_up_to_now(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        struct arena arena;
        arena_init(&arena, 0);
        print_message("%s\n", dates[i].name);
        assert_int_equal(
            requested_not_before(parse(&arena, dates[i].asked), 700, 1000), dates[i].expected);
        assert_int_equal(requested_not_before(NULL, 700, 1000), 700);
        arena_free(&arena);
    }
}

#define C64 "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define SIXTEEN "\"1\",2,{},\"4\",5,6,7,8,9,10,11,12,13,14,15,16"

static void bad_parameters_are_refused(void **state)
{
    static const char *const bad[] = {"[1]", "{", "\"x\"", "nbf",
        "{\"access_token\":{\"acrs\":{\"values\":[" SIXTEEN ",17]}}}",
        "{\"access_token\":{\"acrs\":{\"values\":[\"" C64 "c\"]}}}",
        "{\"access_token\":{\"acrs\":{\"value\":\"" C64 "c\"}}}"};
    struct request request = {0};
    (void)state;
    arena_init(&request.arena, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct json *asked;
        struct azb_error err = AZB_ERROR_INIT;
        assert_false(requested_claims_read(&request, text_of(bad[i]), &asked, &err));
        assert_string_equal(err.code, "AADSTS9002313");
        azb_error_free(&err);
    }
    arena_free(&request.arena);
}

static void contexts_have_a_limit(void **state)
{
    static const char *const good[] = {"{\"access_token\":{\"acrs\":{\"values\":[" SIXTEEN "]}}}",
        "{\"access_token\":{\"acrs\":{\"values\":[\"" C64 "\"]}}}",
        "{\"access_token\":{\"acrs\":{\"value\":\"" C64 "\"}}}", "{\"id_token\":{}}"};
    struct request request = {0};
    (void)state;
    arena_init(&request.arena, 0);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const struct json *asked;
        struct azb_error err = AZB_ERROR_INIT;
        assert_true(requested_claims_read(&request, text_of(good[i]), &asked, &err));
    }
    arena_free(&request.arena);
}

/* What no client asks for is not even parsed. */
static void a_long_parameter_is_refused(void **state)
{
    (void)state;
    struct request request = {0};
    const struct json *asked;
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&request.arena, 0);
    const char *text = arena_format(&request.arena, "{\"x\":\"%*s\"}", REQUESTED_CLAIMS_MAX, "");
    assert_false(requested_claims_read(&request, text_of(text), &asked, &err));
    assert_string_equal(err.code, "AADSTS9002313");
    assert_non_null(strstr(err.message, "longer than"));
    azb_error_free(&err);
    arena_free(&request.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_challenge_is_met_by_all_its_claims),
        cmocka_unit_test(nbf_is_given_up_to_now),
        cmocka_unit_test(bad_parameters_are_refused),
        cmocka_unit_test(contexts_have_a_limit),
        cmocka_unit_test(a_long_parameter_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
