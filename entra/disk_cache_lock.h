/*
 * entra/disk_cache_lock.h - the lock file beside a token cache, as three families of MSAL libraries
 * understand it at once:
 *
 *   Python  creates it exclusively, then flock()s it, and removes it at the end;
 *   .NET    opens it for itself alone (flock on Unix) and removes it at the end;
 *   Node    creates it exclusively, writes its process id, and removes it at the end.
 *
 * So: created exclusively, flock()ed, process id written, and removed while still held. The lock of
 * an owner that was killed is taken over in place: its flock is free, and its process is gone, is
 * another one that got the same id later, or was never named and nothing happened for a second.
 */
#ifndef ENTRA_DISK_CACHE_LOCK_H
#define ENTRA_DISK_CACHE_LOCK_H

#include <stdint.h>
#include <azb/error.h>

#define DISK_CACHE_LOCK_TIMEOUT_MS 15000
#define DISK_CACHE_LOCK_UNNAMED_MS 1000

/* How waiting is done: tests count it instead. NULL really waits. */
struct disk_cache_wait {
    void (*wait)(void *context, int64_t ms);
    void *context;
};

void disk_cache_wait_ms(const struct disk_cache_wait *wait, int64_t ms);

struct disk_cache_lock {
    const char *path; /* of the lock file; the caller's */
    int descriptor;   /* -1: not held */
};

/* False and err: TIMEOUT names the process that holds it, IO. */
AZB_MUST_CHECK bool disk_cache_lock_take(struct disk_cache_lock *lock, const char *path,
    const struct disk_cache_wait *wait, int64_t timeout_ms, struct azb_error *err);

/* Without one that is held nothing happens. */
void disk_cache_lock_release(struct disk_cache_lock *lock);

#endif
