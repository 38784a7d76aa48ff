/* Batch accounts are made, changed and deleted. */
#include <azb/models.h>

#include "arm/batch_account.h"
#include "arm/batch_account_body.h"
#include "arm/batch_application.h"
#include "arm/providers.h"
#include "arm/resource_group.h"
#include "arm/roles.h"
#include "authorize/authorize.h"
#include "base/error.h"
#include "directory/directory.h"
#include "document.h"
#include "engine/engine.h"
#include "engine/scheduler.h"
#include "store/rows.h"

/* ---- What a new account may be called, and where it may be ------------------------------------
 */

static bool check_name(struct text name, struct arena *arena, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    if (account_name_check(text_string(arena, name), &why))
        return true;
    fail_status(err, 400, "InvalidAccountName", "%s", why.message);
    azb_error_free(&why);
    return false;
}

static bool read_location(struct request *request, const char **out, struct azb_error *err)
{
    struct text given = json_text(json_get_nocase(arm_call(request)->body, "location"));
    if (given.length == 0)
        return fail_status(
            err, 400, "LocationRequired", "The location property is required for this definition.");
    const struct location *found = location_find(given);
    *out = found ? found->name : NULL;
    return found || fail_status(err, 400, "LocationNotAvailableForResourceType",
                        "The provided location '%.*s' is not available for resource type "
                        "'" ACCOUNT_TYPE "'. It is the name of an Azure region, such as 'eastus'.",
                        TEXT_ARGS(text_slice(given, 0, 80)));
}

static bool check_is_free(struct request *request, const char *location, struct azb_error *err)
{
    bool found;
    scoped_statement struct statement s =
        statement(request->store, "SELECT 1 FROM account WHERE location = ?1 AND name = ?2");
    statement_bind_string(&s, 1, location);
    statement_bind_text(&s, 2, request->values[2]);
    if (!statement_step(&s, &found, err))
        return false;
    return !found || fail_status(err, 409, "AccountNameTaken",
                         "There is already a Batch account '%.*s' in the region '%s'. Names of "
                         "Batch accounts are unique in a region.",
                         TEXT_ARGS(request->values[2]), location);
}

static bool check_quota(struct request *request, const char *location, struct azb_error *err)
{
    bool row;
    scoped_statement struct statement s = statement(request->store,
        "SELECT count(*) FROM account WHERE location = ?1 AND subscription_id = ?2");
    statement_bind_string(&s, 1, location);
    statement_bind_text(&s, 2, request->values[0]);
    if (!statement_step(&s, &row, err))
        return false;
    return statement_i64(&s, 0) < ACCOUNTS_IN_REGION_MAX ||
           fail_status(err, 409, "SubscriptionQuotaExceeded",
               "The regional account quota of %d Batch accounts for the specified subscription has "
               "been reached.",
               ACCOUNTS_IN_REGION_MAX);
}

/* ---- PUT ------------------------------------------------------------------------------------- */

static bool begin(struct request *request, struct reply *reply, enum operation_kind kind,
    const struct account *account, struct azb_error *err)
{
    const struct new_operation what = {
        .kind = kind,
        .subscription_id = account->subscription_id,
        .resource_id = account->resource_id,
        .location = account->location,
        .target = account->row,
    };
    account_changed(request->service, request->store);
    return operation_begin(request, reply, &what, err);
}

/* The group as it is spelled where it was made. */
static bool find_group(struct request *request, const char **out, struct azb_error *err)
{
    struct resource_group group;
    bool found;
    if (!resource_group_find(request->store, request->values[0], request->values[1],
            &request->arena, &group, &found, err))
        return false;
    if (!found)
        return fail_status(err, 404, "ResourceGroupNotFound",
            "Resource group '%.*s' could not be found.",
            TEXT_ARGS(text_slice(request->values[1], 0, 100)));
    *out = group.name;
    return resource_group_check(&group, err) &&
           provider_check(request->store, request->values[0], "Microsoft.Batch", err);
}

static bool create(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct account_settings settings;
    struct account account;
    const char *location = NULL, *group = NULL;
    if (!check_name(request->values[2], &request->arena, err) ||
        !find_group(request, &group, err) || !read_location(request, &location, err) ||
        !check_is_free(request, location, err) || !check_quota(request, location, err))
        return false;
    const char *id = arena_format(&request->arena,
        "/subscriptions/%.*s/resourceGroups/%s/providers/" ACCOUNT_TYPE "/%.*s",
        TEXT_ARGS(request->values[0]), group, TEXT_ARGS(request->values[2]));
    if (!id)
        return fail_memory(err);
    if (!account_settings_read(request, ACCOUNT_BODY_PUT, NULL, id, &settings, err))
        return false;
    const struct new_account what = {
        .subscription_id = text_string(&request->arena, request->values[0]),
        .resource_group = group,
        .name = text_string(&request->arena, request->values[2]),
        .location = location,
        .shared_key_allowed = settings.shared_key_allowed,
        .entra_allowed = settings.entra_allowed,
        .task_token_allowed = settings.task_token_allowed,
        .state = ACCOUNT_CREATING,
        .document = settings.document,
    };
    return account_add(request->store, &what, request->now, err) &&
           account_read(
               request->store, store_last_row(request->store), &request->arena, &account, err) &&
           begin(request, reply, OPERATION_ACCOUNT_CREATE, &account, err);
}

static bool store_settings(struct request *request, const struct account *account,
    const struct account_settings *settings, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "UPDATE account SET doc = ?2, shared_key_allowed = ?3, entra_allowed = ?4,"
        " task_token_allowed = ?5 WHERE row = ?1");
    statement_bind_i64(&s, 1, account->row);
    statement_bind_string(&s, 2, settings->document);
    statement_bind_i64(&s, 3, settings->shared_key_allowed);
    statement_bind_i64(&s, 4, settings->entra_allowed);
    statement_bind_i64(&s, 5, settings->task_token_allowed);
    account_changed(request->service, request->store);
    return statement_run(&s, err);
}

static bool set_state(struct store_connection *connection, int64_t row, enum account_state state,
    struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "UPDATE account SET state = ?2 WHERE row = ?1");
    statement_bind_i64(&s, 1, row);
    statement_bind_i64(&s, 2, state);
    return statement_run(&s, err);
}

bool account_check_open(const struct account *account, struct azb_error *err)
{
    return account->state != ACCOUNT_DELETING ||
           fail_status(err, 409, "AccountBeingDeleted", "The Batch account '%s' is being deleted.",
               account->name);
}

/* A PUT on an account that is there. */
static bool replace(struct request *request, const struct account *account, struct reply *reply,
    struct azb_error *err)
{
    struct account_settings settings;
    struct account now;
    const char *location;
    if (!account_check_open(account, err) || !read_location(request, &location, err))
        return false;
    if (!string_equal_nocase(location, account->location))
        return fail_status(err, 409, "InvalidResourceLocation",
            "The resource '%s' already exists in location '%s' in resource group '%s'. A resource "
            "with the same name cannot be created in location '%s'.",
            account->name, account->location, account->resource_group, location);
    if (!account_settings_read(
            request, ACCOUNT_BODY_PUT, account, account->resource_id, &settings, err) ||
        !store_settings(request, account, &settings, err))
        return false;
    if (account->state != ACCOUNT_READY)
        return set_state(request->store, account->row, ACCOUNT_CREATING, err) &&
               begin(request, reply, OPERATION_ACCOUNT_CREATE, account, err);
    return account_read(request->store, account->row, &request->arena, &now, err) &&
           account_reply(request, &now, reply, err);
}

/* The account of the path as it is now: *found false when there is none. */
static bool find(struct request *request, struct account *out, bool *found, struct azb_error *err)
{
    scoped_statement struct statement s = statement(request->store,
        "SELECT row FROM account WHERE subscription_id = ?1 AND resource_group = ?2 AND name = ?3");
    statement_bind_text(&s, 1, request->values[0]);
    statement_bind_text(&s, 2, request->values[1]);
    statement_bind_text(&s, 3, request->values[2]);
    if (!statement_step(&s, found, err))
        return false;
    return !*found || account_read(request->store, statement_i64(&s, 0), &request->arena, out, err);
}

bool arm_put_account(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct account account;
    bool found;
    if (!find(request, &account, &found, err))
        return false;
    return found ? replace(request, &account, reply, err) : create(request, reply, err);
}

/* ---- PATCH ----------------------------------------------------------------------------------- */

bool arm_patch_account(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct account_settings settings;
    struct account account, now;
    int64_t row = arm_call(request)->account->row;
    return account_read(request->store, row, &request->arena, &account, err) &&
           account_check_open(&account, err) &&
           account_settings_read(
               request, ACCOUNT_BODY_PATCH, &account, account.resource_id, &settings, err) &&
           store_settings(request, &account, &settings, err) &&
           account_read(request->store, row, &request->arena, &now, err) &&
           account_reply(request, &now, reply, err);
}

/* What Azure does here is to fetch the storage account's keys anew; there are none to fetch. */
bool arm_sync_storage_keys(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct account account;
    const struct json *document;
    if (!account_read(
            request->store, arm_call(request)->account->row, &request->arena, &account, err) ||
        !(document = json_parse(text_of(account.document), &request->arena, err)))
        return false;
    if (!json_path(document, "properties.autoStorage"))
        return fail_status(err, 409, "AutoStorageNotConfigured",
            "The Batch account '%s' has no autoStorage whose keys could be synchronized.",
            account.name);
    char now[TIME_TEXT_MAX];
    time_iso8601(request->now, now);
    scoped_statement struct statement s = statement(request->store,
        "UPDATE account SET doc = json_set(doc, '$.properties.autoStorage.lastKeySync', ?2)"
        " WHERE row = ?1");
    statement_bind_i64(&s, 1, account.row);
    statement_bind_string(&s, 2, now);
    account_changed(request->service, request->store);
    reply->status = 204;
    reply->body = TEXT("");
    return statement_run(&s, err);
}

/* ---- DELETE ---------------------------------------------------------------------------------- */

static bool end_jobs(struct store_connection *connection, int64_t account, int64_t now,
    int64_t *changed, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "UPDATE job SET state = ?2, state_time = ?3, modified = ?3, disable_option = ?4"
        " WHERE account = ?1 AND state <> ?2");
    statement_bind_i64(&s, 1, account);
    statement_bind_i64(&s, 2, AZB_JOB_STATE_DELETING);
    statement_bind_i64(&s, 3, now);
    statement_bind_i64(&s, 4, SCHEDULER_FORCE);
    if (!statement_run(&s, err))
        return false;
    *changed += store_changes(connection);
    return true;
}

static bool end_pools(struct store_connection *connection, int64_t account, int64_t now,
    int64_t *changed, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "UPDATE pool SET modified = ?2, state = ?3, state_time = ?2, allocation_state = ?4,"
        " allocation_time = ?2, target_dedicated = 0, target_low = 0, deallocation = 0"
        " WHERE account = ?1 AND state <> ?3");
    statement_bind_i64(&s, 1, account);
    statement_bind_i64(&s, 2, now);
    statement_bind_i64(&s, 3, AZB_POOL_STATE_DELETING);
    statement_bind_i64(&s, 4, AZB_ALLOCATION_STATE_RESIZING);
    if (!statement_run(&s, err))
        return false;
    *changed += store_changes(connection);
    return true;
}

bool account_delete_begin(struct service *service, struct store_connection *connection, int64_t row,
    int64_t now, struct azb_error *err)
{
    int64_t changed = 0;
    account_changed(service, connection);
    return set_state(connection, row, ACCOUNT_DELETING, err) &&
           end_jobs(connection, row, now, &changed, err) &&
           end_pools(connection, row, now, &changed, err);
}

/* 204 when there is none: what was wanted is so. */
bool arm_delete_account(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct account account;
    bool found;
    if (!find(request, &account, &found, err))
        return false;
    if (found)
        return account_delete_begin(
                   request->service, request->store, account.row, request->now, err) &&
               begin(request, reply, OPERATION_ACCOUNT_DELETE, &account, err);
    reply->status = 204;
    reply->body = TEXT("");
    return true;
}

/* ---- Its operations go on -------------------------------------------------------------------- */

static bool is_empty(struct operation_pass *pass, int64_t row, bool *empty, struct azb_error *err)
{
    bool found;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT 1 FROM job WHERE account = ?1 UNION ALL SELECT 1 FROM pool WHERE account = ?1"
        " LIMIT 1");
    statement_bind_i64(&s, 1, row);
    if (!statement_step(&s, &found, err))
        return false;
    *empty = !found;
    return true;
}

/* Assignments at the account, and below. */
static bool remove_assignments(
    struct operation_pass *pass, const struct account *account, struct azb_error *err)
{
    struct request request = {.service = pass->service, .store = pass->store};
    authorize_roles_changed(&request);
    return assignments_remove_below(pass->store, account->resource_id, err);
}

/* Its own identity; not the one that every task of this machine has. */
static bool remove_identity(
    struct operation_pass *pass, const struct account *account, struct azb_error *err)
{
    bool found;
    scoped_statement struct statement s = statement(pass->store,
        "SELECT p.row FROM managed_identity m JOIN service_principal p ON p.app_id = m.client_id"
        " WHERE m.resource_id = ?1 AND m.system_assigned = 0");
    scoped_statement struct statement remove = statement(
        pass->store, "DELETE FROM managed_identity WHERE resource_id = ?1 AND system_assigned = 0");
    statement_bind_string(&s, 1, account->resource_id);
    statement_bind_string(&remove, 1, account->resource_id);
    if (!statement_step(&s, &found, err))
        return false;
    return !found || (service_principal_remove(pass->store, statement_i64(&s, 0), err) &&
                         statement_run(&remove, err));
}

static bool remove_row(struct operation_pass *pass, int64_t row, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(pass->store, "DELETE FROM account WHERE row = ?1");
    statement_bind_i64(&s, 1, row);
    account_changed(pass->service, pass->store);
    return statement_run(&s, err);
}

/* What a request that came before the deletion has added since is ended as well. */
bool account_delete_go_on(
    struct operation_pass *pass, int64_t row, bool *done, struct azb_error *err)
{
    struct account account;
    struct azb_error why = AZB_ERROR_INIT;
    int64_t changed = 0;
    bool empty = false;
    *done = false;
    if (!account_read(pass->store, row, pass->arena, &account, &why)) {
        *done = why.http_status == 404;
        return *done ? (azb_error_free(&why), true) : error_move(err, &why);
    }
    if (!end_jobs(pass->store, row, pass->now, &changed, err) ||
        !end_pools(pass->store, row, pass->now, &changed, err) || !is_empty(pass, row, &empty, err))
        return false;
    pass->go_on |= changed > 0;
    *done = empty;
    return !empty ||
           (remove_assignments(pass, &account, err) && remove_identity(pass, &account, err) &&
               applications_remove(pass->service, pass->store, row, err) &&
               remove_row(pass, row, err));
}

bool account_delete_advance(struct operation_pass *pass, const struct async_operation *operation,
    bool *done, struct azb_error *err)
{
    return account_delete_go_on(pass, operation->target, done, err);
}

/* Everything that an account needs is made with its row. */
bool account_create_advance(struct operation_pass *pass, const struct async_operation *operation,
    bool *done, struct azb_error *err)
{
    *done = true;
    account_changed(pass->service, pass->store);
    scoped_statement struct statement s =
        statement(pass->store, "UPDATE account SET state = ?2 WHERE row = ?1 AND state = ?3");
    statement_bind_i64(&s, 1, operation->target);
    statement_bind_i64(&s, 2, ACCOUNT_READY);
    statement_bind_i64(&s, 3, ACCOUNT_CREATING);
    return statement_run(&s, err);
}

bool account_operation_failed(
    struct operation_pass *pass, const struct async_operation *operation, struct azb_error *err)
{
    account_changed(pass->service, pass->store);
    return set_state(pass->store, operation->target, ACCOUNT_FAILED, err);
}

bool account_create_result(struct request *request, const struct async_operation *operation,
    struct reply *reply, struct azb_error *err)
{
    struct account account;
    return account_read(request->store, operation->target, &request->arena, &account, err) &&
           account_reply(request, &account, reply, err);
}
