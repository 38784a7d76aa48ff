/*
 * directory/account.h - Batch accounts: what a host name leads to, and their keys.
 */
#ifndef SERVER_DIRECTORY_ACCOUNT_H
#define SERVER_DIRECTORY_ACCOUNT_H

#include "rbac/scope.h"
#include "request.h"

struct account {
    int64_t row;          /* key of the table `account` */
    const char *name;     /* "mybatch" */
    const char *location; /* "eastus" */
    const char *resource_group;
    const char *subscription_id;
    const char *tenant_id;
    const char *resource_id;                 /* "/subscriptions/S/resourceGroups/G/providers/..." */
    struct scope scope;                      /* the same, for rbac/ */
    bool shared_key_allowed, entra_allowed;  /* allowedAuthenticationModes */
    const char *primary_key, *secondary_key; /* base64 */
};

/*
 * The account that `host` names: "NAME.REGION.batch.azure.com" (and sovereign forms) by name and
 * region, "localhost:PORT" and loopback addresses the default account. Cached; the answer lives as
 * long as the service, changes of keys or modes give a new one. NULL: no such account.
 */
const struct account *account_of_host(struct service *service, struct text host);
const struct account *account_default(struct service *service);
/* The base URL of the account as this request addressed it: "https://HOST". In the arena. */
char *account_url(struct request *request);

/* The account of that resource group and name (any case), for ARM. NULL: no such account. */
const struct account *account_by_name(
    struct service *service, struct text resource_group, struct text name);

/* What to add; keys NULL: made. The resource group must be there. */
struct new_account {
    const char *subscription_id;
    const char *resource_group;
    const char *name;     /* 3 to 24 of a-z0-9 */
    const char *location; /* "eastus" */
    const char *primary_key, *secondary_key;
    bool shared_key_allowed, entra_allowed;
};
/* In work that writes; call account_changed() in the same work. */
bool account_add(struct store_connection *connection, const struct new_account *what, int64_t now,
    struct azb_error *err);
bool account_set_keys(struct store_connection *connection, int64_t row, const char *primary_key,
    const char *secondary_key, struct azb_error *err);
/* A new random key, as base64 in the arena; NULL without memory or randomness. */
char *account_make_key(struct arena *arena);
/* From work that changed the table `account`: what is remembered is read anew after the commit. */
void account_changed(struct service *service, struct store_connection *connection);

#endif
