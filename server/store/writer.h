/*
 * store/writer.h - the one thread that changes the store; for the files of store/ only.
 *
 * It takes what is queued, up to GROUP_PIECES or GROUP_MS of work, runs each piece in a savepoint
 * of one transaction, commits, runs the hooks and then tells each `done`. While a commit syncs, the
 * next group gathers: that is where the speed comes from.
 */
#ifndef SERVER_STORE_WRITER_H
#define SERVER_STORE_WRITER_H

#include "store/connection.h"

#define GROUP_PIECES 256
#define GROUP_MS 20

struct writer;

/* Takes over the connection, also when it fails. */
struct writer *writer_new(struct store_connection *connection, struct azb_error *err);
/* Commits what is queued, then stops. NULL is legal. */
void writer_free(struct writer *writer);
void writer_add(struct writer *writer, store_work_fn *work, store_done_fn *done, void *context);

/* store.c: makes `connection` what store_reader gives on the calling thread. */
bool store_bind_thread(struct store *store, struct store_connection *connection);

#endif
