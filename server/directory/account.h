/*
 * directory/account.h - Batch accounts: what a host name leads to, and their keys.
 */
#ifndef SERVER_DIRECTORY_ACCOUNT_H
#define SERVER_DIRECTORY_ACCOUNT_H

#include "rbac/scope.h"
#include "request.h"

/* In the store: numbers stay. What ARM calls the provisioning state. */
enum account_state {
    ACCOUNT_READY = 1,
    ACCOUNT_CREATING = 2,
    ACCOUNT_DELETING = 3,
    ACCOUNT_FAILED = 4, /* an operation on it failed: it can be made again, or deleted */
};

struct account {
    int64_t row;          /* key of the table `account` */
    const char *name;     /* "mybatch" */
    const char *location; /* "eastus" */
    const char *resource_group;
    const char *subscription_id;
    const char *tenant_id;
    const char *resource_id; /* "/subscriptions/S/resourceGroups/G/providers/..." */
    struct scope scope;      /* the same, for rbac/ */
    enum account_state state;
    bool is_default;                                            /* localhost leads to it */
    bool shared_key_allowed, entra_allowed, task_token_allowed; /* allowedAuthenticationModes */
    const char *primary_key, *secondary_key;                    /* base64 */
    const char *document; /* JSON: what else ARM keeps of it (arm/batch_account_body.h) */
    int64_t created;      /* ticks */
};

/*
 * The account that `host` names: "NAME.REGION.batch.azure.com" (and sovereign forms) by name and
 * region, "localhost:PORT" and loopback addresses the default account. Cached; the answer lives as
 * long as the service, changes of keys or modes give a new one. NULL: no such account.
 */
const struct account *account_of_host(struct service *service, struct text host);
/* The same for a request, whose path on localhost may have begun with the account's public name
 * (request->base). */
const struct account *account_of_request(const struct request *request);
/* What localhost leads to: the account that the state began with, or, when that is deleted, the one
 * that is made next. NULL: none. */
const struct account *account_default(struct service *service);
/*
 * Where clients that came as this request did reach the account, without "https://":
 * "NAME.REGION.batch.azure.com" for who uses public names; else "localhost:PORT" for the default
 * account and "localhost:PORT/NAME.REGION.batch.azure.com" for others. In the arena.
 */
char *account_endpoint(struct request *request, const struct account *account);
/* The base URL of the account as this request addressed it: "https://HOST". In the arena. */
char *account_url(struct request *request);

/* The account of that subscription, resource group and name (any case), for ARM. NULL: no such
 * account. */
const struct account *account_by_name(struct service *service, struct text subscription_id,
    struct text resource_group, struct text name);
/* The account as the store has it now: for work that writes, which must not trust what was
 * remembered before it. False: 404 ResourceNotFound. */
bool account_read(struct store_connection *connection, int64_t row, struct arena *arena,
    struct account *out, struct azb_error *err);

/* What to add; keys NULL: made. The resource group must be there. */
struct new_account {
    const char *subscription_id;
    const char *resource_group;
    const char *name;     /* 3 to 24 of a-z0-9 */
    const char *location; /* "eastus" */
    const char *primary_key, *secondary_key;
    bool shared_key_allowed, entra_allowed, task_token_allowed;
    enum account_state state; /* 0: ready */
    const char *document;     /* NULL: "{}" */
};
/* "NAME must have 3 to 24 characters of a-z and 0-9": AZB_ERROR_ARGUMENT. */
bool account_name_check(const char *name, struct azb_error *err);
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
