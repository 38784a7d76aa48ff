#include "engine/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <azb/error.h>

#include "base/error.h"
#include "base/text.h"

#define NOBODY 65534

/* Debian 12's headers end at ABI 2; the kernel may know more. */
#define FS_TRUNCATE (1ULL << 14)  /* ABI 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#define SCOPE_SIGNAL (1ULL << 1)  /* ABI 6 */

#define READ_AND_RUN                                                                               \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define EVERYTHING_ABI_1 ((1ULL << 13) - 1)
#define FILE_ONLY                                                                                  \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |   \
        FS_TRUNCATE | FS_IOCTL_DEV)

/* As the kernel of ABI 6 has it; an older one is given only the size that it knows. */
struct ruleset_attributes {
    uint64_t handled_access_fs, handled_access_net, scoped;
};

struct fence {
    int ruleset;
    uint64_t handled;
    struct azb_error *err;
};

int sandbox_probe(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    return version > 0 ? (int)version : 0;
}

static uint64_t handled_access(int abi)
{
    uint64_t handled = EVERYTHING_ABI_1;

    handled |= abi >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0;
    handled |= abi >= 3 ? FS_TRUNCATE : 0;
    handled |= abi >= 5 ? FS_IOCTL_DEV : 0;
    return handled;
}

static bool allow_descriptor(struct fence *fence, int descriptor, uint64_t access)
{
    struct landlock_path_beneath_attr rule = {0};
    struct stat status;

    if (fstat(descriptor, &status) != 0)
        return fail(fence->err, AZB_ERROR_IO, "fstat failed: %s", strerror(errno));
    rule.parent_fd = descriptor;
    rule.allowed_access = access & fence->handled;
    if (!S_ISDIR(status.st_mode))
        rule.allowed_access &= FILE_ONLY;
    if (syscall(SYS_landlock_add_rule, fence->ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0)
        return true;
    return fail(fence->err, AZB_ERROR_IO, "a Landlock rule was refused: %s", strerror(errno));
}

/* What does not exist, or cannot be opened, needs no rule. */
static bool allow_at(struct fence *fence, int folder, const char *name, uint64_t access)
{
    int descriptor = openat(folder, name, O_PATH | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;
    bool ok = true;

    if (descriptor < 0)
        return true;
    /* A symbolic link is followed by its target's own rule. */
    if (fstat(descriptor, &status) == 0 && !S_ISLNK(status.st_mode))
        ok = allow_descriptor(fence, descriptor, access);
    close(descriptor);
    return ok;
}

static bool allow_path(struct fence *fence, const char *path, uint64_t access)
{
    return allow_at(fence, AT_FDCWD, path, access);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The devices have rules of their own: a disk that is read raw would hold the state folder. */
static bool is_devices(const char *folder, const char *name)
{
    return strcmp(folder, "/dev") == 0 || (strcmp(folder, "/") == 0 && strcmp(name, "dev") == 0);
}

/* Allows all entries of `folder` but the one that leads on to the state folder. */
static bool allow_siblings(struct fence *fence, const char *folder, struct text next)
{
    DIR *listing = opendir(folder);
    struct dirent *entry = NULL;
    bool ok = true;

    if (!listing)
        return true;
    while (ok && (entry = readdir(listing))) {
        const char *name = entry->d_name;

        if (!is_dots(name) && !is_devices(folder, name) && !text_equal(text_of(name), next))
            ok = allow_at(fence, dirfd(listing), name, READ_AND_RUN);
    }
    closedir(listing);
    return ok;
}

/* "/", "/home", "/home/me", ...: each level's siblings of the way to the state folder. */
static bool allow_around(struct fence *fence, const char *state)
{
    struct text rest = text_of(state + 1), next;
    char folder[PATH_MAX] = "/";

    while (text_cut(&rest, '/', &next)) {
        size_t length = (size_t)(next.at - state);

        if (!allow_siblings(fence, folder, next))
            return false;
        memcpy(folder, state, length + next.length);
        folder[length + next.length] = 0;
    }
    return true;
}

static bool is_inside(const char *state, const char *folder)
{
    size_t length = strlen(folder);

    return strncmp(state, folder, length) == 0 && (state[length] == '/' || !state[length]);
}

static bool allow_shared_writable(struct fence *fence, const char *state)
{
    static const char *const paths[] = {"/tmp", "/var/tmp", "/dev/null", "/dev/zero", "/dev/full",
        "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx", "/dev/pts", "/dev/shm"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (!is_inside(state, paths[i]) && !allow_path(fence, paths[i], fence->handled))
            return false;
    }
    return true;
}

static bool allow_all(struct fence *fence, const struct sandbox *sandbox)
{
    if (!allow_around(fence, sandbox->state) || !allow_shared_writable(fence, sandbox->state))
        return false;
    for (const char *const *folder = sandbox->readable; *folder; folder++)
        if (!allow_path(fence, *folder, READ_AND_RUN))
            return false;
    for (const char *const *folder = sandbox->writable; *folder; folder++)
        if (!allow_path(fence, *folder, fence->handled))
            return false;
    return true;
}

static size_t attributes_size(int abi)
{
    if (abi >= 6)
        return sizeof(struct ruleset_attributes);
    return abi >= 4 ? 16 : 8;
}

static bool restrict_paths(const struct sandbox *sandbox, int abi, struct azb_error *err)
{
    struct ruleset_attributes attributes = {handled_access(abi), 0, abi >= 6 ? SCOPE_SIGNAL : 0};
    struct fence fence = {-1, attributes.handled_access_fs, err};
    bool ok = false;

    fence.ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, attributes_size(abi), 0);
    if (fence.ruleset < 0)
        return fail(err, AZB_ERROR_IO, "Landlock refused: %s", strerror(errno));
    ok = allow_all(&fence, sandbox);
    if (ok && syscall(SYS_landlock_restrict_self, fence.ruleset, 0) != 0)
        ok = fail(err, AZB_ERROR_IO, "Landlock refused to restrict: %s", strerror(errno));
    close(fence.ruleset);
    return ok;
}

static bool drop_capabilities(struct azb_error *err)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};

    for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
        prctl(PR_CAPBSET_DROP, capability);
    if (syscall(SYS_capset, &header, none) != 0)
        return fail(err, AZB_ERROR_IO, "cannot drop capabilities: %s", strerror(errno));
    return true;
}

static bool become(const struct sandbox *sandbox, struct azb_error *err)
{
    if (geteuid() != 0)
        return true;
    if (sandbox->user == 0)
        return drop_capabilities(err);
    if (setgroups(0, NULL) != 0 || setresgid(sandbox->group, sandbox->group, sandbox->group) != 0 ||
        setresuid(sandbox->user, sandbox->user, sandbox->user) != 0)
        return fail(err, AZB_ERROR_IO, "cannot become user %u: %s", (unsigned)sandbox->user,
            strerror(errno));
    return true;
}

bool sandbox_enter(const struct sandbox *sandbox, struct azb_error *err)
{
    int abi = sandbox_probe();

    if (abi == 0)
        return fail(err, AZB_ERROR_IO, "this kernel has no Landlock");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(err, AZB_ERROR_IO, "no_new_privs was refused: %s", strerror(errno));
    return restrict_paths(sandbox, abi, err) && become(sandbox, err);
}

static bool others_may_pass(const char *folder)
{
    struct stat status;

    return stat(folder, &status) == 0 && (status.st_mode & S_IXOTH);
}

void sandbox_user(const char *state, uid_t *user, gid_t *group, char *blocker, size_t blocker_size)
{
    char folder[PATH_MAX];

    *user = 0;
    *group = 0;
    *blocker = 0;
    if (geteuid() != 0)
        return;
    snprintf(folder, sizeof(folder), "%s", state);
    for (char *slash = strrchr(folder, '/'); slash && slash != folder;
         slash = strrchr(folder, '/')) {
        *slash = 0;
        if (!others_may_pass(folder)) {
            snprintf(blocker, blocker_size, "%s", folder);
            return;
        }
    }
    *user = NOBODY;
    *group = NOBODY;
}
