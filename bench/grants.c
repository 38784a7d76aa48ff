/*
 * What each grant costs beside its limit, raw RS256 signatures of the same run: whole requests
 * without TLS, by sixteen threads, so that what writes shares its commits. A second for each.
 */
#include <ftw.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "directory/permission.h"
#include "directory/user.h"
#include "entra/authorization.h"
#include "entra/devicecode.h"
#include "entra/entra.h"
#include "entra/token.h"
#include "route.h"

#define THREADS 16
#define SPAN_MS 1000
#define CODES 20000
#define TENANT "11111111-1111-4111-8111-111111111111"
#define SECRET "a-secret-of-the-benchmark"
#define BATCH "&scope=https://batch.core.windows.net//.default"
#define API "api://bench"

struct bench {
    struct service service;
    char user[GUID_TEXT], app[GUID_TEXT], public_app[GUID_TEXT];
    char (*codes)[80];
    atomic_size_t next;
    const char *body; /* of all requests; NULL: a code for each */
    bool signs;       /* only signatures */
    int status;       /* that each reply must have */
    int64_t end_ms;
    atomic_long done;
};

static void die(const char *what, const struct azb_error *err)
{
    fprintf(stderr, "bench_grants: %s: %s\n", what, err->message);
    exit(1);
}

/* ---- Who there is ---------------------------------------------------------------------------- */

static bool add_application(struct bench *bench, struct store_connection *connection,
    const struct new_application *what, const char *secret, char out[GUID_TEXT],
    struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct application added;
    struct service_principal principal;
    struct client_secret kept;
    char *value;
    const struct new_secret new_secret = {.value = secret, .end = INT64_MAX};
    const struct permission access = {.value = "access", .display_name = "Access"};
    arena_init(&arena, 0);
    if (!application_add(connection, what, &arena, &added, err) ||
        !service_principal_add(
            connection, text_of(added.app_id), NULL, 1, &arena, &principal, err) ||
        !consent_add(
            connection, added.app_id, APP_ID_BATCH, NULL, TEXT("user_impersonation"), 1, err))
        return false;
    snprintf(out, GUID_TEXT, "%s", added.app_id);
    if (!secret)
        return true;
    return exposed_permission_add(connection, added.row, &access, err) &&
           secret_add(
               &bench->service, connection, added.row, &new_secret, &arena, &kept, &value, err);
}

static bool add_people(struct store_connection *connection, void *context, struct azb_error *err)
{
    static const char *const uris[] = {API};
    static const struct redirect_uri redirect[] = {{REDIRECT_PUBLIC, "http://localhost"}};
    struct bench *bench = context;
    scoped_arena struct arena arena = {0};
    struct user user;
    const struct new_user ann = {
        .user_principal_name = "ann@bench.example", .display_name = "Ann", .now = 1};
    const struct new_application app = {
        .display_name = "API", .identifier_uris = uris, .identifier_uri_count = 1, .now = 1};
    const struct new_application public_app = {.display_name = "Public",
        .public_client = true,
        .redirect_uris = redirect,
        .redirect_uri_count = 1,
        .now = 1};
    arena_init(&arena, 0);
    if (!user_create(connection, &ann, &arena, &user, err) ||
        !add_application(bench, connection, &app, SECRET, bench->app, err) ||
        !add_application(bench, connection, &public_app, NULL, bench->public_app, err) ||
        !consent_add(connection, bench->public_app, bench->app, NULL, TEXT("access"), 1, err))
        return false;
    snprintf(bench->user, GUID_TEXT, "%s", user.object_id);
    return true;
}

static bool add_codes(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct bench *bench = context;
    struct request request = {.service = &bench->service, .store = connection};
    request.now = clock_ticks(NULL);
    const struct authorization authorization = {.client_app_id = bench->public_app,
        .user_id = bench->user,
        .scope = "openid offline_access https://batch.core.windows.net//.default",
        .redirect_uri = "http://localhost"};
    for (size_t i = 0; i < CODES; i++) {
        char *code;
        arena_init(&request.arena, 0);
        bool made = authorization_code_make(&request, &authorization, &code, err);
        if (made)
            snprintf(bench->codes[i], sizeof bench->codes[i], "%s", code);
        arena_free(&request.arena);
        if (!made)
            return false;
    }
    return true;
}

static void open_bench(struct bench *bench)
{
    struct service *service = &bench->service;
    struct azb_error err = AZB_ERROR_INIT;
    snprintf(service->state, sizeof service->state, "/tmp/azb-bench-XXXXXX");
    snprintf(service->base_url, sizeof service->base_url, "https://localhost:8443");
    bench->codes = calloc(CODES, sizeof *bench->codes);
    if (!bench->codes || !mkdtemp(service->state) ||
        !(service->store = store_open(service->state, &err)) ||
        !(service->directory = directory_open(service, &err)) ||
        !(service->entra = entra_new(service, &err)) ||
        !store_write_wait(service->store, add_people, bench, &err) ||
        !store_write_wait(service->store, add_codes, bench, &err))
        die("start", &err);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void close_bench(struct bench *bench)
{
    entra_free(bench->service.entra);
    store_close(bench->service.store);
    directory_free(bench->service.directory);
    nftw(bench->service.state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(bench->codes);
}

/* ---- One request ----------------------------------------------------------------------------- */

struct call {
    struct request request;
    struct reply reply;
    serve_fn *serve;
};

static bool serve(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct call *call = context;
    call->request.store = connection;
    return call->serve(&call->request, &call->reply, err);
}

/* The reply lives in the call's arena. */
static void run(struct bench *bench, struct call *call,
    bool (*prepare)(struct request *request, struct azb_error *err), const char *body)
{
    static const struct http_header type = {"Content-Type", "application/x-www-form-urlencoded"};
    struct azb_error err = AZB_ERROR_INIT;
    struct request *request = &call->request;
    request->service = &bench->service;
    request->method = "POST";
    request->headers = &type;
    request->header_count = 1;
    request->host = TEXT("localhost:8443");
    request->now = clock_ticks(NULL);
    request->values[0] = text_of(directory_tenant_id(&bench->service));
    request->body = text_of(body);
    request->store = store_reader(bench->service.store, &err);
    bool ok = request->store && prepare(request, &err);
    if (ok && request->writes)
        ok = store_write_wait(bench->service.store, serve, call, &err);
    else if (ok)
        ok = call->serve(request, &call->reply, &err);
    if (!ok)
        entra_plane()->refuse(request, &call->reply, &err);
}

/* A member of the reply to `body`, copied. */
static char *ask(struct bench *bench, serve_fn *serve_it,
    bool (*prepare)(struct request *request, struct azb_error *err), const char *body,
    const char *member)
{
    struct call call = {.serve = serve_it};
    struct azb_error err = AZB_ERROR_INIT;
    arena_init(&call.request.arena, 0);
    run(bench, &call, prepare, body);
    const struct json *reply = json_parse(call.reply.body, &call.request.arena, &err);
    struct text value = json_get_text(reply, member);
    char *copy = value.at ? strndup(value.at, value.length) : NULL;
    if (!copy) {
        fprintf(stderr, "bench_grants: %.*s\n", TEXT_ARGS(call.reply.body));
        exit(1);
    }
    arena_free(&call.request.arena);
    return copy;
}

/* ---- Rates ----------------------------------------------------------------------------------- */

static bool sign_once(struct bench *bench)
{
    scoped_arena struct arena arena = {0};
    struct azb_error err = AZB_ERROR_INIT;
    struct text signature;
    arena_init(&arena, 0);
    return rsa_sign(entra_signing_key(bench->service.entra)->key, RSA_PKCS1_SHA256,
        TEXT("header.payload"), &arena, &signature, &err);
}

static bool grant_once(struct bench *bench)
{
    char body[400];
    struct call call = {.serve = token_serve};
    size_t at = bench->body ? 0 : atomic_fetch_add(&bench->next, 1);
    if (at == CODES)
        return false;
    if (!bench->body)
        snprintf(body, sizeof body,
            "grant_type=authorization_code&client_id=%s&code=%s&redirect_uri=http%%3A%%2F%%2F"
            "localhost",
            bench->public_app, bench->codes[at]);
    arena_init(&call.request.arena, 0);
    run(bench, &call, token_prepare_v2, bench->body ? bench->body : body);
    if (call.reply.status != bench->status) {
        fprintf(stderr, "bench_grants: %.*s\n", TEXT_ARGS(call.reply.body));
        exit(1);
    }
    arena_free(&call.request.arena);
    return true;
}

static void *work(void *context)
{
    struct bench *bench = context;
    while (monotonic_ms() < bench->end_ms)
        if (bench->signs ? sign_once(bench) : grant_once(bench))
            atomic_fetch_add(&bench->done, 1);
        else
            break;
    return NULL;
}

static double rate(struct bench *bench)
{
    pthread_t threads[THREADS];
    int64_t start_ms = monotonic_ms();
    bench->end_ms = start_ms + SPAN_MS;
    atomic_store(&bench->done, 0);
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, bench) != 0)
            exit(1);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return (double)atomic_load(&bench->done) * 1000.0 / (double)(monotonic_ms() - start_ms);
}

/* Two signatures make a reply with an ID token: the limit is so much lower. */
static void measure(
    struct bench *bench, const char *name, const char *body, int status, int signatures)
{
    bench->signs = true;
    double signs = rate(bench);
    bench->signs = false;
    bench->body = body;
    bench->status = status;
    double grants = rate(bench);
    printf("%-34s %9.0f/s   %9.0f/s   %6.1f %%  %-11s signatures: %d\n", name, grants, signs,
        100 * grants * (signatures ? signatures : 1) / signs, "", signatures);
}

__attribute__((format(printf, 1, 2))) static char *form(const char *format, ...)
{
    char *out = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&out, format, arguments);
    va_end(arguments);
    if (length < 0)
        exit(1);
    return out;
}

int main(void)
{
    static struct bench bench;
    open_bench(&bench);
    char *code = form("grant_type=authorization_code&client_id=%s&code=%s&redirect_uri=http%%3A%%2F"
                      "%%2Flocalhost",
        bench.public_app, bench.codes[bench.next++]);
    char *refresh_token = ask(&bench, token_serve, token_prepare_v2, code, "refresh_token");
    char *refresh = form("grant_type=refresh_token&client_id=%s&refresh_token=%s" BATCH,
        bench.public_app, refresh_token);
    char *for_api = form("grant_type=refresh_token&client_id=%s&refresh_token=%s"
                         "&scope=api%%3A%%2F%%2Fbench%%2Faccess",
        bench.public_app, refresh_token);
    char *assertion = ask(&bench, token_serve, token_prepare_v2, for_api, "access_token");
    char *on_behalf_of =
        form("grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Agrant-type%%3Ajwt-bearer&client_id=%s"
             "&client_secret=" SECRET "&requested_token_use=on_behalf_of&assertion=%s" BATCH,
            bench.app, assertion);
    char *ask_device = form("client_id=%s%s", bench.public_app, BATCH);
    char *device_code =
        ask(&bench, devicecode_serve, devicecode_prepare_v2, ask_device, "device_code");
    char *poll =
        form("grant_type=device_code&client_id=%s&device_code=%s", bench.public_app, device_code);
    char *secret = form(
        "grant_type=client_credentials&client_id=%s&client_secret=%s" BATCH, bench.app, SECRET);
    printf("%-34s %11s %13s %10s\n", "grant", "ours", "raw signs", "ratio");
    measure(&bench, "client_credentials", secret, 200, 1);
    measure(&bench, "authorization_code (writes)", NULL, 200, 2);
    measure(&bench, "refresh_token (writes)", refresh, 200, 1);
    measure(&bench, "on-behalf-of", on_behalf_of, 200, 1);
    measure(&bench, "device_code, a poll too early", poll, 400, 0);
    char *const all[] = {code, refresh_token, refresh, for_api, assertion, on_behalf_of, ask_device,
        device_code, poll, secret};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    close_bench(&bench);
    return 0;
}
