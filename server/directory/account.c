#include "directory/account.h"

#include <ctype.h>

#include "base/error.h"
#include "document.h"
#include "directory/state.h"
#include "store/rows.h"

#define ACCOUNT_KEY_BYTES 64

/* ---- Reading ----------------------------------------------------------------------------- */

static bool read_account(
    struct statement *s, struct arena *arena, void *item, struct azb_error *err)
{
    struct account *account = item;
    *account = (struct account){.row = statement_i64(s, 0)};
    account->name = statement_string(s, 1, arena);
    account->location = statement_string(s, 2, arena);
    account->resource_group = statement_string(s, 3, arena);
    account->subscription_id = statement_string(s, 4, arena);
    account->tenant_id = statement_string(s, 5, arena);
    account->shared_key_allowed = statement_i64(s, 6) != 0;
    account->entra_allowed = statement_i64(s, 7) != 0;
    account->primary_key = statement_string(s, 8, arena);
    account->secondary_key = statement_string(s, 9, arena);
    account->state = (enum account_state)statement_i64(s, 10);
    account->is_default = statement_i64(s, 11) != 0;
    account->task_token_allowed = statement_i64(s, 12) != 0;
    account->document = statement_string(s, 13, arena);
    account->created = statement_i64(s, 14);
    account->resource_id = arena_format(arena,
        "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Batch/batchAccounts/%s",
        account->subscription_id ? account->subscription_id : "",
        account->resource_group ? account->resource_group : "", account->name ? account->name : "");
    return scope_parse(text_of(account->resource_id), arena, &account->scope, err);
}

#define SELECT                                                                                     \
    "SELECT a.row, a.name, a.location, a.resource_group, a.subscription_id, s.tenant_id,"          \
    " a.shared_key_allowed, a.entra_allowed, a.primary_key, a.secondary_key, a.state,"             \
    " a.is_default, a.task_token_allowed, a.doc, a.created"                                        \
    " FROM account a JOIN subscription s ON s.id = a.subscription_id"

static bool read_accounts(
    struct accounts *accounts, struct store_connection *connection, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, SELECT " ORDER BY a.row");
    accounts->at =
        rows_read(&s, sizeof *accounts->at, read_account, &accounts->arena, &accounts->count, err);
    return accounts->at || fail_while(err, "Batch accounts");
}

static void free_one(struct accounts *accounts)
{
    arena_wipe(&accounts->arena); /* it holds keys */
    memory_free(accounts);
}

static bool load(
    struct directory *directory, struct store_connection *connection, struct azb_error *err)
{
    struct accounts *accounts = memory_alloc(sizeof *accounts);
    if (!accounts)
        return fail_memory(err);
    arena_init(&accounts->arena, 0);
    if (!read_accounts(accounts, connection, err)) {
        free_one(accounts);
        return false;
    }
    accounts->older = atomic_load(&directory->accounts);
    atomic_store(&directory->accounts, accounts);
    return true;
}

bool accounts_load(
    struct directory *directory, struct store_connection *connection, struct azb_error *err)
{
    pthread_mutex_lock(&directory->load_lock);
    bool loaded = load(directory, connection, err);
    atomic_store(&directory->accounts_stale, !loaded);
    pthread_mutex_unlock(&directory->load_lock);
    return loaded;
}

bool account_read(struct store_connection *connection, int64_t row, struct arena *arena,
    struct account *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, SELECT " WHERE a.row = ?1");
    bool found;
    statement_bind_i64(&s, 1, row);
    if (!statement_step(&s, &found, err))
        return false;
    if (!found)
        return fail_status(err, 404, "ResourceNotFound", "The Batch account is gone.");
    return read_account(&s, arena, out, err);
}

void accounts_free(struct directory *directory)
{
    struct accounts *accounts = atomic_load(&directory->accounts);
    while (accounts) {
        struct accounts *older = accounts->older;
        free_one(accounts);
        accounts = older;
    }
}

static bool reload_accounts(struct service *service, struct azb_error *err)
{
    struct store_connection *connection = store_reader(service->store, err);
    return connection && accounts_load(service->directory, connection, err);
}

static void reload(void *context)
{
    struct service *service = context;
    struct azb_error err = AZB_ERROR_INIT;
    if (reload_accounts(service, &err))
        return;
    atomic_store(&service->directory->accounts_stale, true);
    service_log("directory", "there is no Batch account until they can be read: %s", err.message);
    azb_error_free(&err);
}

void account_changed(struct service *service, struct store_connection *connection)
{
    store_after_commit(connection, reload, service);
}

/* ---- Looking up -------------------------------------------------------------------------- */

static struct text without_port(struct text host)
{
    if (host.length > 0 && host.at[0] == '[') {
        const char *end = memchr(host.at, ']', host.length);
        return end ? text_slice(host, 0, (size_t)(end - host.at) + 1) : host;
    }
    const char *colon = host.length ? memchr(host.at, ':', host.length) : NULL;
    return colon ? text_slice(host, 0, (size_t)(colon - host.at)) : host;
}

static bool is_loopback(struct text name)
{
    return text_equal_nocase(name, TEXT("localhost")) || text_is(name, "127.0.0.1") ||
           text_is(name, "[::1]");
}

/* "batch.azure.com" and its sovereign forms. */
static bool is_batch_domain(struct text name)
{
    static const char *const domains[] = {
        "batch.azure.com", "batch.usgovcloudapi.net", "batch.chinacloudapi.cn"};
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++)
        if (text_equal_nocase(name, text_of(domains[i])))
            return true;
    return false;
}

/* None while a committed change cannot be read: a key that was replaced must not go on working. In
 * the midst of work that writes there is no trying again (store_is_writer). */
static const struct accounts *current(struct service *service)
{
    static const struct accounts none = {.count = 0};
    struct azb_error why = AZB_ERROR_INIT;
    if (!atomic_load(&service->directory->accounts_stale))
        return atomic_load(&service->directory->accounts);
    struct store_connection *connection = store_reader(service->store, &why);
    if (connection && !store_is_writer(connection) &&
        accounts_load(service->directory, connection, &why))
        return atomic_load(&service->directory->accounts);
    azb_error_free(&why);
    return &none;
}

const struct account *account_default(struct service *service)
{
    const struct accounts *accounts = current(service);
    for (size_t i = 0; i < accounts->count; i++)
        if (accounts->at[i].is_default)
            return &accounts->at[i];
    return NULL;
}

static const struct account *account_in_region(
    struct service *service, struct text name, struct text region)
{
    const struct accounts *accounts = current(service);
    for (size_t i = 0; i < accounts->count; i++)
        if (text_equal_nocase(name, text_of(accounts->at[i].name)) &&
            text_equal_nocase(region, text_of(accounts->at[i].location)))
            return &accounts->at[i];
    return NULL;
}

static const struct account *account_of_name(struct service *service, struct text host)
{
    struct text rest = host, name, region;
    if (!text_cut(&rest, '.', &name) || !text_cut(&rest, '.', &region) || !is_batch_domain(rest))
        return NULL;
    return account_in_region(service, name, region);
}

const struct account *account_of_host(struct service *service, struct text host)
{
    struct text name = without_port(host);
    return is_loopback(name) ? account_default(service) : account_of_name(service, name);
}

const struct account *account_of_request(const struct request *request)
{
    struct text base = request->base;
    if (base.length)
        return account_of_name(request->service, text_slice(base, 1, base.length));
    return account_of_host(request->service, request->host);
}

const struct account *account_by_name(struct service *service, struct text subscription_id,
    struct text resource_group, struct text name)
{
    const struct accounts *accounts = current(service);
    for (size_t i = 0; i < accounts->count; i++)
        if (text_equal_nocase(name, text_of(accounts->at[i].name)) &&
            text_equal_nocase(resource_group, text_of(accounts->at[i].resource_group)) &&
            text_equal_nocase(subscription_id, text_of(accounts->at[i].subscription_id)))
            return &accounts->at[i];
    return NULL;
}

char *account_url(struct request *request)
{
    if (!request->host.length)
        return arena_string(&request->arena, request->service->base_url);
    return arena_format(
        &request->arena, "https://%.*s%.*s", TEXT_ARGS(request->host), TEXT_ARGS(request->base));
}

char *account_endpoint(struct request *request, const struct account *account)
{
    struct arena *arena = &request->arena;
    const char *local = request->service->base_url + strlen("https://");
    char *name = arena_format(arena, "%s.%s.batch.azure.com", account->name, account->location);
    if (request_is_public(request))
        return name;
    if (account->is_default)
        return arena_string(arena, local);
    return name ? arena_format(arena, "%s/%s", local, name) : NULL;
}

/* ---- Changes ----------------------------------------------------------------------------- */

bool account_name_check(const char *name, struct azb_error *err)
{
    size_t length = name ? strlen(name) : 0;
    bool good = length >= 3 && length <= 24;
    for (size_t i = 0; good && i < length; i++)
        good = islower((unsigned char)name[i]) || isdigit((unsigned char)name[i]);
    return good || fail(err, AZB_ERROR_ARGUMENT,
                       "Batch account name '%.80s' must have 3 to 24 characters of a-z and 0-9",
                       name ? name : "");
}

static bool account_key_check(const char *key, struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    struct text bytes;
    if (!base64_decode(&arena, text_of(key), &bytes) || bytes.length == 0)
        return fail(err, AZB_ERROR_ARGUMENT, "a Batch account key must be base64");
    secret_wipe((char *)(uintptr_t)bytes.at, bytes.length);
    return true;
}

char *account_make_key(struct arena *arena)
{
    unsigned char bytes[ACCOUNT_KEY_BYTES];
    if (!random_bytes(bytes, sizeof bytes))
        return NULL;
    char *key = base64_encode(arena, (struct text){(const char *)bytes, sizeof bytes});
    secret_wipe(bytes, sizeof bytes);
    return key;
}

static bool insert_account(struct store_connection *connection, const struct new_account *what,
    const char *primary, const char *secondary, int64_t now, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection,
        "INSERT INTO account (subscription_id, resource_group, name, location, primary_key,"
        " secondary_key, shared_key_allowed, entra_allowed, created, task_token_allowed, state,"
        " doc, is_default) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
        " NOT EXISTS (SELECT 1 FROM account WHERE is_default = 1))");
    statement_bind_string(&s, 1, what->subscription_id);
    statement_bind_string(&s, 2, what->resource_group);
    statement_bind_string(&s, 3, what->name);
    statement_bind_string(&s, 4, what->location);
    statement_bind_string(&s, 5, primary);
    statement_bind_string(&s, 6, secondary);
    statement_bind_i64(&s, 7, what->shared_key_allowed);
    statement_bind_i64(&s, 8, what->entra_allowed);
    statement_bind_i64(&s, 9, now);
    statement_bind_i64(&s, 10, what->task_token_allowed);
    statement_bind_i64(&s, 11, what->state ? what->state : ACCOUNT_READY);
    statement_bind_string(&s, 12, what->document ? what->document : "{}");
    return statement_run(&s, err) || fail_while(err, "Batch account '%s'", what->name);
}

bool account_add(struct store_connection *connection, const struct new_account *what, int64_t now,
    struct azb_error *err)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const char *primary = what->primary_key ? what->primary_key : account_make_key(&arena);
    const char *secondary = what->secondary_key ? what->secondary_key : account_make_key(&arena);
    if (!primary || !secondary)
        return fail(err, AZB_ERROR_IO, "no memory or random numbers for a Batch account key");
    return account_name_check(what->name, err) && account_key_check(primary, err) &&
           account_key_check(secondary, err) &&
           insert_account(connection, what, primary, secondary, now, err);
}

bool account_set_keys(struct store_connection *connection, int64_t row, const char *primary_key,
    const char *secondary_key, struct azb_error *err)
{
    if (!account_key_check(primary_key, err) || !account_key_check(secondary_key, err))
        return false;
    scoped_statement struct statement s = statement(
        connection, "UPDATE account SET primary_key = ?2, secondary_key = ?3 WHERE row = ?1");
    statement_bind_i64(&s, 1, row);
    statement_bind_string(&s, 2, primary_key);
    statement_bind_string(&s, 3, secondary_key);
    return statement_run(&s, err);
}
