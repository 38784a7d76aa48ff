/* The page for device codes: typed by a person, confirmed, declined, and guessed too often. */
#include "made_browser.h"

#include "entra/authorization.h"
#include "entra/device_page.h"

#define PAGE "/common/oauth2/deviceauth"
#define AS_ANN "login=" ANN "&passwd=" PASSWORD

static struct service service;
static struct browser browser;
static struct made_web app = {
    .name = "A <i>device</i>", .kind = REDIRECT_PUBLIC, .uris = {"http://localhost"}};
static struct made_user ann = {.name = ANN};
static struct device_codes codes;
static char device[128];

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_web_add(&service, &app);
    made_user_add(&service, &ann);
    browser_open(&browser, &service);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    browser_close(&browser);
    made_stop(&service);
    return 0;
}

static bool make(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct made *made = context;
    const struct authorization authorization = {.client_app_id = app.app_id,
        .scope = "openid https://batch.core.windows.net//user_impersonation"};
    made->request.store = connection;
    return device_code_make(&made->request, &authorization, &codes, err);
}

/* A device shows another code to a browser that nobody used. */
static int begin(void **state)
{
    (void)state;
    struct made made;
    made_request(&made, &service, PLANE_ENTRA, "POST", "/");
    made_write(&service, make, &made);
    snprintf(device, sizeof device, "%s", codes.device_code);
    made_free(&made);
    browser.cookie[0] = '\0';
    clock_move(&service.clock, (DEVICE_WRONG_CODES_S + 1) * 1000); /* nothing was guessed lately */
    return 0;
}

static struct device_code answer(struct made *made)
{
    struct device_code found;
    made_request(made, &service, PLANE_ENTRA, "POST", "/");
    assert_true(device_code_read(&made->request, text_of(device), &found, &made->err));
    return found;
}

static void expect_answer(bool answered, const char *user_id)
{
    struct made made;
    struct device_code found = answer(&made);
    assert_int_equal(found.answered, answered);
    if (user_id)
        assert_string_equal(found.authorization.user_id, user_id);
    else
        assert_null(found.authorization.user_id);
    made_free(&made);
}

static int type_code(const char *code)
{
    char form[128];
    snprintf(form, sizeof form, "otc=%s", code);
    assert_int_equal(browser_get(&browser, PAGE), 200);
    return browser_submit(&browser, "/deviceauth", form);
}

static void sign_in(void)
{
    assert_int_equal(type_code(codes.user_code), 200);
    browser_has(&browser, "<h1>Sign in</h1>");
    assert_int_equal(browser_submit(&browser, "/login", AS_ANN), 200);
    browser_has(&browser, "Are you trying to sign in to A &lt;i&gt;device&lt;/i&gt;?");
    browser_is_safe(&browser);
    expect_answer(false, NULL); /* the password alone allows nothing */
}

static void test_allowed(void **state)
{
    (void)state;
    sign_in();
    assert_int_equal(browser_submit(&browser, "/login/device", "decision=continue"), 200);
    browser_has(&browser, "Permissions requested");
    expect_answer(false, NULL);
    assert_int_equal(browser_submit(&browser, "/login/consent", "decision=accept"), 200);
    browser_has(&browser, "You are signed in");
    expect_answer(true, ann.object_id);
    /* It is used up. */
    type_code(codes.user_code);
    browser_has(&browser, "AADSTS70018");
}

static void test_declined(void **state)
{
    (void)state;
    sign_in();
    assert_int_equal(browser_submit(&browser, "/login/device", "decision=cancel"), 200);
    browser_has(&browser, "You declined");
    expect_answer(true, NULL);
}

static void test_expired(void **state)
{
    (void)state;
    sign_in();
    clock_move(&service.clock, DEVICE_CODE_LIFETIME_S * 1000);
    assert_int_equal(browser_submit(&browser, "/login/device", "decision=continue"), 400);
    browser_has(&browser, "AADSTS700");
    expect_answer(false, NULL);
}

static void test_alias_and_prefilled(void **state)
{
    (void)state;
    assert_int_equal(browser_get(&browser, "/devicelogin"), 302);
    assert_string_equal(browser_header(&browser, "Location"), PAGE);
    assert_int_equal(browser_get(&browser, PAGE "?otc=%22%3E%3Cb%3E"), 200);
    browser_has(&browser, "value=\"&quot;&gt;&lt;b&gt;\"");
    browser_is_safe(&browser);
}

/* Another site cannot type a code for somebody, nor confirm it. */
static void test_foreign(void **state)
{
    (void)state;
    assert_int_equal(browser_get(&browser, PAGE), 200);
    browser.origin = "https://evil.example";
    char form[64];
    snprintf(form, sizeof form, "otc=%s", codes.user_code);
    browser_submit(&browser, "/deviceauth", form);
    browser.origin = NULL;
    browser_has(&browser, "<h1>Enter code</h1>");
    sign_in();
    browser.fetch_site = "cross-site";
    browser_submit(&browser, "/login/device", "decision=continue");
    browser.fetch_site = NULL;
    expect_answer(false, NULL);
}

/* Too many wrong ones, and the right one is not looked at either, until a minute has gone. */
static void test_guessing(void **state)
{
    (void)state;
    for (int i = 0; i < DEVICE_WRONG_CODES_MAX; i++) {
        assert_int_equal(type_code("BBBBBBBBB"), 200);
        browser_has(&browser, "AADSTS70018");
    }
    type_code(codes.user_code);
    browser_has(&browser, "AADSTS90055");
    /* Not by the forms that carry the code either. */
    char token[64], sent[256];
    assert_true(browser_field(browser.body, "token", token, sizeof token));
    snprintf(
        sent, sizeof sent, "purpose=device&token=%s&query=user_code%%3D%s", token, codes.user_code);
    assert_int_equal(browser_send(&browser, "/common/login", sent), 429);
    clock_move(&service.clock, (DEVICE_WRONG_CODES_S + 1) * 1000);
    assert_int_equal(type_code(codes.user_code), 200);
    browser_has(&browser, "<h1>Sign in</h1>");
}

int main(void)
{
#define FRESH(test) cmocka_unit_test_setup(test, begin)
    const struct CMUnitTest tests[] = {
        FRESH(test_allowed),
        FRESH(test_declined),
        FRESH(test_expired),
        FRESH(test_alias_and_prefilled),
        FRESH(test_foreign),
        FRESH(test_guessing),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
