#include <assert.h>

#include "base/error.h"
#include "store/connection.h"

static size_t bucket_of(const char *sql)
{
    uint64_t hash = (uint64_t)(uintptr_t)sql * 0x9E3779B97F4A7C15u;
    return (size_t)(hash >> 57) % STORE_BUCKETS;
}

static struct slot *find_free(struct store_connection *connection, const char *sql)
{
    struct slot *slot = connection->buckets[bucket_of(sql)];
    while (slot && (slot->sql != sql || slot->used))
        slot = slot->next;
    return slot;
}

static void prepare(struct store_connection *connection, struct slot *slot)
{
    slot->problem = sqlite3_prepare_v3(
        connection->db, slot->sql, -1, SQLITE_PREPARE_PERSISTENT, &slot->prepared, NULL);
}

static struct slot *add_slot(struct store_connection *connection, const char *sql)
{
    struct slot *slot = memory_alloc(sizeof(*slot));
    if (!slot)
        return NULL;
    slot->sql = sql;
    struct slot **bucket = &connection->buckets[bucket_of(sql)];
    slot->next = *bucket;
    *bucket = slot;
    return slot;
}

struct statement statement(struct store_connection *connection, const char *sql)
{
    struct slot *slot = find_free(connection, sql);
    if (!slot)
        slot = add_slot(connection, sql);
    if (slot && !slot->prepared)
        prepare(connection, slot);
    if (slot)
        slot->used = true;
    return (struct statement){connection, slot};
}

/* A statement that was reset may be bound again by its holder. */
static struct slot *slot_to_bind(struct statement *statement)
{
    struct slot *slot = statement->handle;
    if (!slot || !slot->prepared || slot->problem)
        return NULL;
    slot->used = true;
    return slot;
}

static void remember(struct slot *slot, int result)
{
    assert(result != SQLITE_RANGE && "a parameter that the SQL does not have");
    assert(result != SQLITE_MISUSE && "bound between two steps: reset it first");
    if (result != SQLITE_OK)
        slot->problem = result;
}

void statement_bind_text(struct statement *statement, int at, struct text text)
{
    struct slot *slot = slot_to_bind(statement);
    if (slot)
        remember(slot, sqlite3_bind_text64(slot->prepared, at, text.at, text.length,
                           SQLITE_TRANSIENT, SQLITE_UTF8));
}

void statement_bind_string(struct statement *statement, int at, const char *string)
{
    statement_bind_text(statement, at, text_of(string));
}

void statement_bind_blob(struct statement *statement, int at, struct text bytes)
{
    struct slot *slot = slot_to_bind(statement);
    if (slot)
        remember(slot,
            sqlite3_bind_blob64(slot->prepared, at, bytes.at, bytes.length, SQLITE_TRANSIENT));
}

void statement_bind_i64(struct statement *statement, int at, int64_t value)
{
    struct slot *slot = slot_to_bind(statement);
    if (slot)
        remember(slot, sqlite3_bind_int64(slot->prepared, at, value));
}

bool statement_step(struct statement *statement, bool *row, struct azb_error *err)
{
    struct slot *slot = statement->handle;
    if (!slot)
        return fail_memory(err);
    if (slot->problem)
        return connection_fail(statement->connection, slot->problem, err);
    slot->used = true;
    int result = sqlite3_step(slot->prepared);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return connection_fail(statement->connection, result, err);
    *row = result == SQLITE_ROW;
    return true;
}

bool statement_run(struct statement *statement, struct azb_error *err)
{
    bool row = false;
    if (!statement_step(statement, &row, err))
        return false;
    assert(!row && "a statement that gives rows is stepped");
    struct slot *slot = statement->handle;
    sqlite3_reset(slot->prepared);
    return true;
}

struct text statement_borrow(struct statement *statement, int column)
{
    struct slot *slot = statement->handle;
    const void *at = sqlite3_column_blob(slot->prepared, column);
    size_t length = (size_t)sqlite3_column_bytes(slot->prepared, column);
    if (at)
        return (struct text){at, length};
    /* SQLite gives a NULL pointer for an empty blob, too. */
    return statement_is_null(statement, column) ? TEXT_NONE : TEXT("");
}

struct text statement_text(struct statement *statement, int column, struct arena *arena)
{
    struct text borrowed = statement_borrow(statement, column);
    if (!borrowed.at)
        return TEXT_NONE;
    char *copy = arena_copy(arena, borrowed.at, borrowed.length);
    return copy ? (struct text){copy, borrowed.length} : TEXT_NONE;
}

char *statement_string(struct statement *statement, int column, struct arena *arena)
{
    struct text borrowed = statement_borrow(statement, column);
    return borrowed.at ? arena_copy(arena, borrowed.at, borrowed.length) : NULL;
}

int64_t statement_i64(struct statement *statement, int column)
{
    struct slot *slot = statement->handle;
    return sqlite3_column_int64(slot->prepared, column);
}

bool statement_is_null(struct statement *statement, int column)
{
    struct slot *slot = statement->handle;
    return sqlite3_column_type(slot->prepared, column) == SQLITE_NULL;
}

int64_t store_last_row(struct store_connection *connection)
{
    return sqlite3_last_insert_rowid(connection->db);
}

int64_t store_changes(struct store_connection *connection)
{
    return sqlite3_changes64(connection->db);
}

void statement_reset(struct statement *statement)
{
    struct slot *slot = statement->handle;
    if (!slot)
        return;
    slot->used = false;
    if (!slot->prepared)
        return;
    slot->problem = SQLITE_OK;
    sqlite3_reset(slot->prepared);
    sqlite3_clear_bindings(slot->prepared);
}
