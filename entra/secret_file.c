#include "entra/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/error.h"

static struct file_stamp stamp_of(const struct stat *status)
{
    if (!S_ISREG(status->st_mode))
        return (struct file_stamp){0};
    return (struct file_stamp){
        .device = (uint64_t)status->st_dev,
        .inode = (uint64_t)status->st_ino,
        .modified_s = (int64_t)status->st_mtim.tv_sec,
        .modified_ns = (int64_t)status->st_mtim.tv_nsec,
        .length = (int64_t)status->st_size,
    };
}

static bool read_all(int file, struct buffer *bytes)
{
    char piece[4096];
    ssize_t got;
    while (!bytes->failed && (got = read(file, piece, sizeof(piece))) != 0) {
        if (got < 0 && errno != EINTR)
            return false;
        if (got > 0)
            buffer_add(bytes, piece, (size_t)got);
    }
    secret_wipe(piece, sizeof(piece));
    return true;
}

bool secret_file_read(
    const char *path, struct buffer *bytes, struct file_stamp *stamp, struct azb_error *err)
{
    struct stat status = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0)
        return fail(err, AZB_ERROR_IO, "%s cannot be opened: %s", path, strerror(errno));
    bool read = fstat(file, &status) == 0 && read_all(file, bytes);
    int problem = errno;
    close(file);
    if (!read)
        return fail(err, AZB_ERROR_IO, "%s cannot be read: %s", path, strerror(problem));
    if (bytes->failed)
        return fail(err, AZB_ERROR_IO, "%s is too large (%zu bytes are allowed), or memory is out",
            path, bytes->maximum);
    if (stamp)
        *stamp = stamp_of(&status);
    return true;
}

static bool stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->modified_s == b->modified_s &&
           a->modified_ns == b->modified_ns && a->length == b->length;
}

bool secret_file_changed(const char *path, const struct file_stamp *stamp)
{
    static const struct file_stamp none;
    struct stat status;
    if (stamp_equal(stamp, &none) || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    struct file_stamp now = stamp_of(&status);
    return !stamp_equal(&now, stamp);
}
