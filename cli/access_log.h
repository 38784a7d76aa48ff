/*
 * cli/access_log.h - azbd's log of decisions: what was decided, and who used what. Azure has none.
 */
#ifndef CLI_ACCESS_LOG_H
#define CLI_ACCESS_LOG_H

#include "cli/session.h"

/* "90s", "10m", "1h", "7d", an ISO 8601 time or duration, as the log's parameter `since` takes it.
 * NULL and err (ARGUMENT) names the option. Lives in the arena. */
const char *access_since(
    const char *option, const char *given, struct arena *arena, struct azb_error *err);

/* Whose decisions: an application's name, client id or object id, or a user's; as the log's
 * parameter `principal` takes it. A GUID that the directory does not tell is taken as it is. False
 * and err: nobody has that name, or several have. */
struct access_log_principal {
    const char *id;   /* client id or object id */
    const char *name; /* for people; the id where no name is known */
};
AZB_MUST_CHECK bool access_log_principal(struct session *session, const char *given,
    struct access_log_principal *out, struct azb_error *err);

/* GET /access/v1/PATH. An answer of a service that has no such log is an error that says so. */
AZB_MUST_CHECK bool access_log_get(
    struct session *session, const char *path, const struct json **out, struct azb_error *err);

#endif
