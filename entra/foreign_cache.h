/*
 * entra/foreign_cache.h - what `az` and the Azure SDKs keep in the home folder, read and never
 * written: who is signed in there, and access tokens that are still good.
 *
 * A foreign refresh token is not read at all: it belongs to another client id. Caches that are
 * encrypted (.bin) or in the keyring (.sig), and az's pickle of HTTP answers, are not opened; the
 * first two are named in `notice`, so that the caller can say why nothing was found and ask `az`.
 *
 *   $AZURE_CONFIG_DIR or ~/.azure: azureProfile.json, msal_token_cache.json,
 *                                  service_principal_entries.json (names only, never the secrets)
 *   ~/.IdentityService, ~/.local/.IdentityService: msal.cache
 */
#ifndef ENTRA_FOREIGN_CACHE_H
#define ENTRA_FOREIGN_CACHE_H

#include "base/arena.h"
#include "base/text.h"
#include "entra/environment.h"

/* Where to look. NULL: not there. */
struct foreign_places {
    const char *azure_folder;
    const char *identity_folders[2];
};

/* By AZURE_CONFIG_DIR and HOME. False: out of memory. */
AZB_MUST_CHECK bool foreign_places_find(const struct entra_environment *world, struct arena *arena,
    struct foreign_places *out, struct azb_error *err);

/* One sign-in, or one subscription of it. What is not known is NULL. */
struct foreign_account {
    const char *source;   /* the file that tells it */
    const char *username; /* of a user its name, of a service principal its application id */
    bool is_service_principal;
    const char *tenant_id;
    const char *subscription_id, *subscription_name; /* of az */
    const char *cloud; /* "AzureCloud" of az's profile, the login host of MSAL's accounts */
    bool is_default;   /* az's current subscription */
};

struct foreign_accounts {
    struct foreign_account *at;
    size_t count;
    const char *notice; /* NULL, or a sentence: what is there and could not be read */
};

/* All of them, in the arena. Files that are missing are passed over; one that cannot be read or
 * understood is named in `notice`. False: out of memory. */
AZB_MUST_CHECK bool foreign_accounts(const struct foreign_places *places, struct arena *arena,
    struct foreign_accounts *out, struct azb_error *err);

/* As `az account get-access-token` is asked. At most one of the first two. */
struct foreign_ask {
    const char *tenant_id;    /* GUID; NULL: of the subscription */
    const char *subscription; /* id or name; NULL: az's current one */
    const char *scope;        /* "https://batch.core.windows.net//.default" */
    int64_t now, min_valid_s; /* as of disk_cache_find_token() */
};

/* The access token that az would answer with from its own cache: of the user or the service
 * principal that az's profile names. 1 found; 0: not there, or not to be read; -1 and err: out of
 * memory. */
int foreign_cache_find_token(const struct foreign_places *places, const struct foreign_ask *ask,
    struct azb_token *out, struct azb_error *err);

/* The text of azureProfile.json and of service_principal_entries.json; what is
 * no such text adds nothing. False: it cannot be understood, or out of memory (arena->failed). */
bool foreign_profile_read(
    struct text body, struct arena *arena, struct foreign_accounts *out, struct azb_error *err);
bool foreign_principals_read(
    struct text body, struct arena *arena, struct foreign_accounts *out, struct azb_error *err);

#endif
