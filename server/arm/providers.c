#include "arm/providers.h"

#include <ctype.h>

#include "base/error.h"

/* ---- The rows -------------------------------------------------------------------------------- */

#define PROVIDER(name, display, free)                                                              \
    {                                                                                              \
        name, display, free, (const struct provider_type[])                                        \
        {
#define TYPE(name, versions, regional) {name, versions, regional},
#define END                                                                                        \
    {                                                                                              \
        NULL, NULL, false                                                                          \
    }                                                                                              \
    }                                                                                              \
    }                                                                                              \
    ,
static const struct provider all_providers[] = {
#include "arm/providers.def"
};

#define LOCATION(name, display, geography) {name, display, geography},
static const struct location all_locations[] = {
#include "arm/locations.def"
};

const struct provider *providers(size_t *count)
{
    *count = sizeof all_providers / sizeof *all_providers;
    return all_providers;
}

const struct provider *provider_find(struct text name)
{
    for (size_t i = 0; i < sizeof all_providers / sizeof *all_providers; i++)
        if (text_equal_nocase(name, text_of(all_providers[i].name)))
            return &all_providers[i];
    return NULL;
}

const struct provider_type *provider_type_find(const struct provider *provider, struct text name)
{
    for (const struct provider_type *type = provider->types; type->name; type++)
        if (text_equal_nocase(name, text_of(type->name)))
            return type;
    return NULL;
}

const struct location *locations(size_t *count)
{
    *count = sizeof all_locations / sizeof *all_locations;
    return all_locations;
}

/* Without case and spaces: "East US" is "eastus". */
static bool same_place(struct text text, const char *name)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == ' ')
            continue;
        if (!*name || tolower((unsigned char)text.at[i]) != *name++)
            return false;
    }
    return !*name;
}

const struct location *location_find(struct text name)
{
    for (size_t i = 0; i < sizeof all_locations / sizeof *all_locations; i++)
        if (same_place(name, all_locations[i].name))
            return &all_locations[i];
    return NULL;
}

/* ---- The type of a route --------------------------------------------------------------------- */

/* The longest type that the literal segments of `rest` begin with or go through: "batchAccounts/
 * {account}/pools/{pool}" is a pool. */
static const struct provider_type *type_of_rest(const struct provider *provider, struct text rest)
{
    char name[128];
    size_t length = 0;
    struct text piece;
    const struct provider_type *found = NULL;
    while (text_cut(&rest, '/', &piece)) {
        if (text_starts(piece, "{"))
            continue;
        int added = snprintf(
            name + length, sizeof name - length, "%s%.*s", length ? "/" : "", TEXT_ARGS(piece));
        if (added < 0 || (size_t)added >= sizeof name - length)
            break;
        length += (size_t)added;
        const struct provider_type *type = provider_type_find(provider, text_of(name));
        if (type)
            found = type;
    }
    return found;
}

/* Paths without a provider: the last word of them that is a type of Microsoft.Resources. */
static const struct provider_type *resources_type(struct text path)
{
    const struct provider *provider = provider_find(TEXT("Microsoft.Resources"));
    const struct provider_type *found = provider->types;
    struct text piece;
    while (text_cut(&path, '/', &piece)) {
        const struct provider_type *type = provider_type_find(provider, piece);
        if (type)
            found = type;
    }
    return found;
}

const struct provider_type *provider_type_of_route(const char *path)
{
    static const char providers_segment[] = "/providers/";
    const char *last = NULL;
    for (const char *at = path; (at = strstr(at, providers_segment)); at++)
        last = at;
    if (!last)
        return resources_type(text_of(path));
    struct text rest = text_of(last + sizeof providers_segment - 1), name;
    text_cut(&rest, '/', &name);
    const struct provider *provider = provider_find(name);
    const struct provider_type *type = provider ? type_of_rest(provider, rest) : NULL;
    return type ? type : resources_type(TEXT("providers"));
}

/* ---- Registration ---------------------------------------------------------------------------- */

/* Kept is what is not registered: a subscription here begins with all of them. */
bool provider_is_registered(struct store_connection *connection, struct text subscription,
    const struct provider *provider, bool *out, struct azb_error *err)
{
    bool row = false;
    scoped_statement struct statement s = statement(connection,
        "SELECT 1 FROM unregistered_provider WHERE subscription_id = ?1 AND provider = ?2");
    statement_bind_text(&s, 1, subscription);
    statement_bind_string(&s, 2, provider->name);
    if (!statement_step(&s, &row, err))
        return false;
    *out = !row;
    return true;
}

bool provider_register(struct store_connection *connection, struct text subscription,
    const struct provider *provider, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "DELETE FROM unregistered_provider WHERE subscription_id = ?1 AND provider = ?2");
    statement_bind_text(&s, 1, subscription);
    statement_bind_string(&s, 2, provider->name);
    return statement_run(&s, err);
}

bool provider_unregister(struct store_connection *connection, struct text subscription,
    const struct provider *provider, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT OR IGNORE INTO unregistered_provider (subscription_id, provider) VALUES (?1, ?2)");
    statement_bind_text(&s, 1, subscription);
    statement_bind_string(&s, 2, provider->name);
    return statement_run(&s, err);
}

bool provider_check(struct store_connection *connection, struct text subscription, const char *name,
    struct azb_error *err)
{
    bool registered = true;
    const struct provider *provider = provider_find(text_of(name));
    if (provider && !provider_is_registered(connection, subscription, provider, &registered, err))
        return false;
    return registered ||
           fail_status(err, 409, "MissingSubscriptionRegistration",
               "The subscription is not registered to use namespace '%s'. Register it with 'az "
               "provider register --namespace %s'.",
               name, name);
}
