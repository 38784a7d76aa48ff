/*
 * An application with a certificate: an assertion signed with its key. A file is read again when it
 * changed, because certificates are renewed under the same name.
 */
#include "entra/client_proof.h"

#include <pthread.h>

#include "base/crypto.h"
#include "base/error.h"
#include "entra/assertion.h"
#include "entra/secret_file.h"

#define FILE_MAX ((size_t)256 * 1024)

/* One state of the file. */
struct loaded {
    struct arena arena; /* the chain */
    struct certificate *certificate;
    struct assertion_signer signer;
    struct file_stamp stamp;
};

struct state {
    pthread_mutex_t lock; /* held while signing: what is signed with may be replaced */
    struct loaded loaded;
    char *path; /* NULL: it was given as text, and stays */
    char *password;
    bool send_chain;
};

static void loaded_free(struct loaded *loaded)
{
    certificate_free(loaded->certificate);
    arena_free(&loaded->arena);
}

static void free_state(void *context)
{
    struct state *state = context;
    if (!state)
        return;
    loaded_free(&state->loaded);
    secret_wipe_string(state->password);
    memory_free(state->password);
    memory_free(state->path);
    memory_free(state);
}

static bool take_certificate(
    struct loaded *loaded, struct text pem, const char *password, struct azb_error *err)
{
    loaded->certificate = certificate_from_encrypted_pem(pem, password, err);
    if (!loaded->certificate)
        return false;
    if (!certificate_private_key(loaded->certificate))
        return fail(err, AZB_ERROR_CONFIGURATION,
            "the PEM holds a certificate but no private key: put both into one file");
    loaded->signer.certificate = loaded->certificate;
    return true;
}

static bool load_pem(
    struct loaded *loaded, const struct state *state, struct text pem, struct azb_error *err)
{
    struct assertion_signer *signer = &loaded->signer;
    if (!take_certificate(loaded, pem, state->password, err))
        return false;
    return !state->send_chain ||
           assertion_chain_read(pem, &loaded->arena, &signer->chain, &signer->chain_length, err);
}

static bool load_bytes(
    struct loaded *loaded, const struct state *state, struct text bytes, struct azb_error *err)
{
    scoped_buffer struct buffer pem = {0};
    buffer_init(&pem, FILE_MAX);
    bool read = pfx_detect(bytes) ? pfx_to_pem(bytes, state->password, &pem, err) &&
                                        load_pem(loaded, state, buffer_text(&pem), err)
                                  : load_pem(loaded, state, bytes, err);
    if (!read && err && err->kind == AZB_ERROR_ARGUMENT)
        err->kind = AZB_ERROR_CONFIGURATION; /* the file is wrong, not the call */
    return read;
}

static bool load_file(struct loaded *loaded, const struct state *state, struct azb_error *err)
{
    scoped_buffer struct buffer bytes = {0};
    buffer_init(&bytes, FILE_MAX);
    if (!secret_file_read(state->path, &bytes, &loaded->stamp, err))
        return false;
    return load_bytes(loaded, state, buffer_text(&bytes), err) ||
           fail_while(err, "%s", state->path);
}

/* A file that cannot be read, or not yet, leaves the certificate that was: if that has expired,
 * Entra says so, and the next request looks again. */
static void renew(struct state *state)
{
    struct azb_error ignored = AZB_ERROR_INIT;
    struct loaded next = {.signer = {.algorithm = state->loaded.signer.algorithm}};
    if (!state->path || !secret_file_changed(state->path, &state->loaded.stamp))
        return;
    arena_init(&next.arena, 0);
    if (!load_file(&next, state, &ignored)) {
        loaded_free(&next);
        return;
    }
    loaded_free(&state->loaded);
    state->loaded = next;
}

static bool add(void *context, const struct azb_credential *credential,
    struct token_request *request, struct arena *arena, struct azb_error *err)
{
    struct state *state = context;
    request->dated_on = credential_authority_seconds(credential);
    pthread_mutex_lock(&state->lock);
    renew(state);
    char *assertion = assertion_sign(&state->loaded.signer, credential->client_id,
        request->endpoint, request->dated_on, arena, err);
    pthread_mutex_unlock(&state->lock);
    if (!assertion)
        return fail_while(err, "signing the client assertion");
    assertion_add(request, assertion);
    return true;
}

static bool source_check(const struct certificate_source *source, struct azb_error *err)
{
    if (!source->path == !source->pem)
        return fail(err, AZB_ERROR_ARGUMENT, "give either certificate_path or certificate_pem: %s",
            source->pem ? "both are set" : "neither is set");
    if (source->algorithm != AZB_ASSERTION_PS256 && source->algorithm != AZB_ASSERTION_RS256)
        return fail(err, AZB_ERROR_ARGUMENT, "algorithm %d is neither PS256 nor RS256",
            (int)source->algorithm);
    return true;
}

static bool fill(
    struct state *state, const struct certificate_source *source, struct azb_error *err)
{
    pthread_mutex_init(&state->lock, NULL);
    arena_init(&state->loaded.arena, 0);
    state->loaded.signer.algorithm = source->algorithm;
    state->send_chain = source->send_chain;
    state->path = source->path ? memory_string(source->path) : NULL;
    state->password = source->password ? memory_string(source->password) : NULL;
    if ((source->path && !state->path) || (source->password && !state->password))
        return fail_memory(err);
    if (state->path)
        return load_file(&state->loaded, state, err);
    return load_bytes(&state->loaded, state, text_of(source->pem), err) ||
           fail_while(err, "certificate_pem");
}

struct client_proof *client_proof_certificate(
    const struct certificate_source *source, struct azb_error *err)
{
    if (!source_check(source, err))
        return NULL;
    struct state *state = memory_alloc(sizeof(*state));
    if (!state) {
        fail_memory(err);
        return NULL;
    }
    if (fill(state, source, err))
        return client_proof_new(add, free_state, state, err);
    free_state(state);
    return NULL;
}
