/*
 * directory/account.h - Batch accounts: what a host name leads to, and their keys.
 */
#ifndef SERVER_DIRECTORY_ACCOUNT_H
#define SERVER_DIRECTORY_ACCOUNT_H

#include "request.h"

struct account {
    int64_t row;                   /* key of the table `account` */
    const char *name;              /* "mybatch" */
    const char *location;          /* "eastus" */
    const char *resource_group;
    const char *subscription_id;
    const char *tenant_id;
    const char *resource_id;       /* "/subscriptions/S/resourceGroups/G/providers/..." : scope */
    bool shared_key_allowed, entra_allowed; /* allowedAuthenticationModes */
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

#endif
