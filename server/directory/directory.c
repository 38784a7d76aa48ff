#include "directory/directory.h"

#include <ctype.h>

#include "base/error.h"
#include "directory/complete.h"
#include "directory/seed.h"
#include "directory/state.h"
#include "service.h"

#define NAME_MAX_CHARACTERS 256

bool directory_value_get(struct store_connection *connection, const char *name, struct arena *arena,
    struct text *out, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT value FROM directory_value WHERE name = ?1");
    statement_bind_string(&s, 1, name);
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    if (!row)
        return fail(err, AZB_ERROR_NOT_FOUND, "the directory has no value '%s'", name);
    *out = statement_text(&s, 0, arena);
    return out->at ? true : fail_memory(err);
}

bool directory_value_set(
    struct store_connection *connection, const char *name, struct text value, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "INSERT INTO directory_value (name, value) VALUES (?1, ?2)"
                              " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    statement_bind_string(&s, 1, name);
    statement_bind_blob(&s, 2, value);
    return statement_run(&s, err);
}

bool directory_id(const char *id, const char *what, char out[GUID_TEXT], struct azb_error *err)
{
    if (!id)
        return random_guid(out) ||
               fail(err, AZB_ERROR_IO, "the system gives no random numbers for %s", what);
    if (!text_is_guid(text_of(id)))
        return fail(err, AZB_ERROR_ARGUMENT, "%s '%.80s' is not a GUID", what, id);
    for (size_t i = 0; i < GUID_TEXT; i++)
        out[i] = (char)tolower((unsigned char)id[i]);
    return true;
}

bool directory_name_check(const char *name, const char *what, struct azb_error *err)
{
    struct text rest = text_of(name);
    size_t characters = 0;
    while (rest.length > 0) {
        size_t length = text_utf8_length(rest);
        if (length == 0 || (unsigned char)rest.at[0] < 0x20)
            return fail(err, AZB_ERROR_ARGUMENT,
                "%s holds a byte that is not UTF-8, or a control character", what);
        rest = text_slice(rest, length, rest.length);
        characters++;
    }
    if (characters == 0 || characters > NAME_MAX_CHARACTERS)
        return fail(err, AZB_ERROR_ARGUMENT, "%s must have 1 to %d characters, it has %zu", what,
            NAME_MAX_CHARACTERS, characters);
    return true;
}

bool directory_run_steps(struct store_connection *connection, int64_t row, const char *const *steps,
    size_t count, struct azb_error *err)
{
    for (size_t i = 0; i < count; i++) {
        scoped_statement struct statement s = statement(connection, steps[i]);
        statement_bind_i64(&s, 1, row);
        if (!statement_run(&s, err))
            return false;
    }
    return true;
}

/* ---- Opening ----------------------------------------------------------------------------- */

struct first_start {
    struct service *service;
    const struct seed *seed;
};

static bool has_tenant(struct store_connection *connection, bool *has, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, "SELECT 1 FROM tenant LIMIT 1");
    return statement_step(&s, has, err);
}

static bool seed_new_state(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct first_start *first = context;
    int64_t now = clock_ticks(&first->service->clock);
    return seed_apply(first->service, connection, first->seed, now, err);
}

static bool read_tenant(
    struct directory *directory, struct store_connection *connection, struct azb_error *err)
{
    scoped_statement struct statement s =
        statement(connection, "SELECT id, domain, display_name FROM tenant ORDER BY row LIMIT 1");
    bool row;
    if (!statement_step(&s, &row, err))
        return false;
    if (!row)
        return fail(err, AZB_ERROR_IO, "the state has no tenant");
    directory->tenant_id = statement_string(&s, 0, &directory->arena);
    directory->tenant_domain = statement_string(&s, 1, &directory->arena);
    directory->tenant_name = statement_string(&s, 2, &directory->arena);
    return directory->arena.failed ? fail_memory(err) : true;
}

static bool read_secret_key(
    struct directory *directory, struct store_connection *connection, struct azb_error *err)
{
    struct text key;
    if (!directory_value_get(connection, "secret_hash_key", &directory->arena, &key, err))
        return false;
    if (key.length != SECRET_HASH_KEY_BYTES)
        return fail(err, AZB_ERROR_IO, "the state's key for secrets has %zu bytes instead of %d",
            key.length, SECRET_HASH_KEY_BYTES);
    memcpy(directory->secret_hash_key, key.at, SECRET_HASH_KEY_BYTES);
    return true;
}

static bool read_directory(
    struct directory *directory, struct store_connection *connection, struct azb_error *err)
{
    return read_tenant(directory, connection, err) && read_secret_key(directory, connection, err) &&
           accounts_load(directory, connection, err);
}

static bool complete_state(
    struct store_connection *connection, void *context, struct azb_error *err)
{
    const struct first_start *first = context;
    int64_t now = clock_ticks(&first->service->clock);
    return directory_complete(connection, first->seed, now, err);
}

static bool prepare_state(struct service *service, const struct seed *seed, struct azb_error *err)
{
    struct store_connection *connection = store_reader(service->store, err);
    struct first_start first = {service, seed};
    bool has, complete;
    if (!connection || !has_tenant(connection, &has, err))
        return false;
    if (!has)
        return store_write_wait(service->store, seed_new_state, &first, err);
    if (!directory_is_complete(connection, &complete, err))
        return false;
    return complete || store_write_wait(service->store, complete_state, &first, err);
}

struct directory *directory_open_seeded(
    struct service *service, const struct seed *seed, struct azb_error *err)
{
    static const struct seed defaults = {0};
    struct store_connection *connection = store_reader(service->store, err);
    if (!connection || !prepare_state(service, seed ? seed : &defaults, err))
        return NULL;
    struct directory *directory = memory_alloc(sizeof *directory);
    if (!directory) {
        fail_memory(err);
        return NULL;
    }
    arena_init(&directory->arena, 0);
    pthread_mutex_init(&directory->load_lock, NULL);
    if (!read_directory(directory, connection, err)) {
        directory_free(directory);
        return NULL;
    }
    return directory;
}

struct directory *directory_open(struct service *service, struct azb_error *err)
{
    return directory_open_seeded(service, NULL, err);
}

void directory_free(struct directory *directory)
{
    if (!directory)
        return;
    accounts_free(directory);
    pthread_mutex_destroy(&directory->load_lock);
    arena_wipe(&directory->arena);
    secret_wipe(directory->secret_hash_key, sizeof directory->secret_hash_key);
    memory_free(directory);
}

/* ---- The tenant -------------------------------------------------------------------------- */

const char *directory_tenant_id(const struct service *service)
{
    return service->directory->tenant_id;
}

const char *directory_tenant_domain(const struct service *service)
{
    return service->directory->tenant_domain;
}

const char *directory_tenant_name(const struct service *service)
{
    return service->directory->tenant_name;
}

bool directory_is_tenant(const struct service *service, struct text name)
{
    const struct directory *directory = service->directory;
    return text_equal_nocase(name, text_of(directory->tenant_id)) ||
           text_equal_nocase(name, text_of(directory->tenant_domain)) ||
           text_equal_nocase(name, TEXT("adfs"));
}
