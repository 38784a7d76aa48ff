/*
 * env.h - STATE/env: what a shell needs to reach this azbd as its administrator.
 */
#ifndef SERVER_ENV_H
#define SERVER_ENV_H

#include "service.h"

/* What a configuration gives; NULL otherwise. */
struct env_given {
    const char *client_secret; /* the administrator's */
    const char *password;      /* the user's */
};

/*
 * Writes STATE/env (0600) anew. The names in it are a contract (README: `azb env`). What the
 * database has as a hash only, the administrator's secret and the user's password, is what is
 * given (NULL: nothing), or what the file of the last run says, or a new one when that is gone or
 * not good any more.
 */
bool env_write(struct service *service, const struct env_given *given, struct azb_error *err);

#endif
