/*
 * entra/disk_cache_storage.h - where a token cache lies and how it is changed: a file, or the
 * keyring with a file beside it that says when it changed. Every change reads what is there, under
 * the lock file, and writes it back whole.
 */
#ifndef ENTRA_DISK_CACHE_STORAGE_H
#define ENTRA_DISK_CACHE_STORAGE_H

#include <pthread.h>
#include "entra/disk_cache.h"
#include "entra/disk_cache_document.h"
#include "entra/disk_cache_file.h"
#include "entra/keyring.h"

struct azb_cache {
    char *path;              /* of the file: of the tokens, or with a keyring of the signal */
    char *lock_path;         /* PATH.lockfile */
    struct keyring *keyring; /* NULL: the tokens are in the file */
    struct disk_cache_wait wait;
    int64_t lock_timeout_ms;
    azb_cache_warning_fn *warning;
    void *warning_context;
    pthread_mutex_t writing; /* one thread of this process at a time waits for the lock file */
    pthread_mutex_t reading; /* what is below */
    struct cache_document document; /* as it was last read */
    struct file_stamp stamp;        /* of that */
    bool loaded, young;
};

/* The document as it is now, until cache_leave(); no lock is taken between processes. What cannot
 * be understood is set aside and counts as empty. False and err: nothing to leave. */
AZB_MUST_CHECK bool cache_enter(struct azb_cache *cache, struct azb_error *err);
void cache_leave(struct azb_cache *cache);

/* Changes what is stored. True once it is on the disk (or when there was nothing to change). */
AZB_MUST_CHECK bool cache_update(
    struct azb_cache *cache, const struct cache_change *change, struct azb_error *err);

#endif
