/*
 * made_service.h - a service for tests: a state in a temporary folder with router, store,
 * directory, entra and authorizer, but nothing that listens; and requests made by hand for its
 * serve functions.
 */
#ifndef TESTS_SERVER_MADE_SERVICE_H
#define TESTS_SERVER_MADE_SERVICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <ftw.h>
#include <unistd.h>

#include <cmocka.h>

#include "authorize/authorize.h"
#include "base/json.h"
#include "directory/account.h"
#include "directory/client.h"
#include "directory/directory.h"
#include "directory/seed.h"
#include "entra/entra.h"
#include "route.h"
#include "store/store.h"

#define MADE static __attribute__((unused))

#define MADE_PORT 8443
#define MADE_HOST "localhost:8443"
#define MADE_TENANT "11111111-1111-4111-8111-111111111111"
#define MADE_CLIENT "22222222-2222-4222-8222-222222222222"
#define MADE_OBJECT "33333333-3333-4333-8333-333333333333"
#define MADE_STRANGERS 9 /* service principals of Microsoft's applications and of the account */
#define MADE_SECRET "a~secret.of-the_administrator.of.40.chars"

MADE int made_remove(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

MADE void made_stop(struct service *service)
{
    router_free(service->router);
    authorizer_free(service->authorizer);
    entra_free(service->entra);
    store_close(service->store);
    directory_free(service->directory);
    nftw(service->state, made_remove, 16, FTW_DEPTH | FTW_PHYS);
    *service = (struct service){0};
}

MADE void made_open(struct service *service, const struct seed *seed)
{
    struct azb_error err = AZB_ERROR_INIT;
    service->store = store_open(service->state, &err);
    assert_string_equal(err.message, "");
    service->directory = directory_open_seeded(service, seed, &err);
    assert_string_equal(err.message, "");
    service->entra = entra_new(service, &err);
    assert_string_equal(err.message, "");
    service->authorizer = authorizer_new(service, &err);
    assert_string_equal(err.message, "");
}

MADE void made_start(struct service *service)
{
    static const struct seed seed = {
        .tenant_id = MADE_TENANT,
        .administrator_client_id = MADE_CLIENT,
        .administrator_object_id = MADE_OBJECT,
        .administrator_secret = MADE_SECRET,
    };
    struct azb_error err = AZB_ERROR_INIT;
    *service = (struct service){.port = MADE_PORT, .router = router_new(&err)};
    assert_non_null(service->router);
    snprintf(service->state, sizeof service->state, "/tmp/azb-test-XXXXXX");
    assert_non_null(mkdtemp(service->state));
    snprintf(service->base_url, sizeof service->base_url, "https://" MADE_HOST);
    made_open(service, &seed);
}

/* A request and the reply to it; the strings given must outlive it. */
struct made {
    struct request request;
    struct reply reply;
    struct http_header headers[16];
    struct azb_error err;
};

MADE void made_request(struct made *made, struct service *service, enum plane plane,
    const char *method, const char *path)
{
    struct azb_error err = AZB_ERROR_INIT;
    *made = (struct made){.reply.file = -1};
    struct request *request = &made->request;
    arena_init(&request->arena, 0);
    request->service = service;
    request->plane = plane;
    request->method = method;
    request->target = text_of(path);
    struct text rest = request->target;
    text_cut(&rest, '?', &request->path);
    request->query = rest;
    request->host = TEXT(MADE_HOST);
    request->headers = made->headers;
    request->now = clock_ticks(&service->clock);
    request->store = store_reader(service->store, &err);
    assert_non_null(request->store);
    assert_true(random_guid(request->request_id));
}

MADE void made_header(struct made *made, const char *name, const char *value)
{
    assert_true(made->request.header_count < 16);
    made->headers[made->request.header_count++] = (struct http_header){name, value};
}

MADE void made_free(struct made *made)
{
    arena_free(&made->request.arena);
    azb_error_free(&made->err);
}

/* Serves it as the listener would: serve, refuse on failure, finish. */
MADE void made_serve(struct made *made, serve_fn *serve, const struct plane_rows *rows)
{
    if (!serve(&made->request, &made->reply, &made->err))
        rows->refuse(&made->request, &made->reply, &made->err);
    if (rows->finish)
        rows->finish(&made->request, &made->reply);
}

MADE bool made_serve_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct made *made = context;
    made->request.store = connection;
    if (made->request.route->serve(&made->request, &made->reply, &made->err))
        return true;
    *err = made->err; /* rolls back */
    return false;
}

/* Serves it by the plane's row of that pattern, as exchange.c does: prepare, then serve, in the
 * store's writer when it writes. */
MADE void made_run(struct made *made, const struct plane_rows *rows, const char *pattern)
{
    struct request *request = &made->request;
    struct azb_error err = AZB_ERROR_INIT;
    const struct route *route;
    for (size_t i = 0; (route = route_row(rows, i)); i++)
        if (strcmp(route->path, pattern) == 0 && strcmp(route->method, request->method) == 0)
            request->route = route;
    assert_non_null(request->route);
    bool ok = !rows->prepare || rows->prepare(request, &made->err);
    if (ok && (request->writes || request->route->flags & ROUTE_WRITES))
        ok = store_write_wait(request->service->store, made_serve_work, made, &err);
    else if (ok)
        ok = request->route->serve(request, &made->reply, &made->err);
    if (!ok && made->err.kind == AZB_ERROR_NONE)
        made->err = err;
    if (!ok)
        rows->refuse(request, &made->reply, &made->err);
    if (rows->finish)
        rows->finish(request, &made->reply);
}

MADE const char *made_reply_header(const struct made *made, const char *name)
{
    for (size_t i = 0; i < made->reply.header_count; i++)
        if (string_equal_nocase(made->reply.headers[i].name, name))
            return made->reply.headers[i].value;
    return NULL;
}

MADE const struct json *made_reply_json(struct made *made)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *json = json_parse(made->reply.body, &made->request.arena, &err);
    assert_string_equal(err.message, "");
    return json;
}

MADE void made_text_equal(struct text text, const char *expected)
{
    char shown[2048];
    snprintf(shown, sizeof shown, "%.*s", TEXT_ARGS(text));
    assert_string_equal(shown, expected);
}

/* ---- Changes -------------------------------------------------------------------------------- */

MADE void made_write(struct service *service, store_work_fn *work, void *context)
{
    struct azb_error err = AZB_ERROR_INIT;
    bool done = store_write_wait(service->store, work, context, &err);
    assert_string_equal(err.message, "");
    assert_true(done);
}

/* An application with service principal and secret. */
struct made_application {
    struct service *service;
    const char *name;
    const char *secret; /* NULL: none */
    int64_t start, end;
    bool no_principal, disabled, public_client;
    char app_id[GUID_TEXT], object_id[GUID_TEXT];
    int64_t row;
};

MADE bool made_application_work(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    struct made_application *made = context;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct new_application what = {
        .display_name = made->name, .public_client = made->public_client, .now = 1};
    struct application application;
    struct service_principal principal;
    if (!application_add(connection, &what, &arena, &application, err))
        return false;
    made->row = application.row;
    snprintf(made->app_id, GUID_TEXT, "%s", application.app_id);
    if (!made->no_principal) {
        if (!service_principal_add(
                connection, text_of(application.app_id), NULL, 1, &arena, &principal, err))
            return false;
        snprintf(made->object_id, GUID_TEXT, "%s", principal.object_id);
        if (made->disabled && !service_principal_enable(connection, principal.row, false, err))
            return false;
    }
    struct new_secret secret = {.value = made->secret, .start = made->start, .end = made->end};
    struct client_secret added;
    char *value;
    return !made->secret || secret_add(made->service, connection, application.row, &secret, &arena,
                                &added, &value, err);
}

MADE void made_application_add(struct service *service, struct made_application *made)
{
    made->service = service;
    if (!made->end) {
        made->start = 0;
        made->end = INT64_MAX;
    }
    made_write(service, made_application_work, made);
}

#endif
