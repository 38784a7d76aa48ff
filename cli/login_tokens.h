/*
 * cli/login_tokens.h - the tokens of logins on disk: azb's token cache, shared by all processes.
 *
 * A user's credential keeps its tokens there by itself. An application's does not (a library must
 * not write files that nobody asked for), so here is the provider that does it for a login: a
 * command finds the token of the one before.
 */
#ifndef CLI_LOGIN_TOKENS_H
#define CLI_LOGIN_TOKENS_H

#include <azb/entra.h>
#include "cli/login_store.h"

#define TOKENS_IN_FILE "file"
#define TOKENS_IN_KEYRING "keyring"

/* Opens the cache there. NULL and err: IO, CONFIGURATION. Free with azb_cache_free(). */
struct azb_cache *login_tokens_open(const char *tokens_in, struct azb_error *err);

/* Where the tokens of a new login go: `wanted` ("file", "keyring", or NULL: the keyring where there
 * is one). NULL and err; a note on stderr says when there is no keyring. */
const char *login_tokens_choose(
    const char *wanted, struct azb_cache **cache, struct azb_error *err);

/* For messages: the file, or "the keyring". NULL: out of memory or no home. */
const char *login_tokens_place(const char *tokens_in, struct arena *arena);

/* Takes the tokens of the login out of the cache. */
AZB_MUST_CHECK bool login_tokens_forget(
    struct azb_cache *cache, const struct login *login, struct azb_error *err);

/* What an application's login asks: the cache, then the credential, and keeps what that gives.
 * All of it must outlive the provider. */
struct login_tokens {
    const struct login *login;
    struct azb_cache *cache;
    struct azb_credential *credential;
};
struct azb_token_provider login_tokens_provider(struct login_tokens *tokens);

#endif
