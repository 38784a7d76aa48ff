/* Lines of STATE/env, and the environment that `azb run` makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "cli/run_environment.h"
#include "cli/state.h"

static const struct {
    const char *line, *name, *value; /* name NULL: not such a line */
} lines[] = {
    {"export A='b'", "A", "b"},
    {"export A=b", "A", "b"},
    {"export A=", "A", ""},
    {"export A=''", "A", ""},
    {"export A='it'\\''s'", "A", "it's"},
    {"export A='a=b \"c\" $d `e`'", "A", "a=b \"c\" $d `e`"},
    {"export A=\"b c\"", "A", "b c"},
    {"export A", NULL, NULL},
    {"A=b", "A", "b"},
    {"  export A=b ", "A", "b"},
    {"=b", NULL, NULL},
    {"A", NULL, NULL},
    {"", NULL, NULL},
    {"# export A=b", NULL, NULL},
};

static void reads_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        scoped_arena struct arena arena = {0};
        struct text name, value;
        arena_init(&arena, 0);
        bool read = state_variable(text_of(lines[i].line), &arena, &name, &value);
        assert_int_equal(read, lines[i].name != NULL);
        if (read && (!text_is(name, lines[i].name) || !text_is(value, lines[i].value)))
            fail_msg("%s: '%.*s' is '%.*s'", lines[i].line, TEXT_ARGS(name), TEXT_ARGS(value));
    }
}

static void finds_the_folder(void **state)
{
    scoped_arena struct arena arena = {0};
    (void)state;
    arena_init(&arena, 0);
    clearenv();
    setenv("HOME", "/home/me", 1);
    assert_string_equal(state_folder(NULL, &arena), "/home/me/.local/state/azb");
    setenv("XDG_STATE_HOME", "/xdg", 1);
    assert_string_equal(state_folder(NULL, &arena), "/xdg/azb");
    setenv("AZB_STATE", "/mine", 1);
    assert_string_equal(state_folder(NULL, &arena), "/mine");
    assert_string_equal(state_folder("/given", &arena), "/given");
}

static void tells_what_to_start(void **state)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct text all;
    (void)state;
    arena_init(&arena, 0);
    assert_false(state_environment("/no/such/state", &arena, &all, &err));
    assert_int_equal(err.kind, AZB_ERROR_CONFIGURATION);
    assert_non_null(strstr(err.message, "azbd --state /no/such/state"));
}

static const char written[] = "export AZB_STATE='/s'\n"
                              "export AZB_PROXY='http://127.0.0.1:8444'\n"
                              "export AZURE_TENANT_ID='t'\n"
                              "export AZURE_CLIENT_ID='admin'\n"
                              "export AZURE_CLIENT_SECRET='secret'\n"
                              "export AZURE_BATCH_ACCOUNT='azb'\n"
                              "export AZURE_BATCH_ACCESS_KEY='key'\n"
                              "export REQUESTS_CA_BUNDLE='/s/bundle'\n";

static const struct {
    const char *name;
    const char *before[3][2]; /* the caller's environment */
    const char *after[7][2];  /* NULL value: not set */
} environments[] = {
    {"an empty one", {{NULL}},
        {{"HTTPS_PROXY", "http://127.0.0.1:8444"}, {"http_proxy", "http://127.0.0.1:8444"},
            {"NO_PROXY", "localhost,127.0.0.1,::1"}, {"CURL_CA_BUNDLE", "/s/bundle"},
            {"AZURE_CLIENT_ID", "admin"}, {"AZURE_CLIENT_SECRET", "secret"},
            {"AZURE_BATCH_ACCESS_KEY", "key"}}},
    {"proxies are replaced",
        {{"https_proxy", "http://other"}, {"ALL_PROXY", "socks5://other"},
            {"no_proxy", "example.org"}},
        {{"https_proxy", "http://127.0.0.1:8444"}, {"ALL_PROXY", NULL},
            {"no_proxy", "localhost,127.0.0.1,::1"}}},
    {"half an identity is not completed", {{"AZURE_CLIENT_ID", "mine"}},
        {{"AZURE_CLIENT_ID", "mine"}, {"AZURE_CLIENT_SECRET", NULL}, {"AZURE_TENANT_ID", "t"}}},
    {"a certificate is an identity", {{"AZURE_CLIENT_CERTIFICATE_PATH", "/pem"}},
        {{"AZURE_CLIENT_ID", NULL}, {"AZURE_CLIENT_SECRET", NULL}}},
    {"an empty variable is none", {{"AZURE_CLIENT_ID", ""}}, {{"AZURE_CLIENT_ID", "admin"}}},
    {"an account of one's own", {{"AZURE_BATCH_ACCOUNT", "mine"}},
        {{"AZURE_BATCH_ACCOUNT", "mine"}, {"AZURE_BATCH_ACCESS_KEY", NULL}}},
    {"azbd's own variables are the state's", {{"AZB_PROXY", "http://stale"}, {"AZB_STATE", "/x"}},
        {{"AZB_PROXY", "http://127.0.0.1:8444"}, {"AZB_STATE", "/s"}}},
};

static void check(const char *name, const char *const wanted[2])
{
    const char *value = getenv(wanted[0]);
    bool same = wanted[1] && value ? strcmp(value, wanted[1]) == 0 : value == wanted[1];
    if (!same)
        fail_msg("%s: %s is '%s', not '%s'", name, wanted[0], value ? value : "(unset)",
            wanted[1] ? wanted[1] : "(unset)");
}

static void makes_the_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof environments / sizeof *environments; i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        clearenv();
        for (size_t k = 0; k < 3 && environments[i].before[k][0]; k++)
            setenv(environments[i].before[k][0], environments[i].before[k][1], 1);
        assert_true(run_environment_set(text_of(written), &arena, &err));
        for (size_t k = 0; k < 7 && environments[i].after[k][0]; k++)
            check(environments[i].name, environments[i].after[k]);
    }
}

static void needs_a_proxy(void **state)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    arena_init(&arena, 0);
    clearenv();
    setenv("AZB_PROXY", "http://stale", 1);
    assert_false(run_environment_set(TEXT("export AZB_STATE='/s'\n"), &arena, &err));
    assert_int_equal(err.kind, AZB_ERROR_CONFIGURATION);
    assert_non_null(strstr(err.message, "/s has no proxy"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lines),
        cmocka_unit_test(finds_the_folder),
        cmocka_unit_test(tells_what_to_start),
        cmocka_unit_test(makes_the_environment),
        cmocka_unit_test(needs_a_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
