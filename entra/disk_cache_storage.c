#include "entra/disk_cache_storage.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOTICE_MAX 1024
#define ASIDE_NAMES_MAX 100

/* msal-extensions for Python writes in place: a reader may see half of it, and looks again. */
static const int64_t reread_pauses_ms[] = {10, 40, 150};

/* 1, 0, -1 as disk_cache_file_read. */
static int read_storage(struct azb_cache *cache, struct cache_document *document,
    struct file_stamp *stamp, struct azb_error *err)
{
    if (!cache->keyring)
        return disk_cache_file_read(cache->path, &document->body, stamp, err);
    if (!file_stamp_at(cache->path, stamp)) {
        fail(err, AZB_ERROR_IO, "the file '%.300s' cannot be looked at: %s", cache->path,
            strerror(errno));
        return -1;
    }
    return keyring_read(cache->keyring, &document->body, err);
}

static bool write_storage(struct azb_cache *cache, struct text content, struct azb_error *err)
{
    if (!cache->keyring)
        return disk_cache_file_replace(cache->path, content, err);
    return keyring_write(cache->keyring, content, err) &&
           disk_cache_file_replace(cache->path, TEXT_NONE, err);
}

static bool read_once(struct azb_cache *cache, struct cache_document *document,
    struct file_stamp *stamp, struct azb_error *err)
{
    cache_document_free(document);
    return read_storage(cache, document, stamp, err) >= 0 && cache_document_read(document, err);
}

/* A file without a byte is what an interrupted writer of another library leaves, or has just made.
 */
static bool is_unfinished(const struct cache_document *document, const struct file_stamp *stamp)
{
    return stamp->inode != 0 && document->body.length == 0;
}

/* Without the lock file. `problem` of kind PROTOCOL: it stayed unreadable. */
static bool read_patiently(struct azb_cache *cache, struct cache_document *document,
    struct file_stamp *stamp, struct azb_error *problem)
{
    for (size_t i = 0;; i++) {
        bool read = read_once(cache, document, stamp, problem);
        if (read && (cache->keyring || !is_unfinished(document, stamp)))
            return true;
        if (i == COUNT(reread_pauses_ms) || (!read && problem->kind != AZB_ERROR_PROTOCOL))
            return read;
        disk_cache_wait_ms(&cache->wait, reread_pauses_ms[i]);
    }
}

static void tell(struct azb_cache *cache, const char *notice)
{
    if (notice[0] && cache->warning)
        cache->warning(cache->warning_context, notice);
}

/* PATH.unreadable-SECONDS, with a number behind it when that is taken. */
static bool free_name(const char *path, char name[NOTICE_MAX])
{
    struct stat status;
    for (int i = 0; i < ASIDE_NAMES_MAX; i++) {
        int length = snprintf(name, NOTICE_MAX, "%s.unreadable-%lld", path, (long long)time(NULL));
        if (length < 0 || length >= NOTICE_MAX - 8)
            return false;
        if (i > 0)
            snprintf(name + length, 8, "-%d", i);
        if (lstat(name, &status) != 0)
            return errno == ENOENT;
    }
    return false;
}

static bool move_aside(struct azb_cache *cache, const struct cache_document *document,
    const char *name, struct azb_error *err)
{
    if (cache->keyring)
        return disk_cache_file_replace(name, buffer_text(&document->body), err) &&
               write_storage(cache, TEXT("{}\n"), err);
    return rename(cache->path, name) == 0 ||
           fail(err, AZB_ERROR_IO, "the file '%.300s' cannot be renamed: %s", cache->path,
               strerror(errno));
}

/* Under the lock file. What was read stays in the document's body, which counts as empty. */
static bool set_aside(struct azb_cache *cache, struct cache_document *document,
    const struct azb_error *problem, char notice[NOTICE_MAX], struct azb_error *err)
{
    char name[NOTICE_MAX];
    if (!free_name(cache->path, name))
        return fail(err, AZB_ERROR_IO, "no name is free to set the token cache '%.300s' aside",
            cache->path);
    if (!move_aside(cache, document, name, err))
        return false;
    snprintf(notice, NOTICE_MAX,
        "the token cache '%.300s' could not be understood (%.200s); it was set aside as '%.300s', "
        "and a new one is begun",
        cache->path, problem->message, name);
    cache_document_free(document);
    return true;
}

/* Under the lock file: nobody is in the middle of writing. */
static bool read_or_set_aside(struct azb_cache *cache, struct cache_document *document,
    char notice[NOTICE_MAX], struct azb_error *err)
{
    struct file_stamp stamp;
    struct azb_error problem = AZB_ERROR_INIT;
    if (read_once(cache, document, &stamp, &problem))
        return true;
    if (problem.kind == AZB_ERROR_PROTOCOL)
        return set_aside(cache, document, &problem, notice, err);
    return error_move(err, &problem);
}

/* ---- Reading ----------------------------------------------------------------------------- */

static bool set_aside_now(struct azb_cache *cache, char notice[NOTICE_MAX], struct azb_error *err)
{
    struct disk_cache_lock lock;
    struct cache_document document;
    cache_document_init(&document);
    pthread_mutex_lock(&cache->writing);
    bool done =
        disk_cache_lock_take(&lock, cache->lock_path, &cache->wait, cache->lock_timeout_ms, err);
    if (done) {
        done = read_or_set_aside(cache, &document, notice, err);
        disk_cache_lock_release(&lock);
    }
    pthread_mutex_unlock(&cache->writing);
    cache_document_free(&document);
    return done;
}

/* With `reading` held. `problem` of kind PROTOCOL: what is there cannot be understood; the document
 * is then empty. */
static bool refresh(struct azb_cache *cache, struct azb_error *problem)
{
    struct file_stamp stamp;
    if (!file_stamp_at(cache->path, &stamp))
        return fail(problem, AZB_ERROR_IO, "the file '%.300s' cannot be looked at: %s", cache->path,
            strerror(errno));
    if (cache->loaded && !cache->young && file_stamp_equal(&stamp, &cache->stamp))
        return true;
    bool read = read_patiently(cache, &cache->document, &stamp, problem);
    if (!read)
        cache_document_free(&cache->document);
    cache->loaded = read || problem->kind == AZB_ERROR_PROTOCOL;
    cache->stamp = stamp;
    cache->young = read && file_stamp_is_young(&stamp);
    return read;
}

/* Only where it cannot be set aside (a read-only home) does it stay, and is not read again. */
static void heed_unreadable(struct azb_cache *cache, const struct azb_error *problem)
{
    char notice[NOTICE_MAX] = "";
    struct azb_error err = AZB_ERROR_INIT;
    if (!set_aside_now(cache, notice, &err))
        snprintf(notice, sizeof(notice),
            "the token cache '%.300s' cannot be understood (%.200s), nor set aside (%.300s); it is "
            "not used",
            cache->path, problem->message, err.message);
    tell(cache, notice);
}

bool cache_enter(struct azb_cache *cache, struct azb_error *err)
{
    struct azb_error problem = AZB_ERROR_INIT;
    pthread_mutex_lock(&cache->reading);
    if (refresh(cache, &problem))
        return true;
    pthread_mutex_unlock(&cache->reading);
    if (problem.kind != AZB_ERROR_PROTOCOL)
        return error_move(err, &problem);
    heed_unreadable(cache, &problem);
    pthread_mutex_lock(&cache->reading);
    if (refresh(cache, &problem) || problem.kind == AZB_ERROR_PROTOCOL)
        return true;
    pthread_mutex_unlock(&cache->reading);
    return error_move(err, &problem);
}

void cache_leave(struct azb_cache *cache)
{
    pthread_mutex_unlock(&cache->reading);
}

/* ---- Changing ---------------------------------------------------------------------------- */

static bool changes(const struct cache_document *document, const struct cache_change *change)
{
    bool any = change->put_count > 0;
    for (size_t i = 0; !any && change->drops && i < document->count; i++)
        any = change->drops(change->context, &document->entries[i]);
    return any;
}

static bool update_locked(struct azb_cache *cache, const struct cache_change *change,
    char notice[NOTICE_MAX], struct azb_error *err)
{
    struct cache_document document;
    scoped_buffer struct buffer out = {0};
    buffer_init(&out, DISK_CACHE_FILE_MAX);
    cache_document_init(&document);
    bool done = read_or_set_aside(cache, &document, notice, err);
    if (done && changes(&document, change))
        done = cache_document_write(&document, change, &out, err) &&
               write_storage(cache, buffer_text(&out), err);
    cache_document_free(&document);
    return done;
}

bool cache_update(struct azb_cache *cache, const struct cache_change *change, struct azb_error *err)
{
    struct disk_cache_lock lock;
    char notice[NOTICE_MAX] = "";
    pthread_mutex_lock(&cache->writing);
    bool done =
        disk_cache_lock_take(&lock, cache->lock_path, &cache->wait, cache->lock_timeout_ms, err);
    if (done) {
        done = update_locked(cache, change, notice, err);
        disk_cache_lock_release(&lock);
    }
    pthread_mutex_unlock(&cache->writing);
    tell(cache, notice);
    return done;
}
