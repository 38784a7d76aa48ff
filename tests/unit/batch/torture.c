/* Every allocation of a call fails once: a clean error each time, and (under ASan) nothing lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "batch/client.h"

#define ALLOCATIONS_MAX 500 /* far more than a call makes: it must succeed before */

static const char *const pages[] = {
    "{\"value\":[{\"id\":\"a\",\"state\":\"active\",\"metadata\":[{\"name\":\"n\",\"value\":\"v\"}]"
    ","
    "\"poolInfo\":{\"poolId\":\"p\"}},{\"id\":\"b\"}],"
    "\"odata.nextLink\":\"https://azb.eastus.batch.azure.com/jobs?$skiptoken=2\"}",
    "{\"value\":[{\"id\":\"c\"}]}",
};
static const char denied[] =
    "{\"code\":\"TaskExists\",\"message\":{\"value\":\"It is there.\\nRequestId:x\"},"
    "\"values\":[{\"key\":\"k\",\"value\":\"v\"}]}";

/* As libcurl's transport: what it cannot keep is an error of memory. */
static bool transport(void *context, const struct http_request *request, int64_t timeout_ms,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    bool is_next = strstr(request->url, "skiptoken") != NULL;
    bool is_post = strcmp(request->method, "POST") == 0;
    int *sent = context;
    (void)timeout_ms;
    ++*sent;
    const char *body = arena_string(arena, is_post ? denied : pages[is_next]);
    struct http_header *headers = arena_array(arena, 1, sizeof *headers);
    if (!body || !headers)
        return err->kind = AZB_ERROR_MEMORY, false;
    *headers = (struct http_header){"WWW-Authenticate", "Bearer claims=\"eyJhIjoxfQ==\""};
    *response = (struct http_response){.status = is_post      ? 409
                                                 : *sent == 1 ? 401
                                                              : 200,
        .body = text_of(body),
        .headers = headers,
        .header_count = 1};
    return true;
}

static bool provider(void *context, const struct azb_token_request *request,
    struct azb_token *token, struct azb_error *err)
{
    (void)context;
    (void)request;
    return azb_token_set(token, "a-token", 1, err);
}

static struct azb_batch *open_client(bool by_key, int *sent, struct azb_error *err)
{
    struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
    options.account_url = "https://azb.eastus.batch.azure.com";
    if (by_key) {
        options.account_name = "azb";
        options.account_key = "a2V5";
    } else {
        options.token_provider = (struct azb_token_provider){provider, NULL};
    }
    return batch_open(&options, transport, sent, err);
}

static bool list_all(struct azb_batch *batch, struct azb_error *err)
{
    struct azb_reply page = AZB_REPLY_INIT;
    size_t jobs = 0;
    for (bool more =
             azb_job_list(batch, AZB_ARGS(job_list, .filter = "state eq 'active'"), &page, err);
         more; more = azb_next_page(batch, &page, err))
        jobs += page.value.job_page->value.count;
    assert_null(page.memory);
    return err->kind == AZB_ERROR_NONE && jobs == 3;
}

/* The service refuses it: the error is what has to be read. */
static bool create(struct azb_batch *batch, struct azb_error *err)
{
    struct azb_reply reply = AZB_REPLY_INIT;
    struct azb_task task = {.id = "t", .command_line = "/bin/true"};
    assert_false(
        azb_task_create(batch, AZB_ARGS(task_create, .job_id = "j", .task = &task), &reply, err));
    assert_null(reply.memory);
    return err->kind == AZB_ERROR_CONFLICT && strcmp(err->code, "TaskExists") == 0;
}

static const struct {
    const char *name;
    bool (*call)(struct azb_batch *batch, struct azb_error *err);
    bool by_key;
} cases[] = {
    {"two pages after a challenge", list_all, false},
    {"a task with a token", create, false},
    {"a task with a key", create, true},
};

/* True once allocation number `n` is beyond what the whole story needs. */
static bool survives(size_t i, long n)
{
    struct azb_error err = AZB_ERROR_INIT;
    int sent = cases[i].by_key;
    memory_fail_after(n);
    struct azb_batch *batch = open_client(cases[i].by_key, &sent, &err);
    bool done = batch && cases[i].call(batch, &err);
    memory_fail_after(0);
    if (!done && err.kind != AZB_ERROR_MEMORY)
        /* The service's answer stands although its body could not be read. */
        assert_true(cases[i].call == create && err.kind == AZB_ERROR_CONFLICT);
    assert_true(done || err.message[0] || err.kind == AZB_ERROR_MEMORY);
    azb_error_free(&err);
    azb_batch_free(batch);
    return done;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        long n = 1;
        int in_a_row = 0; /* a failure may do no harm, as where only a message gets shorter */
        for (; n < ALLOCATIONS_MAX && in_a_row < 50; n++)
            in_a_row = survives(i, n) ? in_a_row + 1 : 0;
        print_message("%s: %ld allocations\n", cases[i].name, n - in_a_row);
        assert_true(n < ALLOCATIONS_MAX && n - in_a_row > 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
