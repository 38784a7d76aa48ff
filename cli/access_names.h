/*
 * cli/access_names.h - what the directory calls the principals that assignments name by id.
 */
#ifndef CLI_ACCESS_NAMES_H
#define CLI_ACCESS_NAMES_H

#include "cli/session.h"

struct access_names {
    const struct json *items; /* as getByIds answers; NULL: the directory did not tell */
};

/* Asks for all of them at once. What is not found, or may not be read, has no name. False: out of
 * memory. */
AZB_MUST_CHECK bool access_names_read(struct session *session, const char *const *ids, size_t count,
    struct access_names *out, struct azb_error *err);

/* "the group 'Team'", "the principal 'ID'": in the session's arena, NULL without memory. */
const char *access_names_text(
    struct session *session, const struct access_names *names, const char *id, const char *type);

/* The name alone, or NULL. */
const char *access_names_find(
    struct session *session, const struct access_names *names, const char *id);

#endif
