/* Requests to the ARM and Graph planes as exchange.c makes them: route, prepare, serve, refuse. */
#ifndef TESTS_SERVER_PLANES_ARM_GRAPH_H
#define TESTS_SERVER_PLANES_ARM_GRAPH_H

#include "made_service.h"

#include "base/arena.h"
#include "entra/token.h"

#define ADMIN_TOKEN_MAX 4096

/* As forms write them. */
#define RESOURCE_MANAGEMENT "https%3A%2F%2Fmanagement.azure.com"
#define RESOURCE_GRAPH "https%3A%2F%2Fgraph.microsoft.com"
#define RESOURCE_BATCH "https%3A%2F%2Fbatch.core.windows.net"

/* A token as the token endpoint gives it, for "https://..." as the v2 scope names it. */
MADE void made_token(struct service *service, const char *client, const char *secret,
    const char *resource, char out[ADMIN_TOKEN_MAX])
{
    struct made made;
    char body[1024];
    snprintf(body, sizeof body,
        "grant_type=client_credentials&client_id=%s&client_secret=%s&scope=%s%%2F.default", client,
        secret, resource);
    made_request(&made, service, PLANE_ENTRA, "POST", "/t/oauth2/v2.0/token");
    made.request.values[0] = TEXT(MADE_TENANT);
    made.request.body = text_of(body);
    made_header(&made, "Content-Type", "application/x-www-form-urlencoded");
    made_run(&made, entra_plane(), "/{tenant}/oauth2/v2.0/token");
    assert_int_equal(made.reply.status, 200);
    struct text token = json_get_text(made_reply_json(&made), "access_token");
    snprintf(out, ADMIN_TOKEN_MAX, "Bearer %.*s", TEXT_ARGS(token));
    made_free(&made);
}

MADE bool made_call_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct made *made = context;
    made->request.store = connection;
    if (made->request.route->serve(&made->request, &made->reply, &made->err))
        return true;
    *err = made->err;
    return false;
}

/* The whole way of a request; free it with made_free(). */
MADE void made_call(struct made *made, struct service *service, enum plane plane, const char *token,
    const char *method, const char *path, const char *body)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct plane_rows *rows = route_rows(plane);
    made_request(made, service, plane, method, path);
    made->request.body = text_of(body);
    if (token)
        made_header(made, "Authorization", token);
    bool ok = route_find(&made->request, &made->err) && rows->prepare(&made->request, &made->err);
    if (ok && (made->request.route->flags & ROUTE_WRITES))
        ok = store_write_wait(service->store, made_call_work, made, &err);
    else if (ok)
        ok = made->request.route->serve(&made->request, &made->reply, &made->err);
    if (!ok) {
        made->reply = (struct reply){.file = -1};
        rows->refuse(&made->request, &made->reply, &made->err);
    }
    rows->finish(&made->request, &made->reply);
}

/* Routes, prepares and serves it while allocation number `n` fails (0: none does). False: it was
 * refused, with a message. */
MADE bool made_call_failing(struct made *made, long n)
{
    struct request *request = &made->request;
    struct azb_error err = AZB_ERROR_INIT;
    memory_fail_after(n);
    bool ok =
        route_find(request, &made->err) && route_rows(request->plane)->prepare(request, &made->err);
    if (ok && (request->route->flags & ROUTE_WRITES))
        ok = store_write_wait(request->service->store, made_call_work, made, &err);
    else if (ok)
        ok = request->route->serve(request, &made->reply, &made->err);
    memory_fail_after(0);
    assert_true(ok || made->err.message[0] || err.message[0]);
    azb_error_free(&err);
    return ok;
}

/* "error.code" of the reply, or "" when there is none. */
MADE void made_code(struct made *made, char out[80])
{
    const struct json *json = made->reply.body.length ? made_reply_json(made) : NULL;
    snprintf(out, 80, "%.*s", TEXT_ARGS(json_text(json_path(json, "error.code"))));
}

#endif
