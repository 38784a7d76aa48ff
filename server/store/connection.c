#include "store/connection.h"

#include "base/error.h"

/* SQLite's words for what a user can do something about; the rest is reported as it is. */
static const struct {
    int result;
    const char *message;
} known_problems[] = {
    {SQLITE_FULL, "the disk is full"},
    {SQLITE_NOTADB, "azb.db is not a database, or it is damaged"},
    {SQLITE_CORRUPT, "azb.db is damaged"},
    {SQLITE_READONLY, "azb.db cannot be written"},
    {SQLITE_CANTOPEN, "azb.db cannot be opened"},
    {SQLITE_PERM, "azb.db cannot be opened: permission denied"},
};

static const char *problem_text(int result)
{
    for (size_t i = 0; i < sizeof(known_problems) / sizeof(known_problems[0]); i++)
        if (known_problems[i].result == (result & 0xff))
            return known_problems[i].message;
    return "the store failed";
}

static bool is_duplicate(int result)
{
    return result == SQLITE_CONSTRAINT_UNIQUE || result == SQLITE_CONSTRAINT_PRIMARYKEY ||
           result == SQLITE_CONSTRAINT_ROWID;
}

bool connection_fail(struct store_connection *connection, int result, struct azb_error *err)
{
    if (is_duplicate(result))
        return fail(
            err, AZB_ERROR_CONFLICT, "it exists already: %s", sqlite3_errmsg(connection->db));
    if ((result & 0xff) == SQLITE_NOMEM)
        return fail_memory(err);
    const char *detail = (sqlite3_errcode(connection->db) & 0xff) == (result & 0xff)
                             ? sqlite3_errmsg(connection->db)
                             : sqlite3_errstr(result);
    return fail(err, AZB_ERROR_IO, "%s (%s)", problem_text(result), detail);
}

bool connection_run(struct store_connection *connection, const char *sql, struct azb_error *err)
{
    int result = sqlite3_exec(connection->db, sql, NULL, NULL, NULL);
    return result == SQLITE_OK || connection_fail(connection, result, err);
}

/* synchronous=FULL: the WAL is synced at each commit. The log is cut back to 64 MiB after bursts.
 */
static const char *const settings[] = {
    [CONNECTION_WRITES] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                          "PRAGMA foreign_keys=ON; PRAGMA journal_size_limit=67108864;"
                          "PRAGMA temp_store=MEMORY;",
    [CONNECTION_READS] = "PRAGMA query_only=ON; PRAGMA temp_store=MEMORY;",
};

/* One process has the database (STATE/lock sees to it), so its locks need no system calls: this VFS
 * keeps the index of the log in our memory and shuts other processes out. */
#define VFS "unix-excl"

struct store_connection *connection_open(
    struct store *store, const char *path, enum connection_use use, struct azb_error *err)
{
    struct store_connection *connection = memory_alloc(sizeof(*connection));
    if (!connection) {
        fail_memory(err);
        return NULL;
    }
    connection->store = store;
    connection->is_writer = use == CONNECTION_WRITES;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int result = sqlite3_open_v2(path, &connection->db, flags, VFS);
    bool ok = result == SQLITE_OK || connection_fail(connection, result, err);
    if (ok) {
        sqlite3_busy_timeout(connection->db, 10000);
        ok = connection_run(connection, settings[use], err);
    }
    if (ok)
        return connection;
    connection_close(connection);
    return NULL;
}

static void free_slots(struct slot *slot)
{
    for (struct slot *next; slot; slot = next) {
        next = slot->next;
        sqlite3_finalize(slot->prepared);
        memory_free(slot);
    }
}

void connection_close(struct store_connection *connection)
{
    if (!connection)
        return;
    for (size_t i = 0; i < STORE_BUCKETS; i++)
        free_slots(connection->buckets[i]);
    sqlite3_close(connection->db);
    memory_free(connection->hooks);
    memory_free(connection);
}
