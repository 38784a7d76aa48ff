#include "entra/disk_cache_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"

#define PATH_SIZE 4096
#define READ_PIECE (16 << 10)
/* Two ticks of a kernel that counts 100 a second: what a file's times are exact to before
 * Linux 6.13, which gives two writes different times when somebody looked in between. */
#define YOUNG_NS 20000000LL

bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

static int64_t ns_of(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000LL + time.tv_nsec;
}

static struct file_stamp stamp_of(const struct stat *status)
{
    return (struct file_stamp){(uint64_t)status->st_dev, (uint64_t)status->st_ino,
        (int64_t)status->st_size, ns_of(status->st_mtim), ns_of(status->st_ctim)};
}

bool file_stamp_at(const char *path, struct file_stamp *stamp)
{
    struct stat status;
    *stamp = (struct file_stamp){.inode = 0};
    if (lstat(path, &status) != 0)
        return errno == ENOENT || errno == ENOTDIR;
    *stamp = stamp_of(&status);
    return true;
}

bool file_stamp_is_young(const struct file_stamp *stamp)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return stamp->inode != 0 && ns_of(now) - stamp->changed_ns < YOUNG_NS;
}

static const char *why_refused(const struct stat *status)
{
    if (!S_ISREG(status->st_mode))
        return "it is no regular file";
    if (status->st_uid != geteuid())
        return "it belongs to another user";
    if (status->st_mode & (S_IWGRP | S_IWOTH))
        return "others may write it (chmod 600 it when its content is yours)";
    if (status->st_size > DISK_CACHE_FILE_MAX)
        return "it is larger than 16 MB";
    return NULL;
}

static bool fail_file(struct azb_error *err, const char *what, const char *path, const char *reason)
{
    return fail(err, AZB_ERROR_IO, "the file '%.300s' cannot be %s: %s", path, what, reason);
}

static int refuse(struct azb_error *err, const char *path, const char *reason)
{
    fail_file(err, "used", path, reason);
    return -1;
}

static bool read_all(int descriptor, struct buffer *out)
{
    char piece[READ_PIECE];
    ssize_t length;
    while ((length = read(descriptor, piece, sizeof(piece))) > 0)
        buffer_add(out, piece, (size_t)length);
    explicit_bzero(piece, sizeof(piece));
    return length == 0;
}

static int read_open(int descriptor, const char *path, struct buffer *out, struct file_stamp *stamp,
    struct azb_error *err)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return refuse(err, path, strerror(errno));
    const char *reason = why_refused(&status);
    if (reason)
        return refuse(err, path, reason);
    if (!read_all(descriptor, out))
        return refuse(err, path, strerror(errno));
    if (out->failed) {
        fail_memory(err);
        return -1;
    }
    *stamp = stamp_of(&status);
    return 1;
}

int disk_cache_file_read(
    const char *path, struct buffer *out, struct file_stamp *stamp, struct azb_error *err)
{
    *stamp = (struct file_stamp){.inode = 0};
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (descriptor < 0)
        return refuse(err, path, errno == ELOOP ? "it is a symbolic link" : strerror(errno));
    int result = read_open(descriptor, path, out, stamp, err);
    close(descriptor);
    return result;
}

static bool write_all(int descriptor, struct text content)
{
    while (content.length > 0) {
        ssize_t written = write(descriptor, content.at, content.length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        content = text_slice(content, (size_t)written, content.length);
    }
    return true;
}

/* To the nanosecond, where the kernel's own stamp may be a tick old: MSAL Python reads a file again
 * only when it is younger than its own last write. */
static bool stamp_now(int descriptor)
{
    struct timespec times[2] = {{0, UTIME_OMIT}, {0, 0}};
    return clock_gettime(CLOCK_REALTIME, &times[1]) == 0 && futimens(descriptor, times) == 0;
}

/* Always the same name, so that what a killed process left is overwritten by the next writer. */
static bool write_beside(const char *path, struct text content)
{
    unlink(path);
    int descriptor =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0)
        return false;
    bool written =
        write_all(descriptor, content) && stamp_now(descriptor) && fsync(descriptor) == 0;
    int reason = errno;
    if (close(descriptor) != 0 && written) {
        reason = errno;
        written = false;
    }
    errno = reason;
    return written;
}

static bool folder_of(const char *path, char folder[PATH_SIZE])
{
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) : 1;
    if (length >= PATH_SIZE)
        return false;
    snprintf(folder, PATH_SIZE, "%.*s", length ? length : 1, slash ? path : ".");
    return true;
}

/* The rename itself has to be on the disk too. Not every file system can do that to a folder. */
static bool folder_sync(const char *path)
{
    char folder[PATH_SIZE];
    if (!folder_of(path, folder))
        return false;
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool synced = fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP;
    int reason = errno;
    close(descriptor);
    errno = reason;
    return synced;
}

bool disk_cache_file_replace(const char *path, struct text content, struct azb_error *err)
{
    char beside[PATH_SIZE];
    if ((size_t)snprintf(beside, sizeof(beside), "%s.new", path) >= sizeof(beside))
        return fail_file(err, "written", path, strerror(ENAMETOOLONG));
    bool written = write_beside(beside, content) && rename(beside, path) == 0;
    int reason = errno;
    if (!written)
        unlink(beside);
    if (written && !folder_sync(path)) {
        reason = errno;
        written = false;
    }
    return written || fail_file(err, "written", path, strerror(reason));
}

static bool make_folders(char *folder)
{
    for (char *c = folder + 1; *c; c++) {
        if (*c != '/')
            continue;
        *c = '\0';
        bool there = mkdir(folder, S_IRWXU) == 0 || errno == EEXIST || errno == EROFS ||
                     errno == EACCES; /* the last one decides */
        *c = '/';
        if (!there)
            return false;
    }
    return mkdir(folder, S_IRWXU) == 0 || errno == EEXIST;
}

bool disk_cache_folder_make(const char *path, struct azb_error *err)
{
    struct stat status;
    char folder[PATH_SIZE];
    if (!folder_of(path, folder))
        return fail_file(err, "used", path, strerror(ENAMETOOLONG));
    if (stat(folder, &status) != 0 && (!make_folders(folder) || stat(folder, &status) != 0))
        return fail(err, AZB_ERROR_IO, "the folder '%.300s' of the token cache cannot be made: %s",
            folder, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return fail(err, AZB_ERROR_IO, "'%.300s' is no folder; the token cache needs one", folder);
    bool others_write = (status.st_mode & (S_IWGRP | S_IWOTH)) && !(status.st_mode & S_ISVTX);
    if ((status.st_uid != geteuid() && status.st_uid != 0) || others_write)
        return fail(err, AZB_ERROR_IO,
            "the folder '%.300s' is not this user's alone: tokens are kept only where nobody else "
            "may write (chmod 700)",
            folder);
    return true;
}
