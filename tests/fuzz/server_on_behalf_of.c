/*
 * Tokens that others present: a line with the header (KID is the id of the key), and the payload,
 * signed with the service's own key, so that the checks behind the signature are reached. Presented
 * by an API in its caller's name (on-behalf-of), and as a federated credential.
 */
#include "fuzz_service.h"

#include "entra/token.h"

#define SECRET "grant_type=%s&client_id=" FUZZ_CLIENT "&scope=https://graph.microsoft.com/.default"

/* Whether the service gives a token for `body`. */
static bool gives(const char *body)
{
    struct request request;
    struct azb_error err = AZB_ERROR_INIT;
    const struct http_header headers[] = {{"Content-Type", "application/x-www-form-urlencoded"}};
    fuzz_request(&request, PLANE_ENTRA, "POST");
    request.headers = headers;
    request.header_count = 1;
    request.values[0] = TEXT(FUZZ_TENANT);
    request.body = text_of(body);
    bool given = token_prepare_v2(&request, &err);
    azb_error_free(&err);
    arena_free(&request.arena);
    return given;
}

/* There is no user and no federated credential here: nothing may ever come of it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    scoped_arena struct arena arena = {0};
    struct service *service = fuzz_start();
    arena_init(&arena, 0);
    const struct signing_key *key = entra_signing_key(service->entra);
    struct text input = {(const char *)data, size};
    char *token =
        fuzz_sign(&arena, key->key, RSA_PKCS1_SHA256, fuzz_replace(&arena, input, "KID", key->kid));
    char *caller = arena_format(&arena,
        SECRET "&client_secret=a-secret&requested_token_use=on_behalf_of&assertion=%s",
        "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer", token);
    char *credential = arena_format(&arena,
        SECRET "&client_assertion_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Aclient-assertion-type"
               "%%3Ajwt-bearer&client_assertion=%s",
        "client_credentials", token);
    if (!caller || !credential || gives(caller) || gives(credential))
        abort();
    return 0;
}
