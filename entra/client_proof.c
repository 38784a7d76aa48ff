#include "entra/client_proof.h"

#include "base/crypto.h"
#include "base/error.h"
#include "entra/secret_file.h"

#define SECRET_MAX (16 * 1024)

struct client_proof {
    client_proof_add_fn *add;
    void (*free_state)(void *state);
    void *state;
};

struct client_proof *client_proof_new(
    client_proof_add_fn *add, void (*free_state)(void *state), void *state, struct azb_error *err)
{
    struct client_proof *proof = state ? memory_alloc(sizeof(*proof)) : NULL;
    if (!proof) {
        free_state(state);
        fail_memory(err);
        return NULL;
    }
    *proof = (struct client_proof){add, free_state, state};
    return proof;
}

void client_proof_free(void *context)
{
    struct client_proof *proof = context;
    if (!proof)
        return;
    proof->free_state(proof->state);
    memory_free(proof);
}

bool client_proof_add(struct client_proof *proof, const struct azb_credential *credential,
    struct token_request *request, struct arena *arena, struct azb_error *err)
{
    return proof->add(proof->state, credential, request, arena, err);
}

bool client_proof_acquire(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    struct token_request request;
    if (!credential_request(credential, ask, &request, err))
        return false;
    token_request_add(&request, "grant_type", TEXT("client_credentials"));
    return client_proof_add(credential->state, credential, &request, arena, err) &&
           token_request_send(&request, credential->http, arena, reply, err);
}

/* ---- A secret, in the form (client_secret_post), which Entra and AD FS both take ---- */

static bool add_secret(void *secret, const struct azb_credential *credential,
    struct token_request *request, struct arena *arena, struct azb_error *err)
{
    (void)credential;
    (void)arena;
    (void)err;
    token_request_add(request, "client_secret", text_of(secret));
    return true;
}

static void free_secret(void *secret)
{
    secret_wipe_string(secret);
    memory_free(secret);
}

struct client_proof *client_proof_secret(const char *secret, struct azb_error *err)
{
    if (!secret || !secret[0]) {
        fail(err, AZB_ERROR_ARGUMENT, "client_secret is missing: give the secret's value");
        return NULL;
    }
    return client_proof_new(add_secret, free_secret, memory_string(secret), err);
}

static bool add_secret_file(void *path, const struct azb_credential *credential,
    struct token_request *request, struct arena *arena, struct azb_error *err)
{
    scoped_buffer struct buffer bytes = {0};
    (void)credential;
    buffer_init(&bytes, SECRET_MAX);
    if (!secret_file_read(path, &bytes, NULL, err))
        return false;
    struct text secret = text_trim(buffer_text(&bytes));
    if (secret.length == 0)
        return fail(err, AZB_ERROR_CONFIGURATION, "%s holds no client secret", (const char *)path);
    char *copy = text_string(arena, secret);
    if (!copy)
        return fail_memory(err);
    token_request_add(request, "client_secret", text_of(copy));
    return true;
}

struct client_proof *client_proof_secret_file(const char *path, struct azb_error *err)
{
    return client_proof_new(add_secret_file, memory_free, memory_string(path), err);
}
