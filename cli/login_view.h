/*
 * cli/login_view.h - a login as commands print it.
 */
#ifndef CLI_LOGIN_VIEW_H
#define CLI_LOGIN_VIEW_H

#include "cli/azure_cli_account.h"
#include "cli/login_store.h"
#include "cli/output.h"

enum login_place { LOGIN_CURRENT, LOGIN_OTHER };

/* One login. NULL and err. */
const struct json *login_view(
    const struct login *login, enum login_place place, struct arena *arena, struct azb_error *err);

/* All of them, as a list; `current` is one of them or NULL. `azure_cli` (or NULL) is who az is
 * signed in as: the last row. NULL and err. */
const struct json *login_list_view(const struct login_list *list, const struct login *current,
    const struct foreign_account *azure_cli, struct arena *arena, struct azb_error *err);

#endif
