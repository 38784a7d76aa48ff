/*
 * An application that shows somebody else's statement: made by the program itself, or by an issuer
 * that Entra trusts and that keeps a file up to date (workload identity federation).
 */
#include "entra/client_proof.h"

#include "base/crypto.h"
#include "base/error.h"
#include "entra/assertion.h"
#include "entra/secret_file.h"

#define ASSERTION_MAX ((size_t)64 * 1024) /* a Kubernetes token has about 1 KiB */

struct callback {
    azb_assertion_fn *assertion;
    void *context;
};

/* A JWT is printable; this also finds a file of another kind before it is sent anywhere. */
static bool assertion_check(struct text assertion, struct azb_error *err)
{
    for (size_t i = 0; i < assertion.length; i++)
        if (assertion.at[i] <= ' ' || assertion.at[i] >= 0x7f)
            return fail(err, AZB_ERROR_CONFIGURATION,
                "the assertion is no JWT: character %zu is a space or not ASCII", i + 1);
    return assertion.length > 0 ||
           fail(err, AZB_ERROR_CONFIGURATION, "the assertion is empty; a JWT is expected");
}

static bool add_text(struct text assertion, struct token_request *request, struct arena *arena,
    struct azb_error *err)
{
    if (!assertion_check(assertion, err))
        return false;
    char *copy = text_string(arena, assertion);
    if (!copy)
        return fail_memory(err);
    assertion_add(request, copy);
    return true;
}

/* ---- Made by the program ---- */

static bool add_made(void *context, const struct azb_credential *credential,
    struct token_request *request, struct arena *arena, struct azb_error *err)
{
    const struct callback *callback = context;
    struct azb_token made = AZB_TOKEN_INIT;
    struct azb_error problem = AZB_ERROR_INIT;
    if (!callback->assertion(
            callback->context, credential->client_id, request->endpoint, &made, &problem)) {
        if (problem.kind == AZB_ERROR_NONE)
            fail(&problem, AZB_ERROR_CONFIGURATION, "it gave no reason");
        error_move(err, &problem);
        azb_token_free(&made);
        return fail_while(err, "the program's assertion callback");
    }
    bool added = add_text(text_of(made.token), request, arena, err) ||
                 fail_while(err, "the program's assertion callback");
    azb_token_free(&made);
    return added;
}

struct client_proof *client_proof_callback(
    azb_assertion_fn *assertion, void *context, struct azb_error *err)
{
    if (!assertion) {
        fail(err, AZB_ERROR_ARGUMENT,
            "assertion is missing: give the function that makes the assertion");
        return NULL;
    }
    struct callback *callback = memory_alloc(sizeof(*callback));
    if (callback)
        *callback = (struct callback){assertion, context};
    return client_proof_new(add_made, memory_free, callback, err);
}

/* ---- Kept in a file ---- */

static bool add_file(void *path, const struct azb_credential *credential,
    struct token_request *request, struct arena *arena, struct azb_error *err)
{
    scoped_buffer struct buffer bytes = {0};
    (void)credential;
    buffer_init(&bytes, ASSERTION_MAX);
    if (!secret_file_read(path, &bytes, NULL, err))
        return false;
    return add_text(text_trim(buffer_text(&bytes)), request, arena, err) ||
           fail_while(err, "%s", (const char *)path);
}

struct client_proof *client_proof_file(const char *path, struct azb_error *err)
{
    return client_proof_new(add_file, memory_free, memory_string(path), err);
}
