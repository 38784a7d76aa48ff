#include "engine/folders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

/* Levels that are removed in one round; this bounds the descriptors. */
#define FOLDER_DEPTH_MAX 256
#define ROUNDS_MAX 1000 /* a task that still runs may add more */

struct removal {
    int top;    /* the tree's first folder */
    bool moved; /* something went there in this round */
};

int folder_open(int root, const char *path, int flags)
{
    struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC),
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};

    return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

static bool make_and_enter(int *at, struct text name)
{
    char segment[NAME_MAX + 1];
    int next = -1;

    snprintf(segment, sizeof(segment), "%.*s", TEXT_ARGS(name));
    if (mkdirat(*at, segment, 0755) != 0 && errno != EEXIST)
        return false;
    next = folder_open(*at, segment, O_RDONLY | O_DIRECTORY);
    if (next < 0)
        return false;
    close(*at);
    *at = next;
    return true;
}

bool folder_make(const char *root, const char *path, struct azb_error *err)
{
    struct text rest = text_of(path), name;
    int at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = at >= 0;

    while (ok && text_cut(&rest, '/', &name))
        ok = name.length == 0 || make_and_enter(&at, name);
    if (!ok)
        fail(err, AZB_ERROR_IO, "cannot make %s in %s: %s", path, root, strerror(errno));
    if (at >= 0)
        close(at);
    return ok;
}

static bool remove_tree(int parent, const char *name, int depth, struct removal *removal);

static bool remove_entries(int folder, int depth, struct removal *removal)
{
    int copy = dup(folder);
    DIR *listing = copy < 0 ? NULL : fdopendir(copy);
    struct dirent *entry = NULL;
    bool ok = listing != NULL;

    while (listing && (entry = readdir(listing))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            ok = remove_tree(folder, entry->d_name, depth + 1, removal) && ok;
    }
    if (listing)
        closedir(listing);
    else if (copy >= 0)
        close(copy);
    return ok;
}

/* A task may have taken rights away that listing and emptying the folder need. */
static void give_rights_back(int parent, const char *name)
{
    char path[64];
    struct stat status;
    int folder = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (folder < 0)
        return;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
    if (fstat(folder, &status) == 0 && (status.st_mode & 0700) != 0700)
        chmod(path, 0700);
    close(folder);
}

static int open_to_remove(int parent, const char *name)
{
    give_rights_back(parent, name);
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* What is too deep goes to the top of the tree, for the next round. The name is the inode's number;
 * one that a task has made first only costs the removal. */
static bool move_up(int parent, const char *name, struct removal *removal)
{
    char new_name[32];
    struct stat status;

    give_rights_back(parent, name);
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    snprintf(new_name, sizeof(new_name), "azb-%ju", (uintmax_t)status.st_ino);
    if (renameat(parent, name, removal->top, new_name) != 0)
        return false;
    removal->moved = true;
    return true;
}

static bool remove_tree(int parent, const char *name, int depth, struct removal *removal)
{
    int folder = -1;
    bool ok = false;

    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR && errno != EPERM)
        return false;
    if (depth > FOLDER_DEPTH_MAX)
        return move_up(parent, name, removal);
    folder = open_to_remove(parent, name);
    if (folder < 0)
        return false;
    if (depth == 0)
        removal->top = folder;
    ok = remove_entries(folder, depth, removal);
    close(folder);
    return unlinkat(parent, name, AT_REMOVEDIR) == 0 && ok;
}

bool folder_remove(int parent, const char *name)
{
    struct removal removal = {.top = -1};
    bool removed = false;
    int rounds = 0;

    do {
        removal.moved = false;
        removed = remove_tree(parent, name, 0, &removal);
    } while (!removed && removal.moved && ++rounds < ROUNDS_MAX);
    return removed;
}
