/*
 * Single-page applications: scripts in a browser redeem their codes and refresh tokens across
 * origins, nobody else may, and what they get lives for a day only.
 *
 * https://learn.microsoft.com/entra/identity-platform/reference-third-party-cookies-spas
 */
#include "base/error.h"
#include "base/http.h"
#include "entra/aadsts.h"
#include "entra/authorize.h"
#include "entra/token.h"
#include "hosts.h"

/* Whether the code went to a redirect URI of a single-page application. */
static bool find_spa(
    struct token_request *token, const char *redirect_uri, bool *is_spa, struct azb_error *err)
{
    struct request *request = token->request;
    struct application application;
    struct redirect redirect;
    struct azb_error why = AZB_ERROR_INIT;
    *is_spa = false;
    if (!redirect_uri)
        return true;
    if (!application_by_app_id(
            request->store, text_of(token->who.client.app_id), &request->arena, &application, err))
        return false;
    if (redirect_match(&application, text_of(redirect_uri), &request->arena, &redirect, &why))
        *is_spa = redirect.kind == REDIRECT_SPA;
    azb_error_free(&why); /* it is not registered any more */
    return true;
}

bool spa_check(
    struct token_request *token, const char *redirect_uri, bool *is_spa, struct azb_error *err)
{
    const char *origin = request_header(token->request, "Origin");
    if (!find_spa(token, redirect_uri, is_spa, err))
        return false;
    if (*is_spa && !origin)
        return aadsts(err, 9002327,
            "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via "
            "cross-origin requests.");
    if (!*is_spa && origin)
        return aadsts(err, 9002326,
            "Cross-origin token redemption is permitted only for the 'Single-Page Application' "
            "client-type. Request origin: '%.200s'.",
            origin);
    return true;
}

/* ---- CORS ----------------------------------------------------------------------------------- */

/* A loopback address is registered for all ports (RFC 8252 section 7.3). */
static bool is_origin_of(const struct url *origin, struct text redirect_uri)
{
    struct url url;
    return url_parse(redirect_uri, &url) && text_equal(origin->scheme, url.scheme) &&
           text_equal_nocase(origin->host, url.host) &&
           (origin->port == url.port || (text_is(url.scheme, "http") && host_is_local(url.host)));
}

/* One that a single-page application of this directory has a redirect URI at. After a write the
 * request has no connection of its own any more. */
static bool is_registered(struct request *request, struct text text)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct store_connection *connection = store_reader(request->service->store, &ignored);
    struct url origin;
    bool row, found = false;
    if (!connection || !url_parse(text, &origin)) {
        azb_error_free(&ignored);
        return false;
    }
    scoped_statement struct statement s =
        statement(connection, "SELECT uri FROM redirect_uri WHERE kind = ?1");
    statement_bind_i64(&s, 1, REDIRECT_SPA);
    while (!found && statement_step(&s, &row, &ignored) && row)
        found = is_origin_of(&origin, statement_borrow(&s, 0));
    azb_error_free(&ignored);
    return found;
}

void token_allow_origin(struct request *request, struct reply *reply)
{
    const char *origin = request_header(request, "Origin");
    reply_header(reply, "Vary", "Origin");
    if (!origin || !is_registered(request, text_of(origin)))
        return;
    reply_header(reply, "Access-Control-Allow-Origin", origin);
    reply_header(reply, "Access-Control-Allow-Methods", "POST, OPTIONS");
    reply_header(reply, "Access-Control-Expose-Headers", "x-ms-request-id, client-request-id");
}

bool token_serve_options(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)request;
    (void)err;
    reply->status = 200;
    reply->body = TEXT("");
    reply_header(reply, "Access-Control-Allow-Headers",
        "client-request-id, return-client-request-id, x-client-sku, x-client-ver, x-client-os, "
        "x-client-cpu, content-type");
    reply_header(reply, "Access-Control-Max-Age", "86400");
    return true;
}
