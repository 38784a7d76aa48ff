/*
 * env.h - STATE/env: what a shell needs to reach this azbd as its administrator.
 */
#ifndef SERVER_ENV_H
#define SERVER_ENV_H

#include "service.h"

/* Writes STATE/env (0600) anew. The names in it are a contract (README: `azb env`). */
bool env_write(struct service *service, struct azb_error *err);

#endif
