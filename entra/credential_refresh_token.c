/*
 * A refresh token from elsewhere, or the one that the cache has (RFC 6749 section 6). Nobody is
 * asked: when it is refused the error says so.
 */
#include "entra/user_credential.h"

#include "base/error.h"

static const struct credential_kind refresh_token_kind = USER_KIND("refresh_token");

struct azb_credential *refresh_token_new(const struct azb_user_options *options,
    const char *refresh_token, const struct entra_environment *world, struct azb_error *err)
{
    struct user_credential *state = user_state_new(options, NULL, err);
    if (!state)
        return NULL;
    state->refresh_token = refresh_token && refresh_token[0] ? memory_string(refresh_token) : NULL;
    if (!state->refresh_token && refresh_token && refresh_token[0]) {
        user_state_free(state);
        fail_memory(err);
        return NULL;
    }
    return user_credential_new(&refresh_token_kind, state, world, err);
}

struct azb_credential *azb_credential_refresh_token(
    const struct azb_user_options *options, const char *refresh_token, struct azb_error *err)
{
    return refresh_token_new(options, refresh_token, NULL, err);
}
