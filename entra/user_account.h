/*
 * entra/user_account.h - the account of a user's credential; for user_credential.c only.
 */
#ifndef ENTRA_USER_ACCOUNT_H
#define ENTRA_USER_ACCOUNT_H

#include "entra/user_credential.h"

/* There is a person to be asked, and the program does not forbid it. */
bool user_may_sign_in(const struct user_credential *state);

/* The program wants the person to be asked (`prompt`), and that has not happened yet. */
bool user_is_to_be_asked(const struct user_credential *state);

/* Keeps account and refresh token of an answer. AUTHENTICATION: it is another account than the one
 * that was asked for, or than before. */
AZB_MUST_CHECK bool user_remember(
    struct user_credential *state, const struct token_reply *reply, struct azb_error *err);

/* The owner with what is known of the account without looking into the cache. */
AZB_MUST_CHECK bool user_owner_begin(struct azb_credential *credential, struct arena *arena,
    struct cache_owner *owner, struct azb_error *err);

/* Makes of `found` (1, 0, -1 with `problem`) what the caller is to be told. */
int user_settle(const struct user_credential *state, int found, struct azb_error *problem,
    struct azb_error *err);

/* Wipes and frees; NULL is legal. */
void user_secret_free(char *secret);

#endif
