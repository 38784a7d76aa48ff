/*
 * entra/keyring.h - one secret in the desktop's keyring (the Secret Service), by libsecret, which
 * is loaded with dlopen when it is first asked for: nobody else pays for GLib.
 *
 * It is kept as msal-extensions for Python keeps a token cache: schema "azb", attributes "type"
 * "Token cache" and "path", the whole cache as the secret. A locked keyring may ask the person to
 * unlock it.
 */
#ifndef ENTRA_KEYRING_H
#define ENTRA_KEYRING_H

#include <azb/error.h>
#include "base/text.h"

#define KEYRING_SCHEMA "azb"
#define KEYRING_TYPE "Token cache"

struct keyring;

/* NULL and err (CONFIGURATION): no libsecret, no session bus, no keyring that answers. */
struct keyring *keyring_open(const char *path, struct azb_error *err);
void keyring_free(struct keyring *keyring); /* NULL is legal */

/* Appends the secret. 1, 0 not there, -1 and err. */
int keyring_read(struct keyring *keyring, struct buffer *out, struct azb_error *err);
AZB_MUST_CHECK bool keyring_write(
    struct keyring *keyring, struct text content, struct azb_error *err);

#endif
