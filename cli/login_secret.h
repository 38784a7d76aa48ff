/*
 * cli/login_secret.h - the secret of a login: an application's client secret, or the password of
 * its certificate. One file each (0600) in $XDG_DATA_HOME/azb/secrets, in clear text, as az keeps
 * them too: whoever can read this user's files can sign in as the application.
 */
#ifndef CLI_LOGIN_SECRET_H
#define CLI_LOGIN_SECRET_H

#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

#define LOGIN_SECRET_MAX 4096 /* bytes */

/* Where the secret of that login is kept, for messages. NULL and err. */
char *login_secret_path(const char *name, struct arena *arena, struct azb_error *err);

AZB_MUST_CHECK bool login_secret_keep(
    const char *name, const char *secret, struct arena *arena, struct azb_error *err);
/* The secret, in the arena, which the caller wipes. NULL and err (CONFIGURATION): it is gone. */
char *login_secret_read(const char *name, struct arena *arena, struct azb_error *err);
/* Deletes it. True when it was not there. */
AZB_MUST_CHECK bool login_secret_drop(const char *name, struct arena *arena, struct azb_error *err);

#endif
