/* Lists of files, sorted by name, so that pages hold still while files come and go. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/time.h"
#include "batch/file.h"
#include "engine/folders.h"

#define ENTRIES_MAX 100000
#define DEPTH_MAX 64

struct names {
    struct arena *arena;
    const char **items;
    size_t count, capacity;
    bool failed;
};

static void add_name(struct names *names, const char *name)
{
    const char **larger = NULL;

    if (names->count == names->capacity) {
        names->capacity = names->capacity ? 2 * names->capacity : 64;
        larger = arena_array(names->arena, names->capacity, sizeof(*larger));
        if (!larger || names->capacity > 2 * ENTRIES_MAX) {
            names->failed = true;
            return;
        }
        if (names->count > 0)
            memcpy(larger, names->items, names->count * sizeof(*larger));
        names->items = larger;
    }
    names->items[names->count++] = name;
}

static void collect(struct names *names, int folder, const char *prefix, bool recursive, int depth);

static void collect_below(
    struct names *names, int folder, const char *name, const char *path, int depth)
{
    int below = folder_open(folder, name, O_RDONLY | O_DIRECTORY);

    if (below < 0)
        return;
    collect(names, below, arena_format(names->arena, "%s/", path), true, depth + 1);
    close(below);
}

static void collect(struct names *names, int folder, const char *prefix, bool recursive, int depth)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = copy < 0 ? NULL : fdopendir(copy);
    const struct dirent *entry = NULL;

    while (listing && prefix && !names->failed && (entry = readdir(listing))) {
        const char *path = NULL;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        path = arena_format(names->arena, "%s%s", prefix, entry->d_name);
        if (path && (entry->d_type == DT_REG || entry->d_type == DT_DIR))
            add_name(names, path);
        if (path && recursive && entry->d_type == DT_DIR && depth < DEPTH_MAX)
            collect_below(names, folder, entry->d_name, path, depth);
    }
    if (listing)
        closedir(listing);
    else if (copy >= 0)
        close(copy);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int64_t ticks_of(struct timespec time)
{
    return (int64_t)time.tv_sec * TICKS_PER_SECOND + time.tv_nsec / 100;
}

static void fill_properties(
    struct request *request, const struct stat *status, struct azb_file_properties *out)
{
    out->creation_time = iso_of(request, ticks_of(status->st_ctim));
    out->last_modified = iso_of(request, ticks_of(status->st_mtim));
    out->content_length = AZB_I64(status->st_size);
    out->content_type = "application/octet-stream";
    out->file_mode = arena_format(&request->arena, "0o%o", (unsigned)status->st_mode);
}

/* As the service writes them: '/' stays as it is. */
static char *entry_url(struct request *request, const struct file_root *root, const char *name)
{
    scoped_buffer struct buffer url = {0};
    struct text rest = text_of(name), piece;

    buffer_init(&url, 64 * 1024);
    buffer_add_string(&url, root->url);
    while (text_cut(&rest, '/', &piece)) {
        buffer_add_char(&url, '/');
        buffer_add_encoded(&url, piece);
    }
    return url.failed ? NULL : arena_string(&request->arena, url.at);
}

/* What is gone meanwhile is left out. */
static bool add_entry(struct request *request, const struct file_root *root, struct page *page,
    const char *name, struct azb_error *err)
{
    struct azb_file_properties properties = {0};
    struct azb_file file = {.name = name};
    struct stat status;
    int entry = folder_open(root->folder, name, O_PATH);

    if (entry < 0)
        return true;
    if (fstat(entry, &status) != 0) {
        close(entry);
        return true;
    }
    close(entry);
    file.url = entry_url(request, root, name);
    file.is_directory = AZB_BOOL(S_ISDIR(status.st_mode));
    if (!S_ISDIR(status.st_mode)) {
        fill_properties(request, &status, &properties);
        file.properties = &properties;
    }
    return page_add(page, text_of(name), &file, TEXT_NONE, err);
}

static bool add_page(struct request *request, const struct file_root *root,
    const struct names *names, struct page *page, struct azb_error *err)
{
    const char *after = text_string(&request->arena, page->after);

    for (size_t i = 0; i < names->count; i++) {
        if (after && strcmp(names->items[i], after) <= 0)
            continue;
        if (!page_takes(page))
            return true;
        if (!add_entry(request, root, page, names->items[i], err))
            return false;
    }
    return true;
}

bool file_list(struct request *request, const struct file_root *root, struct reply *reply,
    struct azb_error *err)
{
    struct names names = {.arena = &request->arena};
    struct page page;
    scoped_buffer struct buffer out = {0};
    bool recursive = false;

    if (!page_begin(&page, request, model_file(), "files", &out, err) ||
        !query_flag(request, "recursive", &recursive, err))
        return false;
    if (root->folder >= 0)
        collect(&names, root->folder, "", recursive, 0);
    if (names.failed)
        return fail_status(err, 409, "OperationInvalidForCurrentState",
            "There are more than %d files; list without recursive.", ENTRIES_MAX);
    if (names.count > 0)
        qsort(names.items, names.count, sizeof(*names.items), by_name);
    return add_page(request, root, &names, &page, err) && page_end(&page, reply, err);
}
