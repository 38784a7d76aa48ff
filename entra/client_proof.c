#include "entra/client_proof.h"

#include "base/crypto.h"
#include "base/error.h"
#include "entra/assertion.h"
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

static bool prove_and_send(struct client_proof *proof, struct azb_credential *credential,
    struct token_request *request, struct arena *arena, struct token_reply *reply,
    struct azb_error *err)
{
    return proof->add(proof->state, credential, request, arena, err) &&
           token_request_send(request, credential->http, arena, reply, err);
}

/* Was it refused because of the clocks, and do they disagree? */
static bool is_misdated(const struct token_request *request, const struct token_reply *reply,
    const struct azb_error *problem)
{
    return request->dated_on && reply->answered_on && strcmp(problem->code, "AADSTS700024") == 0 &&
           !assertion_is_current(request->dated_on, reply->answered_on);
}

/* Nobody but the machine's owner can mend the clock: say by how much it is wrong. */
static void explain_by_clock(int64_t ahead_s, struct azb_error *err)
{
    char span[TIME_TEXT_MAX];
    if (strcmp(err->code, "AADSTS700024") != 0 || ahead_s == 0)
        return;
    duration_format((ahead_s < 0 ? -ahead_s : ahead_s) * TICKS_PER_SECOND, span);
    fail_while(err, "this machine's clock is %s %s the authority's", span,
        ahead_s < 0 ? "ahead of" : "behind");
}

bool client_proof_send(struct client_proof *proof, struct azb_credential *credential,
    const struct token_request *request, struct arena *arena, struct token_reply *reply,
    struct azb_error *err)
{
    struct azb_error problem = AZB_ERROR_INIT;
    struct token_request proven = *request;
    if (prove_and_send(proof, credential, &proven, arena, reply, &problem))
        return true;
    if (is_misdated(&proven, reply, &problem)) {
        azb_error_free(&problem);
        atomic_store_explicit(&credential->authority_ahead_s,
            reply->answered_on - clock_seconds(credential->clock), memory_order_relaxed);
        proven = *request;
        if (prove_and_send(proof, credential, &proven, arena, reply, &problem))
            return true;
    }
    if (reply->answered_on)
        explain_by_clock(reply->answered_on - clock_seconds(credential->clock), &problem);
    return error_move(err, &problem);
}

bool client_proof_acquire(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err)
{
    struct token_request request;
    if (!credential_request(credential, ask, &request, err))
        return false;
    token_request_add(&request, "grant_type", TEXT("client_credentials"));
    return client_proof_send(credential->state, credential, &request, arena, reply, err);
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
