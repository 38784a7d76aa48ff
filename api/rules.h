/*
 * api/rules.h - rules that bind several fields of one model together. Private to the room.
 */
#ifndef API_RULES_H
#define API_RULES_H

#include "api/validate.h"

/* Rules of `model` alone, without its nested models. Sets err as api_validate() does. */
bool rules_hold(const struct model *model, enum api_shape shape, const void *value,
    const struct api_path *path, struct azb_error *err);

#endif
