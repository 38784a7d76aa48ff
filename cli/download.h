/*
 * cli/download.h - files of tasks and nodes.
 */
#ifndef CLI_DOWNLOAD_H
#define CLI_DOWNLOAD_H

#include "cli/session.h"

/* Writes the body to `destination`: "-" is standard output; a file appears whole or not at all. */
bool download(struct session *session, struct exchange *exchange, const char *destination,
    struct azb_error *err);

/* The headers of a HEAD answer as an object. NULL and err otherwise. */
const struct json *file_properties(
    struct session *session, struct exchange *exchange, struct azb_error *err);

#endif
