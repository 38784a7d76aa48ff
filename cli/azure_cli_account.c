#include "cli/azure_cli_account.h"

bool azure_cli_account(struct arena *arena, const struct foreign_account **account,
    const char **notice, struct azb_error *err)
{
    struct foreign_places places;
    struct foreign_accounts accounts;
    *account = NULL;
    if (!foreign_places_find(NULL, arena, &places, err))
        return false;
    places.identity_folders[0] = places.identity_folders[1] = NULL; /* of the SDKs, not of az */
    if (!foreign_accounts(&places, arena, &accounts, err))
        return false;
    for (size_t i = 0; i < accounts.count && !*account; i++)
        if (accounts.at[i].is_default)
            *account = &accounts.at[i];
    *notice = accounts.notice;
    return true;
}
