/* What the proxy makes of the first bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "proxy_head.h"

#define END "\r\n\r\n"

static const struct head_case {
    const char *name, *bytes;
    enum proxy_verdict verdict;
} cases[] = {
    {"nothing yet", "", PROXY_WAIT},
    {"begins like CONNECT", "CONN", PROXY_WAIT},
    {"no end yet", "CONNECT login.windows.net:443 HTTP/1.1\r\nHost: x\r\n", PROXY_WAIT},
    {"a public name", "CONNECT login.microsoftonline.com:443 HTTP/1.1" END, PROXY_TUNNEL},
    {"with headers", "CONNECT graph.microsoft.com:443 HTTP/1.1\r\nHost: a\r\nX: y" END,
        PROXY_TUNNEL},
    {"HTTP/1.0", "CONNECT management.azure.com:443 HTTP/1.0" END, PROXY_TUNNEL},
    {"bare LF", "CONNECT management.azure.com:443 HTTP/1.1\n\n", PROXY_TUNNEL},
    {"a Batch account", "CONNECT a.westus.batch.azure.com:443 HTTP/1.1" END, PROXY_TUNNEL},
    {"ourselves", "CONNECT localhost:8443 HTTP/1.1" END, PROXY_TUNNEL},
    {"ourselves, IPv6", "CONNECT [::1]:8443 HTTP/1.1" END, PROXY_TUNNEL},
    {"another port of this host", "CONNECT localhost:22 HTTP/1.1" END, PROXY_REFUSE},
    {"a public name, another port", "CONNECT graph.microsoft.com:22 HTTP/1.1" END, PROXY_REFUSE},
    {"the world", "CONNECT example.com:443 HTTP/1.1" END, PROXY_REFUSE},
    {"metadata is not for CONNECT", "CONNECT 169.254.169.254:443 HTTP/1.1" END, PROXY_REFUSE},
    {"a name that ends like ours", "CONNECT evilgraph.microsoft.com:443 HTTP/1.1" END,
        PROXY_REFUSE},
    {"no port", "CONNECT graph.microsoft.com HTTP/1.1" END, PROXY_BAD},
    {"no version", "CONNECT graph.microsoft.com:443" END, PROXY_BAD},
    {"another version", "CONNECT graph.microsoft.com:443 HTTP/2.0" END, PROXY_BAD},
    {"user information", "CONNECT a@graph.microsoft.com:443 HTTP/1.1" END, PROXY_REFUSE},
    {"two spaces", "CONNECT  graph.microsoft.com:443 HTTP/1.1" END, PROXY_BAD},
    {"clear text", "GET http://169.254.169.254/x HTTP/1.1" END, PROXY_CLEAR},
    {"clear text, first byte", "P", PROXY_CLEAR},
    {"CONNECT in lower case is no method", "connect a:1 HTTP/1.1" END, PROXY_CLEAR},
    {"TLS without CONNECT", "\x16\x03\x01", PROXY_CLEAR},
};

static void heads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct proxy_head head;
        print_message("%s\n", cases[i].name);
        enum proxy_verdict verdict = proxy_head_read(text_of(cases[i].bytes), 8443, &head);
        assert_int_equal(verdict, cases[i].verdict);
        if (verdict == PROXY_TUNNEL || verdict == PROXY_REFUSE)
            assert_int_equal(head.length, strlen(cases[i].bytes));
    }
}

static void what_follows_the_head_is_left(void **state)
{
    (void)state;
    static const char bytes[] = "CONNECT localhost:8443 HTTP/1.1\r\n\r\n\x16\x03\x01\n\n";
    struct proxy_head head;
    assert_int_equal(proxy_head_read(text_of(bytes), 8443, &head), PROXY_TUNNEL);
    assert_int_equal(head.length, sizeof("CONNECT localhost:8443 HTTP/1.1\r\n\r\n") - 1);
    assert_true(text_is(head.host, "localhost"));
    assert_int_equal(head.port, 8443);
}

static void a_head_without_end_is_too_long(void **state)
{
    (void)state;
    static char bytes[PROXY_HEAD_MAX];
    struct proxy_head head;
    memset(bytes, 'x', sizeof(bytes));
    memcpy(bytes, "CONNECT ", 8);
    struct text text = {bytes, sizeof(bytes) - 1};
    assert_int_equal(proxy_head_read(text, 8443, &head), PROXY_WAIT);
    text.length++;
    assert_int_equal(proxy_head_read(text, 8443, &head), PROXY_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads),
        cmocka_unit_test(what_follows_the_head_is_left),
        cmocka_unit_test(a_head_without_end_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
