/*
 * arm/resource_group.h - resource groups in the store.
 */
#ifndef SERVER_ARM_RESOURCE_GROUP_H
#define SERVER_ARM_RESOURCE_GROUP_H

#include "base/text.h"
#include "store/store.h"

#define RESOURCE_GROUP_NAME_MAX 90 /* characters */

struct resource_group {
    const char *name;     /* as it was first written */
    const char *location; /* "eastus" */
    struct text tags;     /* a JSON object; absent: none */
    bool deleting;
    int64_t row;
};

/* By name in any case; *found. The texts live in the arena. */
bool resource_group_find(struct store_connection *connection, struct text subscription,
    struct text name, struct arena *arena, struct resource_group *out, bool *found,
    struct azb_error *err);

#endif
