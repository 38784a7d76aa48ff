/*
 * fuzz_service.h - a service without a listener for the targets that need one: made at the first
 * input in a temporary folder, taken down at exit.
 */
#ifndef TESTS_FUZZ_SERVICE_H
#define TESTS_FUZZ_SERVICE_H

#include <ftw.h>
#include <unistd.h>

#include "authorize/authorize.h"
#include "base/crypto.h"
#include "directory/account.h"
#include "directory/directory.h"
#include "directory/seed.h"
#include "entra/entra.h"
#include "route.h"
#include "store/store.h"

#define FUZZ static __attribute__((unused))
#define FUZZ_TENANT "11111111-1111-4111-8111-111111111111"
#define FUZZ_CLIENT "22222222-2222-4222-8222-222222222222"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct service fuzz_service;

FUZZ int fuzz_remove(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

FUZZ void fuzz_stop(void)
{
    authorizer_free(fuzz_service.authorizer);
    entra_free(fuzz_service.entra);
    store_close(fuzz_service.store);
    directory_free(fuzz_service.directory);
    nftw(fuzz_service.state, fuzz_remove, 16, FTW_DEPTH | FTW_PHYS);
}

FUZZ struct service *fuzz_start(void)
{
    static const struct seed seed = {.tenant_id = FUZZ_TENANT,
        .administrator_client_id = FUZZ_CLIENT,
        .administrator_secret = "a-secret"};
    struct service *service = &fuzz_service;
    struct azb_error err = AZB_ERROR_INIT;
    if (service->store)
        return service;
    service->port = 8443;
    snprintf(service->base_url, sizeof service->base_url, "https://localhost:8443");
    snprintf(service->state, sizeof service->state, "/tmp/azb-fuzz-XXXXXX");
    if (!mkdtemp(service->state))
        abort();
    service->store = store_open(service->state, &err);
    service->directory = service->store ? directory_open_seeded(service, &seed, &err) : NULL;
    service->entra = service->directory ? entra_new(service, &err) : NULL;
    service->authorizer = service->entra ? authorizer_new(service, &err) : NULL;
    if (!service->authorizer)
        abort();
    atexit(fuzz_stop);
    return service;
}

FUZZ void fuzz_request(struct request *request, enum plane plane, const char *method)
{
    struct service *service = fuzz_start();
    struct azb_error err = AZB_ERROR_INIT;
    *request = (struct request){.service = service,
        .plane = plane,
        .method = method,
        .path = TEXT("/jobs"),
        .host = TEXT("localhost:8443"),
        .now = clock_ticks(&service->clock),
        .store = store_reader(service->store, &err)};
    arena_init(&request->arena, REQUEST_MEMORY_MAX);
    if (!random_guid(request->request_id))
        abort();
}

/* The rest of `input` behind its first line, which it loses. */
FUZZ struct text fuzz_line(struct text *input)
{
    struct text line = TEXT_NONE;
    text_cut(input, '\n', &line);
    return line;
}

/* The first `word` in `input` replaced. */
FUZZ struct text fuzz_replace(
    struct arena *arena, struct text input, const char *word, const char *with)
{
    const char *mark = input.length ? memmem(input.at, input.length, word, strlen(word)) : NULL;
    if (!mark)
        return input;
    struct text before = text_slice(input, 0, (size_t)(mark - input.at));
    struct text after = text_slice(input, before.length + strlen(word), input.length);
    scoped_buffer struct buffer out = {0};
    buffer_init(&out, REQUEST_BODY_MAX);
    buffer_add_text(&out, before);
    buffer_add_string(&out, with);
    buffer_add_text(&out, after);
    struct text all = buffer_text(&out);
    return (struct text){arena_copy(arena, all.at, all.length), all.length};
}

/* "HEADER\nPAYLOAD" signed as it stands, whatever it is. */
FUZZ char *fuzz_sign(
    struct arena *arena, const struct rsa_key *key, enum rsa_padding padding, struct text input)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct text signature, header = fuzz_line(&input);
    char *head =
        arena_format(arena, "%s.%s", base64url_encode(arena, header.at ? header : TEXT("")),
            base64url_encode(arena, input.at ? input : TEXT("")));
    if (!head || !rsa_sign(key, padding, text_of(head), arena, &signature, &err))
        abort();
    return arena_format(arena, "%s.%s", head, base64url_encode(arena, signature));
}

#endif
