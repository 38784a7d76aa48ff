/*
 * cli/azure_cli_account.h - who `az` is signed in as: azb looks, and never changes it.
 */
#ifndef CLI_AZURE_CLI_ACCOUNT_H
#define CLI_AZURE_CLI_ACCOUNT_H

#include "entra/foreign_cache.h"

/* The account of az's current subscription, in the arena; NULL: there is none, and `*notice` (or
 * NULL) says what was there and could not be read. False and err: out of memory. */
AZB_MUST_CHECK bool azure_cli_account(struct arena *arena, const struct foreign_account **account,
    const char **notice, struct azb_error *err);

#endif
