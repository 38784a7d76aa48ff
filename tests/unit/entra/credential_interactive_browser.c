/* Sign-in with a browser: the URL, the code's way through the listener, the exact token request,
 * and each thing that must not be believed. The "browser" is a thread that posts the form. */
#include "fake_user.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static char token_answer[4096];
static const struct answer answers[] = {{200, token_answer, NULL}};
static struct fake fake;
static struct fake_person person;

/* What the browser is told to do, and what it saw. */
static struct browser {
    pthread_t thread;
    bool started;
    char url[8192];
    char state[128], nonce[128], redirect_uri[128], challenge[128];
    const char *form;        /* behind "state=...&" */
    const char *other_nonce; /* instead of the one that was sent */
    char page[8192];
    int opened;
} browser;

static void parameter(const char *url, const char *name, char *out, size_t size)
{
    scoped_arena struct arena arena = {0};
    struct text value = TEXT_NONE;
    arena_init(&arena, 0);
    const char *query = strchr(url, '?');
    assert_non_null(query);
    if (text_form_get(&arena, text_of(query + 1), name, &value) == 1)
        snprintf(out, size, "%.*s", TEXT_ARGS(value));
}

static void *post_form(void *context)
{
    struct browser *self = context;
    char body[1024], request[2048];
    const char *host = self->redirect_uri + strlen("http://");
    const char *path = strchr(host, '/') ? strchr(host, '/') : "/";
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    at.sin_port = htons((uint16_t)strtol(strchr(host, ':') + 1, NULL, 10));
    snprintf(body, sizeof(body), "state=%s&%s", self->state, self->form);
    snprintf(request, sizeof(request),
        "POST %s HTTP/1.1\r\nHost: %.*s\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: %zu\r\n\r\n%s",
        path, (int)strcspn(host, "/"), host, strlen(body), body);
    int socket_ = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(socket_, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(send(socket_, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    size_t used = 0;
    ssize_t got;
    while ((got = recv(socket_, self->page + used, sizeof(self->page) - used - 1, 0)) > 0)
        used += (size_t)got;
    close(socket_);
    return NULL;
}

/* Refuses without memory, as a program's own function might. */
static bool open_url(void *context, const char *url)
{
    struct browser *self = context;
    self->opened++;
    snprintf(self->url, sizeof(self->url), "%s", url);
    parameter(url, "state", self->state, sizeof(self->state));
    parameter(url, "nonce", self->nonce, sizeof(self->nonce));
    parameter(url, "redirect_uri", self->redirect_uri, sizeof(self->redirect_uri));
    parameter(url, "code_challenge", self->challenge, sizeof(self->challenge));
    write_user_answer(token_answer, sizeof(token_answer), USERNAME, "token-1", "refresh-1",
        self->other_nonce ? self->other_nonce : self->nonce);
    self->started = pthread_create(&self->thread, NULL, post_form, self) == 0;
    return true;
}

static struct azb_user_options browser_options(void)
{
    struct azb_user_options options = user_options(&person);
    memset(&browser, 0, sizeof(browser));
    browser.form = "code=the%20code&session_state=x";
    options.open_url = open_url;
    options.open_url_context = &browser;
    return options;
}

static struct azb_credential *begin(const struct azb_user_options *options)
{
    struct azb_error err = AZB_ERROR_INIT;
    fake_init(&fake, answers, COUNT(answers));
    struct entra_environment world = fake_world(&fake);
    struct azb_credential *credential = interactive_browser_new(options, &world, &err);
    if (!credential)
        fail_test("%s", err.message);
    return credential;
}

static void end(struct azb_credential *credential)
{
    if (browser.started)
        pthread_join(browser.thread, NULL);
    browser.started = false;
    azb_credential_free(credential);
}

/* RFC 7636 section 4.6. */
static void expect_verifier_of(const char *body)
{
    scoped_arena struct arena arena = {0};
    struct text verifier = TEXT_NONE;
    unsigned char digest[SHA256_BYTES];
    arena_init(&arena, 0);
    assert_int_equal(text_form_get(&arena, text_of(body), "code_verifier", &verifier), 1);
    assert_int_equal(verifier.length, 43);
    sha256(verifier, digest);
    assert_string_equal(
        base64url_encode(&arena, (struct text){(char *)digest, sizeof(digest)}), browser.challenge);
}

static void test_sign_in(void **unused)
{
    (void)unused;
    struct azb_user_options options = browser_options();
    struct azb_token_request request = batch_request();
    char expected[2048];
    options.login_hint = USERNAME;
    options.domain_hint = "organizations";
    options.prompt = "select_account";
    options.redirect_uri = "http://localhost/signin";
    struct azb_credential *credential = begin(&options);
    expect_token(credential, &request, "token-1");
    snprintf(expected, sizeof(expected),
        AUTHORITY_URL
        "/authorize?client_id=" CLIENT "&response_type=code&redirect_uri=http%%3A%%2F%%2F"
        "localhost%%3A%s%%2Fsignin&scope=https%%3A%%2F%%2Fbatch.core.windows.net%%2F%%2F.default"
        "%%20openid%%20profile%%20offline_access&response_mode=form_post&state=%s&nonce=%s"
        "&code_challenge=%s&code_challenge_method=S256&client_info=1&prompt=select_account"
        "&login_hint=ann%%40contoso.com&domain_hint=organizations",
        "PORT", browser.state, browser.nonce, browser.challenge);
    char *port = strstr(expected, "PORT");
    size_t digits = strcspn(browser.redirect_uri + strlen("http://localhost:"), "/");
    memmove(port + digits, port + 4, strlen(port + 4) + 1);
    memcpy(port, browser.redirect_uri + strlen("http://localhost:"), digits);
    assert_string_equal(browser.url, expected);
    assert_int_equal(strlen(browser.state), 43);
    assert_int_equal(strlen(browser.nonce), 43);
    assert_string_not_equal(browser.state, browser.nonce);
    assert_int_equal(fake.requests, 1);
    assert_string_equal(fake.url[0], TOKEN_URL);
    assert_non_null(
        strstr(fake.body[0], "&client_info=1&grant_type=authorization_code"
                             "&code=the%20code&redirect_uri=http%3A%2F%2Flocalhost%3A"));
    expect_verifier_of(fake.body[0]);
    assert_int_equal(person.prompts, 1);
    assert_string_equal(person.url, browser.url);
    expect_account(credential, ACCOUNT, USERNAME);
    expect_token(credential, &request, "token-1"); /* from memory */
    assert_int_equal(browser.opened, 1);
    end(credential);
    assert_non_null(strstr(browser.page, "You are signed in"));
}

static const struct {
    const char *name, *form, *other_nonce, *username;
    int status; /* of the token endpoint */
    const char *code, *part, *page;
} failures[] = {
    {"refused by the person",
        "error=access_denied&error_description=AADSTS65004%3a+The+user+declined.%0d%0aTrace", NULL,
        NULL, 200, "AADSTS65004",
        "the sign-in was refused: The user declined. Sign in again and accept, if you trust the "
        "application.",
        "Code: AADSTS65004"},
    {"another nonce", "code=c", "guess", NULL, 200, "", "the ID token's nonce is not the one",
        "You are not signed in"},
    {"another person", "code=c", NULL, "ben@contoso.com", 200, "",
        "'ann@contoso.com' has signed in, not 'ben@contoso.com'", NULL},
    {"the code is refused", "code=c", NULL, NULL, 400, "invalid_grant", "invalid_grant",
        "Code: invalid_grant"},
};

static void test_failures(void **unused)
{
    (void)unused;
    static const struct answer refused[] = {{400, "{\"error\":\"invalid_grant\"}", NULL}};
    for (size_t i = 0; i < COUNT(failures); i++) {
        struct azb_user_options options = browser_options();
        struct azb_token_request request = batch_request();
        print_message("  %s\n", failures[i].name);
        browser.form = failures[i].form;
        browser.other_nonce = failures[i].other_nonce;
        options.username = failures[i].username;
        struct azb_credential *credential = begin(&options);
        if (failures[i].status == 400)
            fake.answers = refused;
        expect_code(credential, &request, failures[i].code, failures[i].part);
        end(credential);
        if (failures[i].page && !strstr(browser.page, failures[i].page))
            fail_test("%s", browser.page);
    }
}

/* Several threads, several scopes: the person is asked once. */
struct asker {
    pthread_t thread;
    char scope[16];
    bool got;
};

static void *ask(void *context)
{
    struct asker *asker = context;
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    request.scope = asker->scope;
    asker->got = azb_credential_get_token(fake.credential, &request, &token, NULL);
    azb_token_free(&token);
    return NULL;
}

static void test_one_sign_in_for_all(void **unused)
{
    (void)unused;
    static struct asker askers[6];
    struct azb_user_options options = browser_options();
    struct azb_credential *credential = begin(&options);
    fake.credential = credential;
    for (size_t i = 0; i < COUNT(askers); i++) {
        snprintf(askers[i].scope, sizeof(askers[i].scope), "scope-%zu", i);
        pthread_create(&askers[i].thread, NULL, ask, &askers[i]);
    }
    for (size_t i = 0; i < COUNT(askers); i++) {
        pthread_join(askers[i].thread, NULL);
        assert_true(askers[i].got);
    }
    assert_int_equal(browser.opened, 1);
    assert_int_equal(fake.requests, COUNT(askers));
    end(credential);
}

static void test_silent_only(void **unused)
{
    (void)unused;
    struct azb_user_options options = browser_options();
    struct azb_token_request request = batch_request();
    options.silent_only = true;
    struct azb_credential *credential = begin(&options);
    expect_code(credential, &request, "interaction_required", "there is no refresh token");
    assert_int_equal(browser.opened, 0);
    assert_int_equal(fake.requests, 0);
    end(credential);
}

static bool open_nothing(void *context, const char *url)
{
    (void)context;
    (void)url;
    return false;
}

static void test_no_browser_and_nobody_comes(void **unused)
{
    (void)unused;
    struct azb_user_options options = browser_options();
    struct azb_token_request request = batch_request();
    options.open_url = open_nothing;
    request.timeout_ms = 30;
    struct azb_credential *credential = begin(&options);
    expect_error(credential, &request, AZB_ERROR_TIMEOUT, "waiting for the browser");
    assert_int_equal(person.prompts, 1);
    assert_non_null(strstr(person.message, "open this address in a browser on this computer:\n"
                                           "https://login.microsoftonline.com/"));
    end(credential);
}

static void test_what_is_refused(void **unused)
{
    (void)unused;
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_user_options options = browser_options();
    options.redirect_uri = "https://localhost";
    assert_null(azb_credential_interactive_browser(&options, &err));
    assert_non_null(strstr(err.message, "must be http://localhost"));
    options.redirect_uri = NULL;
    options.prompt = "none";
    assert_null(azb_credential_interactive_browser(&options, &err));
    assert_non_null(strstr(err.message, "prompt 'none' is not one of"));
}

static bool one_life(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    struct azb_user_options options = browser_options();
    struct azb_token_request request = batch_request();
    struct azb_credential *credential = NULL;
    options.open_url = open_nothing; /* the listener's tests are loopback.c's */
    request.timeout_ms = 1;
    fake_init(&fake, answers, COUNT(answers));
    struct entra_environment world = fake_world(&fake);
    credential = interactive_browser_new(&options, &world, &err);
    bool got = credential && azb_credential_get_token(credential, &request, &token, &err);
    azb_credential_free(credential);
    assert_false(got);
    bool waited = err.kind == AZB_ERROR_TIMEOUT;
    assert_true(waited || err.kind == AZB_ERROR_MEMORY);
    azb_error_free(&err);
    return waited;
}

static void test_every_allocation_may_fail(void **unused)
{
    (void)unused;
    int failed = 0;
    int in_a_row = 0;
    for (long n = 1; in_a_row < 20; n++) {
        memory_fail_after(n);
        bool waited = one_life();
        memory_fail_after(0);
        failed += !waited;
        in_a_row = waited ? in_a_row + 1 : 0;
    }
    print_message("  %d allocations, each failed once\n", failed);
    assert_true(failed >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sign_in),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_one_sign_in_for_all),
        cmocka_unit_test(test_silent_only),
        cmocka_unit_test(test_no_browser_and_nobody_comes),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
