#include "cli/login_secret.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/private_file.h"

static char *secrets_folder(struct arena *arena, struct azb_error *err)
{
    char *folder = private_folder_path("XDG_DATA_HOME", ".local/share", arena, err);
    char *secrets = folder ? arena_format(arena, "%s/secrets", folder) : NULL;
    if (folder && !secrets)
        fail_memory(err);
    return secrets;
}

char *login_secret_path(const char *name, struct arena *arena, struct azb_error *err)
{
    scoped_buffer struct buffer file = {0}; /* a name may hold anything, also '/' */
    buffer_init(&file, 240);
    buffer_add_encoded(&file, text_of(name));
    char *folder = secrets_folder(arena, err);
    if (!folder)
        return NULL;
    if (file.failed || !file.length || file.at[0] == '.') {
        fail(err, AZB_ERROR_ARGUMENT, "'%.100s' is no name for a login that has a secret", name);
        return NULL;
    }
    char *path = arena_format(arena, "%s/%s", folder, file.at);
    if (!path)
        fail_memory(err);
    return path;
}

bool login_secret_keep(
    const char *name, const char *secret, struct arena *arena, struct azb_error *err)
{
    char *path = login_secret_path(name, arena, err);
    char *folder = path ? secrets_folder(arena, err) : NULL;
    return folder && private_folder_make(folder, err) &&
           private_file_write(path, text_of(secret), err);
}

char *login_secret_read(const char *name, struct arena *arena, struct azb_error *err)
{
    struct text secret;
    char *path = login_secret_path(name, arena, err);
    if (!path || !private_file_read(path, PRIVACY_SECRET, LOGIN_SECRET_MAX, arena, &secret, err))
        return NULL;
    if (secret.length)
        return text_string(arena, secret);
    fail(err, AZB_ERROR_CONFIGURATION,
        "the secret of the login '%s' is not in '%s' any more: `azb login` again", name, path);
    return NULL;
}

bool login_secret_drop(const char *name, struct arena *arena, struct azb_error *err)
{
    char *path = login_secret_path(name, arena, err);
    if (!path)
        return false;
    if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
        return true;
    return fail(err, AZB_ERROR_IO, "cannot delete '%s': %s", path, strerror(errno));
}
