/*
 * cli/identity.h - who azb is: a flag, else `azb login`, else the environment.
 *
 * - --as NAME (or AZB_LOGIN) names a login, or "environment".
 * - --env-file that holds an identity: that one.
 * - the current login; with AZURE_AUTHORITY_HOST set, the current one of that authority: after
 *   `eval "$(azb env)"` a login to another cloud is not meant.
 * - what the environment describes.
 */
#ifndef CLI_IDENTITY_H
#define CLI_IDENTITY_H

#include <azb/entra.h>
#include "cli/login_store.h"

struct identity {
    const struct login *login;  /* NULL: the environment's */
    const char *reason;         /* why this one */
    const char *authority_host; /* NULL is the public cloud */
    const char *ca_file;        /* NULL is the system's */
    struct login_list logins;   /* all of them */
};

#define IDENTITY_ENVIRONMENT "environment"

/* `as`: the flag's value or NULL; `env_file`: the name of the file that gave an identity, or NULL.
 * Strings live in the arena. False and err: NOT_FOUND, or the store cannot be read. */
AZB_MUST_CHECK bool identity_choose(const char *as, const char *env_file, struct arena *arena,
    struct identity *out, struct azb_error *err);

/* The credential of a login; `secret` NULL is the one that is kept for it. NULL and err. Free with
 * azb_credential_free(), before the cache. */
struct azb_credential *login_credential(const struct login *login, const char *secret,
    struct azb_cache *cache, struct arena *arena, struct azb_error *err);

#endif
