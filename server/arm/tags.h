/*
 * arm/tags.h - tags of resource groups and resources: a JSON object of strings.
 */
#ifndef SERVER_ARM_TAGS_H
#define SERVER_ARM_TAGS_H

#include "base/json.h"

#define TAGS_MAX 50
#define TAG_NAME_MAX 512  /* bytes */
#define TAG_VALUE_MAX 256 /* bytes */

/* `tags` may be absent or null: *out is NULL then, and "{}" has none. Else the same as JSON text,
 * in the arena. False: 400 InvalidTag names the tag. */
bool tags_read(
    const struct json *tags, struct arena *arena, const char **out, struct azb_error *err);
/* The member "tags"; nothing when there are none (NULL). */
void tags_write(struct json_writer *writer, struct text tags);
/* True when the tag is there; `value` absent: with any value. Names compare without case. */
bool tags_have(struct text tags, struct text name, struct text value, struct arena *arena);

#endif
