/*
 * store/connection.h - one SQLite connection and its prepared statements; for the files of store/
 * only. A connection belongs to one thread.
 */
#ifndef SERVER_STORE_CONNECTION_H
#define SERVER_STORE_CONNECTION_H

#include <sqlite3.h>
#include "store/store.h"

/* "azb1": what the header of our databases says (PRAGMA application_id). */
#define STORE_APPLICATION_ID 0x617A6231
#define STORE_BUCKETS 128

/* A prepared statement. Its SQL may have several slots when one use is inside another. */
struct slot {
    struct slot *next;
    const char *sql; /* the literal: compared by address */
    sqlite3_stmt *prepared;
    bool used;
    int problem; /* of preparing or binding; step reports it */
};

struct hook {
    void (*function)(void *context);
    void *context;
};

struct store_connection {
    sqlite3 *db;
    struct store *store;
    struct store_connection *next; /* in the store's list of readers */
    bool is_writer;
    struct slot *buckets[STORE_BUCKETS];
    /* What runs after the commit of the open group; writer only. */
    struct hook *hooks;
    size_t hook_count, hook_capacity;
    bool hook_lost; /* a hook could not be remembered: the work must fail */
};

enum connection_use {
    CONNECTION_WRITES,
    CONNECTION_READS,
};

struct store_connection *connection_open(
    struct store *store, const char *path, enum connection_use use, struct azb_error *err);
void connection_close(struct store_connection *connection); /* NULL is legal */
/* Runs SQL that gives no rows; several statements are fine. */
bool connection_run(struct store_connection *connection, const char *sql, struct azb_error *err);
/* Fills err from SQLite's result code; always false. */
bool connection_fail(struct store_connection *connection, int result, struct azb_error *err);

/* store/migrate.c: makes a new database, brings an older one up to date, refuses a newer one. */
bool store_migrate(struct store_connection *writer, const char *path, struct azb_error *err);

#endif
