/*
 * Any body to the token endpoint and to the device authorization endpoint: an answer, JSON, and
 * never a token without the secret. CODE, REFRESH and DEVICE in the body stand for ones that are
 * good.
 */
#include "fuzz_service.h"

#include "base/json.h"
#include "directory/permission.h"
#include "directory/user.h"
#include "entra/devicecode.h"
#include "entra/token.h"

static const char *const words[] = {"CODE", "REFRESH", "DEVICE"};
static char user_id[GUID_TEXT];
static char value[128]; /* of the word that the input has */

/* ---- What a person leaves in the store ------------------------------------------------------- */

static bool add_user(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    scoped_arena struct arena arena = {0};
    struct user user;
    const struct new_user what = {
        .user_principal_name = "ann@fuzz.example", .display_name = "Ann", .now = 1};
    arena_init(&arena, 0);
    if (!user_create(connection, &what, &arena, &user, err) ||
        !consent_add(
            connection, FUZZ_CLIENT, APP_ID_BATCH, NULL, TEXT("user_impersonation"), 1, err))
        return false;
    snprintf(user_id, sizeof user_id, "%s", user.object_id);
    return true;
}

static bool add_value(struct store_connection *connection, void *context, struct azb_error *err)
{
    const char *word = context;
    struct request request = {.service = &fuzz_service, .store = connection};
    const struct authorization authorization = {.client_app_id = FUZZ_CLIENT,
        .user_id = user_id,
        .scope = "openid offline_access https://batch.core.windows.net//.default",
        .redirect_uri = "http://localhost"};
    struct device_codes codes;
    char *made = NULL;
    request.now = clock_ticks(&fuzz_service.clock);
    arena_init(&request.arena, 0);
    bool ok;
    if (strcmp(word, "CODE") == 0) {
        ok = authorization_code_make(&request, &authorization, &made, err);
    } else if (strcmp(word, "REFRESH") == 0) {
        made = refresh_token_value(&request, err);
        ok = made &&
             refresh_token_add(&request, &(struct new_refresh_token){text_of(made), "family", 0},
                 &authorization, err);
    } else {
        ok = device_code_make(&request, &authorization, &codes, err);
        made = codes.device_code;
    }
    if (ok)
        snprintf(value, sizeof value, "%s", made);
    arena_free(&request.arena);
    return ok;
}

static struct text with_values(struct arena *arena, struct text body)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct store *store = fuzz_start()->store;
    *value = '\0';
    if (!*user_id && !store_write_wait(store, add_user, NULL, &err))
        abort();
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (body.length && memmem(body.at, body.length, words[i], strlen(words[i]))) {
            char word[16];
            snprintf(word, sizeof word, "%s", words[i]);
            if (!store_write_wait(store, add_value, word, &err))
                abort();
            return fuzz_replace(arena, body, word, value);
        }
    return body;
}

/* ---- Asking ---------------------------------------------------------------------------------- */

static void check(struct request *request, const struct reply *reply)
{
    struct azb_error err = AZB_ERROR_INIT;
    const struct json *body = json_parse(reply->body, &request->arena, &err);
    if (!body)
        abort();
    bool knows = *value || memmem(request->body.at ? request->body.at : "", request->body.length,
                               "secret", 6) != NULL;
    if (json_get(body, "access_token") && !knows)
        abort();
}

struct asked {
    struct request request;
    struct reply reply;
    serve_fn *serve;
};

static bool serve_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct asked *asked = context;
    asked->request.store = connection;
    return asked->serve(&asked->request, &asked->reply, err);
}

static void serve(serve_fn *serve_it, bool (*prepare)(struct request *, struct azb_error *),
    const uint8_t *data, size_t size)
{
    struct asked asked = {.reply.file = -1, .serve = serve_it};
    struct request *request = &asked.request;
    struct azb_error err = AZB_ERROR_INIT;
    const struct http_header headers[] = {{"Content-Type", "application/x-www-form-urlencoded"}};
    fuzz_request(request, PLANE_ENTRA, "POST");
    request->headers = headers;
    request->header_count = 1;
    request->values[0] = TEXT(FUZZ_TENANT);
    request->body = with_values(&request->arena, (struct text){(const char *)data, size});
    bool ok = prepare(request, &err);
    if (ok && request->writes)
        ok = store_write_wait(request->service->store, serve_work, &asked, &err);
    else if (ok)
        ok = serve_it(request, &asked.reply, &err);
    if (!ok)
        entra_plane()->refuse(request, &asked.reply, &err);
    check(request, &asked.reply);
    arena_free(&request->arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    serve(token_serve, token_prepare_v1, data, size);
    serve(token_serve, token_prepare_v2, data, size);
    serve(devicecode_serve, devicecode_prepare_v1, data, size);
    serve(devicecode_serve, devicecode_prepare_v2, data, size);
    return 0;
}
