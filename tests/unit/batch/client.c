/* The client against a transport of the test's own: what goes out, what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "batch/client.h"

struct fake {
    const char *answers[4]; /* body; "" is none */
    int statuses[4];
    const char *challenge;
    int challenged_from; /* the answers from this one on have the challenge */
    int sent;
    char method[4][8], url[4][512], authorization[4][128], body[4][512];
    int asked;   /* token requests */
    bool forced; /* the last one had force */
    char refused[16];
    char claims[64];
};

static bool transport(void *context, const struct http_request *request, int64_t timeout_ms,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    struct fake *fake = context;
    int i = fake->sent++;
    (void)timeout_ms;
    (void)err;
    assert_true(i < 4);
    snprintf(fake->method[i], sizeof fake->method[i], "%s", request->method);
    snprintf(fake->url[i], sizeof fake->url[i], "%s", request->url);
    snprintf(fake->body[i], sizeof fake->body[i], "%.*s", TEXT_ARGS(request->body));
    for (size_t h = 0; h < request->header_count; h++)
        if (strcmp(request->headers[h].name, "Authorization") == 0)
            snprintf(fake->authorization[i], sizeof fake->authorization[i], "%s",
                request->headers[h].value);
    response->status = fake->statuses[i];
    response->body = text_of(arena_string(arena, fake->answers[i] ? fake->answers[i] : ""));
    response->headers = arena_array(arena, 2, sizeof *response->headers);
    response->headers[0] = (struct http_header){"request-id", "the-request"};
    response->header_count = 1;
    if (fake->challenge && i >= fake->challenged_from)
        response->headers[response->header_count++] =
            (struct http_header){"WWW-Authenticate", fake->challenge};
    return true;
}

static bool provider(void *context, const struct azb_token_request *request,
    struct azb_token *token, struct azb_error *err)
{
    struct fake *fake = context;
    char name[16];
    assert_string_equal(request->resource, "https://batch.core.windows.net/");
    fake->forced = request->force;
    snprintf(fake->refused, sizeof fake->refused, "%s",
        request->refused_token ? request->refused_token : "");
    snprintf(fake->claims, sizeof fake->claims, "%s", request->claims ? request->claims : "");
    snprintf(name, sizeof name, "token-%d", ++fake->asked);
    return azb_token_set(token, name, 1, err);
}

static struct azb_batch *open_fake(struct fake *fake)
{
    struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    options.account_url = "https://azb.eastus.batch.azure.com/";
    options.token_provider = (struct azb_token_provider){provider, fake};
    struct azb_batch *batch = batch_open(&options, transport, fake, &err);
    assert_non_null(batch);
    return batch;
}

static void the_request_is_made_from_the_rows(void **state)
{
    struct fake fake = {.statuses = {200}, .answers = {"{\"id\":\"a b\",\"state\":\"running\"}"}};
    struct azb_batch *batch = open_fake(&fake);
    struct azb_reply reply = AZB_REPLY_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    assert_true(azb_task_get(batch,
        AZB_ARGS(task_get, .job_id = "j/1", .task_id = "a b", .select = "id,state"), &reply, &err));
    assert_string_equal(fake.method[0], "GET");
    assert_string_equal(fake.url[0], "https://azb.eastus.batch.azure.com/jobs/j%2F1/tasks/a%20b"
                                     "?api-version=2025-06-01&$select=id%2Cstate");
    assert_string_equal(fake.authorization[0], "Bearer token-1");
    assert_string_equal(reply.value.task->id, "a b");
    assert_int_equal(reply.value.task->state.value, AZB_TASK_STATE_RUNNING);
    assert_string_equal(reply.request_id, "the-request");
    azb_reply_free(&reply);
    azb_batch_free(batch);
}

static void the_body_holds_what_is_set(void **state)
{
    struct fake fake = {.statuses = {201}};
    struct azb_batch *batch = open_fake(&fake);
    struct azb_reply reply = AZB_REPLY_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_pool_info pool = {.pool_id = "p"};
    struct azb_job job = {.id = "j", .priority = {true, -5}, .pool_info = &pool};
    (void)state;
    assert_true(azb_job_create(batch, AZB_ARGS(job_create, .job = &job), &reply, &err));
    assert_string_equal(
        fake.body[0], "{\"id\":\"j\",\"priority\":-5,\"poolInfo\":{\"poolId\":\"p\"}}");
    azb_reply_free(&reply);
    azb_batch_free(batch);
}

static void a_missing_member_is_named_and_nothing_is_sent(void **state)
{
    struct fake fake = {.sent = 0};
    struct azb_batch *batch = open_fake(&fake);
    struct azb_reply reply = AZB_REPLY_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    assert_false(azb_task_get(batch, AZB_ARGS(task_get, .job_id = "j"), &reply, &err));
    assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
    assert_non_null(strstr(err.message, "task_id"));
    assert_int_equal(fake.sent, 0);
    azb_batch_free(batch);
}

/* Whatever a caller forgets, it is told, or at least not answered with a crash. */
static void a_caller_s_mistakes_are_told(void **state)
{
    struct fake fake = {.sent = 0};
    struct azb_batch *batch = open_fake(&fake);
    struct azb_reply reply = AZB_REPLY_INIT;
    const struct azb_job_list_args *good = AZB_ARGS(job_list);
    const struct azb_job_list_args unsized = {.max_results = 1};
    const struct {
        const char *name;
        struct azb_batch *batch;
        const struct azb_job_list_args *args;
        struct azb_reply *reply;
        const char *says;
    } cases[] = {
        {"no client", NULL, good, &reply, "client"},
        {"no args", batch, NULL, &reply, "args"},
        {"no reply", batch, good, NULL, "reply"},
        {"args without size", batch, &unsized, &reply, "AZB_ARGS"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct azb_error err = AZB_ERROR_INIT;
        print_message("%s\n", cases[i].name);
        assert_false(azb_job_list(cases[i].batch, cases[i].args, cases[i].reply, &err));
        assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
        assert_non_null(strstr(err.message, cases[i].says));
        assert_false(azb_job_list(cases[i].batch, cases[i].args, cases[i].reply, NULL));
    }
    assert_int_equal(fake.sent, 0);
    azb_batch_free(batch);
}

static void an_id_without_end_is_refused(void **state)
{
    struct fake fake = {.sent = 0};
    struct azb_batch *batch = open_fake(&fake);
    struct azb_reply reply = AZB_REPLY_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    char *id = calloc(1, 100001);
    (void)state;
    memset(id, 'x', 100000);
    assert_false(azb_job_get(batch, AZB_ARGS(job_get, .job_id = id), &reply, &err));
    assert_int_equal(err.kind, AZB_ERROR_MEMORY);
    assert_non_null(strstr(err.message, "URL"));
    assert_int_equal(fake.sent, 0);
    free(id);
    azb_batch_free(batch);
}

/* The ids are the caller's, so a POST is sent again; that it may have met itself is said. */
static void a_conflict_after_a_retry_says_so(void **state)
{
    static const struct {
        int first;
        size_t values;
    } cases[] = {{503, 1}, {409, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake fake = {.statuses = {cases[i].first, 409},
            .answers = {"{\"code\":\"TaskExists\"}", "{\"code\":\"TaskExists\"}"}};
        struct azb_batch *batch = open_fake(&fake);
        struct azb_reply reply = AZB_REPLY_INIT;
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_task task = {.id = "t", .command_line = "true"};
        assert_false(azb_task_create(
            batch, AZB_ARGS(task_create, .job_id = "j", .task = &task), &reply, &err));
        assert_string_equal(err.code, "TaskExists");
        assert_int_equal(err.value_count, cases[i].values);
        if (cases[i].values)
            assert_string_equal(err.values[0].key, "EarlierTries");
        assert_int_equal(fake.sent, cases[i].values + 1);
        azb_error_free(&err);
        azb_batch_free(batch);
    }
}

static bool mute_provider(void *context, const struct azb_token_request *request,
    struct azb_token *token, struct azb_error *err)
{
    (void)request;
    return context && azb_token_set(token, context, 1, err);
}

/* A provider that fails without a word must not look like the end of a list. */
static void a_provider_s_failure_has_a_reason(void **state)
{
    static char empty[] = "", broken[] = "a\r\nX-Other: b";
    static const struct {
        const char *name;
        char *token;
        enum azb_error_kind kind;
    } cases[] = {
        {"mute", NULL, AZB_ERROR_AUTHENTICATION},
        {"empty", empty, AZB_ERROR_AUTHENTICATION},
        {"two lines", broken, AZB_ERROR_ARGUMENT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake fake = {.sent = 0};
        struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
        struct azb_error err = AZB_ERROR_INIT;
        struct azb_reply reply = AZB_REPLY_INIT;
        print_message("%s\n", cases[i].name);
        options.account_url = "https://azb.eastus.batch.azure.com";
        options.token_provider = (struct azb_token_provider){mute_provider, cases[i].token};
        struct azb_batch *batch = batch_open(&options, transport, &fake, &err);
        assert_false(azb_job_list(batch, AZB_ARGS(job_list), &reply, &err));
        assert_int_equal(err.kind, cases[i].kind);
        assert_int_equal(fake.sent, 0);
        azb_error_free(&err);
        azb_batch_free(batch);
    }
}

/* azbd has its further accounts below its own address. */
static void an_account_may_have_a_path(void **state)
{
    static const char *const urls[] = {"https://localhost:8443/a.b.batch.azure.com",
        "https://localhost:8443/a.b.batch.azure.com/"};
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
        struct azb_error err = AZB_ERROR_INIT;
        options.account_url = urls[i];
        options.account_name = "a";
        options.account_key = "a2V5";
        struct azb_batch *batch = azb_batch_open(&options, &err);
        assert_non_null(batch);
        azb_batch_free(batch);
    }
}

static void a_refused_token_leads_to_one_new_one(void **state)
{
    struct fake fake = {.statuses = {401, 200},
        .answers = {"", "{\"value\":[]}"},
        .challenge = "Bearer error=\"insufficient_claims\", claims=\"eyJhIjoxfQ==\""};
    struct azb_batch *batch = open_fake(&fake);
    struct azb_reply reply = AZB_REPLY_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    assert_true(azb_job_list(batch, AZB_ARGS(job_list), &reply, &err));
    assert_int_equal(fake.sent, 2);
    assert_true(fake.forced);
    assert_string_equal(fake.refused, "token-1");
    assert_string_equal(fake.claims, "{\"a\":1}");
    assert_string_equal(fake.authorization[1], "Bearer token-2");
    azb_reply_free(&reply);

    struct fake again = {.statuses = {401, 401},
        .answers = {"", ""},
        .challenge = "Bearer error=\"insufficient_claims\", claims=\"eyJhIjoxfQ==\""};
    azb_batch_free(batch);
    batch = open_fake(&again);
    assert_false(azb_job_list(batch, AZB_ARGS(job_list), &reply, &err));
    assert_string_equal(err.claims, "{\"a\":1}"); /* for the program to show to its user */

    struct fake never = {.statuses = {401, 401},
        .answers = {"", "{\"code\":\"AuthenticationFailed\",\"message\":{\"value\":\"No.\\nx\"}}"}};
    azb_batch_free(batch);
    batch = open_fake(&never);
    assert_false(azb_job_list(batch, AZB_ARGS(job_list), &reply, &err));
    assert_int_equal(never.sent, 2);
    assert_int_equal(err.kind, AZB_ERROR_AUTHENTICATION);
    assert_string_equal(err.code, "AuthenticationFailed");
    assert_string_equal(err.message, "No.");
    assert_null(err.claims);
    azb_error_free(&err);
    azb_batch_free(batch);
}

/* Retired keys first, then claims: two new tokens, and never a third. */
static void a_new_token_may_be_challenged_once(void **state)
{
    const char *challenge = "Bearer error=\"insufficient_claims\", claims=\"eyJhIjoxfQ\"";
    struct fake fake = {.statuses = {401, 401, 200},
        .answers = {"", "", "{\"value\":[]}"},
        .challenge = challenge,
        .challenged_from = 1};
    struct azb_batch *batch = open_fake(&fake);
    struct azb_reply reply = AZB_REPLY_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    assert_true(azb_job_list(batch, AZB_ARGS(job_list), &reply, &err));
    assert_int_equal(fake.sent, 3);
    assert_string_equal(fake.claims, "{\"a\":1}");
    azb_reply_free(&reply);
    azb_batch_free(batch);

    struct fake never = {.statuses = {401, 401, 401},
        .answers = {"", "", ""},
        .challenge = challenge,
        .challenged_from = 1};
    batch = open_fake(&never);
    assert_false(azb_job_list(batch, AZB_ARGS(job_list), &reply, &err));
    assert_int_equal(never.sent, 3);
    assert_string_equal(err.claims, "{\"a\":1}");
    azb_error_free(&err);
    azb_batch_free(batch);
}

static void pages_are_followed_to_the_own_host_only(void **state)
{
    struct fake fake = {.statuses = {200, 200},
        .answers = {"{\"value\":[{\"id\":\"a\"}],\"odata.nextLink\":"
                    "\"https://AZB.eastus.batch.azure.com:443/jobs?$skiptoken=x%3A1\"}",
            "{\"value\":[{\"id\":\"b\"}],\"odata.nextLink\":\"https://evil.example/jobs\"}"}};
    struct azb_batch *batch = open_fake(&fake);
    struct azb_reply page = AZB_REPLY_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    assert_true(azb_job_list(batch, AZB_ARGS(job_list, .max_results = 1), &page, &err));
    assert_true(azb_next_page(batch, &page, &err));
    assert_string_equal(
        fake.url[1], "https://AZB.eastus.batch.azure.com:443/jobs?$skiptoken=x%3A1");
    assert_string_equal(page.value.job_page->value.items[0].id, "b");
    assert_false(azb_next_page(batch, &page, &err));
    assert_int_equal(err.kind, AZB_ERROR_PROTOCOL);
    assert_int_equal(fake.sent, 2);
    azb_error_free(&err);
    azb_reply_free(&page);
    azb_batch_free(batch);
}

static void the_last_page_ends_without_an_error(void **state)
{
    struct fake fake = {.statuses = {200}, .answers = {"{\"value\":[]}"}};
    struct azb_batch *batch = open_fake(&fake);
    struct azb_reply page = AZB_REPLY_INIT;
    struct azb_error err = AZB_ERROR_INIT;
    (void)state;
    err.kind = AZB_ERROR_CONFLICT; /* left over from an earlier call */
    assert_true(azb_job_list(batch, AZB_ARGS(job_list), &page, &err));
    assert_false(azb_next_page(batch, &page, &err));
    assert_int_equal(err.kind, AZB_ERROR_NONE);
    azb_batch_free(batch);
}

/* Batch's "values" and Resource Manager's "additionalInfo". */
static void errors_keep_their_values(void **state)
{
    static const char *const bodies[] = {
        "{\"code\":\"PermissionDenied\",\"message\":{\"value\":\"Denied.\"},"
        "\"values\":[{\"key\":\"Explanation\",\"value\":\"no role\"}]}",
        "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"Denied.\",\"additionalInfo\":["
        "{\"type\":\"Explanation\",\"info\":{\"message\":\"no role\"}},"
        "{\"type\":\"PolicyViolation\",\"info\":{\"other\":1}},7]}}"};
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct fake fake = {.statuses = {403}, .answers = {bodies[i]}};
        struct azb_batch *batch = open_fake(&fake);
        struct azb_reply reply = AZB_REPLY_INIT;
        struct azb_error err = AZB_ERROR_INIT;
        assert_false(azb_job_list(batch, AZB_ARGS(job_list), &reply, &err));
        assert_int_equal(err.kind, AZB_ERROR_PERMISSION);
        assert_int_equal(err.value_count, 1);
        assert_string_equal(err.values[0].key, "Explanation");
        assert_string_equal(err.values[0].value, "no role");
        assert_string_equal(err.correlation_id, "the-request");
        azb_error_free(&err);
        azb_batch_free(batch);
    }
}

static void options_are_checked(void **state)
{
    static const struct {
        const char *name, *url, *account, *key, *version, *says;
    } cases[] = {
        {"no url", NULL, "a", "a2V5", NULL, "account_url is missing"},
        {"http", "http://a.b.batch.azure.com", "a", "a2V5", NULL, "clear text"},
        {"no such port", "https://a.b.batch.azure.com:99999", "a", "a2V5", NULL, "not a URL"},
        {"user name", "https://me:pw@a.b.batch.azure.com", "a", "a2V5", NULL, "has a user name"},
        {"path", "https://a.b.batch.azure.com/jobs", "a", "a2V5", NULL, "path"},
        {"path below an account's name", "https://localhost:1/a.b.batch.azure.com/jobs", "a",
            "a2V5", NULL, "path"},
        {"a name without an account", "https://localhost:1/.batch.azure.com", "a", "a2V5", NULL,
            "path"},
        {"fragment", "https://a.b.batch.azure.com#x", "a", "a2V5", NULL, "fragment"},
        {"nobody", "https://a.b.batch.azure.com", NULL, NULL, NULL, "token_provider"},
        {"no key", "https://a.b.batch.azure.com", "a", NULL, NULL, "account_key"},
        {"bad key", "https://a.b.batch.azure.com", "a", "%%%", NULL, "base64"},
        {"version", "https://a.b.batch.azure.com", "a", "a2V5", "1999-01-01", "1999-01-01"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
        struct azb_error err = AZB_ERROR_INIT;
        print_message("%s\n", cases[i].name);
        options.account_url = cases[i].url;
        options.account_name = cases[i].account;
        options.account_key = cases[i].key;
        options.api_version = cases[i].version;
        assert_null(azb_batch_open(&options, &err));
        assert_non_null(strstr(err.message, cases[i].says));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_is_made_from_the_rows),
        cmocka_unit_test(the_body_holds_what_is_set),
        cmocka_unit_test(a_missing_member_is_named_and_nothing_is_sent),
        cmocka_unit_test(a_caller_s_mistakes_are_told),
        cmocka_unit_test(an_id_without_end_is_refused),
        cmocka_unit_test(a_conflict_after_a_retry_says_so),
        cmocka_unit_test(a_provider_s_failure_has_a_reason),
        cmocka_unit_test(an_account_may_have_a_path),
        cmocka_unit_test(a_refused_token_leads_to_one_new_one),
        cmocka_unit_test(a_new_token_may_be_challenged_once),
        cmocka_unit_test(pages_are_followed_to_the_own_host_only),
        cmocka_unit_test(the_last_page_ends_without_an_error),
        cmocka_unit_test(errors_keep_their_values),
        cmocka_unit_test(options_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
