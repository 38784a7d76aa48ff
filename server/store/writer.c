#include "store/writer.h"

#include <pthread.h>
#include <signal.h>

#include "base/error.h"
#include "base/time.h"

#define SPARE_PIECES 512

struct piece {
    struct piece *next;
    store_work_fn *work;
    store_done_fn *done;
    void *context;
    bool failed;
    struct azb_error err;
};

struct writer {
    struct store_connection *connection;
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t arrived;
    struct piece *first, *last;
    struct piece *spare; /* used pieces, kept to be used again */
    size_t spare_count;
    bool stopping;
};

/* Queueing */

static struct piece *take_spare(struct writer *writer)
{
    struct piece *piece = writer->spare;
    if (!piece)
        return NULL;
    writer->spare = piece->next;
    writer->spare_count--;
    return piece;
}

static void append(struct writer *writer, struct piece *piece)
{
    piece->next = NULL;
    if (writer->last)
        writer->last->next = piece;
    else
        writer->first = piece;
    writer->last = piece;
    pthread_cond_signal(&writer->arrived);
}

void writer_add(struct writer *writer, store_work_fn *work, store_done_fn *done, void *context)
{
    pthread_mutex_lock(&writer->lock);
    struct piece *piece = take_spare(writer);
    if (!piece)
        piece = memory_alloc(sizeof(*piece));
    if (piece) {
        *piece = (struct piece){.work = work, .done = done, .context = context};
        append(writer, piece);
    }
    pthread_mutex_unlock(&writer->lock);
    if (piece || !done)
        return;
    struct azb_error err = AZB_ERROR_INIT;
    fail_memory(&err);
    done(context, &err);
}

/* All that is queued; NULL when the writer is to stop and nothing is left. */
static struct piece *take_all(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    while (!writer->first && !writer->stopping)
        pthread_cond_wait(&writer->arrived, &writer->lock);
    struct piece *pieces = writer->first;
    writer->first = writer->last = NULL;
    pthread_mutex_unlock(&writer->lock);
    return pieces;
}

static void release(struct writer *writer, struct piece *piece)
{
    azb_error_free(&piece->err);
    pthread_mutex_lock(&writer->lock);
    bool keep = writer->spare_count < SPARE_PIECES;
    if (keep) {
        piece->next = writer->spare;
        writer->spare = piece;
        writer->spare_count++;
    }
    pthread_mutex_unlock(&writer->lock);
    if (!keep)
        memory_free(piece);
}

/* One group */

static bool run(struct store_connection *connection, const char *sql, struct azb_error *err)
{
    scoped_statement struct statement s = statement(connection, sql);
    return statement_run(&s, err);
}

static bool run_work(struct store_connection *connection, struct piece *piece)
{
    if (!run(connection, "SAVEPOINT piece", &piece->err))
        return false;
    if (!piece->work(connection, piece->context, &piece->err))
        return false;
    if (connection->hook_lost)
        return fail_memory(&piece->err);
    return run(connection, "RELEASE piece", &piece->err);
}

/* Some failures (disk full, I/O) end the whole transaction: false then. */
static bool run_piece(struct store_connection *connection, struct piece *piece)
{
    size_t hooks = connection->hook_count;
    connection->hook_lost = false;
    if (run_work(connection, piece))
        return true;
    piece->failed = true;
    connection->hook_count = hooks;
    if (sqlite3_get_autocommit(connection->db))
        return false;
    struct azb_error ignored = AZB_ERROR_INIT;
    bool ok = run(connection, "ROLLBACK TO piece", &ignored) &&
              run(connection, "RELEASE piece", &ignored);
    azb_error_free(&ignored);
    return ok;
}

/* Runs pieces from `first` on; *end is the first that is left for the next group. */
static bool run_pieces(struct store_connection *connection, struct piece *first, struct piece **end)
{
    int64_t until = monotonic_ms() + GROUP_MS;
    int count = 0;
    struct piece *piece = first;
    bool ok = true;
    while (ok && piece && count++ < GROUP_PIECES) {
        ok = run_piece(connection, piece);
        piece = piece->next;
        if (monotonic_ms() >= until)
            break;
    }
    *end = piece;
    return ok;
}

static void fail_group(struct piece *first, const struct piece *end, const struct azb_error *why)
{
    for (struct piece *piece = first; piece != end; piece = piece->next) {
        if (piece->failed)
            continue;
        piece->failed = true;
        fail(&piece->err, why->kind, "nothing was changed: %s", why->message);
    }
}

static void roll_back(struct store_connection *connection)
{
    connection->hook_count = 0;
    if (!sqlite3_get_autocommit(connection->db))
        sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Commits the group that starts with `first`; the answer is where the next one starts. */
static struct piece *commit_group(struct store_connection *connection, struct piece *first)
{
    struct azb_error err = AZB_ERROR_INIT;
    struct piece *end = first->next;
    bool ok = run(connection, "BEGIN IMMEDIATE", &err);
    if (ok && !run_pieces(connection, first, &end))
        ok = fail(&err, AZB_ERROR_IO, "a change in the same commit lost the transaction");
    if (ok)
        ok = run(connection, "COMMIT", &err);
    if (!ok) {
        roll_back(connection);
        fail_group(first, end, &err);
    }
    azb_error_free(&err);
    return end;
}

static void run_hooks(struct store_connection *connection)
{
    for (size_t i = 0; i < connection->hook_count; i++)
        connection->hooks[i].function(connection->hooks[i].context);
    connection->hook_count = 0;
}

static void tell(struct writer *writer, struct piece *first, const struct piece *end)
{
    for (struct piece *next; first != end; first = next) {
        next = first->next;
        if (first->done)
            first->done(first->context, first->failed ? &first->err : NULL);
        release(writer, first);
    }
}

static void *writer_main(void *context)
{
    struct writer *writer = context;
    store_bind_thread(writer->connection->store, writer->connection);
    struct piece *pieces;
    while ((pieces = take_all(writer))) {
        while (pieces) {
            struct piece *end = commit_group(writer->connection, pieces);
            run_hooks(writer->connection);
            tell(writer, pieces, end);
            pieces = end;
        }
    }
    return NULL;
}

/* Life */

/* Signals are for main; a writer that hears none cannot be interrupted. */
static bool start_thread(struct writer *writer)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(&writer->thread, NULL, writer_main, writer) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

struct writer *writer_new(struct store_connection *connection, struct azb_error *err)
{
    struct writer *writer = memory_alloc(sizeof(*writer));
    if (!writer) {
        connection_close(connection);
        fail_memory(err);
        return NULL;
    }
    writer->connection = connection;
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->arrived, NULL);
    if (start_thread(writer))
        return writer;
    connection_close(connection);
    memory_free(writer);
    fail(err, AZB_ERROR_IO, "no thread could be started for the store");
    return NULL;
}

static void free_pieces(struct piece *piece)
{
    for (struct piece *next; piece; piece = next) {
        next = piece->next;
        memory_free(piece);
    }
}

void writer_free(struct writer *writer)
{
    if (!writer)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->arrived);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    connection_close(writer->connection);
    free_pieces(writer->spare);
    pthread_cond_destroy(&writer->arrived);
    pthread_mutex_destroy(&writer->lock);
    memory_free(writer);
}

static bool grow_hooks(struct store_connection *connection)
{
    if (connection->hook_count < connection->hook_capacity)
        return true;
    size_t capacity = connection->hook_capacity ? connection->hook_capacity * 2 : 64;
    struct hook *hooks = memory_resize(connection->hooks, capacity * sizeof(*hooks));
    if (!hooks)
        return false;
    connection->hooks = hooks;
    connection->hook_capacity = capacity;
    return true;
}

void store_after_commit(
    struct store_connection *connection, void (*function)(void *context), void *context)
{
    if (grow_hooks(connection))
        connection->hooks[connection->hook_count++] = (struct hook){function, context};
    else
        connection->hook_lost = true;
}
