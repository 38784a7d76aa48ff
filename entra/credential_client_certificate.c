/*
 * An application with a certificate: the client credentials grant with a signed assertion in the
 * secret's place (RFC 7523 section 2.2).
 */
#include "entra/credential.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/error.h"
#include "entra/assertion.h"

#define PEM_MAX ((size_t)256 * 1024)

struct state {
    struct arena arena; /* the chain */
    struct certificate *certificate;
    struct assertion_signer signer;
};

static bool acquire(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    const struct state *state = credential->state;
    struct token_request request;
    if (!credential_request(credential, ask, &request, err))
        return false;
    char *assertion = assertion_sign(&state->signer, credential->client_id, request.endpoint,
        clock_seconds(credential->clock), arena, err);
    if (!assertion)
        return fail_while(err, "signing the client assertion");
    request.once = true;
    token_request_add(&request, "grant_type", TEXT("client_credentials"));
    token_request_add(&request, "client_assertion_type", TEXT(ASSERTION_TYPE));
    token_request_add(&request, "client_assertion", text_of(assertion));
    return token_request_send(&request, credential->http, arena, reply, err);
}

static void free_state(void *context)
{
    struct state *state = context;
    certificate_free(state->certificate);
    arena_free(&state->arena);
    memory_free(state);
}

static const struct credential_kind client_certificate = {
    .name = "client_certificate",
    .acquire = acquire,
    .free_state = free_state,
    .is_application = true,
};

static bool read_all(int file, struct buffer *pem)
{
    char piece[4096];
    ssize_t got;
    while (!pem->failed && (got = read(file, piece, sizeof(piece))) != 0) {
        if (got < 0 && errno != EINTR)
            return false;
        if (got > 0)
            buffer_add(pem, piece, (size_t)got);
    }
    secret_wipe(piece, sizeof(piece));
    return true;
}

static bool read_file(const char *path, struct buffer *pem, struct azb_error *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0)
        return fail(err, AZB_ERROR_IO, "%s cannot be opened: %s", path, strerror(errno));
    bool read = read_all(file, pem);
    int problem = errno;
    close(file);
    if (!read)
        return fail(err, AZB_ERROR_IO, "%s cannot be read: %s", path, strerror(problem));
    return !pem->failed ||
           fail(err, AZB_ERROR_IO,
               "%s is too large for a PEM with a certificate (%zu bytes at most), or "
               "memory is out",
               path, PEM_MAX);
}

static bool read_pem(
    const struct azb_client_certificate_options *options, struct buffer *pem, struct azb_error *err)
{
    if (!options->certificate_path == !options->certificate_pem)
        return fail(err, AZB_ERROR_ARGUMENT, "give either certificate_path or certificate_pem: %s",
            options->certificate_pem ? "both are set" : "neither is set");
    if (options->certificate_path)
        return read_file(options->certificate_path, pem, err);
    buffer_add_string(pem, options->certificate_pem);
    return !pem->failed || fail_memory(err);
}

static bool is_encrypted(struct text pem)
{
    return memmem(pem.at, pem.length, "BEGIN ENCRYPTED PRIVATE KEY", 27) ||
           memmem(pem.at, pem.length, "Proc-Type: 4,ENCRYPTED", 22);
}

static bool take_certificate(struct state *state, struct text pem, struct azb_error *err)
{
    if (pem.length && is_encrypted(pem))
        return fail(err, AZB_ERROR_CONFIGURATION,
            "the private key is encrypted, which is not supported yet: write an unencrypted copy "
            "with `openssl pkey -in FILE -out COPY` and keep it readable by you only");
    state->certificate = certificate_from_pem(pem, err);
    if (!state->certificate) {
        if (err && err->kind == AZB_ERROR_ARGUMENT)
            err->kind = AZB_ERROR_CONFIGURATION;
        return false;
    }
    if (!certificate_private_key(state->certificate))
        return fail(err, AZB_ERROR_CONFIGURATION,
            "the PEM holds a certificate but no private key: put both into one file");
    state->signer.certificate = state->certificate;
    return true;
}

static bool fill(struct state *state, const struct azb_client_certificate_options *options,
    struct azb_error *err)
{
    scoped_buffer struct buffer pem;
    buffer_init(&pem, PEM_MAX);
    if (!read_pem(options, &pem, err))
        return false;
    if (!take_certificate(state, buffer_text(&pem), err))
        return fail_while(
            err, "%s", options->certificate_path ? options->certificate_path : "certificate_pem");
    if (!options->send_certificate_chain)
        return true;
    return assertion_chain_read(
        buffer_text(&pem), &state->arena, &state->signer.chain, &state->signer.chain_length, err);
}

static struct state *state_new(
    const struct azb_client_certificate_options *options, struct azb_error *err)
{
    struct state *state = memory_alloc(sizeof(*state));
    if (!state) {
        fail_memory(err);
        return NULL;
    }
    arena_init(&state->arena, 0);
    state->signer.algorithm = options->algorithm;
    if (fill(state, options, err))
        return state;
    free_state(state);
    return NULL;
}

struct azb_credential *client_certificate_new(const struct azb_client_certificate_options *options,
    const struct entra_environment *world, struct azb_error *err)
{
    struct azb_client_certificate_options own;
    if (!options_read(&own, sizeof(own), options, err))
        return NULL;
    if (own.algorithm != AZB_ASSERTION_PS256 && own.algorithm != AZB_ASSERTION_RS256) {
        fail(
            err, AZB_ERROR_ARGUMENT, "algorithm %d is neither PS256 nor RS256", (int)own.algorithm);
        return NULL;
    }
    struct state *state = state_new(&own, err);
    if (!state)
        return NULL;
    struct credential_names names = {
        .tenant_id = own.tenant_id,
        .client_id = own.client_id,
        .authority_host = own.authority_host,
        .ca_file = own.ca_file,
    };
    return credential_new(&client_certificate, state, &names, world, err);
}

struct azb_credential *azb_credential_client_certificate(
    const struct azb_client_certificate_options *options, struct azb_error *err)
{
    return client_certificate_new(options, NULL, err);
}
