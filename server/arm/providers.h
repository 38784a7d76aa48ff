/*
 * arm/providers.h - resource providers, their types and api-versions, the regions; and for which
 * subscriptions a provider is registered. Rows: providers.def, locations.def.
 */
#ifndef SERVER_ARM_PROVIDERS_H
#define SERVER_ARM_PROVIDERS_H

#include "base/text.h"
#include "store/store.h"

struct provider_type {
    const char *name;     /* "batchAccounts/pools" */
    const char *versions; /* "2025-06-01,2024-07-01": newest first */
    bool is_regional;     /* it has locations */
};

struct provider {
    const char *name; /* "Microsoft.Batch" */
    const char *display_name;
    bool is_free;                      /* always registered: it cannot be unregistered */
    const struct provider_type *types; /* ends with a name NULL */
};

const struct provider *providers(size_t *count);
/* In any case; NULL when there is none. */
const struct provider *provider_find(struct text name);
const struct provider_type *provider_type_find(const struct provider *provider, struct text name);

/* The type that the pattern of a route is about: what follows its last provider, or what
 * Microsoft.Resources calls it. Never NULL. */
const struct provider_type *provider_type_of_route(const char *path);

struct location {
    const char *name;         /* "eastus" */
    const char *display_name; /* "East US" */
    const char *geography;    /* "US" */
};
const struct location *locations(size_t *count);
/* "eastus", "East US", in any case; NULL when there is none. */
const struct location *location_find(struct text name);

bool provider_is_registered(struct store_connection *connection, struct text subscription,
    const struct provider *provider, bool *out, struct azb_error *err);
/* In work that writes. */
bool provider_register(struct store_connection *connection, struct text subscription,
    const struct provider *provider, struct azb_error *err);
bool provider_unregister(struct store_connection *connection, struct text subscription,
    const struct provider *provider, struct azb_error *err);
/* 409 MissingSubscriptionRegistration. */
bool provider_check(struct store_connection *connection, struct text subscription, const char *name,
    struct azb_error *err);

#endif
