/*
 * arm/batch_application.h - applications of a Batch account and their packages.
 */
#ifndef SERVER_ARM_BATCH_APPLICATION_H
#define SERVER_ARM_BATCH_APPLICATION_H

#include "arm/batch_account.h"

#define APPLICATION_TYPE ACCOUNT_TYPE "/applications"
#define APPLICATIONS_MAX 200     /* of an account */
#define PACKAGE_VERSIONS_MAX 200 /* of an application */
#define APPLICATION_ID_MAX 64

struct batch_application {
    int64_t row;
    const char *name;
    const char *display_name, *default_version; /* or NULL */
    bool allow_updates;
    int64_t modified; /* ticks */
};

/* The application {application} of the call's account. False: 404 ApplicationNotFound. */
bool application_find(
    struct request *request, struct batch_application *out, struct azb_error *err);

/* 1 to 64 of A-Z, a-z, 0-9, '-' and '_' (and '.' in versions). False: 400. */
bool application_id_check(
    struct text id, const char *what, const char *more, struct azb_error *err);

/* "W/\"0x8D...\"": what ETag and "etag" say of a resource changed at `modified`. In the arena. */
char *arm_etag(struct request *request, int64_t modified);

/* Work that writes: all applications and packages of the account. Their files go after the
 * commit. */
bool applications_remove(struct service *service, struct store_connection *connection,
    int64_t account, struct azb_error *err);

#endif
