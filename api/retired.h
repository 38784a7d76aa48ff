/*
 * api/retired.h - properties that older api-versions had. Private to the room.
 */
#ifndef API_RETIRED_H
#define API_RETIRED_H

#include "api/model.h"
#include "api/version.h"

struct retired {
    const struct model *(*model)(void);
    const char *name;
    const char *last; /* the last api-version that had it */
    bool refused;     /* when a value is sent, in every version */
    const char *why;
};

/* NULL when the model never had such a property. */
const struct retired *retired_find(const struct model *model, struct text name);

/* Is a value in this version dropped, rather than refused? NULL is the current version. */
bool retired_ignored(const struct retired *retired, const struct api_version *version);

#endif
