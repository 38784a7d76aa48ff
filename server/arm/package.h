/*
 * arm/package.h - the files of application packages: STATE/packages/ID, and the signed URLs that
 * they come and go by.
 *
 * At Azure a package is a blob of the account's storage, written with a shared access signature.
 * Here its URL leads to azbd itself, on localhost, and is made like one: se (when it ends), sp (r:
 * read, w: write), sig (HMAC-SHA256 with a key of the state).
 */
#ifndef SERVER_ARM_PACKAGE_H
#define SERVER_ARM_PACKAGE_H

#include "request.h"
#include "store/store.h"

#define PACKAGE_SIZE_MAX ((size_t)64 * 1024 * 1024)
#define PACKAGE_URL_HOURS 4

enum package_permission {
    PACKAGE_READ,
    PACKAGE_WRITE,
};

/* "https://localhost:PORT/packages/APPLICATION/VERSION/ID?se=...". In the arena; NULL without
 * memory. */
char *package_url(struct request *request, const char *application, const char *version,
    const char *id, enum package_permission permission, int64_t ends);

/* The package was uploaded; *zip: it begins as a zip archive does. False: it cannot be read. */
bool package_look(
    const struct service *service, const char *id, bool *there, bool *zip, struct azb_error *err);

/* From work that removed packages: files without a row go after the commit. */
void packages_changed(struct service *service, struct store_connection *connection);
/* Makes the folder; removes what a killed azbd left. At start. */
bool packages_open(struct service *service, struct azb_error *err);

#endif
