/*
 * env.h - STATE/env: what a shell needs to reach this azbd as its administrator.
 */
#ifndef SERVER_ENV_H
#define SERVER_ENV_H

#include "service.h"

/*
 * Writes STATE/env (0600) anew. The names in it are a contract (README: `azb env`). The
 * administrator's secret, which the database has as a hash only, is `secret`, or, when that is
 * NULL, what the file of the last run says, or a new one when that is gone or not good any more.
 */
bool env_write(struct service *service, const char *secret, struct azb_error *err);

#endif
