/*
 * Client assertions. "r" and a token as it is: must never be accepted, for nobody has the key. "s",
 * a line with the header, and the payload: signed with the registered key, so that the checks
 * behind the signature are reached too.
 */
#include "fuzz_service.h"

#include "entra/signing_certificate.h"
#include "entra/token.h"

static struct rsa_key *key;
static struct arena made;
static struct text der;

static void forget(void)
{
    rsa_free(key);
    arena_free(&made);
}

static bool register_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    (void)context;
    struct application application;
    struct client_certificate added;
    struct certificate *certificate = certificate_from_der(der, err);
    bool done =
        certificate &&
        application_by_app_id(connection, TEXT(FUZZ_CLIENT), &made, &application, err) &&
        certificate_add(connection, application.row, certificate, NULL, "fuzz", &made, &added, err);
    certificate_free(certificate);
    return done;
}

static void start(void)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct service *service = fuzz_start();
    if (key)
        return;
    scoped_buffer struct buffer pem = {0};
    buffer_init(&pem, 16384);
    arena_init(&made, 0);
    key = rsa_generate(2048, &err);
    if (!key || !rsa_private_pem(key, &pem, &err) ||
        !signing_certificate(buffer_text(&pem), clock_ticks(NULL), &made, &der, &err) ||
        !store_write_wait(service->store, register_work, NULL, &err))
        abort();
    atexit(forget);
}

/* "HINT" in the header stands for the thumbprint of the registered certificate. */
static struct text with_hint(struct arena *arena, struct text input)
{
    unsigned char hash[SHA256_BYTES];
    sha256(der, hash);
    return fuzz_replace(arena, input, "HINT",
        base64url_encode(arena, (struct text){(const char *)hash, sizeof hash}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request request;
    struct azb_error err = AZB_ERROR_INIT;
    struct text input = {(const char *)data, size};
    if (size < 1)
        return 0;
    start();
    bool sign = data[0] == 's';
    input = text_slice(input, 1, size);
    fuzz_request(&request, PLANE_ENTRA, "POST");
    char *assertion =
        sign ? fuzz_sign(&request.arena, key, RSA_PSS_SHA256, with_hint(&request.arena, input))
             : text_string(&request.arena, input);
    struct token_request token = {.request = &request, .tenant = TEXT(FUZZ_TENANT)};
    token.form.fields[0] = (struct form_field){TEXT("client_assertion"), text_of(assertion)};
    token.form.fields[1] = (struct form_field){TEXT("client_assertion_type"),
        TEXT("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")};
    token.form.fields[2] = (struct form_field){TEXT("client_id"), TEXT(FUZZ_CLIENT)};
    token.form.count = 3;
    struct token_client client;
    if (authenticate_client(&token, &client, &err) && !sign)
        abort();
    arena_free(&request.arena);
    return 0;
}
