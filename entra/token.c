#include <azb/entra.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/error.h"

void azb_token_free(struct azb_token *token)
{
    if (!token)
        return;
    secret_wipe_string(token->token);
    memory_free(token->token);
    *token = (struct azb_token)AZB_TOKEN_INIT;
}

bool azb_token_set(
    struct azb_token *token, const char *string, int64_t expires_on, struct azb_error *err)
{
    char *copy = memory_string(string);
    if (!copy)
        return fail_memory(err);
    azb_token_free(token);
    token->token = copy;
    token->expires_on = expires_on;
    token->refresh_on = expires_on;
    return true;
}
