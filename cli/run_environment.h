/*
 * cli/run_environment.h - the environment that leads a program with production URLs to azbd.
 */
#ifndef CLI_RUN_ENVIRONMENT_H
#define CLI_RUN_ENVIRONMENT_H

#include "base/arena.h"
#include "base/text.h"
#include <azb/error.h>

/*
 * Changes the environment of this process: the lines of STATE/env, the proxy variables, the CA
 * variables. AZURE_* of the caller win; who brings an identity or an account of their own gets no
 * part of azbd's. False and err: the azbd of that state has no proxy, or no memory.
 */
bool run_environment_set(struct text lines, struct arena *arena, struct azb_error *err);

#endif
