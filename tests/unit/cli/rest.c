/* azb rest: where a request goes, what is added to it, and where no token goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

#include "batch/client.h"
#include "cli/commands.h"
#include "cli/session.h"

struct wire {
    char line[512], body[256], headers[512];
    int sent;
};

static bool transport(void *context, const struct http_request *request, int64_t timeout_ms,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    struct wire *wire = context;
    size_t at = 0;
    (void)timeout_ms;
    (void)err;
    wire->sent++;
    snprintf(wire->line, sizeof wire->line, "%s %s", request->method, request->url);
    snprintf(wire->body, sizeof wire->body, "%.*s", TEXT_ARGS(request->body));
    for (size_t i = 0; i < request->header_count; i++)
        at += (size_t)snprintf(wire->headers + at, sizeof wire->headers - at, "%s: %s\n",
            request->headers[i].name, request->headers[i].value);
    response->status = 200;
    response->body = text_of(arena_string(arena, "{}"));
    return true;
}

static bool provider(void *context, const struct azb_token_request *request,
    struct azb_token *token, struct azb_error *err)
{
    char name[128];
    (void)context;
    snprintf(name, sizeof name, "for-%s", request->resource);
    return azb_token_set(token, name, 1, err);
}

static const char *const bases[ENDPOINTS] = {
    [ENDPOINT_BATCH] = "https://azb.eastus.batch.azure.com",
    [ENDPOINT_ARM] = "https://management.azure.com",
    [ENDPOINT_GRAPH] = "https://graph.microsoft.com",
};

static void open_clients(struct session *session, struct wire *wire)
{
    for (int i = 0; i < ENDPOINTS; i++) {
        struct azb_batch_options options = AZB_BATCH_OPTIONS_INIT;
        struct azb_error err = AZB_ERROR_INIT;
        options.account_url = bases[i];
        options.resource = session_resource(session, (enum endpoint)i);
        options.token_provider = (struct azb_token_provider){provider, NULL};
        session->clients[i] = batch_open(&options, transport, wire, &err);
        assert_non_null(session->clients[i]);
    }
}

#define BATCH_TOKEN "Bearer for-https://batch.core.windows.net/"
#define ARM_TOKEN "Bearer for-https://management.core.windows.net/"
#define GRAPH_TOKEN "Bearer for-https://graph.microsoft.com"

static const struct {
    const char *name;
    const char *words[8];
    const char *line;   /* NULL: nothing may be sent */
    const char *header; /* a part of the headers */
    const char *body;
} cases[] = {
    {"Batch by path", {"GET", "/jobs"},
        "GET https://azb.eastus.batch.azure.com/jobs?api-version=2025-06-01", BATCH_TOKEN, ""},
    {"its own api-version", {"GET", "/jobs?api-version=2020-09-01.12.0"},
        "GET https://azb.eastus.batch.azure.com/jobs?api-version=2020-09-01.12.0", BATCH_TOKEN, ""},
    {"behind other options", {"GET", "/jobs?maxresults=1"},
        "GET https://azb.eastus.batch.azure.com/jobs?maxresults=1&api-version=2025-06-01",
        BATCH_TOKEN, ""},
    {"Graph by path", {"GET", "/v1.0/applications"},
        "GET https://graph.microsoft.com/v1.0/applications", GRAPH_TOKEN, ""},
    {"ARM by path", {"GET", "/subscriptions"},
        "GET https://management.azure.com/subscriptions?api-version=2022-04-01", ARM_TOKEN, ""},
    {"the method in small letters", {"get", "/jobs"},
        "GET https://azb.eastus.batch.azure.com/jobs?api-version=2025-06-01", BATCH_TOKEN, ""},
    {"a whole URL", {"GET", "https://graph.microsoft.com/v1.0/users"},
        "GET https://graph.microsoft.com/v1.0/users", GRAPH_TOKEN, ""},
    {"a body", {"POST", "/jobs", "--body", "{\"id\":\"j\"}"},
        "POST https://azb.eastus.batch.azure.com/jobs?api-version=2025-06-01",
        "Content-Type: application/json", "{\"id\":\"j\"}"},
    {"headers", {"GET", "/jobs", "--headers", "If-Match=\"a=b\"", "X-Y=1"},
        "GET https://azb.eastus.batch.azure.com/jobs?api-version=2025-06-01",
        "If-Match: \"a=b\"\nX-Y: 1\n", ""},
    {"no header", {"GET", "/jobs", "--headers", "nonsense"}, NULL, NULL, NULL},
    {"somewhere else", {"GET", "https://example.org/jobs"}, NULL, NULL, NULL},
    {"a name that begins alike", {"GET", "https://graph.microsoft.com.example.org/v1.0/users"},
        NULL, NULL, NULL},
    {"a user before the host", {"GET", "https://graph.microsoft.com@example.org/v1.0/users"}, NULL,
        NULL, NULL},
    {"in clear text", {"GET", "http://graph.microsoft.com/v1.0/users"}, NULL, NULL, NULL},
    {"neither path nor URL", {"GET", "jobs"}, NULL, NULL, NULL},
    {"no such method", {"FETCH", "/jobs"}, NULL, NULL, NULL},
    {"a file that is not there", {"POST", "/jobs", "--body", "@/no/such/file"}, NULL, NULL, NULL},
};

static int run_case(size_t i, struct wire *wire)
{
    struct session session = {.format = OUTPUT_TSV};
    struct arguments arguments;
    struct azb_error err = AZB_ERROR_INIT;
    char *words[8];
    int count = 0;
    arena_init(&session.arena, 0);
    open_clients(&session, wire);
    while (count < 8 && cases[i].words[count]) {
        words[count] = arena_string(&session.arena, cases[i].words[count]);
        count++;
    }
    assert_true(arguments_read(&command_rest, count, words, &arguments, &err));
    int status = command_rest.run(&session, &command_rest, &arguments);
    session_end(&session);
    return status;
}

static void sends_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wire wire = {.sent = 0};
        int status = run_case(i, &wire);
        if (!cases[i].line) {
            if (wire.sent || status != EXIT_USAGE)
                fail_msg("%s: sent '%s', status %d", cases[i].name, wire.line, status);
            continue;
        }
        if (status != EXIT_OK || strcmp(wire.line, cases[i].line) != 0)
            fail_msg("%s: status %d, sent '%s'", cases[i].name, status, wire.line);
        if (!strstr(wire.headers, cases[i].header))
            fail_msg("%s: headers '%s'", cases[i].name, wire.headers);
        assert_string_equal(wire.body, cases[i].body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sends_the_table)};
    clearenv();
    setenv("AZURE_BATCH_ENDPOINT", bases[ENDPOINT_BATCH], 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
