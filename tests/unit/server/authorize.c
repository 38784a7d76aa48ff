/* The authorize endpoint: parameters, redirect URIs, and where each error goes. */
#include "made_browser.h"

#include "entra/authorize.h"

#define TENANT "/" MADE_TENANT
#define V2 TENANT "/oauth2/v2.0/authorize?"
#define V1 TENANT "/oauth2/authorize?"
#define BATCH_SCOPE "scope=https%3A%2F%2Fbatch.core.windows.net%2F%2Fuser_impersonation%20openid"
#define LOOPBACK "redirect_uri=http%3A%2F%2Flocalhost%3A4321"
#define REST "&response_type=code&" BATCH_SCOPE
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" /* RFC 7636 appendix B */

static struct service service;
static struct browser browser;
static struct made_web native = {.name = "Native <script>alert(1)</script>",
    .kind = REDIRECT_PUBLIC,
    .uris = {"http://localhost", "myapp://auth", "http://127.0.0.1/back"}};
static struct made_web web = {
    .name = "Web", .kind = REDIRECT_WEB, .uris = {"https://app.example/back?a=1"}};
static struct made_web multi = {
    .name = "Multi", .kind = REDIRECT_PUBLIC, .uris = {"http://localhost"}, .multi_tenant = true};
static struct made_web spa = {
    .name = "SPA", .kind = REDIRECT_SPA, .uris = {"https://spa.example/"}};
static struct made_web off = {
    .name = "Off", .kind = REDIRECT_PUBLIC, .uris = {"http://localhost"}, .disabled = true};

static int start(void **state)
{
    (void)state;
    made_start(&service);
    browser_open(&browser, &service);
    made_web_add(&service, &native);
    made_web_add(&service, &web);
    made_web_add(&service, &multi);
    made_web_add(&service, &spa);
    made_web_add(&service, &off);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    browser_close(&browser);
    made_stop(&service);
    return 0;
}

/* `target` with the client's id for CLIENT. */
static const char *fill(char out[2048], const struct made_web *client, const char *target)
{
    const char *mark = strstr(target, "CLIENT");
    snprintf(out, 2048, "%.*s%s%s", (int)(mark ? (size_t)(mark - target) : strlen(target)), target,
        mark ? client->app_id : "", mark ? mark + 6 : "");
    return out;
}

/* ---- Errors that must not leave -------------------------------------------------------------- */

static const struct refusal {
    const char *name;
    const char *target; /* CLIENT is its id */
    struct made_web *client;
    int status, number;
} pages[] = {
    {"unknown tenant", "/nowhere.example/oauth2/v2.0/authorize?client_id=CLIENT&" LOOPBACK REST,
        &native, 400, 90002},
    {"tenant with a slash", "/a%2Fb/oauth2/v2.0/authorize?client_id=CLIENT&" LOOPBACK REST, &native,
        400, 900023},
    {"no client", V2 LOOPBACK REST, &native, 400, 900144},
    {"unknown client", V2 "client_id=xCLIENT&" LOOPBACK REST, &native, 400, 700016},
    {"markup as client", V2 "client_id=%3Cscript%3ECLIENT&" LOOPBACK REST, &native, 400, 700016},
    {"client twice", V2 "client_id=CLIENT&client_id=x&" LOOPBACK REST, &native, 400, 9002313},
    {"redirect URI twice", V2 "client_id=CLIENT&" LOOPBACK "&" LOOPBACK REST, &native, 400,
        9002313},
    {"state twice", V2 "client_id=CLIENT&state=1&state=2&" LOOPBACK REST, &native, 400, 9002313},
    {"disabled client", V2 "client_id=CLIENT&" LOOPBACK REST, &off, 401, 7000112},
    {"common for one tenant's application",
        "/common/oauth2/v2.0/authorize?client_id=CLIENT&" LOOPBACK REST, &native, 400, 50194},
    {"missing redirect URI, several registered", V2 "client_id=CLIENT" REST, &native, 400, 900144},
    {"another host", V2 "client_id=CLIENT&redirect_uri=https%3A%2F%2Fevil.example" REST, &native,
        400, 50011},
    {"another path", V2 "client_id=CLIENT&redirect_uri=http%3A%2F%2Flocalhost%2Fx" REST, &native,
        400, 50011},
    {"IPv6 loopback", V2 "client_id=CLIENT&redirect_uri=http%3A%2F%2F%5B%3A%3A1%5D" REST, &native,
        400, 50011},
    {"loopback by https", V2 "client_id=CLIENT&redirect_uri=https%3A%2F%2Flocalhost" REST, &native,
        400, 50011},
    {"loopback as user name",
        V2 "client_id=CLIENT&redirect_uri=http%3A%2F%2Flocalhost%3A80%40evil.example" REST, &native,
        400, 50011},
    {"loopback as the start of a name",
        V2 "client_id=CLIENT&redirect_uri=http%3A%2F%2Flocalhost.evil.example" REST, &native, 400,
        50011},
    {"port 0", V2 "client_id=CLIENT&redirect_uri=http%3A%2F%2Flocalhost%3A0" REST, &native, 400,
        50011},
    {"port 65536", V2 "client_id=CLIENT&redirect_uri=http%3A%2F%2Flocalhost%3A65536" REST, &native,
        400, 50011},
    {"empty port", V2 "client_id=CLIENT&redirect_uri=http%3A%2F%2Flocalhost%3A" REST, &native, 400,
        50011},
    {"fragment", V2 "client_id=CLIENT&redirect_uri=http%3A%2F%2Flocalhost%2F%23x" REST, &native,
        400, 50011},
    {"line break", V2 "client_id=CLIENT&redirect_uri=http%3A%2F%2Flocalhost%0D%0AX-Y%3A1" REST,
        &native, 400, 50011},
    {"script", V2 "client_id=CLIENT&redirect_uri=javascript%3Aalert(1)" REST, &native, 400, 50011},
    {"other case", V2 "client_id=CLIENT&redirect_uri=MYAPP%3A%2F%2Fauth" REST, &native, 400, 50011},
    {"registered and more",
        V2 "client_id=CLIENT&redirect_uri=https%3A%2F%2Fapp.example%2Fback%3Fa%3D1%26b%3D2" REST,
        &web, 400, 50011},
    {"without its query", V2 "client_id=CLIENT&redirect_uri=https%3A%2F%2Fapp.example%2Fback" REST,
        &web, 400, 50011},
    {"port of a web address",
        V2 "client_id=CLIENT&redirect_uri=https%3A%2F%2Fapp.example%3A444%2Fback%3Fa%3D1" REST,
        &web, 400, 50011},
};

static void test_errors_that_stay(void **state)
{
    (void)state;
    char target[2048], code[32];
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        int status = browser_get(&browser, fill(target, pages[i].client, pages[i].target));
        snprintf(code, sizeof code, "AADSTS%d", pages[i].number);
        if (status != pages[i].status || !strstr(browser.body, code) ||
            browser_header(&browser, "Location"))
            fail_msg("%s: %d\n%s", pages[i].name, status, browser.body);
        browser_is_safe(&browser);
        browser_has_not(&browser, "<script>");
        browser_has(&browser, "Trace ID");
    }
}

/* ---- Errors that the application hears --------------------------------------------------------
 */

static const struct told {
    const char *name;
    bool v1;
    struct made_web *client;
    const char *parameters;
    const char *start; /* of the Location */
    const char *word;
    int number;
} told[] = {
    {"no response type", false, &native, LOOPBACK "&" BATCH_SCOPE, "http://localhost:4321/?",
        "invalid_request", 900144},
    {"implicit", false, &native, LOOPBACK "&response_type=token&" BATCH_SCOPE,
        "http://localhost:4321/#", "unsupported_response_type", 700054},
    {"hybrid", false, &native, LOOPBACK "&response_type=code%20id_token&" BATCH_SCOPE,
        "http://localhost:4321/#", "unsupported_response_type", 700054},
    {"another response type", false, &native, LOOPBACK "&response_type=x&" BATCH_SCOPE,
        "http://localhost:4321/?", "unsupported_response_type", 70005},
    {"another response mode", false, &native, LOOPBACK REST "&response_mode=web_message",
        "http://localhost:4321/?", "unsupported_response_type", 70007},
    {"response type twice", false, &native, LOOPBACK REST "&response_type=code",
        "http://localhost:4321/?", "invalid_request", 9002313},
    {"no scope", false, &native, LOOPBACK "&response_type=code", "http://localhost:4321/?",
        "invalid_request", 900144},
    {"resource at v2", false, &native, LOOPBACK REST "&resource=x", "http://localhost:4321/?",
        "invalid_request", 901002},
    {"no resource at v1", true, &native, LOOPBACK "&response_type=code", "http://localhost:4321/?",
        "invalid_request", 900144},
    {"short challenge", false, &native,
        LOOPBACK REST "&code_challenge=abc&code_challenge_method=S256", "http://localhost:4321/?",
        "invalid_request", 501491},
    {"long challenge", false, &native,
        LOOPBACK REST "&code_challenge=" CHALLENGE "x&code_challenge_method=S256",
        "http://localhost:4321/?", "invalid_request", 501491},
    {"challenge of other characters", false, &native,
        LOOPBACK REST "&code_challenge=" CHALLENGE CHALLENGE "%0A&code_challenge_method=plain",
        "http://localhost:4321/?", "invalid_request", 501491},
    {"method without challenge", false, &native, LOOPBACK REST "&code_challenge_method=S256",
        "http://localhost:4321/?", "invalid_request", 50147},
    {"another method", false, &native,
        LOOPBACK REST "&code_challenge=" CHALLENGE "&code_challenge_method=S512",
        "http://localhost:4321/?", "invalid_request", 9002313},
    {"SPA without a challenge", false, &spa, "redirect_uri=https%3A%2F%2Fspa.example%2F" REST,
        "https://spa.example/?", "invalid_request", 9002325},
    {"another prompt", false, &native, LOOPBACK REST "&prompt=x", "http://localhost:4321/?",
        "invalid_request", 90023},
    {"max_age", false, &native, LOOPBACK REST "&max_age=-1", "http://localhost:4321/?",
        "invalid_request", 90023},
    {"claims", false, &native, LOOPBACK REST "&claims=%5B%5D", "http://localhost:4321/?",
        "invalid_request", 9002313},
    {"silent, nobody there", false, &native, LOOPBACK REST "&prompt=none",
        "http://localhost:4321/?", "login_required", 50058},
    {"with a query of its own", false, &web, "prompt=none" REST,
        "https://app.example/back?a=1&error=", "login_required", 50058},
    {"a scheme of its own", false, &native, "redirect_uri=myapp%3A%2F%2Fauth&prompt=none" REST,
        "myapp://auth?error=", "login_required", 50058},
    {"127.0.0.1 with a path and a port", false, &native,
        "redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fback&prompt=none" REST,
        "http://127.0.0.1:9/back?error=", "login_required", 50058},
    {"fragment", false, &native, LOOPBACK REST "&response_mode=fragment&prompt=none",
        "http://localhost:4321/#error=", "login_required", 50058},
};

static void expect_told(const struct told *row)
{
    char asked[1024], target[2048], value[2048], code[32];
    snprintf(asked, sizeof asked, "%sclient_id=CLIENT&state=%s&%s", row->v1 ? V1 : V2,
        "a%20b%2B%3D%26%C3%A4", row->parameters);
    if (browser_get(&browser, fill(target, row->client, asked)) != 302)
        fail_msg("%s: %d\n%s", row->name, browser.exchange.reply.status, browser.body);
    const char *location = browser_header(&browser, "Location");
    if (strncmp(location, row->start, strlen(row->start)) != 0)
        fail_msg("%s: leads to %s", row->name, location);
    assert_true(browser_location(&browser, "error", value, sizeof value));
    assert_string_equal(value, row->word);
    snprintf(code, sizeof code, "AADSTS%d:", row->number);
    assert_true(browser_location(&browser, "error_description", value, sizeof value));
    if (strncmp(value, code, strlen(code)) != 0)
        fail_msg("%s: %s", row->name, value);
    assert_true(browser_location(&browser, "error_uri", value, sizeof value));
    assert_true(browser_location(&browser, "state", value, sizeof value));
    assert_string_equal(value, "a b+=&\xC3\xA4");
    assert_true(browser_location(&browser, "iss", value, sizeof value));
    assert_string_equal(value, row->v1 ? "https://sts.windows.net/" MADE_TENANT "/"
                                       : "https://" MADE_HOST "/" MADE_TENANT "/v2.0");
}

static void test_errors_that_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        expect_told(&told[i]);
}

static void test_form_post(void **state)
{
    (void)state;
    char target[2048], value[256];
    fill(target, &native,
        V2 "client_id=CLIENT&" LOOPBACK REST "&prompt=none&response_mode=form_post"
           "&state=%22%3E%3Cscript%3E");
    assert_int_equal(browser_get(&browser, target), 200);
    browser_is_safe(&browser);
    browser_has(&browser, "action=\"http://localhost:4321\"");
    browser_has(&browser, "<noscript>");
    browser_has_not(&browser, "alert(1)</script>");
    assert_true(browser_field(browser.body, "error", value, sizeof value));
    assert_string_equal(value, "login_required");
    assert_true(browser_field(browser.body, "state", value, sizeof value));
    assert_string_equal(value, "\"><script>");
    assert_non_null(
        strstr(browser_header(&browser, "Content-Security-Policy"), "script-src 'sha256-"));
}

/* ---- Where it begins ---------------------------------------------------------------------------
 */

static void test_begins(void **state)
{
    (void)state;
    static const char *const places[] = {V2, V1, "/adfs/oauth2/authorize?",
        "/azb.onmicrosoft.com/oauth2/v2.0/authorize?", "/common/oauth2/v2.0/authorize?",
        "/organizations/oauth2/v2.0/authorize?"};
    char asked[1024], target[2048];
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        snprintf(asked, sizeof asked, "%s%s", places[i],
            "client_id=CLIENT&login_hint=ann%40x&" LOOPBACK REST);
        assert_int_equal(browser_get(&browser, fill(target, &multi, asked)), 200);
        browser_has(&browser, "<h1>Sign in</h1>");
        browser_has(&browser, "autocomplete=\"current-password\"");
        browser_is_safe(&browser);
    }
    browser_has(&browser, "name=\"login\" value=\"ann@x\"");
}

/* The policy must let the answer go where it has to, and nowhere in clear text but here. */
static void test_form_target(void **state)
{
    (void)state;
    char target[2048];
    fill(target, &native, V2 "client_id=CLIENT&redirect_uri=myapp%3A%2F%2Fauth" REST);
    assert_int_equal(browser_get(&browser, target), 200);
    const char *policy = browser_header(&browser, "Content-Security-Policy");
    assert_non_null(
        strstr(policy, "form-action 'self' https: http://localhost:* http://127.0.0.1:* myapp:;"));
    browser_has(&browser, "Native &lt;script&gt;");
}

static void test_post_becomes_get(void **state)
{
    (void)state;
    char form[2048];
    fill(form, &native, "client_id=CLIENT&" LOOPBACK REST "&state=a%0D%0AX%3A1&a%0D%0AX%3A1=");
    assert_int_equal(browser_send(&browser, "//evil.example/oauth2/v2.0/authorize", form), 303);
    browser_expect_location(
        &browser, "https://" MADE_HOST "//evil.example/oauth2/v2.0/authorize?client_id=");
    assert_null(strpbrk(browser_header(&browser, "Location"), "\r\n"));
}

static void test_programs_get_json(void **state)
{
    (void)state;
    browser.accept = "application/json";
    assert_int_equal(browser_send(&browser, TENANT "/oauth2/v2.0/token", "x=1"), 400);
    assert_int_equal(browser.body[0], '{');
    browser.accept = "text/html";
    assert_int_equal(browser_get(&browser, TENANT "/oauth2/v2.0/token"), 405);
    browser_has(&browser, "AADSTS900561");
    browser_is_safe(&browser);
    browser.accept = "text/html,*/*";
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_that_stay),
        cmocka_unit_test(test_errors_that_are_told),
        cmocka_unit_test(test_form_post),
        cmocka_unit_test(test_begins),
        cmocka_unit_test(test_form_target),
        cmocka_unit_test(test_post_becomes_get),
        cmocka_unit_test(test_programs_get_json),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
