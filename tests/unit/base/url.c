#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include "base/http.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_parts(void **state)
{
    static const struct {
        const char *url, *scheme, *host, *path, *query;
        int port;
    } cases[] = {
        {"https://login.microsoftonline.com", "https", "login.microsoftonline.com", "", NULL, 443},
        {"HTTPS://Localhost:8443/", "https", "Localhost", "/", NULL, 8443},
        {"http://127.0.0.1/a/b", "http", "127.0.0.1", "/a/b", NULL, 80},
        {"http://[::1]:80/x?y", "http", "[::1]", "/x", "y", 80},
        {"https://h?q=1", "https", "h", "", "q=1", 443},
        {"https://h/p?", "https", "h", "/p", "", 443},
        {"https://h/p?a=/b?c#part", "https", "h", "/p", "a=/b?c", 443},
        {"https://h/p#f?no", "https", "h", "/p", NULL, 443},
        {"https://h/jobs%2Fx/../y", "https", "h", "/jobs%2Fx/../y", NULL, 443},
        {"https://a_b.c-d.example:65535/", "https", "a_b.c-d.example", "/", NULL, 65535},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct url url;
        print_message("%s\n", cases[i].url);
        assert_true(url_parse(text_of(cases[i].url), &url));
        assert_true(text_is(url.scheme, cases[i].scheme));
        assert_true(text_is(url.host, cases[i].host));
        assert_true(text_is(url.path, cases[i].path));
        assert_int_equal(url.query.at != NULL, cases[i].query != NULL);
        assert_true(text_equal(url.query, text_of(cases[i].query)));
        assert_int_equal(url.port, cases[i].port);
    }
}

static void test_refused(void **state)
{
    static const char *const urls[] = {"", "https", "https://", "https:///path", "//host/",
        "ftp://host/", "file:///etc/passwd", "https:/host", "https:host", "https://user@host/",
        "https://good.example@evil.example/", "https://good.example\\@evil.example/",
        "https://host:", "https://host:0/", "https://host:65536/", "https://host:+1/",
        "https://host:8443x/", "https://host:1:2/", "https://ho st/", "https://host/a b",
        "https://host/\n", " https://host/", "https://host/\x01", "https://h\xc3\xb6st/",
        "https://.host/", "https://host./", "https://a..b/", "https://%68ost/", "https://[::1/",
        "https://[]/", "https://[::1]x/", "https://[::g]/", "https://::1/", "https://h*st/",
        "https://host/\"", "https://host/<x>"};
    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        struct url url = {.port = -1};
        print_message("%s\n", urls[i]);
        assert_false(url_parse(text_of(urls[i]), &url));
        assert_int_equal(url.port, -1);
    }
}

static void test_long_host(void **state)
{
    char text[600] = "https://";
    struct url url;
    (void)state;
    memset(text + 8, 'a', 253);
    assert_true(url_parse(text_of(text), &url));
    text[8 + 253] = 'a';
    assert_false(url_parse(text_of(text), &url));
}

static void test_nul_byte(void **state)
{
    struct url url;
    (void)state;
    assert_false(url_parse(TEXT("https://host\0.example/"), &url));
    assert_false(url_parse(TEXT("https://host/a\0b"), &url));
    assert_false(url_parse(TEXT_NONE, &url));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_long_host),
        cmocka_unit_test(test_nul_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
