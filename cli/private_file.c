#include "cli/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define ASIDE_MAX 1000

static bool fail_errno(struct azb_error *err, const char *what, const char *path)
{
    char reason[128];
    const char *text = strerror_r(errno, reason, sizeof reason);
    return fail(err, AZB_ERROR_IO, "cannot %s '%s': %s", what, path, text);
}

char *private_folder_path(
    const char *name, const char *fallback, struct arena *arena, struct azb_error *err)
{
    const char *base = getenv(name), *home = getenv("HOME");
    char *path = NULL;
    if (base && base[0] == '/') /* the XDG specification: a relative path is ignored */
        path = arena_format(arena, "%s/azb", base);
    else if (home && *home)
        path = arena_format(arena, "%s/%s/azb", home, fallback);
    else {
        fail(err, AZB_ERROR_CONFIGURATION, "neither %s nor HOME says where azb may keep its files",
            name);
        return NULL;
    }
    if (!path)
        fail_memory(err);
    return path;
}

static bool make_one(const char *path, struct azb_error *err)
{
    struct stat found;
    if (mkdir(path, 0700) == 0 || errno == EEXIST || (errno == EROFS && stat(path, &found) == 0))
        return true;
    return fail_errno(err, "make the folder", path);
}

static bool make_above(const char *path, struct azb_error *err)
{
    char above[PATH_MAX];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(above, sizeof above, "%.*s", (int)(slash - path), path);
        if (!make_one(above, err))
            return false;
    }
    return true;
}

bool private_folder_make(const char *path, struct azb_error *err)
{
    struct stat found;
    if (strlen(path) >= PATH_MAX)
        return fail(err, AZB_ERROR_IO, "the path '%.60s...' is too long", path);
    if (!make_above(path, err) || !make_one(path, err))
        return false;
    if (stat(path, &found) != 0)
        return fail_errno(err, "look at", path);
    if (found.st_uid != geteuid())
        return fail(err, AZB_ERROR_IO,
            "the folder '%s' belongs to another user (uid %u): nothing is kept in it", path,
            (unsigned)found.st_uid);
    return true;
}

static bool check_private(
    const char *path, const struct stat *file, enum privacy privacy, struct azb_error *err)
{
    static const struct {
        mode_t bits;
        const char *what;
    } forbidden[] = {
        [PRIVACY_SECRET] = {077, "can be read"}, [PRIVACY_OWN] = {022, "can be changed"}};
    if (!S_ISREG(file->st_mode))
        return fail(err, AZB_ERROR_CONFIGURATION, "'%s' is not a regular file", path);
    if (file->st_uid != geteuid())
        return fail(err, AZB_ERROR_CONFIGURATION,
            "'%s' belongs to another user (uid %u) and is not believed", path,
            (unsigned)file->st_uid);
    if (file->st_mode & forbidden[privacy].bits)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "'%s' %s by others and is not used (chmod 600 mends it)", path,
            forbidden[privacy].what);
    return true;
}

static bool read_all(int file, const char *path, size_t maximum, struct arena *arena,
    struct text *out, struct azb_error *err)
{
    scoped_buffer struct buffer all = {0};
    char piece[8192];
    ssize_t length;
    buffer_init(&all, maximum);
    while ((length = read(file, piece, sizeof piece)) != 0) {
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return fail_errno(err, "read", path);
        if ((size_t)length > maximum - all.length)
            return fail(err, AZB_ERROR_IO, "'%s' is larger than %zu bytes", path, maximum);
        buffer_add(&all, piece, (size_t)length);
        if (all.failed)
            return fail_memory(err);
    }
    *out = (struct text){arena_copy(arena, all.at ? all.at : "", all.length), all.length};
    return out->at ? true : fail_memory(err);
}

bool private_file_read(const char *path, enum privacy privacy, size_t maximum, struct arena *arena,
    struct text *out, struct azb_error *err)
{
    struct stat found;
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    *out = TEXT_NONE;
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
        return true;
    if (file < 0 && errno == ELOOP)
        return fail(err, AZB_ERROR_CONFIGURATION,
            "'%s' is a symbolic link, which is not followed: put the file itself there", path);
    if (file < 0)
        return fail_errno(err, "open", path);
    bool read = fstat(file, &found) == 0 || fail_errno(err, "look at", path);
    read = read && check_private(path, &found, privacy, err) &&
           read_all(file, path, maximum, arena, out, err);
    close(file);
    return read;
}

/* ---- Writing ------------------------------------------------------------------------------ */

static bool write_all(int file, struct text bytes)
{
    while (bytes.length) {
        ssize_t written = write(file, bytes.at, bytes.length);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0)
            bytes = text_slice(bytes, (size_t)written, bytes.length);
    }
    return fsync(file) == 0;
}

/* The name survives a power cut only when its folder is written too. */
static void sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return;
    (void)fsync(file);
    close(file);
}

bool private_file_write(const char *path, struct text bytes, struct azb_error *err)
{
    char temporary[PATH_MAX];
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
        return fail(err, AZB_ERROR_IO, "the path '%.60s...' is too long", path);
    int file = mkostemp(temporary, O_CLOEXEC); /* 0600 */
    if (file < 0)
        return fail_errno(err, "write", path);
    bool written = write_all(file, bytes);
    written = close(file) == 0 && written;
    if (written && rename(temporary, path) == 0) {
        sync_folder(path);
        return true;
    }
    (void)fail_errno(err, "write", path);
    (void)unlink(temporary);
    return false;
}

bool private_file_set_aside(
    const char *path, struct arena *arena, char **aside, struct azb_error *err)
{
    for (int number = 1; number <= ASIDE_MAX; number++) {
        char *name = number == 1 ? arena_format(arena, "%s.unreadable", path)
                                 : arena_format(arena, "%s.unreadable-%d", path, number);
        if (!name)
            return fail_memory(err);
        if (link(path, name) == 0) { /* unlike rename, never replaces an earlier one */
            *aside = name;
            return unlink(path) == 0 || fail_errno(err, "set aside", path);
        }
        if (errno != EEXIST)
            break;
    }
    return fail_errno(err, "set aside", path);
}

/* ---- The lock ------------------------------------------------------------------------------ */

int private_file_lock(const char *path, struct azb_error *err)
{
    char name[PATH_MAX];
    if (snprintf(name, sizeof name, "%s.lock", path) >= (int)sizeof name) {
        fail(err, AZB_ERROR_IO, "the path '%.60s...' is too long", path);
        return -1;
    }
    int lock = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (lock < 0) {
        fail_errno(err, "open", name);
        return -1;
    }
    while (flock(lock, LOCK_EX) != 0)
        if (errno != EINTR) {
            fail_errno(err, "lock", name);
            close(lock);
            return -1;
        }
    return lock;
}

void private_file_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}
