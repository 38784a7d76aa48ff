/* Any query, form and cookie to the pages: an answer that leads nowhere but to the registered
 * address, and markup that nothing has broken out of. The first line is the cookie, the second the
 * query, the rest a form. */
#include "fuzz_service.h"

#include "entra/authorize.h"
#include "entra/consent.h"
#include "entra/device_page.h"
#include "entra/logout.h"

#define REGISTERED "http://localhost"

static bool add_application(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct redirect_uri uri = {REDIRECT_PUBLIC, REGISTERED};
    const struct new_application what = {.app_id = "33333333-3333-4333-8333-333333333333",
        .display_name = "<fuzz>",
        .redirect_uris = &uri,
        .redirect_uri_count = 1,
        .audience = SIGN_IN_MULTIPLE_ORGS,
        .now = 1};
    struct application application;
    struct service_principal principal;
    scoped_arena struct arena arena = {0};
    (void)context;
    arena_init(&arena, 0);
    return application_add(connection, &what, &arena, &application, err) &&
           service_principal_add(
               connection, text_of(application.app_id), NULL, 1, &arena, &principal, err);
}

static void prepare_service(void)
{
    static bool done;
    struct azb_error err = AZB_ERROR_INIT;
    struct service *service = fuzz_start();
    if (!done && !store_write_wait(service->store, add_application, NULL, &err))
        abort();
    done = true;
}

/* Where a reply may lead: the loopback, azbd itself, and nothing that hides in a header. */
static void check_location(const char *location)
{
    static const char own[] = "https://localhost:8443/";
    size_t length = strlen(REGISTERED);
    if (strpbrk(location, "\r\n"))
        abort();
    if (strncmp(location, own, strlen(own)) == 0)
        return;
    if (strncmp(location, REGISTERED, length) != 0 ||
        (location[length] && !strchr(":/?#", location[length])))
        abort();
}

/* No tag that the pages do not write: the application's name, for one, is "<fuzz>". */
static void check_markup(struct text body)
{
    static const char *const evil[] = {"<fuzz", "<img", "<a ", "<svg", "<iframe", "<b>"};
    if (!text_valid_utf8(body))
        abort();
    for (size_t i = 0; i < sizeof evil / sizeof *evil; i++)
        if (body.length && memmem(body.at, body.length, evil[i], strlen(evil[i])))
            abort();
}

static void check(const struct reply *reply)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (string_equal_nocase(reply->headers[i].name, "Location"))
            check_location(reply->headers[i].value);
        if (strpbrk(reply->headers[i].value, "\r\n"))
            abort();
    }
    check_markup(reply->body);
}

static void serve(
    serve_fn *page, const char *method, struct text cookie, struct text query, struct text form)
{
    struct request request;
    struct reply reply = {.file = -1};
    struct azb_error err = AZB_ERROR_INIT;
    fuzz_request(&request, PLANE_ENTRA, method);
    const struct http_header headers[] = {
        {"Content-Type", "application/x-www-form-urlencoded"},
        {"Accept", "text/html"},
        {"Cookie", cookie.at ? text_string(&request.arena, cookie) : ""},
    };
    request.headers = headers;
    request.header_count = sizeof headers / sizeof *headers;
    request.values[0] = TEXT(FUZZ_TENANT);
    request.query = query;
    request.body = form;
    if (!page(&request, &reply, &err))
        entra_plane()->refuse(&request, &reply, &err);
    check(&reply);
    azb_error_free(&err);
    arena_free(&request.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static serve_fn *const shown[] = {authorize_serve_v1, authorize_serve_v2,
        consent_serve_admin_v1, consent_serve_admin_v2, device_page_serve, logout_serve};
    static serve_fn *const sent[] = {sign_in_serve_password, sign_in_serve_account, consent_serve,
        device_page_serve_code, device_page_serve_confirmed, authorize_serve_v2};
    struct text form = {(const char *)data, size};
    prepare_service();
    struct text cookie = fuzz_line(&form), query = fuzz_line(&form);
    if (memchr(cookie.at ? cookie.at : "", 0, cookie.length))
        return 0;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        serve(shown[i], "GET", cookie, query, TEXT_NONE);
    for (size_t i = 0; i < sizeof sent / sizeof *sent; i++)
        serve(sent[i], "POST", cookie, query, form);
    return 0;
}
