#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

/* Where */

static bool fits(int length)
{
    return length > 0 && length < PATH_MAX;
}

static const char *home_folder(void)
{
    const char *home = getenv("HOME");
    if (home && home[0] == '/')
        return home;
    const struct passwd *user = getpwuid(getuid());
    return user ? user->pw_dir : NULL;
}

static bool default_folder(char *out, struct azb_error *err)
{
    const char *base = getenv("XDG_STATE_HOME");
    int length;
    if (base && base[0] == '/') {
        length = snprintf(out, PATH_MAX, "%s/azb", base);
    } else {
        const char *home = home_folder();
        if (!home)
            return fail(err, AZB_ERROR_CONFIGURATION,
                "there is no home folder for the state; name a folder with --state");
        length = snprintf(out, PATH_MAX, "%s/.local/state/azb", home);
    }
    return fits(length) || fail(err, AZB_ERROR_CONFIGURATION, "the state's path is too long");
}

/* mkdir -p; folders that are there stay as they are. */
static bool make_folders(const char *path, struct azb_error *err)
{
    char part[PATH_MAX];
    snprintf(part, sizeof(part), "%s", path);
    for (char *at = part + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return fail(err, AZB_ERROR_IO, "%s cannot be made: %s", part, strerror(errno));
        *at = '/';
    }
    if (mkdir(part, 0700) != 0 && errno != EEXIST)
        return fail(err, AZB_ERROR_IO, "%s cannot be made: %s", part, strerror(errno));
    return true;
}

static bool check_folder(const char *path, struct azb_error *err)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return fail(err, AZB_ERROR_IO, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return fail(err, AZB_ERROR_CONFIGURATION, "the state %s is not a folder", path);
    if (status.st_uid != geteuid())
        return fail(err, AZB_ERROR_CONFIGURATION,
            "the state %s belongs to another user (id %u); choose another folder with --state",
            path, (unsigned)status.st_uid);
    /* Others may pass (the engine lets tasks of another user through), not look. */
    if ((status.st_mode & 066) == 0)
        return true;
    service_log("state", "%s was open to other users; it is 0700 now", path);
    return chmod(path, 0700) == 0 ||
           fail(err, AZB_ERROR_IO, "%s cannot be closed to other users: %s", path, strerror(errno));
}

bool state_open(struct service *service, const char *wanted, struct azb_error *err)
{
    char path[PATH_MAX];
    if (!wanted && !default_folder(path, err))
        return false;
    if (wanted && !fits(snprintf(path, sizeof(path), "%s", wanted)))
        return fail(err, AZB_ERROR_ARGUMENT, "--state: the path is empty or too long");
    if (!make_folders(path, err))
        return false;
    if (!realpath(path, service->state))
        return fail(err, AZB_ERROR_IO, "%s: %s", path, strerror(errno));
    return check_folder(service->state, err);
}

bool state_path(const struct service *service, const char *name, char *out, struct azb_error *err)
{
    return fits(snprintf(out, PATH_MAX, "%s/%s", service->state, name)) ||
           fail(err, AZB_ERROR_CONFIGURATION, "the state's path is too long: %s", service->state);
}

/* Who */

static bool fail_locked(const struct service *service, int fd, struct azb_error *err)
{
    char pid[32] = "";
    ssize_t length = pread(fd, pid, sizeof(pid) - 1, 0);
    pid[length > 0 ? strcspn(pid, "\n") : 0] = '\0';
    return fail(err, AZB_ERROR_CONFIGURATION,
        "the state %s is in use by another azbd (process %s); stop it or choose another folder "
        "with --state",
        service->state, pid[0] ? pid : "unknown");
}

bool state_lock(struct service *service, struct azb_error *err)
{
    char path[PATH_MAX], pid[32];
    service->state_lock = -1;
    if (!state_path(service, "lock", path, err))
        return false;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail(err, AZB_ERROR_IO, "%s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            fail_locked(service, fd, err);
        else
            fail(err, AZB_ERROR_IO, "%s cannot be locked: %s", path, strerror(errno));
        close(fd);
        return false;
    }
    int length = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)length, 0) != length)
        service_log("state", "%s does not say who holds it: %s", path, strerror(errno));
    service->state_lock = fd;
    return true;
}

void state_unlock(struct service *service)
{
    if (service->state_lock >= 0)
        close(service->state_lock);
    service->state_lock = -1;
}

/* Files */

static bool read_all(int fd, struct buffer *out)
{
    char chunk[16384];
    ssize_t length;
    while ((length = read(fd, chunk, sizeof(chunk))) > 0)
        buffer_add(out, chunk, (size_t)length);
    explicit_bzero(chunk, sizeof(chunk));
    return length == 0;
}

bool file_read(const char *path, struct buffer *out, bool *found, struct azb_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *found = fd >= 0;
    if (fd < 0 && errno == ENOENT)
        return true;
    if (fd < 0)
        return fail(err, AZB_ERROR_IO, "%s: %s", path, strerror(errno));
    bool ok = read_all(fd, out);
    int problem = errno;
    close(fd);
    if (!ok)
        return fail(err, AZB_ERROR_IO, "%s: %s", path, strerror(problem));
    return !out->failed || fail(err, AZB_ERROR_IO, "%s is too long", path);
}

static bool write_all(int fd, struct text content)
{
    while (content.length > 0) {
        ssize_t length = write(fd, content.at, content.length);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            return false;
        content = text_slice(content, (size_t)length, content.length);
    }
    return true;
}

bool file_replace(const char *path, mode_t mode, struct text content, struct azb_error *err)
{
    char temporary[PATH_MAX];
    if (!fits(snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path)))
        return fail(err, AZB_ERROR_ARGUMENT, "the path is too long: %s", path);
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return fail(err, AZB_ERROR_IO, "%s cannot be written: %s", path, strerror(errno));
    bool ok = fchmod(fd, mode) == 0 && write_all(fd, content) && fsync(fd) == 0;
    int problem = errno;
    close(fd);
    if (ok && rename(temporary, path) == 0)
        return true;
    problem = ok ? errno : problem;
    unlink(temporary);
    return fail(err, AZB_ERROR_IO, "%s cannot be written: %s", path, strerror(problem));
}

bool state_read(const struct service *service, const char *name, struct buffer *out, bool *found,
    struct azb_error *err)
{
    char path[PATH_MAX];
    return state_path(service, name, path, err) && file_read(path, out, found, err);
}

bool state_write(const struct service *service, const char *name, mode_t mode, struct text content,
    struct azb_error *err)
{
    char path[PATH_MAX];
    return state_path(service, name, path, err) && file_replace(path, mode, content, err);
}
