/*
 * api/version.h - the api-versions that the service understands and the client may ask for.
 */
#ifndef API_VERSION_H
#define API_VERSION_H

#include "base/text.h"

struct api_version {
    const char *name; /* "2025-06-01" */
    int order;        /* rises with time: a->order < b->order means that a is older */
};

/* What the client sends, and what this project's tables describe. */
#define API_VERSION_CURRENT "2025-06-01"

/* NULL when unknown. */
const struct api_version *api_version_find(struct text name);
/* API_VERSION_CURRENT's entry. */
const struct api_version *api_version_current(void);
/* Oldest first; NULL after the last one. For error messages. */
const struct api_version *api_version_at(size_t index);

#endif
