/* Ids of decisions, what to ask after a refusal, and spans of time as the log takes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#undef fail /* base/error.h has one, too */

#include "base/error.h"
#include "cli/access_log.h"
#include "cli/decision.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ID "1f0c2a9e-0000-4000-8000-0123456789ab"

static const struct {
    const char *given, *id; /* NULL: refused */
} ids[] = {
    {ID, ID},
    {"https://localhost:1234/access/v1/decisions/" ID, ID},
    {"/access/v1/decisions/" ID, ID},
    {"abc_D-9", "abc_D-9"},
    {"", NULL},
    {"a/b", NULL},
    {"../secret", NULL},
    {ID "?x=1", NULL},
    {"https://localhost/access/v1/decisions/", NULL},
    {"a b", NULL},
    {"0123456789012345678901234567890123456789012345678901234567890123x", NULL},
};

static void ids_and_links(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ids); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        print_message("'%s'\n", ids[i].given);
        const char *id = decision_id_read(ids[i].given, &arena, &err);
        if (ids[i].id)
            assert_string_equal(id, ids[i].id);
        else
            assert_null(id);
        assert_int_equal(err.kind, ids[i].id ? AZB_ERROR_NONE : AZB_ERROR_ARGUMENT);
    }
}

static void only_refusals_have_one(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    struct http_header header = {"Azb-Decision-Id", ID};
    struct http_response response = {.status = 403, .headers = &header, .header_count = 1};
    arena_init(&arena, 0);
    assert_string_equal(decision_id_of(&response, &arena), ID);
    response.status = 401;
    assert_string_equal(decision_id_of(&response, &arena), ID);
    response.status = 200;
    assert_null(decision_id_of(&response, &arena));
    response.status = 403;
    header.value = "$(reboot)";
    assert_null(decision_id_of(&response, &arena));
    response.header_count = 0;
    assert_null(decision_id_of(&response, &arena));
}

#define SAYS(action, scope)                                                                        \
    "The client 'x' with object id 'y' does not have authorization to perform action '" action     \
    "' over scope '" scope "' or the scope is invalid."

static const struct {
    const char *name, *id, *command, *message;
    int status;
    const char *step;
} steps[] = {
    {"azbd's id", ID, "job list", "no", 403, "azb role explain " ID},
    {"azbd's id of a token", ID, "job list", "no", 401, "azb role explain " ID},
    {"Resource Manager's words", NULL, "role assignment create",
        SAYS("Microsoft.Authorization/roleAssignments/write", "/subscriptions/s"), 403,
        "azb role can-i Microsoft.Authorization/roleAssignments/write --scope /subscriptions/s"},
    {"a scope that a shell would read", NULL, "account show",
        SAYS("Microsoft.Batch/batchAccounts/read", "/subscriptions/s/$(id)"), 403,
        "azb role can-i Microsoft.Batch/batchAccounts/read"},
    {"an action that a shell would read", NULL, "account show", SAYS("a;b", "/"), 403, NULL},
    {"Batch says no action", NULL, "job create", "no", 403, "azb role can-i job create"},
    {"not a command of Batch", NULL, "app create", "no", 403, NULL},
    {"no command", NULL, NULL, "no", 403, NULL},
    {"no refusal", NULL, "job create", "gone", 404, NULL},
    {"a token without an id", NULL, "job create", "no", 401, NULL},
};

static void what_to_ask_next(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        print_message("%s\n", steps[i].name);
        (void)fail_status(&err, steps[i].status, "Code", "%s", steps[i].message);
        const char *step = decision_next_step(steps[i].id, steps[i].command, &err, &arena);
        if (steps[i].step)
            assert_string_equal(step, steps[i].step);
        else
            assert_null(step);
    }
}

#define HERE "https://localhost:8443"
#define AZURE "https://management.azure.com"

static const struct {
    const char *name;
    bool refused; /* there was a refusal, with this id or without one */
    const char *base, *id, *asked, *wanted, *says; /* wanted NULL: an error that says so */
} last[] = {
    {"nothing yet", false, NULL, NULL, HERE, NULL, "has not been refused"},
    {"the first", true, HERE, "first", HERE, "first", NULL},
    {"the one after it", true, HERE, ID, HERE, ID, NULL},
    {"a longer address", false, NULL, NULL, HERE "1", NULL, "was of " HERE ","},
    {"another port", false, NULL, NULL, "https://localhost:1", NULL,
        "leads to https://localhost:1:"},
    {"Azure refused without one", true, AZURE, NULL, AZURE, NULL, "can-i"},
    {"and the one before is not taken for it", false, NULL, NULL, HERE, NULL, "had no id"},
    {"no address", true, NULL, NULL, HERE, NULL, "had no id"},
    {"azbd again", true, HERE, ID, HERE, ID, NULL},
};

static void the_last_one_is_kept(void **state)
{
    (void)state;
    scoped_arena struct arena arena = {0};
    char folder[] = "/tmp/azb-decision.XXXXXX";
    arena_init(&arena, 0);
    assert_non_null(mkdtemp(folder));
    setenv("XDG_CACHE_HOME", folder, 1);
    for (size_t i = 0; i < COUNT(last); i++) {
        struct azb_error err = AZB_ERROR_INIT;
        print_message("%s\n", last[i].name);
        if (last[i].refused)
            decision_remember(last[i].base, last[i].id);
        const char *id = decision_last(last[i].asked, &arena, &err);
        assert_int_equal(!id, !last[i].wanted);
        if (id)
            assert_string_equal(id, last[i].wanted);
        assert_int_equal(err.kind, id ? AZB_ERROR_NONE : AZB_ERROR_NOT_FOUND);
        if (!id)
            assert_non_null(strstr(err.message, last[i].says));
        azb_error_free(&err);
    }
    char *file = arena_format(&arena, "%s/azb/last-decision", folder);
    assert_int_equal(access(file, F_OK), 0);
    unlink(file);
    rmdir(arena_format(&arena, "%s/azb", folder));
    rmdir(folder);
}

static const struct {
    const char *given, *since; /* NULL: refused */
} spans[] = {
    {"90s", "PT90S"},
    {"10m", "PT10M"},
    {"1h", "PT1H"},
    {"7d", "P7D"},
    {"PT5M", "PT5M"},
    {"2026-11-28T10:00:00Z", "2026-11-28T10:00:00Z"},
    {"", NULL},
    {"h", NULL},
    {"1", NULL},
    {"-1h", NULL},
    {"1.5h", NULL},
    {"99999999999999999999h", NULL},
    {"yesterday", NULL},
};

static void spans_of_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(spans); i++) {
        scoped_arena struct arena arena = {0};
        struct azb_error err = AZB_ERROR_INIT;
        arena_init(&arena, 0);
        print_message("'%s'\n", spans[i].given);
        const char *since = access_since("since", spans[i].given, &arena, &err);
        if (spans[i].since)
            assert_string_equal(since, spans[i].since);
        else
            assert_null(since);
        if (!spans[i].since)
            assert_non_null(strstr(err.message, "--since"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_and_links),
        cmocka_unit_test(only_refusals_have_one),
        cmocka_unit_test(what_to_ask_next),
        cmocka_unit_test(the_last_one_is_kept),
        cmocka_unit_test(spans_of_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
