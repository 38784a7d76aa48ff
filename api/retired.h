/*
 * api/retired.h - properties that older api-versions had. Private to the room.
 */
#ifndef API_RETIRED_H
#define API_RETIRED_H

#include "api/model.h"

struct retired {
    const struct model *(*model)(void);
    const char *name;
    bool refused; /* when a value is sent */
    const char *why;
};

/* NULL when the model never had such a property. */
const struct retired *retired_find(const struct model *model, struct text name);

#endif
