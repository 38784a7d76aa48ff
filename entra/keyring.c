#include "entra/keyring.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/error.h"

/* libsecret's own types, as its ABI (libsecret-1.so.0) has them; its headers need GLib's. */
struct secret_attribute {
    const char *name;
    int type; /* 0: a string */
};
struct secret_schema {
    const char *name;
    int flags;
    struct secret_attribute attributes[32];
    int reserved;
    void *reserved_pointers[7];
};
struct glib_error {
    unsigned domain;
    int code;
    char *message;
};

/* Both end with name and value of each attribute, and NULL. */
typedef char *lookup_fn(
    const struct secret_schema *schema, void *cancellable, struct glib_error **error, ...);
typedef int store_fn(const struct secret_schema *schema, const char *collection, const char *label,
    const char *password, void *cancellable, struct glib_error **error, ...);

static const struct secret_schema schema = {
    .name = KEYRING_SCHEMA, .attributes = {{"type", 0}, {"path", 0}}};

/* Filled once by load_libsecret, then only read. */
static struct {
    pthread_once_t once;
    lookup_fn *lookup;
    store_fn *store;
    void (*password_free)(char *password);
    void (*error_free)(struct glib_error *error);
    char problem[200]; /* "" when it was loaded */
} loaded = {.once = PTHREAD_ONCE_INIT};

struct keyring {
    char *path;
};

static bool load_function(void *library, const char *name, void *into)
{
    void *function = dlsym(library, name);
    if (!function)
        snprintf(loaded.problem, sizeof(loaded.problem), "libsecret-1.so.0 has no %s", name);
    else
        memcpy(into, &function, sizeof(function));
    return function != NULL;
}

static void load_libsecret(void)
{
    void *library = dlopen("libsecret-1.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(loaded.problem, sizeof(loaded.problem),
            "libsecret-1.so.0 is not installed (Debian package libsecret-1-0)");
        return;
    }
    if (load_function(library, "secret_password_lookup_sync", &loaded.lookup) &&
        load_function(library, "secret_password_store_sync", &loaded.store) &&
        load_function(library, "secret_password_free", &loaded.password_free))
        load_function(library, "g_error_free", &loaded.error_free);
}

static bool fail_glib(struct azb_error *err, const char *what, struct glib_error *error)
{
    fail(err, AZB_ERROR_CONFIGURATION, "the keyring cannot be %s: %.300s", what,
        error && error->message ? error->message : "no reason was given");
    if (error)
        loaded.error_free(error);
    return false;
}

/* Without a bus GLib would try to start one, with a display even a visible one. */
static bool bus_is_there(void)
{
    char path[4096];
    const char *address = getenv("DBUS_SESSION_BUS_ADDRESS");
    const char *folder = getenv("XDG_RUNTIME_DIR");
    if (address && address[0])
        return true;
    return folder && folder[0] == '/' &&
           (size_t)snprintf(path, sizeof(path), "%s/bus", folder) < sizeof(path) &&
           access(path, F_OK) == 0;
}

static char *look_up(struct keyring *keyring, struct glib_error **error)
{
    return loaded.lookup(&schema, NULL, error, "type", KEYRING_TYPE, "path", keyring->path, NULL);
}

int keyring_read(struct keyring *keyring, struct buffer *out, struct azb_error *err)
{
    struct glib_error *error = NULL;
    char *secret = look_up(keyring, &error);
    if (error) {
        fail_glib(err, "read", error);
        return -1;
    }
    if (!secret)
        return 0;
    buffer_add_string(out, secret);
    loaded.password_free(secret); /* overwrites it */
    if (!out->failed)
        return 1;
    fail_memory(err);
    return -1;
}

/* The secret is a C string; `content` comes from a buffer and so ends with NUL. */
bool keyring_write(struct keyring *keyring, struct text content, struct azb_error *err)
{
    struct glib_error *error = NULL;
    int stored = loaded.store(&schema, NULL, "azb token cache", content.at, NULL, &error, "type",
        KEYRING_TYPE, "path", keyring->path, NULL);
    return stored || fail_glib(err, "written", error);
}

/* A bus without a keyring behind it answers with an error. */
static bool answers(struct keyring *keyring, struct azb_error *err)
{
    struct glib_error *error = NULL;
    char *secret = look_up(keyring, &error);
    if (secret)
        loaded.password_free(secret);
    return !error || fail_glib(err, "used", error);
}

struct keyring *keyring_open(const char *path, struct azb_error *err)
{
    if (!bus_is_there()) {
        fail(err, AZB_ERROR_CONFIGURATION,
            "there is no session bus (DBUS_SESSION_BUS_ADDRESS), and so no keyring");
        return NULL;
    }
    pthread_once(&loaded.once, load_libsecret);
    if (loaded.problem[0]) {
        fail(err, AZB_ERROR_CONFIGURATION, "there is no keyring: %s", loaded.problem);
        return NULL;
    }
    struct keyring *keyring = memory_alloc(sizeof(*keyring));
    if (keyring)
        keyring->path = memory_string(path);
    bool made = keyring && keyring->path ? answers(keyring, err) : fail_memory(err);
    if (made)
        return keyring;
    keyring_free(keyring);
    return NULL;
}

void keyring_free(struct keyring *keyring)
{
    if (!keyring)
        return;
    memory_free(keyring->path);
    memory_free(keyring);
}
