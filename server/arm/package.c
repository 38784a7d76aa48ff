#include "arm/package.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arm/package_plane.h"
#include "base/error.h"
#include "directory/directory.h"
#include "state.h"

#define FOLDER "packages"

/* ---- URLs ------------------------------------------------------------------------------------ */

const char *package_permission_text(enum package_permission permission)
{
    return permission == PACKAGE_WRITE ? "rw" : "r";
}

char *package_signature(
    struct service *service, struct text id, struct text ends, struct text sp, struct arena *arena)
{
    unsigned char mac[SHA256_BYTES];
    char *text =
        arena_format(arena, "%.*s\n%.*s\n%.*s", TEXT_ARGS(id), TEXT_ARGS(ends), TEXT_ARGS(sp));
    if (!text)
        return NULL;
    directory_sign(service, FOLDER, text_of(text), mac);
    return base64url_encode(arena, (struct text){(const char *)mac, sizeof mac});
}

char *package_url(struct request *request, const char *application, const char *version,
    const char *id, enum package_permission permission, int64_t ends)
{
    char end[TIME_TEXT_MAX];
    scoped_buffer struct buffer url = {0};
    const char *sp = package_permission_text(permission);
    time_iso8601(ends / TICKS_PER_SECOND * TICKS_PER_SECOND, end);
    char *signature = package_signature(
        request->service, text_of(id), text_of(end), text_of(sp), &request->arena);
    if (!signature)
        return NULL;
    buffer_init(&url, 4096);
    buffer_format(&url, "%s/" FOLDER "/%s/%s/%s?sv=2024-11-04&sr=b&se=", request->service->base_url,
        application, version, id);
    buffer_add_encoded(&url, text_of(end));
    buffer_format(&url, "&sp=%s&sig=%s", sp, signature);
    return url.failed ? NULL : arena_string(&request->arena, url.at);
}

/* ---- Files ----------------------------------------------------------------------------------- */

bool package_path(
    const struct service *service, const char *id, char out[PATH_MAX], struct azb_error *err)
{
    char name[sizeof FOLDER + GUID_TEXT + 1];
    snprintf(name, sizeof name, FOLDER "/%s", id);
    return state_path(service, name, out, err);
}

int package_open(const struct service *service, const char *id, struct azb_error *err)
{
    char path[PATH_MAX];
    return package_path(service, id, path, err) ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
                                                : -1;
}

/* The first local header of an archive, or the end of one that is empty (APPNOTE.TXT 4.3). */
static bool is_zip(int fd)
{
    unsigned char start[4];
    return pread(fd, start, sizeof start, 0) == (ssize_t)sizeof start && start[0] == 'P' &&
           start[1] == 'K' &&
           ((start[2] == 3 && start[3] == 4) || (start[2] == 5 && start[3] == 6));
}

bool package_look(
    const struct service *service, const char *id, bool *there, bool *zip, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    int fd = package_open(service, id, &why);
    if (why.kind != AZB_ERROR_NONE)
        return error_move(err, &why);
    *there = fd >= 0;
    *zip = fd >= 0 && is_zip(fd);
    if (fd >= 0)
        close(fd);
    return true;
}

/* ---- Sweeping -------------------------------------------------------------------------------- */

/* A file without a row belongs to nothing any more. */
static bool is_orphan(
    struct store_connection *connection, const char *name, bool *orphan, struct azb_error *err)
{
    bool found;
    scoped_statement struct statement s =
        statement(connection, "SELECT 1 FROM batch_package WHERE upload_id = ?1");
    statement_bind_string(&s, 1, name);
    if (!statement_step(&s, &found, err))
        return false;
    *orphan = !found;
    return true;
}

/* At the start, what an upload that was cut off left ("ID.XXXXXX"). */
enum parts { PARTS_STAY, PARTS_GO };

static bool sweep(struct service *service, enum parts parts, struct azb_error *err)
{
    char path[PATH_MAX];
    struct store_connection *connection = store_reader(service->store, err);
    bool ok = connection && state_path(service, FOLDER, path, err), orphan;
    DIR *folder = ok ? opendir(path) : NULL;
    if (!folder && ok && errno == ENOENT)
        return true; /* nothing was ever uploaded */
    if (!folder)
        return ok ? fail(err, AZB_ERROR_IO, "%s cannot be read: %s", path, strerror(errno)) : false;
    for (struct dirent *entry; ok && (entry = readdir(folder));) {
        bool is_file = text_is_guid(text_of(entry->d_name));
        if (entry->d_name[0] == '.' || (!is_file && parts == PARTS_STAY))
            continue;
        orphan = !is_file;
        ok = orphan || is_orphan(connection, entry->d_name, &orphan, err);
        if (ok && orphan)
            unlinkat(dirfd(folder), entry->d_name, 0);
    }
    closedir(folder);
    return ok;
}

static void sweep_after(void *context)
{
    struct azb_error why = AZB_ERROR_INIT;
    if (sweep(context, PARTS_STAY, &why))
        return;
    service_log("packages", "files of deleted packages stay until the next start: %s", why.message);
    azb_error_free(&why);
}

void packages_changed(struct service *service, struct store_connection *connection)
{
    store_after_commit(connection, sweep_after, service);
}

bool packages_open(struct service *service, struct azb_error *err)
{
    char path[PATH_MAX];
    if (!state_path(service, FOLDER, path, err))
        return false;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fail(err, AZB_ERROR_IO, "%s cannot be made: %s", path, strerror(errno));
    return sweep(service, PARTS_GO, err);
}
