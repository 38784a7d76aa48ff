/* The administrator of a state. Its secret is in the clear in STATE/env only; here is its hash. */
#include "base/error.h"
#include "directory/client.h"
#include "directory/directory.h"
#include "directory/state.h"
#include "service.h"

#define SECRET_NAME "azb env"

static bool read_value(struct store_connection *connection, const char *name, struct arena *arena,
    const char **out, struct azb_error *err)
{
    struct text value;
    if (!directory_value_get(connection, name, arena, &value, err))
        return false;
    *out = value.at;
    return true;
}

/* Of a state whose Batch accounts were all deleted. */
static bool first_subscription(struct store_connection *connection, struct arena *arena,
    const char **out, struct azb_error *err)
{
    bool found;
    scoped_statement struct statement s =
        statement(connection, "SELECT id FROM subscription ORDER BY row LIMIT 1");
    if (!statement_step(&s, &found, err))
        return false;
    *out = found ? statement_string(&s, 0, arena) : NULL;
    return true;
}

bool directory_administrator(
    struct service *service, struct arena *arena, struct administrator *out, struct azb_error *err)
{
    struct store_connection *connection = store_reader(service->store, err);
    struct administrator found = {.tenant_id = directory_tenant_id(service)};
    if (!connection ||
        !read_value(connection, "administrator_client_id", arena, &found.client_id, err) ||
        !read_value(connection, "administrator_object_id", arena, &found.object_id, err))
        return false;
    const struct account *account = account_default(service);
    if (!account && !first_subscription(connection, arena, &found.subscription_id, err))
        return false;
    if (account) {
        found.subscription_id = account->subscription_id;
        found.resource_group = account->resource_group;
        found.account_name = account->name;
        found.account_location = account->location;
        found.account_key = account->primary_key;
    }
    *out = found;
    return true;
}

/* ---- The secret -------------------------------------------------------------------------- */

bool directory_administrator_has_secret(
    struct service *service, const char *value, bool *has, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct administrator administrator;
    struct client client;
    struct azb_error why = AZB_ERROR_INIT;
    struct store_connection *connection = store_reader(service->store, err);
    if (!connection || !directory_administrator(service, &arena, &administrator, err))
        return false;
    *has = false;
    if (client_find(service, connection, text_of(administrator.client_id), text_of(value),
            clock_ticks(&service->clock), &arena, &client, &why)) {
        *has = client.secret == SECRET_RIGHT;
        return true;
    }
    if (why.kind != AZB_ERROR_NOT_FOUND) {
        *err = why;
        return false;
    }
    azb_error_free(&why);
    return true;
}

struct making {
    struct service *service;
    struct arena *arena;
    char *value;
};

/* The one that an earlier call made is not written down anywhere any more. */
static bool remove_made(struct store_connection *connection, const struct application *application,
    struct arena *arena, struct azb_error *err)
{
    struct text key_id;
    struct azb_error why = AZB_ERROR_INIT;
    if (directory_value_get(connection, "administrator_key_id", arena, &key_id, &why) &&
        secret_remove(connection, application->row, key_id, &why))
        return true;
    if (why.kind != AZB_ERROR_NOT_FOUND) {
        *err = why;
        return false;
    }
    azb_error_free(&why);
    return true;
}

static bool make_secret(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct making *making = context;
    struct administrator administrator;
    struct application application;
    struct client_secret made;
    const struct new_secret what = {
        .display_name = SECRET_NAME,
        .start = clock_ticks(&making->service->clock),
        .end = SECRET_NEVER_ENDS, /* whoever can read STATE/env does not need it to last */
    };
    return directory_administrator(making->service, making->arena, &administrator, err) &&
           application_by_app_id(
               connection, text_of(administrator.client_id), making->arena, &application, err) &&
           remove_made(connection, &application, making->arena, err) &&
           secret_add(making->service, connection, application.row, &what, making->arena, &made,
               &making->value, err) &&
           directory_value_set(connection, "administrator_key_id", text_of(made.key_id), err);
}

bool directory_administrator_new_secret(
    struct service *service, struct arena *arena, const char **out, struct azb_error *err)
{
    struct making making = {service, arena, NULL};
    if (!store_write_wait(service->store, make_secret, &making, err))
        return fail_while(err, "the administrator's secret");
    *out = making.value;
    return true;
}
