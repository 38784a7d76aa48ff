/* WWW-Authenticate as servers may write it, and the claims in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "batch/challenge.h"

#define CLAIMS "eyJhIjoiPz8/In0=" /* {"a":"???"} */
#define INSUFFICIENT "error=\"insufficient_claims\""

static const struct {
    const char *name, *header, *claims;
} cases[] = {
    {"as Entra documents it",
        "Bearer realm=\"\", authorization_uri=\"https://h/common/oauth2/authorize\", " INSUFFICIENT
        ", claims=\"" CLAIMS "\"",
        "{\"a\":\"???\"}"},
    {"another order, no spaces", "Bearer claims=\"" CLAIMS "\"," INSUFFICIENT, "{\"a\":\"???\"}"},
    {"names in any case", "bEARER ERROR=insufficient_claims, Claims=\"" CLAIMS "\"",
        "{\"a\":\"???\"}"},
    {"base64url without padding", "Bearer " INSUFFICIENT ", claims=\"eyJhIjoiPz8_In0\"",
        "{\"a\":\"???\"}"},
    {"a quoted comma before",
        "Bearer realm=\"a, claims=\\\"x\\\"\", " INSUFFICIENT ", claims=\"" CLAIMS "\"",
        "{\"a\":\"???\"}"},
    {"the second challenge", "Basic realm=\"x\", Bearer " INSUFFICIENT ", claims=\"" CLAIMS "\"",
        "{\"a\":\"???\"}"},
    {"after a token68", "Negotiate YII+/==, Bearer " INSUFFICIENT ", claims=\"" CLAIMS "\"",
        "{\"a\":\"???\"}"},
    {"the first of two", "Bearer " INSUFFICIENT ", claims=\"" CLAIMS "\", Basic realm=\"x\"",
        "{\"a\":\"???\"}"},
    {"another error", "Bearer error=\"invalid_token\", claims=\"" CLAIMS "\"", NULL},
    {"no error", "Bearer claims=\"" CLAIMS "\"", NULL},
    {"no claims", "Bearer " INSUFFICIENT, NULL},
    {"of another scheme", "Pop " INSUFFICIENT ", claims=\"" CLAIMS "\"", NULL},
    {"of two challenges", "Bearer " INSUFFICIENT ", Bearer claims=\"" CLAIMS "\"", NULL},
    {"a name that ends so", "Bearer " INSUFFICIENT ", xclaims=\"" CLAIMS "\"", NULL},
    {"not base64", "Bearer " INSUFFICIENT ", claims=\"a*b\"", NULL},
    {"not JSON", "Bearer " INSUFFICIENT ", claims=\"YWJj\"", NULL},
    {"not an object", "Bearer " INSUFFICIENT ", claims=\"WzFd\"", NULL},
    {"no end of the string", "Bearer " INSUFFICIENT ", claims=\"" CLAIMS, NULL},
    {"a backslash at the end", "Bearer " INSUFFICIENT ", claims=\"\\", NULL},
    {"nothing", "", NULL},
    {"a scheme alone", "Bearer", NULL},
};

static void claims_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena;
        arena_init(&arena, 0);
        print_message("%s\n", cases[i].name);
        char *claims = challenge_claims(text_of(cases[i].header), &arena);
        if (cases[i].claims) {
            assert_non_null(claims);
            assert_string_equal(claims, cases[i].claims);
        } else {
            assert_null(claims);
        }
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(claims_are_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
