/* A configuration into the store: what belongs to the state as a whole, and the order of the rest.
 */
#include "config_apply.h"

#include <stdarg.h>

#include "base/error.h"
#include "base/time.h"
#include "directory/account.h"
#include "directory/directory.h"
#include "directory/managed_identity.h"
#include "state.h"

struct seed config_seed(const struct config *config)
{
    return (struct seed){
        .tenant_id = config->tenant.id,
        .tenant_domain = config->tenant.domain,
        .tenant_name = config->tenant.name,
        .subscription_id = config->subscription.id,
        .subscription_name = config->subscription.name,
        .resource_group = config->resource_group.name,
        .location =
            config->account.location ? config->account.location : config->resource_group.location,
        .account_name = config->account.name,
        .account_primary_key = config->account.primary_key,
        .account_secondary_key = config->account.secondary_key,
        .administrator_client_id = config->administrator.client_id,
        .administrator_application_id = config->administrator.application_id,
        .administrator_object_id = config->administrator.object_id,
        .administrator_name = config->administrator.name,
        .administrator_secret = config->administrator.secret,
        .identity_client_id = config->account.identity_client_id,
        .identity_object_id = config->account.identity_object_id,
        .user_object_id = config->user.id,
        .user_name = config->user.user_principal_name,
        .user_display_name = config->user.display_name,
        .user_password = config->user.password,
    };
}

size_t config_at(struct applying *applying, const char *format, ...)
{
    size_t mark = strlen(applying->path), at = mark;
    va_list args;
    if (at > 0 && at + 1 < CONFIG_PATH_MAX)
        applying->path[at++] = '.';
    va_start(args, format);
    vsnprintf(applying->path + at, CONFIG_PATH_MAX - at, format, args);
    va_end(args);
    return mark;
}

void config_back(struct applying *applying, size_t mark)
{
    applying->path[mark] = '\0';
}

bool config_was_there(struct azb_error *err)
{
    if (err->kind != AZB_ERROR_CONFLICT)
        return false;
    azb_error_free(err);
    return true;
}

bool config_was_missing(struct azb_error *err)
{
    if (err->kind != AZB_ERROR_NOT_FOUND)
        return false;
    azb_error_free(err);
    return true;
}

bool config_read_file(
    struct applying *applying, const char *path, struct buffer *out, struct azb_error *err)
{
    bool found;
    char *whole = arena_format(
        &applying->request.arena, "%s%s", path[0] == '/' ? "" : applying->config->folder, path);
    if (!whole)
        return fail_memory(err);
    return file_read(whole, out, &found, err) &&
           (found || fail(err, AZB_ERROR_CONFIGURATION, "%s: there is no such file", whole));
}

/* SHA-256 as a GUID of version 8 (RFC 9562 section 5.8: one's own way of making it). */
bool config_made_id(const char *kind, const char *of, const char *name, char out[GUID_TEXT])
{
    unsigned char hash[SHA256_BYTES];
    scoped_buffer struct buffer text = {0};
    buffer_init(&text, 64 * 1024);
    buffer_format(&text, "azbd --config\n%s\n%s\n%s", kind, of, name);
    if (text.failed)
        return false;
    sha256(buffer_text(&text), hash);
    hash[6] = (unsigned char)((hash[6] & 0x0f) | 0x80);
    hash[8] = (unsigned char)((hash[8] & 0x3f) | 0x80);
    snprintf(out, GUID_TEXT, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
        hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7], hash[8], hash[9],
        hash[10], hash[11], hash[12], hash[13], hash[14], hash[15]);
    return true;
}

/* ---- What a state keeps ---------------------------------------------------------------------- */

static bool check_kept(
    const char *member, const char *wanted, const char *kept, struct azb_error *err)
{
    if (!wanted || string_equal_nocase(wanted, kept))
        return true;
    return fail(err, AZB_ERROR_CONFIGURATION,
        "%s: it is fixed when a state is made, and this state has %s; use another --state, or "
        "leave it out",
        member, kept);
}

/* As check_kept(), but no secret goes into a message. */
static bool check_secret(const char *member, bool has, struct azb_error *err)
{
    return has || fail(err, AZB_ERROR_CONFIGURATION,
                      "%s: it is fixed when a state is made, and this state has another one; "
                      "use another --state, or leave it out",
                      member);
}

static bool check_administrator_secret(
    struct service *service, const char *wanted, struct azb_error *err)
{
    bool has = true;
    if (wanted && !directory_administrator_has_secret(service, wanted, &has, err))
        return false;
    return check_secret("administrator.secret", has, err);
}

static bool check_user(
    struct service *service, const struct config_own_user *user, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    const char *name;
    bool has = true;
    arena_init(&arena, 0);
    if (!user->user_principal_name && !user->password)
        return true;
    if (!directory_first_user(service, &arena, &name, err) ||
        (user->password && !directory_first_user_has_password(service, user->password, &has, err)))
        return fail_while(err, "user");
    return check_kept("user.userPrincipalName", user->user_principal_name, name, err) &&
           check_secret("user.password", has, err);
}

static bool check_identity_ids(
    struct service *service, const struct config_account *account, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct managed_identity identity;
    struct store_connection *connection = store_reader(service->store, err);
    arena_init(&arena, 0);
    if (!account->identity_client_id && !account->identity_object_id)
        return true;
    if (!connection || !managed_identity_find(
                           connection, IDENTITY_SYSTEM_ASSIGNED, TEXT_NONE, &arena, &identity, err))
        return fail_while(err, "account");
    return check_kept(
               "account.identityClientId", account->identity_client_id, identity.client_id, err) &&
           check_kept(
               "account.identityPrincipalId", account->identity_object_id, identity.object_id, err);
}

static bool check_identity(
    struct service *service, const struct config *config, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    struct administrator kept;
    arena_init(&arena, 0);
    if (!directory_administrator(service, &arena, &kept, err))
        return false;
    return check_administrator_secret(service, config->administrator.secret, err) &&
           check_user(service, &config->user, err) &&
           check_identity_ids(service, &config->account, err) &&
           check_kept("tenant.id", config->tenant.id, kept.tenant_id, err) &&
           check_kept(
               "tenant.domain", config->tenant.domain, directory_tenant_domain(service), err) &&
           check_kept("tenant.name", config->tenant.name, directory_tenant_name(service), err) &&
           check_kept("subscription.id", config->subscription.id, kept.subscription_id, err) &&
           check_kept(
               "administrator.clientId", config->administrator.client_id, kept.client_id, err) &&
           check_kept("administrator.servicePrincipalId", config->administrator.object_id,
               kept.object_id, err);
}

/* ---- Resource group and account -------------------------------------------------------------- */

static bool add_group(
    struct applying *applying, const struct account *first, const char *name, struct azb_error *err)
{
    const char *location = applying->config->resource_group.location;
    scoped_statement struct statement s = statement(applying->request.store,
        "INSERT OR IGNORE INTO resource_group (subscription_id, name, location)"
        " VALUES (?1, ?2, ?3)");
    statement_bind_string(&s, 1, first->subscription_id);
    statement_bind_string(&s, 2, name);
    statement_bind_string(&s, 3, location ? location : first->location);
    return statement_run(&s, err);
}

static bool add_account(struct applying *applying, const struct account *first, const char *group,
    const char *name, struct azb_error *err)
{
    const struct config_account *given = &applying->config->account;
    const struct new_account what = {
        .subscription_id = first->subscription_id,
        .resource_group = group,
        .name = name,
        .location = given->location ? given->location : first->location,
        .primary_key = given->primary_key,
        .secondary_key = given->secondary_key,
        .shared_key_allowed = true,
        .entra_allowed = true,
        .task_token_allowed = true,
    };
    return account_add(applying->request.store, &what, applying->now, err);
}

static bool set_keys(
    struct applying *applying, const struct account *account, struct azb_error *err)
{
    const struct config_account *given = &applying->config->account;
    return account_set_keys(applying->request.store, account->row,
        given->primary_key ? given->primary_key : account->primary_key,
        given->secondary_key ? given->secondary_key : account->secondary_key, err);
}

/* Where the account goes when the one that the state began with was deleted. */
static bool find_home(struct applying *applying, struct account *out, struct azb_error *err)
{
    struct administrator kept;
    struct request *request = &applying->request;
    if (!directory_administrator(request->service, &request->arena, &kept, err))
        return false;
    *out = (struct account){.subscription_id = kept.subscription_id,
        .resource_group = "azb",
        .name = "azb",
        .location = "eastus"};
    return true;
}

static bool apply_account(struct applying *applying, struct azb_error *err)
{
    struct service *service = applying->request.service;
    const struct config *config = applying->config;
    struct account home;
    const struct account *own = account_default(service), *first = own ? own : &home;
    if (!own && !find_home(applying, &home, err))
        return false;
    const char *group =
        config->resource_group.name ? config->resource_group.name : first->resource_group;
    const char *name = config->account.name ? config->account.name : first->name;
    const struct account *account =
        account_by_name(service, text_of(first->subscription_id), text_of(group), text_of(name));
    size_t mark = config_at(applying, "resourceGroup");
    if (!add_group(applying, first, group, err))
        return false;
    config_back(applying, mark);
    config_at(applying, "account");
    /* Another resource group alone does not ask for another account. */
    if (!account && !config->account.name)
        account = own;
    if (!(account ? set_keys(applying, account, err)
                  : add_account(applying, first, group, name, err)))
        return false;
    config_back(applying, mark);
    account_changed(service, applying->request.store);
    return true;
}

/* ---- Order ----------------------------------------------------------------------------------- */

static bool account_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct applying *applying = context;
    applying->request.store = connection;
    return apply_account(applying, err);
}

static bool directory_work(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    struct applying *applying = context;
    applying->request.store = connection;
    return config_apply_management(applying, err) && config_apply_directory(applying, err) &&
           config_apply_roles(applying, err) && config_apply_denials(applying, err);
}

/* The account goes first and alone: scopes are looked up among the accounts that are committed. */
bool config_apply(struct service *service, const struct config *config, struct azb_error *err)
{
    struct applying applying = {
        .config = config,
        .now = clock_ticks(&service->clock),
        .request = {.service = service, .plane = PLANE_ARM},
    };
    applying.request.now = applying.now;
    if (!check_identity(service, config, err))
        return fail_while(err, "--config %s", config->path);
    bool done = store_write_wait(service->store, account_work, &applying, err) &&
                store_write_wait(service->store, directory_work, &applying, err);
    arena_wipe(&applying.request.arena);
    if (!done && applying.path[0])
        fail_while(err, "%s", applying.path);
    return done || fail_while(err, "--config %s", config->path);
}
