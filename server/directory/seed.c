#include "directory/seed.h"

#include "base/error.h"
#include "directory/account.h"
#include "directory/complete.h"
#include "directory/state.h"
#include "entra/entra.h"

#define OWNER_ROLE "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"

/* What the steps share. */
struct seeding {
    struct service *service;
    struct store_connection *connection;
    const struct seed *seed;
    int64_t now;
    struct arena arena;
    char tenant_id[GUID_TEXT];
    const char *subscription_id;
    const char *resource_group;
    const char *location;
};

static const char *or_default(const char *value, const char *fallback)
{
    return value ? value : fallback;
}

static bool seed_tenant(struct seeding *seeding, struct azb_error *err)
{
    const struct seed *seed = seeding->seed;
    if (!directory_id(seed->tenant_id, "the tenant id", seeding->tenant_id, err))
        return false;
    scoped_statement struct statement s = statement(seeding->connection,
        "INSERT INTO tenant (id, domain, display_name, created) VALUES (?1, ?2, ?3, ?4)");
    statement_bind_string(&s, 1, seeding->tenant_id);
    statement_bind_string(&s, 2, or_default(seed->tenant_domain, "azb.onmicrosoft.com"));
    statement_bind_string(&s, 3, or_default(seed->tenant_name, "azb"));
    statement_bind_i64(&s, 4, seeding->now);
    return statement_run(&s, err) || fail_while(err, "tenant");
}

static bool seed_keys(struct seeding *seeding, struct azb_error *err)
{
    unsigned char key[SECRET_HASH_KEY_BYTES];
    if (!random_bytes(key, sizeof key))
        return fail(err, AZB_ERROR_IO, "the system gives no random numbers");
    struct text value = {(const char *)key, sizeof key};
    bool stored = directory_value_set(seeding->connection, "secret_hash_key", value, err);
    secret_wipe(key, sizeof key);
    return stored && entra_make_key(seeding->connection, seeding->now, err);
}

static bool seed_subscription(struct seeding *seeding, struct azb_error *err)
{
    char id[GUID_TEXT];
    if (!directory_id(seeding->subscription_id, "the subscription id", id, err))
        return false;
    scoped_statement struct statement s = statement(seeding->connection,
        "INSERT INTO subscription (id, tenant_id, display_name) VALUES (?1, ?2, ?3)");
    statement_bind_string(&s, 1, id);
    statement_bind_string(&s, 2, seeding->tenant_id);
    statement_bind_string(&s, 3, or_default(seeding->seed->subscription_name, "azb"));
    return statement_run(&s, err) || fail_while(err, "subscription");
}

static bool seed_resource_group(struct seeding *seeding, struct azb_error *err)
{
    scoped_statement struct statement s = statement(seeding->connection,
        "INSERT INTO resource_group (subscription_id, name, location) VALUES (?1, ?2, ?3)");
    statement_bind_string(&s, 1, seeding->subscription_id);
    statement_bind_string(&s, 2, seeding->resource_group);
    statement_bind_string(&s, 3, seeding->location);
    return statement_run(&s, err) || fail_while(err, "resource group");
}

static bool seed_account(struct seeding *seeding, struct azb_error *err)
{
    const struct new_account account = {
        .subscription_id = seeding->subscription_id,
        .resource_group = seeding->resource_group,
        .name = or_default(seeding->seed->account_name, "azb"),
        .location = seeding->location,
        .primary_key = seeding->seed->account_primary_key,
        .secondary_key = seeding->seed->account_secondary_key,
        .shared_key_allowed = true,
        .entra_allowed = true,
        .task_token_allowed = true,
    };
    return account_add(seeding->connection, &account, seeding->now, err);
}

static bool seed_owner(struct seeding *seeding, const char *object_id, struct azb_error *err)
{
    char id[GUID_TEXT];
    const char *scope =
        arena_format(&seeding->arena, "/subscriptions/%s", seeding->subscription_id);
    if (!scope)
        return fail_memory(err);
    if (!directory_id(NULL, "the role assignment", id, err))
        return false;
    scoped_statement struct statement s = statement(seeding->connection,
        "INSERT INTO role_assignment"
        " (id, scope, principal_id, principal_type, role_id, created, created_by)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?3)");
    statement_bind_string(&s, 1, id);
    statement_bind_string(&s, 2, scope);
    statement_bind_string(&s, 3, object_id);
    statement_bind_string(&s, 4, principal_kind_text(PRINCIPAL_SERVICE_PRINCIPAL));
    statement_bind_string(&s, 5, OWNER_ROLE);
    statement_bind_i64(&s, 6, seeding->now);
    return statement_run(&s, err) || fail_while(err, "role assignment");
}

static bool remember_administrator(
    struct seeding *seeding, const char *client_id, const char *object_id, struct azb_error *err)
{
    struct store_connection *connection = seeding->connection;
    return directory_value_set(connection, "administrator_client_id", text_of(client_id), err) &&
           directory_value_set(connection, "administrator_object_id", text_of(object_id), err);
}

/* Only one that was asked for: without, env_write() makes one for STATE/env. */
static bool seed_secret(struct seeding *seeding, int64_t application, struct azb_error *err)
{
    const struct new_secret what = {
        .value = seeding->seed->administrator_secret,
        .display_name = "first start",
        .start = seeding->now,
        .end = SECRET_NEVER_ENDS,
    };
    struct client_secret secret;
    char *value;
    return !what.value || secret_add(seeding->service, seeding->connection, application, &what,
                              &seeding->arena, &secret, &value, err);
}

static bool seed_administrator(struct seeding *seeding, struct azb_error *err)
{
    const struct seed *seed = seeding->seed;
    const struct new_application application = {
        .object_id = seed->administrator_application_id,
        .app_id = seed->administrator_client_id,
        .display_name = or_default(seed->administrator_name, "azb administrator"),
        .now = seeding->now,
    };
    struct application added;
    struct service_principal principal;
    return application_add(seeding->connection, &application, &seeding->arena, &added, err) &&
           service_principal_add(seeding->connection, text_of(added.app_id),
               seed->administrator_object_id, seeding->now, &seeding->arena, &principal, err) &&
           seed_secret(seeding, added.row, err) &&
           remember_administrator(seeding, added.app_id, principal.object_id, err) &&
           directory_role_add(seeding->connection, DIRECTORY_ROLE_APPLICATION_ADMINISTRATOR,
               principal.object_id, err) &&
           seed_owner(seeding, principal.object_id, err);
}

bool seed_apply(struct service *service, struct store_connection *connection,
    const struct seed *seed, int64_t now, struct azb_error *err)
{
    struct seeding seeding = {
        .service = service,
        .connection = connection,
        .seed = seed,
        .now = now,
        .subscription_id = or_default(seed->subscription_id, SEED_SUBSCRIPTION),
        .resource_group = or_default(seed->resource_group, "azb"),
        .location = or_default(seed->location, "eastus"),
    };
    arena_init(&seeding.arena, 0);
    bool done = seed_tenant(&seeding, err) && seed_keys(&seeding, err) &&
                seed_subscription(&seeding, err) && seed_resource_group(&seeding, err) &&
                seed_account(&seeding, err) && seed_administrator(&seeding, err) &&
                directory_complete(connection, seed, now, err);
    arena_wipe(&seeding.arena);
    return done || fail_while(err, "making a new state");
}
