#include "batch/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/time.h"
#include "engine/folders.h"

void file_root_close(struct file_root *root)
{
    if (root->folder >= 0)
        close(root->folder);
    root->folder = -1;
}

struct file_root file_root_open(struct request *request, const char *directory, const char *url)
{
    struct file_root root = {-1, url};
    char path[PATH_MAX];
    int nodes = -1;

    snprintf(path, sizeof(path), "%.4000s/nodes", request->service->state);
    nodes = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (nodes < 0)
        return root;
    root.folder = folder_open(nodes, directory, O_RDONLY | O_DIRECTORY);
    close(nodes);
    return root;
}

/* ---- One file ---- */

static bool not_found(struct text path, struct azb_error *err)
{
    fail_status(err, 404, "FileNotFound", "The specified file does not exist.");
    error_add_value(err, "Reason", "There is no file '%.*s'", TEXT_ARGS(path));
    return false;
}

/* Links inside the directory are followed, links out of it are not. */
static int open_file(const struct file_root *root, const char *path)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};

    if (root->folder < 0)
        return -1;
    return (int)syscall(SYS_openat2, root->folder, path, &how, sizeof(how));
}

static int64_t ticks_of(struct timespec time)
{
    return (int64_t)time.tv_sec * TICKS_PER_SECOND + time.tv_nsec / 100;
}

/* What is known to be text; everything else is bytes. */
static const char *content_type(struct text name)
{
    static const char *const text_endings[] = {".txt", ".log", ".out", ".err"};

    for (size_t i = 0; i < sizeof(text_endings) / sizeof(text_endings[0]); i++)
        if (text_ends(name, text_endings[i]))
            return "text/plain";
    return text_ends(name, ".json") ? "application/json" : "application/octet-stream";
}

static char *file_url(struct request *request, const struct file_root *root, struct text path)
{
    scoped_buffer struct buffer url = {0};

    buffer_init(&url, 64 * 1024);
    buffer_format(&url, "%s/", root->url);
    buffer_add_encoded(&url, path);
    return url.failed ? NULL : arena_string(&request->arena, url.at);
}

static void add_headers(struct request *request, const struct file_root *root, struct text path,
    const struct stat *status, struct reply *reply)
{
    struct arena *arena = &request->arena;
    char modified[TIME_TEXT_MAX], created[TIME_TEXT_MAX];

    time_http(ticks_of(status->st_mtim), modified);
    time_http(ticks_of(status->st_ctim), created);
    reply_header(reply, "Content-Type", content_type(path));
    reply_header(reply, "Last-Modified", arena_string(arena, modified));
    reply_header(reply, "ocp-creation-time", arena_string(arena, created));
    reply_header(reply, "ocp-batch-file-isdirectory", S_ISDIR(status->st_mode) ? "True" : "False");
    reply_header(reply, "ocp-batch-file-url", file_url(request, root, path));
    reply_header(
        reply, "ocp-batch-file-mode", arena_format(arena, "0o%o", (unsigned)status->st_mode));
}

/* ---- ocp-range: bytes=FIRST-LAST or bytes=FIRST- ---- */

static bool bad_range(const char *range, off_t size, struct azb_error *err)
{
    fail_status(err, 416, "InvalidRange",
        "The range specified is invalid for the current size of the resource.");
    error_add_value(err, "HeaderName", "ocp-range");
    error_add_value(err, "HeaderValue", "%s", range);
    error_add_value(err, "Reason", "Allowed is bytes=FIRST-LAST inside the %lld bytes of the file",
        (long long)size);
    return false;
}

static bool read_range(
    const char *range, off_t size, off_t *from, off_t *length, struct azb_error *err)
{
    struct text rest = text_of(range), first, last;
    uint64_t a = 0, b = INT64_MAX;

    if (!text_starts(rest, "bytes="))
        return bad_range(range, size, err);
    last = text_slice(rest, 6, rest.length);
    if (!text_cut(&last, '-', &first) || !last.at || !text_to_u64(first, INT64_MAX, &a) ||
        (last.length > 0 && !text_to_u64(last, INT64_MAX, &b)) || a > b || (off_t)a >= size)
        return bad_range(range, size, err);
    *from = (off_t)a;
    *length = ((off_t)b < size ? (off_t)b + 1 : size) - (off_t)a;
    return true;
}

static bool send_file(struct request *request, int file, const struct stat *status,
    struct reply *reply, struct azb_error *err)
{
    const char *range = request_header(request, "ocp-range");
    off_t from = 0, length = status->st_size;

    if (range && !read_range(range, status->st_size, &from, &length, err))
        return false;
    reply->status = 200;
    reply->body = TEXT("");
    reply->file = file;
    reply->file_from = from;
    reply->file_length = length;
    return true;
}

static bool get_open(struct request *request, const struct file_root *root, struct text path,
    int file, struct reply *reply, struct azb_error *err)
{
    struct stat status;
    bool head = strcmp(request->method, "HEAD") == 0;

    if (fstat(file, &status) != 0 || (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) ||
        (S_ISDIR(status.st_mode) && !head))
        return not_found(path, err);
    if (!check_conditions(request, ticks_of(status.st_mtim), err))
        return false;
    if (S_ISDIR(status.st_mode))
        reply_status(reply, 200);
    else if (!send_file(request, file, &status, reply, err))
        return false;
    add_headers(request, root, path, &status, reply);
    return true;
}

bool file_get(struct request *request, const struct file_root *root, struct text path,
    struct reply *reply, struct azb_error *err)
{
    char *name = text_string(&request->arena, path);
    int file = name ? open_file(root, name) : -1;
    bool ok = false;

    if (file < 0)
        return not_found(path, err);
    ok = get_open(request, root, path, file, reply, err);
    if (!ok || reply->file != file)
        close(file);
    return ok;
}

/* ---- Deleting ---- */

/* "wd/a" into the folder "wd" and the name "a"; nothing that ends in a dot name. */
static bool split_path(char *path, const char **folder, const char **name)
{
    char *slash = strrchr(path, '/');

    if (slash)
        *slash = 0;
    *folder = slash ? path : ".";
    *name = slash ? slash + 1 : path;
    return **name && strcmp(*name, ".") != 0 && strcmp(*name, "..") != 0;
}

static bool remove_entry(int parent, const char *name, bool recursive, struct azb_error *err)
{
    if (recursive ? folder_remove(parent, name)
                  : unlinkat(parent, name, 0) == 0 || unlinkat(parent, name, AT_REMOVEDIR) == 0)
        return true;
    if (errno == ENOTEMPTY || errno == EEXIST)
        return refuse_state(err, "OperationInvalidForCurrentState",
            "The directory is not empty; recursive=true deletes what is in it.");
    return fail_status(err, 403, "IOError", "The file could not be deleted: %s", strerror(errno));
}

bool file_delete(struct request *request, const struct file_root *root, struct text path,
    struct reply *reply, struct azb_error *err)
{
    char *copy = text_string(&request->arena, path);
    const char *folder = NULL, *name = NULL;
    struct stat status;
    bool recursive = false, ok = false;
    int parent = -1;

    if (!query_flag(request, "recursive", &recursive, err))
        return false;
    if (!copy || !split_path(copy, &folder, &name) || root->folder < 0)
        return not_found(path, err);
    parent = folder_open(root->folder, folder, O_RDONLY | O_DIRECTORY);
    if (parent < 0 || fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        not_found(path, err);
    else
        ok = remove_entry(parent, name, recursive, err);
    if (parent >= 0)
        close(parent);
    reply_status(reply, 200);
    return ok;
}
