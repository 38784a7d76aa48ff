#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "store/connection.h"
#include "store/writer.h"

struct store {
    char path[PATH_MAX];
    struct writer *writer;
    pthread_key_t reader_key;
    bool has_reader_key;
    pthread_mutex_t lock; /* of `readers` */
    struct store_connection *readers;
};

/* SQLite gives its -wal and -shm files the mode of the database, so it is made with ours first. */
static bool make_file(const char *path, struct azb_error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail(err, AZB_ERROR_IO, "%s: %s", path, strerror(errno));
    bool ok = fchmod(fd, 0600) == 0;
    close(fd);
    return ok || fail(err, AZB_ERROR_IO, "%s: %s", path, strerror(errno));
}

static void forget_reader(struct store *store, struct store_connection *reader)
{
    pthread_mutex_lock(&store->lock);
    struct store_connection **at = &store->readers;
    while (*at && *at != reader)
        at = &(*at)->next;
    if (*at)
        *at = reader->next;
    pthread_mutex_unlock(&store->lock);
}

/* At the end of a thread. The writer's own connection is closed by the writer. */
static void close_reader(void *value)
{
    struct store_connection *reader = value;
    if (reader->is_writer)
        return;
    forget_reader(reader->store, reader);
    connection_close(reader);
}

static struct store_connection *open_writer(struct store *store, struct azb_error *err)
{
    if (!make_file(store->path, err))
        return NULL;
    struct store_connection *writer = connection_open(store, store->path, CONNECTION_WRITES, err);
    if (writer && store_migrate(writer, store->path, err))
        return writer;
    connection_close(writer);
    return NULL;
}

static bool start(struct store *store, const char *folder, struct azb_error *err)
{
    int length = snprintf(store->path, sizeof(store->path), "%s/azb.db", folder);
    if (length < 0 || (size_t)length >= sizeof(store->path))
        return fail(err, AZB_ERROR_ARGUMENT, "the folder's name is too long: %s", folder);
    struct store_connection *connection = open_writer(store, err);
    if (!connection)
        return fail_while(err, "store %s", store->path);
    if (pthread_key_create(&store->reader_key, close_reader) != 0) {
        connection_close(connection);
        return fail(err, AZB_ERROR_IO, "no thread key is left for the store's readers");
    }
    store->has_reader_key = true;
    store->writer = writer_new(connection, err);
    return store->writer != NULL;
}

struct store *store_open(const char *folder, struct azb_error *err)
{
    /* Counting memory costs a lock per allocation. Refused, and harmless, after the first use. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    struct store *store = memory_alloc(sizeof(*store));
    if (!store) {
        fail_memory(err);
        return NULL;
    }
    pthread_mutex_init(&store->lock, NULL);
    if (start(store, folder, err))
        return store;
    store_close(store);
    return NULL;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    struct store_connection *reader = store->readers;
    if (store->has_reader_key)
        pthread_key_delete(store->reader_key);
    for (struct store_connection *next; reader; reader = next) {
        next = reader->next;
        connection_close(reader);
    }
    writer_free(store->writer);
    pthread_mutex_destroy(&store->lock);
    memory_free(store);
}

bool store_bind_thread(struct store *store, struct store_connection *connection)
{
    return pthread_setspecific(store->reader_key, connection) == 0;
}

static void remember_reader(struct store *store, struct store_connection *reader)
{
    pthread_mutex_lock(&store->lock);
    reader->next = store->readers;
    store->readers = reader;
    pthread_mutex_unlock(&store->lock);
}

struct store_connection *store_reader(struct store *store, struct azb_error *err)
{
    struct store_connection *reader = pthread_getspecific(store->reader_key);
    if (reader)
        return reader;
    reader = connection_open(store, store->path, CONNECTION_READS, err);
    if (!reader)
        return NULL;
    remember_reader(store, reader);
    if (store_bind_thread(store, reader))
        return reader;
    close_reader(reader);
    fail_memory(err);
    return NULL;
}

bool store_is_writer(const struct store_connection *connection)
{
    return connection->is_writer;
}

void store_write(struct store *store, store_work_fn *work, store_done_fn *done, void *context)
{
    writer_add(store->writer, work, done, context);
}

struct wait {
    pthread_mutex_t lock;
    pthread_cond_t finished;
    bool is_finished;
    bool ok;
    store_work_fn *work;
    void *context;
    struct azb_error *err;
};

static bool work_of_wait(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct wait *wait = context;
    return wait->work(connection, wait->context, err);
}

static void wake(void *context, const struct azb_error *err)
{
    struct wait *wait = context;
    pthread_mutex_lock(&wait->lock);
    wait->ok = !err;
    if (err && wait->err) {
        azb_error_free(wait->err);
        *wait->err = *err;
        wait->err->claims = err->claims ? memory_string(err->claims) : NULL;
    }
    wait->is_finished = true;
    pthread_cond_signal(&wait->finished);
    pthread_mutex_unlock(&wait->lock);
}

bool store_write_wait(
    struct store *store, store_work_fn *work, void *context, struct azb_error *err)
{
    struct wait wait = {.work = work, .context = context, .err = err};
    pthread_mutex_init(&wait.lock, NULL);
    pthread_cond_init(&wait.finished, NULL);
    store_write(store, work_of_wait, wake, &wait);
    pthread_mutex_lock(&wait.lock);
    while (!wait.is_finished)
        pthread_cond_wait(&wait.finished, &wait.lock);
    pthread_mutex_unlock(&wait.lock);
    pthread_cond_destroy(&wait.finished);
    pthread_mutex_destroy(&wait.lock);
    return wait.ok;
}
