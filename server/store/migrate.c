/*
 * What version a database has and how it gets to ours. Each version is one row here and its SQL is
 * never edited after its release: a new state runs all of them, too, so that it ends as an old one.
 */
#include <inttypes.h>

#include "base/error.h"
#include "store/connection.h"

#define SCHEMAS_MAX 3

struct migration {
    int64_t version; /* the one it leads to */
    const char *const *schemas[SCHEMAS_MAX];
};

static const struct migration migrations[] = {
    {1, {&schema_directory, &schema_access, &schema_batch}},
    {2, {&schema_permission, &schema_sign_in}},
    {3, {&schema_role, &schema_account, &schema_group}},
};

#define MIGRATIONS (sizeof(migrations) / sizeof(migrations[0]))

static bool read_number(
    struct store_connection *writer, const char *sql, int64_t *out, struct azb_error *err)
{
    scoped_statement struct statement s = statement(writer, sql);
    bool row = false;
    if (!statement_step(&s, &row, err))
        return false;
    *out = row ? statement_i64(&s, 0) : 0;
    return true;
}

static bool run_schemas(
    struct store_connection *writer, const struct migration *migration, struct azb_error *err)
{
    for (size_t i = 0; i < SCHEMAS_MAX && migration->schemas[i]; i++)
        if (!connection_run(writer, *migration->schemas[i], err))
            return false;
    return true;
}

static bool set_version(struct store_connection *writer, int64_t version, struct azb_error *err)
{
    char sql[128];
    snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%" PRId64,
        STORE_APPLICATION_ID, version);
    return connection_run(writer, sql, err);
}

static bool apply(
    struct store_connection *writer, const struct migration *migration, struct azb_error *err)
{
    bool ok = connection_run(writer, "BEGIN IMMEDIATE", err) &&
              run_schemas(writer, migration, err) && set_version(writer, migration->version, err) &&
              connection_run(writer, "COMMIT", err);
    if (ok)
        return true;
    sqlite3_exec(writer->db, "ROLLBACK", NULL, NULL, NULL);
    return fail_while(err, "bringing the store to version %" PRId64, migration->version);
}

static bool check_is_ours(
    struct store_connection *writer, const char *path, int64_t version, struct azb_error *err)
{
    int64_t id = 0, tables = 0;
    if (!read_number(writer, "PRAGMA application_id", &id, err) ||
        !read_number(writer, "SELECT count(*) FROM sqlite_schema", &tables, err))
        return false;
    bool empty = id == 0 && version == 0 && tables == 0;
    if (id != STORE_APPLICATION_ID && !empty)
        return fail(err, AZB_ERROR_CONFIGURATION, "%s is a database of another program", path);
    int64_t newest = migrations[MIGRATIONS - 1].version;
    if (version > newest)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "%s was written by a newer azbd: its version is %" PRId64 ", azbd %s reads up to "
            "%" PRId64,
            path, version, AZB_VERSION, newest);
    return true;
}

bool store_migrate(struct store_connection *writer, const char *path, struct azb_error *err)
{
    int64_t version = 0;
    if (!read_number(writer, "PRAGMA user_version", &version, err) ||
        !check_is_ours(writer, path, version, err))
        return false;
    for (size_t i = 0; i < MIGRATIONS; i++)
        if (migrations[i].version > version && !apply(writer, &migrations[i], err))
            return false;
    return true;
}
