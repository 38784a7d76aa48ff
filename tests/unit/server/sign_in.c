/* Signing in through the pages: passwords, accounts, consent, forms from elsewhere, signing out. */
#include "made_browser.h"

#include "directory/app_role.h"
#include "directory/permission.h"
#include "entra/page.h"
#include "entra/session.h"

#define TENANT "/" MADE_TENANT
#define BATCH_SCOPE "https%3A%2F%2Fbatch.core.windows.net%2F%2Fuser_impersonation%20offline_access"
#define BACK "http://localhost:4321/?"
#define ASK                                                                                        \
    "client_id=CLIENT&redirect_uri=http%3A%2F%2Flocalhost%3A4321&response_type=code&state=s"       \
    "&scope=" BATCH_SCOPE
#define AS_ANN "login=" ANN "&passwd=" PASSWORD
#define AS_BOB "login=" BOB "&passwd=" PASSWORD
#define AS_ADMIN "login=admin@azb.onmicrosoft.com&passwd=" PASSWORD

static struct service service;
static struct browser browser;
static struct made_web app = {.name = "App", .kind = REDIRECT_PUBLIC, .uris = {"http://localhost"}};
static struct made_user ann = {.name = ANN};
static struct made_user bob = {.name = BOB};
static struct made_user gone = {.name = "gone@azb.onmicrosoft.com", .disabled = true};
static struct made_user admin = {.name = "admin@azb.onmicrosoft.com", .administrator = true};

static int start(void **state)
{
    (void)state;
    made_start(&service);
    made_web_add(&service, &app);
    made_user_add(&service, &ann);
    made_user_add(&service, &bob);
    made_user_add(&service, &gone);
    made_user_add(&service, &admin);
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

static bool run(struct store_connection *connection, const char *sql, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, sql);
    return statement_run(&s, err);
}

static bool forget(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    return run(connection, "DELETE FROM session", err) &&
           run(connection, "DELETE FROM consent", err) &&
           run(connection, "DELETE FROM device_code", err) &&
           run(connection,
               "UPDATE user SET wrong_passwords = 0, locked_until = 0,"
               " enabled = user_principal_name NOT LIKE 'gone%'",
               err);
}

/* Passwords are slow to make: each test begins with a new browser, but the same people. */
static int begin(void **state)
{
    (void)state;
    made_write(&service, forget, NULL);
    browser.cookie[0] = '\0';
    return 0;
}

/* A visit of the application, with more parameters. */
static int visit(const char *more)
{
    char target[2048];
    const char *ask = ASK;
    const char *mark = strstr(ask, "CLIENT");
    snprintf(target, sizeof target, TENANT "/oauth2/v2.0/authorize?%.*s%s%s%s", (int)(mark - ask),
        ask, app.app_id, mark + 6, more);
    return browser_get(&browser, target);
}

static void expect_code(void)
{
    char code[256];
    browser_expect_location(&browser, BACK);
    if (!browser_location(&browser, "code", code, sizeof code))
        fail_msg("no code in %s", browser_header(&browser, "Location"));
    assert_true(strlen(code) >= 43);
}

static void expect_error(const char *word)
{
    char error[256];
    browser_expect_location(&browser, BACK);
    assert_true(browser_location(&browser, "error", error, sizeof error));
    assert_string_equal(error, word);
}

static void sign_in(const char *as)
{
    assert_int_equal(visit(""), 200);
    browser_submit(&browser, "/login", as);
}

static void sign_in_and_accept(const char *as)
{
    sign_in(as);
    browser_has(&browser, "Permissions requested");
    assert_int_equal(browser_submit(&browser, "/login/consent", "decision=accept"), 303);
    expect_code();
}

/* ---- Passwords ------------------------------------------------------------------------------- */

static void test_whole_path(void **state)
{
    (void)state;
    char before[sizeof browser.cookie];
    assert_int_equal(visit(""), 200);
    browser_has(&browser, "<strong>App</strong>");
    snprintf(before, sizeof before, "%s", browser.cookie);
    assert_non_null(
        strstr(browser_header(&browser, "Set-Cookie"), "; Path=/; Secure; HttpOnly; SameSite=Lax"));
    assert_int_equal(strncmp(before, "__Host-azbd-8443=", 17), 0);
    assert_int_equal(browser_submit(&browser, "/login", AS_ANN), 200);
    assert_string_not_equal(browser.cookie, before); /* session fixation */
    browser_is_safe(&browser);
    browser_has(&browser, "A &lt;b&gt;user&lt;/b&gt; &amp; more");
    browser_has(&browser, "Access Azure Batch Service");
    browser_has(&browser, "user_impersonation");
    browser_has(&browser, "offline_access");
    browser_has(&browser, app.app_id);
    browser_has_not(&browser, "organization");
    assert_int_equal(browser_submit(&browser, "/login/consent", "decision=accept"), 303);
    expect_code();
    /* The next time nothing is asked. */
    assert_int_equal(visit(""), 302);
    expect_code();
    assert_int_equal(visit("&prompt=none"), 302);
    expect_code();
}

static const struct wrong {
    const char *name;
    const char *form;
    const char *code;
} wrong[] = {
    {"wrong password", "login=" ANN "&passwd=wrong-password", "AADSTS50126"},
    {"no password", "login=" ANN "&passwd=", "AADSTS50126"},
    {"unknown user", "login=nobody@azb.onmicrosoft.com&passwd=x", "AADSTS50034"},
    {"markup as user", "login=%3Cscript%3E%22%27&passwd=x", "AADSTS50034"},
    {"no user", "login=&passwd=x", "AADSTS50034"},
    {"disabled user", "login=gone@azb.onmicrosoft.com&passwd=" PASSWORD, "AADSTS50057"},
    {"disabled user, wrong password", "login=gone@azb.onmicrosoft.com&passwd=x", "AADSTS50126"},
};

static void test_wrong_passwords(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        visit("");
        if (browser_submit(&browser, "/login", wrong[i].form) != 200 ||
            !strstr(browser.body, wrong[i].code))
            fail_msg("%s:\n%s", wrong[i].name, browser.body);
        browser_is_safe(&browser);
        browser_has(&browser, "role=\"alert\"");
        browser_has(&browser, "aria-describedby=\"problem\"");
        browser_has_not(&browser, "<script>");
        browser_has_not(&browser, "wrong-password");
    }
    /* Nothing of it has signed anybody in. */
    assert_int_equal(visit("&prompt=none"), 302);
    expect_error("login_required");
}

static void test_lockout(void **state)
{
    (void)state;
    for (int i = 0; i < LOCKOUT_TRIES; i++) {
        visit("");
        browser_submit(&browser, "/login", "login=" ANN "&passwd=wrong");
        browser_has(&browser, "AADSTS50126");
    }
    visit("");
    browser_submit(&browser, "/login", AS_ANN);
    browser_has(&browser, "AADSTS50053");
    clock_move(&service.clock, (LOCKOUT_S + 1) * 1000);
    sign_in_and_accept(AS_ANN);
}

/* ---- Sessions -------------------------------------------------------------------------------- */

static void test_session_ends(void **state)
{
    (void)state;
    sign_in_and_accept(AS_ANN);
    clock_move(&service.clock, (SESSION_LIFETIME_S - 60) * 1000);
    assert_int_equal(visit(""), 302);
    clock_move(&service.clock, 61 * 1000);
    assert_int_equal(visit(""), 200);
    browser_has(&browser, "<h1>Sign in</h1>");
}

static bool disable(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct user user;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    return user_by_name(connection, text_of(context), &arena, &user, err) &&
           user_set_enabled(connection, user.row, false, err);
}

static void test_disabled_user_is_out(void **state)
{
    (void)state;
    sign_in_and_accept(AS_ANN);
    made_write(&service, disable, (void *)(intptr_t)ANN);
    assert_int_equal(visit("&prompt=none"), 302);
    expect_error("login_required");
}

static bool new_password(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    struct user user;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    return user_by_name(connection, TEXT(ANN), &arena, &user, err) &&
           user_set_password(connection, user.row, TEXT(PASSWORD), err);
}

/* A browser that somebody else left signed in is out with the old password. */
static void test_new_password_ends_sessions(void **state)
{
    (void)state;
    sign_in_and_accept(AS_ANN);
    made_write(&service, new_password, NULL);
    assert_int_equal(visit("&prompt=none"), 302);
    expect_error("login_required");
}

static void test_prompt_and_age(void **state)
{
    (void)state;
    sign_in_and_accept(AS_ANN);
    assert_int_equal(visit("&prompt=login"), 200);
    browser_has(&browser, "<h1>Sign in</h1>");
    assert_int_equal(browser_submit(&browser, "/login", AS_ANN), 303);
    expect_code();
    clock_move(&service.clock, 100 * 1000);
    assert_int_equal(visit("&max_age=200"), 302);
    assert_int_equal(visit("&max_age=99"), 200);
    browser_has(&browser, "name=\"login\" value=\"" ANN "\"");
    assert_int_equal(browser_submit(&browser, "/login", AS_ANN), 303);
    assert_int_equal(visit("&prompt=consent"), 200);
    browser_has(&browser, "Permissions requested");
    assert_int_equal(visit("&login_hint=" BOB), 200);
    browser_has(&browser, "name=\"login\" value=\"" BOB "\"");
    assert_int_equal(visit("&prompt=none&login_hint=" BOB), 302);
    expect_error("login_required");
}

/* The steps after the picker do not take an old sign-in where prompt=login asked for a new one. */
static void test_login_cannot_be_skipped(void **state)
{
    (void)state;
    char form[BROWSER_TEXT + 64];
    sign_in(AS_ANN);
    browser_has(&browser, "Permissions requested");
    char account[GUID_TEXT], token[64];
    assert_true(browser_field(browser.body, "account", account, sizeof account));
    assert_true(browser_field(browser.body, "token", token, sizeof token));
    clock_move(&service.clock, 3600 * 1000);
    assert_int_equal(visit("&prompt=login"), 200);
    char query[2048];
    assert_true(browser_field(browser.body, "query", query, sizeof query));
    struct buffer out;
    buffer_init(&out, sizeof form);
    buffer_add_form(&out, "purpose", TEXT("authorize_v2"));
    buffer_add_form(&out, "query", text_of(query));
    buffer_add_form(&out, "token", text_of(token));
    buffer_add_form(&out, "account", text_of(account));
    buffer_add_form(&out, "decision", TEXT("accept"));
    assert_int_equal(browser_send(&browser, TENANT "/login/consent", out.at), 200);
    browser_has(&browser, "<h1>Sign in</h1>");
    buffer_free(&out);
}

static void test_account_picker(void **state)
{
    (void)state;
    sign_in_and_accept(AS_ANN);
    assert_int_equal(visit("&prompt=select_account"), 200);
    browser_has(&browser, "Pick an account");
    assert_int_equal(browser_submit(&browser, "/login/account", "choice=other"), 200);
    browser_has(&browser, "<h1>Sign in</h1>");
    browser_submit(&browser, "/login", AS_BOB);
    assert_int_equal(browser_submit(&browser, "/login/consent", "decision=accept"), 303);
    /* Two accounts: it is asked, unless there is a hint. */
    assert_int_equal(visit(""), 200);
    browser_has(&browser, ANN);
    browser_has(&browser, BOB);
    assert_int_equal(visit("&login_hint=ANN@azb.onmicrosoft.com"), 302);
    expect_code();
    assert_int_equal(visit("&prompt=none"), 302);
    expect_error("interaction_required");
    char choice[64], form[128];
    assert_int_equal(visit(""), 200);
    assert_true(browser_field(browser.body, "choice", choice, sizeof choice));
    snprintf(form, sizeof form, "choice=%s", choice);
    assert_int_equal(browser_submit(&browser, "/login/account", form), 303);
    expect_code();
}

/* ---- Forms from elsewhere ---------------------------------------------------------------------
 */

static const struct foreign {
    const char *name;
    const char *origin, *fetch_site;
    bool other_cookie, no_cookie, wrong_token;
} foreign[] = {
    {"another origin", "https://evil.example", NULL, false, false, false},
    {"another port", "https://localhost:9", NULL, false, false, false},
    {"another site by Sec-Fetch-Site", "null", "cross-site", false, false, false},
    {"a sister by Sec-Fetch-Site", NULL, "same-site", false, false, false},
    {"another browser's cookie", NULL, NULL, true, false, false},
    {"no cookie", NULL, NULL, false, true, false},
    {"wrong token", NULL, NULL, false, false, true},
};

static void send_foreign(const struct foreign *row)
{
    visit("");
    if (row->other_cookie)
        browser.cookie[strlen(browser.cookie) - 2] ^= 1;
    if (row->no_cookie)
        browser.cookie[0] = '\0';
    char *token = row->wrong_token ? strstr(browser.body, "name=\"token\" value=\"") : NULL;
    if (token)
        token[20] ^= 1;
    browser.origin = row->origin;
    browser.fetch_site = row->fetch_site;
    browser_submit(&browser, "/login", AS_ANN);
    browser.origin = browser.fetch_site = NULL;
}

static void test_foreign_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        send_foreign(&foreign[i]);
        if (browser.exchange.reply.status != 200 || !strstr(browser.body, "<h1>Sign in</h1>"))
            fail_msg("%s: %d\n%s", foreign[i].name, browser.exchange.reply.status, browser.body);
        if (foreign[i].no_cookie)
            browser_has(&browser, "Allow cookies");
        assert_int_equal(visit("&prompt=none"), 302);
        expect_error("login_required");
    }
}

static void test_own_forms(void **state)
{
    (void)state;
    browser.origin = "null"; /* what Referrer-Policy: no-referrer makes of it */
    browser.fetch_site = "same-origin";
    sign_in(AS_ANN);
    browser_has(&browser, "Permissions requested");
    browser.origin = "https://" MADE_HOST;
    assert_int_equal(browser_submit(&browser, "/login/consent", "decision=accept"), 303);
    browser.origin = browser.fetch_site = NULL;
}

/* What the form carries is checked as if it had just come. */
static void test_forged_query(void **state)
{
    (void)state;
    char form[4096], token[64];
    visit("");
    assert_true(browser_field(browser.body, "token", token, sizeof token));
    snprintf(form, sizeof form,
        "purpose=authorize_v2&token=%s&" AS_ANN
        "&query=client_id%%3D%s%%26redirect_uri%%3Dhttps%%3A%%2F%%2Fevil.example",
        token, app.app_id);
    assert_int_equal(browser_send(&browser, TENANT "/login", form), 400);
    browser_has(&browser, "AADSTS50011");
    assert_null(browser_header(&browser, "Location"));
    assert_int_equal(browser_send(&browser, TENANT "/login", "purpose=x"), 400);
    browser_has(&browser, "AADSTS9002313");
    assert_int_equal(browser_get(&browser, TENANT "/login"), 405);
    browser_has(&browser, "AADSTS900561");
}

/* Longer than any address may be: said so, instead of an answer that no header has room for. */
static void test_long_requests(void **state)
{
    (void)state;
    char form[40 * 1024], token[64];
    visit("");
    assert_true(browser_field(browser.body, "token", token, sizeof token));
    snprintf(form, sizeof form,
        "purpose=authorize_v2&token=%s&" AS_ANN
        "&query=client_id%%3D%s%%26redirect_uri%%3Dhttp%%3A%%2F%%2Flocalhost%%26state%%3D%0*d",
        token, app.app_id, EXCHANGE_TARGET_MAX, 0);
    assert_int_equal(browser_send(&browser, TENANT "/login", form), 400);
    browser_has(&browser, "AADSTS9002313");
    snprintf(form, sizeof form, "client_id=%s&state=%0*d", app.app_id, EXCHANGE_TARGET_MAX, 0);
    assert_int_equal(browser_send(&browser, TENANT "/oauth2/v2.0/authorize", form), 400);
    browser_has(&browser, "AADSTS9002313");
    snprintf(form, sizeof form,
        TENANT "/oauth2/logout?client_id=%s&state=%05000d"
               "&post_logout_redirect_uri=http%%3A%%2F%%2Flocalhost",
        app.app_id, 0);
    assert_int_equal(browser_get(&browser, form), 400);
    browser_has(&browser, "AADSTS9002313");
}

/* ---- Consent ----------------------------------------------------------------------------------
 */

static void test_cancel(void **state)
{
    (void)state;
    char description[1024];
    sign_in(AS_ANN);
    assert_int_equal(browser_submit(&browser, "/login/consent", "decision=cancel"), 303);
    expect_error("access_denied");
    assert_true(browser_location(&browser, "error_description", description, sizeof description));
    assert_int_equal(strncmp(description, "AADSTS65004:", 12), 0);
    assert_int_equal(visit("&prompt=none"), 302);
    expect_error("consent_required");
}

static void test_for_organization(void **state)
{
    (void)state;
    sign_in(AS_ADMIN);
    browser_has(&browser, "Consent on behalf of your organization");
    assert_int_equal(
        browser_submit(&browser, "/login/consent", "decision=accept&organization=on"), 303);
    assert_int_equal(visit("&prompt=login"), 200);
    assert_int_equal(browser_submit(&browser, "/login", AS_BOB), 303);
    expect_code();
}

/* Somebody who is no administrator ticks the box by hand. */
static void test_not_for_organization(void **state)
{
    (void)state;
    sign_in(AS_ANN);
    assert_int_equal(
        browser_submit(&browser, "/login/consent", "decision=accept&organization=on"), 303);
    assert_int_equal(visit("&prompt=login"), 200);
    assert_int_equal(browser_submit(&browser, "/login", AS_BOB), 200);
    browser_has(&browser, "Permissions requested");
}

static void admin_consent(const char *as)
{
    char target[512];
    snprintf(target, sizeof target,
        TENANT "/adminconsent?client_id=%s&state=s&redirect_uri=http%%3A%%2F%%2Flocalhost%%3A4321",
        app.app_id);
    assert_int_equal(browser_get(&browser, target), 200);
    assert_int_equal(browser_submit(&browser, "/login", as), 200);
}

#define GRAPH_ROLE "7ab1d382-f21e-4acd-a863-ba3e13f7da61" /* Directory.Read.All */

static bool ask_for_role(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct application application;
    return application_by_app_id(connection, text_of(app.app_id), context, &application, err) &&
           required_role_add(connection, application.row, APP_ID_GRAPH, GRAPH_ROLE, err);
}

/* What the application asks for in its own name is given with the rest. */
static void test_admin_consent_gives_roles(void **state)
{
    (void)state;
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    struct app_roles roles;
    struct service_principal principal;
    arena_init(&arena, 0);
    made_write(&service, ask_for_role, &arena);
    admin_consent(AS_ADMIN);
    browser_has(&browser, "without a signed-in user");
    assert_int_equal(browser_submit(&browser, "/login/consent", "decision=accept"), 303);
    struct store_connection *reader = store_reader(service.store, &err);
    assert_true(service_principal_by_app_id(reader, text_of(app.app_id), &arena, &principal, &err));
    assert_true(app_roles_of(reader, APP_ID_GRAPH, principal.object_id, &arena, &roles, &err));
    assert_int_equal(roles.count, 1);
    assert_string_equal(roles.values[0], "Directory.Read.All");
}

static void test_admin_consent(void **state)
{
    (void)state;
    char value[256];
    admin_consent(AS_ANN);
    browser_has(&browser, "AADSTS90093");
    browser_submit(&browser, "/login/account", "choice=other");
    assert_int_equal(browser_submit(&browser, "/login", AS_ADMIN), 200);
    browser_has(&browser, "Permissions requested");
    browser_has(&browser, "User.Read"); /* what a new application asks for by itself */
    assert_int_equal(browser_submit(&browser, "/login/consent", "decision=accept"), 303);
    browser_expect_location(&browser, BACK "admin_consent=True");
    assert_true(browser_location(&browser, "tenant", value, sizeof value));
    assert_string_equal(value, MADE_TENANT);
    assert_true(browser_location(&browser, "state", value, sizeof value));
}

/* A permission that only an administrator may consent to. */
static void test_administrator_only(void **state)
{
    (void)state;
    assert_int_equal(visit("&prompt=login"), 200);
    char target[1024];
    snprintf(target, sizeof target,
        TENANT "/oauth2/v2.0/authorize?client_id=%s&response_type=code&state=s&redirect_uri="
               "http%%3A%%2F%%2Flocalhost%%3A4321&scope=Directory.Read.All",
        app.app_id);
    assert_int_equal(browser_get(&browser, target), 200);
    assert_int_equal(browser_submit(&browser, "/login", AS_ANN), 200);
    browser_has(&browser, "AADSTS90094");
    browser_has_not(&browser, "value=\"accept\"");
    /* The form of somebody who may would not help. */
    browser_submit(&browser, "/login/consent", "decision=accept");
    browser_has(&browser, "AADSTS90094");
    assert_int_equal(browser_submit(&browser, "/login/consent", "decision=cancel"), 303);
    expect_error("access_denied");
    assert_int_equal(browser_get(&browser, target), 200);
    browser_submit(&browser, "/login/account", "choice=other");
    assert_int_equal(browser_submit(&browser, "/login", AS_ADMIN), 200);
    browser_has(&browser, "Read directory data");
    assert_int_equal(browser_submit(&browser, "/login/consent", "decision=accept"), 303);
    expect_code();
}

static void test_undeclared_default(void **state)
{
    (void)state;
    char target[1024];
    snprintf(target, sizeof target,
        TENANT
        "/oauth2/authorize?client_id=%s&response_type=code&state=s&redirect_uri="
        "http%%3A%%2F%%2Flocalhost%%3A4321&resource=https%%3A%%2F%%2Fbatch.core.windows.net%%2F",
        app.app_id);
    assert_int_equal(browser_get(&browser, target), 200);
    assert_int_equal(browser_submit(&browser, "/login", AS_ANN), 303);
    expect_error("invalid_resource");
}

/* ---- Signing out -------------------------------------------------------------------------------
 */

static void test_logout(void **state)
{
    (void)state;
    char target[512];
    sign_in_and_accept(AS_ANN);
    assert_int_equal(browser_get(&browser, TENANT "/oauth2/v2.0/logout"), 200);
    browser_has(&browser, "You have signed out");
    browser_is_safe(&browser);
    assert_int_equal(visit("&prompt=none"), 302);
    expect_error("login_required");
    snprintf(target, sizeof target,
        TENANT "/oauth2/v2.0/logout?client_id=%s&state=x%%0D%%0Ay"
               "&post_logout_redirect_uri=http%%3A%%2F%%2Flocalhost%%3A99",
        app.app_id);
    assert_int_equal(browser_get(&browser, target), 302);
    browser_expect_location(&browser, "http://localhost:99?state=x%0D%0Ay");
}

static const char *const unregistered[] = {
    "post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A99",
    "client_id=CLIENT&post_logout_redirect_uri=https%3A%2F%2Fevil.example",
    "client_id=CLIENT&post_logout_redirect_uri=%2F%2Fevil.example",
    "client_id=CLIENT&post_logout_redirect_uri=javascript%3Aalert(1)",
    "id_token_hint=a.b.c&post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A99",
};

static void test_logout_leads_nowhere_else(void **state)
{
    (void)state;
    char target[512];
    for (size_t i = 0; i < sizeof unregistered / sizeof *unregistered; i++) {
        const char *mark = strstr(unregistered[i], "CLIENT");
        snprintf(target, sizeof target, TENANT "/oauth2/logout?%s%s%s", mark ? "client_id=" : "",
            mark ? app.app_id : "", mark ? mark + 6 : unregistered[i]);
        assert_int_equal(browser_get(&browser, target), 200);
        assert_null(browser_header(&browser, "Location"));
        browser_has(&browser, "not registered");
    }
}

/* ---- Without memory
 * ------------------------------------------------------------------------------ */

static const char *const tortured[] = {"&prompt=consent", "&response_mode=form_post", ""};

#define ALLOCATIONS_MAX 40 /* more than a visit makes */

/* The allocation number n fails: an error that says so, or the same answer as ever. */
static void test_no_memory(void **state)
{
    (void)state;
    sign_in_and_accept(AS_ANN);
    for (size_t i = 0; i < sizeof tortured / sizeof *tortured; i++) {
        int wanted = visit(tortured[i]), failures = 0;
        for (long n = 1; n <= ALLOCATIONS_MAX; n++) {
            memory_fail_after(n);
            int status = visit(tortured[i]);
            memory_fail_after(0);
            failures += status >= 500;
            if (status != wanted && status < 500)
                fail_msg("%s: allocation %ld: %d", tortured[i], n, status);
        }
        assert_true(failures > 0 && failures < ALLOCATIONS_MAX);
    }
}

/* ---- The writer --------------------------------------------------------------------------------
 */

static void test_no_byte_breaks_out(void **state)
{
    (void)state;
    struct made made;
    char value[3] = "";
    scoped_page struct page page = {0};
    made_request(&made, &service, PLANE_ENTRA, "GET", "/");
    page_open(&page, &made.request, "t");
    for (int c = 0; c < 0x10000; c++) {
        buffer_reset(&page.html);
        value[0] = (char)(c >> 8);
        value[1] = (char)c;
        page_text(&page, (struct text){value, 2});
        struct text out = buffer_text(&page.html);
        assert_true(text_valid_utf8(out));
        for (size_t i = 0; i < out.length; i++)
            assert_null(memchr("<>\"'", out.at[i], 4));
        assert_null(memchr(out.at, 0, out.length));
    }
    made_free(&made);
}

int main(void)
{
#define FRESH(test) cmocka_unit_test_setup(test, begin)
    const struct CMUnitTest tests[] = {
        FRESH(test_whole_path),
        FRESH(test_wrong_passwords),
        FRESH(test_lockout),
        FRESH(test_session_ends),
        FRESH(test_disabled_user_is_out),
        FRESH(test_new_password_ends_sessions),
        FRESH(test_prompt_and_age),
        FRESH(test_login_cannot_be_skipped),
        FRESH(test_account_picker),
        FRESH(test_foreign_forms),
        FRESH(test_own_forms),
        FRESH(test_forged_query),
        FRESH(test_long_requests),
        FRESH(test_cancel),
        FRESH(test_for_organization),
        FRESH(test_not_for_organization),
        FRESH(test_admin_consent),
        FRESH(test_admin_consent_gives_roles),
        FRESH(test_administrator_only),
        FRESH(test_undeclared_default),
        FRESH(test_logout),
        FRESH(test_logout_leads_nowhere_else),
        FRESH(test_no_memory),
        FRESH(test_no_byte_breaks_out),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
