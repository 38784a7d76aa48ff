#include "entra/disk_cache_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

#define OWNER_MAX 64 /* of the text in the file, as much as is looked at */

/* What one look at somebody's lock file showed. */
struct sight {
    struct stat status;
    int64_t pid; /* 0: none is written there */
};

void disk_cache_wait_ms(const struct disk_cache_wait *wait, int64_t ms)
{
    if (wait && wait->wait)
        wait->wait(wait->context, ms);
    else
        poll(NULL, 0, (int)ms);
}

static bool is_at(const char *path, const struct stat *status)
{
    struct stat now;
    return lstat(path, &now) == 0 && now.st_dev == status->st_dev && now.st_ino == status->st_ino;
}

/* A file system without flock is left with the exclusive creation and the process id. */
static bool flock_or_unsupported(int descriptor)
{
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno == ENOLCK || errno == EOPNOTSUPP ||
           errno == ENOSYS;
}

/* The number that the file begins with: Python writes "pid program", Node "pid". */
static int64_t read_pid(int descriptor)
{
    char owner[OWNER_MAX];
    uint64_t pid = 0;
    ssize_t length = pread(descriptor, owner, sizeof(owner), 0);
    struct text rest = {owner, length > 0 ? (size_t)length : 0}, number = TEXT_NONE;
    text_cut(&rest, ' ', &number);
    return text_to_u64(text_trim(number), INT32_MAX, &pid) ? (int64_t)pid : 0;
}

static bool look(int descriptor, struct sight *sight)
{
    if (fstat(descriptor, &sight->status) != 0)
        return false;
    sight->pid = read_pid(descriptor);
    return true;
}

/* Seconds since 1970 at which the process began; 0 when it cannot be told. */
static int64_t process_began(int64_t pid)
{
    char path[64];
    struct stat status;
    snprintf(path, sizeof(path), "/proc/%lld", (long long)pid);
    return stat(path, &status) == 0 ? (int64_t)status.st_ctime : 0;
}

/* The process that wrote its id there lives. One that began after the file was written only has the
 * same number; the second is what the two clocks may differ by. */
static bool owner_lives(const struct sight *sight)
{
    if (sight->pid == getpid() || (kill((pid_t)sight->pid, 0) != 0 && errno == ESRCH))
        return false;
    return process_began(sight->pid) <= (int64_t)sight->status.st_mtime + 1;
}

static bool is_abandoned(const struct sight *sight, int64_t seen_ms)
{
    return sight->pid > 0 ? !owner_lives(sight) : seen_ms >= DISK_CACHE_LOCK_UNNAMED_MS;
}

static bool same_sight(const struct sight *a, const struct sight *b)
{
    return a->status.st_ino == b->status.st_ino && a->status.st_dev == b->status.st_dev &&
           a->status.st_mtim.tv_sec == b->status.st_mtim.tv_sec &&
           a->status.st_mtim.tv_nsec == b->status.st_mtim.tv_nsec && a->pid == b->pid;
}

static void write_pid(int descriptor)
{
    char owner[OWNER_MAX];
    int length = snprintf(owner, sizeof(owner), "%ld azb", (long)getpid());
    /* Its content only helps others to judge; without it the flock still counts. */
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, owner, (size_t)length, 0) < 0)
        return;
}

/* 1 created and held, 0 somebody has it, -1 errno. */
static int create(struct disk_cache_lock *lock)
{
    struct stat status;
    int descriptor =
        open(lock->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        return errno == EEXIST ? 0 : -1;
    if (!flock_or_unsupported(descriptor) || fstat(descriptor, &status) != 0 ||
        !is_at(lock->path, &status)) {
        close(descriptor);
        return 0;
    }
    write_pid(descriptor);
    lock->descriptor = descriptor;
    return 1;
}

/* Held by flock, and nothing has changed since it was judged: it is ours. */
static bool take_over(struct disk_cache_lock *lock, int descriptor, const struct sight *judged)
{
    struct sight now;
    if (judged->status.st_uid != geteuid() || !S_ISREG(judged->status.st_mode) ||
        !flock_or_unsupported(descriptor))
        return false;
    if (!look(descriptor, &now) || !same_sight(&now, judged) || !is_at(lock->path, &now.status)) {
        flock(descriptor, LOCK_UN);
        return false;
    }
    write_pid(descriptor);
    lock->descriptor = descriptor;
    return true;
}

/* Looks at the lock file of somebody else; `last` and `seen_ms` say since when it looks like that.
 * True: it was abandoned and is taken over. */
static bool inspect(
    struct disk_cache_lock *lock, struct sight *last, int64_t *seen_ms, int64_t waited_ms)
{
    struct sight now;
    int descriptor = open(lock->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return false;
    if (!look(descriptor, &now)) {
        close(descriptor);
        return false;
    }
    if (!same_sight(&now, last)) {
        *last = now;
        *seen_ms = waited_ms;
    }
    if (is_abandoned(&now, waited_ms - *seen_ms) && take_over(lock, descriptor, &now))
        return true;
    close(descriptor);
    return false;
}

static bool fail_held(const char *path, const struct sight *last, struct azb_error *err)
{
    if (last->pid > 0)
        fail(err, AZB_ERROR_TIMEOUT,
            "the lock file '%.300s' of the token cache is held by process %lld; wait for it, or "
            "end it",
            path, (long long)last->pid);
    else
        fail(err, AZB_ERROR_TIMEOUT,
            "the lock file '%.300s' of the token cache is held by another process", path);
    err->retryable = true;
    return false;
}

/* Different for each process and each try, so that waiters do not come back together. */
static int64_t pause_ms(int tries)
{
    return 2 + ((int64_t)getpid() * 7 + (int64_t)tries * 5) % 15;
}

bool disk_cache_lock_take(struct disk_cache_lock *lock, const char *path,
    const struct disk_cache_wait *wait, int64_t timeout_ms, struct azb_error *err)
{
    struct sight last = {.pid = 0};
    int64_t seen_ms = 0, waited_ms = 0;
    *lock = (struct disk_cache_lock){path, -1};
    for (int tries = 0;; tries++) {
        int created = create(lock);
        if (created < 0)
            return fail(err, AZB_ERROR_IO, "the lock file '%.300s' cannot be made: %s", path,
                strerror(errno));
        if (created > 0 || inspect(lock, &last, &seen_ms, waited_ms))
            return true;
        if (waited_ms >= timeout_ms)
            return fail_held(path, &last, err);
        int64_t pause = pause_ms(tries);
        disk_cache_wait_ms(wait, pause);
        waited_ms += pause;
    }
}

/* Whoever waits may create a new file as soon as this one is gone from the folder; the flock is
 * given up by word, because a child that was forked meanwhile has the descriptor too. */
void disk_cache_lock_release(struct disk_cache_lock *lock)
{
    struct stat status;
    if (lock->descriptor < 0)
        return;
    if (fstat(lock->descriptor, &status) == 0 && is_at(lock->path, &status))
        unlink(lock->path);
    flock(lock->descriptor, LOCK_UN);
    close(lock->descriptor);
    lock->descriptor = -1;
}
