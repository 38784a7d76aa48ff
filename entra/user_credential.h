/*
 * entra/user_credential.h - what all users' credentials share: a refresh token if there is one, and
 * only then the person. Each of them is one file with one sign_in function.
 */
#ifndef ENTRA_USER_CREDENTIAL_H
#define ENTRA_USER_CREDENTIAL_H

#include <pthread.h>
#include "entra/credential.h"

#define USER_TIMEOUT_MS (15 * 60 * 1000LL) /* as long as a device code lives, usually */
/* What a user's request says beside the scope that was asked for. */
#define USER_SCOPES "openid profile offline_access"

struct user_credential;

/* Asks the person (or redeems what stands for having asked) and gives the token answer. */
typedef bool user_sign_in_fn(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err);

/* The state of a user's kind. */
struct user_credential {
    struct arena arena;              /* of the options' strings and what the kind keeps */
    struct azb_user_options options; /* copies */
    const char *client_secret;       /* of a web application; NULL: a public client */
    user_sign_in_fn *sign_in;        /* NULL: there is nobody to ask */
    void *own;                       /* of sign_in, in the arena */
    struct flights sign_ins;         /* one at a time */

    pthread_mutex_t lock; /* over what follows; strings of the heap, NULL while unknown */
    char *refresh_token;
    char *home_account_id, *username, *name, *tenant_id;
};

/* The state, with the options copied and the tenant's default filled in. NULL and err. Its owner is
 * credential_new(); before that user_state_free(). */
struct user_credential *user_state_new(
    const struct azb_user_options *options, user_sign_in_fn *sign_in, struct azb_error *err);
void user_state_free(void *state); /* NULL is legal */

/* credential_new() for a user's kind. Owns `state`. */
struct azb_credential *user_credential_new(const struct credential_kind *kind,
    struct user_credential *state, const struct entra_environment *world, struct azb_error *err);

/* The functions of every user's `struct credential_kind`. */
bool user_acquire(struct azb_credential *credential, const struct token_ask *ask,
    struct arena *arena, struct token_reply *reply, struct azb_error *err);
bool user_account(
    struct azb_credential *credential, struct azb_account_list *out, struct azb_error *err);
int user_owner(struct azb_credential *credential, struct arena *arena, struct cache_owner *owner,
    struct azb_error *err);

#define USER_KIND(kind_name)                                                                       \
    {                                                                                              \
        .name = kind_name, .acquire = user_acquire, .free_state = user_state_free,                 \
        .timeout_ms = USER_TIMEOUT_MS, .account = user_account, .owner = user_owner,               \
    }

/* `scope` with USER_SCOPES where they are missing: what goes onto the wire. NULL: no memory. */
char *user_scope(const char *scope, struct arena *arena);

/* A token request of `ask` with client_info and, of a web application, its secret; the grant is the
 * caller's part. `ask` must have user_scope(). */
AZB_MUST_CHECK bool user_request(struct azb_credential *credential, const struct token_ask *ask,
    struct token_request *request, struct azb_error *err);

/* AUTHENTICATION with the code "interaction_required". */
bool user_fail_interaction(struct azb_error *err, const char *reason);

/* Tells the person, by the options' function or on stderr. */
void user_tell(const struct user_credential *state, const struct azb_user_prompt *prompt);

#endif
