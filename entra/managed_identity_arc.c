/*
 * Azure Arc proves that a caller may read the machine's secrets: it answers 401 and names a file
 * that only root and the group himds can read; what is in it goes back in the second request. The
 * name comes over plain HTTP, so nothing but its last part is believed.
 * https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication
 */
#include "entra/managed_identity.h"

#include <sys/stat.h>

#include "base/crypto.h"
#include "base/error.h"
#include "entra/secret_file.h"

#define KEY_FOLDER "/var/opt/azcmagent/tokens/"
#define KEY_SUFFIX ".key"
#define KEY_MAX ((size_t)4096)

/* "Basic realm=/var/opt/azcmagent/tokens/NAME.key", quoted perhaps (RFC 7235 section 2.2). */
static bool realm_read(const char *challenge, struct text *realm, struct azb_error *err)
{
    static const char prefix[] = "Basic realm=";
    struct text text = text_trim(text_of(challenge));
    if (!text_equal_nocase(text_slice(text, 0, sizeof(prefix) - 1), TEXT("Basic realm=")))
        return fail(err, AZB_ERROR_PROTOCOL,
            "Azure Arc's 401 has no WWW-Authenticate: Basic realm=PATH, which would name its key");
    text = text_trim(text_slice(text, sizeof(prefix) - 1, text.length));
    if (text.length >= 2 && text.at[0] == '"' && text_ends(text, "\""))
        text = text_slice(text, 1, text.length - 1);
    *realm = text;
    return true;
}

/* The part behind the folder; there is no other folder in it. */
static bool name_read(struct text realm, struct text *name, struct azb_error *err)
{
    struct text rest = text_slice(realm, strlen(KEY_FOLDER), realm.length);
    bool is_ours = text_starts(realm, KEY_FOLDER) && text_ends(rest, KEY_SUFFIX) &&
                   rest.length > strlen(KEY_SUFFIX) && !memchr(rest.at, '/', rest.length) &&
                   !memchr(rest.at, '\0', rest.length);
    if (!is_ours)
        return fail(err, AZB_ERROR_PROTOCOL,
            "Azure Arc's 401 names a file that is not one of its keys: " KEY_FOLDER
            "NAME" KEY_SUFFIX " is expected; it was not read");
    *name = rest;
    return true;
}

static bool file_check(const char *path, struct azb_error *err)
{
    struct stat status;
    if (lstat(path, &status) != 0 || S_ISREG(status.st_mode))
        return true; /* what cannot be looked at cannot be opened either, and then says why */
    return fail(err, AZB_ERROR_IO, "%s is not a regular file; it was not read", path);
}

static bool key_read(const char *path, struct arena *arena, char **key, struct azb_error *err)
{
    scoped_buffer struct buffer bytes = {0};
    buffer_init(&bytes, KEY_MAX);
    if (!file_check(path, err) || !secret_file_read(path, &bytes, NULL, err))
        return fail_while(err, "the key of Azure Arc (its readers are root and the group himds)");
    struct text text = text_trim(buffer_text(&bytes));
    if (!token_is_bearer(text))
        return fail(err, AZB_ERROR_PROTOCOL, "%s holds no key of Azure Arc", path);
    *key = text_string(arena, text);
    return *key || fail_memory(err);
}

bool arc_key_read(
    const char *root, const char *challenge, struct arena *arena, char **key, struct azb_error *err)
{
    struct text realm, name = TEXT_NONE;
    if (!realm_read(challenge, &realm, err) || !name_read(realm, &name, err))
        return false;
    char *path = arena_format(arena, "%s" KEY_FOLDER "%.*s", root, TEXT_ARGS(name));
    return path ? key_read(path, arena, key, err) : fail_memory(err);
}
