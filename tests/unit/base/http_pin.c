/* A server that is known by its certificate alone: `openssl s_server` in two guises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail
#include <ctype.h>
#include <signal.h>
#include "base/http.h"
#include "openssl_tool.h"

static struct tool tool;
static FILE *server; /* its output */
static int port;
static char thumbprint[41];

/* "sha1 Fingerprint=AB:CD:..." */
static void take_thumbprint(const char *line)
{
    size_t length = 0;
    for (const char *c = strchr(line, '='); c && *c && length < 40; c++)
        if (isxdigit((unsigned char)*c))
            thumbprint[length++] = *c;
    assert_int_equal(length, 40);
}

/* "ACCEPT 127.0.0.1:34567" */
static void wait_for_port(void)
{
    char line[256];
    while (!port && fgets(line, sizeof(line), server))
        if (strncmp(line, "ACCEPT", 6) == 0)
            port = (int)strtol(strrchr(line, ':') + 1, NULL, 10);
    assert_true(port > 0);
}

static int start(void **state)
{
    char command[512];
    (void)state;
    assert_true(tool_open(&tool));
    assert_true(tool_run(&tool, "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem "
                                "-out cert.pem -subj /CN=fabric"));
    assert_true(tool_run(&tool, "openssl x509 -in cert.pem -noout -fingerprint -sha1"));
    take_thumbprint(tool.output);
    snprintf(command, sizeof(command),
        "cd %s && echo $$ >pid && exec openssl s_server -accept 127.0.0.1:0 -cert cert.pem "
        "-key key.pem -www 2>&1",
        tool.folder);
    server = popen(command, "r");
    assert_non_null(server);
    wait_for_port();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    assert_true(tool_run(&tool, "kill $(cat pid)"));
    pclose(server);
    tool_clean(&tool);
    return 0;
}

static bool ask(const char *pinned, struct http_response *response, struct azb_error *err)
{
    static struct arena arena;
    struct http_request request;
    char url[64];
    struct http_client *client = http_client_new(NULL, err);
    assert_non_null(client);
    arena_free(&arena);
    snprintf(url, sizeof(url), "https://127.0.0.1:%d/", port);
    http_request_init(&request, "GET", url);
    request.peer_thumbprint = pinned;
    request.no_proxy = true;
    request.retries = -1;
    bool answered = http_send(client, &request, &arena, response, err);
    http_client_free(client);
    return answered;
}

static void test_the_right_one(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct http_response response;
    if (!ask(thumbprint, &response, &err))
        print_message("%s\n", err.message);
    assert_int_equal(err.kind, AZB_ERROR_NONE);
    assert_int_equal(response.status, 200);
    for (char *c = thumbprint; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    assert_true(ask(thumbprint, &response, &err));
}

static void expect_not_trusted(const char *pinned, const char *part)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct http_response response;
    assert_false(ask(pinned, &response, &err));
    assert_int_equal(err.kind, AZB_ERROR_NETWORK);
    assert_string_equal(err.code, "TlsNotTrusted");
    if (!strstr(err.message, part))
        print_message("%s\n", err.message);
    assert_non_null(strstr(err.message, part));
}

static void test_others(void **state)
{
    (void)state;
    char almost[41];
    memcpy(almost, thumbprint, sizeof(almost));
    almost[39] = almost[39] == '0' ? '1' : '0';
    expect_not_trusted(almost, "another one than the thumbprint names");
    expect_not_trusted("", "another one than the thumbprint names");
    expect_not_trusted(NULL, "is not trusted"); /* it vouches for itself */
}

static void test_only_https(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    struct http_request request;
    struct http_response response;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct http_client *client = http_client_new(NULL, &err);
    http_request_init(&request, "GET", "http://127.0.0.1:1/");
    request.peer_thumbprint = thumbprint;
    assert_false(http_send(client, &request, &arena, &response, &err));
    assert_int_equal(err.kind, AZB_ERROR_ARGUMENT);
    http_client_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_right_one),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_only_https),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
