/* SharedKey: the string to sign as real clients build it, dates, keys, what is refused. */
#include "made_service.h"

#include "authorize/authorize.h"

#define TYPE "application/json; odata=minimalmetadata; charset=utf-8"

static struct service service;

static int start(void **state)
{
    (void)state;
    made_start(&service);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

/* What a client signs, written out by hand: independent of the code that is tested. `%s` in
 * `string` is the date. */
static const struct signed_request {
    const char *name, *method, *path;
    const char *content_length, *content_type;
    bool plain_date; /* Date instead of ocp-date */
    const char *if_match, *range;
    const char *string;
} requests[] = {
    {"python: list", "GET", "/jobs?api-version=2022-10-01.16.0&maxresults=10&timeout=30", NULL,
        NULL, false, NULL, NULL,
        "GET\n\n\n\n\n\n\n\n\n\n\n\nocp-date:%s\n/azb/jobs\napi-version:2022-10-01.16.0\n"
        "maxresults:10\ntimeout:30"},
    {"python: add", "POST", "/jobs?api-version=2022-10-01.16.0", "57", TYPE, false, NULL, NULL,
        "POST\n\n\n57\n\n" TYPE "\n\n\n\n\n\n\nocp-date:%s\n/azb/jobs\n"
        "api-version:2022-10-01.16.0"},
    {"python: terminate without body", "POST", "/jobs/j/terminate?api-version=x", "0", NULL, false,
        NULL, NULL,
        "POST\n\n\n0\n\n\n\n\n\n\n\n\nocp-date:%s\n/azb/jobs/j/terminate\napi-version:x"},
    {"node: delete without length", "DELETE", "/jobs/j?api-version=x", NULL, NULL, false, NULL,
        NULL, "DELETE\n\n\n\n\n\n\n\n\n\n\n\nocp-date:%s\n/azb/jobs/j\napi-version:x"},
    {"Date header", "GET", "/jobs?api-version=x", NULL, NULL, true, NULL, NULL,
        "GET\n\n\n\n\n\n%s\n\n\n\n\n\n/azb/jobs\napi-version:x"},
    {"If-Match and Range", "GET", "/jobs?api-version=x", NULL, NULL, false, "0x8D", "bytes=0-1",
        "GET\n\n\n\n\n\n\n\n0x8D\n\n\nbytes=0-1\nocp-date:%s\n/azb/jobs\napi-version:x"},
    {"encoded path, decoded query", "GET",
        "/jobs/j/tasks/t/files/wd%2Fa%20b%2B%C3%BC.txt?api-version=x&%24filter=id%20eq%20%27a%27",
        NULL, NULL, false, NULL, NULL,
        "GET\n\n\n\n\n\n\n\n\n\n\n\nocp-date:%s\n/azb/jobs/j/tasks/t/files/wd%%2Fa%%20b%%2B%%C3%%BC"
        ".txt\n$filter:id eq 'a'\napi-version:x"},
    {"plus in a query, as a space", "GET", "/jobs?$filter=id+eq+1", NULL, NULL, false, NULL, NULL,
        "GET\n\n\n\n\n\n\n\n\n\n\n\nocp-date:%s\n/azb/jobs\n$filter:id eq 1"},
    {"plus in a query, as it is", "GET", "/jobs?$filter=id+eq+1", NULL, NULL, false, NULL, NULL,
        "GET\n\n\n\n\n\n\n\n\n\n\n\nocp-date:%s\n/azb/jobs\n$filter:id+eq+1"},
    {"no query", "GET", "/jobs", NULL, NULL, false, NULL, NULL,
        "GET\n\n\n\n\n\n\n\n\n\n\n\nocp-date:%s\n/azb/jobs"},
};

static char *signature(struct arena *arena, const char *key, const char *string)
{
    struct text bytes;
    unsigned char mac[SHA256_BYTES];
    assert_true(base64_decode(arena, text_of(key), &bytes));
    hmac_sha256(bytes, text_of(string), mac);
    return base64_encode(arena, (struct text){(const char *)mac, sizeof mac});
}

static char *put_date(struct arena *arena, const char *pattern, const char *date)
{
    scoped_buffer struct buffer out = {0};
    buffer_init(&out, 65536);
    for (const char *at = pattern; *at; at++) {
        if (at[0] == '%' && at[1] == 's')
            buffer_add_string(&out, date);
        else
            buffer_add_char(&out, *at);
        at += at[0] == '%';
    }
    return arena_string(arena, out.at);
}

static void build(struct made *made, const struct signed_request *request, int64_t date,
    const char *account, const char *key)
{
    made_request(made, &service, PLANE_BATCH, request->method, request->path);
    struct arena *arena = &made->request.arena;
    char text[TIME_TEXT_MAX];
    time_http(date, text);
    char *copy = arena_string(arena, text);
    if (request->content_length)
        made_header(made, "Content-Length", request->content_length);
    if (request->content_type)
        made_header(made, "content-type", request->content_type);
    if (request->if_match)
        made_header(made, "If-Match", request->if_match);
    if (request->range)
        made_header(made, "Range", request->range);
    made_header(made, request->plain_date ? "Date" : "ocp-date", copy);
    if (!request->plain_date)
        made_header(made, "Date", "Thu, 01 Jan 1970 00:00:00 GMT"); /* not looked at */
    char *string = put_date(arena, request->string, copy);
    made_header(made, "Authorization",
        arena_format(arena, "SharedKey %s:%s", account, signature(arena, key, string)));
}

static void test_requests(void **state)
{
    (void)state;
    const struct account *account = account_default(&service);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        const char *const keys[] = {account->primary_key, account->secondary_key};
        print_message("  %s\n", requests[i].name);
        for (int j = 0; j < 2; j++) {
            struct made made;
            build(&made, &requests[i], clock_ticks(NULL), "azb", keys[j]);
            if (!authorize_batch_caller(&made.request, account, &made.err))
                fail_msg("%s", made.err.values[0].value);
            assert_int_equal(made.request.caller.kind, CALLER_SHARED_KEY);
            made_free(&made);
        }
    }
}

static void refused(struct made *made, const struct account *account, int status, const char *part)
{
    assert_false(authorize_batch_caller(&made->request, account, &made->err));
    assert_int_equal(made->err.http_status, status);
    assert_string_equal(made->err.code, "AuthenticationFailed");
    assert_string_equal(made->err.values[0].key, "AuthenticationErrorDetail");
    if (!strstr(made->err.values[0].value, part))
        fail_msg("'%s' is not in '%s'", part, made->err.values[0].value);
    assert_int_equal(made->request.caller.kind, CALLER_NOBODY);
    made_free(made);
}

static void test_dates(void **state)
{
    (void)state;
    const struct account *account = account_default(&service);
    static const struct {
        const char *name;
        int seconds;
        bool good;
    } dates[] = {{"14 minutes ago", -840, true}, {"16 minutes ago", -960, false},
        {"in 14 minutes", 840, true}, {"in 16 minutes", 960, false}};
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        struct made made;
        print_message("  %s\n", dates[i].name);
        build(&made, &requests[0], clock_ticks(NULL) + dates[i].seconds * TICKS_PER_SECOND, "azb",
            account->primary_key);
        if (dates[i].good) {
            assert_true(authorize_batch_caller(&made.request, account, &made.err));
            made_free(&made);
        } else {
            refused(&made, account, 403, "more than 15 minutes");
        }
    }
}

static void test_wrong_key(void **state)
{
    (void)state;
    struct made made;
    const struct account *account = account_default(&service);
    build(&made, &requests[0], clock_ticks(NULL), "azb", "AAAA");
    refused(&made, account, 403, "string to sign");
}

static void test_changed_request(void **state)
{
    (void)state;
    struct made made;
    const struct account *account = account_default(&service);
    build(&made, &requests[0], clock_ticks(NULL), "azb", account->primary_key);
    made.request.method = "DELETE";
    refused(&made, account, 403, "string to sign");
    build(&made, &requests[0], clock_ticks(NULL), "azb", account->primary_key);
    made.request.query = TEXT("api-version=2022-10-01.16.0&maxresults=11&timeout=30");
    refused(&made, account, 403, "maxresults:11");
}

static const struct {
    const char *name, *header;
    int status;
    const char *part;
} headers[] = {
    {"nothing", NULL, 401, "missing access token"},
    {"only the scheme", "SharedKey", 403, "is not 'SharedKey"},
    {"no signature", "SharedKey azb", 403, "32 bytes"},
    {"empty signature", "SharedKey azb:", 403, "32 bytes"},
    {"short signature", "SharedKey azb:AAAA", 403, "32 bytes"},
    {"not base64", "SharedKey azb:!!!!", 403, "32 bytes"},
    {"another account", "SharedKey other:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 403,
        "another account"},
    {"no date", "SharedKey azb:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 403, "neither"},
    {"SharedKeyLite", "SharedKeyLite azb:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 401,
        "must be 'Bearer'"},
};

static void test_headers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct made made;
        print_message("  %s\n", headers[i].name);
        made_request(&made, &service, PLANE_BATCH, "GET", "/jobs");
        if (headers[i].header)
            made_header(&made, "Authorization", headers[i].header);
        refused(&made, account_default(&service), headers[i].status, headers[i].part);
    }
}

static void test_modes(void **state)
{
    (void)state;
    struct account account = *account_default(&service);
    struct made made;
    account.shared_key_allowed = false;
    build(&made, &requests[0], clock_ticks(NULL), "azb", account.primary_key);
    refused(&made, &account, 403, "SharedKey is not allowed for this account");
    account.entra_allowed = false;
    made_request(&made, &service, PLANE_BATCH, "GET", "/jobs");
    made_header(&made, "Authorization", "Bearer x");
    refused(&made, &account, 401, "AAD is not allowed for this account");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_wrong_key),
        cmocka_unit_test(test_changed_request),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_modes),
    };
    return cmocka_run_group_tests_name("server/shared_key", tests, start, stop);
}
