/* The Entra plane: its rows, and the headers that all of its replies carry. */
#include "base/error.h"
#include "entra/aadsts.h"
#include "entra/discovery.h"
#include "entra/entra.h"
#include "entra/token.h"
#include "document.h"
#include "route.h"

/* Sign-in pages and what belongs to them are not there yet; a browser gets a page that says so. */
static bool serve_not_yet(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)request;
    (void)err;
    reply->status = 501;
    reply->body =
        TEXT("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Not "
             "available</title></head><body><h1>Signing in as a user is not available in "
             "this version of azbd</h1><p>Applications can get tokens with a client "
             "secret or a certificate (grant type client_credentials).</p></body></html>");
    reply_header(reply, "Content-Type", "text/html; charset=utf-8");
    reply_header(reply, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    reply_header(reply, "Referrer-Policy", "no-referrer");
    return true;
}

static bool serve_device_code(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)request;
    (void)reply;
    return aadsts(err, 70003,
        "The app requested an unsupported grant type 'device_code'. This service has: "
        "'client_credentials'.");
}

static bool serve_userinfo(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)request;
    (void)reply;
    return fail_status(err, 404, "", "There are no users to tell about yet.");
}

/* What error_uri leads to. */
static bool serve_error_page(struct request *request, struct reply *reply, struct azb_error *err)
{
    uint64_t code;
    if (!text_to_u64(request_query(request, "code"), INT32_MAX, &code))
        return aadsts(err, 900144, "The request must contain the following parameter: 'code'.");
    char *page = arena_format(&request->arena,
        "AADSTS%llu: an error of Microsoft Entra ID, given by azbd, which stands in for it here.\n"
        "Microsoft explains the code at https://login.microsoftonline.com/error?code=%llu\n",
        (unsigned long long)code, (unsigned long long)code);
    if (!page)
        return fail_memory(err);
    reply->status = 200;
    reply->body = text_of(page);
    reply_header(reply, "Content-Type", "text/plain; charset=utf-8");
    return true;
}

/* Signed on the listener thread; what is consumed (a code) is written afterwards. */
static const struct entra_row token_v1 = {token_prepare_v1};
static const struct entra_row token_v2 = {token_prepare_v2};

// clang-format off
static const struct route routes[] = {
    {"GET",     "/{tenant}/.well-known/openid-configuration",      ROUTE_READS, discovery_serve_v1, NULL},
    {"OPTIONS", "/{tenant}/.well-known/openid-configuration",      ROUTE_READS, discovery_serve_options, NULL},
    {"GET",     "/{tenant}/v2.0/.well-known/openid-configuration", ROUTE_READS, discovery_serve_v2, NULL},
    {"OPTIONS", "/{tenant}/v2.0/.well-known/openid-configuration", ROUTE_READS, discovery_serve_options, NULL},
    {"GET",     "/{tenant}/discovery/keys",                        ROUTE_READS, discovery_serve_keys_v1, NULL},
    {"OPTIONS", "/{tenant}/discovery/keys",                        ROUTE_READS, discovery_serve_options, NULL},
    {"GET",     "/{tenant}/discovery/v2.0/keys",                   ROUTE_READS, discovery_serve_keys_v2, NULL},
    {"OPTIONS", "/{tenant}/discovery/v2.0/keys",                   ROUTE_READS, discovery_serve_options, NULL},
    {"GET",     "/common/discovery/instance",                      ROUTE_READS, discovery_serve_instance, NULL},
    {"OPTIONS", "/common/discovery/instance",                      ROUTE_READS, discovery_serve_options, NULL},
    {"POST",    "/{tenant}/oauth2/token",                          ROUTE_READS, token_serve, &token_v1},
    {"POST",    "/{tenant}/oauth2/v2.0/token",                     ROUTE_READS, token_serve, &token_v2},
    {"POST",    "/{tenant}/oauth2/devicecode",                     ROUTE_READS, serve_device_code, NULL},
    {"POST",    "/{tenant}/oauth2/v2.0/devicecode",                ROUTE_READS, serve_device_code, NULL},
    {"GET",     "/{tenant}/oauth2/authorize",                      ROUTE_READS, serve_not_yet, NULL},
    {"GET",     "/{tenant}/oauth2/v2.0/authorize",                 ROUTE_READS, serve_not_yet, NULL},
    {"GET",     "/{tenant}/oauth2/logout",                         ROUTE_READS, serve_not_yet, NULL},
    {"GET",     "/{tenant}/oauth2/v2.0/logout",                    ROUTE_READS, serve_not_yet, NULL},
    {"GET",     "/{tenant}/openid/userinfo",                       ROUTE_READS, serve_userinfo, NULL},
    {"GET",     "/common/error",                                   ROUTE_READS, serve_error_page, NULL},
};
// clang-format on

static bool prepare(struct request *request, struct azb_error *err)
{
    const struct entra_row *row = request->route->row;
    return !row || row->prepare(request, err);
}

static bool has_header(const struct reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++)
        if (string_equal_nocase(reply->headers[i].name, name))
            return true;
    return false;
}

static void finish(struct request *request, struct reply *reply)
{
    if (!has_header(reply, "Cache-Control")) {
        reply_header(reply, "Cache-Control", "no-store, no-cache");
        reply_header(reply, "Pragma", "no-cache");
        reply_header(reply, "Expires", "-1");
    }
    if (request_is_public(request)) /* for localhost browsers would refuse every http://localhost */
        reply_header(reply, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    reply_header(reply, "X-Content-Type-Options", "nosniff");
    reply_header(reply, "P3P", "CP=\"DSP CUR OTPi IND OTRi ONL FIN\"");
    reply_header(reply, "x-ms-request-id", request->request_id);
    reply_header(reply, "x-ms-ests-server", "2.1.0 - azbd");
    const char *echo = request_header(request, "return-client-request-id");
    if (echo && string_equal_nocase(echo, "true"))
        reply_header(reply, "client-request-id", entra_correlation_id(request));
}

const struct plane_rows *entra_plane(void)
{
    static const struct plane_rows rows = {
        .name = "entra",
        .routes = routes,
        .count = sizeof routes / sizeof *routes,
        .prepare = prepare,
        .finish = finish,
        .refuse = entra_refuse,
    };
    return &rows;
}
