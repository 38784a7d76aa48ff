/*
 * What the bearer check of a request costs: a token at first sight beside its limit, OpenSSL's
 * verification of the signature alone, and the same token again. Microseconds of CPU.
 */
#include <ftw.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "authorize/authorize.h"
#include "base/error.h"
#include "base/rsa.h"
#include "directory/directory.h"
#include "entra/entra.h"
#include "store/store.h"

#define TOKENS 400 /* all of them fit into the cache */
#define ROUNDS 200
#define AUDIENCE "https://batch.core.windows.net/"
#define CLIENT "22222222-2222-4222-8222-222222222222"
#define OBJECT "33333333-3333-4333-8333-333333333333"

struct bench {
    struct service service;
    struct request request;
    struct http_header header;
    char *values[TOKENS]; /* "Bearer ..." */
    struct text signatures[TOKENS];
};

static double cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static bool open_service(struct service *service, struct azb_error *err)
{
    snprintf(service->state, sizeof service->state, "/tmp/azb-bench-XXXXXX");
    snprintf(service->base_url, sizeof service->base_url, "https://localhost:8443");
    if (!mkdtemp(service->state))
        return fail(err, AZB_ERROR_IO, "no folder in /tmp");
    return (service->store = store_open(service->state, err)) &&
           (service->directory = directory_open(service, err)) &&
           (service->entra = entra_new(service, err)) &&
           (service->authorizer = authorizer_new(service, err));
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void close_service(struct service *service)
{
    authorizer_free(service->authorizer);
    entra_free(service->entra);
    store_close(service->store);
    directory_free(service->directory);
    nftw(service->state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool make_tokens(struct bench *bench, struct arena *arena, struct azb_error *err)
{
    const struct token_grant grant = {
        .app_id = CLIENT, .object_id = OBJECT, .audience = TEXT(AUDIENCE)};
    int64_t expires_in;
    for (int i = 0; i < TOKENS; i++) {
        const char *token = entra_issue(&bench->request, &grant, &expires_in, err);
        bench->values[i] = token ? arena_format(arena, "Bearer %s", token) : NULL;
        if (!bench->values[i] ||
            !base64url_decode(arena, text_of(strrchr(token, '.') + 1), &bench->signatures[i]))
            return fail_memory(err);
        arena_reset(&bench->request.arena);
    }
    return true;
}

/* All tokens once, each in a request of its own; microseconds a token, below 0 when refused. */
static double check_all(struct bench *bench, struct azb_error *err)
{
    static const char *const audiences[] = {AUDIENCE, NULL};
    double started = cpu_us();
    for (int i = 0; i < TOKENS; i++) {
        bench->header = (struct http_header){"Authorization", bench->values[i]};
        if (!authorize_bearer(&bench->request, audiences, err))
            return -1;
        arena_reset(&bench->request.arena);
    }
    return (cpu_us() - started) / TOKENS;
}

static void forget_all(struct service *service)
{
    authorizer_forget_tokens(service->authorizer);
}

/* As OpenSSL's manual has it. */
static bool verify_one(EVP_PKEY *key, struct text token, struct text signature)
{
    const char *dot = memrchr(token.at, '.', token.length);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool right = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                 EVP_DigestVerify(context, (const unsigned char *)signature.at, signature.length,
                     (const unsigned char *)token.at, (size_t)(dot - token.at)) == 1;
    EVP_MD_CTX_free(context);
    return right;
}

/* Signatures are decoded before. */
static double verify_all(struct bench *bench, EVP_PKEY *key)
{
    double started = cpu_us();
    for (int i = 0; i < TOKENS; i++)
        if (!verify_one(key, text_of(bench->values[i] + strlen("Bearer ")), bench->signatures[i]))
            return -1;
    return (cpu_us() - started) / TOKENS;
}

static double least(double so_far, double us)
{
    return us < so_far ? us : so_far;
}

static bool measure(struct bench *bench, struct azb_error *err)
{
    double first = 1e9, again = 1e9, bare = 1e9;
    const struct signing_key *key = entra_signing_key(bench->service.entra);
    for (int i = 0; i < ROUNDS; i++) {
        forget_all(&bench->service);
        first = least(first, check_all(bench, err));
        again = least(again, check_all(bench, err));
        bare = least(bare, verify_all(bench, key->key->key));
    }
    if (first < 0 || again < 0 || bare < 0)
        return false;
    printf("first sight       %6.2f us   bare verify %6.2f us   ratio %4.2f  (target <= 1.15)\n",
        first, bare, first / bare);
    printf("same token again  %6.2f us                                    (target <= 1.5 us)\n",
        again);
    return true;
}

int main(void)
{
    static struct bench bench;
    struct azb_error err = AZB_ERROR_INIT;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    arena_init(&bench.request.arena, 0);
    bool done = open_service(&bench.service, &err);
    bench.request.service = &bench.service;
    bench.request.plane = PLANE_BATCH;
    bench.request.headers = &bench.header;
    bench.request.header_count = 1;
    bench.request.now = clock_ticks(NULL);
    done = done && make_tokens(&bench, &arena, &err) && measure(&bench, &err);
    if (!done)
        fprintf(stderr, "bench_bearer: %s\n", err.message);
    arena_free(&bench.request.arena);
    close_service(&bench.service);
    return !done;
}
