/*
 * store/store.h - what survives: SQLite, WAL, synchronous=FULL, one writer that commits a group at
 * a time.
 *
 * Reading: each thread has its own connection (store_reader). Writing: work is queued to the writer
 * thread, runs there inside a savepoint of the open transaction, and is told the outcome only after
 * the commit. So changes see each other in order, never interleave, and an acknowledged one
 * survives kill -9. Work that fails rolls back alone.
 */
#ifndef SERVER_STORE_STORE_H
#define SERVER_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

struct store;
struct store_connection;

/* Opens or creates FOLDER/azb.db (0600). A database of a newer version, or one that is damaged, is
 * refused with a sentence that says which. */
struct store *store_open(const char *folder, struct azb_error *err);
/* Commits what is queued, stops the writer, closes. NULL is legal. */
void store_close(struct store *store);

/* The calling thread's read connection; NULL and err when it cannot be opened. */
struct store_connection *store_reader(struct store *store, struct azb_error *err);
/* True for the writer's, which sees what is not committed yet: what is read there in the midst of
 * work must not be remembered. */
bool store_is_writer(const struct store_connection *connection);

/* A change. False (err set) rolls this piece back and is what `done` hears. */
typedef bool store_work_fn(
    struct store_connection *connection, void *context, struct azb_error *err);
/* After the commit (err NULL) or when the work failed or could not be committed. Writer thread. */
typedef void store_done_fn(void *context, const struct azb_error *err);

/* Queues a change; `done` (may be NULL) is called exactly once. */
void store_write(struct store *store, store_work_fn *work, store_done_fn *done, void *context);
/* The same, and waits for the commit. Never call it on the writer thread. */
bool store_write_wait(
    struct store *store, store_work_fn *work, void *context, struct azb_error *err);

/* Called from work: run this on the writer thread after the group's commit, before its `done`s
 * (refresh what is cached in memory). Dropped when the work fails. */
void store_after_commit(
    struct store_connection *connection, void (*function)(void *context), void *context);

/*
 * Statements. Prepared once a connection and kept (by the address of the SQL literal), reset by the
 * cleanup:
 *
 *     scoped_statement struct statement s = statement(c, "SELECT body FROM job WHERE id = ?1");
 *     statement_bind_text(&s, 1, id);
 *     if (!statement_step(&s, &row, err)) return false;
 */
struct statement {
    struct store_connection *connection;
    void *handle; /* what could not be prepared or bound is reported by step */
};

struct statement statement(struct store_connection *connection, const char *sql);
void statement_bind_text(struct statement *statement, int at, struct text text); /* copied */
void statement_bind_string(struct statement *statement, int at, const char *string);
void statement_bind_blob(struct statement *statement, int at, struct text bytes);
void statement_bind_i64(struct statement *statement, int at, int64_t value);
/* Moves to the next row: *row false at the end. For changes *row is false. A UNIQUE violation is
 * AZB_ERROR_CONFLICT. */
bool statement_step(struct statement *statement, bool *row, struct azb_error *err);
/* Runs a statement that gives no rows. */
bool statement_run(struct statement *statement, struct azb_error *err);
/* Columns from 0. The text is copied to the arena, NUL-terminated; NULL gives TEXT_NONE. */
struct text statement_text(struct statement *statement, int column, struct arena *arena);
char *statement_string(struct statement *statement, int column, struct arena *arena);
/* Without a copy: valid until the next step or reset. */
struct text statement_borrow(struct statement *statement, int column);
int64_t statement_i64(struct statement *statement, int column);
bool statement_is_null(struct statement *statement, int column);
int64_t store_last_row(struct store_connection *connection);
int64_t store_changes(struct store_connection *connection);
void statement_reset(struct statement *statement);

#define scoped_statement __attribute__((cleanup(statement_reset)))

/* The tables, one constant per owner (store/schema_*.c), and the version that they came with
 * (store/migrate.c). Change a table after a release by a constant of the next version. */
extern const char *const schema_directory;  /* tenants, applications, service principals, ... */
extern const char *const schema_access;     /* subscriptions, groups, accounts, roles */
extern const char *const schema_batch;      /* jobs, tasks, pools, nodes */
extern const char *const schema_permission; /* version 2: passwords, permissions, ... */
extern const char *const schema_sign_in;    /* version 2: codes, refresh tokens, sessions */
extern const char *const schema_role;       /* version 3: conditions, management groups, ... */
extern const char *const schema_account;    /* version 3: accounts of Resource Manager */
extern const char *const schema_group;      /* version 3: owners, groups */

#endif
