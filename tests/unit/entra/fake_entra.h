/*
 * A scripted server in libcurl's place: answers in order, records what was asked.
 */
#ifndef FAKE_ENTRA_H
#define FAKE_ENTRA_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* cmocka's; base/error.h has its own */
#define fail_test(...)                                                                             \
    do {                                                                                           \
        print_error("ERROR: " __VA_ARGS__);                                                        \
        print_error("\n");                                                                         \
        _fail(__FILE__, __LINE__);                                                                 \
    } while (0)
#include <azb/entra.h>
#include "base/arena.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/json.h"
#include "base/jwt.h"
#include "entra/credential.h"
#include "entra/environment.h"

#define TENANT "11111111-1111-1111-1111-111111111111"
#define CLIENT "22222222-2222-2222-2222-222222222222"
#define SECRET "s3cret~with.&=+%\xc3\xa9"
#define TOKEN_URL "https://login.microsoftonline.com/" TENANT "/oauth2/v2.0/token"
#define HOUR_TOKEN "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"token-1\"}"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct answer {
    int status; /* 0: no connection */
    const char *body;
    const char *retry_after;
};

#define FAKE_REQUESTS_MAX 64

struct fake {
    pthread_mutex_t lock;
    const struct answer *answers; /* the last one is repeated */
    size_t answer_count;
    size_t requests;
    char method[FAKE_REQUESTS_MAX][8];
    char url[FAKE_REQUESTS_MAX][512];
    char body[FAKE_REQUESTS_MAX][16384];
    char headers[FAKE_REQUESTS_MAX][1024]; /* "Name: value\n" */
    bool records_stop; /* at the last one, instead of failing: for more requests than fit */
    int64_t waited_ms;
    struct clock clock;
    const struct clock *service_clock; /* NULL: its answers have no date */
    /* Called before each answer, outside the lock; the first is number 0. */
    void (*before)(struct fake *fake, size_t number);
    struct azb_credential *credential;
};

static void fake_record(struct fake *fake, const struct http_request *request)
{
    size_t n = fake->requests;
    if (fake->records_stop && n >= FAKE_REQUESTS_MAX) {
        fake->requests++;
        return;
    }
    assert_true(n < FAKE_REQUESTS_MAX);
    snprintf(fake->method[n], sizeof(fake->method[n]), "%s", request->method);
    snprintf(fake->url[n], sizeof(fake->url[n]), "%s", request->url);
    snprintf(fake->body[n], sizeof(fake->body[n]), "%.*s", TEXT_ARGS(request->body));
    size_t used = 0;
    for (size_t i = 0; i < request->header_count; i++)
        used += (size_t)snprintf(fake->headers[n] + used, sizeof(fake->headers[n]) - used,
            "%s: %s\n", request->headers[i].name, request->headers[i].value);
    fake->requests++;
}

static bool fake_headers(const struct fake *fake, const struct answer *answer, struct arena *arena,
    struct http_response *response)
{
    response->headers = arena_array(arena, 2, sizeof(*response->headers));
    char *date = response->headers ? arena_alloc(arena, TIME_TEXT_MAX) : NULL;
    if (!date)
        return false;
    if (answer->retry_after)
        response->headers[response->header_count++] =
            (struct http_header){"Retry-After", answer->retry_after};
    if (!fake->service_clock)
        return true;
    time_http(clock_ticks(fake->service_clock), date);
    response->headers[response->header_count++] = (struct http_header){"Date", date};
    return true;
}

static bool fake_transport(void *context, const struct http_request *request, int64_t timeout_ms,
    struct arena *arena, struct http_response *response, struct azb_error *err)
{
    struct fake *fake = context;
    (void)timeout_ms;
    pthread_mutex_lock(&fake->lock);
    size_t number = fake->requests;
    fake_record(fake, request);
    size_t at = number < fake->answer_count ? number : fake->answer_count - 1;
    const struct answer *answer = &fake->answers[at];
    pthread_mutex_unlock(&fake->lock);
    if (fake->before)
        fake->before(fake, number);
    if (request->cancel && atomic_load(request->cancel))
        return fail(err, AZB_ERROR_CANCELLED, "cancelled");
    if (!answer->status)
        return fail(err, AZB_ERROR_NETWORK, "no connection");
    response->status = answer->status;
    char *body = arena_string(arena, answer->body);
    if (!body)
        return fail_memory(err);
    response->body = text_of(body);
    return fake_headers(fake, answer, arena, response) || fail_memory(err);
}

static void fake_wait(void *context, int64_t ms)
{
    struct fake *fake = context;
    fake->waited_ms += ms;
}

static __attribute__((unused)) void fake_init(
    struct fake *fake, const struct answer *answers, size_t count)
{
    memset(fake, 0, sizeof(*fake));
    pthread_mutex_init(&fake->lock, NULL);
    fake->answers = answers;
    fake->answer_count = count;
}

/* No capability is sent, so that requests show the rest; claims.c is about it. */
static const char *fake_variable(const char *name)
{
    return strcmp(name, "AZURE_IDENTITY_DISABLE_CP1") == 0 ? "true" : NULL;
}

static struct entra_environment fake_world(struct fake *fake)
{
    struct entra_environment world = {.clock = &fake->clock, .variable = fake_variable};
    world.http.transport = fake_transport;
    world.http.transport_context = fake;
    world.http.wait = fake_wait;
    world.http.wait_context = fake;
    return world;
}

static __attribute__((unused)) struct azb_client_secret_options secret_options(const char *host)
{
    struct azb_client_secret_options options = AZB_CLIENT_SECRET_OPTIONS_INIT;
    options.tenant_id = TENANT;
    options.client_id = CLIENT;
    options.client_secret = SECRET;
    options.authority_host = host;
    return options;
}

/* A client-secret credential on the fake; `host` NULL is the public cloud. */
static __attribute__((unused)) struct azb_credential *fake_credential(
    struct fake *fake, const char *host)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_client_secret_options options = secret_options(host);
    struct entra_environment world = fake_world(fake);
    fake->credential = client_secret_new(&options, &world, &err);
    if (!fake->credential)
        fail_test("%s", err.message);
    return fake->credential;
}

static __attribute__((unused)) struct azb_token_request batch_request(void)
{
    struct azb_token_request request = AZB_TOKEN_REQUEST_INIT;
    request.resource = AZB_BATCH_RESOURCE;
    return request;
}

/* The token's string is compared and freed. */
static __attribute__((unused)) void expect_token(struct azb_credential *credential,
    const struct azb_token_request *request, const char *expected)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    if (!azb_credential_get_token(credential, request, &token, &err))
        fail_test("%s", err.message);
    assert_string_equal(token.token, expected);
    azb_token_free(&token);
}

static __attribute__((unused)) void expect_error(struct azb_credential *credential,
    const struct azb_token_request *request, enum azb_error_kind kind, const char *part)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct azb_token token = AZB_TOKEN_INIT;
    assert_false(azb_credential_get_token(credential, request, &token, &err));
    assert_null(token.token);
    if (err.kind != kind || !strstr(err.message, part))
        fail_test("%s: %s", azb_error_kind_text(err.kind), err.message);
    azb_error_free(&err);
}

#endif
