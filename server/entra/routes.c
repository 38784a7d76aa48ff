/* The Entra plane: its rows, and the headers that all of its replies carry. */
#include "base/error.h"
#include "entra/aadsts.h"
#include "entra/authorize.h"
#include "entra/consent.h"
#include "entra/device_page.h"
#include "entra/devicecode.h"
#include "entra/discovery.h"
#include "entra/entra.h"
#include "entra/logout.h"
#include "entra/managed_identity.h"
#include "entra/token.h"
#include "entra/userinfo.h"
#include "document.h"
#include "route.h"

/* What error_uri leads to. */
static bool serve_error_page(struct request *request, struct reply *reply, struct azb_error *err)
{
    uint64_t code;
    if (!text_to_u64(request_query(request, "code"), INT32_MAX, &code))
        return aadsts(err, 900144, "The request must contain the following parameter: 'code'.");
    char *heading = arena_format(&request->arena, "AADSTS%llu", (unsigned long long)code);
    char *sentence = arena_format(&request->arena,
        "An error of Microsoft Entra ID, given by azbd, which stands in for it here. Microsoft "
        "explains the code at https://login.microsoftonline.com/error?code=%llu",
        (unsigned long long)code);
    if (!heading || !sentence)
        return fail_memory(err);
    return page_notice(request, reply, heading, sentence, err);
}

/* Signed on the listener thread; what is consumed (a code) is written afterwards. */
static const struct entra_row token_v1 = {
    .prepare = token_prepare_v1, .finish = token_allow_origin};
static const struct entra_row token_v2 = {
    .prepare = token_prepare_v2, .finish = token_allow_origin};
static const struct entra_row token_options = {.finish = token_allow_origin};
static const struct entra_row devicecode_v1 = {.prepare = devicecode_prepare_v1};
static const struct entra_row devicecode_v2 = {.prepare = devicecode_prepare_v2};

/* What people see: refused with a page. They write by page_write(). */
static const struct entra_row page = {.is_page = true};

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
    {"OPTIONS", "/{tenant}/oauth2/token",                          ROUTE_READS, token_serve_options, &token_options},
    {"OPTIONS", "/{tenant}/oauth2/v2.0/token",                     ROUTE_READS, token_serve_options, &token_options},
    {"POST",    "/{tenant}/oauth2/devicecode",                     ROUTE_READS, devicecode_serve, &devicecode_v1},
    {"POST",    "/{tenant}/oauth2/v2.0/devicecode",                ROUTE_READS, devicecode_serve, &devicecode_v2},
    {"GET",     "/{tenant}/oauth2/authorize",                        ROUTE_READS, authorize_serve_v1, &page},
    {"POST",    "/{tenant}/oauth2/authorize",                        ROUTE_READS, authorize_serve_v1, &page},
    {"GET",     "/{tenant}/oauth2/v2.0/authorize",                   ROUTE_READS, authorize_serve_v2, &page},
    {"POST",    "/{tenant}/oauth2/v2.0/authorize",                   ROUTE_READS, authorize_serve_v2, &page},
    {"GET",     "/{tenant}/adminconsent",                            ROUTE_READS, consent_serve_admin_v1, &page},
    {"GET",     "/{tenant}/v2.0/adminconsent",                       ROUTE_READS, consent_serve_admin_v2, &page},
    {"POST",    "/{tenant}/login",                                   ROUTE_SLOW,  sign_in_serve_password, &page},
    {"POST",    "/{tenant}/login/account",                           ROUTE_READS, sign_in_serve_account, &page},
    {"POST",    "/{tenant}/login/device",                            ROUTE_READS, device_page_serve_confirmed, &page},
    {"POST",    "/{tenant}/login/consent",                           ROUTE_READS, consent_serve, &page},
    {"GET",     "/common/oauth2/deviceauth",                         ROUTE_READS, device_page_serve, &page},
    {"POST",    "/common/oauth2/deviceauth",                         ROUTE_READS, device_page_serve_code, &page},
    {"GET",     "/devicelogin",                                      ROUTE_READS, device_page_serve_alias, &page},
    {"GET",     "/{tenant}/oauth2/logout",                           ROUTE_READS, logout_serve, &page},
    {"POST",    "/{tenant}/oauth2/logout",                           ROUTE_READS, logout_serve, &page},
    {"GET",     "/{tenant}/oauth2/v2.0/logout",                      ROUTE_READS, logout_serve, &page},
    {"POST",    "/{tenant}/oauth2/v2.0/logout",                      ROUTE_READS, logout_serve, &page},
    {"GET",     "/{tenant}/openid/userinfo",                       ROUTE_READS, userinfo_serve, NULL},
    {"POST",    "/{tenant}/openid/userinfo",                       ROUTE_READS, userinfo_serve, NULL},
    {"GET",     "/metadata/identity/oauth2/token",                   ROUTE_READS, identity_serve_imds, NULL},
    {"GET",     "/msi/token",                                        ROUTE_READS, identity_serve_app_service, NULL},
    {"POST",    "/msi/token",                                        ROUTE_READS, identity_serve_cloud_shell, NULL},
    {"GET",     "/common/error",                                   ROUTE_READS, serve_error_page, &page},
};
// clang-format on

static bool prepare(struct request *request, struct azb_error *err)
{
    const struct entra_row *row = request->route->row;
    return !row || !row->prepare || row->prepare(request, err);
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
    const struct entra_row *row = request->route ? request->route->row : NULL;
    if (row && row->finish)
        row->finish(request, reply);
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

/* People get pages, programs JSON. */
static void refuse(struct request *request, struct reply *reply, const struct azb_error *err)
{
    const struct entra_row *row = request->route ? request->route->row : NULL;
    if ((row && row->is_page) || page_is_wanted(request))
        page_error(request, reply, err);
    else
        entra_refuse(request, reply, err);
}

const struct plane_rows *entra_plane(void)
{
    static const struct plane_rows rows = {
        .name = "entra",
        .routes = routes,
        .count = sizeof routes / sizeof *routes,
        .prepare = prepare,
        .finish = finish,
        .refuse = refuse,
    };
    return &rows;
}
